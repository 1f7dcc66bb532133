//! Types and the rewriting of sugar, seen from outside.

use guanxi::hir::{AttributeKind, Expr, Program};
use guanxi::source::SourceMap;
use guanxi::{analysis, diagnostic::render, syntax};

const HEAD: &str = r#"
workspace "Shop" {
  currency CNY
  time zone "Asia/Shanghai"
  leap day on 28 February
}
record customer {
  id: text key
  name: text
  joined: date
  birthday: date optional
  visits: integer
  rate: percent
  bonus: number optional
  seen: datetime
  friend: customer optional
  shop: shop
  member: yes/no
  language: one of (zh, en) default zh
  purchases: many purchase by customer
}
record shop { id: text key  city: text  sales: many purchase by shop }
record purchase dated by day {
  id: text key
  customer: customer
  shop: shop
  day: date
  amount: money
  units: integer
}
tiers level for customer by visits { low from 0  high from 10 }
tiers grade for customer { when member then gold otherwise plain }
"#;

fn program(text: &str) -> Program {
    let mut sources = SourceMap::new();
    let id = sources.add("test.rules", format!("{HEAD}{text}"));
    let (tree, mut found) = syntax::parse(sources.file(id));
    let (program, more) = analysis::check(&sources, &[tree], "test");
    found.extend(more);
    assert!(found.is_empty(), "{}", render::concise(&sources, &found));
    program.expect("a program without errors")
}

fn defined(expression: &str) -> Expr {
    let program = program(&format!("define x for customer = {expression}"));
    let x = program.attributes.into_iter().find(|a| a.name == "x");
    match x.map(|a| a.kind) {
        Some(AttributeKind::Define(e)) => e,
        other => panic!("{other:?}"),
    }
}

#[test]
fn expressions_have_the_types_of_the_language() {
    let cases = [
        ("visits + 1", "Integer"),
        ("visits / 2", "Number"),
        ("visits / visits", "Number?"),
        ("visits * 1.5", "Number"),
        ("sum of purchases.amount", "Money"),
        ("sum of purchases.amount * 5%", "Money"),
        ("2 * sum of purchases.amount", "Money"),
        ("(sum of purchases.amount) / 100 CNY", "Number"),
        ("average of purchases.amount", "Money?"),
        ("average of purchases.units", "Number?"),
        ("count of purchases.amount", "Integer"),
        ("rate + 5%", "Percent"),
        ("rate * 2", "Number"),
        ("bonus", "Number?"),
        ("bonus default 0", "Number"),
        ("(visits / 3) rounded", "Integer"),
        ("(visits / 3) rounded to 0.5", "Number"),
        ("(visits / 3) as percent", "Percent"),
        ("joined + 1 month", "Date"),
        ("seen + 2 hours", "DateTime"),
        ("days since joined", "Integer"),
        ("days since birthday", "Integer?"),
        ("hours since seen", "Integer"),
        ("months from joined to today", "Integer"),
        ("days since seen", "Integer"),
        ("friend.name", "Text?"),
        ("shop.city", "Text"),
        ("count of shop.sales", "Integer"),
        ("count of friend.purchases", "Integer?"),
        ("friend.friend.shop = \"s1\"", "YesNo?"),
        ("level", "Enum?"),
        ("grade", "Enum"),
        ("level.next", "Enum?"),
        ("level.shortfall", "Integer?"),
        ("level >= high", "YesNo?"),
        ("grade is gold", "YesNo"),
        ("if member then 1 otherwise 2.5", "Number"),
        ("\"hello {name}\"", "Text"),
        ("\"hello {bonus}\"", "Text?"),
        ("anniversary of birthday", "Date?"),
        ("anniversary of joined in next 30 days", "YesNo"),
        ("lunar anniversary of birthday", "Date?"),
        ("lunar anniversary of seen in next 30 days", "YesNo"),
        ("spring_festival", "Date"),
        ("春节 is today", "YesNo"),
        ("days until mid_autumn", "Integer"),
        ("latest of purchases.day", "Date?"),
        ("first of purchases.shop", "Reference?"),
        ("friend is known", "YesNo"),
        ("language is zh", "YesNo"),
        ("visits in (1, 2)", "YesNo"),
        ("30 or 7 days after joined", "YesNo"),
        (
            "(count of purchases in last 30 days) as of today - 30 days",
            "Integer",
        ),
        (
            "any of purchases where amount > 5 CNY and shop.city = self.shop.city",
            "YesNo",
        ),
        (
            "count of purchases in 30 days after joined where self.member",
            "Integer",
        ),
    ];
    for (expression, expected) in cases {
        let ty = defined(expression).ty;
        let kind = format!("{:?}", ty.ty);
        let kind = kind.split('(').next().unwrap_or_default();
        let optional = if ty.optional { "?" } else { "" };
        assert_eq!(format!("{kind}{optional}"), expected, "{expression}");
    }
}

/// The tree without its positions.
fn shape(expression: &str) -> String {
    let text = format!("{:?}", defined(expression).kind);
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(", span: Span {") {
        out += before;
        rest = after.split_once('}').map_or("", |(_, r)| r);
    }
    out + rest
}

#[test]
fn sugar_is_rewritten() {
    assert_eq!(
        shape("joined in last 2 weeks"),
        shape("joined in last 14 days")
    );
    assert_eq!(
        shape("joined in next 1 year"),
        shape("joined in next 12 months")
    );
    assert_eq!(shape("friend is missing"), shape("not (friend is known)"));
    assert_eq!(
        shape("visits between 1 and 5"),
        shape("visits >= 1 and visits <= 5")
    );
    assert_eq!(
        shape("visits from 1 to below 5"),
        shape("visits >= 1 and visits < 5")
    );
    assert_eq!(
        shape("none of (member, visits > 3)"),
        shape("not (member or visits > 3)")
    );
    assert_eq!(shape("shop = \"s1\""), shape("shop.id = \"s1\""));
    assert_eq!(
        shape("2 * sum of purchases.amount"),
        shape("(sum of purchases.amount) * 2")
    );
    assert_eq!(shape("self.visits"), shape("visits"));
    assert_eq!(shape("rate * 2"), shape("rate * 2.0"));
}

/// Definitions in the worst order: each uses the one after it.
#[test]
fn long_chains_are_no_danger() {
    let mut text = String::new();
    for i in 0..3_000 {
        text += &format!("define d{i} for customer = d{} + 1\n", i + 1);
    }
    text += "define d3000 for customer = visits\n";
    assert_eq!(program(&text).attributes.len(), 3_003);
}

#[test]
fn levels_have_a_history_where_something_asks() {
    use guanxi::hir::Passage;
    let history = |text: &str, name: &str| {
        let attributes = program(text).attributes;
        let found = attributes.into_iter().find(|a| a.name == name);
        match found.map(|a| a.kind) {
            Some(
                AttributeKind::TiersBy { history, .. } | AttributeKind::FirstMatch { history, .. },
            ) => history,
            other => panic!("{other:?}"),
        }
    };
    assert!(history("", "level").is_none());
    let at_once = "tiers own for customer by visits { rises at once  some from 1 }";
    assert!(history(at_once, "own").is_none());
    for asks in [
        "define x for customer = level rose",
        "define x for customer = level fell",
        "define x for customer = level.before is low",
        "define x for customer = days since level.since",
        "define x for customer = friend.level rose",
        "test \"t\" { today is 2026-01-01  given level high for \"c\" since 2025-12-01 }",
        "test \"t\" { today is 2026-01-01  expect customer \"c\": level.since is missing }",
    ] {
        let found = history(asks, "level").unwrap_or_else(|| panic!("{asks}"));
        assert!(found.was.is_none() && found.since.is_none());
        assert_eq!(found.rises, Passage::default());
        assert_eq!(found.falls, Passage::default());
        assert!(history(asks, "grade").is_none());
    }
    let slow = "record guest { id: text key  visits: integer  old: own optional  day: date }
        tiers own for guest by visits was old since day {
          falls at most 1 level  falls after 2 weeks  falls only on 1 March  rises never  some from 1 }";
    let found = history(slow, "own").expect("a history");
    assert!(found.was.is_some_and(|e| e.ty.optional));
    assert!(found.since.is_some_and(|e| !e.ty.optional));
    assert!(found.rises.never);
    assert_eq!(found.falls.at_most, Some(1));
    assert_eq!(
        found.falls.after,
        Some((guanxi::schema::DurationKind::Days, 14))
    );
    assert_eq!(found.falls.only_on, Some((3, 1)));
}

const CAMPAIGN: &str = r#"
channel sms for customer {
  consent member
  at most 2 per 7 days
  at most 9 in all per calendar day
  quiet from 21:30 to 09:00 in name
}
action text_message(body: text) for customer on sms
action letter(body: text, pages: integer default 1) for customer
action ship(on: text, weight: number) for purchase
campaign care for customer {
  priority -3
  hold out 12.5%
  favour lowest joined
  budget 10.5 CNY for each  shop . city per calendar month
  at most 3 with sms per 2 weeks
  measure back = any of purchases in 30 days after treatment where day > treatment
  rule write formerly wrote {
    when visits = 1
    at most 1 for each language
    then letter("a")
    then split { 33.34% a: letter("b") and text_message("c")  66.65% b: letter("d")  0.01% nothing }
    then first reachable of { text_message("e")  letter("f", pages: 3) }
  }
  rule send { then ship("x", 1) to each purchases }
}
campaign other for customer { rule one { then letter("a") } }
exclusive (other, care)
budget (other, care) 5 CNY
pause promotion for shop while city = "x"
hold out 0.25%
define lately for customer = count of done care.write in last 30 days where pages > 1 and self.member
define shipped for purchase = last of done care.send.weight
define before for customer = (any of done care.write) as of today - 30 days
"#;

#[test]
fn what_campaigns_promise_is_typed() {
    use guanxi::hir::{Choice, Group, Period};
    let program = program(CAMPAIGN);
    let care = &program.campaigns[0];
    assert_eq!((care.priority, care.hold_out), (-3, 1_250));
    assert!(care.favour.as_ref().is_some_and(|f| !f.highest));
    assert_eq!(care.measures[0].name, "back");
    assert_eq!(care.caps[0].channel.map(|c| c.index()), Some(0));
    assert!(matches!(care.caps[0].group, Group::Target));
    let two_weeks = Period::Rolling(guanxi::schema::DurationKind::Days, 14);
    assert_eq!(care.caps[0].period, Some(two_weeks));
    let rule = &care.rules[0];
    assert_eq!(rule.formerly.as_deref(), Some("wrote"));
    let Group::ForEach { text, .. } = &rule.caps[0].group else {
        panic!("{:?}", rule.caps)
    };
    assert_eq!(text, "language");
    let arms: Vec<_> = rule
        .arms
        .iter()
        .map(|a| (a.name.as_deref(), a.share))
        .collect();
    assert_eq!(arms, [(Some("a"), 3_334), (Some("b"), 6_665), (None, 1)]);
    let thens: Vec<_> = rule
        .thens
        .iter()
        .map(|t| (t.arm, t.choice, t.calls.len()))
        .collect();
    assert_eq!(
        thens,
        [
            (None, Choice::All, 1),
            (Some(0), Choice::All, 2),
            (Some(1), Choice::All, 1),
            (None, Choice::FirstReachable, 2),
        ]
    );
    let names = |list: &[guanxi::schema::CampaignId]| -> Vec<String> {
        list.iter()
            .map(|c| program.campaign(*c).name.clone())
            .collect()
    };
    let budgets: Vec<_> = program
        .budgets
        .iter()
        .map(|b| names(&b.campaigns))
        .collect();
    assert_eq!(budgets, [vec!["care"], vec!["care", "other"]]);
    let Group::ForEach { text, .. } = &program.budgets[0].group else {
        panic!("{:?}", program.budgets)
    };
    assert_eq!(text, "shop . city");
    assert_eq!(names(&program.exclusives[0].campaigns), ["care", "other"]);
    assert_eq!((program.pauses.len(), program.hold_out), (1, 25));
    let quiet = program.channels[0].quiet.as_ref().expect("quiet hours");
    assert_eq!((quiet.from, quiet.to), (77_400, 32_400));
    assert!(quiet.zone.is_some() && program.channels[0].caps.len() == 2);
}

#[test]
fn what_was_done_is_a_record_of_its_own() {
    use guanxi::hir::RecordSource;
    let program = program(CAMPAIGN);
    let done: Vec<_> = program
        .records
        .iter()
        .filter(|r| !r.is_declared())
        .collect();
    let names: Vec<&str> = done.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    for record in done {
        assert!(program.record_named(&record.name).is_none());
        let RecordSource::Done { rules, holder, .. } = &record.source else {
            panic!("{:?}", record.source)
        };
        let fields: Vec<String> = record
            .fields
            .iter()
            .map(|f| format!("{}{}", f.name, if f.optional { "?" } else { "" }))
            .collect();
        let holder = program.record(*holder).name.as_str();
        match record.name.as_str() {
            "done care.write" => {
                assert_eq!(rules, &["write", "wrote"]);
                assert_eq!(
                    (holder, fields.join(" ").as_str()),
                    ("customer", "holder on body? pages?")
                );
            }
            "done care.send" => {
                assert_eq!(rules, &["send"]);
                // The action's own `on` yields to the day.
                assert_eq!(
                    (holder, fields.join(" ").as_str()),
                    ("purchase", "holder on weight?")
                );
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn promises_are_lowered() {
    use guanxi::plan::{ColumnDefinition, HeldPart, Node, Request, lower};
    let text = format!(
        "{CAMPAIGN}
        define risen for customer = level rose
        define old for customer = (level rose) as of today - 3 days
        define held for customer = level.since
        define next for customer = level.next"
    );
    let program = program(&text);
    let plan = lower(&program, Request::Run);
    assert_eq!((plan.campaigns.len(), plan.budgets.len()), (2, 2));
    assert_eq!((plan.exclusives.len(), plan.pauses.len()), (1, 1));
    assert_eq!(
        (plan.hold_out, plan.budgets[1].campaigns.as_slice()),
        (25, &[0, 1][..])
    );
    let care = &plan.campaigns[0];
    assert!(care.favour.is_some() && care.caps[0].channel.as_deref() == Some("sms"));
    let call = &care.rules[0].thens[1].calls[1];
    let channel = call.channel.as_ref().expect("a channel");
    assert!(channel.quiet.is_some() && channel.caps.len() == 2);
    // A measure reads the day of the treatment row by row: no column can hold it. A run does not need it.
    assert!(care.measures.is_empty());
    let measuring = lower(&program, Request::Measure);
    let nodes = &measuring.nodes;
    let all = (0..nodes.len()).map(|i| nodes.get(guanxi::plan::NodeId(i as u32)));
    assert_eq!(all.filter(|n| matches!(n, Node::Parameter(_))).count(), 1);
    let measure = nodes.get(measuring.campaigns[0].measures[0].value);
    assert!(matches!(measure, Node::Correlated(_)), "{measure:?}");
    // The run itself keeps the levels, though no campaign reads them.
    assert_eq!(plan.histories.len(), 1);
    assert_eq!(plan.histories[0].name, "customer.level");
    assert!(plan.done.is_empty(), "{:?}", plan.done);

    let customer = program.record_named("customer").expect("declared");
    let plan = lower(&program, Request::Attributes(customer));
    let held = |part| {
        let definition = ColumnDefinition::Held { history: 0, part };
        plan.columns.iter().position(|c| *c == definition)
    };
    let (level, before) = (held(HeldPart::Level), held(HeldPart::Before));
    assert!(level.is_some() && before.is_some() && held(HeldPart::Since).is_some());
    let value = |name: &str| {
        let attribute = plan.attributes.iter().find(|a| a.name == name);
        plan.nodes.get(attribute.expect("listed").node)
    };
    let column = |id: guanxi::plan::NodeId| match plan.nodes.get(id) {
        Node::Column(c) => Some(c.0 as usize),
        _ => None,
    };
    let Node::Compare { left, right, .. } = value("risen") else {
        panic!("{:?}", value("risen"))
    };
    assert_eq!((column(*left), column(*right)), (level, before));
    // By another clock nothing is known of the past, and the level is that day's own.
    let Node::Compare { left, right, .. } = value("old") else {
        panic!("{:?}", value("old"))
    };
    assert!(matches!(plan.nodes.get(*left), Node::Level { .. }));
    assert!(matches!(plan.nodes.get(*right), Node::Missing));
    assert!(matches!(value("next"), Node::NextLevel { .. }));
    let [done] = plan.done.as_slice() else {
        panic!("{:?}", plan.done)
    };
    assert_eq!(
        (done.campaign.as_str(), done.holder),
        ("care", customer.index())
    );
    let columns: Vec<&str> = plan.tables[done.table]
        .columns
        .iter()
        .map(|c| c.field.as_str())
        .collect();
    assert!(columns.contains(&"holder") && columns.contains(&"on") && columns.contains(&"pages"));
}

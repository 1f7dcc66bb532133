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

//! What the ledger knows of days before today, under programs that have changed since: renamed rules keep their
//! firings, variants and rows of `done`; new limits count what they can; who was held out or adopted used nothing.

use guanxi::data::{self, LoadOptions};
use guanxi::engine::{self, Clock, EvalError, Past};
use guanxi::ledger::{Entries, Fate, History};
use guanxi::plan::Plan;
use guanxi::schema::{DAY_MICROS, Day};
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};

const SHOP: &str = r#"
workspace "Shop" {
  currency CNY
}

record member {
  id: text key
  city: text optional
  zone: text optional
}

action points(n: integer) for member

"#;

const MEMBERS: &str = "id,city,zone\nm,Hangzhou,Asia/Shanghai\nn,,Europe/Berlin\no,Berlin,\n";

fn planned(rules: &str) -> Plan {
    let mut sources = SourceMap::new();
    sources.add("shop.rules", format!("{SHOP}{rules}"));
    let trees: Vec<_> = sources.files().iter().map(|f| syntax::parse(f).0).collect();
    let (program, found) = analysis::check(&sources, &trees, "shop");
    let program = program.unwrap_or_else(|| panic!("{found:#?}"));
    plan::lower(&program, plan::Request::Run)
}

struct Done {
    /// `rule target` of each action, with its parameters, and from when it may be delivered.
    list: Vec<String>,
    keys: Vec<String>,
    entries: Entries,
}

fn run(rules: &str, today: &str, history: &History, adopt: bool) -> Done {
    let plan = planned(rules);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("member.csv"), MEMBERS).unwrap();
    let mut data = data::load(&plan.tables, &LoadOptions::new(folder.path()))
        .unwrap_or_else(|p| panic!("{}", p[0].render()))
        .dataset;
    engine::recall(&plan, &mut data, Some(history));
    let today = Day::parse_iso(today.as_bytes()).unwrap();
    let opens = i64::from(today.0) * DAY_MICROS;
    let clock = Clock {
        today,
        now: opens + DAY_MICROS - 1,
        opens,
    };
    let past = Past {
        history: Some(history),
        adopt,
        ..Past::default()
    };
    let outcome = engine::run(&plan, &data, clock, &past).unwrap();
    let (mut list, mut keys) = (Vec::new(), Vec::new());
    outcome
        .actions(&mut |row| {
            let mut text = format!("{} {}", row.rule, row.target);
            if let Some(after) = &row.deliver_after {
                text.push_str(&format!(" {after}"));
            }
            list.push(text);
            keys.push(row.key.clone());
            Ok::<(), EvalError>(())
        })
        .unwrap();
    Done {
        list,
        keys,
        entries: outcome.entries().unwrap(),
    }
}

/// The list of the second program a day after the first.
fn then(first: &str, second: &str) -> Vec<String> {
    let mut history = History::default();
    history.add(run(first, "2026-11-20", &history, false).entries);
    run(second, "2026-11-21", &history, false).list
}

fn campaign(body: &str) -> String {
    format!("campaign c for member {{\n{body}\n}}\n")
}

const ONE: &str = "rule one { when id = \"m\" once per calendar day then points(1) }";

#[test]
fn a_renamed_rule_is_not_done_again() {
    let old = campaign("rule old { when id = \"m\" then points(1) }");
    let new = campaign("rule new formerly old { then points(1) }");
    assert_eq!(then(&old, &new), ["new n", "new o"]);
    let another = campaign("rule new { then points(1) }");
    assert_eq!(then(&old, &another), ["new m", "new n", "new o"]);
}

#[test]
fn a_renamed_rule_keeps_to_its_caps() {
    let old = campaign("rule old { when id = \"m\" once per calendar day then points(1) }");
    let with = |name: &str| {
        campaign(&format!(
            "rule {name} {{ once per calendar day at most 1 per 7 days then points(1) }}"
        ))
    };
    assert_eq!(then(&old, &with("new formerly old")), ["new n", "new o"]);
    assert_eq!(then(&old, &with("new")), ["new m", "new n", "new o"]);
}

#[test]
fn a_renamed_rule_keeps_everybodys_variant() {
    let split = |name: &str| {
        let body = format!(
            "rule {name} {{ once per calendar day then split {{ 50% a: points(1) 50% nothing }} }}"
        );
        let done = run(&campaign(&body), "2026-11-20", &History::default(), false);
        let firings = done.entries.firings.into_iter();
        firings
            .map(|(_, f)| format!("{} {:?}", f.subject, f.variant))
            .collect::<Vec<_>>()
    };
    // Another name alone moves somebody: else this would say nothing.
    let names = ["new", "other", "third", "fourth"];
    assert!(names.iter().any(|n| split(n) != split("old")));
    for name in names {
        assert_eq!(split(&format!("{name} formerly old")), split("old"));
        assert_eq!(split(name).len(), 3);
    }
}

#[test]
fn done_sees_a_renamed_rule_under_both_names() {
    let old = campaign("rule old { when id = \"m\" then points(1) }");
    let new = campaign(
        "rule new formerly old { when id = \"n\" then points(1) }\n\
         rule after { when any of done c.new then points(2) }",
    );
    let mut history = History::default();
    history.add(run(&old, "2026-11-19", &history, false).entries);
    history.add(run(&new, "2026-11-20", &history, false).entries);
    let list = run(&new, "2026-11-21", &history, false).list;
    assert_eq!(list, ["after n"]);
    // Done on the day before, for the one of the old name.
    let on_20: Vec<_> = history
        .rules()
        .filter(|(n, _)| &*n.rule == "after")
        .flat_map(|(_, r)| r.firings().iter().map(|f| &*f.subject))
        .collect();
    assert_eq!(on_20, ["m"]);
}

#[test]
fn what_was_done_before_a_limit_by_value_is_in_no_group() {
    let first = campaign("rule one { when id = \"m\" once per calendar day then points(1) }");
    let second = campaign(
        "at most 1 for each city per 7 days\nrule one { once per calendar day then points(1) }",
    );
    // Nor in that of the member without a city.
    assert_eq!(then(&first, &second), ["one m", "one n", "one o"]);
}

#[test]
fn who_was_adopted_or_held_out_used_up_nothing() {
    let limited = campaign(&format!("at most 1 in all per 7 days\n{ONE}"));
    let mut history = History::default();
    let adopted = run(&limited, "2026-11-20", &history, true);
    assert!(adopted.list.is_empty());
    let fates: Vec<Fate> = adopted
        .entries
        .firings
        .iter()
        .map(|(_, f)| f.fate)
        .collect();
    assert_eq!(fates, [Fate::Adopted]);
    history.add(adopted.entries);
    let next = run(&limited, "2026-11-21", &history, false);
    assert_eq!(next.list, ["one m"]);
    // On its own day it is neither done again nor known anew.
    let again = run(&limited, "2026-11-20", &history, false);
    assert!(again.list.is_empty() && again.entries.firings.is_empty());

    let held = campaign(
        "at most 1 in all per 7 days\nrule one { once per calendar day then split { 0% a: points(1) 100% nothing } }",
    );
    let mut history = History::default();
    let first = run(&held, "2026-11-20", &history, false).entries;
    assert!(first.firings.iter().all(|(_, f)| f.fate == Fate::HeldOut));
    assert_eq!(first.firings.len(), 3);
    history.add(first);
    assert!(
        run(&held, "2026-11-20", &history, false)
            .entries
            .firings
            .is_empty()
    );
    assert_eq!(then(&held, &limited), ["one m"]);
    // Nor do they have a row of `done`.
    let rows = campaign(
        "rule one { once per calendar day then split { 0% a: points(1) 100% nothing } }\nrule after { when any of done c.one then points(2) }",
    );
    assert!(run(&rows, "2026-11-21", &history, false).list.is_empty());
}

#[test]
fn a_day_run_again_after_others_does_nothing_twice() {
    let again = campaign("rule one { again after 3 days then points(1) }");
    let mut history = History::default();
    let later = run(&again, "2026-11-21", &history, false);
    assert_eq!(later.list.len(), 3);
    history.add(later.entries);
    for day in ["2026-10-01", "2026-11-19", "2026-11-21", "2026-11-23"] {
        assert!(run(&again, day, &history, false).list.is_empty(), "{day}");
    }
    let next = run(&again, "2026-11-24", &history, false);
    assert_eq!(next.list, ["one m", "one n", "one o"]);
    // The same action on another day is another one.
    let first = run(&again, "2026-11-21", &History::default(), false);
    assert!(next.keys.iter().all(|k| !first.keys.contains(k)));
}

#[test]
fn the_same_action_twice_has_two_keys() {
    let twice = campaign("rule one { when id = \"m\" then points(1) then points(1) }");
    let keys = run(&twice, "2026-11-21", &History::default(), false).keys;
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn quiet_hours_on_the_targets_clock_and_not_for_safety() {
    let rules = |purpose: &str| {
        format!(
            "channel mail for member {{\n  quiet from 21:00 to 09:00 in zone\n}}\n\
             action letter() for member on mail\n\
             campaign c for member {{\n  {purpose}\n  rule one {{ then letter() }}\n}}\n"
        )
    };
    // Midnight in UTC is 08:00 in Shanghai and 01:00 in Berlin; who has no zone is on the workspace's clock.
    let list = |purpose: &str| run(&rules(purpose), "2026-11-21", &History::default(), false).list;
    let expected = [
        "one m 2026-11-21T09:00+08:00",
        "one n 2026-11-21T09:00+01:00",
        "one o 2026-11-21T09:00+00:00",
    ];
    assert_eq!(list(""), expected);
    assert_eq!(list("purpose service"), expected);
    assert_eq!(list("purpose safety"), ["one m", "one n", "one o"]);
}

#[test]
fn a_service_holds_nobody_out() {
    let all = |purpose: &str| {
        let rules = format!(
            "hold out 100%\ncampaign c for member {{ {purpose}\nrule one {{ then points(1) }} }}\n"
        );
        run(&rules, "2026-11-21", &History::default(), false).list
    };
    assert!(all("purpose promotion").is_empty());
    assert_eq!(all("purpose service"), ["one m", "one n", "one o"]);
    assert_eq!(all("purpose safety"), ["one m", "one n", "one o"]);
}

#[test]
fn a_cap_of_a_rule_for_each_value_counts_days_before() {
    let rules = campaign(
        "rule one { once per calendar day at most 1 for each city per 7 days then points(1) }",
    );
    assert_eq!(then(&rules, &rules), Vec::<String>::new());
}

//! Idempotency keys: the same firing has the same key in every run, another firing has another.

use guanxi::data::{self, LoadOptions};
use guanxi::engine::{self, Clock, EvalError};
use guanxi::schema::Day;
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};
use std::collections::BTreeMap;

const RULES: &str = r#"
workspace "Keys" {}

record member {
  id: text key
}

action greet() for member

campaign c for member {
  rule once_ever {
    when yes
    then greet()
  }

  rule monthly {
    when yes
    once per calendar month
    then greet()
  }

  rule weekly {
    when yes
    once per calendar week
    then greet()
  }

  rule again_and_again {
    when yes
    again after 2 days
    then greet()
  }

  rule by_quarter {
    when yes
    once per start of this quarter
    then greet()
  }
}
"#;

/// Rule to key, on a day.
fn keys(day: &str) -> BTreeMap<String, String> {
    let mut sources = SourceMap::new();
    let id = sources.add("keys.rules", RULES);
    let (tree, _) = syntax::parse(sources.file(id));
    let (program, found) = analysis::check(&sources, &[tree], "keys");
    let program = program.unwrap_or_else(|| panic!("{found:?}"));
    let plan = plan::lower(&program, plan::Request::Run);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("member.csv"), "id\nm\n").unwrap();
    let loaded = data::load(&plan.tables, &LoadOptions::new(folder.path())).unwrap();
    let today = Day::parse_iso(day.as_bytes()).unwrap();
    let outcome = engine::run(
        &plan,
        &loaded.dataset,
        Clock {
            today,
            now: 0,
            opens: 0,
        },
        &engine::Past::default(),
    )
    .unwrap();
    let mut keys = BTreeMap::new();
    outcome
        .actions::<EvalError>(&mut |row| {
            keys.insert(row.rule.to_string(), row.key.clone());
            Ok(())
        })
        .unwrap();
    keys
}

#[test]
fn a_key_changes_with_its_period_and_only_then() {
    // A Saturday; the day after, of the same week; Monday; the next month; the next quarter.
    let days = [
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
        "2026-12-01",
        "2027-01-01",
    ];
    let by_day: Vec<_> = days.iter().map(|d| keys(d)).collect();
    let differs = |rule: &str| -> Vec<bool> {
        by_day
            .windows(2)
            .map(|pair| pair[0][rule] != pair[1][rule])
            .collect()
    };
    assert_eq!(differs("once_ever"), [false, false, false, false]);
    assert_eq!(differs("again_and_again"), [true, true, true, true]);
    assert_eq!(differs("weekly"), [false, true, true, true]);
    assert_eq!(differs("monthly"), [false, false, true, true]);
    assert_eq!(differs("by_quarter"), [false, false, false, true]);
    let first: std::collections::BTreeSet<&String> = by_day[0].values().collect();
    assert_eq!(first.len(), 5, "rules never share a key");
}

//! Levels that move from run to run, over many days: what each run holds, and who is greeted for it.

use guanxi::data::{self, LoadOptions};
use guanxi::engine::{self, Clock, EvalError, Past};
use guanxi::ledger::{Fate, History};
use guanxi::plan::Plan;
use guanxi::schema::{DAY_MICROS, Day};
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};

/// One run: its day, what the member `m` has spent (`None`: not known), and what the run holds and greets.
type Run<'t> = (&'t str, Option<i64>, &'t str);

fn planned(options: &str) -> Plan {
    planned_with("gold", options)
}

/// With another name for the highest level.
fn planned_with(highest: &str, options: &str) -> Plan {
    let source = format!(
        r#"
workspace "Levels" {{
  currency CNY
}}

record member {{
  id: text key
  spend: money optional
  joined: date
}}

tiers tier for member by spend {{
  bronze from 100 CNY
  silver from 200 CNY
  {highest} from 300 CNY
  {options}
}}

action points(n: integer) for member

campaign greet for member {{
  rule rose {{
    when tier rose
    once per tier.since
    then points(1)
  }}

  rule fell {{
    when tier fell
    once per tier.since
    then points(2)
  }}
}}
"#
    );
    let mut sources = SourceMap::new();
    sources.add("levels.rules", source);
    let trees: Vec<_> = sources.files().iter().map(|f| syntax::parse(f).0).collect();
    let (program, found) = analysis::check(&sources, &trees, "levels");
    let program = program.unwrap_or_else(|| panic!("{found:#?}"));
    plan::lower(&program, plan::Request::Run)
}

/// Runs one day and adds it to the history: the level held with the one before it and its first day, then the rules
/// that fired.
fn run(plan: &Plan, today: Day, spend: Option<i64>, history: &mut History) -> String {
    let folder = tempfile::tempdir().unwrap();
    let spend = spend.map(|s| s.to_string()).unwrap_or_default();
    let csv = format!("id,spend,joined\nm,{spend},2020-01-01\n");
    std::fs::write(folder.path().join("member.csv"), csv).unwrap();
    let data = data::load(&plan.tables, &LoadOptions::new(folder.path()))
        .unwrap_or_else(|p| panic!("{}", p[0].render()))
        .dataset;
    let opens = i64::from(today.0) * DAY_MICROS;
    let clock = Clock {
        today,
        now: opens + DAY_MICROS - 1,
        opens,
    };
    let past = Past {
        history: Some(history),
        ..Past::default()
    };
    let outcome = engine::run(plan, &data, clock, &past).unwrap();
    let mut greeted = Vec::new();
    outcome
        .actions(&mut |row| {
            greeted.push(row.rule.to_owned());
            Ok::<(), EvalError>(())
        })
        .unwrap();
    let entries = outcome.entries().unwrap();
    assert!(entries.firings.iter().all(|(_, f)| f.fate == Fate::Done));
    history.add(entries);
    let held = history.held_before("member.tier", "m", Day(today.0 + 1));
    let held = held.unwrap_or_else(|| panic!("{today}: nothing is held"));
    let mut text = held.level.as_deref().unwrap_or("none").to_owned();
    if let Some(before) = &held.before {
        text.push_str(&format!(" after {before}"));
    }
    if let Some(since) = held.since {
        text.push_str(&format!(" since {since}"));
    }
    if !greeted.is_empty() {
        text.push_str(&format!(": {}", greeted.join(", ")));
    }
    text
}

fn check(options: &str, runs: &[Run<'_>]) {
    let plan = planned(options);
    let mut history = History::default();
    for (day, spend, expected) in runs {
        let today = Day::parse_iso(day.as_bytes()).unwrap();
        let found = run(&plan, today, *spend, &mut history);
        assert_eq!(found, *expected, "{options}: {day}");
    }
}

#[test]
fn at_once_a_rise_is_greeted_on_its_day_alone() {
    check(
        "",
        &[
            ("2026-11-01", Some(100), "bronze"),
            ("2026-11-02", Some(100), "bronze"),
            (
                "2026-11-03",
                Some(350),
                "gold after bronze since 2026-11-03: rose",
            ),
            (
                "2026-11-04",
                Some(320),
                "gold after bronze since 2026-11-03",
            ),
            (
                "2026-11-20",
                Some(300),
                "gold after bronze since 2026-11-03",
            ),
            (
                "2026-11-21",
                Some(250),
                "silver after gold since 2026-11-21: fell",
            ),
            (
                "2026-11-22",
                Some(250),
                "silver after gold since 2026-11-21",
            ),
            (
                "2026-11-23",
                Some(300),
                "gold after silver since 2026-11-23: rose",
            ),
            (
                "2026-11-30",
                Some(300),
                "gold after silver since 2026-11-23",
            ),
        ],
    );
}

#[test]
fn after_days_that_lie_on_one_side_without_break() {
    check(
        "falls after 3 days",
        &[
            ("2026-11-01", Some(350), "gold"),
            ("2026-11-02", Some(250), "gold"),
            // Back in time: the days begin anew.
            ("2026-11-04", Some(350), "gold"),
            ("2026-11-05", Some(100), "gold"),
            ("2026-11-07", Some(100), "gold"),
            (
                "2026-11-08",
                Some(100),
                "bronze after gold since 2026-11-08: fell",
            ),
            // Rises are at once.
            (
                "2026-11-09",
                Some(300),
                "gold after bronze since 2026-11-09: rose",
            ),
        ],
    );
}

#[test]
fn after_days_it_moves_to_the_nearest_level_seen() {
    check(
        "falls after 3 days",
        &[
            ("2026-11-01", Some(350), "gold"),
            ("2026-11-02", Some(100), "gold"),
            ("2026-11-03", Some(250), "gold"),
            ("2026-11-04", None, "gold"),
            (
                "2026-11-05",
                Some(100),
                "silver after gold since 2026-11-05: fell",
            ),
            // The rest waits from the day of the passage on.
            (
                "2026-11-07",
                Some(100),
                "silver after gold since 2026-11-05",
            ),
            (
                "2026-11-08",
                Some(100),
                "bronze after silver since 2026-11-08: fell",
            ),
        ],
    );
    check(
        "rises after 3 days",
        &[
            ("2026-11-01", Some(100), "bronze"),
            ("2026-11-02", Some(300), "bronze"),
            ("2026-11-03", Some(200), "bronze"),
            ("2026-11-04", Some(300), "bronze"),
            (
                "2026-11-05",
                Some(300),
                "silver after bronze since 2026-11-05: rose",
            ),
            (
                "2026-11-08",
                Some(300),
                "gold after silver since 2026-11-08: rose",
            ),
        ],
    );
}

#[test]
fn a_value_that_jumps_to_the_other_side_waits_anew() {
    check(
        "falls after 3 days\n  rises after 3 days",
        &[
            ("2026-11-01", Some(200), "silver"),
            ("2026-11-02", Some(100), "silver"),
            ("2026-11-04", Some(300), "silver"),
            ("2026-11-05", Some(300), "silver"),
            ("2026-11-06", Some(100), "silver"),
            ("2026-11-07", Some(300), "silver"),
            (
                "2026-11-10",
                Some(300),
                "gold after silver since 2026-11-10: rose",
            ),
        ],
    );
}

#[test]
fn after_a_month_as_the_calendar_counts() {
    check(
        "falls after 1 month",
        &[
            ("2027-01-30", Some(300), "gold"),
            ("2027-01-31", Some(200), "gold"),
            ("2027-02-27", Some(200), "gold"),
            (
                "2027-02-28",
                Some(200),
                "silver after gold since 2027-02-28: fell",
            ),
        ],
    );
}

#[test]
fn only_on_a_day_that_no_run_need_meet() {
    check(
        "falls only on 1 January",
        &[
            ("2026-01-01", Some(300), "gold"),
            ("2026-06-01", Some(100), "gold"),
            ("2026-12-31", Some(100), "gold"),
            // The first run of the year.
            (
                "2027-01-05",
                Some(100),
                "bronze after gold since 2027-01-05: fell",
            ),
            (
                "2027-01-06",
                Some(300),
                "gold after bronze since 2027-01-06: rose",
            ),
            (
                "2027-01-07",
                Some(100),
                "gold after bronze since 2027-01-06",
            ),
            (
                "2028-01-01",
                Some(100),
                "bronze after gold since 2028-01-01: fell",
            ),
        ],
    );
    check(
        "falls only on 30 June",
        &[
            ("2026-06-30", Some(300), "gold"),
            // That day is over.
            ("2026-07-01", Some(100), "gold"),
            ("2027-02-01", Some(100), "gold"),
            (
                "2027-06-30",
                Some(100),
                "bronze after gold since 2027-06-30: fell",
            ),
            (
                "2027-08-01",
                Some(300),
                "gold after bronze since 2027-08-01: rose",
            ),
            // Days between the runs, over the new year: last June has come long ago.
            (
                "2028-03-01",
                Some(100),
                "gold after bronze since 2027-08-01",
            ),
            // June of last year lies between the runs.
            (
                "2029-02-01",
                Some(100),
                "bronze after gold since 2029-02-01: fell",
            ),
        ],
    );
}

#[test]
fn a_level_at_a_time_from_run_to_run() {
    check(
        "rises at most 1 level\n  falls at most 1 level",
        &[
            ("2026-11-01", Some(0), "none"),
            ("2026-11-02", Some(300), "bronze since 2026-11-02"),
            (
                "2026-11-03",
                Some(300),
                "silver after bronze since 2026-11-03: rose",
            ),
            (
                "2026-11-04",
                Some(300),
                "gold after silver since 2026-11-04: rose",
            ),
            (
                "2026-11-05",
                Some(300),
                "gold after silver since 2026-11-04",
            ),
            (
                "2026-11-06",
                Some(0),
                "silver after gold since 2026-11-06: fell",
            ),
            (
                "2026-11-07",
                Some(0),
                "bronze after silver since 2026-11-07: fell",
            ),
            ("2026-11-08", Some(0), "none after bronze since 2026-11-08"),
        ],
    );
}

#[test]
fn a_level_at_a_time_after_days_each() {
    check(
        "falls after 2 days\n  falls at most 1 level",
        &[
            ("2026-11-01", Some(300), "gold"),
            ("2026-11-02", Some(0), "gold"),
            (
                "2026-11-04",
                Some(0),
                "silver after gold since 2026-11-04: fell",
            ),
            ("2026-11-05", Some(0), "silver after gold since 2026-11-04"),
            (
                "2026-11-06",
                Some(0),
                "bronze after silver since 2026-11-06: fell",
            ),
        ],
    );
}

#[test]
fn a_month_of_swings_greets_each_rise_once() {
    let plan = planned("falls after 7 days");
    let mut history = History::default();
    let mut greeted = Vec::new();
    for i in 0..30 {
        let today = Day(20_760 + i);
        // Up and down every other day, and low for good from the twentieth day on.
        let spend = if i >= 20 || i % 2 == 0 { 100 } else { 300 };
        for _ in 0..2 {
            let found = run(&plan, today, Some(spend), &mut history);
            if let Some((_, rules)) = found.split_once(": ") {
                greeted.push((i, rules.to_owned()));
            }
        }
    }
    assert_eq!(greeted, [(1, "rose".to_owned()), (27, "fell".to_owned())]);
}

#[test]
fn a_level_that_there_is_no_more_is_as_good_as_unknown() {
    let mut history = History::default();
    let today = Day::parse_iso(b"2026-11-01").unwrap();
    run(&planned(""), today, Some(300), &mut history);
    let renamed = planned_with("amber", "rises at most 1 level");
    let found = run(&renamed, Day(today.0 + 1), Some(300), &mut history);
    assert_eq!(found, "amber since 2026-11-02");
}

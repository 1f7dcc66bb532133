//! What tests reach: each kind of unit is measured by itself, whatever the order of tests and the number of threads.

use guanxi::analysis;
use guanxi::diagnostic::{Diagnostic, render};
use guanxi::hir::Program;
use guanxi::report::{self, Covered};
use guanxi::source::SourceMap;
use guanxi::syntax;
use guanxi::testing::coverage::{Coverage, Kind, Reached, all_tests};
use guanxi::testing::run_covered;
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that can be reached, and what the tests below look at.
const SHOP: &str = r#"
workspace "Shop" { currency CNY  time zone "Asia/Shanghai" }
record customer from "customers" {
  id: text key
  language: one of (zh, en) optional
  spend: money default 0 CNY
  visits: integer default 0
  mobile: text optional
  friend: customer optional
  orders: many order by customer
}
record order from "orders" dated by day { id: text key  customer: customer  day: date  value: integer default 1 }
channel sms for customer { needs mobile is known }
action text_them(body: message) for customer on sms
action give(points: integer) for customer

tiers level for customer by spend {
  low  from 1 CNY
  high from 100 CNY
}
tiers rank for customer { when visits >= 10 then first  when visits >= 5 then second  otherwise third }
stages life for customer {
  when visits = 0 then new
  when visits >= 10 then regular
  otherwise guest
}
score warmth for customer {
  when visits >= 5 then 2
  when spend >= 100 CNY then 1
}
table present for customer by level, visits {
  when high, any then 50
  when low, >= 5 then 20
  otherwise 5
}
table unseen for customer by visits { when >= 5 then 2  otherwise 1 }
table size for order by value { when >= 5 then 2  otherwise 1 }
table last_week for customer by visits { when >= 5 then 2  otherwise 1 }

message hello for customer by language { zh "你好" en "Hello" }
message thanks for customer { "Thank you" }
message nobody_sends for customer { "…" }

campaign letters for customer {
  rule greet { when spend >= 1 CNY and visits < 10 then text_them(hello) then give(0) }
  rule reward instead of greet { when spend >= 100 CNY then give(present) }
  rule thank { when friend is known then text_them(thanks) to friend }
  rule draw {
    when life is regular
    then split { 40% a: give(1)  40% b: give(2)  20% nothing }
  }
}
"#;

fn program(text: &str) -> (Program, SourceMap) {
    let mut sources = SourceMap::new();
    let id = sources.add("shop.rules", text);
    let (tree, mut found) = syntax::parse(sources.file(id));
    let (program, more) = analysis::check(&sources, &[tree], "shop");
    found.extend(more);
    let errors: Vec<Diagnostic> = found.into_iter().filter(Diagnostic::is_error).collect();
    let shown = render::concise(&sources, &errors);
    (
        program.filter(|_| errors.is_empty()).expect(&shown),
        sources,
    )
}

/// What a single test with this body reaches of the shop, as its names are shown.
fn reaches(body: &str) -> Vec<String> {
    let text = format!("{SHOP}\ntest \"one\" {{\n  today is 2026-11-21\n{body}\n}}");
    let (program, sources) = program(&text);
    let coverage = all_tests(&program, &sources);
    let reached = coverage.units.iter().filter(|u| u.tests > 0);
    let mut names: Vec<String> = reached.map(|u| u.name.clone()).collect();
    names.sort();
    names
}

/// What the first reaches and the second does not.
fn more(with: &str, without: &str) -> Vec<String> {
    let less = reaches(without);
    let mut more = reaches(with);
    more.retain(|name| !less.contains(name));
    more
}

#[test]
fn a_row_reaches_the_level_stage_and_lines_that_it_takes() {
    assert_eq!(
        reaches(r#"given customer { id: "a" }"#),
        ["life is new"],
        "`level` has no value, and no condition goes by the others"
    );
    assert_eq!(
        reaches(
            r#"given customer { id: "a", spend: 1 CNY, visits: 5 }
               expect customer "a": present = 20"#
        ),
        [
            "letters.greet",
            "level is low",
            "life is guest",
            "present: when low, >= 5 then 20"
        ]
    );
    let regular = r#"
        given customer { id: "a", visits: 10 }
        given variant a of letters.draw for "a""#;
    assert_eq!(
        reaches(regular),
        ["a of letters.draw", "letters.draw", "life is regular"]
    );
}

#[test]
fn what_only_an_action_says_counts_where_its_rule_acts() {
    let rows = r#"
        given customer { id: "a", spend: 100 CNY }
        given customer { id: "b", spend: 1 CNY }"#;
    let held = format!("{rows}\ngiven held out \"a\" in letters");
    assert_eq!(
        more(rows, &held),
        [
            "letters.reward",
            "level is high",
            "level is low",
            "present: otherwise 5",
            "present: when high, any then 50"
        ]
    );
}

#[test]
fn an_attribute_counts_where_the_test_looks_at_it() {
    let row = r#"given customer { id: "a", visits: 5 }"#;
    let look = |expected: &str| more(&format!("{row}\nexpect customer \"a\": {expected}"), row);
    assert_eq!(look("rank = second"), ["rank is second"]);
    assert_eq!(look("rank.next = first"), ["rank is second"]);
    assert_eq!(look("warmth = 2"), ["warmth: when visits >= 5"]);
    assert_eq!(look("unseen = 2"), ["unseen: when >= 5 then 2"]);
    let rich = r#"given customer { id: "a", spend: 100 CNY }"#;
    let look = format!("{rich}\nexpect customer \"a\": warmth = 1");
    assert_eq!(more(&look, rich), ["warmth: when spend >= 100 CNY"]);
}

#[test]
fn every_row_that_is_there_counts_and_no_other() {
    let order = |day: &str| {
        reaches(&format!(
            r#"given customer {{ id: "a" }}
               given order {{ id: "1", customer: "a", day: 2026-11-21, value: 1 }}
               given order {{ id: "2", customer: "a", day: {day}, value: 5 }}
               expect order "1": size = 1"#
        ))
    };
    assert!(order("2026-11-21").contains(&"size: when >= 5 then 2".to_owned()));
    assert!(!order("2026-11-22").contains(&"size: when >= 5 then 2".to_owned()));
}

#[test]
fn by_another_clock_a_row_takes_what_it_would_have_taken() {
    let text = format!(
        r#"{SHOP}
        tiers age for order {{ when day < today - 20 days then old otherwise young }}
        define age_then for order = age as of today - 30 days
        test "one" {{
          today is 2026-11-21
          given customer {{ id: "a" }}
          given order {{ id: "1", customer: "a", day: 2026-10-20 }}
          expect order "1": age_then = young
        }}"#
    );
    let (program, sources) = program(&text);
    let coverage = all_tests(&program, &sources);
    let of = |name: &str| {
        coverage
            .units
            .iter()
            .find(|u| u.name == name)
            .unwrap()
            .tests
    };
    assert_eq!((of("age is young"), of("age is old")), (1, 0));
}

#[test]
fn a_rule_counts_where_it_acts() {
    let low = r#"given customer { id: "a", spend: 1 CNY }"#;
    let mobile = r#"given customer { id: "a", spend: 1 CNY, mobile: "1" }"#;
    assert!(reaches(low).contains(&"letters.greet".to_owned()));
    assert_eq!(
        more(mobile, low),
        ["hello in zh"],
        "the first text where nothing chooses"
    );
    let stopped = r#"
        given customer { id: "a", spend: 1 CNY }
        given done letters.greet for "a" on 2026-11-01"#;
    assert_eq!(more(low, stopped), ["letters.greet"]);
    let held = format!("{low}\ngiven held out \"a\" in letters");
    assert_eq!(more(low, &held), ["letters.greet"]);
}

#[test]
fn instead_of_counts_where_both_conditions_hold() {
    let both = r#"given customer { id: "a", spend: 100 CNY }"#;
    let one = r#"given customer { id: "a", spend: 100 CNY, visits: 10 }
                 given variant b of letters.draw for "a""#;
    let name = "letters.reward instead of greet".to_owned();
    assert!(reaches(both).contains(&name));
    assert!(!reaches(both).contains(&"letters.greet".to_owned()));
    assert!(!reaches(one).contains(&name));
    // Whatever becomes of the rule that stands in.
    let held = format!("{both}\ngiven held out \"a\" in letters");
    assert!(reaches(&held).contains(&name));
}

#[test]
fn an_arm_counts_where_somebody_gets_it() {
    let arm = |arm: &str| {
        let body = format!(
            r#"given customer {{ id: "a", visits: 10 }}
               given variant {arm} of letters.draw for "a""#
        );
        let arms = reaches(&body);
        arms.into_iter()
            .filter(|n| n.contains("letters.draw"))
            .collect::<Vec<_>>()
    };
    assert_eq!(arm("a"), ["a of letters.draw", "letters.draw"]);
    assert_eq!(arm("b"), ["b of letters.draw", "letters.draw"]);
    assert_eq!(arm("nothing"), ["nothing of letters.draw"]);
    // A variant that is not stated fails the test, and is nobody's.
    assert_eq!(
        reaches(r#"given customer { id: "a", visits: 10 }"#),
        ["life is regular"]
    );
}

#[test]
fn a_text_counts_where_it_is_brought_to_somebody() {
    let english = r#"given customer { id: "a", spend: 1 CNY, language: en, mobile: "1" }"#;
    assert!(reaches(english).contains(&"hello in en".to_owned()));
    let unreachable = r#"given customer { id: "a", spend: 1 CNY, language: en }"#;
    assert!(!reaches(unreachable).contains(&"hello in en".to_owned()));
    // The target's language and reach, not the subject's.
    let friend = r#"
        given customer { id: "a", friend: "b" }
        given customer { id: "b", mobile: "1" }"#;
    assert!(reaches(friend).contains(&"thanks".to_owned()));
    assert!(reaches(friend).contains(&"letters.thank".to_owned()));
}

#[test]
fn a_failed_test_reaches_what_its_run_reached() {
    let failing = r#"given customer { id: "a", spend: 1 CNY }
                     expect no letters.greet for "a""#;
    assert!(reaches(failing).contains(&"letters.greet".to_owned()));
    let unfit = r#"given customer { id: "a", spend: 1 CNY }
                   given customer { id: "a", spend: 1 CNY }"#;
    assert_eq!(reaches(unfit), Vec::<String>::new());
}

/// A line that is not taken is not computed, and a row that does not fit reaches nothing; the others do.
#[test]
fn what_does_not_fit_its_type_is_no_one_elses_fault() {
    let text = r#"
        record customer from "customers" { id: text key  n: integer }
        score big for customer { when n * 1_000_000_000_000 > 1 then 1  when n >= 1 then 1 }
        define safe for customer = if n < 1_000_000_000 then big otherwise 0
        test "one" {
          today is 2026-11-21
          given customer { id: "a", n: 5 }
          given customer { id: "b", n: 9_000_000_000_000 }
          expect customer "a": safe = 2
        }"#;
    let (program, sources) = program(text);
    let (result, _) = run_covered(&program, &sources, 0);
    assert!(result.passed(), "{:?}", result.failures);
    let coverage = all_tests(&program, &sources);
    assert_eq!(coverage.share(None).percent(), "100.0%");
}

const TESTS: [&str; 4] = [
    r#"given customer { id: "a", spend: 1 CNY, visits: 5 }"#,
    r#"given customer { id: "a", spend: 100 CNY } expect customer "a": rank = third, warmth = 1"#,
    r#"given customer { id: "a", visits: 10 } given variant a of letters.draw for "a""#,
    r#"given customer { id: "a", visits: 10 } given variant b of letters.draw for "a""#,
];

/// The names with the number of tests that reach each, the tests in an order.
fn counted(order: &[usize]) -> BTreeMap<String, usize> {
    let tests: String = order
        .iter()
        .map(|i| format!("test \"{i}\" {{ today is 2026-11-21\n{} }}\n", TESTS[*i]))
        .collect();
    let (program, sources) = program(&format!("{SHOP}\n{tests}"));
    let coverage = all_tests(&program, &sources);
    let units = coverage.units.into_iter();
    units.map(|u| (u.name, u.tests)).collect()
}

#[test]
fn the_order_of_tests_and_the_number_of_threads_mean_nothing() {
    let counts = counted(&[0, 1, 2, 3]);
    assert_eq!(counts["life is regular"], 2);
    assert_eq!(counts["present: otherwise 5"], 0);
    assert_eq!(counts["present: when high, any then 50"], 1);
    assert_eq!(counts["letters.draw"], 2);
    assert_eq!(counts["a of letters.draw"], 1);
    assert_eq!(counts["rank is third"], 1);
    assert_eq!(counts["nobody_sends"], 0);
    for order in [[3, 2, 1, 0], [1, 3, 0, 2]] {
        assert_eq!(counted(&order), counts);
    }
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().expect("a pool");
        assert_eq!(pool.install(|| counted(&[0, 1, 2, 3])), counts);
    }
}

#[test]
fn units_are_in_the_order_of_the_text_and_each_kind_is_there() {
    let (program, sources) = program(SHOP);
    let coverage = Coverage::new(&program, &sources, std::iter::empty::<&Reached>());
    let spans: Vec<_> = coverage.units.iter().map(|u| u.span).collect();
    assert!(spans.is_sorted());
    for kind in Kind::ALL {
        assert!(coverage.share(Some(kind)).total > 0, "{}", kind.name());
    }
    assert_eq!(coverage.share(Some(Kind::TierLevel)).total, 5);
    assert_eq!(coverage.share(Some(Kind::Stage)).total, 3);
    assert_eq!(coverage.share(Some(Kind::TableLine)).total, 9);
    let first = |name: &str| {
        let unit = coverage.units.iter().find(|u| u.name == name).expect(name);
        sources.slice(unit.span).to_owned()
    };
    assert_eq!(first("level is high"), "high");
    assert_eq!(first("life is guest"), "guest");
    assert_eq!(first("letters.draw"), "draw");
}

#[test]
fn lcov_says_the_same() {
    let (program, sources) = program(&format!(
        "{SHOP}\ntest \"t\" {{ today is 2026-11-21\n{} }}",
        TESTS[0]
    ));
    let covered = Covered {
        workspace: "Shop".into(),
        path: ".".into(),
        coverage: all_tests(&program, &sources),
    };
    let text = report::coverage_lcov(std::slice::from_ref(&covered), &sources);
    let count = |head: &str| text.lines().filter(|l| l.starts_with(head)).count();
    let said = |head: &str| -> usize {
        let line = text.lines().find_map(|l| l.strip_prefix(head)).expect(head);
        line.parse().expect("a number")
    };
    let share = |kind| covered.coverage.share(kind);
    let rules = share(Some(Kind::Rule));
    assert_eq!((said("FNF:"), said("FNH:")), (rules.total, rules.reached));
    let all = share(None);
    let branches = (all.total - rules.total, all.reached - rules.reached);
    assert_eq!((said("BRF:"), said("BRH:")), branches);
    assert_eq!(count("BRDA:"), branches.0);
    assert_eq!(count("DA:"), said("LF:"));
    // No two branches of a block share a number.
    let mut numbers: Vec<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("BRDA:")?.split_once(',')?.1.rsplit_once(','))
        .map(|(number, _)| number)
        .collect();
    numbers.sort_unstable();
    let all = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), all);
    // What two workspaces take in is one file, with the tests of both.
    let both = report::coverage_lcov(&[covered.clone(), covered], &sources);
    assert_eq!(both.lines().count(), text.lines().count());
    assert!(text.contains("\nFNDA:1,letters.greet\n"));
    assert!(both.contains("\nFNDA:2,letters.greet\n"));
}

#[test]
fn the_examples_tests_reach_everything() {
    for example in ["tea-house", "cdnow"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(example);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .args(["test", "--fail-under", "100"])
            .arg(folder)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
    }
}

//! The same workspace, data and day give the same bytes: whatever the order of rows, files and
//! declarations, however the data is split, on any number of threads.

use guanxi::data::{self, LoadOptions};
use guanxi::engine::{self, Clock, EvalError};
use guanxi::schema::{DAY_MICROS, Day};
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};
use proptest::prelude::*;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const TODAY: &[u8] = b"2026-11-21";

/// Rows compared with one another, and circles of them, beside what the example does.
const COMPARED: &str = r#"
define class for customer = abc of spend_12m at 50%, 80% among customer where spend_12m > 0 CNY

define place for customer = rank of visits among customer

figure turnover = sum of amount among purchase where not refunded

figure best = highest of spend_12m among customer

action note(text: text) for customer

campaign compared for customer {
  rule every {
    when place is known and class is known
    then note("{place} {class} {turnover} {(best default 0 CNY) - spend_12m} {running} {circle}")
  }
}

define running for customer = (running share of spend_12m among customer) default 0%

define circle for customer = loops through referred_by
"#;

/// A small generator of its own, so that a seed always shuffles alike (splitmix64).
struct Shuffle(u64);

impl Shuffle {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
    }
}

fn tea_house() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tea-house")
}

fn rules() -> Vec<String> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(tea_house())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "rules"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|p| std::fs::read_to_string(p).unwrap())
        .chain([COMPARED.to_string()])
        .collect()
}

/// Everything a run says, as one text.
fn outcome(files: &[String], folder: &Path, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let mut sources = SourceMap::new();
        for (i, text) in files.iter().enumerate() {
            sources.add(format!("{i}.rules"), text.as_str());
        }
        let trees: Vec<_> = sources.files().iter().map(|f| syntax::parse(f).0).collect();
        let (program, found) = analysis::check(&sources, &trees, "tea-house");
        let program = program.unwrap_or_else(|| panic!("{found:?}"));
        let plan = plan::lower(&program, plan::Request::Run);
        let today = Day::parse_iso(TODAY).unwrap();
        let now = (today.0 as i64 + 1) * DAY_MICROS - 1;
        let mut options = LoadOptions::new(folder);
        options.today = today;
        options.now = now;
        let loaded = data::load(&plan.tables, &options).unwrap_or_else(|problems| {
            panic!(
                "{}",
                problems.iter().map(|p| p.render()).collect::<String>()
            )
        });
        let outcome = engine::run(
            &plan,
            &loaded.dataset,
            Clock {
                today,
                now,
                opens: now,
            },
            &engine::Past::default(),
        )
        .unwrap();
        let mut text = String::new();
        for rule in &outcome.rules {
            let campaign = &plan.campaigns[rule.campaign];
            let name = &campaign.rules[rule.rule].name;
            let numbers = (
                rule.eligible,
                &rule.fallen,
                rule.fired,
                rule.actions,
                rule.cost,
            );
            writeln!(text, "{}.{name} {numbers:?}", campaign.name).unwrap();
            let fallen: u64 = rule.fallen.iter().map(|(_, n)| n).sum();
            assert_eq!(rule.eligible, rule.fired + fallen + rule.held_out);
        }
        outcome
            .actions::<EvalError>(&mut |row| {
                writeln!(text, "{row:?}").unwrap();
                Ok(())
            })
            .unwrap();
        writeln!(text, "{:?}", outcome.figures()).unwrap();
        for fallen in outcome.suppressed() {
            writeln!(text, "{fallen:?}").unwrap();
        }
        text
    })
}

/// The example's data with its rows shuffled, each file split in several.
fn shuffled_data(shuffle: &mut Shuffle, parts: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(tea_house().join("data")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (header, body) = text.split_once('\n').unwrap();
        let mut lines: Vec<&str> = body.lines().collect();
        shuffle.shuffle(&mut lines);
        let table = folder.path().join(path.file_stem().unwrap());
        std::fs::create_dir(&table).unwrap();
        for (i, part) in lines.chunks(lines.len().div_ceil(parts)).enumerate() {
            let name = table.join(format!("{}.csv", shuffle.next() % 1000 * 10 + i as u64));
            std::fs::write(name, format!("{header}\n{}\n", part.join("\n"))).unwrap();
        }
    }
    folder
}

/// The example's declarations in another order, in other files.
fn shuffled_rules(shuffle: &mut Shuffle, count: usize) -> Vec<String> {
    let mut declarations = Vec::new();
    for text in rules() {
        let mut sources = SourceMap::new();
        let id = sources.add("x.rules", text.as_str());
        let (tree, _) = syntax::parse(sources.file(id));
        declarations.extend(
            tree.declarations
                .iter()
                .map(|d| sources.slice(d.span).to_string()),
        );
    }
    shuffle.shuffle(&mut declarations);
    let mut files = vec![String::new(); count];
    for (i, declaration) in declarations.iter().enumerate() {
        files[i % count].push_str(declaration);
        files[i % count].push_str("\n\n");
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() })]

    #[test]
    fn order_split_and_threads_mean_nothing(
        seed in any::<u64>(), parts in 1usize..5, files in 1usize..6, threads in prop::sample::select(vec![1usize, 2, 8]),
    ) {
        let expected = outcome(&rules(), &tea_house().join("data"), 2);
        prop_assert!(expected.lines().count() > 40, "the example does something");
        let mut shuffle = Shuffle(seed);
        let data = shuffled_data(&mut shuffle, parts);
        let rules = shuffled_rules(&mut shuffle, files);
        prop_assert_eq!(outcome(&rules, data.path(), threads), expected);
    }
}

const LONG: &str = r#"
workspace "Long" {
  currency CNY
}

record customer from "customers" {
  id: text key
  visits: integer
}

action note(text: text) for customer

action call(text: text) for customer costs 1 CNY

campaign long for customer {
  rule every {
    when visits > 0
    then note("{id} is written to")
    then call("{id} is called")
    then note("{id} is written to again")
  }

  rule some {
    when visits > 8
    then call("{id} is called for {visits}")
  }
}
"#;

/// Several thousand candidates of a rule are rendered in parts, by several threads.
#[test]
fn a_long_list_is_in_order_on_any_number_of_threads() {
    const ROWS: usize = 9_000;
    let folder = tempfile::tempdir().unwrap();
    let rows = (0..ROWS).rev().map(|n| format!("C{n:05},{}\n", n % 10));
    let text = std::iter::once("id,visits\n".to_owned()).chain(rows);
    let path = folder.path().join("customers.csv");
    std::fs::write(path, text.collect::<String>()).unwrap();
    let visited = (0..ROWS).filter(|n| n % 10 > 0);
    let mut expected: Vec<String> = visited
        .flat_map(|n| {
            let id = format!("C{n:05}");
            ["written to", "called", "written to again"].map(|what| format!("\"{id} is {what}\""))
        })
        .collect();
    let called = (0..ROWS).filter(|n| n % 10 > 8);
    expected.extend(called.map(|n| format!("\"C{n:05} is called for 9\"")));
    let files = [LONG.to_owned()];
    let alone = outcome(&files, folder.path(), 1);
    let actions: Vec<&str> = alone
        .lines()
        .filter(|l| l.starts_with("ActionRow"))
        .collect();
    assert_eq!(actions.len(), expected.len());
    for (action, text) in actions.iter().zip(&expected) {
        assert!(action.contains(text), "{text} in {action}");
    }
    for threads in [2, 3, 8] {
        assert_eq!(outcome(&files, folder.path(), threads), alone, "{threads}");
    }
}

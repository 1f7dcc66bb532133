//! Who is held out, and who gets which variant: the shares are those that are stated, and nobody's lot depends on
//! rows, threads, or what else the workspace does.

use guanxi::data::{self, LoadOptions};
use guanxi::engine::{self, Clock, Past};
use guanxi::ledger::{Entries, Fate, History};
use guanxi::schema::{DAY_MICROS, Day};
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};
use std::collections::BTreeMap;
use std::fmt::Write;

const RULES: &str = r#"
workspace "Lots" {}

record customer from "customers" {
  id: text key
}

action points(n: integer) for customer

campaign spring for customer {
  hold out 10%

  rule three {
    then split {
      50% a: points(1)
      30% b: points(2)
      20% nothing
    }
  }
}

campaign summer for customer {
  hold out 10%

  rule one {
    then points(3)
  }
}
"#;

const MORE: &str = r#"
campaign autumn for customer {
  priority 7
  hold out 50%

  rule first {
    then points(4)
  }
}
"#;

/// What a run on customers of these numbers adds to an empty ledger.
fn entries(rules: &[&str], customers: impl Iterator<Item = u32>, threads: usize) -> Entries {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let mut csv = "id\n".to_owned();
    for i in customers {
        writeln!(csv, "customer-{i}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("customers.csv"), csv).unwrap();
    pool.install(|| {
        let mut sources = SourceMap::new();
        for (i, text) in rules.iter().enumerate() {
            sources.add(format!("{i}.rules"), *text);
        }
        let trees: Vec<_> = sources.files().iter().map(|f| syntax::parse(f).0).collect();
        let (program, found) = analysis::check(&sources, &trees, "lots");
        let program = program.unwrap_or_else(|| panic!("{found:#?}"));
        let plan = plan::lower(&program, plan::Request::Run);
        let loaded = data::load(&plan.tables, &LoadOptions::new(folder.path()))
            .unwrap_or_else(|p| panic!("{}", p[0].render()));
        let today = Day::parse_iso(b"2026-11-21").unwrap();
        let opens = i64::from(today.0) * DAY_MICROS;
        let clock = Clock {
            today,
            now: opens + DAY_MICROS - 1,
            opens,
        };
        let history = History::default();
        let past = Past {
            history: Some(&history),
            ..Past::default()
        };
        let outcome = engine::run(&plan, &loaded.dataset, clock, &past).unwrap();
        outcome.entries().unwrap()
    })
}

/// How each subject of a campaign ended: held out by the campaign, or its variant.
fn lots(entries: &Entries, campaign: &str) -> BTreeMap<String, String> {
    entries
        .firings
        .iter()
        .filter(|(name, _)| &*name.campaign == campaign)
        .map(|(_, firing)| {
            let variant = firing.variant.as_deref();
            let end = match (firing.fate, variant) {
                (Fate::HeldOut, Some("nothing")) => "nothing",
                (Fate::HeldOut, _) => "held out",
                (_, variant) => variant.unwrap_or("done"),
            };
            (firing.subject.to_string(), end.to_owned())
        })
        .collect()
}

/// Whether a count lies within five standard deviations of what is expected of `n` lots.
fn near(count: usize, n: usize, share: f64) {
    let (n, count) = (n as f64, count as f64);
    let deviation = (n * share * (1.0 - share)).sqrt();
    let off = (count - n * share).abs() / deviation;
    assert!(off < 5.0, "{count} of {n} for {share}: {off} deviations");
}

#[test]
fn shares_of_a_million() {
    let n = 1_000_000;
    let entries = entries(&[RULES], 0..n, 2);
    let n = n as usize;
    let (spring, summer) = (lots(&entries, "spring"), lots(&entries, "summer"));
    assert_eq!((spring.len(), summer.len()), (n, n));
    let count = |end: &str| spring.values().filter(|e| *e == end).count();
    // `nothing` is fixed first; a tenth of the others is held out by the campaign.
    near(count("nothing"), n, 0.2);
    near(count("held out"), n - count("nothing"), 0.1);
    let rest = n - count("nothing") - count("held out");
    near(count("a"), rest, 0.5 / 0.8);
    near(count("b"), rest, 0.3 / 0.8);
    let held = summer.values().filter(|e| *e == "held out").count();
    near(held, n, 0.1);
    // One campaign's lot says nothing about another's.
    let both = spring
        .iter()
        .filter(|(id, end)| *end == "held out" && summer[*id] == "held out")
        .count();
    near(both, count("held out"), 0.1);
}

#[test]
fn nobodys_lot_depends_on_anything_else() {
    let base = entries(&[RULES], 0..20_000, 1);
    let turned = entries(&[RULES], (0..20_000).rev(), 2);
    let fewer = entries(&[RULES], (0..20_000).step_by(3), 2);
    let more = entries(&[MORE, RULES], 0..20_000, 2);
    for campaign in ["spring", "summer"] {
        let lots_of = |entries| lots(entries, campaign);
        let expected = lots_of(&base);
        assert_eq!(expected, lots_of(&turned));
        assert_eq!(expected, lots_of(&more));
        let few = lots_of(&fewer);
        assert!(few.len() > 6_000);
        assert!(few.iter().all(|(id, end)| expected[id] == *end));
    }
}

//! A run that would need more memory than it may have is refused before it does anything; what it is told it needs
//! is about what its columns take.

use guanxi::data::{self, ColumnValues, LoadOptions};
use guanxi::source::SourceMap;
use guanxi::{analysis, plan, syntax};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

const RULES: &str = r#"
workspace "Memory" { currency CNY }

record member from "members" {
  id: text key
  name: text
  city: text
  spend: money
  since: date
  invited_by: member optional
}

action greet(name: text) for member

campaign greetings for member {
  rule all {
    when city = "Anxi" and spend > 3 CNY and since is known and invited_by is known
    then greet(name)
  }
}
"#;

const ROWS: usize = 60_000;

/// The same rows as CSV, packed, and as JSON Lines.
fn write(folder: &Path) {
    let (mut csv, mut lines) = (
        String::from("id,name,city,spend,since,invited_by\n"),
        String::new(),
    );
    for row in 0..ROWS {
        let (city, cents) = (["Anxi", "Wuyi"][row % 2], row % 90 + 10);
        let before = row / 2;
        writeln!(
            csv,
            "m{row:06},Name {row},{city},7.{cents},2026-01-02,m{before:06}"
        )
        .unwrap();
        writeln!(
            lines,
            r#"{{"id":"m{row:06}","name":"Name {row}","city":"{city}","spend":7.{cents},"since":"2026-01-02","invited_by":"m{before:06}"}}"#
        )
        .unwrap();
    }
    for format in ["csv", "csv.gz", "jsonl"] {
        std::fs::create_dir_all(folder.join(format)).unwrap();
    }
    std::fs::write(folder.join("csv/members.csv"), &csv).unwrap();
    std::fs::write(folder.join("jsonl/members.jsonl"), lines).unwrap();
    let file = std::fs::File::create(folder.join("csv.gz/members.csv.gz")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, csv.as_bytes()).unwrap();
    packed.finish().unwrap();
}

fn bytes(values: &ColumnValues) -> usize {
    match values {
        ColumnValues::Text(t) => match t.dictionary() {
            Some((codes, _)) => codes.len() * 2,
            None => (0..t.len()).map(|i| t.get(i).len() + 8).sum(),
        },
        ColumnValues::YesNo(v) => v.len(),
        ColumnValues::Date(v) => v.len() * 4,
        ColumnValues::Enum(v) | ColumnValues::Reference(v) => v.len() * 4,
        values => values.len() * 8,
    }
}

#[test]
fn estimates_are_near_what_is_read() {
    let mut sources = SourceMap::new();
    let id = sources.add("memory.rules", RULES);
    let (tree, _) = syntax::parse(sources.file(id));
    let (program, found) = analysis::check(&sources, &[tree], "memory");
    let program = program.unwrap_or_else(|| panic!("{found:?}"));
    let plan = plan::lower(&program, plan::Request::Run);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    for format in ["csv", "csv.gz", "jsonl"] {
        let options = LoadOptions::new(folder.path().join(format));
        let told = &data::estimate(&plan.tables, &options, 2)[0];
        let loaded = data::load(&plan.tables, &options).unwrap();
        let columns = &loaded.dataset.tables[0].columns;
        let kept: usize = columns.iter().map(|c| bytes(&c.values)).sum();
        let near = |told: u64, is: usize| (0.85..1.2).contains(&(told as f64 / is as f64));
        assert!(near(told.rows, ROWS), "{format}: {told:?}");
        assert!(near(told.kept, kept), "{format}: {told:?}, {kept}");
        assert!(data::bytes_at_most(&plan.tables, &options) > kept as u64);
    }
}

#[test]
fn a_run_that_needs_too_much_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    std::fs::write(folder.path().join("memory.rules"), RULES).unwrap();
    let guanxi = |limit: &str| {
        Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .current_dir(folder.path())
            .args([
                "run",
                "--data",
                "csv",
                "--today",
                "2026-11-21",
                "--out",
                "list.csv",
            ])
            .args(["--ledger", "members.ledger", "--memory-limit", limit])
            .output()
            .unwrap()
    };
    let output = guanxi("1MB");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    let words: Vec<&str> = said.split_whitespace().collect();
    let words = words.join(" ");
    assert!(words.contains("`--memory-limit` allows 1 MB"), "{said}");
    assert!(words.contains("the largest part is `member`"), "{said}");
    for file in ["list.csv", "members.ledger"] {
        assert!(!folder.path().join(file).exists(), "{file}");
    }
    let output = guanxi("1GB");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(folder.path().join("list.csv").exists());
}

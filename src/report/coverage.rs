//! What tests reached: for people, as JSON, and in the format of lcov.

use super::table::{Align, TextTable, visible};
use crate::source::{SourceMap, Span};
use crate::testing::coverage::{Coverage, Kind, Share, Unit};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthChar;

/// The coverage of one workspace.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Its title.
    pub workspace: String,
    /// Where it lies, as the user would write it.
    pub path: String,
    pub coverage: Coverage,
}

/// Columns that the name of a unit may take.
const NAME: usize = 60;

/// A table by kind, then what no test reached, each with its place; only the latter if `brief`.
pub fn coverage(covered: &Covered, sources: &SourceMap, brief: bool) -> String {
    let coverage = &covered.coverage;
    let all = coverage.share(None);
    let title = visible(&covered.workspace);
    if all.total == 0 {
        return format!("{title}: nothing for tests to reach\n");
    }
    let mut out = format!(
        "{title}: tests reach {} of {}, {}\n",
        all.reached,
        all.total,
        all.percent()
    );
    if !brief {
        out.push('\n');
        out.push_str(&by_kind(coverage).render("  "));
    }
    let untested = untested(coverage, sources);
    if !untested.is_empty() {
        out.push_str(&format!("\n{}", untested.render("  ")));
    }
    out
}

fn by_kind(coverage: &Coverage) -> TextTable {
    let mut table = TextTable::new(&[
        ("", Align::Left),
        ("reached", Align::Right),
        ("of", Align::Right),
        ("", Align::Right),
    ]);
    for kind in Kind::ALL {
        let share = coverage.share(Some(kind));
        if share.total > 0 {
            table.push(vec![
                kind.plural().to_owned(),
                share.reached.to_string(),
                share.total.to_string(),
                share.percent(),
            ]);
        }
    }
    table
}

fn untested(coverage: &Coverage, sources: &SourceMap) -> TextTable {
    let mut table = TextTable::new(&[
        ("no test reaches", Align::Left),
        ("", Align::Left),
        ("", Align::Left),
    ]);
    for unit in coverage.untested() {
        let (file, line) = place(sources, unit.span);
        table.push(vec![
            format!("{file}:{line}"),
            unit.kind.name().to_owned(),
            shortened(&unit.name),
        ]);
    }
    table
}

/// One line that names what is missing: `3 more` stands for what would be too much.
pub fn missing(coverage: &Coverage, most: usize) -> String {
    let names: Vec<String> = coverage
        .untested()
        .map(|u| format!("{} `{}`", u.kind.name(), shortened(&visible(&u.name))))
        .collect();
    let more = names.len().saturating_sub(most);
    let mut out = names[..names.len() - more].join(", ");
    if more > 0 {
        out.push_str(&format!(", and {more} more"));
    }
    out
}

fn shortened(name: &str) -> String {
    let mut width = 0;
    let mut out = String::new();
    for c in name.chars() {
        width += c.width().unwrap_or(0);
        if width > NAME {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}

/// The file's name and the line.
fn place(sources: &SourceMap, span: Span) -> (&str, usize) {
    let file = sources.file(span.file);
    (&file.name, file.position(span.start as usize).line)
}

/// `#/$defs/coverage` of `guanxi schema test`.
pub fn coverage_json(covered: &[Covered], sources: &SourceMap) -> Value {
    let workspaces: Vec<Value> = covered.iter().map(|c| workspace(c, sources)).collect();
    json!({ "version": 1, "workspaces": workspaces })
}

fn workspace(covered: &Covered, sources: &SourceMap) -> Value {
    let coverage = &covered.coverage;
    let kinds: Vec<Value> = Kind::ALL
        .iter()
        .map(|kind| {
            let mut out = json!({ "kind": kind.name() });
            add_share(&mut out, coverage.share(Some(*kind)));
            out
        })
        .collect();
    let unit = |u: &Unit| {
        let file = sources.file(u.span.file);
        let start = file.position(u.span.start as usize);
        json!({
            "kind": u.kind.name(),
            "name": u.name,
            "at": { "file": file.name, "line": start.line, "column": start.column },
            "tests": u.tests,
        })
    };
    let mut out = json!({ "workspace": covered.workspace, "path": covered.path });
    add_share(&mut out, coverage.share(None));
    out["kinds"] = kinds.into();
    out["units"] = coverage.units.iter().map(unit).collect();
    out
}

fn add_share(of: &mut Value, share: Share) {
    of["reached"] = share.reached.into();
    of["total"] = share.total.into();
    // A percentage for display, of one digit.
    of["percent"] = (share.tenths() as f64 / 10.0).into();
}

/// A unit of a file as lcov counts it.
struct Line {
    line: usize,
    name: String,
    /// Of a choice: what it is a choice of, and its place in it. A rule is a function.
    branch: Option<(usize, usize)>,
    tests: usize,
}

/// A tracefile: a rule is a function, everything else a branch; the branches of a block are those of one declaration.
/// Each line counts the tests that reached something of it.
pub fn coverage_lcov(covered: &[Covered], sources: &SourceMap) -> String {
    let mut out = String::new();
    for (file, lines) in by_file(covered, sources) {
        out.push_str(&format!("TN:guanxi\nSF:{file}\n"));
        functions(&lines, &mut out);
        branches(&lines, &mut out);
        line_counts(&lines, &mut out);
        out.push_str("end_of_record\n");
    }
    out
}

/// By file; a unit that several workspaces take in counts the tests of all.
fn by_file<'s>(covered: &[Covered], sources: &'s SourceMap) -> BTreeMap<&'s str, Vec<Line>> {
    let mut units: BTreeMap<(Span, Kind, &str), (&str, usize)> = BTreeMap::new();
    for unit in covered.iter().flat_map(|c| &c.coverage.units) {
        let key = (unit.span, unit.kind, unit.name.as_str());
        units.entry(key).or_insert((&unit.of, 0)).1 += unit.tests;
    }
    let mut files: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    let mut blocks: BTreeMap<(&str, Kind, &str), (usize, usize)> = BTreeMap::new();
    for ((span, kind, name), (of, tests)) in units {
        let (file, line) = place(sources, span);
        let next = blocks
            .range((file, Kind::Rule, "")..)
            .take_while(|(k, _)| k.0 == file);
        let next = next.count();
        let branch = (kind != Kind::Rule).then(|| {
            let (block, taken) = blocks.entry((file, kind, of)).or_insert((next, 0));
            *taken += 1;
            (*block, *taken - 1)
        });
        files.entry(file).or_default().push(Line {
            line,
            name: visible(name).replace(',', ";"),
            branch,
            tests,
        });
    }
    files
}

fn functions(lines: &[Line], out: &mut String) {
    let rules = || lines.iter().filter(|l| l.branch.is_none());
    for rule in rules() {
        out.push_str(&format!("FN:{},{}\n", rule.line, rule.name));
    }
    for rule in rules() {
        out.push_str(&format!("FNDA:{},{}\n", rule.tests, rule.name));
    }
    let hit = rules().filter(|l| l.tests > 0).count();
    out.push_str(&format!("FNF:{}\nFNH:{hit}\n", rules().count()));
}

fn branches(lines: &[Line], out: &mut String) {
    let (mut found, mut hit) = (0, 0);
    for line in lines {
        let Some((block, branch)) = line.branch else {
            continue;
        };
        found += 1;
        hit += usize::from(line.tests > 0);
        out.push_str(&format!(
            "BRDA:{},{block},{branch},{}\n",
            line.line, line.tests
        ));
    }
    out.push_str(&format!("BRF:{found}\nBRH:{hit}\n"));
}

fn line_counts(lines: &[Line], out: &mut String) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines {
        let count = counts.entry(line.line).or_default();
        *count = line.tests.max(*count);
    }
    for (line, count) in &counts {
        out.push_str(&format!("DA:{line},{count}\n"));
    }
    let hit = counts.values().filter(|n| **n > 0).count();
    out.push_str(&format!("LF:{}\nLH:{hit}\n", counts.len()));
}

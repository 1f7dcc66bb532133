//! What each lint flags, and what it leaves alone.
//!
//! `tests/lint/<lint>.rules` (or `<lint>.<more>.rules`) is about one lint: it reports just the lines that end
//! with `# here: <lint>`. Where a comment cannot stand at the end, `# here below: <lint>` marks the next line.
//! What other lints say of the file is none of its concern, unless a line names them too (`# here: a, b`);
//! errors have no place in it.
//!
//! A line `# ----` begins another workspace. Lines above the first of them belong to each.

use guanxi::diagnostic::{Diagnostic, codes, fix, render};
use guanxi::lint::{self, Checked};
use guanxi::source::SourceMap;
use guanxi::syntax;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Errors of the checker, or else what the lints find.
fn findings(sources: &SourceMap) -> Vec<Diagnostic> {
    let (tree, mut found) = syntax::parse(&sources.files()[0]);
    let trees = [tree];
    let (program, errors) = guanxi::analysis::check(sources, &trees, "workspace");
    found.extend(errors);
    let Some(program) = &program else {
        return found;
    };
    let checked = Checked {
        program,
        sources,
        files: &trees,
    };
    found.extend(lint::run(checked, &|_| true));
    found
}

/// The workspaces of a file. Each keeps its lines where they stand, and those of the others are empty.
fn workspaces(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let starts: Vec<usize> = (0..lines.len())
        .filter(|i| lines[*i].starts_with("# ----"))
        .collect();
    let first = starts.first().copied().unwrap_or(lines.len());
    if starts.is_empty() {
        return vec![text.to_owned()];
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let kept = |i: usize| i < first || (*start..end).contains(&i);
            let line = |i: usize| if kept(i) { lines[i] } else { "" };
            (0..lines.len())
                .map(|i| line(i).to_owned() + "\n")
                .collect()
        })
        .collect()
}

/// Line and code, as marked.
fn marked(text: &str) -> BTreeSet<(usize, String)> {
    let mut marks = BTreeSet::new();
    for (i, line) in text.lines().enumerate() {
        let here = line.split_once("# here: ").map(|(_, codes)| (i + 1, codes));
        let below = line
            .split_once("# here below: ")
            .map(|(_, codes)| (i + 2, codes));
        for (line, codes) in here.into_iter().chain(below) {
            for code in codes.split(',').map(str::trim) {
                assert!(codes::find(code).is_some(), "there is no code `{code}`");
                marks.insert((line, code.to_owned()));
            }
        }
    }
    marks
}

/// What is wrong with one workspace of a file, if anything.
fn difference(name: &str, text: &str) -> Option<String> {
    let lint = name.split('.').next().unwrap_or(name);
    let marks = marked(text);
    let concerned = |d: &Diagnostic| {
        d.is_error() || d.code.name == lint || marks.iter().any(|(_, code)| code == d.code.name)
    };
    let mut sources = SourceMap::new();
    let id = sources.add(format!("{name}.rules"), text);
    let mut found = findings(&sources);
    found.retain(concerned);
    let line = |d: &Diagnostic| sources.file(id).position(d.span.start as usize).line;
    let said: BTreeSet<(usize, String)> = found
        .iter()
        .map(|d| (line(d), d.code.name.to_owned()))
        .collect();
    if said == marks {
        return None;
    }
    let lines = |list: Vec<&(usize, String)>| -> String {
        list.iter()
            .map(|(line, code)| format!("  {name}.rules:{line} {code}\n"))
            .collect()
    };
    let human = render::human(&sources, &found, render::Look::default());
    Some(format!(
        "marked, not found:\n{}found, not marked:\n{}{human}",
        lines(marks.difference(&said).collect()),
        lines(said.difference(&marks).collect()),
    ))
}

#[test]
fn what_is_marked_is_flagged_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|e| e.expect("an entry").path())
        .collect();
    paths.sort();
    let mut wrong = String::new();
    for path in paths {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("a text");
        assert!(!marked(&text).is_empty(), "{name}: nothing is marked");
        for workspace in workspaces(&text) {
            wrong.extend(difference(&name, &workspace));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Negated groups of conditions that may be unknown.
const NEGATED: &[&str] = &[
    "not (a and b)",
    "not (a or b or c)",
    "not all of (a, not b)",
    "not any of (a, n > 3)",
    "not none of (a, b)",
    "not (a and (b or not c))",
    "not (a or not (b and c))",
    "not (a and n <= 3 and t != \"x\")",
    "not (a and n is known and t is missing)",
    "not (a and not (n between 2 and 4))",
    "not (a and t in (\"x\", \"y\") and d is not today)",
    "not (d in last 3 days and any of parts where good)",
    "not (if a then b otherwise c) or not (k is one and k is not two)",
];

const ROW: &str = "record row {
  id: text key
  a: yes/no optional
  b: yes/no optional
  c: yes/no optional
  n: integer optional
  t: text optional
  d: date optional
  k: one of (one, two) optional
  parts: many part by row
}

record part {
  id: text key
  row: row
  good: yes/no optional
}
";

/// Rows with every combination of `a`, `b`, `c`, and values of the other fields beside them.
fn rows() -> String {
    let choose = |field: &str, values: &[&str], place: usize| match values.get(place % 3) {
        Some(value) => format!(", {field}: {value}"),
        None => String::new(),
    };
    let mut out = String::new();
    for i in 0..81 {
        let flags = ["yes", "no"];
        out += &format!("  given row {{ id: \"{i}\"");
        out += &choose("a", &flags, i);
        out += &choose("b", &flags, i / 3);
        out += &choose("c", &flags, i / 9);
        out += &choose("n", &["3", "5"], i / 27 + i);
        out += &choose("t", &["\"x\"", "\"z\""], i / 3 + i / 27);
        out += &choose("d", &["2026-11-21", "2026-01-01"], i / 9 + i / 27);
        out += &choose("k", &["one", "two"], i / 27);
        out += " }\n";
        out += &format!("  given part {{ id: \"{i}\", row: \"{i}\"");
        out += &choose("good", &flags, i / 27);
        out += " }\n";
    }
    out
}

/// Every fix of `negated-group` is true, false and unknown where the group was.
#[test]
fn a_group_that_is_no_longer_negated_means_the_same() {
    let defines: Vec<String> = (NEGATED.iter().enumerate())
        .map(|(i, e)| format!("define fixed_{i} for row = {e}\n"))
        .collect();
    let mut text = format!("{ROW}\n{}", defines.join("\n"));
    // A group within a group is found when the outer one is gone.
    for _ in 0..4 {
        let mut sources = SourceMap::new();
        sources.add("rows.rules", text.as_str());
        let mut found = findings(&sources);
        found.retain(|d| d.code == &codes::NEGATED_GROUP);
        text = fix::apply(&text, &found);
    }
    assert!(
        !text.contains("not (a") && !text.contains("not all"),
        "{text}"
    );
    let mut alike = Vec::new();
    for (i, e) in NEGATED.iter().enumerate() {
        text += &format!(
            "\ndefine plain_{i} for row = {e}\n\ndefine alike_{i} for row = any of (\n  \
             plain_{i} and fixed_{i},\n  none of (plain_{i}, fixed_{i}),\n  \
             plain_{i} is missing and fixed_{i} is missing,\n)\n"
        );
        alike.push(format!("alike_{i}"));
    }
    let alike = alike.join(", ");
    text += &format!("\ndefine alike for row = all of ({alike})\n");
    text += &format!("\ntest \"alike\" {{\n  today is 2026-11-21\n{}", rows());
    for row in 0..81 {
        text += &format!("  expect row \"{row}\": alike = yes\n");
    }
    text += "}\n";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rows.rules");
    fs::write(&file, &text).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["test", "--isolated"])
        .arg(&file)
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{text}");
}

#[test]
fn a_comment_in_a_negated_group_is_not_lost() {
    let with = |inside: &str| {
        let text = format!("{ROW}\nsegment some of row where not (a or{inside} b)\n");
        let mut sources = SourceMap::new();
        sources.add("rows.rules", text.as_str());
        let mut found = findings(&sources);
        found.retain(|d| d.code == &codes::NEGATED_GROUP);
        assert_eq!(found.len(), 1);
        found[0].fix.clone()
    };
    assert!(with("").is_some_and(|fix| fix.safe && fix.edits[0].text == "none of (a, b)"));
    assert_eq!(with(" # the second\n"), None);
}

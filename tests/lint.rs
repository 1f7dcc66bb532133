//! What each lint flags, and what it leaves alone.
//!
//! `tests/lint/<lint>.rules` (or `<lint>.<more>.rules`) is about one lint: it reports just the lines that end
//! with `# here: <lint>`. Where a comment cannot stand at the end, `# here below: <lint>` marks the next line.
//! What other lints say of the file is none of its concern, unless a line names them too (`# here: a, b`);
//! errors have no place in it.
//!
//! A line `# ----` begins another workspace. Lines above the first of them belong to each.

use guanxi::diagnostic::{Diagnostic, codes, render};
use guanxi::lint::{self, Checked};
use guanxi::source::SourceMap;
use guanxi::syntax;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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

//! One slip of the hand in a correct program: no panic, and few findings.
//!
//! Words and marks of the examples and the conformance files are deleted, written twice or swapped with the
//! next, one at a time. `MUTATIONS` in the environment sets how many of each kind a file gets.

use guanxi::diagnostic::{self, render};
use guanxi::source::SourceMap;
use guanxi::{analysis, syntax};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files of a workspace, by name.
type Workspace = Vec<(String, String)>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn rules_below(folder: &Path) -> Workspace {
    let mut found = Workspace::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rules_below(&path));
        } else if path.extension().is_some_and(|e| e == "rules") {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            found.push((name, std::fs::read_to_string(&path).expect("a text")));
        }
    }
    found.sort();
    found
}

fn workspaces() -> Vec<Workspace> {
    let mut all: Vec<Workspace> = ["tea-house", "cdnow"]
        .iter()
        .map(|e| rules_below(&root().join("examples").join(e)))
        .collect();
    let single = rules_below(&root().join("tests/conformance"));
    all.extend(single.into_iter().map(|file| vec![file]));
    all
}

/// Words, numbers, texts and marks outside comments.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.');
        let length = if c == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if let Some(long) = rest.strip_prefix("\"\"\"") {
            long.find("\"\"\"").map_or(rest.len(), |i| i + 6)
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| c == '"' && !std::mem::replace(&mut escaped, c == '\\'));
            end.map_or(rest.len(), |i| i + 2)
        } else if c.is_ascii_digit() {
            rest.find(|c: char| !word(c)).unwrap_or(rest.len())
        } else if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        found.push(at..at + length);
        at += length;
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slip {
    Deleted,
    Twice,
    Swapped,
}

/// The text with one slip; what it was.
fn slip(
    text: &str,
    tokens: &[std::ops::Range<usize>],
    which: usize,
    kind: Slip,
) -> (String, String) {
    let token = &tokens[which];
    let said = &text[token.clone()];
    let mut out = text.to_string();
    match (kind, tokens.get(which + 1)) {
        (Slip::Swapped, Some(next)) => {
            let other = &text[next.clone()];
            out.replace_range(next.clone(), said);
            out.replace_range(token.clone(), other);
        }
        (Slip::Twice, _) => out.insert_str(token.end, &format!(" {said}")),
        _ => out.replace_range(token.clone(), ""),
    }
    (out, format!("{kind:?} `{said}`"))
}

fn findings(workspace: &Workspace) -> (SourceMap, Vec<diagnostic::Diagnostic>) {
    let mut sources = SourceMap::new();
    for (name, text) in workspace {
        sources.add(name.clone(), text.clone());
    }
    let (mut trees, mut all) = (Vec::new(), Vec::new());
    for file in sources.files() {
        let (tree, found) = syntax::parse(file);
        trees.push(tree);
        all.extend(found);
    }
    all.extend(analysis::check(&sources, &trees, "mutated").1);
    diagnostic::sort(&mut all);
    (sources, all)
}

#[test]
fn one_slip_is_a_handful_of_findings() {
    let each: usize = std::env::var("MUTATIONS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut counts: BTreeMap<Slip, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut worst: Vec<(usize, String)> = Vec::new();
    for workspace in workspaces() {
        for file in 0..workspace.len() {
            let text = workspace[file].1.clone();
            let tokens = tokens(&text);
            if tokens.is_empty() {
                continue;
            }
            for kind in [Slip::Deleted, Slip::Twice, Slip::Swapped] {
                for _ in 0..each {
                    let mut mutated = workspace.clone();
                    let (slipped, said) = slip(&text, &tokens, random(tokens.len()), kind);
                    mutated[file].1 = slipped;
                    let (sources, found) = findings(&mutated);
                    *counts
                        .entry(kind)
                        .or_default()
                        .entry(found.len())
                        .or_default() += 1;
                    if found.len() > 3 {
                        let shown = render::concise(&sources, &found);
                        worst.push((found.len(), format!("{said}:\n{shown}")));
                    }
                }
            }
        }
    }
    worst.sort_by_key(|w| std::cmp::Reverse(w.0));
    let mut total = 0;
    let mut few = 0;
    for (kind, by_count) in &counts {
        eprintln!("{kind:?}: {by_count:?}");
        total += by_count.values().sum::<usize>();
        few += by_count.range(..=2).map(|(_, n)| n).sum::<usize>();
    }
    let shown: Vec<&str> = worst.iter().take(12).map(|(_, s)| s.as_str()).collect();
    eprintln!(
        "{few} of {total} say two things at most\n{}",
        shown.join("\n")
    );
    assert!(few * 100 >= total * 95, "{}", shown.join("\n"));
    assert!(
        worst.first().is_none_or(|w| w.0 <= 8),
        "{}",
        shown.join("\n")
    );
}

//! What the programmes' pages show is what is there.
//!
//! - `<!-- shows: A; B -->` before a ```` ```guanxi example ```` fence: the declarations and rules of the
//!   example whose text begins with A and with B, with the comments above them.
//! - ```` ```console ````: each `$` line is run by the shell, in a folder where `examples` is the repository's,
//!   and the data that an example has elsewhere is in a folder of its name. What it prints follows it.
//!
//! `UPDATE_DOCS=1 cargo test --test programmes` writes both.

#![cfg(unix)]

mod markdown;

use markdown::{commands, fences, held, name, pages, root};
use std::path::{Path, PathBuf};

/// The programs of an example, in the order of their paths.
fn programs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(programs(&path));
        } else if path.extension().is_some_and(|e| e == "rules") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The declaration that begins with these words, at the margin.
fn declaration(text: &str, words: &str) -> Option<Vec<String>> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| {
        let rest = line.trim_start().strip_prefix(words);
        rest.is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let first = lines.iter().position(begins)?;
    let margin = indent(lines[first]);
    let closes = |line: &str| line.trim_start().starts_with([')', '}']);
    let comment = |line: &&&str| line.trim_start().starts_with('#') && indent(line) == margin;
    let above = lines[..first].iter().rev().take_while(comment).count();
    let mut end = first + 1;
    while let Some(line) = lines.get(end) {
        let inside = line.trim().is_empty() || indent(line) > margin;
        let ends = closes(line) && indent(line) == margin;
        if !inside && !ends {
            break;
        }
        end += 1;
        if !inside {
            break;
        }
    }
    let shown = lines[first - above..end].iter();
    let mut shown: Vec<String> = shown
        .map(|line| line.get(margin..).unwrap_or_default().to_owned())
        .collect();
    while shown.last().is_some_and(|line| line.trim().is_empty()) {
        shown.pop();
    }
    Some(shown)
}

/// What a page shows of its example.
fn shown(words: &str, example: &Path, place: &str) -> Vec<String> {
    let texts = programs(example).into_iter();
    let texts: Vec<String> = texts
        .map(|p| std::fs::read_to_string(p).expect("a program"))
        .collect();
    let mut out = Vec::new();
    for words in words.split(';').map(str::trim) {
        let found = texts.iter().find_map(|text| declaration(text, words));
        let found = found.unwrap_or_else(|| panic!("{place}: nothing begins with `{words}`"));
        if !out.is_empty() {
            out.push(String::new());
        }
        out.extend(found);
    }
    out
}

/// A folder to run in, and whether all data of the example is there.
fn workplace(example: &Path) -> (tempfile::TempDir, bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let link = |to: &Path, from: &str| {
        std::os::unix::fs::symlink(to, folder.path().join(from)).expect("a link");
    };
    link(&root().join("examples"), "examples");
    let shared = std::env::var_os("GUANXI_SHARED_DATA").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| root().join("../shared/data"));
    let name = example.file_name().expect("a name").to_string_lossy();
    let elsewhere = shared.join(name.as_ref());
    if elsewhere.is_dir() {
        link(&elsewhere, &name);
    }
    let complete = elsewhere.is_dir() || example.join("data").is_dir();
    (folder, complete)
}

#[test]
fn programmes_show_what_is_there() {
    for page in pages(&root().join("docs/programmes")) {
        let text = std::fs::read_to_string(&page).expect("the page");
        let example = root()
            .join("examples")
            .join(page.file_stem().expect("a name"));
        let (folder, complete) = workplace(&example);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut made = Vec::new();
        for fence in fences(&text) {
            let place = format!("{}:{}", name(&page), fence.line + 1);
            let before = fence.line.checked_sub(1).map(|i| lines[i].as_str());
            let shows = before
                .and_then(|l| l.strip_prefix("<!-- shows: "))
                .and_then(|l| l.strip_suffix(" -->"));
            let body = if fence.is("example") {
                let words = shows.unwrap_or_else(|| panic!("{place}: of what?"));
                shown(words, &example, &place)
            } else if fence.is("console") && complete {
                commands(&fence, folder.path(), false)
            } else {
                continue;
            };
            made.push((fence.line, fence.body.len(), body));
        }
        for (line, length, body) in made.into_iter().rev() {
            lines.splice(line + 1..=line + length, body);
        }
        held(&page, &text, &(lines.join("\n") + "\n"));
    }
}

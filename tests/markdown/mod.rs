//! The pages of the guide, and the fences in them.
#![allow(dead_code)] // Each test uses its part.

use std::path::{Path, PathBuf};
use std::process::Command;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page in the folder and below, sorted.
pub fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).expect("the folder");
    for entry in entries.map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(pages(&entry));
        } else if entry.extension().is_some_and(|e| e == "md") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

/// `docs/language.md`
pub fn name(page: &Path) -> String {
    let inside = page.strip_prefix(root()).unwrap_or(page);
    inside.display().to_string()
}

pub struct Fence {
    /// Of the line that opens it, from 0.
    pub line: usize,
    /// What stands behind the back-quotes, word by word.
    pub info: Vec<String>,
    pub body: Vec<String>,
}

impl Fence {
    pub fn is(&self, word: &str) -> bool {
        self.info.iter().any(|w| w == word)
    }

    /// The value of `NAME=value`.
    pub fn value(&self, name: &str) -> Option<&str> {
        let words = self.info.iter();
        let mut values = words.filter_map(|w| w.strip_prefix(name)?.strip_prefix('='));
        values.next()
    }

    pub fn text(&self) -> String {
        self.body.join("\n") + "\n"
    }
}

pub fn fences(text: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((line, opening)) = lines.next() {
        let Some(info) = opening.strip_prefix("```") else {
            continue;
        };
        let body = lines.by_ref().map(|(_, line)| line);
        let body = body.take_while(|line| *line != "```");
        found.push(Fence {
            line,
            info: info.split_whitespace().map(str::to_owned).collect(),
            body: body.map(str::to_owned).collect(),
        });
    }
    found
}

/// The `$` commands of a fence, each with what it prints: run by the shell, in this folder. `apart` sets an
/// empty line between one's output and the next.
pub fn commands(fence: &Fence, folder: &Path, apart: bool) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_guanxi"));
    let beside = program.parent().expect("a folder").to_path_buf();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(beside).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).expect("a path");
    let mut out: Vec<String> = Vec::new();
    for command in fence.body.iter().filter_map(|l| l.strip_prefix("$ ")) {
        let done = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(folder)
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .output()
            .expect("a shell");
        if apart && out.last().is_some_and(|line| !line.is_empty()) {
            out.push(String::new());
        }
        out.push(format!("$ {command}"));
        let said = String::from_utf8(done.stdout).expect("a text");
        let lines = said.trim_end().lines();
        out.extend(lines.map(|line| line.trim_end().to_owned()));
    }
    out
}

/// Holds a page to what was made of it, or writes it, where `UPDATE_DOCS` says so.
pub fn held(page: &Path, text: &str, done: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page, done).expect("the page");
        return;
    }
    let changes = similar::TextDiff::from_lines(text, done);
    let changes = changes.unified_diff().context_radius(2).to_string();
    let page = name(page);
    assert!(
        changes.is_empty(),
        "{page}: run it again with UPDATE_DOCS=1\n{changes}"
    );
}

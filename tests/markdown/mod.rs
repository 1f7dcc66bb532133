//! The pages of the guide, and the fences in them.
#![allow(dead_code)] // Each test uses its part.

use std::path::{Path, PathBuf};

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

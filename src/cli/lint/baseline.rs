//! `guanxi lint --baseline FILE`: what an old workspace is known for, so that only what is new is reported.
//!
//! ```json
//! {"version":1,"findings":[{"file":"shop.rules","code":"unused-definition","within":"action call",
//!   "text":"call","count":1}]}
//! ```
//!
//! A finding is known by its file (from the baseline's folder), its code, the declaration or rule around it, and
//! the text that it points at, white space apart. Lines may move and files may be laid out anew. Where more of
//! the same are found than the file counts, the last ones are new.

use crate::cli::console::{Exit, Failure, Outcome, count};
use crate::cli::findings::Findings;
use crate::cli::workspace::{Opened, shown};
use crate::cli::{Invocation, files};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::{self, Reporter};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, CampaignItem, DeclarationKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// How much of a finding's text is kept, in characters.
const TEXT: usize = 100;

const VERSION: u64 = 1;

/// By what a finding is known again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    file: String,
    code: String,
    within: String,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    file: String,
    code: String,
    within: String,
    text: String,
    count: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct Document {
    version: u64,
    findings: Vec<Entry>,
}

/// A baseline that was read.
#[derive(Debug)]
pub struct Baseline {
    /// Where its files' names begin.
    folder: PathBuf,
    known: BTreeMap<Known, usize>,
}

/// `guanxi schema baseline`.
pub fn schema(invocation: &Invocation) -> Outcome {
    invocation
        .console
        .result(include_str!("baseline.schema.json"))?;
    Ok(Exit::Clean)
}

/// Says how much of a baseline is found no more.
pub fn tell_gone(gone: usize, invocation: &Invocation) {
    if gone > 0 {
        let (are, it) = if gone == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        invocation.console.say(format_args!(
            "{} of the baseline {are} gone: add `--write-baseline` to take {it} out",
            count(gone, "finding")
        ));
    }
}

impl Baseline {
    pub fn read(path: &Path) -> Result<Baseline, Failure> {
        let name = shown(path);
        let text = std::fs::read_to_string(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Failure::usage(
                format!("there is no baseline `{name}`"),
                "write it by adding `--write-baseline`",
            ),
            std::io::ErrorKind::InvalidData => broken(&name, "it is not UTF-8"),
            _ => Failure::io("read", &name, &e),
        })?;
        let document = document(&text).map_err(|what| broken(&name, &what))?;
        let mut known = BTreeMap::new();
        for e in document.findings {
            let entry = Known {
                file: e.file,
                code: e.code,
                within: e.within,
                text: e.text,
            };
            let n: &mut usize = known.entry(entry).or_default();
            *n = n.saturating_add(e.count);
        }
        Ok(Baseline {
            folder: folder_of(path),
            known,
        })
    }

    /// The findings that it does not know, and how many of its own are there no more.
    pub fn leave_out(&self, opened: &Opened, findings: Findings) -> (Vec<Diagnostic>, usize) {
        let mut rest = self.known.clone();
        let mut new = Vec::new();
        let places = Places::new(opened, &self.folder);
        for d in &findings.found {
            let known = match d.code.reporter {
                Reporter::Checker => None,
                Reporter::Lint => rest.get_mut(&places.known(d)).filter(|n| **n > 0),
            };
            match known {
                Some(n) => *n -= 1,
                None => new.push(d.clone()),
            }
        }
        let gone = rest
            .iter()
            .filter(|(known, _)| places.would_be_found(known, &findings))
            .map(|(_, n)| n)
            .sum();
        (new, gone)
    }
}

fn broken(name: &str, what: &str) -> Failure {
    Failure::usage(
        format!("`{name}` is not a baseline: {what}"),
        "write it anew by adding `--write-baseline`",
    )
}

/// The document in a text, or what is wrong with it.
fn document(text: &str) -> Result<Document, String> {
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|e| format!("no JSON from line {}, column {} on", e.line(), e.column()))?;
    match value.get("version").and_then(serde_json::Value::as_u64) {
        Some(VERSION) => {}
        Some(other) => {
            return Err(format!(
                "version {other} is of another `guanxi`, this one reads 1"
            ));
        }
        None => return Err("it states no `version`".to_owned()),
    }
    serde_json::from_value(value).map_err(|_| {
        "its `findings` are not a list of `file`, `code`, `within`, `text` and `count`".into()
    })
}

/// Writes the findings, sorted.
pub fn write(path: &Path, opened: &Opened, found: &[Diagnostic]) -> Result<(), Failure> {
    let folder = folder_of(path);
    let places = Places::new(opened, &folder);
    let mut counts: BTreeMap<Known, usize> = BTreeMap::new();
    for d in found.iter().filter(|d| d.code.reporter == Reporter::Lint) {
        *counts.entry(places.known(d)).or_default() += 1;
    }
    let entry = |(k, count): (Known, usize)| Entry {
        file: k.file,
        code: k.code,
        within: k.within,
        text: k.text,
        count,
    };
    let document = Document {
        version: VERSION,
        findings: counts.into_iter().map(entry).collect(),
    };
    // INVARIANT: texts, numbers and lists can be written.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    files::replace(path, text.as_bytes())
}

fn folder_of(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.parent().map(Path::to_owned).unwrap_or_default()
}

/// Says of findings by what they are known.
struct Places<'o> {
    opened: &'o Opened,
    folder: &'o Path,
    /// By [`FileId`].
    files: Vec<String>,
}

impl<'o> Places<'o> {
    fn new(opened: &'o Opened, folder: &'o Path) -> Places<'o> {
        let names = opened.sources.files().iter().zip(&opened.paths);
        let files = names.map(|(file, path)| match path {
            Some(path) => relative(path, folder),
            None => file.name.clone(),
        });
        Places {
            opened,
            folder,
            files: files.collect(),
        }
    }

    fn known(&self, d: &Diagnostic) -> Known {
        let whole = d.code == &codes::UNFORMATTED;
        Known {
            file: self.files[d.span.file.0 as usize].clone(),
            code: d.code.name.to_owned(),
            within: if whole {
                String::new()
            } else {
                self.within(d.span)
            },
            text: if whole {
                String::new()
            } else {
                self.text(d.span)
            },
        }
    }

    /// What the span points at, or the line that it stands on.
    fn text(&self, span: Span) -> String {
        let file = self.opened.sources.file(span.file);
        let text = if span.is_empty() {
            let (start, end) = (span.start as usize, span.end as usize);
            let start = file.text[..start].rfind('\n').map_or(0, |i| i + 1);
            let end = file.text[end..]
                .find('\n')
                .map_or(file.text.len(), |i| end + i);
            &file.text[start..end]
        } else {
            file.slice(span)
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").chars().take(TEXT).collect()
    }

    /// `campaign care, rule one`; empty outside of all declarations.
    fn within(&self, span: Span) -> String {
        let tree = &self.opened.trees[span.file.0 as usize];
        let around = |s: Span| s.contains(span.at_start());
        let Some(d) = tree.declarations.iter().find(|d| around(d.span)) else {
            return String::new();
        };
        let mut name = self.title(d);
        if let DeclarationKind::Campaign(c) = &d.kind {
            for item in &c.items {
                if let CampaignItem::Rule(rule) = item
                    && around(rule.span)
                {
                    name.push_str(", rule ");
                    name.push_str(&rule.name);
                }
            }
        }
        name
    }

    /// The keyword and the name that a declaration begins with.
    fn title(&self, d: &ast::Declaration) -> String {
        if let DeclarationKind::Test(test) = &d.kind {
            return format!("test \"{}\"", test.title);
        }
        let text = self.opened.sources.slice(d.span);
        let head = text
            .split(['{', '(', '=', ':', '\n', '｛', '（', '＝', '：'])
            .next();
        let words: Vec<&str> = head
            .unwrap_or_default()
            .split_whitespace()
            .take(2)
            .collect();
        words.join(" ")
    }

    /// Whether a finding of the baseline, were it still there, would have been found just now.
    fn would_be_found(&self, known: &Known, findings: &Findings) -> bool {
        let Some(code) = codes::find(&known.code) else {
            return true;
        };
        match self.files.iter().position(|f| *f == known.file) {
            // A comment's faults are looked for wherever lints are.
            Some(i) if [&codes::STALE_SUPPRESSION, &codes::INVALID_SUPPRESSION].contains(&code) => {
                self.opened.trees[i].broken.is_empty()
            }
            Some(i) => findings.has_looked(code, FileId(i as u32)),
            None => !self.folder.join(&known.file).exists(),
        }
    }
}

/// The path from a folder, with `/`.
fn relative(path: &Path, folder: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (mut to, mut from) = (
        absolute.components().peekable(),
        folder.components().peekable(),
    );
    while to.peek().is_some() && to.peek() == from.peek() {
        to.next();
        from.next();
    }
    let mut out = PathBuf::new();
    for _ in from {
        out.push(Component::ParentDir);
    }
    out.extend(to);
    shown(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_from_the_baselines_folder() {
        let from = |path: &str| relative(Path::new(path), Path::new("/a/b"));
        assert_eq!(from("/a/b/c.rules"), "c.rules");
        assert_eq!(from("/a/x/c.rules"), "../x/c.rules");
        assert_eq!(from("/a/b/d/c.rules"), "d/c.rules");
    }

    #[test]
    fn what_is_no_baseline_says_why() {
        let wrong = |text: &str| document(text).unwrap_err();
        assert!(wrong("{\n]").starts_with("no JSON from line 2"));
        assert!(wrong("{}").contains("no `version`"));
        assert!(wrong(r#"{"version":2,"findings":[]}"#).contains("version 2"));
        assert!(wrong(r#"{"version":1,"findings":[{}]}"#).contains("`within`"));
        assert!(document(r#"{"version":1,"findings":[]}"#).is_ok());
    }
}

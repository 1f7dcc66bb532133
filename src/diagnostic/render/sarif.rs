//! SARIF 2.1.0, the OASIS format of code scanning services and editors.
//!
//! Columns count Unicode code points. Names of files are URIs relative to `%SRCROOT%`, the root of the
//! repository.

use crate::diagnostic::fingerprint::fingerprints;
use crate::diagnostic::{Code, Diagnostic, Fix, Severity};
use crate::source::{SourceMap, Span};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative names of files start from.
const ROOT: &str = "%SRCROOT%";

/// A log of one run, pretty-printed, ended by `\n`.
pub fn sarif(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let list = super::sorted(diagnostics);
    let codes: BTreeMap<&str, &Code> = list.iter().map(|d| (d.code.name, d.code)).collect();
    let places: BTreeMap<&str, usize> = codes.keys().copied().zip(0..).collect();
    let results: Vec<Value> = list
        .iter()
        .zip(fingerprints(sources, &list))
        .map(|(d, fingerprint)| result(sources, d, places[d.code.name], &fingerprint))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "guanxi",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": codes.values().map(|c| rule(c)).collect::<Vec<_>>(),
                },
            },
            "originalUriBaseIds": {
                ROOT: { "description": { "text": "The root of the repository." } },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    // Maps with text keys always serialize.
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

/// A code and its manual page.
fn rule(code: &Code) -> Value {
    let paragraphs = prose(code.page);
    let full = paragraphs.join("\n\n");
    let short = paragraphs.first().map_or("", |p| first_sentence(p));
    let group = code.group.name();
    json!({
        "id": code.name,
        "name": joined(code.name),
        "shortDescription": { "text": short },
        "fullDescription": { "text": full },
        "help": {
            "text": format!("{full}\n\n`guanxi explain {}` shows samples.", code.name),
            "markdown": code.page,
        },
        "defaultConfiguration": { "level": level(code.severity) },
        "properties": { "group": group, "tags": [group] },
    })
}

/// `UnknownName` of `unknown-name`: a rule's name must differ from its id.
fn joined(name: &str) -> String {
    name.split('-')
        .filter_map(|word| {
            let mut letters = word.chars();
            let first = letters.next()?;
            Some(first.to_ascii_uppercase().to_string() + letters.as_str())
        })
        .collect()
}

/// The paragraphs of a page between its title and its samples, each in one line.
fn prose(page: &str) -> Vec<String> {
    let body = page.split("\n## ").next().unwrap_or_default();
    body.split("\n\n")
        .map(|p| p.lines().map(str::trim).collect::<Vec<_>>().join(" "))
        .filter(|p| !p.is_empty() && !p.starts_with('#'))
        .collect()
}

fn first_sentence(paragraph: &str) -> &str {
    let ends = paragraph.match_indices(". ").map(|(i, _)| i + 1);
    ends.filter(|end| {
        let next = paragraph[end + 1..].chars().next();
        next.is_some_and(|c| c.is_uppercase() || c == '`')
    })
    .map(|end| &paragraph[..end])
    .next()
    .unwrap_or(paragraph)
}

fn result(sources: &SourceMap, d: &Diagnostic, rule: usize, fingerprint: &str) -> Value {
    let mut text = d.message.clone();
    if let Some(help) = &d.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let mut place = location(sources, d.span);
    if !d.label.is_empty() {
        place.insert("message".into(), json!({ "text": d.label }));
    }
    let mut out = json!({
        "ruleId": d.code.name,
        "ruleIndex": rule,
        "level": level(d.severity),
        "message": { "text": text },
        "locations": [place],
        "partialFingerprints": { "finding/v1": fingerprint },
    });
    if !d.labels.is_empty() {
        let related = d.labels.iter().zip(1..).map(|(label, id)| {
            let mut place = Map::from_iter([("id".to_owned(), Value::from(id))]);
            place.extend(location(sources, label.span));
            place.insert("message".into(), json!({ "text": label.text }));
            Value::Object(place)
        });
        out["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &d.fix {
        out["fixes"] = json!([changes(sources, fix)]);
    }
    out
}

fn location(sources: &SourceMap, span: Span) -> Map<String, Value> {
    let place = json!({
        "artifactLocation": artifact(&sources.file(span.file).name),
        "region": region(sources, span),
    });
    Map::from_iter([("physicalLocation".to_owned(), place)])
}

/// `endColumn` is the one after the last.
fn region(sources: &SourceMap, span: Span) -> Value {
    let file = sources.file(span.file);
    let (start, end) = (
        file.position(span.start as usize),
        file.position(span.end as usize),
    );
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A path outside the root is left relative to wherever the reader is.
fn artifact(name: &str) -> Value {
    let uri = uri(name);
    if uri.starts_with("../") || uri.starts_with('/') {
        json!({ "uri": uri })
    } else {
        json!({ "uri": uri, "uriBaseId": ROOT })
    }
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                String::from(char::from(b))
            }
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// The edits of a fix, file by file.
fn changes(sources: &SourceMap, fix: &Fix) -> Value {
    let mut files: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.span.file).or_default().push(json!({
            "deletedRegion": region(sources, edit.span),
            "insertedContent": { "text": edit.text },
        }));
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(file, replacements)| {
            json!({
                "artifactLocation": artifact(&sources.file(file).name),
                "replacements": replacements,
            })
        })
        .collect();
    json!({
        "description": { "text": fix.message },
        "artifactChanges": changes,
        "properties": { "safe": fix.safe },
    })
}

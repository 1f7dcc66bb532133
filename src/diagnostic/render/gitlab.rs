//! Findings as a GitLab Code Quality report: a list of issues, each with a fingerprint of its own.

use crate::diagnostic::fingerprint::fingerprints;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;
use serde_json::{Value, json};

/// The list, pretty-printed, ended by `\n`; empty where there is no finding.
pub fn gitlab(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let list = super::sorted(diagnostics);
    let issues: Vec<Value> = list
        .iter()
        .zip(fingerprints(sources, &list))
        .map(|(d, fingerprint)| issue(sources, d, fingerprint))
        .collect();
    // Maps with text keys always serialize.
    let mut text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    text.push('\n');
    text
}

fn issue(sources: &SourceMap, d: &Diagnostic, fingerprint: String) -> Value {
    let severity = match d.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Hint => "info",
    };
    let description = match &d.help {
        Some(help) => format!("{}; {help}", super::message(d)),
        None => super::message(d),
    };
    let file = sources.file(d.span.file);
    json!({
        "description": description,
        "check_name": d.code.name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": file.name,
            "lines": {
                "begin": file.position(d.span.start as usize).line,
                "end": file.position(d.span.end as usize).line,
            },
        },
    })
}

//! Findings for programs: one JSON object, versioned.
//!
//! ```json
//! {"version":1,"diagnostics":[{"file":"a.rules","line":1,"column":8,"end":{"line":1,"column":12},
//!   "code":"unknown-name","severity":"error","message":"…","label":"…",
//!   "labels":[{"file":"…","line":1,"column":1,"end":{…},"text":"…"}],"help":"…",
//!   "fix":{"message":"…","safe":true,"edits":[{"file":"…","line":1,"column":1,"end":{…},"text":"…"}]}}]}
//! ```
//!
//! Lines and columns count from 1, columns in Unicode characters; `end` is the place after the last one.
//! `help` and `fix` are `null` where there is none.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};
use serde_json::{Map, Value, json};

/// The object, pretty-printed, ended by `\n`.
pub fn json(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let list: Vec<Value> = super::sorted(diagnostics)
        .iter()
        .map(|d| one(sources, d))
        .collect();
    let all = json!({ "version": 1, "diagnostics": list });
    // Maps with text keys always serialize.
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

fn one(sources: &SourceMap, d: &Diagnostic) -> Value {
    let mut out = place(sources, d.span);
    out.insert("code".into(), d.code.name.into());
    let severity = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    out.insert("severity".into(), severity.into());
    out.insert("message".into(), d.message.as_str().into());
    out.insert("label".into(), d.label.as_str().into());
    let labels = d.labels.iter().map(|l| text_at(sources, l.span, &l.text));
    out.insert("labels".into(), labels.collect::<Vec<_>>().into());
    out.insert("help".into(), d.help.clone().into());
    let fix = d.fix.as_ref().map(|f| {
        let edits = f.edits.iter().map(|e| text_at(sources, e.span, &e.text));
        json!({
            "message": f.message,
            "safe": f.safe,
            "edits": edits.collect::<Vec<_>>(),
        })
    });
    out.insert("fix".into(), fix.into());
    Value::Object(out)
}

fn place(sources: &SourceMap, span: Span) -> Map<String, Value> {
    let file = sources.file(span.file);
    let (start, end) = (
        file.position(span.start as usize),
        file.position(span.end as usize),
    );
    let mut out = Map::new();
    out.insert("file".into(), file.name.as_str().into());
    out.insert("line".into(), start.line.into());
    out.insert("column".into(), start.column.into());
    out.insert(
        "end".into(),
        json!({ "line": end.line, "column": end.column }),
    );
    out
}

fn text_at(sources: &SourceMap, span: Span, text: &str) -> Value {
    let mut out = place(sources, span);
    out.insert("text".into(), text.into());
    Value::Object(out)
}

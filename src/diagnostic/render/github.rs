//! Findings as workflow commands, which GitHub shows beside the lines of a change.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// One command a line for each finding.
pub fn github(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    super::sorted(diagnostics)
        .iter()
        .map(|d| annotation(sources, d, &format!("guanxi: {}", d.code.name)))
        .collect()
}

/// One finding under a title, as a line: `::error file=…,line=…,…::message`. Lines and columns count from 1,
/// columns in Unicode characters; `endColumn` is the column after the last.
pub fn annotation(sources: &SourceMap, d: &Diagnostic, title: &str) -> String {
    let command = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let file = sources.file(d.span.file);
    let start = file.position(d.span.start as usize);
    let end = file.position(d.span.end as usize);
    let mut place = format!("file={},line={}", property(&file.name), start.line);
    // GitHub takes columns only within a line.
    if start.line == end.line {
        place.push_str(&format!(
            ",col={},endLine={},endColumn={}",
            start.column, end.line, end.column
        ));
    } else {
        place.push_str(&format!(",endLine={}", end.line));
    }
    let lines: Vec<String> = std::iter::once(super::message(d))
        .chain(super::details(sources, d))
        .collect();
    format!(
        "::{command} {place},title={}::{}\n",
        property(title),
        data(&lines.join("\n"))
    )
}

/// Text after `::`. What would steer a terminal is shown as unknown.
fn data(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '%' => "%25".into(),
            '\r' => "%0D".into(),
            '\n' => "%0A".into(),
            c if c.is_control() && c != '\t' => '\u{fffd}'.into(),
            c => String::from(c),
        })
        .collect()
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

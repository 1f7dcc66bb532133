//! One line a finding: `file:line:column: error[code]: message`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;
use std::fmt::Write;

/// One line for each finding, each ended by `\n`.
pub fn concise(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for d in super::sorted(diagnostics) {
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        let place = sources.locate(d.span);
        // Writing to a string does not fail.
        let _ = writeln!(out, "{place}: {severity}[{}]: {}", d.code.name, d.message);
    }
    out
}

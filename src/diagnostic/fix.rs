//! Applies fixes to a text.

use super::{Diagnostic, Edit};

/// The text with the fixes of all findings in it, safe or not. Of two that overlap, the first in the list is
/// applied. All findings and edits are of this text's file.
pub fn apply(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut edits: Vec<&Edit> = Vec::new();
    for fix in diagnostics.iter().filter_map(|d| d.fix.as_ref()) {
        let free = |e: &Edit| edits.iter().all(|t| apart(t, e));
        if fix.edits.iter().all(free) {
            edits.extend(&fix.edits);
        }
    }
    edits.sort_by_key(|e| std::cmp::Reverse((e.span.start, e.span.end)));
    let mut out = text.to_owned();
    for edit in edits {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    out
}

/// Whether neither touches what the other replaces.
fn apart(a: &Edit, b: &Edit) -> bool {
    a.span.file != b.span.file || a.span.end <= b.span.start || b.span.end <= a.span.start
}

//! What formatting would change: as a unified diff, and as edits.

use crate::diagnostic::Edit;
use crate::source::{SourceFile, Span};
use similar::{Algorithm, TextDiff, capture_diff_slices};

/// A unified diff of two versions of a file, three lines of context; empty where they are the same. `how`
/// stands behind the name of the new version.
pub fn diff(old: &str, new: &str, name: &str, how: &str) -> String {
    if old == new {
        return String::new();
    }
    let header = format!("{name} ({how})");
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(name, &header)
        .to_string()
}

/// The edits of whole lines that make `new` of a file. Line ends are not compared; those of `new` are `\n`.
pub fn edits(file: &SourceFile, new: &str) -> Vec<Edit> {
    let lines: Vec<&str> = file.text.split_inclusive('\n').collect();
    let mut starts = vec![0];
    for line in &lines {
        starts.push(starts[starts.len() - 1] + line.len());
    }
    let old: Vec<String> = lines.iter().map(|l| l.replace("\r\n", "\n")).collect();
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    capture_diff_slices(Algorithm::Myers, &old, &new)
        .iter()
        .filter(|op| op.tag() != similar::DiffTag::Equal)
        .map(|op| {
            let range = op.old_range();
            Edit {
                span: Span::new(file.id, starts[range.start], starts[range.end]),
                text: new[op.new_range()].concat(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn edits_are_of_the_lines_that_differ() {
        let file = SourceFile::new(FileId(0), "a.rules", "a\r\nb  \r\nc\r\nd");
        let found = edits(&file, "a\nb\nc\nd\n");
        let found: Vec<(u32, u32, &str)> = found
            .iter()
            .map(|e| (e.span.start, e.span.end, e.text.as_str()))
            .collect();
        assert_eq!(found, [(3, 8, "b\n"), (11, 12, "d\n")]);
    }
}

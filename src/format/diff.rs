//! What formatting would change, as a unified diff.

use similar::TextDiff;

/// A unified diff of two versions of a file, three lines of context; empty where they are the same.
pub fn diff(old: &str, new: &str, name: &str) -> String {
    if old == new {
        return String::new();
    }
    let header = format!("{name} (formatted)");
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(name, &header)
        .to_string()
}

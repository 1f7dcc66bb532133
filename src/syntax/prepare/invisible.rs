//! Characters that nobody sees: joiners, marks of direction, breaks without width.

use super::Scanner;
use crate::diagnostic::{Diagnostic, codes};

/// Whether a character has neither width nor meaning outside a text.
fn unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

impl Scanner<'_> {
    /// Blanks a character that nobody sees; a byte order mark at the beginning is the editor's.
    pub(super) fn invisible(&mut self, c: char) -> bool {
        if !unseen(c) {
            return false;
        }
        if self.pos > 0 {
            let span = self.span(self.pos, self.pos + c.len_utf8());
            self.report(
                Diagnostic::new(
                    &codes::FOREIGN_NOTATION,
                    span,
                    "there is an invisible character here",
                )
                .help("it came with copied text; delete it")
                .fix("remove it", span, ""),
            );
        }
        self.replace(c.len_utf8(), " ");
        true
    }

    /// Reads the word of `length` bytes together with what goes on after characters that nobody sees.
    pub(super) fn invisible_within(&mut self, length: usize) -> bool {
        let rest = self.rest();
        if !rest[length..].starts_with(unseen) {
            return false;
        }
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || unseen(c)))
            .unwrap_or(rest.len());
        let seen: String = rest[..end].chars().filter(|&c| !unseen(c)).collect();
        let word = rest[..end].trim_end_matches(unseen);
        if word.len() <= length {
            return false;
        }
        let (n, span) = (word.len(), self.span(self.pos, self.pos + word.len()));
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("there is an invisible character in `{seen}`"),
            )
            .help("it came with copied text; write the word anew")
            .fix("remove it", span, seen.clone()),
        );
        self.replace(n, &seen);
        true
    }
}

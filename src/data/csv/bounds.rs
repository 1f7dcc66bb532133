//! Where the last whole row of a text ends.

use super::Dialect;
use crate::data::blocks::Boundaries;
use crate::data::encoding;
use memchr::{memchr, memrchr};

impl Dialect {
    /// Whether a quote at this place begins a cell.
    fn opens(self, text: &[u8], quote: usize) -> bool {
        let begins_file = quote == 3 && text.starts_with(encoding::BOM);
        quote == 0 || begins_file || text[quote - 1] == b'\n' || text[quote - 1] == self.separator
    }

    /// The ends of the last whole row and of the last quoted cell that is left open.
    fn scan(self, text: &[u8]) -> (usize, bool) {
        let mut whole = 0;
        let mut at = 0;
        let newline_before =
            |from: usize, to: usize| memrchr(b'\n', &text[from..to]).map(|n| from + n + 1);
        while let Some(quote) = memchr(b'"', &text[at..]).map(|n| at + n) {
            whole = newline_before(at, quote).unwrap_or(whole);
            at = quote + 1;
            if !self.opens(text, quote) {
                continue;
            }
            loop {
                let Some(next) = memchr(b'"', &text[at..]).map(|n| at + n) else {
                    return (whole, true);
                };
                at = next + 1;
                match text.get(at) {
                    Some(b'"') => at += 1,
                    // The next block may go on with the other half of a doubled quote.
                    None => return (whole, true),
                    Some(_) => break,
                }
            }
        }
        (newline_before(at, text.len()).unwrap_or(whole), false)
    }
}

impl Boundaries for Dialect {
    fn whole_rows(&self, text: &[u8]) -> usize {
        self.scan(text).0
    }

    fn open_quote(&self, text: &[u8]) -> bool {
        self.scan(text).1
    }
}

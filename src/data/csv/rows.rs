//! Rows one by one: the one place that says what is accepted and how faults are told.

use super::{Dialect, Layout};
use crate::data::chunk::{Broken, Chunk, TablePlan};
use crate::data::fault::Fault;
use crate::data::keys::Keys;
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// Reads a block of whole rows, whatever it holds.
pub(super) fn read(
    layout: &Layout,
    plan: &TablePlan,
    keys: &[Keys],
    (text, first_line): (&str, u64),
) -> Chunk {
    let mut chunk = Chunk::new(plan);
    let mut rows = Rows {
        text,
        at: 0,
        line: first_line,
        dialect: layout.dialect,
    };
    let mut cells: Vec<Cow<str>> = Vec::with_capacity(layout.width);
    while let Some(row) = rows.next(&mut cells) {
        let raw = || {
            text[row.start..row.end]
                .trim_end_matches(['\r', '\n'])
                .to_string()
        };
        if chunk.text_only(plan, row.line, raw) {
            continue;
        }
        if row.open_quote {
            chunk.broken = Some(Broken::OpenQuote { line: row.line });
        } else if row.after_quote {
            chunk.no_row(plan, row.line, Fault::AfterQuote, None, raw);
        } else if cells.len() != layout.width {
            let s = if cells.len() == 1 { "" } else { "s" };
            let note = format!("{} cell{s} instead of {}", cells.len(), layout.width);
            chunk.no_row(plan, row.line, Fault::Ragged, Some(note), raw);
        } else {
            for (column, place) in layout.columns.iter().enumerate() {
                chunk.text(plan, keys, column, row.line, &cells[*place]);
            }
            chunk.end_row(plan, row.line, raw);
        }
    }
    chunk
}

/// Goes through the rows of a text.
pub(super) struct Rows<'t> {
    pub text: &'t str,
    /// Of the next row.
    pub at: usize,
    pub line: u64,
    pub dialect: Dialect,
}

pub(super) struct Row {
    line: u64,
    start: usize,
    end: usize,
    open_quote: bool,
    after_quote: bool,
}

impl<'t> Rows<'t> {
    /// Fills `cells` with the next row that is not blank.
    pub fn next(&mut self, cells: &mut Vec<Cow<'t, str>>) -> Option<Row> {
        cells.clear();
        let bytes = self.text.as_bytes();
        loop {
            match bytes[self.at..] {
                [] => return None,
                [b'\n', ..] => self.at += 1,
                [b'\r', b'\n', ..] => self.at += 2,
                _ => break,
            }
            self.line += 1;
        }
        let mut row = Row {
            line: self.line,
            start: self.at,
            end: self.at,
            open_quote: false,
            after_quote: false,
        };
        loop {
            let ended = if bytes.get(self.at) == Some(&b'"') {
                self.quoted(cells, &mut row)
            } else {
                self.plain(cells)
            };
            if ended {
                row.end = self.at;
                self.line += 1;
                return Some(row);
            }
        }
    }

    /// One cell without quotes; whether it ends the row.
    fn plain(&mut self, cells: &mut Vec<Cow<'t, str>>) -> bool {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let end = memchr2(self.dialect.separator, b'\n', &bytes[start..]).map(|n| start + n);
        let stop = end.unwrap_or(bytes.len());
        let ends_row = end.is_none_or(|e| bytes[e] == b'\n');
        let cell = &self.text[start..stop];
        cells.push(Cow::Borrowed(if ends_row {
            cell.strip_suffix('\r').unwrap_or(cell)
        } else {
            cell
        }));
        self.at = (stop + 1).min(bytes.len());
        ends_row
    }

    /// One cell within quotes; whether it ends the row.
    fn quoted(&mut self, cells: &mut Vec<Cow<'t, str>>, row: &mut Row) -> bool {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        let mut doubled = false;
        let close = loop {
            match memchr(b'"', &bytes[at..]).map(|n| at + n) {
                None => {
                    row.open_quote = true;
                    self.at = bytes.len();
                    return true;
                }
                Some(quote) if bytes.get(quote + 1) == Some(&b'"') => {
                    doubled = true;
                    at = quote + 2;
                }
                Some(quote) => break quote,
            }
        };
        let inner = &self.text[start..close];
        self.line += memchr::memchr_iter(b'\n', inner.as_bytes()).count() as u64;
        cells.push(if doubled {
            Cow::Owned(inner.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inner)
        });
        let after = close + 1;
        let end = memchr2(self.dialect.separator, b'\n', &bytes[after..]).map(|n| after + n);
        let stop = end.unwrap_or(bytes.len());
        row.after_quote |= !matches!(&bytes[after..stop], b"" | b"\r");
        self.at = (stop + 1).min(bytes.len());
        end.is_none_or(|e| bytes[e] == b'\n')
    }
}

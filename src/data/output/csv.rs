//! CSV and TSV, with a header. Texts that a spreadsheet would run as a formula get a `'` before them.

use super::{OutputCell, OutputColumn, TextForm, text_of};
use std::io;

pub(super) struct Separated {
    pub separator: u8,
}

impl Separated {
    pub fn header(&self, columns: &[OutputColumn]) -> Vec<u8> {
        let mut line = Vec::new();
        for (i, column) in columns.iter().enumerate() {
            push_cell(&mut line, &column.name, self.separator, i == 0);
        }
        end_row(&mut line, 0, columns.len());
        line
    }
}

fn push_cell(line: &mut Vec<u8>, text: &str, separator: u8, first: bool) {
    if !first {
        line.push(separator);
    }
    let quoted = text
        .bytes()
        .any(|b| matches!(b, b'"' | b'\n' | b'\r') || b == separator);
    if quoted {
        line.push(b'"');
        line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    } else {
        line.extend_from_slice(text.as_bytes());
    }
}

/// A row of one empty cell would be a blank line.
fn end_row(line: &mut Vec<u8>, start: usize, cells: usize) {
    if line.len() == start && cells == 1 {
        line.extend_from_slice(b"\"\"");
    }
    line.push(b'\n');
}

/// Whether a spreadsheet takes a text for a formula; also by the full-width forms of the signs.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

impl TextForm for Separated {
    fn row(
        &self,
        columns: &[OutputColumn],
        cells: &[OutputCell],
        line: &mut Vec<u8>,
    ) -> io::Result<()> {
        let start = line.len();
        for (i, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let text = text_of(cell, &column.kind).unwrap_or_default();
            let is_text = matches!(cell, OutputCell::Text(_) | OutputCell::Json(_));
            if is_text && is_formula(&text) {
                push_cell(line, &format!("'{text}"), self.separator, i == 0);
            } else {
                push_cell(line, &text, self.separator, i == 0);
            }
        }
        end_row(line, start, columns.len());
        Ok(())
    }
}

//! CSV and TSV, with a header. Texts that a spreadsheet would run as a formula get a `'` before them.

use super::{OutputCell, OutputColumn, RowWriter, Target, text_of};
use std::io::{self, Write};

pub(super) struct Writer {
    target: Target,
    separator: u8,
    line: Vec<u8>,
}

impl Writer {
    pub fn new(mut target: Target, separator: u8, columns: &[OutputColumn]) -> io::Result<Writer> {
        let mut line = Vec::new();
        for (i, column) in columns.iter().enumerate() {
            push_cell(&mut line, &column.name, separator, i == 0);
        }
        end_row(&mut line, columns.len());
        target.write_all(&line)?;
        Ok(Writer {
            target,
            separator,
            line,
        })
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
fn end_row(line: &mut Vec<u8>, cells: usize) {
    if line.is_empty() && cells == 1 {
        line.extend_from_slice(b"\"\"");
    }
    line.push(b'\n');
}

/// Whether a spreadsheet takes a text for a formula; also by the full-width forms of the signs.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

impl RowWriter for Writer {
    fn row(&mut self, columns: &[OutputColumn], cells: &[OutputCell]) -> io::Result<()> {
        self.line.clear();
        for (i, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let text = text_of(cell, &column.kind).unwrap_or_default();
            let is_text = matches!(cell, OutputCell::Text(_) | OutputCell::Json(_));
            if is_text && is_formula(&text) {
                push_cell(&mut self.line, &format!("'{text}"), self.separator, i == 0);
            } else {
                push_cell(&mut self.line, &text, self.separator, i == 0);
            }
        }
        end_row(&mut self.line, columns.len());
        self.target.write_all(&self.line)
    }

    fn finish(self: Box<Self>) -> io::Result<Target> {
        Ok(self.target)
    }
}

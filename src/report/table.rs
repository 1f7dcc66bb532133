//! Text in columns for a terminal: wide characters measured, numbers to the right.

use unicode_width::UnicodeWidthStr;

/// Where a column's texts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows under headers. Every row has as many cells as there are headers.
#[derive(Debug, Clone, Default)]
pub struct TextTable {
    headers: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

/// Between two columns.
const GAP: &str = "  ";

impl TextTable {
    pub fn new(headers: &[(&str, Align)]) -> TextTable {
        TextTable {
            headers: headers.iter().map(|(h, a)| (h.to_string(), *a)).collect(),
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.headers.len());
        self.rows.push(row.iter().map(|c| visible(c)).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes out the columns, but for the first, in which no row says anything else than `nothing`.
    pub fn without_columns_of(mut self, nothing: &str) -> TextTable {
        let keep: Vec<bool> = (0..self.headers.len())
            .map(|c| c == 0 || self.rows.iter().any(|r| r[c] != nothing))
            .collect();
        let mut kept = keep.iter();
        self.headers
            .retain(|_| kept.next().copied().unwrap_or(true));
        for row in &mut self.rows {
            let mut kept = keep.iter();
            row.retain(|_| kept.next().copied().unwrap_or(true));
        }
        self
    }

    /// One line a row, the headers first, each line after `indent`; no space at line ends.
    pub fn render(&self, indent: &str) -> String {
        let widths: Vec<usize> = (0..self.headers.len())
            .map(|c| {
                let cells = self.rows.iter().map(|r| r[c].width());
                cells.chain([self.headers[c].0.width()]).max().unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        let headers: Vec<&str> = self.headers.iter().map(|h| h.0.as_str()).collect();
        self.line(&mut out, indent, &widths, &headers);
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            self.line(&mut out, indent, &widths, &cells);
        }
        out
    }

    fn line(&self, out: &mut String, indent: &str, widths: &[usize], cells: &[&str]) {
        let mut line = indent.to_owned();
        for (c, cell) in cells.iter().enumerate() {
            if c > 0 {
                line.push_str(GAP);
            }
            let space = " ".repeat(widths[c].saturating_sub(cell.width()));
            match self.headers[c].1 {
                Align::Left => line.extend([cell, space.as_str()]),
                Align::Right => line.extend([space.as_str(), cell]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A text on one line, without characters that would move the cursor.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A whole number with its thousands apart: `12,345`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        let mut t = TextTable::new(&[("rule", Align::Left), ("actions", Align::Right)]);
        t.push(vec!["生日祝福".into(), "7".into()]);
        t.push(vec!["greeting".into(), "12".into()]);
        assert_eq!(
            t.render(" "),
            " rule      actions\n 生日祝福        7\n greeting       12\n"
        );
    }

    #[test]
    fn columns_that_say_nothing_go() {
        let mut t = TextTable::new(&[("a", Align::Left), ("b", Align::Right), ("c", Align::Right)]);
        t.push(vec!["0".into(), "0".into(), "1".into()]);
        assert_eq!(t.without_columns_of("0").render(""), "a  c\n0  1\n");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}

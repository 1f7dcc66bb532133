//! What is wrong with the data, grouped by cause, in words for whoever keeps the files.

use std::fmt;

/// What kind of problem. Those of rows can be set aside with `rejects`; those of files never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    // Of a source or file.
    Source,
    Unreadable,
    Empty,
    Encoding,
    Broken,
    MissingColumn,
    DoubleColumn,
    WrongColumn,
    // Of rows.
    BrokenRow,
    RaggedRow,
    BadValue,
    MissingValue,
    DuplicateKey,
    DanglingReference,
}

impl Cause {
    /// Whether `--rejects` can go on without the rows.
    pub fn is_of_rows(self) -> bool {
        self >= Cause::BrokenRow
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// Of a text file, from 1; the line where the row begins.
    Line(u64),
    /// Of a Parquet or Arrow file, or of rows given in a program, from 1.
    Row(u64),
}

/// One example of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Below the data folder, with `/`; empty for rows that came from no file.
    pub file: String,
    pub at: Position,
    /// What is there, shortened; `‹personal›` for personal fields.
    pub value: Option<String>,
    /// What else helps: the nearest name, the number of cells.
    pub note: Option<String>,
}

/// One cause, with how often and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataProblem {
    pub cause: Cause,
    pub record: String,
    pub field: Option<String>,
    /// In one sentence without a full stop.
    pub message: String,
    /// How many rows; 0 for a problem of a file.
    pub count: u64,
    /// The first few.
    pub places: Vec<Place>,
    pub expected: Option<String>,
    pub help: Option<String>,
}

/// How many places a problem shows.
pub(super) const SHOWN_PLACES: usize = 3;

/// What stands for a value that is not shown.
pub(super) const REDACTED: &str = "‹personal›";

impl DataProblem {
    pub(super) fn new(cause: Cause, record: &str, message: String) -> DataProblem {
        DataProblem {
            cause,
            record: record.to_string(),
            field: None,
            message,
            count: 0,
            places: Vec::new(),
            expected: None,
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> DataProblem {
        self.help = Some(help.into());
        self
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> DataProblem {
        self.expected = Some(expected.into());
        self
    }

    /// The problem as lines of text, without a line end after the last.
    pub fn render(&self) -> String {
        let mut lines = vec![self.message.clone()];
        for place in &self.places {
            let mut line = format!("  {place}");
            if let Some(value) = &place.value {
                line.push_str(&if value == REDACTED {
                    format!("  {value}")
                } else {
                    format!("  `{value}`")
                });
            }
            if let Some(note) = &place.note {
                line.push_str(&format!("  ({note})"));
            }
            lines.push(line);
        }
        let more = self.count.saturating_sub(self.places.len() as u64);
        if more > 0 && !self.places.is_empty() {
            lines.push(format!("  … and {more} more"));
        }
        if let Some(expected) = &self.expected {
            lines.push(format!("  expected: {expected}"));
        }
        if let Some(help) = &self.help {
            lines.push(format!("  help: {help}"));
        }
        lines.join("\n")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), self.at) {
            ("", Position::Line(n) | Position::Row(n)) => write!(f, "row {n}"),
            (file, Position::Line(n)) => write!(f, "{file}:{n}"),
            (file, Position::Row(n)) => write!(f, "{file}, row {n}"),
        }
    }
}

impl fmt::Display for DataProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render())
    }
}

/// At most 60 characters of a value, with control characters made visible.
pub(super) fn shortened(value: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = value.chars().take(MOST).flat_map(visible).collect();
    if value.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

fn visible(c: char) -> impl Iterator<Item = char> {
    let escaped = c.is_control() || c == '\u{feff}';
    let plain = (!escaped).then_some(c);
    let code = escaped.then(|| c.escape_default()).into_iter().flatten();
    plain.into_iter().chain(code)
}

/// The nearest of some names, if one is near.
pub(super) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    names
        .into_iter()
        .map(|n| (strsim::jaro_winkler(&wanted, &n.to_lowercase()), n))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, n)| n)
}

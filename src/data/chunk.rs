//! One block of rows on its way into columns. Blocks are read in parallel; each knows nothing of the rest.

use super::builder::ColumnBuilder;
use super::cell::{CellType, Refusal, Scalar, scalar_of};
use super::fault::{Fault, Found};
use super::instant::Clock;
use super::keys::{Key, KeyForm, Keys};
use super::lines::Lines;
use super::marks::KeyMarks;
use super::problem::{REDACTED, nearest, shortened};
use super::{ColumnRequest, ColumnType, MAX_CELL, TableRequest};
use crate::schema::Value;

/// What one column is read as.
#[derive(Clone)]
pub(super) struct ColumnPlan<'a> {
    pub request: &'a ColumnRequest,
    pub cell: CellType<'a>,
    /// Of a reference: the table it refers to, and how that one's keys are written.
    pub target: Option<(usize, &'a KeyForm)>,
    pub default: Option<Scalar<'a>>,
    pub personal: bool,
    /// Of a reference: its keys are kept as they stand, as texts or whole numbers, and numbered once the other
    /// table is read.
    pub deferred: bool,
}

/// What is read of one table.
pub(super) struct TablePlan<'a> {
    pub table: usize,
    pub request: &'a TableRequest,
    pub columns: Vec<ColumnPlan<'a>>,
    /// The column of a key that nobody reads: its texts go to [`Chunk::marks`] and nowhere else.
    pub marked: Option<usize>,
    /// Rows with a fault keep their text, to be set aside.
    pub keep_raw: bool,
    /// Only the first rows are wanted, to see how they are.
    pub is_sample: bool,
    /// Only the text of the rows in these lines (ascending) is wanted, into `raw`.
    pub only_text: Option<Vec<u64>>,
}

impl<'a> TablePlan<'a> {
    pub fn new(
        table: usize,
        request: &'a TableRequest,
        forms: &'a [KeyForm],
        clock: &'a Clock,
        keep_raw: bool,
    ) -> TablePlan<'a> {
        let columns = request
            .columns
            .iter()
            .map(|c| ColumnPlan::new(c, forms, clock))
            .collect();
        let marked = match request.key[..] {
            [key] if request.key_unread && request.columns[key].ty == ColumnType::Text => Some(key),
            _ => None,
        };
        TablePlan {
            table,
            request,
            columns,
            marked,
            keep_raw,
            is_sample: false,
            only_text: None,
        }
    }

    /// For a second reading, for the texts of keys that were only marked.
    pub fn for_keys(&self) -> TablePlan<'a> {
        TablePlan {
            columns: self.columns.clone(),
            marked: None,
            keep_raw: false,
            only_text: None,
            ..*self
        }
    }

    /// For a look at the first rows, when no other table is read: references stay as they stand.
    pub fn for_sample(&self) -> TablePlan<'a> {
        let as_it_stands = |column: &ColumnPlan<'a>| ColumnPlan {
            deferred: column.target.is_some(),
            ..column.clone()
        };
        TablePlan {
            columns: self.columns.iter().map(as_it_stands).collect(),
            keep_raw: false,
            is_sample: true,
            only_text: None,
            ..*self
        }
    }

    /// For a second reading, for the text of some rows.
    pub fn for_text(&self, lines: Vec<u64>) -> TablePlan<'a> {
        let columns = self.columns.clone();
        TablePlan {
            columns,
            only_text: Some(lines),
            keep_raw: true,
            ..*self
        }
    }
}

impl<'a> ColumnPlan<'a> {
    fn new(request: &'a ColumnRequest, forms: &'a [KeyForm], clock: &'a Clock) -> ColumnPlan<'a> {
        let target = match request.ty {
            ColumnType::Reference(t) => forms.get(t).map(|f| (t, f)),
            _ => None,
        };
        let (ty, format) = match target {
            Some((_, form)) => (
                &form.ty,
                request.format.as_deref().or(form.format.as_deref()),
            ),
            None => (&request.ty, request.format.as_deref()),
        };
        ColumnPlan {
            request,
            cell: CellType { ty, format, clock },
            target,
            default: request.default.as_ref().and_then(|v| scalar_of(v, ty)),
            personal: request.personal || target.is_some_and(|(_, f)| f.personal),
            deferred: false,
        }
    }

    /// An empty column, of what is kept of it while files are read.
    pub fn builder(&self) -> ColumnBuilder {
        ColumnBuilder::new(match self.target {
            Some((_, form)) if self.deferred && form.is_integer() => &ColumnType::Integer,
            Some(_) if self.deferred => &ColumnType::Text,
            _ => &self.request.ty,
        })
    }

    fn shown(&self, value: &str) -> String {
        if self.personal {
            REDACTED.to_string()
        } else {
            shortened(value)
        }
    }

    fn note(&self, value: &str) -> Option<String> {
        let ColumnType::Enum(names) = &self.request.ty else {
            return None;
        };
        let near = nearest(value.trim(), names.iter().map(String::as_str))?;
        (!self.personal).then(|| format!("did you mean `{near}`?"))
    }
}

/// One block of rows.
pub(super) struct Chunk {
    pub rows: usize,
    pub columns: Vec<ColumnBuilder>,
    /// Of a key that nobody reads, whose column stays empty.
    pub marks: KeyMarks,
    /// The line of each row.
    pub lines: Lines,
    /// Rows with a fault, ascending.
    pub bad: Vec<u32>,
    pub faults: Vec<Found>,
    /// Of rows with a fault: line and text.
    pub raw: Vec<(u64, String)>,
    /// Headers that a format without a header row has come across.
    pub seen: Vec<String>,
    /// Stops the reading of this file.
    pub broken: Option<Broken>,
    row_is_bad: bool,
}

/// Why a file cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    Encoding { line: u64, guess: &'static str },
    OpenQuote { line: u64 },
    Other(String),
}

impl Chunk {
    pub fn new(plan: &TablePlan) -> Chunk {
        Chunk {
            rows: 0,
            columns: plan.columns.iter().map(ColumnPlan::builder).collect(),
            marks: KeyMarks::default(),
            lines: Lines::default(),
            bad: Vec::new(),
            faults: Vec::new(),
            raw: Vec::new(),
            seen: Vec::new(),
            broken: None,
            row_is_bad: false,
        }
    }

    /// The next cell of a column, as text; empty: missing.
    #[inline]
    pub fn text(&mut self, plan: &TablePlan, keys: &[Keys], column: usize, line: u64, text: &str) {
        let of = &plan.columns[column];
        let is_text = matches!(of.cell.ty, ColumnType::Text);
        if text.is_empty() || (!is_text && text.trim().is_empty()) {
            return self.missing(plan, keys, column, line);
        }
        if text.len() > MAX_CELL {
            return self.refuse(plan, column, line, Fault::Refused(Refusal::TooLong), text);
        }
        match of.cell.parse(text) {
            Ok(value) => self.push(plan, keys, column, value),
            Err(refusal) => self.refuse(plan, column, line, Fault::Refused(refusal), text),
        }
    }

    /// The next cell of a column, read by its format. INVARIANT: of the type of the column's cells.
    #[cfg(feature = "arrow")]
    pub fn scalar(
        &mut self,
        plan: &TablePlan,
        keys: &[Keys],
        column: usize,
        line: u64,
        value: Result<Scalar, Refusal>,
        shown: impl FnOnce() -> String,
    ) {
        match value {
            Ok(Scalar::Text("")) => self.missing(plan, keys, column, line),
            Ok(value) => self.push(plan, keys, column, value),
            Err(refusal) => self.refuse(plan, column, line, Fault::Refused(refusal), &shown()),
        }
    }

    /// The next cell of a column, as a literal.
    pub fn literal(
        &mut self,
        plan: &TablePlan,
        keys: &[Keys],
        column: usize,
        line: u64,
        value: Option<&Value>,
    ) {
        let of = &plan.columns[column];
        match value.map(|v| (v, scalar_of(v, of.cell.ty))) {
            None => self.missing(plan, keys, column, line),
            Some((_, Some(value))) => self.push(plan, keys, column, value),
            // A reference's key may be written as text whatever its type.
            Some((Value::Text(text), None)) if of.target.is_some() => {
                self.text(plan, keys, column, line, text)
            }
            Some((value, None)) => {
                let shown = match value {
                    Value::Text(text) => text,
                    _ => "a value of another type",
                };
                self.refuse(
                    plan,
                    column,
                    line,
                    Fault::Refused(Refusal::NotOfType),
                    shown,
                );
            }
        }
    }

    #[inline]
    fn push(&mut self, plan: &TablePlan, keys: &[Keys], column: usize, value: Scalar) {
        let of = &plan.columns[column];
        match of.target {
            None => match value {
                Scalar::Text(text) if plan.marked == Some(column) => self.marks.push(text),
                value => self.columns[column].push(value),
            },
            Some((table, form)) => {
                let mut spare = String::new();
                let key = form.key(value, &mut spare);
                match key {
                    Key::Text(text) if of.deferred => self.columns[column].push(Scalar::Text(text)),
                    Key::Integer(n) if of.deferred => {
                        self.columns[column].push(Scalar::Integer(n));
                    }
                    key => self.columns[column].push_key(key, &keys[table]),
                }
            }
        }
    }

    pub fn missing(&mut self, plan: &TablePlan, keys: &[Keys], column: usize, line: u64) {
        let of = &plan.columns[column];
        if let Some(default) = of.default {
            return self.push(plan, keys, column, default);
        }
        self.push_missing(plan, column);
        if !of.request.optional {
            self.fault(Found {
                fault: Fault::Missing,
                column: Some(column),
                line,
                value: None,
                note: None,
            });
        }
    }

    fn push_missing(&mut self, plan: &TablePlan, column: usize) {
        if plan.marked == Some(column) {
            self.marks.push_missing();
        } else {
            self.columns[column].push_missing();
        }
    }

    /// A cell that cannot be read; its place is left empty.
    #[cold]
    pub fn refuse(&mut self, plan: &TablePlan, column: usize, line: u64, fault: Fault, text: &str) {
        let of = &plan.columns[column];
        self.push_missing(plan, column);
        let (value, note) = (Some(of.shown(text)), of.note(text));
        self.fault(Found {
            fault,
            column: Some(column),
            line,
            value,
            note,
        });
    }

    #[cold]
    pub fn fault(&mut self, found: Found) {
        self.row_is_bad = true;
        self.faults.push(found);
    }

    /// Ends a row whose cells have all been given.
    #[inline]
    pub fn end_row(&mut self, plan: &TablePlan, line: u64, raw: impl FnOnce() -> String) {
        if self.row_is_bad {
            self.bad.push(self.rows as u32);
            if plan.keep_raw {
                self.raw.push((line, raw()));
            }
            self.row_is_bad = false;
        }
        self.rows += 1;
        self.lines.push(line);
    }

    /// In a second reading: keeps the text of a row if it is wanted. Whether it is a second reading.
    #[inline]
    pub fn text_only(&mut self, plan: &TablePlan, line: u64, raw: impl FnOnce() -> String) -> bool {
        let Some(lines) = &plan.only_text else {
            return false;
        };
        if lines.binary_search(&line).is_ok() {
            self.raw.push((line, raw()));
        }
        true
    }

    /// Instead of a row that has no cells to speak of.
    pub fn no_row(
        &mut self,
        plan: &TablePlan,
        line: u64,
        fault: Fault,
        note: Option<String>,
        raw: impl FnOnce() -> String,
    ) {
        self.columns.iter_mut().for_each(|c| c.truncate(self.rows));
        self.marks.truncate(self.rows);
        self.faults.push(Found {
            fault,
            column: None,
            line,
            value: None,
            note,
        });
        if plan.keep_raw {
            self.raw.push((line, raw()));
        }
        self.row_is_bad = false;
    }
}

//! Customer records in, action lists out. Floor 4: knows values, files and formats; nothing of rules.
//!
//! A [`TableRequest`] says what a run needs of one record; [`load`] answers with a [`Dataset`] of typed
//! columns, or with every problem it found and nothing else.

mod column;

pub use column::{Column, ColumnValues, TextColumn};

use crate::schema::{Currency, DurationKind, Value};

/// What a run needs of one record. Requests are listed in the order of the program's records, so that a
/// table's place is its record's id.
#[derive(Debug, Clone)]
pub struct TableRequest {
    /// The record's name, for messages.
    pub record: String,
    pub source: TableSource,
    /// The fields to read, in any order; those of the key are always among them.
    pub columns: Vec<ColumnRequest>,
    /// Headers of declared fields that this run does not read: their absence is an error all the same.
    pub unread: Vec<String>,
    /// Places in `columns`; empty for a record without key.
    pub key: Vec<usize>,
    /// Place in `columns` of the `dated by` field, and whether rows of the future are there (`ahead`).
    pub dated: Option<(usize, bool)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableSource {
    /// The name in `from "…"`: a file below the data folder, with or without its ending.
    File(String),
    /// One row for each known value of these columns (table, place in its `columns`); the single column
    /// of the table is its key.
    Distinct(Vec<(usize, usize)>),
}

#[derive(Debug, Clone)]
pub struct ColumnRequest {
    /// The field's name, for messages.
    pub field: String,
    /// The column's header in the file.
    pub header: String,
    pub ty: ColumnType,
    pub optional: bool,
    /// Stands in for a missing value.
    pub default: Option<Value>,
    /// Of a date or datetime, in the manner of `strftime`.
    pub format: Option<String>,
    /// Never shown in messages.
    pub personal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    YesNo,
    Integer,
    Number,
    Percent,
    Money(Currency),
    Date,
    DateTime,
    Time,
    Duration(DurationKind),
    /// The names, in order; values are places in it.
    Enum(Vec<String>),
    /// A reference to a row of that table; read with the type of its key.
    Reference(usize),
}

/// All tables of a run, in the order of the requests.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    pub tables: Vec<Table>,
}

/// The rows of one record. INVARIANT: every column has `rows` values.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub rows: usize,
    /// In the order of the request's columns.
    pub columns: Vec<Column>,
    /// As in the request.
    pub key: Vec<usize>,
}

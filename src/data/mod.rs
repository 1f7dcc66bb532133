//! Customer records in, action lists out. Floor 4: knows values, files and formats; nothing of rules.
//!
//! A [`TableRequest`] says what a run needs of one record; [`load`] answers with a [`Dataset`] of typed
//! columns, or with every problem it found and nothing else. A table written out appears whole or not at
//! all.

#[cfg(feature = "arrow")]
mod arrow_cells;
#[cfg(feature = "arrow")]
mod arrow_columns;
#[cfg(feature = "arrow")]
mod arrow_ipc;
#[cfg(feature = "arrow")]
mod arrow_kernels;
mod blocks;
mod builder;
mod cell;
mod chunk;
mod column;
mod counted;
mod csv;
mod dataset;
mod duplicates;
mod encoding;
mod estimate;
mod fault;
mod foreign;
mod header;
mod instant;
mod jsonl;
mod keys;
mod lines;
mod load;
mod locate;
mod marks;
mod numbering;
mod output;
#[cfg(feature = "arrow")]
mod parquet;
mod pipeline;
mod problem;
mod rejects;
mod resolve;
mod settle;
mod stored;
mod table;
mod text_column;
mod texts;
mod whole;

pub use column::{Column, ColumnValues};
pub use estimate::{TableEstimate, bytes_at_most, estimate};
pub use foreign::is_decoding;
pub use load::{FileRead, Loaded, from_rows, load};
pub use output::{
    Complete, OutputCell, OutputColumn, OutputFormat, OutputKind, RowEncoder, TableWriter,
};
pub use problem::{Cause, DataProblem, Place, Position};
pub use rejects::{Reject, write_rejects};
pub use stored::{StoredColumn, StoredType, stored_columns, stored_rows};
pub use text_column::{TextColumn, Texts};
pub use texts::column_of_texts;
pub use whole::{Staged, place, sweep};

use crate::schema::{Currency, Day, DurationKind, Value};
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// A format of files with customer records. One file each; [`FORMATS`] lists them.
struct Format {
    /// Without the dot.
    endings: &'static [&'static str],
    /// May be packed as `.gz` or `.zst`.
    packed: bool,
    /// Messages count rows, not lines.
    by_rows: bool,
    /// The columns are known before the first row.
    has_header: bool,
    /// Reads a whole file into the table.
    read: fn(&Path, &mut table::TableLoader) -> Result<(), table::FileFault>,
}

const FORMATS: &[&Format] = &[
    &csv::CSV,
    &csv::TSV,
    &jsonl::JSON_LINES,
    #[cfg(feature = "arrow")]
    &parquet::PARQUET,
    #[cfg(feature = "arrow")]
    &arrow_ipc::ARROW,
    #[cfg(not(feature = "arrow"))]
    &LEFT_OUT,
];

/// What a build without Parquet and Arrow says of them.
#[cfg(not(feature = "arrow"))]
const WITHOUT_ARROW: &str = "this `guanxi` was built without Parquet and Arrow";

#[cfg(not(feature = "arrow"))]
const LEFT_OUT: Format = Format {
    endings: &["parquet", "arrow", "feather", "arrows"],
    packed: false,
    by_rows: true,
    has_header: true,
    read: |_, _| {
        Err(table::FileFault::Broken(chunk::Broken::Other(
            WITHOUT_ARROW.into(),
        )))
    },
};

/// Bytes of the longest cell.
const MAX_CELL: usize = 1 << 20;

/// How far reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progressed {
    pub rows: u64,
    /// Of the files as they lie on the disk, packed or not.
    pub bytes: u64,
    /// Bytes of all files that will be read; 0 where that is not known.
    pub total: u64,
}

/// Told now and then while files are read.
pub type Progress<'a> = &'a (dyn Fn(Progressed) + Sync);

/// Where a run finds its data, and its clock.
pub struct LoadOptions<'a> {
    pub folder: PathBuf,
    /// Sources that the configuration names: a file, a folder of parts, or a name with `*`, each.
    pub named: IndexMap<String, Vec<PathBuf>>,
    /// Of datetimes without an offset.
    pub zone: jiff::tz::TimeZone,
    /// `today` and `now` (microseconds since 1970-01-01T00:00Z) say which rows are there when distinct
    /// values are taken.
    pub today: Day,
    pub now: i64,
    /// Goes on without bad rows.
    pub rejects: bool,
    pub progress: Option<Progress<'a>>,
}

impl LoadOptions<'_> {
    /// For the data in a folder, in UTC, with nothing dated after now.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        LoadOptions {
            folder: folder.into(),
            named: IndexMap::new(),
            zone: jiff::tz::TimeZone::UTC,
            today: crate::schema::MAX_DAY,
            now: i64::MAX,
            rejects: false,
            progress: None,
        }
    }
}

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
    /// Nobody reads the key: it need only be seen that no two rows share one, and a key of one text has no values
    /// in the dataset.
    pub key_unread: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableSource {
    /// The name in `from "…"`: a file below the data folder, with or without its ending.
    File(String),
    /// One row for each known value of these columns (table, place in its `columns`); the single column
    /// of the table is its key.
    Distinct(Vec<(usize, usize)>),
    /// Of the ledger: loaded without rows, which the engine puts in.
    Done,
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

/// The rows of one record. INVARIANT: every column has `rows` values, but for a text key that nobody reads, which
/// has none.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub rows: usize,
    /// In the order of the request's columns.
    pub columns: Vec<Column>,
    /// As in the request.
    pub key: Vec<usize>,
    /// In the order of the columns.
    pub types: Vec<ColumnType>,
}

//! Result tables out, whole or not at all.
//!
//! [`TableWriter::create`] takes a path or standard output, [`TableWriter::write_row`] one row of cells at a
//! time, [`TableWriter::finish`] puts the file in its place. Without it nothing appears.

#[cfg(feature = "arrow")]
mod arrow;
mod csv;
mod jsonl;

use super::instant;
use super::whole::{Staged, WholeFile};
use crate::schema::{Day, Decimal};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    JsonLines,
    Csv,
    Tsv,
    Parquet,
    Arrow,
}

impl OutputFormat {
    pub const ALL: [OutputFormat; 5] = [
        OutputFormat::JsonLines,
        OutputFormat::Csv,
        OutputFormat::Tsv,
        OutputFormat::Parquet,
        OutputFormat::Arrow,
    ];

    /// As in `--format`, and the ending of files.
    pub fn name(self) -> &'static str {
        match self {
            OutputFormat::JsonLines => "jsonl",
            OutputFormat::Csv => "csv",
            OutputFormat::Tsv => "tsv",
            OutputFormat::Parquet => "parquet",
            OutputFormat::Arrow => "arrow",
        }
    }

    pub fn from_name(name: &str) -> Option<OutputFormat> {
        OutputFormat::ALL.into_iter().find(|f| f.name() == name)
    }

    /// By a file's ending.
    pub fn from_path(path: &Path) -> Option<OutputFormat> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "ndjson" => Some(OutputFormat::JsonLines),
            "feather" => Some(OutputFormat::Arrow),
            ending => OutputFormat::from_name(ending),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputColumn {
    pub name: String,
    pub kind: OutputKind,
}

/// The type of a column; any cell may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputKind {
    Text,
    /// JSON text: nested in JSON Lines, text elsewhere.
    Json,
    Integer,
    /// With at least so many digits after the point in texts; a string in JSON, because JSON's readers
    /// take numbers for floats; Decimal(38, 9) in Parquet and Arrow.
    Decimal {
        digits: u32,
    },
    YesNo,
    Date,
    /// In texts RFC 3339 in this zone; in Parquet and Arrow microseconds of UTC.
    DateTime(jiff::tz::TimeZone),
}

/// INVARIANT: of the kind of its column, or missing. Another kind is an error when written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputCell<'a> {
    Missing,
    Text(&'a str),
    Json(&'a str),
    Integer(i64),
    Decimal(Decimal),
    YesNo(bool),
    Date(Day),
    /// Microseconds since 1970-01-01T00:00Z.
    DateTime(i64),
}

/// Where a table goes.
pub(super) enum Target {
    File(WholeFile),
    Stream(Spool),
}

/// What can be no file beside another (standard output, a device, a pipe) gets all rows at the end, or none:
/// until then they wait in a temporary file without a name.
#[derive(Debug)]
pub struct Spool {
    rows: BufWriter<File>,
    /// `None`: standard output.
    to: Option<PathBuf>,
}

impl Spool {
    fn new(to: Option<PathBuf>) -> io::Result<Spool> {
        let rows = BufWriter::with_capacity(1 << 17, tempfile::tempfile()?);
        Ok(Spool { rows, to })
    }

    fn finish(self) -> io::Result<()> {
        let mut rows = self.rows.into_inner().map_err(|e| e.into_error())?;
        rows.rewind()?;
        match self.to {
            None => {
                let mut out = io::stdout().lock();
                io::copy(&mut rows, &mut out)?;
                out.flush()
            }
            Some(path) => {
                let mut out = File::options().write(true).open(path)?;
                io::copy(&mut rows, &mut out)?;
                out.flush()
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(file) => file.write(bytes),
            Target::Stream(spool) => spool.rows.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::File(file) => file.flush(),
            Target::Stream(spool) => spool.rows.flush(),
        }
    }
}

impl Target {
    /// Fails where the place cannot be written to.
    pub fn create(path: &Path) -> io::Result<Target> {
        let special = path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir());
        if path.as_os_str() == "-" {
            Ok(Target::Stream(Spool::new(None)?))
        } else if special {
            Ok(Target::Stream(Spool::new(Some(path.to_path_buf()))?))
        } else {
            Ok(Target::File(WholeFile::create(path)?))
        }
    }

    /// Everything is written: brings it to the disk.
    pub fn complete(self) -> io::Result<Complete> {
        match self {
            Target::File(file) => Ok(Complete::Staged(file.stage()?)),
            Target::Stream(spool) => Ok(Complete::Stream(spool)),
        }
    }
}

/// An output with all its rows, before anybody sees it. Dropped, it never was.
#[derive(Debug)]
pub enum Complete {
    /// A file beside its place.
    Staged(Staged),
    /// What waits for standard output, a device or a pipe.
    Stream(Spool),
}

impl Complete {
    /// Brings it to its place.
    pub fn deliver(self) -> io::Result<()> {
        match self {
            Complete::Staged(staged) => staged.place(),
            Complete::Stream(spool) => spool.finish(),
        }
    }
}

/// The writer of a format whose rows are not text.
trait RowWriter {
    fn row(&mut self, columns: &[OutputColumn], cells: &[OutputCell]) -> io::Result<()>;
    fn finish(self: Box<Self>) -> io::Result<Target>;
}

/// A format whose rows are text that stands for itself.
trait TextForm: Send + Sync {
    /// Appends a row.
    fn row(
        &self,
        columns: &[OutputColumn],
        cells: &[OutputCell],
        text: &mut Vec<u8>,
    ) -> io::Result<()>;
}

/// Where rows go.
enum Rows {
    /// With room for a row.
    Text(Target, Arc<dyn TextForm>, Vec<u8>),
    Binary(Box<dyn RowWriter>),
}

/// Writes a table row by row.
pub struct TableWriter {
    columns: Arc<[OutputColumn]>,
    rows: Rows,
}

/// Makes the text of rows anywhere, for [`TableWriter::write_text`].
pub struct RowEncoder {
    columns: Arc<[OutputColumn]>,
    form: Arc<dyn TextForm>,
}

impl RowEncoder {
    /// Appends a row: one cell for each column.
    pub fn row(&self, cells: &[OutputCell], text: &mut Vec<u8>) -> io::Result<()> {
        check(cells, &self.columns)?;
        self.form.row(&self.columns, cells, text)
    }
}

impl TableWriter {
    /// `path` `-` is standard output, which gets everything at the end. Fails where the place cannot be written
    /// to, or the format was left out of this build.
    pub fn create(
        path: &Path,
        format: OutputFormat,
        columns: Vec<OutputColumn>,
    ) -> io::Result<TableWriter> {
        #[cfg_attr(not(feature = "arrow"), expect(unused_mut))]
        let mut target = Target::create(path)?;
        let separated = |separator| csv::Separated { separator };
        let rows = match format {
            OutputFormat::JsonLines => Rows::Text(target, Arc::new(jsonl::JsonLines), Vec::new()),
            OutputFormat::Csv | OutputFormat::Tsv => {
                let form = separated(match format {
                    OutputFormat::Csv => b',',
                    _ => b'\t',
                });
                target.write_all(&form.header(&columns))?;
                Rows::Text(target, Arc::new(form), Vec::new())
            }
            #[cfg(feature = "arrow")]
            OutputFormat::Parquet => {
                Rows::Binary(Box::new(arrow::ParquetWriter::new(target, &columns)?))
            }
            #[cfg(feature = "arrow")]
            OutputFormat::Arrow => {
                Rows::Binary(Box::new(arrow::ArrowWriter::new(target, &columns)?))
            }
            #[cfg(not(feature = "arrow"))]
            OutputFormat::Parquet | OutputFormat::Arrow => {
                return Err(io::Error::other(super::WITHOUT_ARROW));
            }
        };
        let columns = columns.into();
        Ok(TableWriter { columns, rows })
    }

    /// Of a format whose rows are text: so that rows can be written by several threads.
    pub fn encoder(&self) -> Option<RowEncoder> {
        match &self.rows {
            Rows::Text(_, form, _) => Some(RowEncoder {
                columns: self.columns.clone(),
                form: form.clone(),
            }),
            Rows::Binary(_) => None,
        }
    }

    /// Rows that an encoder of this table made, in the order of the table.
    pub fn write_text(&mut self, rows: &[u8]) -> io::Result<()> {
        match &mut self.rows {
            Rows::Text(target, ..) => target.write_all(rows),
            Rows::Binary(_) => Err(unfit()),
        }
    }

    /// One cell for each column.
    pub fn write_row(&mut self, cells: &[OutputCell]) -> io::Result<()> {
        check(cells, &self.columns)?;
        match &mut self.rows {
            Rows::Binary(writer) => writer.row(&self.columns, cells),
            Rows::Text(target, form, line) => {
                line.clear();
                form.row(&self.columns, cells, line)?;
                target.write_all(line)
            }
        }
    }

    /// The table is complete: brings it to its place.
    pub fn finish(self) -> io::Result<()> {
        self.complete()?.deliver()
    }

    /// The table is complete: brings it to the disk, but not yet to its place.
    pub fn complete(self) -> io::Result<Complete> {
        match self.rows {
            Rows::Text(target, ..) => target.complete(),
            Rows::Binary(writer) => writer.finish()?.complete(),
        }
    }
}

fn unfit() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        "a row does not fit its columns",
    )
}

fn check(cells: &[OutputCell], columns: &[OutputColumn]) -> io::Result<()> {
    let fit = cells.iter().zip(columns).all(|(c, k)| fits(c, &k.kind));
    if fit && cells.len() == columns.len() {
        Ok(())
    } else {
        Err(unfit())
    }
}

fn fits(cell: &OutputCell, kind: &OutputKind) -> bool {
    matches!(
        (cell, kind),
        (OutputCell::Missing, _)
            | (OutputCell::Text(_), OutputKind::Text)
            | (OutputCell::Json(_), OutputKind::Json)
            | (OutputCell::Integer(_), OutputKind::Integer)
            | (OutputCell::Decimal(_), OutputKind::Decimal { .. })
            | (OutputCell::YesNo(_), OutputKind::YesNo)
            | (OutputCell::Date(_), OutputKind::Date)
            | (OutputCell::DateTime(_), OutputKind::DateTime(_))
    )
}

/// A cell's text; `None`: missing.
fn text_of<'a>(cell: &OutputCell<'a>, kind: &OutputKind) -> Option<Cow<'a, str>> {
    Some(match (cell, kind) {
        (OutputCell::Missing, _) => return None,
        (OutputCell::Text(t) | OutputCell::Json(t), _) => Cow::Borrowed(t),
        (OutputCell::Integer(n), _) => Cow::Owned(n.to_string()),
        (OutputCell::Decimal(d), OutputKind::Decimal { digits }) => {
            Cow::Owned(d.to_string_min(*digits))
        }
        (OutputCell::Decimal(d), _) => Cow::Owned(d.to_string()),
        (OutputCell::YesNo(b), _) => Cow::Borrowed(if *b { "yes" } else { "no" }),
        (OutputCell::Date(d), _) => Cow::Owned(d.to_string()),
        (OutputCell::DateTime(t), kind) => Cow::Owned(instant::offset_text(*t, offset(*t, kind))),
    })
}

/// The zone's offset at an instant, in seconds.
fn offset(micros: i64, kind: &OutputKind) -> i32 {
    match (kind, jiff::Timestamp::from_microsecond(micros)) {
        (OutputKind::DateTime(zone), Ok(at)) => zone.to_offset(at).seconds(),
        _ => 0,
    }
}

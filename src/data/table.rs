//! The rows of one record, as blocks come in.

use super::builder::ColumnBuilder;
use super::chunk::{Broken, Chunk, ColumnPlan, TablePlan};
use super::fault::{Faults, FileName};
use super::keys::{Keys, NONE, OwnKeys};
use super::lines::Lines;
use super::marks::TableMarks;
use super::problem::{Cause, DataProblem};
use super::{ColumnValues, Progress, Progressed};
use rayon::prelude::*;
use std::io;
use std::sync::{PoisonError, RwLock};

/// Why a file cannot be read.
#[derive(Debug)]
pub(super) enum FileFault {
    Empty,
    Broken(Broken),
    Io(io::Error),
    Problems(Vec<DataProblem>),
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        FileFault::Io(error)
    }
}

/// Where a run of rows comes from.
#[derive(Debug)]
struct Origin {
    first_row: u32,
    file: usize,
    lines: Lines,
}

/// What has been read of one table. References hold numbers of keys.
pub(super) struct LoadedTable {
    pub columns: Vec<ColumnBuilder>,
    pub rows: usize,
    /// The numbers of the rows' keys, once all are read.
    pub own_keys: OwnKeys,
    /// Of a key that nobody reads.
    pub marks: TableMarks,
    /// Rows with a fault, ascending.
    pub bad: Vec<u32>,
    origins: Vec<Origin>,
    /// Of rows with a fault: file, line, text.
    pub raw: Vec<(usize, u64, String)>,
    /// Headers come across in files without a header row.
    pub seen: Vec<String>,
}

impl LoadedTable {
    pub fn new(plan: &TablePlan, is_target: bool) -> LoadedTable {
        LoadedTable {
            columns: plan.columns.iter().map(ColumnPlan::builder).collect(),
            rows: 0,
            own_keys: match is_target {
                true => OwnKeys::Codes(Vec::new()),
                false => OwnKeys::Unasked,
            },
            marks: TableMarks::default(),
            bad: Vec::new(),
            origins: Vec::new(),
            raw: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// File and line of a row.
    pub fn origin(&self, row: u32) -> (usize, u64) {
        let at = self
            .origins
            .partition_point(|o| o.first_row <= row)
            .saturating_sub(1);
        let Some(origin) = self.origins.get(at) else {
            return (0, 0);
        };
        let within = (row - origin.first_row) as usize;
        (origin.file, origin.lines.get(within))
    }
}

/// Takes blocks into a table.
pub(super) struct TableLoader<'l, 'p> {
    pub plan: &'p TablePlan<'p>,
    pub keys: &'l mut Vec<Keys>,
    pub table: &'l mut LoadedTable,
    pub faults: &'l mut Faults,
    /// The file that is read now, by its place among all.
    pub file: usize,
    pub names: &'l [FileName],
    pub report: Option<Progress<'l>>,
    /// Bytes of the files before this one.
    pub bytes_before: u64,
    pub bytes_total: u64,
    pub rows_before: u64,
}

impl TableLoader<'_, '_> {
    pub fn file_name(&self) -> String {
        self.names[self.file].name.clone()
    }

    /// `bytes`: read so far of this file, as it lies on the disk.
    pub fn progress(&self, bytes: u64) {
        if let Some(report) = self.report {
            report(Progressed {
                rows: self.rows_before + self.table.rows as u64,
                bytes: self.bytes_before + bytes,
                total: self.bytes_total,
            });
        }
    }

    /// Appends a block. Blocks come in the order of the file.
    pub fn absorb(&mut self, chunk: Chunk) -> Option<Broken> {
        self.take(chunk, |columns, blocks| {
            let pairs = columns.par_iter_mut().zip(blocks);
            pairs.for_each(|(column, block)| column.append(block.column));
        })
    }

    /// As [`TableLoader::absorb`], for a thread among others that have their own work: helping one another they
    /// would wait for each other. `keys` has the loader's meanwhile, for all of them.
    pub fn absorb_alone(&mut self, chunk: Chunk, keys: &RwLock<Vec<Keys>>) -> Option<Broken> {
        let append = |columns: &mut [ColumnBuilder], blocks: Vec<ColumnBuilder>| {
            let pairs = columns.iter_mut().zip(blocks);
            pairs.for_each(|(column, block)| column.append(block.column));
        };
        if chunk.columns.iter().all(|c| c.pending.is_empty()) {
            return self.take(chunk, append);
        }
        // Keys are about to be numbered: nobody may look one up meanwhile.
        let mut keys = keys.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(self.keys, &mut *keys);
        let broken = self.take(chunk, append);
        std::mem::swap(self.keys, &mut *keys);
        broken
    }

    fn take(
        &mut self,
        mut chunk: Chunk,
        append: impl FnOnce(&mut [ColumnBuilder], Vec<ColumnBuilder>),
    ) -> Option<Broken> {
        let before = self.table.rows;
        if before + chunk.rows >= NONE as usize {
            return Some(Broken::Other(
                "it has more rows than can be counted (4,294,967,294)".into(),
            ));
        }
        let file = (self.file, &self.names[self.file]);
        for found in chunk.faults {
            self.faults.add(self.plan.table, file, found);
        }
        let first = before as u32;
        self.table.bad.extend(chunk.bad.iter().map(|r| first + r));
        self.table.raw.extend(
            chunk
                .raw
                .into_iter()
                .map(|(line, text)| (self.file, line, text)),
        );
        for header in chunk.seen {
            if !self.table.seen.contains(&header) {
                self.table.seen.push(header);
            }
        }
        self.note_origin(first, chunk.lines);
        self.table.rows += chunk.rows;
        for (column, block) in chunk.columns.iter_mut().enumerate() {
            self.settle_keys(column, block);
        }
        append(&mut self.table.columns, chunk.columns);
        self.table.marks.append(chunk.marks);
        if self.plan.is_sample {
            return Some(Broken::Other("no more is wanted".into()));
        }
        chunk.broken
    }

    fn note_origin(&mut self, first_row: u32, lines: Lines) {
        let last = self.table.origins.last_mut();
        let lines = match last.filter(|o| o.file == self.file) {
            Some(origin) => origin.lines.join(lines),
            None => Some(lines),
        };
        if let Some(lines) = lines.filter(|l| !l.is_empty()) {
            self.table.origins.push(Origin {
                first_row,
                file: self.file,
                lines,
            });
        }
    }

    /// Gives numbers to keys that were not known when the block was read.
    fn settle_keys(&mut self, column: usize, block: &mut ColumnBuilder) {
        let Some((target, _)) = self.plan.columns[column].target else {
            return;
        };
        let ColumnValues::Reference(codes) = &mut block.column.values else {
            return;
        };
        for (row, waiting) in block.pending.drain(..) {
            codes[row as usize] = self.keys[target].intern(waiting.key()).unwrap_or(NONE);
        }
    }
}

/// A file's fault as problems.
pub(super) fn problems_of_file(fault: FileFault, record: &str, file: &str) -> Vec<DataProblem> {
    let problem = |cause, message: String| DataProblem::new(cause, record, message);
    vec![match fault {
        FileFault::Problems(problems) => return problems,
        FileFault::Empty => problem(Cause::Empty, format!("`{file}` is empty"))
            .expected("a header row at least, also where the record has no rows"),
        FileFault::Io(error) if is_content(&error) => {
            problem(Cause::Broken, format!("`{file}` is damaged: {error}"))
                .help("fetch or export the file again")
        }
        FileFault::Io(error) => problem(
            Cause::Unreadable,
            format!("`{file}` cannot be read: {error}"),
        ),
        FileFault::Broken(Broken::Encoding { line, guess }) => {
            let message = format!("`{file}` is not UTF-8: line {line} has other bytes");
            let tool = guess.split(' ').next().unwrap_or(guess).to_uppercase();
            problem(Cause::Encoding, message).help(format!(
                "it looks like {guess}; save it as UTF-8, or convert it: `iconv -f {} -t UTF-8 {file}`",
                if tool == "LATIN-1" { "WINDOWS-1252" } else { &tool }
            ))
        }
        FileFault::Broken(Broken::OpenQuote { line }) => problem(
            Cause::Broken,
            format!("`{file}` opens a quote in line {line} that nothing closes"),
        )
        .help("close the quote, or double it where it belongs to the text: `\"a 5\"\" cup\"`"),
        FileFault::Broken(Broken::Other(what)) => {
            problem(Cause::Broken, format!("`{file}` cannot be read: {what}"))
        }
    }]
}

/// Whether an error of reading is about the bytes rather than the machine.
fn is_content(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(
        error.kind(),
        InvalidData | InvalidInput | UnexpectedEof | Other
    )
}

//! What reading will need of memory, guessed before it begins: by the sizes of files, a sample of each, and the widths
//! of the columns that are kept.

use super::blocks::{self, BlockReader, Boundaries};
use super::builder::ColumnBuilder;
use super::chunk::{ColumnPlan, TablePlan};
use super::fault::{Faults, FileName};
use super::instant::Clock;
use super::keys::{KeyForm, Keys};
use super::load::{order, plan};
use super::locate::{SourceFile, locate};
use super::table::{LoadedTable, TableLoader};
use super::{ColumnType, ColumnValues, LoadOptions, Progressed, TableRequest, TableSource};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the rows of one record will need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableEstimate {
    /// About so many.
    pub rows: u64,
    /// Columns that are kept.
    pub columns: usize,
    /// Bytes of the columns when all is read.
    pub kept: u64,
    /// Bytes besides until all is read: keys, and what is numbered later.
    pub reading: u64,
    /// Bytes on their way from the files into columns while those of this record are read.
    pub in_flight: u64,
}

/// What was seen of a file or of several: how many rows they have, and how wide each column is.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub rows: f64,
    /// Rows that a thread has on their way at once.
    pub rows_at_once: f64,
    /// Bytes a row of each column.
    pub widths: Vec<f64>,
}

/// Bytes of a text file that are looked at.
const LOOKED_AT: usize = 4 << 20;
/// Bytes of a text file for each thread that are on their way at once, as text and as columns.
const TEXT_AT_ONCE: f64 = 8e6;
/// What a column of texts is taken for where there was none to look at.
const USUAL_TEXT: f64 = 16.0;

/// Bytes that rows of text, as they lie in a file, need at most in columns: `a,` becomes a text and its place.
const EACH_BYTE: u64 = 8;
/// How far files are packed at most.
const PACKED: u64 = 10;

/// Bytes that the files of all requests never exceed in memory, by their sizes alone.
pub fn bytes_at_most(requests: &[TableRequest], options: &LoadOptions) -> u64 {
    let files = requests.iter().flat_map(|request| match &request.source {
        TableSource::File(source) => locate(&request.record, source, options).unwrap_or_default(),
        _ => Vec::new(),
    });
    let at_most = |file: SourceFile| {
        let size = std::fs::metadata(&file.path).map_or(0, |m| m.len());
        let ending = file.path.extension().and_then(|e| e.to_str());
        let is_plain = file.format.endings.iter().any(|e| Some(*e) == ending);
        match is_plain && file.format.packed {
            true => size * EACH_BYTE,
            false => size * EACH_BYTE * PACKED,
        }
    };
    files.map(at_most).sum()
}

/// One for each request. Files that are not there or cannot be read count as empty: reading them says what is wrong.
pub fn estimate(
    requests: &[TableRequest],
    options: &LoadOptions,
    threads: usize,
) -> Vec<TableEstimate> {
    let clock = Clock::new(options.zone.clone());
    let forms: Vec<KeyForm> = (0..requests.len())
        .map(|t| KeyForm::of(requests, t))
        .collect();
    let order = order(requests);
    let plans = plan(requests, &forms, &order, (&clock, false));
    let mut keys: Vec<Keys> = forms.iter().map(|f| Keys::new(f.is_integer())).collect();
    let of = |plan| of_table(plan, &mut keys, options);
    let samples: Vec<Sample> = plans.iter().map(of).collect();
    let table = |(plan, sample): (&TablePlan, &Sample)| {
        let is_target = requests.iter().flat_map(|r| &r.columns);
        let is_target = is_target
            .map(|c| &c.ty)
            .any(|ty| *ty == ColumnType::Reference(plan.table));
        estimated(plan, sample, (is_target, threads))
    };
    plans.iter().zip(&samples).map(table).collect()
}

fn estimated(
    plan: &TablePlan,
    sample: &Sample,
    (is_target, threads): (bool, usize),
) -> TableEstimate {
    let (mut kept, mut reading, mut row) = (0.0, 0.0, 0.0);
    for (column, of) in plan.columns.iter().enumerate() {
        let width = sample
            .widths
            .get(column)
            .copied()
            .unwrap_or(usual_width(of));
        row += width;
        if plan.marked == Some(column) {
            reading += width;
        } else if of.deferred {
            (kept, reading) = (kept + 4.0, reading + width);
        } else {
            kept += width;
        }
        if is_target && plan.request.key.contains(&column) {
            // The keys again, and a number for each.
            reading += width + 8.0;
        }
    }
    // Whether the row stays.
    reading += 1.0;
    let threads = threads as f64;
    let in_flight = match sample.rows_at_once {
        0.0 => (TEXT_AT_ONCE * threads).min(sample.rows * row * 2.0),
        rows => rows.min(sample.rows) * row * threads,
    };
    TableEstimate {
        rows: sample.rows as u64,
        columns: plan.columns.len() - usize::from(plan.marked.is_some()),
        kept: (sample.rows * kept) as u64,
        reading: (sample.rows * reading) as u64,
        in_flight: in_flight as u64,
    }
}

/// All files of a table, the widths of the larger ones counting for more.
fn of_table(plan: &TablePlan, keys: &mut Vec<Keys>, options: &LoadOptions) -> Sample {
    let mut all = Sample::default();
    let TableSource::File(source) = &plan.request.source else {
        return all;
    };
    let Ok(files) = locate(&plan.request.record, source, options) else {
        return all;
    };
    for file in &files {
        let Some(sample) = of_file(plan, keys, file) else {
            continue;
        };
        let rows = (all.rows + sample.rows).max(1.0);
        all.widths.resize(sample.widths.len(), 0.0);
        for (width, of) in all.widths.iter_mut().zip(&sample.widths) {
            *width = (*width * all.rows + of * sample.rows) / rows;
        }
        all.rows += sample.rows;
        all.rows_at_once = all.rows_at_once.max(sample.rows_at_once);
    }
    all
}

fn of_file(plan: &TablePlan, keys: &mut Vec<Keys>, file: &SourceFile) -> Option<Sample> {
    #[cfg(feature = "arrow")]
    if file.format.endings == super::parquet::PARQUET.endings {
        return super::parquet::sample(&file.path, plan, keys);
    }
    let (table, read) = first_rows(plan, keys, file);
    let rows = if file.format.by_rows {
        let size = std::fs::metadata(&file.path).ok()?.len();
        table.rows as f64 * (size as f64 / read.max(1) as f64).max(1.0)
    } else {
        let header = f64::from(u8::from(file.format.has_header));
        (lines(&file.path).ok()? - header).max(0.0)
    };
    Some(Sample {
        rows,
        rows_at_once: 0.0,
        widths: widths(plan, &table.columns),
    })
}

/// The first block of a file, and the bytes that were read for it as far as the format tells.
fn first_rows(plan: &TablePlan, keys: &mut Vec<Keys>, file: &SourceFile) -> (LoadedTable, u64) {
    let plan = plan.for_sample();
    let (mut table, mut faults) = (LoadedTable::new(&plan, false), Faults::default());
    let read = AtomicU64::new(0);
    let report = |progressed: Progressed| read.store(progressed.bytes, Ordering::Relaxed);
    let names: [FileName; 1] = [file.name.clone()];
    let mut loader = TableLoader {
        plan: &plan,
        keys,
        table: &mut table,
        faults: &mut faults,
        file: 0,
        names: &names,
        report: Some(&report),
        bytes_before: 0,
        bytes_total: 0,
        rows_before: 0,
    };
    // Ends with a fault after the first block, which means nothing.
    let _ = (file.format.read)(&file.path, &mut loader);
    (table, read.into_inner())
}

/// Bytes a row of each column.
pub(super) fn widths(plan: &TablePlan, columns: &[ColumnBuilder]) -> Vec<f64> {
    let width = |(c, (builder, of)): (usize, (&ColumnBuilder, &ColumnPlan))| {
        let column = &builder.column;
        match column.values.len() {
            // A hash of each key.
            _ if plan.marked == Some(c) => 8.0,
            _ if of.target.is_some() && !of.deferred => 4.0,
            0 => usual_width(of),
            rows => {
                let mask = f64::from(u8::from(column.valid.is_some()));
                mask + bytes(&column.values) as f64 / rows as f64
            }
        }
    };
    let columns = columns.iter().zip(&plan.columns);
    columns.enumerate().map(width).collect()
}

fn bytes(values: &ColumnValues) -> usize {
    let each = match values {
        ColumnValues::Text(texts) => {
            return match texts.dictionary() {
                Some((codes, _)) => codes.len() * 2,
                None => (0..texts.len()).map(|i| texts.get(i).len() + 8).sum(),
            };
        }
        ColumnValues::YesNo(_) => 1,
        ColumnValues::Date(_) | ColumnValues::Time(_) => 4,
        ColumnValues::Enum(_) | ColumnValues::Reference(_) => 4,
        ColumnValues::WideDecimal(_) => 16,
        _ => 8,
    };
    each * values.len()
}

fn usual_width(of: &ColumnPlan) -> f64 {
    match &of.request.ty {
        ColumnType::Text => 8.0 + USUAL_TEXT,
        ColumnType::YesNo => 1.0,
        ColumnType::Date | ColumnType::Time | ColumnType::Enum(_) => 4.0,
        ColumnType::Reference(_) => 4.0,
        _ => 8.0,
    }
}

struct AnyLine;

impl Boundaries for AnyLine {
    fn whole_rows(&self, text: &[u8]) -> usize {
        memchr::memrchr(b'\n', text).map_or(0, |n| n + 1)
    }

    fn open_quote(&self, _: &[u8]) -> bool {
        false
    }
}

/// Lines of a text file: counted in a small one, else by the length of the first ones. How far a file is packed is
/// guessed by them too.
fn lines(path: &Path) -> io::Result<f64> {
    let size = std::fs::metadata(path)?.len() as f64;
    let mut reader = BlockReader::new(blocks::open(path)?, &AnyLine, LOOKED_AT);
    let Some(Ok(block)) = reader.next(Vec::new())? else {
        return Ok(0.0);
    };
    let read = reader.count().load(Ordering::Relaxed) as f64;
    let text = block.bytes();
    let lines = memchr::memchr_iter(b'\n', text).count() as f64;
    let rest = f64::from(u8::from(!text.ends_with(b"\n")));
    // Of a plain file `read` is one block, of which the last line is cut off.
    let is_plain = read <= LOOKED_AT as f64 && text.len() as f64 <= read && size >= read;
    let share = if is_plain { text.len() as f64 } else { read };
    Ok((lines + rest) * (size / share.max(1.0)).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn lines_of_long_files_are_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let text: String = (0..900_000).map(|i| format!("{i:09}\n")).collect();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a.csv"), &text).unwrap();
        std::fs::write(path("short.csv"), "a\nb").unwrap();
        let packed = flate2::write::GzEncoder::new(
            std::fs::File::create(path("a.csv.gz")).unwrap(),
            flate2::Compression::fast(),
        );
        let mut packed = packed;
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap();
        let near = |name: &str| {
            let lines = lines(&path(name)).unwrap();
            (810_000.0..990_000.0).contains(&lines)
        };
        assert!(near("a.csv") && near("a.csv.gz"));
        assert_eq!(lines(&path("short.csv")).unwrap(), 2.0);
    }
}

//! Parquet: only the columns that are read, the columns of a row group in parallel.

mod columns;

use crate::data::arrow_cells::{misfit, rows};
use crate::data::arrow_columns::Batches;
use crate::data::arrow_kernels::take_array;
use crate::data::chunk::{Broken, Chunk, TablePlan};
use crate::data::estimate::{Sample, widths};
use crate::data::foreign::decode;
use crate::data::keys::Keys;
use crate::data::table::{FileFault, TableLoader};
use crate::data::{Format, header};
use arrow_schema::{DataType, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression, Encoding, Type as PhysicalType};
use parquet::file::metadata::ColumnChunkMetaData;
use rayon::prelude::*;
use std::fmt::Display;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub(super) const PARQUET: Format = Format {
    endings: &["parquet"],
    packed: false,
    by_rows: true,
    has_header: true,
    read,
};

const BATCH: usize = 8192;

/// Batches of a part: few enough to lie in a processor's cache until they are in the table.
const BATCHES_AT_ONCE: usize = 2;

/// Rows of a part of a column.
const PART: usize = BATCH * BATCHES_AT_ONCE;

/// Bytes of the largest dictionary page, as stored, of texts that are read as a dictionary.
const LARGEST_DICTIONARY: u64 = 1 << 13;

fn broken(error: impl Display) -> FileFault {
    FileFault::Broken(Broken::Other(format!(
        "it is not a whole Parquet file ({error})"
    )))
}

/// A file, and what is read of it.
struct Source<'a> {
    path: &'a Path,
    metadata: ArrowReaderMetadata,
    /// For each column of the plan its place in the file.
    columns: Vec<usize>,
}

/// A row group and the number of its first row.
struct Group {
    index: usize,
    first_row: u64,
    rows: usize,
    bytes: u64,
}

fn read(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Err(FileFault::Empty);
    }
    let metadata = decode(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()));
    let metadata = metadata.map_err(broken)?;
    let columns = columns(&metadata, loader.plan, &loader.file_name())?;
    let source = Source {
        path,
        metadata,
        columns,
    };
    source.check_compression()?;
    if loader.plan.only_text.is_some() || source.columns.is_empty() {
        return source.read_by_rows(loader);
    }
    columns::read(&source, loader)
}

/// The first rows of a file, and how many there are.
pub(super) fn sample(path: &Path, plan: &TablePlan, keys: &[Keys]) -> Option<Sample> {
    let file = File::open(path).ok()?;
    let metadata = decode(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())).ok()?;
    let columns = columns(&metadata, plan, "").ok()?;
    let source = Source {
        path,
        metadata,
        columns,
    };
    let groups = source.groups();
    let first = plan.for_sample();
    let mut chunk = Chunk::new(&first);
    for mut open in source.open(groups.first()?)? {
        // One that is not clean is as wide as it usually is.
        if let Some(mut part) = open.next_part(&first, keys) {
            chunk.columns[open.column] = part.columns.swap_remove(open.column);
        }
    }
    Some(Sample {
        rows: groups.iter().map(|g| g.rows as f64).sum(),
        rows_at_once: PART as f64,
        widths: widths(plan, &chunk.columns),
    })
}

/// For each column of the plan its place in the file.
fn columns(
    metadata: &ArrowReaderMetadata,
    plan: &TablePlan,
    file: &str,
) -> Result<Vec<usize>, FileFault> {
    let fields = metadata.schema().fields();
    let names: Vec<String> = fields.iter().map(|f| f.name().clone()).collect();
    let columns = header::columns(plan.request, &names, file)?;
    let ty = |place: usize| fields[place].data_type();
    let misfits: Vec<_> = columns
        .iter()
        .enumerate()
        .filter_map(|(c, place)| misfit(plan, c, ty(*place), file))
        .collect();
    if misfits.is_empty() {
        Ok(columns)
    } else {
        Err(FileFault::Problems(misfits))
    }
}

/// Every column of a file, a batch at a time.
pub(super) fn batches(path: &Path) -> io::Result<(arrow_schema::Schema, Batches)> {
    let invalid = |what: String| {
        let what = format!("it is not a whole Parquet file ({what})");
        io::Error::new(io::ErrorKind::InvalidData, what)
    };
    let file = File::open(path)?;
    let builder = decode(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(invalid)?;
    let schema = builder.schema().as_ref().clone();
    let mut reader = decode(|| builder.with_batch_size(BATCH).build()).map_err(invalid)?;
    let next = move || {
        decode(|| reader.next().transpose())
            .map_err(invalid)
            .transpose()
    };
    Ok((schema, Box::new(std::iter::from_fn(next))))
}

impl Source<'_> {
    /// Refuses what no decoder of this build reads.
    fn check_compression(&self) -> Result<(), FileFault> {
        let groups = self.groups();
        let leaves = groups.iter().flat_map(|group| {
            let columns = 0..self.columns.len();
            columns.filter_map(|column| self.leaf(group, column))
        });
        for leaf in leaves {
            if matches!(
                leaf.compression(),
                Compression::BROTLI(_) | Compression::LZO
            ) {
                let name = leaf.compression_codec().to_string();
                let name = name.split('(').next().unwrap_or_default();
                return Err(FileFault::Broken(Broken::Other(format!(
                    "column `{}` is compressed with {name}, which is not read: write the file with SNAPPY, ZSTD, GZIP, LZ4 or no \
                     compression",
                    leaf.column_path().string()
                ))));
            }
        }
        Ok(())
    }

    fn groups(&self) -> Vec<Group> {
        let mut next = 1;
        let groups = self.metadata.metadata().row_groups().iter().enumerate();
        groups
            .map(|(index, group)| {
                let (first_row, rows) = (next, group.num_rows().max(0) as u64);
                next += rows;
                Group {
                    index,
                    first_row,
                    rows: rows as usize,
                    bytes: group.compressed_size().max(0) as u64,
                }
            })
            .collect()
    }

    /// Whole groups row by row.
    fn read_by_rows(&self, loader: &mut TableLoader) -> Result<(), FileFault> {
        let mut bytes = 0;
        for round in self.groups().chunks(rayon::current_num_threads()) {
            let (plan, keys) = (loader.plan, &*loader.keys);
            let read = |group| self.rows_from(group, 0, plan, keys);
            let chunks: Vec<Result<Vec<Chunk>, FileFault>> = round.par_iter().map(read).collect();
            for chunks in chunks {
                absorb(chunks?, loader)?;
            }
            bytes += round.iter().map(|g| g.bytes).sum::<u64>();
            loader.progress(bytes);
        }
        Ok(())
    }

    /// The columns of a group by themselves, the largest first, so that no thread is left alone with one at the end.
    fn open(&self, group: &Group) -> Option<Vec<OpenColumn>> {
        let mut columns: Vec<usize> = (0..self.columns.len()).collect();
        columns.sort_by_key(|column| {
            let leaf = self.leaf(group, *column);
            std::cmp::Reverse(leaf.map_or(0, |leaf| leaf.compressed_size()))
        });
        let open = |column: usize| {
            let metadata = self.hinted(group, column);
            let metadata = metadata.as_ref().unwrap_or(&self.metadata);
            let reader = reader(self.path, metadata, &[self.columns[column]], (group, 0)).ok()?;
            Some(OpenColumn { column, reader })
        };
        columns.into_iter().map(open).collect()
    }

    /// How a column of a group is stored; `None` if it is not one run of values.
    fn leaf(&self, group: &Group, column: usize) -> Option<&ColumnChunkMetaData> {
        let schema = self.metadata.parquet_schema();
        let root = self.columns[column];
        let mut leaves =
            (0..schema.num_columns()).filter(|l| schema.get_column_root_idx(*l) == root);
        let leaf = leaves.next()?;
        let group = self.metadata.metadata().row_group(group.index);
        leaves.next().is_none().then(|| group.column(leaf))
    }

    /// The types that are read quickest: a column's texts as views of their pages, or as a dictionary where they
    /// are stored as a small one throughout; decimals in the 64 bits that they have. `None`: those of the file.
    fn hinted(&self, group: &Group, column: usize) -> Option<ArrowReaderMetadata> {
        let place = self.columns[column];
        let schema = self.metadata.schema();
        let stored = match schema.field(place).data_type() {
            DataType::Dictionary(_, values) => values.as_ref(),
            stored => stored,
        };
        let leaf = self.leaf(group, column)?;
        let ty = match stored {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                if is_small_dictionary(leaf) {
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
                } else {
                    DataType::Utf8View
                }
            }
            DataType::Decimal128(digits, scale) if leaf.column_type() == PhysicalType::INT64 => {
                DataType::Decimal64(*digits, *scale)
            }
            _ => return None,
        };
        let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
        fields[place] = Arc::new(fields[place].as_ref().clone().with_data_type(ty));
        let hint = Arc::new(Schema::new(fields));
        let options = ArrowReaderOptions::new().with_schema(hint);
        ArrowReaderMetadata::try_new(self.metadata.metadata().clone(), options).ok()
    }

    /// Row by row, after so many rows of a group: tells every fault.
    fn rows_from(
        &self,
        group: &Group,
        after: usize,
        plan: &TablePlan,
        keys: &[Keys],
    ) -> Result<Vec<Chunk>, FileFault> {
        let mut reader = reader(self.path, &self.metadata, &self.columns, (group, after))?;
        // What is read keeps the order of the file.
        let mut sorted = self.columns.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let places: Vec<usize> = self
            .columns
            .iter()
            .map(|c| sorted.partition_point(|s| s < c))
            .collect();
        let mut chunks = Vec::new();
        let mut first = group.first_row + after as u64;
        while let Some(batch) = decode(|| reader.next().transpose()).map_err(broken)? {
            chunks.push(rows(plan, keys, &batch, &places, first));
            first += batch.num_rows() as u64;
        }
        let (found, said) = (first - group.first_row, group.rows);
        if found != said as u64 {
            let group = group.index + 1;
            let lost = format!("row group {group} holds {found} rows instead of {said}");
            return Err(broken(lost));
        }
        Ok(chunks)
    }
}

/// Reads columns of a group after so many of its rows.
fn reader(
    path: &Path,
    metadata: &ArrowReaderMetadata,
    columns: &[usize],
    (group, after): (&Group, usize),
) -> Result<ParquetRecordBatchReader, FileFault> {
    // Each its own file: threads must not share a position.
    let file = File::open(path)?;
    let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_projection(mask)
        .with_row_groups(vec![group.index])
        .with_offset(after)
        .with_batch_size(BATCH);
    decode(|| builder.build()).map_err(broken)
}

fn absorb(chunks: Vec<Chunk>, loader: &mut TableLoader) -> Result<(), FileFault> {
    for chunk in chunks {
        loader
            .absorb(chunk)
            .map_or(Ok(()), |b| Err(FileFault::Broken(b)))?;
    }
    Ok(())
}

struct OpenColumn {
    /// Its place in the plan.
    column: usize,
    reader: ParquetRecordBatchReader,
}

impl OpenColumn {
    /// The next rows of the column, in a chunk that holds nothing else. `None`: some cell has a fault, or the file
    /// is not whole.
    fn next_part(&mut self, plan: &TablePlan, keys: &[Keys]) -> Option<Chunk> {
        let mut chunk = Chunk::new(plan);
        for _ in 0..BATCHES_AT_ONCE {
            let Some(batch) = decode(|| self.reader.next().transpose()).ok()? else {
                break;
            };
            if !take_array(
                &mut chunk,
                plan,
                keys,
                self.column,
                batch.column(0).as_ref(),
            ) {
                return None;
            }
            chunk.rows += batch.num_rows();
        }
        Some(chunk)
    }
}

/// Whether all pages of a column refer to one small dictionary.
fn is_small_dictionary(leaf: &ColumnChunkMetaData) -> bool {
    let throughout = leaf.page_encoding_stats_mask().is_some_and(|mask| {
        mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY)
    });
    let size = leaf
        .dictionary_page_offset()
        .map(|at| leaf.data_page_offset().saturating_sub(at) as u64);
    throughout && size.is_some_and(|size| size <= LARGEST_DICTIONARY)
}

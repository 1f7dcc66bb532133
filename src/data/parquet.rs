//! Parquet: only the columns that are read, columns of row groups in parallel.

use super::arrow_cells::{misfit, rows};
use super::arrow_columns::Batches;
use super::arrow_kernels::{count_rows, take_array};
use super::chunk::{Broken, Chunk, TablePlan};
use super::keys::Keys;
use super::table::{FileFault, TableLoader};
use super::{Format, header};
use arrow_schema::{DataType, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Encoding;
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
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(broken)?;
    let columns = columns(&metadata, loader)?;
    let source = Source {
        path,
        metadata,
        columns,
    };
    let mut bytes = 0;
    for round in source.groups().chunks(rayon::current_num_threads()) {
        for chunks in source.read_groups(round, loader.plan, loader.keys) {
            for chunk in chunks? {
                loader
                    .absorb(chunk)
                    .map_or(Ok(()), |b| Err(FileFault::Broken(b)))?;
            }
        }
        bytes += round.iter().map(|g| g.bytes).sum::<u64>();
        loader.progress(bytes);
    }
    Ok(())
}

/// For each column of the plan its place in the file.
fn columns(metadata: &ArrowReaderMetadata, loader: &TableLoader) -> Result<Vec<usize>, FileFault> {
    let fields = metadata.schema().fields();
    let names: Vec<String> = fields.iter().map(|f| f.name().clone()).collect();
    let columns = header::columns(loader.plan.request, &names, &loader.file_name())?;
    let ty = |place: usize| fields[place].data_type();
    let misfits: Vec<_> = columns
        .iter()
        .enumerate()
        .filter_map(|(c, place)| misfit(loader.plan, c, ty(*place), &loader.file_name()))
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
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)
        .map_err(|e| invalid(e.to_string()))?
        .with_batch_size(BATCH);
    let schema = builder.schema().as_ref().clone();
    let reader = builder.build().map_err(|e| invalid(e.to_string()))?;
    let batches = reader.map(move |b| b.map_err(|e| invalid(e.to_string())));
    Ok((schema, Box::new(batches)))
}

impl Source<'_> {
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

    /// Each group column by column, so that all threads are busy with even one; row by row where it is not clean.
    fn read_groups(
        &self,
        groups: &[Group],
        plan: &TablePlan,
        keys: &[Keys],
    ) -> Vec<Result<Vec<Chunk>, FileFault>> {
        self.clean_groups(groups, plan, keys)
            .into_par_iter()
            .zip(groups)
            .map(|(chunk, group)| match chunk {
                Some(chunk) => Ok(vec![chunk]),
                None => self.read_rows(group, plan, keys),
            })
            .collect()
    }

    fn clean_groups(
        &self,
        groups: &[Group],
        plan: &TablePlan,
        keys: &[Keys],
    ) -> Vec<Option<Chunk>> {
        let is_clean = plan.only_text.is_none() && !self.columns.is_empty();
        let empty = |_: &Group| is_clean.then(|| Chunk::new(plan));
        let mut chunks: Vec<Option<Chunk>> = groups.iter().map(empty).collect();
        if !is_clean {
            return chunks;
        }
        let columns = 0..self.columns.len();
        let mut parts: Vec<(usize, usize)> = (0..groups.len())
            .flat_map(|group| columns.clone().map(move |column| (group, column)))
            .collect();
        // The largest first, so that no thread is left alone with one at the end.
        parts.sort_by_key(|(group, column)| {
            let leaf = self.leaf(&groups[*group], *column);
            std::cmp::Reverse(leaf.map_or(0, |leaf| leaf.compressed_size()))
        });
        let read = |(group, column): &(usize, usize)| {
            self.clean_column(&groups[*group], *column, plan, keys)
        };
        let read: Vec<Option<Chunk>> = parts.par_iter().with_max_len(1).map(read).collect();
        for ((group, column), part) in parts.into_iter().zip(read) {
            match (&mut chunks[group], part) {
                (Some(chunk), Some(mut part)) => {
                    chunk.columns[column] = part.columns.swap_remove(column);
                    if plan.marked == Some(column) {
                        chunk.marks = part.marks;
                    }
                }
                (chunk, _) => *chunk = None,
            }
        }
        for (chunk, group) in chunks.iter_mut().zip(groups) {
            if let Some(chunk) = chunk {
                count_rows(chunk, group.rows, group.first_row);
            }
        }
        chunks
    }

    /// One column of a group, in a chunk that holds nothing else. `None`: some cell has a fault, or the file is
    /// not whole.
    fn clean_column(
        &self,
        group: &Group,
        column: usize,
        plan: &TablePlan,
        keys: &[Keys],
    ) -> Option<Chunk> {
        let metadata = self.hinted(group, column);
        let metadata = metadata.as_ref().unwrap_or(&self.metadata);
        let reader = reader(self.path, metadata, &[self.columns[column]], group).ok()?;
        let mut chunk = Chunk::new(plan);
        let mut rows = 0;
        for batch in reader {
            let batch = batch.ok()?;
            if !take_array(&mut chunk, plan, keys, column, batch.column(0).as_ref()) {
                return None;
            }
            rows += batch.num_rows();
        }
        (rows == group.rows).then_some(chunk)
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
    /// are stored as a small one throughout. `None`: those of the file.
    fn hinted(&self, group: &Group, column: usize) -> Option<ArrowReaderMetadata> {
        let place = self.columns[column];
        let schema = self.metadata.schema();
        let stored = match schema.field(place).data_type() {
            DataType::Dictionary(_, values) => values.as_ref(),
            stored => stored,
        };
        if !matches!(
            stored,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
        ) {
            return None;
        }
        let ty = if self.leaf(group, column).is_some_and(is_small_dictionary) {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        } else {
            DataType::Utf8View
        };
        let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
        fields[place] = Arc::new(fields[place].as_ref().clone().with_data_type(ty));
        let hint = Arc::new(Schema::new(fields));
        let options = ArrowReaderOptions::new().with_schema(hint);
        ArrowReaderMetadata::try_new(self.metadata.metadata().clone(), options).ok()
    }

    /// Row by row, which tells every fault.
    fn read_rows(
        &self,
        group: &Group,
        plan: &TablePlan,
        keys: &[Keys],
    ) -> Result<Vec<Chunk>, FileFault> {
        let reader = reader(self.path, &self.metadata, &self.columns, group)?;
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
        let mut first = group.first_row;
        for batch in reader {
            let batch = batch.map_err(broken)?;
            chunks.push(rows(plan, keys, &batch, &places, first));
            first += batch.num_rows() as u64;
        }
        Ok(chunks)
    }
}

/// Reads columns of a group.
fn reader(
    path: &Path,
    metadata: &ArrowReaderMetadata,
    columns: &[usize],
    group: &Group,
) -> Result<ParquetRecordBatchReader, FileFault> {
    // Each its own file: threads must not share a position.
    let file = File::open(path)?;
    let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
    ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_projection(mask)
        .with_row_groups(vec![group.index])
        .with_batch_size(BATCH)
        .build()
        .map_err(broken)
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

//! Parquet: only the columns that are read, row groups in parallel.

use super::arrow_cells::{misfit, rows};
use super::arrow_columns::Batches;
use super::chunk::{Broken, Chunk, TablePlan};
use super::keys::Keys;
use super::table::{FileFault, TableLoader};
use super::{Format, header};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use rayon::prelude::*;
use std::fmt::Display;
use std::fs::File;
use std::io;
use std::path::Path;

pub(super) const PARQUET: Format = Format {
    endings: &["parquet"],
    packed: false,
    by_rows: true,
    has_header: true,
    read,
};

const BATCH: usize = 8192;

fn broken(error: impl Display) -> FileFault {
    FileFault::Broken(Broken::Other(format!(
        "it is not a whole Parquet file ({error})"
    )))
}

/// A row group and the number of its first row.
struct Group {
    index: usize,
    first_row: u64,
    bytes: u64,
}

fn read(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Err(FileFault::Empty);
    }
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(broken)?;
    let fields = metadata.schema().fields();
    let names: Vec<String> = fields.iter().map(|f| f.name().clone()).collect();
    let columns = header::columns(loader.plan.request, &names, &loader.file_name())?;
    let misfits: Vec<_> = columns
        .iter()
        .enumerate()
        .filter_map(|(c, place)| {
            misfit(
                loader.plan,
                c,
                fields[*place].data_type(),
                &loader.file_name(),
            )
        })
        .collect();
    if !misfits.is_empty() {
        return Err(FileFault::Problems(misfits));
    }
    let mut next = 1;
    let groups: Vec<Group> = metadata
        .metadata()
        .row_groups()
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let first_row = next;
            next += group.num_rows().max(0) as u64;
            Group {
                index,
                first_row,
                bytes: group.compressed_size().max(0) as u64,
            }
        })
        .collect();
    let mut bytes = 0;
    for round in groups.chunks(rayon::current_num_threads()) {
        let (plan, keys) = (loader.plan, &*loader.keys);
        let read = |group: &Group| read_group(path, &metadata, &columns, group, plan, keys);
        let chunks: Vec<Result<Vec<Chunk>, FileFault>> = round.par_iter().map(read).collect();
        for chunk in chunks {
            for chunk in chunk? {
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

fn read_group(
    path: &Path,
    metadata: &ArrowReaderMetadata,
    columns: &[usize],
    group: &Group,
    plan: &TablePlan,
    keys: &[Keys],
) -> Result<Vec<Chunk>, FileFault> {
    // Each its own file: threads must not share a position.
    let file = File::open(path)?;
    let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_projection(mask)
        .with_row_groups(vec![group.index])
        .with_batch_size(BATCH)
        .build()
        .map_err(broken)?;
    // What is read keeps the order of the file.
    let mut sorted = columns.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let places: Vec<usize> = columns
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

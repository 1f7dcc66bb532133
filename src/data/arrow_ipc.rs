//! Arrow IPC, as file (also called Feather) and as stream: only the columns that are read.

use super::arrow_cells::{misfit, rows};
use super::arrow_columns::Batches;
use super::arrow_kernels::clean_rows;
use super::blocks::Counted;
use super::chunk::Broken;
use super::foreign::decode;
use super::table::{FileFault, TableLoader};
use super::{Format, header};
use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, Schema};
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const ARROW: Format = Format {
    endings: &["arrow", "feather", "arrows"],
    packed: false,
    by_rows: true,
    has_header: true,
    read,
};

/// The first bytes of the file form.
const MAGIC: &[u8] = b"ARROW1";

fn broken(error: String) -> FileFault {
    FileFault::Broken(Broken::Other(format!(
        "it is not a whole Arrow file ({error})"
    )))
}

/// A file at its beginning.
struct Opened {
    file: BufReader<Counted>,
    /// Bytes read so far.
    read: Arc<AtomicU64>,
    /// The first bytes.
    start: Vec<u8>,
}

fn open(path: &Path) -> io::Result<Opened> {
    let (file, read) = Counted::open(path)?;
    let mut file = BufReader::with_capacity(1 << 17, file);
    let mut start = Vec::new();
    file.by_ref()
        .take(MAGIC.len() as u64)
        .read_to_end(&mut start)?;
    file.rewind()?;
    Ok(Opened { file, read, start })
}

/// Every column of a file, a batch at a time.
pub(super) fn batches(path: &Path) -> io::Result<(Schema, Batches)> {
    let invalid = |e: String| {
        let what = format!("it is not a whole Arrow file ({e})");
        io::Error::new(io::ErrorKind::InvalidData, what)
    };
    let Opened { file, start, .. } = open(path)?;
    if start == MAGIC {
        let reader = decode(|| FileReader::try_new(file, None)).map_err(invalid)?;
        let schema = reader.schema().as_ref().clone();
        Ok((
            schema,
            Box::new(decoded(reader).map(move |b| b.map_err(invalid))),
        ))
    } else {
        let reader = decode(|| StreamReader::try_new(file, None)).map_err(invalid)?;
        let schema = reader.schema().as_ref().clone();
        Ok((
            schema,
            Box::new(decoded(reader).map(move |b| b.map_err(invalid))),
        ))
    }
}

fn read(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    let Opened {
        mut file,
        read,
        start,
    } = open(path)?;
    if start.is_empty() {
        return Err(FileFault::Empty);
    }
    if start == MAGIC {
        let schema = decode(|| FileReader::try_new(&mut file, None))
            .map_err(broken)?
            .schema();
        let (projection, places) = project(&schema, loader)?;
        file.rewind()?;
        let reader = decode(|| FileReader::try_new(file, Some(projection))).map_err(broken)?;
        take(decoded(reader), &read, &places, loader)
    } else {
        let schema = decode(|| StreamReader::try_new(&mut file, None))
            .map_err(broken)?
            .schema();
        let (projection, places) = project(&schema, loader)?;
        file.rewind()?;
        let reader = decode(|| StreamReader::try_new(file, Some(projection))).map_err(broken)?;
        take(decoded(reader), &read, &places, loader)
    }
}

/// The columns to read, ascending, and for each column of the request its place among them.
fn project(schema: &Schema, loader: &TableLoader) -> Result<(Vec<usize>, Vec<usize>), FileFault> {
    let names: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).collect();
    let columns = header::columns(loader.plan.request, &names, &loader.file_name())?;
    let ty = |place: usize| schema.field(place).data_type();
    let misfits: Vec<_> = columns
        .iter()
        .enumerate()
        .filter_map(|(c, place)| misfit(loader.plan, c, ty(*place), &loader.file_name()))
        .collect();
    if !misfits.is_empty() {
        return Err(FileFault::Problems(misfits));
    }
    let mut sorted = columns.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let places = columns
        .iter()
        .map(|c| sorted.partition_point(|s| s < c))
        .collect();
    Ok((sorted, places))
}

/// The batches of a reader.
fn decoded(
    mut reader: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> impl Iterator<Item = Result<RecordBatch, String>> {
    std::iter::from_fn(move || decode(|| reader.next().transpose()).transpose())
}

fn take(
    batches: impl Iterator<Item = Result<RecordBatch, String>>,
    read: &AtomicU64,
    places: &[usize],
    loader: &mut TableLoader,
) -> Result<(), FileFault> {
    let mut first = 1;
    for batch in batches {
        let batch = batch.map_err(broken)?;
        let (plan, keys) = (loader.plan, &*loader.keys);
        let chunk = clean_rows(plan, keys, &batch, places, first)
            .unwrap_or_else(|| rows(plan, keys, &batch, places, first));
        first += batch.num_rows() as u64;
        let broken = loader.absorb(chunk);
        loader.progress(read.load(Ordering::Relaxed));
        broken.map_or(Ok(()), |b| Err(FileFault::Broken(b)))?;
    }
    Ok(())
}

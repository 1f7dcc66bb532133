//! Parquet and Arrow IPC, in batches.

use super::{OutputCell, OutputColumn, OutputKind, RowWriter, Target};
use arrow_array::builder::*;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::io;
use std::sync::Arc;

const BATCH: usize = 8192;

fn data_type(kind: &OutputKind) -> DataType {
    match kind {
        OutputKind::Text | OutputKind::Json => DataType::Utf8,
        OutputKind::Integer => DataType::Int64,
        OutputKind::Decimal { .. } => DataType::Decimal128(38, 9),
        OutputKind::YesNo => DataType::Boolean,
        OutputKind::Date => DataType::Date32,
        OutputKind::DateTime(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// A column's cells until a batch is full.
enum Builder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Decimal(Decimal128Builder),
    YesNo(BooleanBuilder),
    Date(Date32Builder),
    DateTime(TimestampMicrosecondBuilder),
}

impl Builder {
    fn new(kind: &OutputKind) -> Builder {
        let ty = data_type(kind);
        match kind {
            OutputKind::Text | OutputKind::Json => Builder::Text(StringBuilder::new()),
            OutputKind::Integer => Builder::Integer(Int64Builder::new()),
            OutputKind::Decimal { .. } => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(ty))
            }
            OutputKind::YesNo => Builder::YesNo(BooleanBuilder::new()),
            OutputKind::Date => Builder::Date(Date32Builder::new()),
            OutputKind::DateTime(_) => {
                Builder::DateTime(TimestampMicrosecondBuilder::new().with_data_type(ty))
            }
        }
    }

    fn push(&mut self, cell: &OutputCell) {
        match (self, cell) {
            (Builder::Text(b), OutputCell::Text(t) | OutputCell::Json(t)) => b.append_value(t),
            (Builder::Integer(b), OutputCell::Integer(n)) => b.append_value(*n),
            (Builder::Decimal(b), OutputCell::Decimal(d)) => b.append_value(d.0),
            (Builder::YesNo(b), OutputCell::YesNo(v)) => b.append_value(*v),
            (Builder::Date(b), OutputCell::Date(d)) => b.append_value(d.0),
            (Builder::DateTime(b), OutputCell::DateTime(t)) => b.append_value(*t),
            (Builder::Text(b), _) => b.append_null(),
            (Builder::Integer(b), _) => b.append_null(),
            (Builder::Decimal(b), _) => b.append_null(),
            (Builder::YesNo(b), _) => b.append_null(),
            (Builder::Date(b), _) => b.append_null(),
            (Builder::DateTime(b), _) => b.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(b) => Arc::new(b.finish()),
            Builder::Integer(b) => Arc::new(b.finish()),
            Builder::Decimal(b) => Arc::new(b.finish()),
            Builder::YesNo(b) => Arc::new(b.finish()),
            Builder::Date(b) => Arc::new(b.finish()),
            Builder::DateTime(b) => Arc::new(b.finish()),
        }
    }
}

struct Batches {
    schema: SchemaRef,
    builders: Vec<Builder>,
    rows: usize,
}

impl Batches {
    fn new(columns: &[OutputColumn]) -> Batches {
        let fields: Vec<Field> = columns
            .iter()
            .map(|c| Field::new(&c.name, data_type(&c.kind), true))
            .collect();
        let builders = columns.iter().map(|c| Builder::new(&c.kind)).collect();
        Batches {
            schema: Arc::new(Schema::new(fields)),
            builders,
            rows: 0,
        }
    }

    /// A batch when one is full.
    fn push(&mut self, cells: &[OutputCell]) -> io::Result<Option<RecordBatch>> {
        self.builders
            .iter_mut()
            .zip(cells)
            .for_each(|(b, c)| b.push(c));
        self.rows += 1;
        if self.rows < BATCH {
            Ok(None)
        } else {
            self.take().map(Some)
        }
    }

    fn take(&mut self) -> io::Result<RecordBatch> {
        self.rows = 0;
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(self.schema.clone(), arrays).map_err(of_arrow)
    }
}

fn of_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        error => io::Error::other(error),
    }
}

fn of_parquet(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

pub(super) struct ParquetWriter {
    batches: Batches,
    writer: parquet::arrow::ArrowWriter<Target>,
}

impl ParquetWriter {
    pub fn new(target: Target, columns: &[OutputColumn]) -> io::Result<ParquetWriter> {
        let batches = Batches::new(columns);
        let packed = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(packed).build();
        let writer =
            parquet::arrow::ArrowWriter::try_new(target, batches.schema.clone(), Some(properties))
                .map_err(of_parquet)?;
        Ok(ParquetWriter { batches, writer })
    }
}

impl RowWriter for ParquetWriter {
    fn row(&mut self, _: &[OutputColumn], cells: &[OutputCell]) -> io::Result<()> {
        match self.batches.push(cells)? {
            Some(batch) => self.writer.write(&batch).map_err(of_parquet),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<Target> {
        let last = self.batches.take()?;
        self.writer.write(&last).map_err(of_parquet)?;
        self.writer.into_inner().map_err(of_parquet)
    }
}

pub(super) struct ArrowWriter {
    batches: Batches,
    writer: FileWriter<Target>,
}

impl ArrowWriter {
    pub fn new(target: Target, columns: &[OutputColumn]) -> io::Result<ArrowWriter> {
        let batches = Batches::new(columns);
        let writer = FileWriter::try_new(target, &batches.schema).map_err(of_arrow)?;
        Ok(ArrowWriter { batches, writer })
    }
}

impl RowWriter for ArrowWriter {
    fn row(&mut self, _: &[OutputColumn], cells: &[OutputCell]) -> io::Result<()> {
        match self.batches.push(cells)? {
            Some(batch) => self.writer.write(&batch).map_err(of_arrow),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<Target> {
        let last = self.batches.take()?;
        self.writer.write(&last).map_err(of_arrow)?;
        self.writer.into_inner().map_err(of_arrow)
    }
}

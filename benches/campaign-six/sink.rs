//! Where rows go: one CSV or one Parquet file for each table.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Decimal128Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use guanxi::schema::Day;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::Options;

/// Rows of one Parquet batch.
const BATCH: usize = 65_536;

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Text,
    Date,
    /// Two decimals.
    Money,
    Flag,
}

pub enum Cell {
    Missing,
    /// A letter and a number, padded to so many digits.
    Id(char, usize, u64),
    Text(&'static str),
    Name(&'static str, &'static str),
    Email(u64),
    Date(Day),
    Cents(i64),
    Flag(bool),
}

pub enum Sink {
    Csv(BufWriter<File>),
    Parquet(Box<ParquetSink>),
}

pub struct ParquetSink {
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    columns: Vec<Builder>,
    rows: usize,
}

enum Builder {
    Text(StringBuilder),
    Date(Date32Builder),
    Money(Decimal128Builder),
    Flag(BooleanBuilder),
}

impl Sink {
    pub fn create(
        options: &Options,
        name: &str,
        columns: &[(&str, Kind)],
    ) -> Result<Sink, Box<dyn Error>> {
        if options.parquet {
            let file = File::create(options.out.join(format!("{name}.parquet")))?;
            return Ok(Sink::Parquet(Box::new(ParquetSink::new(file, columns)?)));
        }
        let file = File::create(options.out.join(format!("{name}.csv")))?;
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        let header: Vec<&str> = columns.iter().map(|c| c.0).collect();
        writeln!(writer, "{}", header.join(","))?;
        Ok(Sink::Csv(writer))
    }

    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) -> Result<(), Box<dyn Error>> {
        match self {
            Sink::Csv(writer) => {
                for (place, cell) in cells.iter().enumerate() {
                    if place > 0 {
                        writer.write_all(b",")?;
                    }
                    cell.write(writer)?;
                }
                writer.write_all(b"\n")?;
                Ok(())
            }
            Sink::Parquet(sink) => sink.row(&cells),
        }
    }

    pub fn finish(self) -> Result<(), Box<dyn Error>> {
        match self {
            Sink::Csv(mut writer) => writer.flush()?,
            Sink::Parquet(mut sink) => {
                sink.flush()?;
                sink.writer.close()?;
            }
        }
        Ok(())
    }
}

impl Cell {
    /// As CSV; nothing here needs quotes.
    fn write(&self, to: &mut impl Write) -> std::io::Result<()> {
        match self {
            Cell::Missing => Ok(()),
            Cell::Id(letter, width, number) => write!(to, "{letter}{number:0width$}"),
            Cell::Text(text) => to.write_all(text.as_bytes()),
            Cell::Name(given, family) => write!(to, "{given} {family}"),
            Cell::Email(number) => write!(to, "m{number}@lotus.example"),
            Cell::Date(day) => write!(to, "{day}"),
            Cell::Cents(cents) => write!(to, "{}.{:02}", cents / 100, cents % 100),
            Cell::Flag(yes) => to.write_all(if *yes { b"yes" } else { b"no" }),
        }
    }
}

impl ParquetSink {
    fn new(file: File, columns: &[(&str, Kind)]) -> Result<Self, Box<dyn Error>> {
        let field = |&(name, kind): &(&str, Kind)| Field::new(name, arrow_type(kind), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))?;
        let columns = columns.iter().map(|c| Builder::new(c.1)).collect();
        Ok(ParquetSink {
            writer,
            schema,
            columns,
            rows: 0,
        })
    }

    fn row(&mut self, cells: &[Cell]) -> Result<(), Box<dyn Error>> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell)?;
        }
        self.rows += 1;
        if self.rows == BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), Box<dyn Error>> {
        let arrays = self.columns.iter_mut().map(Builder::finish).collect();
        self.rows = 0;
        self.writer
            .write(&RecordBatch::try_new(self.schema.clone(), arrays)?)?;
        Ok(())
    }
}

fn arrow_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Date => DataType::Date32,
        Kind::Money => DataType::Decimal128(12, 2),
        Kind::Flag => DataType::Boolean,
    }
}

impl Builder {
    fn new(kind: Kind) -> Builder {
        match kind {
            Kind::Text => Builder::Text(StringBuilder::new()),
            Kind::Date => Builder::Date(Date32Builder::new()),
            Kind::Money => {
                Builder::Money(Decimal128Builder::new().with_data_type(arrow_type(kind)))
            }
            Kind::Flag => Builder::Flag(BooleanBuilder::new()),
        }
    }

    fn push(&mut self, cell: &Cell) -> Result<(), Box<dyn Error>> {
        match (self, cell) {
            (Builder::Text(column), Cell::Missing) => column.append_null(),
            (Builder::Date(column), Cell::Missing) => column.append_null(),
            (Builder::Date(column), Cell::Date(day)) => column.append_value(day.0),
            (Builder::Money(column), Cell::Cents(cents)) => column.append_value(i128::from(*cents)),
            (Builder::Flag(column), Cell::Flag(yes)) => column.append_value(*yes),
            (Builder::Text(column), cell) => {
                let mut text = Vec::with_capacity(24);
                cell.write(&mut text)?;
                column.append_value(std::str::from_utf8(&text)?);
            }
            _ => return Err("a cell in a column of another kind".into()),
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(column) => Arc::new(column.finish()),
            Builder::Date(column) => Arc::new(column.finish()),
            Builder::Money(column) => Arc::new(column.finish()),
            Builder::Flag(column) => Arc::new(column.finish()),
        }
    }
}

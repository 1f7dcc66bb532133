//! Blocks in which nothing is wrong, column by column. A block with anything unusual is answered for by
//! [`super::rows`], which says what is accepted and how faults are told.

use super::Layout;
use super::cells::{Cell, Cells, Source};
use super::index::Index;
use super::kernels;
use super::words::Words;
use crate::data::builder::ColumnBuilder;
use crate::data::cell::Scalar;
use crate::data::chunk::{Chunk, ColumnPlan, TablePlan};
use crate::data::keys::{Key, Keys};
use crate::data::{ColumnType, ColumnValues};

/// Rows of which a column's cells are looked at together: few enough to stay in the nearest cache.
const BATCH: usize = 2048;

/// What a thread keeps from block to block.
#[derive(Default)]
pub(super) struct Scratch {
    index: Index,
    cells: Vec<Cell>,
    /// For each column of the request.
    words: Vec<Option<Words>>,
}

/// How the cells of a column are read at once.
#[derive(Debug, Clone, Copy)]
enum Kernel {
    Text,
    Date,
    Decimal,
    Integer,
    YesNo,
    Enum,
    /// The number of the key in that table.
    TextKey(usize),
    IntegerKey(usize),
    /// One by one.
    None,
}

impl Kernel {
    fn of(of: &ColumnPlan) -> Kernel {
        match (of.cell.ty, of.target) {
            (ColumnType::Text, Some((table, _))) => Kernel::TextKey(table),
            (ColumnType::Integer, Some((table, form))) if form.is_integer() => {
                Kernel::IntegerKey(table)
            }
            (_, Some(_)) => Kernel::None,
            (ColumnType::Text, None) => Kernel::Text,
            (ColumnType::Date, None) if of.cell.format.is_none() => Kernel::Date,
            (ColumnType::Number | ColumnType::Money(_), None) => Kernel::Decimal,
            (ColumnType::Integer, None) => Kernel::Integer,
            (ColumnType::YesNo, None) => Kernel::YesNo,
            (ColumnType::Enum(_), None) => Kernel::Enum,
            _ => Kernel::None,
        }
    }
}

/// Reads a block of whole rows with so many line ends; `None` where row by row must be looked what it holds.
pub(super) fn read(
    layout: &Layout,
    plan: &TablePlan,
    keys: &[Keys],
    (text, first_line, newlines): (&str, u64, usize),
    scratch: &mut Scratch,
) -> Option<Chunk> {
    let bytes = text.as_bytes();
    let Scratch {
        index,
        cells,
        words,
    } = scratch;
    if !index.read(bytes, newlines, layout.width, layout.dialect) {
        return None;
    }
    words.resize_with(plan.columns.len(), || None);
    let mut chunk = Chunk::new(plan);
    for (column, words) in words.iter_mut().enumerate() {
        let place = layout.columns[column];
        let source = Source {
            text,
            index,
            place,
            is_last: place + 1 == layout.width,
        };
        let reader = ColumnReader {
            plan,
            keys,
            column,
            source,
        };
        reader.read(&mut chunk, cells, words)?;
    }
    chunk.clean_rows(index.rows, first_line, index.lines.as_deref());
    Some(chunk)
}

/// Reads one column of a block.
struct ColumnReader<'r> {
    plan: &'r TablePlan<'r>,
    keys: &'r [Keys],
    column: usize,
    source: Source<'r>,
}

impl ColumnReader<'_> {
    fn of(&self) -> &ColumnPlan<'_> {
        &self.plan.columns[self.column]
    }

    fn read(
        &self,
        chunk: &mut Chunk,
        at: &mut Vec<Cell>,
        words: &mut Option<Words>,
    ) -> Option<()> {
        let kernel = Kernel::of(self.of());
        let rows = self.source.index.rows;
        for from in (0..rows).step_by(BATCH) {
            let missing = self.source.gather(from..rows.min(from + BATCH), at)?;
            let builder = &mut chunk.columns[self.column];
            if !self.batch(kernel, missing, builder, at, words) {
                builder.truncate(from);
                self.one_by_one(chunk, from..rows.min(from + BATCH), at)?;
            }
        }
        Some(())
    }

    /// A batch by a kernel; `false` where that cannot be.
    fn batch(
        &self,
        kernel: Kernel,
        missing: usize,
        builder: &mut ColumnBuilder,
        at: &mut Vec<Cell>,
        words: &mut Option<Words>,
    ) -> bool {
        let of = self.of();
        let (before, rows) = (builder.len(), at.len());
        if missing == 0 {
            let there = self.kernel(kernel, &mut builder.column.values, at, words);
            if let (true, Some(valid)) = (there, &mut builder.column.valid) {
                valid.resize(before + rows, true);
            }
            return there;
        }
        if of.default.is_some() || !of.request.optional {
            return false;
        }
        let valid = builder
            .column
            .valid
            .get_or_insert_with(|| vec![true; before]);
        valid.extend(at.iter().map(|cell| cell.0 < cell.1));
        at.retain(|cell| cell.0 < cell.1);
        let there = self.kernel(kernel, &mut builder.column.values, at, words);
        if there && let Some(valid) = &builder.column.valid {
            builder.column.values.spread(before, &valid[before..]);
        }
        there
    }
}

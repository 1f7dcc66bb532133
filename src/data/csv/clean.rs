//! Blocks in which nothing is wrong, column by column. A block with anything unusual is answered for by
//! [`super::rows`], which says what is accepted and how faults are told.

use super::Layout;
use super::cells::{Cell, Cells, Source};
use super::index::Index;
use super::kernels;
use super::words::{Found, Words};
use crate::data::blocks::Block;
use crate::data::builder::ColumnBuilder;
use crate::data::cell::Scalar;
use crate::data::chunk::{Chunk, ColumnPlan, TablePlan};
use crate::data::keys::Keys;
use crate::data::text_column::MOST_VALUES;
use crate::data::{Column, ColumnType, ColumnValues, TextColumn};
use std::ops::Range;

/// Rows of which a column's cells are looked at together: few enough to stay in the nearest cache.
const BATCH: usize = 2048;

/// What a thread keeps from block to block.
#[derive(Default)]
pub(super) struct Scratch {
    index: Index,
    cells: Vec<Cell>,
    /// For each column of the request.
    columns: Vec<Remembered>,
}

/// Of one column.
#[derive(Default)]
struct Remembered {
    words: Words,
    /// Has had too many different texts for a dictionary.
    is_diverse: bool,
}

/// How the cells of a column are read at once.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kernel {
    Text,
    /// Of a key that is only marked.
    Marks,
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
    fn of(plan: &TablePlan, column: usize) -> Kernel {
        let of = &plan.columns[column];
        match (of.cell.ty, of.target) {
            _ if plan.marked == Some(column) => Kernel::Marks,
            (ColumnType::Text, None) => Kernel::Text,
            (ColumnType::Text, Some(_)) if of.deferred => Kernel::Text,
            (ColumnType::Text, Some((table, _))) => Kernel::TextKey(table),
            (ColumnType::Integer, Some((_, form))) if form.is_integer() && of.deferred => {
                Kernel::Integer
            }
            (ColumnType::Integer, Some((table, form))) if form.is_integer() => {
                Kernel::IntegerKey(table)
            }
            (_, Some(_)) => Kernel::None,
            (ColumnType::Date, None) if of.cell.format.is_none() => Kernel::Date,
            (ColumnType::Number | ColumnType::Money(_), None) => Kernel::Decimal,
            (ColumnType::Integer, None) => Kernel::Integer,
            (ColumnType::YesNo, None) => Kernel::YesNo,
            (ColumnType::Enum(_), None) => Kernel::Enum,
            _ => Kernel::None,
        }
    }
}

/// Reads a block of whole rows; `None` where it must be looked at row by row.
pub(super) fn read(
    layout: &Layout,
    plan: &TablePlan,
    keys: &[Keys],
    (text, block): (&str, &Block),
    scratch: &mut Scratch,
) -> Option<Chunk> {
    let Scratch {
        index,
        cells,
        columns,
    } = scratch;
    if !index.read(
        text.as_bytes(),
        block.newlines,
        layout.width,
        layout.dialect,
    ) {
        return None;
    }
    columns.resize_with(plan.columns.len(), Remembered::default);
    let mut chunk = Chunk::new(plan);
    for (column, remembered) in columns.iter_mut().enumerate() {
        let place = layout.columns[column];
        let reader = ColumnReader {
            plan,
            keys,
            column,
            source: Source {
                text,
                index,
                place,
                is_last: place + 1 == layout.width,
            },
        };
        reader.read(&mut chunk, cells, remembered)?;
    }
    chunk.rows = index.rows;
    match &index.lines {
        None => chunk.lines.push_run(block.first_line, index.rows),
        Some(lines) => lines
            .iter()
            .for_each(|line| chunk.lines.push(block.first_line + u64::from(*line))),
    }
    Some(chunk)
}

/// Reads one column of a block.
struct ColumnReader<'r> {
    plan: &'r TablePlan<'r>,
    keys: &'r [Keys],
    column: usize,
    source: Source<'r>,
}

impl<'r> ColumnReader<'r> {
    fn of(&self) -> &'r ColumnPlan<'r> {
        &self.plan.columns[self.column]
    }

    /// Fills the chunk's column; `None` where a cell cannot be read.
    fn read(
        &self,
        chunk: &mut Chunk,
        at: &mut Vec<Cell>,
        remembered: &mut Remembered,
    ) -> Option<()> {
        let kernel = Kernel::of(self.plan, self.column);
        if kernel == Kernel::Text && !remembered.is_diverse {
            if let Some(column) = self.dictionary(at, remembered) {
                chunk.columns[self.column].column = column;
                return Some(());
            }
        }
        for rows in self.batches() {
            let missing = self.source.gather(rows.clone(), at)?;
            let taken = match kernel {
                Kernel::Marks if missing == 0 => {
                    chunk.marks.extend(self.cells(at).texts());
                    true
                }
                Kernel::Marks | Kernel::None => false,
                kernel => {
                    let builder = &mut chunk.columns[self.column];
                    self.batch(kernel, missing, builder, at, &mut remembered.words)
                }
            };
            if !taken {
                self.one_by_one(chunk, rows, at)?;
            }
        }
        Some(())
    }

    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let rows = self.source.index.rows;
        let batch = move |from| from..rows.min(from + BATCH);
        (0..rows).step_by(BATCH).map(batch)
    }

    fn cells<'c>(&self, at: &'c [Cell]) -> Cells<'c>
    where
        'r: 'c,
    {
        Cells {
            block: self.source.text,
            at,
        }
    }

    /// Whether an empty cell is simply left out.
    fn may_miss(&self) -> bool {
        self.of().default.is_none() && self.of().request.optional
    }

    /// A batch by a kernel; `false`, and nothing appended, where that cannot be.
    fn batch(
        &self,
        kernel: Kernel,
        missing: usize,
        builder: &mut ColumnBuilder,
        at: &mut Vec<Cell>,
        words: &mut Words,
    ) -> bool {
        if missing > 0 && !self.may_miss() {
            return false;
        }
        let (before, rows) = (builder.len(), at.len());
        let column = &mut builder.column;
        if missing > 0 {
            let valid = column.valid.get_or_insert_with(|| vec![true; before]);
            valid.extend(at.iter().map(|cell| cell.0 < cell.1));
        } else if let Some(valid) = &mut column.valid {
            valid.resize(before + rows, true);
        }
        // A text that is missing is empty; other values have no such cell.
        let leaves_out = missing > 0 && kernel != Kernel::Text;
        if leaves_out {
            at.retain(|cell| cell.0 < cell.1);
        }
        if !self.run(kernel, &mut column.values, self.cells(at), words) {
            builder.truncate(before);
            return false;
        }
        if let (true, Some(valid)) = (leaves_out, &column.valid) {
            column.values.spread(before, &valid[before..]);
        }
        true
    }

    fn run(
        &self,
        kernel: Kernel,
        values: &mut ColumnValues,
        cells: Cells,
        words: &mut Words,
    ) -> bool {
        use ColumnValues as V;
        match (kernel, values) {
            (Kernel::Text, V::Text(column)) => {
                cells.texts().for_each(|text| column.push(text));
                true
            }
            (Kernel::Date, V::Date(values)) => kernels::dates(cells, values),
            (Kernel::Decimal, values) => kernels::decimals(cells, values),
            (Kernel::Integer, V::Integer(values)) => kernels::integers(cells, values),
            (Kernel::YesNo, V::YesNo(values)) => {
                self.looked_up(cells, words, values, |meaning| meaning == 1)
            }
            (Kernel::Enum, V::Enum(values)) => {
                self.looked_up(cells, words, values, |meaning| meaning)
            }
            (Kernel::TextKey(table), V::Reference(codes)) => {
                self.keys[table].find_all(cells.texts(), codes)
            }
            (Kernel::IntegerKey(table), V::Reference(codes)) => {
                let mut numbers = Vec::new();
                kernels::integers(cells, &mut numbers)
                    && self.keys[table].find_all_integers(numbers.into_iter(), codes)
            }
            _ => false,
        }
    }

    /// Cells of which few are different, each read once.
    fn looked_up<T: Default>(
        &self,
        cells: Cells,
        words: &mut Words,
        values: &mut Vec<T>,
        value: impl Fn(u32) -> T,
    ) -> bool {
        words.make_room();
        let ty = &self.of().cell;
        let learn = |text: &str| match ty.parse(text) {
            Ok(Scalar::YesNo(yes)) => Some(u32::from(yes)),
            Ok(Scalar::Enum(place)) => Some(place),
            _ => None,
        };
        let same = |place: u32, text: &str| match ty.ty {
            ColumnType::Enum(names) => names[place as usize] == text,
            _ => false,
        };
        let mut known = true;
        values.extend(cells.at.iter().map(|cell| {
            let meaning = words.meaning(cells, *cell, same, learn);
            known &= meaning.is_some();
            meaning.map(&value).unwrap_or_default()
        }));
        known
    }

    /// The whole column as a dictionary; `None` where that cannot be.
    fn dictionary(&self, at: &mut Vec<Cell>, remembered: &mut Remembered) -> Option<Column> {
        let words = &mut remembered.words;
        words.clear();
        let mut codes: Vec<u16> = Vec::with_capacity(self.source.index.rows);
        let mut values = TextColumn::new();
        let mut valid: Option<Vec<bool>> = None;
        for rows in self.batches() {
            let missing = self.source.gather(rows.clone(), at)?;
            if missing > 0 && !self.may_miss() {
                return None;
            }
            if missing > 0 || valid.is_some() {
                let valid = valid.get_or_insert_with(|| vec![true; rows.start]);
                valid.extend(at.iter().map(|cell| cell.0 < cell.1));
            }
            if !encode(self.cells(at), words, &mut values, &mut codes) {
                remembered.is_diverse = true;
                return None;
            }
        }
        Some(Column {
            values: ColumnValues::Text(TextColumn::from_dictionary(codes, values)),
            valid,
        })
    }

    /// As row by row, where a kernel does not know a cell.
    fn one_by_one(&self, chunk: &mut Chunk, rows: Range<usize>, at: &mut Vec<Cell>) -> Option<()> {
        self.source.gather(rows, at)?;
        for text in self.cells(at).texts() {
            // If it has a fault, the line is told by whoever reads the block again.
            chunk.text(self.plan, self.keys, self.column, 0, text);
        }
        chunk.faults.is_empty().then_some(())
    }
}

/// Appends each text's place among `values`; `false` where these become too many.
fn encode(cells: Cells, words: &mut Words, values: &mut TextColumn, codes: &mut Vec<u16>) -> bool {
    for cell in cells.at {
        let (known, values) = (values.len(), &mut *values);
        let code = match words.find(cells, *cell, |code, text| values.get(code as usize) == text) {
            Found::Known(code) => code,
            Found::Unknown(_) if known == MOST_VALUES => return false,
            Found::Unknown(slot) => {
                values.push(cells.text(*cell));
                words.learn(slot, known as u32);
                known as u32
            }
        };
        codes.push(code as u16);
    }
    true
}

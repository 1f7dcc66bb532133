//! A batch of rows, reduced to what aggregates take from it.

use super::super::vectors::{expand, read, sliced};
use super::super::{EvalError, Evaluator, Frame, Rows, mask};
use super::pass::{Input, Pass, Selection};
use crate::data::ColumnValues;
use crate::plan::NodeId;
use crate::vector::{Values, Vector};
use std::borrow::Cow;
use std::rc::Rc;

/// Which rows of a batch count.
#[derive(Debug, Clone)]
pub(in super::super) struct Mask {
    /// By place: 0 does not, [`mask::YES`] counts, [`mask::UNKNOWN`] counts as unknown.
    pub flags: Vec<u8>,
    pub count: usize,
    /// The places that count, where they are few.
    pub few: Option<Vec<u32>>,
}

/// Rows are few if they are not one in so many.
const FEW: usize = 16;

/// Values of a batch's rows, one for each.
pub(super) enum Taken<'a> {
    Days(Cow<'a, [i32]>),
    /// With a bound of their magnitudes.
    Longs(Cow<'a, [i64]>, u64),
    /// Billionths.
    Wide(Cow<'a, [i128]>),
    /// As the kernels give them, for what is not compact; a constant has one.
    Vector(Rc<Vector<'a>>),
}

/// What the aggregates of a [`Pass`] take from a batch of rows.
pub(super) struct Batch<'a> {
    /// By place: the holder; of a row that has none, anything.
    pub holders: Cow<'a, [u32]>,
    /// By selection.
    pub masks: Vec<Mask>,
    /// By input.
    pub inputs: Vec<Taken<'a>>,
    /// By the pass's columns of dates.
    pub dates: Vec<Vector<'a>>,
    /// The table's rows by place, for what goes by their order.
    pub rows: Rows<'a>,
}

impl Evaluator<'_> {
    /// Reduces a batch to what counts. Rows that do not cannot fail.
    pub(super) fn reduce<'a>(
        &'a self,
        pass: &Pass<'_>,
        frame: &Frame<'_, 'a>,
        references: Vector<'a>,
    ) -> Result<Batch<'a>, EvalError> {
        let mut masks: Vec<Mask> = Vec::with_capacity(pass.selections.len());
        let mut values = Vec::with_capacity(pass.selections.len());
        for (place, selection) in pass.selections.iter().enumerate() {
            // The same rows but for a value that must be known.
            let base = Selection {
                value: None,
                ..*selection
            };
            let made = pass.selections[..place].iter().position(|s| *s == base);
            let mask = match made {
                Some(made) => masks[made].flags.clone(),
                None => self.without_value(&base, frame, &references)?,
            };
            let (mask, value) = self.with_known(selection, mask, pass.table, frame)?;
            masks.push(mask);
            values.push(value);
        }
        let inputs = pass.inputs.iter().map(|input| {
            let value = input.selection.and_then(|s| values[s].clone());
            self.taken(input, value, pass.table, frame)
        });
        let inputs = inputs.collect();
        let dates = pass.dated.iter().map(|column| {
            let column = &self.data.tables[frame.table].columns[*column];
            read(column, &frame.rows)
        });
        let dates = dates.collect();
        let rows = match &frame.rows {
            Rows::Range { start, len } => Rows::Range {
                start: *start,
                len: *len,
            },
            Rows::Indices(rows) => Rows::Indices(Cow::Owned(rows.to_vec())),
        };
        let references = expand(&references, frame.len());
        let Values::Reference(holders) = references.values else {
            unreachable!("checked: a reference")
        };
        Ok(Batch {
            holders,
            masks,
            inputs,
            dates,
            rows,
        })
    }

    /// The rows of a selection, and its value where that is computed.
    pub(in super::super) fn select<'a>(
        &'a self,
        selection: &Selection,
        table: usize,
        frame: &Frame<'_, 'a>,
        references: &Vector<'_>,
    ) -> Result<(Mask, Option<Rc<Vector<'a>>>), EvalError> {
        let mask = self.without_value(selection, frame, references)?;
        self.with_known(selection, mask, table, frame)
    }

    /// The rows with a holder that are there and for which the filter holds.
    fn without_value<'a>(
        &'a self,
        selection: &Selection,
        frame: &Frame<'_, 'a>,
        references: &Vector<'_>,
    ) -> Result<Vec<u8>, EvalError> {
        let mut mask = vec![mask::YES; frame.len()];
        mask::keep_known(&mut mask, references);
        if let Some(there) = selection.there {
            let there = self.get_where(there, frame, &mask)?;
            mask::keep_true(&mut mask, &there);
        }
        if let Some(filter) = selection.filter {
            let filter = self.get_where(filter, frame, &mask)?;
            match selection.kleene {
                true => mask::keep_not_false(&mut mask, &filter),
                false => mask::keep_true(&mut mask, &filter),
            }
        }
        Ok(mask)
    }

    /// Of these rows those whose value is known, and under Kleene not false.
    fn with_known<'a>(
        &'a self,
        selection: &Selection,
        mut mask: Vec<u8>,
        table: usize,
        frame: &Frame<'_, 'a>,
    ) -> Result<(Mask, Option<Rc<Vector<'a>>>), EvalError> {
        let mut value = None;
        if let Some(node) = selection.value {
            if let Some(column) = self.column_of(node, table) {
                if let Some(valid) = &column.valid {
                    mask::keep(&mut mask, &sliced(valid, &frame.rows));
                }
            } else {
                let vector = self.get_where(node, frame, &mask)?;
                mask::keep_known(&mut mask, &vector);
                if let (true, Values::YesNo(values)) = (selection.kleene, &vector.values) {
                    mask::keep(&mut mask, values);
                }
                value = Some(vector);
            }
        }
        Ok((Mask::new(mask), value))
    }

    fn taken<'a>(
        &'a self,
        input: &Input,
        value: Option<Rc<Vector<'a>>>,
        table: usize,
        frame: &Frame<'_, 'a>,
    ) -> Taken<'a> {
        if let Some(vector) = value {
            if !input.compact {
                return Taken::Vector(vector);
            }
            let vector = Rc::try_unwrap(vector).unwrap_or_else(|shared| (*shared).clone());
            return match expand_owned(vector, frame.len()).values {
                Values::Date(days) => Taken::Days(days),
                Values::Integer(v) | Values::DateTime(v) | Values::Duration(v) => longs(v),
                Values::Decimal(v) => Taken::Wide(v),
                Values::Time(v) | Values::Enum(v) | Values::Reference(v) => widened(&v),
                Values::YesNo(_) | Values::Text(_) => unreachable!("checked: what has a size"),
            };
        }
        let Some(column) = self.column_of(input.node, table) else {
            unreachable!("a value without selection lies in a column")
        };
        if !input.compact {
            return Taken::Vector(Rc::new(read(column, &frame.rows)));
        }
        match &column.values {
            ColumnValues::Date(v) => Taken::Days(sliced(v, &frame.rows)),
            ColumnValues::Integer(v)
            | ColumnValues::DateTime(v)
            | ColumnValues::Duration(v)
            | ColumnValues::Decimal { values: v, .. } => longs(sliced(v, &frame.rows)),
            ColumnValues::WideDecimal(v) => Taken::Wide(sliced(v, &frame.rows)),
            ColumnValues::Time(v) | ColumnValues::Enum(v) | ColumnValues::Reference(v) => {
                widened(&sliced(v, &frame.rows))
            }
            ColumnValues::YesNo(_) | ColumnValues::Text(_) => {
                unreachable!("checked: what has a size")
            }
        }
    }

    /// The node's value at least where the mask says; elsewhere it cannot fail.
    fn get_where<'a>(
        &'a self,
        node: NodeId,
        frame: &Frame<'_, 'a>,
        mask: &[u8],
    ) -> Result<Rc<Vector<'a>>, EvalError> {
        // As `get_at` has it, without the places.
        if mask::count(mask) * 8 >= mask.len()
            && let Ok(vector) = self.get(node, frame)
        {
            return Ok(vector);
        }
        self.get_at(node, frame, &mask::places_of(mask))
    }
}

impl Mask {
    fn new(flags: Vec<u8>) -> Mask {
        let count = mask::count(&flags);
        let few = (count * FEW < flags.len()).then(|| mask::places_of(&flags));
        Mask { flags, count, few }
    }

    /// The places that count, ascending.
    pub fn places(&self) -> impl Iterator<Item = u32> {
        let counting = (0..).zip(&self.flags).filter(|(_, flag)| **flag != 0);
        counting.map(|(place, _)| place)
    }
}

fn expand_owned(vector: Vector<'_>, rows: usize) -> Vector<'_> {
    if vector.values.len() == rows {
        return vector;
    }
    expand(&vector, rows)
}

fn widened<'a>(values: &[u32]) -> Taken<'a> {
    longs(values.iter().map(|v| i64::from(*v)).collect())
}

fn longs(values: Cow<'_, [i64]>) -> Taken<'_> {
    // The bits that any magnitude has: of a negative number, of one less.
    let bits = values.iter().fold(0, |bits, v| bits | (v ^ (v >> 63)));
    Taken::Longs(values, bits as u64 + 1)
}

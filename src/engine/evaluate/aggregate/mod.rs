//! One value for each holder, from the rows that refer to it.
//!
//! A batch of the aggregated rows is first reduced to a [`Part`] for each aggregate: which rows count, for
//! whom, and with which value. [`fold::Fold`]s then take the parts up. Every fold gives the same whatever the
//! order of the rows: sums are exact, ties are broken by dates, keys and values.

mod children;
mod correlated;
mod distinct;
pub(super) mod fold;
mod kinds;
mod lists;
mod numbers;
mod order;

pub use children::Children;

use super::columns::into_column;
use super::kernels::logic::flags;
use super::{EvalError, Evaluator, Frame, Rows};
use crate::data::Column;
use crate::hir::AggregateOp;
use crate::plan::{Aggregate, NodeId};
use crate::vector::{RowErrorCause, Values, Vector};
use fold::Fold;
use std::borrow::Cow;
use std::rc::Rc;

/// What one aggregate takes from a batch of rows.
pub(super) struct Part<'a> {
    /// The places in the batch that count, ascending.
    pub(super) places: Vec<u32>,
    /// For each of `places`, whose it is.
    holders: Vec<u32>,
    /// For each of `places`, whether its condition is true rather than unknown (`any` and `no`, else empty).
    certain: Vec<bool>,
    /// By place in the batch.
    pub(super) value: Option<Vector<'a>>,
    /// By place in the batch; for whatever goes by order.
    dates: Option<Vector<'a>>,
    /// The table's rows, by place in the batch; for whatever goes by order.
    rows: Rows<'static>,
}

/// A holder whose value does not fit its type.
pub(super) struct HolderError {
    pub(super) holder: usize,
    pub(super) cause: RowErrorCause,
}

impl Evaluator<'_> {
    /// One pass over the rows of a table for aggregates that go by the same reference.
    pub(super) fn aggregates(
        &self,
        holder: usize,
        group: &[&Aggregate],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Column>, EvalError> {
        let (table, by) = (group[0].table, group[0].by);
        let holders = self.data.tables[holder].rows;
        let mut folds: Vec<Box<dyn Fold + '_>> = group
            .iter()
            .map(|aggregate| fold::start(self, aggregate, holders))
            .collect();
        self.batches(
            self.data.tables[table].rows,
            |start, len| {
                let frame = Frame::range(table, start, len);
                let references =
                    super::vectors::read(&self.data.tables[table].columns[by], &frame.rows);
                let parts: Result<Vec<Part<'_>>, EvalError> = group
                    .iter()
                    .map(|aggregate| self.part(aggregate, &frame, &references))
                    .collect();
                progress(len);
                parts
            },
            |batches| {
                for (i, fold) in folds.iter_mut().enumerate() {
                    let parts: Vec<&Part<'_>> = batches.iter().map(|parts| &parts[i]).collect();
                    fold.absorb(&parts);
                }
            },
        )?;
        let finished = folds.into_iter().zip(group).map(|(fold, aggregate)| {
            fold.finish().map(into_column).map_err(|error| EvalError {
                table: holder,
                row: error.holder,
                node: aggregate.value.unwrap_or(NodeId(0)),
                cause: error.cause,
            })
        });
        finished.collect()
    }

    /// Reduces a batch to what counts. Rows that do not cannot fail.
    pub(super) fn part<'a>(
        &'a self,
        aggregate: &Aggregate,
        frame: &Frame<'_, 'a>,
        references: &Vector<'a>,
    ) -> Result<Part<'a>, EvalError> {
        let mut counts = vec![true; frame.len()];
        keep_known(&mut counts, references);
        if let Some(there) = aggregate.there {
            let there = self.get_where(there, frame, &counts)?;
            keep_true(&mut counts, &there);
        }
        let kleene = matches!(aggregate.op, AggregateOp::Any | AggregateOp::No);
        let mut filter = None;
        if let Some(node) = aggregate.filter {
            let vector = self.get_where(node, frame, &counts)?;
            if kleene {
                keep_not_false(&mut counts, &vector);
                filter = Some(vector);
            } else {
                keep_true(&mut counts, &vector);
            }
        }
        let mut value = None;
        if let Some(node) = aggregate.value {
            let vector = self.get_where(node, frame, &counts)?;
            keep_known(&mut counts, &vector);
            value = Some(Rc::try_unwrap(vector).unwrap_or_else(|shared| (*shared).clone()));
        }
        let places = places_of(&counts);
        let certain = match (kleene, filter) {
            (false, _) => Vec::new(),
            (true, None) => vec![true; places.len()],
            (true, Some(filter)) => places.iter().map(|p| filter.holds(*p as usize)).collect(),
        };
        let ordered = order::goes_by_order(aggregate.op);
        let dates = aggregate.dated.filter(|_| ordered).map(|column| {
            super::vectors::read(&self.data.tables[frame.table].columns[column], &frame.rows)
        });
        let rows = match &frame.rows {
            Rows::Range { start, len } => Rows::Range {
                start: *start,
                len: *len,
            },
            Rows::Indices(rows) if ordered => Rows::Indices(Cow::Owned(rows.to_vec())),
            Rows::Indices(_) => Rows::Range { start: 0, len: 0 },
        };
        Ok(Part {
            holders: holders_of(references, &places),
            places,
            certain,
            value,
            dates,
            rows,
        })
    }

    /// The node's value at least where the mask says; elsewhere it cannot fail.
    fn get_where<'a>(
        &'a self,
        node: NodeId,
        frame: &Frame<'_, 'a>,
        mask: &[bool],
    ) -> Result<Rc<Vector<'a>>, EvalError> {
        let count = mask.iter().filter(|m| **m).count();
        // As `get_at` has it, without the places.
        if count * 8 >= mask.len()
            && let Ok(vector) = self.get(node, frame)
        {
            return Ok(vector);
        }
        self.get_at(node, frame, &places_of(mask))
    }
}

fn places_of(mask: &[bool]) -> Vec<u32> {
    let mut places = Vec::with_capacity(mask.len());
    let counting = mask.iter().enumerate().filter(|(_, m)| **m);
    places.extend(counting.map(|(place, _)| place as u32));
    places
}

fn holders_of(references: &Vector<'_>, places: &[u32]) -> Vec<u32> {
    let Values::Reference(targets) = &references.values else {
        unreachable!("checked: a reference")
    };
    let holder = |p: &u32| targets[references.place(*p as usize)];
    places.iter().map(holder).collect()
}

fn keep(mask: &mut [bool], other: &[bool]) {
    match other {
        [true] => {}
        [false] => mask.fill(false),
        _ => mask.iter_mut().zip(other).for_each(|(m, o)| *m &= *o),
    }
}

fn keep_known(mask: &mut [bool], vector: &Vector<'_>) {
    if let Some(valid) = &vector.valid {
        keep(mask, valid);
    }
}

fn keep_true(mask: &mut [bool], condition: &Vector<'_>) {
    keep_known(mask, condition);
    keep(mask, flags(condition));
}

/// Unknown is kept; only what is false is out.
fn keep_not_false(mask: &mut [bool], condition: &Vector<'_>) {
    let values = flags(condition);
    for (place, m) in mask.iter_mut().enumerate() {
        *m &= values[condition.place(place)] || !condition.is_valid(place);
    }
}

//! One value for each holder, from the rows that refer to it.
//!
//! A batch of the aggregated rows is first reduced to a [`Part`] for each aggregate: which rows count, for
//! whom, and with which value. [`fold::Fold`]s then take the parts up. Every fold gives the same whatever the
//! order of the rows: sums are exact, ties are broken by dates, keys and values.

mod children;
mod correlated;
mod distinct;
mod fold;
mod kinds;
mod numbers;
mod order;

pub use children::Children;

use super::columns::into_column;
use super::{EvalError, Evaluator, Frame, Rows};
use crate::data::Column;
use crate::hir::AggregateOp;
use crate::plan::{Aggregate, NodeId};
use crate::vector::{RowErrorCause, Values, Vector};
use fold::Fold;
use std::borrow::Cow;

/// What one aggregate takes from a batch of rows.
pub(super) struct Part<'a> {
    /// The places in the batch that count, ascending.
    places: Vec<u32>,
    /// For each of `places`, whose it is.
    holders: Vec<u32>,
    /// For each of `places`, whether its condition is true rather than unknown (`any` and `no`, else empty).
    certain: Vec<bool>,
    /// By place in the batch.
    value: Option<Vector<'a>>,
    /// By place in the batch; for whatever goes by order.
    dates: Option<Vector<'a>>,
    /// The table's rows, by place in the batch; for whatever goes by order.
    rows: Rows<'static>,
}

/// A holder whose value does not fit its type.
pub(super) struct HolderError {
    holder: usize,
    cause: RowErrorCause,
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
    fn part<'a>(
        &'a self,
        aggregate: &Aggregate,
        frame: &Frame<'_, 'a>,
        references: &Vector<'a>,
    ) -> Result<Part<'a>, EvalError> {
        let mut places: Vec<u32> = (0..frame.len() as u32)
            .filter(|p| references.is_valid(*p as usize))
            .collect();
        if let Some(there) = aggregate.there {
            let there = self.get_at(there, frame, &places)?;
            places.retain(|p| there.holds(*p as usize));
        }
        let kleene = matches!(aggregate.op, AggregateOp::Any | AggregateOp::No);
        let mut certain = Vec::new();
        if let Some(filter) = aggregate.filter {
            let filter = self.get_at(filter, frame, &places)?;
            if kleene {
                // Unknown is kept; only what is false is out.
                let holds = |p: &u32| filter.holds(*p as usize);
                places.retain(|p| holds(p) || !filter.is_valid(*p as usize));
                certain = places.iter().map(holds).collect();
            } else {
                places.retain(|p| filter.holds(*p as usize));
            }
        } else if kleene {
            certain = vec![true; places.len()];
        }
        let mut value = None;
        if let Some(node) = aggregate.value {
            let of = self.get_at(node, frame, &places)?;
            let known = |p: u32| of.is_valid(p as usize);
            if of.valid.is_some() && kleene {
                certain = std::iter::zip(&places, &certain)
                    .filter(|(p, _)| known(**p))
                    .map(|(_, certain)| *certain)
                    .collect();
            }
            if of.valid.is_some() {
                places.retain(|p| known(*p));
            }
            value = Some((*of).clone());
        }
        let ordered = order::goes_by_order(aggregate.op);
        let dates = aggregate.dated.filter(|_| ordered).map(|column| {
            super::vectors::read(&self.data.tables[frame.table].columns[column], &frame.rows)
        });
        let Values::Reference(targets) = &references.values else {
            unreachable!("checked: a reference")
        };
        let holders = places
            .iter()
            .map(|p| targets[references.place(*p as usize)])
            .collect();
        Ok(Part {
            places,
            holders,
            certain,
            value,
            dates,
            rows: match &frame.rows {
                Rows::Range { start, len } => Rows::Range {
                    start: *start,
                    len: *len,
                },
                Rows::Indices(rows) if ordered => Rows::Indices(Cow::Owned(rows.to_vec())),
                Rows::Indices(_) => Rows::Range { start: 0, len: 0 },
            },
        })
    }
}

//! One value for each holder, from the rows that refer to it.
//!
//! A batch of the aggregated rows is first reduced to what a group of aggregates takes from it ([`batch`]): which rows
//! count, for whom, and with which values, each found once for all of them ([`pass`]). [`accumulator`]s then take the
//! rows up. Every one gives the same whatever the order of the rows: sums are exact, ties are broken by dates, keys
//! and values.

mod accumulator;
mod batch;
mod children;
mod correlated;
mod distinct;
mod extremes;
mod fold;
mod kinds;
mod lists;
mod numbers;
mod order;
mod pass;
mod stripes;

pub(super) use accumulator::Folds;
pub use children::Children;
pub(super) use pass::{Pass, Selection};

use super::columns::{appended, into_column};
use super::vectors::read;
use super::{EvalError, Evaluator};
use crate::data::Column;
use crate::plan::{Aggregate, NodeId};
use crate::vector::RowErrorCause;
use accumulator::Accumulator;
use pass::Made;
use rayon::prelude::*;

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
        let pass = Pass::new(self, group);
        let holders = self.data.tables[holder].rows;
        let references = &self.data.tables[table].columns[by];
        let references = |start, len| read(references, &super::Rows::Range { start, len });
        let folds = self.fold_rows(&pass, holders, references, progress)?;
        let finished = self.finish(&pass, folds).into_iter().zip(group);
        let columns = finished.map(|(column, aggregate)| {
            column.map_err(|error| EvalError {
                table: holder,
                row: error.holder,
                node: aggregate.value.unwrap_or(NodeId(0)),
                cause: error.cause,
            })
        });
        columns.collect()
    }

    /// The values of each of the pass's aggregates, one for each holder, or the first holder whose value does not fit.
    pub(super) fn finish(
        &self,
        pass: &Pass<'_>,
        mut folds: Vec<Folds<'_>>,
    ) -> Vec<Result<Column, HolderError>> {
        let of = |folds: &mut Folds<'_>| -> Vec<Result<Column, HolderError>> {
            (0..pass.group.len())
                .map(|place| self.result(pass, place, folds))
                .collect()
        };
        let mut stripes: Vec<_> = match &mut folds[..] {
            [folds] => vec![of(folds)],
            folds => folds.par_iter_mut().map(of).collect(),
        };
        let mut out = stripes.remove(0);
        for stripe in stripes {
            for (column, more) in out.iter_mut().zip(stripe) {
                // The first error stays.
                if let Ok(found) = column {
                    match more {
                        Ok(more) => appended(found, more),
                        Err(error) => *column = Err(error),
                    }
                }
            }
        }
        out
    }

    /// The values of one aggregate for the holders of a stripe.
    fn result(
        &self,
        pass: &Pass<'_>,
        place: usize,
        folds: &mut Folds<'_>,
    ) -> Result<Column, HolderError> {
        let aggregate = pass.group[place];
        let ty = aggregate.value.map(|value| self.plan.nodes.ty(value));
        let ty = ty.unwrap_or(aggregate.ty);
        let scale = aggregate.value.and_then(|v| self.scale_of(v, pass.table));
        let first = folds.first;
        let kept = &mut folds.accumulators;
        let column = match pass.made[place] {
            Made::Average { sum, count } => match (&kept[sum].2, &kept[count].2) {
                (Accumulator::Sum(sums), Accumulator::Count(counts)) => {
                    sums.averages(counts, ty, scale)
                }
                _ => unreachable!("an average is made of a sum and a count"),
            },
            Made::Of(kept_at) => Ok(match &mut kept[kept_at].2 {
                Accumulator::Count(counts) => numbers::counted(aggregate, counts),
                Accumulator::Seen(seen) => numbers::condition(aggregate, seen),
                Accumulator::Sum(sums) => return of_stripe(first, sums.summed(ty, scale)),
                Accumulator::Days(best) => extremes::days(best),
                Accumulator::Longs(best) => extremes::of_type(best, ty, scale),
                Accumulator::Wide(best) => extremes::decimals(best),
                Accumulator::Fold(fold, _) => into_column(fold.finish()),
            }),
        };
        of_stripe(first, column)
    }
}

/// With the holder counted from the first of all.
fn of_stripe(first: usize, column: Result<Column, HolderError>) -> Result<Column, HolderError> {
    column.map_err(|error| HolderError {
        holder: first + error.holder,
        ..error
    })
}

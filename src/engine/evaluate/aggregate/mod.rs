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
mod states;
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
        mut stripes: Vec<Folds<'_>>,
    ) -> Vec<Result<Column, HolderError>> {
        match &mut stripes[..] {
            [only] => only.states.turn(),
            stripes => stripes.par_iter_mut().for_each(|s| s.states.turn()),
        }
        (0..pass.group.len())
            .map(|place| self.result(pass, place, &mut stripes))
            .collect()
    }

    /// The values of one aggregate for all holders.
    fn result(
        &self,
        pass: &Pass<'_>,
        place: usize,
        stripes: &mut [Folds<'_>],
    ) -> Result<Column, HolderError> {
        let aggregate = pass.group[place];
        let ty = aggregate.value.map(|value| self.plan.nodes.ty(value));
        let ty = ty.unwrap_or(aggregate.ty);
        let scale = aggregate.value.and_then(|v| self.scale_of(v, pass.table));
        let kept = &stripes[0].accumulators;
        match pass.made[place] {
            Made::Average { sum, count } => match kept[count].2 {
                Accumulator::Count(count) => numbers::averages(stripes, (sum, count), ty, scale),
                _ => unreachable!("an average is made of a sum and a count"),
            },
            Made::Of(place) => match kept[place].2 {
                Accumulator::Count(field) => Ok(numbers::counted(aggregate, stripes, field)),
                Accumulator::Seen(field) => Ok(numbers::condition(aggregate, stripes, field)),
                Accumulator::Sum(_) => numbers::summed(stripes, place, ty, scale),
                Accumulator::Days(_) => Ok(extremes::days(stripes, place)),
                Accumulator::Longs(_) => Ok(extremes::of_type(stripes, place, ty, scale)),
                Accumulator::Wide(_) => Ok(extremes::decimals(stripes, place)),
                Accumulator::Fold(..) => Ok(folded(stripes, place)),
            },
        }
    }
}

/// What folds by themselves give, stripe after stripe.
fn folded(stripes: &mut [Folds<'_>], place: usize) -> Column {
    let of = |stripe: &mut Folds<'_>| match &mut stripe.accumulators[place].2 {
        Accumulator::Fold(fold, _) => into_column(fold.finish()),
        _ => unreachable!("the same of each stripe"),
    };
    let mut columns: Vec<Column> = match stripes {
        [only] => vec![of(only)],
        stripes => stripes.par_iter_mut().map(of).collect(),
    };
    let mut out = columns.remove(0);
    for more in columns {
        appended(&mut out, more);
    }
    out
}

//! Folds over parts of rows: one state for each holder, each thread with holders of its own.

use super::super::{BATCH, Evaluator};
use super::kinds::with_kind;
use super::{HolderError, Part, distinct, lists, numbers, order};
use crate::hir::AggregateOp;
use crate::plan::Aggregate;
use crate::vector::Vector;
use rayon::prelude::*;

/// An aggregate in the making.
pub(in super::super) trait Fold: Send {
    fn absorb(&mut self, parts: &[&Part<'_>]);
    /// One value for each holder.
    fn finish(self: Box<Self>) -> Result<Vector<'static>, HolderError>;
}

/// What an aggregate does with one row.
pub(super) trait Operation: Send + Sync {
    type State: Default + Clone + Send;
    /// A part's values, opened once for all its rows.
    type Input<'p>: Sync;

    fn open<'p>(&self, part: &'p Part<'p>) -> Self::Input<'p>;
    /// Takes up the row that is `i`th among the part's rows that count, at `place` of its batch.
    fn add(&self, state: &mut Self::State, input: &Self::Input<'_>, i: usize, place: usize);
    fn finish(&self, states: Vec<Self::State>) -> Result<Vector<'static>, HolderError>;
}

struct Folding<O: Operation> {
    operation: O,
    states: Vec<O::State>,
}

impl<O: Operation> Fold for Folding<O> {
    fn absorb(&mut self, parts: &[&Part<'_>]) {
        let operation = &self.operation;
        let rows: usize = parts.iter().map(|part| part.places.len()).sum();
        let threads = match rows < 2 * BATCH {
            true => 1,
            false => rayon::current_num_threads(),
        };
        if threads == 1 {
            parts
                .iter()
                .for_each(|part| add_part(operation, part, 0, &mut self.states));
            return;
        }
        // Each holder belongs to one thread, which sees the rows in their order: nothing to merge, nothing
        // that depends on the number of threads.
        let share = self.states.len().div_ceil(threads).max(1);
        let shares = self.states.par_chunks_mut(share).enumerate();
        shares.for_each(|(i, states)| {
            for part in parts {
                add_part(operation, part, i * share, states);
            }
        });
    }

    fn finish(self: Box<Self>) -> Result<Vector<'static>, HolderError> {
        self.operation.finish(self.states)
    }
}

/// Adds the rows of the holders from `first` on, as many as there are states.
fn add_part<O: Operation>(operation: &O, part: &Part<'_>, first: usize, states: &mut [O::State]) {
    let input = operation.open(part);
    for (i, (place, holder)) in std::iter::zip(&part.places, &part.holders).enumerate() {
        if let Some(state) = states.get_mut((*holder as usize).wrapping_sub(first)) {
            operation.add(state, &input, i, *place as usize);
        }
    }
}

/// The fold of an aggregate, nothing absorbed yet.
pub(in super::super) fn start<'e>(
    evaluator: &'e Evaluator<'_>,
    aggregate: &Aggregate,
    holders: usize,
) -> Box<dyn Fold + 'e> {
    fn fold<'e, O: Operation + 'e>(operation: O, holders: usize) -> Box<dyn Fold + 'e> {
        Box::new(Folding {
            states: vec![O::State::default(); holders],
            operation,
        })
    }
    let value_type = aggregate.value.map(|node| evaluator.plan.nodes.ty(node));
    let Some(ty) = value_type else {
        // Without a value, rows are counted.
        return match aggregate.op {
            AggregateOp::Any | AggregateOp::No => {
                fold(numbers::Condition::new(aggregate.op), holders)
            }
            _ => fold(numbers::Counting::new(aggregate), holders),
        };
    };
    match aggregate.op {
        AggregateOp::Any | AggregateOp::No => fold(numbers::Condition::new(aggregate.op), holders),
        AggregateOp::Count | AggregateOp::AtLeast | AggregateOp::AtMost | AggregateOp::Exactly => {
            fold(numbers::Counting::new(aggregate), holders)
        }
        AggregateOp::Sum | AggregateOp::Average => {
            fold(numbers::Total::new(aggregate.op, ty), holders)
        }
        AggregateOp::Highest | AggregateOp::Latest => {
            with_kind!(ty, K => fold(order::Extreme::<K>::new(true), holders))
        }
        AggregateOp::Lowest | AggregateOp::Earliest => {
            with_kind!(ty, K => fold(order::Extreme::<K>::new(false), holders))
        }
        AggregateOp::First | AggregateOp::Last => {
            let rows = order::RowOrder::new(evaluator, aggregate.table, ty);
            let last = aggregate.op == AggregateOp::Last;
            with_kind!(ty, K => fold(order::Endmost::<K>::new(last, rows), holders))
        }
        AggregateOp::DistinctCount => {
            with_kind!(ty, K => fold(distinct::DistinctCount::<K>::new(), holders))
        }
        AggregateOp::MostCommon => {
            let rows = order::RowOrder::new(evaluator, aggregate.table, ty);
            with_kind!(ty, K => fold(distinct::MostCommon::<K>::new(rows), holders))
        }
        AggregateOp::List | AggregateOp::DistinctList => {
            let rows = order::RowOrder::new(evaluator, aggregate.table, ty);
            fold(lists::List::new(aggregate, rows), holders)
        }
    }
}

//! Folds that keep more for each holder than a number: the first and last, texts, sets.

use super::super::{Evaluator, Rows};
use super::accumulator::Picked;
use super::kinds::with_kind;
use super::{distinct, lists, order};
use crate::hir::AggregateOp;
use crate::plan::Aggregate;
use crate::vector::Vector;

/// What a fold looks at in a batch.
pub(super) struct Part<'p> {
    /// By place; a constant has one.
    pub value: Option<&'p Vector<'p>>,
    pub dates: Option<&'p Vector<'p>>,
    /// The table's rows, by place.
    pub rows: &'p Rows<'p>,
}

/// An aggregate in the making.
pub(super) trait Fold: Send + Sync {
    /// Takes up the rows that were picked.
    fn absorb(&mut self, part: &Part<'_>, picked: &Picked);
    /// One value for each holder. Nothing is left.
    fn finish(&mut self) -> Vector<'static>;
}

/// What an aggregate does with one row.
pub(super) trait Operation: Send + Sync {
    type State: Default + Clone + Send + Sync;
    /// A part's values, opened once for all its rows.
    type Input<'p>;

    fn open<'p>(&self, part: &Part<'p>) -> Self::Input<'p>;
    /// Takes up the row at `place` of its batch.
    fn add(&self, state: &mut Self::State, input: &Self::Input<'_>, place: usize);
    fn finish(&self, states: Vec<Self::State>) -> Vector<'static>;
}

struct Folding<O: Operation> {
    operation: O,
    states: Vec<O::State>,
}

impl<O: Operation> Fold for Folding<O> {
    fn absorb(&mut self, part: &Part<'_>, picked: &Picked) {
        let input = self.operation.open(part);
        for (place, holder) in picked.rows() {
            self.operation.add(&mut self.states[holder], &input, place);
        }
    }

    fn finish(&mut self) -> Vector<'static> {
        self.operation.finish(std::mem::take(&mut self.states))
    }
}

/// The fold of an aggregate of values, nothing absorbed yet.
pub(super) fn start<'e>(
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
    let Some(ty) = aggregate.value.map(|node| evaluator.plan.nodes.ty(node)) else {
        unreachable!("rows without a value are counted")
    };
    match aggregate.op {
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
        _ => with_kind!(ty, K => fold(order::Extreme::<K>::new(true), holders)),
    }
}

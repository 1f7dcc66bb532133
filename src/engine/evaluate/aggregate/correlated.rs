//! Aggregates that look at the row they are of: pairs of that row and one of its children, by batches.

use super::super::{BATCH, EvalError, Evaluator, Frame};
use super::fold;
use crate::plan::{Aggregate, NodeId};
use crate::vector::{Values, Vector};
use std::borrow::Cow;

impl Evaluator<'_> {
    /// One value for each row of the frame.
    pub(in crate::engine::evaluate) fn correlated<'a>(
        &'a self,
        id: NodeId,
        aggregate: &Aggregate,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let base = match aggregate.base {
            Some(base) => Some(self.get(base, frame)?),
            None => None,
        };
        let holder_of = |place: usize| match &base {
            None => Some(frame.rows.row(place) as u32),
            Some(base) if !base.is_valid(place) => None,
            Some(base) => match &base.values {
                Values::Reference(rows) => Some(rows[base.place(place)]),
                _ => unreachable!("checked: a reference"),
            },
        };
        let Some(children) = self.children(aggregate.table, aggregate.by) else {
            unreachable!("every correlated aggregate of the plan has its index")
        };
        let mut fold = fold::start(self, aggregate, frame.len());
        let (mut places, mut rows) = (Vec::new(), Vec::new());
        for place in 0..frame.len() {
            let mut left = holder_of(place).map_or(&[][..], |h| children.of_holder(h));
            // A row of many children is spread over several batches.
            while !left.is_empty() {
                let (now, later) = left.split_at(left.len().min(BATCH - rows.len()));
                rows.extend_from_slice(now);
                places.extend(std::iter::repeat_n(place as u32, now.len()));
                left = later;
                if rows.len() == BATCH {
                    self.pairs(aggregate, frame, &places, &rows, fold.as_mut())?;
                    places.clear();
                    rows.clear();
                }
            }
        }
        if !rows.is_empty() {
            self.pairs(aggregate, frame, &places, &rows, fold.as_mut())?;
        }
        let mut out = fold.finish().map_err(|error| EvalError {
            table: frame.table,
            row: frame.rows.row(error.holder),
            node: id,
            cause: error.cause,
        })?;
        self.without_holder(frame.len(), holder_of, &mut out);
        Ok(out)
    }

    /// Where there is no holder there is no value.
    fn without_holder(
        &self,
        rows: usize,
        holder_of: impl Fn(usize) -> Option<u32>,
        out: &mut Vector<'_>,
    ) {
        for place in (0..rows).filter(|place| holder_of(*place).is_none()) {
            let valid = out
                .valid
                .get_or_insert_with(|| Cow::Owned(vec![true; rows]));
            valid.to_mut()[place] = false;
        }
    }

    fn pairs<'a>(
        &'a self,
        aggregate: &Aggregate,
        frame: &Frame<'_, 'a>,
        places: &[u32],
        rows: &[u32],
        fold: &mut (dyn fold::Fold + '_),
    ) -> Result<(), EvalError> {
        let inside = frame.children(aggregate.table, rows, places);
        let holders = Vector::new(Values::Reference(Cow::Owned(places.to_vec())));
        let part = self.part(aggregate, &inside, &holders)?;
        fold.absorb(&[&part]);
        Ok(())
    }
}

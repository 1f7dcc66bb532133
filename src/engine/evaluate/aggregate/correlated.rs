//! Aggregates that look at the row they are of: pairs of that row and one of its children, by batches.

use super::super::vectors::read;
use super::super::{BATCH, EvalError, Evaluator, Frame, Rows};
use super::Pass;
use super::accumulator::{Folds, Picked};
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
        let pass = Pass::new(self, &[aggregate]);
        let mut folds = pass.folds(self, 0, frame.len());
        let mut picked = Picked::default();
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
                    self.pairs(&pass, frame, (&places, &rows), &mut folds, &mut picked)?;
                    places.clear();
                    rows.clear();
                }
            }
        }
        if !rows.is_empty() {
            self.pairs(&pass, frame, (&places, &rows), &mut folds, &mut picked)?;
        }
        let mut out = Vec::new();
        for column in self.finish(&pass, vec![folds]) {
            out.push(column.map_err(|error| EvalError {
                table: frame.table,
                row: frame.rows.row(error.holder),
                node: id,
                cause: error.cause,
            })?);
        }
        let all = Rows::Range {
            start: 0,
            len: frame.len(),
        };
        let mut out = read(&out[0], &all).into_owned();
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
        pass: &Pass<'_>,
        frame: &Frame<'_, 'a>,
        (places, rows): (&[u32], &[u32]),
        folds: &mut Folds<'_>,
        picked: &mut Picked,
    ) -> Result<(), EvalError> {
        let inside = frame.children(pass.table, rows, places);
        let holders = Vector::new(Values::Reference(Cow::Owned(places.to_vec())));
        let batch = self.reduce(pass, &inside, holders)?;
        folds.absorb(&batch, picked);
        Ok(())
    }
}

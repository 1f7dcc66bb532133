//! Values of all rows of a table, of each row among the others, and circles of references.

mod groups;
mod loops;
mod ranking;

pub use ranking::size;

use super::aggregate::fold;
use super::columns::into_column;
use super::{EvalError, Evaluator, Frame, NOWHERE};
use crate::data::Column;
use crate::plan::{Aggregate, ColumnId, Node, NodeId};
use crate::vector::{Values, Vector};

/// Every row's holder: all rows belong to the one value.
fn one_holder() -> Vector<'static> {
    Vector::new(Values::Reference(vec![0].into()))
}

impl Evaluator<'_> {
    /// One value over all rows of a table.
    pub(super) fn total(
        &self,
        aggregate: &Aggregate,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Column, EvalError> {
        let mut fold = fold::start(self, aggregate, 1);
        self.batches(
            self.data.tables[aggregate.table].rows,
            |start, len| {
                let frame = Frame::range(aggregate.table, start, len);
                let part = self.part(aggregate, &frame, &one_holder())?;
                progress(len);
                Ok(part)
            },
            |parts| fold.absorb(&parts.iter().collect::<Vec<_>>()),
        )?;
        fold.finish().map(into_column).map_err(|error| EvalError {
            table: NOWHERE,
            row: 0,
            node: self.being_computed(),
            cause: error.cause,
        })
    }

    /// For each row of a table one value over the rows of its group.
    pub(super) fn group_total(
        &self,
        aggregate: &Aggregate,
        group: NodeId,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Column, EvalError> {
        let table = aggregate.table;
        let groups = self.groups(table, group, None)?;
        let mut fold = fold::start(self, aggregate, groups.firsts.len());
        self.batches(
            groups.of.len(),
            |start, len| {
                let holders = groups.of[start..start + len].to_vec();
                let holders = Vector::new(Values::Reference(holders.into()));
                let part = self.part(aggregate, &Frame::range(table, start, len), &holders)?;
                progress(len);
                Ok(part)
            },
            |parts| fold.absorb(&parts.iter().collect::<Vec<_>>()),
        )?;
        let of_groups = fold.finish().map_err(|error| EvalError {
            table,
            row: groups.firsts[error.holder] as usize,
            node: self.being_computed(),
            cause: error.cause,
        })?;
        let of_groups = into_column(of_groups);
        let rows = super::Rows::Indices(groups.of.into());
        Ok(into_column(super::vectors::read(&of_groups, &rows)))
    }

    /// A node of the column that comes next: where it was first written.
    fn being_computed(&self) -> NodeId {
        let next = ColumnId(self.columns.len() as u32);
        (0..self.plan.nodes.len() as u32)
            .map(NodeId)
            .find(|id| {
                let node = self.plan.nodes.get(*id);
                matches!(node, Node::Column(c) | Node::Scalar(c) if *c == next)
            })
            .unwrap_or(NodeId(0))
    }
}

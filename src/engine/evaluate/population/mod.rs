//! Values of all rows of a table, of each row among the others, and circles of references.

mod groups;
mod loops;
mod ranking;

pub use ranking::size;

use super::aggregate::{Folds, HolderError, Pass};
use super::{EvalError, Evaluator, NOWHERE};
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
        let pass = Pass::new(self, &[aggregate]);
        let folds = self.fold_rows(&pass, 1, |_, _| one_holder(), progress)?;
        self.only(&pass, folds).map_err(|error| EvalError {
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
        let pass = Pass::new(self, &[aggregate]);
        let group_of = |start: usize, len: usize| {
            let holders = groups.of[start..start + len].to_vec();
            Vector::new(Values::Reference(holders.into()))
        };
        let folds = self.fold_rows(&pass, groups.firsts.len(), group_of, progress)?;
        let mut column = self.only(&pass, folds).map_err(|error| EvalError {
            table,
            row: groups.firsts[error.holder] as usize,
            node: self.being_computed(),
            cause: error.cause,
        })?;
        column.take(&groups.of);
        Ok(column)
    }

    /// What a pass for one aggregate gives.
    fn only(&self, pass: &Pass<'_>, folds: Vec<Folds<'_>>) -> Result<Column, HolderError> {
        self.finish(pass, folds).remove(0)
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

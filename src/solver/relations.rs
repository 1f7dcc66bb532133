//! What axes have to do with one another: a block that denies it is empty.

use super::Solver;
use super::axis::Coordinate;
use super::region::{AxisId, Block, Cell};
use super::set::{HIGHEST, LOWEST};

impl Solver<'_> {
    /// Whether a block can hold something, as far as is known.
    pub(super) fn is_consistent(&self, block: &Block) -> bool {
        block.0.iter().all(|(id, cell)| {
            let axis = self.axis_of(*id);
            self.agrees_with_twin(block, *id, cell)
                && self.agrees_with_rows(block, *id, cell)
                && axis
                    .wider
                    .iter()
                    .all(|wider| no_fewer(block.cell(*wider), cell))
        })
    }

    /// A date and its distance from today are of one day, or missing both.
    fn agrees_with_twin(&self, block: &Block, id: AxisId, cell: &Cell) -> bool {
        let axis = self.axis_of(id);
        let Some(twin) = axis.twin.and_then(|t| block.cell(t)) else {
            return true;
        };
        if axis.coordinate != Coordinate::Value {
            return true;
        }
        if cell.missing && twin.missing {
            return true;
        }
        let today = self
            .index
            .get(&(Coordinate::Today, String::new()))
            .and_then(|t| block.cell(*t));
        let today = today.unwrap_or(&self.full_today).set.hull();
        match (cell.set.hull(), twin.set.hull(), today) {
            (Some(date), Some(offset), Some(today)) => {
                let low = plus(today.0, offset.0, LOWEST);
                let high = plus(today.1, offset.1, HIGHEST);
                date.0 <= high && low <= date.1
            }
            _ => false,
        }
    }

    /// An aggregate of no rows is missing, or nothing in sum.
    fn agrees_with_rows(&self, block: &Block, id: AxisId, cell: &Cell) -> bool {
        use crate::hir::{AggregateOp, ExprKind};
        let axis = self.axis_of(id);
        let Some(rows) = axis.rows.and_then(|r| block.cell(r)) else {
            return true;
        };
        let Some(ExprKind::Aggregate(a)) = axis.expr.map(|e| &e.kind) else {
            return true;
        };
        let Some((fewest, most)) = rows.set.hull() else {
            return true;
        };
        match a.op {
            AggregateOp::Sum => most > 0 || rows.missing || cell.set.contains(0) || cell.missing,
            AggregateOp::DistinctCount => {
                cell.missing || cell.set.hull().is_none_or(|(low, _)| low <= most)
            }
            AggregateOp::Average
            | AggregateOp::Highest
            | AggregateOp::Lowest
            | AggregateOp::Earliest
            | AggregateOp::Latest => {
                let sure = a.value.as_ref().is_some_and(|v| !v.ty.optional);
                let there = most > 0 || cell.missing || rows.missing;
                let gone = fewest == 0 || !cell.set.is_empty() || !sure;
                there && gone
            }
            _ => true,
        }
    }
}

/// Whether a count of more rows can be no smaller.
fn no_fewer(wider: Option<&Cell>, cell: &Cell) -> bool {
    let Some(wider) = wider else { return true };
    if wider.missing || cell.missing {
        return true;
    }
    match (wider.set.hull(), cell.set.hull()) {
        (Some((_, most)), Some((fewest, _))) => most >= fewest,
        _ => true,
    }
}

fn plus(a: i128, b: i128, open: i128) -> i128 {
    if a == open || b == open { open } else { a + b }
}

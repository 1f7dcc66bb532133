//! Circles of references within a table, in time linear in its rows.

use crate::data::{Column, ColumnValues};
use crate::engine::evaluate::{EvalError, Evaluator, Frame};
use crate::plan::NodeId;

/// A row whose reference is missing.
const END: u32 = u32::MAX;

impl Evaluator<'_> {
    /// For each row, whether following `next`, a reference to a row of the same table, comes back to it.
    pub(in super::super) fn loops(&self, table: usize, next: NodeId) -> Result<Column, EvalError> {
        let rows = self.data.tables[table].rows;
        let mut successors = Vec::with_capacity(rows);
        self.batches(
            rows,
            |start, len| {
                let to = self.eval(next, &Frame::range(table, start, len))?;
                Ok((0..len).map(|i| to.reference(i).unwrap_or(END)).collect())
            },
            |batches: Vec<Vec<u32>>| batches.into_iter().for_each(|b| successors.extend(b)),
        )?;
        Ok(Column {
            values: ColumnValues::YesNo(on_circles(&successors)),
            valid: None,
        })
    }
}

/// Which places lie on a circle. Each is entered once: a walk ends where an earlier one has been, or, having
/// come back to a place of its own, has found a circle.
fn on_circles(successors: &[u32]) -> Vec<bool> {
    const NEW: u32 = 0;
    let mut found = vec![false; successors.len()];
    let mut entered_by = vec![NEW; successors.len()];
    for start in 0..successors.len() {
        let walk = start as u32 + 1;
        let mut at = start;
        while entered_by[at] == NEW {
            entered_by[at] = walk;
            match successors[at] {
                END => break,
                next => at = next as usize,
            }
        }
        // A chain that ended has stopped at a place of its own too, which leads nowhere.
        if entered_by[at] != walk || successors[at] == END {
            continue;
        }
        let first = at;
        loop {
            found[at] = true;
            at = successors[at] as usize;
            if at == first {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_circle_itself() {
        // 0 → 1 → 2 → 1, 3 → 3, 4 → end, 5 → 4, 6 → 0
        let found = on_circles(&[1, 2, 1, 3, END, 4, 0]);
        assert_eq!(found, [false, true, true, true, false, false, false]);
        assert!(on_circles(&[]).is_empty());
    }

    #[test]
    fn a_long_chain_into_a_circle_is_walked_once() {
        let n = 200_000;
        let mut next: Vec<u32> = (1..=n).collect();
        next[n as usize - 1] = n - 2;
        let found = on_circles(&next);
        assert_eq!(found.iter().filter(|f| **f).count(), 2);
    }
}

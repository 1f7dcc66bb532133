//! An index from holders to the rows that refer to them.

use crate::data::{ColumnValues, Dataset};

/// The rows of a table by the row that one of their columns refers to, in the order of the table.
#[derive(Debug)]
pub struct Children {
    /// The rows of holder `h` are `rows[offsets[h]..offsets[h + 1]]`.
    offsets: Vec<usize>,
    rows: Vec<u32>,
}

impl Children {
    /// By a counting sort; rows whose reference is missing belong to nobody.
    pub(in crate::engine::evaluate) fn of(data: &Dataset, table: usize, by: usize) -> Children {
        let column = &data.tables[table].columns[by];
        let ColumnValues::Reference(holders) = &column.values else {
            unreachable!("checked: a reference")
        };
        let referring = || {
            let known = |row: &usize| column.is_valid(*row);
            (0..holders.len())
                .filter(known)
                .map(|row| (row, holders[row] as usize))
        };
        let count = referring().map(|(_, holder)| holder + 1).max().unwrap_or(0);
        let mut offsets = vec![0; count + 1];
        for (_, holder) in referring() {
            offsets[holder + 1] += 1;
        }
        for i in 1..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; offsets[count]];
        for (row, holder) in referring() {
            rows[next[holder]] = row as u32;
            next[holder] += 1;
        }
        Children { offsets, rows }
    }

    /// The rows that refer to the holder.
    pub fn of_holder(&self, holder: u32) -> &[u32] {
        let holder = holder as usize;
        if holder + 1 >= self.offsets.len() {
            return &[];
        }
        &self.rows[self.offsets[holder]..self.offsets[holder + 1]]
    }
}

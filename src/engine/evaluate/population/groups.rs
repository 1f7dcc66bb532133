//! Rows of a table taken together by a value.

use crate::engine::evaluate::{EvalError, Evaluator, Frame};
use crate::plan::NodeId;
use crate::vector::{Values, Vector};
use rustc_hash::FxHashMap;

/// The group of a row that is in none.
const NONE: u32 = u32::MAX;

/// Which group each row of a table is in.
pub(in crate::engine) struct Groups {
    /// By row; [`NONE`] of rows that were left out.
    pub of: Vec<u32>,
    /// The first row of each group, ascending.
    pub firsts: Vec<u32>,
}

/// What rows of a group have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Missing,
    /// All but texts: equal exactly where the values are.
    Value(i128),
    Text(String),
}

impl Evaluator<'_> {
    /// Groups by `key`, in the order of their first rows; rows where it is missing are one group. `there` says which
    /// rows are in any; `None` for all.
    pub(in crate::engine) fn groups(
        &self,
        table: usize,
        key: NodeId,
        there: Option<NodeId>,
    ) -> Result<Groups, EvalError> {
        let rows = self.data.tables[table].rows;
        let mut known: FxHashMap<Key, u32> = FxHashMap::default();
        let mut groups = Groups {
            of: Vec::with_capacity(rows),
            firsts: Vec::new(),
        };
        self.batches(
            rows,
            |start, len| {
                let frame = Frame::range(table, start, len);
                let there = match there {
                    Some(node) => Some(self.eval(node, &frame)?),
                    None => None,
                };
                let keys = self.eval(key, &frame)?;
                let is_there = |row: usize| there.as_ref().is_none_or(|t| t.holds(row));
                let key = |row: usize| is_there(row).then(|| key_of(&keys, row));
                Ok((0..len).map(key).collect::<Vec<Option<Key>>>())
            },
            |batches| {
                for key in batches.into_iter().flatten() {
                    let Some(key) = key else {
                        groups.of.push(NONE);
                        continue;
                    };
                    let next = groups.firsts.len() as u32;
                    let group = *known.entry(key).or_insert(next);
                    if group == next {
                        groups.firsts.push(groups.of.len() as u32);
                    }
                    groups.of.push(group);
                }
            },
        )?;
        Ok(groups)
    }
}

fn key_of(keys: &Vector<'_>, row: usize) -> Key {
    if !keys.is_valid(row) {
        return Key::Missing;
    }
    match &keys.values {
        Values::Text(texts) => Key::Text(texts[keys.place(row)].to_string()),
        _ => Key::Value(super::ranking::size(keys, row)),
    }
}

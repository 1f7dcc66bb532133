//! Levels that a run found other than the ledger knows them.

use super::evaluate::EvalError;
use super::outcome::Outcome;
use crate::ledger::{Held, LevelEntry};
use rayon::prelude::*;

impl Outcome<'_> {
    /// What is to be known of levels; by the attribute's name, then by key. None where a later
    /// day has been run already: its levels build on what was found then.
    pub(super) fn changed_levels(&self) -> Result<Vec<LevelEntry>, EvalError> {
        let evaluator = &self.evaluator;
        let today = evaluator.clock().today;
        let Some(ledger) = self.past.history else {
            return Ok(Vec::new());
        };
        if ledger.runs_after(today) {
            return Ok(Vec::new());
        }
        let mut histories: Vec<usize> = (0..self.plan().histories.len()).collect();
        histories.sort_by(|a, b| {
            let name = |h: &usize| &self.plan().histories[*h].name;
            name(a).cmp(name(b))
        });
        let mut out = Vec::new();
        for place in histories {
            let history = &self.plan().histories[place];
            let Some(rows) = evaluator.held(place) else {
                continue;
            };
            let mut order: Vec<u32> = (0..evaluator.rows(history.table) as u32)
                .filter(|row| rows.now(*row as usize).there)
                .collect();
            let data = evaluator.data();
            order.par_sort_unstable_by(|a, b| data.compare_keys(history.table, *a, *b));
            let changed: Vec<LevelEntry> = order
                .par_iter()
                .filter_map(|row| {
                    let key = data.key_text(history.table, *row);
                    let held = evaluator.held_after(history, rows.now(*row as usize));
                    let known = ledger.held_before(&history.name, &key, today);
                    let same = known.is_some_and(|k| {
                        Held {
                            day: today,
                            ..k.clone()
                        } == held
                    });
                    // A run of the same day may have found something else before.
                    let again = ledger.held_on(&history.name, &key, today);
                    let changed = match again {
                        Some(again) => *again != held,
                        None => !same,
                    };
                    changed.then(|| LevelEntry {
                        attribute: history.name.as_str().into(),
                        row: key.into(),
                        held,
                    })
                })
                .collect();
            out.extend(changed);
        }
        Ok(out)
    }
}

//! Records and the order of subjects, for the ledger.

use crate::data::Dataset;
use crate::ledger::Names;
use crate::plan::Plan;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::cmp::Ordering;

/// A plan and its data.
pub struct Program<'a> {
    plan: &'a Plan,
    data: &'a Dataset,
    /// By table; made when it is asked for.
    rows: RefCell<FxHashMap<usize, FxHashMap<String, u32>>>,
}

impl<'a> Program<'a> {
    pub fn new(plan: &'a Plan, data: &'a Dataset) -> Program<'a> {
        Program {
            plan,
            data,
            rows: RefCell::default(),
        }
    }

    fn record(&self, table: Option<usize>) -> &str {
        table.map_or("", |t| &self.plan.tables[t].record)
    }

    fn table_of(&self, campaign: &str) -> Option<usize> {
        let found = self.plan.campaigns.iter().find(|c| c.name == campaign);
        found.map(|c| c.table)
    }
}

impl Names for Program<'_> {
    fn subject_record(&self, campaign: &str) -> &str {
        self.record(self.table_of(campaign))
    }

    fn level_record(&self, attribute: &str) -> &str {
        let found = self.plan.histories.iter().find(|h| h.name == attribute);
        self.record(found.map(|h| h.table))
    }

    fn compare_subjects(&self, campaign: &str, a: &str, b: &str) -> Option<Ordering> {
        let table = self.table_of(campaign)?;
        let mut rows = self.rows.borrow_mut();
        let rows = rows.entry(table).or_insert_with(|| {
            let keys = 0..self.data.tables[table].rows as u32;
            keys.map(|row| (self.data.key_text(table, row).into_owned(), row))
                .collect()
        });
        Some(self.data.compare_keys(table, *rows.get(a)?, *rows.get(b)?))
    }
}

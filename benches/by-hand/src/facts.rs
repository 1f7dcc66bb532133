//! The aggregates, one record for each customer: a purchase touches one line of the cache, not one for each aggregate.

use crate::Failure;
use crate::keys::Keys;

/// 2026-11-21, in days since 1970-01-01, as are all days here.
pub const TODAY: i32 = 20_778;
/// The day after 2025-11-21: twelve months.
const YEAR: i32 = TODAY - 364;
const QUARTER: i32 = TODAY - 51;
pub const MONTH: i32 = TODAY - 29;

/// Categories that rules look at; all others are 0.
pub const TEA: u8 = 1;
pub const WARE: u8 = 2;

/// Cents, and days.
#[derive(Clone, Copy)]
pub struct Fact {
    pub spend_12m: i64,
    pub spend_quarter: i64,
    pub total: i64,
    pub first: i32,
    pub last: i32,
    pub visits: u32,
    pub tea: bool,
    pub ware: bool,
}

const NOTHING: Fact = Fact {
    spend_12m: 0,
    spend_quarter: 0,
    total: 0,
    first: i32::MAX,
    last: i32::MIN,
    visits: 0,
    tea: false,
    ware: false,
};

pub struct Facts(pub Vec<Fact>);

/// Some thousands of purchases. INVARIANT: all columns are of one length.
#[derive(Default)]
pub struct Batch {
    pub customers: Vec<u64>,
    pub days: Vec<i32>,
    pub cents: Vec<i64>,
    pub categories: Vec<u8>,
    pub refunded: Vec<bool>,
    /// Found by [`Facts::add`].
    rows: Vec<u32>,
}

impl Batch {
    pub fn clear(&mut self) {
        self.customers.clear();
        self.days.clear();
        self.cents.clear();
        self.categories.clear();
        self.refunded.clear();
    }
}

impl Facts {
    pub fn new(keys: usize) -> Facts {
        Facts(vec![NOTHING; keys])
    }

    /// First all look-ups, then all sums: the processor waits for many lines of memory at a time.
    pub fn add(&mut self, batch: &mut Batch, keys: &Keys) -> Result<(), Failure> {
        keys.rows(&batch.customers, &mut batch.rows)?;
        let days = batch.days.iter().zip(&batch.cents);
        let kinds = batch.categories.iter().zip(&batch.refunded);
        for ((row, (day, cents)), (category, refunded)) in batch.rows.iter().zip(days).zip(kinds) {
            if *refunded || *day > TODAY {
                continue;
            }
            let fact = &mut self.0[*row as usize];
            fact.total += cents;
            fact.spend_12m += if *day >= YEAR { *cents } else { 0 };
            fact.spend_quarter += if *day >= QUARTER { *cents } else { 0 };
            fact.first = fact.first.min(*day);
            fact.last = fact.last.max(*day);
            fact.visits += 1;
            fact.tea |= *category == TEA && *day >= MONTH;
            fact.ware |= *category == WARE;
        }
        Ok(())
    }

    /// What several threads found.
    pub fn merge(parts: Vec<Facts>) -> Facts {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or(Facts(Vec::new()));
        for part in parts {
            for (to, from) in all.0.iter_mut().zip(&part.0) {
                to.spend_12m += from.spend_12m;
                to.spend_quarter += from.spend_quarter;
                to.total += from.total;
                to.first = to.first.min(from.first);
                to.last = to.last.max(from.last);
                to.visits += from.visits;
                to.tea |= from.tea;
                to.ware |= from.ware;
            }
        }
        all
    }
}

//! Invented customers with their features, and the rules in plain Rust.

use crate::{Evaluation, Failure, Fired};

pub const RULES: [&str; 6] = [
    "greeting",
    "flowers",
    "lapsed",
    "high_spender",
    "reward",
    "ware",
];

/// Money is in cents. -1 stands for what is missing: no visit, no purchase, no average.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub birthday_today: bool,
    pub reachable: bool,
    pub referred: bool,
    pub bought_tea: bool,
    pub never_ware: bool,
    pub visits: i64,
    pub spend_12m: i64,
    pub spend_quarter: i64,
    pub average_basket: i64,
    pub days_since_last_visit: i64,
    pub days_since_first_purchase: i64,
}

/// Vigna's SplitMix64, as in the generator of campaign six.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (u128::from(z ^ (z >> 31)) * bound as u128 >> 64) as i64
    }

    fn percent(&mut self, share: i64) -> bool {
        self.below(100) < share
    }
}

/// The same records for the same count.
pub fn make(count: usize) -> Vec<Record> {
    let mut random = Random(20_261_121);
    (0..count).map(|_| record(&mut random)).collect()
}

fn record(random: &mut Random) -> Record {
    let mut record = Record {
        birthday_today: random.below(365) == 0,
        reachable: random.percent(56),
        referred: random.percent(30),
        never_ware: true,
        average_basket: -1,
        days_since_last_visit: -1,
        days_since_first_purchase: -1,
        ..Record::default()
    };
    record.visits = random.below(20);
    if record.visits > 0 {
        // One in five buys for a company.
        let times = if random.percent(20) { 8 } else { 1 };
        record.average_basket = times * (1_000 + random.below(14_000));
        let first = random.below(1_095);
        record.days_since_first_purchase = first;
        record.days_since_last_visit = random.below(first + 1) / record.visits;
        let year = record.visits.min(1 + random.below(8));
        record.spend_12m = record.average_basket * year;
        record.spend_quarter = record.average_basket * random.below(year + 1) / 2;
        record.bought_tea = random.percent(7);
        record.never_ware = random.percent(50);
    }
    record
}

/// The rules as nobody could write them faster.
pub fn prepare(records: &[Record]) -> Result<Evaluation<'_>, Failure> {
    Ok(Box::new(move || {
        let mut fired = Fired::default();
        for r in records {
            let holds = [
                r.birthday_today && r.spend_12m >= 50_000 && r.spend_12m < 400_000 && r.reachable,
                r.birthday_today && r.spend_12m >= 400_000,
                r.visits >= 3
                    && (180..=365).contains(&r.days_since_last_visit)
                    && r.average_basket >= 5_000
                    && r.reachable,
                r.spend_quarter >= 150_000,
                r.referred && (0..=29).contains(&r.days_since_first_purchase),
                r.bought_tea && r.never_ware && r.reachable,
            ];
            for (count, holds) in fired.iter_mut().zip(holds) {
                *count += u64::from(holds);
            }
        }
        Ok(fired)
    }))
}

//! Invented customers and purchases for the benchmark: the same bytes for the same parameters, everywhere, for ever.
//!
//! ```text
//! cargo run --release --example generate-campaign-six -- --out benches/data/csv
//! ```

mod people;
mod sink;

use std::error::Error;
use std::path::PathBuf;

use guanxi::schema::Day;
use sink::{Cell, Sink};

/// The day that the benchmark runs on.
const TODAY: (i32, u32, u32) = (2026, 11, 21);

struct Options {
    customers: u64,
    /// On the average; some customers buy more, some never.
    purchases_per_customer: u64,
    seed: u64,
    out: PathBuf,
    parquet: bool,
}

/// Vigna's SplitMix64: small, and fixed here so that no crate's next version changes the data.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `bound`, which is not 0. The bias of 64 bits is below notice.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((self.draw() as u128 * bound as u128) >> 64) as u64
    }

    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

const CATEGORIES: [&str; 12] = [
    "tea", "ware", "food", "gift", "incense", "textile", "book", "class", "tasting", "travel",
    "flower", "paper",
];

fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    std::fs::create_dir_all(&options.out)?;
    let today = Day::new(TODAY.0, TODAY.1, TODAY.2).ok_or("no such day")?;
    people::write(&options, today)?;
    purchases(&options, today)?;
    Ok(())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        customers: 1_000_000,
        purchases_per_customer: 10,
        seed: 20_261_121,
        out: PathBuf::from("benches/data/csv"),
        parquet: false,
    };
    while let Some(name) = arguments.next() {
        if name == "--bench" {
            continue;
        }
        let value = arguments.next().ok_or(format!("`{name}` needs a value"))?;
        match name.as_str() {
            "--customers" => options.customers = value.replace('_', "").parse()?,
            "--purchases-per-customer" => options.purchases_per_customer = value.parse()?,
            "--seed" => options.seed = value.parse()?,
            "--out" => options.out = PathBuf::from(value),
            "--format" => options.parquet = format_is_parquet(&value)?,
            _ => return Err(format!("no option `{name}`; there are --customers, --purchases-per-customer, --seed, --out, --format csv|parquet").into()),
        }
    }
    Ok(options)
}

fn format_is_parquet(value: &str) -> Result<bool, String> {
    match value {
        "csv" => Ok(false),
        "parquet" => Ok(true),
        other => Err(format!("no format `{other}`; there are csv and parquet")),
    }
}

/// Over three years before today, and a few after it that the run must not see.
fn purchases(options: &Options, today: Day) -> Result<(), Box<dyn Error>> {
    let mut random = Random::new(options.seed ^ 0x7075_7263_6861_7365);
    let mut sink = Sink::create(
        options,
        "purchases",
        &[
            ("id", sink::Kind::Text),
            ("customer", sink::Kind::Text),
            ("bought_on", sink::Kind::Date),
            ("amount", sink::Kind::Money),
            ("category", sink::Kind::Text),
            ("refunded", sink::Kind::Flag),
        ],
    )?;
    let count = options.customers * options.purchases_per_customer;
    for number in 1..=count {
        // The smaller of two: a few customers buy often, many seldom.
        let a = random.below(options.customers);
        let b = random.below(options.customers + options.customers / 4);
        let customer = a.min(b) + 1;
        let back = random.below(3 * 365 + 5) as i32 - 5;
        // Each doubling is half as likely: from 10.00 to some thousands.
        let doublings = random.draw().trailing_zeros().min(7);
        let cents = (1_000 + random.below(2_000) as i64) << doublings;
        let category = CATEGORIES[random.below(12) as usize];
        let refunded = random.percent(3);
        sink.row([
            Cell::Id('P', 9, number),
            Cell::Id('C', 7, customer),
            Cell::Date(Day(today.0 - back)),
            Cell::Cents(cents),
            Cell::Text(category),
            Cell::Flag(refunded),
        ])?;
    }
    sink.finish()
}

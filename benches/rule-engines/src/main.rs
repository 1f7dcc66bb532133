//! The conditions of `campaign-six`, record by record, by rule engines that can be called from Rust, and by Guanxi.
//!
//! Features are computed already and lie in memory in each engine's own form; rules are compiled once. What is timed is
//! from the first record to the last, on one thread.
//!
//! ```text
//! cargo run --release -- [--records 100000] [--runs 5] [--engines guanxi,cel,…]
//! ```

mod cel_engine;
mod guanxi_engine;
mod records;
mod rego_engine;
mod rhai_engine;
mod zen;

use std::error::Error;
use std::time::Instant;

use records::{RULES, Record};

/// How often each rule fired, in the order of [`RULES`].
pub type Fired = [u64; RULES.len()];

pub type Failure = Box<dyn Error>;

/// Evaluates all rules on all records.
pub type Evaluation<'r> = Box<dyn FnMut() -> Result<Fired, Failure> + 'r>;

/// Brings rules and records into an engine's form.
type Prepare = for<'r> fn(&'r [Record]) -> Result<Evaluation<'r>, Failure>;

/// No engine, but what the machine can do.
const BY_HAND: &str = "by-hand";

const ENGINES: [(&str, Prepare); 7] = [
    ("guanxi", guanxi_engine::prepare),
    ("rhai", rhai_engine::prepare),
    ("cel", cel_engine::prepare),
    ("regorus", rego_engine::prepare),
    ("zen-expression", zen::expressions),
    ("zen-engine", zen::graph),
    (BY_HAND, records::prepare),
];

struct Options {
    records: usize,
    runs: usize,
    engines: Option<String>,
}

fn main() -> Result<(), Failure> {
    let options = options()?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()?;
    let records = records::make(options.records);
    let expected = records::prepare(&records)?()?;
    let mut rates = Vec::new();
    for (name, prepare) in ENGINES {
        let wanted = options.engines.as_ref();
        if wanted.is_some_and(|w| !w.split(',').any(|e| e == name)) {
            continue;
        }
        let mut evaluate = prepare(&records).map_err(|e| format!("{name}: {e}"))?;
        let mut seconds = Vec::new();
        for run in 0..=options.runs {
            let started = Instant::now();
            let fired = evaluate().map_err(|e| format!("{name}: {e}"))?;
            let took = started.elapsed().as_secs_f64();
            if fired != expected {
                return Err(format!("{name} fired {fired:?}, not {expected:?}").into());
            }
            // The first one is to warm up.
            if run > 0 {
                seconds.push(took);
            }
        }
        seconds.sort_by(f64::total_cmp);
        rates.push((name, records.len() as f64 / seconds[seconds.len() / 2]));
    }
    print(&records, expected, &rates);
    Ok(())
}

fn options() -> Result<Options, Failure> {
    let mut options = Options {
        records: 100_000,
        runs: 5,
        engines: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("`{name}` needs a value"))?;
        match name.as_str() {
            "--records" => options.records = value.parse()?,
            "--runs" => options.runs = value.parse::<usize>()?.max(1),
            "--engines" => options.engines = Some(value),
            _ => return Err("there are --records, --runs and --engines".into()),
        }
    }
    Ok(options)
}

fn print(records: &[Record], fired: Fired, rates: &[(&str, f64)]) {
    let fired: Vec<String> = RULES
        .iter()
        .zip(fired)
        .map(|(r, n)| format!("{r} {n}"))
        .collect();
    println!(
        "{} records, one thread; every engine fired {}\n",
        records.len(),
        fired.join(", ")
    );
    let engines = rates.iter().filter(|r| r.0 != BY_HAND).map(|r| r.1);
    let best = engines.fold(f64::MIN, f64::max);
    let ours = rates.iter().find(|r| r.0 == "guanxi").map(|r| r.1);
    println!("| | records a second | best engine / it | guanxi / it |\n|---|---|---|---|");
    for (name, rate) in rates {
        let ratio = ours.map_or(String::new(), |ours| format!("{:.2}", ours / rate));
        println!("| {name} | {rate:.0} | {:.2} | {ratio} |", best / rate);
    }
}

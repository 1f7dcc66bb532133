//! The six rules of `campaign-six`, written by hand for this data alone: what the machine can do.
//!
//! Nothing here is general. A reference to nobody ends the program, but a key that comes twice, a date that is no
//! day or a number with a letter in it goes unseen.
//!
//! ```text
//! by-hand DATA csv|parquet OUT.csv [--keys index|hash] [--threads N]
//! ```

mod csv;
mod customers;
mod facts;
mod keys;
mod list;
mod parquet_files;

use std::error::Error;
use std::path::PathBuf;

use customers::Customers;
use facts::Facts;
use keys::Keys;

/// What may go wrong in a thread.
pub type Failure = Box<dyn Error + Send + Sync>;

struct Options {
    data: PathBuf,
    parquet: bool,
    out: PathBuf,
    hash: bool,
    threads: usize,
}

fn main() -> Result<(), Failure> {
    let options = options()?;
    let Options { data, threads, .. } = &options;
    let parts = match options.parquet {
        true => parquet_files::customers(&data.join("customers.parquet"), *threads)?,
        false => csv::customers(&data.join("customers.csv"), *threads)?,
    };
    let customers = Customers::join(parts);
    let keys = Keys::new(&customers.keys, options.hash);
    let parts = match options.parquet {
        true => parquet_files::purchases(&data.join("purchases.parquet"), &keys, *threads)?,
        false => csv::purchases(&data.join("purchases.csv"), &keys, *threads)?,
    };
    let facts = Facts::merge(parts);
    list::write(&options.out, &customers, &facts)
}

fn options() -> Result<Options, Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or(format!("{what} is missing"));
    let (data, kind, out) = (next("DATA")?, next("csv or parquet")?, next("OUT")?);
    let mut options = Options {
        data: data.into(),
        parquet: kind == "parquet",
        out: out.into(),
        hash: false,
        threads: std::thread::available_parallelism()?.get(),
    };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("`{name}` needs a value"))?;
        match (name.as_str(), value.as_str()) {
            ("--keys", "hash") => options.hash = true,
            ("--keys", "index") => options.hash = false,
            ("--threads", n) => options.threads = n.parse()?,
            _ => return Err("there are --keys index|hash and --threads N".into()),
        }
    }
    Ok(options)
}

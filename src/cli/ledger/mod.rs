//! `guanxi ledger`: what the ledger remembers, and how it forgets.

mod check;
mod export;
mod forget;
mod list;
mod prune;

use super::Invocation;
use super::console::{Exit, Failure, Outcome};
use super::output::Format;
use super::workspace::shown;
use crate::engine::recalls_parameters;
use crate::ledger::{Fault, History, Ledger, LedgerError, Query};
use crate::plan::Plan;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Look into a ledger, take it elsewhere, or let it forget
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi ledger list my-shop.ledger
  guanxi ledger export my-shop.ledger --out all.csv
  guanxi ledger forget my-shop.ledger customer c17
  guanxi ledger prune my-shop.ledger --before 2025-01-01
  guanxi ledger check my-shop.ledger")]
pub struct Args {
    #[command(subcommand)]
    which: Which,
}

#[derive(Debug, clap::Subcommand)]
enum Which {
    /// Show its runs; or, of a campaign, rule, subject or day, what was done
    #[command(after_help = "\
Examples:
  guanxi ledger list my-shop.ledger
  guanxi ledger list my-shop.ledger --campaign birthdays --day 2026-11-21
  guanxi ledger list my-shop.ledger --subject c17 --output-format json")]
    List(list::Args),
    /// Write everything that was done as a table
    #[command(after_help = "\
A line an action; of a firing without one, such as a holdout, a line without it.

Example:
  guanxi ledger export my-shop.ledger --out all.csv")]
    Export(export::Args),
    /// Erase a person: nobody can be recognised, and limits still count right
    #[command(after_help = "\
The key becomes `forgotten-N`; texts, keys and levels go, and the file is
written anew. Take the person out of the data first: who is still there is new
to every rule.

Example:
  guanxi ledger forget my-shop.ledger customer c17")]
    Forget(forget::Args),
    /// Take the texts out of what was done before a day
    #[command(after_help = "\
Texts in the actions' parameters go, and levels that were replaced. What
repetition, caps and budgets go by stays: nothing is done again.

Example:
  guanxi ledger prune my-shop.ledger --before 2025-01-01")]
    Prune(prune::Args),
    /// Check that a ledger is whole and makes sense
    #[command(after_help = "\
Example:
  guanxi ledger check my-shop.ledger --workspace my-shop")]
    Check(check::Args),
}

/// The ledger that a command is about.
#[derive(Debug, clap::Args)]
struct LedgerArg {
    /// The ledger, as `guanxi run --ledger` names it
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How long to wait for a run that uses it
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
}

/// Which firings.
#[derive(Debug, clap::Args)]
struct Narrow {
    /// Only of the workspace with this title
    #[arg(long = "of", value_name = "TITLE")]
    workspace: Option<String>,

    /// Only of this campaign
    #[arg(long, value_name = "NAME")]
    campaign: Option<String>,

    /// Only of rules with this name
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,

    /// Only about the row with this key
    #[arg(long, value_name = "KEY")]
    subject: Option<String>,

    /// Only of this day
    #[arg(long, value_name = "DATE")]
    day: Option<String>,
}

/// How the result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Human,
    Json,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    match args.which {
        Which::List(args) => list::run(&args, invocation),
        Which::Export(args) => export::run(&args, invocation),
        Which::Forget(args) => forget::run(&args, invocation),
        Which::Prune(args) => prune::run(&args, invocation),
        Which::Check(args) => check::run(&args, invocation),
    }
}

/// `guanxi schema ledger`: the JSON Schema of what `list` and `check` print.
pub(super) fn schema(invocation: &Invocation) -> Outcome {
    let schema = include_str!("ledger.schema.json");
    invocation.console.result(schema)?;
    Ok(Exit::Clean)
}

impl LedgerArg {
    fn open(&self) -> Result<Ledger, Failure> {
        if !self.file.exists() {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Failure::io("opened", &shown(&self.file), &error));
        }
        Ledger::open_existing(&self.file, self.wait()).map_err(|e| failure(&e))
    }

    fn wait(&self) -> Duration {
        Duration::from_secs(self.wait)
    }
}

impl Narrow {
    fn query(&self) -> Result<Query, Failure> {
        Ok(Query {
            workspace: self.workspace.clone(),
            campaign: self.campaign.clone(),
            rule: self.rule.clone(),
            subject: self.subject.clone(),
            day: self.day.as_deref().map(super::clock::day).transpose()?,
        })
    }

    /// Whether more is asked for than the runs.
    fn is_narrow(&self) -> bool {
        self.campaign.is_some()
            || self.rule.is_some()
            || self.subject.is_some()
            || self.day.is_some()
    }
}

/// What ends a listing early.
enum Stop {
    Failure(Failure),
    Ledger(LedgerError),
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Stop {
        Stop::Ledger(error)
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Failure {
        match stop {
            Stop::Failure(stop) => stop,
            Stop::Ledger(error) => failure(&error),
        }
    }
}

/// The format of a table that goes to this place.
fn format_of(asked: Option<Format>, out: &Path) -> Format {
    Format::choose(asked, out, None)
}

/// How long a reader waits for a run that is just writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a ledger that is there knows of a workspace, for a plan.
pub fn history(ledger: &Path, plan: &Plan) -> Result<History, Failure> {
    let params = recalls_parameters(plan);
    Ledger::open_existing(ledger, PATIENCE)
        .and_then(|ledger| ledger.history(&plan.workspace, params))
        .map_err(|e| failure(&e))
}

/// What a fault of a ledger means for who uses it.
pub fn failure(error: &LedgerError) -> Failure {
    let name = shown(&error.path);
    let says = |exit: Exit, message: String, help: &str| Failure::new(exit, message, help);
    let the = if name.is_empty() {
        "the ledger".to_owned()
    } else {
        format!("the ledger `{name}`")
    };
    match &error.fault {
        Fault::Busy => says(
            Exit::Io,
            format!("another run is using {the}"),
            "wait until it has ended, or longer: `--wait 600`",
        ),
        Fault::Unmade => says(
            Exit::Io,
            format!("{the} cannot be made there"),
            "check that the folder is there, and who may write into it",
        ),
        Fault::Absent if !error.path.exists() => says(
            Exit::Io,
            format!("there is no ledger `{name}`"),
            "check the path for a slip of the hand; `guanxi run --ledger FILE --out LIST` makes one",
        ),
        Fault::Absent => says(
            Exit::Io,
            format!("{the} cannot be opened"),
            "check the path for a slip of the hand, and who may read and write there",
        ),
        Fault::NoLedger => says(
            Exit::Usage,
            format!("`{name}` is no ledger, but another kind of file"),
            "name the ledger's file, or one that is not there yet",
        ),
        Fault::Newer { version, known } => says(
            Exit::Usage,
            format!(
                "{the} has version {version}, but this program knows versions up to {known} only"
            ),
            "use the newer guanxi that wrote it",
        ),
        Fault::Damaged => says(
            Exit::Io,
            format!("{the} is damaged"),
            "take the last copy of it that is whole; `guanxi ledger check` tells which one is",
        ),
        Fault::ReadOnly => says(
            Exit::Io,
            format!("{the} cannot be written: no permission for it, or for its folder"),
            "check who may write there",
        ),
        Fault::Full => says(
            Exit::Io,
            format!("{the} cannot be written: the disk is full; nothing was done"),
            "make room on the disk, then run the command again",
        ),
        Fault::Cost { .. } => says(
            Exit::Data,
            format!("{error}"),
            "look for a cost that is far too large; nothing was done",
        ),
        Fault::Twice { .. } => says(
            Exit::Io,
            format!("{the} does not fit its own past: {error}; nothing was done"),
            "see what `guanxi ledger check` says of it",
        ),
        Fault::Currency { .. } => says(
            Exit::Usage,
            format!("{the} does not fit the workspace: {error}"),
            "begin a new ledger: sums of two currencies mean nothing",
        ),
        Fault::Pruned { .. } => says(
            Exit::Usage,
            format!("{error}, and cannot be written again"),
            "write to another file, which gets only what is new",
        ),
        Fault::Other(_) => says(
            Exit::Io,
            format!("{the} cannot be used: {error}; nothing was done"),
            "see that the disk and the path are in order, then run the command again",
        ),
    }
}

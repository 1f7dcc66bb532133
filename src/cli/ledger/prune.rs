//! `guanxi ledger prune`: old texts go.

use super::{LedgerArg, failure};
use crate::cli::Invocation;
use crate::cli::console::{Exit, Failure, Outcome, count};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: LedgerArg,

    /// What was done on this day and after it stays as it is
    #[arg(long, value_name = "DATE")]
    before: String,

    /// Only in the workspace with this title
    #[arg(long = "of", value_name = "TITLE")]
    workspace: Option<String>,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let before = crate::cli::clock::day(&args.before)?;
    let mut ledger = args.at.open()?;
    if ledger.has_pending().map_err(|e| failure(&e))? {
        return Err(Failure::usage(
            "a stopped run has recorded files that are not in their place yet",
            "run it again first: it puts them there",
        ));
    }
    let pruned = ledger
        .prune(before, args.workspace.as_deref(), args.at.wait())
        .map_err(|e| failure(&e))?;
    let n = |n: u64, one: &str| count(n as usize, one);
    invocation.console.result(format!(
        "pruned: the texts of {}, {} that later ones replaced; {} cannot be written again\n",
        n(pruned.actions, "action"),
        n(pruned.levels, "level"),
        n(pruned.runs, "list"),
    ))?;
    Ok(Exit::Clean)
}

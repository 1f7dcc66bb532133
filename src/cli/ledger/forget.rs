//! `guanxi ledger forget`: erasure on request.

use super::{LedgerArg, failure};
use crate::cli::Invocation;
use crate::cli::console::{Exit, Failure, Outcome, count};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: LedgerArg,

    /// The record's name
    #[arg(value_name = "RECORD")]
    record: String,

    /// The key of the row to forget
    #[arg(value_name = "KEY")]
    key: String,

    /// Only in the workspace with this title
    #[arg(long = "of", value_name = "TITLE")]
    workspace: Option<String>,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let mut ledger = args.at.open()?;
    if ledger.has_pending().map_err(|e| failure(&e))? {
        return Err(Failure::usage(
            "a stopped run has recorded files that are not in their place yet",
            "run it again first: it puts them there",
        ));
    }
    let row = (args.record.as_str(), args.key.as_str());
    let forgotten = ledger
        .forget(row, args.workspace.as_deref(), args.at.wait())
        .map_err(|e| failure(&e))?;
    let n = |n: u64, one: &str| count(n as usize, one);
    let text = if forgotten.pseudonym.is_empty() {
        format!("nothing is known of `{}` {}\n", args.record, args.key)
    } else {
        format!(
            "forgotten: {} about them, {}, {}, {} of their key; they are `{}` now\n",
            n(forgotten.firings, "firing"),
            n(forgotten.actions, "action"),
            n(forgotten.levels, "level"),
            n(forgotten.mentions, "mention"),
            forgotten.pseudonym
        )
    };
    invocation.console.result(text)?;
    Ok(Exit::Clean)
}

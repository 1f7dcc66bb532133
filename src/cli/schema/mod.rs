//! `guanxi schema`: the shapes that come in and go out.

mod actions;
mod guess;
mod infer;
mod lint;
mod raw;

use super::Invocation;
use super::console::Outcome;
use super::workspace::WorkspaceArg;
use std::path::PathBuf;

/// Write a record block from data, or print the JSON Schema of what comes out
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi schema infer data/customers.csv data/purchases.csv
  guanxi schema actions my-shop
  guanxi schema lint")]
pub struct Args {
    #[command(subcommand)]
    which: Which,
}

#[derive(Debug, clap::Subcommand)]
enum Which {
    /// Write a record block for each data file
    #[command(after_help = "\
Every row is read. Types, names and the key are guesses: look them over.

Example:
  guanxi schema infer data/customers.csv > customers.rules")]
    Infer {
        /// CSV, TSV or JSON Lines, also packed as .gz or .zst; Parquet; Arrow IPC
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Print the JSON Schema of a workspace's action list
    #[command(after_help = "\
Example:
  guanxi schema actions my-shop > actions.schema.json")]
    Actions {
        #[command(flatten)]
        at: WorkspaceArg,
    },
    /// Print the JSON Schema of `guanxi lint --output-format json`
    #[command(after_help = "\
Example:
  guanxi schema lint > lint.schema.json")]
    Lint,
    /// Print the JSON Schema of the file of `guanxi lint --baseline`
    #[command(after_help = "\
Example:
  guanxi schema baseline > baseline.schema.json")]
    Baseline,
    /// Print the JSON Schema of `guanxi test --output-format json`
    #[command(after_help = "\
Example:
  guanxi schema test > test.schema.json")]
    Test,
    /// Print the JSON Schema of `guanxi measure --output-format json`
    #[command(after_help = "\
Example:
  guanxi schema measure > measure.schema.json")]
    Measure,
    /// Print the JSON Schema of `guanxi ledger list` and `check` with --output-format json
    #[command(after_help = "\
Example:
  guanxi schema ledger > ledger.schema.json")]
    Ledger,
    /// Print the JSON Schema of `guanxi why --format json`
    #[command(after_help = "\
Example:
  guanxi schema why > why.schema.json")]
    Why,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    match args.which {
        Which::Infer { files } => infer::run(&files, invocation),
        Which::Actions { at } => actions::run(&at.workspace, invocation),
        Which::Lint => lint::run(invocation),
        Which::Baseline => super::lint::baseline::schema(invocation),
        Which::Test => super::test::schema(invocation),
        Which::Measure => super::measure::schema(invocation),
        Which::Ledger => super::ledger::schema(invocation),
        Which::Why => super::why::schema(invocation),
    }
}

/// A JSON document as it is printed.
pub(super) fn pretty(document: &serde_json::Value) -> String {
    // INVARIANT: a value of strings, numbers, lists and maps can be written.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

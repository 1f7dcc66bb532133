//! `guanxi ledger export`: everything that was done, as a table.

use super::{LedgerArg, Narrow, Stop, failure, format_of};
use crate::cli::Invocation;
use crate::cli::console::{Exit, Failure, Outcome};
use crate::cli::output::{Format, Sheet, check_apart};
use crate::data::{OutputCell, OutputColumn, OutputKind};
use crate::ledger::ExportedLine;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: LedgerArg,

    #[command(flatten)]
    narrow: Narrow,

    /// Where the table goes; it appears whole or not at all
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,

    /// The form of the table; without it by the ending of --out, or jsonl
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

pub fn run(args: &Args, _: &Invocation) -> Outcome {
    let format = format_of(args.format, &args.out);
    Sheet::check(&args.out, format)?;
    check_apart(&[("FILE", &args.at.file), ("--out", &args.out)])?;
    let ledger = args.at.open()?;
    let currencies = ledger.currencies().map_err(|e| failure(&e))?;
    let digits = currencies.iter().map(|c| c.digits()).max().unwrap_or(0);
    let query = args.narrow.query()?;
    let mut sheet = Sheet::create(&args.out, format, columns(digits))?;
    ledger
        .export::<Stop>(&query, &mut |line| {
            sheet.push(&cells(line)).map_err(Stop::Failure)
        })
        .map_err(Failure::from)?;
    sheet.finish()?;
    Ok(Exit::Clean)
}

/// `digits`: of money.
fn columns(digits: u32) -> Vec<OutputColumn> {
    let text = |name: &'static str| (name, OutputKind::Text);
    [
        text("workspace"),
        ("day", OutputKind::Date),
        text("campaign"),
        text("rule"),
        text("fate"),
        text("subject_record"),
        text("subject"),
        text("variant"),
        text("key"),
        text("action"),
        text("channel"),
        text("record"),
        text("target"),
        text("deliver_after"),
        ("cost", OutputKind::Decimal { digits }),
        text("currency"),
        ("params", OutputKind::Json),
    ]
    .into_iter()
    .map(|(name, kind)| OutputColumn {
        name: name.to_owned(),
        kind,
    })
    .collect()
}

fn optional(text: &Option<String>) -> OutputCell<'_> {
    match text {
        Some(text) => OutputCell::Text(text),
        None => OutputCell::Missing,
    }
}

fn cells(line: &ExportedLine) -> [OutputCell<'_>; 17] {
    [
        OutputCell::Text(&line.workspace),
        OutputCell::Date(line.day),
        OutputCell::Text(&line.campaign),
        OutputCell::Text(&line.rule),
        OutputCell::Text(line.fate.name()),
        OutputCell::Text(&line.subject_record),
        OutputCell::Text(&line.subject),
        optional(&line.variant),
        optional(&line.key),
        optional(&line.action),
        optional(&line.channel),
        optional(&line.record),
        optional(&line.target),
        optional(&line.deliver_after),
        line.cost.map_or(OutputCell::Missing, OutputCell::Decimal),
        optional(&line.currency),
        match &line.params {
            Some(params) => OutputCell::Json(params),
            None => OutputCell::Missing,
        },
    ]
}

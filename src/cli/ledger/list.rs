//! `guanxi ledger list`: runs, or what was done.

use super::{Form, LedgerArg, Narrow, Stop, failure};
use crate::cli::Invocation;
use crate::cli::console::{Exit, Failure, Outcome};
use crate::cli::schema::pretty;
use crate::ledger::{ListedFiring, ListedRun};
use crate::report::{Align, TextTable, grouped, visible};
use crate::schema::{Currency, Decimal};
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: LedgerArg,

    #[command(flatten)]
    narrow: Narrow,

    /// A table to read, or JSON
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    output_format: Form,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let ledger = args.at.open()?;
    let query = args.narrow.query()?;
    let text = if args.narrow.is_narrow() {
        let mut firings = Vec::new();
        ledger
            .firings::<Stop>(&query, &mut |firing| {
                firings.push(firing.clone());
                Ok(())
            })
            .map_err(Failure::from)?;
        match args.output_format {
            Form::Human => firings_table(&firings),
            Form::Json => {
                let firings: Vec<Value> = firings.iter().map(firing_json).collect();
                pretty(&json!({ "version": 1, "firings": firings }))
            }
        }
    } else {
        let runs = ledger
            .runs(query.workspace.as_deref())
            .map_err(|e| failure(&e))?;
        match args.output_format {
            Form::Human => runs_table(&runs),
            Form::Json => {
                let runs: Vec<Value> = runs.iter().map(run_json).collect();
                pretty(&json!({ "version": 1, "runs": runs }))
            }
        }
    };
    invocation.console.result(text)?;
    Ok(Exit::Clean)
}

const NONE: &str = "·";

fn number(n: u64) -> String {
    if n == 0 { NONE.into() } else { grouped(n) }
}

fn money(cost: Option<Decimal>, currency: Option<Currency>) -> String {
    match (cost, currency) {
        (Some(cost), Some(currency)) => {
            format!("{} {currency}", cost.to_string_min(currency.digits()))
        }
        (Some(cost), None) => cost.to_string(),
        (None, _) => NONE.into(),
    }
}

/// A table for each workspace, under its title.
fn by_workspace<T>(
    rows: &[T],
    title: fn(&T) -> &str,
    headers: &[(&str, Align)],
    cells: fn(&T) -> Vec<String>,
) -> String {
    let mut out = String::new();
    for group in rows.chunk_by(|a, b| title(a) == title(b)) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{}\n", visible(title(&group[0]))));
        let mut table = TextTable::new(headers);
        group.iter().for_each(|row| table.push(cells(row)));
        out.push_str(&table.without_columns_of(NONE).render("  "));
    }
    if out.is_empty() {
        out.push_str("nothing\n");
    }
    out
}

fn runs_table(runs: &[ListedRun]) -> String {
    let headers = [
        ("day", Align::Left),
        ("fired", Align::Right),
        ("held out", Align::Right),
        ("adopted", Align::Right),
        ("actions", Align::Right),
        ("cost", Align::Right),
        ("list", Align::Left),
    ];
    by_workspace(
        runs,
        |r| &r.workspace,
        &headers,
        |run| {
            vec![
                run.day.to_string(),
                number(run.done),
                number(run.held_out),
                number(run.adopted),
                number(run.actions),
                money(run.cost, run.currency),
                run.out.clone().unwrap_or_else(|| NONE.into()),
            ]
        },
    )
}

fn firings_table(firings: &[ListedFiring]) -> String {
    let headers = [
        ("day", Align::Left),
        ("campaign", Align::Left),
        ("rule", Align::Left),
        ("record", Align::Left),
        ("subject", Align::Left),
        ("fate", Align::Left),
        ("variant", Align::Left),
        ("actions", Align::Right),
        ("cost", Align::Right),
    ];
    by_workspace(
        firings,
        |f| &f.workspace,
        &headers,
        |firing| {
            vec![
                firing.day.to_string(),
                firing.campaign.clone(),
                firing.rule.clone(),
                firing.record.clone(),
                firing.subject.clone(),
                firing.fate.name().to_owned(),
                firing.variant.clone().unwrap_or_else(|| NONE.into()),
                number(firing.actions),
                money(firing.cost, firing.currency),
            ]
        },
    )
}

fn run_json(run: &ListedRun) -> Value {
    json!({
        "workspace": run.workspace,
        "day": run.day.to_string(),
        "list": run.out,
        "fired": run.done,
        "held_out": run.held_out,
        "adopted": run.adopted,
        "actions": run.actions,
        "cost": amount(run.cost, run.currency),
        "currency": run.currency.map(Currency::code),
    })
}

fn firing_json(firing: &ListedFiring) -> Value {
    json!({
        "workspace": firing.workspace,
        "day": firing.day.to_string(),
        "campaign": firing.campaign,
        "rule": firing.rule,
        "record": firing.record,
        "subject": firing.subject,
        "fate": firing.fate.name(),
        "variant": firing.variant,
        "actions": firing.actions,
        "cost": amount(firing.cost, firing.currency),
        "currency": firing.currency.map(Currency::code),
    })
}

fn amount(cost: Option<Decimal>, currency: Option<Currency>) -> Option<String> {
    cost.map(|c| c.to_string_min(currency.map_or(0, Currency::digits)))
}

//! `guanxi ledger check`: whether a ledger is whole, and fits a workspace.

use super::{Form, LedgerArg, failure};
use crate::cli::console::{Exit, Failure, Outcome, count};
use crate::cli::schema::pretty;
use crate::cli::{Invocation, findings, workspace};
use crate::ledger::{Finding, Ledger};
use crate::plan::{self, Request};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: LedgerArg,

    /// Also find what this workspace does not know any more
    #[arg(long, value_name = "WORKSPACE")]
    workspace: Option<PathBuf>,

    /// Sentences, or JSON
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    output_format: Form,
}

/// A kind of finding, for machines, and a sentence.
type Said = (&'static str, String);

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let ledger = args.at.open()?;
    let found = ledger.check().map_err(|e| failure(&e))?;
    let mut said: Vec<Said> = found.iter().map(say).collect();
    if let Some(path) = &args.workspace {
        said.extend(unknown(&ledger, path, invocation)?);
    }
    let text = match args.output_format {
        Form::Json => {
            let findings: Vec<Value> = said
                .iter()
                .map(|(kind, message)| json!({ "kind": kind, "message": message }))
                .collect();
            pretty(&json!({ "version": 1, "findings": findings }))
        }
        Form::Human if said.is_empty() => "the ledger is sound\n".to_owned(),
        Form::Human => {
            let lines: Vec<&str> = said.iter().map(|(_, message)| message.as_str()).collect();
            format!("{}\n{}\n", lines.join("\n"), count(said.len(), "finding"))
        }
    };
    invocation.console.result(text)?;
    Ok(if said.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

fn say(finding: &Finding) -> Said {
    match finding {
        Finding::Damage(what) => ("damage", format!("damaged: {what}")),
        Finding::Dangling { table, row } => (
            "dangling",
            format!("`{table}` {row} refers to a row that is not there"),
        ),
        Finding::Impossible { table, row, what } => {
            ("impossible", format!("`{table}` {row}: {what}"))
        }
        Finding::Pending(pending) => (
            "pending",
            format!(
                "the {} list `{}` of {} is recorded, but not in its place: the next run puts it there",
                pending.kind.name(),
                pending.out,
                pending.days.0
            ),
        ),
    }
}

/// Rules that fired and that the workspace of this title does not have.
fn unknown(ledger: &Ledger, path: &Path, invocation: &Invocation) -> Result<Vec<Said>, Failure> {
    let opened = workspace::open_one(path)?;
    let workspace = &opened.workspaces[0];
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(
        &opened,
        workspace,
        &config,
        invocation,
        "nothing was checked",
    )?;
    let plan = plan::lower(&program, Request::Run);
    let rules = ledger.rules().map_err(|e| failure(&e))?;
    let known = |campaign: &str, rule: &str| {
        let of = plan.campaigns.iter().filter(|c| c.name == campaign);
        of.flat_map(|c| &c.rules)
            .any(|r| r.name == rule || r.formerly.as_deref() == Some(rule))
    };
    let of_it = rules
        .iter()
        .filter(|(title, _, _)| *title == plan.workspace);
    let mut said: Vec<Said> = of_it
        .filter(|(_, campaign, rule)| !known(campaign, rule))
        .map(|(_, campaign, rule)| {
            let message = format!(
                "`{campaign}.{rule}` fired, but the workspace has no such rule; if it was renamed, write `formerly {rule}`"
            );
            ("unknown-rule", message)
        })
        .collect();
    if !rules.is_empty() && !rules.iter().any(|(title, _, _)| *title == plan.workspace) {
        let message = format!("it knows no workspace \"{}\"", plan.workspace);
        said.push(("unknown-workspace", message));
    }
    Ok(said)
}

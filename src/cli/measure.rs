//! `guanxi measure`: what campaigns brought, those treated against those held out.

use super::Invocation;
use super::clock::ClockArgs;
use super::console::{Exit, Failure, Outcome};
use super::findings;
use super::ledger;
use super::load::{DataArgs, Looking, RejectsArg, unfit};
use super::schema::pretty;
use super::workspace::{self, WorkspaceArg, shown};
use crate::diagnostic::nearest;
use crate::engine::{self, EvalError, Evaluator, Measured};
use crate::plan::{self, Request};
use crate::report;
use std::path::PathBuf;

/// Measure what campaigns brought: those treated against those held out
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every subject counts once, by its first treatment or holdout in the campaign.
Conditions are compared by their rates, with Newcombe's interval; numbers and
money by their means, with Welch's. Costs are all that the campaign spent on
those counted, from their treatment to the end of the time that is measured.

Examples:
  guanxi measure my-shop --ledger shop.ledger
  guanxi measure my-shop --ledger shop.ledger --campaign birthdays
  guanxi measure my-shop --ledger shop.ledger --output-format json")]
pub struct Args {
    #[command(flatten)]
    at: WorkspaceArg,

    /// The ledger that the runs were recorded in
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// Only this campaign
    #[arg(long, value_name = "NAME")]
    campaign: Option<String>,

    #[command(flatten)]
    data: DataArgs,

    #[command(flatten)]
    rejects: RejectsArg,

    #[command(flatten)]
    clock: ClockArgs,

    /// How to write the results
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    output_format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables and sentences, for people
    Human,
    /// For machines; `guanxi schema measure` prints its JSON Schema
    Json,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let opened = workspace::open_one(&args.at.workspace)?;
    let workspace = &opened.workspaces[0];
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(
        &opened,
        workspace,
        &config,
        invocation,
        "nothing was measured",
    )?;
    let clock = args.clock.resolve(&program.workspace.zone)?;
    let mut plan = plan::lower(&program, Request::Measure);
    let history = ledger::history(&args.ledger, &plan)?;
    if let Some(name) = &args.campaign {
        if !plan.campaigns.iter().any(|c| c.name == *name) {
            let names = plan.campaigns.iter().map(|c| c.name.as_str());
            let near = nearest(name, names);
            return Err(Failure::usage(
                format!("there is no campaign `{name}`"),
                near.map_or("leave out `--campaign` to see all".into(), |near| {
                    format!("did you mean `{near}`?")
                }),
            ));
        }
        let others = plan.campaigns.iter_mut().filter(|c| c.name != *name);
        others.for_each(|c| c.measures.clear());
    }
    if plan.campaigns.iter().all(|c| c.measures.is_empty()) {
        return Err(Failure::usage(
            "no campaign says what to measure",
            "write into a campaign: `measure back = any of purchases in 30 days after treatment`",
        ));
    }
    if history.rules().next().is_none() {
        invocation.console.say(format_args!(
            "`{}` knows of nothing that \"{}\" did; run with `--ledger` first",
            shown(&args.ledger),
            report::visible(&program.workspace.name),
        ));
    }
    let looking = Looking {
        opened: &opened,
        workspace,
        config: &config,
        plan: &plan,
        clock,
    };
    let mut loaded = args.rejects.load(
        &args.data,
        &looking,
        &[("--ledger", Some(args.ledger.as_path()))],
        invocation,
    )?;
    engine::recall(&plan, &mut loaded.dataset, Some(&history));
    let unfit = |e: EvalError| unfit(&e, &plan, &loaded.dataset, &opened.sources);
    let evaluator = Evaluator::new(&plan, &loaded.dataset, clock.of_run(), Some(&history));
    let evaluator = evaluator.map_err(unfit)?;
    let found = engine::measure(&evaluator, &history).map_err(unfit)?;
    let words = |measured: &Measured| {
        let measure = &plan.campaigns[measured.campaign].measures[measured.measure];
        let text = opened.sources.slice(measure.span);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let text = match args.output_format {
        Format::Human => report::measures(&plan, &found, clock.today, &words),
        Format::Json => pretty(&report::measures_json(&plan, &found, clock.today, &words)),
    };
    invocation.console.result(text)?;
    Ok(Exit::Clean)
}

/// `guanxi schema measure`.
pub fn schema(invocation: &Invocation) -> Outcome {
    invocation
        .console
        .result(include_str!("schema/measure.schema.json"))?;
    Ok(Exit::Clean)
}

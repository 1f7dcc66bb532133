//! `guanxi run`: customer records in, an action list out.

use super::clock::ClockArgs;
use super::console::{Exit, Failure, Outcome};
use super::load::{DataArgs, unfit};
use super::output::{self, FORMATS, Format, Sheet, Stop};
use super::workspace::{self, Opened, Workspace, WorkspaceArg, shown};
use super::{Invocation, findings};
use crate::data::{self, Loaded};
use crate::engine::{self, EvalError, Texts};
use crate::plan::{self, Plan, Request};
use crate::report::{self, Summary};
use crate::schema::Day;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Turn customer records into an action list
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The action list goes to standard output or into --out, the summary to standard
error.

Examples:
  guanxi run my-shop --today 2026-11-21
  guanxi run my-shop --data exports --out actions.csv --format csv
  guanxi run my-shop --rejects bad-rows.jsonl --suppressed suppressed.csv")]
pub struct Args {
    #[command(flatten)]
    at: WorkspaceArg,

    #[command(flatten)]
    data: DataArgs,

    #[command(flatten)]
    clock: ClockArgs,

    /// Where the action list goes; it appears whole or not at all
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,

    /// The form of the action list; without it by the ending of --out, or what guanxi.toml says, or jsonl
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,

    /// Go on without bad rows, and write each with its reasons into this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// Write what was stopped into this file, with the stage and limit that did
    #[arg(long, value_name = "FILE")]
    suppressed: Option<PathBuf>,
}

/// What `format` in a `guanxi.toml` may say.
pub fn format_names() -> Vec<&'static str> {
    FORMATS.iter().map(|f| f.0.name()).collect()
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let opened = workspace::open(&args.at.workspace)?;
    if opened.workspaces.len() > 1 {
        refuse_files_of_several(&args, &opened)?;
    }
    for workspace in &opened.workspaces {
        run_workspace(&args, &opened, workspace, invocation)?;
    }
    Ok(Exit::Clean)
}

/// Several workspaces run in turn, but they cannot share a file.
fn refuse_files_of_several(args: &Args, opened: &Opened) -> Result<(), Failure> {
    let shares = args.out != Path::new("-")
        || args.data.data.is_some()
        || args.rejects.is_some()
        || args.suppressed.is_some();
    if !shares {
        return Ok(());
    }
    let names: Vec<&str> = opened.workspaces.iter().map(|w| w.shown.as_str()).collect();
    Err(Failure::usage(
        format!(
            "`{}` holds {} workspaces, which cannot share files",
            shown(&args.at.workspace),
            names.len()
        ),
        format!("name one of them: {}", super::config::list(&names)),
    ))
}

fn run_workspace(
    args: &Args,
    opened: &Opened,
    workspace: &Workspace,
    invocation: &Invocation,
) -> Result<(), Failure> {
    let started = Instant::now();
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(opened, workspace, &config, invocation, "nothing was run")?;
    let clock = args.clock.resolve(&program.workspace.zone)?;
    let format = Format::choose(args.format, &args.out, config.format.as_deref());
    Sheet::check(&args.out, format)?;
    let files = [
        ("--out", Some(&args.out)),
        ("--rejects", args.rejects.as_ref()),
        ("--suppressed", args.suppressed.as_ref()),
    ];
    let files: Vec<(&str, &Path)> = files
        .into_iter()
        .filter_map(|(option, path)| Some((option, path?.as_path())))
        .collect();
    output::check_apart(&files)?;
    let plan = plan::lower(&program, Request::Run);
    let loaded = args.data.load(
        &plan,
        workspace,
        &config,
        (clock, args.rejects.is_some()),
        invocation,
    )?;
    let unfit = |e: EvalError| unfit(&e, &plan, &loaded.dataset, &opened.sources);
    let outcome = engine::run(
        &plan,
        &loaded.dataset,
        clock.of_run(),
        &engine::Past::default(),
    )
    .map_err(unfit)?;
    let rejects = write_rejects(args, &loaded)?;
    let suppressed = write_suppressed(args, &outcome)?;
    write_actions(args, format, &outcome, clock.today).map_err(|stop| stop.failure(unfit))?;
    let out = shown(&args.out);
    let summary = report::summary(
        &outcome,
        &Summary {
            today: clock.today,
            by_the_wall: clock.by_the_wall,
            rows_read: rows_read(&plan, &loaded),
            rejects: rejects.as_ref().map(|(n, f)| (*n, f.as_str())),
            suppressed: suppressed.as_ref().map(|(n, f)| (*n, f.as_str())),
            out: if out == "-" { "standard output" } else { &out },
        },
    );
    invocation.console.say(summary.trim_end());
    if invocation.console.verbose {
        invocation
            .console
            .say(format_args!("took {:.2?}", started.elapsed()));
    }
    Ok(())
}

/// Rows of each record that the run works on, bad ones left out, in the order of the program.
fn rows_read(plan: &Plan, loaded: &Loaded) -> Vec<(String, u64)> {
    plan.tables
        .iter()
        .zip(&loaded.dataset.tables)
        .filter(|(request, _)| !request.columns.is_empty())
        .filter(|(request, _)| !matches!(request.source, data::TableSource::Done))
        .map(|(request, table)| (request.record.clone(), table.rows as u64))
        .collect()
}

fn write_rejects(args: &Args, loaded: &Loaded) -> Result<Option<(u64, String)>, Failure> {
    let Some(path) = &args.rejects else {
        return Ok(None);
    };
    data::write_rejects(path, &loaded.rejects)
        .map_err(|e| Failure::io("written", &shown(path), &e))?;
    Ok(Some((loaded.rejects.len() as u64, shown(path))))
}

fn write_suppressed(
    args: &Args,
    outcome: &engine::Outcome<'_>,
) -> Result<Option<(u64, String)>, Failure> {
    let Some(path) = &args.suppressed else {
        return Ok(None);
    };
    let mut sheet = Sheet::create(
        path,
        Format::choose(None, path, None),
        report::suppressed_columns(),
    )?;
    let rows = outcome.suppressed();
    for row in &rows {
        sheet.push(&report::suppressed_cells(row))?;
    }
    sheet.finish()?;
    Ok(Some((rows.len() as u64, shown(path))))
}

fn write_actions(
    args: &Args,
    format: Format,
    outcome: &engine::Outcome<'_>,
    today: Day,
) -> Result<(), Stop> {
    let plan = outcome.plan();
    let texts = Texts::new(plan);
    let mut sheet = Sheet::create(&args.out, format, report::action_columns(plan.currency))?;
    outcome.actions(&mut |row| {
        report::with_action_cells(row, today, &texts, |cells| sheet.push(cells)).map_err(Stop::from)
    })?;
    Ok(sheet.finish()?)
}

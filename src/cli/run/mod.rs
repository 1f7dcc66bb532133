//! `guanxi run`: customer records in, an action list out.
//!
//! `memory` says beforehand what it will need; `days` runs each day; `recorded` is the way with a ledger; `places`
//! brings files where they belong.

mod days;
mod memory;
mod names;
mod places;
mod recorded;
mod totals;

use super::clock::{self, Clock, ClockArgs};
use super::config::Config;
use super::console::{Exit, Failure, Outcome};
use super::load::DataArgs;
use super::output::{self, FORMATS, Format, Sheet};
use super::workspace::{self, Opened, Workspace, WorkspaceArg, shown};
use super::{Invocation, findings};
use crate::data::{self, Loaded};
use crate::ledger::PendingKind;
use crate::plan::{self, Plan, Request};
use crate::report::{self, Memory, Summary};
use crate::schema::Day;
use days::{Came, Keep};
use places::Outputs;
use recorded::Recorded;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Turn customer records into an action list
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The action list goes to standard output or into --out, the summary to standard
error. With --ledger what was done is remembered: a second run does nothing
twice.

Examples:
  guanxi run my-shop --today 2026-11-21
  guanxi run my-shop --ledger my-shop.ledger --out actions.csv
  guanxi run my-shop --ledger my-shop.ledger --adopt
  guanxi run my-shop --from 2026-01-01 --to 2026-12-31 --out year.jsonl
  guanxi run my-shop --rejects bad-rows.jsonl --suppressed suppressed.csv")]
pub struct Args {
    #[command(flatten)]
    at: WorkspaceArg,

    #[command(flatten)]
    data: DataArgs,

    #[command(flatten)]
    clock: ClockArgs,

    /// Run every day from this one to --to, as if each had been run on its own
    #[arg(long, value_name = "DATE", requires = "to", conflicts_with_all = ["today", "now"])]
    from: Option<String>,

    /// The last day of --from
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<String>,

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

    /// Remember in this file what was done, and go by what it remembers; made where there is none
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,

    /// How long to wait for another run that uses the ledger
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 10,
        requires = "ledger"
    )]
    wait: u64,

    /// Say what the run will need of memory, by records, and run nothing
    #[arg(long)]
    memory: bool,

    /// How much memory the run may need, such as 4GB, or it is refused before it reads; without it as much as is
    /// free
    #[arg(long, value_name = "SIZE", value_parser = memory::parse_size)]
    memory_limit: Option<u64>,

    /// Record everything that would be done as done, without doing it
    #[arg(long, requires = "ledger", conflicts_with_all = ["out", "format"])]
    adopt: bool,
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
    for (place, workspace) in opened.workspaces.iter().enumerate() {
        let last = place + 1 == opened.workspaces.len();
        run_workspace(&args, &opened, workspace, (invocation, last))?;
    }
    Ok(Exit::Clean)
}

/// Several workspaces run in turn, but they cannot share a file; a ledger is made for that.
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

/// One run of one workspace, ready to go.
struct Job<'a> {
    args: &'a Args,
    opened: &'a Opened,
    workspace: &'a Workspace,
    config: &'a Config,
    invocation: &'a Invocation,
    plan: &'a Plan,
    order: report::Order,
    format: Format,
    /// Ascending, at least one.
    days: Vec<Clock>,
    /// The process ends after this one, and gives all memory back at once.
    last: bool,
}

/// What was written, beside what came of the days.
struct Written {
    recorded: Option<Recorded>,
}

fn run_workspace(
    args: &Args,
    opened: &Opened,
    workspace: &Workspace,
    (invocation, last): (&Invocation, bool),
) -> Result<(), Failure> {
    let started = Instant::now();
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(opened, workspace, &config, invocation, "nothing was run")?;
    let days = match (&args.from, &args.to) {
        (Some(from), Some(to)) => clock::days(from, to, &program.workspace.zone)?,
        _ => vec![args.clock.resolve(&program.workspace.zone)?],
    };
    let format = Format::choose(args.format, &args.out, config.format.as_deref());
    check_files(args, format)?;
    let rules = workspace.files.iter();
    let rules = rules.map(|file| Path::new(opened.sources.file(*file).name.as_str()));
    output::check_not_read(&written(args), rules)?;
    let plan = plan::lower(&program, Request::Run);
    let job = Job {
        args,
        opened,
        workspace,
        config: &config,
        invocation,
        plan: &plan,
        order: report::Order::of(&program, &opened.sources),
        format,
        days,
        last,
    };
    if memory::check(&job)? {
        return Ok(());
    }
    let (came, written) = match &args.ledger {
        Some(ledger) => recorded::run(&job, ledger)?,
        None => job.run_without_ledger()?,
    };
    job.say(&came, &written);
    if invocation.console.verbose {
        invocation
            .console
            .say(format_args!("took {:.2?}", started.elapsed()));
    }
    Ok(())
}

/// Refuses, before any work is done, what cannot end well.
fn check_files(args: &Args, format: Format) -> Result<(), Failure> {
    if !args.adopt {
        Sheet::check(&args.out, format)?;
    }
    if let Some(ledger) = &args.ledger {
        recorded::check(ledger, &args.out, args.adopt)?;
    }
    output::check_apart(&written(args))
}

/// The files that are written, each with the option that names it.
fn written(args: &Args) -> Vec<(&str, &Path)> {
    let files = [
        ("--out", (!args.adopt).then_some(&args.out)),
        ("--rejects", args.rejects.as_ref()),
        ("--suppressed", args.suppressed.as_ref()),
        ("--ledger", args.ledger.as_ref()),
    ];
    files
        .into_iter()
        .filter_map(|(option, path)| Some((option, path?.as_path())))
        .collect()
}

impl Job<'_> {
    /// The first and the last day.
    fn range(&self) -> (Day, Day) {
        let day = |clock: Option<&Clock>| clock.map_or(Day(0), |c| c.today);
        (day(self.days.first()), day(self.days.last()))
    }

    /// The data as it is on a day. `aloud`: with progress, and the files that were read.
    fn load(&self, plan: &Plan, clock: Clock, aloud: bool) -> Result<Loaded, Failure> {
        let quiet = Invocation {
            console: self.invocation.console.hushed(),
            config: self.invocation.config.clone(),
        };
        let invocation = if aloud { self.invocation } else { &quiet };
        let rejects = self.args.rejects.is_some();
        let loaded = self.args.data.load(
            plan,
            self.workspace,
            self.config,
            (clock, rejects),
            invocation,
        )?;
        let read = loaded.files.iter().map(|f| f.path.as_path());
        output::check_not_read(&written(self.args), read)?;
        Ok(loaded)
    }

    fn run_without_ledger(&self) -> Result<(Came, Written), Failure> {
        let mut outputs = Outputs::default();
        let columns = report::action_columns(self.plan.currency);
        let mut sheet = Sheet::create(&self.args.out, self.format, columns)?;
        let mut suppressed = self.suppressed_sheet()?;
        let came = days::each(self, None, suppressed.as_mut(), Keep::Nothing(&mut sheet))?;
        self.complete_lists(&came, suppressed, &mut outputs)?;
        outputs.add(PendingKind::Actions, self.format, sheet.complete()?);
        outputs.deliver()?;
        Ok((came, Written { recorded: None }))
    }

    /// The list of what fell, and that of bad rows.
    fn complete_lists(
        &self,
        came: &Came,
        suppressed: Option<Sheet>,
        outputs: &mut Outputs,
    ) -> Result<(), Failure> {
        if let Some(path) = &self.args.rejects {
            let complete = data::write_rejects(path, &came.rejects)
                .map_err(|e| Failure::io("written", &shown(path), &e))?;
            outputs.add(PendingKind::Rejects, FORMATS[0], complete);
        }
        if let Some(sheet) = suppressed {
            outputs.add(PendingKind::Suppressed, FORMATS[0], sheet.complete()?);
        }
        Ok(())
    }

    fn suppressed_sheet(&self) -> Result<Option<Sheet>, Failure> {
        self.args
            .suppressed
            .as_ref()
            .map(|path| {
                let format = Format::choose(None, path, None);
                Sheet::create(path, format, report::suppressed_columns())
            })
            .transpose()
    }

    fn say(&self, came: &Came, written: &Written) {
        let file = |path: &Option<PathBuf>, n: u64| path.as_ref().map(|p| (n, shown(p)));
        let rejects = file(&self.args.rejects, came.rejects.len() as u64);
        let suppressed = file(&self.args.suppressed, came.suppressed);
        let out = shown(&self.args.out);
        let ledger = self.args.ledger.as_ref().map(|p| shown(p));
        let memory = match (&ledger, &written.recorded) {
            (Some(ledger), Some(recorded)) => Memory::Ledger {
                name: ledger,
                firings: recorded.firings as u64,
                adopted: self.args.adopt.then_some(recorded.adopted),
                earlier: recorded.earlier,
            },
            _ => Memory::None,
        };
        let summary = report::summary(
            self.plan,
            came.totals.sums(),
            &Summary {
                days: self.range(),
                by_the_wall: self.days.iter().any(|c| c.by_the_wall),
                rows_read: came.rows_read.clone(),
                rejects: rejects.as_ref().map(|(n, f)| (*n, f.as_str())),
                suppressed: suppressed.as_ref().map(|(n, f)| (*n, f.as_str())),
                out: if out == "-" { "standard output" } else { &out },
                memory,
                order: &self.order,
                all: self.invocation.console.verbose,
            },
        );
        self.invocation.console.say(summary.trim_end());
    }
}

//! A run with a ledger. The order keeps a run that is killed at any instant from leaving half of itself: the
//! files are written beside their places; one commit records what was done and which files wait; then they are
//! moved. Whoever opens the ledger next moves what still waits.

use super::days::{self, Came, Keep};
use super::names::Program;
use super::places::{self, Outputs, Places};
use super::{Job, Written};
use crate::cli::console::{Exit, Failure};
use crate::cli::ledger::failure;
use crate::cli::output::is_regular;
use crate::cli::workspace::shown;
use crate::data::{self, Dataset};
use crate::engine;
use crate::ledger::{Added, Entries, Ledger, PendingKind, Writing};
use std::path::Path;
use std::time::{Duration, Instant};

/// What the ledger says of a run.
pub struct Recorded {
    pub firings: usize,
    pub adopted: u64,
    /// Lines of the list that earlier runs sent there.
    pub earlier: u64,
}

/// Refuses, before any work is done, what could not be taken back.
pub fn check(ledger: &Path, out: &Path, adopt: bool) -> Result<(), Failure> {
    if !adopt && !is_regular(out) {
        return Err(Failure::usage(
            "with `--ledger` the action list goes into a file: what a pipe or a terminal took cannot be taken back",
            "name one: `--out actions.jsonl`",
        ));
    }
    if ledger.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::IsADirectory);
        return Err(Failure::io("opened", &shown(ledger), &error));
    }
    if !is_regular(ledger) {
        return Err(Failure::usage(
            format!("`{}` is no file that could hold a ledger", shown(ledger)),
            "name the ledger's file, or one that is not there yet",
        ));
    }
    Ok(())
}

/// The run, from lock to summary.
pub fn run(job: &Job<'_>, path: &Path) -> Result<(Came, Written), Failure> {
    let wait = Duration::from_secs(job.args.wait);
    let mut ledger = Ledger::open(path, wait).map_err(|e| failure(&e))?;
    let at = Places::of(path)?;
    let out = match job.args.adopt {
        true => None,
        false => Some(at.text(&job.args.out)?),
    };
    let mut writing = ledger.lock(wait).map_err(|e| failure(&e))?;
    let completed = places::settle(&writing, &at, job.invocation)?;
    for list in &completed {
        job.invocation.console.say(format_args!(
            "completed the list of {} in `{}`, which a stopped run had recorded\n",
            places::days(list.days),
            list.out
        ));
    }
    if let Some(out) = &out {
        places::refuse_to_write_over(&completed, &at, (out, job.range()))?;
    }
    sweep(job);
    let (came, written, staged) = work(job, &at, out.as_deref(), &mut writing)?;
    let Some(staged) = staged else {
        return Ok((came, written));
    };
    writing.commit().map_err(|e| at.fault(e))?;
    // From here on it has happened; whatever goes wrong, the next run makes it whole.
    staged.into_iter().for_each(data::Staged::leave);
    put_in_place(job, &mut ledger, &at, wait)?;
    Ok((came, written))
}

/// What killed runs have left beside our places.
fn sweep(job: &Job<'_>) {
    let files = [
        (!job.args.adopt).then_some(&job.args.out),
        job.args.rejects.as_ref(),
        job.args.suppressed.as_ref(),
    ];
    files
        .into_iter()
        .flatten()
        .for_each(|file| data::sweep(file));
}

type Staged = Option<Vec<data::Staged>>;

/// Runs the days and writes everything, the list from what is recorded. No files: nothing is new, and nothing
/// has to be committed.
fn work(
    job: &Job<'_>,
    at: &Places,
    out: Option<&str>,
    writing: &mut Writing<'_>,
) -> Result<(Came, Written, Staged), Failure> {
    let plan = job.plan;
    let workspace = writing
        .workspace(&plan.workspace, plan.currency)
        .map_err(|e| at.fault(e))?;
    let history = writing
        .history(&plan.workspace, engine::recalls_parameters(plan))
        .map_err(|e| at.fault(e))?;
    let mut all = Vec::new();
    let mut record = |entries: &Entries, data: &Dataset| {
        let names = Program::new(plan, data);
        let added = writing.add(workspace, out, entries, &names);
        all.push(added.map_err(|e| at.fault(e))?);
        Ok(())
    };
    let mut outputs = Outputs::default();
    let mut suppressed = job.suppressed_sheet()?;
    let came = days::each(
        job,
        Some(history),
        suppressed.as_mut(),
        Keep::Entries(&mut record),
    )?;
    job.complete_lists(&came, suppressed, &mut outputs)?;
    let mut earlier = 0;
    if let Some(out) = out {
        let list = ((workspace, out), job.range());
        let (sheet, lines) = places::sheet_of((&*writing, at), &job.args.out, job.format, list)?;
        earlier = lines.saturating_sub(came.totals.actions());
        outputs.add(PendingKind::Actions, job.format, sheet.complete()?);
    }
    let recorded = Recorded {
        firings: all.iter().map(|a| a.firings).sum(),
        adopted: came.totals.adopted,
        earlier,
    };
    let written = Written {
        recorded: Some(recorded),
    };
    if all.iter().all(Added::is_nothing) {
        outputs.deliver()?;
        return Ok((came, written, None));
    }
    let staged = outputs.record(writing, at, (workspace, job.range()))?;
    Ok((came, written, Some(staged)))
}

/// Moves the files to their places, under the lock. Another run that got it first moves them for us.
fn put_in_place(
    job: &Job<'_>,
    ledger: &mut Ledger,
    at: &Places,
    wait: Duration,
) -> Result<(), Failure> {
    const TRY: Duration = Duration::from_millis(200);
    const LEAST: Duration = Duration::from_secs(60);
    let started = Instant::now();
    loop {
        if let Ok(writing) = ledger.lock(TRY) {
            return places::settle(&writing, at, job.invocation).map(|_| ());
        }
        if ledger.has_pending().is_ok_and(|pending| !pending) {
            return Ok(());
        }
        if started.elapsed() > wait.max(LEAST) {
            return Err(Failure::new(
                Exit::Io,
                "the run is recorded, but another program holds the ledger, so that the list is not in its place yet",
                "run the command again: it puts the list there first, and does nothing twice",
            ));
        }
    }
}

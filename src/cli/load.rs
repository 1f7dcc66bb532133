//! Reads the data of a run, with progress for who waits, and says what is wrong with it.

use super::Invocation;
use super::clock::Clock;
use super::config::Config;
use super::console::{Exit, Failure, count};
use super::output;
use super::progress::Waiting;
use super::workspace::{Opened, Workspace, shown};
use crate::data::{self, Cause, DataProblem, Dataset, LoadOptions, Loaded};
use crate::engine::EvalError;
use crate::plan::Plan;
use crate::source::SourceMap;
use std::path::{Path, PathBuf};

/// Where the data lies and how it is read.
#[derive(Debug, Clone, clap::Args)]
pub struct DataArgs {
    /// The folder with the data; without it the workspace's data/, or what guanxi.toml names
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// How many threads to work with; without it one for each core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Of commands that only look: to go on without bad rows, as `run` does.
#[derive(Debug, Clone, clap::Args)]
pub struct RejectsArg {
    /// Go on without bad rows, and write each with its reasons into this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// What a command looks at.
pub struct Looking<'a> {
    pub opened: &'a Opened,
    pub workspace: &'a Workspace,
    pub config: &'a Config,
    pub plan: &'a Plan,
    pub clock: Clock,
}

impl RejectsArg {
    /// As [`DataArgs::load`]; what is set aside is written. `others`: options with files that it must not be.
    pub fn load(
        &self,
        data: &DataArgs,
        at: &Looking<'_>,
        others: &[(&str, Option<&Path>)],
        invocation: &Invocation,
    ) -> Result<Loaded, Failure> {
        let going_on = (at.clock, self.rejects.is_some());
        let loaded = data.load(at.plan, at.workspace, at.config, going_on, invocation)?;
        let Some(path) = &self.rejects else {
            return Ok(loaded);
        };
        let mut files = vec![("--rejects", path.as_path())];
        files.extend(others.iter().filter_map(|(o, p)| Some((*o, (*p)?))));
        output::check_apart(&files)?;
        let rules = at.workspace.files.iter();
        let rules = rules.map(|f| Path::new(at.opened.sources.file(*f).name.as_str()));
        output::check_not_read(&files[..1], rules)?;
        output::check_not_read(&files[..1], loaded.files.iter().map(|f| f.path.as_path()))?;
        data::write_rejects(path, &loaded.rejects)
            .and_then(|complete| complete.deliver())
            .map_err(|e| Failure::io("written", &shown(path), &e))?;
        let n = loaded.rejects.len();
        if n > 0 {
            invocation.console.say(format_args!(
                "{} set aside, listed in {}",
                count(n, "bad row"),
                shown(path)
            ));
        }
        Ok(loaded)
    }
}

impl DataArgs {
    /// The tables that a plan asks for. `rejects`: go on without bad rows.
    pub fn load(
        &self,
        plan: &Plan,
        workspace: &Workspace,
        config: &Config,
        (clock, rejects): (Clock, bool),
        invocation: &Invocation,
    ) -> Result<Loaded, Failure> {
        self.set_threads();
        let waiting = Waiting::new(invocation);
        let tell = |progressed| waiting.tell(progressed);
        let mut options = self.options(plan, workspace, config)?;
        options.today = clock.today;
        options.now = clock.now;
        options.rejects = rejects;
        options.progress = Some(&tell);
        let loaded = data::load(&plan.tables, &options);
        waiting.done();
        let loaded = loaded.map_err(|problems| broken(&problems, rejects, invocation))?;
        if invocation.console.verbose {
            for file in &loaded.files {
                let rows = count(file.rows as usize, "row");
                invocation.console.say(format_args!(
                    "read {}: {rows} of `{}`",
                    file.name, file.record
                ));
            }
        }
        Ok(loaded)
    }

    /// Where the tables of a plan lie.
    pub fn options(
        &self,
        plan: &Plan,
        workspace: &Workspace,
        config: &Config,
    ) -> Result<LoadOptions<'static>, Failure> {
        let folder = self
            .data
            .clone()
            .or_else(|| config.data_folder.clone())
            .unwrap_or_else(|| workspace.root.join("data"));
        // Sources that are all named elsewhere need no folder.
        if !folder.is_dir() && config.sources.is_empty() {
            return Err(Failure::new(
                Exit::Data,
                format!("there is no data folder `{}`", shown(&folder)),
                "name it with `--data DIR`, or in a `guanxi.toml`: `[data]` and `folder = \"…\"`",
            ));
        }
        let mut options = LoadOptions::new(folder);
        options.named = config
            .sources
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        options.zone = jiff::tz::TimeZone::get(&plan.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Ok(options)
    }

    /// How many threads it will be.
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(cores, usize::from)
    }

    fn set_threads(&self) {
        // 0: as many as there are cores. A pool that is already there stays; results do not depend on its size.
        let threads = self.threads.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(super::STACK);
        let _ = pool.build_global();
    }
}

/// Shows every problem; the failure counts them and says what to do.
fn broken(problems: &[DataProblem], rejects: bool, invocation: &Invocation) -> Failure {
    for problem in problems {
        invocation
            .console
            .complain(format_args!("{}\n", problem.render()));
    }
    let of_rows = problems.iter().all(|p| p.cause.is_of_rows());
    let unreadable = problems.iter().all(|p| p.cause == Cause::Unreadable);
    let help = if of_rows && !rejects {
        "mend the data, or go on without these rows: `--rejects rejects.jsonl` lists them"
    } else {
        "mend the data, then run the command again"
    };
    Failure::new(
        if unreadable { Exit::Io } else { Exit::Data },
        format!(
            "{} with the data; nothing was written",
            count(problems.len(), "problem")
        ),
        help,
    )
}

/// A value that does not fit its type.
pub fn unfit(error: &EvalError, plan: &Plan, data: &Dataset, sources: &SourceMap) -> Failure {
    let span = plan.nodes.span(error.node);
    let Some(table) = plan.tables.get(error.table) else {
        return Failure::new(
            Exit::Data,
            format!(
                "`{}` {} ({}); nothing was written",
                one_line(sources.slice(span)),
                error.cause.words(),
                sources.locate(span),
            ),
            "look for values that are far too large among its rows",
        );
    };
    let record = &table.record;
    // The day of `as of` is of no row, and there may be none.
    let there = error.row < data.tables[error.table].rows;
    let key = there.then(|| data.key_text(error.table, error.row as u32));
    let whom = match key {
        None => String::new(),
        Some(key) if key.is_empty() => format!("for `{record}` row {}, ", error.row + 1),
        Some(key) => format!("for `{record}` \"{key}\", "),
    };
    Failure::new(
        Exit::Data,
        format!(
            "{whom}`{}` {} ({}); nothing was written",
            one_line(sources.slice(span)),
            error.cause.words(),
            sources.locate(span),
        ),
        "look for a value in this row that is far too large, or a date far from today",
    )
}

/// The beginning of an expression, on one line.
fn one_line(text: &str) -> String {
    const MOST: usize = 60;
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    line.chars().take(MOST).chain(['…']).collect()
}

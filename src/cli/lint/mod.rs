//! `guanxi lint`: everything that is wrong with a workspace, before any customer is touched.

pub mod baseline;
mod fix;

use super::Invocation;
use super::config;
use super::console::{Exit, Failure, Outcome, count};
use super::findings::{self, Findings, Format};
use super::watch;
use super::workspace::{self, Opened, Workspace, WorkspaceArg};
use crate::diagnostic::fix::Wanted;
use crate::diagnostic::{self, Code, Diagnostic, Severity, codes};
use crate::lint::{LINTS_WITH_TESTS, Levels};
use crate::source::{FileId, SourceFile};
use baseline::Baseline;
use std::path::{Path, PathBuf};

/// Find what is wrong with a workspace
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi lint my-shop                            the whole workspace
  guanxi lint campaigns.rules                    one file on its own
  guanxi lint my-shop --output-format json       for an editor or a build
  guanxi lint my-shop --fail-on error            warnings do not fail
  guanxi lint my-shop --level style=off          without a group of lints
  guanxi lint my-shop --fix                      mends what can be mended safely
  guanxi lint my-shop --fix --diff               only shows how
  guanxi lint my-shop --baseline known.json --write-baseline
  guanxi lint my-shop --baseline known.json      only what is not in it
  guanxi lint my-shop --watch                    again after each change")]
pub struct Args {
    #[command(flatten)]
    at: WorkspaceArg,

    /// How to write the findings
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    output_format: Format,

    /// From which level on findings make the command fail
    #[arg(long, value_name = "LEVEL", default_value = "warning", value_parser = level)]
    fail_on: Severity,

    /// Report the findings, but do not fail
    #[arg(long)]
    exit_zero: bool,

    /// Report a lint or a group of lints at another level: off, hint, warning or error
    #[arg(long = "level", value_name = "NAME=LEVEL")]
    levels: Vec<String>,

    /// Run the tests too, and name the rules that none of them makes act
    #[arg(long)]
    tests: bool,

    /// Leave out the findings that this file knows
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what is found now to the baseline
    #[arg(long, requires = "baseline", conflicts_with = "fix")]
    write_baseline: bool,

    /// Mend what can be mended without changing what the rules do
    #[arg(long)]
    fix: bool,

    /// Mend also by guesses, and where it changes what the rules do
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,

    /// Write nothing; show what --fix would change, and fail if there is anything
    #[arg(long, requires = "fix")]
    diff: bool,

    /// Lint again whenever a file of the workspace changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["fix", "write_baseline"])]
    watch: bool,
}

fn level(text: &str) -> Result<Severity, String> {
    match text {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        _ => Err("write `warning` or `error`".into()),
    }
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    if !args.tests {
        // Examples are of a few rows: a thread takes longer to come than they take to evaluate. Where there is a
        // pool already, it is used.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
        let _ = pool.use_current_thread().build_global();
    }
    if args.watch {
        return watch::watch(&args.at.workspace, invocation, || once(&args, invocation));
    }
    once(&args, invocation)
}

fn once(args: &Args, invocation: &Invocation) -> Outcome {
    let mut opened = workspace::open(&args.at.workspace)?;
    let linter = Linter::new(args, &opened, invocation)?;
    if let (true, Some(path)) = (args.write_baseline, &args.baseline) {
        return linter.write_baseline(path, &opened, invocation);
    }
    let wanted = if args.unsafe_fixes {
        Wanted::All
    } else {
        Wanted::Safe
    };
    let (mut found, mut gone) = linter.look(&opened);
    if args.fix {
        let mended = fix::run(&mut opened, &linter, found, wanted);
        if args.diff {
            let exit = fix::show(&mended, &opened, invocation)?;
            return Ok(if args.exit_zero { Exit::Clean } else { exit });
        }
        fix::write(&mended, &opened, invocation)?;
        (found, gone) = linter.look(&opened);
        fix::report(&mended, &found, invocation);
        if opened.paths.iter().any(Option::is_none) {
            return linter.beside_a_text(args, &opened, &found, invocation);
        }
    }
    let look = invocation.console.look_out();
    let mut text = findings::written(args.output_format, &opened.sources, &found, look);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    invocation.console.result(&text)?;
    close(&opened, &found, invocation);
    if !args.fix {
        fix::offer(&found, invocation);
    }
    baseline::tell_gone(gone, invocation);
    Ok(exit(args, &found))
}

fn exit(args: &Args, found: &[Diagnostic]) -> Exit {
    if args.exit_zero {
        Exit::Clean
    } else {
        findings::exit(found, args.fail_on)
    }
}

/// What the command was asked to look for, and to leave out.
struct Linter {
    /// Of each workspace, in the order of `Opened::workspaces`.
    levels: Vec<Levels>,
    baseline: Option<Baseline>,
    /// Whether the tests are run too.
    tests: bool,
}

impl Linter {
    fn new(args: &Args, opened: &Opened, invocation: &Invocation) -> Result<Linter, Failure> {
        let line = levels_of(&args.levels)?;
        let levels = opened
            .workspaces
            .iter()
            .map(|w| Ok(invocation.config.load(&w.root)?.lint.under(&line)))
            .collect::<Result<_, Failure>>()?;
        let known = args.baseline.as_deref().filter(|_| !args.write_baseline);
        Ok(Linter {
            levels,
            baseline: known.map(Baseline::read).transpose()?,
            tests: args.tests,
        })
    }

    /// What is found, without what the baseline knows; and how much of the baseline is found no more.
    fn look(&self, opened: &Opened) -> (Vec<Diagnostic>, usize) {
        let findings = self.all(opened);
        match &self.baseline {
            None => (findings.found, 0),
            Some(baseline) => baseline.leave_out(opened, findings),
        }
    }

    /// The findings of all workspaces, each judged by its own configuration.
    fn all(&self, opened: &Opened) -> Findings {
        let mut all = Findings::default();
        for (workspace, levels) in self.judges(opened) {
            let (program, findings) = findings::check(opened, workspace, levels, &|_| true);
            all.found.extend(findings.found);
            all.ran.extend(findings.ran);
            if let Some(program) = program.filter(|_| self.tests) {
                let found = findings::with_tests(opened, workspace, &program);
                all.found.extend(levels.judge(found));
                for lint in LINTS_WITH_TESTS {
                    all.looked(lint.code, &workspace.files);
                }
            }
            layout(opened, workspace, levels, &mut all);
        }
        diagnostic::sort(&mut all.found);
        let judges: Vec<_> = self.judges(opened).collect();
        all.obey(opened, &judges);
        all
    }

    fn judges<'o>(
        &'o self,
        opened: &'o Opened,
    ) -> impl Iterator<Item = (&'o Workspace, &'o Levels)> {
        opened.workspaces.iter().zip(&self.levels)
    }

    fn write_baseline(&self, path: &Path, opened: &Opened, invocation: &Invocation) -> Outcome {
        let found = self.all(opened).found;
        let checker = |d: &&Diagnostic| d.code.reporter == codes::Reporter::Checker;
        let errors: Vec<Diagnostic> = found.iter().filter(checker).cloned().collect();
        if !errors.is_empty() {
            return Err(broken(opened, &errors, invocation));
        }
        baseline::write(path, opened, &found)?;
        invocation.console.say(format_args!(
            "{} written to `{}`",
            count(found.len(), "finding"),
            workspace::shown(path)
        ));
        Ok(Exit::Clean)
    }

    /// Standard output has the mended text: what is still found goes to stderr.
    fn beside_a_text(
        &self,
        args: &Args,
        opened: &Opened,
        found: &[Diagnostic],
        invocation: &Invocation,
    ) -> Outcome {
        let look = invocation.console.look_err();
        let text = findings::written(args.output_format, &opened.sources, found, look);
        if !text.is_empty() {
            invocation.console.complain(text.trim_end());
        }
        Ok(exit(args, found))
    }
}

fn broken(opened: &Opened, errors: &[Diagnostic], invocation: &Invocation) -> Failure {
    let look = invocation.console.look_err();
    let text = findings::written(Format::Human, &opened.sources, errors, look);
    invocation.console.complain(text.trim_end());
    invocation.console.complain("");
    Failure::usage(
        format!(
            "{} that no baseline can hold; none was written",
            count(errors.len(), "error")
        ),
        "mend what is shown above, then run the command again",
    )
}

/// The levels given on the command line.
fn levels_of(given: &[String]) -> Result<Levels, Failure> {
    let mut levels = Levels::default();
    for setting in given {
        let Some((name, level)) = setting.split_once('=') else {
            return Err(Failure::usage(
                format!("`--level {setting}` sets nothing"),
                format!("write `--level {setting}=off`, or `hint`, `warning`, `error`"),
            ));
        };
        let set = levels.set(name, level);
        set.map_err(|wrong| config::refused(wrong, name, level))?;
    }
    Ok(levels)
}

/// Looks at the layout of a workspace's files. Nothing is said of a file with syntax errors: `fmt` leaves it
/// alone until they are mended.
fn layout(opened: &Opened, workspace: &Workspace, levels: &Levels, all: &mut Findings) {
    let code: &'static Code = &codes::UNFORMATTED;
    if levels.of(code).is_none() {
        return;
    }
    let broken = |id: FileId| {
        let mut syntax = opened.syntax.iter();
        syntax.any(|d| d.span.file == id && d.is_error())
    };
    let whole = |file: &SourceFile| {
        let wanted = workspace.files.contains(&file.id) && !broken(file.id);
        wanted.then(|| crate::lint::unformatted(file, &opened.trees[file.id.0 as usize]))
    };
    let found = workspace::side_by_side(opened.sources.files(), whole);
    for (file, found) in opened.sources.files().iter().zip(found) {
        if let Some(found) = found {
            all.found.extend(levels.judge(found.into_iter().collect()));
            all.looked(code, &[file.id]);
        }
    }
}

/// The count, and the next step.
fn close(opened: &Opened, found: &[Diagnostic], invocation: &Invocation) {
    let files = count(opened.sources.files().len(), "file");
    if found.is_empty() {
        invocation
            .console
            .say(format_args!("{files} checked, nothing found"));
        return;
    }
    invocation
        .console
        .say(format_args!("{} in {files}", findings::tally(found)));
    let worst = found
        .iter()
        .min_by_key(|d| d.severity)
        .map_or("", |d| d.code.name);
    if found.iter().all(|d| d.code.name == "unformatted") {
        invocation.console.say("next: `guanxi fmt` lays them out");
    } else {
        invocation.console.say(format_args!(
            "more about one of them: `guanxi explain {worst}`"
        ));
    }
}

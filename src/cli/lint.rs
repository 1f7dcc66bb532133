//! `guanxi lint`: everything that is wrong with a workspace, before any customer is touched.

use super::Invocation;
use super::console::{Exit, Outcome, count};
use super::findings::{self, Format};
use super::watch;
use super::workspace::{self, Opened, WorkspaceArg};
use crate::diagnostic::{self, Diagnostic, Severity};

/// Find what is wrong with a workspace
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi lint my-shop                            the whole workspace
  guanxi lint campaigns.rules                    one file on its own
  guanxi lint my-shop --output-format json       for an editor or a build
  guanxi lint my-shop --fail-on error            warnings do not fail
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

    /// Lint again whenever a file of the workspace changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Run the tests too, and name the rules that none of them makes act
    #[arg(long)]
    tests: bool,
}

fn level(text: &str) -> Result<Severity, String> {
    match text {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        _ => Err("write `warning` or `error`".into()),
    }
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    if args.watch {
        return watch::watch(&args.at.workspace, invocation, || once(&args, invocation));
    }
    once(&args, invocation)
}

fn once(args: &Args, invocation: &Invocation) -> Outcome {
    let opened = workspace::open(&args.at.workspace)?;
    let found = all(&opened, args.tests, invocation)?;
    let look = invocation.console.look_out();
    let mut text = findings::written(args.output_format, &opened.sources, &found, look);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    invocation.console.result(&text)?;
    close(&opened, &found, invocation);
    Ok(if args.exit_zero {
        Exit::Clean
    } else {
        findings::exit(&found, args.fail_on)
    })
}

/// The findings of all workspaces, each judged by its own configuration.
fn all(
    opened: &Opened,
    tests: bool,
    invocation: &Invocation,
) -> Result<Vec<Diagnostic>, super::Failure> {
    let mut found = Vec::new();
    for workspace in &opened.workspaces {
        let config = invocation.config.load(&workspace.root)?;
        let (program, checked) = findings::check(opened, workspace, &config);
        found.extend(checked);
        if let Some(program) = program.filter(|_| tests) {
            found.extend(config.judge(findings::with_tests(opened, workspace, &program)));
        }
        let layout = workspace
            .files
            .iter()
            .filter_map(|id| unformatted(opened, *id));
        found.extend(config.judge(layout.collect()));
    }
    diagnostic::sort(&mut found);
    Ok(found)
}

/// Nothing is said of a file with syntax errors: `fmt` leaves it alone until they are mended.
fn unformatted(opened: &Opened, id: crate::source::FileId) -> Option<Diagnostic> {
    let broken = |d: &Diagnostic| d.span.file == id && d.is_error();
    if opened.syntax.iter().any(broken) {
        return None;
    }
    crate::lint::unformatted(opened.sources.file(id), &opened.trees[id.0 as usize])
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

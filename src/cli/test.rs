//! `guanxi test`: runs the `test` blocks of a workspace.

use super::Invocation;
use super::console::{Exit, Failure, Outcome};
use super::findings;
use super::results;
use super::schema::pretty;
use super::watch;
use super::workspace::{self, Opened, Workspace, WorkspaceArg};
use crate::diagnostic::Diagnostic;
use crate::testing::{self, TestResult};
use rayon::prelude::*;
use serde_json::{Value, json};

/// Run the tests of a workspace
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi test my-shop                          every test
  guanxi test my-shop --filter birthday        those with this text in the title
  guanxi test my-shop --output-format json     for a build
  guanxi test my-shop --watch                  again after each change")]
pub struct Args {
    #[command(flatten)]
    at: WorkspaceArg,

    /// Only tests with this text in their title, in any case
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// How to write the results
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    output_format: Format,

    /// Test again whenever a file of the workspace changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One line a test, failures in full, for people
    Human,
    /// For machines; `guanxi schema test` prints its JSON Schema
    Json,
    /// JUnit XML, a case a test
    Junit,
    /// Workflow commands for what failed, which GitHub shows beside the lines
    Github,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    if args.watch {
        return watch::watch(&args.at.workspace, invocation, || once(&args, invocation));
    }
    once(&args, invocation)
}

fn once(args: &Args, invocation: &Invocation) -> Outcome {
    let opened = workspace::open(&args.at.workspace)?;
    let mut results = Vec::new();
    let mut skipped = 0;
    for workspace in &opened.workspaces {
        let (ran, left) = run_workspace(&opened, workspace, args.filter.as_deref(), invocation)?;
        results.extend(ran);
        skipped += left;
    }
    let failed = results.iter().filter(|r| !r.passed()).count();
    match args.output_format {
        Format::Json => invocation
            .console
            .result(pretty(&as_json(&opened, &results)))?,
        Format::Junit => invocation
            .console
            .result(results::junit(&opened.sources, &results))?,
        Format::Github => invocation
            .console
            .result(results::github(&opened.sources, &results))?,
        Format::Human => show(&opened, &results, invocation)?,
    }
    if results.is_empty() {
        invocation
            .console
            .say(nothing_ran(skipped, args.filter.as_deref()));
    } else if failed > 0 {
        invocation
            .console
            .say("next: decide whether the rule or the expectation is wrong, and mend that one");
    }
    Ok(if failed > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Results in the order of the text, and how many tests the filter left out.
fn run_workspace(
    opened: &Opened,
    workspace: &Workspace,
    filter: Option<&str>,
    invocation: &Invocation,
) -> Result<(Vec<TestResult>, usize), Failure> {
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(opened, workspace, &config, invocation, "no test was run")?;
    let wanted: Vec<usize> = (0..program.tests.len())
        .filter(|i| filter.is_none_or(|f| contains(&program.tests[*i].title, f)))
        .collect();
    let mut results: Vec<TestResult> = wanted
        .par_iter()
        .map(|i| testing::run(&program, &opened.sources, *i))
        .collect();
    results.sort_by_key(|r| r.span);
    Ok((results, program.tests.len() - wanted.len()))
}

fn contains(title: &str, text: &str) -> bool {
    title.to_lowercase().contains(&text.to_lowercase())
}

fn show(opened: &Opened, results: &[TestResult], invocation: &Invocation) -> Result<(), Failure> {
    let (good, bad, end) = if invocation.console.color_out {
        ("\u{1b}[32m", "\u{1b}[1;31m", "\u{1b}[0m")
    } else {
        ("", "", "")
    };
    let mut text = String::new();
    for result in results {
        let title = crate::report::visible(&result.title);
        if result.passed() {
            if !invocation.console.quiet {
                text.push_str(&format!("{good}pass{end}  {title}\n"));
            }
        } else {
            text.push_str(&format!("{bad}FAIL{end}  {title}\n"));
        }
    }
    let failures: Vec<Diagnostic> = results.iter().flat_map(|r| r.failures.clone()).collect();
    if !failures.is_empty() {
        let look = invocation.console.look_out();
        let shown = findings::written(findings::Format::Human, &opened.sources, &failures, look);
        text.push_str(&format!("\n{}\n", shown.trim_end()));
    }
    let failed = results.iter().filter(|r| !r.passed()).count();
    if !results.is_empty() {
        text.push_str(&format!(
            "\n{} passed, {failed} failed\n",
            results.len() - failed
        ));
    }
    invocation.console.result(text)
}

fn nothing_ran(skipped: usize, filter: Option<&str>) -> String {
    match filter {
        Some(filter) if skipped > 0 => {
            format!("no test has `{filter}` in its title; without `--filter` there are {skipped}")
        }
        _ => {
            "there is no test; begin one with `test \"what is promised\" { today is 2026-11-21 … }`"
                .into()
        }
    }
}

fn as_json(opened: &Opened, results: &[TestResult]) -> Value {
    let place = |span: crate::source::Span| {
        let file = opened.sources.file(span.file);
        let start = file.position(span.start as usize);
        json!({ "file": file.name, "line": start.line, "column": start.column })
    };
    let failure = |d: &Diagnostic| {
        json!({
            "message": d.message,
            "detail": d.label,
            "help": d.help,
            "at": place(d.span),
        })
    };
    let tests: Vec<Value> = results
        .iter()
        .map(|r| {
            json!({
                "title": r.title,
                "at": place(r.span),
                "passed": r.passed(),
                "failures": r.failures.iter().map(failure).collect::<Vec<_>>(),
            })
        })
        .collect();
    let failed = results.iter().filter(|r| !r.passed()).count();
    json!({ "version": 1, "passed": results.len() - failed, "failed": failed, "tests": tests })
}

/// `guanxi schema test`.
pub fn schema(invocation: &Invocation) -> Outcome {
    invocation
        .console
        .result(include_str!("schema/test.schema.json"))?;
    Ok(Exit::Clean)
}

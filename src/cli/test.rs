//! `guanxi test`: runs the `test` blocks of a workspace.

use super::Invocation;
use super::console::{Exit, Failure, Outcome};
use super::coverage::{self, CoverageArgs};
use super::findings;
use super::results;
use super::schema::pretty;
use super::watch;
use super::workspace::{self, Opened, Workspace, WorkspaceArg};
use crate::diagnostic::Diagnostic;
use crate::report::Covered;
use crate::testing::coverage::{Coverage, Reached};
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
  guanxi test my-shop --coverage               what no test reaches, too
  guanxi test my-shop --fail-under 90          at least 90% must be reached
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
    #[command(flatten)]
    coverage: CoverageArgs,
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
    let covering = args.coverage.asked()?;
    let opened = workspace::open(&args.at.workspace)?;
    let mut results = Vec::new();
    let mut skipped = 0;
    let mut covered = Vec::new();
    for workspace in &opened.workspaces {
        let filter = args.filter.as_deref();
        let ran = run_workspace(&opened, workspace, filter, covering, invocation)?;
        results.extend(ran.results);
        skipped += ran.skipped;
        covered.extend(ran.covered);
    }
    let failed = results.iter().filter(|r| !r.passed()).count();
    match args.output_format {
        Format::Junit => invocation
            .console
            .result(results::junit(&opened.sources, &results))?,
        Format::Github => invocation
            .console
            .result(results::github(&opened.sources, &results))?,
        Format::Json => {
            let mut document = as_json(&opened, &results);
            if covering {
                document["coverage"] = coverage::json(&covered, &opened.sources);
            }
            invocation.console.result(pretty(&document))?;
        }
        Format::Human => show(&opened, &results, invocation)?,
    }
    let for_people = args.output_format == Format::Human;
    if covering {
        let sources = &opened.sources;
        args.coverage
            .write(&covered, sources, for_people, invocation)?;
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
    let enough = args.coverage.enough(&covered, for_people, invocation);
    Ok(if failed > 0 || !enough {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// What came of the tests of one workspace.
struct Ran {
    /// In the order of the text.
    results: Vec<TestResult>,
    /// How many tests the filter left out.
    skipped: usize,
    /// If it was asked for.
    covered: Option<Covered>,
}

fn run_workspace(
    opened: &Opened,
    workspace: &Workspace,
    filter: Option<&str>,
    covering: bool,
    invocation: &Invocation,
) -> Result<Ran, Failure> {
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(opened, workspace, &config, invocation, "no test was run")?;
    let wanted: Vec<usize> = (0..program.tests.len())
        .filter(|i| filter.is_none_or(|f| contains(&program.tests[*i].title, f)))
        .collect();
    let sources = &opened.sources;
    let ran = wanted.par_iter().map(|i| match covering {
        true => testing::run_covered(&program, sources, *i),
        false => (testing::run(&program, sources, *i), Reached::default()),
    });
    let (mut results, reached): (Vec<TestResult>, Vec<Reached>) = ran.unzip();
    results.sort_by_key(|r| r.span);
    Ok(Ran {
        results,
        skipped: program.tests.len() - wanted.len(),
        covered: covering.then(|| Covered {
            workspace: program.workspace.name.clone(),
            path: workspace.shown.clone(),
            coverage: Coverage::new(&program, sources, &reached),
        }),
    })
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

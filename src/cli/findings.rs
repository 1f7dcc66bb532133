//! What the front end finds in a workspace, judged by the configuration and shown.

use super::Invocation;
use super::config::Config;
use super::console::{Exit, Failure, count};
use super::explain::severity_name;
use super::repository;
use super::workspace::{Opened, Workspace};
use crate::diagnostic::{self, Diagnostic, Severity, render};
use crate::lint::{self, Checked};
use crate::source::SourceMap;
use crate::{analysis, hir};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// With the text they point at, for people
    Human,
    /// One line each
    Concise,
    /// For machines; `guanxi schema lint` prints its JSON Schema
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// JUnit XML: each finding a failed case
    Junit,
}

/// A workspace's program, or the findings that keep it from being one.
pub fn check(
    opened: &Opened,
    workspace: &Workspace,
    config: &Config,
) -> (Option<hir::Program>, Vec<Diagnostic>) {
    let trees = opened.trees_of(workspace);
    let (program, found) = analysis::check(&opened.sources, &trees, &workspace.name);
    let mut all: Vec<Diagnostic> = opened
        .syntax
        .iter()
        .filter(|d| workspace.files.contains(&d.span.file))
        .cloned()
        .chain(found)
        .collect();
    if let Some(program) = &program {
        let checked = Checked {
            program,
            sources: &opened.sources,
            files: &trees,
        };
        all.extend(lint::run(checked, &|_| true));
    }
    diagnostic::sort(&mut all);
    let broken = all.iter().any(Diagnostic::is_error);
    (program.filter(|_| !broken), config.judge(all))
}

/// What the lints find that run the tests.
pub fn with_tests(
    opened: &Opened,
    workspace: &Workspace,
    program: &hir::Program,
) -> Vec<Diagnostic> {
    lint::run_with_tests(Checked {
        program,
        sources: &opened.sources,
        files: &opened.trees_of(workspace),
    })
}

/// The program of a workspace for a command that cannot do without; its errors go to stderr.
pub fn program(
    opened: &Opened,
    workspace: &Workspace,
    config: &Config,
    invocation: &Invocation,
    undone: &str,
) -> Result<hir::Program, Failure> {
    let (program, found) = check(opened, workspace, config);
    if let Some(program) = program {
        return Ok(program);
    }
    let errors: Vec<Diagnostic> = found
        .into_iter()
        .filter(|d| d.code.severity == Severity::Error)
        .collect();
    let text = written(
        Format::Human,
        &opened.sources,
        &errors,
        invocation.console.look_err(),
    );
    invocation.console.complain(text.trim_end());
    invocation.console.complain("");
    Err(Failure::usage(
        format!(
            "{} in `{}`; {undone}",
            count(errors.len(), "error"),
            workspace.shown
        ),
        "mend what is shown above, then run the command again; `guanxi explain CODE` tells more",
    ))
}

/// Findings in a format.
pub fn written(
    format: Format,
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    look: render::Look,
) -> String {
    match format {
        Format::Human => render::human(sources, diagnostics, look),
        Format::Concise => render::concise(sources, diagnostics),
        Format::Json => render::json(sources, diagnostics),
        Format::Sarif => render::sarif(&repository::named(sources), diagnostics),
        Format::Github => render::github(&repository::named(sources), diagnostics),
        Format::Gitlab => render::gitlab(&repository::named(sources), diagnostics),
        Format::Junit => render::junit(&repository::named(sources), diagnostics),
    }
}

/// `2 errors, 1 warning` of a list; empty for an empty one.
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    [Severity::Error, Severity::Warning, Severity::Hint]
        .into_iter()
        .filter_map(|severity| {
            let n = diagnostics
                .iter()
                .filter(|d| d.severity == severity)
                .count();
            (n > 0).then(|| count(n, severity_name(severity)))
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The exit code for findings: those at least as bad as `fail_on` count.
pub fn exit(diagnostics: &[Diagnostic], fail_on: Severity) -> Exit {
    if diagnostics.iter().any(|d| d.severity <= fail_on) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

//! What the front end and the lints find in a workspace, judged by the configuration and shown.

use super::Invocation;
use super::config::Config;
use super::console::{Exit, Failure, count};
use super::explain::severity_name;
use super::repository;
use super::workspace::{Opened, Workspace};
use crate::diagnostic::{self, Code, Diagnostic, Severity, render};
use crate::lint::{self, Checked, Levels};
use crate::source::{FileId, SourceMap};
use crate::{analysis, hir};
use std::collections::BTreeSet;

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

/// What was found, and what was looked for.
#[derive(Debug, Default)]
pub struct Findings {
    /// At the levels of the configuration; those that comments allow among them.
    pub found: Vec<Diagnostic>,
    /// Which lints looked at which files.
    pub ran: BTreeSet<(&'static str, FileId)>,
}

impl Findings {
    /// Notes that a lint looked at files.
    pub fn looked(&mut self, code: &'static Code, files: &[FileId]) {
        self.ran.extend(files.iter().map(|f| (code.name, *f)));
    }

    pub fn has_looked(&self, code: &Code, file: FileId) -> bool {
        self.ran.contains(&(code.name, file))
    }

    /// Takes out what comments allow, and adds what is wrong with the comments.
    ///
    /// `levels`: those of each workspace. A file that several take in has its comments judged by all of them:
    /// what one workspace needs is not stale.
    pub fn obey(&mut self, opened: &Opened, levels: &[(&Workspace, &Levels)]) {
        let files: BTreeSet<FileId> = levels.iter().flat_map(|(w, _)| &w.files).copied().collect();
        let trees = files.iter().map(|f| &opened.trees[f.0 as usize]);
        let found = std::mem::take(&mut self.found);
        let obeyed = lint::obey(&opened.sources, trees, found, &|code, file| {
            self.has_looked(code, file)
        });
        self.found = obeyed.kept;
        for (workspace, levels) in levels {
            let own = |d: &&Diagnostic| workspace.files.contains(&d.span.file);
            let about = obeyed.about.iter().filter(own).cloned().collect();
            self.found.extend(levels.judge(about));
        }
        diagnostic::sort(&mut self.found);
    }
}

/// A workspace's program, if the checker found no error, and what is found: by the checker, and by those lints
/// that are wanted and not off.
pub fn check(
    opened: &Opened,
    workspace: &Workspace,
    levels: &Levels,
    wanted: &dyn Fn(&'static Code) -> bool,
) -> (Option<hir::Program>, Findings) {
    let trees = opened.trees_of(workspace);
    let (program, found) = analysis::check(&opened.sources, &trees, &workspace.name);
    let mut all: Vec<Diagnostic> = opened
        .syntax
        .iter()
        .filter(|d| workspace.files.contains(&d.span.file))
        .cloned()
        .chain(found)
        .collect();
    // The parser may have mended what it reported.
    let program = program.filter(|_| !all.iter().any(Diagnostic::is_error));
    let mut findings = Findings::default();
    if let Some(program) = &program {
        let checked = Checked {
            program,
            sources: &opened.sources,
            files: &trees,
        };
        let runs = |code: &'static Code| levels.of(code).is_some() && wanted(code);
        all.extend(lint::run(checked, &runs));
        for code in lint::codes().filter(|code| runs(code)) {
            findings.looked(code, &workspace.files);
        }
    }
    diagnostic::sort(&mut all);
    findings.found = levels.judge(all);
    (program, findings)
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

/// The program of a workspace for a command that cannot do without. Only what is an error by the configuration
/// is looked for; what stands goes to stderr, and there is no program then.
pub fn program(
    opened: &Opened,
    workspace: &Workspace,
    config: &Config,
    invocation: &Invocation,
    undone: &str,
) -> Result<hir::Program, Failure> {
    let levels = &config.lint;
    let error = |code: &'static Code| levels.of(code) == Some(Severity::Error);
    let (program, mut findings) = check(opened, workspace, levels, &error);
    findings.obey(opened, &[(workspace, levels)]);
    let mut errors = findings.found;
    errors.retain(Diagnostic::is_error);
    if let Some(program) = program.filter(|_| errors.is_empty()) {
        return Ok(program);
    }
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

//! The language's own tests: each `test` block runs through the same engine as a real run. Floor 9.
//!
//! A failed expectation becomes a [`Diagnostic`] at its place, which says what came instead and why.

pub mod coverage;
mod expect;
mod figures;
mod past;
mod rows;
mod why;
mod words;

use crate::data::Dataset;
use crate::diagnostic::codes::{Group, Reporter};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::engine::evaluate::Zone;
use crate::engine::{self, ActionRow, Clock, EvalError, Outcome, Past, Suppressed};
use crate::hir::{Program, Test, TestClock};
use crate::plan::{self, Plan, Request};
use crate::source::{SourceMap, Span};
use coverage::Reached;

/// What a test that fails reports. It stands beside the front end's codes: `lint` never reports it.
pub static FAILED_EXPECTATION: Code = Code {
    name: "failed-expectation",
    severity: Severity::Error,
    group: Group::Correctness,
    reporter: Reporter::Checker,
    page: include_str!("failed-expectation.md"),
};

/// How one test went.
#[derive(Debug, Clone)]
pub struct TestResult {
    pub title: String,
    pub span: Span,
    /// In the order of the expectations; none: it passed.
    pub failures: Vec<Diagnostic>,
}

impl TestResult {
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs the test at a place of `program.tests`.
pub fn run(program: &Program, sources: &SourceMap, place: usize) -> TestResult {
    let failures = evaluate(program, sources, (place, Request::Test(place)), &mut |_| ());
    result(&program.tests[place], failures)
}

/// The same, and what it reached of the program, whether it passed or not.
pub fn run_covered(program: &Program, sources: &SourceMap, place: usize) -> (TestResult, Reached) {
    let mut reached = Reached::default();
    let request = Request::CoveredTest(place);
    let failures = evaluate(program, sources, (place, request), &mut |outcome| {
        reached = coverage::reached(program, outcome);
    });
    (result(&program.tests[place], failures), reached)
}

fn result(test: &Test, failures: Result<Vec<Diagnostic>, Box<Diagnostic>>) -> TestResult {
    let mut failures = failures.unwrap_or_else(|failure| vec![*failure]);
    crate::diagnostic::sort(&mut failures);
    TestResult {
        title: test.title.clone(),
        span: test.span,
        failures,
    }
}

/// What came of a test's rows, for its expectations to be held against.
struct Came<'c> {
    program: &'c Program,
    sources: &'c SourceMap,
    test: &'c Test,
    outcome: &'c Outcome<'c>,
    actions: Vec<ActionRow<'c>>,
    suppressed: Vec<Suppressed<'c>>,
    /// By place of the expectation's values in the plan, see [`expect`].
    plan: &'c Plan,
    data: &'c Dataset,
}

/// `look` sees the run, before the expectations are held against it.
fn evaluate(
    program: &Program,
    sources: &SourceMap,
    (place, request): (usize, Request),
    look: &mut dyn FnMut(&Outcome<'_>),
) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    let test = &program.tests[place];
    let clock = clock(program, test)?;
    let plan = plan::lower(program, request);
    let data = rows::dataset(program, test, &plan, clock)?;
    let stated = past::stated(test);
    let history = past::history(program, test, &plan, &data, clock, &stated)?;
    let mut data = data;
    engine::recall(&plan, &mut data, Some(&history));
    let failed = |e: EvalError| Box::new(why::eval_error(&plan, &data, test, &e));
    let told = Past {
        history: Some(&history),
        stated: Some(&stated),
        ..Past::default()
    };
    let outcome = engine::run(&plan, &data, clock, &told).map_err(failed)?;
    look(&outcome);
    if let Some(failure) = past::unstated(program, test, &outcome) {
        return Err(Box::new(failure));
    }
    let mut actions = Vec::new();
    outcome
        .actions(&mut |row| {
            actions.push(row.clone());
            Ok::<(), EvalError>(())
        })
        .map_err(failed)?;
    let came = Came {
        program,
        sources,
        test,
        outcome: &outcome,
        actions,
        suppressed: outcome.unserved(),
        plan: &plan,
        data: &data,
    };
    came.hold().map_err(failed)
}

/// `today is` stands for the last moment of that day in the workspace's zone.
fn clock(program: &Program, test: &Test) -> Result<Clock, Box<Diagnostic>> {
    let name = &program.workspace.zone;
    let zone = Zone::new(name).ok_or_else(|| {
        Box::new(
            Diagnostic::new(
                &FAILED_EXPECTATION,
                test.span,
                format!("the time zone `{name}` is not known"),
            )
            .help("write an IANA name in the workspace block: `time zone \"Asia/Shanghai\"`"),
        )
    })?;
    Ok(match test.clock {
        TestClock::Today(today) => Clock {
            today,
            now: zone.end_of(today),
            opens: zone.start_of(today),
        },
        TestClock::Now(now) => Clock {
            today: zone.day_of(now),
            now,
            opens: now,
        },
    })
}

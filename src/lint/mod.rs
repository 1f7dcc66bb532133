//! Findings about programs that are correct: one lint a file, one line here. Floor 9: a claim about customers
//! is tried on the engine before it is made.

mod beyond_calendar;
mod calendar_year_birthday;
mod confusable_text;
mod exact_day;
mod exact_division;
mod first_run_flood;
mod long_sms;
mod magic_number;
mod missing_plan;
mod naming;
mod negated_group;
mod self_comparison;
mod silently_missing;
mod unformatted;
mod unused_definition;
mod window_without_year;
mod zone_unstated;

pub use unformatted::unformatted;

use crate::diagnostic::{self, Code, Diagnostic};
use crate::hir::Program;
use crate::source::SourceMap;
use crate::syntax::ast;

/// A workspace without errors, for lints to look at.
#[derive(Clone, Copy)]
pub struct Checked<'w> {
    pub program: &'w Program,
    pub sources: &'w SourceMap,
    /// Of the program's files, those of `use`d folders among them.
    pub files: &'w [ast::File],
}

/// One lint.
pub struct Lint {
    /// What it reports, and nothing else.
    pub code: &'static Code,
    /// Says what it finds, in any order.
    pub check: fn(Checked<'_>) -> Vec<Diagnostic>,
}

/// Every lint but `unformatted`, which looks at a text and not at a program.
pub const LINTS: &[Lint] = &[
    beyond_calendar::LINT,
    calendar_year_birthday::LINT,
    confusable_text::LINT,
    exact_day::LINT,
    exact_division::LINT,
    first_run_flood::LINT,
    long_sms::LINT,
    magic_number::LINT,
    missing_plan::LINT,
    naming::LINT,
    negated_group::LINT,
    self_comparison::LINT,
    silently_missing::LINT,
    unused_definition::LINT,
    window_without_year::LINT,
    zone_unstated::LINT,
];

/// What the lints find whose code is wanted, in order of place.
pub fn run(checked: Checked<'_>, wanted: &dyn Fn(&'static Code) -> bool) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = LINTS
        .iter()
        .filter(|lint| wanted(lint.code))
        .flat_map(|lint| (lint.check)(checked))
        .collect();
    diagnostic::sort(&mut found);
    found
}

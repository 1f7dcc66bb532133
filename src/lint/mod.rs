//! Findings about programs that are correct: one lint a file, one line here. Floor 9: a claim about customers
//! is tried on the engine before it is made.

mod action_without_cost;
mod boundary_mismatch;
mod cap_contradiction;
mod implicit_rounding;
mod message_without_its_gift;
mod missing_consent;
mod non_monotonic_tiers;
mod personal_data_in_output;
mod places;
mod points_without_expiry;
mod real_data_in_test;
mod sensitive_attribute;
mod unbounded_reward;
mod unformatted;
mod unused_definition;

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
    unused_definition::LINT,
    message_without_its_gift::LINT,
    cap_contradiction::LINT,
    boundary_mismatch::LINT,
    non_monotonic_tiers::LINT,
    missing_consent::LINT,
    personal_data_in_output::LINT,
    sensitive_attribute::LINT,
    real_data_in_test::LINT,
    unbounded_reward::LINT,
    implicit_rounding::LINT,
    points_without_expiry::LINT,
    action_without_cost::LINT,
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

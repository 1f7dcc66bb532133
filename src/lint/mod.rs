//! Findings about programs that are correct: one lint a file, one line here. Floor 9: a claim about customers
//! is tried on the engine before it is made.

mod action_without_cost;
mod always_true_condition;
mod beyond_calendar;
mod boundary_mismatch;
mod calendar_year_birthday;
mod cap_contradiction;
mod cap_counts_staff;
mod claims;
mod colleagues;
mod column_without_effect;
mod conflicting_actions;
mod confusable_text;
mod duplicate_rule;
mod exact_day;
mod exact_division;
mod first_run_flood;
mod implicit_rounding;
mod levels;
mod lines;
mod long_sms;
mod magic_number;
mod message_collision;
mod message_without_its_gift;
mod missing_consent;
mod missing_plan;
mod naming;
mod negated_group;
mod never_fires;
mod non_monotonic_tiers;
mod personal_data_in_output;
mod places;
mod points_without_expiry;
mod real_data_in_test;
mod rivals;
mod same_actions;
mod self_comparison;
mod sensitive_attribute;
mod shadowed_rule;
mod silently_missing;
mod subsumed_rule;
mod suppression;
mod table_gap;
mod table_overlap;
mod unbounded_reward;
mod undeclared_stacking;
mod unformatted;
mod unreachable_row;
mod unsatisfiable_condition;
mod untested_rule;
mod unused_definition;
mod window_without_year;
mod zone_unstated;

pub use levels::{LEVELS, Level, Levels, Wrong};
pub use suppression::{Obeyed, obey};
pub use unformatted::unformatted;

use crate::diagnostic::{self, Code, Diagnostic};
use crate::hir::Program;
use crate::source::SourceMap;
use crate::syntax::ast;
use claims::Claims;

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

/// Every lint but `unformatted`, which looks at a text and not at a program, and those that run tests.
pub const LINTS: &[Lint] = &[
    action_without_cost::LINT,
    beyond_calendar::LINT,
    boundary_mismatch::LINT,
    calendar_year_birthday::LINT,
    cap_contradiction::LINT,
    cap_counts_staff::LINT,
    confusable_text::LINT,
    exact_day::LINT,
    exact_division::LINT,
    first_run_flood::LINT,
    implicit_rounding::LINT,
    long_sms::LINT,
    magic_number::LINT,
    message_without_its_gift::LINT,
    missing_consent::LINT,
    missing_plan::LINT,
    naming::LINT,
    negated_group::LINT,
    non_monotonic_tiers::LINT,
    personal_data_in_output::LINT,
    points_without_expiry::LINT,
    real_data_in_test::LINT,
    self_comparison::LINT,
    sensitive_attribute::LINT,
    silently_missing::LINT,
    unbounded_reward::LINT,
    unused_definition::LINT,
    window_without_year::LINT,
    zone_unstated::LINT,
];

/// A lint that proves what it says of customers.
pub struct Proof {
    /// What it reports, and nothing else.
    pub code: &'static Code,
    check: fn(&mut Claims<'_>) -> Vec<Diagnostic>,
}

/// Every lint that proves something.
pub const PROOFS: &[Proof] = &[
    always_true_condition::LINT,
    column_without_effect::LINT,
    conflicting_actions::LINT,
    duplicate_rule::LINT,
    message_collision::LINT,
    never_fires::LINT,
    shadowed_rule::LINT,
    subsumed_rule::LINT,
    table_gap::LINT,
    table_overlap::LINT,
    undeclared_stacking::LINT,
    unreachable_row::LINT,
    unsatisfiable_condition::LINT,
];

/// Lints that run the workspace's tests first: for `lint --tests`.
pub const LINTS_WITH_TESTS: &[Lint] = &[untested_rule::LINT];

/// What the lints find that run the tests, in order of place.
pub fn run_with_tests(checked: Checked<'_>) -> Vec<Diagnostic> {
    let lints = LINTS_WITH_TESTS.iter();
    let mut found: Vec<Diagnostic> = lints.flat_map(|lint| (lint.check)(checked)).collect();
    diagnostic::sort(&mut found);
    found
}

/// The codes of all lints that [`run`] runs.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    let proofs = PROOFS.iter().map(|proof| proof.code);
    LINTS.iter().map(|lint| lint.code).chain(proofs)
}

/// What the lints find whose code is wanted, in order of place.
pub fn run(checked: Checked<'_>, wanted: &dyn Fn(&'static Code) -> bool) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = LINTS
        .iter()
        .filter(|lint| wanted(lint.code))
        .flat_map(|lint| (lint.check)(checked))
        .collect();
    let mut claims = Claims::new(checked);
    for proof in PROOFS.iter().filter(|proof| wanted(proof.code)) {
        found.extend((proof.check)(&mut claims));
    }
    diagnostic::sort(&mut found);
    found
}

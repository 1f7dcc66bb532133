//! The given rows of a test as the data of a run.

use super::FAILED_EXPECTATION;
use crate::data::Dataset;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Clock};
use crate::hir::{Program, Test};
use crate::plan::Plan;

/// The tables that a plan asks for, of the rows that a test gives.
pub(super) fn dataset(
    program: &Program,
    test: &Test,
    plan: &Plan,
    clock: Clock,
) -> Result<Dataset, Box<Diagnostic>> {
    engine::dataset_of(program, plan, &test.given, clock).map_err(|problems| {
        let text: Vec<String> = problems.iter().map(|p| p.message.clone()).collect();
        Box::new(
            Diagnostic::new(
                &FAILED_EXPECTATION,
                test.span,
                "the given rows do not fit together",
            )
            .label(text.join("; "))
            .help("give each row its own key, and a row for each key that another row names"),
        )
    })
}

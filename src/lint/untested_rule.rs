//! `untested-rule`: a rule that no test makes act, by the coverage of the tests.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::testing::coverage::{self, Kind};

pub const LINT: Lint = Lint {
    code: &codes::UNTESTED_RULE,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let covered = coverage::all_tests(checked.program, checked.sources);
    covered
        .untested()
        .filter(|unit| unit.kind == Kind::Rule)
        .map(|rule| {
            Diagnostic::new(
                &codes::UNTESTED_RULE,
                rule.span,
                format!("in no test does `{}` act", rule.name),
            )
            .help(format!(
                "write a `test` with a row for which it acts, and `expect {} for \"…\": …`",
                rule.name
            ))
        })
        .collect()
}

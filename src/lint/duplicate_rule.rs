//! `duplicate-rule`: two rules do the same for the same people.

use super::Proof;
use super::claims::{Claims, conditions_of, yes};
use super::same_actions::pairs;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Expr;

pub const LINT: Proof = Proof {
    code: &codes::DUPLICATE_RULE,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for pair in pairs(claims) {
        if !(pair.first_within && pair.second_within) {
            continue;
        }
        let (first, second) = (pair.first, pair.second);
        let region = claims.rule_region(first);
        let questions: Vec<&Expr> = conditions_of(first)
            .into_iter()
            .chain(&second.is.when)
            .collect();
        let seen = claims.seen(first.of.record, &region, &questions, |v| v.iter().all(yes));
        let Some(seen) = seen else { continue };
        found.push(
            Diagnostic::new(
                &codes::DUPLICATE_RULE,
                second.is.span,
                format!(
                    "`{}` does the same as `{}`, for the same people",
                    second.is.name, first.is.name
                ),
            )
            .also(first.is.span, "the other one")
            .help(format!(
                "remove one of them, or change what it does{}",
                seen.example()
            )),
        );
    }
    found
}

//! `subsumed-rule`: a rule that does what another one does, for people whom the other one serves too.

use super::Proof;
use super::claims::{Claims, RuleAt, conditions_of, yes};
use super::same_actions::pairs;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Expr;

pub const LINT: Proof = Proof {
    code: &codes::SUBSUMED_RULE,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for pair in pairs(claims) {
        let (narrow, wide) = match (pair.first_within, pair.second_within) {
            (true, false) => (pair.first, pair.second),
            (false, true) => (pair.second, pair.first),
            _ => continue,
        };
        found.extend(report(claims, narrow, wide));
    }
    found
}

fn report<'p>(claims: &mut Claims<'p>, narrow: RuleAt<'p>, wide: RuleAt<'p>) -> Option<Diagnostic> {
    let region = claims.rule_region(narrow);
    let questions: Vec<&Expr> = conditions_of(narrow)
        .into_iter()
        .chain(&wide.is.when)
        .collect();
    let seen = claims.seen(narrow.of.record, &region, &questions, |v| v.iter().all(yes))?;
    Some(
        Diagnostic::new(
            &codes::SUBSUMED_RULE,
            narrow.is.span,
            format!(
                "everybody whom `{}` serves gets the same from `{}`",
                narrow.is.name, wide.is.name
            ),
        )
        .also(wide.is.span, "does the same, for more people")
        .help(format!(
            "remove this rule, let it do something else, or write `rule {} instead of {}`{}",
            narrow.is.name,
            wide.is.name,
            seen.example()
        )),
    )
}

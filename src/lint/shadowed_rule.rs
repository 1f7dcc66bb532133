//! `shadowed-rule`: whoever it is for gets another rule instead.

use super::Proof;
use super::claims::{Claims, RuleAt, yes};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Expr;
use crate::solver::{Asked, Region};

pub const LINT: Proof = Proof {
    code: &codes::SHADOWED_RULE,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let rules = claims.rules();
    rules
        .into_iter()
        .filter_map(|at| rule(claims, at))
        .collect()
}

fn rule<'p>(claims: &mut Claims<'p>, at: RuleAt<'p>) -> Option<Diagnostic> {
    let others: Vec<_> = at
        .of
        .rules
        .iter()
        .filter(|r| r.instead_of.contains(&at.rule))
        .collect();
    if others.is_empty() {
        return None;
    }
    let subjects = claims.rule_region(at);
    if claims.solver.is_empty(&subjects) {
        return None;
    }
    let mut left = subjects.clone();
    for other in &others {
        left = left.and(&match &other.when {
            Some(when) => claims.solver.region(at.of.record, when, Asked::NotTrue),
            None => Region::nothing(),
        });
    }
    if !claims.solver.is_empty(&left) {
        return None;
    }
    // Somebody whom the rule would be for, and who gets another one.
    let own: Vec<&Expr> = super::claims::conditions_of(at);
    let theirs: Vec<&Expr> = others.iter().filter_map(|r| r.when.as_ref()).collect();
    let questions: Vec<&Expr> = own.iter().chain(&theirs).copied().collect();
    let always = others.iter().any(|r| r.when.is_none());
    let seen = claims.seen(at.of.record, &subjects, &questions, |v| {
        let (mine, other) = v.split_at(own.len());
        mine.iter().all(yes) && (always || other.iter().any(yes))
    })?;
    let mut finding = Diagnostic::new(
        &codes::SHADOWED_RULE,
        at.is.span,
        format!(
            "the rule `{}` never fires: everybody it is for gets {} instead",
            at.is.name,
            names(&others)
        ),
    );
    for other in &others {
        finding = finding.also(
            other.span,
            "stands instead of it, and is true wherever it is",
        );
    }
    Some(finding.help(format!(
        "narrow the condition of {}, or remove this rule{}",
        names(&others),
        seen.example()
    )))
}

fn names(rules: &[&crate::hir::Rule]) -> String {
    let quoted: Vec<String> = rules.iter().map(|r| format!("`{}`", r.name)).collect();
    quoted.join(" or ")
}

//! `always-true-condition`: a condition that keeps nobody out.

use super::Proof;
use super::claims::{Claims, all_conditions, conjuncts, is_name, yes};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Expr, ExprKind};
use crate::schema::RecordId;
use crate::solver::{Asked, Region};

pub const LINT: Proof = Proof {
    code: &codes::ALWAYS_TRUE_CONDITION,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for condition in all_conditions(claims.program) {
        for part in conjuncts(condition.is) {
            if is_always_true(claims, condition.record, part) {
                found.push(report(part));
            }
        }
    }
    found
}

fn is_always_true<'p>(claims: &mut Claims<'p>, record: RecordId, part: &'p Expr) -> bool {
    if is_name(part) || matches!(part.kind, ExprKind::Literal(_)) || is_guard(part) {
        return false;
    }
    let otherwise = claims.solver.region(record, part, Asked::NotTrue);
    if !claims.solver.is_empty(&otherwise) {
        return false;
    }
    // The evaluator must find it true, and on no row that comes to mind anything else.
    let holds = claims.solver.region(record, part, Asked::True);
    claims
        .seen(record, &holds, &[part], |v| yes(&v[0]))
        .is_some()
        && claims.withstands(record, &[&holds, &Region::everything()], part, |v| !yes(v))
}

/// `X is known` of what may be missing as far as its type says: the checker asks for it before it is used.
fn is_guard(part: &Expr) -> bool {
    matches!(&part.kind, ExprKind::Known(value) if value.ty.optional)
}

fn report(part: &Expr) -> Diagnostic {
    Diagnostic::new(
        &codes::ALWAYS_TRUE_CONDITION,
        part.span,
        "this condition is always true",
    )
    .label("keeps nobody out")
    .help("remove it, or write the limit that was meant")
}

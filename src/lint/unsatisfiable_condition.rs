//! `unsatisfiable-condition`: a condition that is true of nobody, ever.

use super::Proof;
use super::claims::{Claims, all_conditions, conjuncts, is_name, yes};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Expr, ExprKind};
use crate::schema::RecordId;
use crate::solver::{Asked, Region};

pub const LINT: Proof = Proof {
    code: &codes::UNSATISFIABLE_CONDITION,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for condition in all_conditions(claims.program) {
        look(claims, condition.record, condition.is, &mut found);
    }
    found
}

/// Reports the innermost part that cannot be true, and of parts that clash the first two.
fn look<'p>(claims: &mut Claims<'p>, record: RecordId, e: &'p Expr, found: &mut Vec<Diagnostic>) {
    let before = found.len();
    for part in conjuncts(e) {
        if let ExprKind::Or(list) = &part.kind {
            for way in list {
                look(claims, record, way, found);
            }
        }
    }
    if found.len() > before || is_name(e) || matches!(e.kind, ExprKind::Literal(_)) {
        return;
    }
    let whole = claims.solver.region(record, e, Asked::True);
    if !claims.solver.is_empty(&whole) {
        return;
    }
    let parts = conjuncts(e);
    let regions: Vec<Region> = parts
        .iter()
        .map(|part| claims.solver.region(record, part, Asked::True))
        .collect();
    if let Some(place) = regions.iter().position(|r| claims.solver.is_empty(r)) {
        if !is_name(parts[place]) && holds_nowhere(claims, record, &[], e) {
            found.push(alone(parts[place]));
        }
        return;
    }
    let tried: Vec<&Region> = regions.iter().collect();
    if !holds_nowhere(claims, record, &tried, e) {
        return;
    }
    for (j, second) in regions.iter().enumerate() {
        for (i, first) in regions.iter().enumerate().take(j) {
            let both = first.and(second);
            if claims.solver.is_empty(&both) {
                found.push(pair(parts[i], parts[j]));
                return;
            }
        }
    }
    found.push(
        Diagnostic::new(
            &codes::UNSATISFIABLE_CONDITION,
            e.span,
            "these conditions can never all be true together",
        )
        .help("change one of them, or join those that are alternatives with `any of (…)`"),
    );
}

/// The evaluator has its say on rows that fulfil each of the parts.
fn holds_nowhere<'p>(
    claims: &mut Claims<'p>,
    record: RecordId,
    regions: &[&Region],
    e: &'p Expr,
) -> bool {
    claims.withstands(record, regions, e, yes)
}

fn alone(part: &Expr) -> Diagnostic {
    Diagnostic::new(
        &codes::UNSATISFIABLE_CONDITION,
        part.span,
        "this condition can never be true",
    )
    .help("change it, or remove what depends on it")
}

fn pair(first: &Expr, second: &Expr) -> Diagnostic {
    Diagnostic::new(
        &codes::UNSATISFIABLE_CONDITION,
        second.span,
        "this condition can never be true beside the other",
    )
    .label("never true where the other is")
    .also(first.span, "the other")
    .help("change one of the two, or write `any of (…)` if either is enough")
}

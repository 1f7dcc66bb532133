//! `unreachable-row`: a line of a table, or a level of tiers or stages, that nobody can come to.

use super::Proof;
use super::claims::{Claims, yes};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Attribute, AttributeKind, Expr, Table};
use crate::solver::{Asked, MOST_CUT, Region};
use crate::source::Span;

pub const LINT: Proof = Proof {
    code: &codes::UNREACHABLE_ROW,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for attribute in &claims.program.attributes {
        match &attribute.kind {
            AttributeKind::Table(table) => in_table(claims, attribute, table, &mut found),
            AttributeKind::FirstMatch { lines, .. } => {
                in_levels(claims, attribute, lines, &mut found);
            }
            _ => {}
        }
    }
    found
}

fn in_table<'p>(
    claims: &mut Claims<'p>,
    attribute: &'p Attribute,
    table: &'p Table,
    found: &mut Vec<Diagnostic>,
) {
    let record = attribute.record;
    let mut left = Region::everything();
    for line in &table.lines {
        let here = claims.solver.line_region(record, line);
        let kind = "line";
        if claims.solver.is_empty(&here) {
            // Cells that can be true one by one and not together, or none.
            found.push(report(
                kind,
                line.span,
                "its cells can never be true together",
            ));
            continue;
        }
        if table.first_match {
            let reached = left.and_up_to(&here, MOST_CUT);
            let tried = line.cells.iter().flatten().collect::<Vec<_>>();
            if claims.solver.is_empty(&reached)
                && claims
                    .seen(record, &here, &tried, |v| v.iter().all(yes))
                    .is_some()
            {
                found.push(report(kind, line.span, "the lines above take all of it"));
            }
            let not = claims.solver.not_line_region(record, line);
            left = left.and_up_to(&not, MOST_CUT);
        }
    }
}

fn in_levels<'p>(
    claims: &mut Claims<'p>,
    attribute: &'p Attribute,
    lines: &'p [(Expr, u32)],
    found: &mut Vec<Diagnostic>,
) {
    let record = attribute.record;
    let mut left = Region::everything();
    for (condition, _) in lines {
        let here = claims.solver.region(record, condition, Asked::True);
        if claims.solver.is_empty(&here) {
            found.push(report(
                "line",
                condition.span,
                "its condition can never be true",
            ));
            continue;
        }
        let reached = left.and_up_to(&here, MOST_CUT);
        if claims.solver.is_empty(&reached)
            && claims
                .seen(record, &here, &[condition], |v| v.iter().all(yes))
                .is_some()
        {
            found.push(report(
                "line",
                condition.span,
                "the lines above take all of it",
            ));
        }
        let not = claims.solver.region(record, condition, Asked::NotTrue);
        left = left.and_up_to(&not, MOST_CUT);
    }
}

fn report(kind: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::UNREACHABLE_ROW,
        span,
        format!("nobody can come to this {kind}: {why}"),
    )
    .help("remove it, or move it above those that take its place")
}

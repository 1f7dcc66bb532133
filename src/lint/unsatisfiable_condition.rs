//! `unsatisfiable-condition`: a condition that is true of nobody, ever.

use super::Proof;
use super::claims::{Claims, all_conditions, conjuncts, is_name, yes};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Expr, ExprKind};
use crate::schema::{RecordId, Type};
use crate::solver::{Asked, Cell, Coordinate, Region, Set, literal, value_of};

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
                let why = clash(claims, first, second);
                found.push(pair(parts[i], parts[j], why));
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

fn pair(first: &Expr, second: &Expr, why: Option<String>) -> Diagnostic {
    let advice = "change one of the two, or write `any of (…)` if either is enough";
    Diagnostic::new(
        &codes::UNSATISFIABLE_CONDITION,
        second.span,
        "this condition can never be true beside the other",
    )
    .label("never true where the other is")
    .also(first.span, "the other")
    .help(match why {
        Some(why) => format!("{why}; {advice}"),
        None => advice.to_owned(),
    })
}

/// Of two parts that clash on one value: what each asks of it, in words.
fn clash(claims: &Claims<'_>, first: &Region, second: &Region) -> Option<String> {
    let ([a], [b]) = (first.0.as_slice(), second.0.as_slice()) else {
        return None;
    };
    let (axis, one, other) = a.0.iter().find_map(|(id, cell)| {
        let other = b.cell(*id)?;
        cell.intersect(other)
            .is_empty()
            .then_some((*id, cell, other))
    })?;
    let axis = claims.solver.axis_of(axis);
    let expr = axis.expr?;
    let name = claims.name_of(expr);
    let words = |cell: &Cell| match axis.coordinate {
        _ if cell.set.is_empty() => Some("missing".to_owned()),
        _ if !cell.missing && cell.set == axis.domain.set => Some("known".to_owned()),
        Coordinate::Value => in_words(claims, expr.ty.ty, &cell.set),
        _ => None,
    };
    Some(format!(
        "one part asks that `{name}` is {}, the other that it is {}",
        words(one)?,
        words(other)?
    ))
}

/// `5,000 CNY or more`; `None` for sets of several ranges, and for what has no order.
fn in_words(claims: &Claims<'_>, ty: Type, set: &Set) -> Option<String> {
    let numeric = matches!(
        ty,
        Type::Integer | Type::Number | Type::Percent | Type::Money(_) | Type::Date
    );
    let Set::Ranges(ranges) = set else {
        return None;
    };
    let [(low, high)] = ranges.as_slice() else {
        return None;
    };
    if !numeric {
        return None;
    }
    let shown = |n: i128| Some(literal(claims.program, &value_of(ty, n)?));
    let far = 1_000_000_000_000_000_000_000;
    let fine = |n: i128| !matches!(ty, Type::Integer | Type::Date) && n % 10_000_000 != 0;
    let (more, less) = match ty {
        Type::Date => ("later", "earlier"),
        _ => ("more", "less"),
    };
    let above = |n: i128| match fine(n) {
        true => Some(format!("more than {}", shown(n - 1)?)),
        false => Some(format!("{} or {more}", shown(n)?)),
    };
    let below = |n: i128| match fine(n) {
        true => Some(format!("less than {}", shown(n + 1)?)),
        false => Some(format!("{} or {less}", shown(n)?)),
    };
    let open = |n: i128| n.abs() > far || matches!(ty, Type::Integer) && n.abs() > 1 << 60;
    match (open(*low), open(*high)) {
        (true, true) => None,
        (false, true) => above(*low),
        (true, false) => below(*high),
        (false, false) if low == high => shown(*low),
        (false, false) => Some(format!("{} and {}", above(*low)?, below(*high)?)),
    }
}

//! `exact-day`: `days until x = 30`. It is true for one day, and a run that was missed on it is not made up for.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{CompareOp, DiffUnit, Expr, ExprKind, Place};
use crate::schema::Value;
use crate::source::SourceMap;

pub const LINT: Lint = Lint {
    code: &codes::EXACT_DAY,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    checked.program.expressions(&mut |e, place| {
        if place == Place::Condition {
            e.walk(&mut |e| found.extend(exact(e, checked)));
        }
    });
    found
}

/// How far from today a date is.
struct Distance<'p> {
    unit: DiffUnit,
    date: &'p Expr,
    /// `until`; otherwise `since`.
    ahead: bool,
}

fn exact(e: &Expr, checked: Checked<'_>) -> Option<Diagnostic> {
    let (value, days) = tested(e)?;
    let meaning = checked.program.meaning(value);
    let distance = distance(meaning)?;
    let d = Diagnostic::new(
        &codes::EXACT_DAY,
        e.span,
        match distance.unit {
            DiffUnit::Days => "this is true on one day only",
            DiffUnit::Hours => "this is true for one hour only",
            _ => "this is true for one minute only",
        },
    )
    .label("a run missed then is never made up for");
    Some(d.help(help(&distance, &days, meaning.span == value.span, checked)))
}

/// The value that is to be exactly one of some numbers, none of them 0: that would be today, which has its own words.
fn tested(e: &Expr) -> Option<(&Expr, Vec<i64>)> {
    let (value, days) = match &e.kind {
        ExprKind::Compare {
            op: CompareOp::Equal,
            left,
            right,
        } => match (whole(left), whole(right)) {
            (None, Some(n)) => (&**left, vec![n]),
            (Some(n), None) => (&**right, vec![n]),
            _ => return None,
        },
        ExprKind::In { value, list } => {
            let days = list.iter().map(|v| match v {
                Value::Integer(n) => Some(*n),
                _ => None,
            });
            (&**value, days.collect::<Option<Vec<_>>>()?)
        }
        _ => return None,
    };
    (!days.contains(&0)).then_some((value, days))
}

fn whole(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Literal(Value::Integer(n)) => Some(*n),
        ExprKind::Negate(inner) => whole(inner)?.checked_neg(),
        _ => None,
    }
}

fn distance(e: &Expr) -> Option<Distance<'_>> {
    let ExprKind::Between { unit, from, to } = &e.kind else {
        return None;
    };
    if !matches!(unit, DiffUnit::Days | DiffUnit::Hours | DiffUnit::Minutes) {
        return None;
    }
    let clock = |e: &Expr| matches!(e.kind, ExprKind::Today | ExprKind::Now);
    let (date, ahead) = match (clock(from), clock(to)) {
        (true, false) => (&**to, true),
        (false, true) => (&**from, false),
        _ => return None,
    };
    Some(Distance {
        unit: *unit,
        date,
        ahead,
    })
}

fn help(distance: &Distance<'_>, days: &[i64], here: bool, checked: Checked<'_>) -> String {
    let date = named(distance.date, checked.sources);
    let (true, Some(date), DiffUnit::Days) = (here, date, distance.unit) else {
        return range(distance.unit, days);
    };
    let mut sorted = days.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    match (distance.ahead, sorted.as_slice()) {
        (true, [.., least]) if *least > 0 => {
            let numbers = listed(&sorted);
            format!(
                "write `{numbers} days before {date}` with `once per {date}, step`: each reminder waits for the next run"
            )
        }
        (false, [n]) if *n > 0 => {
            let last = n.saturating_add(6);
            format!(
                "write `days since {date} between {n} and {last}` with `once per {date}`: a missed run has a week to be made up for"
            )
        }
        _ => range(distance.unit, days),
    }
}

/// Leaves room for a day's run, or for a week's.
fn range(unit: DiffUnit, days: &[i64]) -> String {
    let room = match unit {
        DiffUnit::Hours => 23,
        DiffUnit::Minutes => 1_439,
        _ => 6,
    };
    match days {
        [n] => {
            let last = n.saturating_add(room);
            format!("leave room for a missed run, as in `between {n} and {last}`")
        }
        _ => "leave room for a missed run: write a range for each of them".into(),
    }
}

/// `60, 30 or 7`
fn listed(numbers: &[i64]) -> String {
    let words: Vec<String> = numbers.iter().map(i64::to_string).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// As it may stand after `before`, if it is short enough to be shown.
fn named(date: &Expr, sources: &SourceMap) -> Option<String> {
    const LONGEST: usize = 40;
    let written = sources.slice(date.span);
    let single = !written.contains('\n') && written.chars().count() <= LONGEST;
    let path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '`' | ' ');
    let recurring = matches!(date.kind, ExprKind::Recurring(_));
    let plain = written.chars().all(path) && (recurring || !written.contains(' '));
    (single && plain).then(|| written.to_owned())
}

//! `silently-missing`: `city != "Paris"` leaves out whoever has no city, and nobody said so.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{
    AggregateOp, AttributeKind, CompareOp, DiffUnit, Expr, ExprKind, Program, TextOp,
};
use crate::schema::Type;
use crate::source::{SourceMap, Span};
use rustc_hash::FxHashSet;

pub const LINT: Lint = Lint {
    code: &codes::SILENTLY_MISSING,
    check,
};

/// A field, or one of a row that references lead to, and which steps of the way may be missing.
type Path = Vec<(u32, bool)>;

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut found = Vec::new();
    for attribute in &program.attributes {
        match &attribute.kind {
            AttributeKind::Segment(e) => judge(&[e], checked, &mut found),
            AttributeKind::Define(e) if e.ty.ty == Type::YesNo => judge(&[e], checked, &mut found),
            _ => {}
        }
    }
    for pause in &program.pauses {
        judge(&[&pause.condition], checked, &mut found);
    }
    for campaign in &program.campaigns {
        let audience: Vec<&Expr> = campaign.audience.iter().collect();
        judge(&audience, checked, &mut found);
        for rule in &campaign.rules {
            if let Some(when) = &rule.when {
                let mut conditions = vec![when];
                conditions.extend(&audience);
                judge(&conditions, checked, &mut found);
            }
        }
    }
    found
}

/// Looks at the first of the conditions, which all hold together, and at the `where` of aggregates in it.
fn judge(conditions: &[&Expr], checked: Checked<'_>, found: &mut Vec<Diagnostic>) {
    let Some(first) = conditions.first() else {
        return;
    };
    let mut filters = Vec::new();
    first.walk(&mut |e| {
        // `no` does not hold while one row is undecided: it leaves nothing out.
        if let ExprKind::Aggregate(a) = &e.kind
            && a.op != AggregateOp::No
        {
            filters.extend(a.filter.iter());
        }
    });
    for filter in filters {
        judge_one(&[filter], checked, found);
    }
    judge_one(conditions, checked, found);
}

fn judge_one(conditions: &[&Expr], checked: Checked<'_>, found: &mut Vec<Diagnostic>) {
    let mut leaves = Vec::new();
    leaf(conditions[0], None, true, &mut leaves);
    leaves.retain(|l| l.surprising);
    if leaves.is_empty() {
        return;
    }
    let asked = asked_for(conditions, checked.program);
    leaves.retain(|l| {
        let ways = (1..=l.path.len()).map(|n| &l.path[..n]);
        let open = |way: &&[(u32, bool)]| way.last().is_some_and(|(_, optional)| *optional);
        ways.filter(open).any(|way| !asked.contains(way))
    });
    found.extend(leaves.iter().map(|l| finding(l, checked.sources)));
}

/// A test of a field that may be missing.
struct Leaf<'p> {
    /// The whole of the test, with the `not` before it, and the field in it.
    test: Span,
    /// Whether it can be written so in another place: it is not one of several after `none of`.
    whole: bool,
    value: &'p Expr,
    path: Path,
    /// Whether people expect rows without a value to pass: they are not in Paris either.
    surprising: bool,
}

/// The parts of a condition that must be true, or must be false; `not`: the negation right around it.
fn leaf<'p>(e: &'p Expr, not: Option<&'p Expr>, holds: bool, leaves: &mut Vec<Leaf<'p>>) {
    let (value, surprising) = match &e.kind {
        ExprKind::Not(inner) => return leaf(inner, Some(e), !holds, leaves),
        ExprKind::And(list) | ExprKind::Or(list) => {
            return list.iter().for_each(|e| leaf(e, None, holds, leaves));
        }
        ExprKind::Compare { op, left, right } => match (path(left), path(right)) {
            (Some(_), None) => (&**left, surprises(*op, holds, left, right)),
            (None, Some(_)) => (&**right, surprises(op.mirrored(), holds, right, left)),
            _ => match (since(left), since(right)) {
                (Some(date), None) => (date, longer(*op, holds)),
                (None, Some(date)) => (date, longer(op.mirrored(), holds)),
                _ => return,
            },
        },
        ExprKind::TextMatch {
            op, left: value, ..
        } => (&**value, (*op == TextOp::NotEquals) == holds),
        ExprKind::In { value, .. } => (&**value, !holds),
        ExprKind::InWindow { value, .. } => (&**value, !holds),
        ExprKind::Field(_) | ExprKind::Through { .. } => (e, !holds),
        _ => return,
    };
    if let Some(path) = path(value)
        && value.ty.optional
    {
        leaves.push(Leaf {
            test: not.unwrap_or(e).span,
            whole: holds || not.is_some(),
            value,
            path,
            surprising,
        });
    }
}

fn path(e: &Expr) -> Option<Path> {
    match &e.kind {
        ExprKind::Field(field) => Some(vec![(field.0, e.ty.optional)]),
        ExprKind::Through {
            reference, member, ..
        } => {
            let mut way = path(reference)?;
            way.extend(path(member)?);
            Some(way)
        }
        ExprKind::DayOf(inner) | ExprKind::Widen(inner) => path(inner),
        _ => None,
    }
}

/// The date of `days since D`. Years are an age, and who has none is not taken for old.
fn since(e: &Expr) -> Option<&Expr> {
    match &e.kind {
        ExprKind::Between { unit, from, to } => {
            let now = matches!(to.kind, ExprKind::Today | ExprKind::Now);
            (now && *unit != DiffUnit::Years && path(from).is_some()).then_some(&**from)
        }
        ExprKind::Widen(inner) => since(inner),
        _ => None,
    }
}

/// Whether `value OP other` is a "not this" or a "not so much".
fn surprises(op: CompareOp, holds: bool, value: &Expr, other: &Expr) -> bool {
    let below = match op {
        CompareOp::NotEqual => return holds,
        CompareOp::Equal => return !holds,
        CompareOp::Less | CompareOp::LessEqual => holds,
        CompareOp::Greater | CompareOp::GreaterEqual => !holds,
    };
    // Before a fixed day is an age, before a day to come is soon; before a day ago is a long silence.
    let date = matches!(value.ty.ty, Type::Date | Type::DateTime);
    below && (!date || matches!(other.kind, ExprKind::Shift { subtract: true, .. }))
}

/// Whether `days since D OP n` is a long silence.
fn longer(op: CompareOp, holds: bool) -> bool {
    match op {
        CompareOp::Greater | CompareOp::GreaterEqual => holds,
        CompareOp::Less | CompareOp::LessEqual => !holds,
        CompareOp::Equal | CompareOp::NotEqual => false,
    }
}

/// What the conditions speak of by `is known` or `is missing`, or in a way that nobody expects a missing value to
/// pass; with every reference on the way there.
fn asked_for(conditions: &[&Expr], program: &Program) -> FxHashSet<Path> {
    let mut asked = FxHashSet::default();
    let mut ask = |path: Path| {
        for n in 1..=path.len() {
            asked.insert(path[..n].to_vec());
        }
    };
    for condition in conditions {
        program.reach(condition, &mut |e| {
            if let ExprKind::Known(value) | ExprKind::Default { value, .. } = &e.kind
                && let Some(path) = path(value)
            {
                ask(path);
            }
        });
        let mut leaves = Vec::new();
        leaf(condition, None, true, &mut leaves);
        leaves.retain(|l| !l.surprising);
        leaves.into_iter().for_each(|l| ask(l.path));
    }
    asked
}

fn finding(leaf: &Leaf<'_>, sources: &SourceMap) -> Diagnostic {
    let name = sources.slice(leaf.value.span);
    let test = sources.slice(leaf.test);
    let d = Diagnostic::new(
        &codes::SILENTLY_MISSING,
        leaf.test,
        format!("rows without `{name}` are left out here, and nothing says so"),
    );
    let keep = if leaf.whole && test.len() <= 50 && !test.contains('\n') {
        format!("`any of ({name} is missing, {test})`")
    } else {
        format!("`{name} is missing` as an alternative")
    };
    d.help(format!(
        "{keep} keeps them; `{name} is known` beside it says that they are left out"
    ))
}

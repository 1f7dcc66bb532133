//! `exact-division`: a quotient or an average tested with `=`. It is rounded to nine digits, and hardly ever met.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::functions;
use crate::hir::{
    AggregateOp, ArithmeticOp, AttributeKind, CompareOp, Expr, ExprKind, Part, PopulationOp,
    Program,
};
use crate::schema::{Decimal, Type, Value};

pub const LINT: Lint = Lint {
    code: &codes::EXACT_DIVISION,
    check,
};

/// How deep values are looked into.
const DEPTH: usize = 10;

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    checked.program.expressions(&mut |e, _| {
        e.walk(&mut |e| found.extend(tested(e, checked.program)));
    });
    found
}

fn tested(e: &Expr, program: &Program) -> Option<Diagnostic> {
    let (source, sign) = match &e.kind {
        ExprKind::Compare {
            op: op @ (CompareOp::Equal | CompareOp::NotEqual),
            left,
            right,
        } => {
            // A quotient is 0 exactly where what is divided is.
            if is_zero(left) || is_zero(right) {
                return None;
            }
            let source = inexact(left, program, DEPTH).or_else(|| inexact(right, program, DEPTH));
            let sign = if *op == CompareOp::Equal { "=" } else { "!=" };
            (source?, sign)
        }
        ExprKind::In { value, .. } => (inexact(value, program, DEPTH)?, "in"),
        _ => return None,
    };
    let what = match source.kind {
        ExprKind::Arithmetic { .. } => "a quotient",
        ExprKind::Population(ref p) if p.op != PopulationOp::Average => "a share",
        _ => "an average",
    };
    let message = match sign {
        "!=" => format!("{what} is hardly ever exactly this, so `!=` nearly always holds"),
        sign => format!("{what} is hardly ever exactly this, so `{sign}` nearly never holds"),
    };
    let mut d = Diagnostic::new(&codes::EXACT_DIVISION, e.span, message);
    if !e.span.contains(source.span) {
        d = d.also(source.span, format!("{what}, rounded to nine digits"));
    }
    Some(
        d.help(
            "compare it with `>=`, `<` or `between`, or round it first, as in `(x / y rounded)`",
        ),
    )
}

fn is_zero(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Literal(value) => match value {
            Value::Integer(n) => *n == 0,
            Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => *d == Decimal::ZERO,
            _ => false,
        },
        ExprKind::Widen(inner) | ExprKind::Negate(inner) => is_zero(inner),
        _ => false,
    }
}

/// The quotient or average that the value may owe its digits to; nothing below a `rounded`.
fn inexact<'p>(e: &'p Expr, program: &'p Program, depth: usize) -> Option<&'p Expr> {
    if depth == 0 || !matches!(e.ty.ty, Type::Number | Type::Percent | Type::Money(_)) {
        return None;
    }
    let next = |e: &'p Expr| inexact(e, program, depth - 1);
    match &e.kind {
        ExprKind::Arithmetic {
            op: ArithmeticOp::Divide,
            right,
            ..
        } if !ends(right) => Some(e),
        ExprKind::Arithmetic { left, right, .. } => next(left).or_else(|| next(right)),
        ExprKind::Negate(x) | ExprKind::Widen(x) | ExprKind::Root(x) => next(x),
        ExprKind::Through { member, .. } => next(member),
        ExprKind::Default { value, default } => next(value).or_else(|| next(default)),
        ExprKind::If {
            then, otherwise, ..
        } => next(then).or_else(|| next(otherwise)),
        ExprKind::AsOf { value, .. } => next(value),
        ExprKind::Attribute(id, Part::Value) => match &program.attribute(*id).kind {
            AttributeKind::Define(body) => next(body),
            _ => None,
        },
        ExprKind::Figure(id) => next(&program.figure(*id).value),
        ExprKind::Aggregate(a) if a.op == AggregateOp::Average => Some(e),
        ExprKind::Aggregate(a) => a.value.as_ref().and_then(next),
        ExprKind::Population(p) => match p.op {
            PopulationOp::Average | PopulationOp::Share | PopulationOp::RunningShare => Some(e),
            _ => None,
        },
        ExprKind::Call {
            function,
            arguments,
        } if matches!(functions::get(*function).name, "min" | "max" | "abs") => {
            arguments.iter().find_map(next)
        }
        _ => None,
    }
}

/// Whether dividing by it always ends within nine digits: it is 2, 4, 5, 10, 100 and the like.
fn ends(divisor: &Expr) -> bool {
    let mut n = match &divisor.kind {
        ExprKind::Literal(Value::Integer(n)) => *n,
        ExprKind::Literal(Value::Number(d)) => match d.to_int() {
            Some(n) => n,
            None => return false,
        },
        ExprKind::Widen(inner) => return ends(inner),
        _ => return false,
    };
    let small = (1..=1_000).contains(&n);
    for factor in [2, 5] {
        while n > 1 && n % factor == 0 {
            n /= factor;
        }
    }
    small && n == 1
}

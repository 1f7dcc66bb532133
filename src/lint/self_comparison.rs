//! `self-comparison`: `x = x`, `x - x`. One of the two was to be something else.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{ArithmeticOp, CompareOp, Expr, ExprKind};
use crate::source::SourceMap;

pub const LINT: Lint = Lint {
    code: &codes::SELF_COMPARISON,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    checked.program.expressions(&mut |e, _| {
        e.walk(&mut |e| found.extend(with_itself(e, checked.sources)));
    });
    found
}

fn with_itself(e: &Expr, sources: &SourceMap) -> Option<Diagnostic> {
    let (left, right, says) = match &e.kind {
        ExprKind::Compare { op, left, right } => (left, right, Says::of(*op)),
        ExprKind::Arithmetic {
            op: ArithmeticOp::Subtract,
            left,
            right,
        } => (left, right, Says::Nothing),
        ExprKind::Between { from, to, .. } => (from, to, Says::Nothing),
        ExprKind::Arithmetic {
            op: ArithmeticOp::Divide,
            left,
            right,
        } => (left, right, Says::One),
        _ => return None,
    };
    if !same(left, right, sources) {
        return None;
    }
    let optional = left.ty.optional;
    let message = match (says, optional) {
        (Says::Yes, false) => "this compares a value with itself, and is always true",
        (Says::Yes, true) => "this compares a value with itself, and is true wherever it is known",
        (Says::No, _) => "this compares a value with itself, and is never true",
        (Says::Nothing, _) => "this takes a value from itself, and is always 0",
        (Says::One, _) => "this divides a value by itself, and is always 1",
    };
    let d = Diagnostic::new(&codes::SELF_COMPARISON, e.span, message);
    Some(match says {
        Says::Yes if optional => {
            d.help("name the other value; if it is to be known, write `is known`")
        }
        _ => d.help("name the other value that was meant"),
    })
}

/// What comes of a value and itself.
#[derive(Clone, Copy)]
enum Says {
    Yes,
    No,
    Nothing,
    One,
}

impl Says {
    fn of(op: CompareOp) -> Says {
        match op {
            CompareOp::Equal | CompareOp::LessEqual | CompareOp::GreaterEqual => Says::Yes,
            CompareOp::NotEqual | CompareOp::Less | CompareOp::Greater => Says::No,
        }
    }
}

/// Whether two expressions on one row are written alike and mean the same.
pub(super) fn same(a: &Expr, b: &Expr, sources: &SourceMap) -> bool {
    let alike = match (&a.kind, &b.kind) {
        (ExprKind::Field(a), ExprKind::Field(b)) => return a == b,
        (ExprKind::Attribute(a, p), ExprKind::Attribute(b, q)) => return a == b && p == q,
        (ExprKind::Literal(a), ExprKind::Literal(b)) => return a == b,
        (ExprKind::Figure(a), ExprKind::Figure(b)) => return a == b,
        (ExprKind::Parameter(a), ExprKind::Parameter(b)) => return a == b,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    };
    if !alike || !words(a, sources).eq(words(b, sources)) {
        return false;
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    a.operands(&mut |e| left.push(e));
    b.operands(&mut |e| right.push(e));
    left.len() == right.len() && left.iter().zip(&right).all(|(a, b)| same(a, b, sources))
}

fn words<'s>(e: &Expr, sources: &'s SourceMap) -> impl Iterator<Item = &'s str> {
    sources.slice(e.span).split_whitespace()
}

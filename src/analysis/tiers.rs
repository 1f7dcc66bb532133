//! Tiers, stages and scores.

use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AggregateOp, AttributeKind, ExprKind as H, Ty};
use crate::schema::{Decimal, EnumId, Type, Value};
use crate::syntax::ast::{self, Expr, Name, TiersBody};

impl<'a> Checker<'a> {
    pub(super) fn tiers(
        &mut self,
        t: &'a ast::Tiers,
        set: Option<EnumId>,
        scope: Scope<'_>,
    ) -> (Ty, AttributeKind) {
        // INVARIANT: `declare_set` gives every tiers and stages a set.
        let set = set.unwrap_or(EnumId(0));
        let moves = self.history(&t.was, &t.options, set, scope);
        let (ty, mut kind) = match &t.body {
            TiersBody::By { by, levels } => self.tiers_by(by, levels, set, scope),
            TiersBody::When { lines, otherwise } => {
                self.first_match(lines, otherwise.as_ref(), set, true, scope)
            }
        };
        keep(&mut kind, moves);
        (ty, kind)
    }

    pub(super) fn stages(
        &mut self,
        s: &'a ast::Stages,
        set: Option<EnumId>,
        scope: Scope<'_>,
    ) -> (Ty, AttributeKind) {
        let set = set.unwrap_or(EnumId(0));
        let moves = self.history(&s.was, &[], set, scope);
        let (ty, mut kind) = self.first_match(&s.lines, s.otherwise.as_ref(), set, false, scope);
        keep(&mut kind, moves);
        (ty, kind)
    }

    fn first_match(
        &mut self,
        lines: &'a [(Expr, Name)],
        otherwise: Option<&'a Name>,
        set: EnumId,
        ordered: bool,
        scope: Scope<'_>,
    ) -> (Ty, AttributeKind) {
        let lines: Vec<(hir::Expr, u32)> = lines
            .iter()
            .map(|(c, name)| {
                let condition = self.condition(c, scope);
                (condition, self.enum_place(set, name).unwrap_or_default())
            })
            .collect();
        let otherwise = otherwise.and_then(|n| self.enum_place(set, n));
        let ty = Ty {
            ty: Type::Enum(set),
            optional: otherwise.is_none(),
        };
        let kind = AttributeKind::FirstMatch {
            lines,
            otherwise,
            set,
            ordered,
            history: None,
        };
        (ty, kind)
    }

    fn tiers_by(
        &mut self,
        by: &'a Expr,
        levels: &'a [(Name, Expr)],
        set: EnumId,
        scope: Scope<'_>,
    ) -> (Ty, AttributeKind) {
        let mut by = self.expr(by, scope);
        if matches!(by.ty.ty, Type::Integer) && levels.iter().any(|(_, e)| is_fraction(e)) {
            by = self.widen(by);
        }
        let ty = by.ty.ty;
        if !matches!(
            ty,
            Type::Integer | Type::Number | Type::Percent | Type::Money(_) | Type::Unknown
        ) {
            let is = self.describe(ty);
            self.report(
                Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    by.span,
                    format!("tiers go by a number or money, and this is {is}"),
                )
                .help("for other conditions write `when … then …` lines"),
            );
            by = super::expressions::unknown(by.span);
        }
        let mut values = Vec::new();
        for (name, e) in levels {
            let value = self.literal(e, by.ty.ty);
            if let (Some(value), Some(before)) = (&value, values.last())
                && amount(value) <= amount(before)
            {
                self.report(
                    Diagnostic::new(
                        &codes::UNORDERED_TIERS,
                        e.span,
                        format!("`{name}` does not begin above the level before it"),
                    )
                    .help("write the levels from the lowest to the highest"),
                );
            }
            values.extend(value);
        }
        let never_below = values
            .first()
            .is_some_and(|v| amount(v) <= Some(Decimal::ZERO))
            && counts(&by, self, 16);
        let ty = Ty {
            ty: Type::Enum(set),
            optional: !never_below,
        };
        let kind = AttributeKind::TiersBy {
            by,
            levels: values,
            set,
            history: None,
        };
        (ty, kind)
    }

    pub(super) fn score(&mut self, s: &'a ast::Score, scope: Scope<'_>) -> (Ty, AttributeKind) {
        let mut lines: Vec<(hir::Expr, hir::Expr)> = Vec::new();
        let mut common: Option<Type> = None;
        let mut reasons = Vec::new();
        for line in &s.lines {
            let (c, v) = (&line.condition, &line.value);
            let condition = self.condition(c, scope);
            let value = self.expr(v, scope);
            let ty = value.ty.ty;
            if !self.score_type(&value) {
                let is = self.describe(ty);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        v.span,
                        format!("a score adds up numbers or money, and this is {is}"),
                    )
                    .help("write a number, as in `10`"),
                );
                continue;
            }
            common = match (common, ty) {
                (_, Type::Unknown) => common,
                (None, ty) => Some(ty),
                (Some(a), b) if a == b => Some(a),
                (Some(Type::Integer | Type::Number), Type::Integer | Type::Number) => {
                    Some(Type::Number)
                }
                (Some(a), b) => {
                    let (a, b) = (self.describe(a), self.describe(b));
                    self.report(
                        Diagnostic::new(
                            &codes::TYPE_MISMATCH,
                            v.span,
                            format!("this line adds {b}, and the lines before add {a}"),
                        )
                        .help("let every line add the same kind of value"),
                    );
                    common
                }
            };
            lines.push((condition, value));
            reasons.push(line.because.as_ref().map(|b| b.node.clone()));
        }
        let ty = common.unwrap_or(Type::Integer);
        if ty == Type::Number {
            for (_, value) in &mut lines {
                if value.ty.ty == Type::Integer {
                    *value = self.widen(value.clone());
                }
            }
        }
        let kind = AttributeKind::Score {
            lines,
            reasons,
            history: None,
        };
        (Ty::known(ty), kind)
    }
}

/// Puts what is said of the past beside the levels.
fn keep(kind: &mut AttributeKind, moves: Option<hir::History>) {
    if let AttributeKind::TiersBy { history, .. } | AttributeKind::FirstMatch { history, .. } = kind
    {
        *history = moves;
    }
}

/// The size of a number or amount, for thresholds.
fn amount(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(n) => Some(Decimal::from_int(*n)),
        Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => Some(*d),
        _ => None,
    }
}

fn is_fraction(e: &Expr) -> bool {
    matches!(super::literals::bare(e).kind, ast::ExprKind::Number(_))
}

/// Whether a value is never missing and never below zero: a count, or the name of one, named anew at
/// most `depth` times.
fn counts(e: &hir::Expr, checker: &Checker<'_>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match &e.kind {
        H::Aggregate(a) => matches!(a.op, AggregateOp::Count | AggregateOp::DistinctCount),
        H::Widen(inner) => counts(inner, checker, depth - 1),
        H::Attribute(id, hir::Part::Value) => match &checker.slots[id.index()].state {
            super::State::Done(a) => match &a.kind {
                AttributeKind::Define(e) => counts(e, checker, depth - 1),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

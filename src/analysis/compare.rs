//! Comparisons: like with like, named values beside their set, references beside a key.

use super::expressions::{Beside, flag, is_unknown, literal, not, unknown};
use super::literals::bare;
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, ExprKind as H, Ty};
use crate::schema::{RecordId, Type, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{CompareOp as Op, Expr, ExprKind as A, TextOp};

impl<'a> Checker<'a> {
    pub(super) fn comparison(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        let span = e.span;
        match &e.kind {
            A::Compare {
                op,
                words,
                left,
                right,
            } => self.compare(op, *words, [left, right], span, scope),
            A::TextMatch {
                op,
                ignoring_case,
                left,
                right,
            } => self.text_match(*op, *ignoring_case, [left, right], span, scope),
            A::Between { value, low, high } => self.range(
                value,
                [(Op::GreaterEqual, low), (Op::LessEqual, high)],
                span,
                scope,
            ),
            A::FromToBelow { value, low, high } => self.range(
                value,
                [(Op::GreaterEqual, low), (Op::Less, high)],
                span,
                scope,
            ),
            A::In {
                value,
                negated,
                list,
            } => self.one_of(value, *negated, list, span, scope),
            A::Known { value, known } => {
                let value = self.expr(value, scope);
                if is_unknown(&value) {
                    return unknown(span);
                }
                let known_value = flag(H::Known(Box::new(value)), false, span);
                if *known {
                    known_value
                } else {
                    not(known_value, span)
                }
            }
            _ => unknown(span),
        }
    }

    /// Types both sides; a bare name takes its meaning from the other side.
    fn sides(&mut self, [a, b]: [&'a Expr; 2], scope: Scope<'_>) -> (hir::Expr, hir::Expr) {
        if self.is_free_name(a, scope) {
            let other_free = self.is_free_name(b, scope);
            if !other_free {
                let right = self.expr(b, scope);
                let left = self.typed(a, scope, Beside::of(right.ty.ty));
                return (left, right);
            }
        }
        let left = self.expr(a, scope);
        let right = self.typed(b, scope, Beside::of(left.ty.ty));
        (left, right)
    }

    fn compare(
        &mut self,
        op: &Spanned<Op>,
        words: bool,
        sides: [&'a Expr; 2],
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let (left, right) = self.sides(sides, scope);
        if words && !matches!(left.ty.ty, Type::Enum(_) | Type::Unknown) {
            self.is_beside_no_name(op, &left, &right);
            return unknown(span);
        }
        self.compared(op.node, left, right, span)
    }

    fn is_beside_no_name(&mut self, op: &Spanned<Op>, left: &hir::Expr, right: &hir::Expr) {
        if is_unknown(left) || is_unknown(right) {
            return;
        }
        let sign = if op.node == Op::Equal { "=" } else { "!=" };
        let is = self.describe(left.ty.ty);
        self.report(
            Diagnostic::new(
                &codes::IS_WITHOUT_NAME,
                op.span,
                format!("`is` goes with named values, and this is {is}"),
            )
            .help(format!("write `{sign}`"))
            .fix(format!("write `{sign}`"), op.span, sign),
        );
    }

    /// Compares two typed values.
    pub(super) fn compared(
        &mut self,
        op: Op,
        left: hir::Expr,
        right: hir::Expr,
        span: Span,
    ) -> hir::Expr {
        let (left, right) = self.through_key(left, right);
        let Some((left, right)) = self.comparable(op, left, right) else {
            return unknown(span);
        };
        let optional = left.ty.optional || right.ty.optional;
        let kind = H::Compare {
            op,
            left: Box::new(left),
            right: Box::new(right),
        };
        flag(kind, optional, span)
    }

    /// A reference beside a value is compared by its record's key.
    fn through_key(&self, left: hir::Expr, right: hir::Expr) -> (hir::Expr, hir::Expr) {
        match (left.ty.ty, right.ty.ty) {
            (Type::Reference(_), Type::Reference(_)) => (left, right),
            (Type::Reference(r), _) => (self.key_of(left, r), right),
            (_, Type::Reference(r)) => {
                let right = self.key_of(right, r);
                (left, right)
            }
            _ => (left, right),
        }
    }

    /// The key of the row that a reference refers to.
    pub(super) fn key_of(&self, reference: hir::Expr, record: RecordId) -> hir::Expr {
        let (span, optional) = (reference.span, reference.ty.optional);
        let [key] = self.records[record.index()].key.as_slice() else {
            return unknown(span);
        };
        let Some(ty) = self.key_type(record) else {
            return unknown(span);
        };
        let member = hir::Expr::new(H::Field(*key), Ty::known(ty), span);
        let through = hir::Expr::new(
            H::Through {
                reference: Box::new(reference),
                record,
                member: Box::new(member),
            },
            Ty { ty, optional },
            span,
        );
        match ty {
            // A key that is itself a reference.
            Type::Reference(next) if next != record => self.key_of(through, next),
            _ => through,
        }
    }

    /// Both of one type, and of one that has this comparison.
    fn comparable(
        &mut self,
        op: Op,
        left: hir::Expr,
        right: hir::Expr,
    ) -> Option<(hir::Expr, hir::Expr)> {
        let (a, b) = (left.ty.ty, right.ty.ty);
        let ordering = !matches!(op, Op::Equal | Op::NotEqual);
        let unordered = match a {
            Type::Enum(set) => !self.enums[set.index()].ordered,
            Type::YesNo | Type::Reference(_) | Type::Message => true,
            _ => false,
        };
        match (a, b) {
            (Type::Unknown, _) | (_, Type::Unknown) => None,
            _ if a == b && ordering && unordered => {
                self.no_order(&left, &right);
                None
            }
            (Type::Message, _) => self.unlike(&left, &right, "messages are not compared"),
            _ if a == b => Some((left, right)),
            (Type::Integer, Type::Number) => Some((self.widen(left), right)),
            (Type::Number, Type::Integer) => Some((left, self.widen(right))),
            (Type::Money(x), Type::Money(y)) => {
                self.mixed_currencies(right.span, left.span, x, y);
                None
            }
            (Type::Date, Type::DateTime) | (Type::DateTime, Type::Date) => {
                self.date_beside_datetime(&left, &right);
                None
            }
            (Type::Duration(_), Type::Duration(_)) => {
                self.incomparable_durations(left.span.to(right.span), left.ty.ty, right.ty.ty)
            }
            (Type::Integer, Type::Duration(_)) => self.count_beside_duration(&left, &right),
            (Type::Duration(_), Type::Integer) => self.count_beside_duration(&right, &left),
            (Type::Money(c), Type::Integer | Type::Number) => {
                self.amount_without_currency(&right, &left, c)
            }
            (Type::Integer | Type::Number, Type::Money(c)) => {
                self.amount_without_currency(&left, &right, c)
            }
            (Type::Percent, Type::Integer | Type::Number) => self.unlike(
                &left,
                &right,
                "write a percentage, as in `5%`, or `as percent` after the number",
            ),
            (Type::Integer | Type::Number, Type::Percent) => {
                self.number_beside_percent(&left, &right)
            }
            (Type::Money(_), Type::Percent) => self.money_beside_percent(&left, &right),
            (Type::Percent, Type::Money(_)) => self.money_beside_percent(&right, &left),
            (Type::Date, Type::Text | Type::Integer | Type::Number) => {
                self.date_in_other_words(&left, &right)
            }
            (Type::Enum(set), Type::Text) => self.text_beside_name(set, &left, &right),
            (Type::Text, Type::Enum(set)) => self.text_beside_name(set, &right, &left),
            _ => {
                let example = match a {
                    Type::Text
                    | Type::Integer
                    | Type::Number
                    | Type::Percent
                    | Type::Money(_)
                    | Type::DateTime
                    | Type::Time
                    | Type::Duration(_) => {
                        format!("compare it with {}", super::literals::example(a, ""))
                    }
                    _ => "compare values of the same kind".to_string(),
                };
                self.unlike(&left, &right, &example)
            }
        }
    }

    /// `between` and `from … to below …`: two comparisons of one value.
    fn range(
        &mut self,
        value: &'a Expr,
        ends: [(Op, &'a Expr); 2],
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let value = self.expr(value, scope);
        let beside = Beside::of(value.ty.ty);
        let mut parts = Vec::new();
        for (op, end) in ends {
            let end = self.typed(end, scope, beside);
            let before = self.diagnostics.len();
            parts.push(self.compared(op, value.clone(), end, span));
            // The second end would say the same again.
            if self.diagnostics.len() > before {
                return unknown(span);
            }
        }
        if parts.iter().any(is_unknown) {
            return unknown(span);
        }
        let optional = parts.iter().any(|e| e.ty.optional);
        flag(H::And(parts), optional, span)
    }

    fn text_match(
        &mut self,
        op: TextOp,
        ignoring_case: bool,
        [left, right]: [&'a Expr; 2],
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let left = self.expr(left, scope);
        let right = self.typed(right, scope, Beside::of(left.ty.ty));
        let sides = match (left.ty.ty, right.ty.ty) {
            (Type::Unknown, _) | (_, Type::Unknown) => return unknown(span),
            (Type::Reference(_), Type::Text) => self.through_key(left, right),
            _ => (left, right),
        };
        let (left, right) = sides;
        for side in [&left, &right] {
            if side.ty.ty != Type::Text {
                let is = self.describe(side.ty.ty);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        side.span,
                        format!("texts are needed here, and this is {is}"),
                    )
                    .help("compare it by `=` instead"),
                );
                return unknown(span);
            }
        }
        let optional = left.ty.optional || right.ty.optional;
        let kind = H::TextMatch {
            op,
            ignoring_case,
            left: Box::new(left),
            right: Box::new(right),
        };
        flag(kind, optional, span)
    }

    /// `x in (a, b)`: literals of the value's type.
    fn one_of(
        &mut self,
        value: &'a Expr,
        negated: bool,
        list: &'a [Expr],
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let mut value = self.expr(value, scope);
        if let Type::Reference(r) = value.ty.ty {
            value = self.key_of(value, r);
        }
        let ty = match value.ty.ty {
            Type::Integer if list.iter().any(|e| matches!(bare(e).kind, A::Number(_))) => {
                value = self.widen(value);
                Type::Number
            }
            Type::YesNo | Type::Message => {
                let is = self.describe(value.ty.ty);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        value.span,
                        format!("this is {is}, which is in no list"),
                    )
                    .help("test it as a condition"),
                );
                return unknown(span);
            }
            ty => ty,
        };
        if ty == Type::Unknown {
            return unknown(span);
        }
        let before = self.diagnostics.len();
        let list: Vec<Value> = list.iter().filter_map(|e| self.literal(e, ty)).collect();
        if self.diagnostics.len() > before {
            return unknown(span);
        }
        let optional = value.ty.optional;
        let within = flag(
            H::In {
                value: Box::new(value),
                list,
            },
            optional,
            span,
        );
        if negated { not(within, span) } else { within }
    }

    /// `x >= gold` for a level of tiers, as the cells of a table say it.
    pub(super) fn compare_literal(
        &mut self,
        op: Op,
        value: &hir::Expr,
        e: &'a Expr,
        span: Span,
    ) -> hir::Expr {
        let right = match value.ty.ty {
            Type::Reference(_) | Type::Unknown => return unknown(span),
            Type::Number | Type::Integer if matches!(bare(e).kind, A::Number(_)) => {
                self.literal(e, Type::Number)
            }
            ty => self.literal(e, ty),
        };
        match right {
            Some(v) => {
                let right = literal(v, e.span);
                self.compared(op, value.clone(), right, span)
            }
            None => unknown(span),
        }
    }

    /// The type of `.shortfall`: that of what the tiers go by.
    pub(super) fn shortfall_type(&mut self, id: crate::schema::AttributeId) -> Type {
        match &self.slots[id.index()].state {
            super::State::Done(a) => match &a.kind {
                hir::AttributeKind::TiersBy { by, .. } => by.ty.ty,
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }
}

//! Sums, products, rounding: what may be combined with what.

use super::expressions::{Beside, literal, unknown};
use super::literals::bare;
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, ExprKind as H, Ty};
use crate::schema::{Currency, Decimal, Rounding, Type, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{ArithmeticOp as Op, Expr, ExprKind as A};

impl<'a> Checker<'a> {
    /// An integer (or, where a conversion is meant, a percentage) as a number.
    pub(super) fn widen(&self, e: hir::Expr) -> hir::Expr {
        self.convert(e, Type::Number)
    }

    fn convert(&self, e: hir::Expr, ty: Type) -> hir::Expr {
        let span = e.span;
        if let H::Literal(value) = &e.kind {
            let billionths = match value {
                Value::Integer(n) => Some(Decimal::from_int(*n)),
                Value::Number(d) | Value::Percent(d) => Some(*d),
                _ => None,
            };
            match (billionths, ty) {
                (Some(d), Type::Number) => return literal(Value::Number(d), span),
                (Some(d), Type::Percent) => return literal(Value::Percent(d), span),
                _ => {}
            }
        }
        let optional = e.ty.optional;
        hir::Expr::new(H::Widen(Box::new(e)), Ty { ty, optional }, span)
    }

    pub(super) fn as_percent(
        &mut self,
        inner: &'a Expr,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let value = self.expr(inner, scope);
        match value.ty.ty {
            Type::Unknown | Type::Percent => value,
            Type::Integer => {
                let number = self.widen(value);
                self.convert(number, Type::Percent)
            }
            Type::Number => self.convert(value, Type::Percent),
            other => {
                let is = self.describe(other);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        inner.span,
                        format!("only a number becomes a percentage, and this is {is}"),
                    )
                    .help("divide two amounts first, as in `(a / b) as percent`"),
                );
                unknown(span)
            }
        }
    }

    pub(super) fn negate(&mut self, inner: &'a Expr, span: Span, scope: Scope<'_>) -> hir::Expr {
        if let A::Negate(_) | A::Integer(_) | A::Number(_) | A::Percent(_) | A::Money(..) =
            &bare(inner).kind
            && let Some(value) = self.written_value(inner)
            && let Some(value) = negative(&value)
        {
            return literal(value, span);
        }
        let value = self.expr(inner, scope);
        match value.ty.ty {
            Type::Integer | Type::Number | Type::Percent | Type::Money(_) => {
                let ty = value.ty;
                hir::Expr::new(H::Negate(Box::new(value)), ty, span)
            }
            Type::Unknown => unknown(span),
            other => {
                let is = self.describe(other);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        span,
                        format!("a minus stands before a number or money, and this is {is}"),
                    )
                    .help("remove the minus"),
                );
                unknown(span)
            }
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        op: &Spanned<Op>,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let left = self.typed(left, scope, Beside::Nothing);
        let right = self.typed(right, scope, Beside::Nothing);
        if matches!(
            (left.ty.ty, right.ty.ty),
            (Type::Unknown, _) | (_, Type::Unknown)
        ) {
            return unknown(span);
        }
        match op.node {
            Op::Add | Op::Subtract => self.add(op, left, right, span),
            Op::Multiply => self.multiply(left, right, span),
            Op::Divide => self.divide(left, right, span),
        }
    }

    fn add(
        &mut self,
        op: &Spanned<Op>,
        left: hir::Expr,
        right: hir::Expr,
        span: Span,
    ) -> hir::Expr {
        let subtract = op.node == Op::Subtract;
        match (left.ty.ty, right.ty.ty) {
            (Type::Integer, Type::Integer) => result(op.node, left, right, Type::Integer, span),
            (Type::Integer | Type::Number, Type::Integer | Type::Number) => {
                let (left, right) = (self.number(left), self.number(right));
                result(op.node, left, right, Type::Number, span)
            }
            (Type::Percent, Type::Percent) => result(op.node, left, right, Type::Percent, span),
            (Type::Money(a), Type::Money(b)) => {
                if a != b {
                    self.mixed_currencies(right.span, left.span, a, b);
                    return unknown(span);
                }
                result(op.node, left, right, Type::Money(a), span)
            }
            (date @ (Type::Date | Type::DateTime), Type::Duration(kind)) => {
                if date == Type::Date && kind == crate::schema::DurationKind::Minutes {
                    return self.no_sum(
                        op,
                        &left,
                        &right,
                        "a date is a whole day; take hours from a date with a time",
                    );
                }
                shift(left, right, subtract, date, span)
            }
            (Type::Duration(kind), date @ (Type::Date | Type::DateTime))
                if !subtract
                    && (date == Type::DateTime || kind != crate::schema::DurationKind::Minutes) =>
            {
                shift(right, left, false, date, span)
            }
            (Type::Date | Type::DateTime, Type::Date | Type::DateTime) if subtract => {
                self.date_difference(&left, &right, span)
            }
            (Type::Date | Type::DateTime, Type::Integer) => self.no_sum(
                op,
                &left,
                &right,
                "say what the number counts, as in `+ 30 days` or `+ (n) days`",
            ),
            (Type::Money(c), Type::Integer | Type::Number)
            | (Type::Integer | Type::Number, Type::Money(c)) => {
                let help = format!("write the amount with its currency, as in `5 {c}`");
                self.no_sum(op, &left, &right, &help)
            }
            (Type::Money(_), Type::Percent) => self.no_sum(
                op,
                &left,
                &right,
                "a percentage of what? write `amount + amount * 5%`",
            ),
            (Type::Percent, Type::Integer | Type::Number)
            | (Type::Integer | Type::Number, Type::Percent) => self.no_sum(
                op,
                &left,
                &right,
                "write `as percent` after the number, in parentheses, or multiply",
            ),
            (Type::Text, _) | (_, Type::Text) => self.no_sum(
                op,
                &left,
                &right,
                "join texts by placeholders, as in `\"{first} {last}\"`",
            ),
            _ => self.no_sum(op, &left, &right, "both sides must be of the same kind"),
        }
    }

    fn date_difference(&mut self, left: &hir::Expr, right: &hir::Expr, span: Span) -> hir::Expr {
        let text = |e: &hir::Expr| self.sources.slice(e.span).to_string();
        let (to, from) = (text(left), text(right));
        let days = match from.as_str() {
            _ if to == "today" => format!("days since {from}"),
            "today" => format!("days until {to}"),
            _ => format!("days from {from} to {to}"),
        };
        self.report(
            Diagnostic::new(
                &codes::DATE_DIFFERENCE,
                span,
                "dates are not subtracted: it would not say what to count",
            )
            .help(format!(
                "write `{days}`; months and years work the same way"
            ))
            .unsafe_fix(format!("write `{days}`"), span, days.clone()),
        );
        unknown(span)
    }

    fn no_sum(
        &mut self,
        op: &Spanned<Op>,
        left: &hir::Expr,
        right: &hir::Expr,
        help: &str,
    ) -> hir::Expr {
        let (a, b) = (self.describe(left.ty.ty), self.describe(right.ty.ty));
        let verb = match op.node {
            Op::Add => format!("{b} cannot be added to {a}"),
            Op::Subtract => format!("{b} cannot be taken from {a}"),
            Op::Multiply => format!("{a} cannot be multiplied by {b}"),
            Op::Divide => format!("{a} cannot be divided by {b}"),
        };
        let span = left.span.to(right.span);
        self.report(Diagnostic::new(&codes::TYPE_MISMATCH, span, verb).help(help));
        unknown(span)
    }

    /// Money comes first, and its factor is a number.
    fn multiply(&mut self, left: hir::Expr, right: hir::Expr, span: Span) -> hir::Expr {
        let factor = |t: Type| matches!(t, Type::Integer | Type::Number | Type::Percent);
        match (left.ty.ty, right.ty.ty) {
            (Type::Integer, Type::Integer) => {
                result(Op::Multiply, left, right, Type::Integer, span)
            }
            (Type::Money(c), f) if factor(f) => {
                let right = self.number(right);
                result(Op::Multiply, left, right, Type::Money(c), span)
            }
            (f, Type::Money(c)) if factor(f) => {
                let left = self.number(left);
                result(Op::Multiply, right, left, Type::Money(c), span)
            }
            // 20% of 30% is 6%.
            (Type::Percent, Type::Percent) => {
                let right = self.number(right);
                result(Op::Multiply, left, right, Type::Percent, span)
            }
            (a, b) if factor(a) && factor(b) => {
                let (left, right) = (self.number(left), self.number(right));
                result(Op::Multiply, left, right, Type::Number, span)
            }
            _ => {
                let op = Spanned::new(Op::Multiply, span);
                self.no_sum(
                    &op,
                    &left,
                    &right,
                    "only numbers, percentages and money are multiplied",
                )
            }
        }
    }

    fn divide(&mut self, left: hir::Expr, right: hir::Expr, span: Span) -> hir::Expr {
        if let H::Literal(
            Value::Integer(0)
            | Value::Number(Decimal(0))
            | Value::Percent(Decimal(0))
            | Value::Money(Decimal(0), _),
        ) = right.kind
        {
            self.report(
                Diagnostic::new(
                    &codes::DIVISION_BY_CONSTANT_ZERO,
                    right.span,
                    "division by zero never has a value",
                )
                .help("divide by something else"),
            );
            return unknown(span);
        }
        let constant = matches!(right.kind, H::Literal(_));
        let mut quotient = match (left.ty.ty, right.ty.ty) {
            (Type::Integer | Type::Number, Type::Integer | Type::Number) => {
                let (left, right) = (self.number(left), self.number(right));
                result(Op::Divide, left, right, Type::Number, span)
            }
            (Type::Money(a), Type::Money(b)) => {
                if a != b {
                    self.mixed_currencies(right.span, left.span, a, b);
                    return unknown(span);
                }
                result(Op::Divide, left, right, Type::Number, span)
            }
            (Type::Percent, Type::Percent) => {
                let (left, right) = (self.number(left), self.number(right));
                result(Op::Divide, left, right, Type::Number, span)
            }
            (whole @ (Type::Money(_) | Type::Percent), Type::Integer | Type::Number)
            | (whole @ Type::Money(_), Type::Percent) => {
                let right = self.number(right);
                result(Op::Divide, left, right, whole, span)
            }
            _ => {
                let op = Spanned::new(Op::Divide, span);
                return self.no_sum(
                    &op,
                    &left,
                    &right,
                    "divide numbers by numbers, money by money, percentages by percentages",
                );
            }
        };
        quotient.ty.optional |= !constant;
        quotient
    }

    fn number(&self, e: hir::Expr) -> hir::Expr {
        if e.ty.ty == Type::Number {
            e
        } else {
            self.widen(e)
        }
    }

    /// Whether the code after an amount is none, which has been reported.
    fn unknown_code(&self, span: Span) -> bool {
        let text = self.sources.slice(span);
        let Some((number, code)) = text.split_once(' ') else {
            return false;
        };
        let amount = number
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.'));
        amount && Currency::from_code(code.trim()).is_none()
    }

    pub(super) fn mixed_currencies(&mut self, at: Span, other: Span, a: Currency, b: Currency) {
        // An amount without its code, as `$5`, has been reported, and its currency only guessed.
        let guessed = |span: Span, c: Currency| {
            let text = self.sources.slice(span);
            let amount = text.contains(|c: char| c.is_ascii_digit()) && !text.contains([' ', '(']);
            amount && !text.contains(c.code())
        };
        if guessed(at, b) || guessed(other, a) || self.unknown_code(at) || self.unknown_code(other)
        {
            return;
        }
        self.report(
            Diagnostic::new(
                &codes::MIXED_CURRENCIES,
                at,
                format!("{b} and {a} cannot be mixed"),
            )
            .label(format!("money in {b}"))
            .also(other, format!("money in {a}"))
            .help("bring both into one currency, as by a rate: `amount_usd / (1 USD) * 7.1 CNY`"),
        );
    }

    pub(super) fn rounded(
        &mut self,
        value: &'a Expr,
        mode: Rounding,
        to: Option<&'a Expr>,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let value = self.expr(value, scope);
        let ty = value.ty.ty;
        if ty == Type::Unknown {
            return unknown(span);
        }
        let usual = match ty {
            Type::Integer => Value::Integer(1),
            Type::Number => Value::Number(Decimal::ONE),
            Type::Percent => Value::Percent(Decimal::from_scaled(1, 2)),
            Type::Money(c) => Value::Money(Decimal::from_scaled(1, c.digits()), c),
            other => {
                let is = self.describe(other);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        value.span,
                        format!("only numbers and money are rounded, and this is {is}"),
                    )
                    .help("remove `rounded`"),
                );
                return unknown(span);
            }
        };
        let step = match to {
            None => usual,
            Some(to) => match self.rounding_step(to, ty) {
                Some(step) => step,
                None => return unknown(span),
            },
        };
        // A number rounded to whole ones, or to a multiple of a whole one, is a whole number.
        let to_integer =
            ty == Type::Number && matches!(&step, Value::Number(d) if d.to_int().is_some());
        let out = if to_integer { Type::Integer } else { ty };
        let optional = value.ty.optional;
        let kind = H::Round {
            value: Box::new(value),
            mode,
            step,
            to_integer,
        };
        hir::Expr::new(kind, Ty { ty: out, optional }, span)
    }

    fn rounding_step(&mut self, to: &Expr, ty: Type) -> Option<Value> {
        let step = self.literal(to, ty)?;
        let positive = match &step {
            Value::Integer(n) => *n > 0,
            Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.0 > 0,
            _ => false,
        };
        if !positive {
            self.report(
                Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    to.span,
                    "a value is rounded to a multiple of something above zero",
                )
                .help("write what to round to, as in `rounded to 10`"),
            );
            return None;
        }
        Some(step)
    }
}

fn result(op: Op, left: hir::Expr, right: hir::Expr, ty: Type, span: Span) -> hir::Expr {
    let optional = left.ty.optional || right.ty.optional;
    let kind = H::Arithmetic {
        op,
        left: Box::new(left),
        right: Box::new(right),
    };
    hir::Expr::new(kind, Ty { ty, optional }, span)
}

fn shift(date: hir::Expr, duration: hir::Expr, subtract: bool, ty: Type, span: Span) -> hir::Expr {
    let optional = date.ty.optional || duration.ty.optional;
    let kind = H::Shift {
        date: Box::new(date),
        subtract,
        duration: Box::new(duration),
    };
    hir::Expr::new(kind, Ty { ty, optional }, span)
}

fn negative(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Integer(n) => Value::Integer(n.checked_neg()?),
        Value::Number(d) => Value::Number(d.checked_neg()?),
        Value::Percent(d) => Value::Percent(d.checked_neg()?),
        Value::Money(d, c) => Value::Money(d.checked_neg()?, *c),
        _ => return None,
    })
}

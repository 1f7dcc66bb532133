//! The type of every expression: the dispatcher, conditions, choices and texts.

use super::literals::{bare, unit_kind, unit_word};
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, ExprKind as H, TemplatePart, Ty};
use crate::schema::{EnumId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind as A, GroupKind, TextPart, TimeUnit};

/// What a bare name may mean besides an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    /// Beside a value of this set.
    Enum(EnumId),
    /// Beside a text, which was perhaps meant.
    Text,
    /// Beside something already reported: say nothing.
    Unknown,
}

impl Beside {
    pub fn of(ty: Type) -> Beside {
        match ty {
            Type::Enum(set) => Beside::Enum(set),
            Type::Text => Beside::Text,
            Type::Unknown => Beside::Unknown,
            _ => Beside::Nothing,
        }
    }
}

/// The expression that stands for a reported mistake.
pub(super) fn unknown(span: Span) -> hir::Expr {
    hir::Expr::new(
        H::Literal(Value::YesNo(false)),
        Ty::known(Type::Unknown),
        span,
    )
}

pub(super) fn literal(value: Value, span: Span) -> hir::Expr {
    let ty = Ty::known(value.type_of());
    hir::Expr::new(H::Literal(value), ty, span)
}

pub(super) fn flag(kind: H, optional: bool, span: Span) -> hir::Expr {
    hir::Expr::new(
        kind,
        Ty {
            ty: Type::YesNo,
            optional,
        },
        span,
    )
}

pub(super) fn is_unknown(e: &hir::Expr) -> bool {
    e.ty.ty == Type::Unknown
}

pub(super) fn not(e: hir::Expr, span: Span) -> hir::Expr {
    let optional = e.ty.optional;
    flag(H::Not(Box::new(e)), optional, span)
}

impl<'a> Checker<'a> {
    pub(super) fn expr(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        self.typed(e, scope, Beside::Nothing)
    }

    pub(super) fn typed(&mut self, e: &'a Expr, scope: Scope<'_>, beside: Beside) -> hir::Expr {
        let span = e.span;
        match &e.kind {
            A::Paren(inner) => self.typed(inner, scope, beside),
            A::Integer(_)
            | A::Number(_)
            | A::Percent(_)
            | A::Money(..)
            | A::Date(_)
            | A::DateTime { .. }
            | A::Time(_)
            | A::Duration(..)
            | A::YesNo(_) => match self.written_value(e) {
                Some(v) => literal(v, span),
                None => unknown(span),
            },
            A::Text(text) => self.template(&text.parts, span, scope),
            A::Today => hir::Expr::new(H::Today, Ty::known(Type::Date), span),
            A::Now => hir::Expr::new(H::Now, Ty::known(Type::DateTime), span),
            A::SelfRow => self.self_row(span, scope),
            A::Name(name) => self.name(name, span, scope, beside),
            A::Member { base, member } => self.member_expr(base, member, span, scope),
            A::Call {
                function,
                arguments,
            } => self.call(function, arguments, span, scope),
            A::Not(inner) => {
                let inner = self.condition(inner, scope);
                not(inner, span)
            }
            A::And(list) => self.and_or(list, true, span, scope),
            A::Or(list) => self.and_or(list, false, span, scope),
            A::Group(kind, list) => match kind {
                GroupKind::All => self.and_or(list, true, span, scope),
                GroupKind::Any => self.and_or(list, false, span, scope),
                GroupKind::None => {
                    let any = self.and_or(list, false, span, scope);
                    not(any, span)
                }
            },
            A::Default { value, default } => self.default(value, default, span, scope, beside),
            A::If {
                condition,
                then,
                otherwise,
            } => self.choice(condition, (then, otherwise.as_deref()), span, scope, beside),
            A::Quantity(value, unit) => self.quantity(value, *unit, span, scope),
            A::Negate(inner) => self.negate(inner, span, scope),
            A::Arithmetic { op, left, right } => self.arithmetic(op, left, right, span, scope),
            A::Rounded { value, mode, to } => {
                self.rounded(value, *mode, to.as_deref(), span, scope)
            }
            A::AsPercent(inner) => self.as_percent(inner, span, scope),
            A::Compare { .. }
            | A::TextMatch { .. }
            | A::Between { .. }
            | A::FromToBelow { .. }
            | A::In { .. }
            | A::Known { .. } => self.comparison(e, scope),
            A::IsToday { .. } | A::InWindow { .. } => self.in_window(e, scope),
            A::AsOf { .. }
            | A::Since { .. }
            | A::Until { .. }
            | A::FromTo { .. }
            | A::Boundary { .. }
            | A::Reminder { .. }
            | A::Anniversary { .. } => self.day_expr(e, scope),
            A::Aggregate(aggregate) => self.aggregate(aggregate, span, scope),
            A::Population(population) => self.population(population, span, scope),
            A::LoopsThrough(field) => self.loops_through(field, span, scope),
            A::ReachableBy { channel, purpose } => {
                self.reachable_by(channel, *purpose, span, scope)
            }
            A::Moved { tiers, rose } => self.moved(tiers, *rose, span, scope),
            A::Done { campaign, rule } => {
                self.bare_done(campaign, rule, span);
                unknown(span)
            }
        }
    }

    /// An expression that must be yes or no.
    pub(super) fn condition(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        let typed = self.expr(e, scope);
        if matches!(typed.ty.ty, Type::YesNo | Type::Unknown) {
            return typed;
        }
        let is = self.describe(typed.ty.ty);
        let help = match typed.ty.ty {
            Type::Reference(_) => "write `is known` after it, or compare it with a key",
            Type::Date | Type::DateTime => "compare it, or write `in last 30 days` after it",
            Type::Enum(_) => "write `is` and one of its values after it",
            _ => "compare it with something, as in `> 10`",
        };
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                format!("a condition is needed here, and this is {is}"),
            )
            .help(help),
        );
        unknown(e.span)
    }

    /// `city = "a" or "b"`: a literal where a comparison of the one before was meant.
    fn bare_alternative(&mut self, before: &'a [Expr], e: &'a Expr, and: bool) -> bool {
        use crate::syntax::ast::CompareOp as Op;
        // `city != "a" and "b"`
        let (wanted, word) = if and {
            (Op::NotEqual, "not in")
        } else {
            (Op::Equal, "in")
        };
        let literal = matches!(
            e.kind,
            A::Text(_) | A::Number(_) | A::Money(..) | A::Date(_)
        );
        let compared = before.iter().rev().find_map(|b| match &b.kind {
            A::Compare {
                op, left, right, ..
            } if op.node == wanted => Some((left, right)),
            _ => None,
        });
        let Some((left, right)) = compared.filter(|_| literal) else {
            return false;
        };
        let [left, right, value] = [left.span, right.span, e.span].map(|s| self.sources.slice(s));
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                format!("nothing says what is compared with `{value}`"),
            )
            .help(format!("write `{left} {word} ({right}, {value})`")),
        );
        true
    }

    /// Nested lists of the same word become one.
    fn and_or(&mut self, list: &'a [Expr], and: bool, span: Span, scope: Scope<'_>) -> hir::Expr {
        let mut flat = Vec::new();
        for (i, e) in list.iter().enumerate() {
            if i > 0 && self.bare_alternative(&list[..i], e, and) {
                continue;
            }
            let typed = self.condition(e, scope);
            match typed.kind {
                H::And(inner) if and => flat.extend(inner),
                H::Or(inner) if !and => flat.extend(inner),
                _ => flat.push(typed),
            }
        }
        if flat.is_empty() {
            return literal(Value::YesNo(and), span);
        }
        let optional = flat.iter().any(|e| e.ty.optional);
        flag(if and { H::And(flat) } else { H::Or(flat) }, optional, span)
    }

    fn default(
        &mut self,
        value: &'a Expr,
        default: &'a Expr,
        span: Span,
        scope: Scope<'_>,
        beside: Beside,
    ) -> hir::Expr {
        let value = self.typed(value, scope, beside);
        let default = self.typed(default, scope, Beside::of(value.ty.ty));
        let (value, default, ty) = self.alike(value, default, "the default");
        let optional = value.ty.optional && default.ty.optional;
        let kind = H::Default {
            value: Box::new(value),
            default: Box::new(default),
        };
        hir::Expr::new(kind, Ty { ty, optional }, span)
    }

    fn choice(
        &mut self,
        condition: &'a Expr,
        (then, otherwise): (&'a Expr, Option<&'a Expr>),
        span: Span,
        scope: Scope<'_>,
        beside: Beside,
    ) -> hir::Expr {
        let condition = self.condition(condition, scope);
        let Some(otherwise) = otherwise else {
            let then = self.typed(then, scope, beside);
            let ty = Ty::optional(then.ty.ty);
            let kind = H::If {
                condition: Box::new(condition),
                then: Box::new(then),
                otherwise: Box::new(hir::Expr::new(H::Missing, ty, span)),
            };
            return hir::Expr::new(kind, ty, span);
        };
        // The branch that is no bare name says what a bare name means in the other.
        let (then, otherwise) = if beside == Beside::Nothing && self.is_free_name(then, scope) {
            let otherwise = self.typed(otherwise, scope, beside);
            (
                self.typed(then, scope, Beside::of(otherwise.ty.ty)),
                otherwise,
            )
        } else {
            let then = self.typed(then, scope, beside);
            let next = match beside {
                Beside::Nothing => Beside::of(then.ty.ty),
                _ => beside,
            };
            (then, self.typed(otherwise, scope, next))
        };
        let (then, otherwise, ty) = self.alike(then, otherwise, "the other branch");
        let optional = then.ty.optional || otherwise.ty.optional;
        let kind = H::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        hir::Expr::new(kind, Ty { ty, optional }, span)
    }

    /// Brings two values to one type, or reports that they have none in common.
    pub(super) fn alike(
        &mut self,
        left: hir::Expr,
        right: hir::Expr,
        right_is: &str,
    ) -> (hir::Expr, hir::Expr, Type) {
        let (a, b) = (left.ty.ty, right.ty.ty);
        match (a, b) {
            _ if a == b => (left, right, a),
            (Type::Unknown, _) | (_, Type::Unknown) => (left, right, Type::Unknown),
            (Type::Integer, Type::Number) => (self.widen(left), right, Type::Number),
            (Type::Number, Type::Integer) => (left, self.widen(right), Type::Number),
            (Type::Money(x), Type::Money(y)) => {
                self.mixed_currencies(right.span, left.span, x, y);
                (left, right, Type::Unknown)
            }
            _ => {
                let (x, y) = (self.describe(a), self.describe(b));
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        right.span,
                        format!("{right_is} is {y}, where {x} is needed"),
                    )
                    .also(left.span, format!("this is {x}"))
                    .help("both must be of the same kind"),
                );
                (left, right, Type::Unknown)
            }
        }
    }

    pub(super) fn template(
        &mut self,
        parts: &'a [TextPart],
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        if !parts.iter().any(|p| matches!(p, TextPart::Placeholder(_))) {
            let text: String = parts
                .iter()
                .map(|p| match p {
                    TextPart::Literal(s) => s.as_str(),
                    TextPart::Placeholder(_) => "",
                })
                .collect();
            return literal(Value::Text(text.as_str().into()), span);
        }
        let mut optional = false;
        let parts = parts
            .iter()
            .map(|p| match p {
                TextPart::Literal(s) => TemplatePart::Text(s.clone()),
                TextPart::Placeholder(e) => {
                    let typed = self.placeholder(e, scope);
                    optional |= typed.ty.optional;
                    TemplatePart::Value(typed)
                }
            })
            .collect();
        let ty = Ty {
            ty: Type::Text,
            optional,
        };
        hir::Expr::new(H::Template(parts), ty, span)
    }

    fn placeholder(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        let typed = self.expr(e, scope);
        if let Type::Reference(r) = typed.ty.ty {
            let name = self.record_name(r).to_string();
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                format!("this is a whole `{name}`, and a text needs one value of it"),
            );
            let text = self.sources.slice(e.span).to_string();
            let fields = self.records[r.index()].fields.iter();
            let told = fields.filter(|f| matches!(f.ty, hir::FieldType::Value(Type::Text)));
            let field = told.map(|f| f.name.as_str()).next_back().unwrap_or("name");
            self.report(d.help(format!("name a field of it, as in `{{{text}.{field}}}`")));
            return unknown(e.span);
        }
        typed
    }

    fn quantity(
        &mut self,
        value: &'a Expr,
        unit: TimeUnit,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let value = self.expr(value, scope);
        if !matches!(value.ty.ty, Type::Integer | Type::Unknown) {
            let is = self.describe(value.ty.ty);
            self.report(
                Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    value.span,
                    format!(
                        "{} are counted by a whole number, and this is {is}",
                        unit_word(unit)
                    ),
                )
                .help("write `rounded` after it to make it whole"),
            );
            return unknown(span);
        }
        let (kind, factor) = unit_kind(unit);
        let ty = Ty {
            ty: Type::Duration(kind),
            optional: value.ty.optional,
        };
        let kind = H::Quantity {
            kind,
            factor,
            value: Box::new(value),
        };
        hir::Expr::new(kind, ty, span)
    }

    /// A name alone that means nothing by itself here.
    pub(super) fn is_free_name(&self, e: &Expr, scope: Scope<'_>) -> bool {
        match &bare(e).kind {
            A::Name(name) => {
                let taken = scope.parameters.iter().any(|p| p.name == *name)
                    || (name == "step" && scope.step.is_some());
                !taken
                    && scope.row.is_none_or(|r| self.member(r, name).is_none())
                    && self.figure_names.get(name).is_none()
            }
            _ => false,
        }
    }
}

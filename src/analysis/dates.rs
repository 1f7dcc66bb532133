//! Days: distances, ends of periods, reminders, recurring days, other clocks.

use super::expressions::{flag, is_unknown, unknown};
use super::literals::{unit_kind, unit_word};
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, DiffUnit, ExprKind as H, Recurring, Ty};
use crate::schema::{DurationKind, Type};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Expr, ExprKind as A, TimeUnit};

impl<'a> Checker<'a> {
    pub(super) fn day_expr(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        let span = e.span;
        match &e.kind {
            A::AsOf { value, date } => self.as_of(value, date, span, scope),
            A::Since { unit, date } => self.distance(unit, Some(date), None, span, scope),
            A::Until { unit, date } => self.distance(unit, None, Some(date), span, scope),
            A::FromTo { unit, from, to } => self.distance(unit, Some(from), Some(to), span, scope),
            A::Boundary { end, which, unit } => {
                let kind = H::Boundary {
                    end: *end,
                    which: *which,
                    unit: *unit,
                };
                hir::Expr::new(kind, Ty::known(Type::Date), span)
            }
            A::Reminder {
                offsets,
                unit,
                after,
                date,
            } => self.reminder(offsets, unit, *after, date, span, scope),
            A::Anniversary { lunar, date } => {
                let day = self.day(date, scope);
                if is_unknown(&day) || (*lunar && self.outside_calendar(&day)) {
                    return unknown(span);
                }
                let ty = day.ty;
                let recurring = if *lunar {
                    Recurring::LunarAnniversary(Box::new(day))
                } else {
                    self.anniversaries.push(span);
                    Recurring::Anniversary(Box::new(day))
                };
                hir::Expr::new(H::Recurring(recurring), ty, span)
            }
            _ => unknown(span),
        }
    }

    /// A date; a datetime is its day in the workspace's zone.
    pub(super) fn day(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        let typed = self.expr(e, scope);
        self.as_day(typed)
    }

    pub(super) fn as_day(&mut self, e: hir::Expr) -> hir::Expr {
        match e.ty.ty {
            Type::Date | Type::Unknown => e,
            Type::DateTime => {
                let (span, optional) = (e.span, e.ty.optional);
                let ty = Ty {
                    ty: Type::Date,
                    optional,
                };
                hir::Expr::new(H::DayOf(Box::new(e)), ty, span)
            }
            other => {
                let is = self.describe(other);
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        e.span,
                        format!("a date is needed here, and this is {is}"),
                    )
                    .help("name a field or attribute that is a date, or write one, as in `2026-11-21`"),
                );
                unknown(e.span)
            }
        }
    }

    /// Completed units between two dates; `None` is the clock.
    fn distance(
        &mut self,
        unit: &Spanned<TimeUnit>,
        from: Option<&'a Expr>,
        to: Option<&'a Expr>,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let (diff, instants) = match unit.node {
            TimeUnit::Minutes => (DiffUnit::Minutes, true),
            TimeUnit::Hours => (DiffUnit::Hours, true),
            TimeUnit::Days => (DiffUnit::Days, false),
            TimeUnit::Weeks => (DiffUnit::Weeks, false),
            TimeUnit::Months => (DiffUnit::Months, false),
            TimeUnit::Quarters => (DiffUnit::Quarters, false),
            TimeUnit::Years => (DiffUnit::Years, false),
        };
        let mut side = |e: Option<&'a Expr>| match e {
            Some(e) if instants => {
                let counted = format!(
                    "{} are counted between dates with a time",
                    unit_word(unit.node)
                );
                self.moment(e, &counted, scope)
            }
            Some(e) => self.day(e, scope),
            None if instants => hir::Expr::new(H::Now, Ty::known(Type::DateTime), unit.span),
            None => hir::Expr::new(H::Today, Ty::known(Type::Date), unit.span),
        };
        let (from, to) = (side(from), side(to));
        if is_unknown(&from) || is_unknown(&to) {
            return unknown(span);
        }
        let ty = Ty {
            ty: Type::Integer,
            optional: from.ty.optional || to.ty.optional,
        };
        let kind = H::Between {
            unit: diff,
            from: Box::new(from),
            to: Box::new(to),
        };
        hir::Expr::new(kind, ty, span)
    }

    /// A date with a time. `counted`: what is counted by it.
    fn moment(&mut self, e: &'a Expr, counted: &str, scope: Scope<'_>) -> hir::Expr {
        let typed = self.expr(e, scope);
        if matches!(typed.ty.ty, Type::DateTime | Type::Unknown) {
            return typed;
        }
        let is = self.describe(typed.ty.ty);
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                format!("{counted}, and this is {is}"),
            )
            .help("count `days`, or take a field of type `datetime`"),
        );
        unknown(e.span)
    }

    fn reminder(
        &mut self,
        offsets: &[Spanned<i64>],
        unit: &Spanned<TimeUnit>,
        after: bool,
        date: &'a Expr,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let (kind, factor) = unit_kind(unit.node);
        let date = match kind {
            DurationKind::Minutes => {
                let (before, unit) = (if after { "after" } else { "before" }, unit_word(unit.node));
                let counted = format!("{unit} are counted {before} a date with a time");
                self.moment(date, &counted, scope)
            }
            _ => self.day(date, scope),
        };
        if is_unknown(&date) {
            return unknown(span);
        }
        let mut places: Vec<i64> = offsets
            .iter()
            .map(|o| o.node.saturating_mul(factor))
            .collect();
        if let Some(bad) = offsets.iter().find(|o| !(0..=36_600).contains(&o.node)) {
            self.report(
                Diagnostic::new(
                    &codes::INVALID_WINDOW,
                    bad.span,
                    "a reminder is from 0 to 36600 units away",
                )
                .help("write a number in this range"),
            );
            return unknown(span);
        }
        places.sort_unstable();
        places.dedup();
        if !after {
            places.reverse();
        }
        let optional = date.ty.optional;
        let kind = H::Reminder {
            offsets: places,
            kind,
            unit: factor,
            after,
            date: Box::new(date),
        };
        flag(kind, optional, span)
    }

    fn as_of(
        &mut self,
        value: &'a Expr,
        date: &'a Expr,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let value = self.expr(value, scope);
        let date = self.day(date, scope);
        if !is_unknown(&date) && !only_today(&date) {
            let help = match scope.treatment {
                true => "build it from `treatment` or `today`, as in `as of treatment`",
                false => "build it from `today`, as in `as of today - 30 days`, or write a date",
            };
            self.report(
                Diagnostic::new(
                    &codes::AS_OF_DATA,
                    date.span,
                    "the day of `as of` must be the same for every row",
                )
                .help(help),
            );
            return unknown(span);
        }
        if is_unknown(&value) || is_unknown(&date) {
            return unknown(span);
        }
        let ty = value.ty;
        let kind = H::AsOf {
            value: Box::new(value),
            date: Box::new(date),
        };
        hir::Expr::new(kind, ty, span)
    }
}

/// Whether a value depends on nothing but the clock, and in a `measure` on the day of the treatment.
pub(super) fn only_today(e: &hir::Expr) -> bool {
    match &e.kind {
        H::Literal(_)
        | H::Today
        | H::Now
        | H::Treatment
        | H::Boundary { .. }
        | H::Recurring(Recurring::Occasion(_)) => true,
        H::Shift { date, duration, .. } => only_today(date) && only_today(duration),
        H::Quantity { value, .. } => only_today(value),
        H::DayOf(inner) | H::Negate(inner) | H::Widen(inner) => only_today(inner),
        H::Arithmetic { left, right, .. } => only_today(left) && only_today(right),
        H::Between { from, to, .. } => only_today(from) && only_today(to),
        H::Call { arguments, .. } => arguments.iter().all(only_today),
        _ => false,
    }
}

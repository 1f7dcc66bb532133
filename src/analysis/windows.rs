//! `is today`, `in last 30 days` and their like.

use super::expressions::{flag, is_unknown, not, unknown};
use super::literals::{unit_kind, unit_word};
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, CalendarUnit, ExprKind as H};
use crate::schema::{DurationKind, Type};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Expr, ExprKind as A, TimeUnit};

/// Longest window over a recurring day.
const LONGEST_RECURRING: i64 = 180;

impl<'a> Checker<'a> {
    pub(super) fn in_window(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        let span = e.span;
        let (value, negated, window) = match &e.kind {
            A::IsToday { value, negated } => (value, *negated, None),
            A::InWindow {
                value,
                negated,
                window,
            } => (value, *negated, Some(window)),
            _ => return unknown(span),
        };
        let typed = self.expr(value, scope);
        let checked = match window {
            None => Some(hir::Window::Today),
            Some(w) => self.window(w, scope),
        };
        if is_unknown(&typed) {
            return unknown(span);
        }
        if !matches!(typed.ty.ty, Type::Date | Type::DateTime) {
            let is = self.describe(typed.ty.ty);
            self.report(
                Diagnostic::new(
                    &codes::INVALID_WINDOW,
                    typed.span,
                    format!("only a date lies in a stretch of days, and this is {is}"),
                )
                .help("name a date, or count rows: `any of purchases in last 30 days`"),
            );
            return unknown(span);
        }
        let value = self.as_day(typed);
        let Some(window_checked) = checked else {
            return unknown(span);
        };
        if matches!(value.kind, H::Recurring(_))
            && let Some(window) = window
            && self.too_long(&window_checked, window.span)
        {
            return unknown(span);
        }
        let optional =
            value.ty.optional || window_date(&window_checked).is_some_and(|d| d.ty.optional);
        let kind = H::InWindow {
            value: Box::new(value),
            window: window_checked,
        };
        let within = flag(kind, optional, span);
        if negated { not(within, span) } else { within }
    }

    fn too_long(&mut self, window: &hir::Window, span: Span) -> bool {
        let days = match window {
            hir::Window::Today => 1,
            hir::Window::Calendar { unit, .. } => match unit {
                CalendarUnit::Day => 1,
                CalendarUnit::Week => 7,
                CalendarUnit::Month => 31,
                CalendarUnit::Quarter => 92,
                CalendarUnit::Year => 366,
            },
            hir::Window::Last { count, kind }
            | hir::Window::Next { count, kind }
            | hir::Window::After { count, kind, .. }
            | hir::Window::Before { count, kind, .. } => match kind {
                DurationKind::Months => count.saturating_mul(31),
                _ => *count,
            },
        };
        if days > LONGEST_RECURRING {
            self.report(
                Diagnostic::new(
                    &codes::INVALID_WINDOW,
                    span,
                    "a day that comes back every year takes a window of at most 180 days",
                )
                .help("write a shorter one, as in `in next 30 days`"),
            );
        }
        days > LONGEST_RECURRING
    }

    /// A window; its date is of the row that `scope` is of.
    pub(super) fn window(
        &mut self,
        window: &'a Spanned<ast::Window>,
        scope: Scope<'_>,
    ) -> Option<hir::Window> {
        Some(match &window.node {
            ast::Window::Last(n, unit) => {
                let (count, kind) = self.window_length(n, *unit, window.span)?;
                hir::Window::Last { count, kind }
            }
            ast::Window::Next(n, unit) => {
                let (count, kind) = self.window_length(n, *unit, window.span)?;
                hir::Window::Next { count, kind }
            }
            ast::Window::Calendar(which, unit) => hir::Window::Calendar {
                which: *which,
                unit: *unit,
            },
            ast::Window::After(n, unit, date) => {
                let date = self.window_date(date, scope);
                let (count, kind) = self.window_length(n, *unit, window.span)?;
                hir::Window::After {
                    count,
                    kind,
                    date: Box::new(date?),
                }
            }
            ast::Window::Before(n, unit, date) => {
                let date = self.window_date(date, scope);
                let (count, kind) = self.window_length(n, *unit, window.span)?;
                hir::Window::Before {
                    count,
                    kind,
                    date: Box::new(date?),
                }
            }
        })
    }

    fn window_date(&mut self, date: &'a Expr, scope: Scope<'_>) -> Option<hir::Expr> {
        let date = self.day(date, scope);
        (!is_unknown(&date)).then_some(date)
    }

    fn window_length(
        &mut self,
        n: &'a Expr,
        unit: TimeUnit,
        span: Span,
    ) -> Option<(i64, DurationKind)> {
        let (kind, factor) = unit_kind(unit);
        if kind == DurationKind::Minutes {
            self.report(
                Diagnostic::new(
                    &codes::INVALID_WINDOW,
                    span,
                    format!("a window is made of days, not {}", unit_word(unit)),
                )
                .help(format!(
                    "write `in last 1 days`, or count: `{} since …`",
                    unit_word(unit)
                )),
            );
            return None;
        }
        let count = self.whole_number(n, 1)?;
        Some((count.checked_mul(factor)?, kind))
    }
}

/// The date that a window lies around, if not today.
pub(super) fn window_date(window: &hir::Window) -> Option<&hir::Expr> {
    match window {
        hir::Window::After { date, .. } | hir::Window::Before { date, .. } => Some(date),
        _ => None,
    }
}

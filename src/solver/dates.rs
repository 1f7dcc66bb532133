//! Dates as distances from today. What depends on the length of months is widened by a few days.

use super::axis::Coordinate;
use super::conditions::compared;
use super::region::Region;
use super::set::{HIGHEST, LOWEST, Set};
use super::{Site, Solver};
use crate::calendar::Occasion;
use crate::hir::{CalendarUnit, CompareOp, DiffUnit, Expr, ExprKind, Recurring, Which, Window};
use crate::schema::{DurationKind, Type, Value};

impl<'p> Solver<'p> {
    /// Where a date is known and so many days from today.
    pub(super) fn offset_in(&mut self, e: &'p Expr, set: &Set, site: &Site<'p>) -> Region {
        if set.is_empty() {
            return Region::nothing();
        }
        match &e.kind {
            ExprKind::Today => Region::when(set.contains(0)),
            ExprKind::Literal(Value::Date(day)) => {
                // The day is fixed: today moves.
                let today = self.today();
                let days = set.negated().shifted(i128::from(day.0));
                Region::cell(today, super::region::Cell::known(days))
            }
            ExprKind::Attribute(id, crate::hir::Part::Value) => {
                match &self.program.attribute(*id).kind {
                    crate::hir::AttributeKind::Define(below) => self.offset_in(below, set, site),
                    _ => self.cell(Coordinate::FromToday, e, set, site),
                }
            }
            ExprKind::Through {
                reference, member, ..
            } => {
                let there = self.known(reference, site);
                there.and(&self.offset_in(member, set, &self.site_through(site, reference)))
            }
            ExprKind::Default { value, default } => {
                let there = self.offset_in(value, set, site);
                let gone = self.missing(value, site);
                there.or(gone.and(&self.offset_in(default, set, site)))
            }
            ExprKind::Recurring(_) => self.cell(Coordinate::ToOccurrence, e, set, site),
            ExprKind::Shift { .. } => match fixed_shift(e) {
                Some((date, (low, high))) => {
                    let before = set.stretched(|n| n - high, |n| n - low);
                    self.offset_in(date, &before, site)
                }
                None => self.cell(Coordinate::FromToday, e, set, site),
            },
            _ => self.cell(Coordinate::FromToday, e, set, site),
        }
    }

    /// A comparison with a day that is fixed relative to today; `None` for all others.
    pub(super) fn compare_days(
        &mut self,
        op: CompareOp,
        left: &'p Expr,
        right: &'p Expr,
        site: &Site<'p>,
    ) -> Option<Region> {
        if left.ty.ty != Type::Date || right.ty.ty != Type::Date {
            return None;
        }
        if matches!(right.kind, ExprKind::Literal(_)) || matches!(left.kind, ExprKind::Literal(_)) {
            return None;
        }
        if let Some((low, high)) = around_today(right) {
            return Some(self.offset_in(left, &compared(op, low, high), site));
        }
        let (low, high) = around_today(left)?;
        Some(self.offset_in(right, &compared(op.mirrored(), low, high), site))
    }

    /// Where a number of units between a date and today can be in the set; `None` if today is no end of it.
    pub(super) fn distance_in(
        &mut self,
        e: &'p Expr,
        set: &Set,
        site: &Site<'p>,
    ) -> Option<Region> {
        let ExprKind::Between { unit, from, to } = &e.kind else {
            return None;
        };
        let days = in_days(*unit, set)?;
        match (&from.kind, &to.kind) {
            (ExprKind::Today, _) if to.ty.ty == Type::Date => Some(self.offset_in(to, &days, site)),
            (_, ExprKind::Today) if from.ty.ty == Type::Date => {
                Some(self.offset_in(from, &days.negated(), site))
            }
            _ => None,
        }
    }
}

/// The days that numbers of completed units can be; `None` for hours and minutes.
fn in_days(unit: DiffUnit, set: &Set) -> Option<Set> {
    let months = match unit {
        DiffUnit::Minutes | DiffUnit::Hours => return None,
        DiffUnit::Days => return Some(set.clone()),
        DiffUnit::Weeks => return Some(set.stretched(|n| 7 * n - 6, |n| 7 * n + 6)),
        DiffUnit::Months => 1,
        DiffUnit::Quarters => 3,
        DiffUnit::Years => 12,
    };
    let low = |n: i128| match n {
        1.. => of_months(n * months).0,
        _ => -of_months((1 - n) * months).1,
    };
    let high = |n: i128| match n {
        0.. => of_months((n + 1) * months).1,
        _ => -of_months(-n * months).0,
    };
    Some(set.stretched(low, high))
}

/// The fewest and most days of a number of months, never too narrow: 400 years have 146,097 days, and no stretch
/// of months is more than three days off the mean.
fn of_months(n: i128) -> (i128, i128) {
    let n = n.clamp(-1_000_000, 1_000_000);
    let mean = (n * 146_097).div_euclid(4_800);
    (mean - 3, mean + 4)
}

/// The fewest and most days of a duration.
fn duration_days(kind: DurationKind, n: i64) -> Option<(i128, i128)> {
    let n = i128::from(n);
    match kind {
        DurationKind::Days => Some((n, n)),
        DurationKind::Months => Some(of_months(n)),
        DurationKind::Minutes => None,
    }
}

fn constant_duration(e: &Expr) -> Option<(DurationKind, i64)> {
    match &e.kind {
        ExprKind::Literal(Value::Duration(kind, n)) => Some((*kind, *n)),
        ExprKind::Quantity {
            kind,
            factor,
            value,
        } => match &value.kind {
            ExprKind::Literal(Value::Integer(n)) => Some((*kind, n.checked_mul(*factor)?)),
            _ => None,
        },
        _ => None,
    }
}

/// A date moved by a constant: the date, and the fewest and most days that are added.
pub(super) fn fixed_shift(e: &Expr) -> Option<(&Expr, (i128, i128))> {
    let ExprKind::Shift {
        date,
        subtract,
        duration,
    } = &e.kind
    else {
        return None;
    };
    if e.ty.ty != Type::Date {
        return None;
    }
    let (kind, n) = constant_duration(duration)?;
    let (low, high) = duration_days(kind, n)?;
    Some((
        date,
        if *subtract {
            (-high, -low)
        } else {
            (low, high)
        },
    ))
}

/// A day that is fixed relative to today: the earliest and latest that it can be, in days from today.
fn around_today(e: &Expr) -> Option<(i128, i128)> {
    match &e.kind {
        ExprKind::Today => Some((0, 0)),
        ExprKind::Shift { .. } => {
            let (date, (low, high)) = fixed_shift(e)?;
            let (first, last) = around_today(date)?;
            Some((first + low, last + high))
        }
        ExprKind::Boundary { which, unit, .. } => Some(calendar(*which, *unit).0),
        _ => None,
    }
}

/// The days from today that a calendar period can reach, and those that it is sure to hold.
fn calendar(which: Which, unit: CalendarUnit) -> ((i128, i128), Option<(i128, i128)>) {
    let longest = match unit {
        CalendarUnit::Day => 1,
        CalendarUnit::Week => 7,
        CalendarUnit::Month => 31,
        CalendarUnit::Quarter => 92,
        CalendarUnit::Year => 366,
    };
    match which {
        Which::This => ((-(longest - 1), longest - 1), Some((0, 0))),
        Which::Previous => ((-(2 * longest - 1), -1), None),
        Which::Next => ((1, 2 * longest - 1), None),
    }
}

/// The days from today that can lie in a window, and those that can lie outside; `None` for a window around
/// another day.
pub(super) fn window_offsets(window: &Window) -> Option<(Set, Set)> {
    let (inside, sure) = match window {
        Window::Today => ((0, 0), Some((0, 0))),
        Window::Last { count, kind } => {
            let (low, high) = duration_days(*kind, *count)?;
            ((1 - high, 0), Some((1 - low, 0)))
        }
        Window::Next { count, kind } => {
            let (low, high) = duration_days(*kind, *count)?;
            ((0, high - 1), Some((0, low - 1)))
        }
        Window::Calendar { which, unit } => calendar(*which, *unit),
        Window::After { .. } | Window::Before { .. } => return None,
    };
    let outside = match sure {
        Some((low, high)) if low <= high => Set::range(low, high).complement(),
        _ => Set::numbers(),
    };
    Some((Set::range(inside.0, inside.1), outside))
}

/// Whether at most one occurrence of a day that comes back can be so far from today, so that it is the nearest.
/// Those of a lunar day lie 354 days apart and more; listed days can be near one another. True of other dates.
pub(super) fn one_occurrence(date: &Expr, inside: &Set) -> bool {
    let ExprKind::Recurring(recurring) = &date.kind else {
        return true;
    };
    let once_a_year = !matches!(
        recurring,
        Recurring::Occasion(Occasion::Dates(_) | Occasion::Any(_))
    );
    let near = inside
        .hull()
        .is_none_or(|(low, high)| low >= -170 && high <= 170);
    once_a_year && near
}

/// Whether the two sets of [`window_offsets`] are complements.
pub(super) fn is_exact(window: &Window) -> bool {
    match window {
        Window::Today => true,
        Window::Last { kind, .. } | Window::Next { kind, .. } => *kind == DurationKind::Days,
        Window::Calendar { which, unit } => *which == Which::This && *unit == CalendarUnit::Day,
        Window::After { .. } | Window::Before { .. } => false,
    }
}

/// Whether every day of `inner` is one of `outer`.
pub(super) fn window_covers(outer: &Window, inner: &Window) -> bool {
    let (Some((_, out)), Some((inside, _))) = (window_offsets(outer), window_offsets(inner)) else {
        return false;
    };
    // Sure to be inside the outer one: nothing of the inner one can lie outside it.
    inside.intersect(&out).is_empty()
}

/// Days from today to the date of a reminder, where it is true and where it is not; and whether the two are
/// complements.
pub(super) fn reminder_offsets(e: &Expr) -> Option<(Set, Set, bool)> {
    let ExprKind::Reminder {
        offsets,
        kind,
        after,
        ..
    } = &e.kind
    else {
        return None;
    };
    let first = *offsets.first()?;
    let (low, high) = duration_days(*kind, first)?;
    let exact = *kind == DurationKind::Days;
    Some(match after {
        false => (Set::range(1, high), Set::range(1, low).complement(), exact),
        true => (
            Set::range(LOWEST, -low),
            Set::range(1 - high, HIGHEST),
            exact,
        ),
    })
}

//! Days, instants, and what lies between them.

use crate::engine::evaluate::{Clock, Zone};
use crate::hir::{CalendarUnit, DiffUnit, Weekday, Which};
use crate::schema::{Day, DurationKind};
use crate::vector::{
    KernelResult, RowErrorCause::DateOutOfRange, Values, Vector, merge_valid, try_zip, zip,
};
use std::borrow::Cow;

use super::arithmetic::with_mask_of;

const MINUTE: i64 = 60_000_000;

/// A date or datetime plus (minus) a duration of the kind.
pub fn shift<'a>(
    date: &Vector<'a>,
    duration: &Vector<'a>,
    kind: DurationKind,
    subtract: bool,
    zone: &Zone,
    rows: usize,
) -> KernelResult<'a> {
    let Values::Duration(counts) = &duration.values else {
        unreachable!("checked: a duration")
    };
    let valid = merge_valid(&[date, duration], rows);
    let mask = valid.as_deref();
    let signed = |n: i64| if subtract { n.checked_neg() } else { Some(n) };
    let values = match &date.values {
        Values::Date(days) => {
            let f = |day: i32, n: i64| move_day(Day(day), signed(n)?, kind).map(|d| d.0);
            Values::Date(try_zip(days, counts, rows, mask, DateOutOfRange, f)?.into())
        }
        Values::DateTime(instants) => {
            let f = |t: i64, n: i64| move_instant(t, signed(n)?, kind, zone);
            Values::DateTime(try_zip(instants, counts, rows, mask, DateOutOfRange, f)?.into())
        }
        _ => unreachable!("checked: a date"),
    };
    Ok(Vector::with_valid(values, valid))
}

fn move_day(day: Day, n: i64, kind: DurationKind) -> Option<Day> {
    match kind {
        DurationKind::Days => day.add_days(n),
        DurationKind::Months => day.add_months(n),
        DurationKind::Minutes => day.add_days(n.div_euclid(24 * 60)),
    }
}

fn move_instant(instant: i64, n: i64, kind: DurationKind, zone: &Zone) -> Option<i64> {
    let moved = match kind {
        DurationKind::Minutes => instant.checked_add(n.checked_mul(MINUTE)?)?,
        DurationKind::Days | DurationKind::Months => {
            zone.move_day(instant, |day| move_day(day, n, kind))?
        }
    };
    zone.in_range(moved).then_some(moved)
}

/// Completed units, negative where `to` lies before `from`.
pub fn between<'a>(
    unit: DiffUnit,
    from: &Vector<'a>,
    to: &Vector<'a>,
    zone: &Zone,
    rows: usize,
) -> Vector<'a> {
    let out = match unit {
        DiffUnit::Minutes | DiffUnit::Hours => {
            let unit = if unit == DiffUnit::Hours {
                60 * MINUTE
            } else {
                MINUTE
            };
            // Division towards zero is what completed means in both directions.
            zip(&instants(from, zone), &instants(to, zone), rows, |a, b| {
                b.saturating_sub(a) / unit
            })
        }
        DiffUnit::Days => zip(&days(from, zone), &days(to, zone), rows, |a, b| {
            i64::from(b) - i64::from(a)
        }),
        DiffUnit::Weeks => zip(&days(from, zone), &days(to, zone), rows, |a, b| {
            (i64::from(b) - i64::from(a)) / 7
        }),
        DiffUnit::Months | DiffUnit::Quarters | DiffUnit::Years => {
            let months = match unit {
                DiffUnit::Months => 1,
                DiffUnit::Quarters => 3,
                _ => 12,
            };
            zip(&days(from, zone), &days(to, zone), rows, |a, b| {
                completed_months(Day(a), Day(b)) / months
            })
        }
    };
    Vector::with_valid(
        Values::Integer(Cow::Owned(out)),
        merge_valid(&[from, to], rows),
    )
}

/// How often a month can be added to the earlier day without passing the later one.
fn completed_months(from: Day, to: Day) -> i64 {
    if to < from {
        return -completed_months(to, from);
    }
    let ((y1, m1, _), (y2, m2, _)) = (from.ymd(), to.ymd());
    let months = i64::from(y2 - y1) * 12 + i64::from(m2) - i64::from(m1);
    // In the month of `to`, the clamped day may still be to come.
    match from.add_months(months) {
        Some(day) if day <= to => months,
        _ => months - 1,
    }
}

/// Days, also of datetimes in the zone.
pub fn days<'v>(vector: &'v Vector<'_>, zone: &Zone) -> Cow<'v, [i32]> {
    match &vector.values {
        Values::Date(days) => Cow::Borrowed(days),
        Values::DateTime(instants) => instants.iter().map(|t| zone.day_of(*t).0).collect(),
        _ => unreachable!("checked: a date"),
    }
}

/// Instants, of dates their first.
fn instants<'v>(vector: &'v Vector<'_>, zone: &Zone) -> Cow<'v, [i64]> {
    match &vector.values {
        Values::DateTime(instants) => Cow::Borrowed(instants),
        Values::Date(days) => days.iter().map(|d| zone.start_of(Day(*d))).collect(),
        _ => unreachable!("checked: a date"),
    }
}

/// The day of each instant.
pub fn day_of<'a>(value: &Vector<'a>, zone: &Zone) -> Vector<'a> {
    let days = days(value, zone).into_owned();
    with_mask_of(Values::Date(Cow::Owned(days)), value)
}

/// First or last day of a calendar period around `today`; `None` outside the years 1 to 9999.
pub fn boundary(
    today: Day,
    end: bool,
    which: Which,
    unit: CalendarUnit,
    weeks_start: Weekday,
) -> Option<Day> {
    let periods = match which {
        Which::Previous => -1,
        Which::This => 0,
        Which::Next => 1,
    };
    // The last day of a period is the day before the next one's first. The last period of the year 9999 has
    // no next one.
    let first = |n: i64| period_start(today, periods + n, unit, weeks_start);
    if !end {
        return first(0);
    }
    match first(1) {
        Some(next) => next.add_days(-1),
        None => first(0).map(|_| crate::schema::MAX_DAY),
    }
}

fn period_start(today: Day, n: i64, unit: CalendarUnit, weeks_start: Weekday) -> Option<Day> {
    let (year, month, _) = today.ymd();
    let months = |first: u32, length: i64| Day::new(year, first, 1)?.add_months(n * length);
    match unit {
        CalendarUnit::Day => today.add_days(n),
        CalendarUnit::Week => {
            let since = match weeks_start {
                Weekday::Monday => today.weekday(),
                Weekday::Sunday => (today.weekday() + 1) % 7,
            };
            today.add_days(n * 7 - i64::from(since))
        }
        CalendarUnit::Month => months(month, 1),
        CalendarUnit::Quarter => months((month - 1) / 3 * 3 + 1, 3),
        CalendarUnit::Year => months(1, 12),
    }
}

/// Which of the offsets has been reached: before the date the smallest that has, after it the largest.
pub fn reached<'a>(
    clock: Clock,
    offsets: &[i64],
    (kind, unit): (DurationKind, i64),
    after: bool,
    date: &Vector<'a>,
    zone: &Zone,
) -> Vector<'a> {
    let out: Vec<Option<i64>> = match (&date.values, kind) {
        (Values::DateTime(instants), DurationKind::Minutes) => {
            let one = |t: &i64| {
                step(offsets, after, *t, clock.now, |n| {
                    t.checked_add(n.checked_mul(MINUTE)?)
                })
            };
            instants.iter().map(one).collect()
        }
        _ => {
            let one = |day: &i32| {
                let day = Day(*day);
                step(offsets, after, day, clock.today, |n| move_day(day, n, kind))
            };
            days(date, zone).iter().map(one).collect()
        }
    };
    let valid: Vec<bool> = out
        .iter()
        .enumerate()
        .map(|(row, n)| n.is_some() && date.is_valid(row))
        .collect();
    let written = |n: Option<i64>| n.unwrap_or_default() / unit;
    let out = out.into_iter().map(written).collect();
    Vector::with_valid(Values::Integer(out), Some(valid))
}

fn step<T: Ord + Copy>(
    offsets: &[i64],
    after: bool,
    date: T,
    now: T,
    moved: impl Fn(i64) -> Option<T>,
) -> Option<i64> {
    let offsets = offsets.iter().copied();
    if after {
        let has_come = |n: &i64| moved(*n).is_some_and(|day| day <= now);
        offsets.filter(|n| date <= now && has_come(n)).max()
    } else {
        // What lies before the first day of the calendar has long been reached.
        let has_come = |n: &i64| moved(-*n).is_none_or(|day| day <= now);
        offsets.filter(|n| now < date && has_come(n)).min()
    }
}

//! Anniversaries, with each workspace's own 29 February.

use crate::engine::evaluate::Zone;
use crate::hir::LeapDay;
use crate::schema::{Day, is_leap_year};
use crate::vector::{Values, Vector, merge_valid};
use std::borrow::Cow;

use super::dates::days;

/// Leap years are at most this many years apart (1896 and 1904).
const LEAP_GAP: i32 = 8;

/// The occurrence in a year; the date itself is none.
fn occurrence((y, m, d): (i32, u32, u32), year: i32, leap_day: LeapDay) -> Option<Day> {
    if year <= y {
        return None;
    }
    if (m, d) == (2, 29) && !is_leap_year(year) {
        return match leap_day {
            LeapDay::February28 => Day::new(year, 2, 28),
            LeapDay::March1 => Day::new(year, 3, 1),
            LeapDay::LeapYearsOnly => None,
        };
    }
    Day::new(year, m, d)
}

fn gap(date: (i32, u32, u32), leap_day: LeapDay) -> i32 {
    match ((date.1, date.2), leap_day) {
        ((2, 29), LeapDay::LeapYearsOnly) => LEAP_GAP,
        _ => 1,
    }
}

/// The occurrence nearest `today`, the earlier on a tie; `None` after the year 9999.
pub fn nearest_to(date: Day, today: Day, leap_day: LeapDay) -> Option<Day> {
    let date = date.ymd();
    let gap = gap(date, leap_day);
    let first = (date.0 + 1).max(today.ymd().0 - gap);
    let last = first.max(today.ymd().0) + gap;
    (first..=last)
        .filter_map(|year| occurrence(date, year, leap_day))
        .min_by_key(|day| ((day.0 - today.0).abs(), *day))
}

/// Whether any occurrence lies from `from` to `to`, both in.
pub fn any_within(date: Day, from: Day, to: Day, leap_day: LeapDay) -> bool {
    if to < from {
        return false;
    }
    let date = date.ymd();
    let first = (date.0 + 1).max(from.ymd().0);
    // The first occurrence from there on decides.
    let last = first.saturating_add(gap(date, leap_day));
    (first..=last)
        .filter_map(|year| occurrence(date, year, leap_day))
        .find(|day| *day >= from)
        .is_some_and(|day| day <= to)
}

/// [`nearest_to`] of each row.
pub fn nearest<'a>(date: &Vector<'a>, today: Day, leap_day: LeapDay, zone: &Zone) -> Vector<'a> {
    let out: Vec<Option<Day>> = days(date, zone)
        .iter()
        .map(|day| nearest_to(Day(*day), today, leap_day))
        .collect();
    let there = |(row, day): (usize, &Option<Day>)| day.is_some() && date.is_valid(row);
    let valid: Vec<bool> = out.iter().enumerate().map(there).collect();
    let valid = valid.contains(&false).then_some(valid);
    let out = out.iter().map(|day| day.map_or(0, |d| d.0)).collect();
    Vector::with_valid(Values::Date(out), valid)
}

/// [`any_within`] of each row.
pub fn within<'a>(
    date: &Vector<'a>,
    from: &Vector<'a>,
    to: &Vector<'a>,
    leap_day: LeapDay,
    zone: &Zone,
    rows: usize,
) -> Vector<'a> {
    let operands = [date, from, to];
    let constant = operands.iter().all(|v| v.is_constant());
    let n = if constant { 1 } else { rows };
    let at = |days: &[i32], row: usize| Day(days[if days.len() == 1 { 0 } else { row }]);
    let (dates, firsts, lasts) = (days(date, zone), days(from, zone), days(to, zone));
    let out = (0..n)
        .map(|row| any_within(at(&dates, row), at(&firsts, row), at(&lasts, row), leap_day))
        .collect();
    Vector::with_valid(Values::YesNo(Cow::Owned(out)), merge_valid(&operands, rows))
}

//! Anniversaries of the Gregorian calendar, with each workspace's own 29 February.

use super::ALWAYS;
use crate::schema::{Day, is_leap_year};
use crate::syntax::ast::LeapDay;

/// Leap years are at most this many years apart (1896 and 1904).
pub(super) const LEAP_GAP: i32 = 8;

/// A month and day in a year, if there is one.
pub(super) fn in_year(year: i32, month: u32, day: u32, leap_day: LeapDay) -> Option<Day> {
    if (month, day) == (2, 29) && !is_leap_year(year) {
        return match leap_day {
            LeapDay::February28 => Day::new(year, 2, 28),
            LeapDay::March1 => Day::new(year, 3, 1),
            LeapDay::LeapYearsOnly => None,
        };
    }
    Day::new(year, month, day)
}

/// Years from one occurrence to the next, at most.
pub(super) fn gap(month: u32, day: u32, leap_day: LeapDay) -> i32 {
    match ((month, day), leap_day) {
        ((2, 29), LeapDay::LeapYearsOnly) => LEAP_GAP,
        _ => 1,
    }
}

/// The anniversary nearest `today`, the earlier on a tie; the date itself is none. `None` after the year 9999.
pub fn nearest_to(date: Day, today: Day, leap_day: LeapDay) -> Option<Day> {
    let (born, m, d) = date.ymd();
    let (this, gap) = (today.ymd().0, gap(m, d, leap_day));
    let first = (born + 1).max(this - gap);
    let last = first.max(this) + gap;
    let days = (first..=last).filter_map(|year| in_year(year, m, d, leap_day));
    super::nearest(days, today, ALWAYS).ok().flatten()
}

/// Whether any anniversary lies from `from` to `to`, both in; the date itself is none.
pub fn any_within(date: Day, from: Day, to: Day, leap_day: LeapDay) -> bool {
    let (born, m, d) = date.ymd();
    let (begun, ended) = (from.ymd(), to.ymd());
    if begun.0 == ended.0 && (m, d) != (2, 29) {
        // Within one year, in which this day comes once.
        return born < begun.0 && ((begun.1, begun.2)..=(ended.1, ended.2)).contains(&(m, d));
    }
    let first = (born + 1).max(begun.0);
    let last = first.saturating_add(gap(m, d, leap_day));
    let days = (first..=last).filter_map(|year| in_year(year, m, d, leap_day));
    super::any_within(days, from, to, ALWAYS).unwrap_or(false)
}

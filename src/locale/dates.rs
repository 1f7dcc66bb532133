//! Days and times, in the long form that a letter has.

use super::Formatter;
use crate::schema::{DAY_MICROS, Day};
use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{T, YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::{FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_locale_core::Locale;

pub(super) struct Dates {
    days: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    moments: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
    times: NoCalendarFormatter<T>,
}

impl Dates {
    pub fn new(locale: &Locale) -> Option<Dates> {
        let moments = YMD::long().with_time_hm();
        Some(Dates {
            days: days(locale)?,
            moments: FixedCalendarDateTimeFormatter::try_new(locale.clone().into(), moments)
                .ok()?,
            times: NoCalendarFormatter::try_new(locale.clone().into(), T::hm()).ok()?,
        })
    }
}

fn days(locale: &Locale) -> Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>> {
    FixedCalendarDateTimeFormatter::try_new(locale.clone().into(), YMD::long()).ok()
}

/// Whether the language has dates of its own, not only those of no language.
pub(super) fn are_known(locale: &Locale) -> bool {
    let Some(day) = date(Day(0)) else {
        return false;
    };
    let written = |l: &Locale| days(l).map(|days| days.format(&day).to_string());
    written(locale).is_some_and(|own| Some(own) != written(&Locale::UNKNOWN))
}

fn date(day: Day) -> Option<Date<Gregorian>> {
    let (year, month, day) = day.ymd();
    Date::try_new_gregorian(year, month as u8, day as u8).ok()
}

fn time(seconds: u32) -> Option<Time> {
    let part = |n: u32| u8::try_from(n).ok();
    let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Time::try_new(part(h)?, part(m)?, part(s)?, 0).ok()
}

impl Formatter {
    /// `21 November 2026`. `None` outside of the calendar's range.
    pub fn date(&self, day: Day) -> Option<String> {
        Some(self.dates.days.format(&date(day)?).to_string())
    }

    /// `21 November 2026 at 09:00`, of microseconds on the zone's own clock; seconds are left out.
    pub fn moment(&self, local: i64) -> Option<String> {
        let moment = DateTime {
            date: date(Day(i32::try_from(local.div_euclid(DAY_MICROS)).ok()?))?,
            time: time((local.rem_euclid(DAY_MICROS) / 1_000_000) as u32)?,
        };
        Some(self.dates.moments.format(&moment).to_string())
    }

    /// `09:00`, of seconds since midnight; seconds are left out.
    pub fn time(&self, seconds: u32) -> Option<String> {
        Some(self.dates.times.format(&time(seconds)?).to_string())
    }
}

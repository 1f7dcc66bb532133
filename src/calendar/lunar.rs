//! The lunar calendar of China, 1900 to 2100, as published; from ICU's tables.

use super::{OutsideCalendar, Reach, any_within, nearest};
use crate::schema::Day;
use icu_calendar::Date;
use icu_calendar::types::Month;
use std::sync::LazyLock;

/// 1900-01-01, the first day of the twelfth month of the lunar year 1899.
pub const FIRST_DAY: Day = Day(-25_567);
/// 2101-01-28, the last day of the lunar year 2100.
pub const LAST_DAY: Day = Day(47_874);

const FIRST_LUNAR_YEAR: i32 = 1899;
const LAST_LUNAR_YEAR: i32 = 2100;

/// Days from the epoch of Rata Die, 0001-01-01 as day 1, to 1970-01-01.
const RATA_DIE_OF_1970: i64 = 719_163;

/// A day of the lunar calendar. Lunar years are named by the Gregorian year in which they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LunarDay {
    pub year: i32,
    /// 1 to 12; a leap month has the number of the month before it.
    pub month: u32,
    pub leap: bool,
    /// 1 to 30.
    pub day: u32,
}

struct TableMonth {
    first: Day,
    year: i32,
    number: u32,
    leap: bool,
}

/// Every month in order, and where the regular months of each lunar year stand among them.
struct Table {
    months: Vec<TableMonth>,
    regular: Vec<[Option<u16>; 12]>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Table {
        let mut table = Table {
            months: Vec::with_capacity(2_600),
            regular: Vec::with_capacity(202),
        };
        for year in FIRST_LUNAR_YEAR..=LAST_LUNAR_YEAR {
            table.regular.push([None; 12]);
            for number in 1..=12 {
                table.month(year, number, false);
                table.month(year, number, true);
            }
        }
        table
    }

    fn month(&mut self, year: i32, number: u32, leap: bool) {
        let month = match leap {
            false => Month::new(number as u8),
            true => Month::leap(number as u8),
        };
        let Ok(date) = Date::try_new_chinese_traditional(year, month, 1) else {
            return;
        };
        let first = Day((date.to_rata_die().to_i64_date() - RATA_DIE_OF_1970) as i32);
        if first < FIRST_DAY {
            return;
        }
        if let (false, Some(year)) = (leap, self.regular.last_mut()) {
            year[number as usize - 1] = Some(self.months.len() as u16);
        }
        self.months.push(TableMonth {
            first,
            year,
            number,
            leap,
        });
    }

    /// The first day after a month.
    fn end(&self, month: usize) -> Day {
        self.months
            .get(month + 1)
            .map_or(Day(LAST_DAY.0 + 1), |next| next.first)
    }
}

/// The lunar day of a Gregorian one; `None` before [`FIRST_DAY`] and after [`LAST_DAY`].
pub fn lunar_day(day: Day) -> Option<LunarDay> {
    if !(FIRST_DAY..=LAST_DAY).contains(&day) {
        return None;
    }
    let months = &TABLE.months;
    let place = months.partition_point(|m| m.first <= day);
    let month = &months[place.checked_sub(1)?];
    Some(LunarDay {
        year: month.year,
        month: month.number,
        leap: month.leap,
        day: (day.0 - month.first.0) as u32 + 1,
    })
}

/// The day of a lunar year's regular month; the 30th is the 29th of a short one. `None` where it is not known.
pub fn in_lunar_year(year: i32, month: u32, day: u32) -> Option<Day> {
    let table = &*TABLE;
    let year = usize::try_from(year.checked_sub(FIRST_LUNAR_YEAR)?).ok()?;
    let place = (*table.regular.get(year)?.get(month as usize - 1)?)? as usize;
    let day = table.months[place].first.0 + day as i32 - 1;
    Some(Day(day.min(table.end(place).0 - 1)))
}

/// Days of one month and day in lunar years, ascending.
pub(super) fn days(first: i32, last: i32, month: u32, day: u32) -> impl Iterator<Item = Day> {
    let (first, last) = (first.max(FIRST_LUNAR_YEAR), last.min(LAST_LUNAR_YEAR));
    (first..=last).filter_map(move |year| in_lunar_year(year, month, day))
}

/// The lunar anniversary nearest `today`, the earlier on a tie: the month and day in every later lunar year.
pub fn nearest_anniversary(date: Day, today: Day) -> Result<Day, OutsideCalendar> {
    let of = lunar_day(date).ok_or(OutsideCalendar)?;
    let this = today.ymd().0;
    let first = (of.year + 1).max(this - 1);
    let last = first.max(this + 1);
    let reach = Reach(super::ALWAYS.0, LAST_DAY);
    nearest(days(first, last, of.month, of.day), today, reach)?.ok_or(OutsideCalendar)
}

/// Whether any lunar anniversary lies from `from` to `to`, both in.
pub fn anniversary_within(date: Day, from: Day, to: Day) -> Result<bool, OutsideCalendar> {
    let of = lunar_day(date).ok_or(OutsideCalendar)?;
    // Nothing comes back before its first lunar year is over.
    if to <= date {
        return Ok(false);
    }
    let first = (of.year + 1).max(from.ymd().0 - 1);
    let days = days(first, first.saturating_add(2), of.month, of.day);
    any_within(days, from, to, Reach(super::ALWAYS.0, LAST_DAY))
}

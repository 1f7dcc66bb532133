//! Calendar days of the proleptic Gregorian calendar, and instants.

use std::fmt;

/// A calendar day: days since 1970-01-01, negative before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Years 1 to 9999; what lies outside is not a date here.
pub const MIN_DAY: Day = Day(-719_162);
pub const MAX_DAY: Day = Day(2_932_896);

/// Microseconds in a day that no clock change shortens.
pub const DAY_MICROS: i64 = 86_400_000_000;

impl Day {
    /// `None` where there is no such day (30 February, month 13, years outside 1 to 9999).
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        Some(Day(days_from_civil(year, month, day)))
    }

    /// Year, month 1–12, day 1–31.
    #[inline]
    pub fn ymd(self) -> (i32, u32, u32) {
        // Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
        let z = self.0 as i64 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
        let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
        let year = (yoe + era * 400 + i64::from(month <= 2)) as i32;
        (year, month, day)
    }

    /// `None` outside years 1 to 9999.
    pub fn add_days(self, n: i64) -> Option<Day> {
        let d = (self.0 as i64).checked_add(n)?;
        (MIN_DAY.0 as i64..=MAX_DAY.0 as i64)
            .contains(&d)
            .then_some(Day(d as i32))
    }

    /// The same day of the month `n` months on, clamped to that month's end. `None` outside years 1 to 9999.
    pub fn add_months(self, n: i64) -> Option<Day> {
        let (y, m, d) = self.ymd();
        let months = (y as i64 * 12 + m as i64 - 1).checked_add(n)?;
        let year = i32::try_from(months.div_euclid(12)).ok()?;
        let month = months.rem_euclid(12) as u32 + 1;
        if !(1..=9999).contains(&year) {
            return None;
        }
        Day::new(year, month, d.min(days_in_month(year, month)))
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u32
    }

    /// Parses `2026-11-21` exactly.
    pub fn parse_iso(s: &[u8]) -> Option<Day> {
        if s.len() != 10 || s[4] != b'-' || s[7] != b'-' {
            return None;
        }
        let number = |r: std::ops::Range<usize>| {
            s[r].iter().try_fold(0u32, |n, b| {
                b.is_ascii_digit().then(|| n * 10 + (b - b'0') as u32)
            })
        };
        Day::new(number(0..4)? as i32, number(5..7)?, number(8..10)?)
    }
}

pub fn is_leap_year(year: i32) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    // Hinnant, days_from_civil.
    let y = if month <= 2 { year - 1 } else { year } as i64;
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month as i64 + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day as i64 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146_097 + doe - 719_468) as i32
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        let Ok(year @ 0..=9999) = u16::try_from(y) else {
            return write!(f, "{y:04}-{m:02}-{d:02}");
        };
        let mut text = *b"0000-00-00";
        let digits = [year / 1000, year / 100, year / 10, year];
        for (place, digit) in text.iter_mut().zip(digits) {
            *place = b'0' + (digit % 10) as u8;
        }
        for (at, number) in [(5, m), (8, d)] {
            text[at] = b'0' + (number / 10) as u8;
            text[at + 1] = b'0' + (number % 10) as u8;
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree_from_year_1_to_9999() {
        assert_eq!(Day::new(1, 1, 1), Some(MIN_DAY));
        assert_eq!(Day::new(9999, 12, 31), Some(MAX_DAY));
        for n in (MIN_DAY.0..=MAX_DAY.0).step_by(17) {
            let (y, m, d) = Day(n).ymd();
            assert_eq!(Day::new(y, m, d), Some(Day(n)));
        }
    }

    #[test]
    fn months_clamp() {
        let d = Day::new(2024, 1, 31).unwrap();
        assert_eq!(d.add_months(1).unwrap().to_string(), "2024-02-29");
        assert_eq!(d.add_months(-2).unwrap().to_string(), "2023-11-30");
        assert_eq!(Day::new(2026, 11, 21).unwrap().weekday(), 5);
    }
}

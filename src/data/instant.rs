//! Days and instants in cells. The zone is an input.

use super::cell::Refusal;
use crate::schema::{DAY_MICROS, Day, MAX_DAY, MIN_DAY};
use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{Offset, TimeZone};

/// The zone of datetimes without an offset.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    zone: TimeZone,
    /// Where the zone never changes its clock.
    fixed: Option<Offset>,
}

impl Clock {
    pub fn new(zone: TimeZone) -> Clock {
        let fixed = zone.to_fixed_offset().ok();
        Clock { zone, fixed }
    }

    /// A local time as microseconds since 1970-01-01T00:00Z.
    pub fn instant(&self, day: Day, micros_of_day: i64) -> Option<i64> {
        let local = day.0 as i64 * DAY_MICROS + micros_of_day;
        if let Some(offset) = self.fixed {
            return Some(local - offset.seconds() as i64 * 1_000_000);
        }
        let (year, month, date) = day.ymd();
        let seconds = micros_of_day / 1_000_000;
        let civil = civil::DateTime::new(
            year as i16,
            month as i8,
            date as i8,
            (seconds / 3600) as i8,
            (seconds / 60 % 60) as i8,
            (seconds % 60) as i8,
            (micros_of_day % 1_000_000) as i32 * 1000,
        )
        .ok()?;
        self.zone
            .to_ambiguous_timestamp(civil)
            .compatible()
            .ok()
            .map(Timestamp::as_microsecond)
    }
}

fn in_range(day: Day) -> bool {
    (MIN_DAY..=MAX_DAY).contains(&day)
}

fn civil_day(date: civil::Date) -> Option<Day> {
    Day::new(date.year() as i32, date.month() as u32, date.day() as u32)
}

pub(super) fn parse_date(text: &str, format: Option<&str>, clock: &Clock) -> Result<i32, Refusal> {
    let day = match format {
        None => Day::parse_iso(text.as_bytes()),
        Some(format) => BrokenDownTime::parse(format, text)
            .ok()
            .and_then(|t| civil_day(t.to_date().ok()?)),
    };
    day.map(|d| d.0).ok_or_else(|| {
        let is_datetime = text.len() > 10 && iso_datetime(text, clock).is_some();
        if is_datetime {
            Refusal::DateTimeForDate
        } else {
            Refusal::NotOfType
        }
    })
}

pub(super) fn parse_datetime(
    text: &str,
    format: Option<&str>,
    clock: &Clock,
) -> Result<i64, Refusal> {
    let micros = match format {
        None => iso_datetime(text, clock),
        Some(format) => formatted_datetime(text, format, clock),
    };
    micros.ok_or(Refusal::NotOfType)
}

fn formatted_datetime(text: &str, format: &str, clock: &Clock) -> Option<i64> {
    let time = BrokenDownTime::parse(format, text).ok()?;
    if let Some(offset) = time.offset() {
        return offset
            .to_timestamp(time.to_datetime().ok()?)
            .ok()
            .map(Timestamp::as_microsecond);
    }
    let local = time.to_datetime().ok()?;
    let at = local.time();
    let seconds = at.hour() as i64 * 3600 + at.minute() as i64 * 60 + at.second() as i64;
    clock.instant(
        civil_day(local.date())?,
        seconds * 1_000_000 + at.subsec_nanosecond() as i64 / 1000,
    )
}

/// Two ASCII digits below `limit`.
fn two(text: &[u8], limit: u32) -> Option<u32> {
    let [a @ b'0'..=b'9', b @ b'0'..=b'9'] = text else {
        return None;
    };
    let n = (a - b'0') as u32 * 10 + (b - b'0') as u32;
    (n < limit).then_some(n)
}

fn iso_datetime(text: &str, clock: &Clock) -> Option<i64> {
    let bytes = text.as_bytes();
    let day = Day::parse_iso(bytes.get(..10)?)?;
    if !matches!(bytes.get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let (micros, rest) = time_of_day(&bytes[11..])?;
    let local = day.0 as i64 * DAY_MICROS + micros;
    let instant = match rest {
        [] => clock.instant(day, micros)?,
        [b'Z' | b'z'] => local,
        _ => local - offset_seconds(rest)? * 1_000_000,
    };
    in_range(Day(instant.div_euclid(DAY_MICROS) as i32)).then_some(instant)
}

/// `HH:MM`, `HH:MM:SS`, `HH:MM:SS.fff…`: microseconds of the day, and what follows.
fn time_of_day(text: &[u8]) -> Option<(i64, &[u8])> {
    let hour = two(text.get(..2)?, 24)?;
    let minute = text
        .get(2..5)
        .filter(|m| m[0] == b':')
        .and_then(|m| two(&m[1..], 60))?;
    let mut rest = &text[5..];
    let mut micros = (hour as i64 * 60 + minute as i64) * 60_000_000;
    if let [b':', after @ ..] = rest {
        micros += two(after.get(..2)?, 60)? as i64 * 1_000_000;
        rest = &after[2..];
        if let [b'.' | b',', after @ ..] = rest {
            let digits = after.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return None;
            }
            let fraction = (0..6).fold(0, |n, i| {
                n * 10
                    + if i < digits {
                        (after[i] - b'0') as i64
                    } else {
                        0
                    }
            });
            micros += fraction;
            rest = &after[digits..];
        }
    }
    Some((micros, rest))
}

/// `+08:00`, `+0800` or `+08`.
fn offset_seconds(text: &[u8]) -> Option<i64> {
    let (sign, rest) = text.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = two(rest.get(..2)?, 24)? as i64;
    let minutes = match &rest[2..] {
        [] => 0,
        [b':', m @ ..] => two(m, 60)? as i64,
        m => two(m, 60)? as i64,
    };
    Some(sign * (hours * 3600 + minutes * 60))
}

/// Seconds since midnight.
pub(super) fn parse_time(text: &str) -> Option<u32> {
    let (micros, rest) = time_of_day(text.as_bytes())?;
    (rest.is_empty() && micros % 1_000_000 == 0).then_some((micros / 1_000_000) as u32)
}

/// RFC 3339 in UTC, with a fraction only where there is one.
pub(super) fn utc_text(micros: i64) -> String {
    offset_text(micros, 0)
}

/// RFC 3339 with an offset in seconds.
pub(super) fn offset_text(micros: i64, offset: i32) -> String {
    let local = micros.saturating_add(offset as i64 * 1_000_000);
    let day = Day(local.div_euclid(DAY_MICROS) as i32);
    let of_day = local.rem_euclid(DAY_MICROS);
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let mut text = format!(
        "{day}T{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if fraction != 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    if offset == 0 {
        text.push('Z');
    } else {
        let minutes = offset.unsigned_abs() / 60;
        let sign = if offset < 0 { '-' } else { '+' };
        text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
    }
    text
}

pub(super) fn time_text(seconds: u32) -> String {
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if s == 0 {
        format!("{h:02}:{m:02}")
    } else {
        format!("{h:02}:{m:02}:{s:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, text: &str) -> Option<String> {
        let clock = Clock::new(TimeZone::get(zone).unwrap());
        parse_datetime(text, None, &clock).ok().map(utc_text)
    }

    #[test]
    fn datetimes_with_and_without_offset() {
        for text in [
            "2026-11-21T09:00+08:00",
            "2026-11-21 09:00:00",
            "2026-11-21t01:00:00.000Z",
        ] {
            assert_eq!(at("Asia/Shanghai", text).unwrap(), "2026-11-21T01:00:00Z");
        }
        assert_eq!(
            at("UTC", "2026-11-21T09:00:00.1234567").unwrap(),
            "2026-11-21T09:00:00.123456Z"
        );
        for bad in [
            "2026-11-21",
            "2026-11-21T24:00",
            "2026-11-21T09",
            "2026-11-21T09:00:60",
            "2026-11-21T09:00+8",
        ] {
            assert_eq!(at("UTC", bad), None, "{bad}");
        }
    }

    #[test]
    fn skipped_and_doubled_local_times() {
        // Clocks went forward at 02:00 on 29 March 2026 and back at 03:00 on 25 October 2026.
        assert_eq!(
            at("Europe/Berlin", "2026-03-29 02:30").unwrap(),
            "2026-03-29T01:30:00Z"
        );
        assert_eq!(
            at("Europe/Berlin", "2026-10-25 02:30").unwrap(),
            "2026-10-25T00:30:00Z"
        );
    }

    #[test]
    fn formats() {
        let clock = Clock::new(TimeZone::UTC);
        let day = parse_date("21/11/2026", Some("%d/%m/%Y"), &clock).unwrap();
        assert_eq!(Day(day).to_string(), "2026-11-21");
        let at = parse_datetime("21/11/2026 09:30", Some("%d/%m/%Y %H:%M"), &clock).unwrap();
        assert_eq!(utc_text(at), "2026-11-21T09:30:00Z");
        assert_eq!(
            parse_date("2026-11-21T09:00", None, &clock),
            Err(Refusal::DateTimeForDate)
        );
    }
}

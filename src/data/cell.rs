//! From a cell's text to a typed value, and back to the canonical text of a key.
//!
//! Cells of all types but `text` are trimmed; an empty one is missing. What is read:
//!
//! * yes/no: yes/no, true/false, y/n, 1/0, 是/否, in any case
//! * integer: digits with a sign, 64 bit · number: with one decimal point, at most nine digits after it
//! * percent: `5%`; a bare number could be meant either way and is refused
//! * money: as a number, with the currency's code behind it or not: `12.50`, `12.50 CNY`
//! * date: `2026-11-21` or the field's `format`; a datetime is refused
//! * datetime: RFC 3339, with a space for the `T`, without seconds, without an offset (then the
//!   workspace's zone; a local time that a clock change skips is moved on by the gap, one that comes
//!   twice is its first); finer than microseconds is cut off
//! * time: `09:00`, `09:00:30` · duration: `30 days`, in the units of its kind
//! * named values: exactly as declared

use super::ColumnType;
use super::instant::{self, Clock};
use crate::schema::{Currency, Day, Decimal, DurationKind, Value};
use std::borrow::Cow;
use std::fmt::Write;

/// One typed value of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    YesNo(bool),
    Integer(i64),
    /// `units` counted in 10^-scale, without trailing zeros; `scale` at most 9.
    Decimal {
        units: i128,
        scale: u8,
    },
    Date(i32),
    DateTime(i64),
    Time(u32),
    Duration(i64),
    Enum(u32),
}

/// Why a cell was refused. Order is the order in which causes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Refusal {
    /// Not of the column's type.
    NotOfType,
    /// A value of the format's own type that this column is never read from.
    WrongKind,
    /// `1,000.50`
    Grouped,
    /// `12.5.0`
    TwoPoints,
    /// More than nine digits after the point.
    TooFine,
    TooLarge,
    /// Money in another currency.
    OtherCurrency,
    /// A percent column's bare number.
    BarePercent,
    /// The date part alone, or a time too many.
    DateTimeForDate,
    /// A cell of more than [`super::MAX_CELL`] bytes.
    TooLong,
}

/// What a column's cells are read as.
#[derive(Clone)]
pub(super) struct CellType<'a> {
    pub ty: &'a ColumnType,
    pub format: Option<&'a str>,
    pub clock: &'a Clock,
}

/// The longest run of digits that fits 64 bits for sure.
const SAFE_DIGITS: usize = 18;

impl CellType<'_> {
    /// Reads a cell that is there; see the module for what is accepted.
    #[inline]
    pub fn parse<'c>(&self, text: &'c str) -> Result<Scalar<'c>, Refusal> {
        if let ColumnType::Text = self.ty {
            return Ok(Scalar::Text(text));
        }
        let text = text.trim();
        match self.ty {
            ColumnType::Text | ColumnType::Reference(_) => Ok(Scalar::Text(text)),
            ColumnType::YesNo => yes_no(text).map(Scalar::YesNo).ok_or(Refusal::NotOfType),
            ColumnType::Integer => integer(text).map(Scalar::Integer),
            ColumnType::Number => decimal(text),
            ColumnType::Percent => percent(text),
            ColumnType::Money(currency) => money(text, *currency),
            ColumnType::Date => {
                instant::parse_date(text, self.format, self.clock).map(Scalar::Date)
            }
            ColumnType::DateTime => {
                instant::parse_datetime(text, self.format, self.clock).map(Scalar::DateTime)
            }
            ColumnType::Time => instant::parse_time(text)
                .map(Scalar::Time)
                .ok_or(Refusal::NotOfType),
            ColumnType::Duration(kind) => duration(text, *kind).map(Scalar::Duration),
            ColumnType::Enum(names) => {
                let place = names
                    .iter()
                    .position(|n| n == text)
                    .ok_or(Refusal::NotOfType)?;
                Ok(Scalar::Enum(place as u32))
            }
        }
    }
}

fn yes_no(text: &str) -> Option<bool> {
    const YES: [&str; 5] = ["yes", "true", "y", "1", "是"];
    const NO: [&str; 5] = ["no", "false", "n", "0", "否"];
    if YES.iter().any(|w| text.eq_ignore_ascii_case(w)) {
        Some(true)
    } else if NO.iter().any(|w| text.eq_ignore_ascii_case(w)) {
        Some(false)
    } else {
        None
    }
}

fn integer(text: &str) -> Result<i64, Refusal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(if is_grouped(digits) {
            Refusal::Grouped
        } else {
            Refusal::NotOfType
        });
    }
    text.parse().map_err(|_| Refusal::TooLarge)
}

/// Digits in groups with commas, perhaps with a fraction.
fn is_grouped(text: &str) -> bool {
    text.contains(',')
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b',' || b == b'.')
}

fn decimal(text: &str) -> Result<Scalar<'static>, Refusal> {
    let (negative, body) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut units: i64 = 0;
    let mut digits = 0usize;
    let mut point = None;
    for (i, &b) in body.iter().enumerate() {
        match b {
            b'0'..=b'9' => {
                digits += 1;
                if digits > SAFE_DIGITS {
                    return long_decimal(text);
                }
                units = units * 10 + (b - b'0') as i64;
            }
            b'.' if point.is_none() => point = Some(i),
            _ => return Err(why_no_decimal(text)),
        }
    }
    if digits == 0 {
        return Err(Refusal::NotOfType);
    }
    let mut scale = point.map_or(0, |p| body.len() - p - 1);
    while scale > 0 && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    if scale > 9 {
        return Err(Refusal::TooFine);
    }
    let units = if negative { -units } else { units } as i128;
    Ok(Scalar::Decimal {
        units,
        scale: scale as u8,
    })
}

#[cold]
fn long_decimal(text: &str) -> Result<Scalar<'static>, Refusal> {
    use crate::schema::DecimalError;
    match text.parse::<Decimal>() {
        Ok(value) => Ok(scaled(value)),
        Err(DecimalError::TooFine) => Err(Refusal::TooFine),
        Err(DecimalError::TooLarge) => Err(Refusal::TooLarge),
        Err(DecimalError::Malformed) => Err(why_no_decimal(text)),
    }
}

#[cold]
fn why_no_decimal(text: &str) -> Refusal {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if is_grouped(body) {
        Refusal::Grouped
    } else if body.bytes().filter(|b| *b == b'.').count() > 1
        && body.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    {
        Refusal::TwoPoints
    } else {
        Refusal::NotOfType
    }
}

/// Without trailing zeros.
pub(super) fn scaled(value: Decimal) -> Scalar<'static> {
    scaled_units(value.0, 9)
}

/// `units` in 10^-scale without trailing zeros; `scale` may still be above 9.
fn strip_zeros(mut units: i128, mut scale: u32) -> (i128, u32) {
    while scale > 0 && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    (units, scale)
}

/// `units` counted in 10^-from, counted in 10^-to.
pub(super) fn scaled_to(units: i128, from: u8, to: u8) -> Option<i128> {
    units.checked_mul(10i128.pow(to.checked_sub(from)? as u32))
}

fn scaled_units(units: i128, scale: u32) -> Scalar<'static> {
    let (units, scale) = strip_zeros(units, scale);
    Scalar::Decimal {
        units,
        scale: scale as u8,
    }
}

/// A decimal of the format's own type, counted in 10^-scale.
#[cfg(feature = "arrow")]
pub(super) fn from_units(units: i128, scale: i32) -> Result<Scalar<'static>, Refusal> {
    let (units, scale) = if scale < 0 {
        let up = 10i128
            .checked_pow(scale.unsigned_abs())
            .ok_or(Refusal::TooLarge)?;
        (units.checked_mul(up).ok_or(Refusal::TooLarge)?, 0)
    } else {
        strip_zeros(units, scale as u32)
    };
    if scale > 9 {
        return Err(Refusal::TooFine);
    }
    // Whatever is let in fits in billionths.
    units
        .checked_mul(10i128.pow(9 - scale))
        .ok_or(Refusal::TooLarge)?;
    Ok(Scalar::Decimal {
        units,
        scale: scale as u8,
    })
}

fn percent(text: &str) -> Result<Scalar<'static>, Refusal> {
    let number = text.strip_suffix(['%', '％']);
    let Scalar::Decimal { units, scale } = decimal(number.unwrap_or(text).trim_end())? else {
        return Err(Refusal::NotOfType);
    };
    if number.is_none() {
        return Err(Refusal::BarePercent);
    }
    match strip_zeros(units, scale as u32 + 2) {
        (_, 10..) => Err(Refusal::TooFine),
        (units, scale) => Ok(Scalar::Decimal {
            units,
            scale: scale as u8,
        }),
    }
}

fn money(text: &str, currency: Currency) -> Result<Scalar<'static>, Refusal> {
    let last = text.as_bytes().last();
    if last.is_some_and(|b| b.is_ascii_alphabetic())
        && let Some((amount, code)) = text.split_at_checked(text.len().saturating_sub(3))
        && Currency::from_code(code).is_some()
    {
        let value = decimal(amount.trim_end())?;
        return if code == currency.code() {
            Ok(value)
        } else {
            Err(Refusal::OtherCurrency)
        };
    }
    decimal(text)
}

fn duration(text: &str, kind: DurationKind) -> Result<i64, Refusal> {
    let (number, unit) = text.split_once(' ').ok_or(Refusal::NotOfType)?;
    let unit = unit.trim();
    let (of, factor) = match unit.strip_suffix('s').unwrap_or(unit) {
        "day" => (DurationKind::Days, 1),
        "week" => (DurationKind::Days, 7),
        "month" => (DurationKind::Months, 1),
        "quarter" => (DurationKind::Months, 3),
        "year" => (DurationKind::Months, 12),
        "minute" => (DurationKind::Minutes, 1),
        "hour" => (DurationKind::Minutes, 60),
        _ => return Err(Refusal::NotOfType),
    };
    if of != kind {
        return Err(Refusal::NotOfType);
    }
    integer(number)?
        .checked_mul(factor)
        .ok_or(Refusal::TooLarge)
}

/// A literal as a value of a column; `None` where the types do not agree.
pub(super) fn scalar_of<'v>(value: &'v Value, ty: &ColumnType) -> Option<Scalar<'v>> {
    Some(match (value, ty) {
        (Value::Text(t), ColumnType::Text) => Scalar::Text(t),
        (Value::YesNo(b), ColumnType::YesNo) => Scalar::YesNo(*b),
        (Value::Integer(n), ColumnType::Integer) => Scalar::Integer(*n),
        (Value::Integer(n), ColumnType::Number) => scaled(Decimal::from_int(*n)),
        (Value::Number(d), ColumnType::Number) => scaled(*d),
        (Value::Percent(d), ColumnType::Percent) => scaled(*d),
        (Value::Money(d, c), ColumnType::Money(of)) if c == of => scaled(*d),
        (Value::Date(d), ColumnType::Date) => Scalar::Date(d.0),
        (Value::DateTime(t), ColumnType::DateTime) => Scalar::DateTime(*t),
        (Value::Time(t), ColumnType::Time) => Scalar::Time(*t),
        (Value::Duration(k, n), ColumnType::Duration(of)) if k == of => Scalar::Duration(*n),
        (Value::Enum(_, place), ColumnType::Enum(names)) if (*place as usize) < names.len() => {
            Scalar::Enum(*place)
        }
        _ => return None,
    })
}

/// The text that stands for a value in keys and messages; reading it gives the value again.
pub(super) fn canonical<'a>(value: Scalar<'a>, ty: &'a ColumnType) -> Cow<'a, str> {
    match value {
        Scalar::Text(t) => Cow::Borrowed(t),
        Scalar::YesNo(b) => Cow::Borrowed(if b { "yes" } else { "no" }),
        Scalar::Integer(n) => Cow::Owned(n.to_string()),
        Scalar::Decimal { units, scale } => {
            let billionths = units.saturating_mul(10i128.pow(9 - (scale as u32).min(9)));
            if *ty == ColumnType::Percent {
                return Cow::Owned(format!("{}%", Decimal(billionths.saturating_mul(100))));
            }
            Cow::Owned(Decimal(billionths).to_string())
        }
        Scalar::Date(d) => Cow::Owned(Day(d).to_string()),
        Scalar::DateTime(t) => Cow::Owned(instant::utc_text(t)),
        Scalar::Time(t) => Cow::Owned(instant::time_text(t)),
        Scalar::Duration(n) => {
            let unit = match ty {
                ColumnType::Duration(DurationKind::Months) => "months",
                ColumnType::Duration(DurationKind::Minutes) => "minutes",
                _ => "days",
            };
            let mut text = n.to_string();
            let _ = write!(text, " {unit}");
            Cow::Owned(text)
        }
        Scalar::Enum(place) => match ty {
            ColumnType::Enum(names) => Cow::Borrowed(names.get(place as usize).map_or("", |n| n)),
            _ => Cow::Borrowed(""),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ty: ColumnType, text: &str) -> Result<String, Refusal> {
        let clock = Clock::new(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
        let cell = CellType {
            ty: &ty,
            format: None,
            clock: &clock,
        };
        cell.parse(text).map(|v| canonical(v, &ty).into_owned())
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        let number = |t| read(ColumnType::Number, t);
        assert_eq!(number(" 12.50 ").unwrap(), "12.5");
        assert_eq!(number("-.5").unwrap(), "-0.5");
        assert_eq!(
            number("12345678901234567890.123456789").unwrap(),
            "12345678901234567890.123456789"
        );
        assert_eq!(number("1.0000000000").unwrap(), "1");
        assert_eq!(number("1.0000000001"), Err(Refusal::TooFine));
        assert_eq!(number("1,000.50"), Err(Refusal::Grouped));
        assert_eq!(number("12.5.0"), Err(Refusal::TwoPoints));
        assert_eq!(number("1e3"), Err(Refusal::NotOfType));
        assert_eq!(number("9".repeat(40).as_str()), Err(Refusal::TooLarge));
    }

    #[test]
    fn money_agrees_with_its_currency() {
        let cny = ColumnType::Money(Currency::from_code("CNY").unwrap());
        assert_eq!(read(cny.clone(), "12.50 CNY").unwrap(), "12.5");
        assert_eq!(read(cny.clone(), "12.50 USD"), Err(Refusal::OtherCurrency));
        assert_eq!(read(cny, "¥12"), Err(Refusal::NotOfType));
    }

    #[test]
    fn percent_and_flags() {
        assert_eq!(read(ColumnType::Percent, "5 %").unwrap(), "5%");
        assert_eq!(read(ColumnType::Percent, "0.05"), Err(Refusal::BarePercent));
        for yes in ["Yes", "TRUE", "y", "1", "是"] {
            assert_eq!(read(ColumnType::YesNo, yes).unwrap(), "yes");
        }
        assert_eq!(read(ColumnType::YesNo, "maybe"), Err(Refusal::NotOfType));
        let days = ColumnType::Duration(DurationKind::Days);
        assert_eq!(read(days.clone(), "2 weeks").unwrap(), "14 days");
        assert_eq!(read(days, "2 months"), Err(Refusal::NotOfType));
    }
}

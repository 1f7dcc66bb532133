//! Values as texts: ISO dates, plain decimals.

use super::{Evaluator, Rows, Zone};
use crate::schema::{Currency, Day, Decimal, DurationKind, Rounding, Type};
use crate::vector::{Values, Vector};
use std::fmt::Write;

/// Keys may be made of references, whose rows may in the end refer to one another.
const KEY_DEPTH: u32 = 4;

impl Evaluator<'_> {
    /// The value in a row of a batch as a text, `None` where it is missing.
    pub fn format_value(&self, vector: &Vector<'_>, row: usize, ty: Type) -> Option<String> {
        let mut text = String::new();
        self.write_value(&mut text, vector, row, ty).then_some(text)
    }

    /// Appends the value to a text; false where it is missing.
    pub(super) fn write_value(
        &self,
        out: &mut String,
        vector: &Vector<'_>,
        row: usize,
        ty: Type,
    ) -> bool {
        if let (Values::Reference(rows), Type::Reference(record)) = (&vector.values, ty) {
            return vector.is_valid(row)
                && self.write_key(out, record.index(), rows[vector.place(row)] as usize, 0);
        }
        match format_value(vector, row, ty, &self.plan.enums, &self.zone) {
            Some(text) => {
                out.push_str(&text);
                true
            }
            None => false,
        }
    }

    /// A row is named by its key.
    fn write_key(&self, out: &mut String, table: usize, row: usize, depth: u32) -> bool {
        let data = &self.data.tables[table];
        let request = &self.plan.tables[table];
        for (i, column) in data.key.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            let key =
                super::vectors::read(&data.columns[*column], &Rows::Range { start: row, len: 1 });
            match (&key.values, &request.columns[*column].ty) {
                (Values::Enum(places), crate::data::ColumnType::Enum(names)) => {
                    out.push_str(names.get(places[0] as usize).map_or("", |n| n));
                }
                (Values::Reference(rows), crate::data::ColumnType::Reference(other))
                    if depth < KEY_DEPTH =>
                {
                    self.write_key(out, *other, rows[0] as usize, depth + 1);
                }
                _ => {
                    let ty = request.columns[*column].ty.plain();
                    out.push_str(&format_value(&key, 0, ty, &[], &self.zone).unwrap_or_default());
                }
            }
        }
        true
    }
}

/// The value in a row of a batch as a text, `None` where it is missing: `2026-11-21`, `12.5`, `5%`, `yes`,
/// named values by their name, money rounded to its currency's digits (`25.00 CNY`), durations in the largest
/// unit that divides them. References are their row's number.
pub fn format_value(
    vector: &Vector<'_>,
    row: usize,
    ty: Type,
    enums: &[Vec<String>],
    zone: &Zone,
) -> Option<String> {
    if !vector.is_valid(row) {
        return None;
    }
    let row = vector.place(row);
    Some(match (&vector.values, ty) {
        (Values::Text(v), _) => v[row].to_string(),
        (Values::YesNo(v), _) => if v[row] { "yes" } else { "no" }.to_string(),
        (Values::Integer(v), _) => v[row].to_string(),
        (Values::Decimal(v), Type::Money(currency)) => money(Decimal(v[row]), currency),
        (Values::Decimal(v), Type::Percent) => percent(v[row]),
        (Values::Decimal(v), _) => Decimal(v[row]).to_string(),
        (Values::Date(v), _) => Day(v[row]).to_string(),
        (Values::DateTime(v), _) => datetime(v[row], zone),
        (Values::Time(v), _) => time(v[row]),
        (Values::Duration(v), Type::Duration(kind)) => duration(v[row], kind),
        (Values::Duration(v), _) => v[row].to_string(),
        (Values::Enum(v), Type::Enum(id)) => enums
            .get(id.index())
            .and_then(|names| names.get(v[row] as usize))
            .cloned()
            .unwrap_or_default(),
        (Values::Enum(v) | Values::Reference(v), _) => v[row].to_string(),
    })
}

/// Rounded half away from zero to the currency's digits, its code behind: `25.00 CNY`.
pub fn money(exact: Decimal, currency: Currency) -> String {
    format!("{} {currency}", amount(exact, currency))
}

/// Rounded half away from zero to the currency's digits: `25.00`.
pub fn amount(exact: Decimal, currency: Currency) -> String {
    let digits = currency.digits();
    // At the end of the range there is no room to round up; what is cut off there is worth nothing.
    let rounded = exact.round_digits(digits, Rounding::Nearest);
    rounded.unwrap_or(exact).to_string_min(digits)
}

fn percent(billionths: i128) -> String {
    // A fraction of 0.05 is 5 percent: the point two places to the right, at any size.
    let magnitude = billionths.unsigned_abs();
    let (whole, fraction) = (magnitude / 10_000_000, magnitude % 10_000_000);
    let sign = if billionths < 0 { "-" } else { "" };
    let fraction = format!("{fraction:07}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}%"),
        digits => format!("{sign}{whole}.{digits}%"),
    }
}

/// `2026-11-21T09:00+08:00`, with seconds only where there are any.
fn datetime(instant: i64, zone: &Zone) -> String {
    let local = zone.local(instant);
    let day = Day(local.div_euclid(crate::schema::DAY_MICROS) as i32);
    let micros = local.rem_euclid(crate::schema::DAY_MICROS);
    let mut out = format!("{day}T{}", time((micros / 1_000_000) as u32));
    if micros % 1_000_000 != 0 {
        if micros / 1_000_000 % 60 == 0 {
            out.push_str(":00");
        }
        let fraction = format!(".{:06}", micros % 1_000_000);
        out.push_str(fraction.trim_end_matches('0'));
    }
    let minutes = zone.offset(instant) / 60_000_000;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    out
}

fn time(seconds: u32) -> String {
    let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if s == 0 {
        format!("{h:02}:{m:02}")
    } else {
        format!("{h:02}:{m:02}:{s:02}")
    }
}

fn duration(n: i64, kind: DurationKind) -> String {
    let (n, unit) = match kind {
        DurationKind::Days => (n, "day"),
        DurationKind::Months if n % 12 == 0 && n != 0 => (n / 12, "year"),
        DurationKind::Months => (n, "month"),
        DurationKind::Minutes if n % 60 == 0 && n != 0 => (n / 60, "hour"),
        DurationKind::Minutes => (n, "minute"),
    };
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {unit}{plural}")
}

impl crate::data::ColumnType {
    /// The type of a column's values, apart from names and references.
    fn plain(&self) -> Type {
        use crate::data::ColumnType::*;
        match self {
            Text | Enum(_) | Reference(_) => Type::Text,
            YesNo => Type::YesNo,
            Integer => Type::Integer,
            Number => Type::Number,
            Percent => Type::Percent,
            Money(currency) => Type::Money(*currency),
            Date => Type::Date,
            DateTime => Type::DateTime,
            Time => Type::Time,
            Duration(kind) => Type::Duration(*kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ColumnType;

    #[test]
    fn values_read_as_they_are_written() {
        assert_eq!(percent(50_000_000), "5%");
        assert_eq!(percent(-1_255_000_000), "-125.5%");
        assert_eq!(percent(i128::MIN).len(), "-.%".len() + 32 + 7);
        assert_eq!(time(9 * 3_600), "09:00");
        assert_eq!(time(86_399), "23:59:59");
        assert_eq!(duration(1, DurationKind::Days), "1 day");
        assert_eq!(duration(24, DurationKind::Months), "2 years");
        assert_eq!(duration(90, DurationKind::Minutes), "90 minutes");
        assert_eq!(duration(0, DurationKind::Months), "0 months");
        let yen = Currency::from_code("JPY").unwrap();
        assert_eq!(money("2.5".parse().unwrap(), yen), "3 JPY");
        assert_eq!(
            amount(
                "-0.005".parse().unwrap(),
                Currency::from_code("CNY").unwrap()
            ),
            "-0.01"
        );
        assert_eq!(ColumnType::Money(yen).plain(), Type::Money(yen));
        let zone = Zone::new("America/New_York").unwrap();
        assert_eq!(datetime(500_000, &zone), "1969-12-31T19:00:00.5-05:00");
    }
}

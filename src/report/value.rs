//! Values as they leave: plain text, without the language's quotes and units.

use crate::schema::{Decimal, DurationKind, Rounding, Value};

/// A value as a cell of text. Money has its currency's digits and no code; a percentage keeps its sign; named
/// values are their names, of `enums` by set and place.
pub fn plain(value: &Value, enums: &[Vec<String>]) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::YesNo(true) => "yes".into(),
        Value::YesNo(false) => "no".into(),
        Value::Integer(n) => n.to_string(),
        Value::Number(d) => d.to_string(),
        Value::Percent(d) => format!("{}%", Decimal(d.0.saturating_mul(100))),
        Value::Money(d, currency) => {
            let digits = currency.digits();
            let rounded = d.round_digits(digits, Rounding::Nearest).unwrap_or(*d);
            rounded.to_string_min(digits)
        }
        Value::Date(day) => day.to_string(),
        Value::DateTime(micros) => jiff::Timestamp::from_microsecond(*micros)
            .map_or_else(|_| micros.to_string(), |t| t.to_string()),
        Value::Time(seconds) => time(*seconds),
        Value::Duration(kind, n) => format!("{n} {}", suffix(*kind, *n)),
        Value::Enum(set, place) => enums
            .get(set.index())
            .and_then(|names| names.get(*place as usize))
            .cloned()
            .unwrap_or_default(),
    }
}

/// The unit of a duration.
pub fn suffix(kind: DurationKind, n: i64) -> &'static str {
    match (kind, n == 1) {
        (DurationKind::Days, true) => "day",
        (DurationKind::Days, false) => "days",
        (DurationKind::Months, true) => "month",
        (DurationKind::Months, false) => "months",
        (DurationKind::Minutes, true) => "minute",
        (DurationKind::Minutes, false) => "minutes",
    }
}

/// `09:00`, with seconds where there are any.
fn time(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{rest:02}")
    }
}

/// A value in JSON: whole numbers and yes/no as themselves, everything else exact as a string.
pub(super) fn json(value: &Value, enums: &[Vec<String>]) -> serde_json::Value {
    match value {
        Value::YesNo(b) => (*b).into(),
        Value::Integer(n) => (*n).into(),
        other => plain(other, enums).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Currency;

    #[test]
    fn money_has_its_currencys_digits() {
        let amount: Decimal = "12.345".parse().unwrap();
        let text = |code| plain(&Value::Money(amount, Currency::from_code(code).unwrap()), &[]);
        assert_eq!(text("CNY"), "12.35");
        assert_eq!(text("JPY"), "12");
        assert_eq!(text("KWD"), "12.345");
    }

    #[test]
    fn numbers_stay_exact() {
        let d: Decimal = "0.05".parse().unwrap();
        assert_eq!(plain(&Value::Percent(d), &[]), "5%");
        assert_eq!(json(&Value::Number(d), &[]), serde_json::json!("0.05"));
        assert_eq!(plain(&Value::Time(32_400), &[]), "09:00");
    }
}

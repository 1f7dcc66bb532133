//! Values and actions as the language writes them.

use crate::engine::ActionRow;
use crate::hir::Program;
use crate::schema::{Decimal, Rounding, Value};

/// A value as it would be written in an expectation.
pub fn value(program: &Program, value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Money(_, currency) => format!("{} {currency}", value.plain().unwrap_or_default()),
        Value::DateTime(micros) => jiff::Timestamp::from_microsecond(*micros)
            .map_or_else(|_| micros.to_string(), |t| t.to_string()),
        Value::Enum(set, place) => program
            .enums
            .get(set.index())
            .and_then(|e| e.values.get(*place as usize))
            .cloned()
            .unwrap_or_default(),
        other => other.plain().unwrap_or_default(),
    }
}

/// A value, or that there is none.
pub fn maybe(program: &Program, of: Option<&Value>) -> String {
    of.map_or_else(|| "missing".into(), |v| value(program, v))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '{' => out.push_str("\\{"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `grant_points(points: 500) to "c2"`; parameters that are missing are left out, and so is the target
/// where it is the subject.
pub fn action(program: &Program, row: &ActionRow<'_>) -> String {
    let parameters: Vec<String> = row
        .params
        .iter()
        .filter_map(|(name, _, v)| Some(format!("{name}: {}", value(program, v.as_ref()?))))
        .collect();
    let mut out = row.action.to_owned();
    if !parameters.is_empty() {
        out.push_str(&format!("({})", parameters.join(", ")));
    }
    if row.target != row.subject {
        out.push_str(&format!(" to {}", quoted(&row.target)));
    }
    out
}

/// The same value, money in its minor unit, whole numbers whatever their type.
pub fn agree(expected: &Value, came: &Value) -> bool {
    match (expected, came) {
        (Value::Money(a, c), Value::Money(b, d)) => {
            let round = |x: &Decimal| x.round_digits(c.digits(), Rounding::Nearest);
            c == d && round(a) == round(b)
        }
        (Value::Integer(n), Value::Number(d)) | (Value::Number(d), Value::Integer(n)) => {
            Decimal::from_int(*n) == *d
        }
        // Languages put no-break spaces before units, which nobody types.
        (Value::Text(a), Value::Text(b)) => {
            let plain = |c: char| {
                if matches!(c, '\u{a0}' | '\u{202f}') {
                    ' '
                } else {
                    c
                }
            };
            a.chars().map(plain).eq(b.chars().map(plain))
        }
        _ => expected == came,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Currency;

    #[test]
    fn money_agrees_in_its_minor_unit() {
        let cny = Currency::from_code("CNY").unwrap();
        let money = |s: &str| Value::Money(s.parse().unwrap(), cny);
        assert!(agree(&money("0.33"), &money("0.333333333")));
        assert!(!agree(&money("0.34"), &money("0.333333333")));
        assert!(agree(
            &Value::Integer(3),
            &Value::Number("3".parse().unwrap())
        ));
    }

    #[test]
    fn texts_are_quoted_as_the_language_does() {
        assert_eq!(quoted("a \"b\" {c}\n"), r#""a \"b\" \{c}\n""#);
    }
}

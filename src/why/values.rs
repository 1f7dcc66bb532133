//! Values in sentences: exact, thousands apart, named values by their names.

use super::Teller;
use crate::schema::{Decimal, DurationKind, Value};

/// What stands for the value of a personal field.
pub const PERSONAL: &str = "(personal)";

impl Teller<'_, '_> {
    /// A value as a sentence says it; what is personal stays unsaid unless it was asked for.
    pub(super) fn shown(&self, value: Option<&Value>, personal: bool) -> String {
        match value {
            None => "missing".into(),
            Some(_) if personal && !self.personal => PERSONAL.into(),
            Some(value) => self.written(value),
        }
    }

    pub(super) fn written(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => format!("\"{}\"", visible(text)),
            Value::Integer(n) => grouped(&n.to_string()),
            Value::Number(d) => grouped(&d.to_string()),
            Value::Money(d, currency) => money(*d, currency.digits(), &currency.to_string()),
            Value::Enum(set, place) => {
                let names = self.plan().enums.get(set.index());
                let name = names.and_then(|names| names.get(*place as usize));
                name.cloned().unwrap_or_default()
            }
            Value::DateTime(_) => self.texts.plain(value),
            Value::Duration(kind, n) => duration(*n, *kind),
            other => other.plain().unwrap_or_default(),
        }
    }

    /// A reference's key stands without quotes.
    pub(super) fn key_shown(&self, value: Option<&Value>, personal: bool) -> String {
        match value {
            Some(Value::Text(key)) if !personal || self.personal => visible(key),
            other => self.shown(other, personal),
        }
    }
}

/// `12 days`, `1 month`
pub(super) fn duration(n: i64, kind: DurationKind) -> String {
    let (n, unit) = match kind {
        DurationKind::Days => (n, "day"),
        DurationKind::Months => (n, "month"),
        DurationKind::Minutes if n % 60 == 0 => (n / 60, "hour"),
        DurationKind::Minutes => (n, "minute"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// Exact, with the currency's digits at least: a threshold that is missed by a hair must not look met.
pub(super) fn money(amount: Decimal, digits: u32, code: &str) -> String {
    format!("{} {code}", grouped(&amount.to_string_min(digits)))
}

/// `12,345.67`
fn grouped(number: &str) -> String {
    let (sign, rest) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// On one line, without characters that would move the cursor.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The longest text of a condition that is shown.
const LONGEST: usize = 120;

/// What the rules say at a place: on one line, without comments, shortened.
pub(super) fn one_line(source: &str) -> String {
    let lines = source.lines().map(without_comment);
    let text = lines
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ");
    let text = text
        .replace("( ", "(")
        .replace(", )", ")")
        .replace(" )", ")");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut short: String = text.chars().take(LONGEST - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (i, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => return &line[..i],
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped("-1234567.891"), "-1,234,567.891");
        assert_eq!(grouped("999"), "999");
        assert_eq!(money("1234.5".parse().unwrap(), 2, "CNY"), "1,234.50 CNY");
        assert_eq!(money("999.999".parse().unwrap(), 2, "CNY"), "999.999 CNY");
    }

    #[test]
    fn conditions_stand_on_one_line() {
        let source = "all of (\n  a, # not \"this\n  b = \"# 1\",\n)";
        assert_eq!(one_line(source), "all of (a, b = \"# 1\")");
        assert_eq!(one_line(&"x".repeat(200)).chars().count(), LONGEST);
    }
}

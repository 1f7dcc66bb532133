//! Values as they leave: plain text, without the language's quotes and units.

use crate::plan::Plan;
use crate::schema::{Type, Value};
use jiff::tz::TimeZone;

/// How the values of one plan are written.
#[derive(Debug, Clone)]
pub struct Texts<'p> {
    enums: &'p [Vec<String>],
    zone: TimeZone,
}

impl<'p> Texts<'p> {
    pub fn new(plan: &'p Plan) -> Texts<'p> {
        Texts {
            enums: &plan.enums,
            zone: TimeZone::get(&plan.zone).unwrap_or(TimeZone::UTC),
        }
    }

    /// The workspace's.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A value as a cell of text. Money has its currency's digits and no code; a percentage keeps its sign.
    pub fn plain(&self, value: &Value) -> String {
        match value {
            Value::DateTime(micros) => self.instant(*micros),
            Value::Enum(set, place) => self
                .enums
                .get(set.index())
                .and_then(|names| names.get(*place as usize))
                .cloned()
                .unwrap_or_default(),
            other => other.plain().unwrap_or_default(),
        }
    }

    /// Whole numbers and yes/no as themselves, everything else exact as a string.
    pub fn json(&self, value: &Value) -> serde_json::Value {
        match value {
            Value::YesNo(b) => (*b).into(),
            Value::Integer(n) => (*n).into(),
            other => self.plain(other).into(),
        }
    }

    /// The parameters of an action as a JSON object, in their order; missing ones are null.
    pub fn params(&self, params: &[(&str, Type, Option<Value>)]) -> String {
        let mut text = Vec::with_capacity(64);
        text.push(b'{');
        for (i, (name, _, value)) in params.iter().enumerate() {
            if i > 0 {
                text.push(b',');
            }
            push_json(&mut text, name);
            text.push(b':');
            match value {
                None => text.extend_from_slice(b"null"),
                Some(Value::Text(t)) => push_json(&mut text, t),
                Some(value) => push_json(&mut text, &self.json(value)),
            }
        }
        text.push(b'}');
        // INVARIANT: JSON of texts is UTF-8.
        String::from_utf8(text).unwrap_or_default()
    }

    /// RFC 3339 with the offset of the workspace's zone.
    fn instant(&self, micros: i64) -> String {
        let Ok(at) = jiff::Timestamp::from_microsecond(micros) else {
            return micros.to_string();
        };
        at.display_with_offset(self.zone.to_offset(at)).to_string()
    }
}

fn push_json(text: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    // INVARIANT: writing into memory does not fail, nor does JSON of texts and numbers.
    let _ = serde_json::to_writer(text, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Currency, Decimal};

    fn texts() -> Texts<'static> {
        Texts {
            enums: &[],
            zone: TimeZone::fixed(jiff::tz::offset(8)),
        }
    }

    #[test]
    fn money_has_its_currencys_digits() {
        let amount: Decimal = "12.345".parse().unwrap();
        let text = |code| texts().plain(&Value::Money(amount, Currency::from_code(code).unwrap()));
        assert_eq!(text("CNY"), "12.35");
        assert_eq!(text("JPY"), "12");
        assert_eq!(text("KWD"), "12.345");
    }

    #[test]
    fn numbers_stay_exact() {
        let d: Decimal = "0.05".parse().unwrap();
        assert_eq!(texts().plain(&Value::Percent(d)), "5%");
        assert_eq!(texts().json(&Value::Number(d)), serde_json::json!("0.05"));
        assert_eq!(texts().plain(&Value::Time(32_400)), "09:00");
    }

    #[test]
    fn instants_show_the_workspaces_offset() {
        assert_eq!(
            texts().plain(&Value::DateTime(0)),
            "1970-01-01T08:00:00+08:00"
        );
    }
}

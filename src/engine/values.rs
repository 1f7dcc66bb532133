//! Single values out of vectors, where they leave the engine.

use super::evaluate::Evaluator;
use crate::schema::{Day, Decimal, Rounding, Type, Value};
use crate::vector::{Values, Vector};

/// The value of one row of a batch; `None` where it is missing. A reference is its key, as text.
pub fn value_at(
    evaluator: &Evaluator<'_>,
    vector: &Vector<'_>,
    ty: Type,
    row: usize,
) -> Option<Value> {
    if !vector.is_valid(row) {
        return None;
    }
    let place = vector.place(row);
    Some(match (&vector.values, ty) {
        (Values::YesNo(v), _) => Value::YesNo(v[place]),
        (Values::Integer(v), _) => Value::Integer(v[place]),
        (Values::Decimal(v), Type::Money(currency)) => Value::Money(Decimal(v[place]), currency),
        (Values::Decimal(v), Type::Percent) => Value::Percent(Decimal(v[place])),
        (Values::Decimal(v), _) => Value::Number(Decimal(v[place])),
        (Values::Date(v), _) => Value::Date(Day(v[place])),
        (Values::DateTime(v), _) => Value::DateTime(v[place]),
        (Values::Time(v), _) => Value::Time(v[place]),
        (Values::Duration(v), Type::Duration(kind)) => Value::Duration(kind, v[place]),
        (Values::Duration(v), _) => Value::Integer(v[place]),
        (Values::Text(v), _) => Value::Text(v[place].as_ref().into()),
        (Values::Enum(v), Type::Enum(set)) => Value::Enum(set, v[place]),
        (Values::Enum(v), _) => Value::Integer(v[place].into()),
        (Values::Reference(v), Type::Reference(record)) => {
            Value::Text(evaluator.data().key_text(record.index(), v[place]).into())
        }
        (Values::Reference(v), _) => Value::Integer(v[place].into()),
    })
}

/// The same, with money in its minor unit: how values leave the language.
pub fn leaving_at(
    evaluator: &Evaluator<'_>,
    vector: &Vector<'_>,
    ty: Type,
    row: usize,
) -> Option<Value> {
    let value = value_at(evaluator, vector, ty, row)?;
    Some(match value {
        Value::Money(amount, currency) => {
            let rounded = amount.round_digits(currency.digits(), Rounding::Nearest);
            Value::Money(rounded.unwrap_or(amount), currency)
        }
        other => other,
    })
}

/// A value as part of an idempotency key; missing is empty.
pub(super) fn canonical(
    evaluator: &Evaluator<'_>,
    vector: &Vector<'_>,
    ty: Type,
    row: usize,
) -> String {
    match value_at(evaluator, vector, ty, row) {
        None => String::new(),
        Some(Value::Text(t)) => t.to_string(),
        Some(Value::YesNo(b)) => if b { "yes" } else { "no" }.to_string(),
        Some(Value::Integer(n)) => n.to_string(),
        Some(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => d.to_string(),
        Some(Value::Date(d)) => d.to_string(),
        Some(Value::DateTime(micros)) => micros.to_string(),
        Some(Value::Time(seconds)) => seconds.to_string(),
        Some(Value::Duration(_, n)) => n.to_string(),
        Some(Value::Enum(set, place)) => {
            evaluator.plan().enums[set.index()][place as usize].clone()
        }
    }
}

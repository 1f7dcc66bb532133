//! A sample as a marketer would give it to a test.

use super::DraftRow;
use crate::hir::Program;
use crate::schema::{Day, FieldId, Type, Value};

/// `today is …` and a `given` for each row, with the fields that matter; rows alike are counted.
pub fn written(program: &Program, today: Day, rows: &[DraftRow]) -> String {
    let mut lines = vec![format!("today is {today}")];
    let mut like: Vec<(String, usize)> = Vec::new();
    for row in rows {
        let text = one(program, row);
        match like.last_mut() {
            Some((last, n)) if *last == text => *n += 1,
            _ => like.push((text, 1)),
        }
    }
    lines.extend(like.into_iter().map(|(text, n)| match n {
        1 => text,
        n => format!("{text} {n} times"),
    }));
    lines.join(", ")
}

fn one(program: &Program, row: &DraftRow) -> String {
    let record = program.record(row.record);
    let key = |f: &FieldId| record.key.contains(f);
    let reference = |f: &FieldId| {
        matches!(
            record.fields[f.index()].ty,
            crate::hir::FieldType::Value(Type::Reference(_))
        )
    };
    let parts: Vec<String> = row
        .shown
        .iter()
        .filter(|f| !key(f) && !reference(f))
        .filter_map(|f| {
            let value = row.values.get(f)?;
            let name = &record.fields[f.index()].name;
            Some(match value {
                Some(value) => format!("{name}: {}", literal(program, value)),
                None => format!("no {name}"),
            })
        })
        .collect();
    match parts.is_empty() {
        true => format!("a {}", record.name),
        false => format!("{} {{ {} }}", record.name, parts.join(", ")),
    }
}

/// A value as it is written in a program.
pub fn literal(program: &Program, value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::Money(amount, currency) => format!("{amount} {}", currency.code()),
        Value::Enum(set, place) => program.enum_type(*set).values[*place as usize].clone(),
        Value::DateTime(micros) => {
            let day = micros.div_euclid(crate::schema::DAY_MICROS);
            let seconds = micros.rem_euclid(crate::schema::DAY_MICROS) / 1_000_000;
            let day = Day(i32::try_from(day).unwrap_or_default());
            format!("{day}T{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60)
        }
        other => other.plain().unwrap_or_default(),
    }
}

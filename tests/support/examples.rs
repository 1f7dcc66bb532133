//! The example of a finding, read back: `today is 2026-06-15, customer { visits: 4, no city }, purchase { … } 2 times`.
//! What is not said is as usual: `no`, 0, a month ago, the first of the named values, the first row there is.

use guanxi::hir::{FieldType, Given, Program};
use guanxi::schema::{Day, Decimal, FieldId, ONE, RecordId, Type, Value};

pub fn read(program: &Program, text: &str) -> (Day, Vec<Given>) {
    let text = text.strip_prefix("today is ").expect("a day");
    let today = Day::parse_iso(&text.as_bytes()[..10]).expect("a day");
    let mut rest = text[10..].trim_start_matches(", ");
    let mut given: Vec<Given> = Vec::new();
    while !rest.is_empty() {
        let (record, fields, after) = one(rest);
        let id = program.record_named(record).expect("a record");
        let (times, after) = match after.strip_prefix(' ').and_then(|a| a.split_once(" times")) {
            Some((n, after)) if n.parse::<usize>().is_ok() => (n.parse().expect("a count"), after),
            _ => (1, after),
        };
        for _ in 0..times {
            let place = given.len();
            given.push(row(program, id, place, &fields, today));
        }
        rest = after.trim_start_matches(", ");
    }
    // References: friends are other customers of the example, the rows of a customer are of the first.
    for place in 0..given.len() {
        let record = program.record(given[place].record);
        for (f, field) in record.fields.iter().enumerate() {
            let FieldType::Value(Type::Reference(to)) = field.ty else {
                continue;
            };
            let first = given.iter().position(|g| g.record == to);
            let other = given.iter().rposition(|g| g.record == to);
            let wanted = match field.optional {
                true => other.filter(|o| *o != place && given[place].record == to),
                false => first,
            };
            given[place].values[f] = wanted.map(|p| Value::Text(format!("k{p}").into()));
        }
    }
    (today, given)
}

/// A record, its `name: value` parts, and what follows.
fn one(text: &str) -> (&str, Vec<&str>, &str) {
    if let Some(after) = text.strip_prefix("a ") {
        let end = after.find([',', ' ']).unwrap_or(after.len());
        return (&after[..end], Vec::new(), &after[end..]);
    }
    let (record, body) = text.split_once(" { ").expect("a record");
    let (body, after) = body.split_once(" }").expect("its end");
    (record, body.split(", ").collect(), after)
}

fn row(program: &Program, id: RecordId, place: usize, said: &[&str], today: Day) -> Given {
    let record = program.record(id);
    let values = record.fields.iter().enumerate().map(|(f, field)| {
        let FieldType::Value(ty) = field.ty else {
            return None;
        };
        if record.key.contains(&FieldId(f as u32)) {
            return Some(Value::Text(format!("k{place}").into()));
        }
        let value = said
            .iter()
            .find_map(|s| s.strip_prefix(&format!("{}: ", field.name)));
        match value {
            Some(value) => Some(literal(program, ty, value)),
            None if said.contains(&format!("no {}", field.name).as_str()) => None,
            None => field
                .default
                .clone()
                .or_else(|| usual(ty, field.optional, &field.name, today)),
        }
    });
    Given {
        span: record.span,
        record: id,
        values: values.collect(),
    }
}

fn usual(ty: Type, optional: bool, name: &str, today: Day) -> Option<Value> {
    if optional {
        return None;
    }
    Some(match ty {
        Type::Text => Value::Text(name.into()),
        Type::YesNo => Value::YesNo(false),
        Type::Integer => Value::Integer(0),
        Type::Number => Value::Number(Decimal(0)),
        Type::Percent => Value::Percent(Decimal(0)),
        Type::Money(c) => Value::Money(Decimal(0), c),
        Type::Date => Value::Date(Day(today.0 - 30)),
        Type::Enum(id) => Value::Enum(id, 0),
        _ => return None,
    })
}

fn decimal(text: &str) -> Decimal {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i128 = whole.parse().expect("a number");
    let part: i128 = format!("{part:0<9}").parse().expect("a number");
    Decimal(whole * ONE + sign * part)
}

fn literal(program: &Program, ty: Type, text: &str) -> Value {
    match ty {
        Type::Text => Value::Text(text.trim_matches('"').into()),
        Type::YesNo => Value::YesNo(text == "yes"),
        Type::Integer => Value::Integer(text.parse().expect("a number")),
        Type::Number => Value::Number(decimal(text)),
        Type::Percent => Value::Percent(Decimal(decimal(text.trim_end_matches('%')).0 / 100)),
        Type::Money(c) => Value::Money(decimal(text.split(' ').next().expect("a number")), c),
        Type::Date => Value::Date(Day::parse_iso(text.as_bytes()).expect("a day")),
        Type::DateTime => {
            let day = Day::parse_iso(&text.as_bytes()[..10]).expect("a day");
            let hours: i64 = text[11..13].parse().expect("hours");
            let minutes: i64 = text[14..16].parse().expect("minutes");
            let micros = (hours * 60 + minutes) * 60_000_000;
            Value::DateTime(i64::from(day.0) * 86_400_000_000 + micros)
        }
        Type::Enum(id) => {
            let place = program.enum_type(id).values.iter().position(|v| v == text);
            Value::Enum(id, place.expect("a named value") as u32)
        }
        other => panic!("{other:?} in an example"),
    }
}

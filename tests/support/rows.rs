//! Rows by chance for the records of `conditions.rs`: of few different values, so that limits are met.

use crate::conditions::Random;
use guanxi::hir::{FieldType, Given, Program};
use guanxi::schema::{Day, Decimal, FieldId, ONE, RecordId, Type, Value};

pub const CUSTOMER: RecordId = RecordId(0);
pub const PURCHASE: RecordId = RecordId(1);
pub const CUSTOMERS: usize = 40;

/// Rows of few different values, so that limits are met.
pub fn rows(program: &Program, random: &mut Random, today: i32) -> Vec<Given> {
    let mut out = Vec::new();
    let mut add = |record: RecordId, random: &mut Random, n: usize| {
        let declared = program.record(record);
        let values = (0..declared.fields.len())
            .map(|f| {
                let field = program.field(record, FieldId(f as u32));
                if field.optional && random.one_in(4) {
                    return None;
                }
                value(random, &field.ty, &field.name, n, today)
            })
            .collect();
        out.push(Given {
            span: declared.span,
            record,
            values,
        });
    };
    for n in 0..CUSTOMERS {
        add(CUSTOMER, random, n);
    }
    for n in 0..CUSTOMERS * 3 {
        add(PURCHASE, random, n);
    }
    out
}

fn value(random: &mut Random, ty: &FieldType, name: &str, n: usize, today: i32) -> Option<Value> {
    let FieldType::Value(ty) = ty else {
        return None;
    };
    let near = |random: &mut Random| {
        let spread = [3, 40, 400, 4_000][random.below(4)];
        today + random.below(spread * 2) as i32 - spread as i32
    };
    Some(match ty {
        Type::Text if name == "id" => Value::Text(format!("k{n}").into()),
        Type::Text => Value::Text(["p", "q", "r"][random.below(3)].into()),
        Type::YesNo => Value::YesNo(random.one_in(2)),
        Type::Integer => Value::Integer(random.below(14) as i64 - 2),
        Type::Number => Value::Number(Decimal(random.below(24) as i128 * ONE / 2)),
        Type::Percent => Value::Percent(Decimal(random.below(12) as i128 * ONE / 100)),
        Type::Money(c) => Value::Money(Decimal(random.below(12) as i128 * ONE), *c),
        Type::Date => Value::Date(Day(near(random))),
        Type::DateTime => Value::DateTime(
            i64::from(near(random)) * 86_400_000_000 + random.below(86_400) as i64 * 1_000_000,
        ),
        Type::Enum(id) => Value::Enum(*id, random.below(3).min(2) as u32),
        Type::Reference(_) => Value::Text(format!("k{}", random.below(CUSTOMERS)).into()),
        _ => return None,
    })
}

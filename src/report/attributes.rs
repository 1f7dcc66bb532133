//! What is known of each row of a record, as a table.

use super::table::{Align, TextTable};
use crate::data::{OutputCell, OutputColumn, OutputKind};
use crate::engine::Texts;
use crate::plan::{Attribute, Plan};
use crate::schema::{Type, Value};

/// The attributes that are shown: personal ones are not.
fn shown(plan: &Plan) -> impl Iterator<Item = (usize, &Attribute)> {
    plan.attributes
        .iter()
        .enumerate()
        .filter(|(_, a)| !a.personal)
}

/// One column for each attribute that is shown.
pub fn attribute_columns(plan: &Plan, texts: &Texts<'_>) -> Vec<OutputColumn> {
    shown(plan)
        .map(|(_, attribute)| OutputColumn {
            name: attribute.name.clone(),
            kind: match attribute.ty {
                Type::YesNo => OutputKind::YesNo,
                Type::Integer => OutputKind::Integer,
                Type::Number | Type::Percent => OutputKind::Decimal { digits: 0 },
                Type::Money(currency) => OutputKind::Decimal {
                    digits: currency.digits(),
                },
                Type::Date => OutputKind::Date,
                Type::DateTime => OutputKind::DateTime(texts.zone().clone()),
                _ => OutputKind::Text,
            },
        })
        .collect()
}

/// Calls `sink` with the cells of one row; `values` are those of all of the plan's attributes.
pub fn with_attribute_cells<R>(
    plan: &Plan,
    texts: &Texts<'_>,
    values: &[Option<Value>],
    sink: impl FnOnce(&[OutputCell<'_>]) -> R,
) -> R {
    let plain: Vec<Option<String>> = shown(plan)
        .map(|(i, _)| values.get(i)?.as_ref().map(|v| texts.plain(v)))
        .collect();
    let cells: Vec<OutputCell<'_>> = shown(plan)
        .zip(&plain)
        .map(
            |((i, _), text)| match (values.get(i).and_then(Option::as_ref), text) {
                (Some(Value::YesNo(b)), _) => OutputCell::YesNo(*b),
                (Some(Value::Integer(n)), _) => OutputCell::Integer(*n),
                (Some(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)), _) => {
                    OutputCell::Decimal(*d)
                }
                (Some(Value::Date(d)), _) => OutputCell::Date(*d),
                (Some(Value::DateTime(t)), _) => OutputCell::DateTime(*t),
                (Some(_), Some(text)) => OutputCell::Text(text),
                _ => OutputCell::Missing,
            },
        )
        .collect();
    sink(&cells)
}

/// Rows as text in columns; what is missing is left blank.
pub fn attribute_text_table(
    plan: &Plan,
    texts: &Texts<'_>,
    rows: &[Vec<Option<Value>>],
) -> TextTable {
    let headers: Vec<(&str, Align)> = shown(plan)
        .map(|(_, a)| {
            let number = matches!(
                a.ty,
                Type::Integer | Type::Number | Type::Percent | Type::Money(_)
            );
            (
                a.name.as_str(),
                if number { Align::Right } else { Align::Left },
            )
        })
        .collect();
    let mut table = TextTable::new(&headers);
    for values in rows {
        let cell = |i: usize| values.get(i)?.as_ref().map(|v| texts.plain(v));
        table.push(
            shown(plan)
                .map(|(i, _)| cell(i).unwrap_or_default())
                .collect(),
        );
    }
    table
}

//! Tables, and their values in words.

use super::claims::Claims;
use crate::hir::{Attribute, AttributeKind, Program, Table};
use crate::schema::Value;
use crate::solver::literal;

/// Every table.
pub fn tables(program: &Program) -> impl Iterator<Item = (&Attribute, &Table)> {
    program.attributes.iter().filter_map(|a| match &a.kind {
        AttributeKind::Table(table) => Some((a, table)),
        _ => None,
    })
}

/// `` `visits` 15 and `city` "Paris" ``, as the columns are written.
pub fn columns_of(claims: &Claims<'_>, table: &Table, values: &[Option<Value>]) -> String {
    let parts: Vec<String> = table
        .by
        .iter()
        .zip(values)
        .map(|(column, value)| {
            let value = match value {
                Some(value) => literal(claims.program, value),
                None => "missing".into(),
            };
            format!("`{}` {value}", claims.text(column.span))
        })
        .collect();
    parts.join(" and ")
}

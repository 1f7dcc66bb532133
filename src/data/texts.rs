//! Columns from texts that are not a file's cells.

use super::builder::ColumnBuilder;
use super::cell::CellType;
use super::instant::Clock;
use super::{Column, ColumnType};

/// A column of a type other than a reference, of values written as in CSV; what cannot be read is missing.
pub fn column_of_texts<'t>(
    ty: &ColumnType,
    zone: &jiff::tz::TimeZone,
    texts: impl Iterator<Item = Option<&'t str>>,
) -> Column {
    let clock = Clock::new(zone.clone());
    let cell = CellType {
        ty,
        format: None,
        clock: &clock,
    };
    let mut column = ColumnBuilder::new(ty);
    for text in texts {
        match text.map(|t| cell.parse(t)) {
            Some(Ok(value)) => column.push(value),
            _ => column.push_missing(),
        }
    }
    column.column.settle();
    column.column
}

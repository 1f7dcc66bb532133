//! Looking at loaded rows by their keys.

use super::cell::{Scalar, canonical, scaled};
use super::keys::push_part;
use super::{Column, ColumnType, ColumnValues, Dataset};
use crate::schema::Decimal;
use std::borrow::Cow;
use std::cmp::Ordering;

/// How many references a key may lead through.
const DEEPEST: u32 = 16;

impl Dataset {
    /// A row's key: for several parts joined by `/`, with `/` and `\` in them behind a `\`; empty for a
    /// table without key, and for one whose key nobody reads.
    pub fn key_text(&self, table: usize, row: u32) -> Cow<'_, str> {
        self.key_text_within(table, row, DEEPEST)
    }

    fn key_text_within(&self, table: usize, row: u32, depth: u32) -> Cow<'_, str> {
        let of = &self.tables[table];
        let mut text = String::new();
        for (i, &k) in of.key.iter().enumerate() {
            if of.columns[k].values.len() < of.rows {
                // A key that nobody reads.
                return Cow::Owned(text);
            }
            let part = self.part_text(table, k, row, depth);
            if of.key.len() == 1 {
                return part;
            }
            push_part(&mut text, &part, i == 0);
        }
        Cow::Owned(text)
    }

    fn part_text(&self, table: usize, column: usize, row: u32, depth: u32) -> Cow<'_, str> {
        let of = &self.tables[table];
        match (&of.columns[column].values, &of.types[column]) {
            (ColumnValues::Reference(rows), ColumnType::Reference(target)) => match depth {
                0 => Cow::Borrowed(""),
                _ => self.key_text_within(*target, rows[row as usize], depth - 1),
            },
            (_, ty) => value_text(&of.columns[column], ty, row as usize),
        }
    }

    /// A cell as it is written in keys and messages; `None` where the value is missing.
    pub fn cell_text(&self, table: usize, column: usize, row: u32) -> Option<String> {
        let there = self.tables[table].columns[column].is_valid(row as usize);
        there.then(|| self.part_text(table, column, row, DEEPEST).into_owned())
    }

    /// The order of two rows by their keys, part by part: numbers and dates by size, texts by their bytes,
    /// named values by their place.
    pub fn compare_keys(&self, table: usize, a: u32, b: u32) -> Ordering {
        self.compare_within(table, a, b, DEEPEST)
    }

    /// Whether these rows are in the order of their keys.
    pub fn are_by_key(&self, table: usize, rows: &[u32]) -> bool {
        let of = &self.tables[table];
        let key = match of.key[..] {
            [key] => Some(&of.columns[key].values),
            _ => None,
        };
        match key {
            Some(ColumnValues::Integer(v)) => rows.is_sorted_by_key(|r| v[*r as usize]),
            Some(ColumnValues::Text(t)) => rows.is_sorted_by_key(|r| t.get(*r as usize)),
            _ => rows.is_sorted_by(|a, b| self.compare_keys(table, *a, *b).is_le()),
        }
    }

    fn compare_within(&self, table: usize, a: u32, b: u32, depth: u32) -> Ordering {
        let of = &self.tables[table];
        let parts = of
            .key
            .iter()
            .map(|&k| match (&of.columns[k].values, &of.types[k]) {
                (ColumnValues::Reference(rows), ColumnType::Reference(target)) if depth > 0 => {
                    self.compare_within(*target, rows[a as usize], rows[b as usize], depth - 1)
                }
                (values, _) => compare_values(values, a as usize, b as usize),
            });
        parts
            .into_iter()
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The row with this key, as [`Dataset::key_text`] writes it. Looks at every row.
    pub fn find(&self, table: usize, key: &str) -> Option<u32> {
        (0..self.tables[table].rows as u32).find(|row| self.key_text(table, *row) == key)
    }
}

/// The order of two values of one column that are there.
pub(super) fn compare_values(values: &ColumnValues, a: usize, b: usize) -> Ordering {
    match values {
        ColumnValues::YesNo(v) => v[a].cmp(&v[b]),
        ColumnValues::Integer(v) | ColumnValues::DateTime(v) | ColumnValues::Duration(v) => {
            v[a].cmp(&v[b])
        }
        ColumnValues::Decimal { values: v, .. } => v[a].cmp(&v[b]),
        ColumnValues::WideDecimal(v) => v[a].cmp(&v[b]),
        ColumnValues::Date(v) => v[a].cmp(&v[b]),
        ColumnValues::Time(v) | ColumnValues::Enum(v) | ColumnValues::Reference(v) => {
            v[a].cmp(&v[b])
        }
        ColumnValues::Text(t) => t.get(a).cmp(t.get(b)),
    }
}

/// A value that is there, as it is written in keys and messages; of a reference: nothing.
pub(super) fn value_text<'c>(column: &'c Column, ty: &'c ColumnType, row: usize) -> Cow<'c, str> {
    let value = match &column.values {
        ColumnValues::YesNo(v) => Scalar::YesNo(v[row]),
        ColumnValues::Integer(v) => Scalar::Integer(v[row]),
        ColumnValues::Decimal { scale, values } => Scalar::Decimal {
            units: values[row] as i128,
            scale: *scale,
        },
        ColumnValues::WideDecimal(v) => scaled(Decimal(v[row])),
        ColumnValues::Date(v) => Scalar::Date(v[row]),
        ColumnValues::DateTime(v) => Scalar::DateTime(v[row]),
        ColumnValues::Time(v) => Scalar::Time(v[row]),
        ColumnValues::Duration(v) => Scalar::Duration(v[row]),
        ColumnValues::Text(t) => Scalar::Text(t.get(row)),
        ColumnValues::Enum(v) => Scalar::Enum(v[row]),
        ColumnValues::Reference(_) => return Cow::Borrowed(""),
    };
    canonical(value, ty)
}

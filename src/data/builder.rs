//! Columns in the making: values are pushed one by one, blocks are appended.

use super::cell::{Scalar, scaled_to};
use super::keys::{Key, Keys, NONE};
use super::{Column, ColumnType, ColumnValues, TextColumn};

/// A column in the making. References hold numbers of [`Keys`], [`NONE`] where the key was not known yet:
/// then it waits in `pending`, in the order of rows.
#[derive(Debug, Clone)]
pub(super) struct ColumnBuilder {
    pub column: Column,
    pub pending: Vec<(u32, PendingKey)>,
}

#[derive(Debug, Clone)]
pub(super) enum PendingKey {
    Text(Box<str>),
    Integer(i64),
}

impl PendingKey {
    pub fn key(&self) -> Key<'_> {
        match self {
            PendingKey::Text(t) => Key::Text(t),
            PendingKey::Integer(n) => Key::Integer(*n),
        }
    }
}

impl ColumnBuilder {
    pub fn new(ty: &ColumnType) -> ColumnBuilder {
        ColumnBuilder {
            column: Column {
                values: empty(ty),
                valid: None,
            },
            pending: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.column.values.len()
    }

    /// Appends a value of the column's type. INVARIANT: the caller read it with that type.
    #[inline]
    pub fn push(&mut self, value: Scalar) {
        use ColumnValues as V;
        match (&mut self.column.values, value) {
            (V::YesNo(v), Scalar::YesNo(b)) => v.push(b),
            (V::Integer(v), Scalar::Integer(n)) => v.push(n),
            (V::Date(v), Scalar::Date(d)) => v.push(d),
            (V::DateTime(v), Scalar::DateTime(t)) => v.push(t),
            (V::Time(v), Scalar::Time(t)) => v.push(t),
            (V::Duration(v), Scalar::Duration(n)) => v.push(n),
            (V::Text(v), Scalar::Text(t)) => v.push(t),
            (V::Enum(v), Scalar::Enum(place)) => v.push(place),
            (
                values @ (V::Decimal { .. } | V::WideDecimal(_)),
                Scalar::Decimal { units, scale },
            ) => push_decimal(values, units, scale),
            (values, _) => {
                debug_assert!(false, "a value of another type");
                values.push_default();
            }
        }
        if let Some(valid) = &mut self.column.valid {
            valid.push(true);
        }
    }

    /// Appends a reference by its key.
    pub fn push_key(&mut self, key: Key, keys: &Keys) {
        let ColumnValues::Reference(codes) = &mut self.column.values else {
            return;
        };
        match keys.find(key) {
            Some(code) => codes.push(code),
            None => {
                let waiting = match key {
                    Key::Text(t) => PendingKey::Text(t.into()),
                    Key::Integer(n) => PendingKey::Integer(n),
                };
                self.pending.push((codes.len() as u32, waiting));
                codes.push(NONE);
            }
        }
        if let Some(valid) = &mut self.column.valid {
            valid.push(true);
        }
    }

    pub fn push_missing(&mut self) {
        let before = self.len();
        self.column.values.push_default();
        self.column
            .valid
            .get_or_insert_with(|| vec![true; before])
            .push(false);
    }

    /// Takes back what lies beyond `rows`.
    pub fn truncate(&mut self, rows: usize) {
        self.column.values.truncate(rows);
        if let Some(valid) = &mut self.column.valid {
            valid.truncate(rows);
        }
        while self
            .pending
            .last()
            .is_some_and(|(row, _)| *row as usize >= rows)
        {
            self.pending.pop();
        }
    }

    /// Appends a block, whose waiting keys are settled. INVARIANT: of the same type.
    pub fn append(&mut self, block: Column) {
        let (before, added) = (self.len(), block.values.len());
        self.column.values.append(block.values);
        match (&mut self.column.valid, block.valid) {
            (None, None) => {}
            (Some(valid), None) => valid.resize(before + added, true),
            (valid, Some(more)) => valid.get_or_insert_with(|| vec![true; before]).extend(more),
        }
    }
}

fn empty(ty: &ColumnType) -> ColumnValues {
    match ty {
        ColumnType::Text => ColumnValues::Text(TextColumn::new()),
        ColumnType::YesNo => ColumnValues::YesNo(Vec::new()),
        ColumnType::Integer => ColumnValues::Integer(Vec::new()),
        ColumnType::Number | ColumnType::Percent | ColumnType::Money(_) => ColumnValues::Decimal {
            scale: 0,
            values: Vec::new(),
        },
        ColumnType::Date => ColumnValues::Date(Vec::new()),
        ColumnType::DateTime => ColumnValues::DateTime(Vec::new()),
        ColumnType::Time => ColumnValues::Time(Vec::new()),
        ColumnType::Duration(_) => ColumnValues::Duration(Vec::new()),
        ColumnType::Enum(_) => ColumnValues::Enum(Vec::new()),
        ColumnType::Reference(_) => ColumnValues::Reference(Vec::new()),
    }
}

#[inline]
fn push_decimal(values: &mut ColumnValues, units: i128, scale: u8) {
    if let ColumnValues::Decimal {
        scale: held,
        values,
    } = values
        && *held >= scale
        && let Ok(units) = i64::try_from(units)
        && let Some(scaled) = units.checked_mul(10i64.pow((*held - scale) as u32))
    {
        values.push(scaled);
        return;
    }
    push_unlike_decimal(values, units, scale);
}

/// Raises the column's scale, or widens it.
#[cold]
fn push_unlike_decimal(values: &mut ColumnValues, units: i128, scale: u8) {
    values.raise_scale(scale);
    let units_at = |held| scaled_to(units, scale, held).and_then(|u| i64::try_from(u).ok());
    if let ColumnValues::Decimal {
        scale: held,
        values: v,
    } = values
    {
        if let Some(scaled) = units_at(*held) {
            v.push(scaled);
            return;
        }
        values.widen();
    }
    if let ColumnValues::WideDecimal(v) = values {
        // Whatever is let in fits in billionths.
        v.push(scaled_to(units, scale, 9).unwrap_or_default());
    }
}

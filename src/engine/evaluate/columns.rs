//! Computed columns: all rows of a table, by batches and with all cores.

use super::operands::reads_columns_from;
use super::{BATCH, EvalError, Evaluator, Frame};
use crate::data::{Column, ColumnValues, TextColumn};
use crate::plan::{ColumnDefinition, ColumnId, NodeId};
use crate::schema::{SCALE, Type};
use crate::vector::{Values, Vector};
use rayon::prelude::*;

impl Evaluator<'_> {
    /// The next of the plan's columns, and with an aggregate those after it that one pass over the same rows
    /// can give.
    pub(super) fn next_columns(
        &self,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Column>, EvalError> {
        let first = self.columns.len();
        let definitions = &self.plan.columns[first..];
        match &definitions[0] {
            ColumnDefinition::Expression { table, node } => {
                Ok(vec![self.expression(*table, *node, progress)?])
            }
            ColumnDefinition::Held { history, part } => {
                let rows = self.held(*history);
                // INVARIANT: levels are held before the first column that reads them.
                Ok(rows.map(|rows| rows.column(*part)).into_iter().collect())
            }
            ColumnDefinition::Aggregate { table, aggregate } => {
                let start = ColumnId(first as u32);
                let group: Vec<_> = definitions
                    .iter()
                    .map_while(|definition| match definition {
                        ColumnDefinition::Aggregate {
                            table: t,
                            aggregate: a,
                        } if (*t, a.table, a.by) == (*table, aggregate.table, aggregate.by)
                            && !reads_columns_from(self.plan, definition, start) =>
                        {
                            Some(a)
                        }
                        _ => None,
                    })
                    .collect();
                self.aggregates(*table, &group, progress)
            }
            ColumnDefinition::Total(aggregate) => Ok(vec![self.total(aggregate, progress)?]),
            ColumnDefinition::GroupTotal { aggregate, group } => {
                Ok(vec![self.group_total(aggregate, *group, progress)?])
            }
            ColumnDefinition::Scalar(node) => Ok(vec![self.scalar(*node)?]),
            ColumnDefinition::Ranking(ranking) => Ok(vec![self.ranking(ranking, progress)?]),
            ColumnDefinition::Loops { table, next } => Ok(vec![self.loops(*table, *next)?]),
        }
    }

    fn expression(
        &self,
        table: usize,
        node: NodeId,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Column, EvalError> {
        let rows = self.data.tables[table].rows;
        let mut column = Builder::new(self.plan.nodes.ty(node), rows);
        self.batches(
            rows,
            |start, len| {
                let vector = self.eval(node, &Frame::range(table, start, len))?;
                progress(len);
                Ok((vector, len))
            },
            |batches| {
                for (vector, len) in batches {
                    column.push(&vector, len);
                }
            },
        )?;
        Ok(column.finish())
    }

    /// The one value of a node that looks at no row.
    fn scalar(&self, node: NodeId) -> Result<Column, EvalError> {
        let value = self.eval(node, &Frame::nowhere())?;
        let mut column = Builder::new(self.plan.nodes.ty(node), 1);
        column.push(&value, 1);
        Ok(column.finish())
    }

    /// Evaluates all batches of so many rows, some at a time on all threads, and hands them on in order. The
    /// first batch that fails ends it.
    pub(super) fn batches<T: Send>(
        &self,
        rows: usize,
        evaluate: impl Fn(usize, usize) -> Result<T, EvalError> + Sync,
        mut absorb: impl FnMut(Vec<T>),
    ) -> Result<(), EvalError> {
        let at_once = BATCH * 4 * rayon::current_num_threads();
        for first in (0..rows).step_by(at_once) {
            let end = rows.min(first + at_once);
            let starts: Vec<usize> = (first..end).step_by(BATCH).collect();
            let results: Vec<Result<T, EvalError>> = starts
                .into_par_iter()
                .map(|start| evaluate(start, BATCH.min(end - start)))
                .collect();
            absorb(results.into_iter().collect::<Result<_, _>>()?);
        }
        Ok(())
    }
}

/// A column in the making.
pub struct Builder {
    values: ColumnValues,
    valid: Option<Vec<bool>>,
    len: usize,
}

impl Builder {
    /// For so many rows, to make room.
    pub fn new(ty: Type, rows: usize) -> Builder {
        let values = match ty {
            Type::Text | Type::Message => ColumnValues::Text(TextColumn::new()),
            Type::YesNo | Type::Unknown => ColumnValues::YesNo(Vec::with_capacity(rows)),
            Type::Integer => ColumnValues::Integer(Vec::with_capacity(rows)),
            Type::Number | Type::Percent | Type::Money(_) => {
                ColumnValues::WideDecimal(Vec::with_capacity(rows))
            }
            Type::Date => ColumnValues::Date(Vec::with_capacity(rows)),
            Type::DateTime => ColumnValues::DateTime(Vec::with_capacity(rows)),
            Type::Time => ColumnValues::Time(Vec::with_capacity(rows)),
            Type::Duration(_) => ColumnValues::Duration(Vec::with_capacity(rows)),
            Type::Enum(_) => ColumnValues::Enum(Vec::with_capacity(rows)),
            Type::Reference(_) => ColumnValues::Reference(Vec::with_capacity(rows)),
        };
        Builder {
            values,
            valid: None,
            len: 0,
        }
    }

    /// Appends the values of a batch of `rows` rows.
    pub fn push(&mut self, vector: &Vector<'_>, rows: usize) {
        macro_rules! append {
            ($($column:ident <- $kind:ident),*) => {
                match (&mut self.values, &vector.values) {
                    $((ColumnValues::$column(column), Values::$kind(v)) => extend(column, v, rows),)*
                    (ColumnValues::Text(column), Values::Text(v)) => {
                        for row in 0..rows {
                            column.push(&v[vector.place(row)]);
                        }
                    }
                    _ => unreachable!("checked: values of the column's type"),
                }
            };
        }
        append!(
            YesNo <- YesNo, Integer <- Integer, WideDecimal <- Decimal, Date <- Date,
            DateTime <- DateTime, Time <- Time, Duration <- Duration, Enum <- Enum,
            Reference <- Reference
        );
        match &vector.valid {
            Some(valid) => {
                let len = self.len;
                let column = self.valid.get_or_insert_with(|| vec![true; len]);
                extend(column, valid, rows);
            }
            None => {
                if let Some(column) = &mut self.valid {
                    column.resize(self.len + rows, true);
                }
            }
        }
        self.len += rows;
    }

    pub fn finish(self) -> Column {
        Column {
            values: narrowed(self.values),
            valid: self.valid,
        }
    }
}

fn extend<T: Copy>(column: &mut Vec<T>, values: &[T], rows: usize) {
    if values.len() == rows {
        column.extend_from_slice(values);
    } else {
        column.extend(std::iter::repeat_n(values[0], rows));
    }
}

/// Decimals as billionths of 64 bits where they suffice.
fn narrowed(values: ColumnValues) -> ColumnValues {
    let ColumnValues::WideDecimal(wide) = values else {
        return values;
    };
    let bits = wide.iter().fold(0, |bits, v| bits | (v ^ (v >> 127)));
    if bits > i64::MAX.into() {
        return ColumnValues::WideDecimal(wide);
    }
    ColumnValues::Decimal {
        scale: SCALE as u8,
        values: wide.iter().map(|v| *v as i64).collect(),
    }
}

/// A column of a vector's values, which has one for each row.
pub fn into_column(vector: Vector<'_>) -> Column {
    let values = match vector.values {
        Values::YesNo(v) => ColumnValues::YesNo(v.into_owned()),
        Values::Integer(v) => ColumnValues::Integer(v.into_owned()),
        Values::Decimal(v) => narrowed(ColumnValues::WideDecimal(v.into_owned())),
        Values::Date(v) => ColumnValues::Date(v.into_owned()),
        Values::DateTime(v) => ColumnValues::DateTime(v.into_owned()),
        Values::Time(v) => ColumnValues::Time(v.into_owned()),
        Values::Duration(v) => ColumnValues::Duration(v.into_owned()),
        Values::Enum(v) => ColumnValues::Enum(v.into_owned()),
        Values::Reference(v) => ColumnValues::Reference(v.into_owned()),
        Values::Text(texts) => {
            let mut column = TextColumn::new();
            texts.iter().for_each(|t| column.push(t));
            ColumnValues::Text(column)
        }
    };
    Column {
        values,
        valid: vector.valid.map(std::borrow::Cow::into_owned),
    }
}

/// Puts the rows of another column of the same type after these.
pub fn appended(column: &mut Column, more: Column) {
    let (rows, others) = (column.values.len(), more.values.len());
    column.values.append(more.values);
    if column.valid.is_none() && more.valid.is_none() {
        return;
    }
    let valid = column.valid.get_or_insert_with(|| vec![true; rows]);
    match more.valid {
        Some(more) => valid.extend(more),
        None => valid.resize(rows + others, true),
    }
}

//! From what was read and stays to the dataset: rows in their places, references to them.

use super::builder::ColumnBuilder;
use super::cell::{CellType, Scalar};
use super::chunk::TablePlan;
use super::dataset::compare_values;
use super::keys::{Key, KeyForm, Keys, NONE, OwnKeys};
use super::resolve::{Resolved, Work};
use super::table::LoadedTable;
use super::{Column, ColumnValues, Dataset, Table, TableSource};
use rayon::prelude::*;

impl Resolved {
    /// The dataset of the rows that stay.
    pub fn into_dataset(mut self, work: Work) -> Dataset {
        let are_rows = |(table, dead): (usize, &Vec<bool>)| {
            let whole = matches!(work.tables[table].own_keys, OwnKeys::Rows);
            whole && !dead.contains(&true) && !work.has_strays(table)
        };
        // Whose keys' numbers are its rows.
        let are_rows: Vec<bool> = self.dead.iter().enumerate().map(are_rows).collect();
        let Work {
            requests,
            forms,
            plans,
            mut tables,
            mut keys,
            ..
        } = work;
        for table in 0..tables.len() {
            // One without columns is read by nothing.
            let is_read = !requests[table].columns.is_empty();
            if let (true, TableSource::Distinct(_)) = (is_read, &requests[table].source) {
                self.fill_distinct(&plans[table], &forms[table], &mut tables[table], &mut keys);
            } else {
                self.drop_dead(table, &mut tables[table]);
            }
        }
        drop(keys);
        let row_of = &self.row_of;
        let finished = |(table, plan): (LoadedTable, &TablePlan)| {
            let columns = table
                .columns
                .into_par_iter()
                .zip(&plan.columns)
                .map(|(builder, of)| {
                    let mut column = builder.column;
                    if let Some((target, _)) = of.target
                        && !are_rows[target]
                    {
                        lead_to_rows(&mut column, &row_of[target]);
                    }
                    column.settle();
                    column
                });
            Table {
                rows: table.rows,
                columns: columns.collect(),
                key: plan.request.key.clone(),
                types: plan.request.columns.iter().map(|c| c.ty.clone()).collect(),
            }
        };
        Dataset {
            tables: tables.into_iter().zip(plans).map(finished).collect(),
        }
    }

    /// Keeps the rows that stay, and says where they are now.
    fn drop_dead(&mut self, table: usize, of: &mut LoadedTable) {
        if !self.dead[table].contains(&true) {
            return;
        }
        let mut kept = Vec::new();
        let mut now_at = vec![NONE; of.rows];
        for (row, dead) in self.dead[table].iter().enumerate() {
            if !dead {
                now_at[row] = kept.len() as u32;
                kept.push(row as u32);
            }
        }
        // A key that nobody reads has no values.
        let columns = of.columns.iter_mut().filter(|c| c.len() == of.rows);
        columns.for_each(|c| c.column.take(&kept));
        of.rows = kept.len();
        for row in self.row_of[table].iter_mut().filter(|r| **r != NONE) {
            *row = now_at[*row as usize];
        }
    }

    /// One row for each value, in the order of values.
    fn fill_distinct(
        &mut self,
        plan: &TablePlan,
        form: &KeyForm,
        of: &mut LoadedTable,
        keys: &mut [Keys],
    ) {
        let row_of = &mut self.row_of[plan.table];
        let codes: Vec<u32> = (0..row_of.len() as u32)
            .filter(|c| row_of[*c as usize] != NONE)
            .collect();
        let mut values = ColumnBuilder::new(&form.ty);
        for &code in &codes {
            push_key_value(
                &mut values,
                &plan.columns[0].cell,
                keys[plan.table].get(code),
            );
        }
        let mut order: Vec<u32> = (0..codes.len() as u32).collect();
        order.sort_by(|a, b| compare_values(&values.column.values, *a as usize, *b as usize));
        for (row, at) in order.iter().enumerate() {
            row_of[codes[*at as usize] as usize] = row as u32;
        }
        values.column.take(&order);
        if let Some((target, _)) = plan.columns[0].target {
            let number = |at: &u32| {
                let key = keys[plan.table].get(codes[*at as usize]);
                keys[target].find(key).unwrap_or(NONE)
            };
            values.column.values = ColumnValues::Reference(order.iter().map(number).collect());
        }
        of.rows = order.len();
        of.columns = vec![values];
    }
}

fn push_key_value(values: &mut ColumnBuilder, cell: &CellType, key: Key) {
    match key {
        Key::Integer(n) => values.push(Scalar::Integer(n)),
        Key::Text(text) => {
            // Keys are written canonically, not in the column's own format.
            let plain = CellType {
                format: None,
                ty: cell.ty,
                clock: cell.clock,
            };
            match plain.parse(text) {
                Ok(value) => values.push(value),
                Err(_) => values.push_missing(),
            }
        }
    }
}

/// From numbers of keys to rows; what leads nowhere is missing.
fn lead_to_rows(column: &mut Column, row_of: &[u32]) {
    let ColumnValues::Reference(codes) = &mut column.values else {
        return;
    };
    let rows = codes.len();
    for (row, code) in codes.iter_mut().enumerate() {
        let there = column.valid.as_ref().is_none_or(|v| v[row]);
        let to = row_of.get(*code as usize).copied().unwrap_or(NONE);
        if there && to != NONE {
            *code = to;
            continue;
        }
        *code = 0;
        if there {
            column.valid.get_or_insert_with(|| vec![true; rows])[row] = false;
        }
    }
}

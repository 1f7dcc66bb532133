//! What can only be said when all files are read: duplicate keys, references, distinct values.

use super::builder::ColumnBuilder;
use super::cell::{CellType, Scalar};
use super::chunk::TablePlan;
use super::dataset::{compare_values, value_text};
use super::fault::{Fault, Faults, FileName, Found};
use super::keys::{Key, KeyForm, Keys, NONE};
use super::problem::{REDACTED, shortened};
use super::table::LoadedTable;
use super::{Column, ColumnType, ColumnValues, Dataset, Table, TableRequest, TableSource};
use crate::schema::Day;
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A load under way.
pub(super) struct Work<'a> {
    pub requests: &'a [TableRequest],
    pub forms: &'a [KeyForm],
    pub plans: &'a [TablePlan<'a>],
    pub tables: Vec<LoadedTable>,
    /// For each table, the keys that its rows and references to it have.
    pub keys: Vec<Keys>,
    pub faults: Faults,
    pub names: Vec<FileName>,
    /// Tables that could not be read whole: nothing is said of references to them.
    pub unread: Vec<bool>,
    pub rejects: bool,
}

impl<'a> Work<'a> {
    pub fn new(
        requests: &'a [TableRequest],
        forms: &'a [KeyForm],
        plans: &'a [TablePlan<'a>],
        rejects: bool,
    ) -> Work<'a> {
        let is_target = |table: usize| {
            let refers = |c: &super::ColumnRequest| c.ty == ColumnType::Reference(table);
            matches!(requests[table].source, TableSource::Distinct(_))
                || requests.iter().any(|r| r.columns.iter().any(refers))
        };
        Work {
            requests,
            forms,
            plans,
            tables: plans
                .iter()
                .map(|p| LoadedTable::new(p, is_target(p.table)))
                .collect(),
            keys: forms.iter().map(|f| Keys::new(f.is_integer())).collect(),
            faults: Faults {
                keep_all: rejects,
                ..Faults::default()
            },
            names: Vec::new(),
            unread: vec![false; requests.len()],
            rejects,
        }
    }
}

/// Which rows stay, and where keys lead.
#[derive(Default)]
pub(super) struct Resolved {
    /// Rows that are set aside.
    dead: Vec<Vec<bool>>,
    /// For each table: the row of each key, [`NONE`] where there is none. Of a distinct table: 0 for each
    /// key that it has.
    row_of: Vec<Vec<u32>>,
}

/// Where a distinct table takes its values: the number of each row's key.
struct DistinctSource {
    table: usize,
    column: usize,
    /// `None`: the column holds them itself.
    codes: Option<Vec<u32>>,
}

/// Finds what is wrong between rows. With rejects, a row that refers to one that is set aside is set aside
/// too, until nothing changes; what stays does not depend on any order.
pub(super) fn resolve(work: &mut Work, today: Day, now: i64) -> Resolved {
    for table in 0..work.tables.len() {
        duplicates(work, table);
    }
    let mut dead: Vec<Vec<bool>> = work.tables.iter().map(|t| vec![false; t.rows]).collect();
    for (dead, table) in dead.iter_mut().zip(&work.tables) {
        table.bad.iter().for_each(|r| dead[*r as usize] = true);
    }
    let sources: Vec<Vec<DistinctSource>> = (0..work.tables.len())
        .map(|t| distinct_sources(work, t))
        .collect();
    let mut row_of: Vec<Vec<u32>> = (0..work.tables.len())
        .map(|t| rows_of_keys(work, t))
        .collect();
    let mut first = true;
    loop {
        for (table, sources) in sources.iter().enumerate() {
            if let TableSource::Distinct(_) = work.requests[table].source {
                row_of[table] = members(work, table, sources, &dead, (today, now));
            }
        }
        let mut changed = false;
        for table in 0..work.tables.len() {
            changed |= dangling(work, table, &row_of, &mut dead, first);
        }
        first = false;
        if !changed || !work.rejects {
            return Resolved { dead, row_of };
        }
    }
}

/// Marks every row whose key another row has too.
fn duplicates(work: &mut Work, table: usize) {
    let request = &work.requests[table];
    let of = &work.tables[table];
    if request.key.is_empty() {
        return;
    }
    let mut double = match &of.own_keys {
        Some(codes) => double_codes(codes, work.keys[table].len()),
        None => double_rows(of, &request.key),
    };
    double.sort_unstable();
    let personal = request
        .key
        .iter()
        .any(|k| work.plans[table].columns[*k].personal);
    for &row in &double {
        let value = if personal {
            REDACTED.to_string()
        } else {
            shortened(&key_text(work, table, row))
        };
        let (file, line) = work.tables[table].origin(row);
        let found = Found {
            fault: Fault::Duplicate,
            column: None,
            line,
            value: Some(value),
            note: None,
        };
        work.faults.add(table, (file, &work.names[file]), found);
    }
    let of = &mut work.tables[table];
    of.bad.extend(double);
    of.bad.sort_unstable();
    of.bad.dedup();
}

fn double_codes(codes: &[u32], keys: usize) -> Vec<u32> {
    let mut seen = vec![0u8; keys];
    for &code in codes.iter().filter(|c| **c != NONE) {
        seen[code as usize] = seen[code as usize].saturating_add(1);
    }
    let twice = |row: &u32| {
        let code = codes[*row as usize];
        code != NONE && seen[code as usize] > 1
    };
    (0..codes.len() as u32).filter(twice).collect()
}

/// By sorting hashes: half of each word is the hash, half the row.
fn double_rows(of: &LoadedTable, key: &[usize]) -> Vec<u32> {
    let columns: Vec<&Column> = key.iter().map(|k| &of.columns[*k].column).collect();
    let mut hashes: Vec<u64> = (0..of.rows)
        .into_par_iter()
        .filter(|row| columns.iter().all(|c| c.is_valid(*row)))
        .map(|row| {
            let mut hasher = FxHasher::default();
            columns
                .iter()
                .for_each(|c| hash_value(&c.values, row, &mut hasher));
            (hasher.finish() >> 32 << 32) | row as u64
        })
        .collect();
    hashes.par_sort_unstable();
    let row = |word: u64| word as u32 as usize;
    let same = |a: usize, b: usize| {
        columns
            .iter()
            .all(|c| compare_values(&c.values, a, b).is_eq())
    };
    let mut double = Vec::new();
    for group in hashes
        .chunk_by(|a, b| a >> 32 == b >> 32)
        .filter(|g| g.len() > 1)
    {
        let mut rows: Vec<usize> = group.iter().map(|w| row(*w)).collect();
        let order = |a: &usize, b: &usize| {
            let keys = columns.iter().map(|c| compare_values(&c.values, *a, *b));
            keys.into_iter().find(|o| o.is_ne()).unwrap_or(a.cmp(b))
        };
        rows.sort_unstable_by(order);
        for equal in rows.chunk_by(|a, b| same(*a, *b)).filter(|g| g.len() > 1) {
            double.extend(equal.iter().map(|r| *r as u32));
        }
    }
    double
}

fn hash_value(values: &ColumnValues, row: usize, hasher: &mut FxHasher) {
    match values {
        ColumnValues::YesNo(v) => hasher.write_u8(v[row] as u8),
        ColumnValues::Integer(v) | ColumnValues::DateTime(v) | ColumnValues::Duration(v) => {
            hasher.write_i64(v[row])
        }
        ColumnValues::Decimal { values: v, .. } => hasher.write_i64(v[row]),
        ColumnValues::WideDecimal(v) => hasher.write_i128(v[row]),
        ColumnValues::Date(v) => hasher.write_i32(v[row]),
        ColumnValues::Time(v) | ColumnValues::Enum(v) | ColumnValues::Reference(v) => {
            hasher.write_u32(v[row])
        }
        ColumnValues::Text(t) => hasher.write(t.get(row).as_bytes()),
    }
}

/// The row of each key of a table that is referred to.
fn rows_of_keys(work: &Work, table: usize) -> Vec<u32> {
    let Some(own) = &work.tables[table].own_keys else {
        return Vec::new();
    };
    let mut rows = vec![NONE; work.keys[table].len()];
    for (row, code) in own.iter().enumerate().filter(|(_, c)| **c != NONE) {
        rows[*code as usize] = row as u32;
    }
    rows
}

/// The columns that a distinct table's values come from, as numbers of its keys.
fn distinct_sources(work: &mut Work, table: usize) -> Vec<DistinctSource> {
    let TableSource::Distinct(from) = &work.requests[table].source else {
        return Vec::new();
    };
    let mut sources = Vec::new();
    for &(source, column) in from {
        let ty = &work.requests[source].columns[column].ty;
        let codes = (*ty != ColumnType::Reference(table)).then(|| {
            let values = &work.tables[source].columns[column].column;
            let mut own = std::mem::replace(&mut work.keys[table], Keys::new(false));
            let form = &work.forms[table];
            let number = |row: usize| {
                if !values.is_valid(row) {
                    return NONE;
                }
                let code = match (&values.values, ty) {
                    (ColumnValues::Integer(v), _) if form.is_integer() => {
                        own.intern(Key::Integer(v[row]))
                    }
                    (ColumnValues::Reference(v), _) if v[row] == NONE => None,
                    (ColumnValues::Reference(v), ColumnType::Reference(t)) => {
                        own.intern(work.keys[*t].get(v[row]))
                    }
                    _ => own.intern(Key::Text(&value_text(values, ty, row))),
                };
                code.unwrap_or(NONE)
            };
            let codes: Vec<u32> = (0..work.tables[source].rows).map(number).collect();
            work.keys[table] = own;
            codes
        });
        sources.push(DistinctSource {
            table: source,
            column,
            codes,
        });
    }
    sources
}

/// Which keys a distinct table has: those in rows that are there.
fn members(
    work: &Work,
    table: usize,
    sources: &[DistinctSource],
    dead: &[Vec<bool>],
    clock: (Day, i64),
) -> Vec<u32> {
    let mut member = vec![NONE; work.keys[table].len()];
    for source in sources {
        let of = &work.tables[source.table];
        let column = &of.columns[source.column].column;
        let codes = match (&source.codes, &column.values) {
            (Some(codes), _) | (None, ColumnValues::Reference(codes)) => codes,
            _ => continue,
        };
        for (row, code) in codes.iter().enumerate() {
            let counts = *code != NONE && column.is_valid(row) && !dead[source.table][row];
            if counts && is_there(work, source.table, row, clock) {
                member[*code as usize] = 0;
            }
        }
    }
    for (row, code) in work.tables[table].own_keys.iter().flatten().enumerate() {
        if *code != NONE && !dead[table][row] {
            member[*code as usize] = 0;
        }
    }
    member
}

/// Rows dated after the clock are not there yet; those without a date are.
fn is_there(work: &Work, table: usize, row: usize, (today, now): (Day, i64)) -> bool {
    let Some((column, false)) = work.requests[table].dated else {
        return true;
    };
    let column = &work.tables[table].columns[column].column;
    if !column.is_valid(row) {
        return true;
    }
    match &column.values {
        ColumnValues::Date(v) => v[row] <= today.0,
        ColumnValues::DateTime(v) => v[row] <= now,
        _ => true,
    }
}

/// Whether a reference may lead nowhere: a distinct table's own source, in a row that is not there yet.
fn may_dangle(work: &Work, table: usize, column: usize, target: usize) -> bool {
    let nothing_said = |t: usize| work.unread[t];
    match &work.requests[target].source {
        TableSource::Distinct(from) => {
            from.contains(&(table, column)) || from.iter().any(|(t, _)| nothing_said(*t))
        }
        TableSource::File(_) => nothing_said(target),
    }
}

/// Finds references that lead nowhere; whether a row was newly set aside.
fn dangling(
    work: &mut Work,
    table: usize,
    row_of: &[Vec<u32>],
    dead: &mut [Vec<bool>],
    first: bool,
) -> bool {
    let mut changed = false;
    for column in 0..work.plans[table].columns.len() {
        let Some((target, _)) = work.plans[table].columns[column].target else {
            continue;
        };
        if may_dangle(work, table, column, target) {
            continue;
        }
        let of = &work.tables[table].columns[column].column;
        let ColumnValues::Reference(codes) = &of.values else {
            continue;
        };
        let is_distinct = matches!(work.requests[target].source, TableSource::Distinct(_));
        let lost = |row: &usize| {
            if !of.is_valid(*row) || (!first && dead[table][*row]) {
                return None;
            }
            let to = row_of[target]
                .get(codes[*row] as usize)
                .copied()
                .unwrap_or(NONE);
            if to == NONE {
                return Some((*row, Fault::Dangling));
            }
            let rejected = work.rejects && !is_distinct && dead[target][to as usize];
            (rejected && !dead[table][*row]).then_some((*row, Fault::ToRejected))
        };
        let found: Vec<(usize, Fault)> = (0..codes.len())
            .into_par_iter()
            .filter_map(|row| lost(&row))
            .collect();
        for (row, fault) in found {
            changed |= !std::mem::replace(&mut dead[table][row], true);
            report_reference(work, (table, column, target), row, fault);
        }
    }
    changed
}

fn report_reference(
    work: &mut Work,
    (table, column, target): (usize, usize, usize),
    row: usize,
    fault: Fault,
) {
    let ColumnValues::Reference(codes) = &work.tables[table].columns[column].column.values else {
        return;
    };
    let text = if codes[row] == NONE {
        "".into()
    } else {
        work.keys[target].text(codes[row])
    };
    let value = if work.plans[table].columns[column].personal {
        REDACTED.to_string()
    } else {
        shortened(&text)
    };
    let trimmed = text.trim();
    let spaces = trimmed.len() < text.len() && work.keys[target].find(Key::Text(trimmed)).is_some();
    let note = spaces.then(|| "without the spaces around it there is one".to_string());
    let (file, line) = work.tables[table].origin(row as u32);
    let found = Found {
        fault,
        column: Some(column),
        line,
        value: Some(value),
        note,
    };
    work.faults.add(table, (file, &work.names[file]), found);
}

fn key_text(work: &Work, table: usize, row: u32) -> String {
    let of = &work.tables[table];
    if let Some(code) = of
        .own_keys
        .as_ref()
        .map(|own| own[row as usize])
        .filter(|c| *c != NONE)
    {
        return work.keys[table].text(code).into_owned();
    }
    let key = &work.requests[table].key;
    let mut text = String::new();
    for (i, &k) in key.iter().enumerate() {
        let column = &of.columns[k].column;
        let part = match (&column.values, work.plans[table].columns[k].target) {
            (ColumnValues::Reference(codes), Some((target, _))) if codes[row as usize] != NONE => {
                work.keys[target].text(codes[row as usize])
            }
            _ => value_text(column, &work.requests[table].columns[k].ty, row as usize),
        };
        if key.len() == 1 {
            return part.into_owned();
        }
        super::keys::push_part(&mut text, &part, i == 0);
    }
    text
}

impl Resolved {
    /// The dataset of the rows that stay.
    pub fn into_dataset(mut self, work: Work) -> Dataset {
        let Work {
            requests,
            forms,
            plans,
            mut tables,
            mut keys,
            ..
        } = work;
        for table in 0..tables.len() {
            if let TableSource::Distinct(_) = requests[table].source {
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
                    if let Some((target, _)) = of.target {
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
        of.columns.iter_mut().for_each(|c| c.column.take(&kept));
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

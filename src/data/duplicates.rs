//! Rows that share a key. All of them are bad, so that their order means nothing.

use super::dataset::{compare_values, value_text};
use super::fault::{Fault, Found};
use super::keys::{NONE, push_part};
use super::problem::{REDACTED, shortened};
use super::resolve::Work;
use super::table::LoadedTable;
use super::{Column, ColumnValues};
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Marks every row whose key another row has too.
pub(super) fn find(work: &mut Work, table: usize) {
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
            (hasher.finish() << 32) | row as u64
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
        push_part(&mut text, &part, i == 0);
    }
    text
}

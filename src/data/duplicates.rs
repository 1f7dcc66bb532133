//! Rows that share a key. All of them are bad, so that their order means nothing.

use super::dataset::{compare_values, value_text};
use super::fault::{Fault, Found};
use super::keys::{NONE, OwnKeys, push_part};
use super::load;
use super::problem::{DataProblem, REDACTED, shortened};
use super::resolve::Work;
use super::table::{LoadedTable, problems_of_file};
use super::{Column, ColumnValues};
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::cmp::Ordering;
use std::hash::Hasher;

/// Marks every row whose key another row has too.
///
/// # Errors
/// Files that can no longer be read, where keys that were only marked must be seen again.
pub(super) fn find(work: &mut Work, table: usize) -> Result<(), Vec<DataProblem>> {
    let request = &work.requests[table];
    let of = &work.tables[table];
    if request.key.is_empty() {
        return Ok(());
    }
    let mut again = None;
    let mut double = match (&of.own_keys, work.plans[table].marked) {
        (OwnKeys::Rows, _) => Vec::new(),
        (OwnKeys::Codes(codes), _) => double_codes(codes, work.keys[table].len()),
        (OwnKeys::Unasked, None) => double_rows(of, &request.key),
        (OwnKeys::Unasked, Some(_)) => {
            let marks = std::mem::take(&mut work.tables[table].marks);
            match marks.are_distinct() {
                true => Vec::new(),
                false => {
                    let read = again.insert(read_again(work, table)?);
                    double_rows(read, &request.key)
                }
            }
        }
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
            let of = again.as_ref().unwrap_or(&work.tables[table]);
            shortened(&key_text(work, table, of, row))
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
    Ok(())
}

/// Reads a table again, with the texts of its keys.
fn read_again(work: &mut Work, table: usize) -> Result<LoadedTable, Vec<DataProblem>> {
    let plan = work.plans[table].for_keys();
    let mut again = LoadedTable::new(&plan, false);
    for file in 0..work.files.len() {
        let (of, source) = &work.files[file];
        if *of != table {
            continue;
        }
        load::read_again(
            source,
            &plan,
            &mut work.keys,
            &work.names,
            (file, &mut again),
        )
        .map_err(|f| problems_of_file(f, &plan.request.record, &work.names[file].name))?;
    }
    Ok(again)
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

/// Rows of files that are read in order mostly ascend; others are compared where their hashes are equal.
fn double_rows(of: &LoadedTable, key: &[usize]) -> Vec<u32> {
    let columns: Vec<&Column> = key.iter().map(|k| &of.columns[*k].column).collect();
    let there = |row: usize| columns.iter().all(|c| c.is_valid(row));
    let order = |a: usize, b: usize| {
        let mut parts = columns.iter().map(|c| compare_values(&c.values, a, b));
        parts.find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    };
    let ascends = |row: usize| there(row) && (row == 0 || order(row - 1, row).is_lt());
    if (0..of.rows).into_par_iter().all(ascends) {
        return Vec::new();
    }
    let hashes: Vec<u64> = (0..of.rows)
        .into_par_iter()
        .map(|row| {
            let mut hasher = FxHasher::default();
            columns
                .iter()
                .for_each(|c| hash_value(&c.values, row, &mut hasher));
            if there(row) {
                hasher.finish().max(1)
            } else {
                0
            }
        })
        .collect();
    let mut double = Vec::new();
    let rows = rows_of_equal_hashes(&hashes);
    for group in rows.chunk_by(|a, b| hashes[*a as usize] == hashes[*b as usize]) {
        let mut rows = group.to_vec();
        rows.sort_unstable_by(|a, b| order(*a as usize, *b as usize).then(a.cmp(b)));
        for equal in rows.chunk_by(|a, b| order(*a as usize, *b as usize).is_eq()) {
            if equal.len() > 1 {
                double.extend(equal);
            }
        }
    }
    double
}

/// Bits of the filter for each row.
const SPACE: usize = 16;

/// The rows whose hash another row has too, side by side; a hash of 0 is of no key.
///
/// A bit for each of many classes of hashes tells which classes have one row only: few rows are left to be sorted.
pub(super) fn rows_of_equal_hashes(hashes: &[u64]) -> Vec<u32> {
    let bits = (hashes.len() * SPACE).next_power_of_two().max(64);
    let class = |hash: u64| {
        let class = (hash >> (64 - bits.trailing_zeros())) as usize;
        (class / 64, 1u64 << (class % 64))
    };
    let (mut seen, mut twice) = (vec![0u64; bits / 64], vec![0u64; bits / 64]);
    for hash in hashes.iter().filter(|h| **h != 0) {
        let (word, bit) = class(*hash);
        twice[word] |= seen[word] & bit;
        seen[word] |= bit;
    }
    drop(seen);
    let suspect = |row: &u32| {
        let hash = hashes[*row as usize];
        let (word, bit) = class(hash);
        hash != 0 && twice[word] & bit != 0
    };
    let mut rows: Vec<u32> = (0..hashes.len() as u32).filter(suspect).collect();
    rows.par_sort_unstable_by_key(|row| (hashes[*row as usize], *row));
    let same = |a: &u32, b: &u32| hashes[*a as usize] == hashes[*b as usize];
    let groups = rows.chunk_by(same).filter(|group| group.len() > 1);
    groups.flatten().copied().collect()
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

/// `of`: the table, as it was read the last time.
fn key_text(work: &Work, table: usize, of: &LoadedTable, row: u32) -> String {
    if let OwnKeys::Codes(own) = &of.own_keys
        && own[row as usize] != NONE
    {
        return work.keys[table].text(own[row as usize]).into_owned();
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

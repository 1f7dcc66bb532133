//! Once a table is read: its rows' keys get their numbers, and the references that waited for them.

use super::keys::{Key, Keys, NONE, OwnKeys, push_part};
use super::resolve::Work;
use super::{Column, ColumnValues, TableSource};
use rayon::prelude::*;
use std::borrow::Cow;

/// Numbers the keys of a table whose rows have all been read, and every reference that waits for them.
pub(super) fn number(work: &mut Work, table: usize) {
    if !matches!(work.tables[table].own_keys, OwnKeys::Unasked) {
        // INVARIANT: references are numbered after the rows that they lead to, but for those to distinct values.
        work.tables[table].own_keys = own_keys(work, table);
        work.of_rows[table] = work.keys[table].len();
    }
    work.numbered[table] = true;
    for of in 0..work.tables.len() {
        for column in 0..work.plans[of].columns.len() {
            let plan = &work.plans[of].columns[column];
            let Some((target, _)) = plan.target.filter(|_| plan.deferred) else {
                continue;
            };
            let is_distinct = matches!(work.requests[target].source, TableSource::Distinct(_));
            if work.numbered[of] && (is_distinct || work.numbered[target]) {
                references(work, of, column, target);
            }
        }
    }
}

/// The numbers of the rows' own keys.
fn own_keys(work: &mut Work, table: usize) -> OwnKeys {
    let is_file = matches!(work.requests[table].source, TableSource::File(_));
    let key = &work.requests[table].key;
    if let (true, 0, [key]) = (is_file, work.keys[table].len(), &key[..]) {
        let column = &work.tables[table].columns[*key].column;
        let plain = matches!(
            (&column.values, work.forms[table].is_integer()),
            (ColumnValues::Text(_), false) | (ColumnValues::Integer(_), true)
        );
        if let Some(keys) = plain.then(|| Keys::of_rows(column)).flatten() {
            work.keys[table] = keys;
            return OwnKeys::Rows;
        }
    }
    one_by_one(work, table)
}

fn one_by_one(work: &mut Work, table: usize) -> OwnKeys {
    let mut keys = std::mem::replace(&mut work.keys[table], Keys::new(false));
    let mut text = String::new();
    let number = |row: usize| {
        if !write_key(work, table, row, &mut text) {
            return NONE;
        }
        let integer = integer_key(work, table, row);
        let code = match integer {
            Some(n) => keys.intern(Key::Integer(n)),
            None => keys.intern(Key::Text(&text)),
        };
        code.unwrap_or(NONE)
    };
    let codes = (0..work.tables[table].rows).map(number).collect();
    work.keys[table] = keys;
    OwnKeys::Codes(codes)
}

fn integer_key(work: &Work, table: usize, row: usize) -> Option<i64> {
    let [key] = work.requests[table].key[..] else {
        return None;
    };
    match &work.tables[table].columns[key].column.values {
        ColumnValues::Integer(v) => Some(v[row]),
        ColumnValues::Reference(codes) => {
            let (target, _) = work.plans[table].columns[key].target?;
            match work.keys[target].get(codes[row]) {
                Key::Integer(n) => Some(n),
                Key::Text(_) => None,
            }
        }
        _ => None,
    }
}

/// Writes a row's key as text; `false` where a part is missing.
fn write_key(work: &Work, table: usize, row: usize, text: &mut String) -> bool {
    text.clear();
    let (key, of) = (&work.requests[table].key, &work.tables[table]);
    let there = |k: &usize| of.columns[*k].column.is_valid(row);
    if key.is_empty() || !key.iter().all(there) {
        return false;
    }
    for (i, &k) in key.iter().enumerate() {
        let column = &of.columns[k].column;
        let plan = &work.plans[table].columns[k];
        let part = match (&column.values, plan.target) {
            (ColumnValues::Reference(codes), Some((target, _))) => {
                if codes[row] == NONE {
                    return false;
                }
                work.keys[target].text(codes[row])
            }
            // A reference that waits is its key as it stands.
            (ColumnValues::Text(texts), Some(_)) => Cow::Borrowed(texts.get(row)),
            (ColumnValues::Integer(n), Some(_)) => Cow::Owned(n[row].to_string()),
            _ => super::dataset::value_text(column, &plan.request.ty, row),
        };
        if key.len() == 1 {
            text.push_str(&part);
        } else {
            push_part(text, &part, i == 0);
        }
    }
    true
}

/// From keys as they stand to their numbers. Keys that no row has get numbers too, which lead nowhere.
fn references(work: &mut Work, table: usize, column: usize, target: usize) {
    let waiting = &mut work.tables[table].columns[column];
    let of = std::mem::replace(&mut waiting.column.values, ColumnValues::Reference(vec![]));
    if let ColumnValues::Reference(_) = of {
        waiting.column.values = of;
        return;
    }
    let valid = waiting.column.valid.take();
    let of = Column { values: of, valid };
    let known = &work.keys[target];
    let find = |row: usize| match key(&of, row) {
        Some(key) => known.find(key).unwrap_or(NONE),
        None => 0,
    };
    let mut codes: Vec<u32> = (0..of.values.len()).into_par_iter().map(find).collect();
    if codes.contains(&NONE) {
        for (row, code) in codes.iter_mut().enumerate().filter(|(_, c)| **c == NONE) {
            let key = key(&of, row);
            *code = key
                .and_then(|k| work.keys[target].intern(k))
                .unwrap_or(NONE);
        }
    }
    work.tables[table].columns[column].column = Column {
        values: ColumnValues::Reference(codes),
        valid: of.valid,
    };
}

/// A key as it stands; `None` where there is none.
fn key(of: &Column, row: usize) -> Option<Key<'_>> {
    if !of.is_valid(row) {
        return None;
    }
    match &of.values {
        ColumnValues::Text(texts) => Some(Key::Text(texts.get(row))),
        ColumnValues::Integer(numbers) => Some(Key::Integer(numbers[row])),
        _ => None,
    }
}

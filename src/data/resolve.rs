//! What can only be said when all files are read: duplicate keys, references, distinct values.

use super::chunk::TablePlan;
use super::dataset::value_text;
use super::duplicates;
use super::fault::{Fault, Faults, FileName, Found};
use super::keys::{Key, KeyForm, Keys, NONE, OwnKeys};
use super::locate::SourceFile;
use super::problem::{DataProblem, REDACTED, shortened};
use super::table::LoadedTable;
use super::{ColumnType, ColumnValues, TableRequest, TableSource};
use crate::schema::Day;
use rayon::prelude::*;

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
    /// For each table, how many of its keys its rows have: those that references alone have come after them. Of a
    /// table of distinct values it means nothing.
    pub of_rows: Vec<usize>,
    /// The table that each file is of.
    pub files: Vec<(usize, SourceFile)>,
    /// Tables whose keys have all been numbered.
    pub numbered: Vec<bool>,
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
            of_rows: vec![0; requests.len()],
            names: Vec::new(),
            files: Vec::new(),
            numbered: vec![false; requests.len()],
            unread: vec![false; requests.len()],
            rejects,
        }
    }

    /// Whether some reference to the table leads nowhere. Which column's cannot be told by how it was read: a key
    /// that one column has brought is known to the next.
    pub fn has_strays(&self, table: usize) -> bool {
        self.keys[table].len() > self.of_rows[table]
    }
}

/// Which rows stay, and where keys lead.
#[derive(Default)]
pub(super) struct Resolved {
    /// Rows that are set aside.
    pub dead: Vec<Vec<bool>>,
    /// For each table: the row of each key, [`NONE`] where there is none. Of a distinct table: 0 for each
    /// key that it has.
    pub row_of: Vec<Vec<u32>>,
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
///
/// # Errors
/// Files that had to be read again and cannot be.
pub(super) fn resolve(work: &mut Work, today: Day, now: i64) -> Result<Resolved, Vec<DataProblem>> {
    for table in 0..work.tables.len() {
        duplicates::find(work, table)?;
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
    // Of distinct tables, those too that begin later.
    let mut ever = vec![Vec::new(); work.tables.len()];
    let mut first = true;
    loop {
        for (table, sources) in sources.iter().enumerate() {
            if let TableSource::Distinct(_) = work.requests[table].source {
                row_of[table] = members(work, table, sources, &dead, Some((today, now)));
                ever[table] = members(work, table, sources, &dead, None);
            }
        }
        let mut changed = false;
        for table in 0..work.tables.len() {
            changed |= dangling(work, table, (&row_of, &ever), &mut dead, first);
        }
        first = false;
        if !changed || !work.rejects {
            return Ok(Resolved { dead, row_of });
        }
    }
}

/// The row of each key of a table that is referred to.
fn rows_of_keys(work: &Work, table: usize) -> Vec<u32> {
    let mut rows = vec![NONE; work.keys[table].len()];
    match &work.tables[table].own_keys {
        OwnKeys::Unasked => return Vec::new(),
        OwnKeys::Rows => (0..work.tables[table].rows).for_each(|row| rows[row] = row as u32),
        OwnKeys::Codes(own) => {
            for (row, code) in own.iter().enumerate().filter(|(_, c)| **c != NONE) {
                rows[*code as usize] = row as u32;
            }
        }
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

/// Which keys a distinct table has: those in rows that are there by the clock; without one, in any row.
fn members(
    work: &Work,
    table: usize,
    sources: &[DistinctSource],
    dead: &[Vec<bool>],
    clock: Option<(Day, i64)>,
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
            let there = |clock| is_there(work, source.table, row, clock);
            if counts && clock.is_none_or(there) {
                member[*code as usize] = 0;
            }
        }
    }
    // INVARIANT: a distinct table's own rows, which a program gives, have codes.
    if let OwnKeys::Codes(own) = &work.tables[table].own_keys {
        for (row, code) in own.iter().enumerate() {
            if *code != NONE && !dead[table][row] {
                member[*code as usize] = 0;
            }
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
        TableSource::File(_) | TableSource::Done => nothing_said(target),
    }
}

/// Finds references that lead nowhere; whether a row was newly set aside.
fn dangling(
    work: &mut Work,
    table: usize,
    (row_of, ever): (&[Vec<u32>], &[Vec<u32>]),
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
        let certain = !is_distinct && !work.has_strays(target);
        if certain && !(work.rejects && dead[target].contains(&true)) {
            // Every key was found in a row.
            continue;
        }
        // What begins later is missing until then.
        let rows = if is_distinct { ever } else { row_of };
        let lost = |row: &usize| {
            if !of.is_valid(*row) || (!first && dead[table][*row]) {
                return None;
            }
            let to = rows[target]
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

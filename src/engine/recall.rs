//! What the ledger did, as the rows behind `done CAMPAIGN.RULE`.
//!
//! A row is one firing as seen from one row of the holder's record: the subject's, or a target's. Its parameters are
//! those of the actions to that row; for a subject that got none itself, those of the first action. Where several
//! actions have a parameter of one name, the first that has a value gives it.

use crate::data::{Column, ColumnType, ColumnValues, Dataset, column_of_texts};
use crate::ledger::{DoneAction, Fate, Firing, History};
use crate::plan::{DoneTable, Plan};
use crate::schema::Day;
use rustc_hash::FxHashMap;
use serde_json::Value;

/// Fills the tables of what was done. What they held before is replaced; without a history they are empty.
pub fn recall(plan: &Plan, data: &mut Dataset, history: Option<&History>) {
    let mut keys: FxHashMap<usize, FxHashMap<String, u32>> = FxHashMap::default();
    for done in &plan.done {
        let rows = keys
            .entry(done.holder)
            .or_insert_with(|| rows_by_key(data, done.holder));
        let found = history.map_or_else(Vec::new, |history| firings(plan, done, history, rows));
        fill(plan, data, done, &found);
    }
}

/// Whether some row behind a `done` has parameters that are read: then the past must be told with them.
pub fn recalls_parameters(plan: &Plan) -> bool {
    let mut columns = plan.done.iter().flat_map(|d| &plan.tables[d.table].columns);
    columns.any(|c| c.field != "holder" && c.field != "on")
}

fn rows_by_key(data: &Dataset, table: usize) -> FxHashMap<String, u32> {
    (0..data.tables[table].rows as u32)
        .map(|row| (data.key_text(table, row).into_owned(), row))
        .collect()
}

/// One row of a table of what was done.
struct DoneRow<'h> {
    holder: u32,
    on: Day,
    /// Whose parameters it has, in their order.
    actions: Vec<&'h DoneAction>,
}

/// By day, then as they were recorded.
fn firings<'h>(
    plan: &Plan,
    done: &DoneTable,
    history: &'h History,
    rows: &FxHashMap<String, u32>,
) -> Vec<DoneRow<'h>> {
    let record = plan.tables[done.holder].record.as_str();
    let mut out = Vec::new();
    for rule in &done.rules {
        let known = history.rule(&done.campaign, rule);
        for firing in known.map_or(&[][..], |r| r.firings()) {
            if firing.fate != Fate::Done {
                continue;
            }
            for key in holders(firing, record, done.subjects) {
                let Some(holder) = rows.get(key) else {
                    continue;
                };
                let own: Vec<&DoneAction> = firing
                    .actions
                    .iter()
                    .filter(|a| *a.record == *record && *a.target == *key)
                    .collect();
                let actions = match own.is_empty() {
                    true => firing.actions.iter().take(1).collect(),
                    false => own,
                };
                out.push(DoneRow {
                    holder: *holder,
                    on: firing.day,
                    actions,
                });
            }
        }
    }
    out.sort_by_key(|row| row.on);
    out
}

/// The keys of the rows that a firing is about, each once: the subject first.
fn holders<'h>(firing: &'h Firing, record: &str, subjects: bool) -> Vec<&'h str> {
    let subject = subjects.then_some(&*firing.subject);
    let targets = firing
        .actions
        .iter()
        .filter(|a| *a.record == *record)
        .map(|a| &*a.target);
    let mut keys: Vec<&str> = subject.into_iter().collect();
    for key in targets {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn fill(plan: &Plan, data: &mut Dataset, done: &DoneTable, rows: &[DoneRow<'_>]) {
    let request = &plan.tables[done.table];
    let zone = jiff::tz::TimeZone::get(&plan.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let whole = |values| Column {
        values,
        valid: None,
    };
    let parsed: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| row.actions.iter().map(|a| parameters(a)).collect())
        .collect();
    let columns = request.columns.iter().map(|column| match &column.ty {
        ColumnType::Reference(_) if column.field == "holder" => whole(ColumnValues::Reference(
            rows.iter().map(|r| r.holder).collect(),
        )),
        ColumnType::Date if column.field == "on" => {
            whole(ColumnValues::Date(rows.iter().map(|r| r.on.0).collect()))
        }
        ty => {
            let texts: Vec<Option<String>> = parsed
                .iter()
                .map(|actions| actions.iter().find_map(|a| text(a.get(&column.field)?)))
                .collect();
            if let ColumnType::Reference(table) = ty {
                return references(&rows_by_key(data, *table), &texts);
            }
            column_of_texts(ty, &zone, texts.iter().map(|t| t.as_deref()))
        }
    });
    let columns = columns.collect();
    let table = &mut data.tables[done.table];
    table.columns = columns;
    table.rows = rows.len();
}

/// The rows with these keys; one that is no more is missing.
fn references(rows: &FxHashMap<String, u32>, keys: &[Option<String>]) -> Column {
    let found: Vec<Option<u32>> = keys
        .iter()
        .map(|key| rows.get(key.as_ref()?).copied())
        .collect();
    Column {
        valid: Some(found.iter().map(Option::is_some).collect()),
        values: ColumnValues::Reference(found.iter().map(|row| row.unwrap_or(0)).collect()),
    }
}

fn parameters(action: &DoneAction) -> Value {
    serde_json::from_str(&action.params).unwrap_or(Value::Null)
}

/// A value of the action list as text; `None` where it is missing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.into()),
        other => Some(other.to_string()),
    }
}

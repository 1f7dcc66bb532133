//! Rows that were set aside, each with its reasons.

use super::chunk::TablePlan;
use super::fault::{Faults, Found, describe};
use super::load::read_again;
use super::output::{Complete, Target};
use super::problem::{DataProblem, Position};
use super::resolve::Work;
use super::table::{LoadedTable, problems_of_file};
use super::{LoadOptions, TableRequest};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    pub record: String,
    /// Below the data folder, with `/`.
    pub file: String,
    pub at: Position,
    /// All that is wrong with it.
    pub reasons: Vec<String>,
    /// As it stands in the file: its text, or JSON of the columns that are read.
    pub row: String,
}

/// One reason in a sentence.
fn reason(requests: &[TableRequest], table: usize, found: &Found) -> String {
    let problem = describe(found.fault, requests, table, found.column, 1);
    let message = problem
        .message
        .strip_suffix(" in 1 row")
        .unwrap_or(&problem.message);
    let mut text = message
        .strip_prefix("1 row of ")
        .unwrap_or(message)
        .to_string();
    match &found.value {
        Some(value) if value == super::problem::REDACTED => text.push_str(&format!(": {value}")),
        Some(value) => text.push_str(&format!(": `{value}`")),
        None => {}
    }
    if let Some(note) = &found.note {
        text.push_str(&format!(" ({note})"));
    }
    text
}

/// The rejects of a run, by record, file and line. Reads files again for rows whose fault was found late.
pub(super) fn collect(
    faults: Faults,
    work: &mut Work,
    plans: &[TablePlan],
    options: &LoadOptions,
) -> Result<Vec<Reject>, Vec<DataProblem>> {
    if !options.rejects || faults.all.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: BTreeMap<(usize, usize, u64), Vec<String>> = BTreeMap::new();
    for reject in &faults.all {
        let place = (reject.table, reject.file, reject.found.line);
        let text = reason(work.requests, reject.table, &reject.found);
        let reasons = rows.entry(place).or_default();
        if !reasons.contains(&text) {
            reasons.push(text);
        }
    }
    let mut texts: FxHashMap<(usize, u64), String> = FxHashMap::default();
    for table in &mut work.tables {
        texts.extend(
            table
                .raw
                .drain(..)
                .map(|(file, line, text)| ((file, line), text)),
        );
    }
    let mut late: BTreeMap<(usize, usize), Vec<u64>> = BTreeMap::new();
    for (table, file, line) in rows
        .keys()
        .filter(|(_, file, line)| !texts.contains_key(&(*file, *line)))
    {
        late.entry((*table, *file)).or_default().push(*line);
    }
    for ((table, file), lines) in late {
        let plan = plans[table].for_text(lines);
        let mut again = LoadedTable::new(&plan, false);
        let source = &work.files[file].1;
        read_again(
            source,
            &plan,
            &mut work.keys,
            &work.names,
            (file, &mut again),
        )
        .map_err(|f| problems_of_file(f, &plan.request.record, &work.names[file].name))?;
        texts.extend(
            again
                .raw
                .into_iter()
                .map(|(file, line, text)| ((file, line), text)),
        );
    }
    let reject = |((table, file, line), reasons): ((usize, usize, u64), Vec<String>)| Reject {
        record: work.requests[table].record.clone(),
        file: work.names[file].name.clone(),
        at: work.names[file].at(line),
        reasons,
        row: texts.remove(&(file, line)).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(reject).collect())
}

/// Rejects as JSON Lines, to be delivered whole or not at all.
pub fn write_rejects(path: &Path, rejects: &[Reject]) -> io::Result<Complete> {
    let mut file = Target::create(path)?;
    for reject in rejects {
        let (unit, number) = match reject.at {
            Position::Line(n) => ("line", n),
            Position::Row(n) => ("row_number", n),
        };
        let line = serde_json::json!({
            "record": reject.record,
            "file": reject.file,
            unit: number,
            "reasons": reject.reasons,
            "row": reject.row,
        });
        writeln!(file, "{line}")?;
    }
    file.complete()
}

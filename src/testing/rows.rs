//! The given rows of a test as the data of a run.

use super::FAILED_EXPECTATION;
use crate::data::{self, Dataset, LoadOptions};
use crate::diagnostic::Diagnostic;
use crate::engine::Clock;
use crate::hir::{Program, Test};
use crate::plan::Plan;
use crate::schema::Value;

/// The tables that a plan asks for, of the rows that a test gives.
pub(super) fn dataset(
    program: &Program,
    test: &Test,
    plan: &Plan,
    clock: Clock,
) -> Result<Dataset, Box<Diagnostic>> {
    let rows: Vec<Vec<Vec<Option<Value>>>> = plan
        .tables
        .iter()
        .enumerate()
        .map(|(table, request)| {
            let record = &program.records[table];
            let fields: Vec<Option<usize>> = request
                .columns
                .iter()
                .map(|c| record.fields.iter().position(|f| f.name == c.field))
                .collect();
            test.given
                .iter()
                .filter(|g| g.record.index() == table)
                .map(|g| {
                    fields
                        .iter()
                        .map(|f| g.values.get((*f)?)?.clone())
                        .collect()
                })
                .collect()
        })
        .collect();
    // No file is read: the folder means nothing.
    let mut options = LoadOptions::new("");
    options.zone = jiff::tz::TimeZone::get(&plan.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    options.today = clock.today;
    options.now = clock.now;
    data::from_rows(&plan.tables, &rows, &options).map_err(|problems| {
        let text: Vec<String> = problems.iter().map(|p| p.message.clone()).collect();
        Box::new(
            Diagnostic::new(
                &FAILED_EXPECTATION,
                test.span,
                "the given rows do not fit together",
            )
            .label(text.join("; "))
            .help("give each row its own key, and a row for each key that another row names"),
        )
    })
}

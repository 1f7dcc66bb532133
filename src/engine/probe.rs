//! Rows that a program or a lint gives, as the data of a run, and values on them.

use super::ending::value_of;
use super::evaluate::{Clock, Evaluator, Frame, Zone};
use super::recall;
use crate::data::{self, DataProblem, Dataset, LoadOptions};
use crate::hir::{Expr, Given, Program};
use crate::plan::{self, Plan};
use crate::schema::{Day, RecordId, Value};

/// The tables that a plan asks for, of given rows.
///
/// # Errors
/// Rows that do not fit together: a key twice, a key that no row has.
pub fn dataset_of(
    program: &Program,
    plan: &Plan,
    given: &[Given],
    clock: Clock,
) -> Result<Dataset, Vec<DataProblem>> {
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
            given
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
    data::from_rows(&plan.tables, &rows, &options)
}

/// What expressions are on the first given row of a record, exactly, at the end of a day, with nothing done
/// before. `None` where the rows do not fit together, the row is not there, or a value does
/// not fit its type.
pub fn probe(
    program: &Program,
    record: RecordId,
    given: &[Given],
    today: Day,
    questions: &[&Expr],
) -> Option<Vec<Option<Value>>> {
    let zone = Zone::new(&program.workspace.zone)?;
    let clock = Clock {
        today,
        now: zone.end_of(today),
        opens: zone.start_of(today),
    };
    let plan = plan::lower_values(program, record, questions);
    let mut data = dataset_of(program, &plan, given, clock).ok()?;
    recall(&plan, &mut data, None);
    let evaluator = Evaluator::new(&plan, &data, clock, None).ok()?;
    if evaluator.rows(record.index()) == 0 {
        return None;
    }
    let frame = Frame::indices(record.index(), &[0]);
    if let Some(listed) = plan.listed
        && !evaluator.eval(listed, &frame).ok()?.holds(0)
    {
        return None;
    }
    let answers = plan.attributes.iter();
    answers
        .map(|a| value_of(&evaluator, a.node, &frame).ok())
        .collect()
}

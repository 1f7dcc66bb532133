//! Attributes of a record, row by row.

use super::evaluate::{BATCH, EvalError, Evaluator, Frame};
use super::values::leaving_at;
use crate::schema::Value;
use rayon::prelude::*;

/// Takes the values of one row.
pub type RowSink<'s, E> = dyn FnMut(&[Option<Value>]) -> Result<(), E> + 's;

/// Calls the sink for each row that is there, in the order of keys, with the values of the plan's attributes.
///
/// # Errors
/// Those of the sink, and of values that do not fit their type.
pub fn list_attributes<E: From<EvalError> + Send>(
    evaluator: &Evaluator<'_>,
    table: usize,
    sink: &mut RowSink<'_, E>,
) -> Result<(), E> {
    let data = evaluator.data();
    let mut rows: Vec<u32> = (0..evaluator.rows(table) as u32).collect();
    rows.par_sort_unstable_by(|a, b| data.compare_keys(table, *a, *b));
    for chunk in rows.chunks(BATCH) {
        for values in values_of(evaluator, table, chunk)?.into_iter().flatten() {
            sink(&values)?;
        }
    }
    Ok(())
}

/// The plan's attributes on these rows; `None` for a row that is not there.
///
/// # Errors
/// A value that does not fit its type.
pub fn values_of(
    evaluator: &Evaluator<'_>,
    table: usize,
    rows: &[u32],
) -> Result<Vec<Option<Vec<Option<Value>>>>, EvalError> {
    let plan = evaluator.plan();
    let frame = Frame::indices(table, rows);
    let listed = plan.listed.map(|l| evaluator.eval(l, &frame)).transpose()?;
    let columns = plan
        .attributes
        .iter()
        .filter(|a| a.table == table)
        .map(|a| Ok((evaluator.eval(a.node, &frame)?, a.ty)))
        .collect::<Result<Vec<_>, EvalError>>()?;
    Ok((0..rows.len())
        .map(|i| {
            listed.as_ref().is_none_or(|l| l.holds(i)).then(|| {
                columns
                    .iter()
                    .map(|(v, ty)| leaving_at(evaluator, v, *ty, i))
                    .collect()
            })
        })
        .collect())
}

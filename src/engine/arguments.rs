//! The arguments of actions, and what they cost.

use super::candidates::{Deliveries, RuleCandidates};
use super::evaluate::{BATCH, EvalError, Evaluator, Frame};
use crate::plan::{ActionCall, Argument, NodeId};
use crate::schema::{Decimal, Type};
use crate::vector::{Values, Vector};

/// The arguments of a call, for these subjects and their targets; messages are rendered for the target.
pub(super) fn arguments(
    evaluator: &Evaluator<'_>,
    call: &ActionCall,
    table: usize,
    subjects: &[u32],
    targets: &[u32],
) -> Result<Vec<Vector<'static>>, EvalError> {
    let frame = Frame::indices(table, subjects);
    let on_subject = |node: NodeId| -> Result<Vector<'static>, EvalError> {
        Ok(evaluator.eval(node, &frame)?.into_owned())
    };
    let mut out = Vec::with_capacity(call.parameters.len());
    for parameter in &call.parameters {
        out.push(match &parameter.value {
            Argument::Absent => Vector::missing(parameter.ty),
            Argument::Value(node) => on_subject(*node)?,
            Argument::Message { text, arguments } => {
                let arguments = arguments
                    .iter()
                    .map(|a| a.map_or(Ok(Vector::missing(Type::Text)), on_subject))
                    .collect::<Result<Vec<_>, _>>()?;
                let frame = Frame::indices(call.table, targets).with_parameters(&arguments);
                evaluator.eval(*text, &frame)?.into_owned()
            }
        });
    }
    Ok(out)
}

/// What each of these deliveries costs, exact; `None` where nothing is stated or the cost is missing.
pub(super) fn costs(
    evaluator: &Evaluator<'_>,
    call: &ActionCall,
    table: usize,
    candidates: &RuleCandidates,
    deliveries: &Deliveries,
    places: &[usize],
) -> Result<Vec<Option<Decimal>>, EvalError> {
    let Some(cost) = call.cost else {
        return Ok(vec![None; places.len()]);
    };
    let mut out = Vec::with_capacity(places.len());
    for chunk in places.chunks(BATCH) {
        let (subjects, targets) = rows_of(candidates, deliveries, chunk);
        let arguments = arguments(evaluator, call, table, &subjects, &targets)?;
        let frame = Frame::indices(call.table, &targets).with_parameters(&arguments);
        let costs = evaluator.eval(cost, &frame)?;
        out.extend((0..chunk.len()).map(|i| amount_at(&costs, i)));
    }
    Ok(out)
}

/// The decimal of a row, where it is known.
pub(super) fn amount_at(vector: &Vector<'_>, row: usize) -> Option<Decimal> {
    match &vector.values {
        Values::Decimal(v) if vector.is_valid(row) => Some(Decimal(v[vector.place(row)])),
        _ => None,
    }
}

/// Subjects and targets of some deliveries.
pub(super) fn rows_of(
    candidates: &RuleCandidates,
    deliveries: &Deliveries,
    places: &[usize],
) -> (Vec<u32>, Vec<u32>) {
    places
        .iter()
        .map(|i| {
            (
                candidates.subjects[deliveries.candidates[*i] as usize],
                deliveries.targets[*i],
            )
        })
        .unzip()
}

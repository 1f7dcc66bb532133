//! Stage 3: repetition, within this run.
//!
//! A subject is a candidate of a rule once a run, so that only `once for PATH` can meet itself here. Which of
//! several subjects counts for the path is decided last, among those that nothing else stopped: the first by
//! key.

use super::{Fall, Stage};
use crate::engine::candidates::RuleCandidates;
use crate::engine::evaluate::{EvalError, Evaluator};
use crate::engine::firing::repeat_values;
use crate::plan::{Repeat, Rule};
use rustc_hash::FxHashSet;

pub fn apply(
    evaluator: &Evaluator<'_>,
    table: usize,
    rule: &Rule,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    if !matches!(rule.repeat, Repeat::OnceFor { .. }) {
        return Ok(());
    }
    let standing: Vec<usize> = (0..candidates.subjects.len())
        .filter(|c| candidates.stands(*c))
        .collect();
    let rows: Vec<u32> = standing.iter().map(|c| candidates.subjects[*c]).collect();
    let values = repeat_values(evaluator, table, rule, &rows)?;
    let verdict = candidates.verdict(Fall {
        stage: Stage::Repetition,
        limit: "once for another subject".into(),
    });
    let mut seen = FxHashSet::default();
    for (candidate, values) in standing.into_iter().zip(values) {
        if !seen.insert(values) {
            candidates.verdicts[candidate] = verdict;
        }
    }
    Ok(())
}

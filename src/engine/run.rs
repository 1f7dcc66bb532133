//! One day's run: candidates, stages, and what came of them.

use super::candidates::{ADOPTED, RuleCandidates, STANDS};
use super::evaluate::{BATCH, Clock, EvalError, Evaluator, Frame, rows_where};
use super::outcome::{Outcome, RuleOutcome, SegmentCount};
use super::past::Past;
use super::stages::{self, Run};
use crate::data::Dataset;
use crate::plan::Plan;
use rayon::prelude::*;

/// Evaluates a plan on data, as of a clock, after what is past. Nothing is rendered yet: see
/// [`Outcome::actions`] and [`Outcome::entries`].
///
/// What the ledger did is read by conditions from the data's tables: see [`super::recall`].
///
/// # Errors
/// A value that does not fit its type, such as an integer beyond 64 bits, in some row.
pub fn run<'p>(
    plan: &'p Plan,
    data: &'p Dataset,
    clock: Clock,
    past: &Past<'p>,
) -> Result<Outcome<'p>, EvalError> {
    let evaluator = Evaluator::new(plan, data, clock, past.history)?;
    let run = Run {
        plan,
        evaluator: &evaluator,
        past,
    };
    let found = stages::conditions(plan, &evaluator, clock.today)?;
    let mut candidates = Vec::with_capacity(plan.campaigns.len());
    for (c, subjects) in found.into_iter().enumerate() {
        candidates.push(alone(run, c, subjects)?);
    }
    stages::exclusive(run, &mut candidates);
    stages::limits(run, &mut candidates)?;
    let segments = segments(plan, &evaluator)?;
    let mut outcome = Outcome {
        evaluator,
        past: *past,
        candidates,
        rules: Vec::new(),
        segments,
    };
    outcome.rules = summaries(&outcome)?;
    Ok(outcome)
}

/// The stages that a campaign goes through by itself, from its rules' subjects to who is not held out.
fn alone(
    run: Run<'_, '_>,
    campaign: usize,
    subjects: Vec<Vec<u32>>,
) -> Result<Vec<RuleCandidates>, EvalError> {
    let definition = &run.plan.campaigns[campaign];
    let mut rules: Vec<RuleCandidates> = subjects
        .into_iter()
        .enumerate()
        .map(|(rule, rows)| {
            let rows = by_key(run.evaluator.data(), definition.table, rows);
            let arms = stages::variants(run, campaign, rule, &rows);
            let mut candidates = RuleCandidates::new(rows);
            candidates.arms = arms;
            candidates
        })
        .collect();
    stages::instead_of(definition, &mut rules);
    for (rule, candidates) in rules.iter_mut().enumerate() {
        stages::repetition(run, campaign, rule, candidates)?;
        if run.past.adopt {
            let taken = candidates.verdicts.iter_mut().filter(|v| **v == STANDS);
            taken.for_each(|v| *v = ADOPTED);
        }
        stages::pause(run, campaign, candidates)?;
        stages::nothing(&definition.rules[rule], candidates);
        stages::channel(run, campaign, rule, candidates)?;
        stages::holdout(run, campaign, rule, candidates)?;
    }
    Ok(rules)
}

fn by_key(data: &Dataset, table: usize, mut rows: Vec<u32>) -> Vec<u32> {
    // Files mostly are in the order of their keys.
    if !data.are_by_key(table, &rows) {
        rows.par_sort_unstable_by(|a, b| data.compare_keys(table, *a, *b));
    }
    rows
}

fn segments(plan: &Plan, evaluator: &Evaluator<'_>) -> Result<Vec<SegmentCount>, EvalError> {
    plan.segments
        .iter()
        .map(|segment| {
            let rows = evaluator.rows(segment.table);
            let count = (0..rows.div_ceil(BATCH))
                .into_par_iter()
                .map(|b| {
                    let start = b * BATCH;
                    let length = BATCH.min(rows - start);
                    let holds = evaluator
                        .eval(segment.node, &Frame::range(segment.table, start, length))?;
                    Ok(rows_where([Some(&holds), None], start, length).len() as u64)
                })
                .sum::<Result<u64, EvalError>>()?;
            Ok(SegmentCount {
                record: plan.tables[segment.table].record.clone(),
                name: segment.name.clone(),
                count,
            })
        })
        .collect()
}

/// One line for each rule, by campaign and rule name.
fn summaries(outcome: &Outcome<'_>) -> Result<Vec<RuleOutcome>, EvalError> {
    let today = outcome.evaluator().clock().today;
    let mut out = Vec::new();
    for (campaign, rule) in outcome.order() {
        let counts = outcome.count(campaign, rule);
        let (actions, cost) = outcome.costs(campaign, rule)?;
        out.push(RuleOutcome {
            campaign,
            rule,
            eligible: outcome.candidates(campaign, rule).subjects.len() as u64,
            fallen: counts.fallen,
            held_out: counts.held_out,
            fired: counts.fired,
            firings: counts.fired,
            earlier: counts.earlier,
            adopted: counts.adopted,
            actions,
            stopped_actions: outcome.stopped_actions(campaign, rule),
            cost,
            outside_run: !stages::runs_on(&outcome.plan().campaigns[campaign], today),
        });
    }
    Ok(out)
}

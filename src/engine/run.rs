//! One day's run: candidates, stages, and what came of them.

use super::Past;
use super::candidates::RuleCandidates;
use super::evaluate::{BATCH, Clock, EvalError, Evaluator, Frame};
use super::outcome::{Outcome, RuleOutcome, SegmentCount};
use super::stages::{self, Stage};
use crate::data::Dataset;
use crate::plan::Plan;
use rayon::prelude::*;

/// Evaluates a plan on data, as of a clock. Nothing is rendered yet: see [`Outcome::actions`].
///
/// # Errors
/// A value that does not fit its type, such as an integer beyond 64 bits, in some row.
pub fn run<'p>(
    plan: &'p Plan,
    data: &'p Dataset,
    clock: Clock,
    past: &Past<'p>,
) -> Result<Outcome<'p>, EvalError> {
    let _ = past;
    let today = clock.today;
    let evaluator = Evaluator::new(plan, data, clock)?;
    let found = stages::conditions(plan, &evaluator, today)?;
    let mut candidates = Vec::with_capacity(plan.campaigns.len());
    for (campaign, subjects) in plan.campaigns.iter().zip(found) {
        let mut rules: Vec<RuleCandidates> = subjects
            .into_iter()
            .map(|rows| RuleCandidates::new(by_key(data, campaign.table, rows)))
            .collect();
        stages::instead_of(campaign, &mut rules);
        for (rule, candidates) in campaign.rules.iter().zip(&mut rules) {
            stages::channel(
                &evaluator,
                campaign.purpose,
                campaign.table,
                rule,
                candidates,
            )?;
            stages::repetition(&evaluator, campaign.table, rule, candidates)?;
        }
        candidates.push(rules);
    }
    let segments = segments(plan, &evaluator)?;
    let mut outcome = Outcome::new(evaluator, candidates, segments);
    outcome.rules = summaries(plan, &outcome, today)?;
    Ok(outcome)
}

fn by_key(data: &Dataset, table: usize, mut rows: Vec<u32>) -> Vec<u32> {
    rows.par_sort_unstable_by(|a, b| data.compare_keys(table, *a, *b));
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
                    Ok((0..length).filter(|i| holds.holds(*i)).count() as u64)
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
fn summaries(
    plan: &Plan,
    outcome: &Outcome<'_>,
    today: crate::schema::Day,
) -> Result<Vec<RuleOutcome>, EvalError> {
    let mut out = Vec::new();
    for (campaign, rule) in outcome.order() {
        let candidates = outcome.candidates(campaign, rule);
        let mut fallen: Vec<(Stage, u64)> = Stage::ALL.iter().map(|s| (*s, 0)).collect();
        let mut fired = 0;
        for candidate in 0..candidates.subjects.len() {
            if candidates.stands(candidate) {
                fired += 1;
                continue;
            }
            let stage = candidates.falls[candidates.verdicts[candidate] as usize].stage;
            for (s, n) in &mut fallen {
                *n += u64::from(*s == stage);
            }
        }
        let (actions, cost) = outcome.costs(campaign, rule)?;
        out.push(RuleOutcome {
            campaign,
            rule,
            eligible: candidates.subjects.len() as u64,
            fallen,
            held_out: 0,
            fired,
            actions,
            stopped_actions: outcome.stopped_actions(campaign, rule),
            cost,
            outside_run: !stages::runs_on(&plan.campaigns[campaign], today),
        });
    }
    Ok(out)
}

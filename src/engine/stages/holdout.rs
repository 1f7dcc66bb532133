//! Stage 6: some subjects get nothing, so that what a campaign does can be measured; and the variant of each,
//! which is fixed with the conditions.
//!
//! Both are drawn by [`lot`]; in tests both are stated. An arm `nothing` of a split holds out too, where the
//! rule has nothing else to do.

use super::repetition::ANOTHER;
use super::{Fall, Obeys, Run, Stage};
use crate::engine::candidates::RuleCandidates;
use crate::engine::evaluate::{BATCH, EvalError};
use crate::engine::firing::repeat_values;
use crate::engine::lots::{LOTS, lot};
use crate::plan::{Campaign, Repeat, Rule};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// The arm of each candidate; none for a rule without a split. In a test, an arm that is not stated is the
/// number of arms.
pub fn variants(run: Run<'_, '_>, campaign: usize, rule: usize, subjects: &[u32]) -> Vec<u16> {
    let definition = &run.plan.campaigns[campaign];
    let split = &definition.rules[rule];
    if split.arms.is_empty() {
        return Vec::new();
    }
    // A renamed rule keeps everyone's variant.
    let name = split.formerly.as_ref().unwrap_or(&split.name);
    let arm = |row: &u32| {
        let key = run
            .evaluator
            .data()
            .key_text(definition.table, *row)
            .into_owned();
        if let Some(stated) = run.past.stated {
            let arm = stated.variants.get(&(campaign, rule, key)).copied();
            return arm.unwrap_or(split.arms.len()) as u16;
        }
        let lot = lot(&[&run.plan.workspace, &definition.name, name, &key]);
        let mut below = 0;
        let place = split.arms.iter().position(|arm| {
            below += arm.share;
            lot < below
        });
        place.unwrap_or(split.arms.len() - 1) as u16
    };
    subjects.par_iter().map(arm).collect()
}

pub fn apply(
    run: Run<'_, '_>,
    campaign: usize,
    rule: usize,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    let definition = &run.plan.campaigns[campaign];
    let rule = &definition.rules[rule];
    let shares = [definition.hold_out, run.plan.hold_out];
    let nobody = run.past.stated.is_none() && shares == [0, 0];
    if nobody || !definition.purpose.pause_and_holdout() {
        return Ok(());
    }
    let standing = candidates.standing();
    let lots: Vec<Option<String>> = standing
        .par_iter()
        .map(|c| held_out(run, campaign, candidates.subjects[*c as usize]))
        .collect();
    if lots.iter().all(Option::is_none) {
        return Ok(());
    }
    let mut first = Vec::new();
    if matches!(rule.repeat, Repeat::OnceFor { .. }) {
        first = first_of_its_row(run, definition, rule, candidates, &standing)?;
    }
    for (i, (candidate, limit)) in standing.iter().zip(&lots).enumerate() {
        // Where several subjects stand for one row, the lot of the first by key is that of all.
        let decides = first.get(i).copied().unwrap_or(i);
        let fall = match (&lots[decides], limit) {
            (Some(limit), _) if decides == i => Fall::new(Stage::Holdout, limit.clone()),
            (Some(_), _) | (None, Some(_)) => Fall::new(Stage::Repetition, ANOTHER.into()),
            (None, None) => continue,
        };
        candidates.verdicts[*candidate as usize] = candidates.verdict(fall);
    }
    Ok(())
}

/// The limit of whom a split's `nothing` holds out.
pub const NOTHING: &str = "split: nothing";

/// A split's `nothing` holds out who gets nothing else from the rule: before anybody is looked for to reach.
pub fn nothing(rule: &Rule, candidates: &mut RuleCandidates) {
    for place in 0..candidates.arms.len() {
        let arm = candidates.arms[place] as usize;
        let idle = rule.arms.get(arm).is_some_and(|a| a.name.is_none())
            && rule.thens.iter().all(|t| t.arm.is_some());
        if idle && candidates.stands(place) {
            let fall = Fall::new(Stage::Holdout, NOTHING.into());
            candidates.verdicts[place] = candidates.verdict(fall);
        }
    }
}

/// By what a subject is held out.
fn held_out(run: Run<'_, '_>, campaign: usize, row: u32) -> Option<String> {
    let definition = &run.plan.campaigns[campaign];
    let own = definition.hold_out;
    let everywhere = run.plan.hold_out;
    if let Some(stated) = run.past.stated {
        let key = run
            .evaluator
            .data()
            .key_text(definition.table, row)
            .into_owned();
        let held = stated.held_out.contains(&(campaign, key));
        return held.then(|| limit(own.max(everywhere), ""));
    }
    let key = run.evaluator.data().key_text(definition.table, row);
    let workspace = run.plan.workspace.as_str();
    // The same subjects in every campaign: one control group for all.
    if lot(&[workspace, &key]) < everywhere.min(LOTS) {
        return Some(limit(everywhere, " everywhere"));
    }
    (lot(&[workspace, &definition.name, &key]) < own.min(LOTS)).then(|| limit(own, ""))
}

fn limit(hundredths: u32, place: &str) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let digits = format!("{rest:02}");
    let share = match digits.trim_end_matches('0') {
        "" => whole.to_string(),
        digits => format!("{whole}.{digits}"),
    };
    format!("hold out {share}%{place}")
}

/// For each of the standing candidates, the first of those that its rule counts by the same row.
fn first_of_its_row(
    run: Run<'_, '_>,
    campaign: &Campaign,
    rule: &Rule,
    candidates: &RuleCandidates,
    standing: &[u32],
) -> Result<Vec<usize>, EvalError> {
    let mut seen: FxHashMap<Vec<String>, usize> = FxHashMap::default();
    let mut first = Vec::with_capacity(standing.len());
    for chunk in standing.chunks(BATCH) {
        let rows: Vec<u32> = chunk
            .iter()
            .map(|c| candidates.subjects[*c as usize])
            .collect();
        let values = repeat_values(run.evaluator, campaign.table, rule, &rows)?;
        for i in 0..rows.len() {
            let (place, values) = (first.len(), values.of(i).map(str::to_owned).collect());
            first.push(*seen.entry(values).or_insert(place));
        }
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn shares_are_written_as_percentages() {
        assert_eq!(limit(1_000, ""), "hold out 10%");
        assert_eq!(limit(250, " everywhere"), "hold out 2.5% everywhere");
        assert_eq!(limit(5, ""), "hold out 0.05%");
    }
}

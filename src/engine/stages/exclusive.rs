//! Stage 7: of campaigns that exclude one another, a target gets only the one of highest priority.
//!
//! Who has had something of one of them keeps to it for as long as it runs, so that what excludes does so
//! from run to run. With a period it is what was done in the period that counts.

use super::{Fall, Obeys, Run, Stage, conditions::runs_on, limits::counts};
use crate::engine::candidates::{RuleCandidates, STANDS, calls};
use crate::ledger::Fate;
use crate::plan::{Exclusive, Target};
use rustc_hash::FxHashMap;

/// A target's table and row.
type Who = (usize, u32);

pub fn apply(run: Run<'_, '_>, candidates: &mut [Vec<RuleCandidates>]) {
    for exclusive in &run.plan.exclusives {
        let mut campaigns: Vec<usize> = exclusive
            .campaigns
            .iter()
            .copied()
            .filter(|c| run.plan.campaigns[*c].purpose.limits())
            .collect();
        campaigns.sort_by_key(|c| std::cmp::Reverse(run.plan.campaigns[*c].priority));
        let had = had(run, exclusive);
        let mut taken: FxHashMap<Who, usize> = FxHashMap::default();
        for campaign in campaigns {
            for who in wanted(run, campaign, &candidates[campaign]) {
                taken.entry(who).or_insert_with(|| {
                    let known = (!had.is_empty()).then(|| had.get(&key(run, who)));
                    known.flatten().copied().unwrap_or(campaign)
                });
            }
            for (rule, of) in candidates[campaign].iter_mut().enumerate() {
                fall(run, campaign, rule, of, &taken);
            }
        }
    }
}

/// Who has had something of one of the campaigns, in the period or of one that still runs: record and key, the campaign of highest priority.
fn had(run: Run<'_, '_>, exclusive: &Exclusive) -> FxHashMap<(String, String), usize> {
    let mut out: FxHashMap<(String, String), usize> = FxHashMap::default();
    let Some(history) = run.past.history else {
        return out;
    };
    let today = run.evaluator.clock().today;
    let campaigns = &run.plan.campaigns;
    for place in &exclusive.campaigns {
        let campaign = &campaigns[*place];
        if exclusive.period.is_none() && !runs_on(campaign, today) {
            continue;
        }
        let rules = history
            .rules()
            .filter(|(n, _)| *n.campaign == *campaign.name);
        let firings = rules.flat_map(|(_, rule)| rule.firings());
        for action in firings
            .filter(|f| f.fate == Fate::Done)
            .filter(|f| counts(exclusive.period, today, f.day, run.plan.weeks_start))
            .flat_map(|f| &f.actions)
        {
            let who = (action.record.to_string(), action.target.to_string());
            let first = out.entry(who).or_insert(*place);
            if campaigns[*first].priority < campaign.priority {
                *first = *place;
            }
        }
    }
    out
}

fn key(run: Run<'_, '_>, (table, row): Who) -> (String, String) {
    let record = run.plan.tables[table].record.clone();
    (
        record,
        run.evaluator.data().key_text(table, row).into_owned(),
    )
}

/// The targets of a campaign's standing deliveries.
fn wanted(run: Run<'_, '_>, campaign: usize, rules: &[RuleCandidates]) -> Vec<Who> {
    let mut out = Vec::new();
    for (rule, candidates) in run.plan.campaigns[campaign].rules.iter().zip(rules) {
        for (call, deliveries) in calls(rule, candidates) {
            let standing = deliveries.candidates.iter().zip(&deliveries.targets);
            for ((candidate, target), verdict) in standing.zip(&deliveries.verdicts) {
                if *verdict == STANDS && candidates.stands(*candidate as usize) {
                    out.push((call.table, *target));
                }
            }
        }
    }
    out
}

/// What goes to a target that another campaign has taken falls: the row's own of a `to each`, else the rule.
fn fall(
    run: Run<'_, '_>,
    campaign: usize,
    rule: usize,
    candidates: &mut RuleCandidates,
    taken: &FxHashMap<Who, usize>,
) {
    let rule = &run.plan.campaigns[campaign].rules[rule];
    for (t, then) in rule.thens.iter().enumerate() {
        for (c, call) in then.calls.iter().enumerate() {
            let Some(deliveries) = candidates.deliveries.get(t).and_then(|d| d.get(c)) else {
                continue;
            };
            let lost: Vec<(usize, u32, usize)> = (0..deliveries.targets.len())
                .filter(|i| deliveries.verdicts[*i] == STANDS)
                .filter_map(|i| {
                    let other = *taken.get(&(call.table, deliveries.targets[i]))?;
                    (other != campaign).then_some((i, deliveries.candidates[i], other))
                })
                .collect();
            for (place, candidate, other) in lost {
                if !candidates.stands(candidate as usize) {
                    continue;
                }
                let limit = run.plan.campaigns[other].name.clone();
                let verdict = candidates.verdict(Fall::new(Stage::Exclusive, limit));
                if matches!(call.target, Target::ToEach { .. }) {
                    candidates.deliveries[t][c].verdicts[place] = verdict;
                } else {
                    candidates.verdicts[candidate as usize] = verdict;
                }
            }
        }
    }
    candidates.settle(rule);
}

//! How far each rule came, for the coverage of tests.

use super::candidates::{RuleCandidates, STANDS, standing};
use super::outcome::Outcome;
use super::stages::NOTHING;
use rustc_hash::FxHashSet;

/// How far one rule came in a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleReached {
    /// It acted for a subject.
    pub fired: bool,
    /// For each arm of its split, whether a subject got it: acted for in this variant, or held out by `nothing`.
    pub arms: Vec<bool>,
    /// For each rule that it stands instead of, whether both rules' conditions held for a subject.
    pub displaced: Vec<bool>,
    /// For each `then` and each of its calls, the rows of the targets' table that it reached, ascending.
    pub targets: Vec<Vec<Vec<u32>>>,
}

impl Outcome<'_> {
    /// How far a rule came, by places in the plan.
    pub fn reached(&self, campaign: usize, rule: usize) -> RuleReached {
        let definition = &self.plan().campaigns[campaign].rules[rule];
        let candidates = self.candidates(campaign, rule);
        let subjects: FxHashSet<u32> = candidates.subjects.iter().copied().collect();
        let displaced = definition.instead_of.iter().map(|replaced| {
            let replaced = &self.candidates(campaign, *replaced).subjects;
            replaced.iter().any(|row| subjects.contains(row))
        });
        let targets = definition.thens.iter().enumerate().map(|(then, t)| {
            let calls = 0..t.calls.len();
            calls
                .map(|call| targets(candidates, then, call))
                .collect::<Vec<_>>()
        });
        RuleReached {
            fired: candidates.verdicts.contains(&STANDS),
            arms: arms(candidates, definition.arms.len()),
            displaced: displaced.collect(),
            targets: targets.collect(),
        }
    }
}

fn arms(candidates: &RuleCandidates, count: usize) -> Vec<bool> {
    let mut out = vec![false; count];
    for (place, arm) in candidates.arms.iter().enumerate() {
        let idle = || {
            candidates
                .fell_at(place)
                .is_some_and(|f| f.limit == NOTHING)
        };
        // An arm that a test does not state is none.
        if let Some(reached) = out.get_mut(usize::from(*arm))
            && (candidates.stands(place) || idle())
        {
            *reached = true;
        }
    }
    out
}

fn targets(candidates: &RuleCandidates, then: usize, call: usize) -> Vec<u32> {
    let deliveries = candidates.deliveries.get(then).and_then(|d| d.get(call));
    let Some(deliveries) = deliveries else {
        return Vec::new();
    };
    let mut rows: Vec<u32> = standing(candidates, deliveries, 0, u32::MAX)
        .map(|place| deliveries.targets[place])
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

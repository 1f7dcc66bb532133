//! Candidates of one rule, and the deliveries of its actions.

use super::stages::{Fall, Stage};
use crate::plan::{ActionCall, Choice, Rule};
use rustc_hash::FxHashMap;

/// The subjects for which a rule's conditions hold, by key.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleCandidates {
    /// Row numbers of the subjects' table, in the order of their keys.
    pub subjects: Vec<u32>,
    /// For each subject, a place in `falls`; [`STANDS`] where nothing stopped it, [`EARLIER`] where an earlier
    /// run of the same day has done it.
    pub verdicts: Vec<u16>,
    /// What stopped candidates or deliveries of this rule.
    pub falls: Vec<Fall>,
    /// The place of each in `falls`.
    places: FxHashMap<Fall, u16>,
    /// The arm of the rule's split, for each subject; empty for a rule without one.
    pub arms: Vec<u16>,
    /// For each `then`, for each of its calls.
    pub deliveries: Vec<Vec<Deliveries>>,
}

/// The verdict of what has not fallen.
pub(super) const STANDS: u16 = u16::MAX;
/// The verdict of what an earlier run of the day has done: it has not fallen, and is not done again.
pub(super) const EARLIER: u16 = u16::MAX - 1;
/// The verdict of what is taken as done, without doing it.
pub(super) const ADOPTED: u16 = u16::MAX - 2;

/// One action call for every candidate: who would get it.
#[derive(Debug, Clone, Default)]
pub(super) struct Deliveries {
    /// Places in [`RuleCandidates::subjects`], ascending.
    pub candidates: Vec<u32>,
    /// Row numbers of the targets' table.
    pub targets: Vec<u32>,
    pub verdicts: Vec<u16>,
}

impl RuleCandidates {
    pub fn new(subjects: Vec<u32>) -> Self {
        let verdicts = vec![STANDS; subjects.len()];
        RuleCandidates {
            subjects,
            verdicts,
            ..Default::default()
        }
    }

    /// The verdict that says this fall.
    pub fn verdict(&mut self, fall: Fall) -> u16 {
        if let Some(place) = self.places.get(&fall) {
            return *place;
        }
        // INVARIANT: fewer than `ADOPTED`: a rule has a handful of limits, and days since it began.
        let place = self.falls.len() as u16;
        self.falls.push(fall.clone());
        self.places.insert(fall, place);
        place
    }

    pub fn stands(&self, candidate: usize) -> bool {
        self.verdicts[candidate] == STANDS
    }

    /// Places of the candidates that stand.
    pub fn standing(&self) -> Vec<u32> {
        (0..self.subjects.len() as u32)
            .filter(|c| self.stands(*c as usize))
            .collect()
    }

    pub fn fell_at(&self, candidate: usize) -> Option<&Fall> {
        self.falls.get(self.verdicts[candidate] as usize)
    }

    pub fn held_out(&self, candidate: usize) -> bool {
        self.fell_at(candidate)
            .is_some_and(|f| f.stage == Stage::Holdout)
    }

    /// After deliveries have fallen: those that share a fate fall with them, and candidates with all of theirs.
    pub fn settle(&mut self, rule: &Rule) {
        let subjects = self.subjects.len();
        for (then, calls) in rule.thens.iter().zip(&mut self.deliveries) {
            if then.choice == Choice::All {
                share_fate(calls, subjects);
            }
        }
        self.fall_with_all_actions();
    }

    /// A candidate none of whose actions stands has fallen, for the first reason that was met.
    fn fall_with_all_actions(&mut self) {
        let mut fates: Vec<Option<u16>> = vec![None; self.subjects.len()];
        for deliveries in self.deliveries.iter().flatten() {
            for (candidate, verdict) in deliveries.candidates.iter().zip(&deliveries.verdicts) {
                let fate = &mut fates[*candidate as usize];
                // STANDS is the greatest verdict, so one standing action keeps the candidate.
                *fate = Some(match *fate {
                    Some(STANDS) => STANDS,
                    Some(first) if *verdict != STANDS => first,
                    _ => *verdict,
                });
            }
        }
        for (candidate, fate) in fates.into_iter().enumerate() {
            if !self.stands(candidate) {
                continue;
            }
            self.verdicts[candidate] = match fate {
                Some(verdict) => verdict,
                None => {
                    let limit = "no one to go to".into();
                    self.verdict(Fall::new(Stage::Channel, limit))
                }
            };
        }
    }
}

impl Deliveries {
    pub fn push(&mut self, candidate: u32, target: u32, verdict: u16) {
        self.candidates.push(candidate);
        self.targets.push(target);
        self.verdicts.push(verdict);
    }

    /// The places of one candidate's deliveries.
    pub fn of(&self, candidate: u32) -> std::ops::Range<usize> {
        let first = self.candidates.partition_point(|c| *c < candidate);
        let count = self.candidates[first..]
            .iter()
            .take_while(|c| **c == candidate)
            .count();
        first..first + count
    }
}

/// A rule's calls with their deliveries, in written order.
pub(super) fn calls<'p, 'r>(
    rule: &'p Rule,
    candidates: &'r RuleCandidates,
) -> impl Iterator<Item = (&'p ActionCall, &'r Deliveries)> {
    rule.thens
        .iter()
        .zip(&candidates.deliveries)
        .flat_map(|(then, deliveries)| then.calls.iter().zip(deliveries))
}

/// Places of the deliveries to candidates `from..to` that stand.
pub(super) fn standing<'r>(
    candidates: &'r RuleCandidates,
    deliveries: &'r Deliveries,
    from: u32,
    to: u32,
) -> impl Iterator<Item = usize> + 'r {
    let first = deliveries.candidates.partition_point(|c| *c < from);
    let last = deliveries.candidates.partition_point(|c| *c < to);
    (first..last).filter(|i| {
        deliveries.verdicts[*i] == STANDS && candidates.stands(deliveries.candidates[*i] as usize)
    })
}

/// Whether the calls of a `then` go to the same targets, one by one.
pub(super) fn together(calls: &[Deliveries]) -> bool {
    calls
        .windows(2)
        .all(|pair| pair[0].candidates == pair[1].candidates && pair[0].targets == pair[1].targets)
}

fn share_fate(calls: &mut [Deliveries], subjects: usize) {
    if calls.len() < 2 {
        return;
    }
    if together(calls) {
        for i in 0..calls[0].verdicts.len() {
            let fate = calls.iter().map(|c| c.verdicts[i]).min().unwrap_or(STANDS);
            calls.iter_mut().for_each(|c| c.verdicts[i] = fate);
        }
        return;
    }
    let mut fates = vec![STANDS; subjects];
    for call in calls.iter() {
        for (candidate, verdict) in call.candidates.iter().zip(&call.verdicts) {
            let fate = &mut fates[*candidate as usize];
            *fate = (*fate).min(*verdict);
        }
    }
    for call in calls.iter_mut() {
        for (candidate, verdict) in call.candidates.iter().zip(&mut call.verdicts) {
            *verdict = fates[*candidate as usize];
        }
    }
}

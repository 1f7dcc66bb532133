//! What a run came to: the summary, and what fell. The action list is rendered from it.

use super::arguments::costs;
use super::candidates::{ADOPTED, Deliveries, EARLIER, RuleCandidates, STANDS, calls, standing};
use super::evaluate::{EvalError, Evaluator};
use super::past::Past;
use super::stages::{Fall, Stage};
use crate::plan::Plan;
use crate::schema::{Decimal, Type, Value};
use crate::vector::RowErrorCause;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// The limit of whom an earlier run of the day has served.
const EARLIER_TODAY: &str = "done by an earlier run of the day";

/// One day's run. Actions are kept as row numbers and rendered when they are asked for, a batch at a time.
pub struct Outcome<'p> {
    pub(super) evaluator: Evaluator<'p>,
    pub(super) past: Past<'p>,
    /// By campaign and rule, as in the plan.
    pub(super) candidates: Vec<Vec<RuleCandidates>>,
    /// By campaign and rule name.
    pub rules: Vec<RuleOutcome>,
    pub segments: Vec<SegmentCount>,
}

/// Numbers of one rule: `eligible` = `fired` + `earlier` + `adopted` + all of `fallen` + `held_out`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcome {
    /// Places in the plan.
    pub campaign: usize,
    pub rule: usize,
    /// Subjects for which the conditions hold.
    pub eligible: u64,
    /// By stage, but for the holdout.
    pub fallen: Vec<(Stage, u64)>,
    pub held_out: u64,
    /// Subjects with at least one action.
    pub fired: u64,
    /// How often it fired; on one day as often as for subjects.
    pub firings: u64,
    /// Subjects that an earlier run of the day has served.
    pub earlier: u64,
    /// Subjects taken as done.
    pub adopted: u64,
    pub actions: u64,
    /// Single actions that were stopped, of subjects that fired all the same.
    pub stopped_actions: u64,
    /// In the workspace's currency, exact.
    pub cost: Decimal,
    /// The campaign does not run today.
    pub outside_run: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentCount {
    pub record: String,
    pub name: String,
    pub count: u64,
}

/// One line of the action list.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRow<'p> {
    /// Idempotency key.
    pub key: String,
    pub campaign: &'p str,
    pub rule: &'p str,
    pub action: &'p str,
    pub channel: Option<&'p str>,
    /// The target's record and key.
    pub record: &'p str,
    pub target: Cow<'p, str>,
    pub subject: Cow<'p, str>,
    /// The arm of the rule's split.
    pub variant: Option<&'p str>,
    /// Local date and time with the offset of the target's zone; `None`: at once.
    pub deliver_after: Option<String>,
    /// In the workspace's currency, exact; `None` where the action states none.
    pub cost: Option<Decimal>,
    /// In the order of the action's parameters; money in its minor unit.
    pub params: Vec<(&'p str, Type, Option<Value>)>,
}

/// A candidate, or one action of a candidate that fired, and what stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed<'p> {
    pub campaign: &'p str,
    pub rule: &'p str,
    pub subject: String,
    /// `None`: the whole rule.
    pub action: Option<&'p str>,
    pub stage: Stage,
    pub limit: String,
}

impl<'p> Outcome<'p> {
    pub fn plan(&self) -> &'p Plan {
        self.evaluator.plan()
    }

    pub fn evaluator(&self) -> &Evaluator<'p> {
        &self.evaluator
    }

    pub(super) fn candidates(&self, campaign: usize, rule: usize) -> &RuleCandidates {
        &self.candidates[campaign][rule]
    }

    /// Campaigns and rules by their names.
    pub(super) fn order(&self) -> Vec<(usize, usize)> {
        let plan = self.plan();
        let mut order: Vec<(usize, usize)> = plan
            .campaigns
            .iter()
            .enumerate()
            .flat_map(|(c, campaign)| (0..campaign.rules.len()).map(move |r| (c, r)))
            .collect();
        let name = |(c, r): &(usize, usize)| {
            (&plan.campaigns[*c].name, &plan.campaigns[*c].rules[*r].name)
        };
        order.sort_by(|a, b| name(a).cmp(&name(b)));
        order
    }

    /// What fell, by campaign, rule and subject's key; those held out are not among them.
    pub fn suppressed(&self) -> Vec<Suppressed<'p>> {
        let mut fallen = self.unserved();
        fallen.retain(|s| s.stage != Stage::Holdout && s.limit != EARLIER_TODAY);
        fallen
    }

    /// Everyone who gets nothing, or not all, from this run: what fell, who was held out, and whom an earlier run
    /// of the day has served.
    pub fn unserved(&self) -> Vec<Suppressed<'p>> {
        let plan = self.plan();
        let mut out = Vec::new();
        for (c, r) in self.order() {
            let (campaign, candidates) = (&plan.campaigns[c], &self.candidates[c][r]);
            let rule = &campaign.rules[r];
            let mut single: FxHashMap<u32, Vec<(&'p str, u16)>> = FxHashMap::default();
            for (call, deliveries) in calls(rule, candidates) {
                for (candidate, verdict) in deliveries.candidates.iter().zip(&deliveries.verdicts) {
                    if *verdict != STANDS {
                        single
                            .entry(*candidate)
                            .or_default()
                            .push((&call.action, *verdict));
                    }
                }
            }
            let earlier = Fall::new(Stage::Repetition, EARLIER_TODAY.into());
            let fall = |verdict: u16| match verdict {
                EARLIER => Some(&earlier),
                verdict => candidates.falls.get(verdict as usize),
            };
            for candidate in 0..candidates.subjects.len() {
                let verdict = candidates.verdicts[candidate];
                let actions = match verdict {
                    STANDS => single.remove(&(candidate as u32)).unwrap_or_default(),
                    _ => Vec::new(),
                };
                let whole = fall(verdict).map(|_| (None, verdict));
                let parts = actions.into_iter().map(|(action, v)| (Some(action), v));
                for (action, verdict) in whole.into_iter().chain(parts) {
                    let Some(fall) = fall(verdict) else { continue };
                    out.push(Suppressed {
                        campaign: &campaign.name,
                        rule: &rule.name,
                        subject: self
                            .subject_key(campaign.table, candidates.subjects[candidate])
                            .into_owned(),
                        action,
                        stage: fall.stage,
                        limit: fall.limit.clone(),
                    });
                }
            }
        }
        out
    }

    /// Single actions that were stopped, of subjects that fired.
    pub(super) fn stopped_actions(&self, campaign: usize, rule: usize) -> u64 {
        let candidates = &self.candidates[campaign][rule];
        let stopped = |d: &Deliveries| {
            d.candidates
                .iter()
                .zip(&d.verdicts)
                .filter(|(c, v)| **v != STANDS && candidates.stands(**c as usize))
                .count() as u64
        };
        candidates.deliveries.iter().flatten().map(stopped).sum()
    }

    /// How many actions a rule emits, and what they cost.
    pub(super) fn costs(&self, campaign: usize, rule: usize) -> Result<(u64, Decimal), EvalError> {
        let plan = self.plan();
        let candidates = &self.candidates[campaign][rule];
        let table = plan.campaigns[campaign].table;
        let (mut actions, mut sum) = (0, Decimal::ZERO);
        for (call, deliveries) in calls(&plan.campaigns[campaign].rules[rule], candidates) {
            let places: Vec<usize> = standing(candidates, deliveries, 0, u32::MAX).collect();
            actions += places.len() as u64;
            let Some(node) = call.cost else { continue };
            let found = costs(
                &self.evaluator,
                call,
                table,
                candidates,
                deliveries,
                &places,
            )?;
            for (place, cost) in places.iter().zip(found) {
                // A missing cost adds nothing; the checker asks for a known one.
                let Some(cost) = cost else { continue };
                sum = sum.checked_add(cost).ok_or(EvalError {
                    table: call.table,
                    row: deliveries.targets[*place] as usize,
                    node,
                    cause: RowErrorCause::Overflow,
                })?;
            }
        }
        Ok((actions, sum))
    }

    /// How the candidates of a rule ended: fallen by stage, held out, earlier, adopted, fired.
    pub(super) fn count(&self, campaign: usize, rule: usize) -> Counts {
        let candidates = &self.candidates[campaign][rule];
        let mut counts = Counts {
            fallen: Stage::ALL
                .iter()
                .filter(|s| **s != Stage::Holdout)
                .map(|s| (*s, 0))
                .collect(),
            ..Counts::default()
        };
        for candidate in 0..candidates.subjects.len() {
            match candidates.verdicts[candidate] {
                STANDS => counts.fired += 1,
                EARLIER => counts.earlier += 1,
                ADOPTED => counts.adopted += 1,
                verdict => match candidates.falls[verdict as usize].stage {
                    Stage::Holdout => counts.held_out += 1,
                    stage => {
                        let of = counts.fallen.iter_mut().find(|(s, _)| *s == stage);
                        of.into_iter().for_each(|(_, n)| *n += 1);
                    }
                },
            }
        }
        counts
    }

    /// Subjects of rules with a split whose variant a test did not state: places of campaign and rule, key.
    pub fn unstated_variants(&self) -> Vec<(usize, usize, String)> {
        let mut out = Vec::new();
        for (c, r) in self.order() {
            let campaign = &self.plan().campaigns[c];
            let candidates = &self.candidates[c][r];
            for (place, arm) in candidates.arms.iter().enumerate() {
                let before = candidates
                    .fell_at(place)
                    .is_some_and(|f| f.stage < Stage::Channel);
                if !before && *arm as usize >= campaign.rules[r].arms.len() {
                    let row = candidates.subjects[place];
                    out.push((c, r, self.subject_key(campaign.table, row).into_owned()));
                }
            }
        }
        out
    }

    pub(super) fn subject_key(&self, table: usize, row: u32) -> Cow<'p, str> {
        self.evaluator.data().key_text(table, row)
    }
}

/// How the candidates of one rule ended.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub fallen: Vec<(Stage, u64)>,
    pub held_out: u64,
    pub fired: u64,
    pub earlier: u64,
    pub adopted: u64,
}

//! Stage 8: caps and budgets, in one pass over all candidates.
//!
//! By priority, campaign, `favour` (missing last), subject's key, rule. What falls uses up nothing, and the next is
//! still tried. A channel's cap, and a cap `with` a channel, stop only the actions on it; everything else stops
//! the whole rule, but for the rows of a `to each`, which are stopped one by one. `once for PATH` within a run is a
//! limit of one.

mod facts;
mod ledger;
mod period;
mod rules;
mod spent;
mod words;

pub use period::counts;
pub use rules::{subject_groups, target_groups};
pub use spent::{Spent, Use, spent};

use super::{Fall, Run};
use crate::engine::candidates::{Deliveries, RuleCandidates, STANDS};
use crate::engine::evaluate::EvalError;
use crate::plan::{Choice, Rule, Target};
use facts::RuleFacts;
use ledger::Used;
use rayon::prelude::*;
use rules::{By, Registry};
use std::cmp::Reverse;

/// One limit, and what of it is used.
struct Limit {
    fall: Fall,
    /// Firings, actions, or billionths of money, for each group.
    allowance: i128,
    used: Used,
}

impl Limit {
    fn left(&self, group: &str) -> i128 {
        let used = self.used.get(group).copied().unwrap_or(0);
        self.allowance.saturating_sub(used)
    }

    fn charge(&mut self, group: &str, amount: i128) {
        match self.used.get_mut(group) {
            Some(n) => *n = n.saturating_add(amount),
            None => {
                self.used.insert(group.into(), amount);
            }
        }
    }
}

pub fn apply(run: Run<'_, '_>, candidates: &mut [Vec<RuleCandidates>]) -> Result<(), EvalError> {
    let mut registry = Registry::new();
    let mut facts: Vec<Vec<Option<RuleFacts>>> = Vec::new();
    for (c, campaign) in run.plan.campaigns.iter().enumerate() {
        let mut of_rules = Vec::new();
        for (r, rule) in campaign.rules.iter().enumerate() {
            let of = &candidates[c][r];
            let anyone = (0..of.subjects.len()).any(|place| of.stands(place));
            let limits = anyone.then(|| registry.of_rule(run, c, r)).flatten();
            let known = limits.map(|limits| RuleFacts::new(run, campaign, rule, of, limits));
            of_rules.push(known.transpose()?);
        }
        facts.push(of_rules);
    }
    let mut limits = registry.limits;
    for turn in order(run, candidates, &facts)? {
        let of = &mut candidates[turn.campaign][turn.rule];
        let Some(facts) = &facts[turn.campaign][turn.rule] else {
            continue;
        };
        let rule = &run.plan.campaigns[turn.campaign].rules[turn.rule];
        try_one(rule, facts, &mut limits, of, turn.candidate);
    }
    for (c, campaign) in run.plan.campaigns.iter().enumerate() {
        for (r, rule) in campaign.rules.iter().enumerate() {
            if facts[c][r].is_some() {
                candidates[c][r].settle(rule);
            }
        }
    }
    Ok(())
}

/// A candidate that waits for its turn.
struct Turn {
    priority: Reverse<i64>,
    /// By name.
    campaign_rank: usize,
    /// Missing last.
    favour: (bool, i128),
    subject: u32,
    rule_rank: usize,
    campaign: usize,
    rule: usize,
    candidate: u32,
}

fn order(
    run: Run<'_, '_>,
    candidates: &[Vec<RuleCandidates>],
    facts: &[Vec<Option<RuleFacts>>],
) -> Result<Vec<Turn>, EvalError> {
    let campaign_ranks = ranks(run.plan.campaigns.iter().map(|c| c.name.as_str()));
    let mut turns = Vec::new();
    for (c, campaign) in run.plan.campaigns.iter().enumerate() {
        let rule_ranks = ranks(campaign.rules.iter().map(|r| r.name.as_str()));
        for (r, of) in candidates[c].iter().enumerate() {
            if facts[c][r].is_none() {
                continue;
            }
            let standing = of.standing();
            let favour = facts::favour(run, campaign, of, &standing)?;
            turns.extend(standing.iter().zip(favour).map(|(candidate, favour)| Turn {
                priority: Reverse(campaign.priority),
                campaign_rank: campaign_ranks[c],
                favour,
                subject: of.subjects[*candidate as usize],
                rule_rank: rule_ranks[r],
                campaign: c,
                rule: r,
                candidate: *candidate,
            }));
        }
    }
    let data = run.evaluator.data();
    turns.par_sort_unstable_by(|a, b| {
        let table = run.plan.campaigns[a.campaign].table;
        (a.priority, a.campaign_rank, a.favour)
            .cmp(&(b.priority, b.campaign_rank, b.favour))
            .then_with(|| data.compare_keys(table, a.subject, b.subject))
            .then_with(|| a.rule_rank.cmp(&b.rule_rank))
    });
    Ok(turns)
}

/// The place of each name among all of them in order.
fn ranks<'n>(names: impl Iterator<Item = &'n str>) -> Vec<usize> {
    let names: Vec<&str> = names.collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|i| names[*i]);
    let mut ranks = vec![0; names.len()];
    for (rank, place) in order.into_iter().enumerate() {
        ranks[place] = rank;
    }
    ranks
}

/// What would be used up: limit, group, amount.
type Charge<'g> = (usize, &'g str, i128);

/// Gives a candidate what is left, or lets it, or some of its deliveries, fall.
fn try_one(
    rule: &Rule,
    facts: &RuleFacts,
    limits: &mut [Limit],
    of: &mut RuleCandidates,
    candidate: u32,
) {
    let mut charges: Vec<Charge<'_>> = Vec::new();
    // Targets that this firing is counted for already, and those that count for the whole of it.
    let (mut seen, mut whole): (Vec<&str>, Vec<&str>) = Default::default();
    let (mut cost, mut stands) = (0_i128, false);
    // A firing must fit with everything that it has come here with, also what a cap stops just now: else what fell for
    // its price could fit in a second run of the day, when the caps are full.
    let (mut asked, mut asked_cost): (Vec<&str>, i128) = Default::default();
    for t in 0..rule.thens.len() {
        let then = &rule.thens[t];
        let sharing = match then.choice {
            Choice::FirstReachable => Sharing::None,
            Choice::All if facts.together[t] => Sharing::Target,
            Choice::All => Sharing::All,
        };
        for unit in units(sharing, &of.deliveries[t], candidate) {
            let each = unit
                .iter()
                .any(|(c, _)| matches!(then.calls[*c].target, Target::ToEach { .. }));
            let mut own = actions(rule, facts, t, &unit, candidate);
            let mut new: Vec<&str> = unit
                .iter()
                .map(|(c, i)| facts.calls[t][*c].target(*i))
                .filter(|target| !seen.contains(target))
                .collect();
            new.sort_unstable();
            new.dedup();
            let costs = unit.iter().map(|(c, i)| facts.calls[t][*c].cost(*i));
            let price = costs.fold(0, i128::saturating_add);
            asked_cost = asked_cost.saturating_add(price);
            if each {
                own.extend(by_target(facts, &new));
            } else {
                asked.extend(&new);
            }
            if let Some(limit) = first_over(limits, &charges, &own) {
                let verdict = of.verdict(limits[limit].fall.clone());
                for (c, i) in unit {
                    of.deliveries[t][c].verdicts[i] = verdict;
                }
                continue;
            }
            charges.extend(own);
            if !each {
                whole.extend(&new);
            }
            seen.extend(new);
            stands = true;
            cost = cost.saturating_add(price);
        }
    }
    if !stands {
        // All its actions have fallen; settling names the first reason.
        return;
    }
    asked.sort_unstable();
    asked.dedup();
    let wants = firing(facts, candidate, &asked, asked_cost);
    if let Some(limit) = first_over(limits, &charges, &wants) {
        of.verdicts[candidate as usize] = of.verdict(limits[limit].fall.clone());
        return;
    }
    let takes = firing(facts, candidate, &whole, cost);
    for (limit, group, amount) in charges.into_iter().chain(takes) {
        limits[limit].charge(group, amount);
    }
}

/// Which deliveries of a `then` share a fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    None,
    /// Those to one target.
    Target,
    All,
}

/// What a firing counts for as a whole.
fn firing<'f>(
    facts: &'f RuleFacts,
    candidate: u32,
    targets: &[&'f str],
    cost: i128,
) -> Vec<Charge<'f>> {
    let limits = &facts.limits;
    let mut out = by_target(facts, targets);
    out.extend(limits.firings.iter().filter_map(|cap| {
        let group = facts.group(cap.by, candidate)?;
        Some((cap.limit, group, 1))
    }));
    out.extend(limits.once.map(|limit| (limit, facts.once(candidate), 1)));
    out.extend(limits.budgets.iter().filter_map(|budget| {
        let group = facts.group(budget.by, candidate)?;
        Some((budget.limit, group, cost))
    }));
    out
}

/// The standing deliveries of a candidate that share a fate: call and place.
fn units(sharing: Sharing, calls: &[Deliveries], candidate: u32) -> Vec<Vec<(usize, usize)>> {
    let standing = |c: usize| {
        let deliveries = &calls[c];
        deliveries
            .of(candidate)
            .filter(|i| deliveries.verdicts[*i] == STANDS)
            .map(move |i| (c, i))
    };
    if sharing == Sharing::None || calls.len() == 1 {
        return (0..calls.len())
            .flat_map(|c| standing(c).map(|one| vec![one]))
            .collect();
    }
    if sharing == Sharing::Target {
        return standing(0)
            .map(|(_, i)| (0..calls.len()).map(|c| (c, i)).collect())
            .collect();
    }
    let all: Vec<(usize, usize)> = (0..calls.len()).flat_map(standing).collect();
    if all.is_empty() {
        Vec::new()
    } else {
        vec![all]
    }
}

/// What the actions of a unit count for: their channels' caps, and caps `with` their channels.
fn actions<'f>(
    rule: &Rule,
    facts: &'f RuleFacts,
    then: usize,
    unit: &[(usize, usize)],
    candidate: u32,
) -> Vec<Charge<'f>> {
    let mut out = Vec::new();
    for (c, i) in unit {
        let call = &facts.calls[then][*c];
        let own = facts.limits.channels.get(then).map(|calls| &calls[*c].caps);
        for cap in own.into_iter().flatten() {
            out.push((cap.limit, call.group(cap.by, *i), 1));
        }
        let channel = rule.thens[then].calls[*c].channel.as_ref();
        for (name, cap) in &facts.limits.with {
            if channel.is_some_and(|c| c.name == *name) {
                let group = facts.group(cap.by, candidate);
                out.push((cap.limit, group.unwrap_or_else(|| call.target(*i)), 1));
            }
        }
    }
    out
}

/// A firing counts once for each of its targets.
fn by_target<'f>(facts: &RuleFacts, targets: &[&'f str]) -> Vec<Charge<'f>> {
    let caps = facts.limits.firings.iter().filter(|c| c.by == By::Target);
    caps.flat_map(|cap| targets.iter().map(|target| (cap.limit, *target, 1)))
        .collect()
}

/// The first limit that does not hold what is asked for on top of what is taken already.
fn first_over(limits: &[Limit], taken: &[Charge<'_>], own: &[Charge<'_>]) -> Option<usize> {
    own.iter()
        .filter(|(_, _, amount)| *amount > 0)
        .find(|(limit, group, _)| {
            let same = |c: &&Charge<'_>| c.0 == *limit && c.1 == *group;
            let asked = taken.iter().chain(own).filter(same);
            let sum = asked.fold(0_i128, |sum, c| sum.saturating_add(c.2));
            sum > limits[*limit].left(group)
        })
        .map(|(limit, _, _)| *limit)
}

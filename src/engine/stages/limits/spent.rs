//! What used up a limit, use by use: for `why`, which asks about one subject.

use super::ledger::Owner;
use super::period::counts;
use super::words;
use crate::engine::arguments::costs;
use crate::engine::candidates::{RuleCandidates, STANDS, calls};
use crate::engine::evaluate::{EvalError, Frame};
use crate::engine::outcome::Outcome;
use crate::engine::stages::{Fall, Obeys, Stage};
use crate::engine::values::canonical;
use crate::hir::Purpose;
use crate::ledger::{DoneAction, Fate, Firing};
use crate::plan::{Budget, Cap, Group, NodeId, Period, Plan};
use crate::schema::{Day, Decimal};

/// What of a limit was used before and in this run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spent {
    /// By day, then by name.
    pub uses: Vec<Use>,
    /// Of a budget: what is left of it, and what this would have cost.
    pub budget: Option<(Decimal, Decimal)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    pub day: Day,
    pub campaign: String,
    pub rule: String,
}

/// The group that a limit counts the asked one in.
enum Counted {
    /// Records and keys.
    Targets(Vec<(String, String)>),
    InAll,
    /// How the expression is written, and its value.
    Value(String, String),
}

/// A cap with who counts in it; `None` for a channel's.
struct Found<'p> {
    cap: &'p Cap,
    owner: Option<Owner<'p>>,
    channel: Option<&'p str>,
}

pub fn spent(
    outcome: &Outcome<'_>,
    at: (usize, usize),
    row: u32,
    target: Option<(usize, u32)>,
    fall: &Fall,
) -> Result<Option<Spent>, EvalError> {
    let plan = outcome.plan();
    match fall.stage {
        Stage::Caps => {
            let Some(found) = cap_of(plan, at, &fall.limit) else {
                return Ok(None);
            };
            let group = group_of(outcome, &found, at, row, target)?;
            let mut uses = remembered(outcome, &found, &group);
            uses.extend(of_this_run(outcome, &found, &group)?);
            uses.sort();
            Ok(Some(Spent { uses, budget: None }))
        }
        Stage::Budget => {
            let mut budgets = plan.budgets.iter();
            let named = |b: &&Budget| words::budget(plan, b) == fall.limit;
            let Some(budget) = budgets.find(named) else {
                return Ok(None);
            };
            of_budget(outcome, budget, at, row).map(Some)
        }
        _ => Ok(None),
    }
}

/// The cap that a limit's name is of.
fn cap_of<'p>(plan: &'p Plan, (campaign, rule): (usize, usize), limit: &str) -> Option<Found<'p>> {
    let definition = &plan.campaigns[campaign];
    let declared = &definition.rules[rule];
    let own = format!("{}.{}", definition.name, declared.name);
    let find = |caps: &'p [Cap], name: &str| caps.iter().find(|c| words::cap(name, c) == limit);
    let with = |cap: &'p Cap, owner: Owner<'p>| Found {
        cap,
        owner: Some(owner),
        channel: cap.channel.as_deref(),
    };
    if let Some(cap) = find(&declared.caps, &own) {
        return Some(with(cap, Owner::Rule(campaign, rule)));
    }
    if let Some(cap) = find(&definition.caps, &definition.name) {
        return Some(with(cap, Owner::Campaign(campaign)));
    }
    let mut shared = plan.shared_caps.iter();
    if let Some(shared) = shared.find(|s| words::shared_cap(plan, s) == limit) {
        return Some(with(&shared.cap, Owner::Campaigns(&shared.campaigns)));
    }
    let calls = declared.thens.iter().flat_map(|t| &t.calls);
    let mut channels = calls.filter_map(|c| c.channel.as_ref());
    channels.find_map(|channel| {
        let cap = find(&channel.caps, &channel.name)?;
        Some(Found {
            cap,
            owner: None,
            channel: Some(&channel.name),
        })
    })
}

fn group_of(
    outcome: &Outcome<'_>,
    found: &Found<'_>,
    (campaign, rule): (usize, usize),
    row: u32,
    target: Option<(usize, u32)>,
) -> Result<Counted, EvalError> {
    let plan = outcome.plan();
    let table = plan.campaigns[campaign].table;
    Ok(match &found.cap.group {
        Group::InAll => Counted::InAll,
        Group::ForEach { value, text } => {
            let on = match found.owner {
                None => target.unwrap_or((table, row)),
                Some(_) => (table, row),
            };
            Counted::Value(text.clone(), value_text(outcome, *value, on)?)
        }
        Group::Target => {
            let key = |(table, row): (usize, u32)| {
                let record = plan.tables[table].record.clone();
                (
                    record,
                    outcome.evaluator().data().key_text(table, row).into_owned(),
                )
            };
            let targets = match target {
                Some(target) => vec![target],
                None => targets(outcome, (campaign, rule), row),
            };
            Counted::Targets(targets.into_iter().map(key).collect())
        }
    })
}

/// Everybody a subject's rule would reach.
fn targets(outcome: &Outcome<'_>, (c, r): (usize, usize), row: u32) -> Vec<(usize, u32)> {
    let candidates = outcome.candidates(c, r);
    let Some(place) = candidates.subjects.iter().position(|s| *s == row) else {
        return Vec::new();
    };
    let mut out: Vec<(usize, u32)> = calls(&outcome.plan().campaigns[c].rules[r], candidates)
        .flat_map(|(call, d)| d.of(place as u32).map(|i| (call.table, d.targets[i])))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn value_text(
    outcome: &Outcome<'_>,
    node: NodeId,
    (table, row): (usize, u32),
) -> Result<String, EvalError> {
    let evaluator = outcome.evaluator();
    let rows = [row];
    let vector = evaluator.eval(node, &Frame::indices(table, &rows))?;
    Ok(canonical(
        evaluator,
        &vector,
        outcome.plan().nodes.ty(node),
        0,
    ))
}

impl Found<'_> {
    fn counts_rule(&self, plan: &Plan, campaign: &str, rule: &str) -> bool {
        let named = |c: usize| plan.campaigns[c].name == campaign;
        match self.owner {
            Some(Owner::Campaign(c)) => named(c),
            Some(Owner::Campaigns(list)) => list.iter().any(|c| named(*c)),
            Some(Owner::Rule(c, r)) => {
                let declared = &plan.campaigns[c].rules[r];
                named(c) && (declared.name == rule || declared.formerly.as_deref() == Some(rule))
            }
            None => {
                let known = plan.campaigns.iter().find(|c| c.name == campaign);
                known.is_none_or(|c| {
                    let promotion = c.purpose == Purpose::Promotion;
                    c.purpose.limits() && (promotion || !self.cap.promotion_only)
                })
            }
        }
    }

    fn in_period(&self, outcome: &Outcome<'_>, day: Day) -> bool {
        within(outcome, self.cap.period, day)
    }
}

fn within(outcome: &Outcome<'_>, period: Option<Period>, day: Day) -> bool {
    let today = outcome.evaluator().clock().today;
    counts(period, today, day, outcome.plan().weeks_start)
}

/// What earlier runs did.
fn remembered(outcome: &Outcome<'_>, found: &Found<'_>, group: &Counted) -> Vec<Use> {
    let mut out = Vec::new();
    let Some(history) = outcome.past.history else {
        return out;
    };
    for (name, rule) in history.rules() {
        if !found.counts_rule(outcome.plan(), &name.campaign, &name.rule) {
            continue;
        }
        let done = rule.firings().iter().filter(|f| f.fate == Fate::Done);
        for firing in done.filter(|f| found.in_period(outcome, f.day)) {
            out.extend((0..times(found, group, firing)).map(|_| Use {
                day: firing.day,
                campaign: name.campaign.to_string(),
                rule: name.rule.to_string(),
            }));
        }
    }
    out
}

/// How often a firing counts.
fn times(found: &Found<'_>, group: &Counted, firing: &Firing) -> usize {
    let on = |a: &&DoneAction| {
        found
            .channel
            .is_none_or(|c| a.channel.as_deref() == Some(c))
    };
    let has = |groups: &[(Box<str>, Box<str>)], text: &str, value: &str| {
        groups.iter().any(|(t, v)| **t == *text && **v == *value)
    };
    let actions = firing.actions.iter().filter(on);
    let counted = match group {
        Counted::InAll => actions.count(),
        Counted::Targets(targets) => actions
            .filter(|a| {
                targets
                    .iter()
                    .any(|(r, k)| *r == *a.record && *k == *a.target)
            })
            .count(),
        Counted::Value(text, value) if found.owner.is_none() => {
            actions.filter(|a| has(&a.groups, text, value)).count()
        }
        Counted::Value(text, value) if has(&firing.groups, text, value) => actions.count(),
        Counted::Value(..) => 0,
    };
    // Without a channel, firings are counted.
    if found.channel.is_some() {
        counted
    } else {
        counted.min(1)
    }
}

/// What this run gives to others, or by other rules.
fn of_this_run(
    outcome: &Outcome<'_>,
    found: &Found<'_>,
    group: &Counted,
) -> Result<Vec<Use>, EvalError> {
    let plan = outcome.plan();
    let data = outcome.evaluator().data();
    let mut out = Vec::new();
    for (c, r) in outcome.order() {
        let campaign = &plan.campaigns[c];
        if !found.counts_rule(plan, &campaign.name, &campaign.rules[r].name) {
            continue;
        }
        let candidates = outcome.candidates(c, r);
        let mut last = None;
        for (call, deliveries) in calls(&campaign.rules[r], candidates) {
            let channel = call.channel.as_ref().map(|c| c.name.as_str());
            if found.channel.is_some_and(|wanted| channel != Some(wanted)) {
                continue;
            }
            for (candidate, i) in standing(candidates, deliveries) {
                let subject = (campaign.table, candidates.subjects[candidate as usize]);
                let target = (call.table, deliveries.targets[i]);
                let counts = match group {
                    Counted::InAll => true,
                    Counted::Targets(targets) => targets.iter().any(|(record, key)| {
                        *record == plan.tables[target.0].record
                            && *key == data.key_text(target.0, target.1)
                    }),
                    Counted::Value(_, value) => {
                        let Group::ForEach { value: node, .. } = &found.cap.group else {
                            continue;
                        };
                        let on = if found.owner.is_none() {
                            target
                        } else {
                            subject
                        };
                        value_text(outcome, *node, on)? == *value
                    }
                };
                // Without a channel, a firing counts once.
                if !counts || found.channel.is_none() && last == Some(candidate) {
                    continue;
                }
                last = Some(candidate);
                out.push(Use {
                    day: outcome.evaluator().clock().today,
                    campaign: campaign.name.clone(),
                    rule: campaign.rules[r].name.clone(),
                });
            }
        }
    }
    Ok(out)
}

fn standing<'r>(
    candidates: &'r RuleCandidates,
    deliveries: &'r crate::engine::candidates::Deliveries,
) -> impl Iterator<Item = (u32, usize)> + 'r {
    let places = 0..deliveries.targets.len();
    places
        .filter(|i| deliveries.verdicts[*i] == STANDS)
        .map(|i| (deliveries.candidates[i], i))
        .filter(|(candidate, _)| candidates.stands(*candidate as usize))
}

fn of_budget(
    outcome: &Outcome<'_>,
    budget: &Budget,
    (campaign, rule): (usize, usize),
    row: u32,
) -> Result<Spent, EvalError> {
    let plan = outcome.plan();
    let table = plan.campaigns[campaign].table;
    let group = match &budget.group {
        Group::ForEach { value, text } => {
            Some((*value, text, value_text(outcome, *value, (table, row))?))
        }
        _ => None,
    };
    let mut used = 0_i128;
    let mut add = |cost: Option<Decimal>| used = used.saturating_add(cost.map_or(0, |c| c.0));
    if let Some(history) = outcome.past.history {
        let of = |name: &str| {
            budget
                .campaigns
                .iter()
                .any(|c| plan.campaigns[*c].name == *name)
        };
        let rules = history.rules().filter(|(n, _)| of(&n.campaign));
        let firings = rules.flat_map(|(_, r)| r.firings());
        for firing in firings.filter(|f| within(outcome, budget.period, f.day)) {
            let same = group.as_ref().is_none_or(|(_, text, value)| {
                let mut groups = firing.groups.iter();
                groups.any(|(t, v)| **t == **text && **v == **value)
            });
            if same && firing.fate == Fate::Done {
                firing.actions.iter().for_each(|a| add(a.cost));
            }
        }
    }
    for (c, r) in outcome.order() {
        if !budget.campaigns.contains(&c) {
            continue;
        }
        let candidates = outcome.candidates(c, r);
        let of = plan.campaigns[c].table;
        for (call, deliveries) in calls(&plan.campaigns[c].rules[r], candidates) {
            let mut places = Vec::new();
            for (candidate, i) in standing(candidates, deliveries) {
                let subject = candidates.subjects[candidate as usize];
                let same = match &group {
                    Some((node, _, value)) => value_text(outcome, *node, (of, subject))? == *value,
                    None => true,
                };
                places.extend(same.then_some(i));
            }
            let found = costs(
                outcome.evaluator(),
                call,
                of,
                candidates,
                deliveries,
                &places,
            )?;
            found.into_iter().for_each(&mut add);
        }
    }
    let left = Decimal(budget.amount.0.saturating_sub(used));
    let cost = own_cost(outcome, (campaign, rule), row)?;
    Ok(Spent {
        uses: Vec::new(),
        budget: Some((left, cost)),
    })
}

/// What a subject's rule would have cost.
fn own_cost(outcome: &Outcome<'_>, (c, r): (usize, usize), row: u32) -> Result<Decimal, EvalError> {
    let campaign = &outcome.plan().campaigns[c];
    let candidates = outcome.candidates(c, r);
    let mut sum = 0_i128;
    let Some(place) = candidates.subjects.iter().position(|s| *s == row) else {
        return Ok(Decimal::ZERO);
    };
    for (call, d) in calls(&campaign.rules[r], candidates) {
        let places: Vec<usize> = d
            .of(place as u32)
            .filter(|i| d.verdicts[*i] == STANDS)
            .collect();
        let evaluator = outcome.evaluator();
        for cost in costs(evaluator, call, campaign.table, candidates, d, &places)? {
            sum = sum.saturating_add(cost.map_or(0, |c| c.0));
        }
    }
    Ok(Decimal(sum))
}

//! Which limits each rule is under.

use super::ledger::{self, Owner, Used};
use super::{Limit, words};
use crate::engine::stages::repetition::ANOTHER;
use crate::engine::stages::{Fall, Obeys, Run, Stage};
use crate::hir::Purpose;
use crate::plan::{ActionCall, Cap, Channel, Group, NodeId, Repeat};
use rustc_hash::FxHashMap;

/// Every limit that some rule is under, each once.
pub struct Registry {
    pub limits: Vec<Limit>,
    /// By campaign and place of the cap in it.
    campaigns: FxHashMap<(usize, usize), usize>,
    /// By channel and place of the cap in it.
    channels: FxHashMap<(String, usize), usize>,
    /// By place in the plan.
    budgets: FxHashMap<usize, usize>,
    /// By place in the plan.
    shared: FxHashMap<usize, usize>,
}

/// A limit and what it is counted by, for one rule.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// A place in [`Registry::limits`].
    pub limit: usize,
    pub by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Target,
    InAll,
    /// A place in [`RuleLimits::subject_groups`], or in a channel's groups.
    Value(usize),
}

/// The limits of one rule.
#[derive(Debug, Default)]
pub struct RuleLimits {
    /// Count firings.
    pub firings: Vec<Counted>,
    /// Count the rule's actions on a channel.
    pub with: Vec<(String, Counted)>,
    /// Count what firings cost.
    pub budgets: Vec<Counted>,
    /// Of `once for PATH`: one in this run.
    pub once: Option<usize>,
    /// For each `then` and call: those of its channel, counting actions by target.
    pub channels: Vec<Vec<ChannelLimits>>,
    /// `for each EXPR` on the subject.
    pub subject_groups: Vec<NodeId>,
}

#[derive(Debug, Default)]
pub struct ChannelLimits {
    pub caps: Vec<Counted>,
    /// `for each EXPR` on the target.
    pub groups: Vec<NodeId>,
}

impl Registry {
    pub fn new() -> Registry {
        Registry {
            limits: Vec::new(),
            campaigns: FxHashMap::default(),
            channels: FxHashMap::default(),
            budgets: FxHashMap::default(),
            shared: FxHashMap::default(),
        }
    }

    /// The limits of a rule; `None` where it has none.
    pub fn of_rule(
        &mut self,
        run: Run<'_, '_>,
        campaign: usize,
        rule: usize,
    ) -> Option<RuleLimits> {
        let definition = &run.plan.campaigns[campaign];
        let declared = &definition.rules[rule];
        let mut out = RuleLimits::default();
        if definition.purpose.limits() {
            for cap in &declared.caps {
                let owner = format!("{}.{}", definition.name, declared.name);
                let of = Owner::Rule(campaign, rule);
                let limit = self.add(
                    words::cap(&owner, cap),
                    Stage::Caps,
                    cap.count.into(),
                    || ledger::of_cap(run, of, cap),
                );
                out.cap(cap, limit);
            }
            for (place, cap) in definition.caps.iter().enumerate() {
                let known = self.campaigns.get(&(campaign, place)).copied();
                let limit = known.unwrap_or_else(|| {
                    let label = words::cap(&definition.name, cap);
                    let of = Owner::Campaign(campaign);
                    self.add(label, Stage::Caps, cap.count.into(), || {
                        ledger::of_cap(run, of, cap)
                    })
                });
                self.campaigns.insert((campaign, place), limit);
                out.cap(cap, limit);
            }
            self.shared_caps(run, campaign, &mut out);
            self.budgets(run, campaign, &mut out);
            for then in &declared.thens {
                let calls = then.calls.iter();
                let of_calls = calls
                    .map(|call| self.channel(run, call, definition.purpose))
                    .collect();
                out.channels.push(of_calls);
            }
        }
        if matches!(declared.repeat, Repeat::OnceFor { .. }) {
            let fall = Fall::new(Stage::Repetition, ANOTHER.into());
            out.once = Some(self.limits.len());
            self.limits.push(Limit {
                fall,
                allowance: 1,
                used: Used::default(),
            });
        }
        out.any().then_some(out)
    }

    fn budgets(&mut self, run: Run<'_, '_>, campaign: usize, out: &mut RuleLimits) {
        for (place, budget) in run.plan.budgets.iter().enumerate() {
            if !budget.campaigns.contains(&campaign) {
                continue;
            }
            let known = self.budgets.get(&place).copied();
            let limit = known.unwrap_or_else(|| {
                let label = words::budget(run.plan, budget);
                self.add(label, Stage::Budget, budget.amount.0, || {
                    ledger::of_budget(run, budget)
                })
            });
            self.budgets.insert(place, limit);
            let by = out.by(&budget.group, By::InAll);
            out.budgets.push(Counted { limit, by });
        }
    }

    fn shared_caps(&mut self, run: Run<'_, '_>, campaign: usize, out: &mut RuleLimits) {
        for (place, shared) in run.plan.shared_caps.iter().enumerate() {
            if !shared.campaigns.contains(&campaign) {
                continue;
            }
            let known = self.shared.get(&place).copied();
            let limit = known.unwrap_or_else(|| {
                let label = words::shared_cap(run.plan, shared);
                let of = Owner::Campaigns(&shared.campaigns);
                self.add(label, Stage::Caps, shared.cap.count.into(), || {
                    ledger::of_cap(run, of, &shared.cap)
                })
            });
            self.shared.insert(place, limit);
            out.cap(&shared.cap, limit);
        }
    }

    fn channel(&mut self, run: Run<'_, '_>, call: &ActionCall, purpose: Purpose) -> ChannelLimits {
        let mut out = ChannelLimits::default();
        let Some(channel) = &call.channel else {
            return out;
        };
        for (place, cap) in channel.caps.iter().enumerate() {
            if cap.promotion_only && purpose != Purpose::Promotion {
                continue;
            }
            let name = (channel.name.clone(), place);
            let known = self.channels.get(&name).copied();
            let limit = known.unwrap_or_else(|| {
                let label = words::cap(&channel.name, cap);
                self.add(label, Stage::Caps, cap.count.into(), || {
                    ledger::of_channel(run, &channel.name, cap)
                })
            });
            self.channels.insert(name, limit);
            let by = match &cap.group {
                Group::Target => By::Target,
                Group::InAll => By::InAll,
                Group::ForEach { value, .. } => {
                    out.groups.push(*value);
                    By::Value(out.groups.len() - 1)
                }
            };
            out.caps.push(Counted { limit, by });
        }
        out
    }

    fn add(
        &mut self,
        label: String,
        stage: Stage,
        allowance: i128,
        used: impl FnOnce() -> Used,
    ) -> usize {
        self.limits.push(Limit {
            fall: Fall::new(stage, label),
            allowance,
            used: used(),
        });
        self.limits.len() - 1
    }
}

impl RuleLimits {
    fn cap(&mut self, cap: &Cap, limit: usize) {
        let by = self.by(&cap.group, By::Target);
        let counted = Counted { limit, by };
        match &cap.channel {
            Some(channel) => self.with.push((channel.clone(), counted)),
            None => self.firings.push(counted),
        }
    }

    fn by(&mut self, group: &Group, target: By) -> By {
        match group {
            Group::Target => target,
            Group::InAll => By::InAll,
            Group::ForEach { value, .. } => {
                self.subject_groups.push(*value);
                By::Value(self.subject_groups.len() - 1)
            }
        }
    }

    fn any(&self) -> bool {
        let channels = || self.channels.iter().flatten().any(|c| !c.caps.is_empty());
        !self.firings.is_empty()
            || !self.with.is_empty()
            || !self.budgets.is_empty()
            || self.once.is_some()
            || channels()
    }
}

/// `for each EXPR` on the subject that a rule's limits are counted by: how each is written, and its node.
pub fn subject_groups(
    plan: &crate::plan::Plan,
    campaign: usize,
    rule: usize,
) -> Vec<(&str, NodeId)> {
    let definition = &plan.campaigns[campaign];
    let shared = plan.shared_caps.iter();
    let shared = shared.filter(|s| s.campaigns.contains(&campaign));
    let caps = definition.caps.iter().chain(&definition.rules[rule].caps);
    let caps = caps.chain(shared.map(|s| &s.cap));
    let budgets = plan
        .budgets
        .iter()
        .filter(|b| b.campaigns.contains(&campaign));
    distinct(caps.map(|c| &c.group).chain(budgets.map(|b| &b.group)))
}

/// The same on the target, of a channel's caps.
pub fn target_groups(channel: &Channel) -> Vec<(&str, NodeId)> {
    distinct(channel.caps.iter().map(|c| &c.group))
}

fn distinct<'g>(groups: impl Iterator<Item = &'g Group>) -> Vec<(&'g str, NodeId)> {
    let mut out: Vec<(&str, NodeId)> = Vec::new();
    for group in groups {
        if let Group::ForEach { value, text } = group
            && !out.iter().any(|(known, _)| known == text)
        {
            out.push((text, *value));
        }
    }
    out
}

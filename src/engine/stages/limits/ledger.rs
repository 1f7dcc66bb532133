//! What of each limit was used before.

use super::period::counts;
use crate::engine::stages::{Obeys, Run};
use crate::hir::Purpose;
use crate::ledger::{DoneAction, Fate, Firing};
use crate::plan::{Budget, Cap, Group};
use crate::schema::Day;
use rustc_hash::FxHashMap;

/// How much of a limit each group has used: firings, actions, or billionths of money.
pub type Used = FxHashMap<Box<str>, i128>;

/// Whose firings a cap counts.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'p> {
    /// Places of campaign and rule.
    Rule(usize, usize),
    Campaign(usize),
    /// Together.
    Campaigns(&'p [usize]),
}

/// The group of a target: its record and key.
pub fn target_group(record: &str, key: &str) -> String {
    format!("{record}\u{1f}{key}")
}

/// What a rule's or campaign's cap has counted.
pub fn of_cap(run: Run<'_, '_>, owner: Owner<'_>, cap: &Cap) -> Used {
    let mut used = Used::default();
    each_firing(run, owner, &mut |firing| {
        if !in_period(run, cap, firing.day) {
            return;
        }
        match &cap.channel {
            None => count_firing(&cap.group, firing, &mut used),
            Some(channel) => firing
                .actions
                .iter()
                .filter(|a| a.channel.as_deref() == Some(channel))
                .for_each(|action| count_action(&cap.group, firing, action, &mut used)),
        }
    });
    used
}

/// What a channel's cap has counted: every action on it, but those of safety, or of promotions only.
pub fn of_channel(run: Run<'_, '_>, channel: &str, cap: &Cap) -> Used {
    let mut used = Used::default();
    let Some(history) = run.past.history else {
        return used;
    };
    let exempt = |name: &str| {
        let campaign = run.plan.campaigns.iter().find(|c| c.name == name);
        campaign.is_some_and(|c| {
            !c.purpose.limits() || cap.promotion_only && c.purpose != Purpose::Promotion
        })
    };
    for (_, rule) in history.rules().filter(|(n, _)| !exempt(&n.campaign)) {
        let done = rule.firings().iter().filter(|f| f.fate == Fate::Done);
        for firing in done.filter(|f| in_period(run, cap, f.day)) {
            let on = firing.actions.iter();
            for action in on.filter(|a| a.channel.as_deref() == Some(channel)) {
                match &cap.group {
                    Group::ForEach { text, .. } => {
                        add(&mut used, group_of(&action.groups, text), 1)
                    }
                    group => count_action(group, firing, action, &mut used),
                }
            }
        }
    }
    used
}

/// What a budget has spent, in billionths.
pub fn of_budget(run: Run<'_, '_>, budget: &Budget) -> Used {
    let mut used = Used::default();
    for campaign in &budget.campaigns {
        each_firing(run, Owner::Campaign(*campaign), &mut |firing| {
            let today = run.evaluator.clock().today;
            if !counts(budget.period, today, firing.day, run.plan.weeks_start) {
                return;
            }
            let costs = firing.actions.iter().filter_map(|a| a.cost);
            let sum = costs.fold(0_i128, |sum, cost| sum.saturating_add(cost.0));
            match &budget.group {
                Group::ForEach { text, .. } => add(&mut used, group_of(&firing.groups, text), sum),
                _ => add(&mut used, Some(""), sum),
            }
        });
    }
    used
}

fn each_firing(run: Run<'_, '_>, owner: Owner<'_>, visit: &mut dyn FnMut(&Firing)) {
    let Some(history) = run.past.history else {
        return;
    };
    let (campaign, rule) = match owner {
        Owner::Rule(c, r) => (c, Some(&run.plan.campaigns[c].rules[r])),
        Owner::Campaign(c) => (c, None),
        Owner::Campaigns(list) => {
            for c in list {
                each_firing(run, Owner::Campaign(*c), visit);
            }
            return;
        }
    };
    let campaign = &run.plan.campaigns[campaign].name;
    let wanted = |name: &str| {
        rule.is_none_or(|rule| rule.name == name || rule.formerly.as_deref() == Some(name))
    };
    for (_, rule) in history
        .rules()
        .filter(|(n, _)| *n.campaign == **campaign && wanted(&n.rule))
    {
        rule.firings()
            .iter()
            .filter(|f| f.fate == Fate::Done)
            .for_each(&mut *visit);
    }
}

fn in_period(run: Run<'_, '_>, cap: &Cap, day: Day) -> bool {
    let today = run.evaluator.clock().today;
    counts(cap.period, today, day, run.plan.weeks_start)
}

/// Once for each of the firing's targets, or for its group.
fn count_firing(group: &Group, firing: &Firing, used: &mut Used) {
    match group {
        Group::InAll => add(used, Some(""), 1),
        Group::ForEach { text, .. } => add(used, group_of(&firing.groups, text), 1),
        Group::Target => {
            let mut targets: Vec<(&str, &str)> = firing
                .actions
                .iter()
                .map(|a| (&*a.record, &*a.target))
                .collect();
            targets.sort_unstable();
            targets.dedup();
            for (record, key) in targets {
                add(used, Some(&target_group(record, key)), 1);
            }
        }
    }
}

fn count_action(group: &Group, firing: &Firing, action: &DoneAction, used: &mut Used) {
    match group {
        Group::InAll => add(used, Some(""), 1),
        Group::ForEach { text, .. } => add(used, group_of(&firing.groups, text), 1),
        Group::Target => {
            let group = target_group(&action.record, &action.target);
            add(used, Some(&group), 1);
        }
    }
}

fn group_of<'g>(groups: &'g [(Box<str>, Box<str>)], text: &str) -> Option<&'g str> {
    let found = groups.iter().find(|(expression, _)| **expression == *text);
    found.map(|(_, value)| &**value)
}

/// What was done before a limit counted by this group has none, and is not counted.
fn add(used: &mut Used, group: Option<&str>, amount: i128) {
    let Some(group) = group else { return };
    match used.get_mut(group) {
        Some(n) => *n = n.saturating_add(amount),
        None => {
            used.insert(group.into(), amount);
        }
    }
}

//! Rules of one campaign that do the same.

use super::claims::{Claims, RuleAt};
use crate::hir::{Repeat, Rule, Target, Then};
use crate::solver::{Asked, Region};
use rustc_hash::FxHashMap;

/// Two rules that do the same, neither instead of the other.
pub struct Pair<'p> {
    pub first: RuleAt<'p>,
    pub second: RuleAt<'p>,
    /// Everybody of the first is one of the second.
    pub first_within: bool,
    pub second_within: bool,
}

/// All pairs of which one serves nobody whom the other does not serve.
pub fn pairs<'p>(claims: &mut Claims<'p>) -> Vec<Pair<'p>> {
    let mut alike: FxHashMap<String, Vec<RuleAt<'p>>> = FxHashMap::default();
    let mut order = Vec::new();
    for at in claims.rules() {
        let key = format!("{} {}", at.campaign, deeds(claims, at.is));
        let list = alike.entry(key.clone()).or_default();
        if list.is_empty() {
            order.push(key);
        }
        list.push(at);
    }
    let mut out = Vec::new();
    for key in order {
        let list = &alike[&key];
        for (j, second) in list.iter().enumerate() {
            for first in &list[..j] {
                let related = first.is.instead_of.contains(&second.rule)
                    || second.is.instead_of.contains(&first.rule);
                if related {
                    continue;
                }
                let pair = Pair {
                    first: *first,
                    second: *second,
                    first_within: within(claims, *first, *second),
                    second_within: within(claims, *second, *first),
                };
                if pair.first_within || pair.second_within {
                    out.push(pair);
                    break;
                }
            }
        }
    }
    out
}

fn within<'p>(claims: &mut Claims<'p>, narrow: RuleAt<'p>, wide: RuleAt<'p>) -> bool {
    let subjects = claims.rule_region(narrow);
    let left = match &wide.is.when {
        Some(when) => claims.solver.region(wide.of.record, when, Asked::NotTrue),
        None => Region::nothing(),
    };
    !claims.solver.is_empty(&subjects) && claims.solver.is_empty(&subjects.and(&left))
}

/// What a rule does and how often, in a form that is the same for the same.
fn deeds(claims: &Claims<'_>, rule: &Rule) -> String {
    let repeat = match &rule.repeat {
        Repeat::OncePer(list) => {
            let keys: Vec<String> = list.iter().map(|e| claims.solver.key_of(e)).collect();
            format!("per {keys:?}")
        }
        Repeat::OnceFor { path, per } => {
            let keys: Vec<String> = per.iter().map(|e| claims.solver.key_of(e)).collect();
            format!("for {} {keys:?}", claims.solver.key_of(path))
        }
        other => format!("{other:?}"),
    };
    let mut thens: Vec<String> = rule.thens.iter().map(|t| then(claims, t)).collect();
    thens.sort();
    let shares: Vec<u32> = rule.arms.iter().map(|a| a.share).collect();
    format!("{repeat} {shares:?} {thens:?}")
}

fn then(claims: &Claims<'_>, then: &Then) -> String {
    let calls: Vec<String> = then
        .calls
        .iter()
        .map(|call| {
            let arguments: Vec<Option<String>> = call
                .arguments
                .iter()
                .map(|a| a.as_ref().map(|e| claims.solver.key_of(e)))
                .collect();
            let target = match &call.target {
                Target::Subject => String::new(),
                Target::To(e) => claims.solver.key_of(e),
                Target::ToEach { many, filter } => format!(
                    "each {} {} {:?}",
                    many.record.0,
                    many.by.0,
                    filter.as_ref().map(|f| claims.solver.key_of(f))
                ),
            };
            format!("{} {arguments:?} {target}", call.action.0)
        })
        .collect();
    format!("{:?} {:?} {calls:?}", then.arm, then.choice)
}

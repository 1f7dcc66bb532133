//! Rules that can act for one subject on one day, with nothing between them.

use super::claims::{Claims, RuleAt, Seen, conditions_of, yes};
use crate::hir::{ActionCall, Expr, Program, Target};
use crate::schema::{CampaignId, Value};
use crate::solver::{Asked, Region};

/// Whether the program says of two rules that a subject gets only one of them.
pub fn kept_apart(program: &Program, a: RuleAt<'_>, b: RuleAt<'_>) -> bool {
    if a.campaign == b.campaign {
        return instead(a, b) || instead(b, a);
    }
    let (a, b) = (place(a.campaign), place(b.campaign));
    program
        .exclusives
        .iter()
        .any(|e| e.campaigns.contains(&a) && e.campaigns.contains(&b))
}

fn instead(a: RuleAt<'_>, b: RuleAt<'_>) -> bool {
    a.is.instead_of.contains(&b.rule)
}

fn place(campaign: usize) -> CampaignId {
    CampaignId(campaign as u32)
}

/// Whether anything limits how often the rule or its campaign serves one target.
pub fn is_capped(program: &Program, at: RuleAt<'_>) -> bool {
    let shared = |s: &crate::hir::SharedCap| s.campaigns.contains(&place(at.campaign));
    !at.of.caps.is_empty() || !at.is.caps.is_empty() || program.shared_caps.iter().any(shared)
}

/// The calls of a rule on its own subject.
pub fn own_calls<'p>(at: RuleAt<'p>) -> impl Iterator<Item = &'p ActionCall> {
    at.is
        .thens
        .iter()
        .flat_map(|t| &t.calls)
        .filter(|c| matches!(c.target, Target::Subject))
}

/// Rules that are compared with one another; more of them are left alone.
pub const MOST_PAIRS: usize = 20_000;

/// A subject and day on which both rules act, with what `asked` is for it; `besides` must be true too.
pub fn together<'p>(
    claims: &mut Claims<'p>,
    a: RuleAt<'p>,
    b: RuleAt<'p>,
    besides: &[&'p Expr],
    asked: &[&'p Expr],
    fits: impl Fn(&[Option<Value>]) -> bool,
) -> Option<Seen> {
    let mut region = claims.rule_region(a).and(&claims.rule_region(b));
    if region.is_nothing() {
        return None;
    }
    for condition in besides {
        region = region.and(&claims.solver.region(a.of.record, condition, Asked::True));
    }
    for rule in [a, b] {
        region = without_the_rules_instead(claims, rule, region);
    }
    if claims.solver.is_empty(&region) {
        return None;
    }
    let mut questions = conditions_of(a);
    questions.extend(conditions_of(b));
    questions.extend(besides);
    let conditions = questions.len();
    questions.extend(asked);
    let instead: Vec<&Expr> = [a, b].iter().flat_map(|r| others_instead(*r)).collect();
    let values = questions.len();
    questions.extend(instead);
    claims.seen(a.of.record, &region, &questions, |v| {
        v[..conditions].iter().all(yes)
            && !v[values..].iter().any(yes)
            && fits(&v[conditions..values])
    })
}

/// The conditions of the rules that stand instead of one.
fn others_instead(at: RuleAt<'_>) -> impl Iterator<Item = &Expr> {
    at.of
        .rules
        .iter()
        .filter(move |r| r.instead_of.contains(&at.rule))
        .filter_map(|r| r.when.as_ref())
}

fn without_the_rules_instead<'p>(
    claims: &mut Claims<'p>,
    at: RuleAt<'p>,
    region: Region,
) -> Region {
    let mut left = region;
    for other in at
        .of
        .rules
        .iter()
        .filter(|r| r.instead_of.contains(&at.rule))
    {
        left = match &other.when {
            Some(when) => left.and(&claims.solver.region(at.of.record, when, Asked::NotTrue)),
            None => Region::nothing(),
        };
    }
    left
}

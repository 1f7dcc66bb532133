//! Stage 5: who would get each action, and whether its channel reaches them: needs and consent.
//!
//! What stops a channel stops only the actions on it; actions joined by `and` share one fate: to the same
//! targets one by one where all of them go to the same path, else for the subject as a whole. Of
//! `first reachable of` the first call whose channel reaches its target is kept.

use super::{Fall, Obeys, Run, Stage, pause};
use crate::engine::candidates::{Deliveries, RuleCandidates, STANDS};
use crate::engine::evaluate::{BATCH, EvalError, Evaluator, Frame};
use crate::hir::Purpose;
use crate::plan::{ActionCall, Channel, Choice, NodeId, Target, Then};

pub fn apply(
    run: Run<'_, '_>,
    campaign: usize,
    rule: usize,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    let campaign = &run.plan.campaigns[campaign];
    let rule = &campaign.rules[rule];
    for then in &rule.thens {
        let mut calls = Vec::new();
        for call in &then.calls {
            let found = targets(run.evaluator, campaign.table, then, call, candidates);
            let mut deliveries = found?;
            if campaign.purpose.pause_and_holdout() && !matches!(call.target, Target::Subject) {
                let verdict = candidates.verdict(pause::fall());
                let Deliveries {
                    targets, verdicts, ..
                } = &mut deliveries;
                pause::targets(run, call.table, targets, verdicts, verdict)?;
            }
            if let Some(channel) = &call.channel {
                let purpose = campaign.purpose;
                let table = call.table;
                reach(
                    run.evaluator,
                    purpose,
                    table,
                    channel,
                    &mut deliveries,
                    candidates,
                )?;
            }
            calls.push(deliveries);
        }
        if then.choice == Choice::FirstReachable {
            first_reachable(then, &mut calls, candidates);
        }
        candidates.deliveries.push(calls);
    }
    candidates.settle(rule);
    Ok(())
}

/// The deliveries to everybody they are meant for, reachable or not; of `first reachable of` the first.
pub fn everybody(
    run: Run<'_, '_>,
    campaign: usize,
    rule: usize,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    let campaign = &run.plan.campaigns[campaign];
    for then in &campaign.rules[rule].thens {
        let mut calls = Vec::new();
        for call in &then.calls {
            calls.push(targets(
                run.evaluator,
                campaign.table,
                then,
                call,
                candidates,
            )?);
        }
        if then.choice == Choice::FirstReachable {
            first_reachable(then, &mut calls, candidates);
        }
        candidates.deliveries.push(calls);
    }
    Ok(())
}

/// Keeps for each target, or for each candidate where every call goes to one row, the first call that stands; where
/// none does, all that fell. A candidate for whom no call has anyone to go to falls.
fn first_reachable(then: &Then, calls: &mut [Deliveries], candidates: &mut RuleCandidates) {
    let many = |c: &ActionCall| matches!(c.target, Target::ToEach { .. });
    if then.calls.iter().any(many) {
        // Checked: all go to the same rows.
        let Some(first) = calls.first() else { return };
        let rows = 0..first.targets.len();
        let chosen = rows.map(|i| {
            let mut calls = calls.iter();
            calls.position(|c| c.verdicts.get(i) == Some(&STANDS))
        });
        let chosen: Vec<Option<usize>> = chosen.collect();
        return keep(calls, |_, row| chosen.get(row).copied().flatten());
    }
    let subjects = candidates.subjects.len();
    let (mut chosen, mut meant) = (vec![None; subjects], vec![false; subjects]);
    for (place, call) in calls.iter().enumerate() {
        for (candidate, verdict) in call.candidates.iter().zip(&call.verdicts) {
            let candidate = *candidate as usize;
            meant[candidate] = true;
            if *verdict == STANDS && chosen[candidate].is_none() {
                chosen[candidate] = Some(place);
            }
        }
    }
    keep(calls, |candidate, _| chosen[candidate as usize]);
    let Some(first) = then.calls.first() else {
        return;
    };
    for candidate in candidates.standing() {
        if !meant[candidate as usize] {
            let verdict = candidates.verdict(no_one(first));
            candidates.verdicts[candidate as usize] = verdict;
        }
    }
}

/// Of each delivery's call, what `chosen` says by its candidate and its place; all where it says none.
fn keep(calls: &mut [Deliveries], chosen: impl Fn(u32, usize) -> Option<usize>) {
    for (place, call) in calls.iter_mut().enumerate() {
        let old = std::mem::take(call);
        for i in 0..old.targets.len() {
            if chosen(old.candidates[i], i).is_none_or(|chosen| chosen == place) {
                call.push(old.candidates[i], old.targets[i], old.verdicts[i]);
            }
        }
    }
}

fn no_one(call: &ActionCall) -> Fall {
    let limit = format!("`{}` has no one to go to", call.action);
    Fall::new(Stage::Channel, limit)
}

/// Who would get an action, for the candidates that still stand.
fn targets(
    evaluator: &Evaluator<'_>,
    table: usize,
    then: &Then,
    call: &ActionCall,
    candidates: &mut RuleCandidates,
) -> Result<Deliveries, EvalError> {
    let of_arm = |c: &u32| {
        then.arm
            .is_none_or(|arm| candidates.arms.get(*c as usize) == Some(&(arm as u16)))
    };
    let mut standing = candidates.standing();
    standing.retain(of_arm);
    let mut out = Deliveries::default();
    for chunk in standing.chunks(BATCH) {
        let subjects: Vec<u32> = chunk
            .iter()
            .map(|c| candidates.subjects[*c as usize])
            .collect();
        match &call.target {
            Target::Subject => {
                for (candidate, subject) in chunk.iter().zip(&subjects) {
                    out.push(*candidate, *subject, STANDS);
                }
            }
            Target::To(path) => {
                let frame = Frame::indices(table, &subjects);
                let rows = evaluator.eval(*path, &frame)?;
                for (i, candidate) in chunk.iter().enumerate() {
                    match rows.reference(i) {
                        Some(row) => out.push(*candidate, row, STANDS),
                        // The next one may have somebody.
                        None if then.choice == Choice::FirstReachable => {}
                        None => {
                            let verdict = candidates.verdict(no_one(call));
                            candidates.verdicts[*candidate as usize] = verdict;
                        }
                    }
                }
            }
            Target::ToEach { base, by, filter } => {
                let frame = Frame::indices(table, &subjects);
                let path = (call.table, *by);
                for (place, target) in each(evaluator, &frame, *base, path, *filter)? {
                    out.push(chunk[place as usize], target, STANDS);
                }
            }
        }
    }
    if matches!(call.target, Target::ToEach { .. }) {
        sort_by_target_key(evaluator, call.table, &mut out);
    }
    Ok(out)
}

/// The rows of a `to each`: places in the subjects' frame and row numbers of the targets' table.
fn each<'a>(
    evaluator: &'a Evaluator<'_>,
    frame: &Frame<'_, 'a>,
    base: Option<NodeId>,
    (table, by): (usize, usize),
    filter: Option<NodeId>,
) -> Result<Vec<(u32, u32)>, EvalError> {
    let Some(children) = evaluator.children(table, by) else {
        return Ok(Vec::new());
    };
    let holders = base.map(|b| evaluator.eval(b, frame)).transpose()?;
    let mut pairs = Vec::new();
    for place in 0..frame.len() {
        let own = Some(frame.rows.row(place) as u32);
        let holder = holders.as_ref().map_or(own, |h| h.reference(place));
        let rows = holder.map_or(&[][..], |h| children.of_holder(h));
        pairs.extend(rows.iter().map(|row| (place as u32, *row)));
    }
    let Some(filter) = filter else {
        return Ok(pairs);
    };
    let mut kept = Vec::new();
    for chunk in pairs.chunks(BATCH) {
        let (places, rows): (Vec<u32>, Vec<u32>) = chunk.iter().copied().unzip();
        let inner = Frame::indices(table, &rows).inside(frame, &places);
        let holds = evaluator.eval(filter, &inner)?;
        kept.extend(
            chunk
                .iter()
                .enumerate()
                .filter(|(i, _)| holds.holds(*i))
                .map(|(_, p)| *p),
        );
    }
    Ok(kept)
}

/// By candidate, then by the target's key.
fn sort_by_target_key(evaluator: &Evaluator<'_>, table: usize, deliveries: &mut Deliveries) {
    let mut pairs: Vec<(u32, u32)> = deliveries
        .candidates
        .iter()
        .copied()
        .zip(deliveries.targets.iter().copied())
        .collect();
    let data = evaluator.data();
    pairs.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0)
            .then_with(|| data.compare_keys(table, a.1, b.1))
    });
    (deliveries.candidates, deliveries.targets) = pairs.into_iter().unzip();
}

/// Needs hold for every purpose, consent for promotions only.
fn reach(
    evaluator: &Evaluator<'_>,
    purpose: Purpose,
    table: usize,
    channel: &Channel,
    deliveries: &mut Deliveries,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    let consent = if purpose.consent() {
        &channel.consent[..]
    } else {
        &[]
    };
    let conditions = channel
        .needs
        .iter()
        .map(|c| (*c, "needs"))
        .chain(consent.iter().map(|c| (*c, "consent")));
    for (condition, what) in conditions {
        let limit = format!("{}: {what}", channel.name);
        let verdict = candidates.verdict(Fall::new(Stage::Channel, limit));
        let mut start = 0;
        for chunk in deliveries.targets.chunks(BATCH) {
            let frame = Frame::indices(table, chunk);
            let holds = evaluator.eval(condition, &frame)?;
            for i in 0..chunk.len() {
                let place = &mut deliveries.verdicts[start + i];
                if *place == STANDS && !holds.holds(i) {
                    *place = verdict;
                }
            }
            start += chunk.len();
        }
    }
    Ok(())
}

//! Stage 5: who would get each action, and whether its channel reaches them: needs and consent.
//!
//! What stops a channel stops only the actions on it; actions joined by `and` share one fate: to the same
//! targets one by one where all of them go to the same path, else for the subject as a whole.

use super::{Fall, Stage};
use crate::engine::candidates::{Deliveries, RuleCandidates, STANDS};
use crate::engine::evaluate::{BATCH, EvalError, Evaluator, Frame};
use crate::hir::Purpose;
use crate::plan::{ActionCall, Channel, NodeId, Rule, Target};

pub fn apply(
    evaluator: &Evaluator<'_>,
    purpose: Purpose,
    table: usize,
    rule: &Rule,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    for then in &rule.thens {
        let mut calls = Vec::new();
        for call in &then.calls {
            let mut deliveries = targets(evaluator, table, call, candidates)?;
            if let Some(channel) = &call.channel {
                reach(
                    evaluator,
                    purpose,
                    call.table,
                    channel,
                    &mut deliveries,
                    candidates,
                )?;
            }
            calls.push(deliveries);
        }
        share_fate(&mut calls, candidates.subjects.len());
        candidates.deliveries.push(calls);
    }
    fall_with_all_actions(candidates);
    Ok(())
}

/// Who would get an action, for the candidates that still stand.
fn targets(
    evaluator: &Evaluator<'_>,
    table: usize,
    call: &ActionCall,
    candidates: &mut RuleCandidates,
) -> Result<Deliveries, EvalError> {
    let standing: Vec<u32> = (0..candidates.subjects.len() as u32)
        .filter(|c| candidates.stands(*c as usize))
        .collect();
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
                        None => {
                            let limit = format!("`{}` has no one to go to", call.action);
                            let fall = Fall {
                                stage: Stage::Channel,
                                limit,
                            };
                            candidates.verdicts[*candidate as usize] = candidates.verdict(fall);
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
    let consent = if purpose == Purpose::Promotion {
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
        let verdict = candidates.verdict(Fall {
            stage: Stage::Channel,
            limit,
        });
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

fn share_fate(calls: &mut [Deliveries], subjects: usize) {
    if calls.len() < 2 {
        return;
    }
    let together = calls
        .windows(2)
        .all(|pair| pair[0].candidates == pair[1].candidates && pair[0].targets == pair[1].targets);
    if together {
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

/// A candidate none of whose actions stands has fallen, for the first reason that was met.
fn fall_with_all_actions(candidates: &mut RuleCandidates) {
    let mut fates: Vec<Option<u16>> = vec![None; candidates.subjects.len()];
    for deliveries in candidates.deliveries.iter().flatten() {
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
    let nobody = Fall {
        stage: Stage::Channel,
        limit: "no one to go to".into(),
    };
    for (candidate, fate) in fates.into_iter().enumerate() {
        if !candidates.stands(candidate) {
            continue;
        }
        candidates.verdicts[candidate] = match fate {
            Some(verdict) => verdict,
            None => candidates.verdict(nobody.clone()),
        };
    }
}

//! Stage 4: promotions wait while something holds for who would get them.
//!
//! A pause of the subjects' record stops the whole rule; one of the targets' record is met with the channel.

use super::{Fall, Obeys, Run, Stage};
use crate::engine::candidates::{RuleCandidates, STANDS};
use crate::engine::evaluate::{BATCH, EvalError, Frame};

pub fn apply(
    run: Run<'_, '_>,
    campaign: usize,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    let campaign = &run.plan.campaigns[campaign];
    if !campaign.purpose.pause_and_holdout() {
        return Ok(());
    }
    let standing = candidates.standing();
    let rows: Vec<u32> = standing
        .iter()
        .map(|c| candidates.subjects[*c as usize])
        .collect();
    let paused = paused(run, campaign.table, &rows)?;
    let verdict = |c: &mut RuleCandidates| c.verdict(fall());
    for (candidate, paused) in standing.iter().zip(paused) {
        if paused {
            candidates.verdicts[*candidate as usize] = verdict(candidates);
        }
    }
    Ok(())
}

/// The targets of deliveries that are paused fall.
pub fn targets(
    run: Run<'_, '_>,
    table: usize,
    rows: &[u32],
    verdicts: &mut [u16],
    verdict: u16,
) -> Result<(), EvalError> {
    for (place, paused) in verdicts.iter_mut().zip(paused(run, table, rows)?) {
        if paused && *place == STANDS {
            *place = verdict;
        }
    }
    Ok(())
}

pub fn fall() -> Fall {
    Fall::new(Stage::Pause, "promotions are paused".into())
}

/// Whether any pause of the table's record holds for each row.
fn paused(run: Run<'_, '_>, table: usize, rows: &[u32]) -> Result<Vec<bool>, EvalError> {
    let mut out = vec![false; rows.len()];
    for pause in run.plan.pauses.iter().filter(|p| p.table == table) {
        let mut start = 0;
        for chunk in rows.chunks(BATCH) {
            let frame = Frame::indices(table, chunk);
            let holds = run.evaluator.eval(pause.condition, &frame)?;
            for i in 0..chunk.len() {
                out[start + i] |= holds.holds(i);
            }
            start += chunk.len();
        }
    }
    Ok(out)
}

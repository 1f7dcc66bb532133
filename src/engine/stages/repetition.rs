//! Stage 3: what was done is not done again.
//!
//! The ledger knows what was done. What an earlier run of this very day did stays done: it has not fallen, and
//! is not done twice. Within a run only `once for PATH` can meet itself: that is settled with the caps.

use super::{Fall, Run, Stage};
use crate::engine::candidates::{EARLIER, RuleCandidates};
use crate::engine::evaluate::{BATCH, EvalError};
use crate::engine::firing::{repeat_values, repetition_key};
use crate::ledger::{Fate, Firing, RuleHistory};
use crate::plan::{Repeat, Rule};
use crate::schema::{Day, DurationKind};
use rayon::prelude::*;

/// What stops all but one of the subjects that `once for PATH` counts by one row.
pub const ANOTHER: &str = "once for another subject";

/// Who was held out by an earlier run of the day stays so, and is not recorded again.
pub const HELD_EARLIER: &str = "held out by an earlier run of the day";

/// What is to become of a candidate that the ledger knows.
enum Known {
    Earlier,
    Fell(Fall),
}

pub fn apply(
    run: Run<'_, '_>,
    campaign: usize,
    rule: usize,
    candidates: &mut RuleCandidates,
) -> Result<(), EvalError> {
    let Some(history) = run.past.history else {
        return Ok(());
    };
    let campaign = &run.plan.campaigns[campaign];
    let rule = &campaign.rules[rule];
    // Under its present name, and its former one.
    let known: Vec<(&str, &RuleHistory)> = std::iter::once(rule.name.as_str())
        .chain(rule.formerly.as_deref())
        .filter_map(|name| Some((name, history.rule(&campaign.name, name)?)))
        .collect();
    if known.is_empty() {
        return Ok(());
    }
    let today = run.evaluator.clock().today;
    let standing = candidates.standing();
    let found: Vec<Vec<(u32, Known)>> = standing
        .par_chunks(BATCH)
        .map(|chunk| {
            let rows: Vec<u32> = chunk
                .iter()
                .map(|c| candidates.subjects[*c as usize])
                .collect();
            let values = repeat_values(run.evaluator, campaign.table, rule, &rows)?;
            let one = |(place, candidate): (usize, &u32)| {
                let firings = known.iter().flat_map(|(name, history)| {
                    let names = [run.plan.workspace.as_str(), &campaign.name, name];
                    history.with_key(repetition_key(names, values.of(place)))
                });
                let row = candidates.subjects[*candidate as usize];
                let subject = || {
                    run.evaluator
                        .data()
                        .key_text(campaign.table, row)
                        .into_owned()
                };
                Some((*candidate, judge(rule, firings, today, subject)?))
            };
            Ok(chunk.iter().enumerate().filter_map(one).collect())
        })
        .collect::<Result<_, EvalError>>()?;
    for (candidate, known) in found.into_iter().flatten() {
        candidates.verdicts[candidate as usize] = match known {
            Known::Earlier => EARLIER,
            Known::Fell(fall) => candidates.verdict(fall),
        };
    }
    Ok(())
}

/// What the firings of a candidate's key mean for it today; `None`: it may fire.
fn judge<'h>(
    rule: &Rule,
    firings: impl Iterator<Item = &'h Firing>,
    today: Day,
    subject: impl Fn() -> String,
) -> Option<Known> {
    let mut latest: Option<&Firing> = None;
    for firing in firings.filter(|f| stops(rule, f.day, today)) {
        if firing.day == today {
            let another =
                matches!(rule.repeat, Repeat::OnceFor { .. }) && *firing.subject != *subject();
            return Some(match firing.fate {
                _ if another => Known::Fell(Fall::new(Stage::Repetition, ANOTHER.into())),
                Fate::Done => Known::Earlier,
                Fate::HeldOut => Known::Fell(Fall::new(Stage::Holdout, HELD_EARLIER.into())),
                Fate::Adopted => Known::Fell(Fall::new(Stage::Repetition, word(firing))),
            });
        }
        if latest.is_none_or(|l| l.day < firing.day) {
            latest = Some(firing);
        }
    }
    latest.map(|firing| Known::Fell(Fall::new(Stage::Repetition, word(firing))))
}

fn word(firing: &Firing) -> String {
    let done = match firing.fate {
        Fate::Done => "done",
        Fate::HeldOut => "held out",
        Fate::Adopted => "adopted",
    };
    format!("{done} on {}", firing.day)
}

/// Whether a firing of that day keeps the rule from firing today; one of a later day does, so that a day can be
/// run again after others.
fn stops(rule: &Rule, day: Day, today: Day) -> bool {
    if !matches!(rule.repeat, Repeat::AgainAfter(..)) || day >= today {
        return true;
    }
    due_again(rule, day).is_none_or(|next| today < next)
}

/// The first day on which a rule that fired on a day may fire again, where it says so by `again after`.
pub fn due_again(rule: &Rule, day: Day) -> Option<Day> {
    match rule.repeat {
        Repeat::AgainAfter(DurationKind::Months, count) => day.add_months(count),
        Repeat::AgainAfter(_, count) => day.add_days(count),
        _ => None,
    }
}

//! What stopped a candidate after its conditions held, in a sentence.

use super::conditions::Depth;
use super::{Step, Teller, Verdict};
use crate::engine::stages::due_again;
use crate::engine::{EvalError, Fall, Spent, Stage};
use crate::plan::Reason;
use crate::schema::Day;

/// The most uses of a limit that are named.
const MOST: usize = 10;

/// A rule, or one of its actions, that was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The action and whom it would have gone to; `None`: the whole rule.
    pub action: Option<(String, String)>,
    pub stage: Stage,
    pub limit: String,
    pub sentence: String,
    /// What used up the limit.
    pub uses: Vec<String>,
    /// The conditions that stopped it.
    pub conditions: Vec<Step>,
}

impl Teller<'_, '_> {
    /// Single actions that were stopped.
    pub(super) fn stopped_actions(
        &self,
        at: (usize, usize),
        row: u32,
    ) -> Result<Vec<Blocked>, EvalError> {
        let rule = &self.plan().campaigns[at.0].rules[at.1];
        let stopped = self.outcome.stopped(at.0, at.1, row);
        stopped
            .into_iter()
            .map(|s| {
                let call = &rule.thens[s.then].calls[s.call];
                let target = (call.table, s.target);
                let place = (s.then, s.call);
                let mut blocked = self.blocked(at, row, Some((target, place)), s.fall)?;
                let key = self
                    .evaluator()
                    .data()
                    .key_text(call.table, s.target)
                    .into_owned();
                blocked.action = Some((call.action.clone(), key));
                Ok(blocked)
            })
            .collect()
    }

    /// `one`: of an action, its target and its place in the rule.
    pub(super) fn blocked(
        &self,
        at: (usize, usize),
        row: u32,
        one: Option<((usize, u32), (usize, usize))>,
        fall: &Fall,
    ) -> Result<Blocked, EvalError> {
        let spent = self.outcome.spent(at, row, one.map(|o| o.0), fall)?;
        let conditions = match fall.stage {
            Stage::Channel => self.channel_conditions(at, row, one, fall),
            Stage::Pause => self.pauses(at, row, one.map(|o| o.0)),
            _ => Vec::new(),
        };
        Ok(Blocked {
            action: None,
            stage: fall.stage,
            limit: fall.limit.clone(),
            sentence: self.stopped_by(at, fall, spent.as_ref(), &conditions),
            uses: spent.map_or_else(Vec::new, |s| uses(&s)),
            conditions,
        })
    }

    fn stopped_by(
        &self,
        (campaign, rule): (usize, usize),
        fall: &Fall,
        spent: Option<&Spent>,
        conditions: &[Step],
    ) -> String {
        let limit = fall.limit.as_str();
        match fall.stage {
            Stage::InsteadOf => {
                format!("another rule stands instead: `{limit}`, whose conditions hold too")
            }
            Stage::Repetition => {
                let rule = &self.plan().campaigns[campaign].rules[rule];
                let again = last_day(limit).and_then(|day| due_again(rule, day));
                let again = again.map(|day| format!("; it may fire again from {day} on"));
                format!("{}{}", repeated(limit), again.unwrap_or_default())
            }
            Stage::Pause => match conditions.first() {
                Some(step) => format!("promotions are paused, because `{}` is true", step.text),
                None => "promotions are paused".into(),
            },
            Stage::Channel => match conditions.first().map(Step::first_failed) {
                Some(step) => {
                    let (name, what) = limit.split_once(": ").unwrap_or((limit, "needs"));
                    let lacks = match what {
                        "consent" => format!("there is no consent to channel `{name}`"),
                        _ => format!("channel `{name}` needs what is not there"),
                    };
                    format!("{lacks}: {}", step.found)
                }
                None => limit.to_owned(),
            },
            Stage::Holdout => match limit {
                "split: nothing" => "it is in the part of the split that gets nothing".into(),
                other => format!(
                    "it belongs to those who get nothing, so that the campaign can be measured: `{other}`"
                ),
            },
            Stage::Exclusive => {
                format!("the campaign `{limit}` comes first, and the two exclude each other")
            }
            Stage::Caps => format!("the cap `{limit}` is full"),
            Stage::Budget => match spent.and_then(|s| s.budget) {
                Some((left, cost)) => {
                    let money = |d: crate::schema::Decimal| {
                        let currency = self.plan().currency;
                        let code = currency.map_or_else(String::new, |c| c.to_string());
                        super::values::money(d, currency.map_or(0, |c| c.digits()), &code)
                    };
                    let (left, cost) = (money(left), money(cost));
                    format!("the budget `{limit}` has {left} left, and this costs {cost}")
                }
                None => format!("the budget `{limit}` is used up"),
            },
        }
    }

    /// Conditions of channels that do not hold for their targets, each once.
    fn channel_conditions(
        &self,
        at: (usize, usize),
        row: u32,
        one: Option<((usize, u32), (usize, usize))>,
        fall: &Fall,
    ) -> Vec<Step> {
        let rule = &self.plan().campaigns[at.0].rules[at.1];
        let reasons = &self.explanations().rules[at.0][at.1];
        let places: Vec<((usize, usize), u32)> = match one {
            Some(((_, target), place)) => vec![(place, target)],
            None => {
                let stopped = self.outcome.stopped(at.0, at.1, row);
                stopped
                    .iter()
                    .map(|s| ((s.then, s.call), s.target))
                    .collect()
            }
        };
        let mut steps: Vec<Step> = Vec::new();
        for ((t, c), target) in places {
            let call = &rule.thens[t].calls[c];
            let Some(told) = reasons.calls.get(t).and_then(|calls| calls.get(c)) else {
                continue;
            };
            let name = call.channel.as_ref().map_or("", |c| c.name.as_str());
            let conditions: &[Reason] = match fall.limit.strip_prefix(name) {
                Some(": needs") => &told.needs,
                Some(": consent") => &told.consent,
                _ => continue,
            };
            for condition in conditions {
                let step = self.condition(condition, target, Depth::Full);
                if step.verdict != Some(Verdict::True) && !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// The pauses that hold for the subject, or for the target of an action.
    fn pauses(&self, at: (usize, usize), row: u32, target: Option<(usize, u32)>) -> Vec<Step> {
        let subject = (self.plan().campaigns[at.0].table, row);
        let mut on = vec![target.unwrap_or(subject)];
        if target.is_none() {
            let rule = &self.plan().campaigns[at.0].rules[at.1];
            let stopped = self.outcome.stopped(at.0, at.1, row);
            on.extend(
                stopped
                    .iter()
                    .map(|s| (rule.thens[s.then].calls[s.call].table, s.target)),
            );
        }
        let mut steps: Vec<Step> = Vec::new();
        for (table, row) in on {
            let of_table = self
                .explanations()
                .pauses
                .iter()
                .filter(|p| p.table == table);
            for pause in of_table.filter(|p| self.verdict(p, row) == Verdict::True) {
                let step = self.condition(pause, row, Depth::Full);
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
        steps
    }
}

/// `done on 2026-11-20` and its like.
fn repeated(limit: &str) -> String {
    match limit.split_once(" on ") {
        Some(("done", day)) => format!("it was already done on {day}"),
        Some(("held out", day)) => {
            format!("it was held out on {day}, which counts as if it had been done")
        }
        Some(("adopted", day)) => {
            format!("it was taken as done on {day}, when the ledger was begun")
        }
        _ => format!("it is done {limit}"),
    }
}

fn last_day(limit: &str) -> Option<Day> {
    let (_, day) = limit.rsplit_once(" on ")?;
    Day::parse_iso(day.as_bytes())
}

/// `2026-11-20 by win_back.gentle`, the latest first.
fn uses(spent: &Spent) -> Vec<String> {
    let all = spent.uses.len();
    let mut out: Vec<String> = spent
        .uses
        .iter()
        .rev()
        .take(MOST)
        .map(|u| format!("{} by {}.{}", u.day, u.campaign, u.rule))
        .collect();
    if all > MOST {
        out.push(format!("and {} more", all - MOST));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Use;

    #[test]
    fn what_was_done_is_said_with_its_day() {
        assert_eq!(
            repeated("done on 2026-11-20"),
            "it was already done on 2026-11-20"
        );
        assert!(repeated("held out on 2026-11-20").starts_with("it was held out on 2026-11-20,"));
        assert_eq!(
            last_day("adopted on 2026-11-20").map(|d| d.to_string()),
            Some("2026-11-20".into())
        );
    }

    #[test]
    fn the_latest_uses_are_named() {
        let spent = Spent {
            uses: (0..12)
                .map(|n| Use {
                    day: Day(n),
                    campaign: "a".into(),
                    rule: "b".into(),
                })
                .collect(),
            budget: None,
        };
        let said = uses(&spent);
        assert_eq!(said.len(), MOST + 1);
        assert_eq!(said[0], "1970-01-12 by a.b");
        assert_eq!(said[MOST], "and 2 more");
    }
}

//! Firings that a test gives: as the rule would have done them for the subject.

use super::candidates::RuleCandidates;
use super::evaluate::{Clock, EvalError, Evaluator, Zone};
use super::firing::{repeat_values, repetition_key, start_of};
use super::outcome::Outcome;
use super::past::Past;
use super::stages;
use crate::data::Dataset;
use crate::ledger::{Fate, Firing, RuleName};
use crate::plan::{Plan, Repeat};
use crate::schema::Day;

/// A firing that is given, by its places in the plan.
#[derive(Debug, Clone, Copy)]
pub struct Given<'g> {
    pub campaign: usize,
    pub rule: usize,
    /// The subject's row.
    pub row: u32,
    pub on: Day,
    /// The row counted by (of `once for PATH`) and the values of `once per`, as texts; empty for those that the
    /// subject has by the clock.
    pub per: &'g [String],
}

/// What a workspace's rules would do, whatever their conditions say.
pub struct Rehearsal<'p>(Outcome<'p>);

impl<'p> Rehearsal<'p> {
    /// On a whole day.
    ///
    /// # Errors
    /// A value that does not fit its type.
    pub fn new(
        plan: &'p Plan,
        data: &'p Dataset,
        today: Day,
        past: Past<'p>,
    ) -> Result<Rehearsal<'p>, EvalError> {
        let zone = Zone::new(&plan.zone).or_else(|| Zone::new("UTC"));
        let zone = zone.expect("UTC is known");
        let clock = Clock {
            today,
            now: zone.end_of(today),
            opens: zone.start_of(today),
        };
        let candidates = plan
            .campaigns
            .iter()
            .map(|c| c.rules.iter().map(|_| RuleCandidates::default()).collect())
            .collect();
        Ok(Rehearsal(Outcome {
            evaluator: Evaluator::new(plan, data, clock, past.history)?,
            past,
            candidates,
            rules: Vec::new(),
            segments: Vec::new(),
        }))
    }

    /// The firing, with the actions and their parameters as the rule gives them by the clock, to everybody it is
    /// meant for, reachable or not.
    ///
    /// # Errors
    /// A value that does not fit its type.
    pub fn firing(&mut self, given: Given<'_>) -> Result<(RuleName, Firing), EvalError> {
        let Given { campaign, rule, .. } = given;
        let plan = self.0.plan();
        let definition = &plan.campaigns[campaign];
        let declared = &definition.rules[rule];
        let run = self.0.run();
        let mut candidates = RuleCandidates::new(vec![given.row]);
        candidates.arms = stages::variants(run, campaign, rule, &candidates.subjects);
        // A variant that is not stated: any that does something.
        let first = declared.arms.iter().position(|a| a.name.is_some());
        for arm in &mut candidates.arms {
            if *arm as usize >= declared.arms.len() {
                *arm = first.unwrap_or(0) as u16;
            }
        }
        stages::everybody(run, campaign, rule, &mut candidates)?;
        let parts = repeat_values(&self.0.evaluator, definition.table, declared, &[given.row])?;
        let mut parts: Vec<String> = parts.of(0).map(str::to_owned).collect();
        match &declared.repeat {
            Repeat::OnceFor { .. } if !given.per.is_empty() => parts = given.per.to_vec(),
            Repeat::OncePer(_) if !given.per.is_empty() => {
                parts.truncate(1);
                parts.extend(given.per.iter().cloned());
            }
            Repeat::OncePerCalendar(unit) => {
                parts.truncate(1);
                parts.push(start_of(given.on, *unit, plan.weeks_start).to_string());
            }
            _ => {}
        }
        self.0.candidates[campaign][rule] = candidates;
        let made = self.0.firings(campaign, rule, 0, 1);
        self.0.candidates[campaign][rule] = RuleCandidates::default();
        let names = [plan.workspace.as_str(), &definition.name, &declared.name];
        let key = repetition_key(names, parts.iter().map(String::as_str));
        let (name, firing) = made?.pop().unwrap_or_else(|| self.bare(given));
        Ok((
            name,
            Firing {
                key,
                day: given.on,
                ..firing
            },
        ))
    }

    /// A firing that did nothing, of a rule that reaches nobody for this subject.
    fn bare(&self, given: Given<'_>) -> (RuleName, Firing) {
        let definition = &self.0.plan().campaigns[given.campaign];
        let name = RuleName {
            campaign: definition.name.as_str().into(),
            rule: definition.rules[given.rule].name.as_str().into(),
        };
        let firing = Firing {
            day: given.on,
            subject: self.0.subject_key(definition.table, given.row).into(),
            key: 0,
            fate: Fate::Done,
            variant: None,
            groups: Vec::new(),
            actions: Vec::new(),
        };
        (name, firing)
    }
}

//! What became of single rows: for `why`, which asks about one at a time.

use super::candidates::{ADOPTED, EARLIER, STANDS, calls, standing};
use super::evaluate::{EvalError, Evaluator, Frame};
use super::outcome::{ActionRow, Outcome};
use super::stages::{self, Fall, Spent};
use super::values::value_at;
use crate::plan::NodeId;
use crate::schema::Value;

/// How a rule ended for one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'o> {
    /// Its conditions do not hold.
    NotEligible,
    /// At least one action stands.
    Fired,
    /// An earlier run of the day has done it.
    Earlier,
    /// Taken as done.
    Adopted,
    Fell(&'o Fall),
}

/// An action that was stopped, of a subject's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped<'o> {
    /// Places in the rule.
    pub then: usize,
    pub call: usize,
    /// A row of the call's table.
    pub target: u32,
    pub fall: &'o Fall,
}

impl<'p> Outcome<'p> {
    /// What became of a row of the campaign's table.
    pub fn ending(&self, campaign: usize, rule: usize, row: u32) -> Ending<'_> {
        let candidates = self.candidates(campaign, rule);
        let Some(place) = candidates.subjects.iter().position(|s| *s == row) else {
            return Ending::NotEligible;
        };
        match candidates.verdicts[place] {
            STANDS => Ending::Fired,
            EARLIER => Ending::Earlier,
            ADOPTED => Ending::Adopted,
            verdict => Ending::Fell(&candidates.falls[verdict as usize]),
        }
    }

    /// The actions of a subject that were stopped, in written order, as far as the run came to its channels.
    pub fn stopped(&self, campaign: usize, rule: usize, row: u32) -> Vec<Stopped<'_>> {
        let candidates = self.candidates(campaign, rule);
        let Some(place) = candidates.subjects.iter().position(|s| *s == row) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (then, calls) in candidates.deliveries.iter().enumerate() {
            for (call, deliveries) in calls.iter().enumerate() {
                for i in deliveries.of(place as u32) {
                    let fall = candidates.falls.get(deliveries.verdicts[i] as usize);
                    out.extend(fall.map(|fall| Stopped {
                        then,
                        call,
                        target: deliveries.targets[i],
                        fall,
                    }));
                }
            }
        }
        out
    }

    /// The actions of one subject.
    pub fn actions_for(
        &self,
        campaign: usize,
        rule: usize,
        row: u32,
    ) -> Result<Vec<ActionRow<'p>>, EvalError> {
        let subjects = &self.candidates(campaign, rule).subjects;
        match subjects.iter().position(|s| *s == row) {
            Some(place) => self.action_rows(campaign, rule, place as u32),
            None => Ok(Vec::new()),
        }
    }

    /// The actions that reach a row as the target of another subject, by campaign, rule and subject's key.
    pub fn actions_from_others(
        &self,
        table: usize,
        row: u32,
    ) -> Result<Vec<ActionRow<'p>>, EvalError> {
        let plan = self.plan();
        let key = self.subject_key(table, row);
        let mut out = Vec::new();
        for (c, r) in self.order() {
            let candidates = self.candidates(c, r);
            let mut of: Vec<u32> = calls(&plan.campaigns[c].rules[r], candidates)
                .filter(|(call, _)| call.table == table)
                .flat_map(|(_, d)| {
                    standing(candidates, d, 0, u32::MAX)
                        .filter(|i| d.targets[*i] == row)
                        .map(|i| d.candidates[i])
                })
                .filter(|candidate| {
                    let subject = candidates.subjects[*candidate as usize];
                    plan.campaigns[c].table != table || subject != row
                })
                .collect();
            of.sort_unstable();
            of.dedup();
            for candidate in of {
                let rows = self.action_rows(c, r, candidate)?;
                let reaches =
                    |a: &ActionRow<'_>| a.target == key && *a.record == *plan.tables[table].record;
                out.extend(rows.into_iter().filter(reaches));
            }
        }
        Ok(out)
    }

    /// What has used up the limit that stopped a subject, or its action to a target; `None` where the fall is not
    /// of a limit that counts by something.
    pub fn spent(
        &self,
        (campaign, rule): (usize, usize),
        row: u32,
        target: Option<(usize, u32)>,
        fall: &Fall,
    ) -> Result<Option<Spent>, EvalError> {
        stages::spent(self, (campaign, rule), row, target, fall)
    }
}

/// The exact value of a node on the first row of a frame; `None` where it is missing. A reference is its key.
pub fn value_of<'a>(
    evaluator: &'a Evaluator<'_>,
    node: NodeId,
    frame: &Frame<'_, 'a>,
) -> Result<Option<Value>, EvalError> {
    let vector = evaluator.eval(node, frame)?;
    let ty = evaluator.plan().nodes.ty(node);
    Ok(value_at(evaluator, &vector, ty, 0))
}

/// The row that a node refers to, on the first row of a frame.
pub fn row_of<'a>(
    evaluator: &'a Evaluator<'_>,
    node: NodeId,
    frame: &Frame<'_, 'a>,
) -> Result<Option<u32>, EvalError> {
    Ok(evaluator.eval(node, frame)?.reference(0))
}

/// The exact values of a node on rows of `table`, seen from the first row of a frame.
pub fn values_inside<'a>(
    evaluator: &'a Evaluator<'_>,
    node: NodeId,
    (table, rows): (usize, &[u32]),
    outside: &Frame<'_, 'a>,
) -> Result<Vec<Option<Value>>, EvalError> {
    let places = vec![0; rows.len()];
    let inner = Frame::indices(table, rows).inside(outside, &places);
    let vector = evaluator.eval(node, &inner)?;
    let ty = evaluator.plan().nodes.ty(node);
    let all = 0..rows.len();
    Ok(all.map(|i| value_at(evaluator, &vector, ty, i)).collect())
}

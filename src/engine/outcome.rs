//! What a run came to: the summary, the action list, and what fell.

use super::candidates::{Deliveries, RuleCandidates, STANDS};
use super::evaluate::{BATCH, EvalError, Evaluator, Frame};
use super::firing::{action_key, repeat_values};
use super::stages::Stage;
use super::values::leaving_at;
use crate::plan::{ActionCall, Argument, NodeId, Plan, Rule};
use crate::schema::{Decimal, Type, Value};
use crate::vector::{RowErrorCause, Values, Vector};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// One day's run. Actions are kept as row numbers and rendered when they are asked for, a batch at a time.
pub struct Outcome<'p> {
    evaluator: Evaluator<'p>,
    /// By campaign and rule, as in the plan.
    candidates: Vec<Vec<RuleCandidates>>,
    /// By campaign and rule name.
    pub rules: Vec<RuleOutcome>,
    pub segments: Vec<SegmentCount>,
}

/// Numbers of one rule: `eligible` = `fired` + all of `fallen` + `held_out`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcome {
    /// Places in the plan.
    pub campaign: usize,
    pub rule: usize,
    /// Subjects for which the conditions hold.
    pub eligible: u64,
    pub fallen: Vec<(Stage, u64)>,
    pub held_out: u64,
    /// Subjects with at least one action.
    pub fired: u64,
    pub actions: u64,
    /// Actions stopped by their channel, of subjects that fired all the same.
    pub stopped_actions: u64,
    /// In the workspace's currency, exact.
    pub cost: Decimal,
    /// The campaign does not run today.
    pub outside_run: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentCount {
    pub record: String,
    pub name: String,
    pub count: u64,
}

/// One line of the action list.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRow<'p> {
    /// Idempotency key.
    pub key: String,
    pub campaign: &'p str,
    pub rule: &'p str,
    pub action: &'p str,
    /// The target's record and key.
    pub record: &'p str,
    pub target: String,
    pub subject: String,
    pub variant: Option<String>,
    pub deliver_after: Option<String>,
    /// In the workspace's currency, exact; `None` where the action states none.
    pub cost: Option<Decimal>,
    /// In the order of the action's parameters; money in its minor unit.
    pub params: Vec<(&'p str, Type, Option<Value>)>,
}

/// A candidate, or one action of a candidate that fired, and what stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed<'p> {
    pub campaign: &'p str,
    pub rule: &'p str,
    pub subject: String,
    /// `None`: the whole rule.
    pub action: Option<&'p str>,
    pub stage: Stage,
    pub limit: String,
}

impl<'p> Outcome<'p> {
    pub(super) fn new(
        evaluator: Evaluator<'p>,
        candidates: Vec<Vec<RuleCandidates>>,
        segments: Vec<SegmentCount>,
    ) -> Self {
        Outcome {
            evaluator,
            candidates,
            rules: Vec::new(),
            segments,
        }
    }

    pub fn plan(&self) -> &'p Plan {
        self.evaluator.plan()
    }

    pub fn evaluator(&self) -> &Evaluator<'p> {
        &self.evaluator
    }

    pub(super) fn candidates(&self, campaign: usize, rule: usize) -> &RuleCandidates {
        &self.candidates[campaign][rule]
    }

    /// Campaigns and rules by their names.
    pub(super) fn order(&self) -> Vec<(usize, usize)> {
        let plan = self.plan();
        let mut order: Vec<(usize, usize)> = plan
            .campaigns
            .iter()
            .enumerate()
            .flat_map(|(c, campaign)| (0..campaign.rules.len()).map(move |r| (c, r)))
            .collect();
        let name = |(c, r): &(usize, usize)| {
            (&plan.campaigns[*c].name, &plan.campaigns[*c].rules[*r].name)
        };
        order.sort_by(|a, b| name(a).cmp(&name(b)));
        order
    }

    /// The action list, sorted by campaign, rule, subject's key, then as the rule says it.
    ///
    /// # Errors
    /// Those of the sink, and of arguments that do not fit their type.
    pub fn actions<E: From<EvalError>>(
        &self,
        sink: &mut dyn FnMut(&ActionRow<'p>) -> Result<(), E>,
    ) -> Result<(), E> {
        let at_once = rayon::current_num_threads().max(1);
        for (campaign, rule) in self.order() {
            let chunks = self.chunks(campaign, rule);
            for group in chunks.chunks(at_once) {
                let rendered: Vec<Result<Vec<ActionRow<'p>>, EvalError>> = group
                    .par_iter()
                    .map(|(from, to)| self.render(campaign, rule, *from, *to))
                    .collect();
                for rows in rendered {
                    for row in &rows? {
                        sink(row)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What fell, by campaign, rule and subject's key.
    pub fn suppressed(&self) -> Vec<Suppressed<'p>> {
        let plan = self.plan();
        let mut out = Vec::new();
        for (c, r) in self.order() {
            let (campaign, candidates) = (&plan.campaigns[c], &self.candidates[c][r]);
            let rule = &campaign.rules[r];
            let mut single: FxHashMap<u32, Vec<(&'p str, u16)>> = FxHashMap::default();
            for (call, deliveries) in calls(rule, candidates) {
                for (candidate, verdict) in deliveries.candidates.iter().zip(&deliveries.verdicts) {
                    if *verdict != STANDS {
                        single
                            .entry(*candidate)
                            .or_default()
                            .push((&call.action, *verdict));
                    }
                }
            }
            for candidate in 0..candidates.subjects.len() {
                let verdict = candidates.verdicts[candidate];
                let actions = match verdict {
                    STANDS => single.remove(&(candidate as u32)).unwrap_or_default(),
                    _ => Vec::new(),
                };
                let whole = (verdict != STANDS).then_some((None, verdict));
                let parts = actions.into_iter().map(|(action, v)| (Some(action), v));
                for (action, verdict) in whole.into_iter().chain(parts) {
                    let fall = &candidates.falls[verdict as usize];
                    out.push(Suppressed {
                        campaign: &campaign.name,
                        rule: &rule.name,
                        subject: self.subject_key(campaign.table, candidates.subjects[candidate]),
                        action,
                        stage: fall.stage,
                        limit: fall.limit.clone(),
                    });
                }
            }
        }
        out
    }

    /// Actions of subjects that fired which their channel stopped.
    pub(super) fn stopped_actions(&self, campaign: usize, rule: usize) -> u64 {
        let candidates = &self.candidates[campaign][rule];
        let stopped = |d: &Deliveries| {
            d.candidates
                .iter()
                .zip(&d.verdicts)
                .filter(|(c, v)| **v != STANDS && candidates.stands(**c as usize))
                .count() as u64
        };
        candidates.deliveries.iter().flatten().map(stopped).sum()
    }

    /// How many actions a rule emits, and what they cost.
    pub(super) fn costs(&self, campaign: usize, rule: usize) -> Result<(u64, Decimal), EvalError> {
        let plan = self.plan();
        let candidates = &self.candidates[campaign][rule];
        let table = plan.campaigns[campaign].table;
        let (mut actions, mut sum) = (0, Decimal::ZERO);
        for (call, deliveries) in calls(&plan.campaigns[campaign].rules[rule], candidates) {
            let standing: Vec<usize> = standing(candidates, deliveries, 0, u32::MAX).collect();
            actions += standing.len() as u64;
            let Some(cost) = call.cost else { continue };
            for chunk in standing.chunks(BATCH) {
                let (subjects, targets) = rows_of(candidates, deliveries, chunk);
                let costs = self.cost(call, cost, table, &subjects, &targets)?;
                for i in 0..chunk.len() {
                    // A missing cost adds nothing; the checker asks for a known one.
                    let Values::Decimal(v) = &costs.values else {
                        continue;
                    };
                    if costs.is_valid(i) {
                        let row = targets[i] as usize;
                        sum = sum.checked_add(Decimal(v[costs.place(i)])).ok_or({
                            EvalError {
                                table: call.table,
                                row,
                                node: cost,
                                cause: RowErrorCause::Overflow,
                            }
                        })?;
                    }
                }
            }
        }
        Ok((actions, sum))
    }

    fn cost(
        &self,
        call: &ActionCall,
        cost: NodeId,
        table: usize,
        subjects: &[u32],
        targets: &[u32],
    ) -> Result<Vector<'_>, EvalError> {
        let arguments = self.arguments(call, table, subjects, targets)?;
        let frame = Frame::indices(call.table, targets).with_parameters(&arguments);
        Ok(self.evaluator.eval(cost, &frame)?.into_owned())
    }

    /// The arguments of a call, for these subjects and their targets; messages are rendered for the target.
    fn arguments(
        &self,
        call: &ActionCall,
        table: usize,
        subjects: &[u32],
        targets: &[u32],
    ) -> Result<Vec<Vector<'static>>, EvalError> {
        let frame = Frame::indices(table, subjects);
        let on_subject = |node: NodeId| -> Result<Vector<'static>, EvalError> {
            Ok(self.evaluator.eval(node, &frame)?.into_owned())
        };
        let mut out = Vec::with_capacity(call.parameters.len());
        for parameter in &call.parameters {
            out.push(match &parameter.value {
                Argument::Absent => Vector::missing(parameter.ty),
                Argument::Value(node) => on_subject(*node)?,
                Argument::Message { text, arguments } => {
                    let arguments = arguments
                        .iter()
                        .map(|a| a.map_or(Ok(Vector::missing(Type::Text)), on_subject))
                        .collect::<Result<Vec<_>, _>>()?;
                    let frame = Frame::indices(call.table, targets).with_parameters(&arguments);
                    self.evaluator.eval(*text, &frame)?.into_owned()
                }
            });
        }
        Ok(out)
    }

    /// Ranges of candidates to render at once.
    fn chunks(&self, campaign: usize, rule: usize) -> Vec<(u32, u32)> {
        let n = self.candidates[campaign][rule].subjects.len();
        (0..n)
            .step_by(BATCH)
            .map(|from| (from as u32, (from + BATCH).min(n) as u32))
            .collect()
    }

    fn subject_key(&self, table: usize, row: u32) -> String {
        self.evaluator.data().key_text(table, row)
    }

    /// The action rows of the candidates `from..to`.
    fn render(
        &self,
        campaign: usize,
        rule: usize,
        from: u32,
        to: u32,
    ) -> Result<Vec<ActionRow<'p>>, EvalError> {
        let plan = self.plan();
        let candidates = &self.candidates[campaign][rule];
        let definition = &plan.campaigns[campaign];
        let table = definition.table;
        let subjects = &candidates.subjects[from as usize..to as usize];
        let firings = repeat_values(&self.evaluator, table, &definition.rules[rule], subjects)?;
        let mut rows: Vec<(u32, ActionRow<'p>)> = Vec::new();
        for (call, deliveries) in calls(&definition.rules[rule], candidates) {
            let places: Vec<usize> = standing(candidates, deliveries, from, to).collect();
            for chunk in places.chunks(BATCH) {
                let (subjects, targets) = rows_of(candidates, deliveries, chunk);
                let arguments = self.arguments(call, table, &subjects, &targets)?;
                let frame = Frame::indices(call.table, &targets).with_parameters(&arguments);
                let costs = call
                    .cost
                    .map(|c| self.evaluator.eval(c, &frame))
                    .transpose()?;
                for (i, place) in chunk.iter().enumerate() {
                    let row = ActionRow {
                        key: String::new(),
                        campaign: &definition.name,
                        rule: &definition.rules[rule].name,
                        action: &call.action,
                        record: &plan.tables[call.table].record,
                        target: self.subject_key(call.table, targets[i]),
                        subject: self.subject_key(table, subjects[i]),
                        variant: None,
                        deliver_after: None,
                        cost: costs.as_ref().and_then(|c| match &c.values {
                            Values::Decimal(v) if c.is_valid(i) => Some(Decimal(v[c.place(i)])),
                            _ => None,
                        }),
                        params: self.params(call, &arguments, i),
                    };
                    rows.push((deliveries.candidates[*place], row));
                }
            }
        }
        // Stable: within a candidate, in the order of the calls, then of the targets.
        rows.sort_by_key(|(candidate, _)| *candidate);
        Ok(self.with_keys(rows, from, &firings))
    }

    fn params(
        &self,
        call: &'p ActionCall,
        arguments: &[Vector<'_>],
        row: usize,
    ) -> Vec<(&'p str, Type, Option<Value>)> {
        call.parameters
            .iter()
            .zip(arguments)
            .map(|(parameter, vector)| {
                let value = leaving_at(&self.evaluator, vector, parameter.ty, row);
                (parameter.name.as_str(), parameter.ty, value)
            })
            .collect()
    }

    /// Gives each action its idempotency key; the same action to the same target within a firing is told
    /// apart by a count.
    fn with_keys(
        &self,
        rows: Vec<(u32, ActionRow<'p>)>,
        from: u32,
        firings: &[Vec<String>],
    ) -> Vec<ActionRow<'p>> {
        let mut seen: FxHashMap<(u32, &'p str, &'p str, String), u32> = FxHashMap::default();
        rows.into_iter()
            .map(|(candidate, mut row)| {
                let same = (candidate, row.action, row.record, row.target.clone());
                let count = seen
                    .entry(same)
                    .and_modify(|n| *n += 1)
                    .or_insert(1)
                    .to_string();
                let firing = &firings[(candidate - from) as usize];
                row.key = action_key(
                    [self.plan().workspace.as_str(), row.campaign, row.rule]
                        .into_iter()
                        .chain(firing.iter().map(String::as_str))
                        .chain([row.action, row.record, &row.target, &count]),
                );
                row
            })
            .collect()
    }
}

/// A rule's calls with their deliveries, in written order.
fn calls<'p, 'r>(
    rule: &'p Rule,
    candidates: &'r RuleCandidates,
) -> impl Iterator<Item = (&'p ActionCall, &'r Deliveries)> {
    rule.thens
        .iter()
        .zip(&candidates.deliveries)
        .flat_map(|(then, deliveries)| then.calls.iter().zip(deliveries))
}

/// Places of the deliveries to candidates `from..to` that stand.
fn standing<'r>(
    candidates: &'r RuleCandidates,
    deliveries: &'r Deliveries,
    from: u32,
    to: u32,
) -> impl Iterator<Item = usize> + 'r {
    let first = deliveries.candidates.partition_point(|c| *c < from);
    let last = deliveries.candidates.partition_point(|c| *c < to);
    (first..last).filter(|i| {
        deliveries.verdicts[*i] == STANDS && candidates.stands(deliveries.candidates[*i] as usize)
    })
}

/// Subjects and targets of some deliveries.
fn rows_of(
    candidates: &RuleCandidates,
    deliveries: &Deliveries,
    places: &[usize],
) -> (Vec<u32>, Vec<u32>) {
    places
        .iter()
        .map(|i| {
            (
                candidates.subjects[deliveries.candidates[*i] as usize],
                deliveries.targets[*i],
            )
        })
        .unzip()
}

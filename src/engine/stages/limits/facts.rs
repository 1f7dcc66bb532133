//! What the pass needs to know of each candidate and delivery, evaluated beforehand.

use super::ledger::target_group;
use super::rules::{By, RuleLimits};
use crate::engine::arguments::costs;
use crate::engine::candidates::{Deliveries, RuleCandidates, STANDS, together};
use crate::engine::evaluate::{BATCH, EvalError, Frame};
use crate::engine::firing::repeat_values;
use crate::engine::stages::Run;
use crate::engine::values::canonical;
use crate::plan::{ActionCall, Campaign, NodeId, Rule};
use crate::vector::Values;

/// Of one rule.
pub struct RuleFacts {
    pub limits: RuleLimits,
    /// For each `then`, whether its calls go to the same targets one by one.
    pub together: Vec<bool>,
    /// For each `then` and call.
    pub calls: Vec<Vec<CallFacts>>,
    /// For each `for each EXPR` on the subject, for each candidate; empty for those that have fallen.
    groups: Vec<Vec<Box<str>>>,
    /// What `once for PATH` counts by, for each candidate.
    once: Vec<Box<str>>,
}

/// Of one call: for each delivery.
#[derive(Default)]
pub struct CallFacts {
    /// The group of its target.
    targets: Vec<Box<str>>,
    /// For each `for each EXPR` on the target.
    groups: Vec<Vec<Box<str>>>,
    /// In billionths.
    costs: Vec<i128>,
}

impl RuleFacts {
    pub fn new(
        run: Run<'_, '_>,
        campaign: &Campaign,
        rule: &Rule,
        of: &RuleCandidates,
        limits: RuleLimits,
    ) -> Result<RuleFacts, EvalError> {
        let standing = of.standing();
        let rows: Vec<u32> = standing.iter().map(|c| of.subjects[*c as usize]).collect();
        let spread = |texts: Vec<Box<str>>| {
            let mut all = vec![Box::default(); of.subjects.len()];
            for (candidate, text) in standing.iter().zip(texts) {
                all[*candidate as usize] = text;
            }
            all
        };
        let mut groups = Vec::new();
        for node in &limits.subject_groups {
            groups.push(spread(texts(run, campaign.table, &rows, *node)?));
        }
        let mut once = Vec::new();
        if limits.once.is_some() {
            for chunk in rows.chunks(BATCH) {
                let values = repeat_values(run.evaluator, campaign.table, rule, chunk)?;
                let text = |i| values.of(i).collect::<Vec<&str>>().join("\u{1f}");
                once.extend((0..chunk.len()).map(|i| text(i).into_boxed_str()));
            }
            once = spread(once);
        }
        let mut calls = Vec::new();
        for (t, then) in rule.thens.iter().enumerate() {
            let mut of_calls = Vec::new();
            for (c, call) in then.calls.iter().enumerate() {
                let deliveries = &of.deliveries[t][c];
                of_calls.push(CallFacts::new(
                    run,
                    campaign.table,
                    call,
                    (of, deliveries),
                    limits
                        .channels
                        .get(t)
                        .map_or(&[][..], |calls| &calls[c].groups),
                    !limits.budgets.is_empty(),
                )?);
            }
            calls.push(of_calls);
        }
        Ok(RuleFacts {
            together: of.deliveries.iter().map(|calls| together(calls)).collect(),
            limits,
            calls,
            groups,
            once,
        })
    }

    /// The group that a candidate's firing counts in; `None` where it counts by target.
    pub fn group(&self, by: By, candidate: u32) -> Option<&str> {
        match by {
            By::Target => None,
            By::InAll => Some(""),
            By::Value(place) => Some(&self.groups[place][candidate as usize]),
        }
    }

    pub fn once(&self, candidate: u32) -> &str {
        &self.once[candidate as usize]
    }
}

impl CallFacts {
    fn new(
        run: Run<'_, '_>,
        table: usize,
        call: &ActionCall,
        (of, deliveries): (&RuleCandidates, &Deliveries),
        groups: &[NodeId],
        with_costs: bool,
    ) -> Result<CallFacts, EvalError> {
        let record = &run.plan.tables[call.table].record;
        let data = run.evaluator.data();
        let targets = deliveries
            .targets
            .iter()
            .map(|row| target_group(record, &data.key_text(call.table, *row)).into_boxed_str())
            .collect();
        let groups = groups
            .iter()
            .map(|node| texts(run, call.table, &deliveries.targets, *node))
            .collect::<Result<_, _>>()?;
        let mut facts = CallFacts {
            targets,
            groups,
            costs: vec![0; deliveries.targets.len()],
        };
        if with_costs && call.cost.is_some() {
            // What has fallen must not fail.
            let standing: Vec<usize> = (0..deliveries.targets.len())
                .filter(|i| {
                    deliveries.verdicts[*i] == STANDS
                        && of.stands(deliveries.candidates[*i] as usize)
                })
                .collect();
            let found = costs(run.evaluator, call, table, of, deliveries, &standing)?;
            for (place, cost) in standing.iter().zip(found) {
                facts.costs[*place] = cost.map_or(0, |c| c.0);
            }
        }
        Ok(facts)
    }

    pub fn target(&self, delivery: usize) -> &str {
        &self.targets[delivery]
    }

    pub fn cost(&self, delivery: usize) -> i128 {
        self.costs[delivery]
    }

    /// The group that a delivery's action counts in.
    pub fn group(&self, by: By, delivery: usize) -> &str {
        match by {
            By::Target => &self.targets[delivery],
            By::InAll => "",
            By::Value(place) => &self.groups[place][delivery],
        }
    }
}

/// The values of an expression as texts; missing is empty.
fn texts(
    run: Run<'_, '_>,
    table: usize,
    rows: &[u32],
    node: NodeId,
) -> Result<Vec<Box<str>>, EvalError> {
    let ty = run.plan.nodes.ty(node);
    let mut out = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(BATCH) {
        let vector = run.evaluator.eval(node, &Frame::indices(table, chunk))?;
        out.extend(
            (0..chunk.len()).map(|i| canonical(run.evaluator, &vector, ty, i).into_boxed_str()),
        );
    }
    Ok(out)
}

/// How `favour` orders these candidates: missing last, then the value, the favoured ones smallest.
pub fn favour(
    run: Run<'_, '_>,
    campaign: &Campaign,
    of: &RuleCandidates,
    candidates: &[u32],
) -> Result<Vec<(bool, i128)>, EvalError> {
    let Some(favour) = &campaign.favour else {
        return Ok(vec![(false, 0); candidates.len()]);
    };
    let mut out = Vec::with_capacity(candidates.len());
    for chunk in candidates.chunks(BATCH) {
        let rows: Vec<u32> = chunk.iter().map(|c| of.subjects[*c as usize]).collect();
        let frame = Frame::indices(campaign.table, &rows);
        let vector = run.evaluator.eval(favour.value, &frame)?;
        out.extend((0..chunk.len()).map(|i| {
            if !vector.is_valid(i) {
                return (true, 0);
            }
            let place = vector.place(i);
            let size: i128 = match &vector.values {
                Values::YesNo(v) => v[place].into(),
                Values::Integer(v) | Values::DateTime(v) | Values::Duration(v) => v[place].into(),
                Values::Decimal(v) => v[place],
                Values::Date(v) => v[place].into(),
                Values::Time(v) | Values::Enum(v) | Values::Reference(v) => v[place].into(),
                // The checker admits ordered types only.
                Values::Text(_) => 0,
            };
            // Decimals stay far from the ends of 128 bits.
            (
                false,
                if favour.highest {
                    size.saturating_neg()
                } else {
                    size
                },
            )
        }));
    }
    Ok(out)
}

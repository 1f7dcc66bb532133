//! Which units one test's run reached.
//!
//! Levels, stages and lines are those of every row that the test gives, and that is there on its day; of attributes
//! that a condition, an expected value or an action goes by, and of no others: what nobody looks at is not tested.

use super::What;
use crate::engine::evaluate::Frame;
use crate::engine::{Evaluator, Outcome};
use crate::hir::{self, ExprKind, Program};
use crate::plan::{CoveredAttribute, CoveredParts, NodeId};
use crate::schema::{AttributeId, CampaignId, MessageId};
use crate::vector::{Values, Vector};
use rustc_hash::FxHashSet;

/// The units that a test reached.
pub type Reached = FxHashSet<What>;

/// Of a run of a [`crate::plan::Request::CoveredTest`].
pub fn reached(program: &Program, outcome: &Outcome<'_>) -> Reached {
    let mut out = Reached::default();
    for (c, campaign) in program.campaigns.iter().enumerate() {
        for r in 0..campaign.rules.len() {
            rule(program, outcome, (CampaignId(c as u32), r), &mut out);
        }
    }
    for covered in &outcome.plan().coverage.attributes {
        let acts = |(c, r): &(usize, usize)| out.contains(&What::Rule(CampaignId(*c as u32), *r));
        if covered
            .acts
            .as_ref()
            .is_none_or(|rules| rules.iter().any(acts))
        {
            attribute(outcome.evaluator(), covered, &mut out);
        }
    }
    out
}

fn rule(
    program: &Program,
    outcome: &Outcome<'_>,
    (campaign, rule): (CampaignId, usize),
    out: &mut Reached,
) {
    let reached = outcome.reached(campaign.index(), rule);
    if reached.fired {
        out.insert(What::Rule(campaign, rule));
    }
    let places = |list: &[bool]| -> Vec<usize> { (0..list.len()).filter(|i| list[*i]).collect() };
    for place in places(&reached.displaced) {
        out.insert(What::InsteadOf(campaign, rule, place));
    }
    for place in places(&reached.arms) {
        out.insert(What::SplitArm(campaign, rule, place));
    }
    let thens = &program.campaign(campaign).rules[rule].thens;
    for (then, targets) in thens.iter().zip(&reached.targets) {
        for (call, rows) in then.calls.iter().zip(targets) {
            texts(program, outcome, call, rows, out);
        }
    }
}

/// The texts that a call brought to these rows of its action's record.
fn texts(
    program: &Program,
    outcome: &Outcome<'_>,
    call: &hir::ActionCall,
    rows: &[u32],
    out: &mut Reached,
) {
    if rows.is_empty() {
        return;
    }
    let table = program.action(call.action).record.index();
    for argument in call.arguments.iter().flatten() {
        let ExprKind::Message { message, .. } = &argument.kind else {
            continue;
        };
        match taken_by_value(outcome, *message) {
            Some(node) => on_rows(outcome.evaluator(), table, rows, node, &mut |place| {
                out.insert(What::MessageText(*message, place));
            }),
            None => {
                out.insert(What::MessageText(*message, 0));
            }
        }
    }
}

/// The node that says which text is taken, of a message that has several.
fn taken_by_value(outcome: &Outcome<'_>, message: MessageId) -> Option<NodeId> {
    let texts = &outcome.plan().coverage.texts;
    let found = texts.iter().find(|(id, _)| *id == message);
    found.map(|(_, node)| *node)
}

fn attribute(evaluator: &Evaluator<'_>, covered: &CoveredAttribute, out: &mut Reached) {
    let table = covered.table;
    let mut rows: Vec<u32> = (0..evaluator.rows(table) as u32).collect();
    if let Some(there) = covered.there {
        let mut present = Vec::new();
        on_rows_with(evaluator, table, &rows, there, &mut |row, vector, place| {
            if vector.holds(place) {
                present.push(row);
            }
        });
        rows = present;
    }
    let id: AttributeId = covered.attribute;
    match &covered.parts {
        CoveredParts::Level(node) => on_rows(evaluator, table, &rows, *node, &mut |level| {
            out.insert(What::Level(id, level as u32));
        }),
        CoveredParts::Line(node) => on_rows(evaluator, table, &rows, *node, &mut |line| {
            out.insert(What::TableLine(id, line));
        }),
        CoveredParts::Lines(conditions) => {
            for (line, condition) in conditions.iter().enumerate() {
                let mut held = false;
                on_rows_with(
                    evaluator,
                    table,
                    &rows,
                    *condition,
                    &mut |_, vector, place| {
                        held |= vector.holds(place);
                    },
                );
                if held {
                    out.insert(What::ScoreLine(id, line));
                }
            }
        }
    }
}

/// The places that a node is on these rows, where it is known: named values, or integers.
fn on_rows(
    evaluator: &Evaluator<'_>,
    table: usize,
    rows: &[u32],
    node: NodeId,
    take: &mut dyn FnMut(usize),
) {
    on_rows_with(evaluator, table, rows, node, &mut |_, vector, place| {
        if !vector.is_valid(place) {
            return;
        }
        match &vector.values {
            Values::Enum(v) => take(v[vector.place(place)] as usize),
            Values::Integer(v) => take(usize::try_from(v[vector.place(place)]).unwrap_or_default()),
            _ => {}
        }
    });
}

/// Each row with its place in what the node is on them. A row whose value does not fit its type reaches nothing; if
/// the test's own run needed it, the test has failed for it.
fn on_rows_with(
    evaluator: &Evaluator<'_>,
    table: usize,
    rows: &[u32],
    node: NodeId,
    look: &mut dyn FnMut(u32, &Vector<'_>, usize),
) {
    if rows.is_empty() {
        return;
    }
    let frame = Frame::indices(table, rows);
    if let Ok(vector) = evaluator.eval(node, &frame) {
        for (place, row) in rows.iter().enumerate() {
            look(*row, &vector, place);
        }
        return;
    }
    for row in rows {
        let one = [*row];
        let frame = Frame::indices(table, &one);
        if let Ok(vector) = evaluator.eval(node, &frame) {
            look(*row, &vector, 0);
        }
    }
}

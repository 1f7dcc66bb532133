//! What shows which levels, lines and texts the rows of a test take.

use super::{Lowering, Scope, goes_by};
use crate::hir::{self, AttributeKind, CompareOp, ExprKind, Part, Program};
use crate::plan::{ClockId, CoveredAttribute, CoveredParts, Node, NodeId, RUN_CLOCK};
use crate::schema::{AttributeId, MessageId, Type, Value};
use crate::source::Span;
use indexmap::IndexSet;

impl Lowering<'_> {
    /// Of the attributes and messages that were lowered so far: after the campaigns and the expected values, before
    /// what is only kept for the ledger. It reads nothing that they do not read, so that a test goes the same way
    /// with it and without.
    pub(super) fn coverage(&mut self, test: &hir::Test) {
        let program = self.program;
        let decided = goes_by::conditions(program, test);
        let said = goes_by::actions(program);
        // By another clock nothing is known of the past.
        let told = |clock, part| {
            clock == RUN_CLOCK || matches!(part, Part::Value | Part::Next | Part::Shortfall)
        };
        let asked: IndexSet<(ClockId, AttributeId)> = self
            .known
            .keys()
            .filter(|(clock, _, part)| told(*clock, *part))
            .map(|(clock, attribute, _)| (*clock, *attribute))
            .collect();
        for (clock, attribute) in asked {
            let before = std::mem::replace(&mut self.clock, clock);
            let acts = (!decided.contains(&attribute)).then(|| {
                let rules = said.iter().filter(|(_, by)| by.contains(&attribute));
                rules.map(|(rule, _)| *rule).collect()
            });
            self.in_no_voice(|l| l.covered_attribute(attribute, acts));
            self.clock = before;
        }
        for id in sent(program) {
            if let Some(node) = self.text_taken(self.program.message(id)) {
                self.coverage.texts.push((id, node));
            }
        }
    }

    fn covered_attribute(&mut self, id: AttributeId, acts: Option<Vec<(usize, usize)>>) {
        let program = self.program;
        let attribute = program.attribute(id);
        let scope = Scope::root(attribute.record.index());
        let parts = match &attribute.kind {
            AttributeKind::Define(_) | AttributeKind::Segment(_) => return,
            AttributeKind::TiersBy { .. } | AttributeKind::FirstMatch { .. } => {
                CoveredParts::Level(self.attribute(id, Part::Value))
            }
            AttributeKind::Score { lines, .. } => {
                let conditions = lines.iter().map(|(c, _)| self.expression(c, &scope));
                CoveredParts::Lines(conditions.collect())
            }
            AttributeKind::Table(table) => {
                CoveredParts::Line(self.line_taken(table, &scope, attribute.span))
            }
        };
        let there = self.there(attribute.record);
        self.coverage.attributes.push(CoveredAttribute {
            attribute: id,
            table: attribute.record.index(),
            there,
            parts,
            acts,
        });
    }

    fn line_taken(&mut self, table: &hir::Table, scope: &Scope<'_>, span: Span) -> NodeId {
        let conditions: Vec<NodeId> = table
            .lines
            .iter()
            .map(|line| {
                let cells = line.cells.iter().flatten();
                let cells = cells.map(|c| self.expression(c, scope)).collect();
                self.all(cells, line.span)
            })
            .collect();
        self.place_taken(conditions, table.otherwise.is_some(), span)
    }

    /// The text for a target: that of its value of `by`, else the first, as when it is rendered.
    fn text_taken(&mut self, message: &hir::Message) -> Option<NodeId> {
        let by = message.by.as_ref()?;
        let by = self.on_root(message.record, by);
        let ty = self.nodes.ty(by);
        let span = message.span;
        let mut lines = Vec::new();
        for (place, text) in message.texts.iter().enumerate() {
            let Some(tag) = text.tag.clone() else {
                continue;
            };
            let right = self.add(Node::Constant(tag), ty, span);
            let fits = Node::Compare {
                op: CompareOp::Equal,
                left: by,
                right,
            };
            let fits = self.add(fits, Type::YesNo, span);
            lines.push((fits, self.place(place, span)));
        }
        let otherwise = Some(self.place(0, span));
        Some(self.add(Node::Choose { lines, otherwise }, Type::Integer, span))
    }

    /// The place of the first condition that is true; the place after the last where none is and there is an `otherwise`.
    fn place_taken(&mut self, conditions: Vec<NodeId>, otherwise: bool, span: Span) -> NodeId {
        let after = conditions.len();
        let lines = conditions
            .into_iter()
            .enumerate()
            .map(|(place, condition)| (condition, self.place(place, span)))
            .collect();
        let otherwise = otherwise.then(|| self.place(after, span));
        self.add(Node::Choose { lines, otherwise }, Type::Integer, span)
    }

    fn place(&mut self, place: usize, span: Span) -> NodeId {
        let place = Node::Constant(Value::Integer(place as i64));
        self.add(place, Type::Integer, span)
    }
}

/// The messages that a rule sends.
fn sent(program: &Program) -> IndexSet<MessageId> {
    let rules = program.campaigns.iter().flat_map(|c| &c.rules);
    let calls = rules.flat_map(|r| &r.thens).flat_map(|t| &t.calls);
    let arguments = calls.flat_map(|c| c.arguments.iter().flatten());
    arguments
        .filter_map(|a| match &a.kind {
            ExprKind::Message { message, .. } => Some(*message),
            _ => None,
        })
        .collect()
}

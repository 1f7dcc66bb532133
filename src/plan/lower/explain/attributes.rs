//! The explanation of derived attributes, each once however often it is named.

use crate::hir::{AttributeKind, Part};
use crate::plan::lower::{Lowering, Scope};
use crate::plan::{AttributeReason, AttributeReasonKind, Levels, Node, NodeId, TableReason};
use crate::schema::{AttributeId, RecordId, Type, Value};
use crate::source::Span;

impl Lowering<'_> {
    /// The place of the explanation of an attribute's part by the present clock.
    pub(super) fn attribute_reason(&mut self, place: u32, part: Part) -> usize {
        let asked = (self.clock, place, part);
        if let Some(known) = self.explained.get(&asked) {
            return *known;
        }
        let attribute = &self.program.attributes[place as usize];
        let reason = AttributeReason {
            name: match part {
                Part::Value => attribute.name.clone(),
                Part::Next => format!("{}.next", attribute.name),
                Part::Shortfall => format!("{}.shortfall", attribute.name),
                Part::Before => format!("{}.before", attribute.name),
                Part::Since => format!("{}.since", attribute.name),
                Part::Reasons => format!("{}.reasons", attribute.name),
            },
            part,
            table: attribute.record.index(),
            node: self.attribute(AttributeId(place), part),
            personal: part == Part::Value && self.attribute_shows_personal(place),
            held: match part {
                Part::Before | Part::Since => {
                    let id = AttributeId(place);
                    self.held(id, Part::Value).zip(self.held(id, Part::Since))
                }
                _ => None,
            },
            kind: self.attribute_reason_kind(place),
        };
        // Cycles of attributes are errors of the program, so this one is not explained within itself.
        let at = self.explanations.attributes.len();
        self.explanations.attributes.push(reason);
        self.explained.insert(asked, at);
        at
    }

    fn attribute_reason_kind(&mut self, place: u32) -> AttributeReasonKind {
        let program = self.program;
        let attribute = &program.attributes[place as usize];
        let record = attribute.record;
        match &attribute.kind {
            AttributeKind::Define(expr) | AttributeKind::Segment(expr) => {
                AttributeReasonKind::Expression(self.reason(expr, record))
            }
            AttributeKind::TiersBy {
                by,
                levels,
                set,
                history,
            } => {
                let by = self.reason(by, record);
                let gaps = levels
                    .iter()
                    .map(|level| {
                        let ty = self.nodes.ty(by.node);
                        let level = self.add(Node::Constant(level.clone()), ty, attribute.span);
                        self.gap(by.node, level, attribute.span)
                    })
                    .collect();
                let level = Node::Level {
                    value: by.node,
                    thresholds: levels.clone(),
                };
                let today = history
                    .is_some()
                    .then(|| self.add(level, Type::Enum(*set), attribute.span));
                AttributeReasonKind::Levels(Levels {
                    by,
                    set: *set,
                    thresholds: levels.clone(),
                    gaps,
                    today,
                })
            }
            AttributeKind::FirstMatch {
                lines,
                otherwise,
                set,
                history,
                ..
            } => {
                let explained: Vec<_> = lines
                    .iter()
                    .map(|(condition, level)| (self.reason(condition, record), *level))
                    .collect();
                let today = history.is_some().then(|| {
                    let lines = explained.iter().map(|(c, l)| (c.node, Some(*l))).collect();
                    self.first_match(lines, *otherwise, Type::Enum(*set), attribute.span)
                });
                AttributeReasonKind::FirstMatch {
                    lines: explained,
                    set: *set,
                    today,
                }
            }
            AttributeKind::Score { lines, .. } => AttributeReasonKind::Score(
                lines
                    .iter()
                    .map(|(c, v)| (self.reason(c, record), self.on_root(record, v)))
                    .collect(),
            ),
            AttributeKind::Table(table) => AttributeReasonKind::Table {
                by: table.by.iter().map(|e| self.reason(e, record)).collect(),
                lines: table
                    .lines
                    .iter()
                    .map(|line| self.table_reason(line, record))
                    .collect(),
            },
        }
    }

    fn first_match(
        &mut self,
        lines: Vec<(NodeId, Option<u32>)>,
        otherwise: Option<u32>,
        ty: Type,
        span: Span,
    ) -> NodeId {
        let Type::Enum(set) = ty else {
            unreachable!("levels are named values");
        };
        let mut level = |place: Option<u32>| {
            let node = place.map_or(Node::Missing, |l| Node::Constant(Value::Enum(set, l)));
            self.add(node, ty, span)
        };
        let lines = lines.into_iter().map(|(c, l)| (c, level(l))).collect();
        let otherwise = Some(level(otherwise));
        self.add(Node::Choose { lines, otherwise }, ty, span)
    }

    fn table_reason(&mut self, line: &crate::hir::TableLine, record: RecordId) -> TableReason {
        let scope = Scope::root(record.index());
        let cells = line.cells.iter().flatten();
        let cells = cells.map(|c| self.expression(c, &scope)).collect();
        TableReason {
            span: line.span,
            condition: self.all(cells, line.span),
        }
    }
}

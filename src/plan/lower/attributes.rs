//! Derived attributes: each stands as its expression wherever it is used.

use super::{Lowering, Scope};
use crate::hir::{AttributeKind, Expr, Part, Table};
use crate::plan::{Node, NodeId, TemplatePart, Voice};
use crate::schema::{AttributeId, EnumId, Type, Value};
use crate::source::Span;

impl Lowering<'_> {
    /// A part of an attribute, on a row of its record.
    pub(super) fn attribute(&mut self, id: AttributeId, part: Part) -> NodeId {
        if let Some(node) = self.known.get(&(self.clock, id, part)) {
            return *node;
        }
        let node = self.in_no_voice(|l| match l.held(id, part) {
            Some(held) => held,
            None => l.computed(id, part),
        });
        self.known.insert((self.clock, id, part), node);
        node
    }

    /// By the values of the clock's day alone. Of the past nothing is known so.
    pub(super) fn computed(&mut self, id: AttributeId, part: Part) -> NodeId {
        let program = self.program;
        let attribute = program.attribute(id);
        let scope = Scope::root(attribute.record.index());
        let span = attribute.span;
        match &attribute.kind {
            AttributeKind::Define(expr) | AttributeKind::Segment(expr) => {
                self.expression(expr, &scope)
            }
            AttributeKind::TiersBy {
                by, levels, set, ..
            } => {
                let value = self.expression(by, &scope);
                let thresholds = levels.clone();
                let (node, ty) = match part {
                    Part::Value => (Node::Level { value, thresholds }, Type::Enum(*set)),
                    Part::Next => (Node::NextLevel { value, thresholds }, Type::Enum(*set)),
                    Part::Shortfall => (Node::Shortfall { value, thresholds }, by.ty.ty),
                    Part::Before => (Node::Missing, Type::Enum(*set)),
                    Part::Since => (Node::Missing, Type::Date),
                    Part::Reasons => unreachable!("checked: of scores only"),
                };
                self.add(node, ty, span)
            }
            AttributeKind::FirstMatch { set, .. } if part == Part::Before => {
                self.add(Node::Missing, Type::Enum(*set), span)
            }
            AttributeKind::FirstMatch { .. } if part == Part::Since => {
                self.add(Node::Missing, Type::Date, span)
            }
            AttributeKind::FirstMatch {
                lines,
                otherwise,
                set,
                ..
            } => {
                let top = program.enum_type(*set).values.len() as u32;
                let lines = lines
                    .iter()
                    .map(|(condition, level)| {
                        let condition = self.expression(condition, &scope);
                        (condition, self.level(*set, top, Some(*level), part, span))
                    })
                    .collect();
                let otherwise = Some(self.level(*set, top, *otherwise, part, span));
                self.add(Node::Choose { lines, otherwise }, Type::Enum(*set), span)
            }
            AttributeKind::Score { .. } if part == Part::Before => {
                self.add(Node::Missing, Type::Integer, span)
            }
            AttributeKind::Score { .. } if part == Part::Since => {
                self.add(Node::Missing, Type::Date, span)
            }
            AttributeKind::Score { lines, reasons, .. } if part == Part::Reasons => {
                self.reasons(lines, reasons, &scope, span)
            }
            AttributeKind::Score { lines, .. } => {
                let lines = lines
                    .iter()
                    .map(|(c, v)| (self.expression(c, &scope), self.expression(v, &scope)))
                    .collect();
                self.add(Node::Score(lines), attribute.ty.ty, span)
            }
            AttributeKind::Table(table) => self.table_lines(table, &scope, attribute.ty.ty, span),
        }
    }

    /// The reasons of the lines that are true, in one text; missing where there are none.
    fn reasons(
        &mut self,
        lines: &[(Expr, Expr)],
        reasons: &[Option<String>],
        scope: &Scope<'_>,
        span: Span,
    ) -> NodeId {
        let text =
            |l: &mut Self, t: &str| l.add(Node::Constant(Value::Text(t.into())), Type::Text, span);
        let nothing = text(self, "");
        let list_mark = self.list_mark();
        let mark = text(self, list_mark);
        let (mut parts, mut before): (Vec<TemplatePart>, Vec<NodeId>) = Default::default();
        for ((condition, _), reason) in lines.iter().zip(reasons) {
            let Some(reason) = reason else { continue };
            let condition = self.expression(condition, scope);
            let mut said = vec![TemplatePart::Text(reason.clone())];
            if !before.is_empty() {
                let any = self.add(Node::Or(before.clone()), Type::YesNo, span);
                let lines = vec![(any, mark)];
                let otherwise = Some(nothing);
                let mark = self.add(Node::Choose { lines, otherwise }, Type::Text, span);
                said.insert(0, TemplatePart::Value(mark));
            }
            let voice = Voice::default();
            let said = self.add(Node::Template { parts: said, voice }, Type::Text, span);
            let lines = vec![(condition, said)];
            let otherwise = Some(nothing);
            let said = self.add(Node::Choose { lines, otherwise }, Type::Text, span);
            parts.push(TemplatePart::Value(said));
            before.push(condition);
        }
        let voice = Voice::default();
        let all = self.add(Node::Template { parts, voice }, Type::Text, span);
        let any = self.add(Node::Or(before), Type::YesNo, span);
        let (lines, otherwise) = (vec![(any, all)], None);
        self.add(Node::Choose { lines, otherwise }, Type::Text, span)
    }

    /// A level, or the one after it: the lowest after none, none after the top.
    fn level(
        &mut self,
        set: EnumId,
        top: u32,
        level: Option<u32>,
        part: Part,
        span: Span,
    ) -> NodeId {
        let place = match part {
            Part::Value => level,
            _ => Some(level.map_or(0, |l| l + 1)).filter(|l| *l < top),
        };
        let node = place.map_or(Node::Missing, |l| Node::Constant(Value::Enum(set, l)));
        self.add(node, Type::Enum(set), span)
    }

    fn table_lines(&mut self, table: &Table, scope: &Scope<'_>, ty: Type, span: Span) -> NodeId {
        let lines = table
            .lines
            .iter()
            .map(|line| {
                let cells: Vec<NodeId> = line
                    .cells
                    .iter()
                    .flatten()
                    .map(|c| self.expression(c, scope))
                    .collect();
                let condition = self.all(cells, line.span);
                (condition, self.expression(&line.value, scope))
            })
            .collect();
        let otherwise = table.otherwise.as_ref().map(|e| self.expression(e, scope));
        self.add(Node::Choose { lines, otherwise }, ty, span)
    }

    /// True where all are; a single condition stands for itself.
    pub(super) fn all(&mut self, mut conditions: Vec<NodeId>, span: Span) -> NodeId {
        match conditions.len() {
            0 => self.add(Node::Constant(Value::YesNo(true)), Type::YesNo, span),
            1 => conditions.swap_remove(0),
            _ => self.add(Node::And(conditions), Type::YesNo, span),
        }
    }
}

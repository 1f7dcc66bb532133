//! Derived attributes: their types, each after those that it uses.

use super::expressions::{is_unknown, unknown};
use super::{Checker, Scope, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AttributeKind, Ty};
use crate::schema::{AttributeId, Type};
use crate::source::Span;
use crate::syntax::ast::DeclarationKind;
use rustc_hash::FxHashMap;

impl<'a> Checker<'a> {
    pub(super) fn check_attributes(&mut self) {
        for id in self.inference_order() {
            self.infer(id);
        }
    }

    /// The type of an attribute, inferred now if it has not been.
    pub(super) fn attribute_type(&mut self, id: AttributeId, span: Span) -> Ty {
        if let State::Doing = self.slots[id.index()].state {
            self.cycle(id, span);
            return Ty::known(Type::Unknown);
        }
        self.infer(id);
        match &self.slots[id.index()].state {
            State::Done(a) => a.ty,
            _ => Ty::known(Type::Unknown),
        }
    }

    fn infer(&mut self, id: AttributeId) {
        if !matches!(self.slots[id.index()].state, State::Todo) {
            return;
        }
        self.slots[id.index()].state = State::Doing;
        self.inferring.push(id);
        let (ty, kind) = self.attribute_kind(id);
        self.inferring.pop();
        let slot = &mut self.slots[id.index()];
        slot.state = State::Done(Box::new(hir::Attribute {
            name: slot.name.node.clone(),
            span: slot.name.span,
            docs: slot.declaration.docs.clone(),
            record: slot.record,
            ty,
            kind,
        }));
    }

    fn attribute_kind(&mut self, id: AttributeId) -> (Ty, AttributeKind) {
        let slot = &self.slots[id.index()];
        let (record, set) = (slot.record, slot.set);
        let scope = Scope::of(record);
        match &slot.declaration.kind {
            DeclarationKind::Define(d) => {
                let value = self.expr(&d.value, scope);
                (value.ty, AttributeKind::Define(value))
            }
            DeclarationKind::Segment(s) => {
                let condition = self.condition(&s.condition, scope);
                let optional = condition.ty.optional;
                let ty = Ty {
                    ty: Type::YesNo,
                    optional,
                };
                (ty, AttributeKind::Segment(condition))
            }
            DeclarationKind::Tiers(t) => self.tiers(t, set, scope),
            DeclarationKind::Stages(s) => self.stages(s, set, scope),
            DeclarationKind::Score(s) => self.score(s, scope),
            DeclarationKind::Table(t) => self.table(t, scope),
            _ => (
                Ty::known(Type::Unknown),
                AttributeKind::Define(unknown(slot.name.span)),
            ),
        }
    }

    /// Attributes by name, those whose names another mentions before it. Follows names only, so it may see
    /// a dependency too many; it keeps inference from nesting deeply, whatever the order of declarations.
    fn inference_order(&self) -> Vec<AttributeId> {
        let key = |i: usize| {
            (
                self.record_name(self.slots[i].record),
                &self.slots[i].name.node,
            )
        };
        let mut sorted: Vec<usize> = (0..self.slots.len()).collect();
        sorted.sort_by(|&a, &b| key(a).cmp(&key(b)));
        let mut by_name: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for &i in &sorted {
            by_name.entry(&self.slots[i].name.node).or_default().push(i);
        }
        let uses = |i: usize| -> Vec<usize> {
            let text = self.sources.slice(self.slots[i].declaration.span);
            let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let mut found: Vec<usize> = words
                .filter_map(|w| by_name.get(w))
                .flatten()
                .copied()
                .collect();
            found.dedup();
            found
        };
        let mut order = Vec::new();
        // 0 new, 1 entered, 2 left
        let mut colour = vec![0u8; self.slots.len()];
        for &start in &sorted {
            let mut stack = vec![(start, false)];
            while let Some((i, leaving)) = stack.pop() {
                if leaving {
                    if colour[i] == 1 {
                        colour[i] = 2;
                        order.push(AttributeId(i as u32));
                    }
                } else if colour[i] == 0 {
                    colour[i] = 1;
                    stack.push((i, true));
                    stack.extend(uses(i).into_iter().rev().map(|u| (u, false)));
                }
            }
        }
        order
    }

    /// Says the whole cycle, from the attribute whose name comes first.
    fn cycle(&mut self, id: AttributeId, span: Span) {
        let from = self
            .inferring
            .iter()
            .position(|i| *i == id)
            .unwrap_or_default();
        let mut cycle = self.inferring[from..].to_vec();
        let name = |id: AttributeId| self.slots[id.index()].name.node.as_str();
        let first = cycle
            .iter()
            .enumerate()
            .min_by_key(|(_, id)| name(**id))
            .map_or(0, |(i, _)| i);
        cycle.rotate_left(first);
        let path: Vec<String> = cycle
            .iter()
            .chain(cycle.first())
            .map(|id| format!("`{}`", name(*id)))
            .collect();
        let at = &self.slots[cycle[0].index()];
        let message = match cycle.len() {
            1 => format!("`{}` is defined by itself", at.name),
            _ => format!("definitions go round in a circle: {}", path.join(" uses ")),
        };
        let mut d = Diagnostic::new(&codes::CYCLIC_DEFINITION, at.name.span, message)
            .help("define one of them without the others");
        if cycle.len() == 1 {
            d = d.also(span, "used here");
        }
        for other in &cycle[1..] {
            let name = &self.slots[other.index()].name;
            d = d.also(name.span, format!("`{name}` takes part"));
        }
        self.report(d);
    }

    /// Whether a typed part of an attribute is fit to be kept.
    pub(super) fn score_type(&self, value: &hir::Expr) -> bool {
        is_unknown(value)
            || matches!(
                value.ty.ty,
                Type::Integer | Type::Number | Type::Money(_) | Type::Percent
            )
    }
}

//! The order in which definitions are understood, each after those that it uses, and their circles.

use super::{Checker, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, Ty};
use crate::schema::{AttributeId, FigureId, Type};
use crate::source::Span;
use crate::syntax::ast::Name;
use rustc_hash::FxHashMap;

/// What may be defined by another of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inferred {
    Attribute(AttributeId),
    Figure(FigureId),
    /// By its place.
    Channel(u32),
}

impl<'a> Checker<'a> {
    /// Types every attribute, figure and channel.
    pub(super) fn check_definitions(&mut self) {
        for item in self.inference_order() {
            match item {
                Inferred::Attribute(id) => self.infer_attribute(id),
                Inferred::Figure(id) => self.infer_figure(id),
                Inferred::Channel(place) => self.infer_channel(place),
            }
        }
    }

    /// The type of an attribute, inferred now if it has not been.
    pub(super) fn attribute_type(&mut self, id: AttributeId, span: Span) -> Ty {
        if let State::Doing = self.slots[id.index()].state {
            self.cycle(Inferred::Attribute(id), span);
            return Ty::known(Type::Unknown);
        }
        self.infer_attribute(id);
        match &self.slots[id.index()].state {
            State::Done(a) => a.ty,
            _ => Ty::known(Type::Unknown),
        }
    }

    fn infer_attribute(&mut self, id: AttributeId) {
        if !matches!(self.slots[id.index()].state, State::Todo) {
            return;
        }
        self.slots[id.index()].state = State::Doing;
        self.inferring.push(Inferred::Attribute(id));
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

    fn infer_figure(&mut self, id: FigureId) {
        if self.figures[id.index()].is_some() || self.is_inferring(Inferred::Figure(id)) {
            return;
        }
        self.inferring.push(Inferred::Figure(id));
        let figure = self.figure(id);
        self.inferring.pop();
        self.figures[id.index()] = Some(figure);
    }

    /// The type of a figure, inferred now if it has not been.
    pub(super) fn figure_type(&mut self, id: FigureId, span: Span) -> Ty {
        if self.is_inferring(Inferred::Figure(id)) {
            self.cycle(Inferred::Figure(id), span);
            return Ty::known(Type::Unknown);
        }
        self.infer_figure(id);
        let figure = self.figures[id.index()].as_ref();
        figure.map_or(Ty::known(Type::Unknown), |f| f.value.ty)
    }

    fn infer_channel(&mut self, place: u32) {
        let item = Inferred::Channel(place);
        if self.channels[place as usize].is_some() || self.is_inferring(item) {
            return;
        }
        self.inferring.push(item);
        let (declaration, channel) = self.channel_declarations[place as usize];
        let channel = self.channel(declaration, channel);
        self.inferring.pop();
        self.channels[place as usize] = channel;
    }

    /// A channel, understood now if it has not been; `None` where it has a mistake.
    pub(super) fn channel_of(&mut self, place: u32, span: Span) -> Option<&hir::Channel> {
        if self.is_inferring(Inferred::Channel(place)) {
            self.cycle(Inferred::Channel(place), span);
            return None;
        }
        self.infer_channel(place);
        self.channels[place as usize].as_ref()
    }

    fn is_inferring(&self, item: Inferred) -> bool {
        self.inferring.contains(&item)
    }

    /// Items by name, those whose names another mentions before it. Follows names only, so it may see a
    /// dependency too many; it keeps inference from nesting deeply, whatever the order of declarations.
    fn inference_order(&self) -> Vec<Inferred> {
        let items = self.items();
        let key = |i: usize| (items[i].1, &items[i].2.node);
        let mut sorted: Vec<usize> = (0..items.len()).collect();
        sorted.sort_by(|&a, &b| key(a).cmp(&key(b)));
        let mut by_name: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for &i in &sorted {
            by_name.entry(&items[i].2.node).or_default().push(i);
        }
        let uses = |i: usize| -> Vec<usize> {
            let text = self.sources.slice(items[i].3);
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
        let mut colour = vec![0u8; items.len()];
        for &start in &sorted {
            let mut stack = vec![(start, false)];
            while let Some((i, leaving)) = stack.pop() {
                if leaving {
                    if colour[i] == 1 {
                        colour[i] = 2;
                        order.push(items[i].0);
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

    /// Everything to infer: its record's name, its own, and where it is declared.
    fn items(&self) -> Vec<(Inferred, &str, &'a Name, Span)> {
        let mut items = Vec::new();
        for (i, slot) in self.slots.iter().enumerate() {
            let item = Inferred::Attribute(AttributeId(i as u32));
            let record = self.record_name(slot.record);
            items.push((item, record, slot.name, slot.declaration.span));
        }
        for (i, (d, f)) in self.figure_declarations.iter().enumerate() {
            let item = Inferred::Figure(FigureId(i as u32));
            items.push((item, "", &f.name, d.span));
        }
        for (i, (d, c)) in self.channel_declarations.iter().enumerate() {
            items.push((Inferred::Channel(i as u32), "", &c.name, d.span));
        }
        items
    }

    fn inferred_name(&self, item: Inferred) -> &'a Name {
        match item {
            Inferred::Attribute(id) => self.slots[id.index()].name,
            Inferred::Figure(id) => &self.figure_declarations[id.index()].1.name,
            Inferred::Channel(place) => &self.channel_declarations[place as usize].1.name,
        }
    }

    /// Says the whole cycle, from the one whose name comes first.
    fn cycle(&mut self, item: Inferred, span: Span) {
        let from = self
            .inferring
            .iter()
            .position(|i| *i == item)
            .unwrap_or_default();
        let mut cycle: Vec<&Name> = self.inferring[from..]
            .iter()
            .map(|i| self.inferred_name(*i))
            .collect();
        let first = cycle
            .iter()
            .enumerate()
            .min_by_key(|(_, name)| &name.node)
            .map_or(0, |(i, _)| i);
        cycle.rotate_left(first);
        let path: Vec<String> = cycle
            .iter()
            .chain(cycle.first())
            .map(|name| format!("`{name}`"))
            .collect();
        let message = match cycle.len() {
            1 => format!("{} is defined by itself", path[0]),
            _ => format!("definitions go round in a circle: {}", path.join(" uses ")),
        };
        let mut d = Diagnostic::new(&codes::CYCLIC_DEFINITION, cycle[0].span, message)
            .help("define one of them without the others");
        if cycle.len() == 1 {
            d = d.also(span, "used here");
        }
        for name in &cycle[1..] {
            d = d.also(name.span, format!("`{name}` takes part"));
        }
        self.report(d);
    }
}

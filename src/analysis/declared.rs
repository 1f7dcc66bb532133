//! First pass: every declaration's name, in the table of its kind.

use super::names::Table;
use super::{Checker, KeyUse, Member, Slot, State};
use crate::hir;
use crate::schema::{AttributeId, EnumId, FieldId, RecordId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Declaration, DeclarationKind, Name, TiersBody};
use rustc_hash::FxHashMap;

impl<'a> Checker<'a> {
    pub(super) fn declare(&mut self) {
        for d in self.declarations() {
            self.declare_record(d);
        }
        // Fields before attributes, so that a clash is said at the attribute.
        for r in 0..self.records.len() {
            self.declare_fields(RecordId(r as u32));
        }
        for d in self.declarations() {
            self.declare_attribute(d);
        }
        for d in self.declarations() {
            self.declare_other(d);
        }
    }

    fn declare_record(&mut self, d: &'a Declaration) {
        let DeclarationKind::Record(r) = &d.kind else {
            return;
        };
        let id = self.records.len() as u32;
        if let Err(first) = self.record_names.insert(&r.name, id) {
            self.lost
                .extend(r.fields.iter().map(|f| f.name.node.clone()));
            return self.duplicate("a record", &r.name, first);
        }
        self.records.push(hir::Record {
            name: r.name.node.clone(),
            span: r.name.span,
            docs: d.docs.clone(),
            source: hir::RecordSource::File(r.name.node.clone()),
            fields: Vec::new(),
            key: Vec::new(),
            dated_by: None,
            ahead: r.ahead,
        });
        self.record_declarations.push((d, r));
        self.members.push(FxHashMap::default());
    }

    fn declare_fields(&mut self, record: RecordId) {
        let (_, r) = self.record_declarations[record.index()];
        for f in &r.fields {
            let id = FieldId(self.records[record.index()].fields.len() as u32);
            let members = &mut self.members[record.index()];
            if let Some(Member::Field(first)) = members.get(&f.name.node).copied() {
                let first = self.records[record.index()].fields[first.index()].span;
                self.duplicate("a field", &f.name, first);
                continue;
            }
            members.insert(f.name.node.clone(), Member::Field(id));
            self.records[record.index()].fields.push(hir::Field {
                name: f.name.node.clone(),
                span: f.name.span,
                docs: f.docs.clone(),
                ty: hir::FieldType::Value(Type::Unknown),
                optional: false,
                default: None,
                column: f.name.node.clone(),
                format: None,
                personal: false,
            });
        }
    }

    fn declare_attribute(&mut self, d: &'a Declaration) {
        let (name, record) = match &d.kind {
            DeclarationKind::Define(x) => (&x.name, &x.record),
            DeclarationKind::Segment(x) => (&x.name, &x.record),
            DeclarationKind::Tiers(x) => (&x.name, &x.record),
            DeclarationKind::Stages(x) => (&x.name, &x.record),
            DeclarationKind::Score(x) => (&x.name, &x.record),
            DeclarationKind::Table(x) => (&x.name, &x.record),
            _ => return,
        };
        let Some(record) = self.record_named(record) else {
            self.lost.insert(name.node.clone());
            return;
        };
        if let Some(first) = self.member(record, name) {
            let (kind, first) = match first {
                Member::Field(f) => (
                    "a field",
                    self.records[record.index()].fields[f.index()].span,
                ),
                Member::Attribute(a) => ("an attribute", self.slots[a.index()].name.span),
            };
            return self.duplicate(kind, name, first);
        }
        let set = self.declare_set(d);
        let id = AttributeId(self.slots.len() as u32);
        self.members[record.index()].insert(name.node.clone(), Member::Attribute(id));
        self.slots.push(Slot {
            declaration: d,
            name,
            record,
            set,
            state: State::Todo,
        });
    }

    /// The named values of tiers, stages, and tables that list theirs.
    fn declare_set(&mut self, d: &'a Declaration) -> Option<EnumId> {
        let (name, levels, ordered): (&Name, Vec<&Name>, bool) = match &d.kind {
            DeclarationKind::Tiers(t) => match &t.body {
                TiersBody::By { levels, .. } => {
                    (&t.name, levels.iter().map(|(n, _)| n).collect(), true)
                }
                // Highest first as written; the set is from the lowest.
                TiersBody::When { lines, otherwise } => {
                    let names = lines.iter().map(|(_, n)| n).chain(otherwise);
                    let mut names: Vec<&Name> = names.collect();
                    // Several lines, one after the other, may lead to one level.
                    names.dedup_by(|a, b| a.node == b.node);
                    names.reverse();
                    (&t.name, names, true)
                }
            },
            DeclarationKind::Stages(s) => {
                let names = s.lines.iter().map(|(_, n)| n).chain(&s.otherwise);
                (&s.name, names.collect(), false)
            }
            DeclarationKind::Table(t) => {
                let values = t.values.as_ref()?;
                return Some(self.declare_values(&t.name, &values.names, values.ordered));
            }
            _ => return None,
        };
        let mut values: Vec<&Name> = Vec::new();
        for level in levels {
            // Several lines may lead to one stage; a tier's level has one place.
            match values.iter().find(|v| v.node == level.node) {
                Some(first) if ordered => {
                    let (a, b) = (first.span.min(level.span), first.span.max(level.span));
                    self.duplicate("a level", &Name::new(level.node.clone(), b), a);
                }
                Some(_) => {}
                None => values.push(level),
            }
        }
        Some(self.new_set(name, &values, ordered))
    }

    pub(super) fn new_set(&mut self, name: &str, values: &[&Name], ordered: bool) -> EnumId {
        self.enums.push(hir::EnumType {
            name: name.to_string(),
            values: values.iter().map(|v| v.node.clone()).collect(),
            spans: values.iter().map(|v| v.span).collect(),
            ordered,
        });
        EnumId(self.enums.len() as u32 - 1)
    }

    /// A `one of (…)`.
    pub(super) fn declare_one_of(&mut self, name: &str, values: &[Name]) -> EnumId {
        self.declare_values(name, values, false)
    }

    fn declare_values(&mut self, name: &str, values: &[Name], ordered: bool) -> EnumId {
        let mut seen = Table::default();
        for v in values {
            if let Err(first) = seen.insert(v, 0) {
                self.duplicate("a value", v, first);
            }
        }
        let values: Vec<&Name> = values.iter().collect();
        self.new_set(name, &values, ordered)
    }

    fn declare_other(&mut self, d: &'a Declaration) {
        match &d.kind {
            DeclarationKind::Message(m) => {
                let place = self.message_declarations.len() as u32;
                match self.message_names.insert(&m.name, place) {
                    Ok(()) => self.message_declarations.push((d, m)),
                    Err(first) => self.duplicate("a message", &m.name, first),
                }
            }
            DeclarationKind::Channel(c) => {
                let place = self.channel_declarations.len() as u32;
                match self.channel_names.insert(&c.name, place) {
                    Ok(()) => {
                        self.channel_declarations.push((d, c));
                        self.channels.push(None);
                    }
                    Err(first) => self.duplicate("a channel", &c.name, first),
                }
            }
            DeclarationKind::Action(a) => {
                let place = self.action_declarations.len() as u32;
                match self.action_names.insert(&a.name, place) {
                    Ok(()) => self.action_declarations.push((d, a)),
                    Err(first) => self.duplicate("an action", &a.name, first),
                }
            }
            DeclarationKind::Campaign(c) => {
                let place = self.campaign_declarations.len() as u32;
                match self.campaign_names.insert(&c.name, place) {
                    Ok(()) => self.campaign_declarations.push((d, c)),
                    Err(first) => self.duplicate("a campaign", &c.name, first),
                }
            }
            DeclarationKind::Occasion(o) => self.declare_occasion(o),
            DeclarationKind::Figure(f) => {
                let place = self.figure_declarations.len() as u32;
                match self.figure_names.insert(&f.name, place) {
                    Ok(()) => {
                        self.figure_declarations.push((d, f));
                        self.figures.push(None);
                    }
                    Err(first) => self.duplicate("a figure", &f.name, first),
                }
            }
            _ => {}
        }
    }

    /// The type said for a field or parameter called `owner`.
    pub(super) fn value_type(&mut self, owner: &str, ty: &'a ast::FieldType, span: Span) -> Type {
        use crate::schema::DurationKind;
        match ty {
            ast::FieldType::Text => Type::Text,
            ast::FieldType::YesNo => Type::YesNo,
            ast::FieldType::Integer => Type::Integer,
            ast::FieldType::Number => Type::Number,
            ast::FieldType::Percent => Type::Percent,
            ast::FieldType::Money(None) => self.own_money(span),
            ast::FieldType::Money(Some(c)) => Type::Money(c.node),
            ast::FieldType::Date => Type::Date,
            ast::FieldType::DateTime => Type::DateTime,
            ast::FieldType::Time => Type::Time,
            ast::FieldType::Duration => Type::Duration(DurationKind::Days),
            ast::FieldType::OneOf(values) => Type::Enum(self.declare_one_of(owner, values)),
            ast::FieldType::Named(name) => self.named_type(name),
            ast::FieldType::Message => Type::Message,
            // Handled by records; parameters cannot hold rows.
            ast::FieldType::Many { .. } => Type::Unknown,
        }
    }

    /// A record, or tiers or stages, by name.
    fn named_type(&mut self, name: &Name) -> Type {
        if let Some(place) = self.record_names.get(name) {
            self.key_uses
                .push((RecordId(place), name.span, KeyUse::Reference));
            return Type::Reference(RecordId(place));
        }
        let sets: Vec<(EnumId, Span)> = self
            .slots
            .iter()
            .filter(|s| s.name.node == name.node)
            .filter_map(|s| Some((s.set?, s.name.span)))
            .collect();
        match sets.as_slice() {
            [(set, _)] => Type::Enum(*set),
            [] => {
                self.unknown_type(name);
                Type::Unknown
            }
            [(_, first), ..] => {
                let d = crate::diagnostic::Diagnostic::new(
                    &crate::diagnostic::codes::TYPE_MISMATCH,
                    name.span,
                    format!("`{name}` names the tiers or stages of several records"),
                )
                .also(*first, "one of them")
                .help("give one of them another name");
                self.report(d);
                Type::Unknown
            }
        }
    }

    fn unknown_type(&mut self, name: &Name) {
        const WORDS: &[&str] = &[
            "text", "yes/no", "integer", "number", "percent", "money", "date", "datetime", "time",
            "duration",
        ];
        let near = {
            let sets = self.slots.iter().filter(|s| s.set.is_some());
            let sets = sets.map(|s| s.name.node.as_str());
            let all = self.record_names.names().chain(sets);
            let usual = match name.node.as_str() {
                "string" | "str" => Some("text"),
                "bool" | "boolean" | "flag" => Some("yes/no"),
                "int" => Some("integer"),
                "decimal" | "float" => Some("number"),
                "timestamp" => Some("datetime"),
                _ => None,
            };
            usual
                .or_else(|| crate::diagnostic::nearest(name, all.chain(WORDS.iter().copied())))
                .map(str::to_string)
        };
        self.unknown("type or record", name, near.clone());
        // A type's words are no names, and never in back-quotes.
        if let (Some(near), Some(d)) = (near, self.diagnostics.last_mut())
            && d.span == name.span
            && let Some(fix) = &mut d.fix
            && WORDS.contains(&near.as_str())
        {
            fix.edits[0].text = near;
        }
    }
}

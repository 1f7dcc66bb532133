//! Levels that move from run to run, and what was done before.

use super::{Lowering, Scope};
use crate::hir::{self, AttributeKind, Part, RecordSource};
use crate::plan::{ColumnDefinition, DoneTable, HeldPart, History, Node, NodeId, RUN_CLOCK};
use crate::schema::{AttributeId, Type};

impl Lowering<'_> {
    /// Every level that the ledger keeps, so that none is forgotten because a run did not ask for it.
    pub(super) fn all_histories(&mut self) {
        for (i, attribute) in self.program.attributes.iter().enumerate() {
            if history_of(&attribute.kind).is_some() {
                self.attribute(AttributeId(i as u32), Part::Value);
            }
        }
    }

    /// What is kept of a level; `None` where its value is only computed: without a history, by another clock, and
    /// for the parts that go by today's value.
    pub(super) fn held(&mut self, id: AttributeId, part: Part) -> Option<NodeId> {
        let (history, ty) = history_of(&self.program.attribute(id).kind)?;
        if self.clock != RUN_CLOCK {
            return None;
        }
        let (part, part_type) = match part {
            Part::Value => (HeldPart::Level, ty),
            Part::Before => (HeldPart::Before, ty),
            Part::Since => (HeldPart::Since, Type::Date),
            Part::Next | Part::Shortfall | Part::Reasons => return None,
        };
        let history = match self.kept.get(&id) {
            Some(place) => *place,
            None => self.history(id, history, ty),
        };
        let column = self.column(ColumnDefinition::Held { history, part });
        let span = self.program.attribute(id).span;
        Some(self.add(Node::Column(column), part_type, span))
    }

    fn history(&mut self, id: AttributeId, history: &hir::History, ty: Type) -> usize {
        let attribute = self.program.attribute(id);
        let record = attribute.record;
        self.touch(record);
        let scope = Scope::root(record.index());
        let lowered = History {
            name: format!(
                "{}.{}",
                self.program.record(attribute.record).name,
                attribute.name
            ),
            table: record.index(),
            ty,
            computed: self.computed(id, Part::Value),
            there: self.there(record),
            was: history.was.as_ref().map(|e| self.expression(e, &scope)),
            since: history.since.as_ref().map(|e| self.expression(e, &scope)),
            ordered: match ty {
                Type::Enum(set) => self.program.enum_type(set).ordered,
                _ => true,
            },
            rises: history.rises.clone(),
            falls: history.falls.clone(),
        };
        self.histories.push(lowered);
        let place = self.histories.len() - 1;
        self.kept.insert(id, place);
        place
    }

    /// The tables that the ledger fills, of those that are read.
    pub(super) fn done_tables(&self) -> Vec<DoneTable> {
        let records = self.program.records.iter().enumerate();
        records
            .filter(|(table, _)| !self.fields[*table].is_empty())
            .filter_map(|(table, record)| match &record.source {
                RecordSource::Done {
                    campaign,
                    rules,
                    holder,
                } => Some(DoneTable {
                    table,
                    campaign: campaign.clone(),
                    rules: rules.clone(),
                    holder: holder.index(),
                    subjects: self
                        .program
                        .campaigns
                        .iter()
                        .any(|c| c.name == *campaign && c.record == *holder),
                }),
                _ => None,
            })
            .collect()
    }
}

/// How the levels of tiers or stages move, or those of a score, and their type.
fn history_of(kind: &AttributeKind) -> Option<(&hir::History, Type)> {
    match kind {
        AttributeKind::TiersBy { history, set, .. }
        | AttributeKind::FirstMatch { history, set, .. } => {
            Some((history.as_ref()?, Type::Enum(*set)))
        }
        AttributeKind::Score { history, .. } => Some((history.as_ref()?, Type::Integer)),
        _ => None,
    }
}

//! Which units a program has.

use super::{Kind, Unit, What};
use crate::hir::{Attribute, AttributeKind, Campaign, Message, Program, Table};
use crate::schema::{AttributeId, CampaignId, EnumId, MessageId};
use crate::source::{SourceMap, Span};

/// All of them, none reached yet, in the order of their places.
pub fn units(program: &Program, sources: &SourceMap) -> Vec<Unit> {
    let mut found = Found {
        program,
        sources,
        units: Vec::new(),
    };
    for (i, campaign) in program.campaigns.iter().enumerate() {
        found.campaign(CampaignId(i as u32), campaign);
    }
    for (i, attribute) in program.attributes.iter().enumerate() {
        found.attribute(AttributeId(i as u32), attribute);
    }
    for (i, message) in program.messages.iter().enumerate() {
        found.message(MessageId(i as u32), message);
    }
    let mut units = found.units;
    units.sort_by_key(|u| (u.span, u.kind, u.what));
    units
}

struct Found<'p> {
    program: &'p Program,
    sources: &'p SourceMap,
    units: Vec<Unit>,
}

impl Found<'_> {
    fn push(&mut self, what: What, kind: Kind, span: Span, of: &str, name: String) {
        self.units.push(Unit {
            what,
            kind,
            of: of.to_owned(),
            name,
            span,
            tests: 0,
        });
    }

    /// A stretch of the program on one line.
    fn words(&self, span: Span) -> String {
        let words: Vec<&str> = self.sources.slice(span).split_whitespace().collect();
        words.join(" ")
    }

    fn campaign(&mut self, id: CampaignId, campaign: &Campaign) {
        for (r, rule) in campaign.rules.iter().enumerate() {
            let of = format!("{}.{}", campaign.name, rule.name);
            for (i, replaced) in rule.instead_of.iter().enumerate() {
                let replaced = &campaign.rules[*replaced].name;
                let name = format!("{of} instead of {replaced}");
                let what = What::InsteadOf(id, r, i);
                self.push(what, Kind::InsteadOf, rule.span, &of, name);
            }
            for (i, arm) in rule.arms.iter().enumerate() {
                let arm_name = arm.name.as_deref().unwrap_or("nothing");
                let name = format!("{arm_name} of {of}");
                let what = What::SplitArm(id, r, i);
                self.push(what, Kind::SplitArm, arm.span, &of, name);
            }
            self.push(What::Rule(id, r), Kind::Rule, rule.span, &of, of.clone());
        }
    }

    fn attribute(&mut self, id: AttributeId, attribute: &Attribute) {
        match &attribute.kind {
            AttributeKind::Define(_) | AttributeKind::Segment(_) => {}
            AttributeKind::TiersBy { set, .. } => {
                self.levels(id, attribute, *set, Kind::TierLevel);
            }
            AttributeKind::FirstMatch { set, ordered, .. } => {
                let kind = if *ordered {
                    Kind::TierLevel
                } else {
                    Kind::Stage
                };
                self.levels(id, attribute, *set, kind);
            }
            AttributeKind::Score { lines, .. } => {
                for (i, (condition, _)) in lines.iter().enumerate() {
                    let condition_text = self.words(condition.span);
                    let name = format!("{}: when {condition_text}", attribute.name);
                    let (what, kind) = (What::ScoreLine(id, i), Kind::ScoreLine);
                    self.push(what, kind, condition.span, &attribute.name, name);
                }
            }
            AttributeKind::Table(table) => self.table(id, &attribute.name, table),
        }
    }

    fn levels(&mut self, id: AttributeId, attribute: &Attribute, set: EnumId, kind: Kind) {
        let set = self.program.enum_type(set);
        for (place, level) in set.values.iter().enumerate() {
            let span = set.spans.get(place).copied().unwrap_or(attribute.span);
            let name = format!("{} is {level}", attribute.name);
            let what = What::Level(id, place as u32);
            self.push(what, kind, span, &attribute.name, name);
        }
    }

    fn table(&mut self, id: AttributeId, of: &str, table: &Table) {
        for (i, line) in table.lines.iter().enumerate() {
            let name = format!("{of}: {}", self.words(line.span));
            let what = What::TableLine(id, i);
            self.push(what, Kind::TableLine, line.span, of, name);
        }
        if let Some(otherwise) = &table.otherwise {
            let value = self.words(otherwise.span);
            let name = format!("{of}: otherwise {value}");
            let what = What::TableLine(id, table.lines.len());
            self.push(what, Kind::TableLine, otherwise.span, of, name);
        }
    }

    fn message(&mut self, id: MessageId, message: &Message) {
        for (i, text) in message.texts.iter().enumerate() {
            let tag = text.tag.as_ref().map(|tag| self.tag(tag));
            let name = match tag {
                Some(tag) => format!("{} in {tag}", message.name),
                None => message.name.clone(),
            };
            let what = What::MessageText(id, i);
            let span = text.text.span;
            self.push(what, Kind::MessageText, span, &message.name, name);
        }
    }

    fn tag(&self, tag: &crate::schema::Value) -> String {
        crate::testing::words::value(self.program, tag)
    }
}

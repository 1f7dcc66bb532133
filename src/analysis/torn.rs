//! What could not be read may have said what seems to be missing: nothing is reported that may follow from it.

use super::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::schema::{CampaignId, EnumId, RecordId};
use crate::source::Span;
use crate::syntax::ast::{CampaignItem, Rule};

impl<'a> Checker<'a> {
    fn is_broken(&self, span: Span) -> bool {
        let mut all = self.files.iter().flat_map(|f| &f.broken);
        all.any(|b| span.contains(b.span))
    }

    /// Whether a part of the record's declaration could not be read.
    pub(super) fn is_torn(&self, record: RecordId) -> bool {
        let declaration = self.record_declarations.get(record.index());
        declaration.is_some_and(|(d, _)| self.is_broken(d.span))
    }

    /// Whether a part of what declares the values could not be read.
    pub(super) fn is_torn_set(&self, set: EnumId) -> bool {
        let declared = self.slots.iter().find(|s| s.set == Some(set));
        declared.is_some_and(|s| self.is_broken(s.declaration.span))
    }

    /// Whether a part of the rule could not be read.
    pub(super) fn is_torn_rule(&self, campaign: CampaignId, place: usize) -> bool {
        let declaration = self.campaign_declarations.get(campaign.index());
        let rule = declaration.and_then(|(_, c)| rules(&c.items).nth(place));
        rule.is_some_and(|r| self.is_broken(r.span))
    }

    /// Whether a finding only says what an unread part of its declaration may have said.
    pub(super) fn is_consequence(&self, d: &Diagnostic) -> bool {
        if d.code == &codes::UNGUARDED_OPTIONAL {
            let all = self.campaign_declarations.iter();
            return all
                .flat_map(|(_, c)| rules(&c.items))
                .any(|r| r.span.contains(d.span) && self.is_broken(r.span));
        }
        let record = |(r, _): &(&crate::syntax::ast::Declaration, _)| {
            r.span.contains(d.span) && self.is_broken(r.span)
        };
        d.code == &codes::MISSING_KEY && self.record_declarations.iter().any(record)
    }
}

fn rules(items: &[CampaignItem]) -> impl Iterator<Item = &Rule> {
    items.iter().filter_map(|i| match i {
        CampaignItem::Rule(rule) => Some(rule),
        CampaignItem::Clause(_) => None,
    })
}

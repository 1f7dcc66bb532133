//! The order of the program: as its author wrote it, file by file.

use crate::hir::{AttributeKind, Program};
use crate::source::{SourceMap, Span};
use rustc_hash::FxHashMap;

/// Where campaigns, rules, segments and figures stand, by the name of the file and the place in it: the same in
/// whatever order files are read.
#[derive(Debug, Default)]
pub struct Order {
    /// By places in the plan.
    rules: FxHashMap<(usize, usize), Place>,
    /// By record and name.
    segments: FxHashMap<(String, String), Place>,
    figures: FxHashMap<String, Place>,
}

/// The file's name; where in it the declaration begins, and the rule of a campaign.
type Place = (String, u32, u32);

impl Order {
    pub fn of(program: &Program, sources: &SourceMap) -> Order {
        let file = |span: Span| sources.file(span.file).name.clone();
        let place = |span: Span| (file(span), span.start, 0);
        let mut order = Order::default();
        for (c, campaign) in program.campaigns.iter().enumerate() {
            for (r, rule) in campaign.rules.iter().enumerate() {
                let at = (file(campaign.span), campaign.span.start, rule.span.start);
                order.rules.insert((c, r), at);
            }
        }
        for attribute in &program.attributes {
            if matches!(attribute.kind, AttributeKind::Segment(_)) {
                let record = program.record(attribute.record).name.clone();
                let of = (record, attribute.name.clone());
                order.segments.insert(of, place(attribute.span));
            }
        }
        for figure in &program.figures {
            let at = place(figure.span);
            order.figures.insert(figure.name.clone(), at);
        }
        order
    }

    /// What has no place keeps its own order, before the others.
    pub(super) fn rule(&self, campaign: usize, rule: usize) -> Option<&Place> {
        self.rules.get(&(campaign, rule))
    }

    pub(super) fn segment(&self, record: &str, name: &str) -> Option<&Place> {
        self.segments.get(&(record.to_owned(), name.to_owned()))
    }

    pub(super) fn figure(&self, name: &str) -> Option<&Place> {
        self.figures.get(name)
    }
}

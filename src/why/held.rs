//! Levels and scores that move from run to run: the one held before, which today's values do not explain.

use super::{Seen, Teller};
use crate::hir::Part;
use crate::plan::{AttributeReason, Reason, ReasonKind};
use crate::schema::{Day, Value};

impl Teller<'_, '_> {
    /// `` `stage.before` is repeat, held until 2026-11-20; loyal since 2026-11-21 ``, where a value is the one held
    /// before, which `rose` and `fell` mean without naming it.
    pub(super) fn held_before(&self, value: &Reason, row: u32) -> Option<String> {
        let (attribute, at) = self.attribute_of(value, row)?;
        if attribute.part != Part::Before {
            return None;
        }
        let mut said = self.said(value);
        if !said.ends_with(".before") {
            said.push_str(".before");
        }
        let is = format!("`{said}` is {}", self.tell(value, row));
        let seen = |node| self.seen(node, attribute.table, at);
        if seen(attribute.node) == Seen::Missing {
            return Some(format!("{is}: no earlier run has noted another one"));
        }
        let Some((now, since)) = attribute.held else {
            return Some(is);
        };
        let (Seen::Is(now), Seen::Is(Value::Date(since))) = (seen(now), seen(since)) else {
            return Some(is);
        };
        let last = Day(since.0 - 1);
        Some(format!(
            "{is}, held until {last}; {} since {since}",
            self.shown(Some(&now), attribute.personal)
        ))
    }

    /// The attribute that a value is, on the row where it stands.
    fn attribute_of(&self, value: &Reason, row: u32) -> Option<(&AttributeReason, u32)> {
        match &value.kind {
            ReasonKind::Attribute(place) => Some((&self.explanations().attributes[*place], row)),
            ReasonKind::Through { reference, member } => {
                self.attribute_of(member, self.refers_to(reference, row)?)
            }
            _ => None,
        }
    }
}

//! Values: what they are made of.

use super::conditions::Depth;
use super::{Step, Teller};
use crate::plan::{Reason, ReasonKind};

impl Teller<'_, '_> {
    /// The steps that lead to a value, which itself has been said.
    pub(super) fn beneath(&self, reason: &Reason, row: u32) -> Vec<Step> {
        match &reason.kind {
            ReasonKind::Field(_) | ReasonKind::Constant => Vec::new(),
            ReasonKind::Attribute(place) => self.attribute_steps(*place, row),
            ReasonKind::Aggregate(aggregate) => vec![self.aggregate(reason, aggregate, row)],
            ReasonKind::Through { reference, member } => {
                let mut steps = Vec::new();
                if reference.span != reason.span {
                    steps.push(self.value_step(reference, row));
                }
                if let Some(other) = self.refers_to(reference, row) {
                    steps.extend(self.beneath(member, other));
                }
                steps
            }
            ReasonKind::AsOf { date, value } => {
                let day = self.tell_node(*date, reason.table, row, false);
                let mut step = self.value_step(value, row);
                step.found = format!("{}, as of {day}", step.found);
                vec![step]
            }
            ReasonKind::Computed(parts) => {
                let mut steps: Vec<Step> = Vec::new();
                for part in parts {
                    let step = self.value_step(part, row);
                    if !steps.iter().any(|known| known.found == step.found) {
                        steps.push(step);
                    }
                }
                steps
            }
            _ => vec![self.condition(reason, row, Depth::Full)],
        }
    }

    /// `` `value` is … ``, and what it is made of.
    pub(super) fn value_step(&self, reason: &Reason, row: u32) -> Step {
        if let ReasonKind::Aggregate(aggregate) = &reason.kind {
            return self.aggregate(reason, aggregate, row);
        }
        let mut step = Step::value(self.said(reason), Some(reason.span), self.is(reason, row));
        step.parts = self.beneath(reason, row);
        step
    }
}

//! Caps, budgets, quiet hours, and what several campaigns have to keep.

use super::Lowering;
use crate::hir;
use crate::plan::{Budget, Cap, Exclusive, Group, Pause, Quiet, SharedCap};
use crate::schema::{CampaignId, RecordId};

/// In the plan campaigns have the places that they have in the program.
fn places(campaigns: &[CampaignId]) -> Vec<usize> {
    campaigns.iter().map(|c| c.index()).collect()
}

impl Lowering<'_> {
    pub(super) fn caps(&mut self, record: RecordId, caps: &[hir::Cap]) -> Vec<Cap> {
        caps.iter()
            .map(|cap| Cap {
                span: cap.span,
                count: cap.count,
                group: self.group(record, &cap.group),
                period: cap.period,
                channel: cap.channel.map(|c| self.program.channel(c).name.clone()),
                promotion_only: cap.promotion_only,
            })
            .collect()
    }

    fn group(&mut self, record: RecordId, group: &hir::Group) -> Group {
        match group {
            hir::Group::Target => Group::Target,
            hir::Group::InAll => Group::InAll,
            hir::Group::ForEach { value, text } => Group::ForEach {
                value: self.on_root(record, value),
                text: text.clone(),
            },
        }
    }

    pub(super) fn quiet(&mut self, record: RecordId, quiet: &hir::Quiet) -> Quiet {
        Quiet {
            from: quiet.from,
            to: quiet.to,
            zone: quiet.zone.as_ref().map(|zone| self.on_root(record, zone)),
        }
    }

    /// What stands beside the campaigns.
    pub(super) fn shared_limits(&mut self) {
        let program = self.program;
        for budget in &program.budgets {
            let record = program.campaign(budget.campaigns[0]).record;
            let lowered = Budget {
                span: budget.span,
                campaigns: places(&budget.campaigns),
                amount: budget.amount,
                group: self.group(record, &budget.group),
                period: budget.period,
            };
            self.budgets.push(lowered);
        }
        for shared in &program.shared_caps {
            let record = program.campaign(shared.campaigns[0]).record;
            let caps = self.caps(record, std::slice::from_ref(&shared.cap));
            self.shared_caps
                .extend(caps.into_iter().map(|cap| SharedCap {
                    campaigns: places(&shared.campaigns),
                    cap,
                }));
        }
        self.exclusives = program
            .exclusives
            .iter()
            .map(|exclusive| Exclusive {
                span: exclusive.span,
                campaigns: places(&exclusive.campaigns),
                period: exclusive.period,
            })
            .collect();
        for pause in &program.pauses {
            self.touch(pause.record);
            let condition = self.on_root(pause.record, &pause.condition);
            self.pauses.push(Pause {
                span: pause.span,
                table: pause.record.index(),
                condition,
            });
        }
    }
}

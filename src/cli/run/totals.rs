//! The numbers of all days together.

use crate::engine::{Fates, FigureValue, Outcome, RuleOutcome, SegmentCount};
use crate::report::Sums;
use crate::schema::Decimal;

/// Sums over days, in which each subject counts once for a rule; segments and figures are those of the last one.
pub struct Totals {
    /// By campaign and rule name.
    pub rules: Vec<RuleOutcome>,
    pub segments: Vec<SegmentCount>,
    pub figures: Vec<FigureValue>,
    /// Firings taken as done.
    pub adopted: u64,
    /// Of several days.
    fates: Option<Fates>,
}

impl Totals {
    pub fn new(fates: Option<Fates>) -> Totals {
        Totals {
            rules: Vec::new(),
            segments: Vec::new(),
            figures: Vec::new(),
            adopted: 0,
            fates,
        }
    }

    /// Adds a day.
    pub fn add(&mut self, outcome: &Outcome<'_>) {
        self.segments.clone_from(&outcome.segments);
        self.figures = outcome.figures();
        if let Some(fates) = &mut self.fates {
            fates.add(outcome);
        }
        self.adopted += outcome.rules.iter().map(|r| r.adopted).sum::<u64>();
        if self.rules.is_empty() {
            self.rules.clone_from(&outcome.rules);
            return;
        }
        // INVARIANT: every day has the same rules in the same order.
        for (sum, rule) in self.rules.iter_mut().zip(&outcome.rules) {
            add(sum, rule);
        }
    }

    /// After the last day.
    pub fn settle(&mut self) {
        if let Some(fates) = self.fates.take() {
            fates.settle(&mut self.rules);
        }
    }

    pub fn sums(&self) -> Sums<'_> {
        Sums {
            rules: &self.rules,
            segments: &self.segments,
            figures: &self.figures,
        }
    }

    pub fn actions(&self) -> u64 {
        self.rules.iter().map(|r| r.actions).sum()
    }
}

fn add(sum: &mut RuleOutcome, rule: &RuleOutcome) {
    let RuleOutcome {
        campaign: _,
        rule: _,
        eligible,
        fallen,
        held_out,
        fired,
        firings,
        earlier,
        adopted,
        actions,
        stopped_actions,
        cost,
        outside_run,
    } = rule;
    sum.eligible += eligible;
    for ((_, sum), (_, n)) in sum.fallen.iter_mut().zip(fallen) {
        *sum += n;
    }
    sum.held_out += held_out;
    sum.fired += fired;
    sum.firings += firings;
    sum.earlier += earlier;
    sum.adopted += adopted;
    sum.actions += actions;
    sum.stopped_actions += stopped_actions;
    // Beyond 29 digits nobody reads it any more.
    sum.cost = sum.cost.checked_add(*cost).unwrap_or(Decimal(i128::MAX));
    sum.outside_run &= outside_run;
}

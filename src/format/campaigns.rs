//! Campaigns, their rules, and what rules do.

use super::declarations::never;
use super::printer::Printer;
use crate::source::Spanned;
use crate::syntax::ast::*;

impl Printer<'_> {
    pub fn campaign(&mut self, campaign: &Campaign) {
        let apart = |a: &CampaignItem, b: &CampaignItem| {
            matches!(a, CampaignItem::Rule(_)) || matches!(b, CampaignItem::Rule(_))
        };
        self.to(campaign.record.span.end);
        self.body(&campaign.items, apart, |p, item| match item {
            CampaignItem::Clause(clause) => p.campaign_clause(clause),
            CampaignItem::Rule(rule) => p.rule(rule),
        });
    }

    fn campaign_clause(&mut self, clause: &Spanned<CampaignClause>) {
        match &clause.node {
            CampaignClause::Audience(condition) => self.hanging(condition),
            CampaignClause::Runs { from, to } => {
                self.hanging(from);
                to.iter().for_each(|to| self.hanging(to));
            }
            CampaignClause::Budget(budget) => self.budget(budget),
            CampaignClause::Favour { value, .. } => self.hanging(value),
            CampaignClause::AtMost(limit) => self.at_most(limit),
            CampaignClause::Priority(number) => {
                self.to(number.span.start);
                self.sign();
            }
            CampaignClause::Measure { value, .. } => self.assigned(value),
            CampaignClause::Goal(_)
            | CampaignClause::Theme(_)
            | CampaignClause::Owner(_)
            | CampaignClause::Purpose(_)
            | CampaignClause::HoldOut(_) => {}
        }
        self.to(clause.span.end);
    }

    fn rule(&mut self, rule: &Rule) {
        for (i, replaced) in rule.instead_of.iter().enumerate() {
            if i > 0 {
                self.through(",");
                self.wrap();
            }
            self.to(replaced.span.end);
        }
        self.body(&rule.clauses, never, |p, clause| p.rule_clause(clause));
        self.to(rule.span.end);
    }

    fn rule_clause(&mut self, clause: &Spanned<RuleClause>) {
        match &clause.node {
            RuleClause::Because(_) => {}
            RuleClause::When(condition) => self.hanging(condition),
            RuleClause::Repeat(repeat) => self.repeat(repeat),
            RuleClause::AtMost(limit) => self.at_most(limit),
            RuleClause::Then(then) => self.then(then),
        }
        self.to(clause.span.end);
    }

    fn repeat(&mut self, repeat: &Repeat) {
        match repeat {
            Repeat::Once | Repeat::OncePerCalendar(_) => {}
            Repeat::OncePer(values) => self.values(values),
            Repeat::OnceFor { path, per } => {
                self.hanging(path);
                self.values(per);
            }
            Repeat::AgainAfter(pause) => self.hanging(pause),
        }
    }

    /// `a, b`, wrapped where it is too long.
    pub fn values(&mut self, values: &[Expr]) {
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.through(",");
                self.wrap();
            }
            self.hanging(value);
        }
    }

    fn then(&mut self, then: &Then) {
        match then {
            Then::Actions(calls) => self.calls(calls),
            Then::FirstReachable(calls) => self.body(calls, never, |p, call| p.action_call(call)),
            Then::Split(arms) => self.body(arms, never, |p, arm| {
                p.calls(&arm.calls);
                p.to(arm.span.end);
            }),
        }
    }

    /// `A and B`: on one line, or `and` begins a line.
    fn calls(&mut self, calls: &[ActionCall]) {
        self.group(|p| {
            for (i, call) in calls.iter().enumerate() {
                if i > 0 {
                    p.wrap_line();
                }
                p.action_call(call);
            }
        });
    }

    fn action_call(&mut self, call: &ActionCall) {
        self.to(call.action.span.end);
        self.arguments(&call.arguments);
        match &call.target {
            Some(Target::To(path)) => {
                self.wrap();
                self.hanging(path);
            }
            Some(Target::ToEach { path, filter }) => {
                self.wrap();
                self.hanging(path);
                if let Some(filter) = filter {
                    self.wrap();
                    self.hanging(filter);
                }
            }
            None => {}
        }
        self.to(call.span.end);
    }
}

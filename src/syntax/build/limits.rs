//! `at most`, budgets, periods, pauses.

use super::{Builder, Node, only, parts};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::Rule;
use crate::syntax::ast::*;

impl Builder<'_> {
    pub fn at_most(&mut self, node: Node<'_>) -> AtMost {
        let mut p = parts(node);
        let campaigns = p
            .want(Rule::name_list)
            .map(|n| self.names(n))
            .unwrap_or_default();
        let count = self.operand(p.must());
        let mut limit = AtMost {
            campaigns,
            count,
            scope: None,
            period: None,
            channel: None,
            purpose: None,
        };
        let mut in_all = None;
        for n in p {
            let span = self.span(&n);
            let twice = match n.as_rule() {
                Rule::in_all if matches!(limit.scope, Some(LimitScope::ForEach(_))) => {
                    self.in_all_for_each(span);
                    false
                }
                Rule::in_all => {
                    in_all = Some(span);
                    limit.scope.replace(LimitScope::InAll).is_some()
                }
                Rule::for_each => {
                    let each = LimitScope::ForEach(self.operand(only(n)));
                    match (limit.scope.replace(each), in_all) {
                        (Some(LimitScope::InAll), Some(at)) => {
                            self.in_all_for_each(at);
                            false
                        }
                        (before, _) => before.is_some(),
                    }
                }
                Rule::for_purpose => {
                    let purpose = Spanned::new(purpose_of(&only(n)), span);
                    limit.purpose.replace(purpose).is_some()
                }
                // Behind a limit, where it has been answered.
                Rule::name_list => false,
                Rule::period => limit.period.replace(self.period(n)).is_some(),
                _ => limit.channel.replace(self.name(only(n))).is_some(),
            };
            self.once_only(twice, span, "this is said twice in one limit");
        }
        limit
    }

    /// `at most (a, b) N …`
    pub fn shared_cap(&mut self, node: Node<'_>) -> AtMost {
        let span = self.span(&node);
        let behind = node.clone().into_inner().last();
        let behind = behind.filter(|n| n.as_rule() == Rule::name_list);
        let limit = self.at_most(node);
        if limit.campaigns.is_empty() {
            let message = "at the top level a limit begins with the campaigns that share it";
            let help = "write `at most (CAMPAIGN, CAMPAIGN) N …`, or put it into a campaign, a rule or a channel";
            let at = behind.map_or(span, |n| self.span(&n));
            self.report(Diagnostic::new(&codes::SYNTAX, at, message).help(help));
        }
        limit
    }

    /// `in all` beside `for each …` is one too many.
    fn in_all_for_each(&mut self, span: Span) {
        let message = "`for each …` counts all together already, each value by itself";
        let d = Diagnostic::new(&codes::SYNTAX, span, message)
            .help("leave `in all` out")
            .fix("remove `in all`", span, "");
        self.report(d);
    }

    /// Of a campaign, or shared by several.
    pub fn budget(&mut self, node: Node<'_>) -> Budget {
        let mut p = parts(node);
        let campaigns = p
            .want(Rule::name_list)
            .map(|n| self.names(n))
            .unwrap_or_default();
        let amount = self.operand(p.must());
        let mut budget = Budget {
            campaigns,
            amount,
            for_each: None,
            period: None,
        };
        for n in p {
            let span = self.span(&n);
            let twice = match n.as_rule() {
                Rule::for_each => budget.for_each.replace(self.operand(only(n))).is_some(),
                _ => budget.period.replace(self.period(n)).is_some(),
            };
            self.once_only(twice, span, "this is said twice in one budget");
        }
        budget
    }

    pub fn exclusive(&mut self, node: Node<'_>) -> Exclusive {
        let mut p = parts(node);
        Exclusive {
            campaigns: self.names(p.must()),
            period: p.next().map(|n| self.period(n)),
        }
    }

    fn period(&mut self, node: Node<'_>) -> Spanned<Period> {
        let span = self.span(&node);
        let inner = only(node);
        let rule = inner.as_rule();
        let mut p = parts(inner);
        let period = match rule {
            Rule::calendar_period => Period::Calendar(self.calendar_unit(p.must())),
            Rule::bare_period => {
                let unit = p.must();
                self.bare_period(&unit, span);
                Period::Calendar(self.calendar_unit(unit))
            }
            _ => {
                let n = p.must();
                let at = self.span(&n);
                Period::Rolling(Spanned::new(self.integer(&n), at), time_unit(&p.must()))
            }
        };
        Spanned::new(period, span)
    }

    /// Reports `per month`, which some read as the calendar's month and some as 30 days.
    pub fn bare_period(&mut self, unit: &Node<'_>, span: Span) {
        let word = unit.as_str().trim().trim_end_matches('s');
        let rolling = match word {
            "week" => "7 days",
            "month" => "30 days",
            "quarter" => "90 days",
            "year" => "365 days",
            "day" => "1 day",
            _ => "1 hour",
        };
        let message = format!("`per {word}` does not say whether the calendar's {word} is meant");
        let help = format!(
            "write `per calendar {word}`, or `per {rolling}` for a period that moves along with the day"
        );
        let mut diagnostic = Diagnostic::new(&codes::BARE_PERIOD, span, message)
            .help(help)
            .fix(
                format!("write `per calendar {word}`"),
                self.span(unit),
                format!("calendar {word}"),
            );
        if let Some(fix) = &mut diagnostic.fix {
            fix.safe = false;
        }
        self.report(diagnostic);
    }

    pub fn calendar_unit(&mut self, node: Node<'_>) -> CalendarUnit {
        match time_unit(&node) {
            TimeUnit::Days => CalendarUnit::Day,
            TimeUnit::Weeks => CalendarUnit::Week,
            TimeUnit::Months => CalendarUnit::Month,
            TimeUnit::Quarters => CalendarUnit::Quarter,
            TimeUnit::Years => CalendarUnit::Year,
            TimeUnit::Hours | TimeUnit::Minutes => {
                let span = self.span(&node);
                let message = format!(
                    "the calendar has days, weeks, months, quarters and years, not `{}`",
                    node.as_str().trim()
                );
                self.error(&codes::SYNTAX, span, message);
                CalendarUnit::Day
            }
        }
    }

    pub fn pause(&mut self, node: Node<'_>) -> Pause {
        let mut p = parts(node);
        let purpose = p.must();
        let span = self.span(&purpose);
        Pause {
            purpose: Spanned::new(purpose_of(&purpose), span),
            record: self.name(p.must()),
            condition: self.expr(p.must()),
        }
    }
}

pub(super) fn purpose_of(node: &Node<'_>) -> Purpose {
    match node.as_str().trim() {
        "service" => Purpose::Service,
        "safety" => Purpose::Safety,
        _ => Purpose::Promotion,
    }
}

pub(super) fn time_unit(node: &Node<'_>) -> TimeUnit {
    match node.as_str().trim().trim_end_matches('s') {
        "minute" => TimeUnit::Minutes,
        "hour" => TimeUnit::Hours,
        "week" => TimeUnit::Weeks,
        "month" => TimeUnit::Months,
        "quarter" => TimeUnit::Quarters,
        "year" => TimeUnit::Years,
        _ => TimeUnit::Days,
    }
}

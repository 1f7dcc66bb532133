//! `at most`, budgets, their periods, shares in percent, quiet hours.

use super::expressions::is_unknown;
use super::literals::{bare, unit_kind};
use super::{Checker, Scope};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::hir::{self, Group, Period};
use crate::schema::{CampaignId, ChannelId, Decimal, DurationKind, Type, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, AtMost, Expr, ExprKind as A, LimitScope, Purpose};

/// Longest period of a limit, in days or months.
const LONGEST_PERIOD: i64 = 36_600;

impl<'a> Checker<'a> {
    /// `at most N …`; what it counts by is of the row that `scope` is of.
    pub(super) fn cap(
        &mut self,
        limit: &'a AtMost,
        span: Span,
        scope: Scope<'_>,
    ) -> Option<hir::Cap> {
        let count = self.count(&limit.count);
        let group = match &limit.scope {
            None => Some(Group::Target),
            Some(LimitScope::InAll) => Some(Group::InAll),
            Some(LimitScope::ForEach(e)) => self.group(e, scope),
        };
        let period = limit.period.as_ref().map(|p| self.period(p));
        let channel = limit.channel.as_ref().map(|c| self.channel_place(c));
        Some(hir::Cap {
            span,
            count: count?,
            group: group?,
            period: wanted(period)?,
            channel: wanted(channel)?.map(ChannelId),
            promotion_only: limit.purpose.is_some(),
        })
    }

    /// `for promotion` tells apart what a channel carries; a campaign has one purpose.
    pub(super) fn no_purpose(&mut self, limit: &AtMost) {
        let Some(purpose) = &limit.purpose else {
            return;
        };
        let d = Diagnostic::new(
            &codes::INVALID_LIMIT,
            purpose.span,
            "only a channel carries promotion and service side by side",
        );
        self.report(d.help("leave it out, or write the limit in a channel"));
    }

    /// Of a channel: what is not promotion is never counted apart.
    pub(super) fn for_promotion(&mut self, limit: &AtMost) {
        let Some(purpose) = &limit.purpose else {
            return;
        };
        let (word, help) = match purpose.node {
            Purpose::Promotion => return,
            Purpose::Service => (
                "service",
                "write `for promotion`, or leave it out: then service counts too",
            ),
            Purpose::Safety => (
                "safety",
                "write `for promotion`, or leave it out: safety keeps no limit at all",
            ),
        };
        let d = Diagnostic::new(
            &codes::INVALID_LIMIT,
            purpose.span,
            format!("a limit for {word} alone is not there"),
        );
        self.report(d.help(help));
    }

    /// How many at most: none is a number too.
    fn count(&mut self, e: &Expr) -> Option<u64> {
        let Value::Integer(n) = self.literal(e, Type::Integer)? else {
            return None;
        };
        let count = u64::try_from(n).ok();
        if count.is_none() {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                e.span,
                "a limit counts from 0 upwards",
            );
            self.report(d.help("write a whole number, as in `at most 5 per calendar year`"));
        }
        count
    }

    /// `for each EXPR`
    fn group(&mut self, e: &'a Expr, scope: Scope<'_>) -> Option<Group> {
        let value = match self.means_subject(e, scope) {
            true => self.self_row(e.span, scope),
            false => self.expr(e, scope),
        };
        if is_unknown(&value) {
            return None;
        }
        if value.ty.ty == Type::Message {
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                "a limit is counted by a value, and this is a message",
            );
            self.report(d.help("name a field or attribute, as in `for each city`"));
            return None;
        }
        let text = self.spaced(e.span);
        Some(Group::ForEach { value, text })
    }

    /// `for each subject`: the row that the campaign is about, unless it has something of that name.
    fn means_subject(&self, e: &Expr, scope: Scope<'_>) -> bool {
        let named = matches!(&bare(e).kind, A::Name(name) if name == "subject");
        let own = |record| self.member(record, "subject").is_none();
        named && scope.row.is_some_and(own)
    }

    /// What is written, with single spaces.
    pub(super) fn spaced(&self, span: Span) -> String {
        let words = self.sources.slice(span).split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn period(&mut self, period: &Spanned<ast::Period>) -> Option<Period> {
        let (count, unit) = match &period.node {
            ast::Period::Calendar(unit) => return Some(Period::Calendar(*unit)),
            ast::Period::Rolling(count, unit) => (count, *unit),
        };
        let (kind, factor) = unit_kind(unit);
        if kind == DurationKind::Minutes {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                period.span,
                "limits count by whole days, because a run is for a day",
            );
            self.report(d.help("write days or longer, as in `per 7 days`"));
            return None;
        }
        let units = count.node.checked_mul(factor);
        let units = units.filter(|n| (1..=LONGEST_PERIOD).contains(n));
        if units.is_none() {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                count.span,
                format!("a period is from 1 to {LONGEST_PERIOD} days or months long"),
            );
            self.report(d.help("write a number in this range, or leave the period out: for ever"));
        }
        Some(Period::Rolling(kind, units?))
    }

    /// The amount, what it is counted by, and its period; `campaigns` share it.
    pub(super) fn budget(
        &mut self,
        budget: &'a ast::Budget,
        span: Span,
        campaigns: Vec<CampaignId>,
        scope: Scope<'_>,
    ) -> Option<hir::Budget> {
        let amount = self.budget_amount(&budget.amount);
        let group = match &budget.for_each {
            None => Some(Group::InAll),
            Some(_) if scope.row.is_none() => None,
            Some(e) => self.group(e, scope),
        };
        let period = budget.period.as_ref().map(|p| self.period(p));
        Some(hir::Budget {
            span,
            campaigns,
            amount: amount?,
            group: group?,
            period: wanted(period)?,
        })
    }

    fn budget_amount(&mut self, e: &Expr) -> Option<Decimal> {
        let own = self.own_money(e.span);
        if !matches!(self.written_value(e), Some(Value::Money(..)) | None) {
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                "a budget is an amount of money",
            );
            self.report(d.help("write it with its currency, as in `50_000 CNY`"));
            return None;
        }
        let Value::Money(amount, _) = self.literal(e, own)? else {
            return None;
        };
        if amount < Decimal::ZERO {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                e.span,
                "a budget cannot be less than nothing",
            );
            self.report(d.help("write what may be spent; `0 CNY` spends nothing"));
            return None;
        }
        Some(amount)
    }

    /// A share in hundredths of a percent, from 0 to 10,000. `what`: whose it is.
    pub(super) fn hundredths(
        &mut self,
        share: &Spanned<Decimal>,
        what: &str,
        code: &'static Code,
    ) -> Option<u32> {
        /// Billionths in a hundredth of a percent.
        const STEP: i128 = 100_000;
        let billionths = share.node.0;
        let wrong = if !(0..=10_000 * STEP).contains(&billionths) {
            Some((
                format!("{what} is from 0% to 100%"),
                "write a share of the whole, as in `10%`",
            ))
        } else if billionths % STEP != 0 {
            Some((
                format!("{what} has at most two digits after the point"),
                "people are told apart in ten thousand parts: write `0.05%` or `12.5%`",
            ))
        } else {
            None
        };
        match wrong {
            None => u32::try_from(billionths / STEP).ok(),
            Some((message, help)) => {
                self.report(Diagnostic::new(code, share.span, message).help(help));
                None
            }
        }
    }

    /// `quiet from T to T [in FIELD]`
    pub(super) fn quiet(
        &mut self,
        [from, to]: [&'a Expr; 2],
        zone: Option<&'a Expr>,
        scope: Scope<'_>,
    ) -> Option<hir::Quiet> {
        let mut time = |e: &'a Expr| match self.literal(e, Type::Time)? {
            Value::Time(seconds) => Some(seconds),
            _ => None,
        };
        let (first, last) = (time(from), time(to));
        if let (Some(first), Some(last)) = (first, last)
            && first == last
        {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                from.span.to(to.span),
                "these quiet hours end when they begin",
            );
            self.report(d.help("write two times, as in `quiet from 21:00 to 09:00`"));
            return None;
        }
        let zone = zone.map(|e| self.quiet_zone(e, scope));
        Some(hir::Quiet {
            from: first?,
            to: last?,
            zone: wanted(zone)?,
        })
    }

    fn quiet_zone(&mut self, e: &'a Expr, scope: Scope<'_>) -> Option<hir::Expr> {
        let zone = self.expr(e, scope);
        match zone.ty.ty {
            Type::Unknown => None,
            Type::Text => {
                if matches!(bare(e).kind, A::Text(_)) {
                    let d = Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        e.span,
                        "quiet hours go by a field that names each one's time zone",
                    );
                    self.report(d.help(
                        "name the field, or leave `in …` out: then the workspace's zone counts",
                    ));
                    return None;
                }
                Some(zone)
            }
            other => {
                let is = self.describe(other);
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    e.span,
                    format!("a time zone is a text, as `Asia/Shanghai`, and this is {is}"),
                );
                self.report(d.help("name a field that holds the zone as a text"));
                None
            }
        }
    }
}

/// What was not said is there; what was said wrongly is not.
pub(super) fn wanted<T>(said: Option<Option<T>>) -> Option<Option<T>> {
    match said {
        None => Some(None),
        Some(found) => found.map(Some),
    }
}

//! What a test gives besides rows: what was done before, who is held out, variants, levels.

use super::names::list;
use super::{Checker, State};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, Repeat, TestClock};
use crate::schema::{AttributeId, CampaignId, Day, RecordId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{Expr, Name, TestClause};

impl<'a> Checker<'a> {
    /// A `given` that is no row.
    pub(super) fn given_past(&mut self, clause: &'a TestClause, span: Span, test: &mut hir::Test) {
        match clause {
            TestClause::GivenDone { .. } => test.done.extend(self.given_done(clause, span)),
            TestClause::GivenHeldOut { subject, campaign } => {
                let given = self.given_held_out(subject, campaign, span);
                let said = |g: &hir::GivenHeldOut, o: &hir::GivenHeldOut| {
                    g.campaign == o.campaign && g.subject == o.subject
                };
                if let Some(given) = given {
                    let first = test.held_out.iter().find(|o| said(&given, o));
                    self.said_twice(first.map(|o| o.span), span);
                    test.held_out.push(given);
                }
            }
            TestClause::GivenVariant { .. } => {
                if let Some(given) = self.given_variant(clause, span) {
                    let first = test.variants.iter().find(|o| {
                        (o.campaign, o.rule, &o.subject)
                            == (given.campaign, given.rule, &given.subject)
                    });
                    self.said_twice(first.map(|o| o.span), span);
                    test.variants.push(given);
                }
            }
            TestClause::GivenLevel { .. } => {
                if let Some(given) = self.given_level(clause, span) {
                    let first = test
                        .levels
                        .iter()
                        .find(|o| (o.attribute, &o.key) == (given.attribute, &given.key));
                    self.said_twice(first.map(|o| o.span), span);
                    test.levels.push(given);
                }
            }
            _ => {}
        }
    }

    /// What was done, or began, before the test cannot lie after its day.
    pub(super) fn nothing_of_the_future(&mut self, test: &hir::Test) {
        let today = match test.clock {
            TestClock::Today(day) => Some(day),
            TestClock::Now(moment) => self.day_of(moment),
        };
        let Some(today) = today else { return };
        let done = test.done.iter().map(|g| (g.on, g.span));
        let begun = test.levels.iter().map(|g| (g.since, g.span));
        let late: Vec<(Day, Span)> = done.chain(begun).filter(|(day, _)| *day > today).collect();
        for (day, span) in late {
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                span,
                format!("{day} is after the day of this test, {today}"),
            );
            self.report(d.help("give what was before, or let the test be on a later day"));
        }
    }

    fn said_twice(&mut self, first: Option<Span>, span: Span) {
        let Some(first) = first else { return };
        let d = Diagnostic::new(&codes::DUPLICATE_NAME, span, "this is given twice")
            .label("the second")
            .also(first, "the first");
        self.report(d.help("keep one of them"));
    }

    fn given_done(&mut self, clause: &'a TestClause, span: Span) -> Option<hir::GivenDone> {
        let TestClause::GivenDone {
            campaign,
            rule,
            subject,
            on,
            per,
            actions,
        } = clause
        else {
            return None;
        };
        for action in actions {
            if !action.deliveries.is_empty() || !action.costs.is_empty() {
                let d = Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    action.span,
                    "of what was done only parameters are given, not its delivery or cost",
                );
                self.report(d.help(format!("write `{}(…)` alone", action.action)));
            }
        }
        let actions: Vec<_> = actions
            .iter()
            .filter_map(|a| self.expected_action(a))
            .collect();
        let found = self.known_rule(campaign, rule);
        let record = found.and_then(|(c, _)| self.subject_record(c));
        let subject = self.key_text(subject, record);
        let on = self.literal_day(on);
        let (campaign, place) = found?;
        let per = self.given_per(campaign, place, rule, per);
        Some(hir::GivenDone {
            span,
            campaign,
            rule: place,
            subject: subject?,
            on: on?,
            per: per?,
            actions,
        })
    }

    /// The values that a rule repeats by, as the rule says them.
    fn given_per(
        &mut self,
        campaign: CampaignId,
        place: usize,
        rule: &Name,
        per: &'a [Expr],
    ) -> Option<Vec<Value>> {
        let (first, last) = match per {
            [] => return Some(Vec::new()),
            [first, ..] => (first.span, per[per.len() - 1].span),
        };
        let repeat = self
            .typed_campaign(campaign)?
            .rules
            .get(place)?
            .repeat
            .clone();
        let values: Vec<(Type, Span)> = match &repeat {
            Repeat::OncePer(list) => list.iter().map(|e| (e.ty.ty, e.span)).collect(),
            Repeat::OnceFor { path, per } => std::iter::once(path)
                .chain(per)
                .map(|e| (e.ty.ty, e.span))
                .collect(),
            _ => Vec::new(),
        };
        if values.len() != per.len() {
            let said: Vec<String> = values.iter().map(|(_, s)| self.spaced(*s)).collect();
            let message = match said.as_slice() {
                [] => format!("`{rule}` is not repeated by a value"),
                said => format!(
                    "`{rule}` is repeated by {}",
                    list(said.iter().map(String::as_str))
                ),
            };
            let d = Diagnostic::new(&codes::WRONG_ARGUMENTS, first.to(last), message);
            let help = match said.is_empty() {
                true => "leave `per …` out",
                false => "give a value for each, or leave `per …` out for those of that day",
            };
            self.report(d.help(help));
            return None;
        }
        per.iter()
            .zip(values)
            .map(|(e, (ty, _))| self.literal(e, ty))
            .collect()
    }

    fn given_held_out(
        &mut self,
        subject: &'a Expr,
        campaign: &'a Name,
        span: Span,
    ) -> Option<hir::GivenHeldOut> {
        let id = self.campaign_place(campaign).map(CampaignId);
        let record = id.and_then(|id| self.subject_record(id));
        let subject = self.key_text(subject, record);
        let id = id?;
        if let Some(purpose) = self.typed_campaign(id).map(|c| c.purpose)
            && purpose != hir::Purpose::Promotion
        {
            self.no_effect(campaign.span, "a holdout", purpose);
        }
        Some(hir::GivenHeldOut {
            span,
            campaign: id,
            subject: subject?,
        })
    }

    fn given_variant(&mut self, clause: &'a TestClause, span: Span) -> Option<hir::GivenVariant> {
        let TestClause::GivenVariant {
            variant,
            campaign,
            rule,
            subject,
        } = clause
        else {
            return None;
        };
        let found = self.known_rule(campaign, rule);
        let record = found.and_then(|(c, _)| self.subject_record(c));
        let subject = self.key_text(subject, record);
        let (campaign, place) = found?;
        let arms = self
            .typed_campaign(campaign)?
            .rules
            .get(place)?
            .arms
            .clone();
        if arms.is_empty() && self.is_torn_rule(campaign, place) {
            return None;
        }
        if arms.is_empty() {
            let d = Diagnostic::new(
                &codes::INVALID_CHOICE,
                rule.span,
                format!("`{rule}` has no `split`, and so no variants"),
            );
            self.report(d.help("remove this line, or write `then split { … }` in the rule"));
            return None;
        }
        let name = |arm: &hir::Arm| arm.name.clone().unwrap_or_else(|| "nothing".to_string());
        let arm = arms.iter().position(|a| name(a) == variant.node);
        if arm.is_none() {
            let names: Vec<String> = arms.iter().map(name).collect();
            let near = nearest(variant, names.iter().map(String::as_str));
            let d = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                variant.span,
                format!("`{rule}` has no variant `{variant}`"),
            );
            let d = super::names::suggest(d, variant.span, near);
            let all = list(names.iter().map(String::as_str));
            self.report(d.help_opt(Some(format!("its variants are {all}"))));
        }
        Some(hir::GivenVariant {
            span,
            campaign,
            rule: place,
            arm: arm?,
            subject: subject?,
        })
    }

    fn given_level(&mut self, clause: &'a TestClause, span: Span) -> Option<hir::GivenLevel> {
        let TestClause::GivenLevel {
            attribute,
            level,
            record,
            subject,
            since,
        } = clause
        else {
            return None;
        };
        let since = self.literal_day(since);
        let id = self.levels_named(attribute, record.as_ref())?;
        let slot = &self.slots[id.index()];
        let (record, set) = (slot.record, slot.set);
        let key = self.key_text(subject, Some(record));
        let place = match set {
            Some(set) => self.enum_place(set, level).map(i64::from),
            None => level.parse().ok(),
        };
        match set {
            Some(set) if place.is_none() => self.invalid_value(set, level, level.span),
            None if place.is_none() => {
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    level.span,
                    format!("`{attribute}` is a score, and `{level}` is no whole number"),
                );
                self.report(d.help(format!("write a number, as in `given {attribute} 5 for …`")));
            }
            _ => {}
        }
        self.moving.insert(id);
        Some(hir::GivenLevel {
            span,
            attribute: id,
            level: place?,
            key: key?,
            since: since?,
        })
    }

    /// Tiers, stages or a score by name, and by their record where it is said.
    fn levels_named(&mut self, name: &Name, record: Option<&Name>) -> Option<AttributeId> {
        let record = match record {
            Some(record) => Some(self.record_named(record)?),
            None => None,
        };
        let this = &*self;
        let named = |set: bool| {
            let slots = this.slots.iter().enumerate();
            slots
                .map(|(i, s)| (AttributeId(i as u32), s))
                .filter(move |(id, s)| {
                    let ty = match &s.state {
                        State::Done(a) => a.ty.ty,
                        _ => Type::Unknown,
                    };
                    s.name.node == name.node
                        && record.is_none_or(|r| s.record == r)
                        && (!set || this.is_remembered(*id, ty))
                })
                .map(|(id, s)| (id, s.name.span, s.record))
                .collect::<Vec<(AttributeId, Span, RecordId)>>()
        };
        match named(true).as_slice() {
            [(id, ..)] => {
                debug_assert!(matches!(self.slots[id.index()].state, State::Done(_)));
                return Some(*id);
            }
            [(_, first, a), (_, second, b), ..] => {
                let records = list([*a, *b].map(|r| self.record_name(r)));
                let d = Diagnostic::new(
                    &codes::UNKNOWN_NAME,
                    name.span,
                    format!(
                        "`{name}` names the levels of {records}, and nothing says whose is meant"
                    ),
                )
                .also(*first, "one of them")
                .also(*second, "another");
                self.report(d.help(format!(
                    "say whose: write `for {} \"key\"`",
                    self.record_name(*a)
                )));
                return None;
            }
            [] => {}
        }
        if let [(_, at, _), ..] = named(false).as_slice() {
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                name.span,
                format!("only tiers, stages and scores of whole numbers are known of earlier days, and `{name}` is not"),
            )
            .also(*at, "declared here");
            self.report(d.help("give the fields that it is computed from"));
            return None;
        }
        let sets = self.slots.iter().filter(|s| s.set.is_some());
        let near = nearest(name, sets.map(|s| s.name.as_str()));
        if !self.is_lost(name) {
            let d = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                name.span,
                format!("there are no tiers or stages `{name}`"),
            );
            let d = super::names::suggest(d, name.span, near);
            self.report(d);
        }
        None
    }
}

//! Workspace, records, occasions, messages, channels, actions.

use super::{Builder, Node, only, parts, words};
use crate::diagnostic::codes;
use crate::schema::Currency;
use crate::source::Spanned;
use crate::syntax::Rule;
use crate::syntax::ast::*;

impl Builder<'_> {
    pub fn declaration(&mut self, node: Node<'_>) -> Declaration {
        let span = self.span(&node);
        let docs = self.docs(span);
        let inner = only(node);
        let kind = match inner.as_rule() {
            Rule::workspace => DeclarationKind::Workspace(self.workspace(inner)),
            Rule::record => DeclarationKind::Record(self.record(inner)),
            Rule::define => DeclarationKind::Define(self.define(inner)),
            Rule::segment => DeclarationKind::Segment(self.segment(inner)),
            Rule::tiers => DeclarationKind::Tiers(self.tiers(inner)),
            Rule::stages => DeclarationKind::Stages(self.stages(inner)),
            Rule::score => DeclarationKind::Score(self.score(inner)),
            Rule::table => DeclarationKind::Table(self.table(inner)),
            Rule::occasion => DeclarationKind::Occasion(self.occasion(inner)),
            Rule::message => DeclarationKind::Message(self.message(inner)),
            Rule::channel => DeclarationKind::Channel(self.channel(inner)),
            Rule::action => DeclarationKind::Action(self.action(inner)),
            Rule::campaign => DeclarationKind::Campaign(self.campaign(inner)),
            Rule::figure => DeclarationKind::Figure(self.figure(inner)),
            Rule::account => DeclarationKind::Account(self.account(inner)),
            Rule::exclusive => DeclarationKind::Exclusive(self.exclusive(inner)),
            Rule::shared_cap => DeclarationKind::SharedCap(self.shared_cap(inner)),
            Rule::shared_budget => DeclarationKind::Budget(self.budget(inner)),
            Rule::pause => DeclarationKind::Pause(self.pause(inner)),
            Rule::hold_out => DeclarationKind::HoldOut(self.percent(only(inner))),
            _ => DeclarationKind::Test(self.test(inner)),
        };
        Declaration { docs, span, kind }
    }

    pub fn names(&self, node: Node<'_>) -> Vec<Name> {
        parts(node)
            .filter(|n| n.as_rule() == Rule::name)
            .map(|n| self.name(n))
            .collect()
    }

    fn workspace(&mut self, node: Node<'_>) -> Workspace {
        let mut p = parts(node);
        let title = self.plain_text(p.must());
        let mut settings = Vec::new();
        for n in p {
            let span = self.span(&n);
            settings.push(Spanned::new(self.setting(only(n)), span));
        }
        Workspace { title, settings }
    }

    fn setting(&mut self, node: Node<'_>) -> Setting {
        match node.as_rule() {
            Rule::set_currency => Setting::Currency(self.currency(only(node))),
            Rule::set_zone => Setting::TimeZone(self.plain_text(only(node))),
            Rule::set_leap => Setting::LeapDay(self.leap_day(only(node))),
            Rule::set_weeks => {
                let sunday = only(node).as_str().starts_with('S');
                Setting::WeeksStart(if sunday {
                    Weekday::Sunday
                } else {
                    Weekday::Monday
                })
            }
            Rule::set_language => Setting::Language(self.name(only(node))),
            _ => Setting::Use(self.plain_text(only(node))),
        }
    }

    fn leap_day(&mut self, node: Node<'_>) -> LeapDay {
        let span = self.span(&node);
        let said = words(&node);
        match said.as_str() {
            "on 28 February" => LeapDay::February28,
            "on 1 March" => LeapDay::March1,
            "in leap years only" => LeapDay::LeapYearsOnly,
            _ => {
                let message = "a leap day's birthday falls `on 28 February`, `on 1 March`, or `in leap years only`";
                self.error(&codes::INVALID_LITERAL, span, message);
                LeapDay::February28
            }
        }
    }

    pub fn currency(&mut self, node: Node<'_>) -> Spanned<Currency> {
        let span = self.span(&node);
        let code = node.as_str().trim();
        Spanned::new(self.currency_of(code, span), span)
    }

    fn record(&mut self, node: Node<'_>) -> Record {
        let mut p = parts(node);
        let name = self.name(p.must());
        let source = p.want(Rule::source).map(|n| self.source_of(only(n)));
        let mut dated = p.want(Rule::dated_by).map(parts);
        let dated_by = dated.as_mut().map(|d| self.name(d.must()));
        let ahead = dated.is_some_and(|mut d| d.want(Rule::ahead).is_some());
        let fields = p.map(|n| self.field(n)).collect();
        Record {
            name,
            source,
            dated_by,
            ahead,
            fields,
        }
    }

    fn source_of(&mut self, node: Node<'_>) -> Source {
        if node.as_rule() == Rule::text {
            return Source::File(self.plain_text(node));
        }
        let columns = parts(node).map(|column| {
            let mut p = parts(column);
            (self.name(p.must()), self.name(p.must()))
        });
        Source::Distinct(columns.collect())
    }

    fn field(&mut self, node: Node<'_>) -> Field {
        let whole = self.span(&node);
        let docs = self.docs(whole);
        let mut p = parts(node);
        let name = self.name(p.must());
        let ty = self.field_type(p.must());
        let mut span = name.span.to(ty.span);
        let mut modifiers = Vec::new();
        for n in p {
            let at = self.span(&n);
            span = span.to(at);
            modifiers.push(Spanned::new(self.modifier(only(n)), at));
        }
        Field {
            docs,
            span,
            name,
            ty,
            modifiers,
        }
    }

    pub fn field_type(&mut self, node: Node<'_>) -> Spanned<FieldType> {
        let span = self.span(&node);
        let inner = only(node);
        let ty = match inner.as_rule() {
            Rule::type_many => {
                let mut p = parts(inner);
                FieldType::Many {
                    record: self.name(p.must()),
                    by: self.name(p.must()),
                }
            }
            Rule::type_one_of => FieldType::OneOf(self.names(inner)),
            Rule::type_money => {
                let currency = parts(inner).next().map(only);
                FieldType::Money(currency.map(|c| self.currency(c)))
            }
            Rule::type_name => FieldType::Named(self.name(only(inner))),
            _ => simple_type(inner.as_str().trim()),
        };
        Spanned::new(ty, span)
    }

    fn modifier(&mut self, node: Node<'_>) -> Modifier {
        match node.as_rule() {
            Rule::m_key => Modifier::Key,
            Rule::m_optional => Modifier::Optional,
            Rule::m_default => Modifier::Default(self.plain_value(only(node))),
            Rule::m_column => Modifier::Column(self.plain_text(only(node))),
            Rule::m_format => Modifier::Format(self.plain_text(only(node))),
            _ => Modifier::Personal,
        }
    }

    fn occasion(&mut self, node: Node<'_>) -> Occasion {
        let mut p = parts(node);
        let name = self.name(p.must());
        let day = p.must();
        let span = self.span(&day);
        let on = self.occasion_day(day);
        Occasion {
            name,
            on: Spanned::new(on, span),
        }
    }

    fn occasion_day(&mut self, day: Node<'_>) -> OccasionDay {
        match day.as_rule() {
            Rule::lunar_day => {
                let (month, day) = self.month_day(only(day), 30);
                OccasionDay::Lunar(month, day)
            }
            Rule::solar_term => OccasionDay::SolarTerm(self.name(only(day))),
            Rule::date => OccasionDay::Date(self.day(&day)),
            Rule::day_list => {
                let listed = parts(day).map(|n| {
                    let span = self.span(&n);
                    Spanned::new(self.occasion_day(n), span)
                });
                OccasionDay::Listed(listed.collect())
            }
            _ => {
                let (month, day) = self.month_day(day, 31);
                OccasionDay::Yearly(month, day)
            }
        }
    }

    fn message(&mut self, node: Node<'_>) -> Message {
        let mut p = parts(node);
        let name = self.name(p.must());
        let parameters = p
            .want(Rule::parameters)
            .map(|n| self.parameters(n))
            .unwrap_or_default();
        let record = self.name(p.must());
        let by = p.want(Rule::message_by).map(|n| self.expr(only(n)));
        let texts = p.map(|n| self.message_text(n)).collect();
        Message {
            name,
            parameters,
            record,
            by,
            texts,
        }
    }

    fn message_text(&mut self, node: Node<'_>) -> MessageText {
        let mut p = parts(node);
        let tag = p.want(Rule::name).map(|n| self.name(n));
        let text = self.text(p.must());
        let span = tag.as_ref().map_or(text.span, |t| t.span.to(text.span));
        MessageText { span, tag, text }
    }

    pub fn parameters(&mut self, node: Node<'_>) -> Vec<Parameter> {
        parts(node).map(|n| self.parameter(n)).collect()
    }

    fn parameter(&mut self, node: Node<'_>) -> Parameter {
        let span = self.span(&node);
        let mut p = parts(node);
        let name = self.name(p.must());
        let ty = self.field_type(p.must());
        let (mut optional, mut default) = (false, None);
        for n in p {
            if n.as_rule() == Rule::m_optional {
                optional = true;
            } else {
                default = Some(self.plain_value(only(n)));
            }
        }
        Parameter {
            span,
            name,
            ty,
            optional,
            default,
        }
    }

    fn channel(&mut self, node: Node<'_>) -> Channel {
        let mut p = parts(node);
        let (name, record) = (self.name(p.must()), self.name(p.must()));
        let mut clauses = Vec::new();
        for n in p {
            let span = self.span(&n);
            clauses.push(Spanned::new(self.channel_clause(only(n)), span));
        }
        Channel {
            name,
            record,
            clauses,
        }
    }

    fn channel_clause(&mut self, node: Node<'_>) -> ChannelClause {
        match node.as_rule() {
            Rule::needs => ChannelClause::Needs(self.expr(only(node))),
            Rule::consent => ChannelClause::Consent(self.expr(only(node))),
            Rule::at_most => ChannelClause::AtMost(self.at_most(node)),
            Rule::quiet => {
                let mut p = parts(node);
                let (from, to) = (self.operand(p.must()), self.operand(p.must()));
                let zone = p.next().map(|n| self.atom(only(n)));
                ChannelClause::Quiet { from, to, zone }
            }
            _ => ChannelClause::Html,
        }
    }

    fn action(&mut self, node: Node<'_>) -> Action {
        let mut p = parts(node);
        let name = self.name(p.must());
        let parameters = p
            .want(Rule::parameters)
            .map(|n| self.parameters(n))
            .unwrap_or_default();
        let record = self.name(p.must());
        let (mut channel, mut costs) = (None, None);
        for n in p {
            let span = self.span(&n);
            let twice = match n.as_rule() {
                Rule::on_channel => channel.replace(self.name(only(n))).is_some(),
                _ => costs.replace(self.expr(only(n))).is_some(),
            };
            self.once_only(twice, span, "an action has one channel and one cost");
        }
        Action {
            name,
            parameters,
            record,
            channel,
            costs,
        }
    }

    /// Reports what may stand only once.
    pub fn once_only(&mut self, twice: bool, span: crate::source::Span, message: &str) {
        if twice {
            self.error(&codes::SYNTAX, span, message);
        }
    }
}

fn simple_type(word: &str) -> FieldType {
    match word {
        "text" => FieldType::Text,
        "yes/no" => FieldType::YesNo,
        "integer" => FieldType::Integer,
        "number" => FieldType::Number,
        "percent" => FieldType::Percent,
        "date" => FieldType::Date,
        "datetime" => FieldType::DateTime,
        "time" => FieldType::Time,
        "duration" => FieldType::Duration,
        _ => FieldType::Message,
    }
}

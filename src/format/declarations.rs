//! Declarations: what stands at the top level of a file, campaigns and tests apart.

use unicode_width::UnicodeWidthStr;

use super::printer::{ListStyle, Printer};
use crate::source::{Span, Spanned};
use crate::syntax::ast::*;

impl Printer<'_> {
    pub fn file(&mut self, file: &File) {
        let mut before: Option<(&DeclarationKind, bool)> = None;
        for declaration in &file.declarations {
            let authored = self.blank_before_next();
            self.apart(
                |p| p.declaration(declaration),
                |long| {
                    let apart = before.is_some_and(|(kind, long_before)| {
                        authored || long || long_before || !same_paragraph(kind, &declaration.kind)
                    });
                    before = Some((&declaration.kind, long));
                    apart
                },
            );
        }
        self.comments_at_end();
    }

    fn declaration(&mut self, declaration: &Declaration) {
        match &declaration.kind {
            DeclarationKind::Workspace(x) => self.body(&x.settings, never, |p, s| p.to(s.span.end)),
            DeclarationKind::Record(record) => self.record(record),
            DeclarationKind::Define(define) => self.assigned(&define.value),
            DeclarationKind::Segment(segment) => self.assigned(&segment.condition),
            DeclarationKind::Tiers(tiers) => self.tiers(tiers),
            DeclarationKind::Stages(stages) => self.stages(stages),
            DeclarationKind::Score(score) => {
                self.body(&score.lines, never, |p, line| p.score_line(line))
            }
            DeclarationKind::Table(table) => self.table(table),
            DeclarationKind::Occasion(occasion) => self.occasion(occasion),
            DeclarationKind::Message(message) => self.message(message),
            DeclarationKind::Channel(channel) => {
                self.body(&channel.clauses, never, |p, c| p.channel_clause(c));
            }
            DeclarationKind::Action(action) => self.action(action),
            DeclarationKind::Campaign(campaign) => self.campaign(campaign),
            DeclarationKind::Figure(figure) => self.assigned(&figure.value),
            DeclarationKind::Exclusive(x) => {
                self.list(&x.campaigns, ListStyle::default(), |p, name| {
                    p.to(name.span.end)
                });
            }
            DeclarationKind::Budget(budget) => self.budget(budget),
            DeclarationKind::SharedCap(limit) => self.at_most(limit),
            DeclarationKind::Pause(pause) => self.hanging(&pause.condition),
            DeclarationKind::Test(test) => self.test(test),
            DeclarationKind::Account(_) | DeclarationKind::HoldOut(_) => {}
        }
        self.to(declaration.span.end);
    }

    fn record(&mut self, record: &Record) {
        if let Some(Source::Distinct(columns)) = &record.source {
            for (i, (_, column)) in columns.iter().enumerate() {
                if i > 0 {
                    self.wrap();
                }
                self.to(column.span.end);
                if i + 1 < columns.len() {
                    self.through(",");
                }
            }
        }
        self.body(&record.fields, never, |p, field| {
            p.to(field.name.span.end);
            p.field_type(&field.ty);
            for modifier in &field.modifiers {
                if let Modifier::Default(value) = &modifier.node {
                    p.hanging(value);
                }
                p.to(modifier.span.end);
            }
            p.to(field.span.end);
        });
    }

    fn field_type(&mut self, ty: &Spanned<FieldType>) {
        if let FieldType::OneOf(names) = &ty.node {
            let style = ListStyle {
                rows: true,
                ..ListStyle::default()
            };
            self.list(names, style, |p, name| p.to(name.span.end));
        }
        self.to(ty.span.end);
    }

    fn tiers(&mut self, tiers: &Tiers) {
        let mut lines = Vec::new();
        match &tiers.body {
            TiersBody::By { by, levels } => {
                self.hanging(by);
                let widest = levels.iter().map(|(name, _)| self.width(name.span)).max();
                let widest = widest.unwrap_or(0);
                lines.extend(
                    levels
                        .iter()
                        .map(|(name, from)| BodyLine::Level(name, from, widest)),
                );
            }
            TiersBody::When {
                lines: whens,
                otherwise,
            } => {
                lines.extend(whens.iter().map(|(c, name)| BodyLine::When(c, name.span)));
                lines.extend(otherwise.iter().map(|name| BodyLine::Plain(name.span)));
            }
        }
        lines.extend(
            tiers
                .options
                .iter()
                .map(|option| BodyLine::Plain(option.span)),
        );
        self.body_lines(lines);
    }

    fn stages(&mut self, stages: &Stages) {
        let whens = stages
            .lines
            .iter()
            .map(|(c, name)| BodyLine::When(c, name.span));
        let last = stages
            .otherwise
            .iter()
            .map(|name| BodyLine::Plain(name.span));
        self.body_lines(whens.chain(last).collect());
    }

    /// In the order in which they were written.
    fn body_lines(&mut self, mut lines: Vec<BodyLine>) {
        lines.sort_by_key(BodyLine::start);
        self.body(&lines, never, |p, line| match line {
            BodyLine::Level(name, from, widest) => {
                let width = p.width(name.span);
                let plain = p.next_is_plain();
                p.to(name.span.end);
                if plain {
                    p.pad(widest - width);
                }
                p.hanging(from);
            }
            BodyLine::When(condition, name) => p.line_of_when(condition, |p| p.to(name.end)),
            BodyLine::Plain(span) => p.to(span.end),
        });
    }

    /// Columns of a name as it is printed; 0 where it is not the next token.
    fn width(&self, name: Span) -> usize {
        self.token_at(name.start).map_or(0, |text| text.width())
    }

    /// `when C then …`
    fn line_of_when(&mut self, condition: &Expr, value: impl FnOnce(&mut Self)) {
        self.group(|p| {
            p.hanging(condition);
            if opens(condition) {
                p.wrap()
            } else {
                p.wrap_line()
            }
            value(p);
        });
    }

    fn table(&mut self, table: &Table) {
        for (i, by) in table.by.iter().enumerate() {
            if i > 0 {
                self.through(",");
                self.wrap();
            }
            self.hanging(by);
        }
        if let Some(values) = &table.values {
            self.list(&values.names, ListStyle::default(), |p, name| {
                p.to(name.span.end)
            });
        }
        let mut lines: Vec<(Span, Option<&TableLine>, &Expr)> = table
            .lines
            .iter()
            .map(|line| (line.span, Some(line), &line.value))
            .collect();
        lines.extend(
            table
                .otherwise
                .iter()
                .map(|value| (value.span, None, value)),
        );
        lines.sort_by_key(|(span, ..)| span.start);
        self.body(&lines, never, |p, (span, line, value)| {
            for (i, cell) in line.iter().flat_map(|line| &line.cells).enumerate() {
                if i > 0 {
                    p.through(",");
                    p.wrap();
                }
                p.cell(cell);
            }
            if line.is_some() {
                p.last_comma(false);
                p.wrap();
            }
            p.hanging(value);
            p.to(span.end);
        });
    }

    fn cell(&mut self, cell: &Spanned<Cell>) {
        match &cell.node {
            Cell::Any => {}
            Cell::OneOf(values) => values.iter().for_each(|value| self.hanging(value)),
            Cell::Compare(_, value) => self.hanging(value),
            Cell::FromToBelow(low, high) | Cell::Between(low, high) => {
                self.hanging(low);
                self.hanging(high);
            }
        }
        self.to(cell.span.end);
    }

    fn score_line(&mut self, line: &ScoreLine) {
        self.line_of_when(&line.condition, |p| {
            p.hanging(&line.value);
            if let Some(because) = &line.because {
                p.wrap();
                p.to(because.span.end);
            }
        });
    }

    fn occasion(&mut self, occasion: &Occasion) {
        if let OccasionDay::Listed(days) = &occasion.on.node {
            let style = ListStyle {
                rows: true,
                ..ListStyle::default()
            };
            self.list(days, style, |p, day| p.to(day.span.end));
        }
    }

    fn message(&mut self, message: &Message) {
        self.parameters(&message.name, &message.parameters, message.record.span);
        self.to(message.record.span.end);
        if let Some(by) = &message.by {
            self.hanging(by);
        }
        self.body(&message.texts, never, |p, text| p.to(text.span.end));
    }

    fn action(&mut self, action: &Action) {
        self.parameters(&action.name, &action.parameters, action.record.span);
        self.wrap();
        self.to(action.record.span.end);
        let mut parts: Vec<(Span, Option<&Expr>)> = action
            .channel
            .iter()
            .map(|channel| (channel.span, None))
            .collect();
        parts.extend(action.costs.iter().map(|costs| (costs.span, Some(costs))));
        parts.sort_by_key(|(span, _)| span.start);
        for (span, costs) in parts {
            self.wrap();
            costs.iter().for_each(|costs| self.hanging(costs));
            self.to(span.end);
        }
    }

    /// `name(parameters)`, or a name alone.
    fn parameters(&mut self, name: &Name, parameters: &[Parameter], record: Span) {
        self.to(name.span.end);
        if !self.next_is("(") {
            return;
        }
        self.tight();
        self.list(parameters, ListStyle::default(), |p, parameter| {
            p.field_type(&parameter.ty);
            if let Some(default) = &parameter.default {
                p.hanging(default);
            }
            p.to(parameter.span.end.min(record.start));
        });
    }

    fn channel_clause(&mut self, clause: &Spanned<ChannelClause>) {
        match &clause.node {
            ChannelClause::Needs(condition) | ChannelClause::Consent(condition) => {
                self.hanging(condition);
            }
            ChannelClause::AtMost(limit) => self.at_most(limit),
            ChannelClause::Quiet { from, to, zone } => {
                for part in [from, to].into_iter().chain(zone) {
                    self.hanging(part);
                }
            }
            ChannelClause::Html => {}
        }
        self.to(clause.span.end);
    }

    pub fn at_most(&mut self, limit: &AtMost) {
        if !limit.campaigns.is_empty() {
            self.list(&limit.campaigns, ListStyle::default(), |p, name| {
                p.to(name.span.end)
            });
        }
        self.hanging(&limit.count);
        if let Some(LimitScope::ForEach(each)) = &limit.scope {
            self.hanging(each);
        }
    }

    pub fn budget(&mut self, budget: &Budget) {
        if !budget.campaigns.is_empty() {
            self.list(&budget.campaigns, ListStyle::default(), |p, name| {
                p.to(name.span.end)
            });
        }
        self.hanging(&budget.amount);
        if let Some(each) = &budget.for_each {
            self.hanging(each);
        }
    }
}

/// A line of the body of tiers or stages.
enum BodyLine<'a> {
    /// `bronze from 0 CNY`, and the columns of the widest name.
    Level(&'a Name, &'a Expr, usize),
    When(&'a Expr, Span),
    Plain(Span),
}

impl BodyLine<'_> {
    fn start(&self) -> u32 {
        match self {
            BodyLine::Level(name, ..) => name.span.start,
            BodyLine::When(condition, _) => condition.span.start,
            BodyLine::Plain(span) => span.start,
        }
    }
}

/// For [`Printer::body`]: no item asks for an empty line before it.
pub(super) fn never<T>(_: &T, _: &T) -> bool {
    false
}

/// Whether a broken expression ends in a closing parenthesis at the level of its line.
pub(super) fn opens(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Group(..) => true,
        ExprKind::Not(inner) => opens(inner),
        ExprKind::Aggregate(aggregate) => aggregate.filter.as_ref().is_some_and(opens),
        ExprKind::Population(population) => {
            population.group.is_none() && population.filter.as_ref().is_some_and(opens)
        }
        _ => false,
    }
}

/// Whether two declarations may follow each other without an empty line.
fn same_paragraph(a: &DeclarationKind, b: &DeclarationKind) -> bool {
    paragraph(a).is_some_and(|kind| paragraph(b) == Some(kind))
}

/// Short declarations of one kind form paragraphs; those with a body stand alone.
fn paragraph(kind: &DeclarationKind) -> Option<u8> {
    match kind {
        DeclarationKind::Define(_) | DeclarationKind::Segment(_) | DeclarationKind::Figure(_) => {
            Some(0)
        }
        DeclarationKind::Occasion(_) => Some(1),
        DeclarationKind::Action(_) => Some(2),
        DeclarationKind::Exclusive(_)
        | DeclarationKind::Budget(_)
        | DeclarationKind::SharedCap(_)
        | DeclarationKind::Pause(_)
        | DeclarationKind::HoldOut(_) => Some(3),
        _ => None,
    }
}

//! Every expression of a program, part by part.

use super::{
    Attribute, AttributeKind, Campaign, Cap, ExpectationKind, Expr, ExprKind, Group, Part, Program,
    Repeat, Rule, Target, Test,
};
use crate::schema::{AttributeId, Type};
use rustc_hash::FxHashSet;

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It decides about rows: it is a yes/no that something holds for or not.
    Condition,
    /// A value, a text, an argument.
    Value,
}

impl Program {
    /// Each whole expression and where it stands; those of tests not. A cell of a table is a condition on its
    /// column, which it repeats.
    pub fn expressions<'p>(&'p self, visit: &mut dyn FnMut(&'p Expr, Place)) {
        for attribute in &self.attributes {
            attribute.expressions(visit);
        }
        for message in &self.messages {
            values(message.by.iter(), visit);
            values(message.texts.iter().map(|t| &t.text), visit);
        }
        values(self.figures.iter().map(|f| &f.value), visit);
        for channel in &self.channels {
            conditions(channel.needs.iter().chain(&channel.consent), visit);
            groups(&channel.caps, visit);
            values(channel.quiet.iter().filter_map(|q| q.zone.as_ref()), visit);
        }
        values(self.actions.iter().filter_map(|a| a.costs.as_ref()), visit);
        for campaign in &self.campaigns {
            campaign.expressions(visit);
        }
        for shared in &self.shared_caps {
            groups(std::slice::from_ref(&shared.cap), visit);
        }
        for budget in &self.budgets {
            if let Group::ForEach { value, .. } = &budget.group {
                visit(value, Place::Value);
            }
        }
        conditions(self.pauses.iter().map(|p| &p.condition), visit);
    }

    /// This expression and all below it, also in the definitions and segments that it names, each of them once.
    pub fn reach<'p>(&'p self, e: &'p Expr, visit: &mut dyn FnMut(&'p Expr)) {
        self.reach_new(e, &mut FxHashSet::default(), visit);
    }

    fn reach_new<'p>(
        &'p self,
        e: &'p Expr,
        seen: &mut FxHashSet<AttributeId>,
        visit: &mut dyn FnMut(&'p Expr),
    ) {
        visit(e);
        if let ExprKind::Attribute(id, Part::Value) = e.kind
            && let Some(body) = self.body(id)
            && seen.insert(id)
        {
            self.reach_new(body, seen, visit);
        }
        e.operands(&mut |below| self.reach_new(below, seen, visit));
    }

    /// What a definition or a segment stands for.
    pub fn body(&self, id: AttributeId) -> Option<&Expr> {
        match &self.attribute(id).kind {
            AttributeKind::Define(body) | AttributeKind::Segment(body) => Some(body),
            _ => None,
        }
    }

    /// What an expression stands for, through the names of definitions and segments.
    pub fn meaning<'p>(&'p self, mut e: &'p Expr) -> &'p Expr {
        /// Definitions have no circles; a long chain of them is hardly followed by a reader either.
        const DEPTH: usize = 16;
        for _ in 0..DEPTH {
            match e.kind {
                ExprKind::Attribute(id, Part::Value) => match self.body(id) {
                    Some(body) => e = body,
                    None => break,
                },
                _ => break,
            }
        }
        e
    }
}

impl Attribute {
    fn expressions<'p>(&'p self, visit: &mut dyn FnMut(&'p Expr, Place)) {
        match &self.kind {
            AttributeKind::Define(e) => {
                let condition = e.ty.ty == crate::schema::Type::YesNo;
                visit(
                    e,
                    if condition {
                        Place::Condition
                    } else {
                        Place::Value
                    },
                );
            }
            AttributeKind::Segment(e) => visit(e, Place::Condition),
            AttributeKind::TiersBy { by, .. } => visit(by, Place::Value),
            AttributeKind::FirstMatch { lines, .. } => {
                conditions(lines.iter().map(|(c, _)| c), visit);
            }
            AttributeKind::Score { lines, .. } => {
                conditions(lines.iter().map(|(c, _)| c), visit);
                values(lines.iter().map(|(_, v)| v), visit);
            }
            AttributeKind::Table(table) => {
                values(table.by.iter().chain(&table.otherwise), visit);
                for line in &table.lines {
                    conditions(line.cells.iter().flatten(), visit);
                    visit(&line.value, Place::Value);
                }
            }
        }
    }
}

impl Campaign {
    /// Each whole expression of the campaign and its rules, and where it stands.
    pub fn expressions<'p>(&'p self, visit: &mut dyn FnMut(&'p Expr, Place)) {
        conditions(self.audience.iter(), visit);
        values(self.favour.iter().map(|f| &f.value), visit);
        groups(&self.caps, visit);
        for measure in &self.measures {
            match measure.value.ty.ty {
                Type::YesNo => visit(&measure.value, Place::Condition),
                _ => visit(&measure.value, Place::Value),
            }
        }
        for rule in &self.rules {
            rule.expressions(visit);
        }
    }
}

impl Rule {
    /// Each whole expression of the rule, and where it stands.
    pub fn expressions<'p>(&'p self, visit: &mut dyn FnMut(&'p Expr, Place)) {
        conditions(self.when.iter(), visit);
        groups(&self.caps, visit);
        match &self.repeat {
            Repeat::OncePer(list) => values(list.iter(), visit),
            Repeat::OnceFor { path, per } => values(std::iter::once(path).chain(per), visit),
            Repeat::Once | Repeat::AgainAfter(..) | Repeat::OncePerCalendar(_) => {}
        }
        for call in self.thens.iter().flat_map(|t| &t.calls) {
            values(call.arguments.iter().flatten(), visit);
            match &call.target {
                Target::Subject => {}
                Target::To(e) => visit(e, Place::Value),
                Target::ToEach { many, filter } => {
                    values(many.base.iter().map(|b| &**b), visit);
                    conditions(filter.iter(), visit);
                }
            }
        }
    }
}

impl Test {
    /// The values that the test looks at.
    pub fn expressions<'p>(&'p self, visit: &mut dyn FnMut(&'p Expr)) {
        for expectation in &self.expectations {
            if let ExpectationKind::Values { values, .. } = &expectation.kind {
                values.iter().for_each(|v| visit(&v.actual));
            }
        }
    }
}

fn conditions<'p>(list: impl Iterator<Item = &'p Expr>, visit: &mut dyn FnMut(&'p Expr, Place)) {
    list.for_each(|e| visit(e, Place::Condition));
}

fn values<'p>(list: impl Iterator<Item = &'p Expr>, visit: &mut dyn FnMut(&'p Expr, Place)) {
    list.for_each(|e| visit(e, Place::Value));
}

fn groups<'p>(caps: &'p [Cap], visit: &mut dyn FnMut(&'p Expr, Place)) {
    for cap in caps {
        if let Group::ForEach { value, .. } = &cap.group {
            visit(value, Place::Value);
        }
    }
}

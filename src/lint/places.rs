//! Where the expressions of a program stand, for lints that look at all of them.

use crate::hir::{
    Attribute, AttributeKind, Cap, Expr, ExprKind, Group, ManyPath, Program, Repeat, Rule, Target,
};
use crate::schema::{AttributeId, RecordId};
use crate::source::Span;

/// What an expression is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Who gets something, and who comes first.
    Decides,
    /// A value: of a definition, of a line, a cost, what a limit counts by.
    Makes,
    /// It leaves the house: an action's argument, a message's text.
    Leaves,
}

/// A whole expression.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub expr: &'p Expr,
    pub role: Role,
    /// Of the current row; a figure has none.
    pub record: Option<RecordId>,
    /// What it belongs to: `rule`, `segment`.
    pub kind: &'static str,
    pub name: &'p str,
    /// Where that is declared.
    pub declared: Span,
    /// The attribute that it belongs to.
    pub attribute: Option<AttributeId>,
}

/// All whole expressions of a program, but for cells of tables, which repeat what the table goes by, and tests.
pub(super) fn places(program: &Program) -> Vec<Place<'_>> {
    let mut all = Places { list: Vec::new() };
    for (i, attribute) in program.attributes.iter().enumerate() {
        all.attribute(attribute, AttributeId(i as u32));
    }
    for f in &program.figures {
        let mut of = Of::new("figure", &f.name, f.span, RecordId(0));
        of.record = None;
        all.add(of, Role::Makes, [&f.value]);
    }
    for m in &program.messages {
        let of = Of::new("message", &m.name, m.span, m.record);
        all.add(of, Role::Makes, &m.by);
        all.add(of, Role::Leaves, m.texts.iter().map(|t| &t.text));
    }
    for c in &program.channels {
        let of = Of::new("channel", &c.name, c.span, c.record);
        all.add(of, Role::Decides, c.needs.iter().chain(&c.consent));
        all.caps(of, &c.caps);
        let zone = c.quiet.as_ref().and_then(|q| q.zone.as_ref());
        all.add(of, Role::Makes, zone);
    }
    for a in &program.actions {
        let of = Of::new("action", &a.name, a.span, a.record);
        all.add(of, Role::Makes, &a.costs);
    }
    all.campaigns(program);
    all.list
}

#[derive(Clone, Copy)]
struct Of<'p> {
    kind: &'static str,
    name: &'p str,
    declared: Span,
    record: Option<RecordId>,
    attribute: Option<AttributeId>,
}

impl<'p> Of<'p> {
    fn new(kind: &'static str, name: &'p str, declared: Span, record: RecordId) -> Of<'p> {
        Of {
            kind,
            name,
            declared,
            record: Some(record),
            attribute: None,
        }
    }
}

struct Places<'p> {
    list: Vec<Place<'p>>,
}

impl<'p> Places<'p> {
    fn add(&mut self, of: Of<'p>, role: Role, list: impl IntoIterator<Item = &'p Expr>) {
        self.list.extend(list.into_iter().map(|expr| Place {
            expr,
            role,
            record: of.record,
            kind: of.kind,
            name: of.name,
            declared: of.declared,
            attribute: of.attribute,
        }));
    }

    fn caps(&mut self, of: Of<'p>, caps: &'p [Cap]) {
        for cap in caps {
            self.group(of, &cap.group);
        }
    }

    fn group(&mut self, of: Of<'p>, group: &'p Group) {
        if let Group::ForEach { value, .. } = group {
            self.add(of, Role::Makes, [value]);
        }
    }

    fn attribute(&mut self, a: &'p Attribute, id: AttributeId) {
        let of = |kind| Of {
            attribute: Some(id),
            ..Of::new(kind, &a.name, a.span, a.record)
        };
        match &a.kind {
            AttributeKind::Define(e) => self.add(of("definition"), Role::Makes, [e]),
            AttributeKind::Segment(e) => self.add(of("segment"), Role::Decides, [e]),
            AttributeKind::TiersBy { by, .. } => self.add(of("tiers"), Role::Decides, [by]),
            AttributeKind::FirstMatch { lines, ordered, .. } => {
                let kind = if *ordered { "tiers" } else { "stages" };
                self.add(of(kind), Role::Decides, lines.iter().map(|(c, _)| c));
            }
            AttributeKind::Score { lines, .. } => {
                self.add(of("score"), Role::Decides, lines.iter().map(|(c, _)| c));
                self.add(of("score"), Role::Makes, lines.iter().map(|(_, v)| v));
            }
            AttributeKind::Table(table) => {
                self.add(of("table"), Role::Decides, &table.by);
                let values = table.lines.iter().map(|l| &l.value);
                self.add(of("table"), Role::Makes, values.chain(&table.otherwise));
            }
        }
    }

    fn campaigns(&mut self, program: &'p Program) {
        for c in &program.campaigns {
            let of = Of::new("campaign", &c.name, c.span, c.record);
            self.add(of, Role::Decides, &c.audience);
            self.add(of, Role::Decides, c.favour.iter().map(|f| &f.value));
            self.add(of, Role::Makes, c.measures.iter().map(|m| &m.value));
            self.caps(of, &c.caps);
            for rule in &c.rules {
                self.rule(rule, c.record);
            }
        }
        for b in &program.budgets {
            if let Some(first) = b.campaigns.first() {
                let c = program.campaign(*first);
                self.group(Of::new("budget", &c.name, b.span, c.record), &b.group);
            }
        }
        for shared in &program.shared_caps {
            if let Some(first) = shared.campaigns.first() {
                let c = program.campaign(*first);
                let of = Of::new("at most", &c.name, shared.cap.span, c.record);
                self.group(of, &shared.cap.group);
            }
        }
        for p in &program.pauses {
            let record = &program.record(p.record).name;
            let of = Of::new("pause for", record, p.span, p.record);
            self.add(of, Role::Decides, [&p.condition]);
        }
    }

    fn rule(&mut self, rule: &'p Rule, record: RecordId) {
        let of = Of::new("rule", &rule.name, rule.span, record);
        self.add(of, Role::Decides, &rule.when);
        self.caps(of, &rule.caps);
        match &rule.repeat {
            Repeat::OncePer(list) => self.add(of, Role::Makes, list),
            Repeat::OnceFor { path, per } => {
                self.add(of, Role::Makes, std::iter::once(path).chain(per));
            }
            _ => {}
        }
        for call in rule.thens.iter().flat_map(|t| &t.calls) {
            self.add(of, Role::Leaves, call.arguments.iter().flatten());
            match &call.target {
                Target::Subject => {}
                Target::To(e) => self.add(of, Role::Makes, [e]),
                Target::ToEach { many, filter } => self.each(of, many, filter.as_ref()),
            }
        }
    }

    fn each(&mut self, of: Of<'p>, many: &'p ManyPath, filter: Option<&'p Expr>) {
        self.add(of, Role::Makes, many.base.iter().map(|b| &**b));
        let row = Of {
            record: Some(many.record),
            ..of
        };
        self.add(row, Role::Decides, filter);
    }
}

/// Visits an expression and all below it, each with the record of its current row.
pub(super) fn with_rows<'e>(
    expr: &'e Expr,
    record: Option<RecordId>,
    visit: &mut dyn FnMut(&'e Expr, Option<RecordId>),
) {
    rows(expr, record, record, visit);
}

fn rows<'e>(
    expr: &'e Expr,
    record: Option<RecordId>,
    root: Option<RecordId>,
    visit: &mut dyn FnMut(&'e Expr, Option<RecordId>),
) {
    visit(expr, record);
    match &expr.kind {
        ExprKind::Root(inner) => rows(inner, root, root, visit),
        ExprKind::Through {
            reference,
            record: other,
            member,
        } => {
            rows(reference, record, root, visit);
            rows(member, Some(*other), root, visit);
        }
        ExprKind::Aggregate(aggregate) => {
            let outer = aggregate.many.base.iter().map(|b| &**b);
            let window = aggregate.window.iter().filter_map(|w| w.date());
            for e in outer.chain(window) {
                rows(e, record, root, visit);
            }
            for e in aggregate.value.iter().chain(&aggregate.filter) {
                rows(e, Some(aggregate.many.record), root, visit);
            }
        }
        ExprKind::Population(p) => {
            let own = Some(p.record);
            for e in p.operands() {
                rows(e, own, own, visit);
            }
        }
        _ => {
            let mut below = Vec::new();
            expr.operands(&mut |e| below.push(e));
            for e in below {
                rows(e, record, root, visit);
            }
        }
    }
}

//! Which attributes expressions go by, through other definitions too.

use crate::hir::{
    self, AttributeKind, Cap, ExpectationKind, Expr, ExprKind, Group, Program, Repeat, Target, Test,
};
use crate::schema::{AttributeId, ChannelId, FigureId, MessageId};
use rustc_hash::FxHashSet;

/// Those that decide who is acted for, or that a test expects a value of.
pub(super) fn conditions(program: &Program, test: &Test) -> FxHashSet<AttributeId> {
    let mut found = GoesBy::new(program);
    for campaign in &program.campaigns {
        found.all(&campaign.audience);
        found.all(campaign.favour.iter().map(|f| &f.value));
        found.caps(&campaign.caps);
        for rule in &campaign.rules {
            found.all(&rule.when);
            found.caps(&rule.caps);
            match &rule.repeat {
                Repeat::OncePer(per) => found.all(per),
                Repeat::OnceFor { path, per } => found.all(std::iter::once(path).chain(per)),
                Repeat::Once | Repeat::AgainAfter(..) | Repeat::OncePerCalendar(_) => {}
            }
        }
    }
    for channel in &program.channels {
        found.channel(channel);
    }
    found.all(program.pauses.iter().map(|p| &p.condition));
    found.groups(program.budgets.iter().map(|b| &b.group));
    found.groups(program.shared_caps.iter().map(|s| &s.cap.group));
    for expectation in &test.expectations {
        if let ExpectationKind::Values { values, .. } = &expectation.kind {
            found.all(values.iter().map(|v| &v.actual));
        }
    }
    found.attributes
}

/// Those that the actions of each rule say, reach or cost; by places of campaign and rule.
pub(super) fn actions(program: &Program) -> Vec<((usize, usize), FxHashSet<AttributeId>)> {
    let mut out = Vec::new();
    for (c, campaign) in program.campaigns.iter().enumerate() {
        for (r, rule) in campaign.rules.iter().enumerate() {
            let mut found = GoesBy::new(program);
            for call in rule.thens.iter().flat_map(|t| &t.calls) {
                found.call(call);
            }
            out.push(((c, r), found.attributes));
        }
    }
    out
}

struct GoesBy<'p> {
    program: &'p Program,
    attributes: FxHashSet<AttributeId>,
    figures: FxHashSet<FigureId>,
    messages: FxHashSet<MessageId>,
    channels: FxHashSet<ChannelId>,
}

impl<'p> GoesBy<'p> {
    fn new(program: &'p Program) -> Self {
        GoesBy {
            program,
            attributes: FxHashSet::default(),
            figures: FxHashSet::default(),
            messages: FxHashSet::default(),
            channels: FxHashSet::default(),
        }
    }

    fn all<'e>(&mut self, list: impl IntoIterator<Item = &'e Expr>) {
        list.into_iter().for_each(|e| self.expr(e));
    }

    fn caps(&mut self, caps: &[Cap]) {
        self.groups(caps.iter().map(|c| &c.group));
    }

    fn groups<'g>(&mut self, groups: impl Iterator<Item = &'g Group>) {
        for group in groups {
            if let Group::ForEach { value, .. } = group {
                self.expr(value);
            }
        }
    }

    fn channel(&mut self, channel: &hir::Channel) {
        self.all(channel.needs.iter().chain(&channel.consent));
        self.all(channel.quiet.iter().filter_map(|q| q.zone.as_ref()));
        self.caps(&channel.caps);
    }

    fn call(&mut self, call: &hir::ActionCall) {
        self.all(call.arguments.iter().flatten());
        self.all(&self.program.action(call.action).costs);
        match &call.target {
            Target::Subject => {}
            Target::To(path) => self.expr(path),
            Target::ToEach { many, filter } => {
                self.all(many.base.iter().map(|base| &**base));
                self.all(filter);
            }
        }
    }

    /// What an expression names. What names lead to is followed as it is met first; definitions have no circles.
    fn expr(&mut self, expr: &Expr) {
        let mut named = Vec::new();
        expr.walk(&mut |e| match e.kind {
            ExprKind::Attribute(..)
            | ExprKind::Figure(_)
            | ExprKind::Message { .. }
            | ExprKind::ReachableBy { .. } => named.push(&e.kind),
            _ => {}
        });
        let program = self.program;
        for kind in named {
            match kind {
                ExprKind::Attribute(id, _) if self.attributes.insert(*id) => {
                    self.attribute(&program.attribute(*id).kind);
                }
                ExprKind::Figure(id) if self.figures.insert(*id) => {
                    self.expr(&program.figure(*id).value);
                }
                ExprKind::Message { message, .. } if self.messages.insert(*message) => {
                    let message = program.message(*message);
                    self.all(&message.by);
                    self.all(message.texts.iter().map(|t| &t.text));
                }
                ExprKind::ReachableBy { channel: id, .. } if self.channels.insert(*id) => {
                    self.channel(program.channel(*id));
                }
                _ => {}
            }
        }
    }

    fn attribute(&mut self, kind: &AttributeKind) {
        match kind {
            AttributeKind::Define(e) | AttributeKind::Segment(e) => self.expr(e),
            AttributeKind::TiersBy { by, .. } => self.expr(by),
            AttributeKind::FirstMatch { lines, .. } => self.all(lines.iter().map(|(c, _)| c)),
            AttributeKind::Score { lines, .. } => self.all(lines.iter().flat_map(|(c, v)| [c, v])),
            AttributeKind::Table(table) => {
                self.all(table.by.iter().chain(&table.otherwise));
                for line in &table.lines {
                    self.all(line.cells.iter().flatten());
                    self.expr(&line.value);
                }
            }
        }
    }
}

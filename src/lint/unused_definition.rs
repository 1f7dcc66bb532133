//! `unused-definition`: a define, message, action, channel or own occasion that nothing uses.
//!
//! Segments, tiers, stages, scores and tables are results by themselves. So are the defines of a workspace
//! without campaigns, whose product is the table of its attributes.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{
    AttributeKind, Cap, ExpectationKind, Expr, ExprKind, Group, Program, Repeat, Target,
};
use crate::schema::{ActionId, AttributeId, ChannelId, MessageId};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Default)]
struct Uses {
    attributes: FxHashSet<AttributeId>,
    messages: FxHashSet<MessageId>,
    actions: FxHashSet<ActionId>,
    /// Asked by `reachable by`.
    channels: FxHashSet<ChannelId>,
}

pub const LINT: Lint = Lint {
    code: &codes::UNUSED_DEFINITION,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let uses = uses(program);
    let mut found = Vec::new();
    for (i, a) in program.attributes.iter().enumerate() {
        let defined = matches!(a.kind, AttributeKind::Define(_));
        if defined
            && !program.campaigns.is_empty()
            && !uses.attributes.contains(&AttributeId(i as u32))
        {
            found.push(unused("attribute", &a.name, a.span));
        }
    }
    for (i, m) in program.messages.iter().enumerate() {
        if !uses.messages.contains(&MessageId(i as u32)) {
            found.push(unused("message", &m.name, m.span));
        }
    }
    for (i, a) in program.actions.iter().enumerate() {
        if !program.campaigns.is_empty() && !uses.actions.contains(&ActionId(i as u32)) {
            found.push(unused("action", &a.name, a.span));
        }
    }
    for (i, c) in program.channels.iter().enumerate() {
        let id = ChannelId(i as u32);
        let used =
            uses.channels.contains(&id) || program.actions.iter().any(|a| a.channel == Some(id));
        if !used {
            found.push(unused("channel", &c.name, c.span));
        }
    }
    unused_occasions(checked, &mut found);
    found
}

/// A name that means something else where it stands counts as a use: nothing false is said.
fn unused_occasions(checked: Checked<'_>, found: &mut Vec<Diagnostic>) {
    let declarations = checked.files.iter().flat_map(|f| &f.declarations);
    let mut unnamed: FxHashMap<&str, Span> = declarations
        .filter_map(|d| match &d.kind {
            DeclarationKind::Occasion(o) => Some((o.name.as_str(), o.name.span)),
            _ => None,
        })
        .collect();
    if unnamed.is_empty() {
        return;
    }
    for file in checked.files {
        file.expressions(&mut |e| {
            if let ast::ExprKind::Name(name) = &e.kind {
                unnamed.remove(name.as_str());
            }
        });
    }
    found.extend(
        unnamed
            .iter()
            .map(|(name, span)| unused("occasion", name, *span)),
    );
}

fn unused(kind: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::UNUSED_DEFINITION,
        span,
        format!("nothing uses the {kind} `{name}`"),
    )
    .help("use it, or remove it")
}

fn uses(program: &Program) -> Uses {
    let mut uses = Uses::default();
    for a in &program.attributes {
        uses.attribute(&a.kind);
    }
    for m in &program.messages {
        uses.all(&m.by);
        m.texts.iter().for_each(|t| uses.expr(&t.text));
    }
    for f in &program.figures {
        uses.expr(&f.value);
    }
    for c in &program.channels {
        uses.all(c.needs.iter().chain(&c.consent));
        uses.caps(&c.caps);
        uses.all(c.quiet.iter().filter_map(|q| q.zone.as_ref()));
    }
    for a in &program.actions {
        uses.all(&a.costs);
    }
    for c in &program.campaigns {
        uses.all(&c.audience);
        uses.all(c.favour.iter().map(|f| &f.value));
        uses.caps(&c.caps);
        uses.all(c.measures.iter().map(|m| &m.value));
        for rule in &c.rules {
            uses.rule(rule);
        }
    }
    for shared in &program.shared_caps {
        uses.group(&shared.cap.group);
    }
    for budget in &program.budgets {
        uses.group(&budget.group);
    }
    uses.all(program.pauses.iter().map(|p| &p.condition));
    for e in program.tests.iter().flat_map(|t| &t.expectations) {
        match &e.kind {
            ExpectationKind::Values { values, .. } => {
                uses.all(values.iter().map(|v| &v.actual));
            }
            ExpectationKind::Actions { actions, .. } => {
                uses.actions.extend(actions.iter().map(|a| a.action));
            }
            _ => {}
        }
    }
    uses
}

impl Uses {
    fn all<'e>(&mut self, list: impl IntoIterator<Item = &'e Expr>) {
        list.into_iter().for_each(|e| self.expr(e));
    }

    fn caps(&mut self, caps: &[Cap]) {
        caps.iter().for_each(|cap| self.group(&cap.group));
    }

    fn group(&mut self, group: &Group) {
        if let Group::ForEach { value, .. } = group {
            self.expr(value);
        }
    }

    fn attribute(&mut self, kind: &AttributeKind) {
        match kind {
            AttributeKind::Define(e) | AttributeKind::Segment(e) => self.expr(e),
            AttributeKind::TiersBy { by, .. } => self.expr(by),
            AttributeKind::FirstMatch { lines, .. } => self.all(lines.iter().map(|(c, _)| c)),
            AttributeKind::Score { lines, .. } => self.all(lines.iter().flat_map(|(c, v)| [c, v])),
            AttributeKind::Table(t) => {
                self.all(t.by.iter().chain(&t.otherwise));
                for line in &t.lines {
                    self.all(line.cells.iter().flatten());
                    self.expr(&line.value);
                }
            }
        }
    }

    fn rule(&mut self, rule: &crate::hir::Rule) {
        self.all(&rule.when);
        self.caps(&rule.caps);
        match &rule.repeat {
            Repeat::OncePer(list) => self.all(list),
            Repeat::OnceFor { path, per } => {
                self.expr(path);
                self.all(per);
            }
            _ => {}
        }
        for call in rule.thens.iter().flat_map(|t| &t.calls) {
            self.actions.insert(call.action);
            self.all(call.arguments.iter().flatten());
            match &call.target {
                Target::Subject => {}
                Target::To(e) => self.expr(e),
                Target::ToEach { many, filter } => {
                    self.all(many.base.iter().map(|b| &**b));
                    self.all(filter);
                }
            }
        }
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Attribute(id, _) => {
                self.attributes.insert(*id);
            }
            ExprKind::ReachableBy { channel, .. } => {
                self.channels.insert(*channel);
            }
            ExprKind::Message { message, .. } => {
                self.messages.insert(*message);
            }
            _ => {}
        }
        let mut below = Vec::new();
        e.operands(&mut |x| below.push(x));
        self.all(below);
    }
}

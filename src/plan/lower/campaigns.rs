//! Campaigns, their rules and actions.

use super::{Lowering, Scope};
use crate::hir::{self, ExprKind};
use crate::plan::{
    ActionCall, Argument, Arm, Campaign, Channel, Favour, Measure, Node, NodeId, Parameter, Repeat,
    Rule, Target, Then, Voice,
};
use crate::schema::{DurationKind, MessageId, RecordId, Type, Value};

impl Lowering<'_> {
    pub(super) fn campaigns(&mut self) {
        for campaign in &self.program.campaigns {
            let lowered = self.campaign(campaign);
            self.campaigns.push(lowered);
        }
        self.shared_limits();
    }

    fn campaign(&mut self, campaign: &hir::Campaign) -> Campaign {
        self.touch(campaign.record);
        let mut conditions: Vec<NodeId> = self.there(campaign.record).into_iter().collect();
        conditions.extend(
            campaign
                .audience
                .as_ref()
                .map(|audience| self.on_root(campaign.record, audience)),
        );
        let audience = (!conditions.is_empty()).then(|| self.all(conditions, campaign.span));
        Campaign {
            name: campaign.name.clone(),
            title: campaign.title.clone(),
            purpose: campaign.purpose,
            table: campaign.record.index(),
            audience,
            runs: campaign.runs,
            priority: campaign.priority,
            hold_out: campaign.hold_out,
            favour: campaign.favour.as_ref().map(|favour| Favour {
                highest: favour.highest,
                value: self.on_root(campaign.record, &favour.value),
            }),
            caps: self.caps(campaign.record, &campaign.caps),
            measures: Vec::new(),
            rules: campaign
                .rules
                .iter()
                .map(|rule| self.rule(campaign.record, rule))
                .collect(),
        }
    }

    /// What campaigns are measured by.
    pub(super) fn measures(&mut self) {
        for (place, campaign) in self.program.campaigns.iter().enumerate() {
            self.touch(campaign.record);
            let measures = campaign.measures.iter().map(|measure| Measure {
                name: measure.name.clone(),
                span: measure.value.span,
                ripe_after: ripe_after(&measure.value),
                value: self.on_root(campaign.record, &measure.value),
                ty: measure.value.ty.ty,
            });
            self.campaigns[place].measures = measures.collect();
        }
    }

    fn rule(&mut self, record: RecordId, rule: &hir::Rule) -> Rule {
        Rule {
            name: rule.name.clone(),
            title: rule.title.clone(),
            span: rule.span,
            when: rule.when.as_ref().map(|when| self.on_root(record, when)),
            instead_of: rule.instead_of.clone(),
            formerly: rule.formerly.clone(),
            repeat: self.repeat(record, &rule.repeat),
            caps: self.caps(record, &rule.caps),
            arms: rule
                .arms
                .iter()
                .map(|arm| Arm {
                    name: arm.name.clone(),
                    share: arm.share,
                })
                .collect(),
            thens: rule
                .thens
                .iter()
                .map(|then| Then {
                    arm: then.arm,
                    choice: then.choice,
                    calls: then
                        .calls
                        .iter()
                        .map(|call| self.call(record, call))
                        .collect(),
                })
                .collect(),
        }
    }

    fn repeat(&mut self, record: RecordId, repeat: &hir::Repeat) -> Repeat {
        let mut each = |list: &[hir::Expr]| list.iter().map(|e| self.on_root(record, e)).collect();
        match repeat {
            hir::Repeat::Once => Repeat::Once,
            hir::Repeat::OncePer(values) => Repeat::OncePer(each(values)),
            hir::Repeat::OnceFor { path, per } => {
                let per = each(per);
                let Type::Reference(counted) = path.ty.ty else {
                    unreachable!("`once for` takes a reference");
                };
                self.touch(counted);
                let path = self.on_root(record, path);
                Repeat::OnceFor {
                    path,
                    table: counted.index(),
                    per,
                }
            }
            hir::Repeat::AgainAfter(kind, count) => Repeat::AgainAfter(*kind, *count),
            hir::Repeat::OncePerCalendar(unit) => Repeat::OncePerCalendar(*unit),
        }
    }

    fn call(&mut self, record: RecordId, call: &hir::ActionCall) -> ActionCall {
        let action = self.program.action(call.action);
        self.touch(action.record);
        let html = action
            .channel
            .is_some_and(|id| self.program.channel(id).html);
        let parameters = action
            .parameters
            .iter()
            .zip(&call.arguments)
            .map(|(parameter, argument)| Parameter {
                name: parameter.name.clone(),
                ty: parameter.ty.ty,
                value: self.argument(record, argument.as_ref(), html),
            })
            .collect();
        let scope = Scope::root(record.index());
        let target = match &call.target {
            hir::Target::Subject => Target::Subject,
            hir::Target::To(path) => Target::To(self.expression(path, &scope)),
            hir::Target::ToEach { many, filter } => {
                let (base, by, filter) = self.each_row(many, filter.as_ref(), &scope, call.span);
                Target::ToEach { base, by, filter }
            }
        };
        ActionCall {
            action: action.name.clone(),
            parameters,
            target,
            table: action.record.index(),
            channel: action.channel.map(|id| self.channel(id)),
            cost: action
                .costs
                .as_ref()
                .map(|cost| self.on_root(action.record, cost)),
        }
    }

    fn channel(&mut self, id: crate::schema::ChannelId) -> Channel {
        let channel = self.program.channel(id);
        let each = |list: &[hir::Expr], lowering: &mut Self| {
            list.iter()
                .map(|e| lowering.on_root(channel.record, e))
                .collect()
        };
        Channel {
            name: channel.name.clone(),
            needs: each(&channel.needs, self),
            consent: each(&channel.consent, self),
            caps: self.caps(channel.record, &channel.caps),
            quiet: channel
                .quiet
                .as_ref()
                .map(|quiet| self.quiet(channel.record, quiet)),
        }
    }

    fn argument(&mut self, record: RecordId, argument: Option<&hir::Expr>, html: bool) -> Argument {
        let Some(expr) = argument else {
            return Argument::Absent;
        };
        let ExprKind::Message { message, arguments } = &expr.kind else {
            return Argument::Value(self.in_the_language(|l| l.on_root(record, expr)));
        };
        let arguments = arguments
            .iter()
            .map(|a| {
                let a = a.as_ref()?;
                Some(self.in_the_language(|l| l.on_root(record, a)))
            })
            .collect();
        Argument::Message {
            text: self.message(*message, html),
            arguments,
        }
    }

    /// The text for the target: that of its value of `by`, else the first.
    fn message(&mut self, id: MessageId, html: bool) -> NodeId {
        let message = self.program.message(id);
        let texts: Vec<NodeId> = message
            .texts
            .iter()
            .map(|text| {
                let language = text.language.clone();
                self.voice = Voice { language, html };
                let node = self.on_root(message.record, &text.text);
                self.voice = Voice::default();
                node
            })
            .collect();
        let Some(by) = &message.by else {
            return texts[0];
        };
        let by = self.on_root(message.record, by);
        let ty = self.nodes.ty(by);
        let lines = message
            .texts
            .iter()
            .zip(&texts)
            .filter_map(|(text, node)| Some((text.tag.clone()?, *node)))
            .map(|(tag, text)| {
                let tag = self.add(Node::Constant(tag), ty, message.span);
                let op = hir::CompareOp::Equal;
                let fits = Node::Compare {
                    op,
                    left: by,
                    right: tag,
                };
                (self.add(fits, Type::YesNo, message.span), text)
            })
            .collect();
        self.add(
            Node::Choose {
                lines,
                otherwise: Some(texts[0]),
            },
            Type::Text,
            message.span,
        )
    }
}

fn is_treatment(date: &hir::Expr) -> bool {
    matches!(date.kind, ExprKind::Treatment)
}

/// The longest window that begins with the treatment, or the latest day so long after it.
fn ripe_after(value: &hir::Expr) -> Option<(DurationKind, i64)> {
    let mut longest: Option<(DurationKind, i64)> = None;
    // Months of 30 days are near enough to tell the longer of two windows.
    let days = |(kind, n): (DurationKind, i64)| match kind {
        DurationKind::Months => n.saturating_mul(30),
        _ => n,
    };
    let after = |window: &hir::Window| match window {
        hir::Window::After { count, kind, date } if is_treatment(date) => Some((*kind, *count)),
        _ => None,
    };
    value.walk(&mut |e| {
        let found = match &e.kind {
            ExprKind::InWindow { window, .. } => after(window),
            ExprKind::Aggregate(aggregate) => aggregate.window.as_ref().and_then(after),
            ExprKind::Shift {
                date,
                subtract: false,
                duration,
            } if is_treatment(date) => match duration.kind {
                ExprKind::Literal(Value::Duration(DurationKind::Minutes, n)) => {
                    Some((DurationKind::Days, n.div_euclid(24 * 60) + 1))
                }
                ExprKind::Literal(Value::Duration(kind, n)) => Some((kind, n)),
                _ => None,
            },
            _ => None,
        };
        let found = found.filter(|f| longest.is_none_or(|l| days(l) < days(*f)));
        longest = found.or(longest);
    });
    longest
}

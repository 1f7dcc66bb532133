//! The explanation of rules: their conditions again, part by part, as the nodes that a run evaluates.

mod aggregates;
mod attributes;
mod personal;

use super::{Lowering, Scope};
use crate::hir::{self, CompareOp, Expr, ExprKind};
use crate::plan::{CallReasons, Node, NodeId, Reason, ReasonKind, RuleReasons};
use crate::schema::{DurationKind, RecordId, Type};
use crate::source::Span;

impl Lowering<'_> {
    /// Of every rule. After the campaigns, whose nodes these are.
    pub(super) fn explanations(&mut self) {
        for campaign in &self.program.campaigns {
            let audience = campaign.audience.as_ref();
            let there = self.there(campaign.record);
            let rules = campaign
                .rules
                .iter()
                .map(|rule| RuleReasons {
                    because: rule.because.clone(),
                    there,
                    audience: audience.map(|a| self.reason(a, campaign.record)),
                    when: rule.when.as_ref().map(|w| self.reason(w, campaign.record)),
                    calls: rule
                        .thens
                        .iter()
                        .map(|then| {
                            let calls = then.calls.iter();
                            calls
                                .map(|call| self.call_reasons(campaign.record, call))
                                .collect()
                        })
                        .collect(),
                })
                .collect();
            self.explanations.rules.push(rules);
        }
        for pause in &self.program.pauses {
            let reason = self.reason(&pause.condition, pause.record);
            self.explanations.pauses.push(reason);
        }
    }

    fn call_reasons(&mut self, record: RecordId, call: &hir::ActionCall) -> CallReasons {
        let action = self.program.action(call.action);
        let personal = call
            .arguments
            .iter()
            .map(|a| {
                a.as_ref()
                    .is_some_and(|a| self.shows_personal(a, record, record))
            })
            .collect();
        let channel = action.channel.map(|c| self.program.channel(c));
        let mut conditions = |list: &[Expr]| -> Vec<Reason> {
            list.iter().map(|e| self.reason(e, action.record)).collect()
        };
        CallReasons {
            personal,
            needs: channel.map_or_else(Vec::new, |c| conditions(&c.needs)),
            consent: channel.map_or_else(Vec::new, |c| conditions(&c.consent)),
        }
    }

    /// An expression on a row of the record, with nothing around it.
    pub(super) fn reason(&mut self, expr: &Expr, record: RecordId) -> Reason {
        if let ExprKind::Root(inner) = &expr.kind {
            let mut reason = self.reason(inner, record);
            reason.span = expr.span;
            return reason;
        }
        let node = self.expression(expr, &Scope::root(record.index()));
        Reason {
            span: expr.span,
            table: record.index(),
            node,
            kind: self.reason_kind(expr, record),
            personal: self.shows_personal(expr, record, record),
        }
    }

    fn boxed(&mut self, expr: &Expr, record: RecordId) -> Box<Reason> {
        Box::new(self.reason(expr, record))
    }

    fn reason_kind(&mut self, expr: &Expr, record: RecordId) -> ReasonKind {
        match &expr.kind {
            ExprKind::And(parts) => self.all_reason(parts, expr.span, record),
            ExprKind::Or(parts) => {
                ReasonKind::Any(parts.iter().map(|e| self.reason(e, record)).collect())
            }
            ExprKind::Not(inner) => ReasonKind::Not(self.boxed(inner, record)),
            ExprKind::Compare { op, left, right } => {
                let (left, right) = (self.boxed(left, record), self.boxed(right, record));
                let gap = self.gap(left.node, right.node, expr.span);
                ReasonKind::Compare {
                    op: *op,
                    left,
                    right,
                    gap,
                }
            }
            ExprKind::In { value, list } => ReasonKind::In {
                value: self.boxed(value, record),
                list: list.clone(),
            },
            ExprKind::TextMatch { left, right, .. } => ReasonKind::TextMatch {
                left: self.boxed(left, record),
                right: self.boxed(right, record),
            },
            ExprKind::Known(inner) => ReasonKind::Known(self.boxed(inner, record)),
            ExprKind::InWindow { value, window } => {
                let scope = Scope::root(record.index());
                let (first, last) = self.window_days(window, &scope, expr.span);
                ReasonKind::Window {
                    value: self.boxed(value, record),
                    first,
                    last,
                    recurring: matches!(value.kind, ExprKind::Recurring(_)),
                }
            }
            ExprKind::Reminder {
                offsets,
                kind,
                after,
                date,
                ..
            } => self.reminder_reason((offsets, *kind, *after), date, record, expr.span),
            ExprKind::Literal(_) => ReasonKind::Constant,
            ExprKind::Field(field) => {
                ReasonKind::Field(self.program.field(record, *field).name.clone())
            }
            ExprKind::Attribute(id, part) => {
                ReasonKind::Attribute(self.attribute_reason(id.0, *part))
            }
            ExprKind::Through {
                reference,
                record: other,
                member,
            } => ReasonKind::Through {
                reference: self.boxed(reference, record),
                member: self.boxed(member, *other),
            },
            ExprKind::Aggregate(aggregate) => {
                let reason = self.aggregate_reason(aggregate, record, expr.span);
                ReasonKind::Aggregate(Box::new(reason))
            }
            ExprKind::AsOf { value, date } => self.as_of_reason(value, date, record),
            _ => {
                let mut parts = Vec::new();
                self.sources_of(expr, record, &mut parts);
                ReasonKind::Computed(parts)
            }
        }
    }

    /// Parts of one span are one sentence: `between` has become two comparisons.
    fn all_reason(&mut self, parts: &[Expr], span: Span, record: RecordId) -> ReasonKind {
        let mut reasons: Vec<Reason> = Vec::new();
        let mut rest = parts;
        while let Some(first) = rest.first() {
            if let Some(second) = rest.get(1)
                && second.span == first.span
                && let Some(range) = self.range(first, second, record)
            {
                if parts.len() == 2 && span == first.span {
                    return range;
                }
                let nodes = [first, second].map(|e| self.on_root(record, e));
                let node = self.add(Node::And(nodes.to_vec()), Type::YesNo, first.span);
                reasons.push(Reason {
                    span: first.span,
                    table: record.index(),
                    node,
                    kind: range,
                    personal: false,
                });
                rest = &rest[2..];
                continue;
            }
            reasons.push(self.reason(first, record));
            rest = &rest[1..];
        }
        ReasonKind::All(reasons)
    }

    fn range(&mut self, from: &Expr, to: &Expr, record: RecordId) -> Option<ReasonKind> {
        let (
            ExprKind::Compare {
                op: CompareOp::GreaterEqual,
                left,
                right: low,
            },
            ExprKind::Compare {
                op,
                left: same,
                right: high,
            },
        ) = (&from.kind, &to.kind)
        else {
            return None;
        };
        if left.span != same.span {
            return None;
        }
        let below = match op {
            CompareOp::LessEqual => false,
            CompareOp::Less => true,
            _ => return None,
        };
        Some(ReasonKind::Range {
            value: self.boxed(left, record),
            low: self.boxed(low, record),
            high: self.boxed(high, record),
            below,
        })
    }

    fn reminder_reason(
        &mut self,
        (offsets, kind, after): (&[i64], DurationKind, bool),
        date: &Expr,
        record: RecordId,
        span: Span,
    ) -> ReasonKind {
        let date = self.boxed(date, record);
        let sign = if after { 1 } else { -1 };
        let days = offsets
            .iter()
            .map(|n| self.shift(date.node, sign * n, kind, span))
            .collect();
        ReasonKind::Reminder {
            date,
            offsets: offsets.to_vec(),
            kind,
            after,
            days,
        }
    }

    fn as_of_reason(&mut self, value: &Expr, date: &Expr, record: RecordId) -> ReasonKind {
        let date = self.on_root(record, date);
        let clock = self.clock_of(date);
        let before = std::mem::replace(&mut self.clock, clock);
        let value = self.boxed(value, record);
        self.clock = before;
        ReasonKind::AsOf { date, value }
    }

    /// What is lacking from one amount to another of its type.
    pub(super) fn gap(&mut self, from: NodeId, to: NodeId, span: Span) -> Option<NodeId> {
        let ty = self.nodes.ty(from);
        let amounts = matches!(ty, Type::Integer | Type::Number | Type::Money(_));
        if !amounts || self.nodes.ty(to) != ty {
            return None;
        }
        let gap = Node::Arithmetic {
            op: hir::ArithmeticOp::Subtract,
            left: to,
            right: from,
        };
        Some(self.add(gap, ty, span))
    }

    /// Fields, attributes and aggregates that a value is computed of. Kinds that have their own scopes are left
    /// out unless they are known here.
    fn sources_of(&mut self, expr: &Expr, record: RecordId, out: &mut Vec<Reason>) {
        match &expr.kind {
            ExprKind::Field(_)
            | ExprKind::Attribute(..)
            | ExprKind::Through { .. }
            | ExprKind::Aggregate(_)
            | ExprKind::AsOf { .. } => {
                let reason = self.reason(expr, record);
                out.push(reason);
            }
            ExprKind::Template(_)
            | ExprKind::Root(_)
            | ExprKind::Step(_)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare { .. }
            | ExprKind::TextMatch { .. }
            | ExprKind::In { .. }
            | ExprKind::Known(_)
            | ExprKind::Default { .. }
            | ExprKind::If { .. }
            | ExprKind::Arithmetic { .. }
            | ExprKind::Shift { .. }
            | ExprKind::Negate(_)
            | ExprKind::Widen(_)
            | ExprKind::Round { .. }
            | ExprKind::Quantity { .. }
            | ExprKind::Between { .. }
            | ExprKind::DayOf(_)
            | ExprKind::InWindow { .. }
            | ExprKind::Reminder { .. }
            | ExprKind::Recurring(_)
            | ExprKind::Call { .. } => {
                let mut operands = Vec::new();
                expr.operands(&mut |e| operands.push(e));
                for operand in operands {
                    self.sources_of(operand, record, out);
                }
            }
            _ => {}
        }
    }
}

//! Expressions, one kind after another.

use super::{Link, Lowering, Scope};
use crate::functions;
use crate::hir::{self, Expr, ExprKind, Window};
use crate::plan::{ClockId, ColumnDefinition, Node, NodeId, Recurring, TemplatePart, Voice};
use crate::schema::{RecordId, Type};
use crate::source::Span;

impl Lowering<'_> {
    pub(super) fn expression(&mut self, expr: &Expr, scope: &Scope<'_>) -> NodeId {
        let node = match &expr.kind {
            ExprKind::Root(inner) => return self.on_root_row(inner, scope),
            ExprKind::Field(field) => {
                return self.field(RecordId(scope.table as u32), *field, expr.span);
            }
            ExprKind::Attribute(id, part) => return self.attribute(*id, *part),
            ExprKind::Through {
                reference,
                record,
                member,
            } => {
                let reference = self.expression(reference, scope);
                let member_node = self.on_root(*record, member);
                return self.through(reference, *record, member_node, expr.ty.ty, expr.span);
            }
            ExprKind::AsOf { value, date } => return self.as_of(value, date, scope),
            ExprKind::InWindow { value, window } => {
                return self.in_window(value, window, scope, expr.span);
            }
            ExprKind::Aggregate(aggregate) => {
                return self.aggregate(aggregate, expr.ty.ty, scope, expr.span);
            }
            ExprKind::Population(_)
            | ExprKind::Figure(_)
            | ExprKind::LoopsThrough(_)
            | ExprKind::ReachableBy { .. } => return self.population_kind(expr, scope),
            ExprKind::Message { .. } => unreachable!("a message stands as an argument only"),
            _ => self.operation(expr, scope),
        };
        self.add(node, expr.ty.ty, expr.span)
    }

    fn each(&mut self, list: &[Expr], scope: &Scope<'_>) -> Vec<NodeId> {
        list.iter().map(|e| self.expression(e, scope)).collect()
    }

    /// What is one node over its operands.
    fn operation(&mut self, expr: &Expr, scope: &Scope<'_>) -> Node {
        let clock = self.clock;
        match &expr.kind {
            ExprKind::Literal(value) => Node::Constant(value.clone()),
            ExprKind::Today => Node::Today(clock),
            ExprKind::Now => Node::Now(clock),
            ExprKind::Row => {
                self.touch(RecordId(scope.table as u32));
                Node::Row
            }
            ExprKind::Parameter(place) => Node::Parameter(*place),
            ExprKind::Treatment => Node::Parameter(0),
            ExprKind::Not(e) => Node::Not(self.expression(e, scope)),
            ExprKind::And(list) => Node::And(self.each(list, scope)),
            ExprKind::Or(list) => Node::Or(self.each(list, scope)),
            ExprKind::Compare { op, left, right } => Node::Compare {
                op: *op,
                left: self.expression(left, scope),
                right: self.expression(right, scope),
            },
            ExprKind::TextMatch {
                op,
                ignoring_case,
                left,
                right,
            } => Node::TextMatch {
                op: *op,
                ignoring_case: *ignoring_case,
                left: self.expression(left, scope),
                right: self.expression(right, scope),
            },
            ExprKind::In { value, list } => Node::In {
                value: self.expression(value, scope),
                list: list.clone(),
            },
            ExprKind::Missing => Node::Missing,
            ExprKind::Known(e) => Node::Known(self.expression(e, scope)),
            ExprKind::Default { value, default } => Node::Default {
                value: self.expression(value, scope),
                default: self.expression(default, scope),
            },
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => Node::Choose {
                lines: vec![(
                    self.expression(condition, scope),
                    self.expression(then, scope),
                )],
                otherwise: Some(self.expression(otherwise, scope)),
            },
            ExprKind::Negate(e) => Node::Negate(self.expression(e, scope)),
            ExprKind::Widen(e) => Node::Widen(self.expression(e, scope)),
            ExprKind::Call {
                function,
                arguments,
            } => Node::Call {
                function: *function,
                arguments: self.each(arguments, scope),
            },
            ExprKind::Template(parts) => self.template(parts, scope),
            _ => self.arithmetic_or_date(expr, scope),
        }
    }

    fn arithmetic_or_date(&mut self, expr: &Expr, scope: &Scope<'_>) -> Node {
        let clock = self.clock;
        match &expr.kind {
            ExprKind::Arithmetic { op, left, right } => Node::Arithmetic {
                op: *op,
                left: self.expression(left, scope),
                right: self.expression(right, scope),
            },
            ExprKind::Shift {
                date,
                subtract,
                duration,
            } => Node::Shift {
                date: self.expression(date, scope),
                subtract: *subtract,
                duration: self.expression(duration, scope),
            },
            ExprKind::Round {
                value,
                mode,
                step,
                to_integer,
            } => Node::Round {
                value: self.expression(value, scope),
                mode: *mode,
                step: step.clone(),
                to_integer: *to_integer,
            },
            ExprKind::Quantity { factor, value, .. } => Node::Quantity {
                factor: *factor,
                value: self.expression(value, scope),
            },
            ExprKind::Between { unit, from, to } => Node::Between {
                unit: *unit,
                from: self.expression(from, scope),
                to: self.expression(to, scope),
            },
            ExprKind::Boundary { end, which, unit } => Node::Boundary {
                clock,
                end: *end,
                which: *which,
                unit: *unit,
            },
            ExprKind::DayOf(e) => Node::DayOf(self.expression(e, scope)),
            ExprKind::Recurring(recurring) => Node::Recurring {
                clock,
                days: self.recurring(recurring, scope),
            },
            ExprKind::Reminder { date, .. } => self.reminder(expr, date, scope),
            // `step`: the same node as its reminder's, so that both agree.
            ExprKind::Step(reminder) => self.reached_node(reminder, scope),
            _ => unreachable!("every other kind is lowered before"),
        }
    }

    fn recurring(&mut self, recurring: &hir::Recurring, scope: &Scope<'_>) -> Recurring {
        match recurring {
            hir::Recurring::Anniversary(date) => {
                Recurring::Anniversary(self.expression(date, scope))
            }
            hir::Recurring::LunarAnniversary(date) => {
                Recurring::LunarAnniversary(self.expression(date, scope))
            }
            hir::Recurring::Occasion(occasion) => Recurring::Occasion(occasion.clone()),
        }
    }

    /// Unknown where the date is, so that its negation does not hold either.
    fn reminder(&mut self, reminder: &Expr, date: &Expr, scope: &Scope<'_>) -> Node {
        let reached = self.reached(reminder, scope);
        if !date.ty.optional {
            return Node::Known(reached);
        }
        let date = self.expression(date, scope);
        let there = self.add(Node::Known(date), Type::YesNo, reminder.span);
        let due = self.add(Node::Known(reached), Type::YesNo, reminder.span);
        Node::Choose {
            lines: vec![(there, due)],
            otherwise: None,
        }
    }

    fn reached(&mut self, reminder: &Expr, scope: &Scope<'_>) -> NodeId {
        let node = self.reached_node(reminder, scope);
        self.add(node, Type::Integer, reminder.span)
    }

    fn reached_node(&mut self, reminder: &Expr, scope: &Scope<'_>) -> Node {
        let ExprKind::Reminder {
            offsets,
            kind,
            unit,
            after,
            date,
        } = &reminder.kind
        else {
            unreachable!("`step` holds its reminder");
        };
        let date = self.expression(date, scope);
        Node::Reached {
            clock: self.clock,
            offsets: offsets.clone(),
            kind: *kind,
            unit: *unit,
            after: *after,
            date,
        }
    }

    /// In the voice of the message that it is part of. A text within a placeholder is written in the same
    /// language, and escaped as a whole by the outer one.
    fn template(&mut self, parts: &[hir::TemplatePart], scope: &Scope<'_>) -> Node {
        let voice = self.voice.clone();
        self.voice.html = false;
        let parts = parts
            .iter()
            .map(|part| match part {
                hir::TemplatePart::Text(text) => TemplatePart::Text(text.clone()),
                hir::TemplatePart::Value(e) => {
                    let node = self.expression(e, scope);
                    TemplatePart::Value(if is_year(e) {
                        self.as_written(node, e)
                    } else {
                        node
                    })
                }
            })
            .collect();
        self.voice.html = voice.html;
        Node::Template { parts, voice }
    }

    /// As a text of no language: 2026, where a number would be 2,026.
    fn as_written(&mut self, node: NodeId, expr: &Expr) -> NodeId {
        let text = Node::Template {
            parts: vec![TemplatePart::Value(node)],
            voice: Voice::default(),
        };
        self.add(text, Type::Text, expr.span)
    }

    /// Lowers what does not belong to the message at hand, and so is written as in data.
    pub(super) fn in_no_voice<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let voice = std::mem::take(&mut self.voice);
        let lowered = lower(self);
        self.voice = voice;
        lowered
    }

    /// Lowers an argument of an action: its texts are written as the workspace's language does.
    pub(super) fn in_the_language<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let language = self.program.workspace.language.clone();
        self.voice = Voice {
            language,
            html: false,
        };
        let lowered = lower(self);
        self.voice = Voice::default();
        lowered
    }

    /// A member of another row. What costs more than a look-up is computed once for all rows there.
    pub(super) fn through(
        &mut self,
        reference: NodeId,
        record: RecordId,
        member: NodeId,
        ty: Type,
        span: Span,
    ) -> NodeId {
        self.touch(record);
        let table = record.index();
        let cheap = self.by_treatment
            || matches!(
                self.nodes.get(member),
                Node::Field(_)
                    | Node::Column(_)
                    | Node::Row
                    | Node::Constant(_)
                    | Node::Missing
                    | Node::Today(_)
                    | Node::Now(_)
                    | Node::Scalar(_)
                    | Node::Through { .. }
            );
        let member = if cheap {
            member
        } else {
            let column = self.column(ColumnDefinition::Expression {
                table,
                node: member,
            });
            self.add(Node::Column(column), ty, span)
        };
        self.add(
            Node::Through {
                reference,
                table,
                member,
            },
            ty,
            span,
        )
    }

    /// From an inner row out to the root row.
    fn on_root_row(&mut self, expr: &Expr, scope: &Scope<'_>) -> NodeId {
        let Some((outer, link)) = scope.outer else {
            return self.expression(expr, scope);
        };
        let node = self.on_root_row(expr, outer);
        self.step_out(node, scope, outer.table, link, expr.span)
    }

    /// A node of the outer row, seen from the inner one.
    pub(super) fn step_out(
        &mut self,
        node: NodeId,
        inner: &Scope<'_>,
        outer_table: usize,
        link: Link,
        span: Span,
    ) -> NodeId {
        let ty = self.nodes.ty(node);
        if matches!(
            self.nodes.get(node),
            Node::Constant(_) | Node::Today(_) | Node::Now(_) | Node::Scalar(_)
        ) {
            return node;
        }
        match link {
            Link::Outer => self.add(Node::Outer(node), ty, span),
            Link::Back(by) => {
                let outer = RecordId(outer_table as u32);
                let reference = Type::Reference(outer);
                debug_assert!(inner.table < self.fields.len());
                let reference = self.add(Node::Field(by), reference, span);
                self.through(reference, outer, node, ty, span)
            }
        }
    }

    fn as_of(&mut self, value: &Expr, date: &Expr, scope: &Scope<'_>) -> NodeId {
        let day = self.expression(date, scope);
        let clock = self.clock_of(day);
        let before = (self.clock, self.by_treatment);
        self.clock = clock;
        self.by_treatment |= super::aggregates::mentions_argument(date);
        let node = self.expression(value, scope);
        (self.clock, self.by_treatment) = before;
        node
    }

    /// The clock that shows a day.
    pub(super) fn clock_of(&mut self, date: NodeId) -> ClockId {
        let date = Some(date);
        let known = self.clocks.iter().position(|c| *c == date);
        let place = known.unwrap_or_else(|| {
            self.clocks.push(date);
            self.clocks.len() - 1
        });
        ClockId(place as u32)
    }

    fn in_window(
        &mut self,
        value: &Expr,
        window: &Window,
        scope: &Scope<'_>,
        span: Span,
    ) -> NodeId {
        let days = self.window_days(window, scope, span);
        if let ExprKind::Recurring(recurring) = &value.kind {
            let node = Node::RecurringWithin {
                days: self.recurring(recurring, scope),
                from: days.0,
                to: days.1,
            };
            return self.add(node, Type::YesNo, span);
        }
        let value = self.expression(value, scope);
        self.within(value, days, span)
    }
}

/// Whether a number is a year, which no language groups.
fn is_year(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { function, .. } if functions::get(*function).name == "year")
}

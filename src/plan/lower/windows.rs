//! Windows as first and last day, both in.

use super::{Lowering, Scope};
use crate::hir::{CompareOp, Window};
use crate::plan::{Node, NodeId};
use crate::schema::{DurationKind, Type, Value};
use crate::source::Span;

impl Lowering<'_> {
    /// First and last day of a window; `scope` is the row that its `D` stands on.
    pub(super) fn window_days(
        &mut self,
        window: &Window,
        scope: &Scope<'_>,
        span: Span,
    ) -> (NodeId, NodeId) {
        match window {
            Window::Today => {
                let today = self.today(span);
                (today, today)
            }
            // The N days that end today begin N - 1 days ago; the N months, on the day after the same day
            // N months ago.
            Window::Last { count, kind } => {
                let today = self.today(span);
                let before = self.shift(today, -count, *kind, span);
                (self.shift(before, 1, DurationKind::Days, span), today)
            }
            Window::Next { count, kind } => {
                let today = self.today(span);
                let after = self.shift(today, *count, *kind, span);
                (today, self.shift(after, -1, DurationKind::Days, span))
            }
            Window::Calendar { which, unit } => {
                let (clock, which, unit) = (self.clock, *which, *unit);
                let boundary = |end| Node::Boundary {
                    clock,
                    end,
                    which,
                    unit,
                };
                let first = self.add(boundary(false), Type::Date, span);
                (first, self.add(boundary(true), Type::Date, span))
            }
            Window::After { count, kind, date } => {
                let date = self.expression(date, scope);
                let last = self.shift(date, *count, *kind, span);
                (self.shift(date, 1, DurationKind::Days, span), last)
            }
            Window::Before { count, kind, date } => {
                let date = self.expression(date, scope);
                let first = self.shift(date, -count, *kind, span);
                (first, self.shift(date, -1, DurationKind::Days, span))
            }
        }
    }

    /// Whether a day lies from `first` to `last`.
    pub(super) fn within(
        &mut self,
        day: NodeId,
        (first, last): (NodeId, NodeId),
        span: Span,
    ) -> NodeId {
        let compare = |op, right| Node::Compare {
            op,
            left: day,
            right,
        };
        if first == last {
            return self.add(compare(CompareOp::Equal, first), Type::YesNo, span);
        }
        let from = self.add(compare(CompareOp::GreaterEqual, first), Type::YesNo, span);
        let to = self.add(compare(CompareOp::LessEqual, last), Type::YesNo, span);
        self.add(Node::And(vec![from, to]), Type::YesNo, span)
    }

    pub(super) fn today(&mut self, span: Span) -> NodeId {
        self.add(Node::Today(self.clock), Type::Date, span)
    }

    pub(super) fn shift(
        &mut self,
        date: NodeId,
        count: i64,
        kind: DurationKind,
        span: Span,
    ) -> NodeId {
        let duration = Node::Constant(Value::Duration(kind, count));
        let duration = self.add(duration, Type::Duration(kind), span);
        self.add(
            Node::Shift {
                date,
                subtract: false,
                duration,
            },
            self.nodes.ty(date),
            span,
        )
    }
}

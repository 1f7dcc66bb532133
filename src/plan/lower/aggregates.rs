//! Aggregates: computed once for all holders where they can be, row by row where they look at a row that
//! the aggregated one does not refer to.

use super::{Link, Lowering, Scope};
use crate::hir::{self, AggregateOp, Expr, ExprKind, ManyPath, Window};
use crate::plan::{Aggregate, ColumnDefinition, Node, NodeId, TemplatePart, Voice, WindowReason};
use crate::schema::{FieldId, RecordId, Type};
use crate::source::Span;

impl Lowering<'_> {
    pub(super) fn aggregate(
        &mut self,
        aggregate: &hir::Aggregate,
        ty: Type,
        scope: &Scope<'_>,
        span: Span,
    ) -> NodeId {
        let many = &aggregate.many;
        let by = self.read(many.record, many.by);
        self.touch(many.holder);
        let link = self.link(aggregate, by, scope);
        let table = many.record.index();
        let outer = link.map(|link| (scope, link));
        let inner = Scope { table, outer };
        let value = aggregate.value.as_ref().map(|v| self.expression(v, &inner));
        let lists = matches!(aggregate.op, AggregateOp::List | AggregateOp::DistinctList);
        let value = match lists {
            true => value.map(|v| self.as_text(v, span)),
            false => value,
        };
        let filter = aggregate
            .filter
            .as_ref()
            .map(|f| self.expression(f, &inner));
        let there = self.rows_there(aggregate, &inner, scope, span);
        let dated = self
            .program
            .record(many.record)
            .dated_by
            .map(|f| self.read(many.record, f));
        let correlated = link == Some(Link::Outer);
        let base = match (&many.base, correlated) {
            (Some(base), true) => Some(self.expression(base, scope)),
            _ => None,
        };
        let lowered = Aggregate {
            op: aggregate.op,
            number: aggregate.number,
            between: if lists { self.list_mark() } else { "" },
            table,
            by,
            base,
            value,
            filter,
            there,
            dated,
            ty,
        };
        if correlated {
            return self.add(Node::Correlated(Box::new(lowered)), ty, span);
        }
        let holder = many.holder.index();
        let column = self.column(ColumnDefinition::Aggregate {
            table: holder,
            aggregate: lowered,
        });
        let node = self.add(Node::Column(column), ty, span);
        match &many.base {
            None => node,
            Some(base) => {
                let base = self.expression(base, scope);
                self.through(base, many.holder, node, ty, span)
            }
        }
    }

    /// A value as a text without a language writes it.
    fn as_text(&mut self, value: NodeId, span: Span) -> NodeId {
        if self.nodes.ty(value) == Type::Text {
            return value;
        }
        let parts = vec![TemplatePart::Value(value)];
        let voice = Voice::default();
        self.add(Node::Template { parts, voice }, Type::Text, span)
    }

    /// What stands between the entries of a list: Chinese and Japanese have a mark of their own.
    pub(super) fn list_mark(&self) -> &'static str {
        let language = self.program.workspace.language.as_ref();
        match language.map(|l| l.tag()) {
            Some(tag) if tag.starts_with("zh") || tag.starts_with("ja") => "、",
            _ => ", ",
        }
    }

    /// How the aggregated row looks back; `None` where it does not.
    pub(super) fn link(
        &self,
        aggregate: &hir::Aggregate,
        by: usize,
        scope: &Scope<'_>,
    ) -> Option<Link> {
        if self.by_treatment {
            return Some(Link::Outer);
        }
        let dated_window = matches!(
            aggregate.window,
            Some(Window::After { .. } | Window::Before { .. })
        );
        let parts = aggregate.value.iter().chain(&aggregate.filter);
        let window_date = aggregate.window.as_ref().and_then(Window::date);
        if parts.clone().chain(window_date).any(mentions_argument) {
            return Some(Link::Outer);
        }
        let root = parts.into_iter().any(mentions_root);
        let window_root = window_date.is_some_and(mentions_root);
        if !(dated_window || root) {
            return None;
        }
        let far = scope.passes_outer() && (root || window_root);
        let direct = aggregate.many.base.is_none() && !far;
        Some(if direct { Link::Back(by) } else { Link::Outer })
    }

    /// Which aggregated rows are looked at: those that are there, in the window.
    fn rows_there(
        &mut self,
        aggregate: &hir::Aggregate,
        inner: &Scope<'_>,
        outer: &Scope<'_>,
        span: Span,
    ) -> Option<NodeId> {
        let mut conditions: Vec<NodeId> = self.there(aggregate.many.record).into_iter().collect();
        let window = self.window_of(aggregate, inner, outer, span);
        conditions.extend(window.map(|w| w.inside));
        (!conditions.is_empty()).then(|| self.all(conditions, span))
    }

    /// An aggregate's window: whether a row lies in it, and its days.
    pub(super) fn window_of(
        &mut self,
        aggregate: &hir::Aggregate,
        inner: &Scope<'_>,
        outer: &Scope<'_>,
        span: Span,
    ) -> Option<WindowReason> {
        let window = aggregate.window.as_ref()?;
        let (first, last) = self.window_days(window, outer, span);
        let days = match inner.outer {
            Some((_, link)) => (
                self.step_out(first, inner, outer.table, link, span),
                self.step_out(last, inner, outer.table, link, span),
            ),
            None => (first, last),
        };
        let day = self.dated_day(aggregate.many.record, span);
        Some(WindowReason {
            inside: self.within(day, days, span),
            first,
            last,
        })
    }

    /// The day that windows of a record's rows go by.
    pub(super) fn dated_day(&mut self, record: RecordId, span: Span) -> NodeId {
        let field: FieldId = self
            .program
            .record(record)
            .dated_by
            .expect("windows need `dated by`");
        let node = self.raw_field(record, field, span);
        match self.nodes.ty(node) {
            Type::DateTime => self.add(Node::DayOf(node), Type::Date, span),
            _ => node,
        }
    }

    /// A `many` path as the target of actions: base, table, reference back, filter.
    pub(super) fn each_row(
        &mut self,
        many: &ManyPath,
        filter: Option<&Expr>,
        scope: &Scope<'_>,
        span: Span,
    ) -> (Option<NodeId>, usize, Option<NodeId>) {
        let by = self.read(many.record, many.by);
        self.touch(many.holder);
        let base = many.base.as_ref().map(|b| self.expression(b, scope));
        let inner = Scope {
            table: many.record.index(),
            outer: Some((scope, Link::Outer)),
        };
        let mut conditions: Vec<NodeId> = self.there(many.record).into_iter().collect();
        conditions.extend(filter.map(|f| self.expression(f, &inner)));
        let filter = (!conditions.is_empty()).then(|| self.all(conditions, span));
        (base, by, filter)
    }
}

/// Whether an expression has another value for each call or treatment, so that no column can hold it.
pub(super) fn mentions_argument(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |e| {
        found |= matches!(e.kind, ExprKind::Parameter(_) | ExprKind::Treatment);
    });
    found
}

/// Whether an expression of an aggregated row goes back to the root row.
fn mentions_root(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |e| found |= matches!(e.kind, ExprKind::Root(_)));
    found
}

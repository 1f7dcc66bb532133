//! The explanation of an aggregate: which rows it looks at, and what it takes of each.

use crate::hir;
use crate::plan::AggregateReason;
use crate::plan::lower::{Lowering, Scope};
use crate::schema::RecordId;
use crate::source::Span;

impl Lowering<'_> {
    /// The aggregate has been lowered on this record's rows before.
    pub(super) fn aggregate_reason(
        &mut self,
        aggregate: &hir::Aggregate,
        record: RecordId,
        span: Span,
    ) -> AggregateReason {
        let many = &aggregate.many;
        let outer = Scope::root(record.index());
        let by = self.read(many.record, many.by);
        let link = self.link(aggregate, by, &outer);
        let inner = Scope {
            table: many.record.index(),
            outer: link.map(|link| (&outer, link)),
        };
        let value = aggregate.value.as_ref();
        let filter = aggregate.filter.as_ref();
        let dated = self.program.record(many.record).dated_by.is_some();
        AggregateReason {
            op: aggregate.op,
            number: aggregate.number,
            base: many.base.as_ref().map(|b| self.reason(b, record)),
            rows: many.record.index(),
            by,
            there: self.there(many.record),
            window: self.window_of(aggregate, &inner, &outer, span),
            filter: filter.map(|f| (self.expression(f, &inner), f.span)),
            value: value.map(|v| self.expression(v, &inner)),
            value_span: value.map(|v| v.span),
            value_personal: value.is_some_and(|v| self.shows_personal(v, many.record, record)),
            day: dated.then(|| self.dated_day(many.record, span)),
        }
    }
}

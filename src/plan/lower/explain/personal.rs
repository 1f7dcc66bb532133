//! Which values show personal fields: the field itself, what picks one of its values, and texts and days that
//! are made of it. Counts, sums and conditions do not.

use crate::hir::{AggregateOp, AttributeKind, Expr, ExprKind, MessageText, TemplatePart};
use crate::plan::lower::Lowering;
use crate::schema::{RecordId, Type};

impl Lowering<'_> {
    /// `record` is the one of the current row, `root` that of the definition or rule.
    pub(super) fn shows_personal(&mut self, expr: &Expr, record: RecordId, root: RecordId) -> bool {
        match &expr.kind {
            ExprKind::Field(field) => self.program.field(record, *field).personal,
            ExprKind::Attribute(id, crate::hir::Part::Value) => self.attribute_shows_personal(id.0),
            ExprKind::Root(inner) => self.shows_personal(inner, root, root),
            ExprKind::Through {
                record: other,
                member,
                ..
            } => self.shows_personal(member, *other, *other),
            ExprKind::Negate(e) | ExprKind::Widen(e) | ExprKind::Round { value: e, .. } => {
                self.shows_personal(e, record, root)
            }
            ExprKind::Default { value, default } => {
                self.shows_personal(value, record, root)
                    || self.shows_personal(default, record, root)
            }
            ExprKind::If {
                then, otherwise, ..
            } => {
                self.shows_personal(then, record, root)
                    || self.shows_personal(otherwise, record, root)
            }
            ExprKind::Aggregate(aggregate) => {
                let made = matches!(
                    aggregate.op,
                    AggregateOp::Count
                        | AggregateOp::Sum
                        | AggregateOp::Average
                        | AggregateOp::DistinctCount
                        | AggregateOp::Any
                        | AggregateOp::No
                        | AggregateOp::AtLeast
                        | AggregateOp::AtMost
                        | AggregateOp::Exactly
                );
                let value = aggregate.value.as_ref().filter(|_| !made);
                value.is_some_and(|v| self.shows_personal(v, aggregate.many.record, root))
            }
            ExprKind::Template(parts) => parts.iter().any(|part| match part {
                TemplatePart::Text(_) => false,
                TemplatePart::Value(e) => self.shows_personal(e, record, root),
            }),
            ExprKind::Message { message, arguments } => {
                let message = self.program.message(*message);
                let texts = message.texts.iter();
                let own = |text: &MessageText| {
                    self.shows_personal(&text.text, message.record, message.record)
                };
                texts.into_iter().any(own)
                    || arguments
                        .iter()
                        .flatten()
                        .any(|a| self.shows_personal(a, record, root))
            }
            ExprKind::AsOf { value, .. } => self.shows_personal(value, record, root),
            ExprKind::Shift { date, .. } => self.shows_personal(date, record, root),
            ExprKind::DayOf(e) => self.shows_personal(e, record, root),
            ExprKind::Recurring(recurring) => recurring
                .date()
                .is_some_and(|e| self.shows_personal(e, record, root)),
            ExprKind::Call { arguments, .. } => {
                matches!(expr.ty.ty, Type::Text | Type::Date | Type::DateTime)
                    && arguments
                        .iter()
                        .any(|a| self.shows_personal(a, record, root))
            }
            _ => false,
        }
    }

    pub(super) fn attribute_shows_personal(&mut self, place: u32) -> bool {
        if let Some(known) = self.personal.get(&place) {
            return *known;
        }
        let attribute = &self.program.attributes[place as usize];
        let record = attribute.record;
        let shows = match &attribute.kind {
            AttributeKind::Define(e) => self.shows_personal(e, record, record),
            AttributeKind::Table(table) => {
                let values = table.lines.iter().map(|l| &l.value).chain(&table.otherwise);
                values
                    .into_iter()
                    .any(|v| self.shows_personal(v, record, record))
            }
            AttributeKind::Segment(_)
            | AttributeKind::TiersBy { .. }
            | AttributeKind::FirstMatch { .. }
            | AttributeKind::Score { .. } => false,
        };
        self.personal.insert(place, shows);
        shows
    }
}

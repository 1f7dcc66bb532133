//! `count of`, `sum of`, `any of` and their like over a list of rows.

use super::expressions::{flag, is_unknown, unknown};
use super::{Checker, KeyUse, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AggregateOp as Op, ExprKind as H, RecordSource, Ty};
use crate::schema::{RecordId, Type};
use crate::source::Span;
use crate::syntax::ast;

impl<'a> Checker<'a> {
    pub(super) fn aggregate(
        &mut self,
        aggregate: &'a ast::Aggregate,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let reported = self.diagnostics.len();
        let number = aggregate.number.as_ref().map(|n| self.whole_number(n, 0));
        let window = aggregate.window.as_ref().map(|w| self.window(w, scope));
        let Some((many, rest)) = self.many_path(&aggregate.path, scope) else {
            return unknown(span);
        };
        let inner = scope.inside(many.record);
        let op = aggregate.op.node;
        let value = match self.row_value(many.record, &rest) {
            None if matches!(op, Op::First | Op::Last) => {
                self.whole_row(many.record, aggregate.path.span)
            }
            value => value,
        };
        let filter = aggregate.filter.as_ref().map(|f| self.condition(f, inner));
        if window.is_some() {
            self.needs_date(
                many.record,
                aggregate.window.as_ref().map_or(span, |w| w.span),
            );
        }
        if matches!(op, Op::First | Op::Last) {
            self.needs_date(many.record, aggregate.op.span);
        }
        let failed = self.diagnostics.len() > reported
            || value.as_ref().is_some_and(is_unknown)
            || filter.as_ref().is_some_and(is_unknown)
            || matches!(window, Some(None));
        if failed {
            // Its type is often clear all the same, but a mistake inside is said once.
            return unknown(span);
        }
        let Some(ty) = self.aggregate_type(aggregate, many.record, value.as_ref()) else {
            return unknown(span);
        };
        let (value, filter) = as_conditions(op, value, filter);
        let window = window.flatten();
        // Where the row that has the list is not known, nobody knows what is counted.
        let base_may_be_missing = many.base.as_ref().is_some_and(|b| b.ty.optional);
        let optional = ty.optional
            || base_may_be_missing
            || (matches!(op, Op::Any | Op::No)
                && (filter.as_ref().is_some_and(|f| f.ty.optional)
                    || window
                        .as_ref()
                        .and_then(super::windows::window_date)
                        .is_some_and(|d| d.ty.optional)));
        let kind = H::Aggregate(Box::new(hir::Aggregate {
            op,
            number: number.flatten(),
            many,
            value,
            window,
            filter,
        }));
        hir::Expr::new(
            kind,
            Ty {
                ty: ty.ty,
                optional,
            },
            span,
        )
    }

    /// What is left of a path after its list, on a row of it.
    fn row_value(&mut self, record: RecordId, rest: &[ast::Name]) -> Option<hir::Expr> {
        let (first, more) = rest.split_first()?;
        let mut value = self.own_member(record, first, first.span);
        for name in more {
            value = self.member_of(value, name, name.span);
        }
        Some(value)
    }

    /// A row itself, as a reference; `None` of what was done, whose rows have no names.
    fn whole_row(&mut self, record: RecordId, span: Span) -> Option<hir::Expr> {
        if matches!(
            self.records[record.index()].source,
            RecordSource::Done { .. }
        ) {
            return None;
        }
        self.key_uses.push((record, span, KeyUse::Ordering));
        let ty = Ty::known(Type::Reference(record));
        Some(hir::Expr::new(H::Row, ty, span))
    }

    fn needs_date(&mut self, record: RecordId, span: Span) {
        if self.records[record.index()].dated_by.is_some() {
            return;
        }
        let declaration = self.record_declarations[record.index()].1;
        if declaration.dated_by.is_some() {
            return;
        }
        let name = self.record_name(record).to_string();
        self.report(
            Diagnostic::new(
                &codes::UNDATED_RECORD,
                span,
                format!("`{name}` does not say when its rows happened"),
            )
            .also(declaration.name.span, "declared here")
            .help(format!(
                "write `dated by` and a date field in its header: `record {name} dated by …`"
            )),
        );
    }

    /// The type of the result, which depends on what is aggregated.
    fn aggregate_type(
        &mut self,
        aggregate: &'a ast::Aggregate,
        record: RecordId,
        value: Option<&hir::Expr>,
    ) -> Option<Ty> {
        let op = aggregate.op.node;
        match op {
            Op::Count | Op::DistinctCount if op == Op::Count || value.is_some() => {
                Some(Ty::known(Type::Integer))
            }
            Op::Any | Op::No | Op::AtLeast | Op::AtMost | Op::Exactly => {
                if let Some(v) = value
                    && v.ty.ty != Type::YesNo
                {
                    let is = self.describe(v.ty.ty);
                    return self.wrong_value(
                        v.span,
                        format!("rows are counted here, and this is {is}"),
                        "name the list alone, and put the condition after `where`",
                    );
                }
                Some(Ty::known(Type::YesNo))
            }
            _ => {
                let Some(value) = value else {
                    return self.value_needed(op, record, aggregate.path.span);
                };
                self.value_type_of(op, value)
            }
        }
    }

    pub(super) fn value_type_of(&mut self, op: Op, value: &hir::Expr) -> Option<Ty> {
        let ty = value.ty.ty;
        let amount = matches!(
            ty,
            Type::Integer | Type::Number | Type::Percent | Type::Money(_)
        );
        let day = matches!(ty, Type::Date | Type::DateTime);
        let is = self.describe(ty);
        match op {
            Op::Sum if amount => Some(Ty::known(ty)),
            Op::Average if ty == Type::Integer => Some(Ty::optional(Type::Number)),
            Op::Average if amount => Some(Ty::optional(ty)),
            Op::Sum | Op::Average => self.wrong_value(
                value.span,
                format!("numbers and money are summed, and this is {is}"),
                "name a field that is a number or money",
            ),
            Op::Highest | Op::Lowest => match ty {
                _ if amount => Some(Ty::optional(ty)),
                Type::Time | Type::Duration(_) => Some(Ty::optional(ty)),
                Type::Enum(set) if self.enums[set.index()].ordered => Some(Ty::optional(ty)),
                _ if day => {
                    let word = if op == Op::Highest {
                        "latest of"
                    } else {
                        "earliest of"
                    };
                    self.wrong_value(
                        value.span,
                        "dates are neither high nor low".to_string(),
                        &format!("write `{word}`"),
                    )
                }
                _ => self.wrong_value(
                    value.span,
                    format!("this is {is}, which has no highest or lowest"),
                    "name a field that is a number or money",
                ),
            },
            Op::Earliest | Op::Latest if day => Some(Ty::optional(ty)),
            Op::Earliest | Op::Latest => self.wrong_value(
                value.span,
                format!("only dates are early or late, and this is {is}"),
                "write `lowest of` or `highest of`; for the value of the last row, `last of`",
            ),
            _ if ty == Type::Message => None,
            Op::List | Op::DistinctList => Some(Ty::optional(Type::Text)),
            _ => Some(Ty::optional(ty)),
        }
    }

    fn wrong_value<T>(&mut self, span: Span, message: String, help: &str) -> Option<T> {
        self.report(Diagnostic::new(&codes::TYPE_MISMATCH, span, message).help(help));
        None
    }

    /// A number of the record, else any value.
    fn an_own_field(&self, record: RecordId) -> String {
        let fields = self.records[record.index()].fields.iter();
        let mut values = fields.filter_map(|f| match f.ty {
            hir::FieldType::Value(ty) => Some((ty, &f.name)),
            hir::FieldType::Many { .. } => None,
        });
        let amount = |ty: Type| matches!(ty, Type::Integer | Type::Number | Type::Money(_));
        let found = values.clone().find(|(ty, _)| amount(*ty));
        let found = found.or_else(|| values.next_back());
        found.map_or("amount".to_string(), |(_, name)| name.clone())
    }

    fn value_needed<T>(&mut self, op: Op, record: RecordId, span: Span) -> Option<T> {
        let path = self.sources.slice(span).to_string();
        let dated = self.records[record.index()].dated_by;
        let example = match (op, dated) {
            (Op::Earliest | Op::Latest, Some(f)) => self.field(record, f).name.clone(),
            (Op::List | Op::DistinctList, _) => "name".to_string(),
            _ => self.an_own_field(record),
        };
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                span,
                "these are whole rows, and one of their values is needed",
            )
            .help(format!("name the value too, as in `{path}.{example}`")),
        );
        None
    }
}

/// `count of rows.value` counts those where it is known; `any of rows.flag` those where it is true.
fn as_conditions(
    op: Op,
    value: Option<hir::Expr>,
    filter: Option<hir::Expr>,
) -> (Option<hir::Expr>, Option<hir::Expr>) {
    let more = match (op, value) {
        (Op::Count, Some(v)) => {
            let span = v.span;
            flag(H::Known(Box::new(v)), false, span)
        }
        (Op::Any | Op::No | Op::AtLeast | Op::AtMost | Op::Exactly, Some(v)) => v,
        (_, value) => return (value, filter),
    };
    let filter = match filter {
        None => more,
        Some(f) => {
            let (optional, span) = (f.ty.optional || more.ty.optional, f.span);
            flag(H::And(vec![more, f]), optional, span)
        }
    };
    (None, Some(filter))
}

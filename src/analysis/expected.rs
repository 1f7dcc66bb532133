//! What a test expects of deliveries, costs, values and figures.

use super::Checker;
use super::expressions::is_unknown;
use super::names::suggest;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, Delivery, Expected};
use crate::schema::{Decimal, FigureId, RecordId, Type, Value};
use crate::syntax::ast::{self, ExprKind as A};

impl<'a> Checker<'a> {
    pub(super) fn delivery(&mut self, said: &'a [ast::ExpectedDelivery]) -> Option<Delivery> {
        let mut found = None;
        for delivery in said {
            let one = match delivery {
                ast::ExpectedDelivery::AtOnce => Some(Delivery::AtOnce),
                ast::ExpectedDelivery::After(e) => match self.literal(e, Type::DateTime) {
                    Some(Value::DateTime(moment)) => Some(Delivery::After(moment)),
                    _ => None,
                },
            };
            found = one.or(found);
        }
        found
    }

    pub(super) fn expected_cost(
        &mut self,
        action: &hir::Action,
        expected: &'a ast::ExpectedAction,
    ) -> Option<Decimal> {
        let e = expected.costs.last()?;
        if action.costs.is_none() {
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                e.span,
                format!("`{}` does not say what it costs", action.name),
            );
            self.report(d.help("add `costs …` to the action, or leave it out here"));
            return None;
        }
        let currency = self.workspace.currency?;
        match self.literal(e, Type::Money(currency)) {
            Some(Value::Money(amount, _)) => Some(amount),
            _ => None,
        }
    }

    pub(super) fn expected_figure(
        &mut self,
        f: &'a ast::ExpectedFigure,
    ) -> Option<hir::ExpectedFigure> {
        let Some(place) = self.figure_names.get(&f.name) else {
            if !self.is_lost(&f.name) {
                let near = nearest(&f.name, self.figure_names.names()).map(str::to_string);
                let d = Diagnostic::new(
                    &codes::UNKNOWN_NAME,
                    f.name.span,
                    format!("there is no figure `{}`", f.name),
                );
                let d = match near {
                    Some(_) => suggest(d, f.name.span, near.as_deref()),
                    None => d.help(format!("declare it: `figure {} = …`", f.name)),
                };
                self.report(d);
            }
            return None;
        };
        let figure = self.figures[place as usize].as_ref()?;
        let ty = figure.value.ty.ty;
        let groups = figure
            .groups
            .as_ref()
            .map(|g| (g.key.ty.ty, g.words.clone()));
        let group = match (&f.group, groups) {
            (None, None) => None,
            (Some(e), Some((key, _))) => match (&e.kind, key) {
                (A::Name(n), _) if n == "missing" => None,
                (_, Type::Reference(record)) => {
                    Some(Value::Text(self.key_text(e, Some(record))?.into()))
                }
                (_, key) => Some(self.literal(e, key)?),
            },
            (None, Some((_, words))) => {
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    f.name.span,
                    format!(
                        "`{}` has a value for each `{words}`, and this does not say which",
                        f.name
                    ),
                );
                self.report(d.help(format!(
                    "write `{} for …`, with a value of `{words}`",
                    f.name
                )));
                return None;
            }
            (Some(e), None) => {
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    e.span,
                    format!("`{}` has one value, not one for each of something", f.name),
                );
                self.report(d.help("remove the `for …`"));
                return None;
            }
        };
        Some(hir::ExpectedFigure {
            span: f.span,
            figure: FigureId(place),
            group,
            expected: self.expected(&f.expected, ty)?,
        })
    }

    fn expected(&mut self, expected: &'a ast::Expectation, ty: Type) -> Option<Expected> {
        Some(match expected {
            ast::Expectation::Missing => Expected::Missing,
            ast::Expectation::Known => Expected::Known,
            ast::Expectation::Equals(e) => match &e.kind {
                A::Name(n) if n == "missing" => Expected::Missing,
                _ => Expected::Value(self.literal(e, ty)?),
            },
        })
    }

    pub(super) fn expected_value(
        &mut self,
        record: RecordId,
        v: &'a ast::ExpectedValue,
    ) -> Option<hir::ExpectedValue> {
        let (first, rest) = v.path.split_first()?;
        let mut actual = self.own_member(record, first, first.span);
        for name in rest {
            actual = self.member_of(actual, name, first.span.to(name.span));
        }
        if is_unknown(&actual) {
            return None;
        }
        if let Type::Reference(r) = actual.ty.ty {
            actual = self.key_of(actual, r);
        }
        let expected = self.expected(&v.expected, actual.ty.ty)?;
        let names: Vec<&str> = v.path.iter().map(|n| n.as_str()).collect();
        Some(hir::ExpectedValue {
            span: v.span,
            name: names.join("."),
            actual,
            expected,
        })
    }
}

//! Tests: what is given, what is expected.

use super::declarations::never;
use super::printer::Printer;
use crate::source::Spanned;
use crate::syntax::ast::*;

impl Printer<'_> {
    pub fn test(&mut self, test: &Test) {
        self.body(&test.clauses, never, |p, clause| p.test_clause(clause));
    }

    fn test_clause(&mut self, clause: &Spanned<TestClause>) {
        match &clause.node {
            TestClause::TodayIs(value) | TestClause::NowIs(value) => self.hanging(value),
            TestClause::Given { fields, .. } => self.given_row(fields),
            TestClause::GivenDone {
                subject,
                on,
                per,
                actions,
                ..
            } => {
                self.hanging(subject);
                self.hanging(on);
                self.values(per);
                if !actions.is_empty() {
                    self.expected_actions(actions);
                }
            }
            TestClause::GivenLevel {
                level,
                subject,
                since,
                ..
            } => {
                self.to(level.span.start);
                self.sign();
                self.hanging(subject);
                self.hanging(since);
            }
            TestClause::GivenHeldOut { subject, .. }
            | TestClause::GivenVariant { subject, .. }
            | TestClause::ExpectNo { subject, .. } => self.hanging(subject),
            TestClause::ExpectNothing { target } => self.hanging(target),
            TestClause::ExpectActions {
                subject, actions, ..
            } => {
                self.hanging(subject);
                self.expected_actions(actions);
            }
            TestClause::ExpectFigures { figures } => {
                for (i, figure) in figures.iter().enumerate() {
                    if i > 0 {
                        self.wrap();
                    }
                    self.indent(|p| {
                        if let Expectation::Equals(expected) = &figure.expected {
                            p.hanging(expected);
                        }
                        p.to(figure.span.end);
                    });
                    if i + 1 < figures.len() {
                        self.through(",");
                    }
                }
                self.last_comma(false);
            }
            TestClause::ExpectValues { key, values, .. } => {
                self.hanging(key);
                self.wrapped(values, |p, value| {
                    if let Expectation::Equals(expected) = &value.expected {
                        p.hanging(expected);
                    }
                    p.to(value.span.end);
                });
            }
        }
        self.to(clause.span.end);
    }

    fn expected_actions(&mut self, actions: &[ExpectedAction]) {
        self.wrapped(actions, |p, action| {
            p.to(action.action.span.end);
            p.arguments(&action.arguments);
            p.to(action.span.end);
        });
    }

    /// `{ a: 1, b: 2 }`; further lines begin below the first field.
    fn given_row(&mut self, fields: &[(Name, Expr)]) {
        self.through("{");
        if fields.is_empty() {
            self.tight();
            return self.through("}");
        }
        self.to(fields[0].0.span.start);
        self.group(|p| {
            p.space();
            p.align(|p| {
                p.tight();
                for (i, (_, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        p.fill();
                    }
                    p.hanging(value);
                    if i + 1 < fields.len() {
                        p.comma();
                    }
                }
                p.last_comma(false);
            });
            p.through("}");
        });
    }

    /// After `:`, as many a line as fit.
    fn wrapped<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.through(":");
        for (i, item) in items.iter().enumerate() {
            self.wrap();
            // A call that breaks does so below the line that it stands on.
            self.indent(|p| print(p, item));
            if i + 1 < items.len() {
                self.through(",");
            }
        }
        self.last_comma(false);
    }
}

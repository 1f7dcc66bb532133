//! `test` blocks: rows and expectations.

use super::names::{Table, list, suggest};
use super::{Checker, Member};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExpectationKind, TestClock};
use crate::schema::{ActionId, FieldId, RecordId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind, Expr, ExprKind as A, Name, TestClause};

impl<'a> Checker<'a> {
    pub(super) fn check_tests(&mut self) {
        let mut titles = Table::default();
        for d in self.declarations() {
            if let DeclarationKind::Test(t) = &d.kind {
                if let Err(first) = titles.insert(&t.title, 0) {
                    self.duplicate("a test", &t.title, first);
                }
                self.test(t);
            }
        }
    }

    fn test(&mut self, t: &'a ast::Test) {
        let mut clock = None;
        let mut test = hir::Test {
            title: t.title.node.clone(),
            span: t.title.span,
            clock: TestClock::Now(0),
            given: Vec::new(),
            done: Vec::new(),
            held_out: Vec::new(),
            variants: Vec::new(),
            levels: Vec::new(),
            expectations: Vec::new(),
        };
        for clause in &t.clauses {
            match &clause.node {
                TestClause::TodayIs(e) => {
                    let day = self.literal_day(e).map(TestClock::Today);
                    self.clock(&mut clock, day, clause.span);
                }
                TestClause::NowIs(e) => {
                    let now = match self.literal(e, Type::DateTime) {
                        Some(Value::DateTime(m)) => Some(TestClock::Now(m)),
                        _ => None,
                    };
                    self.clock(&mut clock, now, clause.span);
                }
                TestClause::Given { record, fields } => {
                    let row = self.given(record, fields, clause.span);
                    test.given.extend(row);
                }
                given @ (TestClause::GivenDone { .. }
                | TestClause::GivenHeldOut { .. }
                | TestClause::GivenVariant { .. }
                | TestClause::GivenLevel { .. }) => {
                    self.given_past(given, clause.span, &mut test);
                }
                expect => {
                    let kind = self.expectation(expect);
                    test.expectations.extend(kind.map(|kind| hir::Expectation {
                        span: clause.span,
                        kind,
                    }));
                }
            }
        }
        // A line of the test that could not be read may have said it.
        let span = self.test_span(t.title.span);
        let unread = self.files.iter().flat_map(|f| &f.broken);
        let unread = unread.into_iter().any(|b| span.contains(b.span));
        if clock.is_none() && !unread {
            let d = Diagnostic::new(
                &codes::CLOCK_UNSTATED,
                t.title.span,
                "this test does not say which day it is",
            );
            self.report(d.help("add `today is 2026-11-21`, or `now is …` with a time"));
        }
        test.clock = clock.flatten().unwrap_or(test.clock);
        if clock.flatten().is_some() {
            self.nothing_of_the_future(&test);
        }
        self.tests.push(test);
    }

    /// The declaration around a test's title.
    fn test_span(&self, title: Span) -> Span {
        let around = self.declarations().find(|d| d.span.contains(title));
        around.map_or(title, |d| d.span)
    }

    fn clock(
        &mut self,
        clock: &mut Option<Option<TestClock>>,
        value: Option<TestClock>,
        span: Span,
    ) {
        if clock.is_some() {
            let d = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                span,
                "the day of a test is said twice",
            );
            self.report(d.help("keep one of them"));
        }
        *clock = Some(value);
    }

    fn given(
        &mut self,
        record: &'a Name,
        fields: &'a [(Name, Expr)],
        span: Span,
    ) -> Option<hir::Given> {
        let r = self.record_named(record)?;
        let count = self.records[r.index()].fields.len();
        let mut values: Vec<Option<Value>> = vec![None; count];
        let mut named: Vec<Option<Span>> = vec![None; count];
        let mut complete = true;
        for (name, e) in fields {
            let Some(f) = self.given_field(r, name) else {
                complete = false;
                continue;
            };
            if let Some(first) = named[f.index()] {
                self.duplicate("a value for", name, first);
                continue;
            }
            named[f.index()] = Some(name.span);
            let hir::FieldType::Value(ty) = self.field(r, f).ty else {
                continue;
            };
            values[f.index()] = self.literal(e, ty);
        }
        let mut wanting = Vec::new();
        for (i, field) in self.records[r.index()].fields.iter().enumerate() {
            if named[i].is_some() || !matches!(field.ty, hir::FieldType::Value(_)) {
                continue;
            }
            match &field.default {
                Some(v) => values[i] = Some(v.clone()),
                None if field.optional => {}
                None => wanting.push(field.name.clone()),
            }
        }
        if complete && !wanting.is_empty() && !self.is_lost(record) && !self.is_torn(r) {
            let names = list(wanting.iter().map(String::as_str));
            let d = Diagnostic::new(
                &codes::INCOMPLETE_ROW,
                record.span,
                format!("this `{record}` lacks {names}"),
            );
            self.report(d.help("give every field that is neither optional nor has a default"));
        }
        Some(hir::Given {
            span,
            record: r,
            values,
        })
    }

    fn given_field(&mut self, r: RecordId, name: &Name) -> Option<FieldId> {
        match self.member(r, name) {
            Some(Member::Field(f)) => {
                if matches!(self.field(r, f).ty, hir::FieldType::Many { .. }) {
                    let d = Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        name.span,
                        format!(
                            "`{name}` is a list of rows; it is made of the rows that refer to this one"
                        ),
                    );
                    self.report(d.help("give those rows by a `given` of their own"));
                    return None;
                }
                Some(f)
            }
            Some(Member::Attribute(_)) => {
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    name.span,
                    format!("`{name}` is computed, and cannot be given"),
                );
                self.report(d.help("give the fields that it is computed from"));
                None
            }
            None => {
                let near = self.nearest_field(r, name);
                if !self.is_lost(name) && !self.is_torn(r) {
                    let d = Diagnostic::new(
                        &codes::UNKNOWN_NAME,
                        name.span,
                        format!("`{}` has no field `{name}`", self.record_name(r)),
                    );
                    let fields = self.records[r.index()].fields.iter();
                    let help = match near {
                        Some(_) => None,
                        None => Some(format!(
                            "its fields are {}",
                            list(fields.map(|f| f.name.as_str()))
                        )),
                    };
                    self.report(suggest(d, name.span, near.as_deref()).help_opt(help));
                }
                None
            }
        }
    }

    fn expectation(&mut self, clause: &'a TestClause) -> Option<ExpectationKind> {
        match clause {
            TestClause::ExpectActions {
                campaign,
                rule,
                subject,
                only,
                actions,
            } => {
                let found = self.known_rule(campaign, rule);
                let record = found.and_then(|(c, _)| self.subject_record(c));
                let subject = self.key_text(subject, record);
                let actions = actions
                    .iter()
                    .filter_map(|a| self.expected_action(a))
                    .collect();
                let (campaign, rule) = found?;
                Some(ExpectationKind::Actions {
                    campaign,
                    rule,
                    subject: subject?,
                    only: *only,
                    actions,
                })
            }
            TestClause::ExpectNo {
                campaign,
                rule,
                subject,
                because,
            } => {
                let found = self.known_rule(campaign, rule);
                let record = found.and_then(|(c, _)| self.subject_record(c));
                let subject = self.key_text(subject, record);
                let because = because.as_ref().and_then(|b| self.stage(b));
                let (campaign, rule) = found?;
                Some(ExpectationKind::NoRule {
                    campaign,
                    rule,
                    subject: subject?,
                    because,
                })
            }
            TestClause::ExpectNothing { target } => Some(ExpectationKind::Nothing {
                target: self.key_text(target, None)?,
            }),
            TestClause::ExpectFigures { figures } => Some(ExpectationKind::Figures(
                figures
                    .iter()
                    .filter_map(|f| self.expected_figure(f))
                    .collect(),
            )),
            TestClause::ExpectValues {
                record,
                key,
                values,
            } => {
                let r = self.record_named(record)?;
                let key = self.key_text(key, Some(r));
                let values = values
                    .iter()
                    .filter_map(|v| self.expected_value(r, v))
                    .collect();
                Some(ExpectationKind::Values {
                    record: r,
                    key: key?,
                    values,
                })
            }
            _ => None,
        }
    }

    pub(super) fn subject_record(
        &mut self,
        campaign: crate::schema::CampaignId,
    ) -> Option<RecordId> {
        let (_, c) = self.campaign_declarations[campaign.index()];
        self.record_names.get(&c.record).map(RecordId)
    }

    pub(super) fn expected_action(
        &mut self,
        a: &'a ast::ExpectedAction,
    ) -> Option<hir::ExpectedAction> {
        let place = self.action_place(&a.action)?;
        let action = self.actions.get(place as usize)?.clone()?;
        let to = a.to.as_ref().map(|e| self.key_text(e, Some(action.record)));
        let mut arguments = Vec::new();
        let mut next = 0;
        for argument in &a.arguments {
            let at = match &argument.name {
                None => {
                    next += 1;
                    Some(next - 1).filter(|i| *i < action.parameters.len())
                }
                Some(name) => action.parameters.iter().position(|p| p.name == name.node),
            };
            let Some(at) = at else {
                let names = action.parameters.iter().map(|p| p.name.as_str());
                let d = Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    argument.name.as_ref().map_or(argument.span, |n| n.span),
                    format!("`{}` has no such parameter", a.action),
                );
                let near = argument
                    .name
                    .as_ref()
                    .and_then(|n| nearest(n, names.clone()));
                let span = argument.name.as_ref().map_or(argument.span, |n| n.span);
                let d = suggest(d, span, near);
                self.report(d.help_opt(Some(format!("it takes {}", list(names)))));
                continue;
            };
            let missing = matches!(&argument.value.kind, A::Name(n) if n == "missing");
            let value = if missing {
                None
            } else {
                match self.literal(&argument.value, action.parameters[at].ty.ty) {
                    Some(v) => Some(v),
                    None => continue,
                }
            };
            arguments.push((at, value));
        }
        Some(hir::ExpectedAction {
            span: a.span,
            action: ActionId(place),
            arguments,
            to: to.flatten(),
            delivery: self.delivery(&a.deliveries),
            cost: self.expected_cost(&action, a),
        })
    }
}

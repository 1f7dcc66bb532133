//! `test` blocks.

use super::{Builder, Node, only, parts, words};
use crate::source::Spanned;
use crate::syntax::Rule;
use crate::syntax::ast::*;

impl Builder<'_> {
    pub fn test(&mut self, node: Node<'_>) -> Test {
        let mut p = parts(node);
        let title = self.plain_text(p.must());
        let mut clauses = Vec::new();
        for n in p {
            let span = self.span(&n);
            clauses.push(Spanned::new(self.test_clause(only(n)), span));
        }
        Test { title, clauses }
    }

    fn test_clause(&mut self, node: Node<'_>) -> TestClause {
        let rule = node.as_rule();
        let mut p = parts(node);
        match rule {
            Rule::today_is => TestClause::TodayIs(self.operand(p.must())),
            Rule::now_is => TestClause::NowIs(self.operand(p.must())),
            Rule::given => {
                let record = self.name(p.must());
                let fields = p.map(|n| {
                    let mut p = parts(n);
                    (self.name(p.must()), self.expr(p.must()))
                });
                TestClause::Given {
                    record,
                    fields: fields.collect(),
                }
            }
            Rule::given_done => {
                let (campaign, rule) = self.rule_name(p.must());
                let (subject, on) = (self.atom(p.must()), self.operand(p.must()));
                let per = p.want(Rule::per_values);
                let per = per.map(|n| self.per_values(n)).unwrap_or_default();
                let actions = p.next().map(|n| {
                    let actions = parts(n).map(|n| self.expected_action(n));
                    actions.collect()
                });
                TestClause::GivenDone {
                    actions: actions.unwrap_or_default(),
                    campaign,
                    rule,
                    subject,
                    on,
                    per,
                }
            }
            Rule::given_held_out => TestClause::GivenHeldOut {
                subject: self.atom(p.must()),
                campaign: self.name(p.must()),
            },
            Rule::given_variant => {
                let variant = self.name(p.must());
                let (campaign, rule) = self.rule_name(p.must());
                TestClause::GivenVariant {
                    variant,
                    campaign,
                    rule,
                    subject: self.atom(p.must()),
                }
            }
            Rule::given_level => TestClause::GivenLevel {
                attribute: self.name(p.must()),
                level: match p.want(Rule::level_number) {
                    Some(n) => {
                        let digits = n.as_str().chars().filter(|c| !c.is_whitespace());
                        Spanned::new(digits.collect(), self.span(&n))
                    }
                    None => self.name(p.must()),
                },
                record: p.want(Rule::level_record).map(|n| self.name(only(n))),
                subject: self.atom(p.must()),
                since: self.operand(p.must()),
            },
            _ => self.expectation(rule, p),
        }
    }

    fn expectation(&mut self, rule: Rule, mut p: super::Parts<'_>) -> TestClause {
        match rule {
            Rule::expect_no => {
                let (campaign, rule) = self.rule_name(p.must());
                let subject = self.atom(p.must());
                let because = p
                    .next()
                    .map(only)
                    .map(|n| Spanned::new(words(&n), self.span(&n)));
                TestClause::ExpectNo {
                    campaign,
                    rule,
                    subject,
                    because,
                }
            }
            Rule::expect_nothing => TestClause::ExpectNothing {
                target: self.atom(p.must()),
            },
            Rule::expect_actions => {
                let (campaign, rule) = self.rule_name(p.must());
                let subject = self.atom(p.must());
                let only = p.want(Rule::only).is_some();
                let actions = p.map(|n| self.expected_action(n)).collect();
                TestClause::ExpectActions {
                    campaign,
                    rule,
                    subject,
                    only,
                    actions,
                }
            }
            Rule::expect_figures => TestClause::ExpectFigures {
                figures: p.map(|n| self.expected_figure(n)).collect(),
            },
            _ => {
                let (record, key) = (self.name(p.must()), self.atom(p.must()));
                let values = p.map(|n| self.expected_value(n)).collect();
                TestClause::ExpectValues {
                    record,
                    key,
                    values,
                }
            }
        }
    }

    fn rule_name(&mut self, node: Node<'_>) -> (Name, Name) {
        let mut p = parts(node);
        (self.name(p.must()), self.name(p.must()))
    }

    fn expected_action(&mut self, node: Node<'_>) -> ExpectedAction {
        let span = self.span(&node);
        let mut p = parts(node);
        let action = self.name(p.must());
        let arguments = p
            .want(Rule::arguments)
            .map(|n| self.arguments(n))
            .unwrap_or_default();
        let to = p.want(Rule::expected_to).map(|n| self.atom(only(n)));
        let (mut deliveries, mut costs) = (Vec::new(), Vec::new());
        for said in p {
            if said.as_rule() == Rule::expected_cost {
                costs.push(self.atom(only(said)));
                continue;
            }
            let said = only(said);
            deliveries.push(match said.as_rule() {
                Rule::delivered_after => ExpectedDelivery::After(self.atom(only(said))),
                _ => ExpectedDelivery::AtOnce,
            });
        }
        ExpectedAction {
            span,
            action,
            arguments,
            to,
            deliveries,
            costs,
        }
    }

    fn expected_figure(&mut self, node: Node<'_>) -> ExpectedFigure {
        let span = self.span(&node);
        let mut p = parts(node);
        let name = self.name(p.must());
        let group = p.want(Rule::figure_group).map(|n| self.atom(only(n)));
        ExpectedFigure {
            span,
            name,
            group,
            expected: self.expected(p.must()),
        }
    }

    fn expected(&mut self, value: Node<'_>) -> Expectation {
        match value.as_rule() {
            Rule::known => Expectation::Known,
            Rule::missing => Expectation::Missing,
            _ => Expectation::Equals(self.operand(value)),
        }
    }

    fn expected_value(&mut self, node: Node<'_>) -> ExpectedValue {
        let span = self.span(&node);
        let mut p = parts(node);
        let mut path = Vec::new();
        while let Some(n) = p.want(Rule::name) {
            path.push(self.name(n));
        }
        let expected = self.expected(p.must());
        ExpectedValue {
            span,
            path,
            expected,
        }
    }
}

//! Campaigns, rules and what they do.

use super::limits::purpose_of;
use super::{Builder, Node, only, parts};
use crate::source::Spanned;
use crate::syntax::Rule;
use crate::syntax::ast::*;

impl Builder<'_> {
    pub fn campaign(&mut self, node: Node<'_>) -> Campaign {
        let mut p = parts(node);
        let name = self.name(p.must());
        let title = p.want(Rule::text).map(|n| self.plain_text(n));
        let record = self.name(p.must());
        let mut items = Vec::new();
        for n in p {
            let span = self.span(&n);
            items.push(match n.as_rule() {
                Rule::rule_block => CampaignItem::Rule(self.rule(n)),
                _ => CampaignItem::Clause(Spanned::new(self.campaign_clause(only(n)), span)),
            });
        }
        Campaign {
            name,
            title,
            record,
            items,
        }
    }

    fn campaign_clause(&mut self, node: Node<'_>) -> CampaignClause {
        match node.as_rule() {
            Rule::goal => CampaignClause::Goal(self.plain_text(only(node))),
            Rule::theme => CampaignClause::Theme(self.plain_text(only(node))),
            Rule::owner => CampaignClause::Owner(self.plain_text(only(node))),
            Rule::purpose => CampaignClause::Purpose(purpose_of(&only(node))),
            Rule::audience => CampaignClause::Audience(self.expr(only(node))),
            Rule::runs => {
                let mut p = parts(node);
                let from = self.operand(p.must());
                CampaignClause::Runs {
                    from,
                    to: p.next().map(|n| self.operand(n)),
                }
            }
            Rule::budget => CampaignClause::Budget(self.budget(node)),
            Rule::priority => {
                let n = only(node);
                let span = self.span(&n);
                CampaignClause::Priority(Spanned::new(self.integer(&n), span))
            }
            Rule::hold_out => CampaignClause::HoldOut(self.percent(only(node))),
            Rule::favour => {
                let mut p = parts(node);
                let highest = p.must().as_str().starts_with("highest");
                CampaignClause::Favour {
                    highest,
                    value: self.operand(p.must()),
                }
            }
            Rule::at_most => CampaignClause::AtMost(self.at_most(node)),
            _ => {
                let mut p = parts(node);
                CampaignClause::Measure {
                    name: self.name(p.must()),
                    value: self.expr(p.must()),
                }
            }
        }
    }

    fn rule(&mut self, node: Node<'_>) -> crate::syntax::ast::Rule {
        let span = self.span(&node);
        let docs = self.docs(span);
        let mut p = parts(node);
        let name = self.name(p.must());
        let title = p.want(Rule::text).map(|n| self.plain_text(n));
        let (mut instead_of, mut formerly, mut clauses) = (Vec::new(), None, Vec::new());
        for n in p {
            let at = self.span(&n);
            match n.as_rule() {
                Rule::instead_of => instead_of.extend(self.names(n)),
                Rule::formerly => {
                    let twice = formerly.replace(self.name(only(n))).is_some();
                    self.once_only(twice, at, "a rule has one `formerly`");
                }
                _ => clauses.push(Spanned::new(self.rule_clause(only(n)), at)),
            }
        }
        crate::syntax::ast::Rule {
            docs,
            span,
            name,
            title,
            instead_of,
            formerly,
            clauses,
        }
    }

    fn rule_clause(&mut self, node: Node<'_>) -> RuleClause {
        match node.as_rule() {
            Rule::because => RuleClause::Because(self.plain_text(only(node))),
            Rule::when => RuleClause::When(self.expr(only(node))),
            Rule::repeat => RuleClause::Repeat(self.repeat(only(node))),
            Rule::at_most => RuleClause::AtMost(self.at_most(node)),
            _ => RuleClause::Then(self.then(only(node))),
        }
    }

    fn repeat(&mut self, node: Node<'_>) -> Repeat {
        if node.as_rule() == Rule::again {
            return Repeat::AgainAfter(self.operand(only(node)));
        }
        let Some(inner) = parts(node).next() else {
            return Repeat::Once;
        };
        if inner.as_rule() == Rule::once_for {
            let mut p = parts(inner);
            let path = self.atom(p.must());
            return Repeat::OnceFor {
                path,
                per: self.per_values(p.must()),
            };
        }
        let span = self.span(&inner);
        let per = only(inner);
        match per.as_rule() {
            Rule::calendar_period => Repeat::OncePerCalendar(self.calendar_unit(only(per))),
            Rule::bare_once => {
                let unit = only(per);
                self.bare_period(&unit, span);
                Repeat::OncePerCalendar(self.calendar_unit(unit))
            }
            _ => Repeat::OncePer(parts(per).map(|n| self.operand(n)).collect()),
        }
    }

    /// `per E, F`
    pub fn per_values(&mut self, node: Node<'_>) -> Vec<Expr> {
        parts(only(node)).map(|n| self.operand(n)).collect()
    }

    fn then(&mut self, node: Node<'_>) -> Then {
        match node.as_rule() {
            Rule::calls => Then::Actions(self.calls(node)),
            Rule::first_reachable => Then::FirstReachable(self.calls(node)),
            _ => Then::Split(parts(node).map(|n| self.arm(n)).collect()),
        }
    }

    fn calls(&mut self, node: Node<'_>) -> Vec<ActionCall> {
        parts(node).map(|n| self.action_call(n)).collect()
    }

    fn arm(&mut self, node: Node<'_>) -> Arm {
        let span = self.span(&node);
        let mut p = parts(node);
        let share = self.percent(p.must());
        let name = p.want(Rule::name).map(|n| self.name(n));
        let calls = p
            .want(Rule::calls)
            .map(|n| self.calls(n))
            .unwrap_or_default();
        Arm {
            span,
            share,
            name,
            calls,
        }
    }

    fn action_call(&mut self, node: Node<'_>) -> ActionCall {
        let span = self.span(&node);
        let mut p = parts(node);
        let action = self.name(p.must());
        let arguments = self.arguments(p.must());
        let target = p.next().map(|n| self.target(only(n)));
        ActionCall {
            span,
            action,
            arguments,
            target,
        }
    }

    fn target(&mut self, node: Node<'_>) -> Target {
        if node.as_rule() == Rule::atom {
            return Target::To(self.atom(node));
        }
        let mut p = parts(node);
        let path = self.atom(p.must());
        Target::ToEach {
            path,
            filter: p.next().map(|n| self.expr(only(n))),
        }
    }
}

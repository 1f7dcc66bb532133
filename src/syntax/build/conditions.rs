//! Conditions: `if`, `and`/`or`/`not`, comparisons.

use super::attributes::compare_op;
use super::expressions::make;
use super::limits::time_unit;
use super::{Builder, Node, Parts, only, parts, words};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::source::{Span, Spanned};
use crate::syntax::Rule;
use crate::syntax::ast::*;

impl Builder<'_> {
    pub fn expr(&mut self, node: Node<'_>) -> Expr {
        let inner = only(node);
        if inner.as_rule() == Rule::if_expr {
            let span = self.span(&inner);
            return self.if_rest(only(inner), span);
        }
        self.logic(inner)
    }

    fn if_rest(&mut self, node: Node<'_>, span: Span) -> Expr {
        let mut p = parts(node);
        let condition = Box::new(self.expr(p.must()));
        let then = Box::new(self.expr(p.must()));
        let Some(last) = p.next() else {
            let kind = ExprKind::If {
                condition,
                then,
                otherwise: None,
            };
            return make(span, kind);
        };
        let at = self.span(&last);
        let otherwise = match last.as_rule() {
            Rule::else_word => {
                self.foreign(at, "otherwise");
                self.expr(p.must())
            }
            Rule::else_if => {
                let mut p = parts(last);
                let word = p.must();
                self.foreign(self.span(&word), "otherwise if");
                self.if_rest(p.must(), at)
            }
            _ => self.expr(last),
        };
        make(
            span,
            ExprKind::If {
                condition,
                then,
                otherwise: Some(Box::new(otherwise)),
            },
        )
    }

    /// Another language's word, where ours is `good`.
    pub fn foreign(&mut self, span: Span, good: &str) {
        let message = format!("write `{good}`, not `{}`", self.source(span));
        self.report(
            Diagnostic::new(&codes::FOREIGN_NOTATION, span, message).fix(
                format!("write `{good}`"),
                span,
                good,
            ),
        );
    }

    fn logic(&mut self, node: Node<'_>) -> Expr {
        // Operands, and the word before each but the first.
        let mut operands: Vec<Expr> = Vec::new();
        let mut or_before: Vec<Spanned<bool>> = Vec::new();
        let mut nots: Vec<Span> = Vec::new();
        for n in parts(node) {
            let span = self.span(&n);
            match n.as_rule() {
                Rule::not_word => nots.push(span),
                Rule::logic_word => {
                    or_before.push(Spanned::new(n.as_str().starts_with("or"), span))
                }
                _ => {
                    let mut e = self.comparison(n);
                    for not in nots.drain(..).rev() {
                        e = make(not.to(e.span), ExprKind::Not(Box::new(e)));
                    }
                    operands.push(e);
                }
            }
        }
        let ors = or_before.iter().filter(|o| o.node).count();
        let span = operands[0].span.to(operands[operands.len() - 1].span);
        match (operands.len(), ors) {
            (1, _) => operands.remove(0),
            (_, 0) => make(span, ExprKind::And(operands)),
            (n, ors) if ors == n - 1 => make(span, ExprKind::Or(operands)),
            _ => self.mixed(operands, &or_before, span),
        }
    }

    /// `a and b or c`: the `and` parts are taken to belong together, as they would with a fix applied.
    fn mixed(&mut self, operands: Vec<Expr>, or_before: &[Spanned<bool>], span: Span) -> Expr {
        let first = or_before[0];
        let other = or_before
            .iter()
            .find(|o| o.node != first.node)
            .unwrap_or(&first)
            .span;
        let mut edits = Vec::new();
        let mut alternatives: Vec<Vec<Expr>> = vec![Vec::new()];
        for (i, operand) in operands.into_iter().enumerate() {
            if i > 0 && or_before[i - 1].node {
                alternatives.push(Vec::new());
            }
            let last = alternatives.len() - 1;
            alternatives[last].push(operand);
        }
        let mut ors = Vec::new();
        for mut group in alternatives {
            if group.len() == 1 {
                ors.append(&mut group);
                continue;
            }
            let at = group[0].span.to(group[group.len() - 1].span);
            edits.push(Edit {
                span: at.at_start(),
                text: "(".into(),
            });
            edits.push(Edit {
                span: at.at_end(),
                text: ")".into(),
            });
            ors.push(make(
                at,
                ExprKind::Paren(Box::new(make(at, ExprKind::And(group)))),
            ));
        }
        let mut diagnostic = Diagnostic::new(&codes::MIXED_AND_OR, other, "`and` and `or` are mixed without parentheses")
            .label("or this one?")
            .also(first.span, "does this one go first")
            .help("put what belongs together in parentheses, or list the conditions in `all of (…)` and `any of (…)`");
        diagnostic.fix = Some(Fix {
            message: "put the `and` part in parentheses".into(),
            edits,
            safe: false,
        });
        self.report(diagnostic);
        make(span, ExprKind::Or(ors))
    }

    fn comparison(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut p = parts(node);
        let value = self.operand(p.must());
        match p.next() {
            Some(tail) => self.tail(value, only(tail), span),
            None => value,
        }
    }

    fn tail(&mut self, value: Expr, node: Node<'_>, span: Span) -> Expr {
        let rule = node.as_rule();
        let at = self.span(&node);
        let said = words(&node);
        let mut p = parts(node);
        let left = Box::new(value);
        let kind = match rule {
            Rule::compare_tail => {
                let op = p.must();
                let op = Spanned::new(compare_op(op.as_str().trim()), self.span(&op));
                return self.compare(left, op, false, p, span);
            }
            Rule::is_tail => return self.is_tail(left, at, p, span),
            Rule::at_least_tail => {
                return self.spoken(left, ">=", at, CompareOp::GreaterEqual, p, span);
            }
            Rule::in_tail => return self.in_tail(left, p, span),
            Rule::between_tail => ExprKind::Between {
                value: left,
                low: Box::new(self.operand(p.must())),
                high: Box::new(self.operand(p.must())),
            },
            Rule::range_tail => ExprKind::FromToBelow {
                value: left,
                low: Box::new(self.operand(p.must())),
                high: Box::new(self.operand(p.must())),
            },
            Rule::text_tail => {
                let op = match &said {
                    s if s.starts_with("contains") => TextOp::Contains,
                    s if s.starts_with("starts") => TextOp::StartsWith,
                    _ => TextOp::EndsWith,
                };
                let right = Box::new(self.operand(p.must()));
                ExprKind::TextMatch {
                    op,
                    ignoring_case: p.next().is_some(),
                    left,
                    right,
                }
            }
            _ => ExprKind::Moved {
                tiers: left,
                rose: said == "rose",
            },
        };
        make(span, kind)
    }

    fn compare(
        &mut self,
        left: Box<Expr>,
        op: Spanned<CompareOp>,
        words: bool,
        mut p: Parts<'_>,
        span: Span,
    ) -> Expr {
        let right = Box::new(self.operand(p.must()));
        if p.want(Rule::ignoring_case).is_some() {
            let op = match op.node {
                CompareOp::NotEqual => TextOp::NotEquals,
                CompareOp::Equal => TextOp::Equals,
                _ => {
                    let message = "`ignoring case` goes with `=`, `!=`, `contains`, `starts with` and `ends with`";
                    self.error(&codes::SYNTAX, op.span, message);
                    TextOp::Equals
                }
            };
            return make(
                span,
                ExprKind::TextMatch {
                    op,
                    ignoring_case: true,
                    left,
                    right,
                },
            );
        }
        if matches!(op.node, CompareOp::Equal | CompareOp::NotEqual) {
            match &right.kind {
                ExprKind::YesNo(yes) => {
                    let holds = *yes == (op.node == CompareOp::Equal);
                    // `= true` is one mistake, not two.
                    if self
                        .diagnostics
                        .last()
                        .is_some_and(|d| d.span == right.span)
                    {
                        self.diagnostics.pop();
                    }
                    return self.flag_comparison(left, holds, span);
                }
                ExprKind::Name(n) if n == "null" && self.source(right.span) == "null" => {
                    let known = op.node == CompareOp::NotEqual;
                    let written = op.span.to(right.span);
                    self.foreign(written, if known { "is known" } else { "is missing" });
                    return make(span, ExprKind::Known { value: left, known });
                }
                _ => {}
            }
        }
        make(
            span,
            ExprKind::Compare {
                op,
                words,
                left,
                right,
            },
        )
    }

    /// `refunded = yes` says no more than `refunded`.
    fn flag_comparison(&mut self, left: Box<Expr>, yes: bool, span: Span) -> Expr {
        let simple = matches!(
            left.kind,
            ExprKind::Name(_)
                | ExprKind::Member { .. }
                | ExprKind::Call { .. }
                | ExprKind::Paren(_)
        );
        let flag = self.source(left.span);
        let good = match (yes, simple) {
            (true, _) => flag.to_string(),
            (false, true) => format!("not {flag}"),
            (false, false) => format!("not ({flag})"),
        };
        self.report(
            Diagnostic::new(
                &codes::FLAG_COMPARISON,
                span,
                format!("a yes/no is a condition already: write `{good}`"),
            )
            .fix(format!("write `{good}`"), span, good),
        );
        if yes {
            *left
        } else {
            make(span, ExprKind::Not(left))
        }
    }

    fn is_tail(&mut self, left: Box<Expr>, at: Span, mut p: Parts<'_>, span: Span) -> Expr {
        let negated = p.want(Rule::not_word).is_some();
        let kind = match p.peek() {
            Some(Rule::known) => ExprKind::Known {
                value: left,
                known: !negated,
            },
            Some(Rule::missing) => ExprKind::Known {
                value: left,
                known: negated,
            },
            Some(Rule::is_today) => ExprKind::IsToday {
                value: left,
                negated,
            },
            Some(Rule::spoken_tail) => {
                let n = p.must();
                let said = words(&n);
                let (mark, op) = match said.split(' ').next() {
                    Some("more" | "greater") => (">", CompareOp::Greater),
                    Some("less") => ("<", CompareOp::Less),
                    _ if said.starts_with("at least") => (">=", CompareOp::GreaterEqual),
                    _ => ("<=", CompareOp::LessEqual),
                };
                let inner = self.spoken(left, mark, at, op, parts(n), span);
                return if negated {
                    make(span, ExprKind::Not(Box::new(inner)))
                } else {
                    inner
                };
            }
            _ => {
                let op = if negated {
                    CompareOp::NotEqual
                } else {
                    CompareOp::Equal
                };
                let word = Span {
                    end: at.start + 2,
                    ..at
                };
                return self.compare(left, Spanned::new(op, word), true, p, span);
            }
        };
        make(span, kind)
    }

    /// `membership is at least gold`
    fn spoken(
        &mut self,
        left: Box<Expr>,
        mark: &str,
        at: Span,
        op: CompareOp,
        mut p: Parts<'_>,
        span: Span,
    ) -> Expr {
        let right = Box::new(self.operand(p.must()));
        let written = Span {
            end: right.span.start,
            ..at
        };
        let said = self.source(written).trim_end();
        let written = Span {
            end: at.start + said.len() as u32,
            ..at
        };
        self.foreign(written, mark);
        make(
            span,
            ExprKind::Compare {
                op: Spanned::new(op, written),
                words: false,
                left,
                right,
            },
        )
    }

    fn in_tail(&mut self, value: Box<Expr>, mut p: Parts<'_>, span: Span) -> Expr {
        let negated = p.want(Rule::not_word).is_some();
        let n = p.must();
        if n.as_rule() == Rule::window {
            let window = self.window(n);
            return make(
                span,
                ExprKind::InWindow {
                    value,
                    negated,
                    window,
                },
            );
        }
        let at = self.span(&n);
        let mut list = Vec::new();
        for item in parts(n) {
            if item.as_rule() == Rule::days_around {
                return self.in_days_around(value, negated, list, item, at, span);
            }
            list.push(self.expr(item));
        }
        make(
            span,
            ExprKind::In {
                value,
                negated,
                list,
            },
        )
    }

    /// `in (n) days after D`
    fn in_days_around(
        &mut self,
        value: Box<Expr>,
        negated: bool,
        mut list: Vec<Expr>,
        node: Node<'_>,
        at: Span,
        span: Span,
    ) -> Expr {
        let mut p = parts(node);
        let unit = time_unit(&p.must());
        let after = p.must().as_str().starts_with("after");
        let date = Box::new(self.word_operand(p.must()));
        if list.len() != 1 {
            self.error(
                &codes::SYNTAX,
                at,
                "one number of days stands before `after` or `before`",
            );
        }
        let count = Box::new(list.swap_remove(0));
        let window = if after {
            Window::After(count, unit, date)
        } else {
            Window::Before(count, unit, date)
        };
        make(
            span,
            ExprKind::InWindow {
                value,
                negated,
                window: Spanned::new(window, at),
            },
        )
    }
}

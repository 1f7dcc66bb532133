//! Conditions and values: `and`/`or`/`not`, comparisons, arithmetic, atoms.

use super::attributes::compare_op;
use super::limits::time_unit;
use super::{Builder, Node, Parts, only, parts, words};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::schema::Rounding;
use crate::source::{Span, Spanned};
use crate::syntax::Rule;
use crate::syntax::ast::*;

/// More operators in a row than this are refused: the tree leans to the left, one level each.
const LONGEST_CHAIN: usize = 200;

pub(super) fn make(span: Span, kind: ExprKind) -> Expr {
    Expr { span, kind }
}

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
        let last = p.must();
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
                otherwise: Box::new(otherwise),
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
        let first = or_before[0].clone();
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
            .label("read either way")
            .also(first.span, "the other one")
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

    /// A value without comparison: arithmetic and what follows it.
    pub fn operand(&mut self, node: Node<'_>) -> Expr {
        let mut p = parts(node);
        let mut e = self.sum(p.must());
        let mut length = 0;
        for suffix in p {
            let span = e.span.to(self.span(&suffix));
            length += 1;
            if length > LONGEST_CHAIN {
                self.too_long(span);
                break;
            }
            e = self.suffix(e, only(suffix), span);
        }
        e
    }

    fn suffix(&mut self, value: Expr, node: Node<'_>, span: Span) -> Expr {
        let rule = node.as_rule();
        let mut p = parts(node);
        let kind = match rule {
            Rule::rounded => {
                let mode = match p.want(Rule::up_or_down) {
                    Some(n) if n.as_str().starts_with("up") => Rounding::Up,
                    Some(_) => Rounding::Down,
                    None => Rounding::Nearest,
                };
                let to = p.next().map(|n| Box::new(self.atom(only(n))));
                ExprKind::Rounded {
                    value: Box::new(value),
                    mode,
                    to,
                }
            }
            Rule::as_percent => ExprKind::AsPercent(Box::new(value)),
            Rule::as_of => ExprKind::AsOf {
                value: Box::new(value),
                date: Box::new(self.sum(p.must())),
            },
            _ => {
                let default = self.sum(p.must());
                self.default_beside_arithmetic(&value, &default);
                ExprKind::Default {
                    value: Box::new(value),
                    default: Box::new(default),
                }
            }
        };
        make(span, kind)
    }

    fn default_beside_arithmetic(&mut self, value: &Expr, default: &Expr) {
        let Some(sum) = [value, default]
            .into_iter()
            .find(|e| matches!(e.kind, ExprKind::Arithmetic { .. }))
        else {
            return;
        };
        let mut diagnostic =
            Diagnostic::new(&codes::SYNTAX, value.span.to(default.span), "`default` beside arithmetic can be read two ways")
                .help("put the part that may be missing and its `default` in parentheses, as in `(a default 0) + b`");
        let edits = vec![
            Edit {
                span: sum.span.at_start(),
                text: "(".into(),
            },
            Edit {
                span: sum.span.at_end(),
                text: ")".into(),
            },
        ];
        diagnostic.fix = Some(Fix {
            message: "put the arithmetic in parentheses".into(),
            edits,
            safe: false,
        });
        self.report(diagnostic);
    }

    fn too_long(&mut self, span: Span) {
        let message = format!("more than {LONGEST_CHAIN} operators in a row");
        self.report(
            Diagnostic::new(&codes::SYNTAX, span, message).help("name parts of it with `define`"),
        );
    }

    /// `+ -` over `* /` over unary `-`.
    fn sum(&mut self, node: Node<'_>) -> Expr {
        let mut sum: Option<(Expr, Spanned<ArithmeticOp>)> = None;
        let mut product: Option<Expr> = None;
        let mut pending: Option<Spanned<ArithmeticOp>> = None;
        let mut minuses: Vec<Span> = Vec::new();
        let mut length = 0;
        for n in parts(node) {
            let span = self.span(&n);
            match n.as_rule() {
                Rule::minus => minuses.push(span),
                Rule::arithmetic => {
                    pending = Some(Spanned::new(arithmetic_op(n.as_str()), span));
                    length += 1;
                    if length > LONGEST_CHAIN {
                        self.too_long(span);
                        break;
                    }
                }
                _ => {
                    let mut e = self.primary(n);
                    for minus in minuses.drain(..).rev() {
                        e = make(minus.to(e.span), ExprKind::Negate(Box::new(e)));
                    }
                    product = Some(match (pending.take(), product.take()) {
                        (Some(op), Some(left))
                            if matches!(op.node, ArithmeticOp::Multiply | ArithmeticOp::Divide) =>
                        {
                            arithmetic(left, op, e)
                        }
                        (Some(op), Some(left)) => {
                            sum = Some((close(sum.take(), left), op));
                            e
                        }
                        _ => e,
                    });
                }
            }
        }
        // INVARIANT: the grammar gives at least one primary.
        close(sum, product.expect("a primary"))
    }

    pub fn word_operand(&mut self, node: Node<'_>) -> Expr {
        self.primary(only(node))
    }

    fn primary(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::atom => return self.atom(node),
            Rule::aggregate => return self.aggregate(node),
            Rule::group => {
                let mut p = parts(node);
                let kind = match p.must().as_str().trim() {
                    "all" => GroupKind::All,
                    "any" => GroupKind::Any,
                    _ => GroupKind::None,
                };
                ExprKind::Group(kind, p.map(|n| self.expr(n)).collect())
            }
            Rule::elapsed => self.elapsed(node),
            Rule::boundary => {
                let mut p = parts(node);
                let end = p.must().as_str().starts_with("end");
                ExprKind::Boundary {
                    end,
                    which: which(&p.must()),
                    unit: self.calendar_unit(p.must()),
                }
            }
            Rule::anniversary => {
                let mut p = parts(node);
                let lunar = p.want(Rule::lunar).is_some();
                ExprKind::Anniversary {
                    lunar,
                    date: Box::new(self.atom(p.must())),
                }
            }
            Rule::reminder => self.reminder(node),
            Rule::loops => ExprKind::LoopsThrough(self.name(only(node))),
            _ => ExprKind::ReachableBy(self.name(only(node))),
        };
        make(span, kind)
    }

    fn elapsed(&mut self, node: Node<'_>) -> ExprKind {
        let mut p = parts(node);
        let unit = p.must();
        let unit = Spanned::new(time_unit(&unit), self.span(&unit));
        let what = p.must();
        let rule = what.as_rule();
        let mut p = parts(what);
        match rule {
            Rule::since => ExprKind::Since {
                unit,
                date: Box::new(self.word_operand(p.must())),
            },
            Rule::until => ExprKind::Until {
                unit,
                date: Box::new(self.word_operand(p.must())),
            },
            _ => {
                let (from, to) = (self.word_operand(p.must()), self.word_operand(p.must()));
                ExprKind::FromTo {
                    unit,
                    from: Box::new(from),
                    to: Box::new(to),
                }
            }
        }
    }

    fn reminder(&mut self, node: Node<'_>) -> ExprKind {
        let mut p = parts(node);
        let mut offsets = Vec::new();
        while let Some(n) = p.want(Rule::int) {
            offsets.push(Spanned::new(self.integer(&n), self.span(&n)));
        }
        let unit = p.must();
        let unit = Spanned::new(time_unit(&unit), self.span(&unit));
        let after = p.must().as_str().starts_with("after");
        let date = Box::new(self.word_operand(p.must()));
        ExprKind::Reminder {
            offsets,
            unit,
            after,
            date,
        }
    }
}

/// A sum so far and the product that ends it.
fn close(sum: Option<(Expr, Spanned<ArithmeticOp>)>, product: Expr) -> Expr {
    match sum {
        Some((left, op)) => arithmetic(left, op, product),
        None => product,
    }
}

fn arithmetic(left: Expr, op: Spanned<ArithmeticOp>, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    make(
        span,
        ExprKind::Arithmetic {
            op,
            left: Box::new(left),
            right: Box::new(right),
        },
    )
}

fn arithmetic_op(mark: &str) -> ArithmeticOp {
    match mark.trim() {
        "-" => ArithmeticOp::Subtract,
        "*" => ArithmeticOp::Multiply,
        "/" => ArithmeticOp::Divide,
        _ => ArithmeticOp::Add,
    }
}

pub(super) fn which(node: &Node<'_>) -> Which {
    match node.as_str().trim() {
        "this" => Which::This,
        "previous" => Which::Previous,
        _ => Which::Next,
    }
}

//! Values: arithmetic and the word operators.

use super::limits::time_unit;
use super::{Builder, Node, only, parts};
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
            _ => {
                let mut p = parts(node);
                let channel = self.name(p.must());
                let purpose = p
                    .want(Rule::for_purpose)
                    .map(|n| super::limits::purpose_of(&parts(n).must()));
                ExprKind::ReachableBy { channel, purpose }
            }
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

//! Expressions: where each kind may break.

use super::declarations::opens;
use super::printer::{ListStyle, Printer};
use crate::syntax::ast::*;

impl Printer<'_> {
    /// What stands before an expression, and the expression; its further lines are one level deeper.
    pub fn hanging(&mut self, expr: &Expr) {
        self.to(expr.span.start);
        match expr.kind {
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::If { .. } => {
                self.indent(|p| p.expr(expr))
            }
            _ => self.expr(expr),
        }
    }

    /// What stands before an expression, and the expression: on the same line if it fits there or opens
    /// a list, else on the next line, one level deeper.
    pub fn assigned(&mut self, expr: &Expr) {
        self.to(expr.span.start);
        if opens(expr) {
            return self.expr(expr);
        }
        self.group(|p| {
            p.indent(|p| {
                p.line();
                p.expr(expr);
            });
        });
    }

    pub fn expr(&mut self, expr: &Expr) {
        self.to(expr.span.start);
        if self.is_past(expr.span.end) {
            return;
        }
        self.sign();
        match &expr.kind {
            ExprKind::Paren(inner) => self.parentheses(inner),
            ExprKind::Call {
                function,
                arguments,
            } => {
                self.to(function.span.end);
                self.arguments(arguments);
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => self.chain(parts),
            ExprKind::Group(_, parts) => {
                let style = ListStyle {
                    keep_broken: true,
                    comma: true,
                    rows: false,
                };
                self.list(parts, style, |p, part| p.hanging(part));
            }
            ExprKind::Arithmetic { .. } => self.group(|p| p.arithmetic(expr)),
            ExprKind::If { .. } => self.group(|p| p.choice(expr)),
            ExprKind::In { value, list, .. } => {
                self.expr(value);
                self.list(
                    list,
                    ListStyle {
                        rows: true,
                        ..ListStyle::default()
                    },
                    |p, x| p.hanging(x),
                );
            }
            ExprKind::InWindow { value, window, .. } => {
                self.expr(value);
                self.wrap();
                self.window(&window.node);
                self.to(window.span.end);
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Population(population) => self.population(population),
            other => self.plain(other),
        }
        self.to(expr.span.end);
    }

    /// Operands in their order; the last two may come apart.
    fn plain(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Compare { left, right, .. } | ExprKind::TextMatch { left, right, .. } => {
                self.expr(left);
                self.wrap();
                self.hanging(right);
            }
            ExprKind::Default { value, default } => {
                self.expr(value);
                self.wrap();
                self.hanging(default);
            }
            ExprKind::Between { value, low, high } | ExprKind::FromToBelow { value, low, high } => {
                self.expr(value);
                self.wrap();
                self.hanging(low);
                self.hanging(high);
            }
            ExprKind::AsOf {
                value: first,
                date: second,
            }
            | ExprKind::FromTo {
                from: first,
                to: second,
                ..
            } => {
                self.hanging(first);
                self.hanging(second);
            }
            ExprKind::Rounded { value, to, .. } => {
                self.expr(value);
                to.iter().for_each(|to| self.hanging(to));
            }
            ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Quantity(inner, _)
            | ExprKind::Member { base: inner, .. }
            | ExprKind::AsPercent(inner)
            | ExprKind::Known { value: inner, .. }
            | ExprKind::IsToday { value: inner, .. }
            | ExprKind::Since { date: inner, .. }
            | ExprKind::Until { date: inner, .. }
            | ExprKind::Reminder { date: inner, .. }
            | ExprKind::Anniversary { date: inner, .. }
            | ExprKind::Moved { tiers: inner, .. } => self.hanging(inner),
            // Words and literals.
            _ => {}
        }
    }

    fn parentheses(&mut self, inner: &Expr) {
        self.group(|p| {
            p.through("(");
            p.indent(|p| {
                p.soft_line();
                p.expr(inner);
                p.comments_before_parenthesis();
            });
            p.soft_line();
            p.through(")");
        });
    }

    /// `(a, name: b)` right after a name.
    pub fn arguments(&mut self, arguments: &[Argument]) {
        if !self.next_is("(") {
            return;
        }
        self.tight();
        self.list(arguments, ListStyle::default(), |p, argument| {
            p.hanging(&argument.value)
        });
    }

    /// `a and b and c`: on one line, or each operator begins a line.
    fn chain(&mut self, parts: &[Expr]) {
        self.group(|p| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    p.line();
                }
                p.hanging(part);
            }
        });
    }

    /// Operators of a chain of sums or products break together.
    fn arithmetic(&mut self, expr: &Expr) {
        let ExprKind::Arithmetic { op, left, right } = &expr.kind else {
            return self.expr(expr);
        };
        match &left.kind {
            ExprKind::Arithmetic { op: inner, .. } if is_sum(inner.node) == is_sum(op.node) => {
                self.arithmetic(left);
            }
            _ => self.expr(left),
        }
        self.wrap_line();
        self.hanging(right);
    }

    /// `if C then A otherwise B`; broken, each `otherwise` begins a line.
    fn choice(&mut self, expr: &Expr) {
        let ExprKind::If {
            condition,
            then,
            otherwise,
        } = &expr.kind
        else {
            return self.expr(expr);
        };
        self.hanging(condition);
        self.wrap();
        self.hanging(then);
        if let Some(otherwise) = otherwise {
            self.line();
            self.to(otherwise.span.start);
            self.choice(otherwise);
        }
    }

    fn window(&mut self, window: &Window) {
        match window {
            Window::Last(count, _) | Window::Next(count, _) => self.hanging(count),
            Window::Calendar(..) => {}
            Window::After(count, _, day) | Window::Before(count, _, day) => {
                self.hanging(count);
                self.hanging(day);
            }
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        aggregate
            .number
            .iter()
            .for_each(|number| self.hanging(number));
        self.hanging(&aggregate.path);
        if let Some(window) = &aggregate.window {
            self.wrap();
            self.window(&window.node);
            self.to(window.span.end);
        }
        self.filter(aggregate.filter.as_ref());
    }

    fn population(&mut self, population: &Population) {
        self.hanging(&population.value);
        for (i, cut) in population.cuts.iter().enumerate() {
            if i > 0 {
                self.through(",");
            }
            self.to(cut.span.end);
        }
        self.wrap();
        self.to(population.record.span.end);
        let (filter, group) = (population.filter.as_ref(), population.group.as_ref());
        let mut clauses: Vec<&Expr> = filter.into_iter().chain(group).collect();
        clauses.sort_by_key(|e| e.span.start);
        for clause in clauses {
            self.filter(Some(clause));
        }
    }

    /// `where C`, `for each E`
    fn filter(&mut self, condition: Option<&Expr>) {
        if let Some(condition) = condition {
            self.wrap();
            self.hanging(condition);
        }
    }
}

fn is_sum(op: ArithmeticOp) -> bool {
    matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract)
}

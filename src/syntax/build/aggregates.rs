//! Atoms, calls, aggregates, population values and windows.

use super::expressions::{make, which};
use super::limits::time_unit;
use super::{Builder, Node, only, parts, words};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::Rule;
use crate::syntax::ast::*;

/// What stands before the path of an aggregate.
enum Head {
    Row(AggregateOp),
    Both(AggregateOp, PopulationOp),
    Population(PopulationOp),
}

fn head_of(word: &str) -> Head {
    use {AggregateOp as A, PopulationOp as P};
    match word {
        "count" => Head::Both(A::Count, P::Count),
        "sum" => Head::Both(A::Sum, P::Sum),
        "average" => Head::Both(A::Average, P::Average),
        "highest" => Head::Both(A::Highest, P::Highest),
        "lowest" => Head::Both(A::Lowest, P::Lowest),
        "earliest" => Head::Both(A::Earliest, P::Earliest),
        "latest" => Head::Both(A::Latest, P::Latest),
        "first" => Head::Row(A::First),
        "last" => Head::Row(A::Last),
        "distinct count" => Head::Row(A::DistinctCount),
        "most common" => Head::Row(A::MostCommon),
        "list" => Head::Row(A::List),
        "distinct list" => Head::Row(A::DistinctList),
        "at least" => Head::Row(A::AtLeast),
        "at most" => Head::Row(A::AtMost),
        "exactly" => Head::Row(A::Exactly),
        "any" => Head::Row(A::Any),
        "no" => Head::Row(A::No),
        "rank" => Head::Population(P::Rank),
        "quartile" => Head::Population(P::Quartile),
        "quintile" => Head::Population(P::Quintile),
        "decile" => Head::Population(P::Decile),
        "share" => Head::Population(P::Share),
        "running share" => Head::Population(P::RunningShare),
        _ => Head::Population(P::Abc),
    }
}

impl Builder<'_> {
    pub fn aggregate(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut p = parts(node);
        let head = p.must();
        let head_span = self.span(&head);
        let mut inner = parts(head);
        let (word, word_span, number) = match inner.next() {
            None => ("no".to_string(), head_span, None),
            Some(n) => {
                let said = words(&n);
                let word = if n.as_rule() == Rule::any_of {
                    "any".into()
                } else if n.as_rule() == Rule::no_of {
                    "no".into()
                } else {
                    said
                };
                let mut at = self.span(&n);
                if matches!(n.as_rule(), Rule::any_of | Rule::no_of) {
                    at.end = at.start + word.len() as u32;
                }
                (word, at, inner.next().map(|n| self.atom(n)))
            }
        };
        let value = self.atom(p.must());
        let cuts: Vec<Spanned<crate::schema::Decimal>> = p
            .want(Rule::cuts)
            .map(|n| parts(n).map(|c| self.percent(c)).collect())
            .unwrap_or_default();
        let among = p.want(Rule::among);
        let window = p.want(Rule::in_window).map(|n| self.window(only(n)));
        let filter = p.next().map(|n| self.expr(only(n)));
        match (head_of(&word), among) {
            (Head::Population(op) | Head::Both(_, op), Some(among)) => {
                self.check_cuts(op, &cuts, word_span);
                let mut p = parts(among);
                let record = self.name(p.must());
                let (mut filter, mut group) = (None, None);
                for n in p {
                    let at = self.span(&n);
                    let twice = match n.as_rule() {
                        Rule::grouped => group.replace(self.word_operand(only(n))).is_some(),
                        _ => filter.replace(self.expr(only(n))).is_some(),
                    };
                    self.once_only(twice, at, "`among` takes one `where` and one `for each`");
                }
                let op = Spanned::new(op, word_span);
                make(
                    span,
                    ExprKind::Population(Box::new(Population {
                        op,
                        value,
                        cuts,
                        record,
                        filter,
                        group,
                    })),
                )
            }
            (Head::Row(op) | Head::Both(op, _), among) => {
                if let Some(n) = among {
                    let at = self.span(&n);
                    self.error(
                        &codes::SYNTAX,
                        at,
                        format!(
                            "`{word} of` does not compare rows of a record: it takes no `among`"
                        ),
                    );
                }
                let op = Spanned::new(op, word_span);
                make(
                    span,
                    ExprKind::Aggregate(Box::new(Aggregate {
                        op,
                        number,
                        path: value,
                        window,
                        filter,
                    })),
                )
            }
            (Head::Population(op), None) => {
                self.report(
                    Diagnostic::new(
                        &codes::SYNTAX,
                        span,
                        format!("`{word} of` needs to know among which rows"),
                    )
                    .help(format!("write `{word} of … among RECORD`")),
                );
                let record = Spanned::new(String::new(), span.at_end());
                let op = Spanned::new(op, word_span);
                make(
                    span,
                    ExprKind::Population(Box::new(Population {
                        op,
                        value,
                        cuts,
                        record,
                        filter,
                        group: None,
                    })),
                )
            }
        }
    }

    fn check_cuts(
        &mut self,
        op: PopulationOp,
        cuts: &[Spanned<crate::schema::Decimal>],
        span: Span,
    ) {
        if op == PopulationOp::Abc && cuts.is_empty() {
            self.error(
                &codes::SYNTAX,
                span,
                "`abc of` needs its shares, as in `abc of spend at 80%, 95% among customer`",
            );
        } else if op != PopulationOp::Abc && !cuts.is_empty() {
            self.error(
                &codes::SYNTAX,
                cuts[0].span,
                "only `abc of` takes shares after `at`",
            );
        }
    }

    pub fn window(&mut self, node: Node<'_>) -> Spanned<Window> {
        let span = self.span(&node);
        let inner = only(node);
        let rule = inner.as_rule();
        let mut p = parts(inner);
        let window = match rule {
            Rule::window_last | Rule::window_next => {
                let Some(n) = p.want(Rule::window_count) else {
                    return self.last_unit(p.must(), span);
                };
                let count = Box::new(self.window_count(only(n)));
                let unit = time_unit(&p.must());
                if rule == Rule::window_last {
                    Window::Last(count, unit)
                } else {
                    Window::Next(count, unit)
                }
            }
            Rule::window_calendar => {
                let which = which(&p.must());
                Window::Calendar(which, self.calendar_unit(p.must()))
            }
            _ => {
                let n = p.must();
                let count = Box::new(make(self.span(&n), ExprKind::Integer(self.integer(&n))));
                let unit = time_unit(&p.must());
                let after = p.must().as_str().starts_with("after");
                let date = Box::new(self.word_operand(p.must()));
                if after {
                    Window::After(count, unit, date)
                } else {
                    Window::Before(count, unit, date)
                }
            }
        };
        Spanned::new(window, span)
    }

    /// `in last month`, which is either the previous one of the calendar or the month that ends today.
    fn last_unit(&mut self, unit: Node<'_>, span: Span) -> Spanned<Window> {
        let word = unit.as_str().trim().trim_end_matches('s').to_string();
        let calendar = self.calendar_unit(unit);
        let mut diagnostic =
            Diagnostic::new(&codes::BARE_PERIOD, span, format!("`last {word}` does not say which days are meant"))
                .help(format!("write `in previous {word}` for the calendar's, or `in last 1 {word}` for the one that ends today"))
                .fix(format!("write `previous {word}`"), span, format!("previous {word}"));
        if let Some(fix) = &mut diagnostic.fix {
            fix.safe = false;
        }
        self.report(diagnostic);
        Spanned::new(Window::Calendar(Which::Previous, calendar), span)
    }

    fn window_count(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::int => make(span, ExprKind::Integer(self.integer(&node))),
            Rule::name_count => {
                let name = self.name(only(node));
                make(span, ExprKind::Name(name.node))
            }
            _ => self.paren(node),
        }
    }

    pub fn atom(&mut self, node: Node<'_>) -> Expr {
        let mut p = parts(node);
        let mut e = self.base(p.must());
        for (i, n) in p.enumerate() {
            let member = self.name(n);
            if i > 20 {
                self.error(&codes::SYNTAX, member.span, "this path has too many steps");
                break;
            }
            e = make(
                e.span.to(member.span),
                ExprKind::Member {
                    base: Box::new(e),
                    member,
                },
            );
        }
        e
    }

    fn base(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::text => return self.text(node),
            Rule::paren => return self.paren(node),
            Rule::call => return self.call(node),
            Rule::self_row => ExprKind::SelfRow,
            Rule::today => ExprKind::Today,
            Rule::now => ExprKind::Now,
            Rule::flag => ExprKind::YesNo(node.as_str().starts_with("yes")),
            Rule::done => {
                let mut p = parts(node);
                ExprKind::Done {
                    campaign: self.name(p.must()),
                    rule: self.name(p.must()),
                }
            }
            Rule::percent_of => return self.percent_of(node),
            _ => self.literal(node),
        };
        make(span, kind)
    }

    fn paren(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut p = parts(node);
        let inner = self.expr(p.must());
        let Some(unit) = p.next() else {
            return make(span, ExprKind::Paren(Box::new(inner)));
        };
        make(
            span,
            ExprKind::Quantity(Box::new(inner), time_unit(&only(unit))),
        )
    }

    fn call(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut p = parts(node);
        let function = self.name(p.must());
        if let Some(arguments) = p.next() {
            let arguments = self.arguments(arguments);
            return make(
                span,
                ExprKind::Call {
                    function,
                    arguments,
                },
            );
        }
        // Words of other languages, unless quoted as names.
        let kind = match self.source(span) {
            word @ ("true" | "false" | "TRUE" | "FALSE" | "True" | "False") => {
                let yes = word.eq_ignore_ascii_case("true");
                self.foreign(span, if yes { "yes" } else { "no" });
                ExprKind::YesNo(yes)
            }
            _ => ExprKind::Name(function.node),
        };
        make(span, kind)
    }

    pub fn arguments(&mut self, node: Node<'_>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for n in parts(node) {
            let span = self.span(&n);
            let mut p = parts(n);
            let name = p.want(Rule::argument_name).map(|n| self.name(only(n)));
            arguments.push(Argument {
                span,
                name,
                value: self.expr(p.must()),
            });
        }
        arguments
    }

    /// `5% of amount`
    fn percent_of(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut p = parts(node);
        let percent = p.must();
        let share = self.percent(percent);
        let of = self.atom(p.must());
        let mut good = format!("{} * {}", self.source(share.span), self.source(of.span));
        if self.file.text[..span.start as usize]
            .trim_end()
            .ends_with(['/', '／'])
        {
            good = format!("({good})");
        }
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("a part of something is a product: write `{good}`"),
            )
            .fix(format!("write `{good}`"), span, good),
        );
        let between = Span {
            start: share.span.end,
            end: of.span.start,
            ..span
        };
        let left = Box::new(make(share.span, ExprKind::Percent(share.node)));
        let op = Spanned::new(ArithmeticOp::Multiply, between);
        make(
            span,
            ExprKind::Arithmetic {
                op,
                left,
                right: Box::new(of),
            },
        )
    }
}

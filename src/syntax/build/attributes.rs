//! Defines, segments, tiers, stages, scores, tables, figures, accounts.

use super::{Builder, Node, Parts, only, parts};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Spanned;
use crate::syntax::Rule;
use crate::syntax::ast::*;

/// The lines of stages, or of tiers written with `when`.
#[derive(Default)]
struct Levels {
    lines: Vec<(Expr, Name)>,
    otherwise: Option<Name>,
}

impl Builder<'_> {
    pub fn define(&mut self, node: Node<'_>) -> Define {
        let mut p = parts(node);
        Define {
            name: self.name(p.must()),
            record: self.name(p.must()),
            value: self.expr(p.must()),
        }
    }

    pub fn segment(&mut self, node: Node<'_>) -> Segment {
        let mut p = parts(node);
        Segment {
            name: self.name(p.must()),
            record: self.name(p.must()),
            condition: self.expr(p.must()),
        }
    }

    pub fn figure(&mut self, node: Node<'_>) -> Figure {
        let mut p = parts(node);
        Figure {
            name: self.name(p.must()),
            value: self.expr(p.must()),
        }
    }

    pub fn account(&mut self, node: Node<'_>) -> Account {
        let mut p = parts(node);
        let (name, record) = (self.name(p.must()), self.name(p.must()));
        let body = p.must();
        let span = self.span(&body);
        Account {
            name,
            record,
            body: Spanned::new(self.source(span).to_string(), span),
        }
    }

    pub fn tiers(&mut self, node: Node<'_>) -> Tiers {
        let mut p = parts(node);
        let (name, record) = (self.name(p.must()), self.name(p.must()));
        let (mut was, mut by) = (None, None);
        while let Some(n) = p.want(Rule::was).or_else(|| p.want(Rule::tiers_by)) {
            let span = self.span(&n);
            let twice = match n.as_rule() {
                Rule::was => was.replace(self.was(n)).is_some(),
                _ => by.replace(self.expr(only(n))).is_some(),
            };
            self.once_only(twice, span, "tiers have one `by` and one `was`");
        }
        let (body, options) = self.tiers_body(p, by, &name);
        Tiers {
            name,
            record,
            was,
            body,
            options,
        }
    }

    fn tiers_body(
        &mut self,
        p: Parts<'_>,
        by: Option<Expr>,
        name: &Name,
    ) -> (TiersBody, Vec<Spanned<TierOption>>) {
        let (mut from, mut when, mut options) = (Vec::new(), Levels::default(), Vec::new());
        for n in p {
            let span = self.span(&n);
            match n.as_rule() {
                Rule::tier_option => options.push(Spanned::new(self.tier_option(n), span)),
                Rule::level_from => {
                    if by.is_none() {
                        let message = format!(
                            "`from` needs to know of what: write `tiers {name} for RECORD by EXPRESSION`"
                        );
                        self.error(&codes::SYNTAX, span, message);
                    }
                    let mut p = parts(n);
                    from.push((self.name(p.must()), self.plain_value(p.must())));
                }
                _ => {
                    if by.is_some() {
                        let message = "tiers with `by` have lines `LEVEL from VALUE`; those with `when` have no `by`";
                        self.error(&codes::SYNTAX, span, message);
                    }
                    self.level(n, &mut when);
                }
            }
        }
        let body = match by {
            Some(by) => TiersBody::By { by, levels: from },
            None => TiersBody::When {
                lines: when.lines,
                otherwise: when.otherwise,
            },
        };
        (body, options)
    }

    fn level(&mut self, node: Node<'_>, levels: &mut Levels) {
        let span = self.span(&node);
        let mut p = parts(node);
        if levels.otherwise.is_some() {
            self.error(
                &codes::SYNTAX,
                span,
                "nothing comes after `otherwise`: put this line before it",
            );
        }
        if p.peek() == Some(Rule::expr) {
            let condition = self.expr(p.must());
            levels.lines.push((condition, self.name(p.must())));
        } else {
            levels.otherwise = Some(self.name(p.must()));
        }
    }

    fn was(&mut self, node: Node<'_>) -> (Name, Option<Name>) {
        let mut p = parts(node);
        let field = self.name(p.must());
        (field, p.next().map(|n| self.name(n)))
    }

    fn tier_option(&mut self, node: Node<'_>) -> TierOption {
        let mut p = parts(node);
        let falls = p.must().as_str().starts_with("falls");
        let how = p.must();
        let how = match how.as_rule() {
            Rule::at_once => TierChange::AtOnce,
            Rule::at_most_level => {
                let n = only(how);
                let span = self.span(&n);
                TierChange::AtMost(Spanned::new(self.integer(&n), span))
            }
            Rule::after_time => TierChange::After(self.atom(only(how))),
            Rule::only_on => {
                let mut p = parts(how);
                let (day, month) = (p.must(), p.must());
                let span = self.span(&day).to(self.span(&month));
                let day = self.integer(&day);
                let (month, day) =
                    self.check_month_day(month_number(month.as_str().trim()), day, 31, span);
                TierChange::OnlyOn(day, month)
            }
            _ => TierChange::Never,
        };
        TierOption { falls, how }
    }

    pub fn stages(&mut self, node: Node<'_>) -> Stages {
        let mut p = parts(node);
        let (name, record) = (self.name(p.must()), self.name(p.must()));
        let was = p.want(Rule::was).map(|n| self.was(n));
        let mut levels = Levels::default();
        for n in p {
            self.level(n, &mut levels);
        }
        Stages {
            name,
            record,
            was,
            lines: levels.lines,
            otherwise: levels.otherwise,
        }
    }

    pub fn score(&mut self, node: Node<'_>) -> Score {
        let mut p = parts(node);
        let (name, record) = (self.name(p.must()), self.name(p.must()));
        let lines = p.map(|n| {
            let mut p = parts(n);
            ScoreLine {
                condition: self.expr(p.must()),
                value: self.expr(p.must()),
                because: p.next().map(|n| self.plain_text(only(n))),
            }
        });
        Score {
            name,
            record,
            lines: lines.collect(),
        }
    }

    pub fn table(&mut self, node: Node<'_>) -> Table {
        let mut p = parts(node);
        let (name, record) = (self.name(p.must()), self.name(p.must()));
        let mut table = Table {
            name,
            record,
            by: Vec::new(),
            values: None,
            first_match: false,
            lines: Vec::new(),
            otherwise: None,
        };
        for n in p {
            let span = self.span(&n);
            match n.as_rule() {
                Rule::table_by => table.by.extend(parts(n).map(|e| self.operand(e))),
                Rule::first_match => table.first_match = true,
                Rule::table_as => {
                    let values = self.table_values(n);
                    let twice = table.values.replace(values).is_some();
                    self.once_only(twice, span, "a table has one list of values");
                }
                _ if table.otherwise.is_some() => {
                    self.error(
                        &codes::SYNTAX,
                        span,
                        "nothing comes after `otherwise`: put this line before it",
                    );
                }
                Rule::table_otherwise => table.otherwise = Some(self.expr(only(n))),
                _ => table.lines.push(self.table_line(n)),
            }
        }
        table
    }

    fn table_values(&mut self, node: Node<'_>) -> TableValues {
        let span = self.span(&node);
        let mut p = parts(node);
        let ordered = p.want(Rule::level_values).is_some();
        if !ordered && p.want(Rule::one_of_values).is_none() {
            let help = "write `as one of (…)`, or `as levels (…)` where they go from the lowest to the highest";
            self.report(
                Diagnostic::new(&codes::SYNTAX, span, "nothing says what these values are")
                    .help(help),
            );
        }
        TableValues {
            span,
            names: self.names(p.must()),
            ordered,
        }
    }

    fn table_line(&mut self, node: Node<'_>) -> TableLine {
        let span = self.span(&node);
        let mut p = parts(node);
        let mut cells = Vec::new();
        while let Some(n) = p.want(Rule::cell) {
            let at = self.span(&n);
            cells.push(Spanned::new(self.cell(only(n)), at));
        }
        TableLine {
            span,
            cells,
            value: self.expr(p.must()),
        }
    }

    fn cell(&mut self, node: Node<'_>) -> Cell {
        let rule = node.as_rule();
        let mut p = parts(node);
        match rule {
            Rule::cell_any => Cell::Any,
            Rule::cell_compare => {
                let op = compare_op(p.must().as_str().trim());
                Cell::Compare(op, self.operand(p.must()))
            }
            Rule::cell_range => Cell::FromToBelow(self.operand(p.must()), self.operand(p.must())),
            Rule::cell_between => Cell::Between(self.operand(p.must()), self.operand(p.must())),
            _ => Cell::OneOf(p.map(|n| self.operand(n)).collect()),
        }
    }
}

pub(super) fn compare_op(mark: &str) -> CompareOp {
    match mark {
        "<=" => CompareOp::LessEqual,
        ">=" => CompareOp::GreaterEqual,
        "!=" => CompareOp::NotEqual,
        "<" => CompareOp::Less,
        ">" => CompareOp::Greater,
        _ => CompareOp::Equal,
    }
}

/// 1 to 12.
fn month_number(name: &str) -> i64 {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    MONTHS
        .iter()
        .position(|m| *m == name)
        .map_or(1, |i| i as i64 + 1)
}

//! Values of a whole record, and of each of its rows among the others; figures, which are made of them.

use super::expressions::{is_unknown, unknown};
use super::literals::bare;
use super::{Checker, KeyUse, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AggregateOp, ExprKind as H, PopulationOp as Op, Ty};
use crate::schema::{Decimal, EnumId, FigureId, RecordId, Type};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, ExprKind as A};

/// Classes are named by the letters.
const MOST_CUTS: usize = 25;

/// The aggregate that gives one value for all rows; `None` of those that give each row its own.
pub(crate) fn total(op: Op) -> Option<AggregateOp> {
    Some(match op {
        Op::Sum => AggregateOp::Sum,
        Op::Average => AggregateOp::Average,
        Op::Count => AggregateOp::Count,
        Op::Highest => AggregateOp::Highest,
        Op::Lowest => AggregateOp::Lowest,
        Op::Earliest => AggregateOp::Earliest,
        Op::Latest => AggregateOp::Latest,
        _ => return None,
    })
}

fn words(op: Op) -> &'static str {
    match op {
        Op::Sum => "sum of",
        Op::Average => "average of",
        Op::Count => "count of",
        Op::Highest => "highest of",
        Op::Lowest => "lowest of",
        Op::Earliest => "earliest of",
        Op::Latest => "latest of",
        Op::Rank => "rank of",
        Op::Quartile => "quartile of",
        Op::Quintile => "quintile of",
        Op::Decile => "decile of",
        Op::Share => "share of",
        Op::RunningShare => "running share of",
        Op::Abc => "abc of",
    }
}

impl<'a> Checker<'a> {
    pub(super) fn population(
        &mut self,
        p: &'a ast::Population,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        // The parser has asked for the record where there is none.
        if p.record.is_empty() {
            return unknown(span);
        }
        let before = self.diagnostics.len();
        let Some(record) = self.record_named(&p.record) else {
            return unknown(span);
        };
        let inner = Scope {
            among: true,
            ..Scope::of(record)
        };
        let value = self.compared_value(p, inner);
        let filter = p.filter.as_ref().map(|f| self.condition(f, inner));
        let ty = value.as_ref().map_or(Some(Ty::known(Type::Integer)), |v| {
            self.population_type(p, v)
        });
        let cuts = self.cuts(&p.cuts);
        let group = p.group.as_ref().map(|g| self.group_key(g, inner));
        self.placed(p, record, span, scope);
        let parts = [&value, &filter, &group];
        let mistaken =
            self.diagnostics.len() > before || parts.into_iter().flatten().any(is_unknown);
        let Some(ty) = ty.filter(|_| !mistaken) else {
            return unknown(span);
        };
        if let (true, Some(key)) = (scope.figure, &group) {
            let groups = self.groups(record, key);
            self.grouped_figure(groups, span);
        }
        if matches!(p.op.node, Op::RunningShare | Op::Abc) {
            // The key tells equal rows apart.
            self.key_uses
                .push((record, p.record.span, KeyUse::Ordering));
        }
        let kind = H::Population(Box::new(hir::Population {
            op: p.op.node,
            record,
            value,
            cuts,
            filter,
            group,
        }));
        hir::Expr::new(kind, ty, span)
    }

    /// What rows are taken together by.
    fn group_key(&mut self, key: &'a ast::Expr, inner: Scope<'_>) -> hir::Expr {
        let key = self.expr(key, inner);
        if key.ty.ty == Type::Message {
            self.report(Diagnostic::new(
                &codes::TYPE_MISMATCH,
                key.span,
                "rows are taken together by a value, and this is a message",
            ));
            return unknown(key.span);
        }
        key
    }

    fn groups(&self, record: RecordId, key: &hir::Expr) -> hir::Groups {
        let words: Vec<&str> = self.sources.slice(key.span).split_whitespace().collect();
        hir::Groups {
            record,
            key: key.clone(),
            words: words.join(" "),
        }
    }

    /// A figure that is being checked has a value for each of these groups, and for no others.
    fn grouped_figure(&mut self, groups: hir::Groups, span: Span) {
        let Some(known) = self.figure_groups.last_mut() else {
            return;
        };
        let Some((first, at)) = known else {
            *known = Some((groups, span));
            return;
        };
        if (first.record, &first.words) == (groups.record, &groups.words) {
            return;
        }
        let (first, at) = (first.clone(), *at);
        let named = |g: &hir::Groups| {
            let record = self.record_name(g.record);
            format!("each `{}` of `{record}`", g.words)
        };
        let message = format!(
            "this has a value for {}, and the figure one for {}",
            named(&groups),
            named(&first)
        );
        let d = Diagnostic::new(&codes::MISPLACED_POPULATION, span, message)
            .also(at, "the figure's lines come from here")
            .help("write a figure for each of them");
        self.report(d);
    }

    /// What rows are compared by; `None` where the rows themselves are counted.
    fn compared_value(&mut self, p: &'a ast::Population, inner: Scope<'_>) -> Option<hir::Expr> {
        if p.op.node == Op::Count {
            match &bare(&p.value).kind {
                A::SelfRow => return None,
                A::Name(name)
                    if *name == p.record.node
                        && inner.row.is_some_and(|r| self.member(r, name).is_none()) =>
                {
                    let d = Diagnostic::new(
                        &codes::UNKNOWN_NAME,
                        p.value.span,
                        format!("`{name}` is a record, and has no value of its own"),
                    )
                    .help(format!(
                        "write `count of self among {name}` for the number of rows"
                    ))
                    .fix("write `self`", p.value.span, "self".to_string());
                    self.report(d);
                    return Some(unknown(p.value.span));
                }
                _ => {}
            }
        }
        Some(self.expr(&p.value, inner))
    }

    fn population_type(&mut self, p: &'a ast::Population, value: &hir::Expr) -> Option<Ty> {
        if is_unknown(value) {
            return None;
        }
        let op = p.op.node;
        if op == Op::Count {
            return Some(Ty::known(Type::Integer));
        }
        if let Some(aggregate) = total(op) {
            return self.value_type_of(aggregate, value);
        }
        let ty = value.ty.ty;
        let amount = matches!(
            ty,
            Type::Integer | Type::Number | Type::Percent | Type::Money(_)
        );
        let ordered = amount
            || match ty {
                Type::Date | Type::DateTime | Type::Time | Type::Duration(_) => true,
                Type::Enum(set) => self.enums[set.index()].ordered,
                _ => false,
            };
        let (fits, needed) = match op {
            Op::Rank | Op::Quartile | Op::Quintile | Op::Decile => (ordered, "ordered by size"),
            _ => (amount, "summed"),
        };
        if !fits {
            let is = self.describe(ty);
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                value.span,
                format!("values are {needed} here, and this is {is}"),
            );
            self.report(d.help("name a field or attribute that is a number or money"));
            return None;
        }
        Some(Ty::optional(match op {
            Op::Share | Op::RunningShare => Type::Percent,
            Op::Abc => Type::Enum(self.classes(p.cuts.len() + 1)),
            _ => Type::Integer,
        }))
    }

    /// The set `a`, `b`, `c` … of so many classes.
    fn classes(&mut self, n: usize) -> EnumId {
        if let Some(set) = self.abc_sets.get(&n) {
            return *set;
        }
        let set = EnumId(self.enums.len() as u32);
        let letters = ('a'..='z').take(n).map(String::from);
        self.enums.push(hir::EnumType {
            name: "abc".to_string(),
            values: letters.collect(),
            spans: Vec::new(),
            ordered: false,
        });
        self.abc_sets.insert(n, set);
        set
    }

    /// Shares must ascend between nothing and all.
    fn cuts(&mut self, cuts: &[Spanned<Decimal>]) -> Vec<Decimal> {
        let mut last = Decimal::ZERO;
        for (i, cut) in cuts.iter().enumerate() {
            let problem = if i >= MOST_CUTS {
                "there are more shares than letters"
            } else if cut.node >= Decimal::ONE || cut.node <= Decimal::ZERO {
                "a share lies between 0% and 100%"
            } else if cut.node <= last {
                "each share must be larger than the one before it"
            } else {
                last = cut.node;
                continue;
            };
            self.report(
                Diagnostic::new(&codes::INVALID_LITERAL, cut.span, problem)
                    .help("write them from the smallest to the largest, as in `at 80%, 95%`"),
            );
            break;
        }
        cuts.iter().map(|c| c.node).collect()
    }

    /// Whether a population value may stand here.
    fn placed(&mut self, p: &'a ast::Population, record: RecordId, span: Span, scope: Scope<'_>) {
        let op = words(p.op.node);
        if scope.root.is_some() {
            return self.misplaced(
                span,
                format!("`{op} … among` looks at all rows, and cannot stand inside a `where`"),
                "give it a name with `define` or `figure`, and write the name here".to_string(),
            );
        }
        let of_rows = total(p.op.node).is_none();
        let of_groups = p.group.is_some() && !scope.figure;
        if !of_rows && !of_groups || scope.row == Some(record) {
            return;
        }
        let compared = self.record_name(record).to_string();
        let here = match scope.row {
            Some(row) => format!("this is about a `{}`", self.record_name(row)),
            None => "this is one value of the whole workspace".to_string(),
        };
        self.misplaced(
            span,
            format!("`{op}` has a value for each `{compared}`, and {here}"),
            format!("write `define NAME for {compared} = {op} …`, and use it where there is a `{compared}`"),
        );
    }

    pub(super) fn misplaced(&mut self, span: Span, message: String, help: String) {
        self.report(Diagnostic::new(&codes::MISPLACED_POPULATION, span, message).help(help));
    }

    /// `self` under `among`, where there is no row but those compared.
    pub(super) fn no_self(&mut self, span: Span) -> hir::Expr {
        self.misplaced(
            span,
            "under `among` every row is looked at, and `self` is none of them".to_string(),
            "leave `self.` out to mean the value of each row that is compared".to_string(),
        );
        unknown(span)
    }

    pub(super) fn figure(&mut self, id: FigureId) -> hir::Figure {
        let (d, f) = self.figure_declarations[id.index()];
        let scope = Scope {
            figure: true,
            ..Scope::default()
        };
        self.figure_groups.push(None);
        let value = self.expr(&f.value, scope);
        let groups = self.figure_groups.pop().flatten();
        hir::Figure {
            name: f.name.node.clone(),
            span: f.name.span,
            docs: d.docs.clone(),
            value,
            groups: groups.map(|(groups, _)| groups),
        }
    }

    /// A figure by its name.
    pub(super) fn figure_value(&mut self, id: FigureId, span: Span, scope: Scope<'_>) -> hir::Expr {
        let ty = self.figure_type(id, span);
        if ty.ty == Type::Unknown {
            return unknown(span);
        }
        let figure = self.figures[id.index()].as_ref();
        if let Some(groups) = figure.and_then(|f| f.groups.clone()) {
            if scope.figure {
                self.grouped_figure(groups, span);
            } else if scope.row != Some(groups.record) {
                let record = self.record_name(groups.record).to_string();
                let words = groups.words;
                self.misplaced(
                    span,
                    format!(
                        "this figure has a value for each `{words}` of `{record}`, and here is no `{record}`"
                    ),
                    format!("use it in what is said of a `{record}`: there it is the value of the row's own `{words}`"),
                );
                return unknown(span);
            }
        }
        hir::Expr::new(H::Figure(id), ty, span)
    }

    /// A name or row where there is none: in a figure, or where only literals may stand.
    pub(super) fn no_row(&mut self, span: Span, scope: Scope<'_>) -> hir::Expr {
        if scope.figure {
            self.misplaced(
                span,
                "this belongs to one row, and a figure is one value of the whole workspace"
                    .to_string(),
                "take it of all rows, as in `sum of … among RECORD`".to_string(),
            );
            return unknown(span);
        }
        self.report(
            Diagnostic::new(
                &codes::UNKNOWN_NAME,
                span,
                "there is no row here that a name could belong to",
            )
            .help("write a literal"),
        );
        unknown(span)
    }
}

//! `negated-group`: `not (a and b)`, which people read as "neither of them".

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{AggregateOp, CompareOp, Expr, ExprKind, File, GroupKind};

pub const LINT: Lint = Lint {
    code: &codes::NEGATED_GROUP,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for file in checked.files {
        file.expressions(&mut |e| {
            if let ExprKind::Not(inner) = &e.kind
                && let Some(group) = Negated::of(inner)
            {
                found.push(group.finding(e, inner, file, checked.sources));
            }
        });
    }
    found
}

/// What `not` turns around.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Negated {
    /// `a and b`, `all of (a, b)`
    All,
    /// `a or b`, `any of (a, b)`
    Any,
    /// `none of (a, b)`
    None,
}

impl Negated {
    fn of(inner: &Expr) -> Option<Negated> {
        Some(match &inner.bare().kind {
            ExprKind::And(_) | ExprKind::Group(GroupKind::All, _) => Negated::All,
            ExprKind::Or(_) | ExprKind::Group(GroupKind::Any, _) => Negated::Any,
            ExprKind::Group(GroupKind::None, _) => Negated::None,
            _ => return None,
        })
    }

    fn finding(self, e: &Expr, inner: &Expr, file: &File, sources: &SourceMap) -> Diagnostic {
        let message = match self {
            Negated::All => "`not` before `and` is easily read as \"neither of them\"",
            Negated::Any => "`not` before `or` is easily read as \"one of them is not\"",
            Negated::None => "`not` before `none of` says no twice",
        };
        let label = match self {
            Negated::All => "true where at least one of these is not",
            Negated::Any => "true where not one of these is",
            Negated::None => "true where at least one of these is",
        };
        let written = negated(inner, sources);
        let d = Diagnostic::new(&codes::NEGATED_GROUP, e.span, message)
            .label(label)
            .help(match self {
                Negated::Any => format!("write `{}`", short(&written)),
                Negated::All | Negated::None => {
                    format!("if that is meant, write `{}`", short(&written))
                }
            });
        // The group is written anew, and a comment in it would be lost.
        if file.comments.iter().any(|c| e.span.contains(c.span)) {
            return d;
        }
        d.fix("say which of them", e.span, written)
    }
}

/// The opposite of a condition: true, false and unknown exactly where `not` before it is.
fn negated(e: &Expr, sources: &SourceMap) -> String {
    let text = |e: &Expr| sources.slice(e.span).to_owned();
    let each = |list: &[Expr], f: &dyn Fn(&Expr) -> String| {
        list.iter().map(f).collect::<Vec<_>>().join(", ")
    };
    let bare = e.bare();
    match &bare.kind {
        ExprKind::And(list) | ExprKind::Group(GroupKind::All, list) => {
            format!("any of ({})", each(list, &|e| negated(e, sources)))
        }
        ExprKind::Or(list) | ExprKind::Group(GroupKind::Any, list) => {
            format!("none of ({})", each(list, &text))
        }
        ExprKind::Group(GroupKind::None, list) => format!("any of ({})", each(list, &text)),
        ExprKind::Not(inner) => text(inner),
        ExprKind::Compare {
            op,
            words,
            left,
            right,
        } => {
            let op = sign(op.node.opposite(), *words);
            format!("{} {op} {}", text(left), text(right))
        }
        ExprKind::Known { value, known } => {
            let word = if *known { "missing" } else { "known" };
            format!("{} is {word}", text(value))
        }
        ExprKind::IsToday { value, negated } => {
            let word = if *negated { "is" } else { "is not" };
            format!("{} {word} today", text(value))
        }
        ExprKind::In { value, negated, .. } | ExprKind::InWindow { value, negated, .. } => {
            let rest = Span {
                start: value.span.end,
                ..bare.span
            };
            let rest = sources.slice(rest).trim_start();
            match rest.strip_prefix("not") {
                Some(rest) if *negated => format!("{} {}", text(value), rest.trim_start()),
                _ => format!("{} not {rest}", text(value)),
            }
        }
        ExprKind::Aggregate(a) if a.op.node == AggregateOp::Any => {
            let written = text(bare);
            match written.strip_prefix("any of ") {
                Some(rows) => format!("no {rows}"),
                None => format!("not {written}"),
            }
        }
        ExprKind::If { .. } => format!("not ({})", text(bare)),
        _ => format!("not {}", text(e)),
    }
}

fn sign(op: CompareOp, words: bool) -> &'static str {
    match op {
        CompareOp::Equal if words => "is",
        CompareOp::NotEqual if words => "is not",
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "!=",
        CompareOp::Less => "<",
        CompareOp::LessEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterEqual => ">=",
    }
}

/// On one line, not too long to be read in a sentence.
fn short(written: &str) -> String {
    const LONGEST: usize = 60;
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{kept}…")
}

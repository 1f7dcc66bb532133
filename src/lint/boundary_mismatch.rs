//! `boundary-mismatch`: one line ends with 999.99, the next begins with 1000, and what lies between belongs to
//! neither.
//!
//! Numbers and money only: between two whole numbers or two days there is nothing.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::hir::{AttributeKind, CompareOp, Expr, ExprKind, Table, TableLine};
use crate::schema::{Decimal, Rounding, Type, Value};
use crate::source::{SourceMap, Span};

pub const LINT: Lint = Lint {
    code: &codes::BOUNDARY_MISMATCH,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let sources = checked.sources;
    for attribute in &checked.program.attributes {
        match &attribute.kind {
            AttributeKind::FirstMatch { lines, .. } => {
                conditions(lines.iter().map(|(c, _)| c), sources, &mut found);
            }
            AttributeKind::Score { lines, .. } => {
                conditions(lines.iter().map(|(c, _)| c), sources, &mut found);
            }
            AttributeKind::Table(table) => found.extend(in_table(table, sources)),
            _ => {}
        }
    }
    found
}

/// Lines of one table that nearly meet.
pub(super) fn in_table(table: &Table, sources: &SourceMap) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for column in 0..table.by.len() {
        let cell = |line: &TableLine| -> Option<Range> {
            ranges(line.cells.get(column)?.as_ref()?, sources).pop()
        };
        let list: Vec<Range> = table.lines.iter().filter_map(cell).collect();
        between_lines(&list, sources, true, &mut found);
    }
    found
}

/// One end of a range.
#[derive(Clone, Copy)]
struct End {
    value: Decimal,
    /// Of the literal.
    span: Span,
    inclusive: bool,
    /// Of the value that is compared.
    of: Span,
    /// Of the whole comparison.
    whole: Span,
}

/// What a condition says of one value.
struct Range {
    /// Where the value is written.
    of: Span,
    ty: Type,
    low: Option<End>,
    high: Option<End>,
}

/// Lines with a condition each; those on the same value are set side by side.
fn conditions<'e>(
    lines: impl Iterator<Item = &'e Expr>,
    sources: &SourceMap,
    found: &mut Vec<Diagnostic>,
) {
    let mut all: Vec<Range> = lines.flat_map(|c| ranges(c, sources)).collect();
    while let Some(first) = all.first() {
        let text = sources.slice(first.of);
        let (same, others) = all.into_iter().partition(|r| sources.slice(r.of) == text);
        let same: Vec<Range> = same;
        between_lines(&same, sources, false, found);
        all = others;
    }
}

/// The ranges that a condition is the conjunction of, one for each value.
fn ranges(condition: &Expr, sources: &SourceMap) -> Vec<Range> {
    let mut list = Vec::new();
    gather(condition, sources, &mut list);
    list
}

fn gather(condition: &Expr, sources: &SourceMap, out: &mut Vec<Range>) {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().for_each(|p| gather(p, sources, out)),
        ExprKind::Compare { op, left, right } => {
            let Some(range) = compared(condition, *op, left, right) else {
                return;
            };
            let text = sources.slice(range.of);
            match out.iter_mut().find(|r| sources.slice(r.of) == text) {
                Some(known) => {
                    known.low = known.low.or(range.low);
                    known.high = known.high.or(range.high);
                }
                None => out.push(range),
            }
        }
        _ => {}
    }
}

fn compared(whole: &Expr, op: CompareOp, left: &Expr, right: &Expr) -> Option<Range> {
    let value = match &right.kind {
        ExprKind::Literal(Value::Number(d) | Value::Money(d, _)) => *d,
        ExprKind::Literal(Value::Percent(d)) => Decimal(d.0.checked_mul(100)?),
        _ => return None,
    };
    // A whole number beside `2.5` is one all the same.
    if matches!(&left.kind, ExprKind::Widen(e) if e.ty.ty == Type::Integer) {
        return None;
    }
    let end = |inclusive| {
        Some(End {
            value,
            span: right.span,
            inclusive,
            of: left.span,
            whole: whole.span,
        })
    };
    let (low, high) = match op {
        CompareOp::GreaterEqual => (end(true), None),
        CompareOp::Greater => (end(false), None),
        CompareOp::LessEqual => (None, end(true)),
        CompareOp::Less => (None, end(false)),
        CompareOp::Equal | CompareOp::NotEqual => return None,
    };
    Some(Range {
        of: left.span,
        ty: left.ty.ty,
        low,
        high,
    })
}

fn between_lines(list: &[Range], sources: &SourceMap, in_table: bool, found: &mut Vec<Diagnostic>) {
    for range in list {
        let Some(high) = range.high else { continue };
        let lows = list.iter().filter_map(|r| r.low);
        let Some(low) = lows
            .filter(|l| l.value > high.value)
            .min_by_key(|l| l.value)
        else {
            continue;
        };
        let gap = low.value.checked_sub(high.value);
        let covered = list.iter().any(|r| covers(r, high.value, low.value));
        if gap != Some(last_place(high.value)) || covered {
            continue;
        }
        let texts = [high, low].map(|end| sources.slice(end.span));
        let what = match range.ty {
            Type::Money(_) => "an amount",
            _ => "a number",
        };
        // Both ends of `between` and of `from … to below` have the span of the whole.
        let from_to = range.low.is_some_and(|own| own.whole == high.whole);
        let mut d = Diagnostic::new(
            &codes::BOUNDARY_MISMATCH,
            high.span,
            format!(
                "{what} between {} and {} falls between two lines",
                texts[0], texts[1]
            ),
        )
        .label("one line ends here")
        .also(low.span, "the next begins here")
        .help(format!(
            "end below what the next one begins with: write `{} {}`",
            if from_to { "to below" } else { "<" },
            texts[1]
        ));
        d.fix = joined(range, high, low, sources, in_table);
        found.push(d);
    }
}

fn covers(range: &Range, from: Decimal, to: Decimal) -> bool {
    range.low.is_none_or(|low| low.value <= from) && range.high.is_none_or(|h| h.value >= to)
}

/// One in the last place that the number is written with: 0.01 for 999.99, 1 for 999.
fn last_place(d: Decimal) -> Decimal {
    let digits = (0..9).find(|n| d.round_digits(*n, Rounding::Nearest) == Some(d));
    Decimal::from_scaled(1, digits.unwrap_or(9))
}

/// Ends the range below what the next one begins with.
fn joined(range: &Range, high: End, low: End, sources: &SourceMap, in_table: bool) -> Option<Fix> {
    let file = high.span.file;
    let next = sources.slice(low.span);
    let until_end = |start: u32, text: String| Edit {
        span: Span::new(file, start as usize, high.span.end as usize),
        text,
    };
    let edits = match range.low {
        _ if !high.inclusive => vec![until_end(high.span.start, next.into())],
        // Both ends of `between A and B` have the span of the whole.
        Some(own) if own.whole == high.whole => {
            let before = Span::new(file, high.whole.start as usize, own.span.start as usize);
            let text = sources.slice(before).trim_end();
            let start = before.start as usize + text.strip_suffix("between")?.len();
            let from = Edit {
                span: Span::new(file, start, start + "between".len()),
                text: "from".into(),
            };
            vec![from, until_end(own.span.end, format!(" to below {next}"))]
        }
        _ if in_table => vec![until_end(high.whole.start, format!("< {next}"))],
        _ => vec![until_end(high.of.end, format!(" < {next}"))],
    };
    Some(Fix {
        message: format!("end below {next}: what lies between belongs to this line"),
        edits,
        safe: false,
    })
}

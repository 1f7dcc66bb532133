//! Whether the lines of a table leave nothing out. Exact where its cells are literals: each column falls into the
//! values that its cells name and the stretches between them, and every combination of these is tried.

use super::Checker;
use super::expressions::is_unknown;
use crate::hir::{self, AggregateOp, AttributeKind, CompareOp, Expr, ExprKind as H};
use crate::schema::{Type, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Beyond so many combinations a table counts as one that may leave something out.
const MOST: usize = 20_000;

/// Values of a column that no cell tells apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Point(i128),
    /// Between this and the next value that is named.
    Above(i128),
    /// Below all that are named.
    Lowest,
    Text(Arc<str>),
    /// Any text that is not named.
    OtherText,
}

impl Checker<'_> {
    /// Whether some line fits whatever the row is, as far as can be seen; false where in doubt, but true of a table
    /// with a mistake, which has been told of.
    pub(super) fn leaves_nothing_out(&self, table: &hir::Table) -> bool {
        let cells = table
            .lines
            .iter()
            .flat_map(|line| line.cells.iter().flatten());
        if cells.chain(&table.by).any(is_unknown) {
            return true;
        }
        if table.by.iter().any(|column| column.ty.optional) {
            return false;
        }
        let columns: Option<Vec<Vec<Piece>>> = table
            .by
            .iter()
            .enumerate()
            .map(|(i, column)| self.pieces(column, table, i))
            .collect();
        let Some(columns) = columns else {
            return false;
        };
        let all: usize = columns.iter().map(Vec::len).fold(1, usize::saturating_mul);
        all <= MOST && (0..all).all(|n| fits(table, &columns, n))
    }

    fn pieces(&self, column: &Expr, table: &hir::Table, i: usize) -> Option<Vec<Piece>> {
        let mut named = Vec::new();
        for line in &table.lines {
            if let Some(cell) = line.cells.get(i)? {
                values_in(cell, &mut named)?;
            }
        }
        if let Type::Enum(set) = column.ty.ty {
            let n = self.enums[set.index()].values.len();
            return Some((0..n).map(|place| Piece::Point(place as i128)).collect());
        }
        if column.ty.ty == Type::YesNo {
            return Some(vec![Piece::Point(0), Piece::Point(1)]);
        }
        if column.ty.ty == Type::Text {
            let texts = named.iter().filter_map(|v| match v {
                Value::Text(text) => Some(Piece::Text(text.clone())),
                _ => None,
            });
            let texts: BTreeSet<Piece> = texts.chain([Piece::OtherText]).collect();
            return Some(texts.into_iter().collect());
        }
        let points: Option<BTreeSet<i128>> = named.iter().map(size).collect();
        let points: Vec<i128> = points?.into_iter().collect();
        let whole = matches!(column.ty.ty, Type::Integer | Type::Date);
        let least = self.is_a_count(column).then_some(0);
        let mut pieces = Vec::new();
        if points.first().is_none_or(|p| least.is_none_or(|l| *p > l)) {
            pieces.push(Piece::Lowest);
        }
        for (i, point) in points.iter().enumerate() {
            pieces.push(Piece::Point(*point));
            if !whole || points.get(i + 1).is_none_or(|next| next - point > 1) {
                pieces.push(Piece::Above(*point));
            }
        }
        Some(pieces)
    }

    /// What is never negative.
    fn is_a_count(&self, e: &Expr) -> bool {
        match &e.kind {
            H::Aggregate(a) => matches!(a.op, AggregateOp::Count | AggregateOp::DistinctCount),
            H::Attribute(id, hir::Part::Value) => match &self.slots[id.index()].state {
                super::State::Done(attribute) => match &attribute.kind {
                    AttributeKind::Define(value) => self.is_a_count(value),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether a line fits the `n`th combination of pieces.
fn fits(table: &hir::Table, columns: &[Vec<Piece>], mut n: usize) -> bool {
    let pieces: Vec<&Piece> = columns
        .iter()
        .map(|pieces| {
            let piece = &pieces[n % pieces.len()];
            n /= pieces.len();
            piece
        })
        .collect();
    table.lines.iter().any(|line| {
        let mut cells = line.cells.iter().zip(&pieces);
        cells.all(|(cell, piece)| cell.as_ref().is_none_or(|c| holds(c, piece)))
    })
}

/// The literals that a cell compares with; `None` where it is anything else than a cell of literals.
fn values_in(cell: &Expr, out: &mut Vec<Value>) -> Option<()> {
    match &cell.kind {
        H::And(parts) => parts.iter().try_for_each(|part| values_in(part, out)),
        H::Not(inner) => values_in(inner, out),
        H::In { list, .. } => {
            out.extend(list.iter().cloned());
            Some(())
        }
        H::Compare { right, .. } => match &right.kind {
            H::Literal(value) => {
                out.push(value.clone());
                Some(())
            }
            _ => None,
        },
        // `yes` is the column itself.
        _ => (cell.ty.ty == Type::YesNo).then_some(()),
    }
}

/// INVARIANT: `values_in` has taken the cell.
fn holds(cell: &Expr, piece: &Piece) -> bool {
    match &cell.kind {
        H::And(parts) => parts.iter().all(|part| holds(part, piece)),
        H::Not(inner) => !holds(inner, piece),
        H::In { list, .. } => list.iter().any(|v| compare(CompareOp::Equal, piece, v)),
        H::Compare { op, right, .. } => match &right.kind {
            H::Literal(value) => compare(*op, piece, value),
            _ => false,
        },
        _ => *piece == Piece::Point(1),
    }
}

fn compare(op: CompareOp, piece: &Piece, value: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (piece, value) {
        (Piece::Text(a), Value::Text(b)) if a == b => Equal,
        (Piece::Text(_) | Piece::OtherText, _) => return op == CompareOp::NotEqual,
        _ => {
            let Some(size) = size(value) else {
                return false;
            };
            match piece {
                Piece::Point(p) => p.cmp(&size),
                Piece::Above(p) if *p >= size => Greater,
                _ => Less,
            }
        }
    };
    match op {
        CompareOp::Equal => order == Equal,
        CompareOp::NotEqual => order != Equal,
        CompareOp::Less => order == Less,
        CompareOp::LessEqual => order != Greater,
        CompareOp::Greater => order == Greater,
        CompareOp::GreaterEqual => order != Less,
    }
}

fn size(value: &Value) -> Option<i128> {
    Some(match value {
        Value::YesNo(b) => i128::from(*b),
        Value::Integer(n) | Value::DateTime(n) => i128::from(*n),
        Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.0,
        Value::Date(day) => i128::from(day.0),
        Value::Time(t) => i128::from(*t),
        Value::Enum(_, place) => i128::from(*place),
        Value::Text(_) | Value::Duration(..) => return None,
    })
}

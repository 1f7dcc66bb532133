//! Decision tables.

use super::expressions::{Beside, flag, is_unknown, literal, unknown};
use super::literals::bare;
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AttributeKind, CompareOp, ExprKind as H, Ty};
use crate::schema::{EnumId, Type, Value};
use crate::source::Spanned;
use crate::syntax::ast::{self, Cell, Expr, ExprKind as A};

impl<'a> Checker<'a> {
    pub(super) fn table(
        &mut self,
        t: &'a ast::Table,
        set: Option<EnumId>,
        scope: Scope<'_>,
    ) -> (Ty, AttributeKind) {
        let mut by: Vec<hir::Expr> = t.by.iter().map(|e| self.expr(e, scope)).collect();
        for (i, column) in by.iter_mut().enumerate() {
            *column = self.column(column.clone(), t, i);
        }
        // The values that are listed stand before those of the lines.
        let listed = set.zip(t.values.as_ref());
        let mut common = listed.map(|(set, values)| literal(Value::Enum(set, 0), values.span));
        let mut lines = Vec::new();
        for line in &t.lines {
            let cells = self.cells(line, &by);
            let value = self.line_value(&line.value, &mut common, scope);
            lines.push(hir::TableLine {
                span: line.span,
                cells,
                value,
            });
        }
        let otherwise = t
            .otherwise
            .as_ref()
            .map(|e| self.line_value(e, &mut common, scope));
        let ty = common.map_or(Type::Unknown, |c| c.ty.ty);
        // Whole numbers beside fractions.
        for line in &mut lines {
            line.value = self.as_common(line.value.clone(), ty);
        }
        let otherwise = otherwise.map(|e| self.as_common(e, ty));
        let mut optional = lines.iter().any(|l| l.value.ty.optional);
        let table = hir::Table {
            by,
            first_match: t.first_match,
            lines,
            otherwise,
        };
        optional |= match &table.otherwise {
            Some(e) => e.ty.optional,
            None => !self.leaves_nothing_out(&table),
        };
        (Ty { ty, optional }, AttributeKind::Table(table))
    }

    /// A column of whole numbers with a fraction in a cell is one of numbers; a reference is its key.
    fn column(&mut self, column: hir::Expr, t: &'a ast::Table, i: usize) -> hir::Expr {
        match column.ty.ty {
            Type::Integer
                if t.lines
                    .iter()
                    .any(|l| l.cells.get(i).is_some_and(has_fraction)) =>
            {
                self.widen(column)
            }
            Type::Reference(r) => self.key_of(column, r),
            _ => column,
        }
    }

    fn as_common(&self, e: hir::Expr, ty: Type) -> hir::Expr {
        if ty == Type::Number && e.ty.ty == Type::Integer {
            self.widen(e)
        } else {
            e
        }
    }

    /// A line's value, of the type of those before it.
    fn line_value(
        &mut self,
        e: &'a Expr,
        common: &mut Option<hir::Expr>,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let beside = common
            .as_ref()
            .map_or(Beside::Nothing, |c| Beside::of(c.ty.ty));
        let value = self.typed(e, scope, beside);
        if is_unknown(&value) {
            return value;
        }
        if let (Some(first), Type::Text) = (&*common, value.ty.ty)
            && let Type::Enum(set) = first.ty.ty
        {
            let first = first.clone();
            self.text_beside_name::<()>(set, &first, &value);
            return unknown(value.span);
        }
        match common.take() {
            None => *common = Some(value.clone()),
            Some(first) => {
                let kept = first.clone();
                let (_, second, ty) = self.alike(first, value.clone(), "this line's value");
                *common = Some(match ty {
                    Type::Number => second,
                    _ => kept,
                });
            }
        }
        value
    }

    fn cells(&mut self, line: &'a ast::TableLine, by: &[hir::Expr]) -> Vec<Option<hir::Expr>> {
        if line.cells.len() != by.len() {
            self.report(
                Diagnostic::new(
                    &codes::TABLE_SHAPE,
                    line.span,
                    format!(
                        "this line has {} {}, and the table goes by {}",
                        line.cells.len(),
                        if line.cells.len() == 1 {
                            "cell"
                        } else {
                            "cells"
                        },
                        by.len()
                    ),
                )
                .help("write one cell for each value after `by`; `any` where it does not matter"),
            );
            return vec![None; by.len()];
        }
        line.cells
            .iter()
            .zip(by)
            .map(|(cell, column)| self.cell(cell, column))
            .collect()
    }

    fn cell(&mut self, cell: &'a Spanned<Cell>, column: &hir::Expr) -> Option<hir::Expr> {
        let span = cell.span;
        Some(match &cell.node {
            Cell::Any => return None,
            Cell::OneOf(list) => self.cell_list(list, column, span),
            Cell::Compare(op, e) => self.compare_literal(*op, column, e, span),
            Cell::FromToBelow(low, high) => self.cell_range(
                [(CompareOp::GreaterEqual, low), (CompareOp::Less, high)],
                column,
                span,
            ),
            Cell::Between(low, high) => self.cell_range(
                [(CompareOp::GreaterEqual, low), (CompareOp::LessEqual, high)],
                column,
                span,
            ),
        })
    }

    fn cell_list(
        &mut self,
        list: &'a [Expr],
        column: &hir::Expr,
        span: crate::source::Span,
    ) -> hir::Expr {
        let ty = column.ty.ty;
        let values: Vec<Option<Value>> = list.iter().map(|e| self.literal(e, ty)).collect();
        let Some(values) = values.into_iter().collect::<Option<Vec<Value>>>() else {
            return unknown(span);
        };
        let optional = column.ty.optional;
        if let ([Value::YesNo(said)], Type::YesNo) = (values.as_slice(), ty) {
            return if *said {
                column.clone()
            } else {
                super::expressions::not(column.clone(), span)
            };
        }
        if let [value] = values.as_slice() {
            let right = literal(value.clone(), span);
            let kind = H::Compare {
                op: CompareOp::Equal,
                left: Box::new(column.clone()),
                right: Box::new(right),
            };
            return flag(kind, optional, span);
        }
        let kind = H::In {
            value: Box::new(column.clone()),
            list: values,
        };
        flag(kind, optional, span)
    }

    fn cell_range(
        &mut self,
        ends: [(CompareOp, &'a Expr); 2],
        column: &hir::Expr,
        span: crate::source::Span,
    ) -> hir::Expr {
        let mut parts = Vec::new();
        for (op, e) in ends {
            let part = self.compare_literal(op, column, e, span);
            if is_unknown(&part) {
                return unknown(span);
            }
            parts.push(part);
        }
        let optional = column.ty.optional;
        flag(H::And(parts), optional, span)
    }
}

fn has_fraction(cell: &Spanned<Cell>) -> bool {
    let fraction = |e: &Expr| matches!(bare(e).kind, A::Number(_));
    match &cell.node {
        Cell::Any => false,
        Cell::OneOf(list) => list.iter().any(fraction),
        Cell::Compare(_, e) => fraction(e),
        Cell::FromToBelow(a, b) | Cell::Between(a, b) => fraction(a) || fraction(b),
    }
}

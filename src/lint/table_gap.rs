//! `table-gap`: a table has no line for some of its values, and no `otherwise`.

use super::Proof;
use super::boundary_mismatch;
use super::claims::{Claims, yes};
use super::lines::{columns_of, tables};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Expr;
use crate::schema::Value;
use crate::solver::{MOST_CUT, Region};

/// Whether a value has more places than amounts are written with.
fn is_fine(value: &Option<Value>) -> bool {
    match value {
        Some(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => {
            d.0 % (crate::schema::ONE / 10_000) != 0
        }
        _ => false,
    }
}

/// Cells times pieces of what is left: a table of hundreds of lines and many columns is cut less finely.
const WORK: usize = 1 << 19;

pub const LINT: Proof = Proof {
    code: &codes::TABLE_GAP,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (attribute, table) in tables(claims.program) {
        if table.otherwise.is_some() {
            continue;
        }
        // Where a value of a column is missing there is nothing to look up.
        let mut left = Region::everything();
        for column in &table.by {
            left = left.and(&claims.solver.known_region(attribute.record, column));
        }
        let cells = table.by.len() * table.lines.len();
        let most = (WORK / cells.max(1)).clamp(64, MOST_CUT);
        for line in &table.lines {
            let not = claims.solver.not_line_region(attribute.record, line);
            left = left.and_up_to(&not, most);
        }
        if claims.solver.is_empty(&left) {
            continue;
        }
        let mut questions: Vec<&Expr> = table.by.iter().collect();
        questions.extend(table.lines.iter().flat_map(|l| l.cells.iter().flatten()));
        let columns = table.by.len();
        let falls = |v: &[Option<Value>]| {
            let mut cells = v[columns..].iter();
            v[..columns].iter().all(Option::is_some)
                && table.lines.iter().all(|line| {
                    let n = line.cells.iter().flatten().count();
                    let answers: Vec<_> = cells.by_ref().take(n).collect();
                    !answers.into_iter().all(yes)
                })
        };
        let coarse = |v: &[Option<Value>]| falls(v) && !v[..columns].iter().any(is_fine);
        let record = attribute.record;
        let mut seen = claims.seen(record, &left, &questions, coarse);
        // What lies between 999.99 and 1000 only is `boundary-mismatch`, which has a fix.
        if seen.is_none() && boundary_mismatch::in_table(table, claims.sources()).is_empty() {
            seen = claims.seen(record, &left, &questions, falls);
        }
        let Some(seen) = seen else { continue };
        let names = columns_of(claims, table, &seen.values[..columns]);
        found.push(
            Diagnostic::new(
                &codes::TABLE_GAP,
                attribute.span,
                format!("no line of the table `{}` is for {names}", attribute.name),
            )
            .help(format!(
                "add a line for it, or end the table with `otherwise …`{}",
                seen.example()
            )),
        );
    }
    found
}

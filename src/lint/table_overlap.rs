//! `table-overlap`: two lines of a table are for the same values, and nothing says which counts.

use super::Proof;
use super::claims::{Claims, yes};
use super::lines::{columns_of, tables};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Expr;

pub const LINT: Proof = Proof {
    code: &codes::TABLE_OVERLAP,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (attribute, table) in tables(claims.program) {
        if table.first_match {
            continue;
        }
        for (j, second) in table.lines.iter().enumerate() {
            for first in &table.lines[..j] {
                let a = claims.solver.line_region(attribute.record, first);
                let both = a.and(&claims.solver.line_region(attribute.record, second));
                if claims.solver.is_empty(&both) {
                    continue;
                }
                let mut questions: Vec<&Expr> = table.by.iter().collect();
                questions.extend(first.cells.iter().flatten());
                questions.extend(second.cells.iter().flatten());
                let columns = table.by.len();
                let seen = claims.seen(attribute.record, &both, &questions, |v| {
                    v[columns..].iter().all(yes)
                });
                let Some(seen) = seen else { continue };
                let names = columns_of(claims, table, &seen.values[..columns]);
                found.push(
                    Diagnostic::new(
                        &codes::TABLE_OVERLAP,
                        second.span,
                        format!("two lines of the table `{}` are for {names}", attribute.name),
                    )
                    .also(first.span, "so is this one")
                    .help(format!(
                        "change one of them, or write `first match` in the table's header if the upper one is to count{}",
                        seen.example()
                    )),
                );
                break;
            }
        }
    }
    found
}

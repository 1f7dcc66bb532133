//! `column-without-effect`: a table goes by a value that changes nothing.

use super::Proof;
use super::claims::Claims;
use super::lines::tables;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Table;
use crate::solver::{Asked, Region};
use indexmap::IndexMap;

pub const LINT: Proof = Proof {
    code: &codes::COLUMN_WITHOUT_EFFECT,
    check,
};

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (attribute, table) in tables(claims.program) {
        for column in 0..table.by.len() {
            if table.lines.is_empty() || !is_idle(claims, attribute.record, table, column) {
                continue;
            }
            let name = claims.text(table.by[column].span);
            found.push(
                Diagnostic::new(
                    &codes::COLUMN_WITHOUT_EFFECT,
                    table.by[column].span,
                    format!("`{name}` changes nothing in the table `{}`", attribute.name),
                )
                .help("remove the column, or give a line that depends on it another value"),
            );
        }
    }
    found
}

/// Whether lines that differ in this column only have one value, and leave nothing of it out.
fn is_idle<'p>(
    claims: &mut Claims<'p>,
    record: crate::schema::RecordId,
    table: &'p Table,
    column: usize,
) -> bool {
    let mut groups: IndexMap<Vec<Option<String>>, Vec<usize>> = IndexMap::new();
    for (place, line) in table.lines.iter().enumerate() {
        let others = line.cells.iter().enumerate();
        let key = others
            .filter(|(i, _)| *i != column)
            .map(|(_, cell)| cell.as_ref().map(|c| claims.solver.key_of(c)))
            .collect();
        groups.entry(key).or_default().push(place);
    }
    groups.values().all(|lines| {
        let mut values = lines
            .iter()
            .map(|l| claims.solver.key_of(&table.lines[*l].value));
        let first = values.next();
        if values.any(|v| Some(v) != first) {
            return false;
        }
        let mut left = Region::everything();
        for line in lines {
            left = left.and(&match &table.lines[*line].cells[column] {
                Some(cell) => claims.solver.region(record, cell, Asked::NotTrue),
                None => Region::nothing(),
            });
        }
        claims.solver.is_empty(&left)
    })
}

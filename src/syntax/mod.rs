//! From text to syntax tree. The only room that knows the parser generator.
//!
//! `prepare` reads comments, full-width marks and foreign habits; `chunks` balances braces and cuts the text
//! into declarations; the grammar parses each; `build` makes the tree; where the grammar fails, `expected`
//! says why and `recover` goes on.

pub mod ast;
mod blocks;
mod build;
mod chunks;
mod empty;
mod expected;
mod marks;
mod mistakes;
mod names;
mod phrases;
mod prepare;
mod recover;
mod shapes;
mod words;

pub use names::{RESERVED, is_reserved, names_in, quote_name};
pub use phrases::is_unit;
pub use prepare::fullwidth;

use crate::diagnostic::{Diagnostic, sort};
use crate::source::SourceFile;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/guanxi.pest"]
struct Grammar;

/// Parses one file. Total: every text gives a tree of what could be read, and a diagnostic for each
/// mistake in the rest.
pub fn parse(file: &SourceFile) -> (ast::File, Vec<Diagnostic>) {
    let mut prepared = prepare::prepare(file);
    let mut diagnostics = std::mem::take(&mut prepared.diagnostics);
    chunks::balance(&mut prepared, file, &mut diagnostics);
    let mut recovery = recover::Recovery {
        file,
        prepared: &prepared,
        diagnostics,
        declarations: Vec::new(),
        broken: Vec::new(),
    };
    let ranges = chunks::chunks(&prepared);
    let mut rest = ranges.into_iter().peekable();
    while let Some(range) = rest.next() {
        let deep = prepared.too_deep.iter().any(|d| range.contains(d));
        if !deep && recovery.straight(range.clone()) {
            continue;
        }
        // A line that only looks like a declaration may go on with an expression.
        let joined = rest.peek().map(|next| range.start..next.end);
        match joined.filter(|_| !deep) {
            Some(joined) if recovery.straight(joined.clone()) => drop(rest.next()),
            _ => recovery.chunk(range),
        }
    }
    let recover::Recovery {
        mut diagnostics,
        declarations,
        mut broken,
        ..
    } = recovery;
    empty::check(&declarations, &mut diagnostics);
    sort(&mut diagnostics);
    broken.sort_by_key(|b| b.span);
    let comments = prepared.comments;
    (
        ast::File {
            id: file.id,
            declarations,
            comments,
            broken,
        },
        diagnostics,
    )
}

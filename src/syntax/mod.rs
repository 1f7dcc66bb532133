//! From text to syntax tree. The only room that knows the parser generator.

pub mod ast;
mod build;
mod chunks;
mod names;
mod prepare;

pub use names::{RESERVED, is_reserved, names_in, quote_name};

use crate::diagnostic::{Diagnostic, codes, sort};
use crate::source::SourceFile;
use pest::Parser;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/guanxi.pest"]
struct Grammar;

/// Parses one file. Total: every text gives a tree of what could be read, and a diagnostic for each
/// mistake in the rest.
pub fn parse(file: &SourceFile) -> (ast::File, Vec<Diagnostic>) {
    let mut prepared = prepare::prepare(file);
    let mut diagnostics = std::mem::take(&mut prepared.diagnostics);
    let mut tree = ast::File {
        id: file.id,
        declarations: Vec::new(),
        comments: prepared.comments.clone(),
        broken: Vec::new(),
    };
    match Grammar::parse(Rule::chunk, &prepared.text) {
        Ok(pairs) => {
            let mut builder = build::Builder {
                file,
                map: &prepared.map,
                base: 0,
                comments: &prepared.comments,
                diagnostics: &mut diagnostics,
            };
            tree.declarations = builder.chunk(pairs);
        }
        Err(e) => {
            let at = match e.location {
                pest::error::InputLocation::Pos(p) => p,
                pest::error::InputLocation::Span((p, _)) => p,
            };
            let span = prepared.map.span(file.id, at, at);
            diagnostics.push(Diagnostic::new(
                &codes::SYNTAX,
                span,
                format!("unexpected text {e}"),
            ));
            tree.broken.push(ast::Broken {
                span: file.span(),
                names: names_in(&file.text),
            });
        }
    }
    sort(&mut diagnostics);
    (tree, diagnostics)
}

//! The formatter: one layout for every program.
//!
//! The tree says where lines may break; what is printed are the file's own tokens and comments, in their
//! order, so the meaning can not change. Formatting is idempotent.

mod campaigns;
mod declarations;
mod diff;
mod doc;
mod expressions;
mod lexemes;
mod printer;
mod test_blocks;
mod tokens;

pub use diff::{diff, edits};

use std::collections::BTreeSet;

use crate::source::SourceFile;
use crate::syntax::ast::{DeclarationKind, File};
use printer::Printer;

/// The text of a file in the standard layout: lines of up to 100 columns where its texts allow it, `\n`
/// line ends, a final one unless it is empty, no byte order mark.
///
/// `ast` is the tree of `file`, which has no syntax errors. With errors the text comes back as it was.
pub fn format(file: &SourceFile, ast: &File) -> String {
    if !ast.broken.is_empty() {
        return file.text.to_string();
    }
    let tokens = tokens::tokenize(&file.text, &raw_ranges(ast));
    // A list that has to break now is one that its author broke the next time: both look the same only
    // if what stands around it knows. Every round but the last breaks another list.
    let mut broken_lists = BTreeSet::new();
    loop {
        let mut printer = Printer::new(tokens.clone(), &broken_lists);
        printer.file(ast);
        let (text, broken) = doc::render(&printer.finish());
        if broken.is_empty() {
            return text;
        }
        broken_lists.extend(broken);
    }
}

/// What is not for us to lay out: the bodies of accounts.
fn raw_ranges(ast: &File) -> Vec<(usize, usize)> {
    let accounts = ast
        .declarations
        .iter()
        .filter(|d| matches!(d.kind, DeclarationKind::Account(_)));
    accounts
        .map(|d| (d.span.start as usize, d.span.end as usize))
        .collect()
}

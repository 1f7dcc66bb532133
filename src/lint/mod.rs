//! Findings about programs that are correct: one lint a file, one line here. Floor 9: a claim about customers
//! is tried on the engine before it is made.

mod levels;
mod suppression;
mod unformatted;
mod unused_definition;

pub use levels::{LEVELS, Level, Levels, Wrong};
pub use suppression::{Obeyed, obey};
pub use unformatted::unformatted;

use crate::diagnostic::{self, Code, Diagnostic};
use crate::hir::Program;
use crate::source::SourceMap;
use crate::syntax::ast;

/// A workspace without errors, for lints to look at.
#[derive(Clone, Copy)]
pub struct Checked<'w> {
    pub program: &'w Program,
    pub sources: &'w SourceMap,
    /// Of the program's files, those of `use`d folders among them.
    pub files: &'w [ast::File],
}

/// One lint.
pub struct Lint {
    /// What it reports, and nothing else.
    pub code: &'static Code,
    /// Says what it finds, in any order.
    pub check: fn(Checked<'_>) -> Vec<Diagnostic>,
}

/// Every lint but `unformatted`, which looks at a text and not at a program.
pub const LINTS: &[Lint] = &[unused_definition::LINT];

/// What the lints find whose code is wanted, in order of place.
pub fn run(checked: Checked<'_>, wanted: &dyn Fn(&'static Code) -> bool) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = LINTS
        .iter()
        .filter(|lint| wanted(lint.code))
        .flat_map(|lint| (lint.check)(checked))
        .collect();
    diagnostic::sort(&mut found);
    found
}

//! Findings about programs that are correct: one lint a file, one line here. Floor 7.

mod unformatted;
mod unused_definition;

pub use unformatted::unformatted;

use crate::diagnostic::{self, Diagnostic};
use crate::hir::Program;

/// A lint looks at a whole program and says what it finds.
type Lint = fn(&Program) -> Vec<Diagnostic>;

const LINTS: &[Lint] = &[unused_definition::check];

/// What every lint finds, in order of place.
pub fn run(program: &Program) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = LINTS.iter().flat_map(|lint| lint(program)).collect();
    diagnostic::sort(&mut found);
    found
}

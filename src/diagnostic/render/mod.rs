//! Diagnostics as text: one file a format.
//!
//! Every format gives the findings in the order of [`super::sort`], whatever order they come in.

mod concise;
mod human;
mod json;

pub use concise::concise;
pub use human::{Look, human};
pub use json::json;

use super::Diagnostic;

/// In the order of output.
fn sorted(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut list = diagnostics.to_vec();
    super::sort(&mut list);
    list
}

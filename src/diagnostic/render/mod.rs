//! Diagnostics as text: one file a format.
//!
//! Every format gives the findings in the order of [`super::sort`], whatever order they come in.

mod concise;
mod github;
mod gitlab;
mod human;
mod json;
pub mod junit;
mod sarif;

pub use concise::concise;
pub use github::{annotation, github};
pub use gitlab::gitlab;
pub use human::{Look, human};
pub use json::json;
pub use junit::junit;
pub use sarif::sarif;

use super::Diagnostic;
use crate::source::SourceMap;

/// In the order of output.
fn sorted(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut list = diagnostics.to_vec();
    super::sort(&mut list);
    list
}

/// The message, and what stands beside the arrow where there is a drawing.
fn message(d: &Diagnostic) -> String {
    if d.label.is_empty() {
        d.message.clone()
    } else {
        format!("{} ({})", d.message, d.label)
    }
}

/// Lines below the message where there is no drawing: the other places, then the help.
pub fn details(sources: &SourceMap, d: &Diagnostic) -> Vec<String> {
    let places = d
        .labels
        .iter()
        .map(|l| format!("{}: {}", sources.locate(l.span), l.text));
    let help = d.help.iter().map(|h| format!("help: {h}"));
    places.chain(help).collect()
}

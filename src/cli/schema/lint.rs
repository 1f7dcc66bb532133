//! `guanxi schema lint`: the JSON Schema of the findings.

use crate::cli::Invocation;
use crate::cli::console::{Exit, Outcome};

pub fn run(invocation: &Invocation) -> Outcome {
    invocation
        .console
        .result(include_str!("lint.schema.json"))?;
    Ok(Exit::Clean)
}

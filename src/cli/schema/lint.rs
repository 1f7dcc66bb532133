//! `guanxi schema lint`: the JSON Schema of the findings.

use crate::cli::Session;
use crate::cli::console::{Exit, Outcome};

pub fn run(session: &Session) -> Outcome {
    session.console.result(include_str!("lint.schema.json"))?;
    Ok(Exit::Clean)
}

//! Evaluation, and the way from candidates to actions. Floor 8.

mod candidates;
pub mod evaluate;
mod figures;
mod firing;
mod listing;
mod outcome;
mod run;
pub mod stages;
mod values;

pub use evaluate::{Clock, EvalError, Evaluator};
pub use figures::FigureValue;
pub use listing::{list_attributes, values_of};
pub use outcome::{ActionRow, Outcome, RuleOutcome, SegmentCount, Suppressed};
pub use run::run;
pub use stages::{Fall, Stage};

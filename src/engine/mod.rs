//! Evaluation, and the way from candidates to actions. Floor 8.

mod arguments;
mod candidates;
mod ending;
pub mod evaluate;
mod fates;
mod figures;
mod firing;
mod given;
mod levels;
mod listing;
mod lots;
mod measure;
mod outcome;
mod past;
mod probe;
mod reached;
mod recall;
mod render;
mod run;
pub mod stages;
mod texts;
mod values;

pub use ending::{Ending, Stopped, row_of, value_of, values_inside};
pub use evaluate::{Clock, EvalError, Evaluator};
pub use fates::Fates;
pub use figures::{FigureText, FigureValue, GroupText};
pub use given::{Given, Rehearsal};
pub use listing::{list_attributes, values_of};
pub use measure::{
    Amounts, Brought, Group, MeanDifference, Measured, Newcombe, NoInterval, Ruled, Unlike, measure,
};
pub use outcome::{ActionRow, Outcome, RuleOutcome, SegmentCount, Suppressed};
pub use past::{Past, Stated};
pub use probe::{dataset_of, probe};
pub use reached::RuleReached;
pub use recall::{recall, recalls_parameters};
pub use run::run;
pub use stages::{Fall, Spent, Stage, Use};
pub use texts::Texts;

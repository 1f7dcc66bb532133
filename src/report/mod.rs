//! What a run says of itself and hands over: the summary, the action list, attribute tables. Floor 9.
//!
//! Texts and rows only; where they go is the command's business.

mod actions;
mod attributes;
mod coverage;
mod figures;
mod measure;
mod order;
mod summary;
mod table;

pub use actions::{
    action_columns, listed_action_cells, suppressed_cells, suppressed_columns, with_action_cells,
};
pub use attributes::{attribute_columns, attribute_text_table, with_attribute_cells};
pub use coverage::{Covered, coverage, coverage_json, coverage_lcov, missing};
pub use measure::{measures, measures_json};
pub use order::Order;
pub use summary::{Memory, Summary, Sums, summary};
pub use table::{Align, TextTable, grouped, visible};

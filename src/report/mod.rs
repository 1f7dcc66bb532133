//! What a run says of itself and hands over: the summary, the action list, attribute tables. Floor 9.
//!
//! Texts and rows only; where they go is the command's business.

mod actions;
mod attributes;
mod summary;
mod table;
mod value;

pub use actions::{action_columns, action_row, suppressed_columns, suppressed_row};
pub use attributes::{attribute_columns, attribute_row, attribute_text_table};
pub use summary::{Summary, summary};
pub use table::{Align, TextTable, grouped, visible};
pub use value::{plain, suffix};

//! Customer records in, tables out.

#[path = "data/damage.rs"]
mod damage;
#[path = "data/formats.rs"]
mod formats;
#[path = "data/output.rs"]
mod output;
#[path = "data/rejects.rs"]
mod rejects;
#[cfg(feature = "arrow")]
#[path = "data/row_groups.rs"]
mod row_groups;
#[path = "data/support.rs"]
mod support;
#[path = "data/tables.rs"]
mod tables;
#[path = "data/unread_keys.rs"]
mod unread_keys;

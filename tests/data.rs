//! Customer records in, tables out.

#[path = "data/damage.rs"]
mod damage;
#[path = "data/support.rs"]
mod support;

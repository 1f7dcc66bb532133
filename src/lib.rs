//! Guanxi.
pub mod diagnostic;
pub mod format;
pub mod schema;
pub mod source;
pub mod syntax;

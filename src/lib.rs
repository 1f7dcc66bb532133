//! Guanxi: a declarative language for relationship marketing.
//!
//! The folders are the stages a program flows through; `docs/architecture.md` is their map.

pub mod analysis;
pub mod calendar;
pub mod cli;
pub mod data;
pub mod diagnostic;
pub mod engine;
pub mod format;
pub mod functions;
pub mod hir;
pub mod ledger;
pub mod lint;
pub mod locale;
pub mod plan;
pub mod report;
pub mod schema;
pub mod solver;
pub mod source;
pub mod syntax;
pub mod testing;
pub mod vector;
pub mod why;

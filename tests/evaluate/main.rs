//! The evaluator on plans built by hand.

mod aggregates;
mod build;
mod dates;
mod folds;
mod frames;
mod junctions;
mod logic;
mod numbers;
mod populations;
mod reference;

//! From a plan and data to actions. Floor 8.

pub mod evaluate;

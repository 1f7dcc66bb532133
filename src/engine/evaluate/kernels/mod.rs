//! What is done to a batch: plain loops over slices, one subject a file.
//!
//! Kernels know types and values only, nothing of plans and tables. A row whose result is missing anyway never
//! fails.

pub mod arithmetic;
pub mod compare;
pub mod dates;
pub mod levels;
pub mod logic;
pub mod recurring;
pub mod text;

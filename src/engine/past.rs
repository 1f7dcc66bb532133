//! What a run is told of the past, and how it draws lots.

use crate::ledger::History;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a run gets beside data and clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Past<'h> {
    /// `None`: there is no ledger, and nothing is remembered.
    pub history: Option<&'h History>,
    /// Takes everything that would be done as done, and does nothing.
    pub adopt: bool,
    /// `None`: holdout and variants are drawn by the stated hash.
    pub stated: Option<&'h Stated>,
}

/// Lots that a test states. Who is not named is not held out; a split whose variant is not stated is a failure
/// of the test.
#[derive(Debug, Clone, Default)]
pub struct Stated {
    /// Place of the campaign, key of the subject.
    pub held_out: FxHashSet<(usize, String)>,
    /// Places of campaign and rule, key of the subject: the arm.
    pub variants: FxHashMap<(usize, usize, String), usize>,
}

//! What campaigns have done: the memory between runs. Floor 7.
//!
//! [`History`] is the ledger as a run sees it, in memory; [`Entries`] is what one run adds. Where it lies on the
//! disk is this room's own business.

mod history;

pub use history::{
    DoneAction, Entries, Fate, Firing, Held, History, LevelEntry, RuleHistory, RuleName, Toward,
};

//! What campaigns have done: the memory between runs. Floor 7.
//!
//! [`History`] is the ledger as a run sees it, in memory; [`Entries`] is what one run adds. [`Ledger`] is the
//! file that keeps it; `docs/ledger.md` is its manual.

mod history;
mod store;

pub use history::{
    DoneAction, Entries, Fate, Firing, Held, History, LevelEntry, RuleHistory, RuleName, Toward,
};
pub use store::{
    Added, ExportedLine, Fault, Finding, Forgotten, Ledger, LedgerError, ListedAction,
    ListedFiring, ListedRun, Names, Pending, PendingKind, Pruned, Query, Writing,
};

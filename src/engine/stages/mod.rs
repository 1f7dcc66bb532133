//! From candidates to actions: the stages in their order, one file each.
//!
//! A candidate is a rule and a subject for which its conditions hold. Each stage may make candidates, or
//! single actions of theirs, fall; what falls keeps the stage and the limit that stopped it.

mod channel;
mod conditions;
mod exclusive;
mod holdout;
mod instead_of;
mod limits;
mod pause;
mod quiet;
mod repetition;

pub(super) use channel::{apply as channel, everybody};
pub(super) use conditions::find as conditions;
pub use conditions::runs_on;
pub(super) use exclusive::apply as exclusive;
pub(super) use holdout::{NOTHING, apply as holdout, nothing, variants};
pub(super) use instead_of::apply as instead_of;
pub use limits::{Spent, Use};
pub(super) use limits::{apply as limits, spent, subject_groups, target_groups};
pub(super) use pause::apply as pause;
pub(super) use quiet::deliver_after;
pub use repetition::due_again;
pub(super) use repetition::{HELD_EARLIER, apply as repetition};

use super::evaluate::Evaluator;
use super::past::Past;
use crate::hir::Purpose;
use crate::plan::Plan;

/// Why a candidate fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    InsteadOf,
    Repetition,
    Pause,
    Channel,
    Holdout,
    Exclusive,
    Caps,
    Budget,
}

impl Stage {
    pub const ALL: [Stage; 8] = [
        Stage::InsteadOf,
        Stage::Repetition,
        Stage::Pause,
        Stage::Channel,
        Stage::Holdout,
        Stage::Exclusive,
        Stage::Caps,
        Stage::Budget,
    ];

    /// As the suppressed list, the summary and `expect no … because` say it.
    pub fn name(self) -> &'static str {
        match self {
            Stage::InsteadOf => "instead of",
            Stage::Repetition => "repetition",
            Stage::Pause => "pause",
            Stage::Channel => "channel",
            Stage::Holdout => "holdout",
            Stage::Exclusive => "exclusive",
            Stage::Caps => "caps",
            Stage::Budget => "budget",
        }
    }
}

/// A stage and what in it stopped: `platinum_gift`, `done on 2026-11-20`, `email: consent`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fall {
    pub stage: Stage,
    pub limit: String,
}

impl Fall {
    pub fn new(stage: Stage, limit: String) -> Fall {
        Fall { stage, limit }
    }
}

/// What every stage looks at.
#[derive(Clone, Copy)]
pub(super) struct Run<'r, 'p> {
    pub plan: &'p Plan,
    pub evaluator: &'r Evaluator<'p>,
    pub past: &'r Past<'p>,
}

/// What a campaign's purpose is subject to (language.md, section 7).
pub(super) trait Obeys {
    fn consent(self) -> bool;
    fn pause_and_holdout(self) -> bool;
    /// `exclusive`, caps, budgets and quiet hours.
    fn limits(self) -> bool;
}

impl Obeys for Purpose {
    fn consent(self) -> bool {
        self == Purpose::Promotion
    }

    fn pause_and_holdout(self) -> bool {
        self == Purpose::Promotion
    }

    fn limits(self) -> bool {
        self != Purpose::Safety
    }
}

#[cfg(test)]
mod tests {
    use super::Stage;

    #[test]
    fn tests_may_name_every_stage() {
        let names: Vec<&str> = Stage::ALL.iter().map(|s| s.name()).collect();
        assert_eq!(names, crate::hir::STAGES);
    }
}

//! From candidates to actions: the stages in their order, one file each.
//!
//! A candidate is a rule and a subject for which its conditions hold. Each stage may make candidates, or
//! single actions of theirs, fall; what falls keeps the stage and the limit that stopped it.

mod channel;
mod conditions;
mod instead_of;
mod repetition;

pub(super) use channel::apply as channel;
pub(super) use conditions::{find as conditions, runs_on};
pub(super) use instead_of::apply as instead_of;
pub(super) use repetition::apply as repetition;

/// Why a candidate fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    InsteadOf,
    Repetition,
    Channel,
}

impl Stage {
    pub const ALL: [Stage; 3] = [Stage::InsteadOf, Stage::Repetition, Stage::Channel];

    /// As the suppressed list, the summary and `expect no … because` say it.
    pub fn name(self) -> &'static str {
        match self {
            Stage::InsteadOf => "instead of",
            Stage::Repetition => "repetition",
            Stage::Channel => "channel",
        }
    }
}

/// A stage and what in it stopped: `platinum_gift`, `once for referred_by`, `email: consent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fall {
    pub stage: Stage,
    pub limit: String,
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

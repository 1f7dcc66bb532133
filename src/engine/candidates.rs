//! Candidates of one rule, and the deliveries of its actions.

use super::stages::Fall;

/// The subjects for which a rule's conditions hold, by key.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleCandidates {
    /// Row numbers of the subjects' table, in the order of their keys.
    pub subjects: Vec<u32>,
    /// For each subject, a place in `falls`; [`STANDS`] where nothing stopped it.
    pub verdicts: Vec<u16>,
    /// What stopped candidates or deliveries of this rule.
    pub falls: Vec<Fall>,
    /// For each `then`, for each of its calls.
    pub deliveries: Vec<Vec<Deliveries>>,
}

/// The verdict of what has not fallen.
pub(super) const STANDS: u16 = u16::MAX;

/// One action call for every candidate: who would get it.
#[derive(Debug, Clone, Default)]
pub(super) struct Deliveries {
    /// Places in [`RuleCandidates::subjects`], ascending.
    pub candidates: Vec<u32>,
    /// Row numbers of the targets' table.
    pub targets: Vec<u32>,
    pub verdicts: Vec<u16>,
}

impl RuleCandidates {
    pub fn new(subjects: Vec<u32>) -> Self {
        let verdicts = vec![STANDS; subjects.len()];
        RuleCandidates {
            subjects,
            verdicts,
            ..Default::default()
        }
    }

    /// The verdict that says this fall.
    pub fn verdict(&mut self, fall: Fall) -> u16 {
        let place = self
            .falls
            .iter()
            .position(|f| *f == fall)
            .unwrap_or_else(|| {
                self.falls.push(fall);
                self.falls.len() - 1
            });
        // A rule has a handful of limits; INVARIANT: fewer than `STANDS`.
        place as u16
    }

    pub fn stands(&self, candidate: usize) -> bool {
        self.verdicts[candidate] == STANDS
    }
}

impl Deliveries {
    pub fn push(&mut self, candidate: u32, target: u32, verdict: u16) {
        self.candidates.push(candidate);
        self.targets.push(target);
        self.verdicts.push(verdict);
    }
}

//! What the tests of a program reached: its rules and the choices it makes, each a [`Unit`].
//!
//! A test reaches what its own run reaches, whether it passes or not. Which units there are is read off the program;
//! which were reached off the run, see `reached.rs`.

mod reached;
mod units;

pub use reached::Reached;
pub(super) use reached::reached;

use crate::hir::Program;
use crate::schema::{AttributeId, CampaignId, MessageId};
use crate::source::{SourceMap, Span};
use rayon::prelude::*;

/// Kinds of units, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// It acted for somebody.
    Rule,
    /// `rule A instead of B`: the conditions of both held for somebody.
    InsteadOf,
    /// Somebody got it.
    SplitArm,
    /// A row had this level.
    TierLevel,
    /// A row was in this stage.
    Stage,
    /// It was true of a row.
    ScoreLine,
    /// A row took it; `otherwise` is one.
    TableLine,
    /// An action brought it to somebody.
    MessageText,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::Rule,
        Kind::InsteadOf,
        Kind::SplitArm,
        Kind::TierLevel,
        Kind::Stage,
        Kind::ScoreLine,
        Kind::TableLine,
        Kind::MessageText,
    ];

    /// One of them.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Rule => "rule",
            Kind::InsteadOf => "instead of",
            Kind::SplitArm => "split arm",
            Kind::TierLevel => "tier level",
            Kind::Stage => "stage",
            Kind::ScoreLine => "score line",
            Kind::TableLine => "table line",
            Kind::MessageText => "message text",
        }
    }

    /// Several.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Rule => "rules",
            Kind::InsteadOf => "instead of",
            Kind::SplitArm => "split arms",
            Kind::TierLevel => "tier levels",
            Kind::Stage => "stages",
            Kind::ScoreLine => "score lines",
            Kind::TableLine => "table lines",
            Kind::MessageText => "message texts",
        }
    }
}

/// What a unit is in the program. Places are those of the program's lists; a table's `otherwise` comes after its last
/// line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    Rule(CampaignId, usize),
    /// Of the rule, the place in what it stands instead of.
    InsteadOf(CampaignId, usize, usize),
    SplitArm(CampaignId, usize, usize),
    /// A tier level or a stage.
    Level(AttributeId, u32),
    ScoreLine(AttributeId, usize),
    TableLine(AttributeId, usize),
    MessageText(MessageId, usize),
}

/// Something that tests can reach.
#[derive(Debug, Clone)]
pub struct Unit {
    pub what: What,
    pub kind: Kind,
    /// The declaration that it is a part of; a rule itself.
    pub of: String,
    /// As a marketer would say it: `birthdays.greeting`, `membership is gold`.
    pub name: String,
    pub span: Span,
    /// How many tests reached it.
    pub tests: usize,
}

/// The units of a program, in the order of their places.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub units: Vec<Unit>,
}

/// How many of how many were reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub reached: usize,
    pub total: usize,
}

impl Share {
    /// In tenths of a percent, rounded down, so that only all is 1,000. Of nothing, all.
    pub fn tenths(self) -> usize {
        match self.total {
            0 => 1_000,
            total => self.reached * 1_000 / total,
        }
    }

    /// `96.4%`
    pub fn percent(self) -> String {
        let tenths = self.tenths();
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

impl Coverage {
    /// What the tests that reached these units reached of the program together.
    pub fn new<'r>(
        program: &Program,
        sources: &SourceMap,
        tests: impl IntoIterator<Item = &'r Reached>,
    ) -> Coverage {
        let mut units = units::units(program, sources);
        for test in tests {
            for unit in &mut units {
                unit.tests += usize::from(test.contains(&unit.what));
            }
        }
        Coverage { units }
    }

    /// Of all units, or of those of a kind.
    pub fn share(&self, kind: Option<Kind>) -> Share {
        let of_kind = |u: &&Unit| kind.is_none_or(|kind| u.kind == kind);
        let mut share = Share::default();
        for unit in self.units.iter().filter(of_kind) {
            share.total += 1;
            share.reached += usize::from(unit.tests > 0);
        }
        share
    }

    /// What no test reached, in the order of their places.
    pub fn untested(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|u| u.tests == 0)
    }
}

/// What all tests of a program reach.
pub fn all_tests(program: &Program, sources: &SourceMap) -> Coverage {
    let reached: Vec<Reached> = (0..program.tests.len())
        .into_par_iter()
        .map(|place| super::run_covered(program, sources, place).1)
        .collect();
    Coverage::new(program, sources, &reached)
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn only_all_is_a_hundred_percent() {
        let share = |reached, total| Share { reached, total }.percent();
        assert_eq!(share(1_999, 2_000), "99.9%");
        assert_eq!(share(2, 3), "66.6%");
        assert_eq!(share(3, 3), "100.0%");
        assert_eq!(share(0, 0), "100.0%");
        assert_eq!(share(0, 7), "0.0%");
    }
}

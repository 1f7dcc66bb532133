//! What finally became of the subjects of a run of many days: each counts once for a rule.

use super::candidates::{ADOPTED, EARLIER, STANDS};
use super::outcome::{Outcome, RuleOutcome};
use super::stages::Stage;
use rustc_hash::FxHashMap;

const NEVER: u8 = 0;
/// The stage that stopped it last: its place in [`Stage::ALL`] above this.
const STOPPED: u8 = 1;
const HELD_OUT: u8 = STOPPED + Stage::ALL.len() as u8;
const EARLIER_TODAY: u8 = HELD_OUT + 1;
const TAKEN: u8 = EARLIER_TODAY + 1;
const FIRED: u8 = TAKEN + 1;

/// For each rule one byte a subject. Who was served once stays served, and who was held out and never served stays
/// held out; of the others the last day says what stopped them.
#[derive(Debug, Default)]
pub struct Fates {
    /// By the places of campaign and rule in the plan.
    rules: FxHashMap<(usize, usize), Vec<u8>>,
    /// Where the rows of a table are not the same ones each day: by table, the number of each key.
    keys: Option<FxHashMap<usize, FxHashMap<String, u32>>>,
}

impl Fates {
    /// `moving`: the rows of tables depend on the day.
    pub fn new(moving: bool) -> Fates {
        Fates {
            rules: FxHashMap::default(),
            keys: moving.then(FxHashMap::default),
        }
    }

    /// Adds a day, later than those before it.
    pub fn add(&mut self, outcome: &Outcome<'_>) {
        for (c, campaign) in outcome.plan().campaigns.iter().enumerate() {
            for r in 0..campaign.rules.len() {
                let candidates = outcome.candidates(c, r);
                let fates = self.rules.entry((c, r)).or_default();
                for (place, row) in candidates.subjects.iter().enumerate() {
                    let fate = match candidates.verdicts[place] {
                        STANDS => FIRED,
                        EARLIER => EARLIER_TODAY,
                        ADOPTED => TAKEN,
                        verdict => match candidates.falls[verdict as usize].stage {
                            Stage::Holdout => HELD_OUT,
                            stage => STOPPED + stage as u8,
                        },
                    };
                    let subject = match &mut self.keys {
                        None => *row,
                        Some(keys) => {
                            let of_table = keys.entry(campaign.table).or_default();
                            let next = of_table.len() as u32;
                            let key = outcome.subject_key(campaign.table, *row).into_owned();
                            *of_table.entry(key).or_insert(next)
                        }
                    } as usize;
                    if fates.len() <= subject {
                        fates.resize(subject + 1, NEVER);
                    }
                    let before = &mut fates[subject];
                    if fate >= HELD_OUT {
                        *before = fate.max(*before);
                    } else if *before < HELD_OUT {
                        *before = fate;
                    }
                }
            }
        }
    }

    /// Puts into the sums of all days the subjects in place of the days.
    pub fn settle(&self, rules: &mut [RuleOutcome]) {
        for rule in rules {
            let mut counts = [0_u64; FIRED as usize + 1];
            for fate in self
                .rules
                .get(&(rule.campaign, rule.rule))
                .into_iter()
                .flatten()
            {
                counts[*fate as usize] += 1;
            }
            let of = |fate: u8| counts[fate as usize];
            rule.eligible = counts[NEVER as usize + 1..].iter().sum();
            for (stage, n) in &mut rule.fallen {
                *n = of(STOPPED + *stage as u8);
            }
            rule.held_out = of(HELD_OUT);
            rule.earlier = of(EARLIER_TODAY);
            rule.adopted = of(TAKEN);
            rule.fired = of(FIRED);
        }
    }
}

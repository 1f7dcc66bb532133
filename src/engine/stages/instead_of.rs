//! Stage 2: where a rule's conditions hold, those it stands instead of do not fire, whatever becomes of it.

use super::{Fall, Stage};
use crate::engine::candidates::{RuleCandidates, STANDS};
use crate::plan::Campaign;
use rustc_hash::FxHashSet;

pub fn apply(campaign: &Campaign, rules: &mut [RuleCandidates]) {
    // By name, so that the order of rules in the file never decides which one is named.
    let mut order: Vec<usize> = (0..rules.len()).collect();
    order.sort_by(|a, b| campaign.rules[*a].name.cmp(&campaign.rules[*b].name));
    for rule in order {
        if campaign.rules[rule].instead_of.is_empty() {
            continue;
        }
        let subjects: FxHashSet<u32> = rules[rule].subjects.iter().copied().collect();
        for replaced in &campaign.rules[rule].instead_of {
            let replaced = &mut rules[*replaced];
            let limit = campaign.rules[rule].name.clone();
            let verdict = replaced.verdict(Fall::new(Stage::InsteadOf, limit));
            for candidate in 0..replaced.subjects.len() {
                if replaced.verdicts[candidate] == STANDS
                    && subjects.contains(&replaced.subjects[candidate])
                {
                    replaced.verdicts[candidate] = verdict;
                }
            }
        }
    }
}

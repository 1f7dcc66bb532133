//! What campaigns brought: those treated against those held out.

use super::evaluate::{BATCH, EvalError, Evaluator, Frame};
use crate::ledger::{Fate, History};
use crate::plan::{Campaign, Measure};
use crate::schema::{Day, Decimal, DurationKind};
use crate::vector::{Values, Vector};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One measure of one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Places in the plan.
    pub campaign: usize,
    pub measure: usize,
    pub treated: Group,
    pub held_out: Group,
    /// Those of the treated that got a variant of a split, by its name.
    pub variants: Vec<(String, Group)>,
    /// Subjects whose time is not over yet: they are in no group.
    pub young: u64,
    /// Subjects that the data no longer has.
    pub gone: u64,
}

/// Subjects that were dealt with alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Group {
    pub subjects: u64,
    /// Of these, for how many the condition is true.
    pub successes: u64,
    /// What was done for them at their treatment, in the workspace's currency.
    pub cost: Decimal,
}

impl Group {
    /// `None` for an empty group.
    pub fn rate(&self) -> Option<f64> {
        (self.subjects > 0).then(|| self.successes as f64 / self.subjects as f64)
    }
}

/// A difference of two rates with its 95% interval: the hybrid score method of Newcombe (Statistics in Medicine 17,
/// 1998, method 10), which holds for small groups and rates near 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Newcombe {
    pub difference: f64,
    pub lower: f64,
    pub upper: f64,
}

/// The normal distribution's 97.5% quantile.
const Z: f64 = 1.959_963_984_540_054;

impl Newcombe {
    /// `None` where a group is empty.
    pub fn of(treated: &Group, held_out: &Group) -> Option<Newcombe> {
        let (p1, p2) = (treated.rate()?, held_out.rate()?);
        let (l1, u1) = wilson(treated)?;
        let (l2, u2) = wilson(held_out)?;
        let difference = p1 - p2;
        let far = |a: f64, b: f64| (a * a + b * b).sqrt();
        Some(Newcombe {
            difference,
            lower: difference - far(p1 - l1, u2 - p2),
            upper: difference + far(u1 - p1, p2 - l2),
        })
    }

    /// Whether the interval lies to one side of nothing.
    pub fn shows_an_effect(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }
}

/// The 95% score interval of a rate (Wilson 1927).
fn wilson(group: &Group) -> Option<(f64, f64)> {
    let (n, p) = (group.subjects as f64, group.rate()?);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some(((middle - half) / scale, (middle + half) / scale))
}

impl Measured {
    /// What one success more than without the campaign has cost; `None` where there is none, or nothing to compare
    /// with. Rounded once, to billionths.
    pub fn cost_per_additional_success(&self) -> Option<Decimal> {
        // additional = s₁ − s₂ · n₁ / n₂
        let int = i128::from;
        let (s1, n1) = (int(self.treated.successes), int(self.treated.subjects));
        let (s2, n2) = (int(self.held_out.successes), int(self.held_out.subjects));
        let additional = (s1.checked_mul(n2)?).checked_sub(s2.checked_mul(n1)?)?;
        if additional <= 0 || n2 == 0 {
            return None;
        }
        let cost = self.treated.cost.0.checked_mul(n2)?;
        Some(Decimal((cost + additional / 2) / additional))
    }
}

/// A subject's first treatment or holdout in a campaign.
#[derive(Clone)]
struct Treatment {
    day: Day,
    held_out: bool,
    variant: Option<Arc<str>>,
    cost: Decimal,
}

/// Measures every campaign of a plan that was made for it. Each subject counts once, by its first treatment or
/// holdout: they were drawn by lot, so that the two groups differ in nothing else.
///
/// # Errors
/// A value that does not fit its type.
pub fn measure(evaluator: &Evaluator<'_>, history: &History) -> Result<Vec<Measured>, EvalError> {
    let mut out = Vec::new();
    for (place, campaign) in evaluator.plan().campaigns.iter().enumerate() {
        if campaign.measures.is_empty() {
            continue;
        }
        let today = evaluator.clock().today;
        let treatments = treatments(history, campaign, today);
        let mut known: Vec<(u32, Treatment)> = Vec::new();
        let mut found = 0;
        for row in 0..evaluator.rows(campaign.table) as u32 {
            let key = evaluator.data().key_text(campaign.table, row);
            if let Some(treatment) = treatments.get(key.as_str()) {
                found += 1;
                known.push((row, treatment.clone()));
            }
        }
        let gone = (treatments.len() - found) as u64;
        for (m, measure) in campaign.measures.iter().enumerate() {
            let mut measured = Measured {
                campaign: place,
                measure: m,
                treated: Group::default(),
                held_out: Group::default(),
                variants: Vec::new(),
                young: 0,
                gone,
            };
            one(evaluator, campaign, measure, &known, &mut measured)?;
            measured.variants.sort_by(|a, b| a.0.cmp(&b.0));
            out.push(measured);
        }
    }
    Ok(out)
}

/// By subject's key, up to today. Of a treatment and a holdout on one day the treatment counts.
fn treatments<'h>(
    history: &'h History,
    campaign: &Campaign,
    today: Day,
) -> FxHashMap<&'h str, Treatment> {
    let mut out: FxHashMap<&str, Treatment> = FxHashMap::default();
    let rules = history
        .rules()
        .filter(|(n, _)| *n.campaign == *campaign.name);
    for firing in rules.flat_map(|(_, rule)| rule.firings()) {
        if firing.fate == Fate::Adopted || firing.day > today {
            continue;
        }
        let costs = firing.actions.iter().filter_map(|a| a.cost);
        let one = Treatment {
            day: firing.day,
            held_out: firing.fate == Fate::HeldOut,
            variant: firing.variant.clone(),
            cost: Decimal(costs.fold(0, |sum, c| sum.saturating_add(c.0))),
        };
        let known = out.entry(&firing.subject).or_insert_with(|| one.clone());
        let order = |t: &Treatment| (t.day, t.held_out, t.variant.clone());
        if order(&one) < order(known) {
            *known = one;
        } else if order(&one) == order(known) && one.cost > known.cost {
            // Two rules on one day: which of them is the same in any order of rules.
            *known = one;
        }
    }
    out
}

fn one(
    evaluator: &Evaluator<'_>,
    campaign: &Campaign,
    measure: &Measure,
    known: &[(u32, Treatment)],
    out: &mut Measured,
) -> Result<(), EvalError> {
    let today = evaluator.clock().today;
    let ripe: Vec<&(u32, Treatment)> = known
        .iter()
        .filter(|(_, t)| ripe_on(measure, t.day).is_none_or(|ripe| ripe <= today))
        .collect();
    out.young = (known.len() - ripe.len()) as u64;
    for chunk in ripe.chunks(BATCH) {
        let rows: Vec<u32> = chunk.iter().map(|(row, _)| *row).collect();
        let days: Vec<i32> = chunk.iter().map(|(_, t)| t.day.0).collect();
        let parameters = [Vector::new(Values::Date(days.into()))];
        let frame = Frame::indices(campaign.table, &rows).with_parameters(&parameters);
        let holds = evaluator.eval(measure.condition, &frame)?;
        for (i, (_, treatment)) in chunk.iter().enumerate() {
            let count = |group: &mut Group| {
                group.subjects += 1;
                group.successes += u64::from(holds.holds(i));
                group.cost = Decimal(group.cost.0.saturating_add(treatment.cost.0));
            };
            if treatment.held_out {
                count(&mut out.held_out);
                continue;
            }
            count(&mut out.treated);
            if let Some(variant) = &treatment.variant {
                let place = out
                    .variants
                    .iter()
                    .position(|(name, _)| **name == **variant);
                let place = place.unwrap_or_else(|| {
                    out.variants.push((variant.to_string(), Group::default()));
                    out.variants.len() - 1
                });
                count(&mut out.variants[place].1);
            }
        }
    }
    Ok(())
}

/// The last day that the measure looks at, for a treatment on that day.
fn ripe_on(measure: &Measure, day: Day) -> Option<Day> {
    match measure.ripe_after? {
        (DurationKind::Months, n) => day.add_months(n),
        (_, n) => day.add_days(n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(successes: u64, subjects: u64) -> Group {
        Group {
            subjects,
            successes,
            cost: Decimal::from_int(100),
        }
    }

    #[test]
    fn intervals_are_newcombes() {
        // His table II: 56/70 against 48/80: 0.2, from 0.0524 to 0.3339; 9/10 against 3/10: 0.1705 to 0.8090;
        // 10/10 against 0/10: 0.6075 to 1.
        let near = |a: f64, b: f64| (a - b).abs() < 0.000_06;
        for ((s1, n1), (s2, n2), lower, upper) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let found = Newcombe::of(&group(s1, n1), &group(s2, n2)).unwrap();
            assert!(
                near(found.lower, lower) && near(found.upper, upper),
                "{found:?}"
            );
        }
        assert_eq!(Newcombe::of(&group(1, 2), &group(0, 0)), None);
    }

    #[test]
    fn additional_successes_have_their_price() {
        let measured = |treated, held_out| Measured {
            campaign: 0,
            measure: 0,
            treated,
            held_out,
            variants: Vec::new(),
            young: 0,
            gone: 0,
        };
        // 30 of 90 against 1 of 10: 9 would have come anyway, 21 are additional.
        let price = measured(group(30, 90), group(1, 10)).cost_per_additional_success();
        assert_eq!(price.unwrap().to_string(), "4.761904762");
        assert_eq!(
            measured(group(9, 90), group(1, 10)).cost_per_additional_success(),
            None
        );
        assert_eq!(
            measured(group(9, 90), group(0, 0)).cost_per_additional_success(),
            None
        );
    }
}

//! What campaigns brought: those treated against those held out.

mod means;
mod rates;
mod student;
mod unlike;
mod wide;

pub use means::{Amounts, Brought, MeanDifference, NoInterval};
pub use rates::Newcombe;
pub use unlike::Unlike;

use super::evaluate::{BATCH, ByTreatment, EvalError, Evaluator, Frame};
use crate::ledger::{Fate, History};
use crate::plan::{Campaign, Measure};
use crate::schema::{Day, Decimal, DurationKind};
use crate::vector::{RowErrorCause, Values, Vector};
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
    /// The same subjects by the rule that treated them, or would have; by its name.
    pub rules: Vec<Ruled>,
    /// Subjects whose time is not over yet: they are in no group.
    pub young: u64,
    /// Subjects that the data no longer has.
    pub gone: u64,
    /// Why the two groups may be of different people, as far as that can be told.
    pub unlike: Option<Unlike>,
}

/// Those whose first treatment or holdout was by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    pub rule: String,
    pub treated: Group,
    pub held_out: Group,
    /// Those of the treated that got a variant of its split, by its name.
    pub variants: Vec<(String, Group)>,
}

/// Subjects that were dealt with alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Group {
    pub subjects: u64,
    /// Of these, for how many the condition is true; 0 where the measure is none.
    pub successes: u64,
    /// Their values, where the measure is a number or money; else none.
    pub amounts: Amounts,
    /// What the campaign spent on them from their treatment to the end of the time that is measured, in the
    /// workspace's currency.
    pub cost: Decimal,
}

impl Group {
    /// Counts one more.
    #[must_use]
    fn add(&mut self, found: Found, cost: Decimal) -> Option<()> {
        self.subjects += 1;
        self.cost = Decimal(self.cost.0.saturating_add(cost.0));
        match found {
            Found::Success(true) => self.successes += 1,
            Found::Amount(value) => self.amounts.add(value)?,
            Found::Success(false) | Found::Missing => {}
        }
        Some(())
    }
}

/// What a measure is for one subject.
#[derive(Clone, Copy)]
enum Found {
    Success(bool),
    Amount(Decimal),
    /// An amount that nobody knows.
    Missing,
}

impl Found {
    fn of(values: &Vector<'_>, row: usize) -> Found {
        let place = values.place(row);
        match &values.values {
            Values::YesNo(_) => Found::Success(values.holds(row)),
            _ if !values.is_valid(row) => Found::Missing,
            Values::Integer(v) => Found::Amount(Decimal::from_int(v[place])),
            Values::Decimal(v) => Found::Amount(Decimal(v[place])),
            _ => unreachable!("a measure is yes/no, a number or money"),
        }
    }
}

/// The normal distribution's 97.5% quantile.
const Z: f64 = 1.959_963_984_540_054;

/// A subject's first treatment or holdout in a campaign.
#[derive(Clone)]
struct Treatment {
    day: Day,
    held_out: bool,
    /// By its name in the program, if it is still there.
    rule: Arc<str>,
    variant: Option<Arc<str>>,
    /// Of this firing alone.
    cost: Decimal,
    /// What the campaign spent on the subject, firing by firing, up to today.
    spent: Vec<(Day, Decimal)>,
}

impl Treatment {
    /// From the treatment on, as long as the measure looks; without an end, up to today.
    fn spent_until(&self, end: Option<Day>) -> Decimal {
        let within = |day: Day| self.day <= day && end.is_none_or(|end| day <= end);
        let costs = self.spent.iter().filter(|(day, _)| within(*day));
        Decimal(costs.fold(0, |sum, (_, cost)| sum.saturating_add(cost.0)))
    }
}

/// Measures every campaign of a plan that was made for it. Each subject counts once, by its first treatment or
/// holdout: they were drawn by lot, so that the two groups differ in nothing else.
///
/// # Errors
/// A value that does not fit its type.
pub fn measure(evaluator: &Evaluator<'_>, history: &History) -> Result<Vec<Measured>, EvalError> {
    let mut out = Vec::new();
    let by = evaluator.by_treatment();
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
            if let Some(treatment) = treatments.get(&*key) {
                found += 1;
                known.push((row, treatment.clone()));
            }
        }
        let unlike = unlike::unlike(evaluator.plan(), place, history, today);
        let gone = (treatments.len() - found) as u64;
        for (m, measure) in campaign.measures.iter().enumerate() {
            let mut measured = Measured {
                campaign: place,
                measure: m,
                treated: Group::default(),
                held_out: Group::default(),
                variants: Vec::new(),
                rules: Vec::new(),
                young: 0,
                gone,
                unlike,
            };
            one(evaluator, campaign, measure, &known, &by, &mut measured)?;
            measured.variants.sort_by(|a, b| a.0.cmp(&b.0));
            measured.rules.sort_by(|a, b| a.rule.cmp(&b.rule));
            for rule in &mut measured.rules {
                rule.variants.sort_by(|a, b| a.0.cmp(&b.0));
            }
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
    let mut spent: FxHashMap<&str, Vec<(Day, Decimal)>> = FxHashMap::default();
    let rules = history
        .rules()
        .filter(|(n, _)| *n.campaign == *campaign.name);
    let firings = rules.flat_map(|(name, rule)| {
        let known = campaign
            .rules
            .iter()
            .find(|r| r.formerly.as_deref() == Some(&*name.rule));
        let name = known.map_or_else(|| name.rule.clone(), |r| r.name.as_str().into());
        rule.firings().iter().map(move |f| (name.clone(), f))
    });
    for (rule, firing) in firings {
        if firing.fate == Fate::Adopted || firing.day > today {
            continue;
        }
        let costs = firing.actions.iter().filter_map(|a| a.cost);
        let one = Treatment {
            day: firing.day,
            held_out: firing.fate == Fate::HeldOut,
            rule,
            variant: firing.variant.clone(),
            cost: Decimal(costs.fold(0, |sum, c| sum.saturating_add(c.0))),
            spent: Vec::new(),
        };
        if one.cost != Decimal::ZERO {
            let list = spent.entry(&firing.subject).or_default();
            list.push((one.day, one.cost));
        }
        let known = out.entry(&firing.subject).or_insert_with(|| one.clone());
        let order = |t: &Treatment| (t.day, t.held_out, t.variant.clone());
        let dearer = |t: &Treatment| (std::cmp::Reverse(t.cost), t.rule.clone());
        // Two rules on one day: which of them is the same in any order of rules.
        if (order(&one), dearer(&one)) < (order(known), dearer(known)) {
            *known = one;
        }
    }
    for (subject, list) in spent {
        if let Some(treatment) = out.get_mut(subject) {
            treatment.spent = list;
        }
    }
    out
}

fn one(
    evaluator: &Evaluator<'_>,
    campaign: &Campaign,
    measure: &Measure,
    known: &[(u32, Treatment)],
    by: &ByTreatment,
    out: &mut Measured,
) -> Result<(), EvalError> {
    let today = evaluator.clock().today;
    let mut ripe: Vec<&(u32, Treatment)> = known
        .iter()
        .filter(|(_, t)| ripe_on(measure, t.day).is_none_or(|ripe| ripe <= today))
        .collect();
    out.young = (known.len() - ripe.len()) as u64;
    if !by.has(measure.value) {
        return values(evaluator, campaign, measure, &ripe, out);
    }
    // Each by the clock of its own day: the evaluator of a day knows nothing of others.
    ripe.sort_by_key(|(row, t)| (t.day, *row));
    for same in ripe.chunk_by(|a, b| a.1.day == b.1.day) {
        let evaluator = evaluator.treated_on(same[0].1.day, by)?;
        values(&evaluator, campaign, measure, same, out)?;
    }
    Ok(())
}

/// Adds what the measure is for these subjects.
fn values(
    evaluator: &Evaluator<'_>,
    campaign: &Campaign,
    measure: &Measure,
    ripe: &[&(u32, Treatment)],
    out: &mut Measured,
) -> Result<(), EvalError> {
    for chunk in ripe.chunks(BATCH) {
        let rows: Vec<u32> = chunk.iter().map(|(row, _)| *row).collect();
        let days: Vec<i32> = chunk.iter().map(|(_, t)| t.day.0).collect();
        let parameters = [Vector::new(Values::Date(days.into()))];
        let frame = Frame::indices(campaign.table, &rows).with_parameters(&parameters);
        let values = evaluator.eval(measure.value, &frame)?;
        for (i, (row, treatment)) in chunk.iter().enumerate() {
            let found = Found::of(&values, i);
            let cost = treatment.spent_until(ripe_on(measure, treatment.day));
            out.count(treatment, found, cost).ok_or(EvalError {
                table: campaign.table,
                row: *row as usize,
                node: measure.value,
                cause: RowErrorCause::Overflow,
            })?;
        }
    }
    Ok(())
}

impl Measured {
    #[must_use]
    fn count(&mut self, treatment: &Treatment, found: Found, cost: Decimal) -> Option<()> {
        let place = self.rules.iter().position(|r| *r.rule == *treatment.rule);
        let place = place.unwrap_or_else(|| {
            self.rules.push(Ruled {
                rule: treatment.rule.to_string(),
                treated: Group::default(),
                held_out: Group::default(),
                variants: Vec::new(),
            });
            self.rules.len() - 1
        });
        let rule = &mut self.rules[place];
        if treatment.held_out {
            rule.held_out.add(found, cost)?;
            return self.held_out.add(found, cost);
        }
        rule.treated.add(found, cost)?;
        if let Some(variant) = &treatment.variant {
            named(&mut rule.variants, variant).add(found, cost)?;
            named(&mut self.variants, variant).add(found, cost)?;
        }
        self.treated.add(found, cost)
    }
}

fn named<'g>(groups: &'g mut Vec<(String, Group)>, name: &str) -> &'g mut Group {
    let place = groups.iter().position(|(n, _)| n == name);
    let place = place.unwrap_or_else(|| {
        groups.push((name.to_owned(), Group::default()));
        groups.len() - 1
    });
    &mut groups[place].1
}

/// The last day that the measure looks at, for a treatment on that day.
fn ripe_on(measure: &Measure, day: Day) -> Option<Day> {
    match measure.ripe_after? {
        (DurationKind::Months, n) => day.add_months(n),
        (_, n) => day.add_days(n),
    }
}

//! Firings and levels, by rule and by row.

use crate::schema::{Day, Decimal};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything a run may ask of the past. Keys of rows are texts, as [`crate::data::Dataset::key_text`] writes
/// them; names are those of the program that did it.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Days of finished runs.
    days: BTreeSet<Day>,
    rules: FxHashMap<RuleName, RuleHistory>,
    /// By the attribute's name and the row's key, ascending by day.
    levels: FxHashMap<Box<str>, FxHashMap<Box<str>, Vec<Held>>>,
    /// The first day on which each attribute's levels were looked at.
    first_levels: FxHashMap<Box<str>, Day>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleName {
    pub campaign: Arc<str>,
    pub rule: Arc<str>,
}

/// The firings of one rule.
#[derive(Debug, Clone, Default)]
pub struct RuleHistory {
    firings: Vec<Firing>,
    /// The last one added of each key.
    by_key: FxHashMap<u128, u32>,
    /// For each firing, the one before it with its key.
    previous: Vec<Option<u32>>,
}

/// One rule that fired for one subject, or would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    pub day: Day,
    /// The subject's key.
    pub subject: Arc<str>,
    /// The first 128 bits of the SHA-256 of workspace, campaign, rule, the row counted by, and the values of
    /// `once per`: what repetition goes by. Of an `again after` it is the same every time.
    pub key: u128,
    pub fate: Fate,
    /// The arm of the rule's `split`, `nothing` among them.
    pub variant: Option<Arc<str>>,
    /// Of `for each EXPR` on the subject: how it is written, and its value as text.
    pub groups: Vec<(Box<str>, Box<str>)>,
    /// In the order of the action list; none unless the fate is [`Fate::Done`].
    pub actions: Vec<DoneAction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    Done,
    /// Nothing was done, so that it can be measured: `hold out`, or a split's `nothing`.
    HeldOut,
    /// Taken as done before the first run: `--adopt`.
    Adopted,
}

impl Fate {
    /// As the ledger's file and tables for people name it.
    pub fn name(self) -> &'static str {
        match self {
            Fate::Done => "done",
            Fate::HeldOut => "held out",
            Fate::Adopted => "adopted",
        }
    }
}

/// One line of an action list, as it went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneAction {
    /// Idempotency key; empty in what a run is told of the past.
    pub key: Box<str>,
    pub action: Arc<str>,
    pub channel: Option<Arc<str>>,
    /// The target's record and key.
    pub record: Arc<str>,
    pub target: Arc<str>,
    /// In the workspace's currency, exact.
    pub cost: Option<Decimal>,
    /// Missing in what a run is told of the past.
    pub deliver_after: Option<Box<str>>,
    /// The parameters as the JSON object of the action list; empty where the past was asked for without them.
    pub params: Box<str>,
    /// Of a channel's `for each EXPR` on the target.
    pub groups: Vec<(Box<str>, Box<str>)>,
}

/// What a run found of a level of tiers or stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The run's day.
    pub day: Day,
    /// The level's name; `None` below the lowest.
    pub level: Option<Box<str>>,
    pub before: Option<Box<str>>,
    /// The day the level began, where that is known.
    pub since: Option<Day>,
    /// A passage that waits for `after`.
    pub toward: Option<Toward>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toward {
    /// Up or down.
    pub rises: bool,
    /// Of the levels seen since then, the one nearest the level held.
    pub level: Option<Box<str>>,
    /// The first run of those without break in which the value lay that side of the level held.
    pub since: Day,
}

/// What one run adds. Rules and levels in the order of their names, then of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries {
    pub day: Day,
    pub firings: Vec<(RuleName, Firing)>,
    /// Only where something differs from what was known.
    pub levels: Vec<LevelEntry>,
}

/// What a run found of a level of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelEntry {
    pub attribute: Box<str>,
    /// The row's key.
    pub row: Box<str>,
    pub held: Held,
}

impl History {
    /// The last day before this one on which a run was finished.
    pub fn run_before(&self, day: Day) -> Option<Day> {
        self.days.range(..day).next_back().copied()
    }

    /// Whether a run of a later day was finished.
    pub fn runs_after(&self, day: Day) -> bool {
        self.days
            .range((std::ops::Bound::Excluded(day), std::ops::Bound::Unbounded))
            .next()
            .is_some()
    }

    pub fn days(&self) -> impl Iterator<Item = Day> + '_ {
        self.days.iter().copied()
    }

    /// Everything known of a rule under this name.
    pub fn rule(&self, campaign: &str, rule: &str) -> Option<&RuleHistory> {
        let name = RuleName {
            campaign: campaign.into(),
            rule: rule.into(),
        };
        self.rules.get(&name)
    }

    /// Every rule that ever fired, in no order.
    pub fn rules(&self) -> impl Iterator<Item = (&RuleName, &RuleHistory)> {
        self.rules.iter()
    }

    /// What the last run before `day` found of a row's level.
    pub fn held_before(&self, attribute: &str, key: &str, day: Day) -> Option<&Held> {
        let found = self.levels.get(attribute)?.get(key)?;
        let place = found.partition_point(|held| held.day < day);
        found[..place].last()
    }

    /// What a run of that very day found of a row's level.
    pub fn held_on(&self, attribute: &str, key: &str, day: Day) -> Option<&Held> {
        let found = self.levels.get(attribute)?.get(key)?;
        let place = found.partition_point(|held| held.day < day);
        found.get(place).filter(|held| held.day == day)
    }

    /// Whether a run before `day` looked at this attribute's levels.
    pub fn knows_before(&self, attribute: &str, day: Day) -> bool {
        self.first_levels
            .get(attribute)
            .is_some_and(|first| *first < day)
    }

    pub fn add_day(&mut self, day: Day) {
        self.days.insert(day);
    }

    pub fn add_firing(&mut self, name: RuleName, firing: Firing) {
        let rule = self.rules.entry(name).or_default();
        let place = rule.firings.len() as u32;
        rule.previous.push(rule.by_key.insert(firing.key, place));
        rule.firings.push(firing);
    }

    /// As if nothing had been done on this day: to tell again how it went.
    pub fn without_firings_of(self, day: Day) -> History {
        let mut out = History {
            rules: FxHashMap::default(),
            ..self
        };
        for (name, rule) in self.rules {
            for firing in rule.firings.into_iter().filter(|f| f.day != day) {
                out.add_firing(name.clone(), firing);
            }
        }
        out
    }

    /// What a run of the same day found before is replaced.
    pub fn add_level(&mut self, attribute: Box<str>, key: Box<str>, held: Held) {
        let first = self
            .first_levels
            .entry(attribute.clone())
            .or_insert(held.day);
        *first = held.day.min(*first);
        let found = self
            .levels
            .entry(attribute)
            .or_default()
            .entry(key)
            .or_default();
        let place = found.partition_point(|h| h.day < held.day);
        match found.get_mut(place) {
            Some(same) if same.day == held.day => *same = held,
            _ => found.insert(place, held),
        }
    }

    /// Adds what a run did.
    pub fn add(&mut self, entries: Entries) {
        self.add_day(entries.day);
        for (name, firing) in entries.firings {
            self.add_firing(name, firing);
        }
        for entry in entries.levels {
            self.add_level(entry.attribute, entry.row, entry.held);
        }
    }
}

impl RuleHistory {
    /// In the order in which they were added.
    pub fn firings(&self) -> &[Firing] {
        &self.firings
    }

    /// The firings with this key, the last added first.
    pub fn with_key(&self, key: u128) -> impl Iterator<Item = &Firing> {
        let mut next = self.by_key.get(&key).copied();
        std::iter::from_fn(move || {
            let place = next? as usize;
            next = self.previous[place];
            Some(&self.firings[place])
        })
    }
}

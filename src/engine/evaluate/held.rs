//! Levels that move from run to run: what was held before today's run, and what today's values make of it.

use super::columns::Builder;
use super::{BATCH, EvalError, Evaluator, Frame};
use crate::data::Column;
use crate::ledger::{Held, Toward};
use crate::plan::{ColumnDefinition, HeldPart, History, Passage};
use crate::schema::{Day, DurationKind, Type};
use crate::vector::{Values, Vector};
use std::borrow::Cow;

/// One history's levels, for each row of its table.
pub struct HeldRows {
    /// Of the level.
    ty: Type,
    now: Vec<Now>,
}

/// The level of one row after today's run: a place in the set, `None` below the lowest; or the value of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// The row is there by the clock.
    pub there: bool,
    pub level: Option<i64>,
    pub before: Option<i64>,
    pub since: Option<Day>,
    pub toward: Option<Waiting>,
}

/// A passage that has not come yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub rises: bool,
    pub level: Option<i64>,
    pub since: Day,
}

/// What decides about passages beside a row's own values.
struct Rules<'h> {
    history: &'h History,
    today: Day,
    /// The day of the last run before today's.
    run_before: Option<Day>,
    /// The ledger has seen this level in an earlier run: a row that it does not know is new.
    known: bool,
}

impl HeldRows {
    pub fn now(&self, row: usize) -> &Now {
        &self.now[row]
    }

    pub(super) fn column(&self, part: HeldPart) -> Column {
        let ty = match part {
            HeldPart::Level | HeldPart::Before => self.ty,
            HeldPart::Since => Type::Date,
        };
        let mut column = Builder::new(ty, self.now.len());
        for rows in self.now.chunks(BATCH) {
            let (values, valid) = match part {
                HeldPart::Level => levels(self.ty, rows.iter().map(|now| now.level)),
                HeldPart::Before => levels(self.ty, rows.iter().map(|now| now.before)),
                HeldPart::Since => {
                    let days = rows.iter().map(|now| now.since);
                    let valid = days.clone().map(|d| d.is_some()).collect::<Vec<_>>();
                    let days: Vec<i32> = days.map(|d| d.map_or(0, |d| d.0)).collect();
                    (Values::Date(days.into()), valid)
                }
            };
            let vector = Vector {
                values,
                valid: Some(Cow::Owned(valid)),
            };
            column.push(&vector, rows.len());
        }
        column.finish()
    }
}

fn levels(ty: Type, levels: impl Iterator<Item = Option<i64>>) -> (Values<'static>, Vec<bool>) {
    let levels: Vec<Option<i64>> = levels.collect();
    let valid = levels.iter().map(Option::is_some).collect();
    let values = levels.iter().map(|l| l.unwrap_or(0));
    let values = match ty {
        Type::Enum(_) => Values::Enum(values.map(|l| l as u32).collect()),
        _ => Values::Integer(values.collect()),
    };
    (values, valid)
}

impl<'p> Evaluator<'p> {
    /// What is known of a history's rows.
    pub fn held(&self, history: usize) -> Option<&HeldRows> {
        self.held[history].as_ref()
    }

    /// Before the next column is computed: the levels it reads, if it is one of them.
    pub(super) fn hold_levels(
        &mut self,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), EvalError> {
        let next = &self.plan.columns[self.columns.len()];
        let ColumnDefinition::Held { history, .. } = next else {
            return Ok(());
        };
        if self.held[*history].is_none() {
            let rows = self.hold(*history, progress)?;
            self.held[*history] = Some(rows);
        }
        Ok(())
    }

    fn hold(&self, place: usize, progress: &(dyn Fn(usize) + Sync)) -> Result<HeldRows, EvalError> {
        let history = &self.plan.histories[place];
        let rows = self.rows(history.table);
        let rules = Rules {
            history,
            today: self.clock().today,
            run_before: self.history.and_then(|h| h.run_before(self.clock().today)),
            known: self
                .history
                .is_some_and(|h| h.knows_before(&history.name, self.clock().today)),
        };
        let mut now = Vec::with_capacity(rows);
        self.batches(
            rows,
            |start, len| {
                let found = self.hold_batch(&rules, start, len)?;
                progress(len);
                Ok(found)
            },
            |batches| batches.into_iter().for_each(|batch| now.extend(batch)),
        )?;
        Ok(HeldRows {
            ty: history.ty,
            now,
        })
    }

    fn hold_batch(
        &self,
        rules: &Rules<'_>,
        start: usize,
        len: usize,
    ) -> Result<Vec<Now>, EvalError> {
        let history = rules.history;
        let frame = Frame::range(history.table, start, len);
        let computed = self.eval(history.computed, &frame)?;
        let eval = |node| match node {
            Some(node) => self.eval(node, &frame).map(Some),
            None => Ok(None),
        };
        let there = eval(history.there)?;
        let was = eval(history.was)?;
        let since = eval(history.since)?;
        let mut out = Vec::with_capacity(len);
        for i in 0..len {
            if there.as_ref().is_some_and(|t| !t.holds(i)) {
                out.push(Now::default());
                continue;
            }
            let computed = level_at(&computed, i);
            let known = self.known(history, start + i);
            let given = was.as_ref().and_then(|w| level_at(w, i)).map(|level| Now {
                level: Some(level),
                since: since.as_ref().and_then(|s| day_at(s, i)),
                ..Now::default()
            });
            out.push(match known.or(given) {
                Some(held) => rules.step(held, computed),
                None => rules.begin(computed),
            });
        }
        Ok(out)
    }

    /// What the ledger knew before today; `None` too where it names levels that there are no more.
    fn known(&self, history: &History, row: usize) -> Option<Now> {
        let ledger = self.history?;
        let today = self.clock().today;
        if !ledger.knows_before(&history.name, today) {
            return None;
        }
        let key = self.data.key_text(history.table, row as u32);
        let held = ledger.held_before(&history.name, &key, today)?;
        let place = |name: &Option<Box<str>>| match name {
            None => Some(None),
            Some(name) => self.level_named(history.ty, name).map(Some),
        };
        let toward = held.toward.as_ref().and_then(|t| {
            Some(Waiting {
                rises: t.rises,
                level: place(&t.level)?,
                since: t.since,
            })
        });
        Some(Now {
            there: true,
            level: place(&held.level)?,
            before: place(&held.before).flatten(),
            since: held.since,
            toward,
        })
    }

    /// A level as the ledger has it.
    fn level_name(&self, ty: Type, level: i64) -> Cow<'_, str> {
        match ty {
            Type::Enum(set) => Cow::Borrowed(&self.plan.enums[set.index()][level as usize]),
            _ => Cow::Owned(level.to_string()),
        }
    }

    /// `None` of a level that there is no more.
    fn level_named(&self, ty: Type, name: &str) -> Option<i64> {
        let Type::Enum(set) = ty else {
            return name.parse().ok();
        };
        let mut names = self.plan.enums[set.index()].iter();
        names.position(|n| **n == *name).map(|place| place as i64)
    }

    /// What the ledger is to know of a row after today's run.
    pub fn held_after(&self, history: &History, now: &Now) -> Held {
        let name = |level: Option<i64>| level.map(|l| self.level_name(history.ty, l).into());
        Held {
            day: self.clock().today,
            level: name(now.level),
            before: name(now.before),
            since: now.since,
            toward: now.toward.map(|t| Toward {
                rises: t.rises,
                level: name(t.level),
                since: t.since,
            }),
        }
    }
}

impl Rules<'_> {
    /// A row of which nothing is known. Where others are known it is new, and its level begins today.
    fn begin(&self, computed: Option<i64>) -> Now {
        Now {
            there: true,
            level: computed,
            since: self.known.then_some(self.today),
            ..Now::default()
        }
    }

    /// From the level held before to that of today.
    fn step(&self, held: Now, computed: Option<i64>) -> Now {
        if computed == held.level {
            return Now {
                there: true,
                toward: None,
                ..held
            };
        }
        let rises = !self.history.ordered || computed > held.level;
        let passage = if rises {
            &self.history.rises
        } else {
            &self.history.falls
        };
        // Of the levels seen since the value left the one held, that nearest to it. Stages pass at once, and never wait.
        let seen = held.toward.filter(|t| t.rises == rises);
        let toward = Waiting {
            rises,
            level: match seen {
                Some(t) if rises => t.level.min(computed),
                Some(t) => t.level.max(computed),
                None => computed,
            },
            since: seen.map_or(self.today, |t| t.since),
        };
        match self.passes(passage, &held, &toward, computed) {
            None => Now {
                there: true,
                toward: Some(toward),
                ..held
            },
            Some(level) => Now {
                there: true,
                level,
                before: held.level,
                since: Some(self.today),
                toward: (level != computed).then_some(Waiting {
                    rises: !self.history.ordered || computed > level,
                    level: computed,
                    since: self.today,
                }),
            },
        }
    }

    /// The level that is passed to today; `None`: none yet.
    fn passes(
        &self,
        passage: &Passage,
        held: &Now,
        toward: &Waiting,
        computed: Option<i64>,
    ) -> Option<Option<i64>> {
        if passage.never {
            return None;
        }
        let mut level = computed;
        if let Some((kind, n)) = passage.after {
            let due = match kind {
                DurationKind::Months => toward.since.add_months(n),
                _ => toward.since.add_days(n),
            };
            if due.is_none_or(|due| self.today < due) {
                return None;
            }
            level = toward.level;
        }
        if let Some((month, day)) = passage.only_on
            && !self.has_come(month, day)
        {
            return None;
        }
        if let Some(most) = passage.at_most
            && self.history.ordered
        {
            let place = |level: Option<i64>| level.map_or(0, |l| l + 1);
            let (from, to) = (place(held.level), place(level));
            let to = to.clamp(from - i64::from(most), from + i64::from(most));
            level = (to > 0).then_some(to - 1);
        }
        (level != held.level).then_some(level)
    }

    /// Whether this day of some year lies after the last run, up to today.
    fn has_come(&self, month: u32, day: u32) -> bool {
        let year = self.today.ymd().0;
        let this = Day::new(year, month, day).filter(|d| *d <= self.today);
        let Some(last) = this.or_else(|| Day::new(year - 1, month, day)) else {
            return false;
        };
        match self.run_before {
            Some(before) => before < last,
            None => last == self.today,
        }
    }
}

fn level_at(vector: &Vector<'_>, row: usize) -> Option<i64> {
    match &vector.values {
        Values::Enum(v) if vector.is_valid(row) => Some(v[vector.place(row)].into()),
        Values::Integer(v) if vector.is_valid(row) => Some(v[vector.place(row)]),
        _ => None,
    }
}

fn day_at(vector: &Vector<'_>, row: usize) -> Option<Day> {
    match &vector.values {
        Values::Date(v) if vector.is_valid(row) => Some(Day(v[vector.place(row)])),
        _ => None,
    }
}

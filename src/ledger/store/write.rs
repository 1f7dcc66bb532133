//! What a run adds.

use super::{Fault, LedgerError, Writing};
use crate::ledger::{DoneAction, Entries, Firing, Held, LevelEntry, RuleName};
use crate::schema::{Currency, Day};
use rusqlite::{OptionalExtension, params};
use std::cmp::Ordering;
use std::sync::Arc;

/// How the workspace's rows are called and ordered.
pub trait Names {
    /// The record of a campaign's subjects.
    fn subject_record(&self, campaign: &str) -> &str;

    /// The record that tiers or stages belong to.
    fn level_record(&self, attribute: &str) -> &str;

    /// The order of two subjects of a campaign by their keys; `None` where one of them is not there any more.
    fn compare_subjects(&self, campaign: &str, a: &str, b: &str) -> Option<Ordering>;
}

/// How much was added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// The day had no run in the ledger.
    pub new_day: bool,
    pub firings: usize,
    pub actions: usize,
    pub levels: usize,
}

impl Added {
    pub fn is_nothing(&self) -> bool {
        *self == Added::default()
    }
}

impl Writing<'_> {
    /// The number of a workspace, which is entered where it is new.
    pub fn workspace(&self, name: &str, currency: Option<Currency>) -> Result<i64, LedgerError> {
        let currency = currency.map(Currency::code);
        let found: Option<(i64, Option<String>)> = self
            .transaction
            .query_row(
                "SELECT id, currency FROM workspace WHERE name = ?1",
                [name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match (found, currency) {
            (Some((_, Some(was))), Some(is)) if was != is => Err(Fault::Currency {
                was,
                is: is.to_owned(),
            }
            .into()),
            (Some((id, None)), Some(is)) => {
                let sql = "UPDATE workspace SET currency = ?2 WHERE id = ?1";
                self.transaction.execute(sql, params![id, is])?;
                Ok(id)
            }
            (Some((id, _)), _) => Ok(id),
            (None, currency) => {
                let sql = "INSERT INTO workspace (name, currency) VALUES (?1, ?2)";
                self.transaction.execute(sql, params![name, currency])?;
                Ok(self.transaction.last_insert_rowid())
            }
        }
    }

    /// Adds what a run of a workspace did. `out`: where its list goes. Actions join those that went there on
    /// this day before, in the order of the list. Nothing new leaves everything as it was.
    pub fn add(
        &self,
        workspace: i64,
        out: Option<&str>,
        entries: &Entries,
        names: &dyn Names,
    ) -> Result<Added, LedgerError> {
        let day = entries.day.to_string();
        let mut added = Added {
            new_day: !self.has_day(workspace, &day)?,
            firings: entries.firings.len(),
            actions: entries.firings.iter().map(|(_, f)| f.actions.len()).sum(),
            levels: 0,
        };
        added.levels = self.add_levels(workspace, entries, names)?;
        if !added.new_day && added.firings == 0 {
            return Ok(added);
        }
        let run = self.run(workspace, &day, out)?;
        let mut places = Places::of(self, run)?;
        for (name, firing) in &entries.firings {
            let id = self.add_firing(run, names.subject_record(&name.campaign), name, firing)?;
            for action in &firing.actions {
                let place = places.next();
                let action = self.add_action(id, place, action, (name, firing))?;
                places.push(action, name, &firing.subject);
            }
        }
        places.settle(self, names)?;
        Ok(added)
    }

    fn has_day(&self, workspace: i64, day: &str) -> Result<bool, LedgerError> {
        let sql = "SELECT 1 FROM run WHERE workspace = ?1 AND day = ?2";
        Ok(self
            .transaction
            .prepare_cached(sql)?
            .exists(params![workspace, day])?)
    }

    /// The number of the list of this day and place.
    fn run(&self, workspace: i64, day: &str, out: Option<&str>) -> Result<i64, LedgerError> {
        let sql = "SELECT id FROM run WHERE workspace = ?1 AND day = ?2 AND out IS ?3";
        let found = self
            .transaction
            .query_row(sql, params![workspace, day, out], |row| row.get(0))
            .optional()?;
        if let Some(id) = found {
            return Ok(id);
        }
        let sql = "INSERT INTO run (workspace, day, out) VALUES (?1, ?2, ?3)";
        self.transaction
            .execute(sql, params![workspace, day, out])?;
        Ok(self.transaction.last_insert_rowid())
    }

    fn add_firing(
        &self,
        run: i64,
        record: &str,
        name: &RuleName,
        firing: &Firing,
    ) -> Result<i64, LedgerError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO firing (run, campaign, rule, subject_record, subject, key, fate, variant)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                run,
                name.campaign,
                name.rule,
                record,
                firing.subject,
                firing.key.to_be_bytes(),
                firing.fate.name(),
                firing.variant
            ])?;
        let id = self.transaction.last_insert_rowid();
        self.add_groups("firing", id, &firing.groups)?;
        Ok(id)
    }

    fn add_groups(
        &self,
        of: &str,
        id: i64,
        groups: &[(Box<str>, Box<str>)],
    ) -> Result<(), LedgerError> {
        for ((expression, value), position) in groups.iter().zip(0i64..) {
            self.transaction
                .prepare_cached(&format!(
                    "INSERT INTO {of}_group ({of}, position, expression, value) VALUES (?1, ?2, ?3, ?4)"
                ))?
                .execute(params![id, position, expression, value])?;
        }
        Ok(())
    }

    fn add_action(
        &self,
        firing: i64,
        place: i64,
        action: &DoneAction,
        (name, of): (&RuleName, &Firing),
    ) -> Result<i64, LedgerError> {
        let cost = action.cost.map(|c| i64::try_from(c.0)).transpose();
        let cost = cost.map_err(|_| Fault::Cost {
            campaign: name.campaign.to_string(),
            rule: name.rule.to_string(),
            subject: of.subject.to_string(),
        })?;
        let inserted = self
            .transaction
            .prepare_cached(
                "INSERT INTO action
                   (firing, place, key, action, channel, record, target, cost, deliver_after, params)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (key) DO NOTHING",
            )?
            .execute(params![
                firing,
                place,
                action.key,
                action.action,
                action.channel,
                action.record,
                action.target,
                cost,
                action.deliver_after,
                action.params
            ])?;
        if inserted == 0 {
            return Err(Fault::Twice {
                key: action.key.to_string(),
            }
            .into());
        }
        let id = self.transaction.last_insert_rowid();
        self.add_groups("action", id, &action.groups)?;
        Ok(id)
    }

    /// How many differ from what was there.
    fn add_levels(
        &self,
        workspace: i64,
        entries: &Entries,
        names: &dyn Names,
    ) -> Result<usize, LedgerError> {
        let mut changed = 0;
        for LevelEntry {
            attribute,
            row,
            held,
        } in &entries.levels
        {
            let Held {
                day,
                level,
                before,
                since,
                toward,
            } = held;
            let text = |d: &Option<Day>| d.map(|d| d.to_string());
            changed += self
                .transaction
                .prepare_cached(
                    "INSERT INTO level (workspace, attribute, record, row, day, level, before, since,
                       toward_rises, toward_level, toward_since)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                     ON CONFLICT DO UPDATE SET level = ?6, before = ?7, since = ?8,
                       toward_rises = ?9, toward_level = ?10, toward_since = ?11
                     WHERE (level, before, since, toward_rises, toward_level, toward_since)
                       IS NOT (?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    workspace,
                    attribute,
                    names.level_record(attribute),
                    row,
                    day.to_string(),
                    level,
                    before,
                    text(since),
                    toward.as_ref().map(|t| t.rises),
                    toward.as_ref().and_then(|t| t.level.as_deref()),
                    toward.as_ref().map(|t| t.since.to_string()),
                ])?;
        }
        Ok(changed)
    }
}

/// The places of actions in one list.
struct Places {
    /// Number, campaign, rule, subject; in the order of the list as it was.
    old: Vec<Placed>,
    /// What joins it, in the order of the list.
    new: Vec<Placed>,
}

#[derive(Clone)]
struct Placed {
    action: i64,
    campaign: Arc<str>,
    rule: Arc<str>,
    subject: Box<str>,
}

impl Places {
    fn of(writing: &Writing<'_>, run: i64) -> Result<Places, LedgerError> {
        let mut statement = writing.transaction.prepare_cached(
            "SELECT a.id, f.campaign, f.rule, f.subject FROM action a JOIN firing f ON f.id = a.firing
             WHERE f.run = ?1 AND a.place IS NOT NULL ORDER BY a.place",
        )?;
        let old = statement.query_map([run], |row| {
            Ok(Placed {
                action: row.get(0)?,
                campaign: row.get(1)?,
                rule: row.get(2)?,
                subject: row.get(3)?,
            })
        })?;
        Ok(Places {
            old: old.collect::<Result<_, _>>()?,
            new: Vec::new(),
        })
    }

    fn next(&self) -> i64 {
        (self.old.len() + self.new.len()) as i64
    }

    fn push(&mut self, action: i64, name: &RuleName, subject: &str) {
        // Where nothing was before, the order is right already.
        if self.old.is_empty() {
            self.new.push(Placed {
                action,
                campaign: "".into(),
                rule: "".into(),
                subject: "".into(),
            });
            return;
        }
        self.new.push(Placed {
            action,
            campaign: name.campaign.clone(),
            rule: name.rule.clone(),
            subject: subject.into(),
        });
    }

    /// Merges what is new into what was there: by campaign, rule, subject's key, the older first. Of a subject
    /// that is not there any more, the actions stay behind those that they stood behind.
    fn settle(self, writing: &Writing<'_>, names: &dyn Names) -> Result<(), LedgerError> {
        if self.old.is_empty() || self.new.is_empty() {
            return Ok(());
        }
        let comes_before = |new: &Placed, old: &Placed| {
            let rule = |p: &Placed| (p.campaign.clone(), p.rule.clone());
            match rule(new).cmp(&rule(old)) {
                Ordering::Equal => {
                    names.compare_subjects(&new.campaign, &new.subject, &old.subject)
                        == Some(Ordering::Less)
                }
                order => order == Ordering::Less,
            }
        };
        let mut order = Vec::with_capacity(self.old.len() + self.new.len());
        let mut new = self.new.iter().peekable();
        for old in &self.old {
            while let Some(next) = new.next_if(|n| comes_before(n, old)) {
                order.push(next.action);
            }
            order.push(old.action);
        }
        order.extend(new.map(|n| n.action));
        let mut update = writing
            .transaction
            .prepare_cached("UPDATE action SET place = ?2 WHERE id = ?1 AND place IS NOT ?2")?;
        for (action, place) in order.iter().zip(0i64..) {
            update.execute(params![action, place])?;
        }
        Ok(())
    }
}

//! From the file to a run's memory.

use super::{Fault, Ledger, LedgerError, Writing};
use crate::ledger::{DoneAction, Fate, Firing, Held, History, RuleName, Toward};
use crate::schema::{Day, Decimal};
use rusqlite::{Connection, Row};
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Writing<'_> {
    /// Everything a workspace did, with or without the parameters of its actions.
    pub fn history(&self, workspace: &str, params: bool) -> Result<History, LedgerError> {
        history(&self.transaction, workspace, params)
    }
}

impl Ledger {
    /// Everything a workspace did, as of the last commit, with or without the parameters of its actions.
    pub fn history(&self, workspace: &str, params: bool) -> Result<History, LedgerError> {
        history(&self.connection, workspace, params).map_err(|e| super::at(&self.path, e))
    }
}

pub fn day(text: &str) -> Result<Day, LedgerError> {
    Day::parse_iso(text.as_bytes()).ok_or(LedgerError::from(Fault::Damaged))
}

fn optional_day(text: Option<String>) -> Result<Option<Day>, LedgerError> {
    text.map(|t| day(&t)).transpose()
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, LedgerError> {
    let text = row.get_ref(column)?.as_str();
    text.map_err(|_| LedgerError::from(Fault::Damaged))
}

fn boxed(row: &Row<'_>, column: usize) -> Result<Box<str>, LedgerError> {
    Ok(text(row, column)?.into())
}

fn optional(row: &Row<'_>, column: usize) -> Result<Option<Box<str>>, LedgerError> {
    let text = row.get_ref(column)?.as_str_or_null();
    Ok(text
        .map_err(|_| LedgerError::from(Fault::Damaged))?
        .map(Into::into))
}

pub fn fate(name: &str) -> Result<Fate, LedgerError> {
    let all = [Fate::Done, Fate::HeldOut, Fate::Adopted];
    let found = all.into_iter().find(|f| f.name() == name);
    found.ok_or(LedgerError::from(Fault::Damaged))
}

fn history(connection: &Connection, workspace: &str, params: bool) -> Result<History, LedgerError> {
    let mut names = Names::default();
    let mut history = History::default();
    let mut days = connection
        .prepare("SELECT day FROM run JOIN workspace w ON w.id = workspace WHERE w.name = ?1")?;
    let mut rows = days.query([workspace])?;
    while let Some(row) = rows.next()? {
        history.add_day(day(&boxed(row, 0)?)?);
    }
    let mut firings = firings(connection, workspace, &mut names)?;
    add_firing_groups(connection, workspace, &mut firings)?;
    add_actions(connection, workspace, params, &mut firings, &mut names)?;
    for (_, name, firing) in firings {
        history.add_firing(name, firing);
    }
    add_levels(connection, workspace, &mut history)?;
    Ok(history)
}

/// Names that occur again and again, each kept once.
#[derive(Default)]
struct Names(FxHashSet<Arc<str>>);

impl Names {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let name: Arc<str> = text.into();
        self.0.insert(Arc::clone(&name));
        name
    }

    fn column(&mut self, row: &Row<'_>, column: usize) -> Result<Arc<str>, LedgerError> {
        Ok(self.text(text(row, column)?))
    }

    fn optional(&mut self, row: &Row<'_>, column: usize) -> Result<Option<Arc<str>>, LedgerError> {
        let found = row.get_ref(column)?.as_str_or_null();
        let found = found.map_err(|_| LedgerError::from(Fault::Damaged))?;
        Ok(found.map(|text| self.text(text)))
    }
}

/// With its number in the file, ascending.
type Numbered = (i64, RuleName, Firing);

fn firings(
    connection: &Connection,
    workspace: &str,
    names: &mut Names,
) -> Result<Vec<Numbered>, LedgerError> {
    let mut statement = connection.prepare(
        "SELECT f.id, r.day, f.campaign, f.rule, f.subject, f.key, f.fate, f.variant
         FROM firing f JOIN run r ON r.id = f.run JOIN workspace w ON w.id = r.workspace
         WHERE w.name = ?1 ORDER BY f.id",
    )?;
    let mut rows = statement.query([workspace])?;
    let mut firings = Vec::new();
    while let Some(row) = rows.next()? {
        let name = RuleName {
            campaign: names.column(row, 2)?,
            rule: names.column(row, 3)?,
        };
        let key: [u8; 16] = row.get(5)?;
        let firing = Firing {
            day: day(text(row, 1)?)?,
            subject: text(row, 4)?.into(),
            key: u128::from_be_bytes(key),
            fate: fate(text(row, 6)?)?,
            variant: names.optional(row, 7)?,
            groups: Vec::new(),
            actions: Vec::new(),
        };
        firings.push((row.get(0)?, name, firing));
    }
    Ok(firings)
}

/// The firing with this number.
fn numbered(firings: &mut [Numbered], id: i64) -> Result<&mut Firing, LedgerError> {
    let place = firings
        .binary_search_by_key(&id, |(number, _, _)| *number)
        .map_err(|_| LedgerError::from(Fault::Damaged))?;
    Ok(&mut firings[place].2)
}

fn add_firing_groups(
    connection: &Connection,
    workspace: &str,
    firings: &mut [Numbered],
) -> Result<(), LedgerError> {
    let mut statement = connection.prepare(
        "SELECT g.firing, g.expression, g.value FROM firing_group g
         JOIN firing f ON f.id = g.firing JOIN run r ON r.id = f.run JOIN workspace w ON w.id = r.workspace
         WHERE w.name = ?1 ORDER BY g.firing, g.position",
    )?;
    let mut rows = statement.query([workspace])?;
    while let Some(row) = rows.next()? {
        let group = (boxed(row, 1)?, boxed(row, 2)?);
        numbered(firings, row.get(0)?)?.groups.push(group);
    }
    Ok(())
}

/// Keys and times of delivery stay in the file.
fn add_actions(
    connection: &Connection,
    workspace: &str,
    params: bool,
    firings: &mut [Numbered],
    names: &mut Names,
) -> Result<(), LedgerError> {
    let params = if params { "a.params" } else { "''" };
    let mut statement = connection.prepare(&format!(
        "SELECT a.id, a.firing, a.action, a.channel, a.record, a.target, a.cost, {params},
           g.expression, g.value
         FROM action a JOIN firing f ON f.id = a.firing JOIN run r ON r.id = f.run
         JOIN workspace w ON w.id = r.workspace LEFT JOIN action_group g ON g.action = a.id
         WHERE w.name = ?1 ORDER BY a.id, g.position",
    ))?;
    let mut rows = statement.query([workspace])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let firing = numbered(firings, row.get(1)?)?;
        if last != Some(id) {
            last = Some(id);
            let action = action(row, &firing.subject, names)?;
            // Most firings have one or two.
            firing.actions.reserve_exact(1);
            firing.actions.push(action);
        }
        if let (Some(expression), Some(action)) = (optional(row, 8)?, firing.actions.last_mut()) {
            action.groups.push((expression, boxed(row, 9)?));
        }
    }
    Ok(())
}

fn action(row: &Row<'_>, subject: &Arc<str>, names: &mut Names) -> Result<DoneAction, LedgerError> {
    let target = text(row, 5)?;
    Ok(DoneAction {
        key: Box::default(),
        action: names.column(row, 2)?,
        channel: names.optional(row, 3)?,
        record: names.column(row, 4)?,
        // Most often the subject itself.
        target: match *target == **subject {
            true => Arc::clone(subject),
            false => target.into(),
        },
        cost: row.get::<_, Option<i64>>(6)?.map(|n| Decimal(n.into())),
        deliver_after: None,
        params: boxed(row, 7)?,
        groups: Vec::new(),
    })
}

fn add_levels(
    connection: &Connection,
    workspace: &str,
    history: &mut History,
) -> Result<(), LedgerError> {
    let mut statement = connection.prepare(
        "SELECT attribute, row, day, level, before, since, toward_rises, toward_level, toward_since
         FROM level JOIN workspace w ON w.id = workspace
         WHERE w.name = ?1 ORDER BY attribute, row, day",
    )?;
    let mut rows = statement.query([workspace])?;
    while let Some(row) = rows.next()? {
        let toward = match (row.get::<_, Option<bool>>(6)?, optional_day(row.get(8)?)?) {
            (Some(rises), Some(since)) => Some(Toward {
                rises,
                level: optional(row, 7)?,
                since,
            }),
            _ => None,
        };
        let held = Held {
            day: day(&boxed(row, 2)?)?,
            level: optional(row, 3)?,
            before: optional(row, 4)?,
            since: optional_day(row.get(5)?)?,
            toward,
        };
        history.add_level(boxed(row, 0)?, boxed(row, 1)?, held);
    }
    Ok(())
}

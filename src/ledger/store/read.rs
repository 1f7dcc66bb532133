//! From the file to a run's memory.

use super::{Fault, Ledger, LedgerError, Writing};
use crate::ledger::{DoneAction, Fate, Firing, Held, History, RuleName, Toward};
use crate::schema::{Day, Decimal};
use rusqlite::{Connection, Row};

impl Writing<'_> {
    /// Everything a workspace did.
    pub fn history(&self, workspace: &str) -> Result<History, LedgerError> {
        history(&self.transaction, workspace)
    }
}

impl Ledger {
    /// Everything a workspace did, as of the last commit.
    pub fn history(&self, workspace: &str) -> Result<History, LedgerError> {
        history(&self.connection, workspace).map_err(|e| super::at(&self.path, e))
    }
}

pub fn day(text: &str) -> Result<Day, LedgerError> {
    Day::parse_iso(text.as_bytes()).ok_or(LedgerError::from(Fault::Damaged))
}

fn optional_day(text: Option<String>) -> Result<Option<Day>, LedgerError> {
    text.map(|t| day(&t)).transpose()
}

fn boxed(row: &Row<'_>, column: usize) -> Result<Box<str>, LedgerError> {
    let text = row.get_ref(column)?.as_str();
    Ok(text.map_err(|_| LedgerError::from(Fault::Damaged))?.into())
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

fn history(connection: &Connection, workspace: &str) -> Result<History, LedgerError> {
    let mut history = History::default();
    let mut days = connection
        .prepare("SELECT day FROM run JOIN workspace w ON w.id = workspace WHERE w.name = ?1")?;
    let mut rows = days.query([workspace])?;
    while let Some(row) = rows.next()? {
        history.add_day(day(&boxed(row, 0)?)?);
    }
    let mut firings = firings(connection, workspace)?;
    add_firing_groups(connection, workspace, &mut firings)?;
    add_actions(connection, workspace, &mut firings)?;
    for (_, name, firing) in firings {
        history.add_firing(name, firing);
    }
    add_levels(connection, workspace, &mut history)?;
    Ok(history)
}

/// With its number in the file, ascending.
type Numbered = (i64, RuleName, Firing);

fn firings(connection: &Connection, workspace: &str) -> Result<Vec<Numbered>, LedgerError> {
    let mut statement = connection.prepare(
        "SELECT f.id, r.day, f.campaign, f.rule, f.subject, f.key, f.fate, f.variant
         FROM firing f JOIN run r ON r.id = f.run JOIN workspace w ON w.id = r.workspace
         WHERE w.name = ?1 ORDER BY f.id",
    )?;
    let mut rows = statement.query([workspace])?;
    let mut firings = Vec::new();
    while let Some(row) = rows.next()? {
        let name = RuleName {
            campaign: boxed(row, 2)?,
            rule: boxed(row, 3)?,
        };
        let key: [u8; 16] = row.get(5)?;
        let firing = Firing {
            day: day(&boxed(row, 1)?)?,
            subject: boxed(row, 4)?,
            key: u128::from_be_bytes(key),
            fate: fate(&boxed(row, 6)?)?,
            variant: optional(row, 7)?,
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

fn add_actions(
    connection: &Connection,
    workspace: &str,
    firings: &mut [Numbered],
) -> Result<(), LedgerError> {
    let mut statement = connection.prepare(
        "SELECT a.id, a.firing, a.key, a.action, a.channel, a.record, a.target, a.cost, a.deliver_after, a.params,
           g.expression, g.value
         FROM action a JOIN firing f ON f.id = a.firing JOIN run r ON r.id = f.run
         JOIN workspace w ON w.id = r.workspace LEFT JOIN action_group g ON g.action = a.id
         WHERE w.name = ?1 ORDER BY a.id, g.position",
    )?;
    let mut rows = statement.query([workspace])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let firing = numbered(firings, row.get(1)?)?;
        if last != Some(id) {
            last = Some(id);
            firing.actions.push(action(row)?);
        }
        if let (Some(expression), Some(action)) = (optional(row, 10)?, firing.actions.last_mut()) {
            action.groups.push((expression, boxed(row, 11)?));
        }
    }
    Ok(())
}

fn action(row: &Row<'_>) -> Result<DoneAction, LedgerError> {
    Ok(DoneAction {
        key: boxed(row, 2)?,
        action: boxed(row, 3)?,
        channel: optional(row, 4)?,
        record: boxed(row, 5)?,
        target: boxed(row, 6)?,
        cost: row.get::<_, Option<i64>>(7)?.map(|n| Decimal(n.into())),
        deliver_after: optional(row, 8)?,
        params: boxed(row, 9)?,
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

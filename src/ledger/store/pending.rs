//! Outputs that are written and recorded, but perhaps not yet in their place.

use super::read::day;
use super::{Fault, Ledger, LedgerError, Writing, at};
use crate::schema::Day;
use rusqlite::{Connection, params};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PendingKind {
    Actions,
    Suppressed,
    Rejects,
}

impl PendingKind {
    pub fn name(self) -> &'static str {
        match self {
            PendingKind::Actions => "actions",
            PendingKind::Suppressed => "suppressed",
            PendingKind::Rejects => "rejects",
        }
    }

    fn of(name: &str) -> Result<PendingKind, LedgerError> {
        let all = [
            PendingKind::Actions,
            PendingKind::Suppressed,
            PendingKind::Rejects,
        ];
        let found = all.into_iter().find(|k| k.name() == name);
        found.ok_or(LedgerError::from(Fault::Damaged))
    }
}

/// A file on its way to its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub kind: PendingKind,
    /// Its place: relative to the ledger's folder, or absolute.
    pub out: String,
    /// The file's name until then, in the same folder.
    pub staged: String,
    /// Of an action list: the name of its format.
    pub format: String,
    pub days: (Day, Day),
}

impl Writing<'_> {
    /// Records that a file is written and has to be moved.
    pub fn add_pending(&self, workspace: i64, pending: &Pending) -> Result<(), LedgerError> {
        self.transaction.execute(
            "INSERT INTO pending (workspace, kind, out, staged, format, first_day, last_day)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                workspace,
                pending.kind.name(),
                pending.out,
                pending.staged,
                pending.format,
                pending.days.0.to_string(),
                pending.days.1.to_string()
            ],
        )?;
        Ok(())
    }

    /// All that has to be moved, with its number and that of its workspace.
    pub fn pending(&self) -> Result<Vec<(i64, i64, Pending)>, LedgerError> {
        pending(&self.transaction)
    }

    /// It is in its place.
    pub fn remove_pending(&self, id: i64) -> Result<(), LedgerError> {
        self.transaction
            .execute("DELETE FROM pending WHERE id = ?1", [id])?;
        Ok(())
    }
}

impl Ledger {
    /// Whether any file still has to be moved, as of the last commit.
    pub fn has_pending(&self) -> Result<bool, LedgerError> {
        let found = self
            .connection
            .query_row("SELECT EXISTS (SELECT 1 FROM pending)", [], |row| {
                row.get(0)
            });
        found.map_err(|e| at(&self.path, e.into()))
    }
}

pub fn pending(connection: &Connection) -> Result<Vec<(i64, i64, Pending)>, LedgerError> {
    let mut statement = connection.prepare(
        "SELECT id, workspace, kind, out, staged, format, first_day, last_day FROM pending ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let pending = Pending {
            kind: PendingKind::of(&row.get::<_, String>(2)?)?,
            out: row.get(3)?,
            staged: row.get(4)?,
            format: row.get(5)?,
            days: (
                day(&row.get::<_, String>(6)?)?,
                day(&row.get::<_, String>(7)?)?,
            ),
        };
        found.push((row.get(0)?, row.get(1)?, pending));
    }
    Ok(found)
}

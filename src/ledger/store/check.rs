//! Whether a ledger is sound.

use super::{Ledger, LedgerError, Pending, at, pending};
use rusqlite::Connection;

/// What is wrong with a ledger, or has to be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Of SQLite's own check.
    Damage(String),
    /// A row that refers to none.
    Dangling { table: String, row: String },
    /// A day, a cost or a place that cannot be.
    Impossible {
        table: String,
        row: i64,
        what: String,
    },
    /// A file that the next run will put in its place.
    Pending(Pending),
}

impl Ledger {
    /// Everything that is wrong; empty of a sound one.
    pub fn check(&self) -> Result<Vec<Finding>, LedgerError> {
        check(&self.connection).map_err(|e| at(&self.path, e))
    }

    /// Each campaign and rule that ever fired, by workspace and name.
    pub fn rules(&self) -> Result<Vec<(String, String, String)>, LedgerError> {
        let found = || -> Result<Vec<_>, LedgerError> {
            let mut statement = self.connection.prepare(
                "SELECT DISTINCT w.name, f.campaign, f.rule FROM firing f
                 JOIN run r ON r.id = f.run JOIN workspace w ON w.id = r.workspace ORDER BY 1, 2, 3",
            )?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        found().map_err(|e| at(&self.path, e))
    }
}

/// Conditions that no row fulfils, each with what they would mean.
const IMPOSSIBLE: &[(&str, &str, &str)] = &[
    ("run", "date(day) IS NOT day", "its day is no date"),
    ("action", "cost < 0", "its cost is negative"),
    (
        "action",
        "NOT json_valid(params)",
        "its parameters are no JSON",
    ),
    (
        "action",
        "firing IN (SELECT id FROM firing WHERE fate <> 'done')",
        "nothing was done, but there is an action",
    ),
    (
        "action",
        "id IN (SELECT max(a.id) FROM action a JOIN firing f ON f.id = a.firing \
           WHERE a.place IS NOT NULL GROUP BY f.run, a.place HAVING count(*) > 1)",
        "two lines of a list have its place",
    ),
];

fn check(connection: &Connection) -> Result<Vec<Finding>, LedgerError> {
    let mut findings = Vec::new();
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    for line in lines {
        let line = line?;
        if line != "ok" {
            findings.push(Finding::Damage(line.to_lowercase()));
        }
    }
    if !findings.is_empty() {
        // What comes next would stumble over the same.
        return Ok(findings);
    }
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        findings.push(Finding::Dangling {
            table: row.get(0)?,
            row: row
                .get::<_, Option<i64>>(1)?
                .map_or_else(String::new, |n| n.to_string()),
        });
    }
    for (table, condition, what) in IMPOSSIBLE {
        let sql = format!("SELECT id FROM \"{table}\" WHERE {condition} ORDER BY id LIMIT 100");
        let mut statement = connection.prepare(&sql)?;
        for row in statement.query_map([], |row| row.get(0))? {
            findings.push(Finding::Impossible {
                table: (*table).to_owned(),
                row: row?,
                what: (*what).to_owned(),
            });
        }
    }
    let waiting = pending::pending(connection)?;
    findings.extend(waiting.into_iter().map(|(_, _, p)| Finding::Pending(p)));
    Ok(findings)
}

//! Takes out of old runs what rules do not need.

use super::{Ledger, LedgerError, at};
use crate::schema::{Day, Decimal};
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::Value;
use std::time::Duration;

/// What was taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Lists that cannot be written again.
    pub runs: u64,
    /// Actions whose texts are gone.
    pub actions: u64,
    /// Levels that later ones replaced.
    pub levels: u64,
}

impl Ledger {
    /// Takes texts out of the parameters of what was done before a day, and levels that were replaced before
    /// it. What repetition, caps, budgets and `done` count by stays: no rule fires again.
    pub fn prune(
        &mut self,
        before: Day,
        workspace: Option<&str>,
        wait: Duration,
    ) -> Result<Pruned, LedgerError> {
        let path = self.path.clone();
        let pruned = (|| {
            self.connection.busy_timeout(wait)?;
            self.connection.execute_batch("PRAGMA secure_delete = ON")?;
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let pruned = prune(&transaction, &before.to_string(), workspace)?;
            transaction.commit()?;
            self.connection.execute_batch("VACUUM")?;
            Ok(pruned)
        })();
        pruned.map_err(|e| at(&path, e))
    }
}

const RUNS: &str = "SELECT r.id FROM run r JOIN workspace w ON w.id = r.workspace
    WHERE r.day < ?1 AND NOT r.pruned AND (?2 IS NULL OR w.name = ?2)";

fn prune(
    connection: &Connection,
    before: &str,
    workspace: Option<&str>,
) -> Result<Pruned, LedgerError> {
    let mut pruned = Pruned::default();
    let mut statement = connection.prepare(&format!(
        "SELECT a.id, a.params FROM action a JOIN firing f ON f.id = a.firing
         WHERE f.run IN ({RUNS}) ORDER BY a.id"
    ))?;
    let found = statement
        .query_map(params![before, workspace], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    for (id, text) in found {
        let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        let mut changed = false;
        for value in members.values_mut() {
            if value.as_str().is_some_and(is_free_text) {
                *value = Value::Null;
                changed = true;
            }
        }
        if changed {
            pruned.actions += 1;
            connection
                .prepare_cached("UPDATE action SET params = ?2 WHERE id = ?1")?
                .execute(params![id, Value::Object(members).to_string()])?;
        }
    }
    pruned.levels = connection.execute(
        "DELETE FROM level WHERE (?2 IS NULL OR workspace = (SELECT id FROM workspace WHERE name = ?2))
           AND EXISTS (SELECT 1 FROM level later WHERE later.workspace = level.workspace
             AND later.attribute = level.attribute AND later.row = level.row
             AND later.day > level.day AND later.day < ?1)",
        params![before, workspace],
    )? as u64;
    pruned.runs = connection.execute(
        &format!("UPDATE run SET pruned = 1 WHERE id IN ({RUNS})"),
        params![before, workspace],
    )? as u64;
    Ok(pruned)
}

/// Money, numbers, dates and moments are texts too in JSON; they stay.
fn is_free_text(text: &str) -> bool {
    let number = text.parse::<Decimal>().is_ok();
    let day = text
        .get(..10)
        .is_some_and(|d| Day::parse_iso(d.as_bytes()).is_some());
    let moment = text.len() == 10 || text.as_bytes().get(10) == Some(&b'T');
    let date = day && moment && !text.contains(' ');
    !(number || date)
}

#[cfg(test)]
mod tests {
    use super::is_free_text;

    #[test]
    fn only_texts_go() {
        for kept in ["12.50", "-3", "2026-11-21", "2026-11-21T09:00:00+08:00"] {
            assert!(!is_free_text(kept), "{kept}");
        }
        for gone in ["Dear Li", "2026-11-21, Li", "12 points", ""] {
            assert!(is_free_text(gone), "{gone}");
        }
    }
}

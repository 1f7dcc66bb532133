//! Erasure on request: a person's traces go, what limits count stays.

use super::{Ledger, LedgerError, at};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::Value;
use std::time::Duration;

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Firings about the person.
    pub firings: u64,
    /// Actions to them, and of firings about them.
    pub actions: u64,
    /// Parameters of actions to others that named their key.
    pub mentions: u64,
    pub levels: u64,
    /// What stands in their place; empty where nothing was found.
    pub pseudonym: String,
}

impl Forgotten {
    fn is_nothing(&self) -> bool {
        self.firings + self.actions + self.mentions + self.levels == 0
    }
}

impl Ledger {
    /// Takes the row of this record and key out of the ledger, in every workspace or in one. Its key becomes
    /// `forgotten-N`, which stands for nobody; parameters, idempotency keys and repetition keys that could be
    /// tried out go. The file is written anew, so that no byte of them is left in it.
    pub fn forget(
        &mut self,
        (record, key): (&str, &str),
        workspace: Option<&str>,
        wait: Duration,
    ) -> Result<Forgotten, LedgerError> {
        let path = self.path.clone();
        let erased = (|| {
            self.connection.busy_timeout(wait)?;
            self.connection.execute_batch("PRAGMA secure_delete = ON")?;
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let forgotten = Erasure::new(&transaction, (record, key), workspace)?.erase()?;
            if forgotten.is_nothing() {
                return Ok(Forgotten::default());
            }
            transaction.commit()?;
            self.connection.execute_batch("VACUUM")?;
            Ok(forgotten)
        })();
        erased.map_err(|e| at(&path, e))
    }
}

struct Erasure<'c> {
    connection: &'c Connection,
    record: &'c str,
    key: &'c str,
    /// `None`: all.
    workspace: Option<i64>,
    pseudonym: String,
}

/// Firings in the workspace asked for.
const HERE: &str = "(?1 IS NULL OR run IN (SELECT id FROM run WHERE workspace = ?1))";

impl<'c> Erasure<'c> {
    fn new(
        connection: &'c Connection,
        (record, key): (&'c str, &'c str),
        workspace: Option<&str>,
    ) -> Result<Erasure<'c>, LedgerError> {
        let workspace = workspace
            .map(|name| {
                let sql = "SELECT id FROM workspace WHERE name = ?1";
                let found = connection.query_row(sql, [name], |row| row.get(0));
                // A workspace that is not there has nothing to forget.
                Ok::<i64, rusqlite::Error>(found.optional()?.unwrap_or(-1))
            })
            .transpose()?;
        let last: i64 = connection.query_row(
            "SELECT coalesce(max(CAST(substr(name, 11) AS INTEGER)), 0) FROM
               (SELECT subject AS name FROM firing UNION ALL SELECT target FROM action)
             WHERE name GLOB 'forgotten-[0-9]*'",
            [],
            |row| row.get(0),
        )?;
        Ok(Erasure {
            connection,
            record,
            key,
            workspace,
            pseudonym: format!("forgotten-{}", last + 1),
        })
    }

    fn erase(&self) -> Result<Forgotten, LedgerError> {
        let mut forgotten = Forgotten {
            pseudonym: self.pseudonym.clone(),
            ..Forgotten::default()
        };
        let firings = self.numbers(&format!(
            "SELECT id FROM firing WHERE subject_record = ?2 AND subject = ?3 AND {HERE} ORDER BY id"
        ))?;
        for id in &firings {
            self.firing(*id)?;
        }
        let actions = self.numbers(&format!(
            "SELECT a.id FROM action a JOIN firing f ON f.id = a.firing
             WHERE ((a.record = ?2 AND a.target = ?3) OR (f.subject_record = ?2 AND f.subject = ?3)
               OR f.subject = '{}') AND {HERE} ORDER BY a.id",
            self.pseudonym
        ))?;
        for id in &actions {
            self.action(*id)?;
        }
        forgotten.firings = firings.len() as u64;
        forgotten.actions = actions.len() as u64;
        forgotten.mentions = self.mentions()?;
        forgotten.levels = self.connection.execute(
            "DELETE FROM level WHERE record = ?2 AND row = ?3 AND (?1 IS NULL OR workspace = ?1)",
            params![self.workspace, self.record, self.key],
        )? as u64;
        Ok(forgotten)
    }

    fn numbers(&self, sql: &str) -> Result<Vec<i64>, LedgerError> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map(params![self.workspace, self.record, self.key], |row| {
            row.get(0)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A repetition key is a hash that could be tried out with names: a number that means nothing takes its
    /// place.
    fn firing(&self, id: i64) -> Result<(), LedgerError> {
        self.connection.execute(
            "UPDATE firing SET subject = ?2, key = ?3 WHERE id = ?1",
            params![id, self.pseudonym, i128::from(id).to_be_bytes()],
        )?;
        self.groups("firing", id)
    }

    fn action(&self, id: i64) -> Result<(), LedgerError> {
        self.connection.execute(
            "UPDATE action SET key = 'forgotten-' || id, params = '{}', deliver_after = NULL, place = NULL,
               target = CASE WHEN record = ?2 AND target = ?3 THEN ?4 ELSE target END
             WHERE id = ?1",
            params![id, self.record, self.key, self.pseudonym],
        )?;
        self.groups("action", id)
    }

    /// A group's value stays where somebody else has it too; what only this person had tells who it was.
    fn groups(&self, of: &str, id: i64) -> Result<(), LedgerError> {
        let person = match of {
            "firing" => "(SELECT subject FROM firing f WHERE f.id = g.firing)",
            _ => "(SELECT target FROM action a WHERE a.id = g.action)",
        };
        let sql = format!(
            "UPDATE {of}_group SET value = ?2 WHERE {of} = ?1 AND NOT EXISTS (
               SELECT 1 FROM {of}_group g WHERE g.expression = {of}_group.expression
                 AND g.value = {of}_group.value AND {person} NOT IN (?2, ?3))"
        );
        self.connection
            .prepare_cached(&sql)?
            .execute(params![id, self.pseudonym, self.key])?;
        Ok(())
    }

    /// Actions to others whose parameters name the key.
    fn mentions(&self) -> Result<u64, LedgerError> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT a.id, a.params FROM action a JOIN firing f ON f.id = a.firing
             WHERE instr(a.params, ?2) AND {HERE} ORDER BY a.id"
        ))?;
        let quoted = Value::from(self.key).to_string();
        let inner = &quoted[1..quoted.len() - 1];
        let found = statement
            .query_map(params![self.workspace, inner], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<Result<Vec<(i64, String)>, _>>()?;
        let mut mentions = 0;
        for (id, text) in found {
            let Ok(mut params) = serde_json::from_str::<Value>(&text) else {
                continue;
            };
            if blank(&mut params, self.key) {
                mentions += 1;
                self.connection.execute(
                    "UPDATE action SET params = ?2, place = NULL WHERE id = ?1",
                    params![id, params.to_string()],
                )?;
            }
        }
        Ok(mentions)
    }
}

/// Empties each text that has the key as a word of its own.
fn blank(value: &mut Value, key: &str) -> bool {
    match value {
        Value::String(text) if names(text, key) => {
            *value = Value::Null;
            true
        }
        Value::Object(members) => members
            .values_mut()
            .fold(false, |found, v| blank(v, key) | found),
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |found, v| blank(v, key) | found),
        _ => false,
    }
}

fn names(text: &str, key: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(key).any(|(at, _)| {
        !word(text[..at].chars().next_back()) && !word(text[at + key.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_key_is_named_as_a_word() {
        assert!(names("for c1, with love", "c1"));
        assert!(names("c1", "c1"));
        assert!(!names("c12", "c1"));
        assert!(!names("abc1", "c1"));
        assert!(names("来自c1的礼物", "c1"));
    }
}

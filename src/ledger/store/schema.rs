//! The file's marks and its schema, version by version.

use super::{Fault, LedgerError};
use rusqlite::Connection;

/// `GuXi`: in the header of every ledger, so that no other database is taken for one.
const APPLICATION: i32 = 0x4775_5869;

/// A step leads from the version of its place to the next one. INVARIANT: steps that were ever released stay
/// as they are.
const STEPS: &[&str] = &[include_str!("schema.sql")];

/// The version that this program reads and writes.
const VERSION: i32 = STEPS.len() as i32;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Without any table.
    Empty,
    /// Of an older version.
    Older,
    Current,
}

/// Refuses what is no ledger, or one of a newer program.
pub fn state(connection: &Connection) -> Result<State, LedgerError> {
    // One statement: another run may be making the ledger at this very moment.
    let (application, version, tables): (i32, i32, i64) = connection.query_row(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    match (application, version) {
        (0, 0) if tables == 0 => Ok(State::Empty),
        (APPLICATION, version) if version > VERSION => Err(Fault::Newer {
            version,
            known: VERSION,
        }
        .into()),
        (APPLICATION, VERSION) => Ok(State::Current),
        (APPLICATION, version) if version >= 0 => Ok(State::Older),
        _ => Err(Fault::NoLedger.into()),
    }
}

/// Brings a file to the current version, or makes a ledger of an empty one. Within the caller's transaction.
pub fn migrate(connection: &Connection) -> Result<(), LedgerError> {
    step_by_step(connection, STEPS)
}

fn step_by_step(connection: &Connection, steps: &[&str]) -> Result<(), LedgerError> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in steps.iter().skip(version.max(0) as usize) {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", steps.len() as i32)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_file_goes_the_steps_that_it_lacks() {
        let connection = Connection::open_in_memory().unwrap();
        let first = ["CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);"];
        step_by_step(&connection, &first).unwrap();
        let both = [first[0], "ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 5;"];
        step_by_step(&connection, &both).unwrap();
        step_by_step(&connection, &both).unwrap();
        let sum: i64 = connection
            .query_row("SELECT sum(x + y) FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sum, 12);
    }

    #[test]
    fn states_are_told_apart() {
        let connection = Connection::open_in_memory().unwrap();
        assert_eq!(state(&connection).unwrap(), State::Empty);
        migrate(&connection).unwrap();
        assert_eq!(state(&connection).unwrap(), State::Current);
        let set = |version: i32| {
            connection
                .pragma_update(None, "user_version", version)
                .unwrap()
        };
        set(VERSION + 1);
        assert!(matches!(
            state(&connection).unwrap_err().fault,
            Fault::Newer { .. }
        ));
        set(0);
        assert_eq!(state(&connection).unwrap(), State::Older);
        connection.pragma_update(None, "application_id", 5).unwrap();
        assert!(matches!(
            state(&connection).unwrap_err().fault,
            Fault::NoLedger
        ));
    }
}

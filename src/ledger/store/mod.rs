//! The ledger's file: one SQLite database with a rollback journal. Sole user of SQLite.
//!
//! [`Ledger::open`] and [`Ledger::lock`]: the lock is a transaction that lasts as long as the run; what a run
//! adds is there with [`Writing::commit`], or not at all. Readers go on meanwhile. `docs/ledger.md` says
//! what each table holds.

mod check;
mod error;
mod forget;
mod listing;
mod pending;
mod prune;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

pub use check::Finding;
pub use error::{Fault, LedgerError};
pub use forget::Forgotten;
pub use listing::{ExportedLine, ListedAction, ListedFiring, ListedRun, Query};
pub use pending::{Pending, PendingKind};
pub use prune::Pruned;
pub use write::{Added, Names};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use schema::State;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An open ledger.
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
}

/// A ledger that nobody else writes to. Dropped without [`Writing::commit`], nothing has happened.
pub struct Writing<'l> {
    transaction: Transaction<'l>,
}

/// How long a commit waits for readers.
const READERS: Duration = Duration::from_secs(60);

impl Ledger {
    /// Opens a ledger, or makes a new one where there is no file. Waits for another run at most so long.
    pub fn open(path: &Path, wait: Duration) -> Result<Ledger, LedgerError> {
        Ledger::open_with(path, OpenFlags::SQLITE_OPEN_CREATE, wait)
    }

    /// Opens a ledger that is there.
    pub fn open_existing(path: &Path, wait: Duration) -> Result<Ledger, LedgerError> {
        if !path.is_file() {
            return Err(at(path, Fault::Absent.into()));
        }
        Ledger::open_with(path, OpenFlags::empty(), wait)
    }

    fn open_with(path: &Path, flags: OpenFlags, wait: Duration) -> Result<Ledger, LedgerError> {
        let opened = || {
            let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let mut connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(wait)?;
            prepare(&mut connection)?;
            Ok(connection)
        };
        let connection = opened().map_err(|e: LedgerError| {
            let made = flags.contains(OpenFlags::SQLITE_OPEN_CREATE) && !path.exists();
            match e.fault {
                Fault::Absent if made => at(path, Fault::Unmade.into()),
                _ => at(path, e),
            }
        })?;
        Ok(Ledger {
            connection,
            path: path.to_owned(),
        })
    }

    /// Takes the ledger for this run alone, until the guard is gone. Waits for another run at most so long.
    pub fn lock(&mut self, wait: Duration) -> Result<Writing<'_>, LedgerError> {
        let path = &self.path;
        let connection = &mut self.connection;
        begin(connection, wait).map_err(|e| at(path, e))
    }

    /// The whole content as SQL text, in a fixed order: equal ledgers have equal dumps.
    pub fn dump(&self) -> Result<String, LedgerError> {
        listing::dump(&self.connection).map_err(|e| at(&self.path, e))
    }
}

impl Writing<'_> {
    /// Makes what was done so far lasting, and goes on; another run may have come between.
    pub fn checkpoint(&self) -> Result<(), LedgerError> {
        Ok(self.transaction.execute_batch("COMMIT; BEGIN IMMEDIATE")?)
    }

    /// Makes everything that was added lasting.
    pub fn commit(self) -> Result<(), LedgerError> {
        Ok(self.transaction.commit()?)
    }
}

fn begin(connection: &mut Connection, wait: Duration) -> Result<Writing<'_>, LedgerError> {
    connection.busy_timeout(wait)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.busy_timeout(READERS)?;
    Ok(Writing { transaction })
}

fn at(path: &Path, error: LedgerError) -> LedgerError {
    LedgerError {
        path: path.to_owned(),
        ..error
    }
}

/// Settings of a connection; brings the file to the current version.
fn prepare(connection: &mut Connection) -> Result<(), LedgerError> {
    connection.execute_batch(
        // EXTRA: when a commit has returned, it holds against a loss of power too, before any file is moved.
        // A large cache: what a run adds stays in memory until it commits, so that readers are not in its way.
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = EXTRA; PRAGMA cache_size = -262144; \
         PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;",
    )?;
    match schema::state(connection)? {
        State::Current => {}
        State::Empty | State::Older => {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another run may have been faster.
            if schema::state(&transaction)? != State::Current {
                schema::migrate(&transaction)?;
            }
            transaction.commit()?;
        }
    }
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "delete" && mode != "memory" {
        // Somebody's tool left another mode: a ledger is one file.
        connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    }
    Ok(())
}

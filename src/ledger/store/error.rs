//! What can be wrong with a ledger.

use rusqlite::ErrorCode;
use std::fmt;
use std::path::PathBuf;

/// A ledger that cannot be used, or an entry that it cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerError {
    /// Empty where the rim knows it anyway.
    pub path: PathBuf,
    pub fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Another run holds it.
    Busy,
    Absent,
    /// It is not there, and cannot be made.
    Unmade,
    /// Another kind of file.
    NoLedger,
    /// Of a later version of this program.
    Newer {
        version: i32,
        known: i32,
    },
    Damaged,
    /// May not be written.
    ReadOnly,
    Full,
    /// A cost beyond 64 bits of billionths.
    Cost {
        campaign: String,
        rule: String,
        subject: String,
    },
    /// An idempotency key that it has already.
    Twice {
        key: String,
    },
    /// The workspace's currency is not what it was.
    Currency {
        was: String,
        is: String,
    },
    /// The list of this day was pruned.
    Pruned {
        day: String,
    },
    Other(String),
}

impl From<Fault> for LedgerError {
    fn from(fault: Fault) -> LedgerError {
        LedgerError {
            path: PathBuf::new(),
            fault,
        }
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> LedgerError {
        let fault = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::Busy,
            Some(ErrorCode::NotADatabase) => Fault::NoLedger,
            Some(ErrorCode::DatabaseCorrupt) => Fault::Damaged,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Fault::ReadOnly,
            Some(ErrorCode::CannotOpen) => Fault::Absent,
            Some(ErrorCode::DiskFull) => Fault::Full,
            _ => match &error {
                // A table or a value that is not what the schema says: somebody else wrote here.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..) => Fault::Damaged,
                error => Fault::Other(error.to_string().to_lowercase()),
            },
        };
        fault.into()
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            Fault::Busy => f.write_str("another run is using it"),
            Fault::Absent => f.write_str("it cannot be opened"),
            Fault::Unmade => f.write_str("it cannot be made"),
            Fault::NoLedger => f.write_str("it is no ledger, but another kind of file"),
            Fault::Newer { version, known } => write!(
                f,
                "it has version {version}, but this program knows versions up to {known} only"
            ),
            Fault::Damaged => f.write_str("it is damaged"),
            Fault::ReadOnly => f.write_str("no permission to write it, or beside it"),
            Fault::Full => f.write_str("the disk is full"),
            Fault::Cost {
                campaign,
                rule,
                subject,
            } => write!(
                f,
                "a cost of `{campaign}.{rule}` for \"{subject}\" is beyond what it holds, about 9.2 billion"
            ),
            Fault::Twice { key } => write!(f, "it has the action `{key}` already"),
            Fault::Currency { was, is } => write!(
                f,
                "its costs are in {was}, but the workspace's currency is now {is}"
            ),
            Fault::Pruned { day } => write!(f, "the list of {day} was pruned"),
            Fault::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for LedgerError {}

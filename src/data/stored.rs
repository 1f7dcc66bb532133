//! Columns of files that say their types, known before any record is declared for them.

#[cfg(feature = "arrow")]
pub use super::arrow_columns::{stored_columns, stored_rows};

#[cfg(not(feature = "arrow"))]
pub use left_out::{stored_columns, stored_rows};

/// What a column is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredType {
    /// Read as the cells of a text file are.
    Text,
    /// Text whose different values are listed once.
    Dictionary,
    YesNo,
    /// Reads as text too.
    Integer,
    Decimal,
    Date,
    /// Where it has no zone and every cell is a midnight, also a date.
    Moment,
    Time,
    /// No field is read from it.
    Float,
    /// No field is read from it.
    Other,
}

/// A column of a file that says its types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredColumn {
    pub name: String,
    pub ty: StoredType,
}

#[cfg(not(feature = "arrow"))]
mod left_out {
    use super::StoredColumn;
    use std::io;
    use std::path::Path;

    /// `None` for text files; an error of kind [`io::ErrorKind::Unsupported`] for the others.
    pub fn stored_columns(path: &Path) -> io::Result<Option<Vec<StoredColumn>>> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        if crate::data::LEFT_OUT
            .endings
            .contains(&ending.to_ascii_lowercase().as_str())
        {
            let left_out = crate::data::WITHOUT_ARROW;
            return Err(io::Error::new(io::ErrorKind::Unsupported, left_out));
        }
        Ok(None)
    }

    /// No rows: there is no such file.
    pub fn stored_rows(_: &Path, _: &mut dyn FnMut(&[Option<&str>])) -> io::Result<()> {
        Ok(())
    }
}

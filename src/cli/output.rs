//! Tables that leave the program: their form, and where they go.

use super::console::{Exit, Failure, stdout_failure};
use super::workspace::shown;
use crate::data::{Complete, OutputCell, OutputColumn, OutputFormat, RowEncoder, TableWriter};
use crate::engine::EvalError;
use clap::builder::PossibleValue;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// The form of a table, as `--format` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format(pub OutputFormat);

/// Each form of data.
pub const FORMATS: [Format; 5] = [
    Format(OutputFormat::JsonLines),
    Format(OutputFormat::Csv),
    Format(OutputFormat::Tsv),
    Format(OutputFormat::Parquet),
    Format(OutputFormat::Arrow),
];

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &FORMATS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

impl Format {
    /// What was asked for, else what the file's ending says, else the configuration, else JSON Lines.
    pub fn choose(asked: Option<Format>, out: &Path, configured: Option<&str>) -> Format {
        asked
            .map(|f| f.0)
            .or_else(|| OutputFormat::from_path(out))
            .or_else(|| configured.and_then(OutputFormat::from_name))
            .map_or(Format(OutputFormat::JsonLines), Format)
    }

    fn is_binary(self) -> bool {
        matches!(self.0, OutputFormat::Parquet | OutputFormat::Arrow)
    }
}

/// Endings that promise what is not written.
const SPREADSHEETS: [&str; 3] = ["xls", "xlsx", "ods"];

/// A table being written; a file appears with [`Sheet::finish`], or not at all.
pub struct Sheet {
    writer: TableWriter,
    path: PathBuf,
}

/// Whether a file can appear at this path.
fn check_place(path: &Path) -> Result<(), Failure> {
    if is_stdout(path) {
        return Ok(());
    }
    if path.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::IsADirectory);
        return Err(Failure::io("written", &shown(path), &error));
    }
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => Err(Failure::new(
            Exit::Io,
            format!(
                "`{}` cannot be written: there is no folder `{}`",
                shown(path),
                shown(folder)
            ),
            "make the folder first, or check the path for a slip of the hand",
        )),
        _ => Ok(()),
    }
}

/// Refuses, before any work is done, files that cannot appear and two that would be one. Each with the
/// option that names it.
pub fn check_apart(files: &[(&str, &Path)]) -> Result<(), Failure> {
    for (i, (option, path)) in files.iter().enumerate() {
        check_place(path)?;
        if let Some((other, _)) = files[..i].iter().find(|(_, p)| same(p, path)) {
            let what = if is_stdout(path) {
                "standard output".to_owned()
            } else {
                format!("`{}`", shown(path))
            };
            return Err(Failure::usage(
                format!("`{other}` and `{option}` both go to {what}"),
                "give each its own file",
            ));
        }
    }
    Ok(())
}

/// Refuses to write over what is read.
pub fn check_not_read<'r>(
    files: &[(&str, &Path)],
    read: impl Iterator<Item = &'r Path> + Clone,
) -> Result<(), Failure> {
    for (option, path) in files {
        if read.clone().any(|r| same(path, r)) {
            return Err(Failure::usage(
                format!(
                    "`{option}` would write over `{}`, which is read",
                    shown(path)
                ),
                "give it a place of its own",
            ));
        }
    }
    Ok(())
}

/// Of files that may not be there yet. A device, such as `/dev/null`, takes what anybody writes.
fn same(a: &Path, b: &Path) -> bool {
    if std::fs::metadata(a).is_ok_and(|m| !m.is_file()) {
        return false;
    }
    let place = |path: &Path| {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = std::fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    a == b || place(a).is_some_and(|a| Some(a) == place(b))
}

/// Whether a file is there, or can be made.
pub fn is_regular(path: &Path) -> bool {
    !is_stdout(path) && !path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir())
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

impl Sheet {
    /// Refuses, before any work is done, what cannot end well.
    pub fn check(path: &Path, format: Format) -> Result<(), Failure> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        if SPREADSHEETS.contains(&ending.to_ascii_lowercase().as_str()) {
            return Err(Failure::usage(
                format!(
                    "`{}` would be no spreadsheet: that form is not written",
                    shown(path)
                ),
                "write a `.csv`, which spreadsheets open",
            ));
        }
        if is_stdout(path) && format.is_binary() && std::io::stdout().is_terminal() {
            return Err(Failure::usage(
                format!("`{}` is nothing for a terminal to show", format.0.name()),
                "write it into a file: `--out FILE`",
            ));
        }
        check_place(path)
    }

    /// `-` is standard output, which gets everything at the end.
    pub fn create(
        path: &Path,
        format: Format,
        columns: Vec<OutputColumn>,
    ) -> Result<Sheet, Failure> {
        Ok(Sheet {
            writer: TableWriter::create(path, format.0, columns).map_err(|e| failure(path, &e))?,
            path: path.to_owned(),
        })
    }

    pub fn push(&mut self, cells: &[OutputCell<'_>]) -> Result<(), Failure> {
        self.writer
            .write_row(cells)
            .map_err(|e| failure(&self.path, &e))
    }

    /// Makes the text of rows, where the form is text.
    pub fn encoder(&self) -> Option<RowEncoder> {
        self.writer.encoder()
    }

    /// Rows that the encoder made, or why it could not.
    pub fn push_text(&mut self, rows: io::Result<Vec<u8>>) -> Result<(), Failure> {
        rows.and_then(|rows| self.writer.write_text(&rows))
            .map_err(|e| failure(&self.path, &e))
    }

    pub fn finish(self) -> Result<(), Failure> {
        self.writer.finish().map_err(|e| failure(&self.path, &e))
    }

    /// On the disk, but not yet in its place.
    pub fn complete(self) -> Result<Complete, Failure> {
        self.writer.complete().map_err(|e| failure(&self.path, &e))
    }
}

fn failure(path: &Path, error: &std::io::Error) -> Failure {
    if is_stdout(path) {
        stdout_failure(error)
    } else {
        Failure::io("written", &shown(path), error)
    }
}

/// What ends the writing of a table early.
pub enum Stop {
    Failure(Failure),
    /// A value that does not fit its type.
    Unfit(EvalError),
}

impl Stop {
    pub fn failure(self, unfit: impl FnOnce(EvalError) -> Failure) -> Failure {
        match self {
            Stop::Failure(failure) => failure,
            Stop::Unfit(error) => unfit(error),
        }
    }
}

impl From<EvalError> for Stop {
    fn from(error: EvalError) -> Stop {
        Stop::Unfit(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failure(failure)
    }
}

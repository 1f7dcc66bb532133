//! Where files lie, as the ledger knows them, and how they come there.

use crate::cli::Invocation;
use crate::cli::console::{Exit, Failure};
use crate::cli::ledger::failure;
use crate::cli::output::{Format, Sheet};
use crate::cli::workspace::shown;
use crate::data::{self, Complete, OutputFormat};
use crate::ledger::{LedgerError, Pending, PendingKind, Writing};
use crate::report;
use crate::schema::Day;
use std::path::{Component, Path, PathBuf};

/// A ledger, and where the files that it knows lie.
pub struct Places {
    /// As the user wrote it.
    ledger: PathBuf,
    /// Its folder, without links.
    folder: PathBuf,
}

/// Without links, but for the file itself, which may not be there yet.
fn canonical(path: &Path) -> Result<PathBuf, Failure> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = std::fs::canonicalize(folder.unwrap_or(Path::new(".")))
        .map_err(|e| Failure::io("written", &shown(path), &e))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

impl Places {
    pub fn of(ledger: &Path) -> Result<Places, Failure> {
        let file = std::fs::canonicalize(ledger).or_else(|_| canonical(ledger))?;
        Ok(Places {
            ledger: ledger.to_owned(),
            folder: file.parent().unwrap_or(Path::new("/")).to_owned(),
        })
    }

    /// What a fault of this ledger means.
    pub fn fault(&self, error: LedgerError) -> Failure {
        failure(&LedgerError {
            path: self.ledger.clone(),
            ..error
        })
    }

    /// How the ledger writes a place: relative to its folder below that, else from the root.
    pub fn text(&self, path: &Path) -> Result<String, Failure> {
        let full = canonical(path)?;
        let parts = match full.strip_prefix(&self.folder) {
            Ok(below) => below,
            Err(_) => &full,
        };
        let unfit = || {
            Failure::usage(
                format!(
                    "the ledger cannot remember `{}`: its path is no Unicode text",
                    shown(path)
                ),
                "give the file another name",
            )
        };
        if parts.is_absolute() {
            return Ok(parts.to_str().ok_or_else(unfit)?.to_owned());
        }
        let names: Option<Vec<&str>> = parts
            .components()
            .map(|c| match c {
                Component::Normal(name) => name.to_str(),
                _ => None,
            })
            .collect();
        Ok(names.ok_or_else(unfit)?.join("/"))
    }

    /// The place that the ledger means.
    pub fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// As a user would write it: from here, where it lies below.
fn from_here(path: &Path) -> String {
    let here = std::env::current_dir()
        .and_then(std::fs::canonicalize)
        .unwrap_or_default();
    shown(path.strip_prefix(&here).unwrap_or(path))
}

/// Puts everything in its place that an earlier run, or this one, has recorded; the action lists among it.
/// Whatever was staged and is gone is rendered again.
pub fn settle(
    writing: &Writing<'_>,
    places: &Places,
    invocation: &Invocation,
) -> Result<Vec<Pending>, Failure> {
    let mut lists = Vec::new();
    loop {
        let pending = writing.pending().map_err(|e| places.fault(e))?;
        if pending.is_empty() {
            return Ok(lists);
        }
        for (id, workspace, pending) in pending {
            put(writing, places, (workspace, &pending), invocation)?;
            writing.remove_pending(id).map_err(|e| places.fault(e))?;
            if pending.kind == PendingKind::Actions {
                lists.push(pending);
            }
        }
        // Another run may come between and leave something, so that it is looked at again.
        writing.checkpoint().map_err(|e| places.fault(e))?;
    }
}

fn put(
    writing: &Writing<'_>,
    places: &Places,
    (workspace, pending): (i64, &Pending),
    invocation: &Invocation,
) -> Result<(), Failure> {
    let path = places.path(&pending.out);
    let beside = path.with_file_name(&pending.staged);
    let there = beside.is_file();
    let moved = match (there, pending.kind) {
        (true, _) => data::place(&beside, &path),
        (false, PendingKind::Actions) => {
            return render((writing, places), &path, (workspace, pending))
                .map_err(|f| unplaced(&path, f));
        }
        (false, _) => {
            if !path.is_file() {
                invocation.console.complain(format_args!(
                    "warning: `{}`, the {} list of {}, was lost when a run was stopped; the actions are whole",
                    from_here(&path),
                    pending.kind.name(),
                    days(pending.days),
                ));
            }
            Ok(())
        }
    };
    moved.map_err(|e| unplaced(&path, Failure::io("written", &from_here(&path), &e)))
}

fn unplaced(path: &Path, why: Failure) -> Failure {
    Failure::new(
        Exit::Io,
        format!(
            "{}; its actions are in the ledger, and nothing is lost",
            why.message
        ),
        format!(
            "see that `{}` can be written, then run the command again: it puts the list there first",
            from_here(path)
        ),
    )
}

fn render(
    (writing, places): (&Writing<'_>, &Places),
    path: &Path,
    (workspace, pending): (i64, &Pending),
) -> Result<(), Failure> {
    let format = OutputFormat::from_name(&pending.format).unwrap_or(OutputFormat::JsonLines);
    let list = (workspace, pending.out.as_str());
    let (sheet, _) = sheet_of(
        (writing, places),
        path,
        Format(format),
        (list, pending.days),
    )?;
    sheet.finish()
}

/// The whole list of these days and place, from the ledger; how many lines it has.
pub fn sheet_of(
    (writing, places): (&Writing<'_>, &Places),
    path: &Path,
    format: Format,
    (list, days): ((i64, &str), (Day, Day)),
) -> Result<(Sheet, u64), Failure> {
    let currency = writing.currency(list.0).map_err(|e| places.fault(e))?;
    let mut sheet = Sheet::create(path, format, report::action_columns(currency))?;
    let mut lines = 0;
    writing
        .list(list, days, &mut |action| {
            lines += 1;
            sheet
                .push(&report::listed_action_cells(action))
                .map_err(Ended::Failure)
        })
        .map_err(|ended| match ended {
            Ended::Failure(failure) => failure,
            Ended::Ledger(error) => places.fault(error),
        })?;
    Ok((sheet, lines))
}

enum Ended {
    Failure(Failure),
    Ledger(LedgerError),
}

impl From<LedgerError> for Ended {
    fn from(error: LedgerError) -> Ended {
        Ended::Ledger(error)
    }
}

/// Refuses to write over a list that came into its place only now.
pub fn refuse_to_write_over(
    completed: &[Pending],
    places: &Places,
    (out, of): (&str, (Day, Day)),
) -> Result<(), Failure> {
    match completed.iter().find(|p| p.out == out && p.days != of) {
        None => Ok(()),
        Some(found) => Err(Failure::new(
            Exit::Io,
            format!(
                "`{}` was completed just now: it has the list of {}, which a stopped run had recorded",
                from_here(&places.path(out)),
                days(found.days)
            ),
            "take that list away first, then run the command again; nothing is lost",
        )),
    }
}

/// `2026-11-21`, or the first and the last.
pub fn days((first, last): (Day, Day)) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first} to {last}")
    }
}

/// Files that are complete but not in their place.
#[derive(Default)]
pub struct Outputs {
    files: Vec<(PendingKind, Format, Complete)>,
}

impl Outputs {
    pub fn add(&mut self, kind: PendingKind, format: Format, complete: Complete) {
        self.files.push((kind, format, complete));
    }

    /// Brings each to its place: nobody has to know of it.
    pub fn deliver(self) -> Result<(), Failure> {
        for (_, _, complete) in self.files {
            deliver(complete)?;
        }
        Ok(())
    }

    /// Records each, so that whoever opens the ledger next can bring it to its place. What is no file goes out
    /// now.
    pub fn record(
        self,
        writing: &Writing<'_>,
        places: &Places,
        (workspace, days): (i64, (Day, Day)),
    ) -> Result<Vec<data::Staged>, Failure> {
        let mut staged = Vec::new();
        for (kind, format, complete) in self.files {
            let file = match complete {
                Complete::Staged(file) => file,
                stream => {
                    deliver(stream)?;
                    continue;
                }
            };
            let name = file.beside().file_name().and_then(|n| n.to_str());
            let pending = Pending {
                kind,
                out: places.text(file.path())?,
                staged: name.unwrap_or_default().to_owned(),
                format: format.0.name().to_owned(),
                days,
            };
            writing
                .add_pending(workspace, &pending)
                .map_err(|e| places.fault(e))?;
            staged.push(file);
        }
        Ok(staged)
    }
}

fn deliver(complete: Complete) -> Result<(), Failure> {
    let path = match &complete {
        Complete::Staged(staged) => shown(staged.path()),
        Complete::Stream(_) => "standard output".to_owned(),
    };
    complete.deliver().map_err(|e| match path.as_str() {
        "standard output" => crate::cli::console::stdout_failure(&e),
        path => Failure::io("written", path, &e),
    })
}

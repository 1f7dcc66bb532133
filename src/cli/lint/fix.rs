//! `guanxi lint --fix`.

use super::Linter;
use crate::cli::console::{Exit, Failure, Outcome};
use crate::cli::workspace::{self, Opened};
use crate::cli::{Invocation, files};
use crate::diagnostic::fix::{self, Applied, Wanted};
use crate::diagnostic::{Diagnostic, Fix, codes};
use crate::format;
use crate::source::{FileId, SourceMap};
use std::convert::Infallible;
use std::path::Path;

/// What came of it.
pub struct Outcomes {
    applied: Vec<Applied>,
    refused: usize,
    /// The texts as they were.
    before: SourceMap,
}

impl Outcomes {
    /// The files that are no longer what they were.
    fn changed<'o>(&'o self, opened: &'o Opened) -> impl Iterator<Item = FileId> + 'o {
        let files = self.before.files().iter();
        files
            .filter(|f| f.text != opened.sources.file(f.id).text)
            .map(|f| f.id)
    }
}

/// Mends in memory: `opened` holds the mended texts afterwards.
pub fn run(
    opened: &mut Opened,
    linter: &Linter,
    found: Vec<Diagnostic>,
    wanted: Wanted,
) -> Outcomes {
    let before = opened.sources.clone();
    let mended = fix::mend(before.clone(), found, wanted, |sources| {
        opened.take(sources);
        Ok::<_, Infallible>(linter.look(opened).0)
    });
    let Ok(mended) = mended;
    opened.take(&mended.sources);
    Outcomes {
        applied: mended.applied,
        refused: mended.refused,
        before,
    }
}

/// The changes as a unified diff.
pub fn show(outcomes: &Outcomes, opened: &Opened, invocation: &Invocation) -> Outcome {
    let mut exit = Exit::Clean;
    for id in outcomes.changed(opened) {
        let (old, new) = (outcomes.before.file(id), opened.sources.file(id));
        let diff = format::diff(&old.text, &new.text, &old.name, "fixed");
        invocation.console.result(diff)?;
        exit = Exit::Findings;
    }
    let n = fixes(outcomes.applied.len());
    invocation.console.say(match exit {
        Exit::Clean => "nothing to fix".to_owned(),
        _ => format!("{n}, and nothing written"),
    });
    Ok(exit)
}

/// Each changed file whole, or as it was; standard input to standard output, changed or not.
pub fn write(outcomes: &Outcomes, opened: &Opened, invocation: &Invocation) -> Result<(), Failure> {
    let changed: Vec<FileId> = outcomes.changed(opened).collect();
    let mut ready = Vec::new();
    for id in changed {
        if let Some(path) = &opened.paths[id.0 as usize] {
            let new = &opened.sources.file(id).text;
            ready.push((path, bytes(path, &outcomes.before.file(id).text, new)?));
        }
    }
    for (path, bytes) in ready {
        files::replace(path, &bytes)?;
    }
    for (file, path) in opened.sources.files().iter().zip(&opened.paths) {
        if path.is_none() {
            invocation.console.result(&*file.text)?;
        }
    }
    Ok(())
}

/// The new bytes of a file that still holds what was read; with a byte order mark, if it has one.
fn bytes(path: &Path, old: &str, new: &str) -> Result<Vec<u8>, Failure> {
    let shown = workspace::shown(path);
    let now = std::fs::read(path).map_err(|e| Failure::io("read", &shown, &e))?;
    let mark = "\u{feff}".as_bytes();
    let text = now.strip_prefix(mark).unwrap_or(&now);
    if text != old.as_bytes() {
        return Err(Failure::new(
            Exit::Io,
            format!("`{shown}` was changed while it was being fixed; nothing was written"),
            "run the command again",
        ));
    }
    let mut bytes = now[..now.len() - text.len()].to_vec();
    bytes.extend_from_slice(new.as_bytes());
    Ok(bytes)
}

fn fixes(n: usize) -> String {
    format!("{n} {}", if n == 1 { "fix" } else { "fixes" })
}

/// What was done, and what could be. What an unsafe fix did is always said, for somebody to look at.
pub fn report(outcomes: &Outcomes, found: &[Diagnostic], invocation: &Invocation) {
    let console = &invocation.console;
    for one in &outcomes.applied {
        if !one.safe || console.verbose {
            let how = if one.safe { "" } else { ", look it over" };
            console.say(format_args!(
                "{}: {}: {}{how}",
                one.place, one.code.name, one.message
            ));
        }
    }
    if outcomes.refused > 0 {
        console.say(format_args!(
            "{} left out: no help, or more harm than good",
            fixes(outcomes.refused)
        ));
    }
    let more = found
        .iter()
        .filter(|d| d.fix.as_ref().is_some_and(|f| !f.safe));
    let more = match more.count() {
        0 => String::new(),
        1 => " (1 needs --unsafe-fixes)".to_owned(),
        n => format!(" ({n} need --unsafe-fixes)"),
    };
    console.say(format_args!("{} fixed{more}", outcomes.applied.len()));
}

/// Says how many of the findings could be fixed; nothing where `fmt` is the next step.
pub fn offer(found: &[Diagnostic], invocation: &Invocation) {
    if found.iter().all(|d| d.code == &codes::UNFORMATTED) {
        return;
    }
    let fixes = found.iter().filter_map(|d| d.fix.as_ref());
    let (safe, guesses): (Vec<&Fix>, Vec<&Fix>) = fixes.partition(|f| f.safe);
    match (safe.len(), guesses.len()) {
        (0, 0) => {}
        (0, n) => invocation
            .console
            .say(format_args!("{n} can be fixed: add `--fix --unsafe-fixes`")),
        (n, 0) => invocation
            .console
            .say(format_args!("{n} can be fixed: add `--fix`")),
        (n, more) => invocation.console.say(format_args!(
            "{n} can be fixed: add `--fix`; {more} more with `--unsafe-fixes`"
        )),
    }
}

//! Runs a command again whenever a file of its workspace changes.
//!
//! It looks at names, lengths and times of change, a few times a second: that works on every disk, shared ones
//! too, and finds files and folders that appear later. A look takes at most a tenth of the time.

use super::Invocation;
use super::config;
use super::console::{Exit, Failure, Outcome};
use super::workspace::{self, shown};
use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// An editor may write several files, or one in steps: nothing must have changed for this long.
const CALM: Duration = Duration::from_millis(60);

/// Looks that may pass without calm before the command runs all the same.
const RESTLESS: u32 = 50;

/// Runs the command, and again after each change of a `.rules` file or a `guanxi.toml` that bears on the
/// workspace at `path`, until Ctrl-C ends the process. What stops the command, as a file that is no text, is
/// told and mended by the next change. Comes back only where there is nothing to watch or nobody reads.
pub fn watch(path: &Path, invocation: &Invocation, mut run: impl FnMut() -> Outcome) -> Outcome {
    if path == Path::new("-") {
        return Err(Failure::usage(
            "`--watch` needs files, and `-` is standard input",
            "name a `.rules` file, or the folder of a workspace",
        ));
    }
    if std::fs::metadata(path).is_err() {
        // Says what is wrong with the path.
        workspace::read_rules(path)?;
    }
    let console = &invocation.console;
    let mut first = true;
    loop {
        let sight = Sight::of(path, invocation);
        begin(invocation, first)?;
        first = false;
        match run() {
            Ok(_) => {}
            Err(failure) if nobody_reads(&failure) => return Err(failure),
            Err(failure) => console.fail(&failure),
        }
        console.say(format_args!("watching `{}` (Ctrl-C ends)", shown(path)));
        sight.wait();
    }
}

/// Clears a terminal, unless it is read out; elsewhere the runs are apart by an empty line.
fn begin(invocation: &Invocation, first: bool) -> Result<(), Failure> {
    let console = &invocation.console;
    let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
    if std::io::stdout().is_terminal() && !dumb && !console.narrated {
        console.result("\u{1b}[2J\u{1b}[H")
    } else {
        if !first {
            console.say("");
        }
        Ok(())
    }
}

fn nobody_reads(failure: &Failure) -> bool {
    failure.exit == Exit::Clean
}

/// How the files that bear on a workspace stood.
struct Sight {
    /// A file, or a folder with all below it.
    places: Vec<PathBuf>,
    configs: Vec<PathBuf>,
    stood: BTreeMap<PathBuf, Stamp>,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    length: u64,
    changed: Option<SystemTime>,
}

impl Sight {
    fn of(path: &Path, invocation: &Invocation) -> Sight {
        let configs = configs(&invocation.config, path);
        let mut places = vec![path.to_owned()];
        let mut known = BTreeSet::from([path.to_owned()]);
        let mut next = 0;
        while let Some(place) = places.get(next) {
            let mut found = BTreeMap::new();
            stamp(place, &mut found);
            for file in found.keys().filter(|f| is_rules(f)) {
                for folder in workspace::uses(file) {
                    if known.insert(folder.clone()) {
                        places.push(folder);
                    }
                }
            }
            next += 1;
        }
        let mut sight = Sight {
            places,
            configs,
            stood: BTreeMap::new(),
        };
        sight.stood = sight.look();
        sight
    }

    fn look(&self) -> BTreeMap<PathBuf, Stamp> {
        let mut found = BTreeMap::new();
        for place in &self.places {
            stamp(place, &mut found);
        }
        for file in &self.configs {
            stamp(file, &mut found);
        }
        found
    }

    /// Returns when something has changed and all is calm again.
    fn wait(self) {
        let mut now = self.stood.clone();
        while now == self.stood {
            let begun = Instant::now();
            now = self.look();
            sleep(PAUSE.max(begun.elapsed() * 10));
        }
        for _ in 0..RESTLESS {
            sleep(CALM);
            let then = std::mem::replace(&mut now, self.look());
            if now == then {
                return;
            }
        }
    }
}

/// Where a `guanxi.toml` may lie, upward from the path; what lies below is found with the files.
fn configs(choice: &config::Choice, path: &Path) -> Vec<PathBuf> {
    if choice.isolated {
        return Vec::new();
    }
    if let Some(file) = &choice.file {
        return vec![file.clone()];
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute
        .ancestors()
        .skip(usize::from(!path.is_dir()))
        .map(|folder| folder.join(config::NAME))
        .collect()
}

fn is_rules(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "rules")
}

/// Adds a file, or a folder and the files below it that matter. What is not there, or may not be read, is left
/// out: the command itself says so.
fn stamp(path: &Path, found: &mut BTreeMap<PathBuf, Stamp>) {
    let Ok(meta) = std::fs::metadata(path) else {
        return;
    };
    if meta.is_dir() {
        // That it is there.
        found.insert(
            path.to_owned(),
            Stamp {
                length: 0,
                changed: None,
            },
        );
        below(path, found);
    } else {
        found.insert(
            path.to_owned(),
            Stamp {
                length: meta.len(),
                changed: meta.modified().ok(),
            },
        );
    }
}

/// The files that [`workspace::read_rules`] finds, and configurations.
fn below(folder: &Path, found: &mut BTreeMap<PathBuf, Stamp>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            if !name.to_string_lossy().starts_with('.') {
                below(&path, found);
            }
        } else if (is_rules(&path) || name == config::NAME) && path.is_file() {
            stamp(&path, found);
        }
    }
}

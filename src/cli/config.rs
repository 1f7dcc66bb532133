//! `guanxi.toml`: where the data lies, which findings matter, which format to write.
//!
//! ```toml
//! [data]
//! folder = "exports"              # instead of the workspace's data/
//!
//! [data.sources]                  # a record's `from` name: one file or several
//! customers = "crm/people.csv"
//! purchases = ["till/2025.csv", "till/2026.csv"]
//!
//! [lint]                          # off, hint, warning or error
//! style = "hint"                  # a group of lints
//! unused-definition = "off"       # one of them
//!
//! [run]
//! format = "csv"
//! ```
//!
//! Paths are relative to the file. What it does not know is an error, with the nearest key it knows.

use super::console::Failure;
use crate::diagnostic::codes::{self, Group};
use crate::diagnostic::nearest;
use crate::lint::{LEVELS, Levels, Wrong};
use crate::source::{FileId, SourceFile};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Which configuration the user asked for.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    pub file: Option<PathBuf>,
    pub isolated: bool,
}

/// What a `guanxi.toml` says; empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    pub data_folder: Option<PathBuf>,
    /// By the name in a record's `from`.
    pub sources: BTreeMap<String, Vec<PathBuf>>,
    pub lint: Levels,
    /// The name of a format.
    pub format: Option<String>,
}

/// The file that is looked for.
pub const NAME: &str = "guanxi.toml";

impl Choice {
    /// The configuration of the workspace at `root`.
    pub fn load(&self, root: &Path) -> Result<Config, Failure> {
        if self.isolated {
            return Ok(Config::default());
        }
        let path = match &self.file {
            Some(path) => path.clone(),
            None => match find(root) {
                Some(path) => path,
                None => return Ok(Config::default()),
            },
        };
        let shown = super::workspace::shown(&path);
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::io("read", &shown, &e))?;
        read(&text, &shown, path.parent().unwrap_or(Path::new("")))
    }
}

/// The nearest `guanxi.toml`, upward from the workspace's folder.
fn find(root: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(root).ok()?;
    let mut folder = Some(absolute.as_path());
    while let Some(f) = folder {
        let candidate = f.join(NAME);
        if candidate.is_file() {
            // Named as the user would: from here, where it lies below.
            let here = std::env::current_dir().unwrap_or_default();
            let below = candidate.strip_prefix(&here).map(Path::to_owned);
            return Some(below.unwrap_or(candidate));
        }
        folder = f.parent();
    }
    None
}

/// Where in which file a complaint belongs.
struct Place<'a> {
    file: SourceFile,
    folder: &'a Path,
}

fn read(text: &str, shown: &str, folder: &Path) -> Result<Config, Failure> {
    let place = Place {
        file: SourceFile::new(FileId(0), shown, text),
        folder,
    };
    let table = DeTable::parse(text).map_err(|e| {
        let help = "see `guanxi run --help` for what a `guanxi.toml` may hold";
        place.failure(e.span().unwrap_or(0..0), e.message().to_lowercase(), help)
    })?;
    let mut config = Config::default();
    for (key, value) in table.get_ref().iter() {
        match key.get_ref().as_ref() {
            "data" => place.data(value, &mut config)?,
            "lint" => place.lint(value, &mut config)?,
            "run" => place.run(value, &mut config)?,
            other => {
                return Err(place.unknown(key.span(), "table", other, &["data", "lint", "run"]));
            }
        }
    }
    Ok(config)
}

type Item<'a> = Spanned<DeValue<'a>>;

impl Place<'_> {
    fn failure(
        &self,
        span: Range<usize>,
        message: impl std::fmt::Display,
        help: impl Into<String>,
    ) -> Failure {
        let p = self.file.position(span.start);
        Failure::usage(
            format!("{}:{}:{}: {message}", self.file.name, p.line, p.column),
            help,
        )
    }

    fn unknown(&self, span: Range<usize>, what: &str, name: &str, known: &[&str]) -> Failure {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", list(known)),
        };
        self.failure(span, format_args!("unknown {what} `{name}`"), help)
    }

    fn table<'v>(&self, item: &'v Item<'v>, name: &str) -> Result<&'v DeTable<'v>, Failure> {
        item.get_ref().as_table().ok_or_else(|| {
            self.failure(
                item.span(),
                format_args!("`{name}` is a table"),
                format!("write `[{name}]` on a line of its own, its keys below it"),
            )
        })
    }

    fn text<'v>(&self, item: &'v Item<'v>, key: &str) -> Result<&'v str, Failure> {
        item.get_ref().as_str().ok_or_else(|| {
            self.failure(
                item.span(),
                format_args!("`{key}` is a text"),
                format!("write `{key} = \"…\"`"),
            )
        })
    }

    fn data(&self, item: &Item<'_>, config: &mut Config) -> Result<(), Failure> {
        for (key, value) in self.table(item, "data")?.iter() {
            match key.get_ref().as_ref() {
                "folder" => {
                    config.data_folder = Some(self.folder.join(self.text(value, "folder")?));
                }
                "sources" => self.sources(value, config)?,
                other => {
                    return Err(self.unknown(key.span(), "key", other, &["folder", "sources"]));
                }
            }
        }
        Ok(())
    }

    fn sources(&self, item: &Item<'_>, config: &mut Config) -> Result<(), Failure> {
        for (key, value) in self.table(item, "data.sources")?.iter() {
            let name = key.get_ref().as_ref();
            let paths = match value.get_ref().as_array() {
                Some(array) => array
                    .iter()
                    .map(|v| Ok(self.folder.join(self.text(v, name)?)))
                    .collect::<Result<Vec<_>, Failure>>()?,
                None => vec![self.folder.join(self.text(value, name)?)],
            };
            if paths.is_empty() {
                let help = format!("name a file: `{name} = \"…\"`");
                return Err(self.failure(value.span(), format_args!("`{name}` has no file"), help));
            }
            config.sources.insert(name.to_owned(), paths);
        }
        Ok(())
    }

    fn lint(&self, item: &Item<'_>, config: &mut Config) -> Result<(), Failure> {
        for (key, value) in self.table(item, "lint")?.iter() {
            let name = key.get_ref().as_ref();
            let level = self.text(value, name)?;
            if let Err(wrong) = config.lint.set(name, level) {
                let said = refused(wrong, name, level);
                let span = if wrong == Wrong::Name {
                    key.span()
                } else {
                    value.span()
                };
                return Err(self.failure(span, said.message, said.help));
            }
        }
        Ok(())
    }

    fn run(&self, item: &Item<'_>, config: &mut Config) -> Result<(), Failure> {
        for (key, value) in self.table(item, "run")?.iter() {
            match key.get_ref().as_ref() {
                "format" => {
                    let name = self.text(value, "format")?;
                    let known = super::run::format_names();
                    if !known.contains(&name) {
                        return Err(self.unknown(value.span(), "format", name, &known));
                    }
                    config.format = Some(name.to_owned());
                }
                other => return Err(self.unknown(key.span(), "key", other, &["format"])),
            }
        }
        Ok(())
    }
}

/// What to say of a level that cannot be set.
pub fn refused(wrong: Wrong, name: &str, level: &str) -> Failure {
    let groups = Group::ALL.iter().map(|g| g.name());
    match wrong {
        Wrong::Name => {
            let names = codes::ALL.iter().map(|c| c.name).chain(groups);
            let help = match nearest(name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "all of them, and their groups: `guanxi explain`".to_owned(),
            };
            Failure::usage(format!("unknown finding `{name}`"), help)
        }
        Wrong::Level => {
            let levels = LEVELS.map(|(word, _)| word);
            let help = match nearest(level, levels) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", list(&levels)),
            };
            Failure::usage(format!("unknown level `{level}`"), help)
        }
        Wrong::StaysError => Failure::usage(
            format!("`{name}` is an error and stays one"),
            "a program with this fault has no meaning, so it cannot be switched off; take it out",
        ),
    }
}

/// `a`, `b` and `c`, in back-quotes.
pub fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    fn fails(text: &str) -> Failure {
        read(text, "guanxi.toml", Path::new("w")).unwrap_err()
    }

    #[test]
    fn reads_what_it_promises() {
        let text = "[data]\nfolder = \"exports\"\n[data.sources]\ncustomers = \"a.csv\"\n\
                    p = [\"b.csv\", \"c.csv\"]\n[run]\nformat = \"csv\"\n";
        let config = read(text, "guanxi.toml", Path::new("w")).unwrap();
        assert_eq!(config.data_folder, Some(PathBuf::from("w/exports")));
        assert_eq!(config.sources["customers"], [PathBuf::from("w/a.csv")]);
        assert_eq!(config.sources["p"].len(), 2);
        assert_eq!(config.format.as_deref(), Some("csv"));
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let failure = fails("[run]\nformt = \"csv\"\n");
        assert_eq!(failure.message, "guanxi.toml:2:1: unknown key `formt`");
        assert_eq!(failure.help, "did you mean `format`?");
        assert!(fails("[dta]\n").help.contains("`data`"));
        assert!(fails("[lint]\nsyntx = \"off\"\n").help.contains("`syntax`"));
        assert!(fails("[run]\nformat = \"xls\"\n").message.contains("`xls`"));
    }

    #[test]
    fn levels_are_of_lints_and_groups() {
        let failure = fails("[lint]\nsyntax = \"off\"\n");
        assert!(failure.message.contains("stays one"));
        assert!(fails("[lint]\nstile = \"off\"\n").help.contains("`style`"));
        let failure = fails("[lint]\nstyle = \"warn\"\n");
        assert_eq!(failure.message, "guanxi.toml:2:9: unknown level `warn`");
        let text = "[lint]\nunformatted = \"error\"\nstyle = \"off\"\n";
        let config = read(text, "guanxi.toml", Path::new("")).unwrap();
        assert_eq!(config.lint.of(&codes::UNFORMATTED), Some(Severity::Error));
    }
}

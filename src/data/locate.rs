//! Which files a source's name means.
//!
//! `from "customers"` is `customers.csv` (or of another format, packed or not) below the data folder, or all
//! data files of the folder `customers/`, or with a `*` in the last part of the name all that match it; parts
//! are taken in the order of their names. An ending in the name is allowed.

use super::fault::FileName;
use super::problem::{Cause, DataProblem, nearest};
use super::{FORMATS, Format, LoadOptions};
use std::path::{Component, Path, PathBuf};

/// A file to read.
pub(super) struct SourceFile {
    pub path: PathBuf,
    pub name: FileName,
    pub format: &'static Format,
}

/// Endings of packed files.
const PACKED: [&str; 2] = ["gz", "zst"];

/// A file's name without the endings of its format and packing.
fn split_name(name: &str) -> Option<(&str, &'static Format)> {
    let (stem, ending) = name.rsplit_once('.')?;
    let of = |ending: &str| {
        FORMATS
            .iter()
            .copied()
            .find(|f| f.endings.iter().any(|e| e.eq_ignore_ascii_case(ending)))
    };
    if PACKED.iter().any(|p| p.eq_ignore_ascii_case(ending)) {
        let (stem, ending) = stem.rsplit_once('.')?;
        return of(ending).filter(|f| f.packed).map(|f| (stem, f));
    }
    of(ending).map(|f| (stem, f))
}

/// The files of one source. Fails with what is there instead.
pub(super) fn locate(
    record: &str,
    source: &str,
    options: &LoadOptions,
) -> Result<Vec<SourceFile>, Box<DataProblem>> {
    let finder = Finder {
        record,
        source,
        folder: &options.folder,
    };
    if let Some(paths) = options.named.get(source) {
        let mut files = Vec::new();
        for path in paths {
            files.extend(finder.named(path)?);
        }
        return Ok(files);
    }
    let inside = Path::new(source)
        .components()
        .all(|c| matches!(c, Component::Normal(_)));
    if source.is_empty() || !inside || source.contains('\\') {
        return Err(finder
            .problem(format!(
                "`from \"{source}\"` does not stay in the data folder"
            ))
            .help("name a file below it; files elsewhere are named in `guanxi.toml`")
            .into());
    }
    finder.below()
}

struct Finder<'a> {
    record: &'a str,
    source: &'a str,
    folder: &'a Path,
}

impl Finder<'_> {
    fn problem(&self, message: String) -> DataProblem {
        DataProblem::new(Cause::Source, self.record, message)
    }

    fn file(&self, path: PathBuf, format: &'static Format) -> SourceFile {
        let below = path.strip_prefix(self.folder).unwrap_or(&path);
        let parts: Vec<_> = below
            .components()
            .map(|c| c.as_os_str().to_string_lossy())
            .collect();
        let name = if below.is_absolute() {
            below.display().to_string()
        } else {
            parts.join("/")
        };
        SourceFile {
            name: FileName {
                name,
                by_rows: format.by_rows,
            },
            path,
            format,
        }
    }

    /// A path from the configuration.
    fn named(&self, path: &Path) -> Result<Vec<SourceFile>, Box<DataProblem>> {
        if path.is_dir() {
            return self.parts(path, |_| true);
        }
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        if name.contains('*') {
            return self.parts(path.parent().unwrap_or(Path::new(".")), |n| {
                matches(&name, n)
            });
        }
        if !path.is_file() {
            return Err(self
                .problem(format!(
                    "source `{}`: there is no file `{}`",
                    self.source,
                    path.display()
                ))
                .into());
        }
        let Some((_, format)) = split_name(&name) else {
            return Err(self
                .problem(format!(
                    "source `{}`: `{}` is of no known format",
                    self.source,
                    path.display()
                ))
                .expected(known_endings())
                .into());
        };
        Ok(vec![self.file(path.to_path_buf(), format)])
    }

    fn below(&self) -> Result<Vec<SourceFile>, Box<DataProblem>> {
        let (folder, wanted) = match self.source.rsplit_once('/') {
            Some((folder, name)) => (self.folder.join(folder), name),
            None => (self.folder.to_path_buf(), self.source),
        };
        if !folder.is_dir() {
            return Err(self
                .problem(format!(
                    "there is no folder `{}`, where record `{}` is read",
                    folder.display(),
                    self.record
                ))
                .help("say where the data is with `--data FOLDER`")
                .into());
        }
        if wanted.contains('*') {
            return self.parts(&folder, |n| matches(wanted, n));
        }
        let mut found = Vec::new();
        for (name, path) in entries(&folder).map_err(|e| self.unreadable(&folder, &e))? {
            if path.is_dir() {
                if name == wanted {
                    found.push((format!("{name}/"), path));
                }
            } else if let Some((stem, _)) = split_name(&name)
                && (stem == wanted || name == wanted || unpacked(&name) == wanted)
            {
                found.push((name, path));
            }
        }
        // A name with its ending means that file.
        if let Some(exact) = found.iter().position(|(n, _)| n == wanted) {
            found = vec![found.swap_remove(exact)];
        }
        match &found[..] {
            [] => Err(self.not_found(&folder, wanted)),
            [(_, path)] if path.is_dir() => self.parts(path, |_| true),
            [(name, path)] => {
                let format = split_name(name).map(|(_, f)| f);
                Ok(format
                    .map(|f| self.file(path.clone(), f))
                    .into_iter()
                    .collect())
            }
            several => {
                let names: Vec<_> = several.iter().map(|(n, _)| format!("`{n}`")).collect();
                Err(self
                    .problem(format!(
                        "`from \"{}\"` could be any of {}",
                        self.source,
                        names.join(", ")
                    ))
                    .help(format!(
                        "name one with its ending, or several with a `*`: `from \"{}*\"`",
                        self.source
                    ))
                    .into())
            }
        }
    }

    /// All data files of a folder whose names are wanted.
    fn parts(
        &self,
        folder: &Path,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<SourceFile>, Box<DataProblem>> {
        let all = entries(folder).map_err(|e| self.unreadable(folder, &e))?;
        let files: Vec<SourceFile> = all
            .into_iter()
            .filter(|(name, path)| path.is_file() && wanted(name))
            .filter_map(|(name, path)| Some(self.file(path, split_name(&name)?.1)))
            .collect();
        if files.is_empty() {
            return Err(self
                .problem(format!(
                    "`from \"{}\"` finds no data file in `{}`",
                    self.source,
                    folder.display()
                ))
                .expected(known_endings())
                .into());
        }
        Ok(files)
    }

    fn unreadable(&self, folder: &Path, error: &std::io::Error) -> Box<DataProblem> {
        let message = format!("`{}` cannot be read: {error}", folder.display());
        Box::new(DataProblem::new(Cause::Unreadable, self.record, message))
    }

    fn not_found(&self, folder: &Path, wanted: &str) -> Box<DataProblem> {
        const MOST: usize = 20;
        let all = entries(folder).unwrap_or_default();
        let data: Vec<&str> = all
            .iter()
            .filter(|(n, p)| p.is_dir() || split_name(n).is_some())
            .map(|(n, _)| n.as_str())
            .collect();
        let stems = data
            .iter()
            .map(|n| split_name(n).map_or(*n, |(stem, _)| stem));
        let near = nearest(wanted, stems);
        let there = match &data[..] {
            [] => "no data files".to_string(),
            names => {
                let listed: Vec<_> = names.iter().take(MOST).map(|n| format!("`{n}`")).collect();
                let more = if names.len() > MOST { ", …" } else { "" };
                format!("{}{more}", listed.join(", "))
            }
        };
        let problem = self
            .problem(format!(
                "there is no data for record `{}`: no `{wanted}.csv` or the like in `{}`",
                self.record,
                folder.display()
            ))
            .expected(format!("{}; the folder holds {there}", known_endings()));
        match near {
            Some(near) => problem
                .help(format!("if `{near}` is meant, write `from \"{near}\"`"))
                .into(),
            None => problem.into(),
        }
    }
}

fn known_endings() -> String {
    let endings: Vec<_> = FORMATS
        .iter()
        .flat_map(|f| f.endings)
        .map(|e| format!("`.{e}`"))
        .collect();
    format!(
        "a file ending in {} (text files also with `.gz` or `.zst`)",
        endings.join(", ")
    )
}

fn unpacked(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if PACKED.iter().any(|p| p.eq_ignore_ascii_case(ending)) => stem,
        _ => name,
    }
}

/// Names and paths, sorted, without hidden ones.
fn entries(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|n| n.to_str())
            && !name.starts_with(['.', '_'])
        {
            all.push((name.to_string(), path));
        }
    }
    all.sort();
    Ok(all)
}

/// Whether a name fits a pattern whose `*` stand for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        assert_eq!(split_name("customers.csv.gz").unwrap().0, "customers");
        assert_eq!(
            split_name("customers.part1.CSV").unwrap().0,
            "customers.part1"
        );
        assert!(split_name("customers.parquet.gz").is_none());
        assert!(split_name("notes.txt").is_none());
        assert!(matches("customers-*.csv", "customers-12.csv"));
        assert!(!matches("customers-*.csv", "customers-12.tsv"));
        assert!(matches("a*b*c", "aXbYc"));
        assert!(!matches("a*bc*bc", "abc"));
    }
}

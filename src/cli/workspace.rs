//! Finds and reads workspaces: a folder, a file, or standard input.

use super::console::{Exit, Failure, cause};
use crate::analysis;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::syntax::ast;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::num::NonZero;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The name under which standard input is shown.
pub const STDIN: &str = "<stdin>";

/// A text beyond this is no program that somebody wrote; spans count bytes in 32 bits.
const LARGEST: u64 = 64 << 20;

/// The argument that names a workspace.
#[derive(Debug, Clone, clap::Args)]
pub struct WorkspaceArg {
    /// A folder, a .rules file, or - for standard input
    #[arg(
        value_name = "WORKSPACE",
        default_value = ".",
        hide_default_value = true
    )]
    pub workspace: PathBuf,
}

/// What a command was given: one workspace or several, read and parsed.
#[derive(Debug)]
pub struct Opened {
    /// The files of all workspaces, in the order of their names.
    pub sources: SourceMap,
    /// By [`FileId`].
    pub trees: Vec<ast::File>,
    /// Where the files lie, by [`FileId`]; `None`: standard input.
    pub paths: Vec<Option<PathBuf>>,
    /// What the parser found.
    pub syntax: Vec<Diagnostic>,
    /// In the order of their folders; at least one.
    pub workspaces: Vec<Workspace>,
}

/// One workspace.
#[derive(Debug)]
pub struct Workspace {
    /// The folder; relative paths and the default data folder start here.
    pub root: PathBuf,
    /// As the user would write it.
    pub shown: String,
    /// What it is called if its `workspace` block gives no title.
    pub name: String,
    /// Those of its `use`d folders among them.
    pub files: Vec<FileId>,
}

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct RulesFile {
    /// `None`: standard input.
    pub path: Option<PathBuf>,
    pub shown: String,
    pub text: String,
}

/// A workspace before its files have their places.
struct Group {
    root: PathBuf,
    shown: String,
    name: String,
    files: Vec<RulesFile>,
}

/// All workspaces at a path: a folder with a `workspace` block below another is a workspace of its own.
pub fn open(path: &Path) -> Result<Opened, Failure> {
    let files = read_rules(path)?;
    let mut groups = if path.is_dir() {
        group_by_folder(path, files)
    } else {
        vec![single(path, files)]
    };
    // What another workspace takes in needs no workspace of its own.
    let mut taken = BTreeSet::new();
    for group in groups.iter_mut().rev() {
        if group.root == path && path.is_dir() && !group.files.iter().any(has_block) {
            group.files.retain(|f| !taken.contains(&f.shown));
        }
        taken.extend(take_in_used(group)?);
    }
    groups.retain(|g| !g.files.is_empty());
    Ok(parse_all(groups))
}

/// Exactly one workspace, for commands that cannot take several.
pub fn open_one(path: &Path) -> Result<Opened, Failure> {
    let opened = open(path)?;
    if opened.workspaces.len() > 1 {
        let names: Vec<&str> = opened.workspaces.iter().map(|w| w.shown.as_str()).collect();
        return Err(Failure::usage(
            format!("`{}` holds {} workspaces", shown(path), names.len()),
            format!("name one of them: {}", super::config::list(&names)),
        ));
    }
    Ok(opened)
}

fn single(path: &Path, files: Vec<RulesFile>) -> Group {
    let stdin = path == Path::new("-");
    let root = match path.parent() {
        Some(p) if !stdin && !p.as_os_str().is_empty() => p.to_owned(),
        _ => PathBuf::from("."),
    };
    let name = match path.file_stem() {
        Some(stem) if !stdin => stem.to_string_lossy().into_owned(),
        _ => "workspace".to_owned(),
    };
    let shown = if stdin { STDIN.to_owned() } else { shown(path) };
    Group {
        root,
        shown,
        name,
        files,
    }
}

fn group_by_folder(path: &Path, files: Vec<RulesFile>) -> Vec<Group> {
    let folder = |f: &RulesFile| f.path.as_deref().and_then(Path::parent).map(Path::to_owned);
    let roots: BTreeSet<PathBuf> = files
        .iter()
        .filter(|f| has_block(f))
        .filter_map(folder)
        .collect();
    let mut groups: BTreeMap<PathBuf, Vec<RulesFile>> = BTreeMap::new();
    for file in files {
        let own = folder(&file)
            .and_then(|f| {
                f.ancestors()
                    .find(|a| roots.contains(*a))
                    .map(Path::to_owned)
            })
            .unwrap_or_else(|| path.to_owned());
        groups.entry(own).or_default().push(file);
    }
    groups
        .into_iter()
        .map(|(root, files)| Group {
            shown: shown(&root),
            name: folder_name(&root),
            root,
            files,
        })
        .collect()
}

/// Adds what the group's `use` lines name; answers with the names of the files added.
fn take_in_used(group: &mut Group) -> Result<Vec<String>, Failure> {
    let mut seen: BTreeSet<PathBuf> = group
        .files
        .iter()
        .filter_map(|f| identity(f.path.as_deref()?))
        .collect();
    let mut taken = Vec::new();
    let mut next = 0;
    while next < group.files.len() {
        for used in used_folders(&group.files[next])? {
            for file in read_rules(&used)? {
                if file
                    .path
                    .as_deref()
                    .and_then(identity)
                    .is_some_and(|id| seen.insert(id))
                {
                    taken.push(file.shown.clone());
                    group.files.push(file);
                }
            }
        }
        next += 1;
    }
    Ok(taken)
}

/// Every file once, in the order of the names.
fn parse_all(groups: Vec<Group>) -> Opened {
    let files: BTreeMap<&str, &RulesFile> = groups
        .iter()
        .flat_map(|g| &g.files)
        .map(|f| (f.shown.as_str(), f))
        .collect();
    let mut sources = SourceMap::new();
    let (mut trees, mut syntax, mut ids) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut paths = Vec::new();
    for (name, file) in files {
        let id = sources.add(name, file.text.as_str());
        paths.push(file.path.clone());
        ids.insert(name.to_owned(), id);
    }
    for (tree, found) in side_by_side(sources.files(), crate::syntax::parse) {
        trees.push(tree);
        syntax.extend(found);
    }
    let workspaces = groups
        .into_iter()
        .map(|group| {
            let mut files: Vec<FileId> = group.files.iter().map(|f| ids[&f.shown]).collect();
            files.sort();
            Workspace {
                root: group.root,
                shown: group.shown,
                name: group.name,
                files,
            }
        })
        .collect();
    Opened {
        sources,
        trees,
        paths,
        syntax,
        workspaces,
    }
}

/// Looks at files on all cores; the answers come in the order of the files.
///
/// Plain threads: they are there at once, where a pool takes longer to come than a workspace to parse.
pub fn side_by_side<T: Send>(
    files: &[SourceFile],
    look: impl Fn(&SourceFile) -> T + Sync,
) -> Vec<T> {
    let bytes: usize = files.iter().map(|f| f.text.len()).sum();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if cores == 1 || files.len() == 1 || bytes < WORTH_A_THREAD {
        return files.iter().map(look).collect();
    }
    // The largest first, so that nobody waits for it at the end.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(files[*i].text.len()));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(i) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((*i, look(&files[*i])));
        }
        done
    };
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let others: Vec<_> = (1..cores.min(files.len()))
            .filter_map(|_| {
                let thread = thread::Builder::new().stack_size(super::STACK);
                thread.spawn_scoped(scope, work).ok()
            })
            .collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, done)| done).collect()
}

/// Bytes of text that take longer than a thread to come.
const WORTH_A_THREAD: usize = 8 << 10;

impl Opened {
    /// The same files with other texts; those that changed are parsed anew.
    pub fn take(&mut self, sources: &SourceMap) {
        for (file, tree) in sources.files().iter().zip(&mut self.trees) {
            if file.text == self.sources.file(file.id).text {
                continue;
            }
            let (parsed, found) = crate::syntax::parse(file);
            *tree = parsed;
            self.syntax.retain(|d| d.span.file != file.id);
            self.syntax.extend(found);
        }
        self.sources = sources.clone();
    }

    /// The syntax trees of one workspace.
    pub fn trees_of(&self, workspace: &Workspace) -> Cow<'_, [ast::File]> {
        let all = self.trees.iter().map(|t| t.id);
        if workspace.files.iter().copied().eq(all) {
            return Cow::Borrowed(&self.trees);
        }
        let each = workspace.files.iter();
        Cow::Owned(each.map(|f| self.trees[f.0 as usize].clone()).collect())
    }
}

/// Every `.rules` file at a path, sorted by name; hidden folders are left alone.
pub fn read_rules(path: &Path) -> Result<Vec<RulesFile>, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| Failure::io("read", "standard input", &e))?;
        return Ok(vec![RulesFile {
            path: None,
            shown: STDIN.into(),
            text: decode(bytes, STDIN)?,
        }]);
    }
    let meta = std::fs::metadata(path).map_err(|e| missing(path, &e))?;
    let mut paths = Vec::new();
    if meta.is_dir() {
        walk(path, &mut paths)?;
        if paths.is_empty() {
            return Err(Failure::usage(
                format!("there is no `.rules` file in `{}` or below it", shown(path)),
                "name the folder of a workspace, or begin one with `guanxi new my-shop`",
            ));
        }
    } else if path.extension().is_some_and(|e| e != "rules") {
        return Err(Failure::usage(
            format!("`{}` is not a `.rules` file", shown(path)),
            "name a `.rules` file, or the folder of a workspace",
        ));
    } else {
        paths.push(path.to_owned());
    }
    let mut files = paths
        .iter()
        .map(|p| read_file(p))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort_by(|a, b| a.shown.cmp(&b.shown));
    Ok(files)
}

fn missing(path: &Path, error: &std::io::Error) -> Failure {
    let name = shown(path);
    if error.kind() != std::io::ErrorKind::NotFound {
        return Failure::io("read", &name, error);
    }
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .collect();
    let wanted = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let help = match crate::diagnostic::nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}`?", shown(&folder.join(near))),
        None => format!("to begin a workspace there: `guanxi new {name}`"),
    };
    Failure::new(Exit::Io, format!("`{name}`: {}", cause(error)), help)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |e| Failure::io("read", &shown(folder), &e);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        // A link to a folder may lead outside the workspace, or round in a circle: it is not followed.
        if entry.file_type().map_err(failed)?.is_dir() {
            if !entry.file_name().to_string_lossy().starts_with('.') {
                walk(&path, found)?;
            }
        } else if path.extension().is_some_and(|e| e == "rules") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<RulesFile, Failure> {
    let name = shown(path);
    let failed = |e| Failure::io("read", &name, &e);
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if length > LARGEST {
        return Err(too_large(&name));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let text = decode(bytes, &name)?;
    Ok(RulesFile {
        path: Some(path.to_owned()),
        shown: name,
        text,
    })
}

fn too_large(name: &str) -> Failure {
    Failure::usage(
        format!("`{name}` is larger than {} MB", LARGEST >> 20),
        "a `.rules` file holds a program, not data: name the data with `record … from \"file\"`",
    )
}

/// UTF-8, without a byte order mark.
pub fn decode(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    if bytes.len() as u64 > LARGEST {
        return Err(too_large(name));
    }
    let bytes = match bytes.strip_prefix("\u{feff}".as_bytes()) {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.iter().filter(|b| **b == b'\n').count() + 1;
        Failure::usage(
            format!("`{name}` is not UTF-8: see line {line}"),
            "save it as UTF-8 in your editor",
        )
    })
}

fn has_block(file: &RulesFile) -> bool {
    // Most files need not be parsed twice.
    says(&file.text, "workspace") && analysis::has_workspace(&tree(file))
}

/// Whether a text has a word, by itself.
fn says(text: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

fn tree(file: &RulesFile) -> ast::File {
    crate::syntax::parse(&source(file)).0
}

fn source(file: &RulesFile) -> SourceFile {
    SourceFile::new(FileId(0), file.shown.as_str(), file.text.as_str())
}

fn identity(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).ok()
}

/// The folders that a file's `workspace` block takes in, as paths from here.
fn used_folders(file: &RulesFile) -> Result<Vec<PathBuf>, Failure> {
    use_lines(file)
        .into_iter()
        .map(|(span, folder)| {
            if folder.is_dir() {
                Ok(folder)
            } else {
                Err(no_such_folder(&source(file), span, &folder))
            }
        })
        .collect()
}

/// The same of the file at a path, whether the folders are there or not; none of what cannot be read.
pub fn uses(path: &Path) -> Vec<PathBuf> {
    let Ok(file) = read_file(path) else {
        return Vec::new();
    };
    use_lines(&file).into_iter().map(|(_, f)| f).collect()
}

fn use_lines(file: &RulesFile) -> Vec<(Span, PathBuf)> {
    // It stands in a `workspace` block only.
    if !says(&file.text, "workspace") || !says(&file.text, "use") {
        return Vec::new();
    }
    let base = file
        .path
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let tree = tree(file);
    analysis::workspace_uses(&tree)
        .into_iter()
        .map(|path| (path.span, tidy(&base.join(&path.node))))
        .collect()
}

fn no_such_folder(source: &SourceFile, span: Span, folder: &Path) -> Failure {
    let p = source.position(span.start as usize);
    Failure::usage(
        format!(
            "{}:{}:{}: `use` names `{}`, and there is no such folder",
            source.name,
            p.line,
            p.column,
            shown(folder)
        ),
        "write the folder's path from the folder of this file",
    )
}

/// Resolves `x/..` by the words alone, so that paths read well.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        let last_is_name = matches!(out.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::ParentDir if last_is_name => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() {
        out.push(".");
    }
    out
}

/// A path as shown to the user: with `/`, without a leading `./`.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '\\' {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text,
    }
}

fn folder_name(folder: &Path) -> String {
    std::fs::canonicalize(folder)
        .ok()
        .and_then(|p| Some(p.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "workspace".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_well() {
        assert_eq!(shown(Path::new("./a/b.rules")), "a/b.rules");
        assert_eq!(tidy(Path::new("a/b/../c")), PathBuf::from("a/c"));
        assert_eq!(tidy(Path::new("../brand")), PathBuf::from("../brand"));
        assert_eq!(tidy(Path::new("a/..")), PathBuf::from("."));
    }

    #[test]
    fn bytes_that_are_no_text_name_their_line() {
        let failure = decode(b"a\nb\xff".to_vec(), "x.rules").unwrap_err();
        assert_eq!(failure.message, "`x.rules` is not UTF-8: see line 2");
        assert_eq!(decode("\u{feff}a".into(), "x").unwrap(), "a");
    }
}

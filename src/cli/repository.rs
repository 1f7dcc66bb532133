//! Names of files as build servers and code scanners read them: from the root of what was checked out.

use super::workspace::STDIN;
use crate::source::SourceMap;
use std::path::{Component, Path, PathBuf};

/// Where build servers say what they checked out: GitHub, GitLab.
const ROOTS: [&str; 2] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/// The same files with names relative to the root, with `/`. The root is what a build server checked out, if
/// the command was given in it, else the folder where it was given.
pub fn named(sources: &SourceMap) -> SourceMap {
    let Ok(here) = std::env::current_dir().and_then(std::fs::canonicalize) else {
        return sources.clone();
    };
    let root = ROOTS
        .iter()
        .filter_map(|name| std::fs::canonicalize(std::env::var_os(name)?).ok())
        .find(|root| here.starts_with(root))
        .unwrap_or_else(|| here.clone());
    let mut out = SourceMap::new();
    for file in sources.files() {
        let name = if file.name == STDIN {
            file.name.clone()
        } else {
            name(&here, &root, Path::new(&file.name))
        };
        out.add(name, file.text.clone());
    }
    out
}

fn name(here: &Path, root: &Path, file: &Path) -> String {
    let mut path = here.join(file);
    if file.is_absolute() && !path.starts_with(root) {
        // It may have come through a link.
        path = std::fs::canonicalize(&path).unwrap_or(path);
    }
    let path = straight(&path);
    let common = path.components().zip(root.components());
    let common = common.take_while(|(a, b)| a == b).count();
    let up = root.components().count() - common;
    let parts = std::iter::repeat_n("..".into(), if common == 0 { 0 } else { up }).chain(
        path.components()
            .skip(common)
            .filter(|part| !matches!(part, Component::RootDir))
            .map(|part| part.as_os_str().to_string_lossy()),
    );
    parts.collect::<Vec<_>>().join("/")
}

/// Without `.` and `x/..`.
fn straight(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn names_start_at_the_root() {
        let name = |file| name(Path::new("/r/shop"), Path::new("/r"), Path::new(file));
        assert_eq!(name("a.rules"), "shop/a.rules");
        assert_eq!(name("./sub/../a.rules"), "shop/a.rules");
        assert_eq!(name("../brand/a.rules"), "brand/a.rules");
        assert_eq!(name("/r/shop/a.rules"), "shop/a.rules");
        assert_eq!(name("../../other/a.rules"), "../other/a.rules");
        assert_eq!(name("/other/a.rules"), "../other/a.rules");
    }
}

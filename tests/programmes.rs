//! The pages of `docs/programmes/`: what they show of the rules is what the rules say, what they print is what comes out.
//!
//! A page's name is its example's. Two kinds of blocks are generated:
//!
//! - a fence `guanxi example` below a line `<!-- shows: A; B -->` holds the declarations, rules or clauses of the
//!   example that begin with `A` and with `B`;
//! - in a fence `console` each line `$ COMMAND` is run by `sh` in an empty folder where `examples` is the
//!   repository's, and is followed by what it printed. All commands of a page share one folder.
//!
//! `UPDATE_DOCS=1 cargo test --test programmes` writes them. Commands that read data which is not ours to distribute
//! run where it is at hand, as in `tests/cdnow.rs`.

#![cfg(unix)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("docs/programmes")).expect("the pages");
    let mut pages: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    pages.retain(|p| p.extension().is_some_and(|e| e == "md") && name(p) != "index");
    pages.sort();
    pages
}

fn name(page: &Path) -> String {
    let stem = page.file_stem().expect("a name");
    stem.to_string_lossy().into_owned()
}

/// The rules of an example, file by file.
fn rules(example: &str) -> Vec<String> {
    fn files(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the example") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, out);
            } else if path.extension().is_some_and(|e| e == "rules") {
                out.push(path);
            }
        }
    }
    let mut found = Vec::new();
    files(&root().join("examples").join(example), &mut found);
    found.sort();
    let read = |p: &PathBuf| std::fs::read_to_string(p).expect("rules");
    found.iter().map(read).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// What begins so, with the comments above it, at no indentation.
fn shown(files: &[String], begins: &str) -> Option<String> {
    for file in files {
        let lines: Vec<&str> = file.lines().collect();
        let is_it = |line: &&str| {
            let rest = line.trim_start().strip_prefix(begins);
            rest.is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let Some(at) = lines.iter().position(is_it) else {
            continue;
        };
        let depth = indent(lines[at]);
        let comment = |l: &&&str| indent(l) == depth && l.trim_start().starts_with('#');
        let first = at - lines[..at].iter().rev().take_while(comment).count();
        let mut last = at + 1;
        while let Some(line) = lines.get(last) {
            let closes = line.trim_start().starts_with([')', '}']);
            if !line.trim().is_empty()
                && indent(line) <= depth
                && !(closes && indent(line) == depth)
            {
                break;
            }
            last += 1;
            if closes && indent(line) == depth {
                break;
            }
        }
        let body: Vec<&str> = lines[first..last]
            .iter()
            .map(|line| line.get(depth..).unwrap_or(""))
            .collect();
        return Some(body.join("\n").trim_end().to_owned());
    }
    None
}

/// Where data of that name lies that is not in the repository.
fn foreign_data(example: &str) -> Option<PathBuf> {
    let shared = match std::env::var_os("GUANXI_SHARED_DATA") {
        Some(given) => PathBuf::from(given),
        None => root().join("../shared/data"),
    };
    let folder = shared.join(example);
    folder.is_dir().then_some(folder)
}

/// A folder in which a page's commands are run.
struct Desk {
    folder: tempfile::TempDir,
    path: std::ffi::OsString,
}

impl Desk {
    fn new(example: &str) -> Desk {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        symlink(root().join("examples"), folder.path().join("examples")).expect("a link");
        if let Some(data) = foreign_data(example) {
            symlink(data, folder.path().join(example)).expect("a link");
        }
        let program = Path::new(env!("CARGO_BIN_EXE_guanxi"));
        let own = program.parent().expect("a folder").to_path_buf();
        let known = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&known)));
        Desk {
            folder,
            path: path.expect("a path"),
        }
    }

    fn run(&self, command: &str) -> String {
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(self.folder.path())
            .env("PATH", &self.path)
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env("LC_ALL", "C")
            .output()
            .expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
        lines.join("\n")
    }
}

/// The page as it must be.
fn filled(page: &Path) -> String {
    let text = std::fs::read_to_string(page).expect("a page");
    let example = name(page);
    let files = rules(&example);
    let foreign = text.contains(&format!("--data {example}"));
    let runs = !foreign || foreign_data(&example).is_some();
    if !runs {
        // Written past the harness's capture, so that a skipped check is seen.
        let _ = writeln!(
            std::io::stderr(),
            "programmes: {example} NOT CHECKED, its data is not at hand"
        );
    }
    let desk = Desk::new(&example);
    let mut out: Vec<String> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push(line.to_owned());
        let wanted = line.strip_prefix("<!-- shows: ");
        if let Some(wanted) = wanted.and_then(|w| w.strip_suffix(" -->")) {
            let fence = lines.next().unwrap_or_default();
            assert_eq!(fence, "```guanxi example", "{example}: below `{line}`");
            out.push(fence.to_owned());
            let shown = wanted.split(';').map(|begins| {
                shown(&files, begins.trim())
                    .unwrap_or_else(|| panic!("{example}: nothing begins with `{begins}`"))
            });
            out.push(shown.collect::<Vec<_>>().join("\n\n"));
            out.push("```".to_owned());
            assert!(lines.by_ref().any(|l| l == "```"), "{example}: `{line}`");
        } else if line == "```console" && runs {
            let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
            for command in block.iter().filter_map(|l| l.strip_prefix("$ ")) {
                out.push(format!("$ {command}"));
                let printed = desk.run(command);
                if !printed.is_empty() {
                    out.push(printed);
                }
            }
            out.push("```".to_owned());
        }
    }
    out.join("\n") + "\n"
}

#[test]
fn the_pages_say_what_is() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let pages = pages();
    assert!(pages.len() >= 24, "only {} pages were found", pages.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let faults = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(page) = pages.get(i) else {
                        break;
                    };
                    let (is, must) = (std::fs::read_to_string(page).expect("a page"), filled(page));
                    if is == must {
                        continue;
                    }
                    if update {
                        std::fs::write(page, must).expect("the page");
                        continue;
                    }
                    let differs = is.lines().zip(must.lines()).position(|(a, b)| a != b);
                    let at =
                        differs.unwrap_or_else(|| is.lines().count().min(must.lines().count()));
                    let line = |text: &str| text.lines().nth(at).unwrap_or("(its end)").to_owned();
                    faults.lock().expect("no panic").push(format!(
                        "{}:{}\n  says  {}\n  must  {}",
                        page.display(),
                        at + 1,
                        line(&is),
                        line(&must)
                    ));
                }
            });
        }
    });
    let mut faults = faults.into_inner().expect("no panic");
    faults.sort();
    assert!(
        faults.is_empty(),
        "run it again with UPDATE_DOCS=1, and read what changes\n{}",
        faults.join("\n")
    );
}

/// Every example has its page, and every page its example.
#[test]
fn every_example_has_its_page() {
    let entries = std::fs::read_dir(root().join("examples")).expect("the examples");
    let mut examples: Vec<String> = entries
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    examples.sort();
    let pages: Vec<String> = pages().iter().map(|p| name(p)).collect();
    assert_eq!(examples, pages);
}

fn guanxi(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .current_dir(root())
        .args(["--color", "never"])
        .args(arguments)
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{arguments:?}\n{said}");
}

#[test]
fn the_examples_are_clean_and_laid_out() {
    guanxi(&["lint", "examples", "--tests", "--fail-on", "warning"]);
    guanxi(&["fmt", "--check", "examples"]);
}

#[test]
fn the_examples_test_all_that_they_say() {
    guanxi(&["test", "examples", "--coverage", "--fail-under", "100"]);
}

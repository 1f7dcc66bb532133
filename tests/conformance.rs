//! The semantics, one subject a file: every `test` block in `tests/conformance` holds.

use std::path::{Path, PathBuf};
use std::process::Command;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "rules"))
        .collect();
    files.sort();
    files
}

/// The output of a command that failed.
fn failure(arguments: &[&str], path: &Path) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["--isolated", "--color", "never"])
        .args(arguments)
        .arg(path)
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (!output.status.success()).then(|| text(&output.stdout) + &text(&output.stderr))
}

fn check(paths: &[PathBuf], arguments: &[&str]) {
    let failures: Vec<String> = paths
        .iter()
        .filter_map(|path| failure(arguments, path).map(|f| format!("{}\n{f}", path.display())))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} failed\n\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n")
    );
}

#[test]
fn every_subject_holds() {
    let files = files();
    assert!(files.len() >= 30, "only {} files were found", files.len());
    check(&files, &["test"]);
}

#[test]
fn the_examples_keep_their_promises() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders: Vec<PathBuf> = ["tea-house", "cdnow"]
        .iter()
        .map(|n| examples.join(n))
        .collect();
    check(&folders, &["test"]);
    check(&folders, &["lint"]);
}

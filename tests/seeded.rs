//! Each lint finds its seeded fault in a mutated copy of an example, and the examples themselves are clean.
//!
//! `tests/seeded/<lint>.toml`: `example`, `file`, a stretch of its text (`old`, which occurs once) and what is
//! put there instead (`new`); `also = ["other-lint"]` where the fault is more than one; `arguments` of `lint`
//! that the finding needs.

use guanxi::lint;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[derive(serde::Deserialize)]
struct Seed {
    example: String,
    file: String,
    old: String,
    new: String,
    #[serde(default)]
    also: BTreeSet<String>,
    #[serde(default)]
    arguments: Vec<String>,
}

fn seeds() -> Vec<(String, Seed)> {
    let entries = fs::read_dir(root().join("tests/seeded")).expect("the folder");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            let text = fs::read_to_string(path).expect("a text");
            let seed = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name.into_owned(), seed)
        })
        .collect()
}

/// The codes found in a workspace, hints too.
fn codes(workspace: &Path, arguments: &[String]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["lint", "--exit-zero", "--output-format", "json"])
        .args(arguments)
        .arg(workspace)
        .output()
        .expect("the program runs");
    let json: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings = json["diagnostics"].as_array().expect("diagnostics");
    findings
        .iter()
        .filter_map(|d| d["code"].as_str().map(str::to_owned))
        .collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if path.is_file() {
            fs::copy(&path, to.join(name)).expect("a copy");
        }
    }
}

#[test]
fn each_lint_finds_its_fault() {
    let mut wrong = Vec::new();
    for (name, seed) in seeds() {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("examples").join(&seed.example), folder.path());
        let file = folder.path().join(&seed.file);
        let text = fs::read_to_string(&file).expect("the file");
        assert_eq!(
            text.matches(&seed.old).count(),
            1,
            "{name}: `old` occurs once"
        );
        fs::write(&file, text.replace(&seed.old, &seed.new)).expect("the mutated file");
        let found = codes(folder.path(), &seed.arguments);
        let mut expected = seed.also.clone();
        expected.insert(name.clone());
        if found != expected {
            wrong.push(format!("{name}: found {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lint_has_a_seeded_fault() {
    let seeded: BTreeSet<String> = seeds().into_iter().map(|(name, _)| name).collect();
    let lints = lint::LINTS
        .iter()
        .chain(lint::LINTS_WITH_TESTS)
        .map(|l| l.code);
    for code in lints.chain(lint::PROOFS.iter().map(|p| p.code)) {
        assert!(seeded.contains(code.name), "{} has none", code.name);
    }
}

#[test]
fn the_examples_are_clean() {
    for entry in fs::read_dir(root().join("examples")).expect("the examples") {
        let path = entry.expect("an entry").path();
        let found = codes(&path, &["--tests".to_owned()]);
        assert_eq!(found, BTreeSet::new(), "{}", path.display());
    }
}

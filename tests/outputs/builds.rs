//! `action.yml` and `.pre-commit-hooks.yaml`: what they run, run as GitHub and pre-commit do.

use crate::support::{FILES, command, text, told, write};
use std::path::Path;
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The script below `run: |` of a step of the action.
fn script(step: &str) -> String {
    let action = std::fs::read_to_string(root().join("action.yml")).expect("action.yml");
    let (_, rest) = action
        .split_once(&format!("    - name: {step}\n"))
        .expect("the step");
    let (_, script) = rest.split_once("      run: |\n").expect("its script");
    let indented = script
        .lines()
        .take_while(|l| l.is_empty() || l.starts_with("        "));
    indented
        .map(|l| format!("{}\n", l.trim_start_matches("        ")))
        .collect()
}

/// A script in a folder, as GitHub runs `shell: bash`, with the binary of this build on the path.
fn bash(folder: &Path, script: &str, variables: &[(&str, &str)]) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_guanxi"));
    let mut path = binary.parent().expect("a folder").as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("GITHUB_WORKSPACE", folder)
        .envs(variables.iter().copied())
        .output()
        .expect("bash")
}

#[test]
fn the_action_lints() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), FILES);
    let lint = |workspace: &str, fail_on: &str, sarif: &str| {
        let variables = [
            ("WORKSPACE", workspace),
            ("FAIL_ON", fail_on),
            ("SARIF", sarif),
        ];
        bash(folder.path(), &script("Lint"), &variables)
    };
    let output = lint("茶馆 100%", "error", "out/guanxi.sarif");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert_eq!(text(output).matches("::error file=茶馆 100%25/").count(), 2);
    let log = std::fs::read(folder.path().join("out/guanxi.sarif")).unwrap();
    let log: serde_json::Value = serde_json::from_slice(&log).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);

    // Without SARIF; a warning fails or not, as asked.
    let loose = "record customer  from \"customers\" {\n  id: text key\n}\n";
    write(folder.path(), &[("loose/a.rules", loose)]);
    assert_eq!(lint("loose", "error", "").status.code(), Some(0));
    let output = lint("loose", "warning", "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(output).starts_with("::warning file=loose/a.rules,line=1,"));
    // What is no workspace fails.
    assert_eq!(lint("nowhere", "error", "x.sarif").status.code(), Some(4));
}

/// The key of the cache is of the sources alone, the same each time.
#[test]
fn the_action_knows_a_build_again() {
    let folder = tempfile::tempdir().unwrap();
    let told_at = folder.path().join("output");
    let at = root().to_str().unwrap();
    let variables = [
        ("GITHUB_ACTION_PATH", at),
        ("GITHUB_OUTPUT", told_at.to_str().unwrap()),
    ];
    for _ in 0..2 {
        let output = bash(folder.path(), &script("Tell versions apart"), &variables);
        assert!(output.status.success(), "{}", told(&output));
    }
    let lines = std::fs::read_to_string(&told_at).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let [first, second] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(first, second);
    let hash = first.strip_prefix("hash=").expect("a hash");
    assert!(hash.len() >= 40 && hash.chars().all(|c| c.is_ascii_hexdigit()));
}

/// Each hook's entry, with files or without as pre-commit would.
#[test]
fn the_hooks_are_commands() {
    let hooks = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let mut ran = Vec::new();
    for hook in hooks.split("- id: ").skip(1) {
        let value = |key: &str| {
            let line = hook.lines().find_map(|l| l.trim().strip_prefix(key));
            line.map(str::trim).unwrap_or_default()
        };
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), FILES);
        let mut words = value("entry:").split(' ');
        assert_eq!(words.next(), Some("guanxi"));
        let mut run = command(folder.path());
        run.args(words);
        if value("pass_filenames:") != "false" {
            run.args(FILES.iter().map(|(name, _)| name));
        }
        let output = run.output().unwrap();
        ran.push((hook.lines().next().unwrap(), output.status.code()));
    }
    // The files are laid out, and have findings.
    assert_eq!(ran, [("guanxi-lint", Some(1)), ("guanxi-fmt", Some(0))]);
}

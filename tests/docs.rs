//! Every ```` ```guanxi ```` sample of `docs/`, the README and the examples' pages is a program.
//!
//! | the fence says | the sample |
//! |---|---|
//! | `guanxi` | is a whole workspace |
//! | `guanxi fragment` | is one after `docs/preamble.rules` |
//! | `guanxi error code=NAME` | reports this code, and no other error; `fragment` may stand beside it |
//!
//! Samples have no errors; their `test` blocks hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Sample {
    /// `docs/language.md:120`
    place: String,
    fragment: bool,
    /// The code of the error that it shows.
    error: Option<String>,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    for folder in ["docs", "docs/programmes"] {
        let entries = std::fs::read_dir(root().join(folder)).expect("the folder");
        pages.extend(entries.map(|e| e.expect("an entry").path()));
    }
    pages.retain(|p| p.extension().is_some_and(|e| e == "md") && p.is_file());
    pages.sort();
    pages
}

fn samples(page: &Path) -> Vec<Sample> {
    let text = std::fs::read_to_string(page).expect("a page");
    let name = page
        .strip_prefix(root())
        .unwrap_or(page)
        .display()
        .to_string();
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```guanxi") else {
            continue;
        };
        let words: Vec<&str> = info.split_whitespace().collect();
        // Shown from an example: `tests/programmes.rs`.
        if words == ["example"] {
            continue;
        }
        let error = words.iter().find_map(|w| w.strip_prefix("code="));
        for word in &words {
            let known = matches!(*word, "fragment" | "error") || word.starts_with("code=");
            assert!(
                known,
                "{name}:{}: `{word}` is not a word of a fence",
                number + 1
            );
        }
        let body: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        found.push(Sample {
            place: format!("{name}:{}", number + 1),
            fragment: words.contains(&"fragment"),
            error: error.map(str::to_owned),
            text: body.join("\n") + "\n",
        });
    }
    found
}

fn guanxi(arguments: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["--isolated", "--color", "never"])
        .args(arguments)
        .arg(file)
        .output()
        .expect("the program runs")
}

/// What is wrong with a sample.
fn fault(sample: &Sample, preamble: &str, file: &Path) -> Option<String> {
    let text = match sample.fragment {
        true => format!("{preamble}\n{}", sample.text),
        false => sample.text.clone(),
    };
    std::fs::write(file, text).expect("a file");
    if let Some(code) = &sample.error {
        let output = guanxi(&["lint", "--output-format", "json"], file);
        let codes = error_codes(&String::from_utf8_lossy(&output.stdout));
        let wanted = BTreeSet::from([code.clone()]);
        return (codes != wanted)
            .then(|| format!("{}: reports {codes:?}, not `{code}`", sample.place));
    }
    let mut commands = vec![vec!["lint", "--fail-on", "error"]];
    if sample.text.contains("test \"") {
        commands.push(vec!["test"]);
    }
    commands.iter().find_map(|arguments| {
        let output = guanxi(arguments, file);
        let all = [output.stdout, output.stderr].concat();
        let said = || format!("{}\n{}", sample.place, String::from_utf8_lossy(&all));
        (!output.status.success()).then(said)
    })
}

fn error_codes(json: &str) -> BTreeSet<String> {
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let findings = json["diagnostics"].as_array().expect("diagnostics");
    findings
        .iter()
        .filter(|d| d["severity"] == "error")
        .filter_map(|d| d["code"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn every_sample_is_a_program() {
    let preamble =
        std::fs::read_to_string(root().join("docs/preamble.rules")).expect("the preamble");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sample.rules");
    let samples: Vec<Sample> = pages().iter().flat_map(|p| samples(p)).collect();
    assert!(
        samples.len() >= 30,
        "only {} samples were found",
        samples.len()
    );
    let faults: Vec<String> = samples
        .iter()
        .filter_map(|s| fault(s, &preamble, &file))
        .collect();
    assert!(
        faults.is_empty(),
        "{} samples\n\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The lists of `docs/lints.md`: every code below its group, with its level and what it says.
fn lists() -> String {
    use guanxi::diagnostic::codes::{ALL, Group, Reporter};
    let mut out = String::new();
    for group in Group::ALL {
        let mut codes: Vec<_> = ALL.iter().filter(|c| c.group == group).collect();
        codes.sort_by_key(|c| c.name);
        if codes.is_empty() {
            continue;
        }
        out += &format!(
            "## {}\n\n| code | level | says |\n|---|---|---|\n",
            group.name()
        );
        for code in codes {
            let level = match code.reporter {
                Reporter::Checker => "error, always".to_owned(),
                Reporter::Lint => format!("{:?}", code.severity).to_lowercase(),
            };
            let says = code.summary().replace('|', "\\|");
            out += &format!("| `{}` | {level} | {says} |\n", code.name);
        }
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}

/// `UPDATE_DOCS=1 cargo test --test docs` writes them.
#[test]
fn the_lists_of_findings_are_complete() {
    let path = root().join("docs/lints.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let heading = "# All of them\n\n";
    let (before, written) = page.split_once(heading).expect("the heading");
    let wanted = lists();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{heading}{wanted}")).expect("the page");
    } else {
        assert_eq!(written, wanted, "run it again with UPDATE_DOCS=1");
    }
}

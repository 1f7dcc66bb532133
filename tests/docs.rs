//! Every ```` ```guanxi ```` sample of `docs/`, the README and the examples' pages is a program.
//!
//! | the fence says | the sample |
//! |---|---|
//! | `guanxi` | is a whole workspace |
//! | `guanxi fragment` | is one after `docs/preamble.rules` |
//! | `guanxi error code=NAME` | reports this code, and no other error; `fragment` may stand beside it |
//! | `guanxi file=PATH` | is a file of the tutorial, which `tests/guide.rs` follows |
//! | `guanxi example` | is cut out of a program of `examples/` |
//!
//! Samples have no errors; their `test` blocks hold.

mod markdown;

use markdown::{fences, name, pages, root};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Sample {
    /// `docs/language.md:120`
    place: String,
    fragment: bool,
    /// What it shows is to be copied: it is laid out, and has no finding but [`LET_STAND`].
    strict: bool,
    /// The code of the error that it shows.
    error: Option<String>,
    text: String,
}

/// Pages of samples to copy.
const STRICT: [&str; 3] = ["by-example.md", "recipes.md", "index.md"];

/// Findings about what a sample leaves out because it is short.
const LET_STAND: [&str; 5] = [
    "missing-plan=off",
    "unused-definition=off",
    "unbounded-reward=off",
    "points-without-expiry=off",
    "magic-number=off",
];

/// Every page with samples. Those that are made of the program's own manual run beside it.
fn written() -> Vec<PathBuf> {
    let mut all = vec![root().join("README.md")];
    all.extend(pages(&root().join("docs")));
    all.extend(pages(&root().join("examples")));
    let made = [
        root().join("docs/findings"),
        root().join("docs/functions.md"),
    ];
    all.retain(|p| !made.iter().any(|m| p.starts_with(m)));
    all
}

fn samples(page: &Path) -> Vec<Sample> {
    let text = std::fs::read_to_string(page).expect("a page");
    let mut found = Vec::new();
    for fence in fences(&text) {
        let place = format!("{}:{}", name(page), fence.line + 1);
        if !fence.is("guanxi") {
            continue;
        }
        for word in &fence.info[1..] {
            let known = ["fragment", "error", "example", "append", "replace"];
            assert!(
                known.contains(&word.as_str()) || word.contains('='),
                "{place}: `{word}` is not a word of a fence"
            );
        }
        if fence.value("file").is_none() && !fence.is("example") {
            found.push(Sample {
                place,
                strict: STRICT.iter().any(|p| page.ends_with(p)),
                fragment: fence.is("fragment"),
                error: fence.value("code").map(str::to_owned),
                text: fence.text(),
            });
        }
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
    let mut lint = vec!["lint"];
    match sample.strict {
        true => lint.extend(LET_STAND.iter().flat_map(|l| ["--level", l])),
        false => lint.extend(["--fail-on", "error"]),
    }
    let mut commands = vec![lint];
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
    let samples: Vec<Sample> = written().iter().flat_map(|p| samples(p)).collect();
    assert!(
        samples.len() >= 150,
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

/// What the manual says of each finding, each function, and where the guide lists them.
///
/// `UPDATE_DOCS=1 cargo test --test docs` writes these pages.
mod made {
    use super::root;
    use guanxi::diagnostic::codes::{ALL, Code, Group, Reporter};
    use guanxi::testing::FAILED_EXPECTATION;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::PathBuf;

    fn level(code: &Code) -> String {
        match code.reporter {
            Reporter::Checker => "error, always".to_owned(),
            Reporter::Lint => format!("{:?}", code.severity).to_lowercase(),
        }
    }

    /// The lists of `docs/lints.md`: every code below its group, with its level and what it says.
    fn lists() -> String {
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
                let (name, level) = (code.name, level(code));
                let says = code.summary().replace('|', "\\|");
                out += &format!("| [`{name}`](findings/{name}.md) | {level} | {says} |\n");
            }
            out.push('\n');
        }
        out.trim_end().to_owned() + "\n"
    }

    /// The page of a finding, as `guanxi explain` prints it.
    fn finding(code: &Code) -> String {
        let (title, rest) = code.page.split_once("\n\n").expect("a title");
        let of = match code.name == FAILED_EXPECTATION.name {
            true => "What a [`test`](../language.md#tests) says that does not hold.".to_owned(),
            false => format!(
                "Group [{group}](../lints.md#{group}), level {level}.",
                group = code.group.name(),
                level = level(code)
            ),
        };
        let rest = rest.trim_end();
        format!(
            "{title}\n\n*{of} `guanxi explain {}` prints this page.*\n\n{rest}\n",
            code.name
        )
    }

    /// `docs/functions.md`
    fn functions() -> String {
        let mut out = String::from(
            "# Functions\n\nWhat is missing in any argument is missing in the result. \
             Each line of the examples is an expression and its value.\n",
        );
        for function in guanxi::functions::ALL {
            let (name, signature) = (function.name, function.signature);
            let docs = function.docs.trim_end();
            out += &format!("\n## {name}\n\n`{signature}`\n\n{docs}\n");
        }
        out
    }

    /// The part of a page between two of its lines, in the place of what is there.
    fn between(page: &str, from: &str, to: &str, text: &str) -> String {
        let page = std::fs::read_to_string(root().join(page)).expect("the page");
        let (before, rest) = page.split_once(from).expect("the line before");
        let after = match to {
            "" => "",
            to => &rest[rest.find(to).expect("the line behind")..],
        };
        format!("{before}{from}{text}{after}")
    }

    /// The words that the grammar knows, by the rule that they stand in.
    fn words(of: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let grammar = std::fs::read_to_string(root().join("grammar/guanxi.pest")).expect("it");
        let mut found = BTreeSet::new();
        let mut rule = String::new();
        for line in grammar.lines().filter(|l| !l.starts_with("//")) {
            if let Some((name, _)) = line.split_once(" = ") {
                rule = name.trim().to_owned();
            }
            if of(&rule) {
                let quoted = line.split('"').skip(1).step_by(2);
                let letters = |w: &&str| w.len() > 1 && w.bytes().all(|b| b.is_ascii_alphabetic());
                found.extend(quoted.filter(letters).map(str::to_owned));
            }
        }
        found
    }

    /// The list `NAME` of the highlighter, with these words.
    fn listed(script: &str, name: &str, words: &BTreeSet<String>) -> String {
        let start = format!("  const {name} =\n");
        let (before, rest) = script.split_once(&start).expect("the list");
        let after = &rest[rest.find(';').expect("its end")..];
        let mut lines = vec![String::new()];
        for word in words {
            let line = lines.last_mut().expect("a line");
            match line.len() + word.len() > 96 {
                true => lines.push(word.to_owned() + " "),
                false => *line += &(word.to_owned() + " "),
            }
        }
        let last = lines.last_mut().expect("a line");
        last.truncate(last.trim_end().len());
        let quoted: Vec<String> = lines.iter().map(|l| format!("    '{l}'")).collect();
        format!("{before}{start}{}{after}", quoted.join(" +\n"))
    }

    /// Understood, and answered with the word to write.
    const FOREIGN: [&str; 8] = [
        "else", "elseif", "elsif", "elif", "more", "less", "greater", "than",
    ];

    /// `docs/theme/guanxi.js`, which colours the samples.
    fn highlighter() -> String {
        let path = root().join("docs/theme/guanxi.js");
        let script = std::fs::read_to_string(path).expect("the script");
        let types = words(|rule| rule == "simple_word" || rule == "k_money");
        let mut words = words(|_| true);
        for unit in words.clone().intersection(&self::words(|r| r == "unit")) {
            words.insert(format!("{unit}s"));
        }
        words.retain(|w| !types.contains(w) && !FOREIGN.contains(&w.as_str()));
        let functions = guanxi::functions::ALL.iter();
        let functions: BTreeSet<String> = functions.map(|f| f.name.to_owned()).collect();
        let script = listed(&script, "WORDS", &words);
        let script = listed(&script, "TYPES", &types);
        listed(&script, "FUNCTIONS", &functions)
    }

    /// Every made page with its text.
    fn all() -> BTreeMap<PathBuf, String> {
        let docs = root().join("docs");
        let mut made = BTreeMap::from([
            (docs.join("functions.md"), functions()),
            (docs.join("theme/guanxi.js"), highlighter()),
            (
                docs.join("lints.md"),
                between("docs/lints.md", "# All of them\n\n", "", &lists()),
            ),
        ]);
        let mut codes: Vec<&Code> = ALL.iter().copied().chain([&FAILED_EXPECTATION]).collect();
        codes.sort_by_key(|c| c.name);
        let mut contents = String::new();
        for code in codes {
            let name = code.name;
            contents += &format!("  - [{name}](findings/{name}.md)\n");
            made.insert(docs.join(format!("findings/{name}.md")), finding(code));
        }
        let listed = between(
            "docs/SUMMARY.md",
            "(lints.md)\n",
            "- [The command line]",
            &contents,
        );
        made.insert(docs.join("SUMMARY.md"), listed);
        made
    }

    /// `docs/by-example.md` is a path through every word and every function, some of them in another number.
    #[test]
    fn by_example_shows_every_word() {
        let page = std::fs::read_to_string(root().join("docs/by-example.md")).expect("the page");
        let mut shown = BTreeSet::new();
        for sample in super::fences(&page).iter().filter(|f| f.is("guanxi")) {
            let text = sample.text();
            let words = text.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
            shown.extend(words.map(|w| w.trim_end_matches('s').to_owned()));
        }
        // Reserved, for another folder, and two that stand for their like.
        let left_out = ["account", "use", "Sunday"];
        let months = words(|rule| rule == "month_name");
        let mut wanted = words(|_| true);
        wanted.extend(guanxi::functions::ALL.iter().map(|f| f.name.to_owned()));
        wanted.retain(|w| {
            !FOREIGN.contains(&w.as_str()) && !left_out.contains(&w.as_str()) && !months.contains(w)
        });
        let missing: Vec<&String> = wanted
            .iter()
            .filter(|w| !shown.contains(w.trim_end_matches('s')))
            .collect();
        assert!(missing.is_empty(), "no sample shows {missing:?}");
    }

    #[test]
    fn the_pages_made_of_the_manual_are_true_to_it() {
        let made = all();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            let _ = std::fs::remove_dir_all(root().join("docs/findings"));
            std::fs::create_dir_all(root().join("docs/findings")).expect("the folder");
            for (page, text) in &made {
                std::fs::write(page, text).expect("a page");
            }
        }
        let stale = made
            .iter()
            .filter(|(page, text)| std::fs::read_to_string(page).ok().as_ref() != Some(*text));
        let stale: Vec<_> = stale.map(|(page, _)| page.display()).collect();
        assert!(
            stale.is_empty(),
            "run it again with UPDATE_DOCS=1: {stale:?}"
        );
        let there = super::pages(&root().join("docs/findings"));
        let left: Vec<_> = there.iter().filter(|p| !made.contains_key(*p)).collect();
        assert!(left.is_empty(), "no finding has these pages: {left:?}");
    }
}

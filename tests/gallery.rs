//! The gallery: small wrong programs, each with one mistake that a marketer makes, and what is said about it.
//!
//! A program is read beside `tests/gallery/shop.rules`, unless it says `# alone`. Its first line says the mistake;
//! `# found N, because …` below it is an exception from one finding for one mistake.
//!
//! The snapshots are for people: read each as one who has never programmed.

use guanxi::diagnostic::{self, Diagnostic, Severity, fix, render};
use guanxi::source::SourceMap;
use guanxi::{analysis, syntax};
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery")
}

struct Program {
    name: String,
    text: String,
}

impl Program {
    fn says(&self, start: &str) -> Option<&str> {
        let mut comments = self.text.trim_start_matches('\u{feff}').lines();
        comments.find_map(|l| l.strip_prefix(start))
    }

    /// How many findings there should be.
    fn expected(&self) -> usize {
        let Some(rest) = self.says("# found ") else {
            return 1;
        };
        let (count, reason) = rest.split_once(", because ").unwrap_or((rest, ""));
        assert!(
            !reason.is_empty(),
            "{}: an exception has a reason",
            self.name
        );
        count.parse().expect("a number")
    }

    /// What parser and checker find.
    fn findings(&self, text: &str) -> (SourceMap, Vec<Diagnostic>) {
        let mut sources = SourceMap::new();
        sources.add(self.name.clone() + ".rules", text);
        if self.says("# alone").is_none() {
            let shop = std::fs::read_to_string(folder().join("shop.rules")).expect("the shop");
            sources.add("shop.rules", shop);
        }
        let mut all = Vec::new();
        let mut trees = Vec::new();
        for file in sources.files() {
            let (tree, found) = syntax::parse(file);
            trees.push(tree);
            all.extend(found);
        }
        all.extend(analysis::check(&sources, &trees, "gallery").1);
        diagnostic::sort(&mut all);
        (sources, all)
    }
}

fn programs() -> Vec<Program> {
    let mut all: Vec<Program> = std::fs::read_dir(folder())
        .expect("the gallery")
        .map(|f| f.expect("a file").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rules") && !p.ends_with("shop.rules"))
        .map(|p| Program {
            name: p
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            text: std::fs::read_to_string(&p).expect("a program"),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

#[test]
fn every_mistake_is_answered_once() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("gallery/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut wrong = String::new();
    let programs = programs();
    assert!(programs.len() >= 100);
    settings.bind(|| {
        for program in &programs {
            let (sources, found) = program.findings(&program.text);
            let shown = render::human(&sources, &found, render::Look::default());
            if found.len() != program.expected() {
                wrong += &format!("{}: {} findings\n{shown}\n", program.name, found.len());
            }
            for d in &found {
                for fault in faults(d, &sources) {
                    wrong += &format!("{}: {fault}\n{shown}\n", program.name);
                }
            }
            for line in shown.lines().filter(|l| l.width() > 80) {
                wrong += &format!("{}: wider than 80 columns: {line}\n", program.name);
            }
            if !shown.is_empty() {
                insta::assert_snapshot!(program.name.clone(), shown);
            }
        }
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// What no message may say: the grammar's names, and words of the compiler.
const FORBIDDEN: &[&str] = &[
    "k_",
    "p_",
    "EOI",
    "SOI",
    "atom",
    "operand",
    "plain_value",
    "logic",
    "Some(",
    "None",
    "Ok(",
    "Err(",
    "token",
    "parse",
    "unwrap",
    "panicked",
    "identifier",
    "literal",
    "boolean",
    "string",
    "integer",
    "syntax error",
    "::",
];

/// What makes one of its own words right: a message that says what to do.
const ADVICE: &[&str] = &[
    "write ",
    "did you mean",
    "is written",
    "is missing",
    "starts with",
    "stands between",
    "closes nothing",
    "belongs inside",
    "are set apart",
];

fn faults(d: &Diagnostic, sources: &SourceMap) -> Vec<String> {
    let mut faults = Vec::new();
    let help = d.help.as_deref().unwrap_or("");
    let label_texts = d.labels.iter().map(|l| l.text.as_str());
    for said in [d.message.as_str(), help, &d.label]
        .into_iter()
        .chain(label_texts)
    {
        let source = sources.slice(d.span);
        for word in FORBIDDEN {
            if said.contains(word) && !source.contains(word) {
                faults.push(format!("says `{word}`"));
            }
        }
        if said.ends_with('.') && !said.ends_with("..") {
            faults.push("ends with a full stop".to_string());
        }
    }
    let first = d.message.split(' ').next().unwrap_or("");
    let capital = first.starts_with(char::is_uppercase);
    if capital && !first.chars().all(char::is_uppercase) {
        faults.push("begins with a capital".to_string());
    }
    let advised =
        d.help.is_some() || d.fix.is_some() || ADVICE.iter().any(|a| d.message.contains(a));
    if !advised && d.severity == Severity::Error {
        faults.push("does not say what to do".to_string());
    }
    faults
}

/// Fixed again and again, a program is left without what can be fixed, and with no more findings than before.
#[test]
fn safe_fixes_mend() {
    let mut wrong = String::new();
    for program in programs() {
        let before = program.findings(&program.text).1.len();
        let mut text = program.text.clone();
        for _ in 0..4 {
            let (sources, mut found) = program.findings(&text);
            let count = found.len();
            found.retain(|d| d.span.file.0 == 0 && d.fix.as_ref().is_some_and(|f| f.safe));
            if found.is_empty() {
                if count > before {
                    let shown = render::human(&sources, &found, render::Look::default());
                    wrong += &format!("{}: worse by its fixes\n{text}\n{shown}\n", program.name);
                }
                break;
            }
            text = fix::apply(&text, &found);
        }
        let (sources, mut left) = program.findings(&text);
        left.retain(|d| d.span.file.0 == 0 && d.fix.as_ref().is_some_and(|f| f.safe));
        if !left.is_empty() {
            let shown = render::human(&sources, &left, render::Look::default());
            wrong += &format!("{}: after its fixes\n{text}\n{shown}\n", program.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Every caret of a drawing stands under the characters that it means.
#[test]
fn carets_stand_under_what_they_mean() {
    let mut compared = 0;
    for program in programs() {
        let (sources, found) = program.findings(&program.text);
        for d in found
            .iter()
            .filter(|d| d.labels.is_empty() && !d.span.is_empty())
        {
            let shown = render::human(&sources, std::slice::from_ref(d), render::Look::default());
            let meant = sources.slice(d.span);
            let lines: Vec<&str> = shown.lines().collect();
            let Some(below) = lines.iter().position(|l| l.contains('·')) else {
                continue;
            };
            if meant.contains(['\n', '\t', '\u{200b}', '\u{200e}']) {
                continue;
            }
            let carets = lines[below];
            let from = carets.find(['─', '┬']).map_or(0, |i| carets[..i].width());
            let to = carets.trim_end().width();
            let mut column = 0;
            let under: String = lines[below - 1]
                .chars()
                .filter(|c| {
                    let at = column;
                    let width = unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
                    column += width;
                    from <= at && at + width <= to
                })
                .collect();
            assert_eq!(under, meant, "{}\n{shown}", program.name);
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
}

/// A program that is being typed is read at any moment.
#[test]
fn half_typed_programs_are_answered() {
    for program in programs() {
        let ends = program.text.char_indices().map(|(i, _)| i);
        for end in ends.step_by(7) {
            let mut sources = SourceMap::new();
            let id = sources.add("half.rules", &program.text[..end]);
            let (_, found) = syntax::parse(sources.file(id));
            render::human(&sources, &found, render::Look::default());
        }
    }
}

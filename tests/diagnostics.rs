//! What the checker says about programs, as people read it.

use guanxi::diagnostic::{self, Code, Diagnostic, Severity, codes, fix, render};
use guanxi::lint::{self, Checked};
use guanxi::source::SourceMap;
use guanxi::syntax::{self, ast};

/// Every finding of a workspace of these files: parser, checker, and lints where there is no error.
fn findings(files: &[(&str, &str)]) -> (SourceMap, Vec<Diagnostic>) {
    findings_with(files, false)
}

/// The same; with the lints that run the workspace's tests, if these are asked for.
fn findings_with(files: &[(&str, &str)], tests: bool) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    for (name, text) in files {
        sources.add(*name, *text);
    }
    let mut all = Vec::new();
    let trees: Vec<ast::File> = sources
        .files()
        .iter()
        .map(|f| {
            let (tree, found) = syntax::parse(f);
            all.extend(found);
            tree
        })
        .collect();
    let (program, found) = guanxi::analysis::check(&sources, &trees, "workspace");
    all.extend(found);
    if let Some(program) = &program {
        let checked = Checked {
            program,
            sources: &sources,
            files: &trees,
        };
        all.extend(lint::run(checked, &|_| true));
        if tests {
            all.extend(lint::run_with_tests(checked));
        }
    }
    let ran = |code: &Code, _| program.is_some() && lint::codes().any(|c| c == code);
    let obeyed = lint::obey(&sources, &trees, all, &ran);
    all = obeyed.kept;
    all.extend(obeyed.about);
    diagnostic::sort(&mut all);
    (sources, all)
}

fn human(files: &[(&str, &str)]) -> String {
    let (sources, found) = findings(files);
    render::human(&sources, &found, render::Look::default())
}

#[test]
fn the_first_look_is_correct() {
    let text = include_str!("diagnostics/tea_house.rules");
    assert_eq!(human(&[("tea_house.rules", text)]), "");
}

/// The sample below a heading of a page.
fn sample<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(heading)?;
    let (_, rest) = rest.split_once("```guanxi\n")?;
    Some(rest.split_once("```")?.0)
}

/// What a page need not be free of: what is not evaluated yet, and, unless it is the page's own fault, hints and
/// a campaign's plan, which would make every sample longer.
fn beside_the_point(d: &Diagnostic, page: &str) -> bool {
    let other = d.severity == Severity::Hint || d.code.name == "missing-plan";
    d.code.name != page && (other || d.code == &codes::NOT_YET_EVALUATED)
}

/// The cli finds them: by the formatter, by the workspace's configuration, by running tests.
const ELSEWHERE: &[&str] = &["unformatted"];

#[test]
fn every_page_tells_the_truth() {
    let mut wrong = String::new();
    for code in codes::ALL {
        let bad = sample(code.page, "## Bad");
        let good = sample(code.page, "## Good");
        let (Some(bad), Some(good)) = (bad, good) else {
            wrong += &format!("{}: the page lacks a sample\n", code.name);
            continue;
        };
        let tests = lint::LINTS_WITH_TESTS.iter().any(|l| l.code == *code);
        let (sources, mut found) = findings_with(&[("bad.rules", bad)], tests);
        if *code == &codes::UNFORMATTED {
            let file = &sources.files()[0];
            found.extend(lint::unformatted(file, &syntax::parse(file).0));
        }
        found.retain(|d| !beside_the_point(d, code.name));
        let exactly = !found.is_empty() && found.iter().all(|d| d.code == *code);
        if !exactly && !ELSEWHERE.contains(&code.name) {
            let said = human(&[("bad.rules", bad)]);
            wrong += &format!(
                "{}: the bad sample does not report just this\n{said}\n",
                code.name
            );
        }
        if let Some(fixed) = sample(code.page, "## Fixed") {
            let mended = fix::apply(bad, &found);
            if mended != fixed {
                wrong += &format!("{}: the fixes make of it\n{mended}\n", code.name);
            }
        }
        let (_, found) = findings_with(&[("good.rules", good)], tests);
        if !found.iter().all(|d| beside_the_point(d, code.name)) {
            let said = human(&[("good.rules", good)]);
            wrong += &format!("{}: the good sample is not clean\n{said}\n", code.name);
        }
        assert!(code.page.starts_with(&format!("# {}\n", code.name)));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each file of `tests/diagnostics` and what is said about it.
#[test]
fn messages_read_well() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "rules"))
        .collect();
    files.sort();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("diagnostics/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in files {
            let name = path.file_stem().unwrap().to_string_lossy().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            insta::assert_snapshot!(name.clone(), human(&[(&format!("{name}.rules"), &text)]));
        }
    });
}

/// Issue: twelve different mistakes in three files, each said once and at its place.
#[test]
fn twelve_mistakes_are_twelve_diagnostics() {
    let records = include_str!("diagnostics/twelve/records.rules");
    let attributes = include_str!("diagnostics/twelve/attributes.rules");
    let campaigns = include_str!("diagnostics/twelve/campaigns.rules");
    let (sources, found) = findings(&[
        ("attributes.rules", attributes),
        ("campaigns.rules", campaigns),
        ("records.rules", records),
    ]);
    let mut expected = Vec::new();
    for file in sources.files() {
        for (line, text) in file.text.lines().enumerate() {
            if let Some((_, code)) = text.split_once("# here: ") {
                expected.push(format!("{}:{} {code}", file.name, line + 1));
            }
        }
    }
    let said: Vec<String> = found
        .iter()
        .map(|d| {
            let file = sources.file(d.span.file);
            let line = file.position(d.span.start as usize).line;
            format!("{}:{line} {}", file.name, d.code.name)
        })
        .collect();
    assert_eq!(expected.len(), 12);
    assert_eq!(said, expected, "{}", render::concise(&sources, &found));
}

/// The declarations of a text, apart.
fn declarations(text: &str) -> Vec<&str> {
    let mut sources = SourceMap::new();
    let id = sources.add("all.rules", text);
    let (tree, _) = syntax::parse(sources.file(id));
    let slice = |d: &ast::Declaration| &text[d.span.start as usize..d.span.end as usize];
    tree.declarations.iter().map(slice).collect()
}

/// What is said, wherever it stands.
fn said(files: &[(&str, &str)]) -> Vec<String> {
    let (sources, found) = findings(files);
    let mut all: Vec<String> = found
        .iter()
        .map(|d| format!("{} {} `{}`", d.code.name, d.message, sources.slice(d.span)))
        .collect();
    all.sort();
    all
}

const MANY_MISTAKES: &[&str] = &[
    include_str!("diagnostics/types.rules"),
    include_str!("diagnostics/circles.rules"),
    include_str!("diagnostics/campaigns.rules"),
    include_str!("diagnostics/tables.rules"),
    include_str!("diagnostics/populations.rules"),
    include_str!("diagnostics/tea_house.rules"),
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(40))]

    /// The order of declarations and files means nothing.
    #[test]
    fn order_means_nothing(which in 0..MANY_MISTAKES.len(), seed: u64) {
        let text = MANY_MISTAKES[which];
        let mut parts = declarations(text);
        let mut state = seed | 1;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % below
        };
        for i in (1..parts.len()).rev() {
            parts.swap(i, random(i + 1));
        }
        let cut = random(parts.len() + 1);
        let (a, b) = (parts[..cut].join("\n"), parts[cut..].join("\n"));
        proptest::prop_assert_eq!(said(&[("a.rules", &a), ("b.rules", &b)]), said(&[("all.rules", text)]));
    }

    /// Whatever is written, nothing breaks, and what is said can be shown.
    #[test]
    fn mutations_never_panic(which in 0..MANY_MISTAKES.len(), edits in proptest::collection::vec((0usize..1 << 20, 0usize..12), 1..6)) {
        const WORDS: &[&str] = &["", "and", "(", ")", "customer", "= 3", "is known", "}", "sum of", "purchases", "1 CNY", "\""];
        let mut text = MANY_MISTAKES[which].to_string();
        for (at, word) in edits {
            let words: Vec<(usize, &str)> = text.match_indices(char::is_whitespace).collect();
            let (from, _) = words[at % words.len()];
            let to = text[from + 1..].find(char::is_whitespace).map_or(text.len(), |n| from + 1 + n);
            text.replace_range(from + 1..to, WORDS[word]);
        }
        let (sources, found) = findings(&[("m.rules", &text)]);
        human(&[("m.rules", &text)]);
        render::json(&sources, &found);
        render::concise(&sources, &found);
    }
}

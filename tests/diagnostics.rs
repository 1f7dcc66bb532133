//! What the checker says about programs, as people read it.

use guanxi::diagnostic::{self, Diagnostic, render};
use guanxi::source::SourceMap;
use guanxi::syntax::{self, ast};

/// Every finding of a workspace of these files: parser, checker, and lints where there is no error.
fn findings(files: &[(&str, &str)]) -> (SourceMap, Vec<Diagnostic>) {
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
        all.extend(guanxi::lint::run(program));
    }
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

/// A page may show what is not evaluated yet.
fn pending(d: &Diagnostic) -> bool {
    d.code == &diagnostic::codes::NOT_YET_EVALUATED
}

/// The cli finds it, by the formatter.
const ELSEWHERE: &[&str] = &["unformatted"];

#[test]
fn every_page_tells_the_truth() {
    let mut wrong = String::new();
    for code in diagnostic::codes::ALL {
        let bad = sample(code.page, "## Bad");
        let good = sample(code.page, "## Good");
        let (Some(bad), Some(good)) = (bad, good) else {
            wrong += &format!("{}: the page lacks a sample\n", code.name);
            continue;
        };
        let (_, found) = findings(&[("bad.rules", bad)]);
        let exactly = !found.is_empty() && found.iter().all(|d| d.code == *code || pending(d));
        if !exactly && !ELSEWHERE.contains(&code.name) {
            let said = human(&[("bad.rules", bad)]);
            wrong += &format!("{}: the bad sample does not report just this\n{said}\n", code.name);
        }
        let (_, found) = findings(&[("good.rules", good)]);
        if !found.iter().all(pending) {
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

#[test]
fn scratch() {
    if let Ok(path) = std::env::var("SCRATCH") {
        let text = std::fs::read_to_string(&path).unwrap();
        println!("{}", human(&[("scratch.rules", &text)]));
    }
}

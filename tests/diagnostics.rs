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

#[test]
fn scratch() {
    if let Ok(path) = std::env::var("SCRATCH") {
        let text = std::fs::read_to_string(&path).unwrap();
        println!("{}", human(&[("scratch.rules", &text)]));
    }
}

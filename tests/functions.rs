//! The examples in the functions' manual are true: each line `expression = value` runs as a test of the
//! language.

use guanxi::functions::ALL;
use guanxi::source::SourceMap;
use guanxi::{analysis, syntax, testing};
use std::fmt::Write;

/// A workspace in which every example is a definition, and a test that holds it to its value.
fn workspace(examples: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "workspace \"Functions\" {\n  currency CNY\n  time zone \"UTC\"\n}\nrecord r from \"r\" { id: text key }\n",
    );
    let mut expected = Vec::new();
    for (i, (expression, value)) in examples.iter().enumerate() {
        writeln!(text, "define d{i} for r = {expression}").unwrap();
        expected.push(format!("d{i} = {value}"));
    }
    let expected = expected.join(", ");
    writeln!(
        text,
        "test \"examples\" {{ today is 2026-11-21 given r {{ id: \"1\" }} expect r \"1\": {expected} }}"
    )
    .unwrap();
    text
}

#[test]
fn examples_are_true() {
    for function in ALL {
        let examples: Vec<(&str, &str)> = function
            .docs
            .split("```guanxi\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next())
            .unwrap_or_else(|| panic!("`{}` shows no example", function.name))
            .lines()
            .map(|line| line.rsplit_once(" = ").expect("`expression = value`"))
            .collect();
        let mut sources = SourceMap::new();
        let id = sources.add(function.name, workspace(&examples));
        let (tree, mistakes) = syntax::parse(sources.file(id));
        assert!(mistakes.is_empty(), "{}: {mistakes:?}", function.name);
        let (program, mistakes) = analysis::check(&sources, &[tree], "functions");
        let program = program.unwrap_or_else(|| panic!("{}: {mistakes:?}", function.name));
        let failures = testing::run(&program, &sources, 0).failures;
        assert!(failures.is_empty(), "{}: {failures:?}", function.name);
    }
}

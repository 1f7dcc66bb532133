//! Results of tests as build servers read them.

use super::repository;
use crate::diagnostic::render::annotation;
use crate::diagnostic::render::junit::{Case, Suite, Verdict, document, story};
use crate::source::SourceMap;
use crate::testing::TestResult;

/// JUnit XML: a suite a file, a case a test, in the order of the text.
pub fn junit(sources: &SourceMap, results: &[TestResult]) -> String {
    let sources = repository::named(sources);
    let mut suites: Vec<Suite> = Vec::new();
    for file in sources.files() {
        let cases: Vec<Case> = results
            .iter()
            .filter(|r| r.span.file == file.id)
            .map(|r| case(&sources, r))
            .collect();
        if !cases.is_empty() {
            suites.push(Suite {
                file: file.name.clone(),
                cases,
            });
        }
    }
    document("guanxi test", &suites)
}

/// A case holds one failure, so that each reader sees all of it.
fn case(sources: &SourceMap, result: &TestResult) -> Case {
    let verdict = match result.failures.as_slice() {
        [] => Verdict::Passed,
        [first, others @ ..] => {
            let more = match others.len() {
                0 => String::new(),
                n => format!(" (and {n} more)"),
            };
            let stories: Vec<String> = result.failures.iter().map(|d| story(sources, d)).collect();
            Verdict::Failed {
                kind: first.code.name.into(),
                message: format!("{}{more}", first.message),
                text: stories.join("\n\n"),
            }
        }
    };
    Case {
        name: result.title.clone(),
        verdict,
    }
}

/// A workflow command for each expectation that failed, under its test's title.
pub fn github(sources: &SourceMap, results: &[TestResult]) -> String {
    let sources = repository::named(sources);
    results
        .iter()
        .flat_map(|r| r.failures.iter().map(|d| (&r.title, d)))
        .map(|(title, d)| annotation(&sources, d, &format!("guanxi test: {title}")))
        .collect()
}

//! JUnit XML, which build servers show as tests: a suite a file, a case a finding or a test.
//!
//! It keeps to the elements and attributes that Jenkins' schema has, and states no times.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// The cases of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// The file's name.
    pub file: String,
    pub cases: Vec<Case>,
}

/// One line of a build server's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub name: String,
    pub verdict: Verdict,
}

/// How a case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// Passed, with something to say.
    Noted(String),
    Failed {
        /// The name of a code or a severity.
        kind: String,
        message: String,
        /// The whole story, in lines.
        text: String,
    },
}

/// The findings: a file without any passes, hints do not fail.
pub fn junit(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let list = super::sorted(diagnostics);
    let suites: Vec<Suite> = sources
        .files()
        .iter()
        .map(|file| {
            let mut cases: Vec<Case> = list
                .iter()
                .filter(|d| d.span.file == file.id)
                .map(|d| case(sources, d))
                .collect();
            if cases.is_empty() {
                cases.push(Case {
                    name: "no findings".into(),
                    verdict: Verdict::Passed,
                });
            }
            Suite {
                file: file.name.clone(),
                cases,
            }
        })
        .collect();
    document("guanxi lint", &suites)
}

fn case(sources: &SourceMap, d: &Diagnostic) -> Case {
    let at = sources.file(d.span.file).position(d.span.start as usize);
    let text = story(sources, d);
    let verdict = match d.severity {
        Severity::Hint => Verdict::Noted(text),
        Severity::Error | Severity::Warning => Verdict::Failed {
            kind: d.code.name.into(),
            message: d.message.clone(),
            text,
        },
    };
    Case {
        name: format!("{} at {}:{}", d.code.name, at.line, at.column),
        verdict,
    }
}

/// A finding in lines, its place first.
pub fn story(sources: &SourceMap, d: &Diagnostic) -> String {
    let first = format!("{}: {}", sources.locate(d.span), super::message(d));
    let lines: Vec<String> = std::iter::once(first)
        .chain(super::details(sources, d))
        .collect();
    lines.join("\n")
}

/// A whole report.
pub fn document(name: &str, suites: &[Suite]) -> String {
    let all = || suites.iter().flat_map(|s| &s.cases);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"{}\" {} errors=\"0\">\n",
        attribute(name),
        counts(all())
    ));
    for suite in suites {
        let file = attribute(&suite.file);
        out.push_str(&format!(
            "  <testsuite name=\"{file}\" file=\"{file}\" {} errors=\"0\" skipped=\"0\">\n",
            counts(suite.cases.iter())
        ));
        for case in &suite.cases {
            out.push_str(&element(case, &file));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failures) = (0, 0);
    for case in cases {
        tests += 1;
        failures += usize::from(matches!(case.verdict, Verdict::Failed { .. }));
    }
    format!("tests=\"{tests}\" failures=\"{failures}\"")
}

fn element(case: &Case, file: &str) -> String {
    let inner = match &case.verdict {
        Verdict::Passed => String::new(),
        Verdict::Noted(text) => format!("      <system-out>{}</system-out>\n", content(text)),
        Verdict::Failed {
            kind,
            message,
            text,
        } => format!(
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
            attribute(kind),
            attribute(message),
            content(text)
        ),
    };
    let head = format!(
        "    <testcase name=\"{}\" classname=\"{file}\"",
        attribute(&case.name)
    );
    if inner.is_empty() {
        format!("{head}/>\n")
    } else {
        format!("{head}>\n{inner}    </testcase>\n")
    }
}

/// Text between tags. XML has no way to write most control characters: they are shown as unknown.
fn content(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '\r' => "&#13;".into(),
            '\n' | '\t' => String::from(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}'.into(),
            c => String::from(c),
        })
        .collect()
}

/// Text between quotes, where a reader would make spaces of tabs and line ends.
fn attribute(text: &str) -> String {
    content(text)
        .replace('"', "&quot;")
        .replace('\t', "&#9;")
        .replace('\n', "&#10;")
}

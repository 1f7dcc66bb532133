//! `lint --output-format sarif|github|gitlab|junit`.

use crate::support::{Element, FILES, command, linted, text, told, write, xml};
use guanxi::diagnostic::fingerprint::fingerprints;
use guanxi::diagnostic::{Diagnostic, Severity, codes, render};
use guanxi::source::{SourceMap, Span};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn each_format_as_it_is_read() {
    for format in ["sarif", "github", "gitlab", "junit"] {
        let first = linted(format);
        assert_eq!(first, linted(format), "{format}: the same each time");
        insta::assert_snapshot!(format, without_pages(first));
    }
}

/// A release, and the manual pages, may change without a change of the format.
fn without_pages(text: String) -> String {
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let pages = codes::ALL
        .iter()
        .map(|c| serde_json::json!(c.page).to_string());
    pages.fold(text, |text, page| text.replace(&page, "\"PAGE\""))
}

#[test]
fn nothing_found_is_a_report_too() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.rules", "# Empty.\n")]);
    let clean = |format: &str| {
        let output = command(folder.path())
            .args(["lint", "--output-format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        text(output)
    };
    let sarif: Value = serde_json::from_str(&clean("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(clean("gitlab"), "[]\n");
    assert_eq!(clean("github"), "");
    let junit = xml(&clean("junit"));
    let suite = &junit.children[0];
    assert_eq!(suite.attribute("name"), "a.rules");
    assert_eq!(
        (suite.attribute("tests"), suite.attribute("failures")),
        ("1", "0")
    );
}

/// What SARIF's prose asks for and its schema cannot say.
#[test]
fn sarif_points_at_what_it_says() {
    let log: Value = serde_json::from_str(&linted("sarif")).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{results:#?}");
    let mut used = BTreeSet::new();
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_ne!(rules[index]["id"], rules[index]["name"]);
        used.insert(index);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains([' ', '\\']), "{uri}");
        let (_, content) = FILES.iter().find(|(n, _)| *n == decoded(uri)).unwrap();
        let marked = slice(content, &place["region"]);
        assert!(
            ["消费额", "\"<&'多'>\""].contains(&marked.as_str()),
            "{marked}"
        );
    }
    assert_eq!(used.len(), rules.len(), "only the rules that are used");
    // The label of the other file.
    let other = &results[1]["relatedLocations"][0]["physicalLocation"];
    let uri = other["artifactLocation"]["uri"].as_str().unwrap();
    assert_eq!(decoded(uri), FILES[0].0);
    assert_eq!(slice(FILES[0].1, &other["region"]), "积分");
    // The fix mends the text.
    let replacement = &results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(slice(FILES[1].1, &replacement["deletedRegion"]), "消费额");
    assert_eq!(replacement["insertedContent"]["text"], "消费");
}

/// The text of a region that lies in one line; columns in code points, the end one after the last.
fn slice(text: &str, region: &Value) -> String {
    let at = |name: &str| region[name].as_u64().unwrap() as usize;
    assert_eq!(at("startLine"), at("endLine"));
    let line = text.lines().nth(at("startLine") - 1).unwrap();
    let (from, to) = (at("startColumn") - 1, at("endColumn") - 1);
    line.chars().skip(from).take(to - from).collect()
}

fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(b) = rest.next() {
        if b == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            let digits = std::str::from_utf8(&digits).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
        } else {
            bytes.push(b);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn gitlab_has_the_fields_that_gitlab_reads() {
    let issues: Vec<Value> = serde_json::from_str(&linted("gitlab")).unwrap();
    let mut seen = BTreeSet::new();
    for issue in &issues {
        let word = |name: &str| issue[name].as_str().unwrap().to_owned();
        assert!(!word("description").is_empty());
        assert!(codes::find(&word("check_name")).is_some());
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&word("severity").as_str()));
        assert!(seen.insert(word("fingerprint")), "a fingerprint twice");
        let path = issue["location"]["path"].as_str().unwrap();
        assert!(FILES.iter().any(|(name, _)| *name == path), "{path}");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }
    assert_eq!(issues.len(), 2);
}

#[test]
fn junit_counts_what_it_holds() {
    let root = xml(&linted("junit"));
    assert_eq!(root.name, "testsuites");
    let suites: Vec<&Element> = root.named("testsuite").collect();
    assert_eq!(suites.len(), FILES.len());
    for suite in suites {
        let cases: Vec<&Element> = suite.named("testcase").collect();
        let failed = cases.iter().filter(|c| c.named("failure").next().is_some());
        assert_eq!(suite.attribute("tests"), cases.len().to_string());
        assert_eq!(suite.attribute("failures"), failed.count().to_string());
        let names: BTreeSet<&str> = cases.iter().map(|c| c.attribute("name")).collect();
        assert_eq!(names.len(), cases.len(), "names are different");
    }
    assert_eq!(
        (root.attribute("tests"), root.attribute("failures")),
        ("4", "2")
    );
}

/// Texts that a format could take for its own signs.
fn odd() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let file = sources.add("a,b:c%.rules", "first\nsecond\n");
    let message = "100% of `<a>` & \"b\" ]]> \u{1b}[31m\u{0}\u{fffe}, c::d\r\nnext\tline";
    let over_lines = Diagnostic::new(&codes::SYNTAX, Span::new(file, 0, 12), message)
        .also(Span::new(file, 6, 12), "a 'label'");
    let mut hint = Diagnostic::new(&codes::UNFORMATTED, Span::new(file, 13, 13), "the end");
    hint.severity = Severity::Hint;
    (sources, vec![over_lines, hint])
}

#[test]
fn no_text_breaks_out_of_a_workflow_command() {
    let (sources, found) = odd();
    let text = render::github(&sources, &found);
    assert_eq!(
        text,
        "::error file=a%2Cb%3Ac%25.rules,line=1,endLine=2,title=guanxi%3A syntax::\
         100%25 of `<a>` & \"b\" ]]> \u{fffd}[31m\u{fffd}\u{fffe}, c::d%0D%0Anext\tline\
         %0Aa,b:c%25.rules:2:1: a 'label'\n\
         ::notice file=a%2Cb%3Ac%25.rules,line=3,col=1,endLine=3,endColumn=1,title=guanxi%3A unformatted::\
         the end\n"
    );
}

#[test]
fn no_text_breaks_xml() {
    let (sources, found) = odd();
    let root = xml(&render::junit(&sources, &found));
    let cases = &root.children[0].children;
    let failure = &cases[0].children[0];
    assert_eq!(
        failure.attribute("message"),
        "100% of `<a>` & \"b\" ]]> \u{fffd}[31m\u{fffd}\u{fffd}, c::d\r\nnext\tline"
    );
    assert!(failure.text.contains("]]>"));
    assert_eq!(
        failure.text.lines().last(),
        Some("a,b:c%.rules:2:1: a 'label'")
    );
    // A hint is told, and does not fail.
    assert_eq!(cases[1].children[0].name, "system-out");
    assert_eq!(root.attribute("failures"), "1");
}

#[test]
fn a_fingerprint_outlasts_lines_that_move() {
    let names = |text: &str| {
        let mut sources = SourceMap::new();
        let file = sources.add("a.rules", text);
        let found: Vec<Diagnostic> = text
            .match_indices("bad")
            .map(|(i, _)| {
                let message = format!("at {i}");
                Diagnostic::new(&codes::UNKNOWN_NAME, Span::new(file, i, i + 3), message)
            })
            .collect();
        fingerprints(&sources, &found)
    };
    let before = names("x = bad\ny = bad\n");
    assert_ne!(before[0], before[1]);
    assert_eq!(
        before,
        names("# a line\n\n  x  = bad\n# another\n\ty = bad\n")
    );
    // Alike, and still two.
    let alike = names("x = bad\nx = bad\n");
    assert_eq!(alike[0], before[0]);
    assert_ne!(alike[0], alike[1]);
    assert_ne!(before[0], names("z = bad\n")[0]);
}

/// Where a build server checked the files out decides what their names begin with.
#[test]
fn names_start_at_the_root_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "define x for nobody = yes\n";
    write(
        folder.path(),
        &[("shops/tea/a.rules", rules), ("b/b.rules", rules)],
    );
    let said = |args: &[&str], variable: &str| {
        let output = command(&folder.path().join("shops"))
            .args(["lint", "--output-format", "gitlab"])
            .args(args)
            .env(variable, folder.path())
            .output()
            .unwrap();
        let issues: Value = serde_json::from_str(&text(output)).unwrap();
        issues[0]["location"]["path"].as_str().unwrap().to_owned()
    };
    let absolute = folder.path().join("shops/tea");
    let absolute = absolute.to_str().unwrap();
    for at in ["tea", "./tea/a.rules", absolute] {
        assert_eq!(said(&[at], "CI_PROJECT_DIR"), "shops/tea/a.rules");
        assert_eq!(said(&[at], "GITHUB_WORKSPACE"), "shops/tea/a.rules");
        assert_eq!(said(&[at], "NO_BUILD_SERVER"), "tea/a.rules");
    }
    assert_eq!(said(&["../b"], "NO_BUILD_SERVER"), "../b/b.rules");
    assert_eq!(said(&["../b"], "GITHUB_WORKSPACE"), "b/b.rules");
}

/// `--narrated`, or a terminal that asks for it as miette understands it.
#[test]
fn narration_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), FILES);
    let narrated = |args: &[&str], variable: Option<&str>| {
        let mut command = command(folder.path());
        command.arg("lint").args(args);
        if let Some(value) = variable {
            command.env("NO_GRAPHICS", value);
        }
        let shown = text(command.output().unwrap());
        let drawn = shown.contains('╭');
        assert_ne!(
            drawn,
            shown.contains("Diagnostic severity: error"),
            "{shown}"
        );
        assert!(shown.contains("`顾客` has no `消费额`"), "{shown}");
        !drawn
    };
    assert!(narrated(&["--narrated"], None));
    assert!(narrated(&[], Some("1")));
    assert!(!narrated(&[], Some("0")));
    assert!(!narrated(&[], Some("")));
    assert!(!narrated(&[], None));
}

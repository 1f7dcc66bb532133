//! Links lead somewhere: those of the README, the changes and the guide. Every page is in the guide's contents.

mod markdown;

use markdown::{name, pages, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// The text of a page without its samples, line by line.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut sample = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            sample = !sample;
        } else if !sample {
            found.push((number + 1, line));
        }
    }
    found
}

/// A line without what stands in back-quotes.
fn plain(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// What the links of a line lead to: `[text](target)`.
fn targets(line: &str) -> Vec<String> {
    let rest = plain(line);
    let found = rest.match_indices("](");
    found
        .filter_map(|(at, _)| {
            let rest = &rest[at + 2..];
            Some(rest[..rest.find(')')?].to_owned())
        })
        .collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them: small letters, `-` for each space,
/// other marks gone, a number where one is there already.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for (_, line) in prose(text) {
        let heading = line.trim_start_matches('#');
        if heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().chars().filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        });
        let anchor: String = kept.flat_map(char::to_lowercase).collect();
        let seen = times.entry(anchor.clone()).or_default();
        found.insert(match *seen {
            0 => anchor,
            n => format!("{anchor}-{n}"),
        });
        *seen += 1;
    }
    found
}

/// The path that a link of a page leads to.
fn lead(page: &Path, target: &str) -> PathBuf {
    let mut path = page.parent().expect("a folder").to_path_buf();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => _ = path.pop(),
            part => path.push(part),
        }
    }
    path
}

/// What is wrong with a link.
fn fault(page: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => page.to_path_buf(),
        file => lead(page, file),
    };
    if !path.exists() {
        return Some("leads nowhere".to_owned());
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let known = anchor.is_empty() || anchors(&text).contains(anchor);
    (!known).then(|| format!("`{}` has no such heading", name(&path)))
}

#[test]
fn every_link_leads_somewhere() {
    let mut all = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    all.extend(pages(&root().join("docs")));
    all.extend(pages(&root().join("examples")));
    let mut faults = Vec::new();
    let mut links = 0;
    for page in &all {
        let text = std::fs::read_to_string(page).expect("a page");
        for (number, line) in prose(&text) {
            for target in targets(line) {
                links += 1;
                if let Some(fault) = fault(page, &target) {
                    faults.push(format!("{}:{number}: ({target}) {fault}", name(page)));
                }
            }
        }
    }
    assert!(links > 300, "only {links} links were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_is_in_the_contents() {
    let contents = root().join("docs/SUMMARY.md");
    let text = std::fs::read_to_string(&contents).expect("the contents");
    let mut listed = Vec::new();
    for target in text.lines().flat_map(targets) {
        listed.push(lead(&contents, &target));
    }
    let set: BTreeSet<&PathBuf> = listed.iter().collect();
    assert_eq!(set.len(), listed.len(), "a page is listed twice");
    let all = pages(&root().join("docs"));
    let left: Vec<String> = all
        .iter()
        .filter(|p| **p != contents && !set.contains(p))
        .map(|p| name(p))
        .collect();
    assert!(left.is_empty(), "not in docs/SUMMARY.md: {left:?}");
}

/// A question is answered by a program and by a test that proves it.
#[test]
fn every_recipe_has_its_proof() {
    let page = root().join("docs/recipes.md");
    let text = std::fs::read_to_string(page).expect("the page");
    let recipes: Vec<&str> = text.split("\n### ").skip(1).collect();
    assert!(recipes.len() >= 50, "{} recipes", recipes.len());
    for recipe in recipes {
        let question = recipe.lines().next().unwrap_or_default();
        assert!(question.ends_with('?'), "{question}");
        let samples = markdown::fences(recipe);
        assert!(
            samples.iter().any(|s| s.text().contains("\ntest \"")),
            "{question}: no test proves it"
        );
        let told = prose(recipe);
        let told = told.iter().skip(1).filter(|(_, line)| !line.is_empty());
        assert!(told.count() > 0, "{question}: not a word on it");
    }
}

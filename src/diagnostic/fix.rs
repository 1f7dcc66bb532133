//! Applies fixes to texts: the one engine for all of them.
//!
//! [`apply`] is one round over one text. [`mend`] goes on, round after round, until there is nothing left to
//! mend, and takes back what would do harm.

use super::{Code, Diagnostic, Edit, Fix, Severity, codes, codes::Reporter};
use crate::source::{FileId, SourceMap, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Which fixes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Safe,
    All,
}

impl Wanted {
    pub fn takes(self, fix: &Fix) -> bool {
        fix.safe || self == Wanted::All
    }
}

/// A fix that is in the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// `name:line:column`, in the text as it was when the fix was applied.
    pub place: String,
    pub code: &'static Code,
    /// What was done: the fix's own words.
    pub message: String,
    pub safe: bool,
}

/// What came of mending.
#[derive(Debug)]
pub struct Mended {
    pub sources: SourceMap,
    /// In the order in which they were applied.
    pub applied: Vec<Applied>,
    /// Fixes that would have done no good, or harm; not applied.
    pub refused: usize,
    /// What is still found.
    pub left: Vec<Diagnostic>,
}

/// Rounds beyond which fixes only undo each other.
const ROUNDS: usize = 32;

/// Applies the fixes of `found`, asks `find` what is found then, and so on until none is left. Of two that
/// overlap, the second waits for the next round; layout waits until all others are done.
///
/// What does no good is left out: each fix must make its finding go away, and a round may make neither more
/// errors of the checker nor, with as many of these, more findings.
pub fn mend<E>(
    sources: SourceMap,
    found: Vec<Diagnostic>,
    wanted: Wanted,
    mut find: impl FnMut(&SourceMap) -> Result<Vec<Diagnostic>, E>,
) -> Result<Mended, E> {
    let mut now = Mended {
        sources,
        applied: Vec::new(),
        refused: 0,
        left: found,
    };
    let mut refused = BTreeSet::new();
    for _ in 0..ROUNDS {
        let batch = batch(&now, wanted, &refused);
        if batch.is_empty() {
            break;
        }
        if let Some(better) = attempt(&now, &batch, &mut find)? {
            now = better;
            continue;
        }
        let before = refused.len();
        for one in &batch {
            if attempt(&now, &[*one], &mut find)?.is_none() {
                refused.insert(key(&now.sources, &now.left[*one]));
            }
        }
        if refused.len() == before {
            // Each does good alone, but not all together: the first now, the others in the rounds to come.
            match attempt(&now, &batch[..1], &mut find)? {
                Some(better) => now = better,
                None => break,
            }
        }
    }
    now.refused = refused.len();
    Ok(now)
}

/// The places in `now.left` of fixes that can be applied together.
fn batch(now: &Mended, wanted: Wanted, refused: &BTreeSet<Key>) -> Vec<usize> {
    let takes = |i: &usize| {
        let d = &now.left[*i];
        let fix = d.fix.as_ref().filter(|f| wanted.takes(f));
        fix.is_some_and(|f| fits(&now.sources, f)) && !refused.contains(&key(&now.sources, d))
    };
    let (layout, others): (Vec<usize>, Vec<usize>) = (0..now.left.len())
        .filter(takes)
        .partition(|i| now.left[*i].code == &codes::UNFORMATTED);
    let mut batch = Vec::new();
    let mut edits: Vec<&Edit> = Vec::new();
    for i in others {
        let new = edits_of(&now.left[i]);
        if new.iter().all(|e| edits.iter().all(|t| apart(t, e))) {
            edits.extend(new);
            batch.push(i);
        }
    }
    let touched: BTreeSet<FileId> = edits.iter().map(|e| e.span.file).collect();
    batch.extend(
        layout
            .into_iter()
            .filter(|i| !touched.contains(&now.left[*i].span.file)),
    );
    batch
}

/// The state after these fixes; `None` where they do harm or change nothing.
fn attempt<E>(
    now: &Mended,
    batch: &[usize],
    find: &mut impl FnMut(&SourceMap) -> Result<Vec<Diagnostic>, E>,
) -> Result<Option<Mended>, E> {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in batch.iter().flat_map(|i| edits_of(&now.left[*i])) {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let mut texts = BTreeMap::new();
    for (file, edits) in by_file {
        let old = &now.sources.file(file).text;
        let new = edited(old, edits);
        if **old != *new {
            texts.insert(file, new);
        }
    }
    if texts.is_empty() {
        return Ok(None);
    }
    let sources = now.sources.with_texts(texts);
    let left = find(&sources)?;
    let idle = batch.iter().any(|i| {
        let d = &now.left[*i];
        let mended = batch.iter().filter(|j| alike(&now.left[**j], d)).count();
        let count = |list: &[Diagnostic]| list.iter().filter(|o| alike(o, d)).count();
        count(&left) + mended > count(&now.left)
    });
    if idle || worse(&now.left, &left) {
        return Ok(None);
    }
    let mut applied = now.applied.clone();
    applied.extend(batch.iter().filter_map(|i| {
        let d = &now.left[*i];
        let fix = d.fix.as_ref()?;
        Some(Applied {
            place: now.sources.locate(d.span),
            code: d.code,
            message: fix.message.clone(),
            safe: fix.safe,
        })
    }));
    Ok(Some(Mended {
        sources,
        applied,
        refused: 0,
        left,
    }))
}

/// Whether two findings, perhaps of different rounds, say the same.
fn alike(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.span.file == b.span.file && a.message == b.message
}

fn edits_of(d: &Diagnostic) -> &[Edit] {
    d.fix.as_ref().map_or(&[], |f| &f.edits)
}

/// Whether the second list is worse than the first. A program that has become one at last may be met by lints
/// that could not look at it before.
fn worse(before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let count = |list: &[Diagnostic], of: &dyn Fn(&Diagnostic) -> bool| {
        list.iter().filter(|d| of(d)).count()
    };
    let checker = |d: &Diagnostic| d.code.reporter == Reporter::Checker;
    let syntax = |d: &Diagnostic| d.code == &codes::SYNTAX;
    let errors = |d: &Diagnostic| d.severity == Severity::Error;
    let (was, is) = (count(before, &checker), count(after, &checker));
    is > was
        || count(after, &syntax) > count(before, &syntax)
        || is == was
            && (after.len() > before.len() || count(after, &errors) > count(before, &errors))
}

/// What stays the same of a finding when its place moves.
type Key = (&'static str, FileId, String, String);

fn key(sources: &SourceMap, d: &Diagnostic) -> Key {
    (
        d.code.name,
        d.span.file,
        d.message.clone(),
        sources.slice(d.span).to_owned(),
    )
}

/// Whether every edit lies in its text, and none upon another.
fn fits(sources: &SourceMap, fix: &Fix) -> bool {
    let known = |e: &Edit| (e.span.file.0 as usize) < sources.files().len();
    let inside = |e: &Edit| {
        let text = &sources.file(e.span.file).text;
        text.get(range(e.span)).is_some()
    };
    let clear = |i: usize, e: &Edit| fix.edits[..i].iter().all(|t| disjoint(t.span, e.span));
    let mut edits = fix.edits.iter().enumerate();
    edits.all(|(i, e)| known(e) && inside(e) && clear(i, e))
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}

/// The text with the fixes of all findings in it, safe or not. Of two that overlap, the first in the list is
/// applied. All findings and edits are of this text's file.
pub fn apply(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut edits: Vec<&Edit> = Vec::new();
    for fix in diagnostics.iter().filter_map(|d| d.fix.as_ref()) {
        let free =
            |e: &Edit| text.get(range(e.span)).is_some() && edits.iter().all(|t| apart(t, e));
        if fix.edits.iter().all(free) {
            edits.extend(&fix.edits);
        }
    }
    edited(text, edits)
}

/// The text with edits of it that lie apart. New lines end as the text's first line does.
fn edited(text: &str, mut edits: Vec<&Edit>) -> String {
    let windows = text.find('\n').is_some_and(|i| text[..i].ends_with('\r'));
    edits.sort_by_key(|e| std::cmp::Reverse((e.span.start, e.span.end)));
    let mut out = text.to_owned();
    for edit in edits {
        if windows {
            let lines = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
            out.replace_range(range(edit.span), &lines);
        } else {
            out.replace_range(range(edit.span), &edit.text);
        }
    }
    out
}

/// Whether neither touches what the other replaces, nor both put something in the same place.
fn apart(a: &Edit, b: &Edit) -> bool {
    let same_place = a.span.is_empty() && b.span.is_empty() && a.span == b.span;
    disjoint(a.span, b.span) && !same_place
}

fn disjoint(a: Span, b: Span) -> bool {
    a.file != b.file || a.end <= b.start || b.end <= a.start
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn finding(span: (usize, usize), text: &str, safe: bool) -> Diagnostic {
        let span = Span::new(FileId(0), span.0, span.1);
        let mut d = Diagnostic::new(&codes::UNUSED_DEFINITION, span, "m").fix("f", span, text);
        if let Some(fix) = &mut d.fix {
            fix.safe = safe;
        }
        d
    }

    fn sources(text: &str) -> SourceMap {
        let mut sources = SourceMap::new();
        sources.add("a.rules", text);
        sources
    }

    /// Every `a` should be a `b`; of two side by side, both edits touch the first.
    fn find(sources: &SourceMap) -> Result<Vec<Diagnostic>, Infallible> {
        let text = &sources.files()[0].text;
        let places = text.match_indices('a').map(|(i, _)| i);
        Ok(places
            .map(|i| {
                let from = if text[..i].ends_with('a') { i - 1 } else { i };
                finding((from, i + 1), if from < i { "ab" } else { "b" }, true)
            })
            .collect())
    }

    #[test]
    fn what_overlaps_waits_for_the_next_round() {
        let start = sources("aa-a");
        let found = find(&start).unwrap();
        let mended = mend(start, found, Wanted::Safe, find).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "bb-b");
        assert_eq!((mended.applied.len(), mended.left.len()), (3, 0));
    }

    #[test]
    fn what_does_harm_is_left_out() {
        // `x` is a mistake of the checker.
        let find = |s: &SourceMap| -> Result<Vec<Diagnostic>, Infallible> {
            let text = &s.files()[0].text;
            let mut found = Vec::new();
            for (i, c) in text.char_indices() {
                match c {
                    'a' => found.push(finding((i, i + 1), "x", true)),
                    'c' => found.push(finding((i, i + 1), "d", true)),
                    'x' => found.push(Diagnostic::new(
                        &codes::SYNTAX,
                        Span::new(FileId(0), i, i + 1),
                        "bad",
                    )),
                    _ => {}
                }
            }
            Ok(found)
        };
        let start = sources("ac");
        let found = find(&start).unwrap();
        let mended = mend(start, found, Wanted::Safe, find).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "ad");
        assert_eq!((mended.applied.len(), mended.refused), (1, 1));
    }

    #[test]
    fn what_does_not_help_is_left_out() {
        let find = |s: &SourceMap| -> Result<Vec<Diagnostic>, Infallible> {
            let end = s.files()[0].text.len();
            Ok(vec![finding((end, end), "!", true)])
        };
        let start = sources("a");
        let found = find(&start).unwrap();
        let mended = mend(start, found, Wanted::Safe, find).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "a");
        assert_eq!((mended.applied.len(), mended.refused), (0, 1));
    }

    #[test]
    fn unsafe_ones_only_when_asked_for() {
        let found = vec![finding((0, 1), "x", false)];
        let none = |_: &SourceMap| Ok::<_, Infallible>(Vec::new());
        let mended = mend(sources("ab"), found.clone(), Wanted::Safe, none).unwrap();
        assert_eq!((mended.applied.len(), mended.left.len()), (0, 1));
        let mended = mend(sources("ab"), found, Wanted::All, none).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "xb");
    }

    #[test]
    fn of_two_that_put_something_in_one_place_the_first_is_applied() {
        let found = vec![finding((1, 1), "x", true), finding((1, 1), "y", true)];
        assert_eq!(apply("ab", &found), "axb");
    }

    #[test]
    fn layout_waits_for_the_others() {
        // What is mended must be laid out too: its layout as it was found is of no use then.
        let find = |s: &SourceMap| -> Result<Vec<Diagnostic>, Infallible> {
            let text = &s.files()[0].text;
            let mut found = Vec::new();
            found.extend(text.find('a').map(|i| finding((i, i + 1), "b ", true)));
            if text.contains(' ') {
                let all = Span::new(FileId(0), 0, text.len());
                let d = Diagnostic::new(&codes::UNFORMATTED, all, "layout");
                found.push(d.fix("lay out", all, text.replace(' ', "")));
            }
            Ok(found)
        };
        let start = sources("x a");
        let found = find(&start).unwrap();
        let mended = mend(start, found, Wanted::Safe, find).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "xb");
        assert_eq!((mended.applied.len(), mended.refused), (2, 0));
    }

    #[test]
    fn a_fix_that_trades_hints_for_errors_is_left_out() {
        let find = |s: &SourceMap| -> Result<Vec<Diagnostic>, Infallible> {
            let mut found = find(s)?;
            for d in &mut found {
                d.severity = Severity::Hint;
            }
            if s.files()[0].text.contains('b') {
                let span = Span::new(FileId(0), 0, 1);
                let mut d = Diagnostic::new(&codes::NEVER_FIRES, span, "never");
                d.severity = Severity::Error;
                found.push(d);
            }
            Ok(found)
        };
        let start = sources("a");
        let found = find(&start).unwrap();
        let mended = mend(start, found, Wanted::Safe, find).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "a");
        assert_eq!(mended.refused, 1);
    }

    #[test]
    fn lines_end_as_they_did_and_nonsense_is_ignored() {
        let none = |_: &SourceMap| Ok::<_, Infallible>(Vec::new());
        let found = vec![finding((3, 3), "x\n", true), finding((90, 99), "y", true)];
        let mended = mend(sources("a\r\nb"), found, Wanted::Safe, none).unwrap();
        assert_eq!(&*mended.sources.files()[0].text, "a\r\nx\r\nb");
    }
}

//! Where declarations begin, and which braces are missing.

use super::names::is_reserved;
use super::prepare::{Bracket, Prepared};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{SourceFile, Span};
use std::ops::Range;

/// The words that begin a declaration.
pub const DECLARATIONS: &[&str] = &[
    "workspace",
    "record",
    "define",
    "segment",
    "tiers",
    "stages",
    "score",
    "table",
    "occasion",
    "message",
    "channel",
    "action",
    "campaign",
    "figure",
    "account",
    "exclusive",
    "budget",
    "at",
    "pause",
    "hold",
    "test",
];

/// Whether `word`, with `rest` after it, begins a declaration rather than going on with an expression.
pub fn begins_declaration(word: &str, rest: &str) -> bool {
    if !DECLARATIONS.contains(&word) {
        return false;
    }
    let rest = rest.trim_start();
    match word {
        "exclusive" | "budget" => rest.starts_with(['(', '（']),
        "at" => is_shared_cap(rest),
        "workspace" | "test" => rest.starts_with(['"', '“', '\'', '‘', '{']),
        "hold" => rest.starts_with("out"),
        _ => {
            let next = rest
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next()
                .unwrap_or("");
            let named = rest.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '`');
            named
                && !is_reserved(next)
                && !matches!(next, "starts" | "ends" | "rose" | "fell" | "as")
        }
    }
}

/// `most (a, b`: a list, which the number of an `at most` in a campaign is not.
fn is_shared_cap(rest: &str) -> bool {
    let list = rest.strip_prefix("most").map(str::trim_start);
    let list = list.and_then(|l| l.strip_prefix(['(', '（']));
    list.is_some_and(|list| {
        let other = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '`' | ' '));
        let end = list.find(other).unwrap_or(list.len());
        let named = !list.trim_start().starts_with(|c: char| c.is_ascii_digit());
        named && list[end..].starts_with([',', '，', '、', ')', '）'])
    })
}

/// A brace that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    /// Of its line.
    line: usize,
    indent: usize,
}

/// What to do to the text so that its braces balance.
#[derive(Default)]
struct Mend {
    /// A `}` is missing before the offset, for the brace opened at the second.
    missing: Vec<(usize, usize)>,
    /// A `}` too many.
    extra: Vec<usize>,
}

/// Adds the braces that are missing and blanks those too many, going by indentation, and reports each.
pub fn balance(prepared: &mut Prepared, file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) {
    let count = |mark: u8| prepared.brackets.iter().filter(|b| b.mark == mark).count();
    let (opened, closed) = (count(b'{'), count(b'}'));
    let mut depth = 0i64;
    let never_below = prepared.brackets.iter().all(|b| {
        depth += match b.mark {
            b'{' => 1,
            b'}' => -1,
            _ => 0,
        };
        depth >= 0
    });
    if opened == closed && never_below {
        return;
    }
    if closed > opened
        && let Some(at) = given_without_brace(prepared)
    {
        let span = prepared.map.span(file.id, at, at);
        let diagnostic = Diagnostic::new(
            &codes::SYNTAX,
            span,
            "a `{` is missing before the fields of this row",
        )
        .unsafe_fix("put a `{` before them", span, "{ ");
        diagnostics.push(diagnostic);
        prepared.insert_brace(at, b'{');
        return balance(prepared, file, diagnostics);
    }
    if closed > opened
        && let Some((at, head)) = headless(prepared)
    {
        let written = prepared.text[..at].trim_end().len();
        let span = prepared.map.span(file.id, written, written);
        let diagnostic = Diagnostic::new(
            &codes::SYNTAX,
            span,
            format!("a `{{` is missing at the end of this line: it begins a {head}"),
        )
        .unsafe_fix("put a `{` there", span, " {");
        diagnostics.push(diagnostic);
        prepared.insert_brace(at, b'{');
        return balance(prepared, file, diagnostics);
    }
    let mend = find_mend(prepared, closed > opened);
    let span = |at: usize| prepared.map.span(file.id, at, at + 1);
    for &at in &mend.extra {
        let diagnostic = Diagnostic::new(&codes::SYNTAX, span(at), "this `}` closes nothing")
            .unsafe_fix("remove it", span(at), "");
        diagnostics.push(diagnostic);
    }
    for &(at, open) in &mend.missing {
        let place = if at < prepared.text.len() {
            span(at)
        } else {
            let written = file.text.trim_end().len();
            Span::new(file.id, written, written)
        };
        let message = if at < prepared.text.len() {
            "a `}` is missing before this"
        } else {
            "a `}` is missing at the end"
        };
        diagnostics.push(
            Diagnostic::new(&codes::SYNTAX, place, message)
                .also(span(open), "this `{` is not closed"),
        );
    }
    for &at in &mend.extra {
        prepared.blank(at..at + 1);
    }
    for &(at, _) in mend.missing.iter().rev() {
        prepared.insert_brace(at, b'}');
    }
}

/// `too_many`: there are more `}` than `{`.
fn find_mend(prepared: &Prepared, too_many: bool) -> Mend {
    let mut mend = Mend::default();
    let mut open: Vec<Open> = Vec::new();
    let mut lines = prepared.lines.iter().peekable();
    let (mut indent, mut line_at) = (0, 0);
    let mut surplus = too_many;
    for bracket in prepared
        .brackets
        .iter()
        .filter(|b| matches!(b.mark, b'{' | b'}'))
    {
        let mut first_on_line = false;
        while let Some(line) = lines.next_if(|l| l.at <= bracket.at) {
            (indent, line_at) = (line.indent, line.at);
            first_on_line = line.at == bracket.at;
            if indent == 0 && !open.is_empty() && starts_declaration(prepared, line.at) {
                mend.missing
                    .extend(open.drain(..).rev().map(|o| (line.at, o.at)));
            }
        }
        if bracket.mark == b'{' {
            // What begins at the same depth as a block that is open ends it.
            while !too_many
                && open.len() > 1
                && open
                    .last()
                    .is_some_and(|o| o.indent >= indent && o.line != line_at)
            {
                mend.missing.extend(open.pop().map(|o| (line_at, o.at)));
            }
            open.push(Open {
                at: bracket.at,
                line: line_at,
                indent,
            });
            continue;
        }
        // A brace on a line of its own stands under the line that it closes.
        if first_on_line && !too_many {
            while open.len() > 1
                && open[open.len() - 1].indent > indent
                && open.iter().any(|o| o.indent == indent)
            {
                if let Some(o) = open.pop() {
                    mend.missing.push((bracket.at, o.at));
                }
            }
        }
        let closing = prepared.text[line_at..].starts_with('}');
        // `given … } }`: the second one closes what was opened in a line above, and stands deeper.
        let before = prepared.text[line_at..bracket.at].trim_end();
        let doubled = |o: &Open| closing || before.ends_with('}') && o.line != line_at;
        let stray = surplus && open.last().is_some_and(|o| o.indent < indent && doubled(o));
        if open.is_empty() || stray {
            surplus = false;
            mend.extra.push(bracket.at);
        } else {
            open.pop();
        }
    }
    for line in lines {
        if line.indent == 0 && !open.is_empty() && starts_declaration(prepared, line.at) {
            mend.missing
                .extend(open.drain(..).rev().map(|o| (line.at, o.at)));
        }
    }
    let end = prepared.text.len();
    mend.missing
        .extend(open.drain(..).rev().map(|o| (end, o.at)));
    mend
}

/// Where the fields of a `given` begin that has no `{` before them.
fn given_without_brace(prepared: &Prepared) -> Option<usize> {
    prepared.lines.iter().find_map(|line| {
        let text = prepared.text[line.at..].split('\n').next()?;
        let rest = text.strip_prefix("given ")?;
        let record = first_word(rest.trim_start());
        let fields = rest.trim_start()[record.len()..].trim_start();
        let field = first_word(fields);
        let named = !field.is_empty() && fields[field.len()..].trim_start().starts_with(':');
        named.then(|| line.at + text.len() - fields.len())
    })
}

/// The end of a line that begins a block, has no `{`, and is followed by a line that stands deeper.
fn headless(prepared: &Prepared) -> Option<(usize, &'static str)> {
    const HEADS: [&str; 10] = [
        "campaign",
        "rule",
        "record",
        "channel",
        "test",
        "score",
        "stages",
        "table",
        "workspace",
        "message",
    ];
    prepared.lines.windows(2).find_map(|pair| {
        let (line, next) = (pair[0], pair[1]);
        let text = &prepared.text[line.at..next.at];
        let word = first_word(text);
        let head = HEADS.iter().find(|h| **h == word)?;
        let named = text[word.len()..].trim_start();
        let names = !named.starts_with([':', '=', '(']) && !named.is_empty();
        let open = text.contains('{') || prepared.text[next.at..].starts_with('{');
        let end = line.at + text.split('\n').next().unwrap_or(text).trim_end().len();
        // On the line feed, so that what follows keeps its place.
        (names && !open && next.indent > line.indent).then_some((end, *head))
    })
}

fn starts_declaration(prepared: &Prepared, at: usize) -> bool {
    let rest = &prepared.text[at..];
    let word = first_word(rest);
    // Clauses of a campaign or channel that are spelled like declarations.
    !matches!(word, "hold" | "budget" | "at") && begins_declaration(word, &rest[word.len()..])
}

pub fn first_word(rest: &str) -> &str {
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    &rest[..end]
}

/// The text cut where declarations begin: at their word at the start of a line outside braces, and after
/// the brace that closes one. Every byte lies in one chunk. INVARIANT: braces balance.
pub fn chunks(prepared: &Prepared) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    let mut depth = 0usize;
    let mut braces = prepared
        .brackets
        .iter()
        .filter(|b| matches!(b.mark, b'{' | b'}'))
        .peekable();
    let mut step = |b: &Bracket, cuts: &mut Vec<usize>| {
        if b.mark == b'{' {
            depth += 1;
        } else {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                cuts.push(b.at + 1);
            }
        }
        depth
    };
    let mut now = 0;
    for line in &prepared.lines {
        while let Some(b) = braces.next_if(|b| b.at < line.at) {
            now = step(b, &mut cuts);
        }
        let rest = &prepared.text[line.at..];
        let word = first_word(rest);
        if now == 0 && begins_declaration(word, &rest[word.len()..]) {
            cuts.push(line.at);
        }
    }
    for b in braces {
        step(b, &mut cuts);
    }
    cuts.push(prepared.text.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|w| w[0]..w[1])
        .filter(|r| !prepared.text[r.clone()].trim().is_empty())
        .collect()
}

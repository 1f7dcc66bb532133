//! Goes on after a mistake: the smallest item around it is blanked and the rest is parsed again, so that
//! one run reports every mistake.

use super::ast::{Broken, Declaration};
use super::build::Builder;
use super::chunks::first_word;
use super::expected::Failure;
use super::names::names_in;
use super::prepare::{Bracket, DEEPEST, Prepared};
use super::{Grammar, Rule};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::SourceFile;
use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use std::ops::Range;

/// Mistakes in one declaration after which the rest of it is given up.
const MOST_MISTAKES: usize = 40;

/// What the parsing of one chunk gives.
pub struct Recovery<'a> {
    pub file: &'a SourceFile,
    pub prepared: &'a Prepared,
    pub diagnostics: Vec<Diagnostic>,
    pub declarations: Vec<Declaration>,
    pub broken: Vec<Broken>,
}

fn place(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    }
}

impl Recovery<'_> {
    /// Parses without recovery; false, and nothing changed, if that fails.
    pub fn straight(&mut self, range: Range<usize>) -> bool {
        let Ok(pairs) = Grammar::parse(Rule::chunk, &self.prepared.text[range.clone()]) else {
            return false;
        };
        self.build(range.start, pairs);
        true
    }

    fn build(&mut self, base: usize, pairs: pest::iterators::Pairs<'_, Rule>) {
        let mut builder = Builder {
            file: self.file,
            map: &self.prepared.map,
            base,
            comments: &self.prepared.comments,
            diagnostics: &mut self.diagnostics,
        };
        let declarations = builder.chunk(pairs);
        self.declarations.extend(declarations);
    }

    /// Parses a chunk, blanking what does not fit.
    pub fn chunk(&mut self, range: Range<usize>) {
        if let Some(&deep) = self.prepared.too_deep.iter().find(|d| range.contains(d)) {
            self.too_deep(deep);
            self.break_off(range);
            return;
        }
        let mut text = self.prepared.text[range.clone()].to_string();
        for _ in 0..MOST_MISTAKES {
            let error = match Grammar::parse(Rule::chunk, &text) {
                Ok(pairs) => {
                    self.build(range.start, pairs);
                    return;
                }
                Err(error) => error,
            };
            let Some(at) = self.report(&error, &text, range.start) else {
                break;
            };
            match self.blank(&text, at, range.clone()) {
                Some((mended, gone)) => {
                    self.break_off(range.start + gone.start..range.start + gone.end);
                    text = mended;
                }
                None => {
                    // The braces of a text's placeholders are no block.
                    if !text[at..].starts_with('"') {
                        self.headless(&text, range.clone());
                    }
                    break;
                }
            }
        }
        self.break_off(range);
    }

    fn too_deep(&mut self, at: usize) {
        let end = self.prepared.text[at..]
            .chars()
            .next()
            .map_or(at, |c| at + c.len_utf8());
        let span = self.prepared.map.span(self.file.id, at, end);
        self.diagnostics.push(
            Diagnostic::new(
                &codes::SYNTAX,
                span,
                format!("this is nested more than {DEEPEST} deep"),
            )
            .help("give the inner parts names with `define`"),
        );
    }

    /// Says what is wrong; gives the place, or `None` if the parser itself gave up.
    fn report(&mut self, error: &Error<Rule>, text: &str, base: usize) -> Option<usize> {
        let at = place(error).min(text.len());
        let at = text[at..]
            .find(|c: char| !c.is_whitespace())
            .map_or(text.len(), |i| at + i);
        let (at, misread) = match value_missing(text, at) {
            Some(line) => (line, true),
            None => (at, false),
        };
        let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
            let span = self.prepared.map.span(self.file.id, base + at, base + at);
            self.diagnostics.push(Diagnostic::new(
                &codes::SYNTAX,
                span,
                "this is too large or too deep to read",
            ));
            return None;
        };
        let failure = Failure {
            file: self.file,
            map: &self.prepared.map,
            base,
            text,
            at,
            wanted: if misread {
                vec![Rule::expr]
            } else {
                positives.clone()
            },
        };
        let stranger = text[..at].trim().is_empty();
        let diagnostic = failure.diagnostic();
        if stranger {
            // Habits in what is no program at all are beside the point.
            let chunk = self
                .prepared
                .map
                .span(self.file.id, base, base + text.len());
            self.diagnostics
                .retain(|d| d.code != &codes::FOREIGN_NOTATION || !chunk.contains(d.span));
        }
        self.diagnostics.push(diagnostic);
        Some(at)
    }

    fn break_off(&mut self, range: Range<usize>) {
        let text = &self.prepared.text[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        let end = range.start + text.trim_end().len();
        let span = self.prepared.map.span(self.file.id, start, end.max(start));
        self.broken.push(Broken {
            span,
            names: names_in(self.file.slice(span)),
        });
    }

    /// The text without the item around `at`, such that it parses further, and the stretch that went.
    fn blank(&self, text: &str, at: usize, range: Range<usize>) -> Option<(String, Range<usize>)> {
        let brackets: Vec<Bracket> = self
            .prepared
            .brackets
            .iter()
            .filter(|b| range.contains(&b.at))
            .map(|b| Bracket {
                at: b.at - range.start,
                mark: b.mark,
            })
            .filter(|b| text.as_bytes().get(b.at) == Some(&b.mark))
            .collect();
        let lines: Vec<usize> = self
            .prepared
            .lines
            .iter()
            .map(|l| l.at)
            .filter(|l| range.contains(l))
            .map(|l| l - range.start)
            .collect();
        let chunk = first_word(text.trim_start());
        for block in blocks_around(&brackets, at) {
            let kind = kind_of(text, block.start, chunk);
            if kind.is_none() {
                continue;
            }
            let items = items_of(text, &lines, &brackets, &block, kind.unwrap_or(""));
            let mut tries = candidates(text, &items, &block, at);
            // A block where none belongs goes as a whole.
            if let Some(end) = block_at(text, &brackets, at).filter(|_| !items.contains(&at)) {
                tries.insert(0, at..end);
            }
            // Several broken items in a row: look past the next ones too, but only if nothing simpler helps.
            let ends: Vec<usize> = items.iter().copied().chain([block.end]).collect();
            for reach in [0, 4] {
                if reach > 0 {
                    // Then the item at the place itself is the likelier culprit.
                    tries.sort_by_key(|t| t.start != at);
                }
                for gone in &tries {
                    if text[gone.clone()].trim().is_empty() {
                        continue;
                    }
                    let mended = without(text, gone.clone());
                    if parses_beyond(&mended, gone.end, &ends, reach) {
                        return Some((mended, gone.clone()));
                    }
                }
            }
        }
        None
    }

    /// A declaration whose head is broken: its body is still read, for its mistakes only.
    fn headless(&mut self, text: &str, range: Range<usize>) {
        let kind = first_word(text.trim_start());
        let Some(open) = text.find('{') else { return };
        let head = match kind {
            "campaign" | "record" | "channel" | "stages" | "score" | "message" => kind,
            _ => return,
        };
        let new = if kind == "record" {
            "record x".to_string()
        } else {
            format!("{head} x for x")
        };
        if new.len() > open || !text.is_char_boundary(open) {
            return;
        }
        let mut text = format!("{new}{}{}", " ".repeat(open - new.len()), &text[open..]);
        for _ in 0..MOST_MISTAKES {
            let Err(error) = Grammar::parse(Rule::chunk, &text) else {
                return;
            };
            let Some(at) = self.report(&error, &text, range.start) else {
                return;
            };
            if at <= open {
                self.diagnostics.pop();
                return;
            }
            let Some((mended, _)) = self.blank(&text, at, range.clone()) else {
                return;
            };
            text = mended;
        }
    }
}

fn without(text: &str, gone: Range<usize>) -> String {
    let blank: String = text[gone.clone()]
        .bytes()
        .map(|b| if b == b'\n' { '\n' } else { ' ' })
        .collect();
    format!("{}{blank}{}", &text[..gone.start], &text[gone.end..])
}

/// Whether the parser now gets past the blanked stretch, `reach` items after it being blanked too if need be.
fn parses_beyond(text: &str, end: usize, items: &[usize], reach: usize) -> bool {
    let next = end
        + text[end..]
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(text.len() - end);
    match Grammar::parse(Rule::chunk, text) {
        Ok(_) => true,
        Err(error) if place(&error) > next => true,
        Err(error) if place(&error) == next && reach > 0 => match items.iter().find(|&&i| i > next)
        {
            Some(&following) => {
                parses_beyond(&without(text, next..following), following, items, reach - 1)
            }
            None => false,
        },
        Err(_) => false,
    }
}

/// The insides of the braces around a place, innermost first.
fn blocks_around(brackets: &[Bracket], at: usize) -> Vec<Range<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut blocks = Vec::new();
    for b in brackets {
        match b.mark {
            b'{' => open.push(b.at + 1),
            b'}' => {
                if let Some(start) = open.pop()
                    && start <= at
                    && at <= b.at
                {
                    blocks.push(start..b.at);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Where the line around the place begins, if its first word was read as the value that the line before lacks.
fn value_missing(text: &str, at: usize) -> Option<usize> {
    const WANTING: [&str; 23] = [
        "is",
        "for",
        "=",
        "!=",
        ">",
        "<",
        ">=",
        "<=",
        "and",
        "or",
        "not",
        "where",
        "per",
        "from",
        "to",
        "in",
        "between",
        "+",
        "*",
        "/",
        "default",
        "otherwise",
        "after",
    ];
    const CLAUSES: [&str; 12] = [
        "given", "expect", "because", "once", "again", "goal", "theme", "owner", "measure",
        "needs", "consent", "rule",
    ];
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line = start + text[start..].len() - text[start..].trim_start().len();
    let clause = line < at && CLAUSES.contains(&first_word(&text[line..]));
    let before = text[..start].trim_end();
    let last = before.split_whitespace().next_back().unwrap_or("");
    (clause && WANTING.contains(&last)).then_some(line)
}

/// The end of the block whose head is the line at `at`.
fn block_at(text: &str, brackets: &[Bracket], at: usize) -> Option<usize> {
    let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
    if !text[line..at].trim().is_empty() || first_word(&text[at..]).is_empty() {
        return None;
    }
    let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    let mut depth = 0;
    let mut marks = brackets.iter().filter(|b| b.at >= at);
    let first = marks.clone().find(|b| b.mark == b'{')?;
    if first.at > line_end {
        return None;
    }
    marks
        .find(|b| {
            depth += match b.mark {
                b'{' => 1,
                b'}' => -1,
                _ => 0,
            };
            b.mark == b'}' && depth == 0
        })
        .map(|b| b.at + 1)
}

/// What the block after `{` belongs to; `None` for one that is part of a clause.
fn kind_of<'t>(text: &'t str, start: usize, chunk: &'t str) -> Option<&'t str> {
    let head = text[..start - 1]
        .rsplit(['\n', '{', '}'])
        .next()
        .unwrap_or("")
        .trim_start();
    let word = first_word(head);
    if word == "rule" {
        return Some("rule");
    }
    let outermost = !text[..start - 1].contains('{');
    outermost.then_some(chunk)
}

/// Where the items of a block begin.
fn items_of(
    text: &str,
    lines: &[usize],
    brackets: &[Bracket],
    block: &Range<usize>,
    kind: &str,
) -> Vec<usize> {
    let inside = |at: usize| block.start <= at && at < block.end;
    let parens = |mark: u8| {
        brackets
            .iter()
            .filter(|b| inside(b.at) && b.mark == mark)
            .count()
    };
    let trust_parens = parens(b'(') == parens(b')');
    let mut items = Vec::new();
    let (mut braces, mut round) = (0i32, 0i32);
    let mut marks = brackets.iter().filter(|b| inside(b.at)).peekable();
    let first = block.start
        + text[block.clone()]
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(0);
    for &line in std::iter::once(&first).chain(lines.iter().filter(|l| inside(**l) && **l != first))
    {
        while let Some(b) = marks.next_if(|b| b.at < line) {
            match b.mark {
                b'{' => braces += 1,
                b'}' => braces -= 1,
                b'(' => round += 1,
                _ => round -= 1,
            }
        }
        if braces == 0 && (round <= 0 || !trust_parens) && begins_item(kind, &text[line..]) {
            items.push(line);
        }
    }
    items
}

/// Whether a line begins a clause, field, line or rule of a block of that kind.
fn begins_item(kind: &str, rest: &str) -> bool {
    let word = first_word(rest);
    let after = rest[word.len()..].trim_start();
    match kind {
        "rule" => match word {
            "at" => first_word(after) == "most",
            _ => matches!(word, "because" | "when" | "once" | "again" | "then"),
        },
        "campaign" => match word {
            "at" => first_word(after) == "most",
            "hold" => first_word(after) == "out",
            _ => matches!(
                word,
                "goal"
                    | "theme"
                    | "owner"
                    | "purpose"
                    | "audience"
                    | "runs"
                    | "budget"
                    | "priority"
                    | "favour"
                    | "measure"
                    | "rule"
            ),
        },
        "channel" => match word {
            "at" => first_word(after) == "most",
            _ => matches!(word, "needs" | "consent" | "quiet" | "html"),
        },
        "test" => matches!(word, "today" | "now" | "given" | "expect"),
        "workspace" => matches!(word, "currency" | "time" | "leap" | "weeks" | "use"),
        "record" => after.starts_with(':') || rest.starts_with('`'),
        "score" | "table" | "stages" => matches!(word, "when" | "otherwise"),
        "tiers" => {
            matches!(word, "when" | "otherwise")
                || matches!(
                    first_word(after),
                    "from" | "at" | "after" | "only" | "never"
                )
        }
        _ => true,
    }
}

/// Stretches to try to do without, the likeliest first.
fn candidates(text: &str, items: &[usize], block: &Range<usize>, at: usize) -> Vec<Range<usize>> {
    let next = items.iter().copied().find(|&i| i > at).unwrap_or(block.end);
    let before = items
        .iter()
        .copied()
        .rev()
        .find(|&i| i < at)
        .unwrap_or(block.start);
    let own = items.contains(&at);
    let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let first_on_line = text[line..at].trim().is_empty();
    let line_end = text[at..]
        .find('\n')
        .map_or(block.end, |i| at + i)
        .min(block.end);
    if own || at == block.end {
        // The item before was not complete.
        return vec![before..at, at..next.min(line_end), at..next, before..next];
    }
    let mut tries = Vec::new();
    if first_on_line {
        tries.push(at..next.min(line_end));
        tries.push(at..next);
    }
    tries.push(before..next);
    tries
}

//! Marks that are missing, too many, or of another kind: commas, parentheses, colons, quotes.

use super::chunks::first_word;
use super::expected::Failure;
use super::shapes::clauses_of;
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::source::Span;

/// Something begun and not ended before the place: a bracket, or a text by its `"`.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    pub at: usize,
    pub mark: u8,
}

impl Failure<'_> {
    /// What is open at the place, outermost first.
    pub fn open(&self) -> Vec<Open> {
        let mut open: Vec<Open> = Vec::new();
        let mut escaped = false;
        for (at, c) in self.text[..self.at].char_indices() {
            let text = open.last().is_some_and(|o| o.mark == b'"');
            match c {
                _ if escaped => escaped = false,
                '\\' if text => escaped = true,
                '"' if text => drop(open.pop()),
                '"' | '{' => open.push(Open { at, mark: c as u8 }),
                '(' if !text => open.push(Open { at, mark: b'(' }),
                ')' if open.last().is_some_and(|o| o.mark == b'(') => drop(open.pop()),
                '}' if !text => while open.pop().is_some_and(|o| o.mark != b'{') {},
                _ => {}
            }
        }
        open
    }

    /// Whether the place lies in a placeholder of a text.
    pub fn in_placeholder(&self) -> bool {
        let open = self.open();
        open.windows(2)
            .any(|w| w[0].mark == b'"' && w[1].mark == b'{')
    }

    fn syntax(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&codes::SYNTAX, span, message)
    }

    /// `{}`, `{TEA 2026}`
    pub fn placeholder(&self) -> Option<Diagnostic> {
        if !self.in_placeholder() {
            return None;
        }
        let (found, before) = (self.found(), self.before());
        let at = self.here();
        let help = "`{…}` in a text stands for a value, as in `{name}`; write `\\{` for a brace that is to be read";
        Some(match found {
            "}" if before == "{" => self.syntax(at, "this placeholder is empty").help(help),
            _ => self
                .syntax(at, format!("`{found}` does not fit in this placeholder"))
                .help(help),
        })
    }

    /// One parenthesis too many, or one too few.
    pub fn parenthesis(&self) -> Option<Diagnostic> {
        let (found, at) = (self.found(), self.here());
        let open = self.open();
        let innermost = open.last().filter(|o| o.mark == b'(');
        match innermost {
            None if found == ")" => Some(self.syntax(at, "this `)` closes nothing").unsafe_fix(
                "remove it",
                at,
                "",
            )),
            Some(open) if matches!(found, "" | "}") || self.begins_clause() => {
                let written = self.text[..self.at].trim_end();
                if written.ends_with('(') {
                    return None;
                }
                let span = self.span(written.len(), written.len());
                Some(
                    self.syntax(span, "a `)` is missing")
                        .also(self.span(open.at, open.at + 1), "this `(` is not closed")
                        .unsafe_fix("put a `)` here", span, ")"),
                )
            }
            _ => None,
        }
    }

    /// Whether the word that does not fit begins a clause on a line of its own.
    fn begins_clause(&self) -> bool {
        let found = self.found();
        !self.same_line()
            && (found == "at"
                || ["rule", "campaign", "workspace", "channel", "test", "score"]
                    .iter()
                    .any(|d| clauses_of(d).contains(&found)))
    }

    /// `all of { a, b }`
    pub fn braces(&self) -> Option<Diagnostic> {
        let kind = self.before();
        if self.found() != "{" || !self.wants("p_lparen") && !self.wants("arguments") {
            return None;
        }
        let mut depth = 0;
        let close = self.text[self.at..].char_indices().find(|&(_, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        let at = self.here();
        let mut d = self
            .syntax(at, format!("after `{kind}` come parentheses, not braces"))
            .help("write `(` … `)`");
        if let Some((close, _)) = close {
            let close = self.span(self.at + close, self.at + close + 1);
            let edit = |span, text: &str| Edit {
                span,
                text: text.into(),
            };
            d.fix = Some(Fix {
                message: "write parentheses".into(),
                edits: vec![edit(at, "("), edit(close, ")")],
                safe: true,
            });
        }
        Some(d)
    }

    /// A comma too many, too few, or for another word.
    pub fn comma(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let at = self.here();
        if found == "," && matches!(before, "," | "(") {
            let d = self.syntax(at, "there is one `,` too many");
            return Some(d.fix("remove it", at, ""));
        }
        let written = self.text[..self.at].trim_end().len();
        let value = found.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"');
        // Of a group, a list or a call; not those around a condition.
        let opened = self.open().last().copied().filter(|o| o.mark == b'(');
        let list = opened.is_some_and(|o| {
            let text = self.text[..o.at].trim_end();
            let start = text
                .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
                .map_or(0, |i| {
                    i + text[i..].chars().next().map_or(1, char::len_utf8)
                });
            let word = &text[start..];
            matches!(word, "of" | "in") || !word.is_empty() && !super::is_reserved(word)
        });
        if list && self.unit().is_none() {
            let named = self.text[self.at + found.len()..]
                .trim_start()
                .starts_with(':');
            let complete = before.starts_with(|c: char| c.is_ascii_digit()) || before == "\"";
            let apart = !self.same_line() || named || complete;
            let missing = value && apart && !matches!(found, "and" | "or") && before != ",";
            return (missing && !before.is_empty()).then(|| {
                let span = self.span(written, written);
                self.syntax(at, format!("a `,` is missing before `{found}`"))
                    .fix("put a `,` between them", span, ",")
            });
        }
        let comma = match (found, before) {
            (",", _) => self.at,
            (_, ",") if value => written - 1,
            _ if before == "\""
                && value
                && self.begins_with("expect")
                && self.same_line()
                && !self.wants("p_colon") =>
            {
                return self.expectation_apart(found, written);
            }
            _ if value
                && self.begins_with("expect")
                && self.same_line()
                && self.wants("p_comma") =>
            {
                return self.expectation_apart(found, written);
            }
            _ => return None,
        };
        let span = self.span(comma, comma + 1);
        let (message, word) = match self.line_word() {
            "then" => ("actions are joined by `and`, not by a comma", " and"),
            "when" | "where" | "define" | "segment" | "audience" | "needs" | "consent"
            | "measure" => ("conditions are joined by `and`, not by a comma", " and"),
            _ => return None,
        };
        Some(
            self.syntax(span, message)
                .help("write `and`, or list them in `all of (…)`")
                .fix("write `and`", span, word),
        )
        .map(|d| match word {
            " and" if self.line_word() == "then" => Diagnostic {
                help: Some(
                    "write `and` where they stand or fall together, else another `then`".into(),
                ),
                ..d
            },
            _ => d,
        })
    }

    fn expectation_apart(&self, found: &str, written: usize) -> Option<Diagnostic> {
        let equals = self.text[self.at + found.len()..].trim_start();
        let next = equals.starts_with('=') || equals.starts_with("is ") || equals.starts_with('(');
        next.then(|| {
            let span = self.span(written, written);
            self.syntax(self.here(), format!("a `,` is missing before `{found}`"))
                .fix("put a `,` between them", span, ",")
        })
    }

    fn begins_with(&self, word: &str) -> bool {
        self.line_word() == word
    }

    /// The first word of the line of the token before.
    pub fn line_word(&self) -> &str {
        let written = self.text[..self.at].trim_end();
        let line = written.rfind('\n').map_or(0, |i| i + 1);
        first_word(written[line..].trim_start())
    }

    /// `in "a", "b"`
    pub fn bare_values(&self) -> Option<Diagnostic> {
        if self.before() != "in" || !self.found().starts_with('"') {
            return None;
        }
        let mut end = self.at;
        loop {
            end += super::expected::token(&self.text[end..]).len();
            let rest = self.text[end..].trim_start();
            let next = rest.strip_prefix(',').map(str::trim_start);
            match next {
                Some(value) if value.starts_with('"') => end = self.text.len() - value.len(),
                _ => break,
            }
        }
        let span = self.span(self.at, end);
        let good = format!("({})", &self.text[self.at..end]);
        Some(
            self.syntax(span, "the values after `in` stand in parentheses")
                .help(format!("write `in {good}`"))
                .fix("put them in parentheses", span, good),
        )
    }

    /// Marks between a name and what is said of it.
    pub fn link(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let at = self.here();
        let block = self.block().unwrap_or("");
        let written = self.text[..self.at].trim_end().len();
        let gap = self.span(written, written);
        let instead = |message: String, span: Span, good: &str| {
            Some(
                self.syntax(span, message)
                    .fix(format!("write `{}`", good.trim()), span, good),
            )
        };
        let named = !before.is_empty() && first_word(before) == before;
        if named
            && self.line_word() == "then"
            && (self.wants("arguments") || self.wants("p_lparen"))
        {
            return Some(self.bare_action(found, before, gap));
        }
        match found {
            "=" | "-" if named && self.wants("p_colon") && self.wanted.len() <= 3 => instead(
                format!("after `{before}` comes `:`, not `{found}`"),
                at,
                ":",
            ),
            ":" if self.wants("p_equals") && self.wants("k_is") => {
                instead(format!("after `{before}` comes `=`, not `:`"), at, "=")
            }
            ":" if block == "message" && self.wants("text")
                || clauses_of(block).contains(&before) =>
            {
                Some(
                    self.syntax(at, format!("no `:` stands after `{before}`"))
                        .fix("remove it", at, ""),
                )
            }
            ":" if self.wants("p_lbrace") => Some(
                self.syntax(
                    at,
                    "a block begins with `{` and ends with `}`, not with `:`",
                )
                .help("put `{` here, and `}` after its last line"),
            ),
            "(" if block == "record" && matches!(before, "enum" | "choice") => {
                let start = written - before.len();
                instead(
                    format!("a choice of values is `one of`, not `{before}`"),
                    self.span(start, written),
                    "one of ",
                )
            }
            ":" | ">=" | "=" | ">" if block == "tiers" && self.wants("k_from") => instead(
                format!("a level says `from` which value it begins, not `{found}`"),
                at,
                if found == ":" { " from" } else { "from" },
            ),
            ")" | "," if self.wants("p_colon") && named => Some(
                self.syntax(at, format!("`{before}` lacks its type"))
                    .help(format!("write it after a `:`, as in `{before}: text`")),
            ),
            _ if block == "record" && named && self.wants("p_colon") => {
                self.field(found, before, gap)
            }
            "?" if block == "record" => Some(
                self.syntax(at, "a field that may be missing is `optional`")
                    .fix("write `optional`", at, " optional"),
            ),
            _ => None,
        }
    }

    /// `then grant_points 100`, `then nothing`
    fn bare_action(&self, found: &str, action: &str, gap: Span) -> Diagnostic {
        if action == "nothing" {
            let message = "a rule does something: `nothing` is no action";
            let written = self.text[..self.at].trim_end().len();
            let span = self.span(written - action.len(), written);
            return self.syntax(span, message).help(
                "leave the rule out; or give it an action, and say `instead of` which other rule it fires",
            );
        }
        let line_end = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |i| self.at + i);
        let rest = self.text[self.at..line_end].trim_end();
        let alone = self.same_line() && rest == found && !found.is_empty();
        let d = self.syntax(gap, format!("after `{action}` come parentheses"));
        if alone {
            let good = format!("{action}({found})");
            let written = self.text[..self.at].trim_end().len();
            let span = self.span(written - action.len(), self.at + found.len());
            return d
                .help(format!("write `{good}`"))
                .fix(format!("write `{good}`"), span, good);
        }
        d.help(format!("write `{action}(…)`, with its values between them"))
    }

    /// `place text`, `text place`
    fn field(&self, found: &str, before: &str, gap: Span) -> Option<Diagnostic> {
        const TYPES: &[&str] = &[
            "text", "integer", "number", "percent", "date", "datetime", "time", "duration",
            "money", "many", "one", "yes",
        ];
        let written = self.text[..self.at].trim_end().len();
        let line = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        if self.text[line..self.at].contains(':') {
            return None;
        }
        if TYPES.contains(&found) {
            return Some(
                self.syntax(
                    self.here(),
                    format!("a `:` is missing between `{before}` and its type"),
                )
                .fix("put a `:` between them", gap, ":"),
            );
        }
        if TYPES.contains(&before)
            && first_word(found) == found
            && !found.is_empty()
            && self.same_line()
        {
            let span = self.span(written - before.len(), self.at + found.len());
            let good = format!("{found}: {before}");
            return Some(
                self.syntax(span, "the name of a field comes before its type")
                    .help(format!("write `{good}`"))
                    .fix(format!("write `{good}`"), span, good),
            );
        }
        None
    }

    /// `goal Guests come back`, a message without quotes.
    pub fn unquoted(&self) -> Option<Diagnostic> {
        let found = self.found();
        let word = first_word(found);
        if word.is_empty() || !self.wants("text") || !self.same_line() {
            return None;
        }
        let begin = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        let end = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |i| self.at + i);
        let message = self.block() == Some("message");
        let from = if message {
            begin + self.text[begin..].len() - self.text[begin..].trim_start().len()
        } else {
            self.at
        };
        let body = self.text[from..end].trim_end();
        let clause = matches!(
            self.before(),
            "goal" | "theme" | "owner" | "because" | "zone" | "use"
        );
        if body.contains(['"', '}', '{']) || !(message || clause) {
            return None;
        }
        let span = self.span(from, from + body.len());
        Some(self.syntax(span, "a text stands between `\"` marks").fix(
            "put it in quotes",
            span,
            format!("\"{body}\""),
        ))
    }
}

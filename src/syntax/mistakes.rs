//! Syntax errors that have an answer of their own: what is often written, and what to write instead.

use super::chunks::{DECLARATIONS, first_word};
use super::expected::Failure;
use super::names::is_reserved;
use super::shapes::clause_words;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::schema::Currency;
use crate::source::Span;

const AGGREGATES: &[&str] = &[
    "count", "sum", "average", "highest", "lowest", "earliest", "latest", "first", "last",
];
const MODIFIERS: &[&str] = &["key", "optional", "default", "from", "format", "personal"];

impl Failure<'_> {
    /// `None` where the mistake is like any other.
    pub fn habit(&self) -> Option<Diagnostic> {
        let at = self.here();
        if self.text[..self.at].trim().is_empty() {
            return Some(self.no_declaration(self.found(), at));
        }
        self.missing_of(at)
            .or_else(|| self.thousands())
            .or_else(|| self.parenthesis(at))
            .or_else(|| self.currency(at))
            .or_else(|| self.reserved(at))
            .or_else(|| self.modifier())
            .or_else(|| self.near_clause(at))
    }

    /// Whether the token before stands on the same line.
    fn same_line(&self) -> bool {
        let kept = self.text[..self.at].trim_end().len();
        !self.text[kept..self.at].contains('\n')
    }

    fn no_declaration(&self, found: &str, at: Span) -> Diagnostic {
        let message = if matches!(
            found,
            "rule" | "when" | "then" | "goal" | "because" | "owner"
        ) {
            format!("`{found}` belongs inside a campaign")
        } else if found.is_empty() {
            "expected a declaration".to_string()
        } else {
            format!(
                "expected a declaration, such as `record`, `define` or `campaign`, found `{found}`"
            )
        };
        let mut diagnostic = Diagnostic::new(&codes::SYNTAX, at, message);
        let near = nearest(found, DECLARATIONS.iter().copied());
        if let Some(good) = near.filter(|g| *g != found && found.len() > 2) {
            diagnostic = diagnostic.unsafe_fix(format!("write `{good}`"), at, good);
        }
        diagnostic
    }

    /// `count purchases`
    fn missing_of(&self, at: Span) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let named = found.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '`');
        if !AGGREGATES.contains(&before)
            || !named
            || found == "of"
            || !self.same_line()
            || is_reserved(found)
            || self.wants("name")
        {
            return None;
        }
        let start = self.text[..self.at].trim_end().len() - before.len();
        let message = format!("write `{before} of {found}`: `of` is missing");
        let span = self.span(start, self.at + found.len());
        Some(Diagnostic::new(&codes::SYNTAX, span, message).fix(
            "put `of` between them",
            at.at_start(),
            "of ",
        ))
    }

    /// `1,000` without a currency.
    fn thousands(&self) -> Option<Diagnostic> {
        let end = match self.found() {
            "," => self.at + 1 + digits(&self.text[self.at + 1..]),
            _ => self.text[..self.at].trim_end().len(),
        };
        let start = self.text[..end]
            .rfind(|c: char| !(c.is_ascii_digit() || c == ','))
            .map_or(0, |i| i + 1);
        let number = self.text.get(start..end)?;
        let (first, groups) = number.split_once(',')?;
        if !(1..=3).contains(&first.len()) || groups.split(',').any(|g| g.len() != 3) {
            return None;
        }
        let good = number.replace(',', "_");
        let span = self.span(start, end);
        Some(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("thousands are set apart by `_`, as in `{good}`"),
            )
            .fix(format!("write `{good}`"), span, good),
        )
    }

    /// One too many, or one too few.
    fn parenthesis(&self, at: Span) -> Option<Diagnostic> {
        let mut open: Vec<usize> = Vec::new();
        let (mut text, mut escaped) = (false, false);
        for (i, c) in self.text[..self.at].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if text => escaped = true,
                '"' => text = !text,
                '(' if !text => open.push(i),
                ')' if !text => drop(open.pop()),
                // A block begins anew.
                '{' | '}' if !text => open.clear(),
                _ => {}
            }
        }
        let found = self.found();
        match open.last() {
            None if found == ")" => Some(
                Diagnostic::new(&codes::SYNTAX, at, "this `)` closes nothing").unsafe_fix(
                    "remove it",
                    at,
                    "",
                ),
            ),
            Some(&open)
                if matches!(found, "" | "}") || !self.same_line() && begins_clause(found) =>
            {
                let written = self.text[..self.at].trim_end();
                if written.ends_with(['(', ',']) {
                    return None;
                }
                let span = self.span(written.len(), written.len());
                Some(
                    Diagnostic::new(&codes::SYNTAX, span, "a `)` is missing")
                        .also(self.span(open, open + 1), "this `(` is not closed")
                        .unsafe_fix("close it", span, ")"),
                )
            }
            _ => None,
        }
    }

    /// `100 cny`, `100 yuan`
    fn currency(&self, at: Span) -> Option<Diagnostic> {
        let found = self.found();
        if !self.before().starts_with(|c: char| c.is_ascii_digit()) || !self.same_line() {
            return None;
        }
        let upper = found.to_uppercase();
        let code = match upper.as_str() {
            "YUAN" | "RMB" => "CNY",
            "DOLLAR" | "DOLLARS" => "USD",
            "EURO" | "EUROS" => "EUR",
            "YEN" => "JPY",
            code => Currency::from_code(code)?.code(),
        };
        let mut diagnostic = Diagnostic::new(
            &codes::FOREIGN_NOTATION,
            at,
            format!("a currency is written by its code: `{code}`"),
        )
        .fix(format!("write `{code}`"), at, code);
        if let Some(fix) = &mut diagnostic.fix {
            // Several countries have dollars.
            fix.safe = !upper.starts_with("DOLLAR");
        }
        Some(diagnostic)
    }

    fn reserved(&self, at: Span) -> Option<Diagnostic> {
        let found = self.found();
        let wanted = self.wants("name") || self.wants("field");
        let field = self.text[self.at + found.len()..]
            .trim_start()
            .starts_with(':');
        let only = self.wanted.len() == 1;
        (is_reserved(found) && wanted && (field || only)).then(|| {
            Diagnostic::new(
                &codes::SYNTAX,
                at,
                format!("`{found}` is a word of the language, not a name"),
            )
            .help("choose another name, or put this one in back-quotes everywhere")
            .fix("put it in back-quotes", at, format!("`{found}`"))
        })
    }

    /// A field's word that was read as the name of the next field; `one of zh, en`.
    fn modifier(&self) -> Option<Diagnostic> {
        let before = self.before();
        let record = first_word(self.text.trim_start()) == "record";
        if !record || self.wanted.len() > 2 || !self.wants("p_colon") {
            return None;
        }
        let end = self.text[..self.at].trim_end().len();
        let start = end - before.len();
        let span = self.span(start, end);
        if before == "of" && self.text[..start].trim_end().ends_with("one") {
            return Some(
                Diagnostic::new(
                    &codes::SYNTAX,
                    self.here(),
                    "the values of `one of` stand in parentheses",
                )
                .help("write `one of (a, b)`"),
            );
        }
        let line_start = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
        if !self.text[line_start..start].contains(':') {
            return None;
        }
        let mut diagnostic = Diagnostic::new(&codes::SYNTAX, span, format!("`{before}` says nothing about a field"))
            .help("after its type a field may be `key`, `optional`, `default VALUE`, `from \"Column\"`, `format \"%d/%m/%Y\"` or `personal`");
        if let Some(good) = nearest(before, MODIFIERS.iter().copied()) {
            diagnostic = diagnostic.unsafe_fix(format!("write `{good}`"), span, good);
        }
        Some(diagnostic)
    }

    /// `wen spend > 5` at the start of a line.
    fn near_clause(&self, at: Span) -> Option<Diagnostic> {
        let found = self.found();
        let words = clause_words(first_word(self.text.trim_start()));
        if self.same_line() || found.len() < 3 || words.contains(&found) {
            return None;
        }
        let good = nearest(found, words.iter().copied())?;
        Some(
            Diagnostic::new(
                &codes::SYNTAX,
                at,
                format!("unexpected `{found}`, did you mean `{good}`"),
            )
            .unsafe_fix(format!("write `{good}`"), at, good),
        )
    }
}

/// Whether a clause or line may begin with the word.
fn begins_clause(word: &str) -> bool {
    ["campaign", "workspace", "channel", "test", "score"]
        .iter()
        .any(|d| clause_words(d).contains(&word))
        || word == "at"
}

fn digits(s: &str) -> usize {
    s.bytes().take_while(u8::is_ascii_digit).count()
}

//! Syntax errors that have an answer of their own: what is often written, and what to write instead.

use super::chunks::first_word;
use super::expected::Failure;
use super::names::is_reserved;
use crate::diagnostic::{Diagnostic, Edit, Fix, codes, nearest};
use crate::schema::Currency;
use crate::source::Span;

const AGGREGATES: &[&str] = &[
    "count", "sum", "average", "highest", "lowest", "earliest", "latest", "first", "last",
];

const MODIFIERS: &[&str] = &["key", "optional", "default", "from", "format", "personal"];

impl Failure<'_> {
    /// `None` where the mistake is like any other.
    pub fn habit(&self) -> Option<Diagnostic> {
        if self.text[..self.at].trim().is_empty() {
            return Some(self.no_declaration());
        }
        let at = self.here();
        let about_words = || {
            self.missing_of(at)
                .or_else(|| self.thousands())
                .or_else(|| self.number())
                .or_else(|| self.bare_values())
                .or_else(|| self.phrase())
                .or_else(|| self.capitals())
        };
        let about_marks = || {
            self.parenthesis()
                .or_else(|| self.braces())
                .or_else(|| self.unquoted())
                .or_else(|| self.link())
                .or_else(|| self.strange_name())
        };
        self.bare_text()
            .or_else(about_words)
            .or_else(about_marks)
            .or_else(|| self.currency(at))
            .or_else(|| self.reserved(at))
            .or_else(|| self.modifier())
            .or_else(|| self.strange_clause())
            .or_else(|| self.near_word())
            .or_else(|| self.comma())
            .or_else(|| self.operator())
            .or_else(|| self.placeholder())
    }

    /// Whether the token before stands on the same line.
    pub fn same_line(&self) -> bool {
        let kept = self.text[..self.at].trim_end().len();
        !self.text[kept..self.at].contains('\n')
    }

    /// `message hello for customer "…"`: a text without its braces.
    fn bare_text(&self) -> Option<Diagnostic> {
        let message = first_word(self.text.trim_start()) == "message";
        let rest = &self.text[self.at..];
        if !message || !rest.starts_with('"') || self.text[..self.at].contains('{') {
            return None;
        }
        let marks = if rest.starts_with("\"\"\"") { 3 } else { 1 };
        let mut escaped = false;
        let end = rest[marks..].char_indices().find_map(|(i, c)| {
            let closes = !escaped && rest[marks + i..].starts_with(&rest[..marks]);
            escaped = !escaped && c == '\\';
            closes.then_some(self.at + marks + i + marks)
        })?;
        let span = self.span(self.at, end);
        let edit = |span: Span, text: &str| Edit {
            span,
            text: text.to_owned(),
        };
        let mut d = Diagnostic::new(&codes::SYNTAX, span, "a message's text stands in braces")
            .help("write `{` before it and `}` after it; several texts have a tag each");
        d.fix = Some(Fix {
            message: "put it in braces".into(),
            edits: vec![edit(span.at_start(), "{ "), edit(span.at_end(), " }")],
            safe: true,
        });
        Some(d)
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
        let rest = &self.text[self.at..];
        let path = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
        let path = rest[..path.unwrap_or(rest.len())].trim_end_matches('.');
        let found = if path.len() > found.len() {
            path
        } else {
            found
        };
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
        if self.text[..start].trim_end().ends_with("many") {
            let message = format!("`many {before}` does not say by which field of `{before}`");
            return Some(Diagnostic::new(&codes::SYNTAX, span, message).help(format!(
                "write `many {before} by FIELD`, with the field of `{before}` that refers back to this record"
            )));
        }
        if before == "required" {
            let message = "a field is required unless it is `optional`";
            return Some(Diagnostic::new(&codes::SYNTAX, span, message).fix("remove it", span, ""));
        }
        if MODIFIERS.contains(&before) {
            let message = format!("`{before}` follows its type without a comma");
            return Some(Diagnostic::new(&codes::SYNTAX, span, message).help("remove the comma"));
        }
        let ahead = self.text[..start]
            .split_whitespace()
            .next_back()
            .unwrap_or("");
        let ty = ["text", "integer", "number", "date", "money"].contains(&before);
        if ty && MODIFIERS.contains(&ahead) {
            let message = format!("the type of a field comes before `{ahead}`");
            return Some(
                Diagnostic::new(&codes::SYNTAX, span, message)
                    .help(format!("write `{before} {ahead}`")),
            );
        }
        let d = Diagnostic::new(
            &codes::SYNTAX,
            span,
            format!("`{before}` says nothing about a field"),
        );
        Some(match nearest(before, MODIFIERS.iter().copied()) {
            Some(good) => d.help(format!("did you mean `{good}`?")).unsafe_fix(format!("write `{good}`"), span, good),
            None => d.help("after its type a field may be `key`, `optional`, `default VALUE`, `from \"Column\"`, `format \"%d/%m/%Y\"` or `personal`"),
        })
    }
}

fn digits(s: &str) -> usize {
    s.bytes().take_while(u8::is_ascii_digit).count()
}

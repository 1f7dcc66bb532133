//! What is wrong, where, and what to write instead.
//!
//! Floor 2. A [`Diagnostic`] is data; `render` turns lists of them into one of the output formats.
//! Messages: lower case, no full stop, names in back-quotes, the marketer's words, no Rust.

pub mod codes;
pub mod fingerprint;
pub mod fix;
pub mod render;

use crate::source::Span;

pub use codes::Code;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Hint,
}

/// A second place that takes part in a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One replacement of a text range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A mend that a tool can apply. A safe one of a lint leaves a program that means the same; a safe one of the
/// checker, whose program had no meaning yet, gives it the one that was evidently meant. The message of an
/// unsafe one says what changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub message: String,
    pub edits: Vec<Edit>,
    pub safe: bool,
}

/// One finding about a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static Code,
    pub severity: Severity,
    pub message: String,
    /// Where; the primary span.
    pub span: Span,
    /// Text beside the primary span; may be empty.
    pub label: String,
    pub labels: Vec<Label>,
    pub help: Option<String>,
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding with its code's default severity.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity,
            message: message.into(),
            span,
            label: String::new(),
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// The text at the primary span.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points at another place involved.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    pub fn help_opt(mut self, text: Option<String>) -> Self {
        self.help = self.help.or(text);
        self
    }

    /// A safe fix that replaces one range.
    pub fn fix(mut self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            message: message.into(),
            edits: vec![Edit {
                span,
                text: text.into(),
            }],
            safe: true,
        });
        self
    }

    /// An unsafe fix that replaces one range: likely what was meant, but a guess, or a change of meaning.
    pub fn unsafe_fix(
        self,
        message: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let mut fixed = self.fix(message, span, text);
        if let Some(fix) = &mut fixed.fix {
            fix.safe = false;
        }
        fixed
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by place, then code, and drops exact repetitions, so that output never depends on the order of discovery.
///
/// The parser takes every `x = no` for a flag compared; where `x` turns out to be none, that is all there is
/// to say of it.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics
        .sort_by(|a, b| (a.span, a.code.name, &a.message).cmp(&(b.span, b.code.name, &b.message)));
    diagnostics.dedup();
    let mistyped: Vec<Span> = diagnostics
        .iter()
        .filter(|d| d.code != &codes::FLAG_COMPARISON && d.is_error())
        .map(|d| d.span)
        .collect();
    diagnostics.retain(|d| {
        let left =
            |s: &Span| s.file == d.span.file && s.start == d.span.start && d.span.contains(*s);
        d.code != &codes::FLAG_COMPARISON || !mistyped.iter().any(left)
    });
}

/// The candidate nearest to `name`, if near enough to be a likely slip of the hand: one letter in a short word,
/// some more in a long one that begins the same. Capitals and full-width letters are no difference.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = plain(name);
    let length = name.chars().count();
    let limit = match length {
        0..=4 => 1,
        5..=8 => 2,
        _ => length / 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = plain(candidate);
        let distance = strsim::osa_distance(&name, &other);
        let alike = distance <= 1 || name.chars().next() == other.chars().next();
        // INVARIANT: a near miss keeps at least one character, so `a` never suggests `b`.
        if alike && distance <= limit && distance < length.max(other.chars().count()) {
            let better = best.is_none_or(|(d, c)| (distance, candidate) < (d, c));
            if better {
                best = Some((distance, candidate));
            }
        }
    }
    best.map(|(_, c)| c)
}

/// In small letters of ASCII where there are such.
fn plain(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    };
    name.chars().map(narrow).collect::<String>().to_lowercase()
}

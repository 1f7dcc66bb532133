//! Findings for people: the place in the text with an arrow to it, or a narration for screen readers.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, SourceFile, SourceMap, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    NarratableReportHandler, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use std::fmt;

/// How a terminal wants its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub colour: bool,
    /// Line drawing and arrows; else ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Sentences in place of drawings, for screen readers.
    pub narrated: bool,
}

impl Default for Look {
    /// Without colour, 80 columns.
    fn default() -> Look {
        Look {
            colour: false,
            unicode: true,
            width: 80,
            narrated: false,
        }
    }
}

/// Every finding with the text around it.
pub fn human(sources: &SourceMap, diagnostics: &[Diagnostic], look: Look) -> String {
    let mut out = String::new();
    for d in super::sorted(diagnostics) {
        let report = Report {
            file: View(sources.file(d.span.file)),
            help: help(sources, &d),
            diagnostic: &d,
        };
        // Writing to a string fails only where miette cannot read the source, which is its own.
        let written = if look.narrated {
            NarratableReportHandler::new().render_report(&mut out, &report)
        } else {
            graphical(look).render_report(&mut out, &report)
        };
        debug_assert!(written.is_ok());
        out.push('\n');
    }
    out
}

fn graphical(look: Look) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if look.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if look.colour {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_context_lines(1)
        .with_links(false)
        .without_syntax_highlighting()
}

/// The help, and the other files that take part: a drawing shows one file.
fn help(sources: &SourceMap, d: &Diagnostic) -> Option<String> {
    let mut lines: Vec<String> = d.help.iter().cloned().collect();
    for label in &d.labels {
        if label.span.file != d.span.file {
            lines.push(format!("{}: {}", sources.locate(label.span), label.text));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

struct Report<'d> {
    diagnostic: &'d Diagnostic,
    file: View<'d>,
    help: Option<String>,
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let severity = match self.diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        Some(Box::new(format!(
            "{severity}[{}]",
            self.diagnostic.code.name
        )))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let file: FileId = self.diagnostic.span.file;
        let primary = Some(self.diagnostic.label.clone()).filter(|l| !l.is_empty());
        let others = self
            .diagnostic
            .labels
            .iter()
            .filter(move |l| l.span.file == file)
            .map(|l| LabeledSpan::new_with_span(Some(l.text.clone()), range(l.span)));
        let primary = LabeledSpan::new_primary_with_span(primary, range(self.diagnostic.span));
        Some(Box::new(std::iter::once(primary).chain(others)))
    }
}

fn range(span: Span) -> SourceSpan {
    (span.start as usize, span.len()).into()
}

/// A file as miette reads it, without a copy.
struct View<'s>(&'s SourceFile);

impl SourceCode for View<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked for a place alone, exactly that; asked for its surroundings, the whole lines it lies on.
        let text = &self.0.text;
        let (start, end) = (span.offset(), span.offset() + span.len());
        let shown = if before + after == 0 || end > text.len() {
            *span
        } else {
            let bytes = text.as_bytes();
            let first = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |i| i + 1);
            let last = memchr::memchr(b'\n', &bytes[end..]).map_or(text.len(), |i| end + i);
            (first, last - first).into()
        };
        let inner = text.as_bytes().read_span(&shown, 0, 0)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            // In characters, as every other format counts.
            self.0.position(inner.span().offset()).column - 1,
            // Of what is shown: by it two places are drawn together or apart.
            memchr::memchr_iter(b'\n', inner.data()).count() + 1,
        )))
    }
}

//! Findings for people: the place in the text with an arrow to it, or a narration for screen readers.

mod excerpt;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;
use excerpt::Excerpt;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, NarratableReportHandler, SourceCode,
    ThemeCharacters, ThemeStyles,
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
            excerpt: Excerpt::new(sources, &d, look),
            help: help(&d),
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

/// The help; where there is none, what the fix does, unless the message says it.
fn help(d: &Diagnostic) -> Option<String> {
    d.help.clone().or_else(|| {
        let fix = d.fix.as_ref()?;
        let quoted = fix.message.find('`').map(|i| &fix.message[i..]);
        let said = quoted.is_some_and(|q| d.message.contains(q));
        (!said).then(|| fix.message.clone())
    })
}

struct Report<'d> {
    diagnostic: &'d Diagnostic,
    excerpt: Excerpt,
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
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels()))
    }
}

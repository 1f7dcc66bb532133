//! Texts: escapes, placeholders, the indentation of long ones.

use super::expressions::make;
use super::{Builder, Node, only, parts};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::Rule;
use crate::syntax::ast::*;

/// A stretch of a text as written, or a placeholder.
enum Raw<'a> {
    Literal(String, Span),
    Placeholder(Node<'a>),
}

impl Builder<'_> {
    pub fn text(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let inner = only(node);
        let long = inner.as_rule() == Rule::long_text;
        let mut raws: Vec<Raw<'_>> = Vec::new();
        for n in parts(inner) {
            match n.as_rule() {
                Rule::placeholder => raws.push(Raw::Placeholder(n)),
                Rule::empty_text => {}
                _ => raws.push(Raw::Literal(
                    n.as_str().replace("\r\n", "\n"),
                    self.span(&n),
                )),
            }
        }
        if long {
            remove_indentation(&mut raws);
        }
        let mut text = Text {
            parts: Vec::new(),
            long,
        };
        for raw in raws {
            match raw {
                Raw::Placeholder(n) => text.parts.push(TextPart::Placeholder(self.expr(only(n)))),
                Raw::Literal(s, at) => {
                    let literal = self.unescape(&s, at);
                    if !literal.is_empty() {
                        text.parts.push(TextPart::Literal(literal));
                    }
                }
            }
        }
        make(span, ExprKind::Text(text))
    }

    /// A text where a placeholder would have nothing to stand for.
    pub fn plain_text(&mut self, node: Node<'_>) -> Spanned<String> {
        let e = self.text(node);
        let mut out = String::new();
        if let ExprKind::Text(text) = e.kind {
            for part in text.parts {
                match part {
                    TextPart::Literal(s) => out.push_str(&s),
                    TextPart::Placeholder(p) => {
                        self.report(
                            Diagnostic::new(
                                &codes::SYNTAX,
                                p.span,
                                "this text may have no placeholders",
                            )
                            .help("write `\\{` for a brace"),
                        );
                    }
                }
            }
        }
        Spanned::new(out, e.span)
    }

    fn unescape(&mut self, s: &str, span: Span) -> String {
        let mut out = String::with_capacity(s.len());
        let mut chars = s.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c @ ('"' | '\\' | '{' | '}')) => out.push(c),
                other => {
                    let escape: String = ['\\'].into_iter().chain(other).collect();
                    let at = self.source(span).find(&escape).map_or(span, |i| {
                        let start = span.start + i as u32;
                        Span {
                            start,
                            end: start + escape.len() as u32,
                            ..span
                        }
                    });
                    self.report(
                        Diagnostic::new(&codes::SYNTAX, at, format!("`{escape}` means nothing in a text"))
                            .help("`\\\"`, `\\\\`, `\\n`, `\\t` and `\\{` do; write `\\\\` for a backslash")
                            .fix("write `\\\\`", at, format!("\\{escape}")),
                    );
                    out.push_str(&escape);
                }
            }
        }
        out
    }
}

/// Drops the line end after the opening quotes, the last line if blank, and the indentation that all
/// lines share.
fn remove_indentation(raws: &mut Vec<Raw<'_>>) {
    let common = common_indentation(raws);
    let last = raws.len().saturating_sub(1);
    let mut line_start = true;
    for (i, raw) in raws.iter_mut().enumerate() {
        let Raw::Literal(s, _) = raw else {
            line_start = false;
            continue;
        };
        let mut out = String::with_capacity(s.len());
        for (n, line) in s.split('\n').enumerate() {
            if n > 0 {
                out.push('\n');
            }
            let starts = n > 0 || line_start && i > 0;
            let cut = line
                .char_indices()
                .take(common)
                .take_while(|(_, c)| matches!(c, ' ' | '\t'))
                .count();
            out.push_str(if starts { &line[cut..] } else { line });
        }
        line_start = false;
        if i == 0
            && let Some(nl) = out.find('\n')
            && out[..nl].trim().is_empty()
        {
            out.drain(..=nl);
        }
        if i == last
            && let Some(nl) = out.rfind('\n')
            && out[nl..].trim().is_empty()
        {
            out.truncate(nl);
        }
        *s = out;
    }
}

/// Of the lines after the first that are not blank.
fn common_indentation(raws: &[Raw<'_>]) -> usize {
    let mut common = usize::MAX;
    for (i, raw) in raws.iter().enumerate() {
        let Raw::Literal(s, _) = raw else { continue };
        let lines: Vec<&str> = s.split('\n').collect();
        for (n, line) in lines.iter().enumerate().skip(1) {
            let indent = line.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
            let blank = indent == line.chars().count();
            // A placeholder follows the last line of a stretch, unless the text ends there.
            if !blank || n == lines.len() - 1 && i + 1 < raws.len() {
                common = common.min(indent);
            }
        }
    }
    if common == usize::MAX { 0 } else { common }
}

//! From pest's pairs to the tree. Total: what the grammar accepts, it turns into nodes; a value that cannot
//! be (a 30th of February) is reported and stands as the nearest one that can.

mod aggregates;
mod attributes;
mod campaigns;
mod conditions;
mod declarations;
mod expressions;
mod limits;
mod literals;
mod tests;
mod texts;

use super::Rule;
use super::ast::{Comment, Declaration, Docs, Name};
use super::prepare::OffsetMap;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, Span, Spanned};
use pest::iterators::{Pair, Pairs};
use std::iter::Peekable;

pub(super) type Node<'a> = Pair<'a, Rule>;

/// Turns the pairs of one chunk into nodes.
pub(super) struct Builder<'a> {
    pub file: &'a SourceFile,
    pub map: &'a OffsetMap,
    /// Offset of the chunk in the prepared text.
    pub base: usize,
    pub comments: &'a [Comment],
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

/// Words and marks, which carry no meaning once their rule is known.
/// INVARIANT: they are the last rules of the grammar, `k_account` the first of them.
fn is_mark(rule: Rule) -> bool {
    rule >= Rule::k_account && rule != Rule::EOI
}

/// The children of a node without words and marks.
pub(super) struct Parts<'a> {
    inner: Peekable<Pairs<'a, Rule>>,
}

impl<'a> Parts<'a> {
    fn skip(&mut self) {
        while self.inner.peek().is_some_and(|p| is_mark(p.as_rule())) {
            self.inner.next();
        }
    }

    /// The next child, which the grammar promises.
    pub fn must(&mut self) -> Node<'a> {
        // INVARIANT: callers ask only for children that their rule always has.
        self.next().expect("a child that the grammar promises")
    }

    /// The next child if it is of that rule.
    pub fn want(&mut self, rule: Rule) -> Option<Node<'a>> {
        self.skip();
        self.inner.next_if(|p| p.as_rule() == rule)
    }

    pub fn peek(&mut self) -> Option<Rule> {
        self.skip();
        self.inner.peek().map(|p| p.as_rule())
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        self.skip();
        self.inner.next()
    }
}

pub(super) fn parts(node: Node<'_>) -> Parts<'_> {
    Parts {
        inner: node.into_inner().peekable(),
    }
}

/// The only child of a node.
pub(super) fn only(node: Node<'_>) -> Node<'_> {
    parts(node).must()
}

/// Words of a node, one space between them.
pub(super) fn words(node: &Node<'_>) -> String {
    node.as_str()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

impl<'a> Builder<'a> {
    /// Where a node stands, without the white space after it.
    pub fn span(&self, node: &Node<'_>) -> Span {
        let start = self.base + node.as_span().start();
        let end = start + node.as_str().trim_end().len();
        self.map.span(self.file.id, start, end)
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::new(code, span, message));
    }

    pub fn name(&self, node: Node<'_>) -> Name {
        let text = node.as_str().trim_end();
        Spanned::new(text.trim_matches('`').to_string(), self.span(&node))
    }

    /// The source text of a span.
    pub fn source(&self, span: Span) -> &'a str {
        self.file.slice(span)
    }

    /// The `##` lines right before a place; plain comments between them do not part them from it.
    pub fn docs(&self, span: Span) -> Docs {
        let mut before = span.start as usize;
        let mut lines: Vec<&str> = Vec::new();
        let last = self.comments.partition_point(|c| c.span.end <= span.start);
        for comment in self.comments[..last].iter().rev() {
            let gap = &self.file.text[comment.span.end as usize..before];
            if !comment.own_line || !gap.trim().is_empty() {
                break;
            }
            if comment.doc {
                let text = self.source(comment.span).trim_start_matches('#').trim();
                lines.push(text);
            }
            before = comment.span.start as usize;
        }
        lines.reverse();
        lines.join("\n")
    }

    /// The declarations of a parsed chunk.
    pub fn chunk(&mut self, pairs: Pairs<'a, Rule>) -> Vec<Declaration> {
        let mut declarations = Vec::new();
        for chunk in pairs {
            for node in parts(chunk).filter(|n| n.as_rule() == Rule::declaration) {
                declarations.push(self.declaration(node));
            }
        }
        declarations
    }
}

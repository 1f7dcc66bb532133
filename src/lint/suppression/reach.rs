//! How far a comment above something reaches.

use crate::source::{SourceFile, Span};
use crate::syntax::ast::{
    self, CampaignClause, CampaignItem, DeclarationKind, Expr, ExprKind, RuleClause, Then,
    TiersBody,
};

/// From the comment's end to the end of the next line that is no comment, or of what begins on it.
pub fn below(source: &SourceFile, file: &ast::File, comment: Span) -> Span {
    let first = next_text(source, file, comment);
    let line_end = source.text[first..].find('\n');
    let mut end = line_end.map_or(source.text.len(), |i| first + i);
    let mut extend = |span: Span| {
        let begins = begins_at(source, first, span);
        end = end.max(if begins { span.end as usize } else { 0 });
    };
    for d in &file.declarations {
        extend(d.span);
        if d.span.contains(comment) {
            parts(&d.kind, &mut extend);
        }
    }
    Span::new(source.id, comment.end as usize, end)
}

/// The offset of the first thing after a comment that is neither comment nor white space.
fn next_text(source: &SourceFile, file: &ast::File, comment: Span) -> usize {
    let skip = |at: usize| {
        let rest = &source.text[at..];
        at + rest.len() - rest.trim_start().len()
    };
    let mut at = skip(comment.end as usize);
    let from = file
        .comments
        .partition_point(|c| c.span.start < comment.end);
    for next in &file.comments[from..] {
        if next.span.start as usize != at {
            break;
        }
        at = skip(next.span.end as usize);
    }
    at
}

/// Whether the span begins there, apart from the word that opens its line: `when`, `otherwise`.
fn begins_at(source: &SourceFile, first: usize, span: Span) -> bool {
    let start = span.start as usize;
    let before = (start >= first)
        .then(|| source.text.get(first..start))
        .flatten();
    before.is_some_and(|words| words.chars().all(|c| c.is_ascii_lowercase() || c == ' '))
}

/// Everything within a declaration that a comment may stand above.
fn parts(kind: &DeclarationKind, see: &mut dyn FnMut(Span)) {
    match kind {
        DeclarationKind::Workspace(w) => w.settings.iter().for_each(|s| see(s.span)),
        DeclarationKind::Record(r) => r.fields.iter().for_each(|f| see(f.span)),
        DeclarationKind::Tiers(t) => {
            match &t.body {
                TiersBody::By { levels, .. } => {
                    levels
                        .iter()
                        .for_each(|(n, from)| see(n.span.to(from.span)));
                }
                TiersBody::When { lines, .. } => {
                    lines
                        .iter()
                        .for_each(|(c, level)| see(c.span.to(level.span)));
                }
            }
            t.options.iter().for_each(|o| see(o.span));
        }
        DeclarationKind::Stages(s) => {
            s.lines
                .iter()
                .for_each(|(c, name)| see(c.span.to(name.span)));
        }
        DeclarationKind::Score(s) => {
            let lines = s.lines.iter();
            lines.for_each(|l| see(l.condition.span.to(l.value.span)));
        }
        DeclarationKind::Table(t) => t.lines.iter().for_each(|l| see(l.span)),
        DeclarationKind::Message(m) => m.texts.iter().for_each(|t| see(t.span)),
        DeclarationKind::Channel(c) => c.clauses.iter().for_each(|c| see(c.span)),
        DeclarationKind::Test(t) => t.clauses.iter().for_each(|c| see(c.span)),
        DeclarationKind::Define(d) => conditions(&d.value, see),
        DeclarationKind::Segment(s) => conditions(&s.condition, see),
        DeclarationKind::Campaign(c) => c.items.iter().for_each(|item| match item {
            CampaignItem::Clause(clause) => {
                see(clause.span);
                if let CampaignClause::Audience(e) = &clause.node {
                    conditions(e, see);
                }
            }
            CampaignItem::Rule(rule) => {
                see(rule.span);
                for clause in &rule.clauses {
                    see(clause.span);
                    match &clause.node {
                        RuleClause::When(e) => conditions(e, see),
                        RuleClause::Then(Then::Split(arms)) => {
                            arms.iter().for_each(|a| see(a.span))
                        }
                        _ => {}
                    }
                }
            }
        }),
        _ => {}
    }
}

/// The parts of a condition that may stand on lines of their own.
fn conditions(e: &Expr, see: &mut dyn FnMut(Span)) {
    match &e.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::Group(_, parts) => {
            for part in parts {
                see(part.span);
                conditions(part, see);
            }
        }
        ExprKind::Paren(inner) | ExprKind::Not(inner) => conditions(inner, see),
        _ => {}
    }
}

//! What is well formed and yet says nothing: a rule without an action, a message without a text.

use super::ast::{
    Campaign, CampaignItem, Declaration, DeclarationKind, Rule, RuleClause, TiersBody,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;

/// Reports what is empty. Where something was reported inside, what is missing may be what was left out.
pub fn check(declarations: &[Declaration], diagnostics: &mut Vec<Diagnostic>) {
    let mut found = Vec::new();
    for d in declarations {
        match &d.kind {
            DeclarationKind::Campaign(c) => rules(c, &mut found),
            kind => found.extend(empty(kind).map(|(of, m)| (d.span, of, m))),
        }
    }
    found.retain(|(whole, ..)| !diagnostics.iter().any(|d| whole.contains(d.span)));
    for (_, at, (message, help)) in found {
        diagnostics.push(Diagnostic::new(&codes::SYNTAX, at, message).help(help));
    }
}

/// A message and its help.
type Said = (String, &'static str);

fn rules(campaign: &Campaign, found: &mut Vec<(Span, Span, Said)>) {
    for item in &campaign.items {
        let CampaignItem::Rule(rule) = item else {
            continue;
        };
        if !acts(rule) {
            let message = format!("the rule `{}` does nothing: it has no `then`", rule.name);
            let said = (
                message,
                "say what it does, as in `then send_gift(\"bouquet\")`",
            );
            found.push((rule.span, rule.name.span, said));
        }
    }
}

fn acts(rule: &Rule) -> bool {
    let mut clauses = rule.clauses.iter();
    clauses.any(|c| matches!(c.node, RuleClause::Then(_)))
}

/// What is named, if it has no line.
fn empty(kind: &DeclarationKind) -> Option<(Span, Said)> {
    use DeclarationKind as D;
    let (name, lines, what, help) = match kind {
        D::Message(m) => (&m.name, m.texts.len(), "text", "write one in quotes"),
        D::Tiers(t) => {
            let levels = match &t.body {
                TiersBody::By { levels, .. } => levels.len(),
                TiersBody::When { lines, otherwise } => {
                    lines.len() + usize::from(otherwise.is_some())
                }
            };
            let help = "write them as `LEVEL from VALUE`, or `when CONDITION then LEVEL`";
            (&t.name, levels, "level", help)
        }
        D::Stages(s) => {
            let lines = s.lines.len() + usize::from(s.otherwise.is_some());
            (
                &s.name,
                lines,
                "stage",
                "write them as `when CONDITION then STAGE`",
            )
        }
        D::Score(s) => (
            &s.name,
            s.lines.len(),
            "line",
            "write them as `when CONDITION then VALUE`",
        ),
        D::Table(t) => {
            let lines = t.lines.len() + usize::from(t.otherwise.is_some());
            (
                &t.name,
                lines,
                "line",
                "write them as `when CELL, CELL then VALUE`",
            )
        }
        _ => return None,
    };
    (lines == 0).then(|| (name.span, (format!("`{name}` has no {what}"), help)))
}

//! `cap-counts-staff`: a limit counts by whom the actions go to, and that is a colleague whom many subjects share.
//! Who has had two tasks gets no third, whoever needs it.

use super::colleagues::is_work;
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Campaign, Cap, Expr, Group, Program, Purpose, Rule, Target};
use crate::source::{FileId, Span};
use crate::syntax::ast::{CampaignClause, CampaignItem, DeclarationKind, RuleClause};

pub const LINT: Lint = Lint {
    code: &codes::CAP_COUNTS_STAFF,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut found = Vec::new();
    for campaign in &program.campaigns {
        for cap in &campaign.caps {
            let mut rules = campaign.rules.iter();
            found.extend(rules.find_map(|rule| counted(checked, campaign, rule, cap)));
        }
        for rule in &campaign.rules {
            let caps = rule.caps.iter();
            found.extend(caps.filter_map(|cap| counted(checked, campaign, rule, cap)));
        }
    }
    for shared in &program.shared_caps {
        let campaigns = shared.campaigns.iter().map(|c| program.campaign(*c));
        let mut rules = campaigns.flat_map(|c| c.rules.iter().map(move |r| (c, r)));
        found.extend(rules.find_map(|(c, rule)| counted(checked, c, rule, &shared.cap)));
    }
    found
}

fn counted(
    checked: Checked<'_>,
    campaign: &Campaign,
    rule: &Rule,
    cap: &Cap,
) -> Option<Diagnostic> {
    let program = checked.program;
    // Limits do not apply to safety.
    if campaign.purpose == Purpose::Safety || !matches!(cap.group, Group::Target) {
        return None;
    }
    let (path, to) = colleague(program, campaign, rule, cap)?;
    let path = checked.sources.slice(path.span);
    let (own, to) = (
        &program.record(campaign.record).name,
        &program.record(to).name,
    );
    let names_one = |f: &crate::hir::Field| f.name == "subject";
    let taken = program.record(campaign.record).fields.iter().any(names_one)
        || program
            .attributes
            .iter()
            .any(|a| a.record == campaign.record && a.name == "subject");
    let each = if taken { "self" } else { "subject" };
    let mut d = Diagnostic::new(
        &codes::CAP_COUNTS_STAFF,
        cap.span,
        format!(
            "this counts by `{to}` too: who has had {} gets no more, whichever `{own}` needs it",
            cap.count
        ),
    )
    .also(rule.span, format!("acts for `{path}`"))
    .help(format!(
        "write `at most {} for each {each} …` to count by `{own}`; if no `{to}` is to get more, say so: `for each {path}`",
        cap.count
    ));
    if let Some(count) = count_of(checked, cap.span) {
        d = d.unsafe_fix(
            format!("count by `{own}`"),
            count.at_end(),
            format!(" for each {each}"),
        );
    }
    Some(d)
}

/// The first colleague that the rule's actions reach by a reference, as far as the cap counts them.
fn colleague<'p>(
    program: &Program,
    campaign: &Campaign,
    rule: &'p Rule,
    cap: &Cap,
) -> Option<(&'p Expr, crate::schema::RecordId)> {
    let mut calls = rule.thens.iter().flat_map(|t| &t.calls);
    calls.find_map(|call| {
        let action = program.action(call.action);
        let counts = cap.channel.is_none() || cap.channel == action.channel;
        match &call.target {
            Target::To(path) if counts && is_work(program, campaign, action.record) => {
                Some((path, action.record))
            }
            _ => None,
        }
    })
}

/// Where the number of a limit is written.
fn count_of(checked: Checked<'_>, cap: Span) -> Option<Span> {
    let file: FileId = cap.file;
    let declarations = checked.files.iter().filter(|f| f.id == file);
    let mut found = None;
    for d in declarations.flat_map(|f| &f.declarations) {
        let mut see = |span: Span, count: Span| {
            if span == cap {
                found = Some(count);
            }
        };
        match &d.kind {
            DeclarationKind::SharedCap(limit) => see(d.span, limit.count.span),
            DeclarationKind::Campaign(c) => c.items.iter().for_each(|item| match item {
                CampaignItem::Clause(clause) => {
                    if let CampaignClause::AtMost(limit) = &clause.node {
                        see(clause.span, limit.count.span);
                    }
                }
                CampaignItem::Rule(rule) => {
                    for clause in &rule.clauses {
                        if let RuleClause::AtMost(limit) = &clause.node {
                            see(clause.span, limit.count.span);
                        }
                    }
                }
            }),
            _ => {}
        }
    }
    found
}

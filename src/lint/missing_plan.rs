//! `missing-plan`: a campaign without a goal, an owner or an end.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Campaign, Purpose};
use crate::schema::Day;

pub const LINT: Lint = Lint {
    code: &codes::MISSING_PLAN,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let campaigns = checked.program.campaigns.iter();
    campaigns.filter_map(unplanned).collect()
}

fn unplanned(campaign: &Campaign) -> Option<Diagnostic> {
    let stated = |text: &Option<String>| text.as_ref().is_some_and(|t| !t.trim().is_empty());
    let mut lacks = Vec::new();
    let mut clauses = Vec::new();
    if !stated(&campaign.goal) {
        lacks.push("goal");
        clauses.push("`goal \"what it is to achieve\"`".to_owned());
    }
    if !stated(&campaign.owner) {
        lacks.push("owner");
        clauses.push("`owner \"who answers for it\"`".to_owned());
    }
    // Service and safety go on for as long as there are customers.
    if campaign.purpose == Purpose::Promotion && !matches!(campaign.runs, Some((_, Some(_)))) {
        lacks.push("end date");
        clauses.push(runs(campaign));
    }
    if lacks.is_empty() {
        return None;
    }
    let d = Diagnostic::new(
        &codes::MISSING_PLAN,
        campaign.span,
        format!("the campaign `{}` has no {}", campaign.name, or(&lacks)),
    );
    Some(d.help(format!("add {}", and(&clauses))))
}

/// With the day on which the campaign begins, if it says so, and a year later.
fn runs(campaign: &Campaign) -> String {
    let year = |from: Day| Some((from, from.add_months(12)?.add_days(-1)?));
    match campaign.runs.and_then(|(from, _)| year(from)) {
        Some((from, to)) => format!("`to`, as in `runs from {from} to {to}`"),
        None => "`runs from 2026-01-01 to 2026-12-31`".into(),
    }
}

/// `goal, owner or end date`
fn or(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn and(clauses: &[String]) -> String {
    match clauses.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => clauses.concat(),
    }
}

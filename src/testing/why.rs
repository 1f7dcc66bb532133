//! Why a rule did nothing, as far as a run knows.

use super::expect::{On, failure};
use super::{Came, FAILED_EXPECTATION};
use crate::data::Dataset;
use crate::diagnostic::Diagnostic;
use crate::engine::{EvalError, Suppressed};
use crate::hir::Test;
use crate::plan::Plan;
use crate::schema::RecordId;
use crate::source::Span;
use crate::why::{RuleWhy, Step, Teller, Told};

impl<'c> Came<'c> {
    pub(super) fn rule_name(&self, on: On<'_>) -> String {
        let campaign = self.program.campaign(on.campaign);
        format!("{}.{}", campaign.name, campaign.rules[on.rule].name)
    }

    /// What stopped the whole rule for the subject.
    pub(super) fn fall_of(&self, on: On<'_>) -> Option<&Suppressed<'c>> {
        let campaign = self.program.campaign(on.campaign);
        let rule = &campaign.rules[on.rule].name;
        self.suppressed.iter().find(|s| {
            s.campaign == campaign.name
                && s.rule == rule
                && s.subject == on.subject
                && s.action.is_none()
        })
    }

    pub(super) fn row(&self, record: RecordId, key: &str) -> Option<u32> {
        self.data.find(record.index(), key)
    }

    pub(super) fn no_such_row(&self, span: Span, record: RecordId, key: &str) -> Diagnostic {
        let name = &self.program.record(record).name;
        failure(span, format!("no `{name}` \"{key}\" is given")).help(format!(
            "add `given {name} {{ … }}` with this key to the test"
        ))
    }

    /// A failure about a rule that did nothing for a subject, with the reason.
    pub(super) fn explain_silence(
        &self,
        span: Span,
        message: String,
        on: On<'_>,
    ) -> Result<Diagnostic, EvalError> {
        let campaign = self.program.campaign(on.campaign);
        let Some(row) = self.row(campaign.record, on.subject) else {
            return Ok(self.no_such_row(span, campaign.record, on.subject));
        };
        let why = self.teller().rule(on.campaign.index(), on.rule, row)?;
        let diagnostic = failure(span, message);
        let rule = &campaign.rules[on.rule];
        Ok(match why.outcome {
            Told::NotTrue => {
                let when = rule.when.as_ref().map_or(rule.span, |w| w.span);
                let diagnostic = diagnostic.label("its conditions do not hold");
                not_true(diagnostic, why.conditions.as_ref(), when)
            }
            Told::NotAsked => match &why.audience {
                Some(step) => {
                    let audience = campaign.audience.as_ref().map_or(campaign.span, |a| a.span);
                    let label = format!("it is not in the audience of `{}`", campaign.name);
                    not_true(diagnostic.label(label), Some(step), audience)
                }
                None => diagnostic
                    .label(why.headline)
                    .also(campaign.span, "of this campaign"),
            },
            _ => stopped(diagnostic, &why).also(rule.span, "its conditions hold"),
        })
    }

    /// What tells of the test's rows; they are made up, so nothing of them is personal.
    pub(super) fn teller(&self) -> Teller<'_, 'c> {
        Teller::new(self.outcome, self.sources, true)
    }
}

/// Points at the first condition that failed: what was found, and what would have made it true.
fn not_true(diagnostic: Diagnostic, step: Option<&Step>, place: Span) -> Diagnostic {
    let Some(step) = step else {
        return diagnostic;
    };
    let first = step.first_failed();
    let place = first.span.unwrap_or(place);
    let found = match first.found_in_full() {
        found if found.is_empty() => "not true of this row".into(),
        found => found,
    };
    let others = match step.failed_parts() {
        0 | 1 => String::new(),
        2 => "; 1 more condition is not true".into(),
        n => format!("; {} more conditions are not true", n - 1),
    };
    let needed = first.needed.as_deref();
    diagnostic
        .also(place, found)
        .help_opt(match (needed, others.is_empty()) {
            (None, true) => None,
            (None, false) => Some(others.trim_start_matches("; ").to_owned()),
            (Some(needed), _) => Some(format!("{needed}{others}")),
        })
}

fn stopped(diagnostic: Diagnostic, why: &RuleWhy) -> Diagnostic {
    let Some(stage) = why.stage else {
        return diagnostic.label(why.headline.clone());
    };
    let limit = match why.limit.as_deref() {
        None | Some("") => String::new(),
        Some(limit) => format!(" ({limit})"),
    };
    let used = match why.uses.is_empty() {
        true => String::new(),
        false => format!(": {}", why.uses.join(", ")),
    };
    diagnostic
        .label(format!("it fell at the stage `{}`{limit}", stage.name()))
        .help(format!("{}{used}", why.headline))
}

/// A value that does not fit its type, in a test.
pub(super) fn eval_error(
    plan: &Plan,
    data: &Dataset,
    test: &Test,
    error: &EvalError,
) -> Diagnostic {
    let whose = match plan.tables.get(error.table) {
        // The day of `as of` is of no row, and there may be none.
        Some(_) if error.row >= data.tables[error.table].rows => "value".to_string(),
        Some(table) => {
            let key = data.key_text(error.table, error.row as u32);
            format!("value of `{}` \"{key}\"", table.record)
        }
        None => "value of the whole workspace".to_string(),
    };
    Diagnostic::new(
        &FAILED_EXPECTATION,
        plan.nodes.span(error.node),
        format!("this {whose} {}", error.cause.words()),
    )
    .also(test.span, "in this test")
}

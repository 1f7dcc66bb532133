//! Why a rule did nothing, as far as a run knows.

use super::expect::{On, failure};
use super::{Came, FAILED_EXPECTATION, rows, words};
use crate::data::Dataset;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, EvalError, Suppressed};
use crate::hir::{FieldType, Test};
use crate::plan::{self, Plan, Request};
use crate::schema::RecordId;
use crate::source::Span;

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
    pub(super) fn explain_silence(&self, span: Span, message: String, on: On<'_>) -> Diagnostic {
        let campaign = self.program.campaign(on.campaign);
        let rule = &campaign.rules[on.rule];
        if self.row(campaign.record, on.subject).is_none() {
            return self.no_such_row(span, campaign.record, on.subject);
        }
        let diagnostic = failure(span, message);
        if let Some(fall) = self.fall_of(on) {
            let limit = if fall.limit.is_empty() {
                String::new()
            } else {
                format!(" ({})", fall.limit)
            };
            return diagnostic
                .label(format!(
                    "it fell at the stage `{}`{limit}",
                    fall.stage.name()
                ))
                .also(rule.span, "its conditions hold");
        }
        let outside = self
            .outcome
            .rules
            .iter()
            .any(|r| r.campaign == on.campaign.index() && r.rule == on.rule && r.outside_run);
        if outside {
            return diagnostic
                .label(format!(
                    "`{}` does not run on {}",
                    campaign.name, self.clock.today
                ))
                .also(campaign.span, "see `runs` here");
        }
        let known = self.known_of(on);
        let diagnostic = diagnostic.label("its conditions do not hold");
        let when = rule.when.as_ref().map_or(rule.span, |w| w.span);
        let diagnostic = diagnostic.also(when, "not true of this row");
        if known.is_empty() {
            diagnostic
        } else {
            diagnostic.help(format!(
                "what is known of \"{}\": {}",
                on.subject,
                known.join(", ")
            ))
        }
    }

    /// Fields and attributes of the subject that the conditions name, with their values.
    fn known_of(&self, on: On<'_>) -> Vec<String> {
        let campaign = self.program.campaign(on.campaign);
        let rule = &campaign.rules[on.rule];
        let mut said: Vec<&str> = Vec::new();
        for expr in campaign.audience.iter().chain(&rule.when) {
            said.extend(
                self.sources
                    .slice(expr.span)
                    .split(|c: char| !c.is_alphanumeric() && c != '_'),
            );
        }
        let mut known = self.fields_of(campaign.record, on.subject, &said);
        known.extend(
            self.attributes_of(campaign.record, on.subject, &said)
                .unwrap_or_default(),
        );
        known
    }

    fn fields_of(&self, record: RecordId, key: &str, said: &[&str]) -> Vec<String> {
        let declared = self.program.record(record);
        let given = self.test.given.iter().find(|g| {
            g.record == record && rows::key_of(declared, &g.values).as_deref() == Some(key)
        });
        let Some(given) = given else {
            return Vec::new();
        };
        declared
            .fields
            .iter()
            .zip(&given.values)
            .filter(|(f, _)| said.contains(&f.name.as_str()) && matches!(f.ty, FieldType::Value(_)))
            .map(|(f, v)| format!("`{} = {}`", f.name, words::maybe(self.program, v.as_ref())))
            .collect()
    }

    fn attributes_of(&self, record: RecordId, key: &str, said: &[&str]) -> Option<Vec<String>> {
        let plan = plan::lower(self.program, Request::Attributes(record));
        let data = rows::dataset(self.program, self.test, &plan, self.clock).ok()?;
        let evaluator = engine::Evaluator::new(&plan, &data, self.clock, None).ok()?;
        let table = record.index();
        let row = data.find(table, key)?;
        let values = engine::values_of(&evaluator, table, &[row]).ok()?;
        let values = values.into_iter().next()??;
        let keys = self.program.record(record).key.len();
        let attributes = plan.attributes.iter().zip(&values).skip(keys);
        Some(
            attributes
                .filter(|(a, _)| said.contains(&a.name.as_str()))
                .map(|(a, v)| format!("`{} = {}`", a.name, words::maybe(self.program, v.as_ref())))
                .collect(),
        )
    }
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

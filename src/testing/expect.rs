//! Holds each expectation against what came.

use super::{Came, FAILED_EXPECTATION, words};
use crate::diagnostic::Diagnostic;
use crate::engine::{ActionRow, EvalError, values_of};
use crate::hir::{Expectation, ExpectationKind, Expected, ExpectedAction, ExpectedValue};
use crate::schema::{CampaignId, RecordId, Value};
use crate::source::Span;

impl<'c> Came<'c> {
    /// Every failure of the test, in the order of its expectations.
    pub(super) fn hold(&self) -> Result<Vec<Diagnostic>, EvalError> {
        let mut failures = Vec::new();
        // The plan lists expected values in the order they are written, each with its record's table.
        let mut next = vec![0; self.plan.tables.len()];
        let mut seen = 0;
        for expectation in &self.test.expectations {
            match &expectation.kind {
                ExpectationKind::Actions {
                    campaign,
                    rule,
                    subject,
                    only,
                    actions,
                } => {
                    let on = On {
                        campaign: *campaign,
                        rule: *rule,
                        subject,
                    };
                    self.actions(expectation, on, *only, actions, &mut failures)?;
                }
                ExpectationKind::NoRule {
                    campaign,
                    rule,
                    subject,
                    because,
                } => {
                    let on = On {
                        campaign: *campaign,
                        rule: *rule,
                        subject,
                    };
                    failures.extend(self.no_rule(expectation, on, because.as_deref())?);
                }
                ExpectationKind::Nothing { target } => {
                    failures.extend(self.nothing(expectation, target));
                }
                ExpectationKind::Figures(figures) => {
                    for figure in figures {
                        failures.extend(self.figure(figure)?);
                    }
                }
                ExpectationKind::Values {
                    record,
                    key,
                    values,
                } => {
                    let first = next[record.index()];
                    next[record.index()] += values.len();
                    let places = (first, seen);
                    seen += values.len();
                    self.values(expectation, (*record, key), values, places, &mut failures)?;
                }
            }
        }
        Ok(failures)
    }

    fn came_of(&self, on: On<'_>) -> Vec<&ActionRow<'c>> {
        let campaign = self.program.campaign(on.campaign);
        let rule = &campaign.rules[on.rule].name;
        self.actions
            .iter()
            .filter(|a| a.campaign == campaign.name && a.rule == rule && a.subject == on.subject)
            .collect()
    }

    fn actions(
        &self,
        expectation: &Expectation,
        on: On<'_>,
        only: bool,
        expected: &[ExpectedAction],
        failures: &mut Vec<Diagnostic>,
    ) -> Result<(), EvalError> {
        let name = self.rule_name(on);
        let came = self.came_of(on);
        if came.is_empty() && !expected.is_empty() {
            let message = format!("`{name}` did nothing for \"{}\"", on.subject);
            failures.push(self.explain_silence(expectation.span, message, on)?);
            return Ok(());
        }
        let matched = matching(expected, &came, |e, row| self.fits(e, row));
        for (i, wanted) in expected.iter().enumerate() {
            if matched[i].is_none() {
                let free: Vec<&ActionRow<'c>> = came
                    .iter()
                    .enumerate()
                    .filter(|(r, _)| !matched.contains(&Some(*r)))
                    .map(|(_, a)| *a)
                    .collect();
                failures.push(self.did_not_come(wanted, &free, &came, &name));
            }
        }
        if only && matched.iter().all(Option::is_some) {
            for (r, row) in came.iter().enumerate() {
                if !matched.contains(&Some(r)) {
                    let message = format!("`{name}` did more for \"{}\" than expected", on.subject);
                    failures.push(
                        failure(expectation.span, message)
                            .label("`only` these are expected")
                            .help(format!(
                                "this came too: `{}`",
                                words::action(self.program, row)
                            )),
                    );
                }
            }
        }
        Ok(())
    }

    fn fits(&self, expected: &ExpectedAction, row: &ActionRow<'_>) -> bool {
        row.action == self.program.action(expected.action).name
            && expected.to.as_ref().is_none_or(|to| *to == row.target)
            && expected.arguments.iter().all(|(place, wanted)| {
                let came = row.params.get(*place).and_then(|p| p.2.as_ref());
                same(wanted.as_ref(), came)
            })
            && self.way_differs(expected, row).is_empty()
    }

    fn did_not_come(
        &self,
        wanted: &ExpectedAction,
        free: &[&ActionRow<'c>],
        came: &[&ActionRow<'c>],
        rule: &str,
    ) -> Diagnostic {
        let action = &self.program.action(wanted.action);
        let nearest = free.iter().find(|row| row.action == action.name);
        let list = || {
            came.iter()
                .map(|r| format!("`{}`", words::action(self.program, r)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let Some(row) = nearest else {
            return failure(wanted.span, format!("`{rule}` did no `{}`", action.name))
                .label("expected here")
                .help(format!("what came: {}", list()));
        };
        let mut differences: Vec<String> = wanted
            .arguments
            .iter()
            .filter_map(|(place, value)| {
                let (name, _, came) = row.params.get(*place)?;
                (!same(value.as_ref(), came.as_ref()))
                    .then(|| format!("`{name}` is {}", words::maybe(self.program, came.as_ref())))
            })
            .collect();
        if let Some(to) = wanted.to.as_ref().filter(|to| **to != row.target) {
            differences.push(format!("it goes to \"{}\", not to \"{to}\"", row.target));
        }
        let how = match differences.is_empty() {
            true => "came otherwise",
            false => "came with other values",
        };
        differences.extend(self.way_differs(wanted, row));
        failure(wanted.span, format!("`{}` of `{rule}` {how}", action.name))
            .label(differences.join("; "))
            .help(format!("what came: {}", list()))
    }

    fn no_rule(
        &self,
        expectation: &Expectation,
        on: On<'_>,
        because: Option<&str>,
    ) -> Result<Option<Diagnostic>, EvalError> {
        let name = self.rule_name(on);
        let came = self.came_of(on);
        if !came.is_empty() {
            let list: Vec<String> = came
                .iter()
                .map(|r| format!("`{}`", words::action(self.program, r)))
                .collect();
            return Ok(Some(
                failure(
                    expectation.span,
                    format!("`{name}` acted for \"{}\"", on.subject),
                )
                .label("expected not to")
                .help(format!("what came: {}", list.join(", "))),
            ));
        }
        let Some(because) = because else {
            return Ok(None);
        };
        let fall = self.fall_of(on);
        if fall.is_some_and(|f| f.stage.name() == because) {
            return Ok(None);
        }
        let message = format!(
            "`{name}` did nothing for \"{}\", but not because of `{because}`",
            on.subject
        );
        self.explain_silence(expectation.span, message, on)
            .map(Some)
    }

    fn nothing(&self, expectation: &Expectation, target: &str) -> Option<Diagnostic> {
        let came: Vec<String> = self
            .actions
            .iter()
            .filter(|a| a.target == target)
            .map(|a| {
                format!(
                    "`{}.{}`: `{}`",
                    a.campaign,
                    a.rule,
                    words::action(self.program, a)
                )
            })
            .collect();
        (!came.is_empty()).then(|| {
            failure(expectation.span, format!("\"{target}\" was not left alone"))
                .label("nothing is expected")
                .help(format!("what came: {}", came.join(", ")))
        })
    }

    /// `first` is the place of the first value among the plan's attributes of this record, `seen` among all.
    fn values(
        &self,
        expectation: &Expectation,
        (record, key): (RecordId, &str),
        expected: &[ExpectedValue],
        (first, seen): (usize, usize),
        failures: &mut Vec<Diagnostic>,
    ) -> Result<(), EvalError> {
        let table = record.index();
        let Some(row) = self.row(record, key) else {
            failures.push(self.no_such_row(expectation.span, record, key));
            return Ok(());
        };
        let all = values_of(self.outcome.evaluator(), table, &[row])?;
        let came = all.into_iter().flatten().next().unwrap_or_default();
        for (i, wanted) in expected.iter().enumerate() {
            let came = came.get(first + i).and_then(Option::as_ref);
            let (holds, expected) = match &wanted.expected {
                Expected::Value(v) => (
                    same(Some(v), came),
                    format!("expected {}", words::value(self.program, v)),
                ),
                Expected::Missing => (came.is_none(), "expected to be missing".to_owned()),
                Expected::Known => (came.is_some(), "expected to be known".to_owned()),
            };
            if !holds {
                let value = words::maybe(self.program, came);
                failures.push(
                    failure(
                        wanted.span,
                        format!("`{}` of \"{key}\" is {value}", wanted.name),
                    )
                    .label(expected)
                    .help_opt(self.teller().source_of(seen + i, row)),
                );
            }
        }
        Ok(())
    }
}

/// A rule and the subject it is asked about.
#[derive(Clone, Copy)]
pub(super) struct On<'e> {
    pub campaign: CampaignId,
    pub rule: usize,
    pub subject: &'e str,
}

pub(super) fn failure(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&FAILED_EXPECTATION, span, message)
}

pub(super) fn same(wanted: Option<&Value>, came: Option<&Value>) -> bool {
    match (wanted, came) {
        (None, None) => true,
        (Some(a), Some(b)) => words::agree(a, b),
        _ => false,
    }
}

/// Gives each expected action a row of its own that fits, as many as can be (augmenting paths).
fn matching<E, R>(expected: &[E], came: &[R], fits: impl Fn(&E, &R) -> bool) -> Vec<Option<usize>> {
    let edges: Vec<Vec<usize>> = expected
        .iter()
        .map(|e| (0..came.len()).filter(|r| fits(e, &came[*r])).collect())
        .collect();
    let mut taken: Vec<Option<usize>> = vec![None; came.len()];
    for start in 0..expected.len() {
        augment(start, &edges, &mut taken, &mut vec![false; came.len()]);
    }
    let mut matched = vec![None; expected.len()];
    for (row, by) in taken.iter().enumerate() {
        if let Some(by) = by {
            matched[*by] = Some(row);
        }
    }
    matched
}

fn augment(
    from: usize,
    edges: &[Vec<usize>],
    taken: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for row in &edges[from] {
        if std::mem::replace(&mut seen[*row], true) {
            continue;
        }
        if taken[*row].is_none_or(|other| augment(other, edges, taken, seen)) {
            taken[*row] = Some(from);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn a_general_expectation_leaves_the_row_that_a_special_one_needs() {
        // The first fits both rows, the second only the first row.
        let matched = matching(&[0, 1], &[0, 1], |e, r| *e == 0 || *r == 0);
        assert_eq!(matched, [Some(1), Some(0)]);
        let matched = matching(&[0, 1], &[0], |_, _| true);
        assert_eq!(matched.iter().flatten().count(), 1);
    }
}

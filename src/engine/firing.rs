//! What names a firing: workspace, campaign, rule, the row counted by, and the values of `once per`.
//!
//! Never file positions or run times, so that the same firing has the same key in every run.

use super::evaluate::{EvalError, Evaluator, Frame};
use super::values::canonical;
use crate::hir::{CalendarUnit, Weekday};
use crate::plan::{Repeat, Rule};
use crate::schema::Day;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Joins the parts of a key (ASCII unit separator).
pub(super) const SEPARATOR: u8 = 0x1f;

/// What the firings of some subjects are counted by.
pub(super) struct RepeatValues<'p> {
    /// The keys of the rows counted by, then each value of `once per`; each with a text for every subject.
    columns: Vec<Vec<Cow<'p, str>>>,
}

impl RepeatValues<'_> {
    /// Of the subject at a place.
    pub fn of(&self, place: usize) -> impl Iterator<Item = &str> {
        self.columns.iter().map(move |texts| &*texts[place])
    }
}

/// For each subject, the row that the firing is counted by and the values of `once per`, as texts. Of an
/// `again after` the same every day: see [`of_the_day`].
pub(super) fn repeat_values<'p>(
    evaluator: &Evaluator<'p>,
    table: usize,
    rule: &Rule,
    subjects: &[u32],
) -> Result<RepeatValues<'p>, EvalError> {
    let frame = Frame::indices(table, subjects);
    let data = evaluator.data();
    let counted = match &rule.repeat {
        Repeat::OnceFor { path, table, .. } => {
            let counted = evaluator.eval(*path, &frame)?;
            (0..subjects.len())
                .map(|i| counted.reference(i).map(|row| data.key_text(*table, row)))
                .map(Option::unwrap_or_default)
                .collect()
        }
        _ => (subjects.iter())
            .map(|row| data.key_text(table, *row))
            .collect(),
    };
    let mut columns = vec![counted];
    let today = evaluator.clock().today;
    match &rule.repeat {
        Repeat::Once | Repeat::AgainAfter(..) => {}
        Repeat::OncePer(values) | Repeat::OnceFor { per: values, .. } => {
            for value in values {
                let vector = evaluator.eval(*value, &frame)?;
                let ty = evaluator.plan().nodes.ty(*value);
                let text = |i| canonical(evaluator, &vector, ty, i).into();
                columns.push((0..subjects.len()).map(text).collect());
            }
        }
        Repeat::OncePerCalendar(unit) => {
            let first = start_of(today, *unit, evaluator.plan().weeks_start).to_string();
            columns.push(vec![first.into(); subjects.len()]);
        }
    }
    Ok(RepeatValues { columns })
}

/// What idempotency keys of a firing have beside its repetition key: the day, where a rule may fire again.
pub(super) fn of_the_day(rule: &Rule, today: Day) -> Option<String> {
    matches!(rule.repeat, Repeat::AgainAfter(..)).then(|| today.to_string())
}

/// What repetition goes by: the first 128 bits of the SHA-256 of workspace, campaign, rule and the parts of
/// [`repeat_values`], joined by U+001F.
pub fn repetition_key<'s>(
    [workspace, campaign, rule]: [&'s str; 3],
    parts: impl IntoIterator<Item = &'s str>,
) -> u128 {
    let names = [workspace, campaign, rule];
    let digest = digest(names.into_iter().chain(parts));
    u128::from_be_bytes(std::array::from_fn(|i| digest[i]))
}

/// The first day of the calendar period that a day lies in.
pub(super) fn start_of(day: Day, unit: CalendarUnit, weeks_start: Weekday) -> Day {
    let (year, month, _) = day.ymd();
    let first = |month| Day::new(year, month, 1).unwrap_or(day);
    match unit {
        CalendarUnit::Day => day,
        CalendarUnit::Week => {
            let since = match weeks_start {
                Weekday::Monday => day.weekday(),
                Weekday::Sunday => (day.weekday() + 1) % 7,
            };
            Day(day.0 - since as i32)
        }
        CalendarUnit::Month => first(month),
        CalendarUnit::Quarter => first((month - 1) / 3 * 3 + 1),
        CalendarUnit::Year => first(1),
    }
}

/// The idempotency key of one action: the first 32 hexadecimal digits of the SHA-256 of its parts.
pub(super) fn action_key<'s>(parts: impl IntoIterator<Item = &'s str>) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    let mut key = String::with_capacity(32);
    for byte in &digest(parts)[..16] {
        key.push(digit(byte >> 4));
        key.push(digit(byte & 15));
    }
    key
}

pub(super) fn digest<'s>(parts: impl IntoIterator<Item = &'s str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            hash.update([SEPARATOR]);
        }
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

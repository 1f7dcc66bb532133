//! What is expected of figures, and of how an action goes out.

use super::Came;
use super::expect::{failure, same};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::engine::{ActionRow, EvalError};
use crate::hir::{Delivery, Expected, ExpectedAction, ExpectedFigure};
use crate::schema::{Decimal, Value};

impl Came<'_> {
    pub(super) fn figure(&self, wanted: &ExpectedFigure) -> Result<Option<Diagnostic>, EvalError> {
        let figure = self.program.figure(wanted.figure);
        let is_group = |key: Option<&Value>| same(wanted.group.as_ref(), key);
        let came = self
            .outcome
            .figure_value(wanted.figure.index(), &is_group)?;
        let mut name = format!("`{}`", figure.name);
        if figure.groups.is_some() {
            let group = words::maybe(self.program, wanted.group.as_ref());
            name.push_str(&format!(" for {group}"));
        }
        if came.is_none() && matches!(wanted.expected, Expected::Missing) {
            return Ok(None);
        }
        let Some(came) = came else {
            let message = format!("{name} has no value: no row is in this group");
            return Ok(Some(failure(wanted.span, message)));
        };
        let (holds, expected) = match &wanted.expected {
            Expected::Value(v) => (
                same(Some(v), came.as_ref()),
                format!("expected {}", words::value(self.program, v)),
            ),
            Expected::Missing => (came.is_none(), "expected to be missing".to_owned()),
            Expected::Known => (came.is_some(), "expected to be known".to_owned()),
        };
        let value = words::maybe(self.program, came.as_ref());
        Ok((!holds).then(|| failure(wanted.span, format!("{name} is {value}")).label(expected)))
    }

    /// What is otherwise than expected of an action's delivery and cost.
    pub(super) fn way_differs(&self, wanted: &ExpectedAction, row: &ActionRow<'_>) -> Vec<String> {
        let mut out = Vec::new();
        let after = row.deliver_after.as_deref();
        let moment = after.and_then(|t| t.parse::<jiff::Timestamp>().ok());
        let moment = moment.map(|t| t.as_microsecond());
        match (wanted.delivery, after) {
            (None, _) | (Some(Delivery::AtOnce), None) => {}
            (Some(Delivery::After(wanted)), Some(_)) if moment == Some(wanted) => {}
            (_, None) => out.push("it is delivered at once".to_owned()),
            (_, Some(after)) => out.push(format!("it is delivered after {after}")),
        }
        if let Some(cost) = wanted.cost
            && row.cost != Some(cost)
        {
            let money = |amount: Decimal| match self.plan.currency {
                Some(currency) => {
                    let digits = currency.digits();
                    format!("{} {currency}", amount.to_string_min(digits))
                }
                None => amount.to_string(),
            };
            out.push(format!(
                "it costs {}",
                row.cost.map_or("nothing".into(), money)
            ));
        }
        out
    }
}

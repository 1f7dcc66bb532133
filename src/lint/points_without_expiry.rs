//! `points-without-expiry`: an action that can say until when its gift is valid, called without saying it.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{ActionCall, Parameter, Program};
use crate::schema::Type;

pub const LINT: Lint = Lint {
    code: &codes::POINTS_WITHOUT_EXPIRY,
    check,
};

/// How a parameter is named that holds a gift's last day.
const NAMES: &[&str] = &[
    "expires",
    "expires_on",
    "expires_at",
    "expiry",
    "expiry_date",
    "expiration",
    "expiration_date",
    "valid_until",
    "valid_to",
    "有效期",
    "有效期至",
    "到期日",
    "失效日",
    "失效日期",
    "到期日期",
    "过期日",
    "过期日期",
    "有效日期",
    "有效至",
    "截止日",
    "截止日期",
];

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let rules = program.campaigns.iter().flat_map(|c| &c.rules);
    let thens = rules.flat_map(|r| &r.thens);
    thens
        .flat_map(|t| &t.calls)
        .filter_map(|call| without(program, call))
        .collect()
}

fn without(program: &Program, call: &ActionCall) -> Option<Diagnostic> {
    let action = program.action(call.action);
    let mut pairs = action.parameters.iter().zip(&call.arguments);
    let (parameter, _) = pairs.find(|(p, argument)| is_expiry(p) && argument.is_none())?;
    Some(
        Diagnostic::new(
            &codes::POINTS_WITHOUT_EXPIRY,
            call.span,
            format!("what `{}` grants here never expires", action.name),
        )
        .also(parameter.span, "says until when, and is left out")
        .help(format!(
            "say the last day, as in `{}: today + 1 year`",
            parameter.name
        )),
    )
}

fn is_expiry(parameter: &Parameter) -> bool {
    parameter.ty.optional
        && matches!(parameter.ty.ty, Type::Date | Type::DateTime)
        && NAMES.contains(&parameter.name.as_str())
}

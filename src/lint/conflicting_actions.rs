//! `conflicting-actions`: one customer is told two things by one action on one day.

use super::Proof;
use super::claims::{Claims, RuleAt};
use super::rivals::{MOST_PAIRS, is_capped, kept_apart, own_calls, together};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{ActionCall, Expr, ExprKind, Program};
use crate::schema::{ActionId, Value};
use crate::solver::literal;
use rustc_hash::FxHashSet;

pub const LINT: Proof = Proof {
    code: &codes::CONFLICTING_ACTIONS,
    check,
};

/// Only actions that set something: rewards may add up, and messages are counted by their channel.
fn sets_something(program: &Program, action: ActionId) -> bool {
    let action = program.action(action);
    action.channel.is_none() && action.costs.is_none() && !action.parameters.is_empty()
}

fn check(claims: &mut Claims<'_>) -> Vec<Diagnostic> {
    let program = claims.program;
    let calls: Vec<(RuleAt<'_>, &ActionCall)> = claims
        .rules()
        .into_iter()
        .flat_map(|at| own_calls(at).map(move |call| (at, call)))
        .filter(|(_, call)| sets_something(program, call.action))
        .collect();
    let mut found = Vec::new();
    let mut compared = 0;
    let mut told = FxHashSet::default();
    for (j, (later, second)) in calls.iter().enumerate() {
        for (earlier, first) in &calls[..j] {
            let same_rule = earlier.campaign == later.campaign && earlier.rule == later.rule;
            if first.action != second.action
                || same_rule
                || is_capped(program, *earlier)
                || is_capped(program, *later)
                || told.contains(&(later.campaign, later.rule, second.action))
                || earlier.of.record != later.of.record
                || kept_apart(program, *earlier, *later)
            {
                continue;
            }
            compared += 1;
            if compared > MOST_PAIRS {
                return found;
            }
            if let Some(finding) = clash(claims, (*earlier, first), (*later, second)) {
                told.insert((later.campaign, later.rule, second.action));
                found.push(finding);
                break;
            }
        }
    }
    found
}

/// What people read, such as the task for a shop: two of them stand side by side. Words of a value are few.
fn is_prose(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Message { .. } | ExprKind::Template(_) => true,
        ExprKind::Literal(Value::Text(text)) => {
            let is_ideograph = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
            text.split_whitespace().count() > 2 || text.chars().filter(is_ideograph).count() > 5
        }
        _ => false,
    }
}

fn clash<'p>(
    claims: &mut Claims<'p>,
    (earlier, first): (RuleAt<'p>, &'p ActionCall),
    (later, second): (RuleAt<'p>, &'p ActionCall),
) -> Option<Diagnostic> {
    let program = claims.program;
    let action = program.action(first.action);
    let differing: Vec<(usize, &Expr, &Expr)> = first
        .arguments
        .iter()
        .zip(&second.arguments)
        .enumerate()
        .filter_map(|(i, (a, b))| Some((i, a.as_ref()?, b.as_ref()?)))
        .filter(|(_, a, b)| {
            !is_prose(a) && !is_prose(b) && claims.solver.key_of(a) != claims.solver.key_of(b)
        })
        .collect();
    if differing.is_empty() {
        return None;
    }
    let asked: Vec<&Expr> = differing.iter().flat_map(|(_, a, b)| [*a, *b]).collect();
    let differ = |v: &[Option<Value>]| v.chunks(2).any(|p| p[0] != p[1]);
    let seen = together(claims, earlier, later, &[], &asked, differ)?;
    let offset =
        super::claims::conditions_of(earlier).len() + super::claims::conditions_of(later).len();
    let values = &seen.values[offset..offset + asked.len()];
    let place = values.chunks(2).position(|p| p[0] != p[1])?;
    let parameter = &action.parameters[differing[place].0].name;
    let shown = |v: &Option<Value>| match v {
        Some(v) => literal(program, v),
        None => "nothing".into(),
    };
    Some(
        Diagnostic::new(
            &codes::CONFLICTING_ACTIONS,
            second.span,
            format!(
                "`{}` and `{}` can both call `{}` for one customer on one day, with different values",
                earlier.name(),
                later.name(),
                action.name
            ),
        )
        .label(format!("`{parameter}` is {} here", shown(&values[2 * place + 1])))
        .also(first.span, format!("and {} here", shown(&values[2 * place])))
        .help(format!(
            "let one stand `instead of` the other, or make their conditions exclude one another{}",
            seen.example()
        )),
    )
}

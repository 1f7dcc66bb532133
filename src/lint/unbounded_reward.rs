//! `unbounded-reward`: something of value is given away, and neither a cap nor a budget says how much of it.
//!
//! A reward is an action that costs and is on no channel: what goes out on a channel is a message, which the
//! channel's own caps hold back. A task for a colleague is none either: it is work.

use super::colleagues::is_work;
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Action, Campaign, Cap, ExprKind, Program, Purpose, Rule};
use crate::schema::{Decimal, Value};

pub const LINT: Lint = Lint {
    code: &codes::UNBOUNDED_REWARD,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut budgeted = vec![false; program.campaigns.len()];
    for campaign in program.budgets.iter().flat_map(|b| &b.campaigns) {
        budgeted[campaign.index()] = true;
    }
    for shared in &program.shared_caps {
        if shared.cap.channel.is_none() {
            for campaign in &shared.campaigns {
                budgeted[campaign.index()] = true;
            }
        }
    }
    let mut found = Vec::new();
    for (campaign, budgeted) in program.campaigns.iter().zip(budgeted) {
        // Limits do not apply to safety, so there is none to ask for.
        if budgeted || campaign.purpose == Purpose::Safety || counts_all(&campaign.caps) {
            continue;
        }
        let open = campaign.rules.iter().filter(|r| !counts_all(&r.caps));
        found.extend(open.filter_map(|rule| unbounded(program, campaign, rule)));
    }
    found
}

/// Caps `with CHANNEL` leave alone what is on none.
fn counts_all(caps: &[Cap]) -> bool {
    caps.iter().any(|cap| cap.channel.is_none())
}

fn unbounded(program: &Program, campaign: &Campaign, rule: &Rule) -> Option<Diagnostic> {
    let mut calls = rule.thens.iter().flat_map(|t| &t.calls);
    let (call, action) = calls.find_map(|call| {
        let action = program.action(call.action);
        let given = is_reward(action) && !is_work(program, campaign, action.record);
        given.then_some((call, action))
    })?;
    let message = format!(
        "nothing limits what `{}` spends on `{}`",
        rule.name, action.name
    );
    let costs = action.costs.as_ref().map_or(action.span, |c| c.span);
    Some(
        Diagnostic::new(&codes::UNBOUNDED_REWARD, call.span, message)
            .also(costs, "what each of them costs")
            .help("add a `budget … per calendar month` to the campaign, or an `at most … per calendar year` to the rule"),
    )
}

fn is_reward(action: &Action) -> bool {
    let free = |e: &crate::hir::Expr| matches!(&e.kind, ExprKind::Literal(Value::Money(amount, _)) if *amount == Decimal::ZERO);
    action.channel.is_none() && action.costs.as_ref().is_some_and(|e| !free(e))
}

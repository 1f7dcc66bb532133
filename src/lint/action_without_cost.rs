//! `action-without-cost`: an action of a campaign with a budget that says nothing of what it costs.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::Budget;
use rustc_hash::FxHashSet;

pub const LINT: Lint = Lint {
    code: &codes::ACTION_WITHOUT_COST,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut budgets: Vec<Option<&Budget>> = vec![None; program.campaigns.len()];
    for budget in &program.budgets {
        for campaign in &budget.campaigns {
            budgets[campaign.index()].get_or_insert(budget);
        }
    }
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    let mut campaigns: Vec<_> = program.campaigns.iter().zip(budgets).collect();
    // The order of declarations means nothing.
    campaigns.sort_by_key(|(campaign, _)| &campaign.name);
    for (campaign, budget) in campaigns {
        let Some(budget) = budget else { continue };
        let thens = campaign.rules.iter().flat_map(|r| &r.thens);
        for call in thens.flat_map(|t| &t.calls) {
            let action = program.action(call.action);
            if action.costs.is_some() || !seen.insert(call.action) {
                continue;
            }
            let message = format!(
                "`{}` has no cost, so the budget of `{}` does not limit it",
                action.name, campaign.name
            );
            found.push(
                Diagnostic::new(&codes::ACTION_WITHOUT_COST, action.span, message)
                    .also(budget.span, "counts costs")
                    .also(call.span, "uses up nothing of it")
                    .help("write what one costs after it, as in `costs 1.20 CNY`; `costs 0 CNY` if it is free"),
            );
        }
    }
    found
}

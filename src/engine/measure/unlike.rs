//! Whether limits may have chosen among those to be treated. The lot is drawn before them, so that the held out are
//! then drawn from others than the treated.

use crate::engine::stages::Obeys;
use crate::ledger::{Fate, Firing, History};
use crate::plan::{Cap, Group, Plan};
use crate::schema::{Day, Decimal};

/// What makes the treated others than those held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlike {
    /// A limit that was used up served those first that `favour` names.
    Favoured,
    /// Another campaign of an `exclusive` had some of them.
    Exclusive,
}

/// The ledger does not keep who was refused, so this says what may have been: not where a limit never came to its
/// end, counted over all that was ever done.
pub fn unlike(plan: &Plan, place: usize, history: &History, today: Day) -> Option<Unlike> {
    let campaign = &plan.campaigns[place];
    let done = |name: &str| done(history, name, today);
    if !campaign.purpose.limits() {
        return None;
    }
    let other = |p: &usize| *p != place && done(&plan.campaigns[*p].name).next().is_some();
    let mut exclusives = plan.exclusives.iter();
    if exclusives.any(|e| e.campaigns.contains(&place) && e.campaigns.iter().any(other)) {
        return Some(Unlike::Exclusive);
    }
    campaign.favour.as_ref()?;
    let fired = done(&campaign.name).count() as u64;
    let firings = campaign
        .caps
        .iter()
        .chain(campaign.rules.iter().flat_map(|r| &r.caps));
    let capped = firings.clone().any(|c| c.is_shared() && c.count <= fired);
    let calls = campaign.rules.iter().flat_map(|r| &r.thens);
    let mut channels = calls
        .flat_map(|t| &t.calls)
        .filter_map(|c| c.channel.as_ref());
    let sent = |name: &str| {
        let actions = history.rules().flat_map(|(_, rule)| rule.firings());
        let actions = actions.filter(|f| f.day <= today).flat_map(|f| &f.actions);
        let on = actions.filter(|a| a.channel.as_deref() == Some(name));
        on.count() as u64
    };
    let on_channel = channels.any(|channel| {
        let mut caps = channel.caps.iter().filter(|c| c.is_shared());
        caps.any(|c| c.count <= sent(&channel.name))
    });
    let mut budgets = plan.budgets.iter();
    let spent = budgets.any(|budget| {
        let costs = budget
            .campaigns
            .iter()
            .flat_map(|p| done(&plan.campaigns[*p].name))
            .map(cost);
        let (sum, most) = costs.fold((0i128, 0), |(sum, most), cost| {
            (sum.saturating_add(cost.0), cost.0.max(most))
        });
        budget.campaigns.contains(&place) && sum.saturating_add(most) > budget.amount.0
    });
    (capped || on_channel || spent).then_some(Unlike::Favoured)
}

fn done<'h>(
    history: &'h History,
    campaign: &str,
    today: Day,
) -> impl Iterator<Item = &'h Firing> + use<'h> {
    let campaign = campaign.to_owned();
    let rules = history
        .rules()
        .filter(move |(n, _)| *n.campaign == *campaign);
    let firings = rules.flat_map(|(_, rule)| rule.firings());
    firings.filter(move |f| f.fate == Fate::Done && f.day <= today)
}

fn cost(firing: &Firing) -> Decimal {
    let costs = firing.actions.iter().filter_map(|a| a.cost);
    Decimal(costs.fold(0, |sum, c| sum.saturating_add(c.0)))
}

impl Cap {
    /// One subject's share may be another's.
    fn is_shared(&self) -> bool {
        matches!(self.group, Group::InAll | Group::ForEach { .. })
    }
}

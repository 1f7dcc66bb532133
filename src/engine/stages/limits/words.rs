//! Limits as the suppressed list names them.

use crate::hir::CalendarUnit;
use crate::plan::{Budget, Cap, Group, Period, Plan, SharedCap};
use crate::schema::DurationKind;

/// `email: at most 2 per 7 days`
pub fn cap(owner: &str, cap: &Cap) -> String {
    let mut text = format!(
        "{owner}: at most {}{}",
        cap.count,
        group(&cap.group, "in all")
    );
    text.push_str(&period(cap.period));
    if let Some(channel) = &cap.channel {
        text.push_str(" with ");
        text.push_str(channel);
    }
    if cap.promotion_only {
        text.push_str(" for promotion");
    }
    text
}

/// `survey, reviews: at most 1 per 30 days`
pub fn shared_cap(plan: &Plan, shared: &SharedCap) -> String {
    cap(&names(plan, &shared.campaigns), &shared.cap)
}

fn names(plan: &Plan, campaigns: &[usize]) -> String {
    let name = |c: &usize| plan.campaigns[*c].name.as_str();
    campaigns.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// `birthdays, win_back: budget 50000.00 CNY per calendar month`
pub fn budget(plan: &Plan, budget: &Budget) -> String {
    let (digits, code) = match plan.currency {
        Some(currency) => (currency.digits(), format!(" {currency}")),
        None => (0, String::new()),
    };
    format!(
        "{}: budget {}{code}{}{}",
        names(plan, &budget.campaigns),
        budget.amount.to_string_min(digits),
        group(&budget.group, ""),
        period(budget.period),
    )
}

fn group(group: &Group, in_all: &str) -> String {
    match group {
        Group::InAll if in_all.is_empty() => String::new(),
        Group::InAll => format!(" {in_all}"),
        Group::Target => String::new(),
        Group::ForEach { text, .. } => format!(" for each {text}"),
    }
}

fn period(period: Option<Period>) -> String {
    let (n, unit) = match period {
        None => return String::new(),
        Some(Period::Calendar(unit)) => {
            let unit = match unit {
                CalendarUnit::Day => "day",
                CalendarUnit::Week => "week",
                CalendarUnit::Month => "month",
                CalendarUnit::Quarter => "quarter",
                CalendarUnit::Year => "year",
            };
            return format!(" per calendar {unit}");
        }
        Some(Period::Rolling(kind, n)) => match kind {
            DurationKind::Days => (n, "day"),
            DurationKind::Months => (n, "month"),
            DurationKind::Minutes => (n, "minute"),
        },
    };
    format!(" per {n} {unit}{}", if n == 1 { "" } else { "s" })
}

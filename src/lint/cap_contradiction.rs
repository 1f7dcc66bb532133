//! `cap-contradiction`: a limit that another one always reaches first, and a budget that does not pay for one
//! action.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{
    ActionCall, ArithmeticOp, Campaign, Cap, Channel, Expr, ExprKind, Group, Period, Program,
    Purpose, Rule,
};
use crate::schema::{ChannelId, Decimal, DurationKind, Value};
use crate::syntax::ast::CalendarUnit;

pub const LINT: Lint = Lint {
    code: &codes::CAP_CONTRADICTION,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut found = Vec::new();
    for campaign in &program.campaigns {
        // Safety obeys no limit.
        if campaign.purpose == Purpose::Safety {
            continue;
        }
        let above = format!("campaign `{}`", campaign.name);
        for rule in &campaign.rules {
            for cap in &rule.caps {
                let by_campaign = tighter(cap, &campaign.caps).map(|c| (c, above.clone()));
                let by_channel = || by_channel(program, campaign, cap, calls_of([rule]));
                let by = by_campaign.or_else(by_channel);
                found.extend(by.map(|(other, of)| never("rule", &rule.name, cap, other, &of)));
            }
        }
        for cap in &campaign.caps {
            let by = by_channel(program, campaign, cap, calls_of(&campaign.rules));
            found.extend(by.map(|(other, of)| never("campaign", &campaign.name, cap, other, &of)));
        }
    }
    unpaid(program, &mut found);
    found
}

fn never(kind: &str, name: &str, cap: &Cap, other: &Cap, of: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::CAP_CONTRADICTION,
        cap.span,
        format!(
            "the {kind} `{name}` never reaches this: the {of} stops at {} before",
            other.count
        ),
    )
    .also(other.span, "reached first")
    .help(format!(
        "write no more than {} here, or more there",
        other.count
    ))
}

fn calls_of<'p>(rules: impl IntoIterator<Item = &'p Rule>) -> Vec<&'p ActionCall> {
    let thens = rules.into_iter().flat_map(|r| &r.thens);
    thens.flat_map(|t| &t.calls).collect()
}

/// One of the limits that lets fewer through than `cap`, in every stretch of time that `cap` counts.
fn tighter<'p>(cap: &Cap, others: &'p [Cap]) -> Option<&'p Cap> {
    let tighter = others.iter().filter(|other| {
        // One counts firings and the other actions where only one names a channel.
        other.channel == cap.channel
            && other.count < cap.count
            // What counts promotions alone leaves room for everything else.
            && (cap.promotion_only || !other.promotion_only)
            && gathers(&other.group, &cap.group)
            && covers(other.period, cap.period)
    });
    tighter.min_by_key(|other| other.count)
}

/// The limit of a channel on which all these actions are, or which the cap names.
fn by_channel<'p>(
    program: &'p Program,
    campaign: &Campaign,
    cap: &Cap,
    calls: Vec<&'p ActionCall>,
) -> Option<(&'p Cap, String)> {
    let channel: &Channel = program.channel(cap.channel.or_else(|| only_channel(program, calls))?);
    // A channel counts by its targets: `for each` there is not the subject's.
    if matches!(cap.group, Group::ForEach { .. }) {
        return None;
    }
    let found = tighter(
        &Cap {
            channel: None,
            promotion_only: campaign.purpose == Purpose::Promotion,
            ..cap.clone()
        },
        &channel.caps,
    )?;
    Some((found, format!("channel `{}`", channel.name)))
}

fn only_channel(program: &Program, calls: Vec<&ActionCall>) -> Option<ChannelId> {
    let mut channels = calls.iter().map(|c| program.action(c.action).channel);
    let first = channels.next()??;
    channels.all(|c| c == Some(first)).then_some(first)
}

/// Whether whatever counts in a group of `inner` counts in one and the same group of `outer`.
fn gathers(outer: &Group, inner: &Group) -> bool {
    match (outer, inner) {
        (Group::Target, Group::Target) => true,
        // A firing counts once in all, and at most once for a target.
        (Group::InAll, Group::InAll | Group::Target) => true,
        (Group::InAll, Group::ForEach { .. }) => true,
        (Group::ForEach { text: a, .. }, Group::ForEach { text: b, .. }) => a == b,
        _ => false,
    }
}

/// Whether each stretch of `inner` lies within one of `outer`; none is for ever.
fn covers(outer: Option<Period>, inner: Option<Period>) -> bool {
    let (Some(outer), Some(inner)) = (outer, inner) else {
        return outer.is_none();
    };
    if outer == inner || inner == Period::Calendar(CalendarUnit::Day) {
        return true;
    }
    match (outer, inner) {
        (Period::Rolling(a, n), Period::Rolling(b, m)) => match (a, b) {
            (DurationKind::Days, DurationKind::Days) => n >= m,
            (DurationKind::Months, DurationKind::Months) => n >= m,
            (DurationKind::Months, _) => n.saturating_mul(28) >= m,
            _ => n >= m.saturating_mul(31),
        },
        (Period::Rolling(DurationKind::Months, n), Period::Calendar(unit)) => match unit {
            CalendarUnit::Day | CalendarUnit::Week | CalendarUnit::Month => true,
            CalendarUnit::Quarter => n >= 3,
            CalendarUnit::Year => n >= 12,
        },
        (Period::Rolling(_, n), Period::Calendar(unit)) => n >= longest(unit),
        (Period::Calendar(outer), Period::Calendar(inner)) => {
            // A week lies in two months, and in two years.
            outer != CalendarUnit::Week
                && inner != CalendarUnit::Week
                && longest(outer) >= longest(inner)
        }
        (Period::Calendar(_), Period::Rolling(_, _)) => {
            inner == Period::Rolling(DurationKind::Days, 1)
        }
    }
}

/// In days.
fn longest(unit: CalendarUnit) -> i64 {
    match unit {
        CalendarUnit::Day => 1,
        CalendarUnit::Week => 7,
        CalendarUnit::Month => 31,
        CalendarUnit::Quarter => 92,
        CalendarUnit::Year => 366,
    }
}

/// Budgets below the written cost of one action: it is never done. A budget of nothing switches a campaign off.
fn unpaid(program: &Program, found: &mut Vec<Diagnostic>) {
    let some = program.budgets.iter().filter(|b| b.amount > Decimal::ZERO);
    for budget in some {
        let campaigns = budget.campaigns.iter().map(|id| program.campaign(*id));
        let paying = campaigns.filter(|c| c.purpose != Purpose::Safety);
        let calls = paying.flat_map(|c: &Campaign| calls_of(&c.rules));
        let name = |call: &ActionCall| &program.action(call.action).name;
        let dear = calls.filter_map(|call| Some((cost(program, call)?, name(call), call)));
        let dearest = dear
            .filter(|(cost, ..)| *cost > budget.amount)
            .max_by_key(|(cost, name, _)| (*cost, *name));
        if let Some((cost, name, call)) = dearest {
            let cost = written(program, cost);
            let message = format!("this budget does not pay for one `{name}`, which is never done");
            found.push(
                Diagnostic::new(&codes::CAP_CONTRADICTION, budget.span, message)
                    .also(call.span, format!("costs {cost}"))
                    .help(format!(
                        "write a budget of at least {cost}, or remove the action"
                    )),
            );
        }
    }
}

/// An amount with its currency.
fn written(program: &Program, amount: Decimal) -> String {
    match program.workspace.currency {
        Some(c) => format!("{} {c}", amount.to_string_min(c.digits())),
        None => amount.to_string(),
    }
}

/// What a call costs, where that stands in the program.
fn cost(program: &Program, call: &ActionCall) -> Option<Decimal> {
    constant(program.action(call.action).costs.as_ref()?, &call.arguments)
}

fn constant(e: &Expr, arguments: &[Option<Expr>]) -> Option<Decimal> {
    match &e.kind {
        ExprKind::Literal(Value::Integer(n)) => Some(Decimal::from_int(*n)),
        ExprKind::Literal(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => Some(*d),
        ExprKind::Widen(inner) => constant(inner, arguments),
        // An argument names nothing but literals here: those of the call are of another row.
        ExprKind::Parameter(place) => constant(arguments.get(*place)?.as_ref()?, &[]),
        ExprKind::Arithmetic { op, left, right } => {
            let (left, right) = (constant(left, arguments)?, constant(right, arguments)?);
            match op {
                ArithmeticOp::Add => left.checked_add(right),
                ArithmeticOp::Subtract => left.checked_sub(right),
                ArithmeticOp::Multiply => left.checked_mul(right),
                ArithmeticOp::Divide => left.checked_div(right),
            }
        }
        _ => None,
    }
}

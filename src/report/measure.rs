//! What campaigns brought, for people and for machines.

use super::table::{Align, TextTable, grouped, visible};
use crate::engine::{Group, Measured, Newcombe};
use crate::plan::{Campaign, Plan};
use crate::schema::{Currency, Day, Decimal, DurationKind};
use serde_json::{Value, json};

/// What a measure says, as it is written.
pub type Words<'w> = &'w dyn Fn(&Measured) -> String;

/// The whole text, campaigns by name.
pub fn measures(plan: &Plan, found: &[Measured], today: Day, words: Words<'_>) -> String {
    let mut out = format!("{}, measured on {today}\n", visible(&plan.workspace));
    let mut last = None;
    for measured in in_order(plan, found) {
        let campaign = &plan.campaigns[measured.campaign];
        if last != Some(measured.campaign) {
            out.push_str(&format!("\n{}", visible(&campaign.name)));
            if let Some(title) = &campaign.title {
                out.push_str(&format!("  {}", visible(title)));
            }
            out.push('\n');
            last = Some(measured.campaign);
        }
        out.push_str(&one(plan, campaign, measured, &words(measured)));
    }
    out
}

fn in_order<'m>(plan: &Plan, found: &'m [Measured]) -> Vec<&'m Measured> {
    let mut found: Vec<&Measured> = found.iter().collect();
    let name = |m: &Measured| plan.campaigns[m.campaign].name.as_str();
    found.sort_by(|a, b| (name(a), a.measure).cmp(&(name(b), b.measure)));
    found
}

fn one(plan: &Plan, campaign: &Campaign, measured: &Measured, words: &str) -> String {
    let measure = &campaign.measures[measured.measure];
    let mut out = format!("  {}: {}\n", visible(&measure.name), visible(words));
    let nobody = measured.treated.subjects + measured.held_out.subjects == 0;
    if !nobody {
        let mut table = TextTable::new(&[
            ("", Align::Left),
            ("subjects", Align::Right),
            ("successes", Align::Right),
            ("rate", Align::Right),
        ]);
        let mut row = |name: &str, group: &Group| {
            let rate = group.rate().map_or("·".into(), percent);
            let (n, s) = (grouped(group.subjects), grouped(group.successes));
            table.push(vec![name.to_owned(), n, s, rate]);
        };
        row("treated", &measured.treated);
        for (name, group) in &measured.variants {
            row(&format!("  {name}"), group);
        }
        if measured.held_out.subjects > 0 {
            row("held out", &measured.held_out);
        }
        out.push_str(&table.render("    "));
    }
    for line in verdict(plan, measured) {
        out.push_str(&format!("    {line}\n"));
    }
    if measured.young > 0 {
        let young = format!(
            "{} whose time of {} is not over yet {} not counted",
            grouped(measured.young),
            ripe(measure.ripe_after),
            if measured.young == 1 { "is" } else { "are" },
        );
        out.push_str(&format!("    {young}\n"));
    }
    if measured.gone > 0 {
        let gone = grouped(measured.gone);
        out.push_str(&format!("    {gone} are in the data no more\n"));
    }
    out
}

/// What may be concluded.
fn verdict(plan: &Plan, measured: &Measured) -> Vec<String> {
    let (treated, held_out) = (&measured.treated, &measured.held_out);
    if treated.subjects == 0 {
        return vec!["nobody was treated yet".into()];
    }
    if held_out.subjects == 0 {
        let campaign = &plan.campaigns[measured.campaign];
        let draws = campaign.hold_out > 0 || plan.hold_out > 0;
        let how = match draws {
            true => "the lot has fallen on nobody yet",
            false => "write `hold out 10%` into the campaign to find out",
        };
        return vec![
            "nobody was held out, so nothing says what would have happened without it;".into(),
            how.into(),
        ];
    }
    let Some(effect) = Newcombe::of(treated, held_out) else {
        return Vec::new();
    };
    let mut lines = vec![format!(
        "difference {} percentage points (95% interval {} to {}): {}",
        points(effect.difference),
        points(effect.lower),
        points(effect.upper),
        match effect.shows_an_effect() {
            true if effect.difference > 0.0 => "it works",
            true => "it does harm",
            false => "no effect is shown",
        }
    )];
    if treated.cost != Decimal::ZERO {
        let mut line = format!("cost {}", money(treated.cost, plan.currency));
        match measured.cost_per_additional_success() {
            Some(cost) => line.push_str(&format!(
                ", {} for each additional success",
                money(cost, plan.currency)
            )),
            None => line.push_str(", and no additional success"),
        }
        lines.push(line);
    }
    lines
}

fn percent(rate: f64) -> String {
    format!("{:.1}%", rate * 100.0)
}

/// A difference of rates, in percentage points.
fn points(difference: f64) -> String {
    let text = format!("{:+.1}", difference * 100.0);
    if text == "-0.0" { "+0.0".into() } else { text }
}

fn money(amount: Decimal, currency: Option<Currency>) -> String {
    let Some(currency) = currency else {
        return amount.to_string();
    };
    let digits = currency.digits();
    let rounded = amount.round_digits(digits, crate::schema::Rounding::Nearest);
    format!(
        "{} {currency}",
        rounded.unwrap_or(amount).to_string_min(digits)
    )
}

fn ripe(after: Option<(DurationKind, i64)>) -> String {
    match after {
        Some((DurationKind::Months, n)) => format!("{n} month{}", if n == 1 { "" } else { "s" }),
        Some((_, n)) => format!("{n} day{}", if n == 1 { "" } else { "s" }),
        None => "nothing".into(),
    }
}

/// `guanxi schema measure` has its JSON Schema.
pub fn measures_json(plan: &Plan, found: &[Measured], today: Day, words: Words<'_>) -> Value {
    let group = |g: &Group| {
        json!({
            "subjects": g.subjects,
            "successes": g.successes,
            "rate": g.rate(),
            "cost": g.cost.to_string(),
        })
    };
    let measures: Vec<Value> = in_order(plan, found)
        .into_iter()
        .map(|m| {
            let campaign = &plan.campaigns[m.campaign];
            let effect = Newcombe::of(&m.treated, &m.held_out);
            let variants: serde_json::Map<String, Value> = m
                .variants
                .iter()
                .map(|(name, g)| (name.clone(), group(g)))
                .collect();
            json!({
                "campaign": campaign.name,
                "measure": campaign.measures[m.measure].name,
                "condition": words(m),
                "treated": group(&m.treated),
                "variants": variants,
                "held_out": group(&m.held_out),
                "difference": effect.map(|e| e.difference),
                "interval": effect.map(|e| [e.lower, e.upper]),
                "cost_per_additional_success":
                    m.cost_per_additional_success().map(|c| c.to_string()),
                "not_over_yet": m.young,
                "gone": m.gone,
            })
        })
        .collect();
    json!({
        "version": 1,
        "workspace": plan.workspace,
        "today": today.to_string(),
        "currency": plan.currency.map(|c| c.to_string()),
        "measures": measures,
    })
}

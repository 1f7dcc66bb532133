//! What campaigns brought, for people and for machines.

mod amounts;
mod json;
mod rates;

pub use json::measures_json;

use super::table::{Align, TextTable, grouped, visible};
use crate::engine::{Group, Measured, Unlike};
use crate::plan::{Campaign, Measure, Plan};
use crate::schema::{Currency, Day, Decimal, DurationKind, Rounding, Type};

/// What a measure says, as it is written.
pub type Words<'w> = &'w dyn Fn(&Measured) -> String;

/// Of a cost, where the interval of a difference contains 0.
const OPEN: &str = "what it brought is open as long as no effect is shown";

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
        } else {
            out.push('\n');
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
        let lines = lines(campaign, measured);
        let table = match measure.ty {
            Type::YesNo => rates::table(&lines),
            ty => amounts::table(&lines, &amounts::Unit::of(ty, measured)),
        };
        out.push_str(&table.render("    "));
    }
    let verdict = match nothing_to_compare(plan, measured) {
        Some(lines) => lines,
        None if measure.ty == Type::YesNo => rates::verdict(plan, measure, measured),
        None => amounts::verdict(plan, measure, measured),
    };
    for line in verdict {
        out.push_str(&format!("    {line}\n"));
    }
    if let Some(unlike) = measured.unlike.filter(|_| measured.held_out.subjects > 0) {
        out.push_str(&format!("    {}\n    {UNLIKE}\n", reason(unlike)));
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

/// The lines of a measure's table: how far each is indented, its name, its subjects. Rules are told apart where the
/// campaign has more than one.
fn lines(campaign: &Campaign, measured: &Measured) -> Vec<(usize, String, Group)> {
    let rules = match campaign.rules.len().max(measured.rules.len()) {
        0 | 1 => &[],
        _ => measured.rules.as_slice(),
    };
    let mut lines = vec![(0, "treated".to_owned(), measured.treated)];
    let variants = |depth: usize, list: &[(String, Group)]| {
        let lines = list.iter().map(move |(name, g)| (depth, name.clone(), *g));
        lines.collect::<Vec<_>>()
    };
    if rules.is_empty() {
        lines.extend(variants(1, &measured.variants));
    }
    for rule in rules.iter().filter(|r| r.treated.subjects > 0) {
        lines.push((1, rule.rule.clone(), rule.treated));
        lines.extend(variants(2, &rule.variants));
    }
    if measured.held_out.subjects > 0 {
        lines.push((0, "held out".to_owned(), measured.held_out));
        for rule in rules.iter().filter(|r| r.held_out.subjects > 0) {
            lines.push((1, rule.rule.clone(), rule.held_out));
        }
    }
    lines
}

/// A table whose first columns are the lines and their subjects.
fn table(columns: &[&str], rows: impl Iterator<Item = (usize, String, Vec<String>)>) -> TextTable {
    let mut headers = vec![("", Align::Left)];
    headers.extend(columns.iter().map(|c| (*c, Align::Right)));
    let mut table = TextTable::new(&headers);
    for (depth, name, cells) in rows {
        let mut row = vec![format!("{}{name}", "  ".repeat(depth))];
        row.extend(cells);
        table.push(row);
    }
    table
}

/// Why there is nothing to compare, and what to do about it.
fn nothing_to_compare(plan: &Plan, measured: &Measured) -> Option<Vec<String>> {
    if measured.treated.subjects == 0 {
        return Some(vec!["nobody was treated yet".into()]);
    }
    if measured.held_out.subjects > 0 {
        return None;
    }
    let campaign = &plan.campaigns[measured.campaign];
    let draws = campaign.hold_out > 0 || plan.hold_out > 0;
    let how = match draws {
        true => "the lot has fallen on nobody yet",
        false => "write `hold out 10%` into the campaign to find out",
    };
    Some(vec![
        "nobody was held out, so nothing says what would have happened without it;".into(),
        how.into(),
    ])
}

const UNLIKE: &str = "and the held out were drawn from all: the groups may be of different people";

fn reason(unlike: Unlike) -> &'static str {
    match unlike {
        Unlike::Favoured => {
            "with care: a limit may have refused some, those that `favour` puts last,"
        }
        Unlike::Exclusive => "with care: `exclusive` may have left some to another campaign,",
    }
}

/// What the campaign spent on those counted, and what to say of it. Two lines, as a sentence is long.
fn cost(
    plan: &Plan,
    measure: &Measure,
    cost: Decimal,
    then: Option<(&str, String)>,
) -> Vec<String> {
    let until = match measure.ripe_after {
        Some(_) => format!("{} after treatment", ripe(measure.ripe_after)),
        None => "today".into(),
    };
    let cost = money(cost, plan.currency);
    let mut lines = vec![format!(
        "cost {cost} for all that it did for them until {until}"
    )];
    if let Some((mark, then)) = then {
        lines[0].push_str(mark);
        lines.push(then);
    }
    lines
}

fn money(amount: Decimal, currency: Option<Currency>) -> String {
    let Some(currency) = currency else {
        return amount.to_string();
    };
    format!("{} {currency}", rounded(amount, currency.digits()))
}

/// With so many digits after the point.
fn rounded(n: Decimal, digits: u32) -> String {
    let rounded = n.round_digits(digits, Rounding::Nearest).unwrap_or(n);
    rounded.to_string_min(digits)
}

fn ripe(after: Option<(DurationKind, i64)>) -> String {
    match after {
        Some((DurationKind::Months, n)) => format!("{n} month{}", if n == 1 { "" } else { "s" }),
        Some((_, n)) => format!("{n} day{}", if n == 1 { "" } else { "s" }),
        None => "nothing".into(),
    }
}

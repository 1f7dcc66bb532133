//! What a run came to, for people: a table for each campaign, segments, and what was read.

use super::figures;
use super::order::Order;
use super::table::{Align, TextTable, grouped, visible};
use crate::engine::{FigureValue, RuleOutcome, SegmentCount, Stage};
use crate::plan::{Campaign, Plan};
use crate::schema::{Currency, Day, Decimal};
use unicode_width::UnicodeWidthStr;

/// What the summary says beside the outcome.
#[derive(Debug, Clone)]
pub struct Summary<'a> {
    /// The first and the last day.
    pub days: (Day, Day),
    /// The day came from the clock on the wall, in the workspace's zone.
    pub by_the_wall: bool,
    /// Record, rows read.
    pub rows_read: Vec<(String, u64)>,
    /// Rows set aside, and where they were written.
    pub rejects: Option<(u64, &'a str)>,
    /// How many rows the suppressed list has, and where it was written.
    pub suppressed: Option<(u64, &'a str)>,
    /// Where the action list went.
    pub out: &'a str,
    pub memory: Memory<'a>,
    /// In which campaigns, rules, segments and figures are told.
    pub order: &'a Order,
    /// Rules too that had nobody.
    pub all: bool,
}

/// The numbers of a run.
#[derive(Debug, Clone, Copy)]
pub struct Sums<'a> {
    /// By campaign and rule name.
    pub rules: &'a [RuleOutcome],
    pub segments: &'a [SegmentCount],
    pub figures: &'a [FigureValue],
}

/// What is remembered of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory<'a> {
    None,
    Ledger {
        /// As the user wrote it.
        name: &'a str,
        /// How many were recorded.
        firings: u64,
        /// Of them taken as done; `None`: it was no run of that kind.
        adopted: Option<u64>,
        /// Lines of the action list that earlier runs sent there.
        earlier: u64,
    },
}

const NONE: &str = "·";

/// What the numbers of a run of many days are.
const COUNTED_ONCE: &str =
    "who is eligible on several days counts once in a rule, by what became of them";

/// The whole text, with a line end after the last line. Same outcome, same bytes.
pub fn summary(
    plan: &Plan,
    Sums {
        rules: all,
        segments,
        figures,
    }: Sums<'_>,
    about: &Summary<'_>,
) -> String {
    let mut out = head(plan, about);
    let mut rules: Vec<&RuleOutcome> = all.iter().collect();
    rules.sort_by_key(|r| about.order.rule(r.campaign, r.rule));
    let mut nobody = Vec::new();
    for rules in rules.chunk_by(|a, b| a.campaign == b.campaign) {
        let told: Vec<&RuleOutcome> = match about.all {
            true => rules.to_vec(),
            false => rules.iter().copied().filter(|r| has_news(r)).collect(),
        };
        let name = &plan.campaigns[rules[0].campaign].name;
        if told.is_empty() {
            nobody.push(visible(name));
            continue;
        }
        out.push_str(&campaign(plan, &told, about.days));
        for rule in rules.iter().filter(|r| !about.all && !has_news(r)) {
            let rule = &plan.campaigns[rule.campaign].rules[rule.rule].name;
            nobody.push(visible(&format!("{name}.{rule}")));
        }
    }
    if !nobody.is_empty() {
        out.push_str(&list("nobody eligible: ", &nobody).join("\n"));
        out.push_str("\n\n");
    }
    let mut segments: Vec<&SegmentCount> = segments.iter().collect();
    segments.sort_by_key(|s| about.order.segment(&s.record, &s.name));
    if !segments.is_empty() {
        let mut table = TextTable::new(&[("segment", Align::Left), ("rows", Align::Right)]);
        for segment in segments {
            let name = format!("{} of {}", segment.name, segment.record);
            table.push(vec![name, grouped(segment.count)]);
        }
        out.push_str(&table.render("  "));
        out.push('\n');
    }
    let mut figures: Vec<&FigureValue> = figures.iter().collect();
    figures.sort_by_key(|f| about.order.figure(&f.name));
    out.push_str(&figures::tables(&figures));
    out.push_str(&foot(plan, all, about));
    out
}

fn head(plan: &Plan, about: &Summary<'_>) -> String {
    let wall = if about.by_the_wall {
        format!(", the day it is in {}", plan.zone)
    } else {
        String::new()
    };
    let name = visible(&plan.workspace);
    match about.days {
        (first, last) if first == last => format!("{name} on {first}{wall}\n\n"),
        (first, last) => {
            let n = (last.0 - first.0 + 1).unsigned_abs();
            let days = plural(n.into(), "day");
            format!("{name} from {first} to {last}, {days}\n{COUNTED_ONCE}\n\n")
        }
    }
}

/// Somebody was eligible, or the campaign does not run.
fn has_news(rule: &RuleOutcome) -> bool {
    rule.eligible > 0 || rule.outside_run
}

/// One campaign's table, under its name and title.
fn campaign(plan: &Plan, rules: &[&RuleOutcome], days: (Day, Day)) -> String {
    let campaign = &plan.campaigns[rules[0].campaign];
    let mut out = visible(&campaign.name);
    if let Some(title) = &campaign.title {
        out.push_str(&format!("  {}", visible(title)));
    }
    out.push('\n');
    if rules.iter().all(|r| r.outside_run) {
        let when = match days {
            (first, last) if first == last => format!("on {first}"),
            (first, last) => format!("from {first} to {last}"),
        };
        out.push_str(&format!(
            "  does not run {when}: it {}\n\n",
            run_days(campaign)
        ));
        return out;
    }
    out.push_str(&rules_table(plan, campaign, rules));
    for rule in rules.iter().filter(|r| r.stopped_actions > 0) {
        out.push_str(&format!(
            "  {}: {} of those who fired {} stopped\n",
            visible(&campaign.rules[rule.rule].name),
            plural(rule.stopped_actions, "action"),
            if rule.stopped_actions == 1 {
                "was"
            } else {
                "were"
            },
        ));
    }
    out.push('\n');
    out
}

fn run_days(campaign: &Campaign) -> String {
    match campaign.runs {
        Some((from, Some(to))) => format!("runs from {from} to {to}"),
        Some((from, None)) => format!("runs from {from}"),
        None => "has no days".into(),
    }
}

/// Columns in which nothing happened are left out, but for those that a reader looks for.
fn rules_table(plan: &Plan, campaign: &Campaign, rules: &[&RuleOutcome]) -> String {
    let stages: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|s| rules.iter().any(|r| fallen(r, *s) > 0))
        .collect();
    let held_out = rules.iter().any(|r| r.held_out > 0);
    let costs = rules.iter().any(|r| r.cost != Decimal::ZERO);
    let mut headers = vec![("rule", Align::Left), ("eligible", Align::Right)];
    headers.extend(stages.iter().map(|s| (s.name(), Align::Right)));
    headers.extend(held_out.then_some(("held out", Align::Right)));
    let earlier = rules.iter().any(|r| r.earlier > 0);
    let adopted = rules.iter().any(|r| r.adopted > 0);
    headers.extend(earlier.then_some(("earlier today", Align::Right)));
    headers.extend(adopted.then_some(("adopted", Align::Right)));
    let firings = rules.iter().any(|r| r.firings != r.fired);
    headers.push(("fired", Align::Right));
    headers.extend(firings.then_some(("firings", Align::Right)));
    headers.push(("actions", Align::Right));
    headers.extend(costs.then_some(("cost", Align::Right)));
    let mut table = TextTable::new(&headers);
    for rule in rules {
        let mut row = vec![
            campaign.rules[rule.rule].name.clone(),
            number(rule.eligible),
        ];
        row.extend(stages.iter().map(|s| number(fallen(rule, *s))));
        row.extend(held_out.then(|| number(rule.held_out)));
        row.extend(earlier.then(|| number(rule.earlier)));
        row.extend(adopted.then(|| number(rule.adopted)));
        row.push(number(rule.fired));
        row.extend(firings.then(|| number(rule.firings)));
        row.push(number(rule.actions));
        row.extend(costs.then(|| cost(rule.cost, plan.currency)));
        table.push(row);
    }
    table.render("  ")
}

fn fallen(rule: &RuleOutcome, stage: Stage) -> u64 {
    rule.fallen
        .iter()
        .filter(|(s, _)| *s == stage)
        .map(|(_, n)| n)
        .sum()
}

fn number(n: u64) -> String {
    if n == 0 { NONE.into() } else { grouped(n) }
}

/// Exact to the last digit that is not zero, at least the minor unit.
fn cost(amount: Decimal, currency: Option<Currency>) -> String {
    if amount == Decimal::ZERO {
        return NONE.into();
    }
    amount.to_string_min(currency.map_or(0, Currency::digits))
}

fn plural(n: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// Totals, what was read and written, and what this run does not remember.
fn foot(plan: &Plan, rules: &[RuleOutcome], about: &Summary<'_>) -> String {
    let actions = rules.iter().map(|r| r.actions).sum();
    let mut lines = Vec::new();
    let total = rules
        .iter()
        .try_fold(Decimal::ZERO, |sum, r| sum.checked_add(r.cost));
    let cost = match (total, plan.currency) {
        (Some(total), Some(currency)) if total != Decimal::ZERO => {
            format!(
                ", cost {} {currency}",
                total.to_string_min(currency.digits())
            )
        }
        _ => String::new(),
    };
    lines.push(match about.memory {
        Memory::Ledger {
            adopted: Some(_), ..
        } => "nothing was done, and nothing was written".to_owned(),
        Memory::Ledger { earlier, .. } if earlier > 0 => format!(
            "{}{cost}, to {}, which also keeps {} of earlier runs of the same days",
            plural(actions, "action"),
            about.out,
            grouped(earlier)
        ),
        _ => format!("{}{cost}, to {}", plural(actions, "action"), about.out),
    });
    if let Some((n, file)) = about.suppressed {
        lines.push(format!("{} suppressed, listed in {file}", grouped(n)));
    }
    if let Some((n, file)) = about.rejects {
        lines.push(format!(
            "{} set aside, listed in {file}",
            plural(n, "bad row")
        ));
    }
    let read: Vec<String> = about
        .rows_read
        .iter()
        .map(|(record, n)| format!("{} {}", grouped(*n), visible(record)))
        .collect();
    lines.extend(list("rows read: ", &read));
    let done = rules.iter().map(|r| r.firings).sum();
    lines.push(remembered(about, done));
    lines.join("\n") + "\n"
}

/// `done`: how many of the firings that were recorded did something; the others were held out.
fn remembered(about: &Summary<'_>, done: u64) -> String {
    match about.memory {
        Memory::None if about.days.0 == about.days.1 => {
            "no ledger: `once` and `again` hold within this run only".into()
        }
        Memory::None => "no ledger: `once` and `again` hold within these days only".into(),
        Memory::Ledger {
            name,
            adopted: Some(n),
            ..
        } => format!(
            "{} taken as done, and recorded in {name}",
            plural(n, "firing")
        ),
        Memory::Ledger {
            name, firings: 0, ..
        } => format!("no new firing for {name}"),
        Memory::Ledger { name, firings, .. } => {
            let held_out = match firings.checked_sub(done).filter(|n| *n > 0) {
                Some(n) => format!(" and {} held out", grouped(n)),
                None => String::new(),
            };
            let done = plural(firings.min(done), "firing");
            format!("{done}{held_out} recorded in {name}")
        }
    }
}

/// Items after a title, broken at 80 columns.
fn list(title: &str, items: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = title.to_owned();
    for (i, item) in items.iter().enumerate() {
        let piece = if i + 1 < items.len() {
            format!("{item}, ")
        } else {
            item.clone()
        };
        if line.width() + piece.trim_end().width() > 80 && i > 0 {
            lines.push(line.trim_end().to_owned());
            line = " ".repeat(title.len());
        }
        line.push_str(&piece);
    }
    if !items.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_break_at_80_columns() {
        let items: Vec<String> = (0..20).map(|i| format!("{i} customers")).collect();
        let lines = list("rows read: ", &items);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|l| l.width() <= 80), "{lines:?}");
    }

    #[test]
    fn costs_stay_exact() {
        let cny = Currency::from_code("CNY");
        assert_eq!(cost("0.005".parse().unwrap(), cny), "0.005");
        assert_eq!(cost("5".parse().unwrap(), cny), "5.00");
        assert_eq!(cost(Decimal::ZERO, cny), NONE);
    }
}

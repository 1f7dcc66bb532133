//! Explanations as text for people: one thought a line, what it comes from beneath it.

use super::ending::{ActionTold, RowWhy, RuleWhy, Told};
use super::stages::Blocked;
use super::{Counted, Step, Verdict};
use crate::schema::Day;
use unicode_width::UnicodeWidthStr;

/// Columns of the word that says whether a condition holds.
const VERDICT: usize = 10;

/// Lines with their indentation, broken where they are too long.
struct Lines {
    text: String,
    columns: usize,
}

impl Lines {
    fn new(columns: usize) -> Lines {
        Lines {
            text: String::new(),
            columns,
        }
    }

    fn push(&mut self, indent: usize, text: &str) {
        self.push_after(indent, "", text);
    }

    /// What is broken goes on below the text, not below the word before it.
    fn push_after(&mut self, indent: usize, word: &str, text: &str) {
        // However deep it lies, half of the line is left for the text.
        let indent = indent.min(self.columns / 2);
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(word);
        let margin = indent + word.width();
        let mut column = margin;
        for (i, part) in text.split(' ').enumerate() {
            if i > 0 && column + 1 + part.width() > self.columns {
                self.text.push('\n');
                self.text.push_str(&" ".repeat(margin));
                column = margin;
            } else if i > 0 {
                self.text.push(' ');
                column += 1;
            }
            self.text.push_str(part);
            column += part.width();
        }
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
    }
}

/// One rule in full.
pub fn of_rule(why: &RuleWhy, today: Day, columns: usize) -> String {
    let mut out = Lines::new(columns);
    let name = format!("{}.{}", why.campaign, why.rule);
    let title = why
        .title
        .as_ref()
        .map_or_else(String::new, |t| format!("  {t}"));
    out.push(0, &format!("{name}{title}"));
    out.push(0, &format!("for {} {} on {today}", why.record, why.key));
    out.push(0, "");
    verdict(&mut out, why);
    if let Some(because) = &why.because {
        out.push(0, &format!("the rule is there because: {because}"));
    }
    for (title, step) in [("audience", &why.audience), ("conditions", &why.conditions)] {
        if let Some(step) = step {
            out.push(0, "");
            out.push(0, title);
            top(&mut out, step);
        }
    }
    if !why.blocked.is_empty() {
        out.push(0, "");
        out.push(0, "what stopped it");
        why.blocked.iter().for_each(|s| condition(&mut out, s, 2));
    }
    actions(&mut out, why);
    out.text
}

/// The first line: how it ended.
fn verdict(out: &mut Lines, why: &RuleWhy) {
    match why.outcome {
        Told::Fired => out.push(0, "it fired"),
        Told::Earlier | Told::Adopted => out.push(0, &format!("it did not fire: {}", why.headline)),
        Told::HeldOut | Told::Stopped => {
            let stage = why.stage.map_or("", |s| s.name());
            out.push(0, &format!("it did not fire: stopped by `{stage}`"));
            out.push(2, &why.headline);
            why.uses.iter().for_each(|u| out.push(4, u));
        }
        Told::NotTrue => {
            out.push(0, "it did not fire");
            out.push(2, &why.headline);
            let others = why.conditions.as_ref().map_or(0, Step::failed_parts);
            if others > 1 {
                let rest = others - 1;
                let verb = if rest == 1 {
                    "condition is"
                } else {
                    "conditions are"
                };
                out.push(2, &format!("{rest} more {verb} not true"));
            }
        }
        Told::NotAsked => {
            out.push(0, "it did not fire");
            out.push(2, &why.headline);
        }
    }
}

/// The parts of a list stand for themselves.
fn top(out: &mut Lines, step: &Step) {
    if step.found.is_empty()
        && step.rows.is_none()
        && step.parts.iter().all(|p| p.verdict.is_some())
        && step.parts.len() > 1
    {
        step.parts.iter().for_each(|s| condition(out, s, 2));
    } else {
        condition(out, step, 2);
    }
}

fn any(out: &mut Lines, step: &Step, indent: usize) {
    match step.verdict {
        Some(_) if step.text.is_empty() => value(out, step, indent),
        Some(_) => condition(out, step, indent),
        None => value(out, step, indent),
    }
}

/// `true      membership >= silver`
fn condition(out: &mut Lines, step: &Step, indent: usize) {
    let word = step.verdict.unwrap_or(Verdict::Unknown).word();
    let effect = step.effect.as_ref();
    let effect = effect.map_or_else(String::new, |e| format!(" {e}"));
    let text = format!("{}{effect}", step.text);
    out.push_after(indent, &format!("{word:VERDICT$}"), &text);
    let inner = indent + VERDICT;
    if !step.found.is_empty() {
        // The parts that decided follow by themselves.
        let needed = step.needed.as_ref();
        let needed = needed.map_or_else(String::new, |n| format!("; {n}"));
        out.push(inner, &format!("{}{needed}", step.found));
    }
    rest(out, step, inner);
}

fn value(out: &mut Lines, step: &Step, indent: usize) {
    out.push(indent, &step.sentence());
    rest(out, step, indent);
}

fn rest(out: &mut Lines, step: &Step, indent: usize) {
    if let Some(rows) = &step.rows {
        counted(out, rows, indent + 2);
    }
    let nested = if step.found.is_empty() {
        indent
    } else {
        indent + 2
    };
    step.parts.iter().for_each(|s| any(out, s, nested));
}

fn counted(out: &mut Lines, rows: &Counted, indent: usize) {
    for row in &rows.shown {
        let cells = [Some(&row.name), row.day.as_ref(), row.value.as_ref()];
        let cells: Vec<&str> = cells.into_iter().flatten().map(String::as_str).collect();
        out.push(indent, &cells.join("  "));
    }
    if rows.counted > rows.shown.len() {
        out.push(
            indent,
            &format!("and {} more", rows.counted - rows.shown.len()),
        );
    }
    if !rows.left_out.is_empty() {
        let said: Vec<String> = rows
            .left_out
            .iter()
            .map(|(n, why)| format!("{n} {why}"))
            .collect();
        out.push(indent, &format!("not counted: {}", said.join(", ")));
    }
}

fn actions(out: &mut Lines, why: &RuleWhy) {
    if !why.actions.is_empty() {
        out.push(0, "");
        out.push(0, "actions");
        why.actions.iter().for_each(|a| action(out, a));
    }
    if !why.stopped.is_empty() {
        out.push(0, "");
        out.push(0, "actions that were stopped");
        why.stopped.iter().for_each(|b| blocked(out, b, &why.key));
    }
}

fn action(out: &mut Lines, action: &ActionTold) {
    out.push(2, &action.words());
    let about = [
        action.variant.as_ref().map(|v| format!("variant {v}")),
        action.channel.as_ref().map(|c| format!("by {c}")),
        action
            .deliver_after
            .as_ref()
            .map(|d| format!("deliver after {d}")),
        action.cost.as_ref().map(|c| format!("costs {c}")),
    ];
    let about: Vec<String> = about.into_iter().flatten().collect();
    if !about.is_empty() {
        out.push(4, &about.join(", "));
    }
}

fn blocked(out: &mut Lines, blocked: &Blocked, subject: &str) {
    let (action, target) = match &blocked.action {
        Some((action, target)) => (action.as_str(), target.as_str()),
        None => ("", subject),
    };
    let to = match target == subject {
        true => String::new(),
        false => format!(" to {target}"),
    };
    let stage = blocked.stage.name();
    out.push(2, &format!("{action}{to}: stopped by `{stage}`"));
    out.push(4, &blocked.sentence);
    blocked.uses.iter().for_each(|u| out.push(6, u));
    blocked.conditions.iter().for_each(|s| condition(out, s, 4));
}

/// Every rule in a line or two, and what came from others.
pub fn of_row(why: &RowWhy, today: Day, columns: usize) -> String {
    let mut out = Lines::new(columns);
    out.push(0, &format!("{} {} on {today}", why.record, why.key));
    let mut last = None;
    for rule in &why.rules {
        if last != Some(rule.outcome) {
            out.push(0, "");
            out.push(0, rule.outcome.words());
            last = Some(rule.outcome);
        }
        let stage = rule
            .stage
            .map_or_else(String::new, |s| format!(" by `{}`", s.name()));
        out.push(2, &format!("{}.{}{stage}", rule.campaign, rule.rule));
        out.push(6, &rule.headline);
        for stopped in &rule.stopped {
            let action = stopped.action.as_ref().map_or("", |a| a.0.as_str());
            let stage = stopped.stage.name();
            out.push(
                6,
                &format!(
                    "without {action}, stopped by `{stage}`: {}",
                    stopped.sentence
                ),
            );
        }
    }
    if why.rules.is_empty() {
        out.push(0, "");
        out.push(0, &format!("no campaign is for {}", why.record));
    }
    if !why.from_others.is_empty() {
        out.push(0, "");
        out.push(0, &format!("from others to this {}", why.record));
        for action in &why.from_others {
            out.push(
                2,
                &format!("{}.{} for {}", action.campaign, action.rule, action.subject),
            );
            let mut own = action.clone();
            own.subject.clone_from(&action.target);
            out.push(6, &own.words());
        }
    }
    out.text
}

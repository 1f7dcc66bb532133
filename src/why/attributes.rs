//! Derived attributes: how each came to its value.

use super::conditions::Depth;
use super::{Seen, Step, Teller, Verdict};
use crate::plan::{AttributeReason, AttributeReasonKind, Levels, Reason, TableReason};
use crate::schema::{EnumId, Value};

/// The most attributes that are explained one within the other: nobody reads further, and readers of JSON stop at
/// some depth.
const DEEPEST: u32 = 24;

impl Teller<'_, '_> {
    /// Whether an attribute of a row is to be explained; only the first time.
    pub(super) fn tell_once(&self, place: usize, row: u32) -> bool {
        self.told.borrow_mut().insert((place, row))
    }

    /// The steps that lead to an attribute's value on a row of its record.
    pub(super) fn attribute_steps(&self, place: usize, row: u32) -> Vec<Step> {
        if self.too_deep() || !self.tell_once(place, row) {
            return Vec::new();
        }
        self.deeper(|| self.steps_of(&self.explanations().attributes[place], row))
    }

    pub(super) fn too_deep(&self) -> bool {
        self.depth.get() >= DEEPEST
    }

    /// Explains what lies in an attribute.
    pub(super) fn deeper<T>(&self, explain: impl FnOnce() -> T) -> T {
        self.depth.set(self.depth.get() + 1);
        let told = explain();
        self.depth.set(self.depth.get() - 1);
        told
    }

    fn steps_of(&self, attribute: &AttributeReason, row: u32) -> Vec<Step> {
        // What was held does not come from today's values.
        if attribute.held.is_some() {
            return Vec::new();
        }
        match &attribute.kind {
            AttributeReasonKind::Expression(reason) if self.is_condition(reason) => {
                vec![self.condition(reason, row, Depth::Full)]
            }
            AttributeReasonKind::Expression(reason) => self.beneath(reason, row),
            AttributeReasonKind::Levels(levels) => self.level_steps(attribute, levels, row),
            AttributeReasonKind::FirstMatch { lines, set, today } => {
                let mut steps = self.line_steps(lines, *set, row);
                steps.extend(today.and_then(|node| self.today_step(attribute, node, row)));
                steps
            }
            AttributeReasonKind::Score(lines) => self.score_steps(lines, row),
            AttributeReasonKind::Table { by, lines } => self.table_steps(attribute, by, lines, row),
        }
    }

    /// `` `spend` is 1,200.00 CNY: `silver` from 1,000.00 CNY; `gold` from 5,000.00 CNY ``
    fn level_steps(&self, attribute: &AttributeReason, levels: &Levels, row: u32) -> Vec<Step> {
        let mut step = self.value_step(&levels.by, row);
        let names = &self.plan().enums[levels.set.index()];
        // By today's value: the last threshold that it lacks nothing to.
        let lacks = |gap: &Option<_>| {
            gap.is_some_and(|gap| match self.seen(gap, attribute.table, row) {
                Seen::Is(Value::Integer(n)) => n > 0,
                Seen::Is(Value::Number(d) | Value::Money(d, _)) => d.0 > 0,
                _ => true,
            })
        };
        if levels.gaps.iter().all(Option::is_some) && self.value(&levels.by, row) != Seen::Missing {
            let reached = levels.gaps.iter().take_while(|g| !lacks(g)).count();
            let from = |place: usize| {
                let threshold = levels.thresholds.get(place).map(|t| self.written(t))?;
                Some(format!("`{}` begins at {threshold}", names.get(place)?))
            };
            let bounds = [reached.checked_sub(1).and_then(from), from(reached)];
            let bounds: Vec<String> = bounds.into_iter().flatten().collect();
            step.found = format!("{}; {}", step.found, bounds.join(", "));
        }
        let today = levels.today;
        let held = today.and_then(|node| self.today_step(attribute, node, row));
        std::iter::once(step).chain(held).collect()
    }

    /// Of a level that moves from run to run: what it would be by today's values alone.
    fn today_step(
        &self,
        attribute: &AttributeReason,
        node: crate::plan::NodeId,
        row: u32,
    ) -> Option<Step> {
        let held = self.seen(attribute.node, attribute.table, row);
        let today = self.seen(node, attribute.table, row);
        if held == today {
            return None;
        }
        let found = format!(
            "it is held from earlier; by today's values alone it would be {}",
            self.shown(today.value(), attribute.personal)
        );
        Some(Step::value(attribute.name.clone(), None, found))
    }

    /// The line that won, and those before it that did not.
    fn line_steps(&self, lines: &[(Reason, u32)], set: EnumId, row: u32) -> Vec<Step> {
        let names = &self.plan().enums[set.index()];
        let mut steps = Vec::new();
        for (condition, level) in lines {
            let holds = self.verdict(condition, row) == Verdict::True;
            let depth = if holds { Depth::Full } else { Depth::Brief };
            let mut step = self.condition(condition, row, depth);
            let level = names.get(*level as usize).map_or("", String::as_str);
            let word = if holds { "gives" } else { "would give" };
            step.effect = Some(format!("{word} {level}"));
            steps.push(step);
            if holds {
                break;
            }
        }
        steps
    }

    fn score_steps(&self, lines: &[(Reason, crate::plan::NodeId)], row: u32) -> Vec<Step> {
        lines
            .iter()
            .map(|(condition, value)| {
                let holds = self.verdict(condition, row) == Verdict::True;
                let depth = if holds { Depth::Full } else { Depth::Brief };
                let mut step = self.condition(condition, row, depth);
                let value = self.tell_node(*value, condition.table, row, false);
                let word = if holds { "adds" } else { "would add" };
                step.effect = Some(format!("{word} {value}"));
                step.needed = None;
                step
            })
            .collect()
    }

    fn table_steps(
        &self,
        attribute: &AttributeReason,
        by: &[Reason],
        lines: &[TableReason],
        row: u32,
    ) -> Vec<Step> {
        let mut steps: Vec<Step> = by.iter().map(|b| self.value_step(b, row)).collect();
        let holds = |line: &&TableReason| {
            let seen = self.seen(line.condition, attribute.table, row);
            seen == Seen::Is(Value::YesNo(true))
        };
        let (text, span) = match lines.iter().find(holds) {
            Some(line) => {
                let text = super::values::one_line(self.sources.slice(line.span));
                (format!("the line `{text}` fits"), Some(line.span))
            }
            None => ("no line fits: `otherwise`".to_owned(), None),
        };
        steps.push(Step::value(attribute.name.clone(), span, text));
        steps
    }
}

//! Conditions: whether they hold, what was found, and what would have made them true.

use super::values::duration;
use super::{Seen, Step, Teller, Verdict};
use crate::hir::CompareOp;
use crate::plan::{AttributeReasonKind, NodeId, Reason, ReasonKind};
use crate::schema::{DurationKind, Type, Value};

/// What is said of a condition beside its verdict.
#[derive(Debug, Default)]
struct Finding {
    found: String,
    needed: Option<String>,
    parts: Vec<Step>,
    decisive: Vec<usize>,
    rows: Option<super::Counted>,
}

/// How much is told of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What was found.
    Brief,
    /// Down to the rows of data.
    Full,
}

impl Teller<'_, '_> {
    /// A condition on a row of its table.
    pub(super) fn condition(&self, reason: &Reason, row: u32, depth: Depth) -> Step {
        let verdict = self.verdict(reason, row);
        let mut finding = self.finding(reason, row, true, depth);
        // What holds needs nothing; of what is unknown, what is missing is said instead.
        if verdict != Verdict::False {
            finding.needed = None;
        }
        Step {
            text: self.said(reason),
            span: Some(reason.span),
            effect: None,
            verdict: Some(verdict),
            found: finding.found,
            needed: finding.needed,
            parts: finding.parts,
            decisive: finding.decisive,
            rows: finding.rows,
        }
    }

    /// `wanted`: what would make the whole condition true; under a `not` it is no.
    fn finding(&self, reason: &Reason, row: u32, wanted: bool, depth: Depth) -> Finding {
        match &reason.kind {
            ReasonKind::All(parts) | ReasonKind::Any(parts) => {
                self.listed(reason, parts, row, wanted, depth)
            }
            ReasonKind::Not(inner) => self.finding(inner, row, !wanted, depth),
            ReasonKind::Compare {
                op,
                left,
                right,
                gap,
            } => self.compared((*op, left, right, *gap), row, wanted, depth),
            ReasonKind::Range {
                value,
                low,
                high,
                below,
            } => {
                let (low, high) = (self.tell(low, row), self.tell(high, row));
                let to = if *below { "to below" } else { "to" };
                let from = if wanted { "from" } else { "outside" };
                self.about(value, row, depth, format!("{from} {low} {to} {high}"))
            }
            ReasonKind::In { value, list } => {
                let list: Vec<String> = list.iter().map(|v| self.written(v)).collect();
                let one = format!("if it were {}", either(&list));
                let other = format!("if it were not {}", either(&list));
                let needed = if wanted { one } else { other };
                self.about(value, row, depth, needed)
            }
            ReasonKind::Known(inner) => {
                let needed = if wanted {
                    "if it were known"
                } else {
                    "if it were missing"
                };
                self.about(inner, row, depth, needed.into())
            }
            ReasonKind::TextMatch { left, right } => self.matched(left, right, row, depth),
            ReasonKind::Window {
                value,
                first,
                last,
                recurring,
            } => self.in_window((value, *first, *last, *recurring), row, wanted, depth),
            ReasonKind::Reminder { .. } => self.reminder(reason, row, depth),
            ReasonKind::Aggregate(aggregate) => {
                let step = self.aggregate(reason, aggregate, row);
                Finding {
                    found: step.found,
                    needed: step.needed.filter(|_| wanted),
                    parts: step.parts,
                    decisive: Vec::new(),
                    rows: step.rows.filter(|_| depth == Depth::Full),
                }
            }
            ReasonKind::Attribute(place) => {
                self.attribute_condition(*place, reason, row, wanted, depth)
            }
            ReasonKind::Through { .. }
            | ReasonKind::AsOf { .. }
            | ReasonKind::Field(_)
            | ReasonKind::Constant
            | ReasonKind::Computed(_) => self.about(reason, row, depth, flag(wanted)),
        }
    }

    /// Parts of `all of`, `any of`, `none of`: in a list that decides by its first failure only that one is told
    /// in full.
    fn listed(
        &self,
        reason: &Reason,
        parts: &[Reason],
        row: u32,
        wanted: bool,
        depth: Depth,
    ) -> Finding {
        let all = matches!(reason.kind, ReasonKind::All(_));
        let holds = self.verdict(reason, row);
        let mut first = true;
        let steps: Vec<Step> = parts
            .iter()
            .map(|part| {
                let verdict = self.verdict(part, row);
                let full = match (all, holds) {
                    (true, Verdict::True) => true,
                    (true, _) => verdict != Verdict::True && std::mem::take(&mut first),
                    (false, Verdict::True) => verdict == Verdict::True,
                    (false, _) => true,
                };
                let depth = if full { depth } else { Depth::Brief };
                let mut step = self.condition(part, row, depth);
                // Under a `not` what would make a part true helps nobody.
                step.needed = step.needed.filter(|_| wanted);
                step
            })
            .collect();
        let count = |v: Verdict| steps.iter().filter(|s| s.verdict == Some(v)).count();
        let found = match (all, wanted) {
            (true, true) => String::new(),
            (false, true) if holds == Verdict::True => String::new(),
            (false, true) => format!("none of these {} is true", steps.len()),
            (_, false) => {
                let n = count(Verdict::True);
                let verb = if n == 1 { "is" } else { "are" };
                format!("{n} of these {} {verb} true", steps.len())
            }
        };
        let decides = |s: &Step| wanted || s.verdict == Some(Verdict::True);
        let decisive = (0..steps.len()).filter(|i| !found.is_empty() && decides(&steps[*i]));
        Finding {
            decisive: decisive.collect(),
            found,
            needed: None,
            parts: steps,
            rows: None,
        }
    }

    /// `` `value` is …``, with what it is made of.
    fn about(&self, value: &Reason, row: u32, depth: Depth, needed: String) -> Finding {
        Finding {
            found: self.is(value, row),
            needed: Some(format!("it would be true {needed}")),
            parts: match depth {
                Depth::Full => self.beneath(value, row),
                Depth::Brief => Vec::new(),
            },
            decisive: Vec::new(),
            rows: None,
        }
    }

    /// `` `value` is 12.00 CNY ``
    pub(super) fn is(&self, value: &Reason, row: u32) -> String {
        self.held_before(value, row)
            .unwrap_or_else(|| format!("`{}` is {}", self.said(value), self.tell(value, row)))
    }

    fn compared(
        &self,
        (op, left, right, gap): (CompareOp, &Reason, &Reason, Option<NodeId>),
        row: u32,
        wanted: bool,
        depth: Depth,
    ) -> Finding {
        let stated = |r: &Reason| match &r.kind {
            ReasonKind::Constant => true,
            ReasonKind::Computed(parts) => parts.is_empty(),
            _ => false,
        };
        let (op, left, right) = match stated(left) && !stated(right) {
            true => (op.mirrored(), right, left),
            false => (op, left, right),
        };
        let op = if wanted { op } else { opposite(op) };
        let bound = self.tell(right, row);
        let needed = match op {
            CompareOp::Equal => format!("if it were {bound}"),
            CompareOp::NotEqual => format!("if it were not {bound}"),
            CompareOp::Less => format!("below {bound}"),
            CompareOp::LessEqual => format!("up to {bound}"),
            CompareOp::Greater => format!("above {bound}"),
            CompareOp::GreaterEqual => format!("from {bound} on"),
        };
        let mut finding = self.about(left, row, depth, needed);
        if !stated(right) {
            finding.found = format!("{}, and {}", finding.found, self.is(right, row));
            if depth == Depth::Full {
                finding.parts.extend(self.beneath(right, row));
            }
        }
        let lacking = self
            .level_lacking(op, left, right, row)
            .or_else(|| self.lacking(op, gap?, left, row));
        if let (Some(needed), Some(lacking)) = (&mut finding.needed, lacking) {
            needed.push_str(&lacking);
        }
        finding
    }

    /// ` (200.00 CNY more)`, for amounts on the wrong side of a threshold.
    fn lacking(&self, op: CompareOp, gap: NodeId, left: &Reason, row: u32) -> Option<String> {
        let word = match op {
            CompareOp::GreaterEqual => "more",
            CompareOp::LessEqual => "less",
            _ => return None,
        };
        if left.personal && !self.personal {
            return None;
        }
        let gap = match self.seen(gap, left.table, row) {
            Seen::Is(value) => magnitude(value)?,
            _ => return None,
        };
        Some(format!(" ({} {word})", self.written(&gap)))
    }

    /// What the value behind tiers lacks to the level that is asked for.
    fn level_lacking(
        &self,
        op: CompareOp,
        left: &Reason,
        right: &Reason,
        row: u32,
    ) -> Option<String> {
        let ReasonKind::Attribute(place) = left.kind else {
            return None;
        };
        let attribute = &self.explanations().attributes[place];
        let AttributeReasonKind::Levels(levels) = &attribute.kind else {
            return None;
        };
        let Seen::Is(Value::Enum(_, level)) = self.value(right, row) else {
            return None;
        };
        if !matches!(op, CompareOp::GreaterEqual | CompareOp::Equal) {
            return None;
        }
        let threshold = self.written(levels.thresholds.get(level as usize)?);
        let begins = format!(", which begins at {threshold}");
        let gap = levels.gaps.get(level as usize).copied().flatten();
        let lacking = gap.and_then(|gap| match self.seen(gap, left.table, row) {
            Seen::Is(value) if positive(&value) && (!levels.by.personal || self.personal) => {
                Some(format!(" ({} more)", self.written(&value)))
            }
            _ => None,
        });
        Some(format!("{begins}{}", lacking.unwrap_or_default()))
    }

    fn matched(&self, left: &Reason, right: &Reason, row: u32, depth: Depth) -> Finding {
        let mut finding = self.about(left, row, depth, String::new());
        finding.needed = None;
        if !matches!(right.kind, ReasonKind::Constant) {
            finding.found = format!("{}, and {}", finding.found, self.is(right, row));
        }
        finding
    }

    fn in_window(
        &self,
        (value, first, last, recurring): (&Reason, NodeId, NodeId, bool),
        row: u32,
        wanted: bool,
        depth: Depth,
    ) -> Finding {
        let hidden = value.personal && !self.personal;
        let day = |node| self.tell_node(node, value.table, row, false);
        let (from, to) = (day(first), day(last));
        let (mut ends, mut other) = match from == to {
            true => (format!("on {from}"), format!("on any day but {from}")),
            false => (
                format!("from {from} to {to}"),
                format!("outside {from} to {to}"),
            ),
        };
        if from == "missing" || to == "missing" {
            ends = "in a stretch of days that is not known".into();
            other = ends.clone();
        }
        let mut finding = self.about(value, row, depth, if wanted { ends.clone() } else { other });
        if recurring {
            let nearest = self.tell(value, row);
            finding.found = match (hidden, nearest.as_str()) {
                (true, _) => format!("`{}` is {nearest}", self.said(value)),
                (_, "missing") => format!("`{}` is missing", self.said(value)),
                _ => format!("the {} nearest today is {nearest}", self.said(value)),
            };
            finding.needed = Some(match wanted {
                true => format!("it would be true with one {ends}"),
                false => format!("it would be true with none {ends}"),
            });
        }
        finding
    }

    fn reminder(&self, reason: &Reason, row: u32, depth: Depth) -> Finding {
        let ReasonKind::Reminder {
            date,
            offsets,
            kind,
            after,
            days,
        } = &reason.kind
        else {
            return Finding::default();
        };
        let mut finding = self.about(date, row, depth, String::new());
        finding.needed = None;
        let clock = self.evaluator().clock();
        let later = |v: &Value| match v {
            Value::Date(day) => *day > clock.today,
            Value::DateTime(moment) => *moment > clock.now,
            _ => false,
        };
        let next = days.iter().zip(offsets).find_map(|(node, offset)| {
            let seen = self.seen(*node, date.table, row);
            seen.value()
                .filter(|v| later(v))
                .map(|v| (v.clone(), *offset))
        });
        let word = if *after { "after" } else { "before" };
        let step = |n: i64, kind: DurationKind| format!("{} {word} it", duration(n, kind));
        finding.needed = next.map(|(day, offset)| {
            let at = matches!(day, Value::DateTime(_));
            let day = self.shown(Some(&day), date.personal);
            let on = if at { "at" } else { "on" };
            format!("the next step, {}, comes {on} {day}", step(offset, *kind))
        });
        if finding.needed.is_none() && self.verdict(reason, row) == Verdict::False {
            finding.needed = Some("its last step is over".into());
        }
        finding
    }

    fn attribute_condition(
        &self,
        place: usize,
        reason: &Reason,
        row: u32,
        wanted: bool,
        depth: Depth,
    ) -> Finding {
        let attribute = &self.explanations().attributes[place];
        let AttributeReasonKind::Expression(expression) = &attribute.kind else {
            return self.about(reason, row, depth, flag(wanted));
        };
        let found = self.is(reason, row);
        if depth == Depth::Brief || self.too_deep() {
            return Finding {
                found,
                ..Finding::default()
            };
        }
        if !self.tell_once(place, row) {
            return Finding {
                found: format!("{found} (see above)"),
                ..Finding::default()
            };
        }
        Finding {
            found: String::new(),
            needed: None,
            parts: match self.deeper(|| self.condition(expression, row, depth)) {
                // Its list is this condition's.
                step if step.found.is_empty() && step.rows.is_none() => step.parts,
                step => vec![step],
            },
            decisive: Vec::new(),
            rows: None,
        }
    }

    /// Whether a node is a condition.
    pub(super) fn is_condition(&self, reason: &Reason) -> bool {
        self.plan().nodes.ty(reason.node) == Type::YesNo
    }
}

/// What a yes/no value would have to be.
fn flag(wanted: bool) -> String {
    format!("if it were {}", if wanted { "yes" } else { "no" })
}

fn either(list: &[String]) -> String {
    match list {
        [] => "nothing".into(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Equal => CompareOp::NotEqual,
        CompareOp::NotEqual => CompareOp::Equal,
        CompareOp::Less => CompareOp::GreaterEqual,
        CompareOp::LessEqual => CompareOp::Greater,
        CompareOp::Greater => CompareOp::LessEqual,
        CompareOp::GreaterEqual => CompareOp::Less,
    }
}

fn positive(value: &Value) -> bool {
    match value {
        Value::Integer(n) => *n > 0,
        Value::Number(d) | Value::Money(d, _) => d.0 > 0,
        _ => false,
    }
}

/// Without its sign; `None` for nothing, and for what is no amount.
fn magnitude(value: Value) -> Option<Value> {
    let value = match value {
        Value::Integer(n) => Value::Integer(n.checked_abs()?),
        Value::Number(d) => Value::Number(crate::schema::Decimal(d.0.checked_abs()?)),
        Value::Money(d, c) => Value::Money(crate::schema::Decimal(d.0.checked_abs()?), c),
        _ => return None,
    };
    positive(&value).then_some(value)
}

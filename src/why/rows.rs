//! Aggregates, down to the rows of data.

use super::{Counted, RowTold, Step, Teller, Verdict};
use crate::data::ColumnValues;
use crate::engine::values_inside;
use crate::hir::AggregateOp as Op;
use crate::plan::{AggregateReason, NodeId, Reason};
use crate::schema::Value;

/// The most rows that are shown.
const MOST: usize = 10;

/// The most fields that name a row without a key.
const FIELDS: usize = 3;

/// What became of each row that refers to the holder.
struct Looked {
    /// Rows that counted.
    counted: Vec<u32>,
    values: Vec<Option<Value>>,
    days: Vec<Option<Value>>,
    all: usize,
    left_out: Vec<(usize, String)>,
}

impl Teller<'_, '_> {
    /// An aggregate on a row: a sentence, and the rows that counted.
    pub(super) fn aggregate(&self, reason: &Reason, aggregate: &AggregateReason, row: u32) -> Step {
        let mut step = Step::value(self.said(reason), Some(reason.span), String::new());
        let condition = self.is_condition(reason);
        step.verdict = condition.then(|| self.verdict(reason, row));
        let holder = match &aggregate.base {
            None => Some(row),
            Some(base) => {
                step.parts.push(self.value_step(base, row));
                self.refers_to(base, row)
            }
        };
        let value = self.tell(reason, row);
        let Some(holder) = holder else {
            step.found = format!(
                "`{}` is {value}: nobody knows which rows are meant",
                step.text
            );
            return step;
        };
        let looked = self.look(reason, aggregate, row, holder);
        let record = self.plan().tables[aggregate.rows].record.clone();
        let days = self.days(reason, aggregate, row);
        let made = made(
            aggregate.op,
            looked.counted.len(),
            looked.all,
            &record,
            &days,
        );
        step.found = match condition {
            true => made,
            false => format!("`{}` is {value}: {made}", step.text),
        };
        if condition {
            step.needed = needed(aggregate, looked.counted.len());
        }
        step.rows = Some(Counted {
            record,
            all: looked.all,
            counted: looked.counted.len(),
            shown: self.rows_told(aggregate, &looked),
            left_out: looked.left_out,
        });
        step
    }

    /// Which rows counted, and why the others did not.
    fn look(&self, reason: &Reason, aggregate: &AggregateReason, row: u32, holder: u32) -> Looked {
        let data = self.evaluator().data();
        let by = &data.tables[aggregate.rows].columns[aggregate.by];
        let mut rows: Vec<u32> = match &by.values {
            ColumnValues::Reference(to) => (0..to.len())
                .filter(|i| to[*i] == holder && by.is_valid(*i))
                .map(|i| i as u32)
                .collect(),
            _ => Vec::new(),
        };
        rows.sort_by(|a, b| data.compare_keys(aggregate.rows, *a, *b));
        let at = (reason.table, row);
        let all = rows.len();
        let mut left_out = Vec::new();
        self.sift(aggregate, &mut rows, at, aggregate.there, &mut |n, _| {
            left_out.push((n, "not there yet on this day".to_owned()));
        });
        if let Some(window) = &aggregate.window {
            self.sift(
                aggregate,
                &mut rows,
                at,
                Some(window.inside),
                &mut |n, verdict| {
                    let why = match verdict {
                        Verdict::Unknown => "without a known day",
                        _ => "on other days",
                    };
                    left_out.push((n, why.to_owned()));
                },
            );
        }
        if let Some((filter, span)) = aggregate.filter {
            let said = super::values::one_line(self.sources.slice(span));
            self.sift(aggregate, &mut rows, at, Some(filter), &mut |n, verdict| {
                left_out.push((n, format!("where `{said}` is {}", verdict.word())));
            });
        }
        let values = self.inside(aggregate, aggregate.value, &rows, at);
        if aggregate.value.is_some() && aggregate.op != Op::Any {
            let missing = values.iter().filter(|v| v.is_none()).count();
            if missing > 0 {
                let said = aggregate.value_span.map(|s| self.sources.slice(s));
                let said = super::values::one_line(said.unwrap_or_default());
                left_out.push((missing, format!("whose `{said}` is missing")));
            }
        }
        let days = self.inside(aggregate, aggregate.day, &rows, at);
        let known = |i: &usize| aggregate.value.is_none() || values[*i].is_some();
        let mut places: Vec<usize> = (0..rows.len()).filter(known).collect();
        order(aggregate.op, &mut places, &values, &days);
        Looked {
            counted: places.iter().map(|i| rows[*i]).collect(),
            values: places.iter().map(|i| values[*i].clone()).collect(),
            days: places.iter().map(|i| days[*i].clone()).collect(),
            all,
            left_out,
        }
    }

    /// Keeps the rows of which a condition is true; tells how many others there are.
    fn sift(
        &self,
        aggregate: &AggregateReason,
        rows: &mut Vec<u32>,
        at: (usize, u32),
        condition: Option<NodeId>,
        out: &mut dyn FnMut(usize, Verdict),
    ) {
        if condition.is_none() {
            return;
        }
        let holds = self.inside(aggregate, condition, rows, at);
        let verdicts: Vec<Verdict> = holds
            .iter()
            .map(|v| match v {
                Some(Value::YesNo(true)) => Verdict::True,
                Some(Value::YesNo(false)) => Verdict::False,
                _ => Verdict::Unknown,
            })
            .collect();
        for verdict in [Verdict::False, Verdict::Unknown] {
            let n = verdicts.iter().filter(|v| **v == verdict).count();
            if n > 0 {
                out(n, verdict);
            }
        }
        let mut verdicts = verdicts.iter();
        rows.retain(|_| verdicts.next() == Some(&Verdict::True));
    }

    /// The values of a node on the aggregated rows; none where they cannot be computed.
    fn inside(
        &self,
        aggregate: &AggregateReason,
        node: Option<NodeId>,
        rows: &[u32],
        at: (usize, u32),
    ) -> Vec<Option<Value>> {
        let values = node.filter(|_| !rows.is_empty()).map(|node| {
            values_inside(
                self.evaluator(),
                node,
                (aggregate.rows, rows),
                &self.frame(at.0, at.1),
            )
        });
        match values {
            Some(Ok(values)) => values,
            _ => vec![None; rows.len()],
        }
    }

    fn rows_told(&self, aggregate: &AggregateReason, looked: &Looked) -> Vec<RowTold> {
        let valued = aggregate.value.filter(|v| Some(*v) != aggregate.day);
        let rows = looked.counted.iter().take(MOST).enumerate();
        rows.map(|(i, row)| RowTold {
            name: self.row_name(aggregate, *row),
            day: looked.days[i].as_ref().map(|day| {
                let table = &self.plan().tables[aggregate.rows];
                let personal = table.dated.is_some_and(|(c, _)| table.columns[c].personal);
                self.shown(Some(day), personal)
            }),
            value: valued
                .and(looked.values[i].as_ref())
                .map(|v| self.shown(Some(v), aggregate.value_personal)),
        })
        .collect()
    }

    /// The key; for a record without one, its first fields.
    fn row_name(&self, aggregate: &AggregateReason, row: u32) -> String {
        let table = &self.plan().tables[aggregate.rows];
        let data = self.evaluator().data();
        if !table.key.is_empty() {
            let personal = table.key.iter().any(|c| table.columns[*c].personal);
            let key = Value::Text(data.key_text(aggregate.rows, row).into());
            return self.key_shown(Some(&key), personal);
        }
        let dated = table.dated.map(|(c, _)| c);
        let columns = (0..table.columns.len()).filter(|c| *c != aggregate.by && Some(*c) != dated);
        let fields: Vec<String> = columns
            .take(FIELDS)
            .filter_map(|c| {
                let column = &table.columns[c];
                let value = data.cell_text(aggregate.rows, c, row)?;
                let value = if column.personal && !self.personal {
                    super::values::PERSONAL.to_owned()
                } else {
                    super::values::visible(&value)
                };
                Some(format!("{} {value}", column.field))
            })
            .collect();
        match fields.is_empty() {
            true => format!("row {}", row + 1),
            false => fields.join(", "),
        }
    }

    /// ` from 2026-10-23 to 2026-11-21`; empty without a window.
    fn days(&self, reason: &Reason, aggregate: &AggregateReason, row: u32) -> String {
        let Some(window) = &aggregate.window else {
            return String::new();
        };
        let day = |node| self.tell_node(node, reason.table, row, false);
        match (day(window.first), day(window.last)) {
            (first, last) if first == last => format!(" on {first}"),
            (first, last) => format!(" from {first} to {last}"),
        }
    }
}

/// ``the sum over 3 of 7 rows of `purchase` ``; of conditions and counts ``3 of 7 rows of `purchase` count``.
fn made(op: Op, counted: usize, all: usize, record: &str, days: &str) -> String {
    let (rows, verb) = match (counted, all) {
        (_, 0) => return format!("there is no row of `{record}` for it"),
        (0, 1) => return format!("its one row of `{record}` does not count{days}"),
        (0, _) => return format!("none of its {all} rows of `{record}` counts{days}"),
        (1, 1) => (format!("its one row of `{record}`"), "counts"),
        (n, _) if n == all => (format!("all its {all} rows of `{record}`"), "count"),
        (1, _) => (format!("1 of its {all} rows of `{record}`"), "counts"),
        (n, _) => (format!("{n} of its {all} rows of `{record}`"), "count"),
    };
    let word = match op {
        Op::Count | Op::Any | Op::No | Op::AtLeast | Op::AtMost | Op::Exactly => {
            return format!("{rows} {verb}{days}");
        }
        Op::Sum => "the sum over",
        Op::Average => "the average over",
        Op::Highest => "the highest of",
        Op::Lowest => "the lowest of",
        Op::Earliest => "the earliest of",
        Op::Latest => "the latest of",
        Op::First => "the first of",
        Op::Last => "the last of",
        Op::DistinctCount => "the number of different ones in",
        Op::MostCommon => "the most common one in",
        Op::List => "the list of",
        Op::DistinctList => "the different ones of",
    };
    format!("{word} {rows}{days}")
}

/// Latest first; for the earliest and the first, earliest first; for the highest and the lowest by value. What is
/// equal stays in the order of keys.
fn order(op: Op, places: &mut [usize], values: &[Option<Value>], days: &[Option<Value>]) {
    let number = |v: &Option<Value>| match v {
        Some(Value::Date(day)) => i128::from(day.0),
        Some(Value::DateTime(n) | Value::Integer(n) | Value::Duration(_, n)) => i128::from(*n),
        Some(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => d.0,
        Some(Value::Time(n) | Value::Enum(_, n)) => i128::from(*n),
        _ => i128::MIN,
    };
    match op {
        Op::Highest | Op::Latest => places.sort_by_key(|i| std::cmp::Reverse(number(&values[*i]))),
        Op::Lowest | Op::Earliest => places.sort_by_key(|i| number(&values[*i])),
        Op::First => places.sort_by_key(|i| number(&days[*i])),
        // Without a day, last, as in the list.
        Op::List | Op::DistinctList => {
            places.sort_by_key(|i| (days[*i].is_none(), number(&days[*i])));
        }
        _ => places.sort_by_key(|i| std::cmp::Reverse(number(&days[*i]))),
    }
}

/// What a condition on rows would need.
fn needed(aggregate: &AggregateReason, counted: usize) -> Option<String> {
    let number = aggregate.number.unwrap_or(0);
    let more = number.saturating_sub(counted as i64);
    Some(match aggregate.op {
        Op::Any => "it would be true with one".to_owned(),
        Op::No => "it would be true with none".to_owned(),
        Op::AtLeast => format!("it would be true from {number} on ({more} more)"),
        Op::AtMost => format!("it would be true up to {number}"),
        Op::Exactly => format!("it would be true with {number}"),
        _ => return None,
    })
}

//! Aggregates as the language page says them, with no thought of speed.

use guanxi::hir::AggregateOp;
use guanxi::schema::{Decimal, Rounding, div_round};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A row of the aggregated table.
#[derive(Debug, Clone)]
pub struct Row {
    pub key: i64,
    pub holder: Option<u32>,
    pub value: Option<i64>,
    pub filter: Option<bool>,
    pub there: Option<bool>,
    pub day: i32,
}

/// The holder's value as a text, `-` where missing.
pub fn aggregate(rows: &[Row], holder: u32, op: AggregateOp, number: i64) -> String {
    let there = |r: &&Row| r.holder == Some(holder) && r.there == Some(true);
    let rows: Vec<&Row> = rows.iter().filter(there).collect();
    let yes_no = |b: bool| if b { "yes" } else { "no" }.to_string();
    if matches!(op, AggregateOp::Any | AggregateOp::No) {
        let any = if rows.iter().any(|r| r.filter == Some(true)) {
            Some(true)
        } else if rows.iter().any(|r| r.filter.is_none()) {
            None
        } else {
            Some(false)
        };
        return any.map_or("-".into(), |any| yes_no(any != (op == AggregateOp::No)));
    }
    let rows: Vec<&Row> = rows
        .into_iter()
        .filter(|r| r.filter == Some(true))
        .collect();
    let of = |n: i64| n.to_string();
    let count = rows.len() as i64;
    let known: Vec<(i32, i64, i64)> = rows
        .iter()
        .filter_map(|r| Some((r.day, r.key, r.value?)))
        .collect();
    let values = || known.iter().map(|k| k.2);
    let optional = |v: Option<i64>| v.map_or("-".to_string(), of);
    match op {
        AggregateOp::Count => of(count),
        AggregateOp::AtLeast => yes_no(count >= number),
        AggregateOp::AtMost => yes_no(count <= number),
        AggregateOp::Exactly => yes_no(count == number),
        AggregateOp::Sum => of(values().sum()),
        AggregateOp::Average if known.is_empty() => "-".into(),
        AggregateOp::Average => {
            let sum = i128::from(values().sum::<i64>()) * 1_000_000_000;
            Decimal(div_round(sum, known.len() as i128, Rounding::Nearest)).to_string()
        }
        AggregateOp::Highest | AggregateOp::Latest => optional(values().max()),
        AggregateOp::Lowest | AggregateOp::Earliest => optional(values().min()),
        AggregateOp::List | AggregateOp::DistinctList => {
            let mut sorted = known.clone();
            sorted.sort_unstable();
            let mut listed: Vec<i64> = sorted.iter().map(|k| k.2).collect();
            if op == AggregateOp::DistinctList {
                let mut seen = std::collections::BTreeSet::new();
                listed.retain(|v| seen.insert(*v));
            }
            match listed.is_empty() {
                true => "-".into(),
                false => listed.into_iter().map(of).collect::<Vec<_>>().join(", "),
            }
        }
        AggregateOp::First => optional(known.iter().min().map(|k| k.2)),
        AggregateOp::Last => optional(known.iter().max().map(|k| k.2)),
        AggregateOp::DistinctCount => of(values().collect::<BTreeSet<_>>().len() as i64),
        AggregateOp::MostCommon => {
            let mut seen: BTreeMap<i64, (i64, i32)> = BTreeMap::new();
            for (day, _, value) in &known {
                let seen = seen.entry(*value).or_insert((0, i32::MIN));
                *seen = (seen.0 + 1, seen.1.max(*day));
            }
            let best = seen
                .iter()
                .max_by_key(|(value, seen)| (**seen, Reverse(**value)));
            optional(best.map(|(value, _)| *value))
        }
        AggregateOp::Any | AggregateOp::No => unreachable!(),
    }
}

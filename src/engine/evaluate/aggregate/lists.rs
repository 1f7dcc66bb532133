//! The values of many rows in one text.

use super::fold::{Operation, Part};
use super::kinds::Text;
use super::order::{Dated, RowOrder, at, optional};
use crate::hir::AggregateOp;
use crate::plan::Aggregate;
use crate::vector::Vector;
use rustc_hash::FxHashSet;

/// By date, then key, then value; rows without a date come last. `distinct`: each value where it first comes.
pub(super) struct List<'e> {
    distinct: bool,
    between: &'static str,
    order: RowOrder<'e>,
}

impl<'e> List<'e> {
    pub fn new(aggregate: &Aggregate, order: RowOrder<'e>) -> Self {
        List {
            distinct: aggregate.op == AggregateOp::DistinctList,
            between: aggregate.between,
            order,
        }
    }

    fn written(&self, mut entries: Vec<Entry>) -> Option<Box<str>> {
        entries.sort_unstable_by(|a, b| {
            let keys = || self.order.rows(a.row, b.row);
            (a.date.is_none(), a.date)
                .cmp(&(b.date.is_none(), b.date))
                .then_with(keys)
                .then_with(|| a.value.cmp(&b.value))
        });
        let mut seen = FxHashSet::default();
        let mut values: Vec<&str> = entries.iter().map(|e| &*e.value).collect();
        values.retain(|value| !self.distinct || seen.insert(*value));
        (!values.is_empty()).then(|| values.join(self.between).into())
    }
}

/// What one row puts in.
#[derive(Clone)]
pub(super) struct Entry {
    date: Option<i64>,
    row: u32,
    value: Box<str>,
}

impl Operation for List<'_> {
    type State = Vec<Entry>;
    type Input<'p> = Dated<'p, Text>;

    fn open<'p>(&self, part: &Part<'p>) -> Dated<'p, Text> {
        Dated::open(part)
    }

    fn add(&self, entries: &mut Vec<Entry>, input: &Dated<'_, Text>, place: usize) {
        entries.push(Entry {
            date: input.date(place),
            row: input.rows.row(place) as u32,
            value: (**at(input.values, place)).into(),
        });
    }

    fn finish(&self, states: Vec<Vec<Entry>>) -> Vector<'static> {
        let texts = states.into_iter().map(|entries| self.written(entries));
        optional::<Text>(texts.collect())
    }
}

//! Different values, and the one that comes most often.

use super::fold::{Operation, Part};
use super::kinds::Kind;
use super::order::{Dated, RowOrder, at, optional, values_of};
use crate::vector::{Values, Vector};
use rustc_hash::{FxHashMap, FxHashSet};
use std::marker::PhantomData;

/// How many different values.
pub(super) struct DistinctCount<K> {
    kind: PhantomData<K>,
}

impl<K: Kind> DistinctCount<K> {
    pub fn new() -> Self {
        DistinctCount { kind: PhantomData }
    }
}

impl<K: Kind> Operation for DistinctCount<K> {
    type State = FxHashSet<K::Owned>;
    type Input<'p> = &'p [K::Element<'p>];

    fn open<'p>(&self, part: &Part<'p>) -> Self::Input<'p> {
        values_of::<K>(part)
    }

    fn add(&self, seen: &mut Self::State, input: &Self::Input<'_>, place: usize) {
        seen.insert(K::own(at(input, place)));
    }

    fn finish(&self, states: Vec<Self::State>) -> Vector<'static> {
        let counts = states.iter().map(|seen| seen.len() as i64).collect();
        Vector::new(Values::Integer(counts))
    }
}

/// The value that comes most often; of several the one that came latest, then the smallest.
pub(super) struct MostCommon<'e, K> {
    order: RowOrder<'e>,
    kind: PhantomData<K>,
}

impl<'e, K: Kind> MostCommon<'e, K> {
    pub fn new(order: RowOrder<'e>) -> Self {
        MostCommon {
            order,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Operation for MostCommon<'_, K> {
    /// How often each value came, and when last.
    type State = FxHashMap<K::Owned, (u64, Option<i64>)>;
    type Input<'p> = Dated<'p, K>;

    fn open<'p>(&self, part: &Part<'p>) -> Dated<'p, K> {
        Dated::open(part)
    }

    fn add(&self, seen: &mut Self::State, input: &Dated<'_, K>, place: usize) {
        let value = K::own(at(input.values, place));
        let (count, latest) = seen.entry(value).or_default();
        *count += 1;
        *latest = (*latest).max(input.date(place));
    }

    fn finish(&self, states: Vec<Self::State>) -> Vector<'static> {
        let most_common = |seen: Self::State| {
            seen.into_iter()
                .max_by(|(a, seen_a), (b, seen_b)| {
                    let smaller = || self.order.values::<K>(b, a);
                    seen_a.cmp(seen_b).then_with(smaller)
                })
                .map(|(value, _)| value)
        };
        optional::<K>(states.into_iter().map(most_common).collect())
    }
}

//! The highest or lowest of values that have a size.
//!
//! What is kept for a holder is the best value's rank: the value with some bits flipped, so that the better value has
//! the larger rank, and the worst that there is has rank 0, as has a holder for whom nothing came.

use super::accumulator::{Accumulator, Folds, Picked};
use super::states::{Field, States, each, fill, valid};
use crate::data::{Column, ColumnValues};
use crate::schema::Type;
use rustc_hash::FxHashSet;

/// Ranks of values of one width; `At`: where they are kept.
pub(super) struct Extremes<At> {
    at: At,
    highest: bool,
    /// Holders for whom a value of rank 0 came, which hardly ever happens.
    worst: FxHashSet<u32>,
}

/// In half a word.
pub(super) type Days = Extremes<Field>;
/// In a word.
pub(super) type Longs = Extremes<usize>;
/// By holder.
pub(super) type Wides = Extremes<Vec<u128>>;

/// The bits in which values and ranks differ.
fn flip(highest: bool) -> u128 {
    match highest {
        true => 1 << 127,
        false => u128::MAX >> 1,
    }
}

impl<At> Extremes<At> {
    pub fn new(at: At, highest: bool) -> Self {
        Extremes {
            at,
            highest,
            worst: FxHashSet::default(),
        }
    }

    /// Values of rank 0 are among the rows.
    fn note_worst(&mut self, picked: &Picked, is_worst: impl Fn(usize) -> bool) {
        let rows = picked.rows().filter(|(place, _)| is_worst(*place));
        self.worst.extend(rows.map(|(_, holder)| holder as u32));
    }

    /// What a holder's rank says, if a value has come.
    fn value<T>(&self, holder: u32, is_zero: bool, value: T) -> Option<T> {
        (!is_zero || self.worst.contains(&holder)).then_some(value)
    }
}

impl Days {
    pub fn word(&self) -> usize {
        self.at.word()
    }

    fn flip(&self) -> u32 {
        (flip(self.highest) >> 96) as u32
    }

    pub fn take_up(&mut self, states: &mut States, picked: &Picked, days: &[i32]) {
        let (flip, mut worst) = (self.flip(), false);
        states.raise(self.at, picked, |place| {
            let rank = days[place] as u32 ^ flip;
            worst |= rank == 0;
            rank
        });
        if worst {
            self.note_worst(picked, |place| days[place] as u32 == flip);
        }
    }
}

impl Longs {
    pub fn word(&self) -> usize {
        self.at
    }

    fn flip(&self) -> u64 {
        (flip(self.highest) >> 64) as u64
    }

    pub fn take_up(&mut self, states: &mut States, picked: &Picked, values: &[i64]) {
        let (flip, mut worst) = (self.flip(), false);
        states.update(self.at, picked, |best, place| {
            let rank = values[place] as u64 ^ flip;
            worst |= rank == 0;
            best.max(rank)
        });
        if worst {
            self.note_worst(picked, |place| values[place] as u64 == flip);
        }
    }
}

impl Wides {
    pub fn take_up(&mut self, picked: &Picked, values: &[i128]) {
        let (flip, mut worst) = (flip(self.highest), false);
        for (place, holder) in picked.rows() {
            let rank = values[place] as u128 ^ flip;
            worst |= rank == 0;
            self.at[holder] = self.at[holder].max(rank);
        }
        if worst {
            self.note_worst(picked, |place| values[place] as u128 == flip);
        }
    }
}

macro_rules! found {
    ($stripe:expr, $kept:expr, $variant:ident) => {
        match &$stripe.accumulators[$kept].2 {
            Accumulator::$variant(found) => found,
            _ => unreachable!("the same of each stripe"),
        }
    };
}

/// The values of all holders, and which are there.
fn collected<'s, 'e, T: Copy + Default + Send, I: Iterator<Item = Option<T>>>(
    stripes: &'s [Folds<'e>],
    values: impl Fn(&'s Folds<'e>) -> I + Sync,
) -> (Vec<T>, Option<Vec<bool>>) {
    let there = each(stripes, |stripe, out| {
        fill(out, values(stripe).map(|value| value.is_some()));
    });
    let values = each(stripes, |stripe, out| {
        fill(out, values(stripe).map(Option::unwrap_or_default));
    });
    (values, valid(there))
}

pub(super) fn days(stripes: &[Folds<'_>], kept: usize) -> Column {
    let (values, valid) = collected(stripes, |stripe| {
        let found = found!(stripe, kept, Days);
        let ranks = (0..).zip(stripe.states.halves(found.at));
        let flip = found.flip();
        ranks.map(move |(holder, rank)| found.value(holder, rank == 0, (rank ^ flip) as i32))
    });
    Column {
        values: ColumnValues::Date(values),
        valid,
    }
}

/// Of a type whose values are 64 bits at most; decimals counted in 10^-scale.
pub(super) fn of_type(stripes: &[Folds<'_>], kept: usize, ty: Type, scale: Option<u8>) -> Column {
    let (values, valid) = collected(stripes, |stripe| {
        let found = found!(stripe, kept, Longs);
        let ranks = (0..).zip(stripe.states.words(found.at));
        let flip = found.flip();
        ranks.map(move |(holder, rank)| found.value(holder, rank == 0, (rank ^ flip) as i64))
    });
    // INVARIANT: what came as 32 bits is such a number again.
    let narrow = |values: Vec<i64>| values.into_iter().map(|v| v as u32).collect();
    let values = match ty {
        Type::DateTime => ColumnValues::DateTime(values),
        Type::Duration(_) => ColumnValues::Duration(values),
        Type::Number | Type::Percent | Type::Money(_) => ColumnValues::Decimal {
            scale: scale.unwrap_or(9),
            values,
        },
        Type::Time => ColumnValues::Time(narrow(values)),
        Type::Enum(_) => ColumnValues::Enum(narrow(values)),
        Type::Reference(_) => ColumnValues::Reference(narrow(values)),
        _ => ColumnValues::Integer(values),
    };
    Column { values, valid }
}

pub(super) fn decimals(stripes: &[Folds<'_>], kept: usize) -> Column {
    let (values, valid) = collected(stripes, |stripe| {
        let found = found!(stripe, kept, Wide);
        let flip = flip(found.highest);
        let ranks = (0..).zip(&found.at);
        ranks.map(move |(holder, rank)| found.value(holder, *rank == 0, (rank ^ flip) as i128))
    });
    Column {
        values: ColumnValues::WideDecimal(values),
        valid,
    }
}

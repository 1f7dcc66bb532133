//! The highest or lowest of values that have a size.

use super::accumulator::Picked;
use crate::data::{Column, ColumnValues};
use crate::schema::Type;
use rustc_hash::FxHashSet;

/// Numbers with an end on each side.
pub(super) trait Bounded: Copy + Ord + Default {
    const LEAST: Self;
    const MOST: Self;
}

macro_rules! bounded {
    ($($number:ty),*) => {
        $(impl Bounded for $number {
            const LEAST: $number = <$number>::MIN;
            const MOST: $number = <$number>::MAX;
        })*
    };
}
bounded!(i32, i64, i128);

/// One value for each holder.
pub(super) struct Extremes<T> {
    highest: bool,
    /// Where nothing has come, the worst that there is.
    best: Vec<T>,
    /// Holders for whom just that has come, which hardly ever happens.
    worst: FxHashSet<u32>,
}

impl<T: Bounded> Extremes<T> {
    pub fn new(highest: bool, holders: usize) -> Self {
        Extremes {
            highest,
            best: vec![worst(highest); holders],
            worst: FxHashSet::default(),
        }
    }

    pub fn take_up(&mut self, picked: &Picked, values: &[T]) {
        let (best, seen) = (&mut self.best, &mut self.worst);
        match self.highest {
            true => each(best, seen, picked, values, T::LEAST, T::max),
            false => each(best, seen, picked, values, T::MOST, T::min),
        }
    }

    /// What was found, and where; a default where nothing came.
    fn found(&self) -> (Vec<T>, Option<Vec<bool>>) {
        let nothing = worst(self.highest);
        let there =
            |(holder, best): (usize, &T)| *best != nothing || self.worst.contains(&(holder as u32));
        let valid: Vec<bool> = self.best.iter().enumerate().map(there).collect();
        let value = |(best, there): (&T, &bool)| if *there { *best } else { T::default() };
        let values = self.best.iter().zip(&valid).map(value).collect();
        (values, valid.contains(&false).then_some(valid))
    }
}

fn worst<T: Bounded>(highest: bool) -> T {
    if highest { T::LEAST } else { T::MOST }
}

#[inline]
fn each<T: Bounded>(
    best: &mut [T],
    seen: &mut FxHashSet<u32>,
    picked: &Picked,
    values: &[T],
    worst: T,
    better: impl Fn(T, T) -> T,
) {
    for (place, holder) in picked.rows() {
        let value = values[place];
        let best = &mut best[holder];
        *best = better(*best, value);
        if value == worst {
            seen.insert(holder as u32);
        }
    }
}

pub(super) fn days(found: &Extremes<i32>) -> Column {
    let (values, valid) = found.found();
    Column {
        values: ColumnValues::Date(values),
        valid,
    }
}

pub(super) fn decimals(found: &Extremes<i128>) -> Column {
    let (values, valid) = found.found();
    Column {
        values: ColumnValues::WideDecimal(values),
        valid,
    }
}

/// Of a type whose values are 64 bits at most; decimals counted in 10^-scale.
pub(super) fn of_type(found: &Extremes<i64>, ty: Type, scale: Option<u8>) -> Column {
    let (values, valid) = found.found();
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

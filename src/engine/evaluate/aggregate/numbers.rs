//! Counts, sums, averages, conditions.

use super::HolderError;
use super::accumulator::{Accumulator, Folds, Picked};
use super::states::{Field, States, each, fill, valid};
use crate::data::{Column, ColumnValues};
use crate::engine::evaluate::mask::{UNKNOWN, YES};
use crate::hir::AggregateOp;
use crate::plan::Aggregate;
use crate::schema::{ONE, Rounding, SCALE, Type, div_round};
use crate::vector::RowErrorCause;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many rows, or whether that many.
pub(super) fn counted(aggregate: &Aggregate, stripes: &[Folds<'_>], field: Field) -> Column {
    let number = aggregate.number.unwrap_or(0);
    let condition = |holds: fn(&i64, &i64) -> bool| {
        ColumnValues::YesNo(each(stripes, |stripe, out| {
            let counts = stripe.states.halves(field);
            fill(out, counts.map(|n| holds(&i64::from(n), &number)));
        }))
    };
    let values = match aggregate.op {
        AggregateOp::AtLeast => condition(i64::ge),
        AggregateOp::AtMost => condition(i64::le),
        AggregateOp::Exactly => condition(i64::eq),
        _ => ColumnValues::Integer(each(stripes, |stripe, out| {
            fill(out, stripe.states.halves(field).map(i64::from));
        })),
    };
    Column {
        values,
        valid: None,
    }
}

/// `any` and `no`: Kleene's `or` over the rows' conditions, and its negation.
pub(super) fn condition(aggregate: &Aggregate, stripes: &[Folds<'_>], field: Field) -> Column {
    let no = aggregate.op == AggregateOp::No;
    let of_each = |holds: &(dyn Fn(u8) -> bool + Sync)| {
        each(stripes, |stripe, out| {
            fill(out, stripe.states.pairs(field).map(holds));
        })
    };
    Column {
        values: ColumnValues::YesNo(of_each(&|seen| (seen & YES != 0) != no)),
        valid: valid(of_each(&|seen| seen & YES != 0 || seen & UNKNOWN == 0)),
    }
}

/// One exact sum for each holder: it overflows only if it is too large in the end, in whatever order its terms come.
pub(super) struct Sum {
    /// Sums of 64 bits.
    word: usize,
    /// No such sum's magnitude is larger.
    /// INVARIANT: it lies within 64 bits.
    bound: u128,
    /// What came after the bound was reached.
    more: Option<Vec<Exact>>,
}

/// `sum` + `carry` × 2^128.
#[derive(Default, Clone, Copy)]
struct Exact {
    sum: i128,
    carry: i32,
}

impl Exact {
    #[inline]
    fn add(&mut self, term: i128) {
        let (sum, overflow) = self.sum.overflowing_add(term);
        self.sum = sum;
        if overflow {
            self.carry += if term < 0 { -1 } else { 1 };
        }
    }

    fn get(self) -> Option<i128> {
        (self.carry == 0).then_some(self.sum)
    }
}

impl Sum {
    pub fn new(word: usize) -> Sum {
        Sum {
            word,
            bound: 0,
            more: None,
        }
    }

    pub fn word(&self) -> usize {
        self.word
    }

    /// `largest`: a bound of the terms' magnitudes.
    pub fn add(&mut self, states: &mut States, picked: &Picked, terms: &[i64], largest: u64) {
        if self.fits(picked, largest.into()) {
            let sum = |state: u64, place: usize| (state as i64 + terms[place]) as u64;
            states.update(self.word, picked, sum);
        } else {
            self.add_exactly(states, picked, |place| terms[place].into());
        }
    }

    pub fn add_wide(&mut self, states: &mut States, picked: &Picked, terms: &[i128]) {
        let bits = picked.places().iter().fold(0, |bits, place| {
            let term = terms[*place as usize];
            bits | (term ^ (term >> 127))
        });
        if self.fits(picked, bits as u128 + 1) {
            let sum = |state: u64, place: usize| (state as i64 + terms[place] as i64) as u64;
            states.update(self.word, picked, sum);
        } else {
            self.add_exactly(states, picked, |place| terms[place]);
        }
    }

    /// Whether sums stay within 64 bits with so many more terms up to `largest`; if so, these are counted in.
    fn fits(&mut self, picked: &Picked, largest: u128) -> bool {
        let terms = picked.places().len() as u128;
        let bound = self.bound.saturating_add(largest.saturating_mul(terms));
        let fits = bound <= i64::MAX as u128;
        if fits {
            self.bound = bound;
        }
        fits
    }

    fn add_exactly(&mut self, states: &States, picked: &Picked, term: impl Fn(usize) -> i128) {
        let none = || vec![Exact::default(); states.holders()];
        let more = self.more.get_or_insert_with(none);
        for (place, holder) in picked.rows() {
            more[holder].add(term(place));
        }
    }

    fn narrow<'s>(&self, states: &'s States) -> impl Iterator<Item = i64> + use<'s> {
        states.words(self.word).map(|sum| sum as i64)
    }
}

fn sum_of<'s>(stripe: &'s Folds<'_>, kept: usize) -> &'s Sum {
    match &stripe.accumulators[kept].2 {
        Accumulator::Sum(sum) => sum,
        _ => unreachable!("the same of each stripe"),
    }
}

fn is_narrow(stripes: &[Folds<'_>], kept: usize) -> bool {
    stripes.iter().all(|s| sum_of(s, kept).more.is_none())
}

fn narrow_sums(stripes: &[Folds<'_>], kept: usize) -> Vec<i64> {
    each(stripes, |stripe, out| {
        fill(out, sum_of(stripe, kept).narrow(&stripe.states));
    })
}

/// `of` each holder's sum; the first that is none does not fit.
fn exact_sums<T>(
    stripes: &[Folds<'_>],
    kept: usize,
    of: impl Fn(usize, i128) -> Option<T>,
) -> Result<Vec<T>, HolderError> {
    let sums: Vec<Exact> = each(stripes, |stripe, out| {
        let sum = sum_of(stripe, kept);
        if let Some(more) = &sum.more {
            out.copy_from_slice(more);
        }
        let pairs = out.iter_mut().zip(sum.narrow(&stripe.states));
        pairs.for_each(|(exact, narrow)| exact.add(narrow.into()));
    });
    let value = |(holder, sum): (usize, &Exact)| {
        let value = sum.get().and_then(|sum| of(holder, sum));
        value.ok_or(HolderError {
            holder,
            cause: RowErrorCause::Overflow,
        })
    };
    sums.iter().enumerate().map(value).collect()
}

/// The sums as a column of the values' type; decimals are counted in 10^-scale.
pub(super) fn summed(
    stripes: &[Folds<'_>],
    kept: usize,
    ty: Type,
    scale: Option<u8>,
) -> Result<Column, HolderError> {
    let scale = scale.unwrap_or(SCALE as u8);
    let is_narrow = is_narrow(stripes, kept);
    let integers = || match is_narrow {
        true => Ok(narrow_sums(stripes, kept)),
        false => exact_sums(stripes, kept, |_, sum| i64::try_from(sum).ok()),
    };
    let values = match ty {
        Type::Integer => ColumnValues::Integer(integers()?),
        Type::Duration(_) => ColumnValues::Duration(integers()?),
        _ if is_narrow => ColumnValues::Decimal {
            scale,
            values: narrow_sums(stripes, kept),
        },
        _ => {
            let unit = unit(scale);
            let billionths = |_, sum: i128| sum.checked_mul(unit);
            ColumnValues::WideDecimal(exact_sums(stripes, kept, billionths)?)
        }
    };
    Ok(Column {
        values,
        valid: None,
    })
}

/// Sums by counts, rounded once; missing where there is nothing.
pub(super) fn averages(
    stripes: &[Folds<'_>],
    (sum, count): (usize, Field),
    ty: Type,
    scale: Option<u8>,
) -> Result<Column, HolderError> {
    let unit = match ty {
        Type::Integer => ONE,
        Type::Duration(_) => 1,
        _ => unit(scale.unwrap_or(SCALE as u8)),
    };
    let narrow = match is_narrow(stripes, sum) {
        true => narrow_averages(stripes, (sum, count), unit as i64),
        false => None,
    };
    let wide = || {
        let counts: Vec<u32> = each(stripes, |stripe, out| {
            fill(out, stripe.states.halves(count));
        });
        exact_sums(stripes, sum, |holder, sum| match counts[holder] {
            0 => Some(0),
            n => Some(div_round(
                sum.checked_mul(unit)?,
                n.into(),
                Rounding::Nearest,
            )),
        })
    };
    let values = match (ty, narrow) {
        (Type::Duration(_), Some(values)) => ColumnValues::Duration(values),
        (Type::Duration(_), None) => {
            ColumnValues::Duration(wide()?.iter().map(|n| *n as i64).collect())
        }
        (_, Some(values)) => ColumnValues::Decimal {
            scale: SCALE as u8,
            values,
        },
        (_, None) => ColumnValues::WideDecimal(wide()?),
    };
    let there = each(stripes, |stripe, out| {
        fill(out, stripe.states.halves(count).map(|n| n > 0));
    });
    Ok(Column {
        values,
        valid: valid(there),
    })
}

/// Billionths that 10^-scale has.
fn unit(scale: u8) -> i128 {
    10i128.pow(SCALE - u32::from(scale))
}

/// Averages in so many billionths a unit; `None` where one does not fit.
fn narrow_averages(
    stripes: &[Folds<'_>],
    (sum, count): (usize, Field),
    unit: i64,
) -> Option<Vec<i64>> {
    let fit = AtomicBool::new(true);
    let averages = each(stripes, |stripe, out| {
        let sums = sum_of(stripe, sum).narrow(&stripe.states);
        let averages = sums.zip(stripe.states.halves(count));
        let average = averages.map(|(sum, count)| {
            narrow_average(sum, count, unit).unwrap_or_else(|| {
                fit.store(false, Ordering::Relaxed);
                0
            })
        });
        fill(out, average);
    });
    fit.into_inner().then_some(averages)
}

fn narrow_average(sum: i64, count: u32, unit: i64) -> Option<i64> {
    let n = i64::from(count).max(1);
    // A remainder is less than 2^32, a unit at most 10^9.
    let (whole, rest) = (sum / n, sum % n * unit);
    let (part, left) = (rest / n, rest % n);
    let up = i64::from(left.abs() >= n - left.abs()) * rest.signum();
    whole.checked_mul(unit)?.checked_add(part + up)
}

//! Counts, sums, averages, conditions.

use super::HolderError;
use super::accumulator::Picked;
use crate::data::{Column, ColumnValues};
use crate::engine::evaluate::mask::{UNKNOWN, YES};
use crate::hir::AggregateOp;
use crate::plan::Aggregate;
use crate::schema::{ONE, Rounding, SCALE, Type, div_round};
use crate::vector::RowErrorCause;

/// How many rows, or whether that many.
pub(super) fn counted(aggregate: &Aggregate, counts: &[u32]) -> Column {
    let number = aggregate.number.unwrap_or(0);
    let condition = |holds: fn(&i64, &i64) -> bool| {
        let holds = |n: &u32| holds(&i64::from(*n), &number);
        ColumnValues::YesNo(counts.iter().map(holds).collect())
    };
    let values = match aggregate.op {
        AggregateOp::AtLeast => condition(i64::ge),
        AggregateOp::AtMost => condition(i64::le),
        AggregateOp::Exactly => condition(i64::eq),
        _ => ColumnValues::Integer(counts.iter().map(|n| i64::from(*n)).collect()),
    };
    Column {
        values,
        valid: None,
    }
}

/// `any` and `no`: Kleene's `or` over the rows' conditions, and its negation.
pub(super) fn condition(aggregate: &Aggregate, seen: &[u8]) -> Column {
    let no = aggregate.op == AggregateOp::No;
    let values = seen.iter().map(|s| (s & YES != 0) != no).collect();
    let known = |s: &u8| s & YES != 0 || s & UNKNOWN == 0;
    let valid: Vec<bool> = seen.iter().map(known).collect();
    Column {
        values: ColumnValues::YesNo(values),
        valid: valid.contains(&false).then_some(valid),
    }
}

/// One exact sum for each holder: it overflows only if it is too large in the end, in whatever order its terms come.
pub(super) struct Sums {
    sums: Totals,
    /// No sum's magnitude is larger, as long as they are narrow.
    bound: u128,
}

enum Totals {
    /// INVARIANT: none has overflowed: the bound lies within 64 bits.
    Narrow(Vec<i64>),
    Wide(Vec<Sum>),
}

/// `sum` + `carry` × 2^128.
#[derive(Default, Clone, Copy)]
struct Sum {
    sum: i128,
    carry: i32,
}

impl Sum {
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

impl Sums {
    pub fn new(holders: usize) -> Sums {
        Sums {
            sums: Totals::Narrow(vec![0; holders]),
            bound: 0,
        }
    }

    /// `largest`: a bound of the terms' magnitudes.
    pub fn add(&mut self, picked: &Picked, terms: &[i64], largest: u64) {
        match self.narrow(picked, largest.into()) {
            Some(sums) => {
                for (place, holder) in picked.rows() {
                    sums[holder] += terms[place];
                }
            }
            None => {
                let sums = self.widen();
                for (place, holder) in picked.rows() {
                    sums[holder].add(terms[place].into());
                }
            }
        }
    }

    pub fn add_wide(&mut self, picked: &Picked, terms: &[i128]) {
        let bits = picked.places().iter().fold(0, |bits, place| {
            let term = terms[*place as usize];
            bits | (term ^ (term >> 127))
        });
        match self.narrow(picked, bits as u128 + 1) {
            Some(sums) => {
                for (place, holder) in picked.rows() {
                    sums[holder] += terms[place] as i64;
                }
            }
            None => {
                let sums = self.widen();
                for (place, holder) in picked.rows() {
                    sums[holder].add(terms[place]);
                }
            }
        }
    }

    /// The sums, if they stay within 64 bits with so many more terms up to `largest`.
    fn narrow(&mut self, picked: &Picked, largest: u128) -> Option<&mut [i64]> {
        let terms = picked.places().len() as u128;
        self.bound = self.bound.saturating_add(largest.saturating_mul(terms));
        match &mut self.sums {
            Totals::Narrow(sums) if self.bound <= i64::MAX as u128 => Some(sums),
            _ => None,
        }
    }

    fn widen(&mut self) -> &mut [Sum] {
        if let Totals::Narrow(sums) = &self.sums {
            let wide = |sum: &i64| Sum {
                sum: (*sum).into(),
                carry: 0,
            };
            self.sums = Totals::Wide(sums.iter().map(wide).collect());
        }
        match &mut self.sums {
            Totals::Wide(sums) => sums,
            Totals::Narrow(_) => unreachable!("widened above"),
        }
    }

    /// `of` each holder's sum; the first that is none does not fit.
    fn each<T>(&self, of: impl Fn(usize, i128) -> Option<T>) -> Result<Vec<T>, HolderError> {
        let error = |holder| HolderError {
            holder,
            cause: RowErrorCause::Overflow,
        };
        match &self.sums {
            Totals::Narrow(sums) => (sums.iter().enumerate())
                .map(|(holder, sum)| of(holder, (*sum).into()).ok_or(error(holder)))
                .collect(),
            Totals::Wide(sums) => (sums.iter().enumerate())
                .map(|(holder, sum)| {
                    let value = sum.get().and_then(|sum| of(holder, sum));
                    value.ok_or(error(holder))
                })
                .collect(),
        }
    }

    /// The sums as a column of the values' type; decimals are counted in 10^-scale.
    pub fn summed(&self, ty: Type, scale: Option<u8>) -> Result<Column, HolderError> {
        let scale = scale.unwrap_or(SCALE as u8);
        let integers = || self.each(|_, sum| i64::try_from(sum).ok());
        let values = match (ty, &self.sums) {
            (Type::Integer, _) => ColumnValues::Integer(integers()?),
            (Type::Duration(_), _) => ColumnValues::Duration(integers()?),
            (_, Totals::Narrow(sums)) => ColumnValues::Decimal {
                scale,
                values: sums.clone(),
            },
            _ => {
                let unit = unit(scale);
                ColumnValues::WideDecimal(self.each(|_, sum| sum.checked_mul(unit))?)
            }
        };
        Ok(Column {
            values,
            valid: None,
        })
    }

    /// Missing where there is nothing; rounded once.
    pub fn averages(
        &self,
        counts: &[u32],
        ty: Type,
        scale: Option<u8>,
    ) -> Result<Column, HolderError> {
        let unit = match ty {
            Type::Integer => ONE,
            Type::Duration(_) => 1,
            _ => unit(scale.unwrap_or(SCALE as u8)),
        };
        let narrow = match &self.sums {
            Totals::Narrow(sums) => narrow_averages(sums, counts, unit as i64),
            Totals::Wide(_) => None,
        };
        let wide = || {
            self.each(|holder, sum| match counts[holder] {
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
        let valid: Vec<bool> = counts.iter().map(|n| *n > 0).collect();
        Ok(Column {
            values,
            valid: valid.contains(&false).then_some(valid),
        })
    }
}

/// Billionths that 10^-scale has.
fn unit(scale: u8) -> i128 {
    10i128.pow(SCALE - u32::from(scale))
}

/// Sums of so many billionths by counts, rounded once; `None` where one does not fit.
fn narrow_averages(sums: &[i64], counts: &[u32], unit: i64) -> Option<Vec<i64>> {
    let average = |(sum, count): (&i64, &u32)| {
        let n = i64::from(*count).max(1);
        // A remainder is less than 2^32, a unit at most 10^9.
        let (whole, rest) = (sum / n, sum % n * unit);
        let (part, left) = (rest / n, rest % n);
        let up = i64::from(left.abs() >= n - left.abs()) * rest.signum();
        whole.checked_mul(unit)?.checked_add(part + up)
    };
    sums.iter().zip(counts).map(average).collect()
}

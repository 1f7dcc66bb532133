//! Levels of ascending thresholds.

use crate::vector::{KernelResult, RowErrorCause::Overflow, Values, Vector, try_map};
use std::borrow::Cow;

use super::arithmetic::widen;

/// How many thresholds are not above each value.
fn reached(value: &Vector<'_>, thresholds: &Values<'_>) -> Vec<u32> {
    fn count<T: Ord>(values: &[T], thresholds: &[T]) -> Vec<u32> {
        let below = |v: &T| thresholds.partition_point(|t| t <= v) as u32;
        values.iter().map(below).collect()
    }
    use Values::*;
    match (&value.values, thresholds) {
        (Integer(v), Integer(t)) | (DateTime(v), DateTime(t)) | (Duration(v), Duration(t)) => {
            count(v, t)
        }
        (Decimal(v), Decimal(t)) => count(v, t),
        (Date(v), Date(t)) => count(v, t),
        (Time(v), Time(t)) | (Enum(v), Enum(t)) => count(v, t),
        (Text(v), Text(t)) => count(v, t),
        (Integer(_), Decimal(_)) => reached(&widen(value), thresholds),
        (Decimal(_), Integer(_)) => reached(value, &widen(&Vector::new(thresholds.clone())).values),
        _ => unreachable!("checked: thresholds of the value's type"),
    }
}

fn places<'a>(value: &Vector<'a>, out: Vec<u32>, there: impl Fn(u32) -> bool) -> Vector<'a> {
    let known = |row: usize| value.valid.as_ref().is_none_or(|v| v[row]);
    let valid: Vec<bool> = out
        .iter()
        .enumerate()
        .map(|(row, n)| there(*n) && known(row))
        .collect();
    let valid = valid.contains(&false).then_some(valid);
    Vector::with_valid(Values::Enum(Cow::Owned(out)), valid)
}

/// The place of the highest threshold not above the value; missing below the first.
pub fn level<'a>(value: &Vector<'a>, thresholds: &Values<'a>) -> Vector<'a> {
    let reached = reached(value, thresholds);
    // Below the first the place wraps, and is missing.
    let out = reached.iter().map(|n| n.wrapping_sub(1)).collect();
    let top = thresholds.len() as u32;
    places(value, out, |place| place < top)
}

/// The place after the value's level: the first below the first, missing at the top.
pub fn next_level<'a>(value: &Vector<'a>, thresholds: &Values<'a>) -> Vector<'a> {
    let top = thresholds.len() as u32;
    places(value, reached(value, thresholds), |place| place < top)
}

/// From the value to the next threshold, missing at the top.
pub fn shortfall<'a>(value: &Vector<'a>, thresholds: &Values<'a>) -> KernelResult<'a> {
    let next = next_level(value, thresholds);
    let Values::Enum(next_places) = &next.values else {
        unreachable!("levels are places")
    };
    let valid = next.valid.as_deref();
    /// `values` from `next` up to the threshold there.
    fn gaps<T: Copy + Default>(
        values: &[T],
        thresholds: &[T],
        next: &[u32],
        valid: Option<&[bool]>,
        subtract: impl Fn(T, T) -> Option<T>,
    ) -> Result<Vec<T>, crate::vector::RowError> {
        let mut row = 0;
        try_map(next, valid, Overflow, |place| {
            let value = values[row];
            row += 1;
            subtract(*thresholds.get(place as usize)?, value)
        })
    }
    let values = match (&value.values, thresholds) {
        (Values::Integer(v), Values::Integer(t)) => {
            Values::Integer(gaps(v, t, next_places, valid, i64::checked_sub)?.into())
        }
        (Values::Duration(v), Values::Duration(t)) => {
            Values::Duration(gaps(v, t, next_places, valid, i64::checked_sub)?.into())
        }
        (Values::Decimal(v), Values::Decimal(t)) => {
            Values::Decimal(gaps(v, t, next_places, valid, i128::checked_sub)?.into())
        }
        (Values::Integer(_), Values::Decimal(_)) => return shortfall(&widen(value), thresholds),
        (Values::Decimal(_), Values::Integer(_)) => {
            return shortfall(value, &widen(&Vector::new(thresholds.clone())).values);
        }
        _ => unreachable!("checked: a number"),
    };
    Ok(Vector {
        values,
        valid: next.valid,
    })
}

//! Kleene's three-valued logic.

use crate::vector::{Values, Vector};
use std::borrow::Cow;
use std::rc::Rc;

use super::arithmetic::with_mask_of;

/// The values of a condition.
pub fn flags<'v>(vector: &'v Vector<'_>) -> &'v [bool] {
    match &vector.values {
        Values::YesNo(v) => v,
        _ => unreachable!("checked: yes or no"),
    }
}

/// Unknown stays unknown.
pub fn not<'a>(value: &Vector<'a>) -> Vector<'a> {
    let out = flags(value).iter().map(|v| !v).collect();
    with_mask_of(Values::YesNo(out), value)
}

/// `and`: false if any is false, else unknown if any is unknown.
pub fn and<'a>(operands: &[Rc<Vector<'a>>], rows: usize) -> Vector<'a> {
    decide::<false>(operands, rows)
}

/// `or`: true if any is true, else unknown if any is unknown.
pub fn or<'a>(operands: &[Rc<Vector<'a>>], rows: usize) -> Vector<'a> {
    decide::<true>(operands, rows)
}

/// One operand of the value `DECISIVE` decides.
fn decide<'a, const DECISIVE: bool>(operands: &[Rc<Vector<'a>>], rows: usize) -> Vector<'a> {
    let constant = operands.iter().all(|v| v.is_constant());
    let n = if constant { 1 } else { rows };
    let mut decided = vec![false; n];
    let mut unknown: Option<Vec<bool>> = None;
    for operand in operands {
        let values = flags(operand);
        match &operand.valid {
            _ if values.len() == 1 => {
                let known = operand.is_valid(0);
                if known && values[0] == DECISIVE {
                    decided.fill(true);
                } else if !known {
                    unknown = Some(vec![true; n]);
                }
            }
            None => {
                for (d, v) in decided.iter_mut().zip(values) {
                    *d |= *v == DECISIVE;
                }
            }
            Some(valid) => {
                for ((d, v), known) in decided.iter_mut().zip(values).zip(&**valid) {
                    *d |= *known & (*v == DECISIVE);
                }
                let unknown = unknown.get_or_insert_with(|| vec![false; n]);
                for (u, known) in unknown.iter_mut().zip(&**valid) {
                    *u |= !*known;
                }
            }
        }
    }
    let valid = unknown.map(|u| decided.iter().zip(u).map(|(d, u)| *d | !u).collect());
    if !DECISIVE {
        decided.iter_mut().for_each(|d| *d = !*d);
    }
    Vector::with_valid(Values::YesNo(Cow::Owned(decided)), valid)
}

/// Whether the value is there; never missing itself.
pub fn known<'a>(value: &Vector<'a>) -> Vector<'a> {
    Vector::new(Values::YesNo(match &value.valid {
        Some(valid) => valid.clone(),
        None => Cow::Owned(vec![true; value.values.len()]),
    }))
}

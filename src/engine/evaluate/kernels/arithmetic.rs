//! Numbers: checked integers, decimals rounded once.

use crate::hir::ArithmeticOp;
use crate::schema::{Decimal, ONE, Rounding, Value, div_round};
use crate::vector::{
    KernelResult, RowErrorCause::Overflow, Values, Vector, merge_valid, places, try_map, try_zip,
};
use std::borrow::Cow;

/// Both integers, both decimals or both durations; an integer beside a decimal is widened.
pub fn arithmetic<'a>(
    op: ArithmeticOp,
    left: &Vector<'a>,
    right: &Vector<'a>,
    rows: usize,
) -> KernelResult<'a> {
    let valid = merge_valid(&[left, right], rows);
    match (&left.values, &right.values) {
        (Values::Integer(a), Values::Integer(b)) if op != ArithmeticOp::Divide => {
            let out = integers(op, a, b, rows, valid.as_deref())?;
            Ok(Vector::with_valid(Values::Integer(Cow::Owned(out)), valid))
        }
        (Values::Duration(a), Values::Duration(b)) if op != ArithmeticOp::Divide => {
            let out = integers(op, a, b, rows, valid.as_deref())?;
            Ok(Vector::with_valid(Values::Duration(Cow::Owned(out)), valid))
        }
        (Values::Decimal(a), Values::Decimal(b)) => decimals(op, a, b, rows, valid),
        (Values::Integer(_), _) => arithmetic(op, &widen(left), right, rows),
        (_, Values::Integer(_)) => arithmetic(op, left, &widen(right), rows),
        _ => unreachable!("checked: numbers"),
    }
}

fn integers(
    op: ArithmeticOp,
    a: &[i64],
    b: &[i64],
    rows: usize,
    valid: Option<&[bool]>,
) -> Result<Vec<i64>, crate::vector::RowError> {
    match op {
        ArithmeticOp::Add => try_zip(a, b, rows, valid, Overflow, i64::checked_add),
        ArithmeticOp::Subtract => try_zip(a, b, rows, valid, Overflow, i64::checked_sub),
        _ => try_zip(a, b, rows, valid, Overflow, i64::checked_mul),
    }
}

fn decimals<'a>(
    op: ArithmeticOp,
    a: &[i128],
    b: &[i128],
    rows: usize,
    valid: Option<Vec<bool>>,
) -> KernelResult<'a> {
    let mask = valid.as_deref();
    let multiply = |a, b| Decimal(a).checked_mul(Decimal(b)).map(|d| d.0);
    let out = match op {
        ArithmeticOp::Add => try_zip(a, b, rows, mask, Overflow, i128::checked_add)?,
        ArithmeticOp::Subtract => try_zip(a, b, rows, mask, Overflow, i128::checked_sub)?,
        ArithmeticOp::Multiply => try_zip(a, b, rows, mask, Overflow, multiply)?,
        ArithmeticOp::Divide => return divide(a, b, rows, valid),
    };
    Ok(Vector::with_valid(Values::Decimal(Cow::Owned(out)), valid))
}

/// By zero it is missing.
fn divide<'a>(
    a: &[i128],
    b: &[i128],
    rows: usize,
    mut valid: Option<Vec<bool>>,
) -> KernelResult<'a> {
    if b.contains(&0) {
        let n = places(&[a.len(), b.len()], rows);
        let valid = valid.get_or_insert_with(|| vec![true; n]);
        if b.len() == 1 {
            valid.fill(false);
        } else {
            valid.iter_mut().zip(b).for_each(|(v, b)| *v &= *b != 0);
        }
    }
    let quotient = |a, b| Decimal(a).checked_div(Decimal(b)).map(|d| d.0);
    let out = try_zip(a, b, rows, valid.as_deref(), Overflow, quotient)?;
    Ok(Vector::with_valid(Values::Decimal(Cow::Owned(out)), valid))
}

/// Of an integer, decimal or duration.
pub fn negate<'a>(value: &Vector<'a>) -> KernelResult<'a> {
    let valid = value.valid.as_deref();
    let values = match &value.values {
        Values::Integer(v) => {
            Values::Integer(try_map(v, valid, Overflow, i64::checked_neg)?.into())
        }
        Values::Duration(v) => {
            Values::Duration(try_map(v, valid, Overflow, i64::checked_neg)?.into())
        }
        Values::Decimal(v) => {
            Values::Decimal(try_map(v, valid, Overflow, i128::checked_neg)?.into())
        }
        _ => unreachable!("checked: a number"),
    };
    Ok(with_mask_of(values, value))
}

/// Integers to decimals; decimals stay.
pub fn widen<'a>(value: &Vector<'a>) -> Vector<'a> {
    match &value.values {
        Values::Integer(v) => {
            let wide = v.iter().map(|n| i128::from(*n) * ONE).collect();
            with_mask_of(Values::Decimal(wide), value)
        }
        _ => value.clone(),
    }
}

/// To a multiple of `step`.
pub fn round<'a>(
    value: &Vector<'a>,
    mode: Rounding,
    step: &Value,
    to_integer: bool,
) -> KernelResult<'a> {
    let valid = value.valid.as_deref();
    let step = match step {
        Value::Integer(n) => i128::from(*n) * ONE,
        Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.0,
        _ => unreachable!("checked: a number"),
    };
    // INVARIANT: a step is positive (checked); of nothing, nothing is rounded away.
    let step = step.max(1);
    let nearest = |n: i128| div_round(n, step, mode).checked_mul(step);
    let values = match &value.values {
        Values::Integer(v) => {
            let whole = |n: i64| i64::try_from(nearest(i128::from(n) * ONE)? / ONE).ok();
            Values::Integer(try_map(v, valid, Overflow, whole)?.into())
        }
        Values::Decimal(v) if to_integer => {
            let whole = |n: i128| i64::try_from(nearest(n)? / ONE).ok();
            Values::Integer(try_map(v, valid, Overflow, whole)?.into())
        }
        Values::Decimal(v) => Values::Decimal(try_map(v, valid, Overflow, nearest)?.into()),
        _ => unreachable!("checked: a number"),
    };
    Ok(with_mask_of(values, value))
}

/// An integer times `factor`, as a duration.
pub fn quantity<'a>(factor: i64, value: &Vector<'a>) -> KernelResult<'a> {
    let Values::Integer(v) = &value.values else {
        unreachable!("checked: an integer")
    };
    let valid = value.valid.as_deref();
    let out = try_map(v, valid, Overflow, |n: i64| n.checked_mul(factor))?;
    Ok(with_mask_of(Values::Duration(out.into()), value))
}

/// These values, missing where the operand is.
pub fn with_mask_of<'a>(values: Values<'a>, operand: &Vector<'a>) -> Vector<'a> {
    Vector {
        values,
        valid: operand.valid.clone(),
    }
}

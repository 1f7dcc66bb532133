//! Comparisons and membership.

use crate::hir::CompareOp;
use crate::vector::{Values, Vector, merge_valid, zip};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::hash::Hash;

use super::arithmetic::{widen, with_mask_of};

/// Of two values of one type.
pub fn compare<'a>(
    op: CompareOp,
    left: &Vector<'a>,
    right: &Vector<'a>,
    rows: usize,
) -> Vector<'a> {
    use Values::*;
    let out = match (&left.values, &right.values) {
        (YesNo(a), YesNo(b)) => ordered(op, a, b, rows),
        (Integer(a), Integer(b)) | (DateTime(a), DateTime(b)) | (Duration(a), Duration(b)) => {
            ordered(op, a, b, rows)
        }
        (Decimal(a), Decimal(b)) => ordered(op, a, b, rows),
        (Date(a), Date(b)) => ordered(op, a, b, rows),
        (Time(a), Time(b)) | (Enum(a), Enum(b)) | (Reference(a), Reference(b)) => {
            ordered(op, a, b, rows)
        }
        (Text(a), Text(b)) => texts(op, a, b, rows),
        (Integer(_), Decimal(_)) => return compare(op, &widen(left), right, rows),
        (Decimal(_), Integer(_)) => return compare(op, left, &widen(right), rows),
        _ => unreachable!("checked: both of one type"),
    };
    let valid = merge_valid(&[left, right], rows);
    Vector::with_valid(Values::YesNo(Cow::Owned(out)), valid)
}

fn ordered<T: Copy + Ord>(op: CompareOp, a: &[T], b: &[T], rows: usize) -> Vec<bool> {
    match op {
        CompareOp::Equal => zip(a, b, rows, |a, b| a == b),
        CompareOp::NotEqual => zip(a, b, rows, |a, b| a != b),
        CompareOp::Less => zip(a, b, rows, |a, b| a < b),
        CompareOp::LessEqual => zip(a, b, rows, |a, b| a <= b),
        CompareOp::Greater => zip(a, b, rows, |a, b| a > b),
        CompareOp::GreaterEqual => zip(a, b, rows, |a, b| a >= b),
    }
}

/// The order of UTF-8's bytes is that of the code points.
fn texts(op: CompareOp, a: &[Cow<'_, str>], b: &[Cow<'_, str>], rows: usize) -> Vec<bool> {
    match op {
        CompareOp::Equal => zip_texts(a, b, rows, |a, b| a == b),
        CompareOp::NotEqual => zip_texts(a, b, rows, |a, b| a != b),
        CompareOp::Less => zip_texts(a, b, rows, |a, b| a < b),
        CompareOp::LessEqual => zip_texts(a, b, rows, |a, b| a <= b),
        CompareOp::Greater => zip_texts(a, b, rows, |a, b| a > b),
        CompareOp::GreaterEqual => zip_texts(a, b, rows, |a, b| a >= b),
    }
}

/// [`zip`] for texts.
pub fn zip_texts<T>(
    a: &[Cow<'_, str>],
    b: &[Cow<'_, str>],
    rows: usize,
    f: impl Fn(&str, &str) -> T,
) -> Vec<T> {
    match (a.len(), b.len()) {
        (1, 1) => vec![f(&a[0], &b[0])],
        (1, _) => b[..rows].iter().map(|b| f(&a[0], b)).collect(),
        (_, 1) => a[..rows].iter().map(|a| f(a, &b[0])).collect(),
        _ => a.iter().zip(b).map(|(a, b)| f(a, b)).collect(),
    }
}

/// Whether the value is one of the list's, which are of its type.
pub fn is_in<'a>(value: &Vector<'a>, list: &Values<'a>) -> Vector<'a> {
    use Values::*;
    let out = match (&value.values, list) {
        (YesNo(v), YesNo(l)) => members(v, l),
        (Integer(v), Integer(l)) | (DateTime(v), DateTime(l)) | (Duration(v), Duration(l)) => {
            members(v, l)
        }
        (Decimal(v), Decimal(l)) => members(v, l),
        (Date(v), Date(l)) => members(v, l),
        (Time(v), Time(l)) | (Enum(v), Enum(l)) => members(v, l),
        (Text(v), Text(l)) => members(v, l),
        (Decimal(_), Integer(_)) => {
            return is_in(value, &widen(&Vector::new(list.clone())).values);
        }
        (Integer(_), Decimal(_)) => return is_in(&widen(value), list),
        _ => unreachable!("checked: a list of the value's type"),
    };
    with_mask_of(Values::YesNo(Cow::Owned(out)), value)
}

fn members<T: Eq + Hash>(values: &[T], list: &[T]) -> Vec<bool> {
    // Up to some lengths looking at all is quicker than hashing.
    if list.len() <= 8 {
        return values.iter().map(|v| list.contains(v)).collect();
    }
    let set: FxHashSet<&T> = list.iter().collect();
    values.iter().map(|v| set.contains(v)).collect()
}

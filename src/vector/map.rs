//! Loops over slices, for kernels: constants are broadcast, null masks are looked at only where something
//! can fail.

use super::{RowError, RowErrorCause};

/// How many places the result of operands of these lengths has.
#[inline]
pub fn places(lengths: &[usize], rows: usize) -> usize {
    if lengths.iter().all(|n| *n == 1) {
        1
    } else {
        rows
    }
}

/// `f` of the operands of each row.
#[inline]
pub fn zip<A: Copy, B: Copy, C>(
    a: &[A],
    b: &[B],
    rows: usize,
    mut f: impl FnMut(A, B) -> C,
) -> Vec<C> {
    match (a.len(), b.len()) {
        (1, 1) => vec![f(a[0], b[0])],
        (1, _) => b[..rows].iter().map(|b| f(a[0], *b)).collect(),
        (_, 1) => a[..rows].iter().map(|a| f(*a, b[0])).collect(),
        _ => a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect(),
    }
}

/// `f` of each value; where it gives none in a row that is there, that is an error.
#[inline]
pub fn try_map<A: Copy, C: Copy + Default>(
    a: &[A],
    valid: Option<&[bool]>,
    cause: RowErrorCause,
    mut f: impl FnMut(A) -> Option<C>,
) -> Result<Vec<C>, RowError> {
    let mut failed = None;
    let out = a
        .iter()
        .enumerate()
        .map(|(row, a)| {
            f(*a).unwrap_or_else(|| {
                note_failure(&mut failed, row, valid);
                C::default()
            })
        })
        .collect();
    finish(out, failed, cause)
}

/// `f` of the operands of each row; where it gives none in a row that is there, that is an error.
#[inline]
pub fn try_zip<A: Copy, B: Copy, C: Copy + Default>(
    a: &[A],
    b: &[B],
    rows: usize,
    valid: Option<&[bool]>,
    cause: RowErrorCause,
    mut f: impl FnMut(A, B) -> Option<C>,
) -> Result<Vec<C>, RowError> {
    let mut failed = None;
    let mut row = 0;
    let out = zip(a, b, rows, |a, b| {
        let value = f(a, b).unwrap_or_else(|| {
            note_failure(&mut failed, row, valid);
            C::default()
        });
        row += 1;
        value
    });
    finish(out, failed, cause)
}

#[cold]
fn note_failure(failed: &mut Option<usize>, row: usize, valid: Option<&[bool]>) {
    let there = valid.is_none_or(|v| v[if v.len() == 1 { 0 } else { row }]);
    if there && failed.is_none() {
        *failed = Some(row);
    }
}

fn finish<C>(out: Vec<C>, failed: Option<usize>, cause: RowErrorCause) -> Result<Vec<C>, RowError> {
    match failed {
        None => Ok(out),
        Some(row) => Err(RowError { row, cause }),
    }
}

//! Texts in texts.

use crate::hir::TextOp;
use crate::vector::{Values, Vector, merge_valid};
use memchr::memmem;
use std::borrow::Cow;

use super::compare::zip_texts;

/// Compares exactly, or after both have been put into small letters.
pub fn text_match<'a>(
    op: TextOp,
    ignoring_case: bool,
    left: &Vector<'a>,
    right: &Vector<'a>,
    rows: usize,
) -> Vector<'a> {
    let (Values::Text(a), Values::Text(b)) = (&left.values, &right.values) else {
        unreachable!("checked: texts")
    };
    let out = if ignoring_case {
        matches(op, &lowered(a), &lowered(b), rows)
    } else {
        matches(op, a, b, rows)
    };
    Vector::with_valid(
        Values::YesNo(Cow::Owned(out)),
        merge_valid(&[left, right], rows),
    )
}

fn lowered<'t>(texts: &'t [Cow<'_, str>]) -> Vec<Cow<'t, str>> {
    let is_low = |t: &str| t.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    texts
        .iter()
        .map(|t| match is_low(t) {
            true => Cow::Borrowed(&**t),
            false => Cow::Owned(t.to_lowercase()),
        })
        .collect()
}

fn matches(op: TextOp, a: &[Cow<'_, str>], b: &[Cow<'_, str>], rows: usize) -> Vec<bool> {
    match op {
        TextOp::Contains if b.len() == 1 => {
            let finder = memmem::Finder::new(b[0].as_bytes());
            a.iter()
                .map(|t| finder.find(t.as_bytes()).is_some())
                .collect()
        }
        TextOp::Contains => zip_texts(a, b, rows, |a, b| a.contains(b)),
        TextOp::StartsWith => zip_texts(a, b, rows, |a, b| a.starts_with(b)),
        TextOp::EndsWith => zip_texts(a, b, rows, |a, b| a.ends_with(b)),
        TextOp::Equals => zip_texts(a, b, rows, |a, b| a == b),
        TextOp::NotEquals => zip_texts(a, b, rows, |a, b| a != b),
    }
}

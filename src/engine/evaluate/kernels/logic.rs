//! Kleene's three-valued logic.

use crate::vector::{Values, Vector};
use std::borrow::Cow;

use super::arithmetic::with_mask_of;
use crate::engine::evaluate::mask;

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

/// What is known of the rows of a batch after some operands of an `and` (`DECISIVE` is false: a false operand decides)
/// or an `or` (true). What no operand decides is unknown if any operand is.
pub struct Verdict<const DECISIVE: bool> {
    /// For each row, or one for all of them while operands are constant.
    decided: Vec<bool>,
    /// As long as `decided`; `None`: no operand was unknown.
    unknown: Option<Vec<bool>>,
}

impl<const DECISIVE: bool> Verdict<DECISIVE> {
    pub fn of_no_operands() -> Self {
        Verdict {
            decided: vec![false],
            unknown: None,
        }
    }

    /// After one more operand, of a batch of so many rows.
    pub fn add(&mut self, operand: &Vector<'_>, rows: usize) {
        let values = flags(operand);
        if values.len() == 1 {
            match operand.is_valid(0) {
                true if values[0] == DECISIVE => self.decided.fill(true),
                true => {}
                false => self.unknown = Some(vec![true; self.decided.len()]),
            }
            return;
        }
        self.expand(rows);
        let decided = self.decided.iter_mut().zip(values);
        let Some(valid) = &operand.valid else {
            return decided.for_each(|(d, v)| *d |= *v == DECISIVE);
        };
        decided
            .zip(&**valid)
            .for_each(|((d, v), known)| *d |= *known & (*v == DECISIVE));
        let unknown = self.unknown.get_or_insert_with(|| vec![false; rows]);
        let unknown = unknown.iter_mut().zip(&**valid);
        unknown.for_each(|(u, known)| *u |= !*known);
    }

    /// After one more operand that matters at these places only, with a value for each of them or one for all.
    pub fn add_at(&mut self, operand: &Vector<'_>, places: &[u32], rows: usize) {
        self.expand(rows);
        let values = flags(operand);
        for (i, place) in places.iter().enumerate() {
            let place = *place as usize;
            if !operand.is_valid(i) {
                self.unknown.get_or_insert_with(|| vec![false; rows])[place] = true;
            } else if values[operand.place(i)] == DECISIVE {
                self.decided[place] = true;
            }
        }
    }

    fn expand(&mut self, rows: usize) {
        if self.decided.len() != rows {
            let unknown = self.unknown.as_ref();
            self.unknown = unknown.map(|u| vec![u[0]; rows]);
            self.decided = vec![self.decided[0]; rows];
        }
    }

    /// How many of so many rows another operand may still decide.
    pub fn open(&self, rows: usize) -> usize {
        match self.decided[..] {
            [true] => 0,
            [false] => rows,
            _ => rows - mask::count(&self.decided),
        }
    }

    /// Which these are, ascending.
    pub fn open_places(&self) -> Vec<u32> {
        let open: Vec<u8> = self.decided.iter().map(|d| u8::from(!*d)).collect();
        mask::places_of(&open)
    }

    pub fn finish<'a>(mut self) -> Vector<'a> {
        let known = |(decided, unknown): (&bool, bool)| *decided | !unknown;
        let valid = self.unknown;
        let valid = valid.map(|u| self.decided.iter().zip(u).map(known).collect());
        if !DECISIVE {
            self.decided.iter_mut().for_each(|d| *d = !*d);
        }
        Vector::with_valid(Values::YesNo(Cow::Owned(self.decided)), valid)
    }
}

/// Whether the value is there; never missing itself.
pub fn known<'a>(value: &Vector<'a>) -> Vector<'a> {
    Vector::new(Values::YesNo(match &value.valid {
        Some(valid) => valid.clone(),
        None => Cow::Owned(vec![true; value.values.len()]),
    }))
}

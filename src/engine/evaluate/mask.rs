//! Which rows of a batch count, a byte for each: loops over bytes do many at a time.

use super::kernels::logic::flags;
use crate::vector::Vector;

/// The row counts. Of a Kleene selection: its condition is true.
pub const YES: u8 = 1;
/// Its condition is unknown.
pub const UNKNOWN: u8 = 2;

/// How many rows count.
pub fn count<T: Copy + Default + PartialEq>(flags: &[T]) -> usize {
    // Bytes are added up as bytes, so many at a time that none overflows.
    let of = |chunk: &[T]| {
        chunk
            .iter()
            .fold(0u8, |n, f| n.wrapping_add(u8::from(*f != T::default())))
    };
    flags.chunks(128).map(|chunk| usize::from(of(chunk))).sum()
}

/// The places that count, ascending, in no more memory than they need.
pub fn places_of(flags: &[u8]) -> Vec<u32> {
    let count = count(flags);
    if count * SPARSE < flags.len() {
        let mut places = Vec::with_capacity(count);
        each(flags, |place| places.push(place));
        return places;
    }
    let mut places = vec![0; count + 1];
    compact(flags, &mut places);
    places.truncate(count);
    places
}

/// With fewer than one place in so many, most words of flags hold one at most.
const SPARSE: usize = 16;

/// Calls `f` with each place that counts, ascending. Quick where these are few.
fn each(flags: &[u8], mut f: impl FnMut(u32)) {
    let (chunks, rest) = flags.as_chunks::<8>();
    for (i, chunk) in chunks.iter().enumerate() {
        let mut word = u64::from_le_bytes(*chunk);
        // The lowest byte is the first flag.
        while word != 0 {
            let place = word.trailing_zeros() / 8;
            f(i as u32 * 8 + place);
            word &= !(0xff << (8 * place));
        }
    }
    let from = flags.len() - rest.len();
    let rest = (from as u32..).zip(rest).filter(|(_, flag)| **flag != 0);
    rest.for_each(|(place, _)| f(place));
}

/// Writes the places that count one after another, ascending; how many they are. There is room for one more.
pub fn compact(flags: &[u8], places: &mut [u32]) -> usize {
    let mut found = 0;
    let (chunks, rest) = flags.as_chunks::<8>();
    for (i, chunk) in chunks.iter().enumerate() {
        if u64::from_ne_bytes(*chunk) == 0 {
            continue;
        }
        for (j, flag) in chunk.iter().enumerate() {
            places[found] = (i * 8 + j) as u32;
            found += usize::from(*flag != 0);
        }
    }
    for (j, flag) in rest.iter().enumerate() {
        if *flag != 0 {
            places[found] = (chunks.len() * 8 + j) as u32;
            found += 1;
        }
    }
    found
}

pub fn keep(mask: &mut [u8], other: &[bool]) {
    match other {
        [true] => {}
        [false] => mask.fill(0),
        _ => {
            let pairs = mask.iter_mut().zip(other);
            pairs.for_each(|(m, o)| *m &= u8::from(*o).wrapping_neg());
        }
    }
}

pub fn keep_known(mask: &mut [u8], vector: &Vector<'_>) {
    if let Some(valid) = &vector.valid {
        keep(mask, valid);
    }
}

pub fn keep_true(mask: &mut [u8], condition: &Vector<'_>) {
    keep_known(mask, condition);
    keep(mask, flags(condition));
}

/// What is unknown is kept as such; only what is false is out.
pub fn keep_not_false(mask: &mut [u8], condition: &Vector<'_>) {
    let values = flags(condition);
    let Some(valid) = &condition.valid else {
        return keep(mask, values);
    };
    let verdict = |value: bool, known: bool| if known { u8::from(value) } else { UNKNOWN };
    if let ([value], [known]) = (values, &**valid) {
        let verdict = verdict(*value, *known);
        mask.iter_mut()
            .for_each(|m| *m = verdict & m.wrapping_neg());
        return;
    }
    for ((m, value), known) in mask.iter_mut().zip(values).zip(&**valid) {
        *m = verdict(*value, *known) & m.wrapping_neg();
    }
}

/// The rows for which both conditions are true, ascending, of a batch that begins at the row `start`. Without a
/// condition all are.
pub fn rows_where(conditions: [Option<&Vector<'_>>; 2], start: usize, len: usize) -> Vec<u32> {
    let mut mask = vec![YES; len];
    for condition in conditions.into_iter().flatten() {
        keep_true(&mut mask, condition);
    }
    let mut rows = places_of(&mask);
    rows.iter_mut().for_each(|row| *row += start as u32);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::Values;
    use proptest::prelude::*;
    use std::borrow::Cow;

    fn condition(rows: &[Option<bool>]) -> Vector<'static> {
        let values = rows.iter().map(|r| r.unwrap_or(true)).collect();
        let valid = rows.iter().map(Option::is_some).collect();
        Vector::with_valid(Values::YesNo(Cow::Owned(values)), Some(valid))
    }

    proptest! {
        #[test]
        fn places_are_those_that_count(flags in prop::collection::vec(0u8..3, 0..300)) {
            let expected: Vec<u32> = (0..)
                .zip(&flags)
                .filter(|(_, f)| **f != 0)
                .map(|(place, _)| place)
                .collect();
            prop_assert_eq!(count(&flags), expected.len());
            prop_assert_eq!(places_of(&flags), expected);
        }

        #[test]
        fn conditions_keep_what_they_say(
            rows in prop::collection::vec((any::<bool>(), any::<Option<bool>>()), 1..40),
            constant in prop::option::of(any::<Option<bool>>()),
        ) {
            let before: Vec<u8> = rows.iter().map(|r| u8::from(r.0)).collect();
            let verdicts: Vec<Option<bool>> = match constant {
                Some(constant) => vec![constant],
                None => rows.iter().map(|r| r.1).collect(),
            };
            let vector = condition(&verdicts);
            let (mut certain, mut possible) = (before.clone(), before.clone());
            keep_true(&mut certain, &vector);
            keep_not_false(&mut possible, &vector);
            for (row, there) in before.iter().enumerate() {
                let verdict = verdicts[if verdicts.len() == 1 { 0 } else { row }];
                prop_assert_eq!(certain[row], there * u8::from(verdict == Some(true)));
                let expected = match verdict {
                    Some(holds) => u8::from(holds),
                    None => UNKNOWN,
                };
                prop_assert_eq!(possible[row], there * expected);
            }
        }
    }
}

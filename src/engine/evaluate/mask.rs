//! Which rows of a batch count, a byte for each: loops over bytes do many at a time.

use super::kernels::logic::flags;
use crate::vector::Vector;

/// The row counts. Of a Kleene selection: its condition is true.
pub const YES: u8 = 1;
/// Its condition is unknown.
pub const UNKNOWN: u8 = 2;

/// How many rows count.
pub fn count(flags: &[u8]) -> usize {
    // Bytes are added up as bytes, so many at a time that none overflows.
    let of = |chunk: &[u8]| {
        chunk
            .iter()
            .fold(0u8, |n, f| n.wrapping_add(u8::from(*f != 0)))
    };
    flags.chunks(128).map(|chunk| usize::from(of(chunk))).sum()
}

pub fn places_of(flags: &[u8]) -> Vec<u32> {
    let mut places = vec![0; flags.len()];
    let found = compact(flags, &mut places);
    places.truncate(found);
    places
}

/// Writes the places that count one after another, ascending; how many they are. There is room for all.
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

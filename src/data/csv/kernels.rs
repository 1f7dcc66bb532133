//! Cells as numbers and days, eight bytes at a time. A kernel answers `false` where a cell is written in a way that
//! it does not know, right or wrong; what it has appended then means nothing.

use super::cells::{Cell, Cells};
use crate::data::ColumnValues;
use crate::schema::Day;
use std::sync::LazyLock;

const ZEROS: u64 = 0x3030_3030_3030_3030;
const POINTS: u64 = 0x2e2e_2e2e_2e2e_2e2e;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHEST_BITS: u64 = 0x8080_8080_8080_8080;

/// The longest run of digits that fits 64 bits for sure.
const SAFE_DIGITS: usize = 18;

const FIRST_YEAR: u32 = 1800;
const YEARS: u32 = 400;

/// The first day of each month from [`FIRST_YEAR`] on, and of the month after them.
static MONTHS: LazyLock<Vec<i32>> = LazyLock::new(|| {
    let months = 0..=YEARS * 12;
    let first = |m: u32| Day::new((FIRST_YEAR + m / 12) as i32, m % 12 + 1, 1);
    months.filter_map(first).map(|day| day.0).collect()
});

/// `YYYY-MM-DD`.
pub(super) fn dates(cells: Cells, values: &mut Vec<i32>) -> bool {
    let months = MONTHS.as_slice();
    let bytes = cells.block.as_bytes();
    let mut known = true;
    values.extend(cells.at.iter().map(|cell| {
        let day = date(&bytes[cell.0 as usize..cell.1 as usize], months);
        known &= day.is_some();
        day.unwrap_or_default()
    }));
    known
}

#[inline]
fn date(text: &[u8], months: &[i32]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let (head, tail) = (text.first_chunk()?, text.last_chunk()?);
    let (head, tail) = (u64::from_le_bytes(*head), u16::from_le_bytes(*tail));
    let year = head & 0xffff_ffff;
    let month = head >> 40 & 0xffff;
    let pairs = pairs(year | month << 32 | u64::from(tail) << 48)?;
    let pair = |i: u32| (pairs >> (16 * i)) as u32 & 0xff;
    let month = pair(2).wrapping_sub(1);
    let months_since = (pair(0) * 100 + pair(1)).wrapping_sub(FIRST_YEAR) as usize * 12;
    let [first, next] = months
        .get(months_since.checked_add(month as usize)?..)?
        .first_chunk()?;
    let day = pair(3).wrapping_sub(1);
    let dashes = head & 0xff00_00ff_0000_0000 == 0x2d00_002d_0000_0000;
    (dashes && month < 12 && day < (next - first) as u32).then_some(first + day as i32)
}

/// Digits, the first in the lowest byte, as numbers of two digits in every other byte.
#[inline]
fn pairs(bytes: u64) -> Option<u64> {
    let above = bytes.wrapping_add(0x4646_4646_4646_4646);
    let digits = bytes.wrapping_sub(ZEROS);
    let are_digits = (above | digits) & HIGHEST_BITS == 0;
    are_digits.then(|| (digits * 10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff)
}

/// Eight digits, the first in the lowest byte, as a number.
#[inline]
fn eight_digits(bytes: u64) -> Option<u64> {
    let pairs = pairs(bytes)?;
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    Some(low.wrapping_add(high) >> 32)
}

/// A sign and digits.
pub(super) fn integers(cells: Cells, values: &mut Vec<i64>) -> bool {
    values.reserve(cells.at.len());
    for cell in cells.at {
        match number(cells, *cell) {
            Some((units, None)) => values.push(units),
            _ => return false,
        }
    }
    true
}

/// A sign and digits with a point among them.
pub(super) fn decimals(cells: Cells, column: &mut ColumnValues) -> bool {
    let mut rest = cells.at;
    while !rest.is_empty() {
        let ColumnValues::Decimal { scale, values } = column else {
            return false;
        };
        values.reserve(rest.len());
        let (taken, finer) = decimals_of_scale(Cells { at: rest, ..cells }, *scale, values);
        rest = &rest[taken..];
        match finer {
            Some(scale) => column.raise_scale(scale),
            None if rest.is_empty() => {}
            None => return false,
        }
    }
    true
}

/// Up to the first cell that is not known or has more digits behind the point than `scale`: how many cells come
/// before it, and how many digits.
fn decimals_of_scale(cells: Cells, scale: u8, values: &mut Vec<i64>) -> (usize, Option<u8>) {
    for (i, cell) in cells.at.iter().enumerate() {
        let Some((units, fraction)) = number(cells, *cell) else {
            return (i, None);
        };
        let fraction = fraction.unwrap_or(0);
        if fraction == scale {
            values.push(units);
            continue;
        }
        if fraction > scale {
            return (i, (fraction <= 9).then_some(fraction));
        }
        match units.checked_mul(10i64.pow(u32::from(scale - fraction))) {
            Some(scaled) => values.push(scaled),
            None => return (i, None),
        }
    }
    (cells.at.len(), None)
}

/// The digits as a number, and how many stand behind the point, if there is one.
#[inline]
fn number(cells: Cells, (start, end): Cell) -> Option<(i64, Option<u8>)> {
    let bytes = cells.block.as_bytes();
    let negative = bytes[start as usize] == b'-';
    let start = start + u32::from(negative);
    let (units, fraction) = match end.wrapping_sub(start) {
        length @ 1..=8 => short_number(cells.last_eight(end), length)?,
        _ => long_number(&bytes[start as usize..end as usize])?,
    };
    Some((if negative { -units } else { units }, fraction))
}

/// Of a text of up to eight bytes, which are the last of `bytes`.
#[inline]
fn short_number(bytes: u64, length: u32) -> Option<(i64, Option<u8>)> {
    let there = u64::MAX << (64 - 8 * length);
    let text = bytes & there | ZEROS & !there;
    let differing = text ^ POINTS;
    let points = differing.wrapping_sub(ONES) & !differing & HIGHEST_BITS;
    if points == 0 {
        return Some((eight_digits(text)? as i64, None));
    }
    if length == 1 {
        return None;
    }
    // What stands before the first point moves up into its place.
    let place = points.trailing_zeros() / 8;
    let behind = text & u64::MAX << (8 * place) << 8;
    let before = text & !(u64::MAX << (8 * place));
    let digits = behind | before << 8 | ZEROS & 0xff;
    Some((eight_digits(digits)? as i64, Some(7 - place as u8)))
}

fn long_number(text: &[u8]) -> Option<(i64, Option<u8>)> {
    if text.len() > SAFE_DIGITS + 1 {
        return None;
    }
    let (mut units, mut point) = (0i64, None);
    for (i, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            units = units.wrapping_mul(10).wrapping_add(i64::from(digit));
        } else if *byte == b'.' && point.is_none() {
            point = Some((text.len() - i - 1) as u8);
        } else {
            return None;
        }
    }
    let digits = text.len() - usize::from(point.is_some());
    (1..=SAFE_DIGITS)
        .contains(&digits)
        .then_some((units, point))
}

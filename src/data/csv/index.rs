//! Where the cells of a block lie, found 64 bytes at a time.

use super::Dialect;
use std::ops::Range;

/// The cells of a block whose rows all have the same number of them. Kept from block to block for its room.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Cell `c` of row `r` lies from `starts[r * stride + c]` to one before `starts[r * stride + c + 1]`. More
    /// room than that is left over from before.
    starts: Vec<u32>,
    /// Room for `starts` as it was before lines without cells were taken out.
    spare: Vec<u32>,
    stride: usize,
    pub rows: usize,
    /// Whether cells may stand in quotes.
    pub quoted: bool,
    /// Where rows are not one a line: how far each is from the first line.
    pub lines: Option<Vec<u32>>,
}

/// Bytes looked at together.
const STEP: usize = 64;

/// Quotes that reach over from one step into the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Carry {
    /// All ones within quotes, else 0.
    inside: u64,
    /// 1 where the byte before closes a quote.
    closed: u64,
    /// 1 where the byte before is a `\r` behind a closing quote.
    returned: u64,
}

const NO_CARRY: Carry = Carry {
    inside: 0,
    closed: 0,
    returned: 0,
};

impl Index {
    /// Looks at a block of whole rows, `newlines` line ends in all. `false` where quotes stand within cells, a
    /// quote stays open, or a row has more or fewer cells than `width`; the index then says nothing.
    pub fn read(&mut self, bytes: &[u8], newlines: usize, width: usize, dialect: Dialect) -> bool {
        self.lines = None;
        self.rows = 0;
        if bytes.is_empty() {
            return true;
        }
        let Some(ends) = self.ends(bytes, dialect) else {
            return false;
        };
        self.stride = width;
        self.rows = ends / width;
        let unended = usize::from(bytes.last() != Some(&b'\n'));
        let ends_row = |row: &[u32]| is_row_end(bytes, row[width - 1] as usize - 1);
        // As many rows as lines, each with a line end last: so none is within.
        let even = width > 1
            && ends % width == 0
            && self.rows == newlines + unended
            && self.starts[1..=ends].chunks_exact(width).all(ends_row);
        even || self.compact(bytes, ends, width)
    }

    /// From where to where the cells at a place of these rows lie.
    #[inline]
    pub fn cells(&self, place: usize, rows: Range<usize>) -> impl Iterator<Item = (u32, u32)> {
        let from = rows.start * self.stride + place;
        // The last row begins there and is looked at no further than to its cell's end.
        let to = (rows.end * self.stride + place + 2).saturating_sub(self.stride);
        let rows = self.starts[from..to.max(from)].chunks(self.stride);
        rows.map(|row| (row[0], row[1] - 1))
    }

    /// Fills `starts` with 0 and what lies behind each cell's end; how many ends there are.
    fn ends(&mut self, bytes: &[u8], dialect: Dialect) -> Option<usize> {
        let room = bytes.len() + STEP + 2;
        if self.starts.len() < room {
            self.starts.resize(room, 0);
        }
        self.starts[0] = 0;
        self.quoted = false;
        let mut found = 1;
        let mut carry = NO_CARRY;
        let (steps, rest) = bytes.as_chunks::<STEP>();
        for (i, step) in steps.iter().enumerate() {
            let base = i * STEP;
            let ends = self.step(step, bytes[..base].last(), dialect, &mut carry)?;
            found += self.note(found, base, ends);
        }
        let unended = bytes.last() != Some(&b'\n');
        if unended || !rest.is_empty() {
            let mut step = [0; STEP];
            step[..rest.len()].copy_from_slice(rest);
            if unended {
                // The end of the text ends the last cell, as a line end would.
                step[rest.len()] = b'\n';
            }
            let base = steps.len() * STEP;
            let ends = self.step(&step, bytes[..base].last(), dialect, &mut carry)?;
            found += self.note(found, base, ends);
        }
        (carry.inside == 0).then_some(found - 1)
    }

    /// The ends of cells among these bytes, as bits.
    #[inline]
    fn step(
        &mut self,
        step: &[u8; STEP],
        before: Option<&u8>,
        dialect: Dialect,
        carry: &mut Carry,
    ) -> Option<u64> {
        let ends = bits(step, |b| (b == dialect.separator) | (b == b'\n'));
        let has_quote = step.iter().fold(false, |found, b| found | (*b == b'"'));
        if !has_quote && *carry == NO_CARRY {
            return Some(ends);
        }
        self.quoted = true;
        let begins = before.is_none_or(|b| *b == dialect.separator || *b == b'\n');
        outside_quotes(step, ends, begins, carry)
    }

    /// Notes the bits of `ends`; how many there are.
    #[inline]
    fn note(&mut self, at: usize, base: usize, mut ends: u64) -> usize {
        let count = ends.count_ones() as usize;
        let Some(room) = self.starts[at..].first_chunk_mut::<STEP>() else {
            return 0;
        };
        // Eight at a time without asking; what is too many is written over.
        for eight in room.as_chunks_mut::<8>().0 {
            for start in eight {
                *start = base as u32 + ends.trailing_zeros() + 1;
                ends &= ends.wrapping_sub(1);
            }
            if ends == 0 {
                break;
            }
        }
        count
    }

    /// Takes out lines without cells; `false` where rows are not all of this width.
    fn compact(&mut self, bytes: &[u8], ends: usize, width: usize) -> bool {
        let mut starts = std::mem::take(&mut self.spare);
        starts.clear();
        let (mut lines, mut line, mut at) = (Vec::new(), 0, 0);
        let mut even = true;
        while at < ends && even {
            let (start, end) = (self.starts[at] as usize, self.starts[at + 1] as usize - 1);
            let ended = bytes.get(end) == Some(&b'\n');
            if ended && matches!(&bytes[start..end], b"" | b"\r") {
                at += 1;
                line += 1;
                continue;
            }
            let row = &self.starts[at..=(at + width).min(ends)];
            let ends_row = |start: &u32| is_row_end(bytes, *start as usize - 1);
            even = row.len() == width + 1 && row[1..].iter().position(ends_row) == Some(width - 1);
            starts.extend_from_slice(row);
            lines.push(line);
            let cells = start..row[row.len() - 1] as usize - 1;
            line += 1;
            if self.quoted {
                line += memchr::memchr_iter(b'\n', &bytes[cells]).count() as u32;
            }
            at += width;
        }
        self.spare = std::mem::replace(&mut self.starts, starts);
        self.stride = width + 1;
        self.rows = lines.len();
        let is_shifted = lines.iter().zip(0..).any(|(line, row)| *line != row);
        self.lines = is_shifted.then_some(lines);
        even
    }
}

/// Whether a cell that ends there ends its row.
fn is_row_end(bytes: &[u8], end: usize) -> bool {
    bytes.get(end).is_none_or(|b| *b == b'\n')
}

/// Which bytes are meant, the first as the lowest bit.
#[inline]
fn bits(step: &[u8; STEP], meant: impl Fn(u8) -> bool) -> u64 {
    // In this form the compiler asks for sixteen bytes and more at once.
    let mut ones = [0; STEP];
    for (one, byte) in ones.iter_mut().zip(step) {
        *one = u8::from(meant(*byte));
    }
    let mut bits = 0;
    for (i, eight) in ones.as_chunks().0.iter().enumerate() {
        // The product gathers the lowest bits of eight bytes in its highest byte.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= gathered << (8 * i);
    }
    bits
}

/// Those of `ends` that do not stand within quotes. `begins`: a cell begins with the first byte. `None` where a
/// quote stands elsewhere than around a cell or doubled within one.
fn outside_quotes(step: &[u8; STEP], ends: u64, begins: bool, carry: &mut Carry) -> Option<u64> {
    let quotes = bits(step, |b| b == b'"');
    let returns = bits(step, |b| b == b'\r');
    // From each quote that opens up to before the one that closes: the parity of the quotes so far.
    let mut inside = quotes;
    for shift in [1, 2, 4, 8, 16, 32] {
        inside ^= inside << shift;
    }
    inside ^= carry.inside;
    let (opening, closing) = (quotes & inside, quotes & !inside);
    let ends = ends & !inside;
    let starts = ends << 1 | u64::from(begins);
    let closed = closing << 1 | carry.closed;
    let returned = (closed & returns) << 1 | carry.returned;
    let is_regular = opening & !(starts | closed) == 0
        && closed & !(ends | quotes | returns) == 0
        && returned & !ends == 0;
    *carry = Carry {
        inside: if inside >> 63 == 1 { u64::MAX } else { 0 },
        closed: closing >> 63,
        returned: (closed & returns) >> 63,
    };
    is_regular.then_some(ends)
}

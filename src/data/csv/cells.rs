//! The cells of one column, some thousand rows at a time.

use super::index::Index;
use crate::data::MAX_CELL;
use std::ops::Range;

/// From where to where a cell lies in its block.
pub(super) type Cell = (u32, u32);

/// Where a column's cells are found.
#[derive(Clone, Copy)]
pub(super) struct Source<'b> {
    pub text: &'b str,
    pub index: &'b Index,
    /// Of the column in its row.
    pub place: usize,
    /// The row's last.
    pub is_last: bool,
}

/// Cells of a column.
#[derive(Clone, Copy)]
pub(super) struct Cells<'b> {
    pub block: &'b str,
    pub at: &'b [Cell],
}

impl Source<'_> {
    /// Puts the cells of these rows into `cells`, without quotes and line ends; how many are empty. `None` where
    /// one is not simply a part of the block, or too long.
    pub fn gather(&self, rows: Range<usize>, cells: &mut Vec<Cell>) -> Option<usize> {
        cells.clear();
        let bytes = self.text.as_bytes();
        let found = self.index.cells(self.place, rows);
        if self.index.quoted {
            let mut is_plain = true;
            cells.extend(found.map(|cell| {
                let (inner, plain) = unquoted(bytes, cell, self.is_last);
                is_plain &= plain;
                inner
            }));
            if !is_plain {
                return None;
            }
        } else if self.is_last {
            cells.extend(found.map(|cell| without_return(bytes, cell)));
        } else {
            cells.extend(found);
        }
        let is_long = |cell: &Cell| (cell.1 - cell.0) as usize > MAX_CELL;
        if bytes.len() > MAX_CELL && cells.iter().any(is_long) {
            return None;
        }
        Some(cells.iter().filter(|cell| cell.0 == cell.1).count())
    }
}

#[inline]
fn without_return(bytes: &[u8], (start, end): Cell) -> Cell {
    let returned = end > start && bytes[end as usize - 1] == b'\r';
    (start, end - u32::from(returned))
}

/// What stands within the quotes of a cell that has some; whether none is doubled in it.
fn unquoted(bytes: &[u8], cell: Cell, is_last: bool) -> (Cell, bool) {
    let (start, end) = cell;
    if start == end || bytes[start as usize] != b'"' {
        let cell = if is_last {
            without_return(bytes, cell)
        } else {
            cell
        };
        return (cell, true);
    }
    let (_, end) = without_return(bytes, (start, end));
    let inner = (start + 1, end - 1);
    let is_plain = memchr::memchr(b'"', &bytes[inner.0 as usize..inner.1 as usize]).is_none();
    (inner, is_plain)
}

impl<'b> Cells<'b> {
    #[inline]
    pub fn text(self, (start, end): Cell) -> &'b str {
        &self.block[start as usize..end as usize]
    }

    pub fn texts(self) -> impl Iterator<Item = &'b str> {
        self.at.iter().map(move |cell| self.text(*cell))
    }

    /// The first and the last eight bytes; of a shorter cell all of it, and 0.
    #[inline]
    pub fn head_and_tail(self, (start, end): Cell) -> (u64, u64) {
        let bytes = self.block.as_bytes();
        let length = end - start;
        let head = match bytes.get(start as usize..).and_then(<[u8]>::first_chunk) {
            Some(eight) => u64::from_le_bytes(*eight),
            None => short_head(&bytes[start as usize..end as usize]),
        };
        if length < 8 {
            return (head & !(u64::MAX << (8 * length)), 0);
        }
        (head, self.last_eight(end))
    }

    /// The eight bytes before `end`, of which the last ones are there where the block has fewer.
    #[inline]
    pub fn last_eight(self, end: u32) -> u64 {
        let before = &self.block.as_bytes()[..end as usize];
        match before.last_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => short_tail(before),
        }
    }
}

/// At the beginning of a block.
#[cold]
fn short_tail(before: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight[8 - before.len()..].copy_from_slice(before);
    u64::from_le_bytes(eight)
}

/// At the end of a block, where a cell has fewer than eight bytes.
#[cold]
fn short_head(cell: &[u8]) -> u64 {
    let mut eight = [0; 8];
    let length = cell.len().min(8);
    eight[..length].copy_from_slice(&cell[..length]);
    u64::from_le_bytes(eight)
}

//! Few different cells, each looked up rather than read again.

use super::cells::Cells;

/// Remembers what cells of up to sixteen bytes mean, and, by its number, any text.
#[derive(Debug)]
pub(super) struct Words {
    /// Open addressing with linear probing.
    slots: Vec<Slot>,
    held: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    /// The first and the last eight bytes; of a shorter text all of it, and 0.
    head: u64,
    tail: u64,
    /// Of the text; [`EMPTY`].
    length: u32,
    meaning: u32,
}

const EMPTY: u32 = u32::MAX;
const FREE: Slot = Slot {
    head: 0,
    tail: 0,
    length: EMPTY,
    meaning: 0,
};
/// Slots; a power of two.
const ROOM: usize = 2048;
/// So that some stay free.
const MOST_HELD: usize = ROOM * 2 / 3;
/// Texts up to here are known by their slot alone.
const WHOLE: u32 = 16;

impl Words {
    pub fn new() -> Words {
        Words {
            slots: vec![FREE; ROOM],
            held: 0,
        }
    }

    pub fn clear(&mut self) {
        self.slots.fill(FREE);
        self.held = 0;
    }

    /// What the cell means, by memory or by `learn`. `same` compares a longer text with the one of a meaning.
    #[inline]
    pub fn meaning(
        &mut self,
        cells: &Cells,
        cell: (u32, u32),
        same: impl Fn(u32, &str) -> bool,
        learn: impl FnOnce(&str) -> Option<u32>,
    ) -> Option<u32> {
        let length = cell.1 - cell.0;
        let (head, tail) = cells.head_and_tail(cell);
        let mut at = place(head, tail, length);
        loop {
            let slot = self.slots[at];
            if slot.head == head
                && slot.tail == tail
                && slot.length == length
                && (length <= WHOLE || same(slot.meaning, cells.text(cell)))
            {
                return Some(slot.meaning);
            }
            if slot.length == EMPTY {
                break;
            }
            at = (at + 1) % ROOM;
        }
        let meaning = learn(cells.text(cell))?;
        if self.held < MOST_HELD {
            self.slots[at] = Slot {
                head,
                tail,
                length,
                meaning,
            };
            self.held += 1;
        }
        Some(meaning)
    }
}

#[inline]
fn place(head: u64, tail: u64, length: u32) -> usize {
    let mixed = (head ^ tail.rotate_left(29) ^ u64::from(length)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % ROOM
}

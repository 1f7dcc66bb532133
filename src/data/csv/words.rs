//! Few different cells, each looked up rather than read again.

use super::cells::{Cell, Cells};

/// Remembers what cells mean.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Open addressing with linear probing; [`ROOM`] of them, once there is room.
    slots: Vec<Slot>,
    held: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    /// The first and the last eight bytes; of a shorter text all of it, and 0.
    head: u64,
    tail: u64,
    /// Of the text, or [`EMPTY`].
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

/// What is known of a cell.
pub(super) enum Found {
    Known(u32),
    Unknown(Place),
}

/// Where a cell that is not known would be remembered.
pub(super) struct Place {
    at: usize,
    slot: Slot,
}

impl Words {
    /// Before anything is looked up.
    pub fn make_room(&mut self) {
        if self.slots.is_empty() {
            self.clear();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.slots.resize(ROOM, FREE);
        self.held = 0;
    }

    /// Looks a cell up; `same` compares a longer text with the one that has a meaning.
    #[inline]
    pub fn find(&self, cells: Cells, cell: Cell, same: impl Fn(u32, &str) -> bool) -> Found {
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
                return Found::Known(slot.meaning);
            }
            if slot.length == EMPTY {
                let slot = Slot {
                    head,
                    tail,
                    length,
                    meaning: 0,
                };
                return Found::Unknown(Place { at, slot });
            }
            at = (at + 1) % ROOM;
        }
    }

    /// Remembers what a cell means, if there is room.
    #[cold]
    pub fn learn(&mut self, place: Place, meaning: u32) {
        if self.held < MOST_HELD {
            self.slots[place.at] = Slot {
                meaning,
                ..place.slot
            };
            self.held += 1;
        }
    }

    /// What the cell means, by memory or by `read`.
    #[inline]
    pub fn meaning(
        &mut self,
        cells: Cells,
        cell: Cell,
        same: impl Fn(u32, &str) -> bool,
        read: impl Fn(&str) -> Option<u32>,
    ) -> Option<u32> {
        match self.find(cells, cell, &same) {
            Found::Known(meaning) => Some(meaning),
            Found::Unknown(place) => {
                let text = cells.text(cell);
                let meaning = read(text)?;
                // A longer text that is not found again would fill the room.
                if place.slot.length <= WHOLE || same(meaning, text) {
                    self.learn(place, meaning);
                }
                Some(meaning)
            }
        }
    }
}

#[inline]
fn place(head: u64, tail: u64, length: u32) -> usize {
    let mixed =
        (head ^ tail.rotate_left(29) ^ u64::from(length)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % ROOM
}

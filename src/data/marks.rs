//! Keys that nobody reads: remembered just well enough to tell that no two rows share one.

use super::duplicates::rows_of_equal_hashes;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// The keys of a block's rows, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyMarks {
    /// One for each row: equal keys have equal hashes, never 0; 0 for a row without key.
    pub hashes: Vec<u64>,
    /// What is known of their order.
    order: Order,
}

#[derive(Debug, Clone, Default)]
enum Order {
    #[default]
    None,
    /// Each key is greater than the one before: no two are equal. The first and the last.
    Ascending {
        first: String,
        last: String,
    },
    Any,
}

/// The order of keys here: short ones first, so that what is counted up ascends past 9, 99 and 999.
fn precedes(a: &str, b: &str) -> bool {
    (a.len(), a) < (b.len(), b)
}

/// A key's first sixteen bytes as a number, so that numbers are in the order of the bytes; the rest is not seen.
#[inline]
fn head(key: &[u8]) -> u128 {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        u64::from_be_bytes(word)
    };
    match key.len() {
        n @ 8..16 => {
            // The last eight bytes overlap the first: only those not seen yet are kept.
            let rest = word(&key[n - 8..]) as u128;
            let seen = 8 * (16 - n) as u32;
            ((word(&key[..8]) as u128) << 64) | (rest << seen) & u64::MAX as u128
        }
        16.. => ((word(&key[..8]) as u128) << 64) | word(&key[8..16]) as u128,
        n => {
            let mut bytes = [0; 16];
            bytes[..n].copy_from_slice(key);
            u128::from_be_bytes(bytes)
        }
    }
}

#[inline]
fn hash(key: &[u8], head: u128) -> u64 {
    if key.len() > 16 {
        let mut hasher = FxHasher::default();
        hasher.write(key);
        return hasher.finish().max(1);
    }
    // A product of both halves, folded, as wyhash has it.
    let high = (head >> 64) as u64 ^ 0x9e37_79b9_7f4a_7c15 ^ key.len() as u64;
    let product = high as u128 * (head as u64 ^ 0xd6e8_feb8_6659_fd93) as u128;
    ((product >> 64) as u64 ^ product as u64).max(1)
}

impl KeyMarks {
    pub fn push(&mut self, key: &str) {
        let head = head(key.as_bytes());
        self.hashes.push(hash(key.as_bytes(), head));
        match &mut self.order {
            Order::None => {
                let (first, last) = (key.to_string(), key.to_string());
                self.order = Order::Ascending { first, last };
            }
            Order::Ascending { last, .. } if precedes(last, key) => {
                last.clear();
                last.push_str(key);
            }
            _ => self.order = Order::Any,
        }
    }

    pub fn push_missing(&mut self) {
        self.hashes.push(0);
    }

    /// Takes up the keys of the next rows.
    #[inline]
    pub fn extend<'k>(&mut self, mut keys: impl Iterator<Item = &'k str>) {
        let Some(first) = keys.next() else {
            return;
        };
        self.push(first);
        let mut before = (first, head(first.as_bytes()));
        let mut ascending = true;
        for key in keys {
            let head = head(key.as_bytes());
            // Equal heads are of equal keys, or of long ones.
            let lengths = (before.0.len(), key.len());
            ascending &= lengths.0 <= lengths.1
                && (lengths.0 < lengths.1
                    || before.1 < head
                    || (before.1 == head && before.0 < key));
            before = (key, head);
            self.hashes.push(hash(key.as_bytes(), head));
        }
        match &mut self.order {
            Order::Ascending { last, .. } if ascending => before.0.clone_into(last),
            _ => self.order = Order::Any,
        }
    }

    pub fn truncate(&mut self, rows: usize) {
        // What ascends without its end ascends still; the last key is then too great, which does no harm.
        self.hashes.truncate(rows);
    }
}

/// What is remembered of a table's keys: of those that ascend only where they begin and end, of others their hashes.
#[derive(Debug, Clone, Default)]
pub(super) struct TableMarks {
    /// Keys from the first to the last, ascending between them.
    runs: Vec<(String, String)>,
    /// Never with runs.
    hashes: Vec<u64>,
    /// Some ascend and some do not: not enough is known of the first.
    unsure: bool,
}

impl TableMarks {
    /// Takes up the marks of the next block.
    pub fn append(&mut self, block: KeyMarks) {
        match block.order {
            Order::None => {}
            _ if self.unsure => {}
            Order::Ascending { first, last } if self.hashes.is_empty() => {
                match &mut self.runs[..] {
                    // What lies between two of several runs may be a third one's.
                    [only] if precedes(&only.1, &first) => only.1 = last,
                    _ => self.runs.push((first, last)),
                }
            }
            _ if self.runs.is_empty() => {
                self.hashes.extend(block.hashes.iter().filter(|h| **h != 0));
            }
            _ => {
                *self = TableMarks {
                    unsure: true,
                    ..TableMarks::default()
                };
            }
        }
    }

    /// Whether it is certain that no two rows share a key.
    pub fn are_distinct(mut self) -> bool {
        self.runs
            .sort_unstable_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        let mut neighbours = self.runs.windows(2);
        let apart = neighbours.all(|pair| precedes(&pair[0].1, &pair[1].0));
        !self.unsure && apart && rows_of_equal_hashes(&self.hashes).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq};

    fn marks(keys: &[&str]) -> KeyMarks {
        let mut marks = KeyMarks::default();
        marks.extend(keys.iter().copied());
        marks
    }

    fn are_distinct(blocks: &[&[&str]]) -> bool {
        let mut table = TableMarks::default();
        blocks.iter().for_each(|keys| table.append(marks(keys)));
        table.are_distinct()
    }

    #[test]
    fn what_is_certain() {
        assert!(are_distinct(&[]));
        assert!(are_distinct(&[&["P1", "P2", "P20"], &[], &["P31"]]));
        assert!(are_distinct(&[&["9", "10"], &["99", "100"], &["101"]]));
        assert!(are_distinct(&[&["c", "d"], &["a", "b"], &["e"]]));
        assert!(are_distinct(&[&["b", "a"], &["c"], &["e", "d"]]));
        assert!(!are_distinct(&[&["a", "b"], &["b", "c"]]));
        assert!(!are_distinct(&[&["a", "d"], &["b", "c"]]));
        assert!(!are_distinct(&[&["b", "a"], &["c"], &["a"]]));
        // Too little is remembered of the first block.
        assert!(!are_distinct(&[&["a", "b"], &["d", "c"]]));
        let mut one = KeyMarks::default();
        ["a", "c"].iter().for_each(|k| one.push(k));
        one.push_missing();
        one.push("b");
        let mut table = TableMarks::default();
        table.append(one);
        assert!(table.are_distinct());
    }

    proptest::proptest! {
        #[test]
        fn heads_are_in_the_order_of_keys(a in "[ab\u{0}]{0,18}", b in "[ab\u{0}]{0,18}") {
            let (x, y) = (head(a.as_bytes()), head(b.as_bytes()));
            if a < b {
                prop_assert!(x <= y);
            }
            if a == b {
                prop_assert_eq!(hash(a.as_bytes(), x), hash(b.as_bytes(), y));
            }
            prop_assert_eq!(are_distinct(&[&[&a, &b]]), a != b);
        }
    }
}

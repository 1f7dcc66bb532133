//! From the keys of customers to their rows.
//!
//! A key is eight bytes, `C0523099`, held as one number in the order of its text.

use rustc_hash::FxHashMap;

/// In an index: no customer.
const NOBODY: u32 = u32::MAX;

pub struct Keys {
    customers: usize,
    rows: Rows,
}

enum Rows {
    /// By the number that the key's seven digits are.
    Index(Vec<u32>),
    Hash(FxHashMap<u64, u32>),
}

impl Keys {
    pub fn new(keys: &[u64], hash: bool) -> Keys {
        let rows = if hash {
            Rows::Hash(keys.iter().copied().zip(0..).collect())
        } else {
            let largest = keys.iter().map(|k| number(*k)).max().unwrap_or(0);
            let mut index = vec![NOBODY; largest + 1];
            for (key, row) in keys.iter().zip(0..) {
                index[number(*key)] = row;
            }
            Rows::Index(index)
        };
        Keys {
            customers: keys.len(),
            rows,
        }
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.customers
    }

    /// Puts the row of each key into `rows`; the first key that nobody has is the error.
    pub fn rows(&self, keys: &[u64], rows: &mut Vec<u32>) -> Result<(), String> {
        rows.clear();
        match &self.rows {
            Rows::Index(index) => rows.extend(
                keys.iter()
                    .map(|k| index.get(number(*k)).copied().unwrap_or(NOBODY)),
            ),
            Rows::Hash(map) => {
                rows.extend(keys.iter().map(|k| map.get(k).copied().unwrap_or(NOBODY)))
            }
        }
        match rows.iter().position(|r| *r == NOBODY) {
            None => Ok(()),
            Some(at) => Err(format!("there is no customer {}", text(keys[at]))),
        }
    }
}

/// # Panics
/// If the text has not eight bytes.
pub fn key(text: &[u8]) -> u64 {
    let bytes: [u8; 8] = text.try_into().expect("keys have eight bytes");
    u64::from_be_bytes(bytes)
}

pub fn text(key: u64) -> String {
    String::from_utf8_lossy(&key.to_be_bytes()).into_owned()
}

/// The seven digits after the letter, two at a time, then four, then eight.
fn number(key: u64) -> usize {
    let digits = key & 0x000f_0f0f_0f0f_0f0f;
    let twos = (digits & 0x0f00_0f00_0f00_0f00) / 256 * 10 + (digits & 0x000f_000f_000f_000f);
    let fours = (twos & 0x00ff_0000_00ff_0000) / 65_536 * 100 + (twos & 0x0000_00ff_0000_00ff);
    let all = (fours >> 32) * 10_000 + (fours & 0xffff);
    all as usize
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digits_of_a_key() {
        assert_eq!(super::number(super::key(b"C0523099")), 523_099);
        assert_eq!(super::number(super::key(b"C9876543")), 9_876_543);
    }
}

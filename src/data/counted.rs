//! Keys that are counted up, such as `C0523099`, `c17` or whole numbers: found by their number, without hashing.

use super::TextColumn;
use super::keys::{Key, NONE};

/// The numbers of keys by what is counted in them.
#[derive(Debug, Clone)]
pub(super) enum Counted {
    Texts(CountedTexts),
    Integers(CountedIntegers),
}

/// One text before every number.
#[derive(Debug, Clone)]
pub(super) struct CountedTexts {
    prefix: String,
    /// Least digits of a number: it may have zeros before it, a longer one has none. So no two keys have one number.
    width: usize,
    /// Of keys of the least length, with at most eight digits and at least eight bytes: how they are read at once.
    quick: Option<Quick>,
    places: Places,
}

#[derive(Debug, Clone)]
pub(super) struct CountedIntegers {
    /// As a whole number.
    first: i64,
    codes: Codes,
}

/// A key's code by its number less the least; [`NONE`] where no key has it.
#[derive(Debug, Clone)]
struct Places {
    first: u64,
    codes: Codes,
}

/// The code of each place.
#[derive(Debug, Clone)]
enum Codes {
    /// Of so many places, each is its own code: nothing need be looked up in memory that may be far away.
    Same(u32),
    Listed(Vec<u32>),
}

impl Codes {
    fn of(codes: Vec<u32>) -> Codes {
        match codes.iter().zip(0..).all(|(code, place)| *code == place) {
            true => Codes::Same(codes.len() as u32),
            false => Codes::Listed(codes),
        }
    }

    /// [`NONE`] where there is no such place.
    #[inline]
    fn get(&self, place: u64) -> u32 {
        match self {
            Codes::Same(places) if place < u64::from(*places) => place as u32,
            Codes::Same(_) => NONE,
            Codes::Listed(codes) => match usize::try_from(place) {
                Ok(place) => codes.get(place).copied().unwrap_or(NONE),
                Err(_) => NONE,
            },
        }
    }
}

/// The bytes of the prefix within a key's first eight, and the zeros that stand for it within its last eight.
#[derive(Debug, Clone, Copy)]
struct Quick {
    length: usize,
    head_mask: u64,
    head: u64,
    /// Of the digits among the last eight bytes.
    tail_mask: u64,
}

/// More places than this for each key would be wasted.
const SPARSEST: usize = 4;
/// This many are never too many.
const ALWAYS: usize = 1 << 16;
/// Digits that fit 64 bits for sure.
const MOST_DIGITS: usize = 18;

fn is_dense(span: u64, keys: usize) -> bool {
    span < (keys * SPARSEST).max(ALWAYS) as u64
}

impl Counted {
    /// `None` where keys are of another form, lie too far apart, or come twice.
    pub fn of_texts(texts: &TextColumn) -> Option<Counted> {
        CountedTexts::of(texts).map(Counted::Texts)
    }

    pub fn of_integers(keys: &[i64]) -> Option<Counted> {
        let (first, last) = (*keys.iter().min()?, *keys.iter().max()?);
        let span = last.checked_sub(first)? as u64;
        if !is_dense(span, keys.len()) {
            return None;
        }
        let mut codes = vec![NONE; span as usize + 1];
        for (row, key) in keys.iter().enumerate() {
            let code = &mut codes[(key - first) as usize];
            if *code != NONE {
                return None;
            }
            *code = row as u32;
        }
        let codes = Codes::of(codes);
        Some(Counted::Integers(CountedIntegers { first, codes }))
    }

    /// The key's number, or [`NONE`].
    #[inline]
    pub fn find(&self, key: Key) -> u32 {
        match (self, key) {
            (Counted::Texts(texts), Key::Text(key)) => texts.find(key),
            (Counted::Integers(integers), Key::Integer(key)) => integers.find(key),
            _ => NONE,
        }
    }
}

impl CountedIntegers {
    #[inline]
    pub fn find(&self, key: i64) -> u32 {
        self.codes.get(key.wrapping_sub(self.first) as u64)
    }
}

impl CountedTexts {
    fn of(texts: &TextColumn) -> Option<CountedTexts> {
        let sample = (!texts.is_empty()).then(|| texts.get(0))?;
        let digits = sample.bytes().rev().take_while(u8::is_ascii_digit).count();
        let prefix = sample[..sample.len() - digits].to_string();
        let shortest = (0..texts.len()).map(|i| texts.get(i).len()).min()?;
        let width = shortest.checked_sub(prefix.len())?;
        let mut counted = CountedTexts {
            quick: Quick::of(&prefix, width),
            width,
            prefix,
            places: Places {
                first: 0,
                codes: Codes::Same(0),
            },
        };
        let numbers: Option<Vec<u64>> = (0..texts.len())
            .map(|i| counted.number(texts.get(i)))
            .collect();
        counted.places = Places::of(&numbers?)?;
        Some(counted)
    }

    /// What is counted in a key of this form.
    #[inline]
    fn number(&self, key: &str) -> Option<u64> {
        if let Some(quick) = self.quick
            && key.len() == quick.length
        {
            return quick.number(key.as_bytes());
        }
        let digits = key.strip_prefix(self.prefix.as_str())?.as_bytes();
        let fits = digits.len() == self.width
            || (digits.len() > self.width && digits.first() != Some(&b'0'));
        if !fits || digits.is_empty() || digits.len() > MOST_DIGITS {
            return None;
        }
        digits.iter().try_fold(0, |number: u64, digit| {
            let digit = digit.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + u64::from(digit))
        })
    }

    #[inline]
    pub fn find(&self, key: &str) -> u32 {
        self.number(key).map_or(NONE, |n| self.places.find(n))
    }
}

impl Places {
    fn of(numbers: &[u64]) -> Option<Places> {
        let (first, last) = (*numbers.iter().min()?, *numbers.iter().max()?);
        if !is_dense(last - first, numbers.len()) {
            return None;
        }
        let mut codes = vec![NONE; (last - first) as usize + 1];
        for (row, number) in numbers.iter().enumerate() {
            let code = &mut codes[(number - first) as usize];
            if *code != NONE {
                return None;
            }
            *code = row as u32;
        }
        let codes = Codes::of(codes);
        Some(Places { first, codes })
    }

    #[inline]
    fn find(&self, number: u64) -> u32 {
        self.codes.get(number.wrapping_sub(self.first))
    }
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

impl Quick {
    fn of(prefix: &str, digits: usize) -> Option<Quick> {
        let length = prefix.len() + digits;
        if !(1..=8).contains(&digits) || prefix.len() > 8 || length < 8 {
            return None;
        }
        let head_mask = match prefix.len() {
            8 => u64::MAX,
            n => (1 << (8 * n)) - 1,
        };
        let mut head = [0; 8];
        head[..prefix.len()].copy_from_slice(prefix.as_bytes());
        let tail_mask = match digits {
            8 => u64::MAX,
            n => u64::MAX << (8 * (8 - n)),
        };
        Some(Quick {
            length,
            head_mask,
            head: u64::from_le_bytes(head),
            tail_mask,
        })
    }

    #[inline]
    fn number(self, key: &[u8]) -> Option<u64> {
        let (Some(head), Some(tail)) = (key.first_chunk::<8>(), key.last_chunk::<8>()) else {
            return None;
        };
        let same = u64::from_le_bytes(*head) & self.head_mask == self.head;
        let tail = u64::from_le_bytes(*tail) & self.tail_mask | ZEROS & !self.tail_mask;
        eight_digits(tail).filter(|_| same)
    }
}

/// Eight digits, the first in the lowest byte, as a number: two, four, eight digits at a time.
#[inline]
fn eight_digits(bytes: u64) -> Option<u64> {
    let above = bytes.wrapping_add(0x4646_4646_4646_4646);
    let digits = bytes.wrapping_sub(ZEROS);
    if (above | digits) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = (digits * 10) + (digits >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    Some(low.wrapping_add(high) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_at_a_time() {
        for n in [0u64, 1, 9, 12_345_678, 99_999_999, 10_000_000, 523_099] {
            let text = format!("{n:08}");
            let word = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
            assert_eq!(eight_digits(word), Some(n));
        }
        for text in [
            "1234567x",
            "/2345678",
            ":2345678",
            "12 45678",
            "1234567\u{7f}",
        ] {
            let word = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
            assert_eq!(eight_digits(word), None, "{text}");
        }
    }
}

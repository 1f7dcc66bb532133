//! The keys of a record, each under a number, so that references need no texts.

use super::cell::Scalar;
use super::counted::Counted;
use super::{Column, ColumnType, ColumnValues, TableRequest, TextColumn};
use rustc_hash::FxHasher;
use std::borrow::Cow;
use std::hash::Hasher;

/// No key, no row.
pub(super) const NONE: u32 = u32::MAX;

/// A key as it stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key<'a> {
    Text(&'a str),
    Integer(i64),
}

/// A key as the table compares it: whole where it fits a word, else by its hash.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Word {
    /// A text of up to eight bytes, an integer, or the hash of a longer text.
    word: u64,
    /// The text's length, [`INTEGER`], or [`LONG`].
    mark: u32,
}

const INTEGER: u32 = 9;
/// Equal words do not make equal keys: the texts must be compared.
const LONG: u32 = 10;

impl Key<'_> {
    fn word(self) -> Word {
        match self {
            Key::Integer(n) => Word {
                word: n as u64,
                mark: INTEGER,
            },
            Key::Text(t) if t.len() <= 8 => {
                let mut bytes = [0; 8];
                bytes[..t.len()].copy_from_slice(t.as_bytes());
                Word {
                    word: u64::from_le_bytes(bytes),
                    mark: t.len() as u32,
                }
            }
            Key::Text(t) => {
                let mut hasher = FxHasher::default();
                hasher.write(t.as_bytes());
                Word {
                    word: hasher.finish(),
                    mark: LONG,
                }
            }
        }
    }
}

impl Word {
    /// Keys counted up differ little; the products spread them over all bits.
    fn spread(self) -> usize {
        let mixed = (self.word ^ u64::from(self.mark)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32) as usize
    }
}

/// What one place of the table holds, so that most look-ups touch nothing else: sixteen bytes, four to a cache
/// line.
#[derive(Debug, Clone, Copy)]
struct Slot {
    word: u64,
    mark: u32,
    code: u32,
}

const EMPTY: Slot = Slot {
    word: 0,
    mark: 0,
    code: NONE,
};

impl Slot {
    fn key(self) -> Word {
        Word {
            word: self.word,
            mark: self.mark,
        }
    }
}

#[derive(Debug, Clone)]
enum Store {
    Text(TextColumn),
    Integer(Vec<i64>),
}

/// Numbers the keys of one record in the order in which they are first seen, in its own rows or in
/// references to it.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    store: Store,
    /// Of keys that are counted up.
    counted: Option<Counted>,
    /// Of all others: open addressing with linear probing; a power of two, at most two thirds full.
    slots: Vec<Slot>,
    /// Keys in `slots`.
    hashed: usize,
}

/// Which numbers the rows of a table have by their own keys.
#[derive(Debug, Clone)]
pub(super) enum OwnKeys {
    /// Nothing refers to the table.
    Unasked,
    /// Each row has its place.
    Rows,
    /// [`NONE`] for a row without key; rows that share a key share a number.
    Codes(Vec<u32>),
}

impl Keys {
    pub fn new(integers: bool) -> Keys {
        let store = if integers {
            Store::Integer(Vec::new())
        } else {
            Store::Text(TextColumn::new())
        };
        Keys {
            store,
            counted: None,
            slots: vec![EMPTY; 16],
            hashed: 0,
        }
    }

    /// Of the rows of a column; `None` where a key is missing or comes twice, or they are not texts or whole
    /// numbers. The numbers are then the rows.
    pub fn of_rows(column: &Column) -> Option<Keys> {
        if column.valid.as_ref().is_some_and(|v| v.contains(&false)) {
            return None;
        }
        let (store, counted) = match &column.values {
            ColumnValues::Text(texts) => {
                let (store, counted) = rayon::join(|| texts.clone(), || Counted::of_texts(texts));
                (Store::Text(store), counted)
            }
            ColumnValues::Integer(n) => (Store::Integer(n.clone()), Counted::of_integers(n)),
            _ => return None,
        };
        let mut keys = Keys {
            store,
            counted,
            slots: vec![EMPTY; 16],
            hashed: 0,
        };
        if keys.counted.is_none() && !keys.hash_all() {
            return None;
        }
        Some(keys)
    }

    /// Puts every key of the store into slots; `false` where one comes twice.
    fn hash_all(&mut self) -> bool {
        let room = (self.len() * 3 / 2 + 16).next_power_of_two();
        self.slots = vec![EMPTY; room];
        for code in 0..self.len() as u32 {
            let key = self.get(code);
            let word = key.word();
            let at = self.slot(key, word);
            if self.slots[at].code != NONE {
                return false;
            }
            self.slots[at] = Slot {
                word: word.word,
                mark: word.mark,
                code,
            };
        }
        self.hashed = self.len();
        true
    }

    pub fn len(&self) -> usize {
        match &self.store {
            Store::Text(t) => t.len(),
            Store::Integer(n) => n.len(),
        }
    }

    pub fn get(&self, code: u32) -> Key<'_> {
        match &self.store {
            Store::Text(t) => Key::Text(t.get(code as usize)),
            Store::Integer(n) => Key::Integer(n[code as usize]),
        }
    }

    pub fn text(&self, code: u32) -> Cow<'_, str> {
        match self.get(code) {
            Key::Text(t) => Cow::Borrowed(t),
            Key::Integer(n) => Cow::Owned(n.to_string()),
        }
    }

    /// The slot where the key is or would be.
    #[inline]
    fn slot(&self, key: Key, word: Word) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = word.spread() & mask;
        loop {
            let slot = &self.slots[at];
            let same = slot.key() == word && (word.mark != LONG || self.get(slot.code) == key);
            if slot.code == NONE || same {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    pub fn find(&self, key: Key) -> Option<u32> {
        let counted = self.counted.as_ref().map_or(NONE, |c| c.find(key));
        let code = match counted {
            NONE => self.slots[self.slot(key, key.word())].code,
            code => code,
        };
        (code != NONE).then_some(code)
    }

    /// Appends the numbers of these keys; `false` where one is unknown, whose place then holds [`NONE`] or not.
    #[inline]
    pub fn find_all<'k>(&self, keys: impl Iterator<Item = &'k str>, codes: &mut Vec<u32>) -> bool {
        let from = codes.len();
        match &self.counted {
            Some(Counted::Texts(counted)) => codes.extend(keys.map(|k| counted.find(k))),
            Some(Counted::Integers(_)) => return keys.count() == 0,
            None => codes.extend(keys.map(|key| {
                let key = Key::Text(key);
                self.slots[self.slot(key, key.word())].code
            })),
        }
        !codes[from..].contains(&NONE)
    }

    /// As [`Keys::find_all`].
    #[inline]
    pub fn find_all_integers(&self, keys: impl Iterator<Item = i64>, codes: &mut Vec<u32>) -> bool {
        let from = codes.len();
        match &self.counted {
            Some(Counted::Integers(counted)) => codes.extend(keys.map(|k| counted.find(k))),
            Some(Counted::Texts(_)) => return keys.count() == 0,
            None => codes.extend(keys.map(|key| {
                let key = Key::Integer(key);
                self.slots[self.slot(key, key.word())].code
            })),
        }
        !codes[from..].contains(&NONE)
    }

    /// The number of a key, new or known. `None` where a key of the other type is given, or numbers
    /// run out.
    pub fn intern(&mut self, key: Key) -> Option<u32> {
        if let Some(code) = self.find(key) {
            return Some(code);
        }
        let word = key.word();
        let at = self.slot(key, word);
        let code = u32::try_from(self.len()).ok().filter(|c| *c != NONE)?;
        match (&mut self.store, key) {
            (Store::Text(t), Key::Text(k)) => t.push(k),
            (Store::Integer(n), Key::Integer(k)) => n.push(k),
            _ => return None,
        }
        self.slots[at] = Slot {
            word: word.word,
            mark: word.mark,
            code,
        };
        self.hashed += 1;
        if self.hashed * 3 > self.slots.len() * 2 {
            self.grow();
        }
        Some(code)
    }

    fn grow(&mut self) {
        let larger = vec![EMPTY; self.slots.len() * 2];
        let mask = larger.len() - 1;
        for slot in std::mem::replace(&mut self.slots, larger) {
            if slot.code == NONE {
                continue;
            }
            let mut at = slot.key().spread() & mask;
            while self.slots[at].code != NONE {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }
}

/// How the key of a record is written in one cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeyForm {
    /// The type in which a reference's cell is read.
    pub ty: ColumnType,
    pub format: Option<String>,
    /// Several fields: cells hold the parts joined by `/`.
    pub composite: bool,
    pub personal: bool,
}

impl KeyForm {
    /// Follows a key that is itself a reference to the type at the end.
    pub fn of(requests: &[TableRequest], table: usize) -> KeyForm {
        let text = KeyForm {
            ty: ColumnType::Text,
            format: None,
            composite: false,
            personal: false,
        };
        let mut at = table;
        for _ in 0..=requests.len() {
            let Some(request) = requests.get(at) else {
                return text;
            };
            let [key] = request.key[..] else {
                let personal = request.key.iter().any(|k| request.columns[*k].personal);
                return KeyForm {
                    composite: true,
                    personal,
                    ..text
                };
            };
            let column = &request.columns[key];
            match &column.ty {
                ColumnType::Reference(next) => at = *next,
                ty => {
                    let (ty, format) = (ty.clone(), column.format.clone());
                    return KeyForm {
                        ty,
                        format,
                        composite: false,
                        personal: column.personal,
                    };
                }
            }
        }
        text
    }

    pub fn is_integer(&self) -> bool {
        !self.composite && self.ty == ColumnType::Integer
    }

    /// `value` as a key; `spare` lends its room to texts that must be made.
    pub fn key<'a>(&'a self, value: Scalar<'a>, spare: &'a mut String) -> Key<'a> {
        match value {
            Scalar::Text(t) => Key::Text(t),
            Scalar::Integer(n) if self.is_integer() => Key::Integer(n),
            value => {
                spare.clear();
                spare.push_str(&super::cell::canonical(value, &self.ty));
                Key::Text(spare)
            }
        }
    }
}

/// Appends a part of a composite key: `/` between parts, `/` and `\` in them behind a `\`.
pub(super) fn push_part(text: &mut String, part: &str, first: bool) {
    if !first {
        text.push('/');
    }
    for c in part.chars() {
        if matches!(c, '/' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay() {
        let mut keys = Keys::new(false);
        let texts: Vec<String> = (0..1000).map(|i| format!("c{i}")).collect();
        for (i, t) in texts.iter().enumerate() {
            assert_eq!(keys.intern(Key::Text(t)), Some(i as u32));
        }
        for (i, t) in texts.iter().enumerate() {
            assert_eq!(keys.find(Key::Text(t)), Some(i as u32));
        }
        assert_eq!(keys.find(Key::Text("d")), None);
        assert_eq!(keys.intern(Key::Integer(1)), None);
    }

    fn of_rows(texts: &[&str]) -> Option<Keys> {
        let mut column = TextColumn::new();
        texts.iter().for_each(|t| column.push(t));
        Keys::of_rows(&Column {
            values: ColumnValues::Text(column),
            valid: None,
        })
    }

    #[test]
    fn rows_number_their_keys() {
        for texts in [
            &["C0003", "C0001", "C0002"][..],
            &["c3", "c11", "c2"],
            &["a", "bb", "a longer key than sixteen bytes"],
            &["7", "8", "10"],
            &["C0099998", "C0099999", "C0100000", "C10000000", "C10000001"],
            &["X98", "X99", "X100", "X097"],
            &["X98", "X99", "X100", "X97", "X098"],
            &[],
        ] {
            let mut keys = of_rows(texts).unwrap();
            for (row, text) in texts.iter().enumerate() {
                assert_eq!(keys.find(Key::Text(text)), Some(row as u32), "{text}");
            }
            for other in [
                "", "C1", "c03", "C0004", "C00003", "c", "D0001", "C00x3", "07",
            ] {
                assert_eq!(keys.find(Key::Text(other)), None, "{other}");
            }
            let mut codes = Vec::new();
            assert!(keys.find_all(texts.iter().copied(), &mut codes));
            assert_eq!(codes, (0..texts.len() as u32).collect::<Vec<_>>());
            assert!(!keys.find_all(["D0001"].into_iter(), &mut codes));
            let new = keys.intern(Key::Text("C0004"));
            assert_eq!(new, Some(texts.len() as u32));
            assert_eq!(keys.find(Key::Text("C0004")), new);
            assert_eq!(keys.text(texts.len() as u32), "C0004");
        }
        assert!(of_rows(&["c1", "c1"]).is_none());
        assert!(of_rows(&["x", "y", "x"]).is_none());
    }
}

//! Numbers kept for each holder. All of one holder's lie side by side: the first row that counts for it brings them
//! into the processor's cache, for every aggregate that takes the row up.

use super::accumulator::{Folds, Picked};
use rayon::prelude::*;

/// Where a number of up to 32 bits lies among a holder's words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    word: usize,
    shift: u32,
}

impl Field {
    pub fn word(self) -> usize {
        self.word
    }
}

/// Gives out places among a holder's words.
#[derive(Debug, Default)]
pub(super) struct Layout {
    words: usize,
    /// A word of whose halves the second is free.
    half: Option<usize>,
    /// Pairs of bits that are given out, the last word of them first.
    pairs: Option<(usize, u32)>,
}

impl Layout {
    /// A word.
    pub fn word(&mut self) -> usize {
        self.words += 1;
        self.words - 1
    }

    /// 32 bits.
    pub fn half(&mut self) -> Field {
        match self.half.take() {
            Some(word) => Field { word, shift: 32 },
            None => {
                let word = self.word();
                self.half = Some(word);
                Field { word, shift: 0 }
            }
        }
    }

    /// Two bits.
    pub fn pair(&mut self) -> Field {
        let (word, shift) = match self.pairs {
            Some((word, shift)) if shift < u64::BITS => (word, shift),
            _ => (self.word(), 0),
        };
        self.pairs = Some((word, shift + 2));
        Field { word, shift }
    }
}

/// Holders whose words are turned at once: few enough that they lie in a processor's cache.
const TURNED: usize = 248;

/// Words that do not stay in a core's own cache.
const LEAST_FETCHED: usize = 1 << 16;

/// The words of holders, 0 where nothing has come.
pub(super) struct States {
    /// Holder by holder. Once turned: of each [`TURNED`] holders their first words, then their second words, and so on.
    words: Vec<u64>,
    /// Words of a holder.
    width: usize,
    holders: usize,
    is_turned: bool,
}

impl States {
    #[expect(
        clippy::slow_vector_initialization,
        reason = "memory that is read before it is written to is mapped twice"
    )]
    pub fn new(layout: &Layout, holders: usize) -> States {
        let length = holders * layout.words;
        let mut words = Vec::with_capacity(length);
        words.resize(length, 0);
        States {
            words,
            width: layout.words,
            holders,
            is_turned: false,
        }
    }

    pub fn holders(&self) -> usize {
        self.holders
    }

    /// Brings the lines of memory that rows' holders have around a word into the cache: a loop that does nothing else
    /// waits for many of them at once.
    pub fn fetch(&self, word: usize, picked: &Picked) {
        if self.words.len() < LEAST_FETCHED {
            return;
        }
        let words = picked
            .rows()
            .map(|(_, holder)| self.words[holder * self.width + word]);
        std::hint::black_box(words.fold(0, |all, state| all ^ state));
    }

    /// `with(word, place)` in place of the word of each row's holder.
    #[inline]
    pub fn update(
        &mut self,
        word: usize,
        picked: &Picked,
        mut with: impl FnMut(u64, usize) -> u64,
    ) {
        for (place, holder) in picked.rows() {
            let state = &mut self.words[holder * self.width + word];
            *state = with(*state, place);
        }
    }

    /// The larger of each row's number and that of its holder.
    #[inline]
    pub fn raise(&mut self, field: Field, picked: &Picked, mut number: impl FnMut(usize) -> u32) {
        let Field { word, shift } = field;
        self.update(word, picked, |state, place| {
            let (before, number) = (half(state, shift), number(place));
            let more = u64::from(number.max(before) ^ before);
            state ^ (more << shift)
        });
    }

    /// Counts each row.
    pub fn count(&mut self, field: Field, picked: &Picked) {
        // INVARIANT: a table has fewer than 2^32 rows.
        let one = 1 << field.shift;
        self.update(field.word, picked, |state, _| state + one);
    }

    /// Notes two bits of each row.
    #[inline]
    pub fn note(&mut self, field: Field, picked: &Picked, bits: impl Fn(usize) -> u8) {
        self.update(field.word, picked, |state, place| {
            state | u64::from(bits(place)) << field.shift
        });
    }

    /// After the last row: puts the same word of holders side by side, to be read word by word.
    pub fn turn(&mut self) {
        let width = self.width;
        if std::mem::replace(&mut self.is_turned, true) || width < 2 {
            return;
        }
        let mut turned = vec![0; width * TURNED];
        for block in self.words.chunks_mut(width * TURNED) {
            let holders = block.len() / width;
            for (holder, words) in block.chunks_exact(width).enumerate() {
                for (word, state) in words.iter().enumerate() {
                    turned[word * holders + holder] = *state;
                }
            }
            block.copy_from_slice(&turned[..block.len()]);
        }
    }

    /// One word of each holder.
    ///
    /// INVARIANT: the states are turned.
    pub fn words(&self, word: usize) -> impl Iterator<Item = u64> {
        debug_assert!(self.is_turned, "words are read when all rows are taken up");
        let width = self.width.max(1);
        self.words.chunks(width * TURNED).flat_map(move |block| {
            let holders = block.len() / width;
            block[word * holders..][..holders].iter().copied()
        })
    }

    /// 32 bits of each holder.
    pub fn halves(&self, field: Field) -> impl Iterator<Item = u32> {
        self.words(field.word)
            .map(move |state| half(state, field.shift))
    }

    /// Two bits of each holder.
    pub fn pairs(&self, field: Field) -> impl Iterator<Item = u8> {
        self.words(field.word)
            .map(move |state| (state >> field.shift) as u8 & 3)
    }
}

#[inline]
fn half(state: u64, shift: u32) -> u32 {
    (state >> shift) as u32
}

/// A value for each holder, written where it stays by as many threads as there are stripes of holders.
pub(super) fn each<'s, 'e, T: Copy + Default + Send>(
    stripes: &'s [Folds<'e>],
    write: impl Fn(&'s Folds<'e>, &mut [T]) + Sync,
) -> Vec<T> {
    let mut out = vec![T::default(); stripes.iter().map(|s| s.holders).sum()];
    if let [only] = stripes {
        write(only, &mut out);
        return out;
    }
    let mut rest = &mut out[..];
    let mut parts = Vec::with_capacity(stripes.len());
    for stripe in stripes {
        let (own, others) = rest.split_at_mut(stripe.holders);
        parts.push((stripe, own));
        rest = others;
    }
    parts
        .into_par_iter()
        .for_each(|(stripe, own)| write(stripe, own));
    out
}

/// Puts values one after another.
pub(super) fn fill<T>(out: &mut [T], values: impl Iterator<Item = T>) {
    // From within the values' own loops.
    let mut out = out.iter_mut();
    values.for_each(|value| {
        if let Some(place) = out.next() {
            *place = value;
        }
    });
}

/// Which values are there; `None`: all are.
pub(super) fn valid(valid: Vec<bool>) -> Option<Vec<bool>> {
    valid.contains(&false).then_some(valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a row brings: its holder, a number, bits.
    fn row() -> impl Strategy<Value = (u32, u32, u8)> {
        (0u32..600, any::<u32>(), 0u8..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn neighbours_do_not_touch_one_another(
            batches in prop::collection::vec(prop::collection::vec(row(), 0..400), 1..4),
            holders in 600usize..1_200,
            words in 0usize..4,
            pairs in 1usize..40,
        ) {
            let mut layout = Layout::default();
            let count = layout.half();
            let sums: Vec<usize> = (0..words).map(|_| layout.word()).collect();
            let (highest, single) = (layout.half(), layout.half());
            let pairs: Vec<Field> = (0..pairs).map(|_| layout.pair()).collect();
            let mut states = States::new(&layout, holders);
            let mut expected = vec![(0u32, 0u64, 0u32, 0u8); holders];
            let mut picked = Picked::default();
            for rows in &batches {
                let places: Vec<u32> = (0..rows.len() as u32).collect();
                let of: Vec<u32> = rows.iter().map(|r| r.0).collect();
                picked.pick_these(&places, &of, 0);
                for sum in &sums {
                    let add = |state, place: usize| state + u64::from(rows[place].1);
                    states.fetch(*sum, &picked);
                    states.update(*sum, &picked, add);
                }
                states.count(count, &picked);
                states.raise(highest, &picked, |place| rows[place].1);
                pairs.iter().for_each(|p| states.note(*p, &picked, |place| rows[place].2));
                for (holder, number, bits) in rows {
                    let (n, sum, most, seen) = &mut expected[*holder as usize];
                    *n += 1;
                    *sum += u64::from(*number);
                    *most = (*most).max(*number);
                    *seen |= bits;
                }
            }
            states.turn();
            let all = expected.iter();
            prop_assert!(states.halves(count).eq(all.clone().map(|e| e.0)));
            for sum in &sums {
                prop_assert!(states.words(*sum).eq(all.clone().map(|e| e.1)));
            }
            prop_assert!(states.halves(highest).eq(all.clone().map(|e| e.2)));
            prop_assert!(states.halves(single).all(|n| n == 0));
            for pair in &pairs {
                prop_assert!(states.pairs(*pair).eq(all.clone().map(|e| e.3)));
            }
        }
    }
}

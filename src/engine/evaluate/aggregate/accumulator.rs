//! What is kept for each holder while batches are taken up. The order in which rows come changes nothing: sums are
//! exact, ties are broken by dates, keys and values.

use super::batch::{Batch, Mask, Taken};
use super::extremes::{Days, Longs, Wides};
use super::fold::{Fold, Part};
use super::numbers::Sum;
use super::states::{Field, States};
use crate::engine::evaluate::mask::compact;

/// What is kept of some rows for each of some holders, in their [`States`] unless it says otherwise.
pub(super) enum Accumulator<'e> {
    /// Rows.
    Count(Field),
    /// Which of `YES` and `UNKNOWN` came.
    Seen(Field),
    Sum(Sum),
    Days(Days),
    Longs(Longs),
    /// By itself.
    Wide(Wides),
    /// Anything else, by itself, and its place among the batch's dates.
    Fold(Box<dyn Fold + 'e>, Option<usize>),
}

/// The accumulators of a pass for holders that lie side by side.
pub(in super::super) struct Folds<'e> {
    /// The first holder.
    pub(super) first: usize,
    pub(super) holders: usize,
    pub(super) states: States,
    /// With their places among selections and inputs.
    pub(super) accumulators: Vec<(usize, Option<usize>, Accumulator<'e>)>,
    /// By selection, which accumulators go by it.
    by_selection: Vec<Vec<usize>>,
    /// By selection, the first word that its accumulators write to.
    first_words: Vec<Option<usize>>,
}

/// Rows of a batch that count, and belong to some holders: their places, and their holders counted from the first
/// of these. Kept from batch to batch for its room.
#[derive(Default)]
pub(super) struct Picked {
    places: Vec<u32>,
    holders: Vec<u32>,
    len: usize,
}

impl Picked {
    pub fn places(&self) -> &[u32] {
        &self.places[..self.len]
    }

    /// Places and holders.
    #[inline]
    pub fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs = self.places().iter().zip(&self.holders[..self.len]);
        pairs.map(|(place, holder)| (*place as usize, *holder as usize))
    }

    /// The rows that the mask says, of all holders.
    fn pick(&mut self, mask: &Mask, holders: &[u32]) {
        self.make_room(mask.flags.len());
        self.len = mask.count;
        if let Some(few) = &mask.few {
            self.places[..few.len()].copy_from_slice(few);
        } else if mask.count == mask.flags.len() {
            (0..).zip(&mut self.places).for_each(|(i, p)| *p = i);
        } else {
            compact(&mask.flags, &mut self.places);
        }
        if mask.count == mask.flags.len() {
            self.holders[..self.len].copy_from_slice(holders);
            return;
        }
        let pairs = self.holders.iter_mut().zip(&self.places[..self.len]);
        pairs.for_each(|(holder, place)| *holder = holders[*place as usize]);
    }

    /// The rows at these places, whose holders are from `first` on.
    pub(super) fn pick_these(&mut self, places: &[u32], holders: &[u32], first: u32) {
        self.make_room(places.len());
        self.len = places.len();
        self.places[..self.len].copy_from_slice(places);
        let own = self.holders.iter_mut().zip(places);
        own.for_each(|(own, place)| *own = holders[*place as usize] - first);
    }

    fn make_room(&mut self, rows: usize) {
        // One more than rows: the place after the last is written to as well.
        if self.places.len() <= rows {
            self.places.resize(rows + 1, 0);
            self.holders.resize(rows + 1, 0);
        }
    }
}

impl<'e> Folds<'e> {
    pub(super) fn new(
        (first, holders): (usize, usize),
        states: States,
        accumulators: Vec<(usize, Option<usize>, Accumulator<'e>)>,
        selections: usize,
    ) -> Folds<'e> {
        let mut by_selection = vec![Vec::new(); selections];
        for (place, (selection, ..)) in accumulators.iter().enumerate() {
            by_selection[*selection].push(place);
        }
        let first_word = |places: &Vec<usize>| {
            let words = places.iter().filter_map(|p| accumulators[*p].2.word());
            words.min()
        };
        let first_words = by_selection.iter().map(first_word).collect();
        Folds {
            first,
            holders,
            states,
            accumulators,
            by_selection,
            first_words,
        }
    }

    /// Takes up the rows of a batch that belong to all holders there are.
    pub(super) fn absorb(&mut self, batch: &Batch<'_>, picked: &mut Picked) {
        for (selection, mask) in batch.masks.iter().enumerate() {
            if mask.count > 0 {
                picked.pick(mask, &batch.holders);
                self.take_up(selection, batch, picked);
            }
        }
    }

    /// Takes up those of a batch's rows whose holders are these: `places` has them by selection.
    pub(super) fn absorb_own<'p>(
        &mut self,
        batch: &Batch<'_>,
        places: impl Iterator<Item = &'p [u32]>,
        picked: &mut Picked,
    ) {
        for (selection, places) in places.enumerate() {
            if !places.is_empty() {
                picked.pick_these(places, &batch.holders, self.first as u32);
                self.take_up(selection, batch, picked);
            }
        }
    }

    fn take_up(&mut self, selection: usize, batch: &Batch<'_>, picked: &Picked) {
        if let Some(word) = self.first_words[selection] {
            self.states.fetch(word, picked);
        }
        for place in &self.by_selection[selection] {
            let (_, input, accumulator) = &mut self.accumulators[*place];
            let taken = input.map(|input| &batch.inputs[input]);
            let mask = &batch.masks[selection];
            accumulator.absorb(&mut self.states, (picked, mask), taken, batch);
        }
    }
}

impl Accumulator<'_> {
    /// Of a holder's words the one that it writes to.
    fn word(&self) -> Option<usize> {
        match self {
            Accumulator::Count(field) | Accumulator::Seen(field) => Some(field.word()),
            Accumulator::Sum(sum) => Some(sum.word()),
            Accumulator::Days(days) => Some(days.word()),
            Accumulator::Longs(longs) => Some(longs.word()),
            Accumulator::Wide(_) | Accumulator::Fold(..) => None,
        }
    }

    fn absorb(
        &mut self,
        states: &mut States,
        (picked, mask): (&Picked, &Mask),
        taken: Option<&Taken<'_>>,
        batch: &Batch<'_>,
    ) {
        match (self, taken) {
            (Accumulator::Count(field), _) => states.count(*field, picked),
            (Accumulator::Seen(field), _) => {
                states.note(*field, picked, |place| mask.flags[place]);
            }
            (Accumulator::Sum(sum), Some(Taken::Longs(terms, largest))) => {
                sum.add(states, picked, terms, *largest);
            }
            (Accumulator::Sum(sum), Some(Taken::Wide(terms))) => {
                sum.add_wide(states, picked, terms);
            }
            (Accumulator::Days(best), Some(Taken::Days(days))) => {
                best.take_up(states, picked, days);
            }
            (Accumulator::Longs(best), Some(Taken::Longs(values, _))) => {
                best.take_up(states, picked, values);
            }
            (Accumulator::Wide(best), Some(Taken::Wide(values))) => best.take_up(picked, values),
            (Accumulator::Fold(fold, dated), taken) => {
                let value = match taken {
                    Some(Taken::Vector(value)) => Some(&**value),
                    _ => None,
                };
                fold.absorb(
                    &Part {
                        value,
                        dates: dated.map(|column| &batch.dates[column]),
                        rows: &batch.rows,
                    },
                    picked,
                );
            }
            _ => unreachable!("checked: values of the accumulator's type"),
        }
    }
}

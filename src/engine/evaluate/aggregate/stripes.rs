//! One pass over the rows of a table, by all cores: each takes the next batch, evaluates it, and adds what counts to
//! the holders' states.
//!
//! Holders are divided into stripes, each behind a lock of its own; there are several for each core, so that one
//! hardly ever waits for another. There is one state for each holder, whatever the number of cores, and because no
//! fold looks at the order of rows the result does not depend on who came first.

use super::super::{BATCH, EvalError, Evaluator, Frame};
use super::accumulator::{Folds, Picked};
use super::batch::{Batch, Mask};
use super::pass::Pass;
use crate::engine::evaluate::mask::compact;
use crate::vector::Vector;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// A stripe has at least so many holders.
const LEAST_HOLDERS: usize = 1024;
/// So many stripes for each core.
const STRIPES: usize = 4;
/// A selection's rows are few enough to be put in their places one by one if they are not one in so many.
const SPARSE: usize = 4;
/// All stripes at most: their numbers are bytes.
const MOST_STRIPES: usize = 256;

/// The states of all holders.
struct Stripes<'e> {
    /// Each but the last has 2^shift holders.
    shift: u32,
    folds: Vec<Mutex<Folds<'e>>>,
}

/// What a core keeps from batch to batch, for its room.
#[derive(Default)]
struct Scratch {
    picked: Picked,
    of_all: Stripewise,
    /// By selection.
    sorted: Vec<Sorted>,
    spare: Vec<u32>,
    waiting: Vec<usize>,
}

/// All rows of a batch by the stripe of their holder.
#[derive(Default)]
struct Stripewise {
    /// By place.
    stripes: Vec<u8>,
    /// Places, sorted by stripe.
    places: Vec<u32>,
    /// By stripe, where its places begin and end.
    begins: Vec<usize>,
    ends: Vec<usize>,
}

impl Stripewise {
    fn sort(&mut self, count: usize, stripes: impl Iterator<Item = u8>) {
        self.stripes.clear();
        self.stripes.extend(stripes);
        self.begins.clear();
        self.begins.resize(count, 0);
        for stripe in &self.stripes {
            self.begins[usize::from(*stripe)] += 1;
        }
        let mut begin = 0;
        for rows in &mut self.begins {
            begin += std::mem::replace(rows, begin);
        }
        self.ends.clone_from(&self.begins);
        self.places.resize(self.stripes.len(), 0);
        for (place, stripe) in (0..).zip(&self.stripes) {
            let end = &mut self.ends[usize::from(*stripe)];
            self.places[*end] = place;
            *end += 1;
        }
    }
}

/// The places of a selection's rows, sorted by stripe.
#[derive(Default)]
struct Sorted {
    /// Each stripe has room for all its rows of the batch.
    places: Vec<u32>,
    /// By stripe, where its room begins, and where its places end.
    begins: Vec<usize>,
    ends: Vec<usize>,
}

impl Sorted {
    fn of(&self, stripe: usize) -> &[u32] {
        &self.places[self.begins[stripe]..self.ends[stripe]]
    }

    /// Sorts the places that a mask says.
    fn sort(&mut self, mask: &Mask, of_all: &Stripewise, spare: &mut Vec<u32>) {
        let rows = mask.flags.len();
        self.begins.clone_from(&of_all.begins);
        self.ends.clone_from(&of_all.begins);
        // One more than rows: the place after the last is written to as well.
        self.places.resize(rows + 1, 0);
        spare.resize(rows + 1, 0);
        if let Some(few) = &mask.few {
            self.scatter(few, &of_all.stripes);
        } else if mask.count * SPARSE < rows {
            let found = compact(&mask.flags, spare);
            self.scatter(&spare[..found], &of_all.stripes);
        } else {
            self.sift(&mask.flags, of_all);
        }
    }

    /// Puts each place where its stripe's come.
    fn scatter(&mut self, places: &[u32], stripes: &[u8]) {
        for place in places {
            let end = &mut self.ends[usize::from(stripes[*place as usize])];
            self.places[*end] = *place;
            *end += 1;
        }
    }

    /// Keeps of each stripe's places those that count.
    fn sift(&mut self, flags: &[u8], of_all: &Stripewise) {
        let mut begin = 0;
        for (end, to) in self.ends.iter_mut().zip(&of_all.ends) {
            let own = &of_all.places[begin..*to];
            let kept = &mut self.places[begin..=*to];
            let mut found = 0;
            for place in own {
                kept[found] = *place;
                found += usize::from(flags[*place as usize] != 0);
            }
            *end = begin + found;
            begin = *to;
        }
    }
}

impl Evaluator<'_> {
    /// The states of so many holders after all rows of the pass's table. `references` gives the holders of a batch
    /// of rows, from one on.
    pub(in super::super) fn fold_rows<'a>(
        &'a self,
        pass: &Pass<'_>,
        holders: usize,
        references: impl Fn(usize, usize) -> Vector<'a> + Sync,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Folds<'a>>, EvalError> {
        let rows = self.data.tables[pass.table].rows;
        let batches = rows.div_ceil(BATCH);
        let cores = rayon::current_num_threads().min(batches).max(1);
        let stripes = Stripes::new(self, pass, holders, cores);
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let work = |core: usize| {
            let mut scratch = Scratch::default();
            while !failed.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= batches {
                    break;
                }
                let start = number * BATCH;
                let len = BATCH.min(rows - start);
                let frame = Frame::range(pass.table, start, len);
                let batch = self
                    .reduce(pass, &frame, references(start, len))
                    .map_err(|error| {
                        failed.store(true, Ordering::Relaxed);
                        (number, error)
                    })?;
                stripes.absorb(&batch, core, &mut scratch);
                progress(len);
            }
            Ok(())
        };
        let results: Vec<Result<(), (usize, EvalError)>> = match cores {
            1 => vec![work(0)],
            cores => (0..cores)
                .into_par_iter()
                .with_max_len(1)
                .map(work)
                .collect(),
        };
        // Batches are begun in their order: the first that fails has always been looked at.
        let errors = results.into_iter().filter_map(Result::err);
        if let Some((_, error)) = errors.min_by_key(|(number, _)| *number) {
            return Err(error);
        }
        let folds = stripes.folds.into_iter();
        Ok(folds
            .map(|folds| folds.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect())
    }
}

impl<'e> Stripes<'e> {
    fn new(evaluator: &'e Evaluator<'_>, pass: &Pass<'_>, holders: usize, cores: usize) -> Self {
        let most = match cores {
            1 => 1,
            cores => (STRIPES * cores).min(MOST_STRIPES),
        };
        let share = holders.div_ceil(most).max(LEAST_HOLDERS);
        let (shift, share) = match most {
            1 => (usize::BITS - 1, holders),
            _ => (share.next_power_of_two().ilog2(), share.next_power_of_two()),
        };
        let stripes = holders.div_ceil(share.max(1)).max(1);
        let folds = (0..stripes).into_par_iter().map(|stripe| {
            let first = stripe * share;
            let own = share.min(holders - first);
            Mutex::new(pass.folds(evaluator, first, own))
        });
        Stripes {
            shift,
            folds: folds.collect(),
        }
    }

    /// Adds a batch, each stripe's rows while it is nobody else's.
    fn absorb(&self, batch: &Batch<'_>, core: usize, scratch: &mut Scratch) {
        if let [folds] = &self.folds[..] {
            let mut folds = folds.lock().unwrap_or_else(PoisonError::into_inner);
            folds.absorb(batch, &mut scratch.picked);
            return;
        }
        self.divide(batch, scratch);
        let count = self.folds.len();
        let mut waiting = std::mem::take(&mut scratch.waiting);
        waiting.clear();
        // Cores begin at different stripes, and come back to those that were taken.
        let first = core * STRIPES;
        for stripe in (0..count).map(|i| (first + i) % count) {
            match self.folds[stripe].try_lock() {
                Ok(folds) => self.absorb_stripe(batch, stripe, folds, scratch),
                Err(TryLockError::WouldBlock) => waiting.push(stripe),
                Err(TryLockError::Poisoned(folds)) => {
                    self.absorb_stripe(batch, stripe, folds.into_inner(), scratch);
                }
            }
        }
        for stripe in waiting.drain(..) {
            let folds = self.folds[stripe].lock();
            let folds = folds.unwrap_or_else(PoisonError::into_inner);
            self.absorb_stripe(batch, stripe, folds, scratch);
        }
        scratch.waiting = waiting;
    }

    fn absorb_stripe(
        &self,
        batch: &Batch<'_>,
        stripe: usize,
        mut folds: MutexGuard<'_, Folds<'e>>,
        scratch: &mut Scratch,
    ) {
        let places = scratch.sorted.iter().map(|sorted| sorted.of(stripe));
        folds.absorb_own(batch, places, &mut scratch.picked);
    }

    /// Sorts the rows of a batch by stripe, those of each selection by themselves.
    fn divide(&self, batch: &Batch<'_>, scratch: &mut Scratch) {
        let last = self.folds.len() - 1;
        // A row without holder, which does not count, may seem to have any.
        let stripe_of = |holder: &u32| ((*holder as usize) >> self.shift).min(last) as u8;
        let stripes = batch.holders.iter().map(stripe_of);
        scratch.of_all.sort(self.folds.len(), stripes);
        scratch
            .sorted
            .resize_with(batch.masks.len(), Sorted::default);
        for (sorted, mask) in scratch.sorted.iter_mut().zip(&batch.masks) {
            sorted.sort(mask, &scratch.of_all, &mut scratch.spare);
        }
    }
}

//! One pass over the rows of a table, by all cores: each takes the next batch, evaluates it, and adds what counts to
//! the holders' states.
//!
//! Holders are divided into stripes, each behind a lock of its own; there are several for each core, so that one
//! hardly ever waits for another. There is one state for each holder, whatever the number of cores, and because no
//! fold looks at the order of rows the result does not depend on who came first.

use super::super::{BATCH, EvalError, Evaluator, Frame};
use super::accumulator::{Folds, Picked};
use super::batch::Batch;
use super::pass::Pass;
use crate::vector::Vector;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// A stripe has at least so many holders.
const LEAST_HOLDERS: usize = 1024;
/// So many stripes for each core.
const STRIPES: usize = 4;

/// The states of all holders.
struct Stripes<'e> {
    /// Each but the last has 2^shift holders.
    shift: u32,
    holders: usize,
    folds: Vec<Mutex<Folds<'e>>>,
}

/// What a core keeps from batch to batch, for its room.
#[derive(Default)]
struct Scratch {
    picked: Picked,
    /// The places of a batch by stripe, and where each stripe's end.
    places: Vec<u32>,
    ends: Vec<usize>,
    waiting: Vec<usize>,
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
            cores => STRIPES * cores,
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
            holders,
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
        let begin = stripe.checked_sub(1).map_or(0, |s| scratch.ends[s]);
        let places = &scratch.places[begin..scratch.ends[stripe]];
        let end = self.holders.min((stripe + 1) << self.shift);
        folds.absorb_own(batch, places, end, &mut scratch.picked);
    }

    /// Sorts the places of a batch by stripe.
    fn divide(&self, batch: &Batch<'_>, scratch: &mut Scratch) {
        let last = self.folds.len() - 1;
        // A row without holder, which does not count, may seem to have any.
        let stripe_of = |holder: &u32| ((*holder as usize) >> self.shift).min(last);
        let ends = &mut scratch.ends;
        ends.clear();
        ends.resize(self.folds.len(), 0);
        for holder in &*batch.holders {
            ends[stripe_of(holder)] += 1;
        }
        let mut begin = 0;
        for end in ends.iter_mut() {
            begin += std::mem::replace(end, begin);
        }
        scratch.places.resize(batch.holders.len(), 0);
        for (place, holder) in (0..).zip(&*batch.holders) {
            let next = &mut ends[stripe_of(holder)];
            scratch.places[*next] = place;
            *next += 1;
        }
    }
}

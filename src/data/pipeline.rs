//! Blocks of a file, read and parsed by all threads at once, taken into their table in the file's order.

use super::blocks::{Block, BlockReader};
use super::chunk::{Broken, Chunk, TablePlan};
use super::keys::Keys;
use super::table::TableLoader;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

/// Blocks for each thread that are read and not yet taken into the table.
const AHEAD: usize = 4;

/// Reads all blocks into the table: `parse` makes a chunk of a block, with room that each thread keeps for it. The
/// first error in the file's order ends it.
pub(super) fn stream<S: Default>(
    reader: BlockReader,
    loader: &mut TableLoader,
    parse: impl Fn(&TablePlan, &[Keys], &Block, &mut S) -> Chunk + Sync,
) -> io::Result<Option<Broken>> {
    let plan = loader.plan;
    let pipeline = Pipeline {
        keys: RwLock::new(std::mem::take(loader.keys)),
        most: rayon::current_num_threads() * AHEAD,
        bytes: reader.count(),
        source: Mutex::new(Source {
            reader,
            given: 0,
            ended: false,
        }),
        spare: Mutex::new(Vec::new()),
        turn: Mutex::new(Turn::default()),
        moved: Condvar::new(),
        loader: Mutex::new(loader),
    };
    let work = || {
        let mut scratch = S::default();
        pipeline.work(|block| parse(plan, &pipeline.keys(), block, &mut scratch));
    };
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| work());
        }
    });
    let Pipeline {
        turn, loader, keys, ..
    } = pipeline;
    let loader = loader.into_inner().unwrap_or_else(PoisonError::into_inner);
    let turn = turn.into_inner().unwrap_or_else(PoisonError::into_inner);
    *loader.keys = keys.into_inner().unwrap_or_else(PoisonError::into_inner);
    turn.outcome
}

struct Pipeline<'s, 'b, 'l, 'p> {
    /// Blocks on their way at most.
    most: usize,
    source: Mutex<Source<'b>>,
    /// Buffers of blocks that are done with.
    spare: Mutex<Vec<Vec<u8>>>,
    turn: Mutex<Turn>,
    /// Told when a block has been taken in, or nothing more will be.
    moved: Condvar,
    /// Of whoever has the turn.
    loader: Mutex<&'s mut TableLoader<'l, 'p>>,
    /// The loader's; it has none meanwhile.
    keys: RwLock<Vec<Keys>>,
    /// Read so far of the file as it lies on the disk.
    bytes: Arc<AtomicU64>,
}

struct Source<'b> {
    reader: BlockReader<'b>,
    /// Blocks so far.
    given: usize,
    ended: bool,
}

/// What comes of a place in the file: rows, or an end.
type Parsed = io::Result<Result<Chunk, Broken>>;

struct Turn {
    /// Blocks that threads have set out for.
    begun: usize,
    /// Blocks taken in.
    done: usize,
    /// Parsed, not taken in.
    waiting: BTreeMap<usize, Parsed>,
    /// A thread is taking blocks in.
    taken: bool,
    ended: bool,
    outcome: io::Result<Option<Broken>>,
}

impl Default for Turn {
    fn default() -> Turn {
        Turn {
            begun: 0,
            done: 0,
            waiting: BTreeMap::new(),
            taken: false,
            ended: false,
            outcome: Ok(None),
        }
    }
}

impl Pipeline<'_, '_, '_, '_> {
    /// Takes block after block, until there is none.
    fn work(&self, mut parse: impl FnMut(&Block) -> Chunk) {
        let end = EndOnPanic(self);
        while self.begin() {
            let Some((place, block)) = self.next() else {
                break;
            };
            let parsed = block.map(|block| {
                block.map(|block| {
                    let chunk = parse(&block);
                    lock(&self.spare).push(block.into_buffer());
                    chunk
                })
            });
            self.finish(place, parsed);
        }
        std::mem::forget(end);
    }

    /// Waits until there is room for one more block; `false` where no more are wanted.
    fn begin(&self) -> bool {
        let mut turn = lock(&self.turn);
        while !turn.ended && turn.begun - turn.done >= self.most {
            turn = self
                .moved
                .wait(turn)
                .unwrap_or_else(PoisonError::into_inner);
        }
        turn.begun += 1;
        !turn.ended
    }

    fn next(&self) -> Option<(usize, io::Result<Result<Block, Broken>>)> {
        let buffer = lock(&self.spare).pop().unwrap_or_default();
        let mut source = lock(&self.source);
        if source.ended {
            return None;
        }
        let block = source.reader.next(buffer).transpose();
        source.ended = !matches!(block, Some(Ok(Ok(_))));
        let place = source.given;
        source.given += 1;
        block.map(|block| (place, block))
    }

    /// Puts down what was parsed, and takes in whatever is next, unless another thread does.
    fn finish(&self, place: usize, parsed: Parsed) {
        let mut turn = lock(&self.turn);
        turn.waiting.insert(place, parsed);
        if turn.taken {
            return;
        }
        turn.taken = true;
        while !turn.ended {
            let next = turn.done;
            let Some(parsed) = turn.waiting.remove(&next) else {
                break;
            };
            drop(turn);
            let broken = parsed.map(|chunk| match chunk {
                Ok(chunk) => self.absorb(chunk),
                Err(broken) => Some(broken),
            });
            turn = lock(&self.turn);
            turn.done += 1;
            if !matches!(broken, Ok(None)) {
                turn.outcome = broken;
                turn.ended = true;
            }
            self.moved.notify_all();
        }
        turn.taken = false;
    }

    fn keys(&self) -> RwLockReadGuard<'_, Vec<Keys>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn absorb(&self, chunk: Chunk) -> Option<Broken> {
        let mut loader = lock(&self.loader);
        let broken = loader.absorb_alone(chunk, &self.keys);
        loader.progress(self.bytes.load(Ordering::Relaxed));
        broken
    }
}

/// Lets no thread wait for one that panics.
struct EndOnPanic<'p, 's, 'b, 'l, 't>(&'p Pipeline<'s, 'b, 'l, 't>);

impl Drop for EndOnPanic<'_, '_, '_, '_, '_> {
    fn drop(&mut self) {
        lock(&self.0.turn).ended = true;
        self.0.moved.notify_all();
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The columns of row groups, read by all threads at once, put together and taken into their table in the file's
//! order.
//!
//! Each column of a group is a piece of work, so that all threads are busy with few groups; a part of its rows at a
//! time. From the first part on that is not clean a group is read row by row.

use super::{Group, OpenColumn, PART, Source};
use crate::data::arrow_kernels::count_rows;
use crate::data::chunk::{Chunk, TablePlan};
use crate::data::keys::Keys;
use crate::data::pipeline::lock;
use crate::data::table::{FileFault, TableLoader};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};

/// Parts of a column that are read and not yet in the table.
const AHEAD: usize = 4;

/// Reads a file into its table.
pub(super) fn read(source: &Source, loader: &mut TableLoader) -> Result<(), FileFault> {
    let groups = source.groups();
    let threads = rayon::current_num_threads();
    let reading = Reading {
        source,
        plan: loader.plan,
        groups: &groups,
        // Towards the end of a group there is work in the next.
        most: (threads * 2).div_ceil(source.columns.len()) + 1,
        keys: RwLock::new(std::mem::take(loader.keys)),
        state: Mutex::new(State::default()),
        moved: Condvar::new(),
        loader: Mutex::new(loader),
    };
    rayon::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| reading.work());
        }
    });
    let Reading {
        state,
        loader,
        keys,
        ..
    } = reading;
    let loader = loader.into_inner().unwrap_or_else(PoisonError::into_inner);
    *loader.keys = keys.into_inner().unwrap_or_else(PoisonError::into_inner);
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.fault.map_or(Ok(()), Err)
}

struct Reading<'s, 'l, 't, 'p> {
    source: &'s Source<'s>,
    plan: &'p TablePlan<'p>,
    groups: &'s [Group],
    /// Groups that are open at once.
    most: usize,
    /// The loader's; it has none meanwhile.
    keys: RwLock<Vec<Keys>>,
    state: Mutex<State<'s>>,
    /// Told when there may be more to do, or nothing is left.
    moved: Condvar,
    /// Of whoever takes parts in.
    loader: Mutex<&'l mut TableLoader<'t, 'p>>,
}

/// What has been read and not yet taken in.
#[derive(Default)]
struct State<'s> {
    /// In the order of the file.
    open: VecDeque<OpenGroup<'s>>,
    /// Groups opened so far.
    opened: usize,
    /// Stored bytes of the groups that are taken in.
    bytes: u64,
    /// A thread is taking parts in.
    taking: bool,
    fault: Option<FileFault>,
    ended: bool,
}

struct OpenGroup<'s> {
    /// By its place in the file.
    number: usize,
    group: &'s Group,
    columns: Vec<Column>,
    /// Parts.
    parts: usize,
    /// The first part that is not clean; none so far if it is the number of parts.
    clean: usize,
    /// Parts put together.
    joined: usize,
    rest: Rest,
}

/// The rows from the first part on that is not clean.
enum Rest {
    Waits,
    Begun,
    Read(Result<Vec<Chunk>, FileFault>),
}

struct Column {
    /// Its place in the plan.
    place: usize,
    /// `None` while a thread reads from it.
    open: Option<OpenColumn>,
    /// Parts so far.
    read: usize,
    /// Those of them that are not put together yet.
    parts: VecDeque<Chunk>,
}

enum Task<'s> {
    /// Of the group of this number the next part of a column.
    Part(usize, usize, OpenColumn),
    /// Rows of the group of this number, after so many.
    Rest(usize, &'s Group, usize),
    TakeIn(Result<Vec<Chunk>, FileFault>, u64),
}

impl<'s> Reading<'s, '_, '_, '_> {
    fn work(&self) {
        let end = EndOnPanic(self);
        let mut state = lock(&self.state);
        while !state.ended {
            let Some(task) = self.next(&mut state) else {
                if state.open.is_empty() && !state.taking {
                    break;
                }
                state = (self.moved.wait(state)).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            state = self.perform(task);
            self.moved.notify_all();
        }
        std::mem::forget(end);
    }

    fn perform(&self, task: Task<'s>) -> MutexGuard<'_, State<'s>> {
        match task {
            Task::Part(number, place, mut open) => {
                let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
                let part = open.next_part(self.plan, &keys);
                drop(keys);
                let mut state = lock(&self.state);
                if let Some(group) = state.group(number) {
                    group.put(place, open, part);
                }
                state
            }
            Task::Rest(number, group, after) => {
                let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
                let rows = self.source.rows_from(group, after, self.plan, &keys);
                drop(keys);
                let mut state = lock(&self.state);
                if let Some(group) = state.group(number) {
                    group.rest = Rest::Read(rows);
                }
                state
            }
            Task::TakeIn(chunks, bytes) => {
                let taken = chunks.and_then(|chunks| self.take_in(chunks, bytes));
                let mut state = lock(&self.state);
                state.taking = false;
                if let Err(fault) = taken {
                    state.fault = Some(fault);
                    state.ended = true;
                }
                state
            }
        }
    }

    /// What to do next, if there is anything that no other thread does.
    fn next(&self, state: &mut State<'s>) -> Option<Task<'s>> {
        if !state.taking
            && let Some(first) = state.open.front_mut()
            && let Some(chunks) = first.ready(self.plan)
        {
            state.taking = true;
            if first.at_end() {
                state.bytes += first.group.bytes;
                state.open.pop_front();
            }
            return Some(Task::TakeIn(chunks, state.bytes));
        }
        loop {
            let task = state.open.iter_mut().find_map(OpenGroup::task);
            let closed = self.groups.get(state.opened);
            match (task, closed) {
                (Some(task), _) => return Some(task),
                (None, Some(group)) if state.open.len() < self.most => {
                    let opened = OpenGroup::new(state.opened, group, self.source.open(group));
                    state.opened += 1;
                    // One without rows has nothing to take in.
                    if !opened.at_end() {
                        state.open.push_back(opened);
                    }
                }
                _ => return None,
            }
        }
    }

    fn take_in(&self, chunks: Vec<Chunk>, bytes: u64) -> Result<(), FileFault> {
        let mut loader = lock(&self.loader);
        for chunk in chunks {
            if let Some(broken) = loader.absorb_alone(chunk, &self.keys) {
                return Err(FileFault::Broken(broken));
            }
        }
        loader.progress(bytes);
        Ok(())
    }
}

impl<'s> State<'s> {
    fn group(&mut self, number: usize) -> Option<&mut OpenGroup<'s>> {
        self.open.iter_mut().find(|group| group.number == number)
    }
}

impl<'s> OpenGroup<'s> {
    /// Without columns, if they cannot be opened, all of it is read row by row.
    fn new(number: usize, group: &'s Group, columns: Option<Vec<OpenColumn>>) -> OpenGroup<'s> {
        let parts = group.rows.div_ceil(PART);
        let column = |open: OpenColumn| Column {
            place: open.column,
            open: Some(open),
            read: 0,
            parts: VecDeque::new(),
        };
        OpenGroup {
            number,
            group,
            parts,
            clean: if columns.is_some() { parts } else { 0 },
            columns: columns.into_iter().flatten().map(column).collect(),
            joined: 0,
            rest: Rest::Waits,
        }
    }

    fn at_end(&self) -> bool {
        self.joined == self.parts
    }

    /// Rows of a part.
    fn rows_of(&self, part: usize) -> usize {
        PART.min(self.group.rows - part * PART)
    }

    /// What can be read now: of the column that is least far, or all rows that are left.
    fn task(&mut self) -> Option<Task<'s>> {
        let clean = self.clean;
        let columns = self.columns.iter_mut().enumerate();
        let next = columns
            .filter(|(_, c)| c.open.is_some() && c.read < clean && c.parts.len() < AHEAD)
            .min_by_key(|(_, c)| c.read);
        if let Some((place, column)) = next {
            let open = column.open.take()?;
            return Some(Task::Part(self.number, place, open));
        }
        let is_read = |c: &Column| c.open.is_some() && c.read >= clean;
        let rest = clean < self.parts && self.columns.iter().all(is_read);
        if rest && matches!(self.rest, Rest::Waits) {
            self.rest = Rest::Begun;
            return Some(Task::Rest(self.number, self.group, clean * PART));
        }
        None
    }

    /// Puts down a part of the column at a place; `None`: it is not clean.
    fn put(&mut self, place: usize, open: OpenColumn, part: Option<Chunk>) {
        let number = self.columns[place].read;
        let rows = self.rows_of(number);
        let column = &mut self.columns[place];
        column.open = Some(open);
        column.read += 1;
        match part.filter(|part| part.rows == rows) {
            Some(part) => column.parts.push_back(part),
            None => self.clean = self.clean.min(number),
        }
    }

    /// What comes next in the file, if it has been read.
    fn ready(&mut self, plan: &TablePlan) -> Option<Result<Vec<Chunk>, FileFault>> {
        if self.joined == self.clean {
            return match std::mem::replace(&mut self.rest, Rest::Begun) {
                Rest::Read(chunks) => {
                    self.joined = self.parts;
                    Some(chunks)
                }
                rest => {
                    self.rest = rest;
                    None
                }
            };
        }
        if self.columns.iter().any(|c| c.parts.is_empty()) {
            return None;
        }
        let mut chunk = Chunk::new(plan);
        for column in &mut self.columns {
            let Some(mut part) = column.parts.pop_front() else {
                unreachable!("looked at above")
            };
            let place = column.place;
            chunk.columns[place] = part.columns.swap_remove(place);
            if plan.marked == Some(place) {
                chunk.marks = part.marks;
            }
        }
        let first = self.joined * PART;
        count_rows(
            &mut chunk,
            self.rows_of(self.joined),
            self.group.first_row + first as u64,
        );
        self.joined += 1;
        Some(Ok(vec![chunk]))
    }
}

/// Lets no thread wait for one that panics.
struct EndOnPanic<'r, 's, 'l, 't, 'p>(&'r Reading<'s, 'l, 't, 'p>);

impl Drop for EndOnPanic<'_, '_, '_, '_, '_> {
    fn drop(&mut self) {
        lock(&self.0.state).ended = true;
        self.0.moved.notify_all();
    }
}

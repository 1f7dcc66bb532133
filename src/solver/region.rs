//! Blocks and their unions.

use super::set::Set;

/// A place in [`super::Solver::axes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AxisId(pub u32);

/// What an axis may hold in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub set: Set,
    pub missing: bool,
}

impl Cell {
    pub fn known(set: Set) -> Cell {
        Cell {
            set,
            missing: false,
        }
    }

    pub fn missing() -> Cell {
        Cell {
            set: Set::none(),
            missing: true,
        }
    }

    pub fn intersect(&self, other: &Cell) -> Cell {
        let missing = self.missing && other.missing;
        // The empty set of numbers stands for that of texts too.
        let set = match () {
            () if self.set.is_empty() => self.set.clone(),
            () if other.set.is_empty() => other.set.clone(),
            () => self.set.intersect(&other.set),
        };
        Cell { set, missing }
    }

    pub fn is_empty(&self) -> bool {
        !self.missing && self.set.is_empty()
    }
}

/// A box: one cell an axis, by axis; axes that are not named may hold anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block(pub Vec<(AxisId, Cell)>);

impl Block {
    pub fn cell(&self, axis: AxisId) -> Option<&Cell> {
        let place = self.0.binary_search_by_key(&axis, |(a, _)| *a).ok()?;
        Some(&self.0[place].1)
    }

    /// `None` where nothing is in both.
    fn intersect(&self, other: &Block) -> Option<Block> {
        let mut out = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.0 == y.0 => {
                    let cell = x.1.intersect(&y.1);
                    if cell.is_empty() {
                        return None;
                    }
                    out.push((x.0, cell));
                    a.next();
                    b.next();
                }
                (Some(x), Some(y)) if x.0 < y.0 => out.extend(a.next().cloned()),
                (_, Some(_)) => out.extend(b.next().cloned()),
                (Some(_), None) => out.extend(a.next().cloned()),
                (None, None) => return Some(Block(out)),
            }
        }
    }
}

/// A union of blocks, which holds at least all that it is asked to hold: what is cut short only grows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region(pub Vec<Block>);

/// Beyond so many blocks a region is widened.
const MOST: usize = 64;
/// The same where one region is cut out of another, line by line.
pub const MOST_CUT: usize = 2_048;

impl Region {
    pub fn nothing() -> Region {
        Region(Vec::new())
    }

    pub fn everything() -> Region {
        Region(vec![Block::default()])
    }

    pub fn when(yes: bool) -> Region {
        if yes {
            Region::everything()
        } else {
            Region::nothing()
        }
    }

    pub fn cell(axis: AxisId, cell: Cell) -> Region {
        if cell.is_empty() {
            Region::nothing()
        } else {
            Region(vec![Block(vec![(axis, cell)])])
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    pub fn and(&self, other: &Region) -> Region {
        self.and_up_to(other, MOST)
    }

    /// What is in both; beyond `most` blocks at least that.
    pub fn and_up_to(&self, other: &Region, most: usize) -> Region {
        let mut out = Region::nothing();
        for a in &self.0 {
            for b in &other.0 {
                if let Some(both) = a.intersect(b) {
                    out.add(both);
                }
                if out.0.len() > most {
                    // Too many to tell apart: one of the two holds all of them.
                    return match self.0.len() <= other.0.len() {
                        true => self.clone(),
                        false => other.clone(),
                    };
                }
            }
        }
        out
    }

    pub fn or(mut self, other: Region) -> Region {
        for block in other.0 {
            self.add(block);
        }
        if self.0.len() > MOST {
            return Region::everything();
        }
        self
    }

    fn add(&mut self, block: Block) {
        if block.0.is_empty() {
            self.0 = vec![block];
        } else if !self.0.contains(&block) && self.0.first().is_none_or(|b| !b.0.is_empty()) {
            self.0.push(block);
        }
    }
}

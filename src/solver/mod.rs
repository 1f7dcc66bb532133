//! Conditions as boxes: where a condition can be true, over everything that it is about. Floor 6.
//!
//! A condition becomes a [`Region`], a union of blocks, each of which holds some axes to sets of values. An axis
//! is what varies by itself: a field, an aggregate, a day's distance from today. Definitions are followed;
//! what cannot be looked into is an axis of its own.
//!
//! INVARIANT: a region holds at least every row and day on which the condition is what was asked. So an empty
//! region is a proof; one that is not empty proves nothing until a row in it was found and tried: see
//! [`Solver::samples`].

mod axis;
mod conditions;
mod dates;
mod key;
mod region;
mod relations;
mod samples;
mod set;
mod values;

pub use axis::{Axis, Coordinate};
pub use conditions::Asked;
pub use region::{AxisId, Block, Cell, MOST_CUT, Region};
pub use samples::{Sample, literal, value_of};
pub use set::Set;

use crate::hir::{Expr, Program, TableLine};
use crate::schema::{AttributeId, MAX_DAY, MIN_DAY, RecordId, Value};
use rustc_hash::FxHashMap;

/// The way from the row that a condition is of to the row that a part of it stands on.
#[derive(Debug, Clone)]
pub struct Site<'p> {
    /// References to follow.
    pub path: Vec<&'p Expr>,
    prefix: String,
}

impl Site<'_> {
    fn of(record: RecordId) -> Self {
        Site {
            path: Vec::new(),
            prefix: format!("r{}.", record.0),
        }
    }
}

/// The regions of a program's conditions. All conditions that are held together are of one row.
pub struct Solver<'p> {
    program: &'p Program,
    axes: Vec<Axis<'p>>,
    index: FxHashMap<(Coordinate, String), AxisId>,
    memo: FxHashMap<(AttributeId, Asked), Region>,
    /// The counts over one path, by its key.
    counts: FxHashMap<String, Vec<AxisId>>,
    /// Every day of the calendar.
    full_today: Cell,
}

impl<'p> Solver<'p> {
    pub fn new(program: &'p Program) -> Solver<'p> {
        Solver {
            program,
            axes: Vec::new(),
            index: FxHashMap::default(),
            memo: FxHashMap::default(),
            counts: FxHashMap::default(),
            full_today: Cell::known(Set::range(i128::from(MIN_DAY.0), i128::from(MAX_DAY.0))),
        }
    }

    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Where a condition on a row of the record can be what is asked.
    pub fn region(&mut self, record: RecordId, condition: &'p Expr, asked: Asked) -> Region {
        self.truth(condition, asked, &Site::of(record))
    }

    /// Where all cells of a table's line can be true.
    pub fn line_region(&mut self, record: RecordId, line: &'p TableLine) -> Region {
        self.line(line, &Site::of(record))
    }

    /// Where some cell of a table's line can be not true.
    pub fn not_line_region(&mut self, record: RecordId, line: &'p TableLine) -> Region {
        let mut any = Region::nothing();
        for cell in line.cells.iter().flatten() {
            any = any.or(self.region(record, cell, Asked::NotTrue));
        }
        any
    }

    /// Where a value is known.
    pub fn known_region(&mut self, record: RecordId, e: &'p Expr) -> Region {
        self.known(e, &Site::of(record))
    }

    /// Where a value is known and the one given.
    pub fn value_region(&mut self, record: RecordId, e: &'p Expr, value: &Value) -> Region {
        self.value_in(e, &set::only(value), &Site::of(record))
    }

    /// Where today lies between two days, both in.
    pub fn on_days(&mut self, first: i128, last: i128) -> Region {
        let today = self.today();
        Region::cell(today, Cell::known(Set::range(first, last)))
    }

    /// The same for expressions that have the same value on every row, whatever names they go by.
    pub fn key_of(&self, e: &Expr) -> String {
        self.key(e)
    }

    /// Every axis met so far.
    pub fn axes(&self) -> impl Iterator<Item = (AxisId, &Axis<'p>)> {
        (0..).map(AxisId).zip(&self.axes)
    }

    pub fn axis_of(&self, id: AxisId) -> &Axis<'p> {
        &self.axes[id.0 as usize]
    }

    /// Whether nothing can be in the region: proven.
    pub fn is_empty(&self, region: &Region) -> bool {
        region.0.iter().all(|block| !self.is_consistent(block))
    }

    fn site_through(&self, site: &Site<'p>, reference: &'p Expr) -> Site<'p> {
        let mut path = site.path.clone();
        path.push(reference);
        Site {
            path,
            prefix: format!("{}{}.", site.prefix, self.key(reference)),
        }
    }
}

//! The rows that an expression is evaluated on.

use super::vectors::gather;
use crate::plan::NodeId;
use crate::vector::Vector;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// The table of a frame that has none, and of errors in it.
pub const NOWHERE: usize = usize::MAX;

/// Rows of a table.
#[derive(Debug, Clone)]
pub enum Rows<'f> {
    /// Side by side: columns are borrowed.
    Range { start: usize, len: usize },
    /// In any order, also several times: columns are gathered.
    Indices(Cow<'f, [u32]>),
}

impl Rows<'_> {
    pub fn len(&self) -> usize {
        match self {
            Rows::Range { len, .. } => *len,
            Rows::Indices(rows) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table's row at a place of the batch.
    #[inline]
    pub fn row(&self, place: usize) -> usize {
        match self {
            Rows::Range { start, .. } => start + place,
            Rows::Indices(rows) => rows[place] as usize,
        }
    }
}

/// A batch of rows of one table, and what expressions on it may look at besides: the rows outside, the
/// arguments, and what was computed for the batch already.
///
/// Belongs to one thread. `'a` is the evaluator's borrow, `'f` that of the rows and of what lies outside.
pub struct Frame<'f, 'a> {
    pub table: usize,
    pub rows: Rows<'f>,
    outer: Option<Outer<'f, 'a>>,
    parameters: Cow<'f, [Vector<'a>]>,
    memo: RefCell<FxHashMap<NodeId, Rc<Vector<'a>>>>,
}

#[derive(Clone)]
struct Outer<'f, 'a> {
    frame: &'f Frame<'f, 'a>,
    /// For each row of the batch, its place in the frame outside.
    places: Cow<'f, [u32]>,
}

impl<'f, 'a> Frame<'f, 'a> {
    pub fn new(table: usize, rows: Rows<'f>) -> Self {
        Frame {
            table,
            rows,
            outer: None,
            parameters: Cow::Borrowed(&[]),
            memo: RefCell::default(),
        }
    }

    pub fn range(table: usize, start: usize, len: usize) -> Self {
        Frame::new(table, Rows::Range { start, len })
    }

    /// One row of no table, for what looks at none.
    pub fn nowhere() -> Self {
        Frame::range(NOWHERE, 0, 1)
    }

    pub fn indices(table: usize, rows: &'f [u32]) -> Self {
        Frame::new(table, Rows::Indices(Cow::Borrowed(rows)))
    }

    /// With the values of [`crate::plan::Node::Parameter`]: one for each row of the batch, or constants.
    pub fn with_parameters(mut self, parameters: &'f [Vector<'a>]) -> Self {
        self.parameters = Cow::Borrowed(parameters);
        self
    }

    /// With the rows that [`crate::plan::Node::Outer`] looks at: row `i` of this batch belongs to the row at
    /// `places[i]` of `frame`.
    pub fn inside(mut self, frame: &'f Frame<'f, 'a>, places: &'f [u32]) -> Self {
        self.outer = Some(Outer {
            frame,
            places: Cow::Borrowed(places),
        });
        self
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A batch of rows of `table`, of which row `i` is seen from this batch's row at `places[i]`: what lies
    /// outside and the arguments are that row's.
    pub(super) fn seen_from(&self, table: usize, rows: Vec<u32>, places: &[u32]) -> Frame<'_, 'a> {
        debug_assert_eq!(rows.len(), places.len());
        let outer = self.outer.as_ref().map(|outer| Outer {
            frame: outer.frame,
            places: places.iter().map(|p| outer.places[*p as usize]).collect(),
        });
        Frame {
            table,
            rows: Rows::Indices(Cow::Owned(rows)),
            outer,
            parameters: self.parameters.iter().map(|p| gather(p, places)).collect(),
            memo: RefCell::default(),
        }
    }

    /// The rows at these places alone.
    pub(super) fn select(&self, places: &[u32]) -> Frame<'_, 'a> {
        let rows = places.iter().map(|p| self.rows.row(*p as usize) as u32);
        self.seen_from(self.table, rows.collect(), places)
    }

    /// Rows of `table` inside this batch: row `i` belongs to the row at `places[i]`, which is its outer row.
    pub(super) fn children<'s>(
        &'s self,
        table: usize,
        rows: &'s [u32],
        places: &'s [u32],
    ) -> Frame<'s, 'a> {
        Frame {
            table,
            rows: Rows::Indices(Cow::Borrowed(rows)),
            outer: Some(Outer {
                frame: self,
                places: Cow::Borrowed(places),
            }),
            parameters: self.parameters.iter().map(|p| gather(p, places)).collect(),
            memo: RefCell::default(),
        }
    }

    /// The frame outside, and each row's place in it.
    pub(super) fn outside(&self) -> Option<(&'f Frame<'f, 'a>, &[u32])> {
        let outer = self.outer.as_ref()?;
        Some((outer.frame, &outer.places))
    }

    pub(super) fn parameter(&self, place: usize) -> &Vector<'a> {
        &self.parameters[place]
    }

    pub(super) fn remembered(&self, node: NodeId) -> Option<Rc<Vector<'a>>> {
        self.memo.borrow().get(&node).cloned()
    }

    pub(super) fn remember(&self, node: NodeId, vector: Rc<Vector<'a>>) {
        self.memo.borrow_mut().insert(node, vector);
    }
}

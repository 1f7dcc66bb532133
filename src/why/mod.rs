//! Why a rule fired for a row, and why it did not: sentences down to the rows of data. Floor 9.
//!
//! Everything is read from the run's own evaluator, on a frame of one row: the plan's explanations name the very
//! nodes that decided. A plan must have been made with them: [`crate::plan::Request::Why`] or `Test`.

mod attributes;
mod beneath;
mod conditions;
mod ending;
mod held;
mod human;
mod json;
mod rows;
mod stages;
mod step;
mod values;

pub use ending::{ActionTold, RowWhy, RuleWhy, Told};
pub use human::{of_row, of_rule};
pub use json::json;
pub use stages::Blocked;
pub use step::{Counted, RowTold, Step, Verdict};

use crate::engine::evaluate::{Frame, Rows};
use crate::engine::{Evaluator, Outcome, Texts, row_of, value_of};
use crate::plan::{Explanations, NodeId, Plan, Reason};
use crate::schema::Value;
use crate::source::SourceMap;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Tells what a run came to.
pub struct Teller<'w, 'p> {
    outcome: &'w Outcome<'p>,
    sources: &'w SourceMap,
    texts: Texts<'p>,
    /// Personal fields are shown.
    personal: bool,
    /// Attributes that have been explained for a row: each is explained once.
    told: RefCell<FxHashSet<(usize, u32)>>,
    /// How many attributes are being explained one within the other.
    depth: Cell<u32>,
    /// By table and row: what was evaluated before is remembered.
    frames: RefCell<FxHashMap<(usize, u32), Rc<Frame<'w, 'w>>>>,
}

/// The value of a node on a row.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Is(Value),
    Missing,
    /// Does not fit its type; the run did not need it.
    Unfit,
}

impl Seen {
    fn value(&self) -> Option<&Value> {
        match self {
            Seen::Is(value) => Some(value),
            Seen::Missing | Seen::Unfit => None,
        }
    }
}

impl<'w, 'p> Teller<'w, 'p> {
    pub fn new(outcome: &'w Outcome<'p>, sources: &'w SourceMap, personal: bool) -> Self {
        Teller {
            outcome,
            sources,
            texts: Texts::new(outcome.plan()),
            personal,
            told: RefCell::default(),
            depth: Cell::new(0),
            frames: RefCell::default(),
        }
    }

    /// What a value that a test expects comes from, by its place among them, on a row of its record; `None` where
    /// it is a value of the row's own.
    pub fn source_of(&self, place: usize, row: u32) -> Option<String> {
        self.told.borrow_mut().clear();
        let reason = self.explanations().values.get(place)?;
        let steps = self.beneath(reason, row);
        if self.is_condition(reason) {
            let said = steps.first()?.first_failed().sentence();
            return (!said.is_empty()).then_some(said);
        }
        // Values, and of lines those that are true.
        let lines = steps.iter().filter(|s| s.effect.is_some()).count();
        let said: Vec<String> = steps
            .iter()
            .filter_map(|step| match (&step.effect, step.verdict) {
                (Some(effect), Some(Verdict::True)) => Some(format!("`{}` {effect}", step.text)),
                (Some(_), _) => None,
                (None, _) => Some(step.sentence()).filter(|s| !s.is_empty()),
            })
            .collect();
        match said.is_empty() {
            true => (lines > 0).then(|| "none of its lines is true".to_owned()),
            false => Some(said.join("; ")),
        }
    }

    fn plan(&self) -> &'p Plan {
        self.outcome.plan()
    }

    fn evaluator(&self) -> &'w Evaluator<'p> {
        self.outcome.evaluator()
    }

    /// The row alone.
    fn frame(&self, table: usize, row: u32) -> Rc<Frame<'w, 'w>> {
        let mut frames = self.frames.borrow_mut();
        let known = frames.entry((table, row)).or_insert_with(|| {
            let rows = Rows::Indices(Cow::Owned(vec![row]));
            Rc::new(Frame::new(table, rows))
        });
        Rc::clone(known)
    }

    fn explanations(&self) -> &'p Explanations {
        &self.plan().explanations
    }

    fn seen(&self, node: NodeId, table: usize, row: u32) -> Seen {
        match value_of(self.evaluator(), node, &self.frame(table, row)) {
            Ok(Some(value)) => Seen::Is(value),
            Ok(None) => Seen::Missing,
            Err(_) => Seen::Unfit,
        }
    }

    fn value(&self, reason: &Reason, row: u32) -> Seen {
        self.seen(reason.node, reason.table, row)
    }

    fn verdict(&self, reason: &Reason, row: u32) -> Verdict {
        match self.value(reason, row) {
            Seen::Is(Value::YesNo(true)) => Verdict::True,
            Seen::Is(Value::YesNo(false)) => Verdict::False,
            _ => Verdict::Unknown,
        }
    }

    fn refers_to(&self, reason: &Reason, row: u32) -> Option<u32> {
        row_of(
            self.evaluator(),
            reason.node,
            &self.frame(reason.table, row),
        )
        .ok()
        .flatten()
    }

    /// What the rules say there, on one line.
    fn said(&self, reason: &Reason) -> String {
        values::one_line(self.sources.slice(reason.span))
    }

    /// A value as a sentence says it; a reference is named by its key.
    fn tell(&self, reason: &Reason, row: u32) -> String {
        let seen = self.value(reason, row);
        if seen == Seen::Unfit {
            return "larger than a value of its type can be".into();
        }
        match self.plan().nodes.ty(reason.node) {
            crate::schema::Type::Reference(_) => self.key_shown(seen.value(), reason.personal),
            _ => self.shown(seen.value(), reason.personal),
        }
    }

    fn tell_node(&self, node: NodeId, table: usize, row: u32, personal: bool) -> String {
        self.shown(self.seen(node, table, row).value(), personal)
    }
}

//! The evaluator: nodes of a plan on typed columns, a batch of rows at a time, one kernel after another.
//!
//! [`Evaluator::new`] computes the plan's columns with all cores; [`Evaluator::eval`] then gives the value
//! of any node on any [`Frame`] of rows. Results depend on plan, data and clock alone, never on the number
//! of threads.

mod aggregate;
mod branches;
mod clock;
mod columns;
mod direct;
mod format;
mod frame;
mod held;
mod junctions;
pub mod kernels;
mod mask;
mod nodes;
mod operands;
mod population;
mod ranges;
mod template;
mod treatment;
mod vectors;
mod zone;

pub use aggregate::Children;
pub use clock::Clock;
pub use format::{amount, format_value, money};
pub use frame::{Frame, NOWHERE, Rows};
pub use held::HeldRows;
pub use mask::rows_where;
pub use population::size;
pub use treatment::ByTreatment;
pub use vectors::{expand, gather, missing};
pub use zone::Zone;

use crate::data::{Column, Dataset};
use crate::ledger::History;
use crate::plan::{ClockId, Node, NodeId, Plan, RUN_CLOCK, Target};
use crate::vector::{RowErrorCause, Vector};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// Rows of a batch.
pub const BATCH: usize = 8_192;

/// A row whose value does not fit its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvalError {
    /// [`NOWHERE`] where the value is of no row.
    pub table: usize,
    /// Of the data's table.
    pub row: usize,
    /// The operation that failed; its span is where it was written.
    pub node: NodeId,
    pub cause: RowErrorCause,
}

/// A plan with data and a clock. Shared by threads.
pub struct Evaluator<'p> {
    plan: &'p Plan,
    data: &'p Dataset,
    history: Option<&'p History>,
    zone: Zone,
    /// By [`ClockId`].
    clocks: Vec<Clock>,
    /// The plan's columns, in order, as far as they have been computed.
    columns: Vec<Arc<Column>>,
    /// By [`NodeId`]: whether several places read it.
    shared: Arc<[bool]>,
    /// By [`NodeId`]: how many operations lie below it.
    depths: Arc<[u32]>,
    /// By [`NodeId`]: whether it may be left out where it decides nothing.
    sparable: Arc<[bool]>,
    /// By table and referring column, for whatever the plan looks up row by row.
    children: Arc<FxHashMap<(usize, usize), OnceLock<Children>>>,
    /// What became of each of the plan's histories, as far as it was computed.
    held: Vec<Option<HeldRows>>,
}

impl<'p> Evaluator<'p> {
    /// Computes every column of the plan, in memory bounded by these columns.
    ///
    /// The plan's zone must be a known one (the checker sees to it); an unknown one is UTC.
    /// `history` is what the ledger knows of levels; without one only `was` does.
    pub fn new(
        plan: &'p Plan,
        data: &'p Dataset,
        clock: Clock,
        history: Option<&'p History>,
    ) -> Result<Self, EvalError> {
        Evaluator::with_progress(plan, data, clock, history, &|_| ())
    }

    /// As [`Evaluator::new`]; `progress` hears of each batch how many rows were read.
    pub fn with_progress(
        plan: &'p Plan,
        data: &'p Dataset,
        clock: Clock,
        history: Option<&'p History>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Self, EvalError> {
        let zone = Zone::new(&plan.zone).or_else(|| Zone::new("UTC"));
        let (uses, depths) = (operands::uses(plan), operands::depths(plan));
        let mut evaluator = Evaluator {
            plan,
            data,
            history,
            zone: zone.unwrap_or_else(|| unreachable!("UTC is always there")),
            clocks: vec![clock],
            columns: Vec::with_capacity(plan.columns.len()),
            shared: uses.iter().map(|n| *n > 1).collect(),
            sparable: junctions::sparable(plan, &uses, &depths).into(),
            depths: depths.into(),
            children: Arc::new(looked_up(plan)),
            held: plan.histories.iter().map(|_| None).collect(),
        };
        evaluator.resolve_clocks(None)?;
        let treated = operands::by_treatment(plan);
        while let Some(by_treatment) = treated.columns.get(evaluator.columns.len()) {
            if *by_treatment {
                evaluator.columns.push(Arc::new(treatment::no_column()));
                continue;
            }
            evaluator.hold_levels(progress)?;
            let columns = evaluator.next_columns(progress)?;
            evaluator.columns.extend(columns.into_iter().map(Arc::new));
        }
        Ok(evaluator)
    }

    pub fn plan(&self) -> &'p Plan {
        self.plan
    }

    pub fn data(&self) -> &'p Dataset {
        self.data
    }

    /// How many rows a table has, there or not.
    pub fn rows(&self, table: usize) -> usize {
        self.data.tables[table].rows
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The run's own clock.
    pub fn clock(&self) -> Clock {
        self.clock_of(RUN_CLOCK)
    }

    pub fn clock_of(&self, id: ClockId) -> Clock {
        self.clocks[id.0 as usize]
    }

    /// The node's value for each row of the frame, or one that stands for all of them.
    pub fn eval<'a>(
        &'a self,
        node: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        self.prepare(node, frame)?;
        let vector = self.get(node, frame)?;
        Ok(std::rc::Rc::try_unwrap(vector).unwrap_or_else(|shared| (*shared).clone()))
    }

    /// The rows of `table` by the row that their column `by` refers to.
    pub fn children(&self, table: usize, by: usize) -> Option<&Children> {
        let index = self.children.get(&(table, by))?;
        Some(index.get_or_init(|| Children::of(self.data, table, by)))
    }
}

/// The indexes that the plan may ask for, still to be built.
fn looked_up(plan: &Plan) -> FxHashMap<(usize, usize), OnceLock<Children>> {
    let mut found = FxHashMap::default();
    for i in 0..plan.nodes.len() {
        if let Node::Correlated(aggregate) = plan.nodes.get(NodeId(i as u32)) {
            found.insert((aggregate.table, aggregate.by), OnceLock::new());
        }
    }
    let rules = plan.campaigns.iter().flat_map(|c| &c.rules);
    for call in rules.flat_map(|r| &r.thens).flat_map(|t| &t.calls) {
        if let Target::ToEach { by, .. } = call.target {
            found.insert((call.table, by), OnceLock::new());
        }
    }
    found
}

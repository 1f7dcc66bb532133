//! `as of treatment`: an evaluator for each day on which subjects were treated.

use super::{Evaluator, operands};
use crate::data::{Column, ColumnValues};
use crate::engine::EvalError;
use crate::plan::NodeId;
use crate::schema::Day;
use std::sync::Arc;

/// Which of a plan's nodes and columns have another value for each day of treatment.
pub struct ByTreatment(operands::Treated);

impl ByTreatment {
    /// Whether a node must be asked of the evaluator of its subject's day.
    pub fn has(&self, node: NodeId) -> bool {
        self.0.nodes[node.0 as usize]
    }
}

/// Stands where a column has a value for each day of treatment.
pub(super) fn no_column() -> Column {
    Column {
        values: ColumnValues::YesNo(Vec::new()),
        valid: None,
    }
}

impl<'p> Evaluator<'p> {
    pub fn by_treatment(&self) -> ByTreatment {
        ByTreatment(operands::by_treatment(self.plan))
    }

    /// The same, for subjects treated on that day: it computes only the columns that depend on the day, and shares
    /// all others. Aggregates of single subjects are no columns here, so that a day costs what its subjects do.
    ///
    /// # Errors
    /// A value that does not fit its type.
    pub fn treated_on(&self, day: Day, by: &ByTreatment) -> Result<Evaluator<'p>, EvalError> {
        let mut evaluator = Evaluator {
            plan: self.plan,
            data: self.data,
            history: self.history,
            zone: self.zone.clone(),
            clocks: vec![self.clock()],
            columns: Vec::with_capacity(self.columns.len()),
            shared: Arc::clone(&self.shared),
            depths: Arc::clone(&self.depths),
            sparable: Arc::clone(&self.sparable),
            children: Arc::clone(&self.children),
            // INVARIANT: levels are held by the run's own clock, and their columns are there.
            held: self.plan.histories.iter().map(|_| None).collect(),
        };
        evaluator.resolve_clocks(Some(day))?;
        while let Some(by_treatment) = by.0.columns.get(evaluator.columns.len()) {
            if *by_treatment {
                let columns = evaluator.next_columns(&|_| ())?;
                evaluator.columns.extend(columns.into_iter().map(Arc::new));
            } else {
                let place = evaluator.columns.len();
                evaluator.columns.push(Arc::clone(&self.columns[place]));
            }
        }
        Ok(evaluator)
    }
}

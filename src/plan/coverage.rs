//! What `test --coverage` looks at beside a test's own run: which levels, lines and texts its rows take.
//!
//! There is no second evaluator: the conditions are the very nodes that decide in the run, and a choice among lines is
//! the same choice with the line's place for its value, so that what is not taken cannot fail here either.

use super::NodeId;
use crate::schema::{AttributeId, MessageId};

/// What a test's plan computes, as far as coverage counts it.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// The attributes that a campaign or an expected value of the test goes by; an attribute by several clocks has
    /// one entry for each.
    pub attributes: Vec<CoveredAttribute>,
    /// Of the messages that are chosen by a value: an integer on a row of the target's table, the place of the text.
    pub texts: Vec<(MessageId, NodeId)>,
}

/// One attribute by one clock.
#[derive(Debug, Clone)]
pub struct CoveredAttribute {
    pub attribute: AttributeId,
    pub table: usize,
    /// Whether the row is there by the clock; `None`: all are.
    pub there: Option<NodeId>,
    pub parts: CoveredParts,
    /// `None`: a condition or an expected value goes by it. Else only the actions of these rules do (places of
    /// campaign and rule): it counts where one of them acts.
    pub acts: Option<Vec<(usize, usize)>>,
}

/// What a row takes of an attribute.
#[derive(Debug, Clone)]
pub enum CoveredParts {
    /// Tiers and stages: the value, a place in the set.
    Level(NodeId),
    /// A table: an integer, the place of the line taken; `otherwise` comes after the last.
    Line(NodeId),
    /// A score: the condition of each line.
    Lines(Vec<NodeId>),
}

//! What of a rule `why` looks at: its conditions as they are written, each with the node that a run evaluates.
//!
//! There is no second evaluator: equal expressions are one node of the arena, so a part of a condition is the very
//! node that decides in a run. What has no shape of its own here is a [`ReasonKind::Computed`] value.

use super::NodeId;
use crate::hir::{AggregateOp, CompareOp, Part};
use crate::schema::{DurationKind, EnumId, Value};
use crate::source::Span;

/// Of every rule, and what their conditions name.
#[derive(Debug, Clone, Default)]
pub struct Explanations {
    /// By campaign and rule.
    pub rules: Vec<Vec<RuleReasons>>,
    /// Each once; [`ReasonKind::Attribute`] names it by its place.
    pub attributes: Vec<AttributeReason>,
    /// Of the values that a test expects, in the order they are written.
    pub values: Vec<Reason>,
    /// Conditions of `pause`, each on a row of its table.
    pub pauses: Vec<Reason>,
}

#[derive(Debug, Clone)]
pub struct RuleReasons {
    pub because: Option<String>,
    /// Whether the row is there by the clock; `None`: all are.
    pub there: Option<NodeId>,
    pub audience: Option<Reason>,
    pub when: Option<Reason>,
    /// For each `then` and call.
    pub calls: Vec<Vec<CallReasons>>,
}

/// Of one action.
#[derive(Debug, Clone)]
pub struct CallReasons {
    /// For each parameter, whether its value shows personal fields.
    pub personal: Vec<bool>,
    /// Conditions of its channel, on the target.
    pub needs: Vec<Reason>,
    pub consent: Vec<Reason>,
}

/// A part of a condition, or a value, on a row of `table`.
#[derive(Debug, Clone)]
pub struct Reason {
    pub span: Span,
    pub table: usize,
    pub node: NodeId,
    pub kind: ReasonKind,
    /// Its value shows personal fields.
    pub personal: bool,
}

#[derive(Debug, Clone)]
pub enum ReasonKind {
    All(Vec<Reason>),
    Any(Vec<Reason>),
    Not(Box<Reason>),
    Compare {
        op: CompareOp,
        left: Box<Reason>,
        right: Box<Reason>,
        /// From the left to the right, where they are amounts.
        gap: Option<NodeId>,
    },
    /// `between A and B`, both in; `from A to below B`.
    Range {
        value: Box<Reason>,
        low: Box<Reason>,
        high: Box<Reason>,
        below: bool,
    },
    In {
        value: Box<Reason>,
        list: Vec<Value>,
    },
    TextMatch {
        left: Box<Reason>,
        right: Box<Reason>,
    },
    Known(Box<Reason>),
    /// A day in a stretch of days, both ends in. Of a day that comes back every year the value is its occurrence
    /// nearest today, and any occurrence counts.
    Window {
        value: Box<Reason>,
        first: NodeId,
        last: NodeId,
        recurring: bool,
    },
    Reminder {
        date: Box<Reason>,
        /// Largest first when before the date, smallest first when after.
        offsets: Vec<i64>,
        kind: DurationKind,
        after: bool,
        /// For each offset, the day on which it is reached.
        days: Vec<NodeId>,
    },
    Constant,
    /// A field of the row.
    Field(String),
    /// A place in [`Explanations::attributes`].
    Attribute(usize),
    Through {
        reference: Box<Reason>,
        member: Box<Reason>,
    },
    Aggregate(Box<AggregateReason>),
    /// With the day of another clock.
    AsOf {
        date: NodeId,
        value: Box<Reason>,
    },
    /// Anything else, with what it is computed of.
    Computed(Vec<Reason>),
}

/// A define, segment, tiers, stages, score or table.
#[derive(Debug, Clone)]
pub struct AttributeReason {
    /// With its part: `membership.next`.
    pub name: String,
    pub part: Part,
    pub table: usize,
    pub node: NodeId,
    pub personal: bool,
    /// Of `.before` and `.since`, kept from run to run: what is held now, and the day it began.
    pub held: Option<(NodeId, NodeId)>,
    pub kind: AttributeReasonKind,
}

#[derive(Debug, Clone)]
pub enum AttributeReasonKind {
    /// A define or a segment.
    Expression(Reason),
    /// Tiers by a value.
    Levels(Levels),
    /// Tiers or stages by conditions: the first that is true wins.
    FirstMatch {
        lines: Vec<(Reason, u32)>,
        set: EnumId,
        /// It moves from run to run: the level of today's values alone.
        today: Option<NodeId>,
    },
    /// Each line with what it adds.
    Score(Vec<(Reason, NodeId)>),
    Table {
        by: Vec<Reason>,
        lines: Vec<TableReason>,
    },
}

#[derive(Debug, Clone)]
pub struct Levels {
    pub by: Reason,
    pub set: EnumId,
    /// Lowest first, inclusive.
    pub thresholds: Vec<Value>,
    /// For each level, what the value lacks to it; `None` where differences mean nothing.
    pub gaps: Vec<Option<NodeId>>,
    /// It moves from run to run: the level of today's values alone.
    pub today: Option<NodeId>,
}

#[derive(Debug, Clone)]
pub struct TableReason {
    pub span: Span,
    pub condition: NodeId,
}

/// An aggregate, down to its rows.
#[derive(Debug, Clone)]
pub struct AggregateReason {
    pub op: AggregateOp,
    /// N of `at least N of` and its like.
    pub number: Option<i64>,
    /// A reference from the row to the holder; `None`: the row itself.
    pub base: Option<Reason>,
    /// The aggregated rows' table, and the column of its request that refers to the holder.
    pub rows: usize,
    pub by: usize,
    /// The following are on the aggregated row, inside a frame of the row that the aggregate is on.
    pub there: Option<NodeId>,
    pub window: Option<WindowReason>,
    pub filter: Option<(NodeId, Span)>,
    pub value: Option<NodeId>,
    pub value_span: Option<Span>,
    pub value_personal: bool,
    /// The row's day.
    pub day: Option<NodeId>,
}

#[derive(Debug, Clone)]
pub struct WindowReason {
    /// On the aggregated row.
    pub inside: NodeId,
    /// On the row that the aggregate is on.
    pub first: NodeId,
    pub last: NodeId,
}

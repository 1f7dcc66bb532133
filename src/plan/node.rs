//! The arena of expressions.

use super::{ClockId, ColumnId};
use crate::calendar::Occasion;
use crate::functions::FunctionId;
use crate::hir::{
    AggregateOp, ArithmeticOp, CalendarUnit, CompareOp, DiffUnit, PopulationOp, TextOp, Which,
};
use crate::locale::Language;
use crate::schema::{Decimal, DurationKind, Rounding, Type, Value};
use crate::source::Span;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// An expression, by its place in [`Nodes`]; operands have smaller places than their operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// One operation on the current row. Operations are missing where an operand is, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    Constant(Value),
    /// A missing value of the node's type.
    Missing,
    Today(ClockId),
    Now(ClockId),
    /// The current row's number, as a reference.
    Row,
    /// A column of the current table's request.
    Field(usize),
    /// A computed column of the current table.
    Column(ColumnId),
    /// The value of a computed column that has only one, for every row of any table.
    Scalar(ColumnId),
    /// On the row that the enclosing aggregate is of: only in the filter and value of a correlated aggregate, and in
    /// the filter of `to each`.
    Outer(NodeId),
    /// `member` on the row of `table` that `reference` refers to; missing where the reference is.
    Through {
        reference: NodeId,
        table: usize,
        member: NodeId,
    },
    /// An argument of the message or action; in a `measure`, 0 is the day of the treatment.
    Parameter(usize),
    /// Unknown stays unknown.
    Not(NodeId),
    /// Kleene: false if any is false, else unknown if any is unknown.
    And(Vec<NodeId>),
    /// Kleene: true if any is true, else unknown if any is unknown.
    Or(Vec<NodeId>),
    /// Operands of one type; enumerations by place, references by row, texts by code point.
    Compare {
        op: CompareOp,
        left: NodeId,
        right: NodeId,
    },
    TextMatch {
        op: TextOp,
        ignoring_case: bool,
        left: NodeId,
        right: NodeId,
    },
    /// Constants of the value's type.
    In {
        value: NodeId,
        list: Vec<Value>,
    },
    /// Never missing.
    Known(NodeId),
    /// The value where known, else the default.
    Default {
        value: NodeId,
        default: NodeId,
    },
    /// The value of the first line whose condition is true, else `otherwise`, else missing. What is not taken
    /// cannot fail.
    Choose {
        lines: Vec<(NodeId, NodeId)>,
        otherwise: Option<NodeId>,
    },
    /// The sum of the values of the lines whose condition is true; 0 if none. Values are known.
    Score(Vec<(NodeId, NodeId)>),
    /// The highest threshold (constants, ascending) not above the value, as a place in the set; missing below the
    /// first.
    Level {
        value: NodeId,
        thresholds: Vec<Value>,
    },
    /// The place after the value's level, missing at the top and where the value is missing.
    NextLevel {
        value: NodeId,
        thresholds: Vec<Value>,
    },
    /// From the value to the next threshold, missing at the top.
    Shortfall {
        value: NodeId,
        thresholds: Vec<Value>,
    },
    /// By the operands' types: integers checked to 64 bits (`/` of integers does not occur: both are widened),
    /// decimals in billionths, products and quotients rounded once; division by zero is missing.
    Arithmetic {
        op: ArithmeticOp,
        left: NodeId,
        right: NodeId,
    },
    /// A date or datetime plus (minus) a duration; months clamp to the month's end, from the original day; a
    /// datetime moves by days and months on the workspace's clock.
    Shift {
        date: NodeId,
        subtract: bool,
        duration: NodeId,
    },
    Negate(NodeId),
    /// Integer to decimal; decimals stay as they are.
    Widen(NodeId),
    Round {
        value: NodeId,
        mode: Rounding,
        step: Value,
        to_integer: bool,
    },
    /// An integer times `factor`, as a duration.
    Quantity {
        factor: i64,
        value: NodeId,
    },
    /// Completed units, negative when `to` lies before `from`. Minutes and hours of datetimes, the others of dates.
    Between {
        unit: DiffUnit,
        from: NodeId,
        to: NodeId,
    },
    /// First or last day of the calendar period.
    Boundary {
        clock: ClockId,
        end: bool,
        which: Which,
        unit: CalendarUnit,
    },
    /// The day of a datetime in the workspace's zone.
    DayOf(NodeId),
    /// The occurrence nearest the clock's today, the earlier on a tie; missing where there is none.
    Recurring {
        clock: ClockId,
        days: Recurring,
    },
    /// Whether any occurrence lies from `from` to `to`, both in.
    RecurringWithin {
        days: Recurring,
        from: NodeId,
        to: NodeId,
    },
    /// Which of the offsets has been reached, as the number itself, in the unit that holds `unit` of
    /// the kind's: before the date, the smallest offset not
    /// below the days left; after it, the largest not above the days passed. Missing where none is, and where the
    /// date has passed (`before`, from the day itself on) or has not come (`after`).
    Reached {
        clock: ClockId,
        offsets: Vec<i64>,
        kind: DurationKind,
        unit: i64,
        after: bool,
        date: NodeId,
    },
    Call {
        function: FunctionId,
        arguments: Vec<NodeId>,
    },
    /// An aggregate that looks at its outer row, evaluated row by row over that row's children.
    Correlated(Box<Aggregate>),
    /// Texts and formatted values end to end; missing if any value is.
    Template {
        parts: Vec<TemplatePart>,
        voice: Voice,
    },
}

/// How the values of a template are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Voice {
    /// As this language writes them; as in data where there is none.
    pub language: Option<Language>,
    /// Values are escaped, texts are not; a rendered message is neither again.
    pub html: bool,
}

/// Days that come back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recurring {
    /// The month and day of a date in every later year, by the plan's leap day.
    Anniversary(NodeId),
    /// The lunar month and day of a date in every later lunar year; a date outside the lunar calendar fails.
    LunarAnniversary(NodeId),
    Occasion(Occasion),
}

impl Recurring {
    /// The date that it comes back of.
    pub fn date(&self) -> Option<NodeId> {
        match self {
            Recurring::Anniversary(date) | Recurring::LunarAnniversary(date) => Some(*date),
            Recurring::Occasion(_) => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TemplatePart {
    Text(String),
    Value(NodeId),
}

/// One value for each row of the holder's table, from the rows of `table` whose reference `by` is that row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    pub op: AggregateOp,
    /// N of `at least N of` and its like.
    pub number: Option<i64>,
    /// Of lists: what stands between two entries.
    pub between: &'static str,
    /// The aggregated rows' table.
    pub table: usize,
    /// The column of its request that refers to the holder.
    pub by: usize,
    /// Of a correlated aggregate: a reference from the outer row to the holder; `None`: the outer row itself.
    pub base: Option<NodeId>,
    /// On the aggregated row.
    pub value: Option<NodeId>,
    /// On the aggregated row. For `any` and `no` it is kept apart from `there`, because they are Kleene over it.
    pub filter: Option<NodeId>,
    /// Which rows are looked at at all: there by the clock, in the window. Rows where it is not true do not exist.
    pub there: Option<NodeId>,
    /// Orders rows for `first`, `last`, `most common` and lists: the `dated by` column.
    pub dated: Option<usize>,
    /// Type of the result.
    pub ty: Type,
}

/// A computed column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnDefinition {
    /// For each row of `table`.
    Expression { table: usize, node: NodeId },
    /// For each row of `table`, the holder. Its nodes hold no [`Node::Outer`] and no base.
    Aggregate { table: usize, aggregate: Aggregate },
    /// For each row of its table, what a history knows: a place in [`super::Plan::histories`].
    Held { history: usize, part: HeldPart },
    /// One value, over all rows of the aggregate's table; `by` and `base` mean nothing.
    Total(Aggregate),
    /// For each row of the aggregate's table one value over all rows with the same value of `group`, the missing
    /// one among them; `by` and `base` mean nothing.
    GroupTotal { aggregate: Aggregate, group: NodeId },
    /// One value, of a node that looks at no row.
    Scalar(NodeId),
    /// For each row of its table.
    Ranking(Ranking),
    /// For each row of `table`, whether following the reference `next` comes back to it.
    Loops { table: usize, next: NodeId },
}

/// What is known of a level that moves from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeldPart {
    /// The level held today, after grace.
    Level,
    /// The level held before it; missing if none is known.
    Before,
    /// The day it began; missing if not known.
    Since,
}

/// The place of each row of a table among the others: among those that are there, for which `filter` is true and
/// `value` is known. Missing for all other rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ranking {
    /// One that gives each row its own value.
    pub op: PopulationOp,
    pub table: usize,
    pub value: NodeId,
    pub filter: Option<NodeId>,
    /// Rows are compared with those of the same value only, the missing one among them; `None`: with all.
    pub group: Option<NodeId>,
    pub there: Option<NodeId>,
    /// Of `abc of`.
    pub cuts: Vec<Decimal>,
    /// Type of the result.
    pub ty: Type,
}

/// All expressions of a plan, each once.
#[derive(Debug, Clone, Default)]
pub struct Nodes {
    nodes: IndexMap<(Node, Type), Span, FxBuildHasher>,
}

impl Nodes {
    /// The place of an expression; the span is where it was first written.
    pub fn add(&mut self, node: Node, ty: Type, span: Span) -> NodeId {
        let entry = self.nodes.entry((node, ty));
        let place = entry.index();
        entry.or_insert(span);
        NodeId(place as u32)
    }

    pub fn get(&self, id: NodeId) -> &Node {
        &self.entry(id).0.0
    }

    pub fn ty(&self, id: NodeId) -> Type {
        self.entry(id).0.1
    }

    pub fn span(&self, id: NodeId) -> Span {
        *self.entry(id).1
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn entry(&self, id: NodeId) -> (&(Node, Type), &Span) {
        self.nodes
            .get_index(id.0 as usize)
            .expect("a node of this arena")
    }
}

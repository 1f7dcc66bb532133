//! The plan: what engines evaluate, SQL says, `why` tells and costs are counted of. Floor 6.
//!
//! The narrow waist. Expressions are nodes of one arena, each built once (equal expressions are one
//! node), typed, and evaluated on the *current row* of a table. Windows have become comparisons of days,
//! attributes have become their expressions, `as of` has become another clock, rows of the future are
//! filtered out by conditions. Everything is sayable in SQL: decimals are scaled integers, days are numbers,
//! conditions are three-valued.

mod lower;
mod node;

pub use lower::{Request, lower};
pub use node::{Aggregate, ColumnDefinition, Node, NodeId, Nodes, Ranking, TemplatePart, Voice};

use crate::data::TableRequest;
use crate::hir::{CalendarUnit, LeapDay, Purpose, Weekday};
use crate::schema::{Currency, Day, DurationKind, Type};
use crate::source::Span;

/// A column that is computed once for all rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnId(pub u32);

/// A clock: 0 is the run's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockId(pub u32);

/// The clock of the run.
pub const RUN_CLOCK: ClockId = ClockId(0);

#[derive(Debug, Clone)]
pub struct Plan {
    /// Part of every idempotency key.
    pub workspace: String,
    pub currency: Option<Currency>,
    /// An IANA name.
    pub zone: String,
    pub leap_day: LeapDay,
    pub weeks_start: Weekday,
    /// One for each record of the program, in its order; only what the plan reads has columns.
    pub tables: Vec<TableRequest>,
    /// The names of each set of named values, by [`crate::schema::EnumId`].
    pub enums: Vec<Vec<String>>,
    /// Clock `i` shows the day of `clocks[i]`, and its end as the instant; `None` for the run's own. A
    /// node of a clock reads clocks before it only.
    pub clocks: Vec<Option<NodeId>>,
    pub nodes: Nodes,
    /// In an order in which each reads only those before it.
    pub columns: Vec<ColumnDefinition>,
    pub campaigns: Vec<Campaign>,
    /// Attributes asked for, of one record.
    pub attributes: Vec<Attribute>,
    /// Segments, reported with their counts; true of rows that are there only.
    pub segments: Vec<Attribute>,
    /// Values of the whole workspace, reported beside the segments; a node for no row of any table.
    pub figures: Vec<Figure>,
    /// Which rows `attributes` are listed for; `None` for all.
    pub listed: Option<NodeId>,
}

/// A named value of each row of a table.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: String,
    pub table: usize,
    pub node: NodeId,
    pub ty: Type,
    pub personal: bool,
}

/// A named value of the whole workspace.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub node: NodeId,
    pub ty: Type,
}

#[derive(Debug, Clone)]
pub struct Campaign {
    pub name: String,
    pub title: Option<String>,
    pub purpose: Purpose,
    /// The subjects' table.
    pub table: usize,
    /// Rows that are there and in the audience; `None` for all.
    pub audience: Option<NodeId>,
    /// First and last day.
    pub runs: Option<(Day, Option<Day>)>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub name: String,
    pub title: Option<String>,
    pub span: Span,
    pub when: Option<NodeId>,
    /// Places in the campaign's rules.
    pub instead_of: Vec<usize>,
    pub repeat: Repeat,
    pub thens: Vec<Then>,
}

#[derive(Debug, Clone)]
pub enum Repeat {
    Once,
    OncePer(Vec<NodeId>),
    /// `path` is a reference to a row of `table`.
    OnceFor {
        path: NodeId,
        table: usize,
        per: Vec<NodeId>,
    },
    AgainAfter(DurationKind, i64),
    OncePerCalendar(CalendarUnit),
}

/// Actions that share one fate.
#[derive(Debug, Clone)]
pub struct Then {
    pub calls: Vec<ActionCall>,
}

#[derive(Debug, Clone)]
pub struct ActionCall {
    pub action: String,
    pub parameters: Vec<Parameter>,
    pub target: Target,
    /// The targets' table.
    pub table: usize,
    pub channel: Option<Channel>,
    /// On the target, arguments as [`Node::Parameter`].
    pub cost: Option<NodeId>,
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub ty: Type,
    pub value: Argument,
}

#[derive(Debug, Clone)]
pub enum Argument {
    Absent,
    /// On the subject.
    Value(NodeId),
    /// `text` on the target, with `arguments` (on the subject) as its [`Node::Parameter`]s.
    Message {
        text: NodeId,
        arguments: Vec<Option<NodeId>>,
    },
}

#[derive(Debug, Clone)]
pub enum Target {
    Subject,
    /// A reference, on the subject.
    To(NodeId),
    /// Rows of `table` whose reference `by` (a column of its request) is the row that `base` refers to (the
    /// subject where absent). `filter` is on that row, [`Node::Outer`] is the subject.
    ToEach {
        base: Option<NodeId>,
        by: usize,
        filter: Option<NodeId>,
    },
}

/// Conditions on the target.
#[derive(Debug, Clone)]
pub struct Channel {
    pub name: String,
    pub needs: Vec<NodeId>,
    pub consent: Vec<NodeId>,
}

//! The plan: what engines evaluate, SQL says, `why` tells and costs are counted of. Floor 6.
//!
//! The narrow waist. Expressions are nodes of one arena, each built once (equal expressions are one
//! node), typed, and evaluated on the *current row* of a table. Windows have become comparisons of days,
//! attributes have become their expressions, `as of` has become another clock, rows of the future are
//! filtered out by conditions. Everything is sayable in SQL: decimals are scaled integers, days are numbers,
//! conditions are three-valued.

mod coverage;
mod explanation;
mod lower;
mod memory;
mod node;

pub use coverage::{Coverage, CoveredAttribute, CoveredParts};
pub use explanation::{
    AggregateReason, AttributeReason, AttributeReasonKind, CallReasons, Explanations, Levels,
    Reason, ReasonKind, RuleReasons, TableReason, WindowReason,
};
pub use lower::{Request, lower, lower_values};
pub use memory::computed_bytes;
pub use node::{
    Aggregate, ColumnDefinition, HeldPart, Node, NodeId, Nodes, Ranking, Recurring, TemplatePart,
    Voice,
};

use crate::data::TableRequest;
use crate::hir::{CalendarUnit, LeapDay, Purpose, Weekday};
pub use crate::hir::{Choice, Passage, Period};
use crate::schema::{Currency, Day, Decimal, DurationKind, Type};
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
    /// Levels of tiers and stages that move from run to run.
    pub histories: Vec<History>,
    pub campaigns: Vec<Campaign>,
    pub budgets: Vec<Budget>,
    pub shared_caps: Vec<SharedCap>,
    pub exclusives: Vec<Exclusive>,
    pub pauses: Vec<Pause>,
    /// `hold out` at the top level, in hundredths of a percent.
    pub hold_out: u32,
    /// The tables that what was done is read from.
    pub done: Vec<DoneTable>,
    /// Attributes asked for, of one record.
    pub attributes: Vec<Attribute>,
    /// Segments, reported with their counts; true of rows that are there only.
    pub segments: Vec<Attribute>,
    /// Values of the whole workspace, reported beside the segments; a node for no row of any table.
    pub figures: Vec<Figure>,
    /// Which rows `attributes` are listed for; `None` for all.
    pub listed: Option<NodeId>,
    /// What `why` and failing tests tell; empty in a plan for anything else.
    pub explanations: Explanations,
    /// What `test --coverage` looks at; empty in a plan for anything else.
    pub coverage: Coverage,
}

/// The table behind `done CAMPAIGN.RULE`: a row for each time that the rule acted for a row of `holder`, or on one.
/// Its request is of [`crate::data::TableSource::Done`]; its columns are called `holder`, `on` (the day), and as the
/// parameters of the rule's actions, and hold only what is read.
#[derive(Debug, Clone)]
pub struct DoneTable {
    pub table: usize,
    pub campaign: String,
    /// The rule's name, then its former one.
    pub rules: Vec<String>,
    /// The table that `holder` refers to.
    pub holder: usize,
    /// Its rows are the campaign's subjects; else they are targets only.
    pub subjects: bool,
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

/// A named value of the whole workspace, or of each group of a table's rows.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    /// With groups, a node of their table, the same for all rows of a group.
    pub node: NodeId,
    pub ty: Type,
    pub groups: Option<Groups>,
}

/// The rows of a table that have the same value of a key.
#[derive(Debug, Clone)]
pub struct Groups {
    pub record: String,
    /// The key as the program has it.
    pub words: String,
    pub table: usize,
    pub key: NodeId,
    /// Which rows make groups; `None` for all.
    pub there: Option<NodeId>,
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
    /// The highest comes first.
    pub priority: i64,
    /// In hundredths of a percent.
    pub hold_out: u32,
    /// On the subject; missing comes last.
    pub favour: Option<Favour>,
    /// Counted in firings.
    pub caps: Vec<Cap>,
    /// Only in a plan that measures.
    pub measures: Vec<Measure>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub struct Favour {
    pub highest: bool,
    pub value: NodeId,
}

/// A condition, a number or money on the subject, in which [`Node::Parameter`] 0 is the day of the action or the holdout.
#[derive(Debug, Clone)]
pub struct Measure {
    pub name: String,
    pub span: Span,
    /// The longest window after the treatment that the value looks at: before it is over, nothing is known.
    pub ripe_after: Option<(DurationKind, i64)>,
    pub value: NodeId,
    /// Yes/no, integer, number, percent or money.
    pub ty: Type,
}

/// `at most N …`
#[derive(Debug, Clone)]
pub struct Cap {
    pub span: Span,
    pub count: u64,
    pub group: Group,
    pub period: Option<Period>,
    /// `with CHANNEL`, by name.
    pub channel: Option<String>,
    /// Of a channel: counts and stops only what promotions do.
    pub promotion_only: bool,
}

/// What several campaigns do together is counted.
#[derive(Debug, Clone)]
pub struct SharedCap {
    /// Places in the plan's campaigns.
    pub campaigns: Vec<usize>,
    pub cap: Cap,
}

/// What a limit is counted by.
#[derive(Debug, Clone)]
pub enum Group {
    Target,
    InAll,
    /// On the subject; in a channel, on the target. The ledger keeps the values under `text`.
    ForEach {
        value: NodeId,
        text: String,
    },
}

#[derive(Debug, Clone)]
pub struct Budget {
    pub span: Span,
    /// Places in the plan's campaigns.
    pub campaigns: Vec<usize>,
    /// In the workspace's currency.
    pub amount: Decimal,
    /// `for each` on the subject.
    pub group: Group,
    pub period: Option<Period>,
}

#[derive(Debug, Clone)]
pub struct Exclusive {
    pub span: Span,
    /// Places in the plan's campaigns; their priorities differ.
    pub campaigns: Vec<usize>,
    /// What was done in it counts; without one, what was done by campaigns that still run.
    pub period: Option<Period>,
}

#[derive(Debug, Clone)]
pub struct Pause {
    pub span: Span,
    pub table: usize,
    pub condition: NodeId,
}

/// A level that moves from run to run: see [`ColumnDefinition::Held`].
#[derive(Debug, Clone)]
pub struct History {
    /// The record's and the attribute's name, `customer.membership`: so the ledger keeps it.
    pub name: String,
    pub table: usize,
    /// Of the level: named values, or whole numbers.
    pub ty: Type,
    /// The level by today's values alone, on a row of the table; and whether the row is there.
    pub computed: NodeId,
    pub there: Option<NodeId>,
    /// Where the ledger knows nothing of a row: the level it had, and since when.
    pub was: Option<NodeId>,
    pub since: Option<NodeId>,
    /// Tiers: places in the set are ordered. Of stages every passage is a rise.
    pub ordered: bool,
    pub rises: Passage,
    pub falls: Passage,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub name: String,
    pub title: Option<String>,
    pub span: Span,
    pub when: Option<NodeId>,
    /// Places in the campaign's rules.
    pub instead_of: Vec<usize>,
    /// The name under which the ledger may know the rule too.
    pub formerly: Option<String>,
    pub repeat: Repeat,
    /// Counted in firings.
    pub caps: Vec<Cap>,
    /// Arms of the rule's `split`; empty without one. Shares sum to 10,000.
    pub arms: Vec<Arm>,
    pub thens: Vec<Then>,
}

#[derive(Debug, Clone)]
pub struct Arm {
    /// `None` for `nothing`.
    pub name: Option<String>,
    /// In hundredths of a percent.
    pub share: u32,
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

/// One `then`, or what one arm of a `split` does.
#[derive(Debug, Clone)]
pub struct Then {
    /// A place in the rule's arms: done only for subjects of this variant.
    pub arm: Option<usize>,
    pub choice: Choice,
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
    /// Counted in actions, by target.
    pub caps: Vec<Cap>,
    pub quiet: Option<Quiet>,
}

/// No delivery from `from` to before `to`, seconds since midnight on the target's clock; `to` may lie on the next
/// day.
#[derive(Debug, Clone)]
pub struct Quiet {
    pub from: u32,
    pub to: u32,
    /// A text on the target: an IANA name. The plan's zone where it is missing or no zone.
    pub zone: Option<NodeId>,
}

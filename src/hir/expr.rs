//! Typed expressions.
//!
//! An expression is evaluated on a *current row*. Inside an aggregate's `where` the current row is the
//! aggregated one and [`ExprKind::Root`] goes back to the row that the definition or rule is about.

use crate::calendar::Occasion;
use crate::functions::FunctionId;
use crate::schema::{
    AttributeId, ChannelId, Decimal, DurationKind, EnumId, FieldId, FigureId, MessageId, RecordId,
    Rounding, Type, Value,
};
use crate::source::Span;
pub use crate::syntax::ast::{
    AggregateOp, ArithmeticOp, CalendarUnit, CompareOp, PopulationOp, TextOp, Which,
};

/// A type, and whether the value may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ty {
    pub ty: Type,
    pub optional: bool,
}

impl Ty {
    pub fn known(ty: Type) -> Ty {
        Ty {
            ty,
            optional: false,
        }
    }

    pub fn optional(ty: Type) -> Ty {
        Ty { ty, optional: true }
    }
}

#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    Literal(Value),
    /// Of an `if` without `otherwise`: there is no value. Its span is that of the `if`.
    Missing,
    /// A text with placeholders; its parts are text of any type, formatted for the reader.
    Template(Vec<TemplatePart>),
    /// The clock's day.
    Today,
    /// The clock's instant.
    Now,
    /// In `measure` only: the day on which the subject was treated or held out.
    Treatment,
    /// The current row, as a reference.
    Row,
    /// Evaluates on the root row: `self`, `self.NAME`.
    Root(Box<Expr>),
    Field(FieldId),
    Attribute(AttributeId, Part),
    /// `member` evaluated on the row that `reference` refers to; missing where it is.
    Through {
        reference: Box<Expr>,
        record: RecordId,
        member: Box<Expr>,
    },
    /// An argument of the message or action, by place.
    Parameter(usize),
    /// The offset reached by the rule's reminder (`step`): its [`ExprKind::Reminder`], as a number.
    Step(Box<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// Both sides of one type (integers are widened beside numbers by [`ExprKind::Widen`]).
    Compare {
        op: CompareOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    TextMatch {
        op: TextOp,
        ignoring_case: bool,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// One of literals, all of the value's type.
    In {
        value: Box<Expr>,
        list: Vec<Value>,
    },
    /// `X is known`
    Known(Box<Expr>),
    Default {
        value: Box<Expr>,
        default: Box<Expr>,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// On integers (`+ - *` stay integers, checked), numbers, percent, money. Both sides of `+` and `-` have the
    /// result's type. A product has money on its left, if any, and a number (a widened integer or percent) on
    /// its right; one of a percent is of two numbers. A quotient is of two numbers, two amounts, or money by a
    /// number.
    Arithmetic {
        op: ArithmeticOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Date or datetime plus (or minus) a duration.
    Shift {
        date: Box<Expr>,
        subtract: bool,
        duration: Box<Expr>,
    },
    Negate(Box<Expr>),
    /// Integer to number; also number, percent and money into one another where a conversion was written
    /// (`as percent`, percent × number). The billionths stay the same.
    Widen(Box<Expr>),
    /// To a multiple of `step` (same type as the value), number to integer where `to_integer`.
    Round {
        value: Box<Expr>,
        mode: Rounding,
        step: Value,
        to_integer: bool,
    },
    /// A whole number of a unit: `(n) days`. Weeks are given as days and so on by `factor`.
    Quantity {
        kind: DurationKind,
        factor: i64,
        value: Box<Expr>,
    },
    /// Completed units from `from` to `to`, negative when `to` lies before.
    Between {
        unit: DiffUnit,
        from: Box<Expr>,
        to: Box<Expr>,
    },
    /// First or last day of a calendar period around today.
    Boundary {
        end: bool,
        which: Which,
        unit: CalendarUnit,
    },
    /// The day of a datetime in the workspace's zone.
    DayOf(Box<Expr>),
    /// A date within a window; for a day that comes back, whether any occurrence lies within.
    InWindow {
        value: Box<Expr>,
        window: Window,
    },
    /// True from each of these distances before (or after) `date` until the next one is reached.
    /// `offsets` in the unit of `kind`, largest first when before, smallest first when after. `unit`: how many
    /// of these the written one has, as 60 for hours.
    Reminder {
        offsets: Vec<i64>,
        kind: DurationKind,
        unit: i64,
        after: bool,
        date: Box<Expr>,
    },
    /// The occurrence nearest today, the earlier on a tie; beside `InWindow` any occurrence.
    Recurring(Recurring),
    Aggregate(Box<Aggregate>),
    /// One value for all rows of a record, or one for each of them; then it stands on such a row.
    Population(Box<Population>),
    /// The same for every row.
    Figure(FigureId),
    /// Whether following a reference from the current row, of the row's own record, comes back to it.
    LoopsThrough(Box<Expr>),
    /// Whether needs of a channel, and its consent where that is asked, are true for the current row; Kleene.
    ReachableBy {
        channel: ChannelId,
        consent: bool,
    },
    Call {
        function: FunctionId,
        arguments: Vec<Expr>,
    },
    /// With another clock: `date` depends on today only.
    AsOf {
        value: Box<Expr>,
        date: Box<Expr>,
    },
    /// Text or named value chosen for the target: only as an action's argument.
    Message {
        message: MessageId,
        arguments: Vec<Option<Expr>>,
    },
}

/// A day that comes back.
#[derive(Debug, Clone)]
pub enum Recurring {
    /// `anniversary of D`
    Anniversary(Box<Expr>),
    /// `lunar anniversary of D`
    LunarAnniversary(Box<Expr>),
    /// `spring_festival`
    Occasion(Occasion),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Value,
    /// The level above; missing at the top.
    Next,
    /// What is missing to the next level; missing at the top.
    Shortfall,
    /// The level held before this one; missing if none is known.
    Before,
    /// The day the level began; missing if not known.
    Since,
    /// Of a score: the reasons of its true lines, in one text; missing if there are none.
    Reasons,
}

#[derive(Debug, Clone)]
pub enum TemplatePart {
    Text(String),
    Value(Expr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiffUnit {
    /// Between instants.
    Minutes,
    /// Between instants.
    Hours,
    /// Between days.
    Days,
    Weeks,
    Months,
    Quarters,
    Years,
}

/// Days around the clock's today, both ends in, or around another date.
#[derive(Debug, Clone)]
pub enum Window {
    /// The N units that end today. N is an integer expression that depends on nothing but literals.
    Last {
        count: i64,
        kind: DurationKind,
    },
    /// The N units that begin today.
    Next {
        count: i64,
        kind: DurationKind,
    },
    Calendar {
        which: Which,
        unit: CalendarUnit,
    },
    /// The N units after `date`, which is not in. For an aggregate's window, `date` is evaluated on the row
    /// that the aggregate is of, not on the aggregated one.
    After {
        count: i64,
        kind: DurationKind,
        date: Box<Expr>,
    },
    Before {
        count: i64,
        kind: DurationKind,
        date: Box<Expr>,
    },
    /// Exactly today: `D is today`.
    Today,
}

/// Rows reached from the current row.
#[derive(Debug, Clone)]
pub struct ManyPath {
    /// The row that holds the `many` field, if not the current one: a reference expression.
    pub base: Option<Box<Expr>>,
    /// The record whose row the rows refer to.
    pub holder: RecordId,
    /// Its rows' record, and their reference back.
    pub record: RecordId,
    pub by: FieldId,
}

#[derive(Debug, Clone)]
pub struct Aggregate {
    pub op: AggregateOp,
    /// N of `at least N of` and its like.
    pub number: Option<i64>,
    pub many: ManyPath,
    /// On the aggregated row; `None` for counts and conditions of rows.
    pub value: Option<Expr>,
    /// Filters by the row's `dated by`.
    pub window: Option<Window>,
    /// On the aggregated row.
    pub filter: Option<Expr>,
}

/// Compares the rows of a record that are there.
#[derive(Debug, Clone)]
pub struct Population {
    pub op: PopulationOp,
    pub record: RecordId,
    /// On a row of the record; `None` where rows are counted.
    pub value: Option<Expr>,
    /// Of `abc of`: shares, ascending.
    pub cuts: Vec<Decimal>,
    /// On a row of the record.
    pub filter: Option<Expr>,
    /// On a row of the record: rows are compared with those of the same value only, the missing one among them.
    pub group: Option<Expr>,
}

impl Population {
    /// What is said of a row of the record.
    pub fn operands(&self) -> impl Iterator<Item = &Expr> {
        self.value.iter().chain(&self.filter).chain(&self.group)
    }
}

impl Expr {
    pub fn new(kind: ExprKind, ty: Ty, span: Span) -> Expr {
        Expr { kind, ty, span }
    }

    /// The set of an enumeration-typed expression.
    pub fn enum_id(&self) -> Option<EnumId> {
        match self.ty.ty {
            Type::Enum(id) => Some(id),
            _ => None,
        }
    }

    /// Visits this expression and all below it.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        self.operands(&mut |e| e.walk(visit));
    }

    /// The expressions right below this one.
    pub fn operands<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Missing
            | ExprKind::Today
            | ExprKind::Now
            | ExprKind::Treatment
            | ExprKind::Row
            | ExprKind::Field(_)
            | ExprKind::Attribute(..)
            | ExprKind::Figure(_)
            | ExprKind::ReachableBy { .. }
            | ExprKind::Parameter(_)
            | ExprKind::Boundary { .. } => {}
            ExprKind::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Value(e) = part {
                        visit(e);
                    }
                }
            }
            ExprKind::Root(e)
            | ExprKind::Step(e)
            | ExprKind::Not(e)
            | ExprKind::Known(e)
            | ExprKind::Negate(e)
            | ExprKind::Widen(e)
            | ExprKind::DayOf(e)
            | ExprKind::LoopsThrough(e)
            | ExprKind::Round { value: e, .. }
            | ExprKind::Quantity { value: e, .. }
            | ExprKind::In { value: e, .. }
            | ExprKind::Reminder { date: e, .. } => visit(e),
            ExprKind::Through {
                reference: a,
                member: b,
                ..
            }
            | ExprKind::Compare {
                left: a, right: b, ..
            }
            | ExprKind::TextMatch {
                left: a, right: b, ..
            }
            | ExprKind::Default {
                value: a,
                default: b,
            }
            | ExprKind::Arithmetic {
                left: a, right: b, ..
            }
            | ExprKind::Shift {
                date: a,
                duration: b,
                ..
            }
            | ExprKind::Between { from: a, to: b, .. }
            | ExprKind::AsOf { value: a, date: b } => {
                visit(a);
                visit(b);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            ExprKind::And(list)
            | ExprKind::Or(list)
            | ExprKind::Call {
                arguments: list, ..
            } => {
                list.iter().for_each(visit);
            }
            ExprKind::Recurring(recurring) => recurring.date().into_iter().for_each(visit),
            ExprKind::InWindow { value, window } => {
                visit(value);
                window.date().into_iter().for_each(visit);
            }
            ExprKind::Aggregate(aggregate) => {
                aggregate.many.base.iter().for_each(|e| visit(e));
                aggregate
                    .window
                    .iter()
                    .filter_map(Window::date)
                    .for_each(&mut *visit);
                aggregate
                    .value
                    .iter()
                    .chain(&aggregate.filter)
                    .for_each(visit);
            }
            ExprKind::Population(p) => p.operands().for_each(visit),
            ExprKind::Message { arguments, .. } => arguments.iter().flatten().for_each(visit),
        }
    }
}

impl Recurring {
    /// The `D` of `anniversary of D`.
    pub fn date(&self) -> Option<&Expr> {
        match self {
            Recurring::Anniversary(date) | Recurring::LunarAnniversary(date) => Some(date),
            Recurring::Occasion(_) => None,
        }
    }
}

impl Window {
    /// The `D` of `N days after D`.
    pub fn date(&self) -> Option<&Expr> {
        match self {
            Window::After { date, .. } | Window::Before { date, .. } => Some(date),
            Window::Last { .. } | Window::Next { .. } | Window::Calendar { .. } | Window::Today => {
                None
            }
        }
    }
}

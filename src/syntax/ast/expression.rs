//! Expressions.

use super::*;

#[derive(Debug, Clone)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl CompareOp {
    /// The same with its sides exchanged: `a < b` is `b > a`.
    pub fn mirrored(self) -> CompareOp {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessEqual => CompareOp::GreaterEqual,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterEqual => CompareOp::LessEqual,
            same => same,
        }
    }

    /// True where this is false, and unknown where this is.
    pub fn opposite(self) -> CompareOp {
        match self {
            CompareOp::Equal => CompareOp::NotEqual,
            CompareOp::NotEqual => CompareOp::Equal,
            CompareOp::Less => CompareOp::GreaterEqual,
            CompareOp::LessEqual => CompareOp::Greater,
            CompareOp::Greater => CompareOp::LessEqual,
            CompareOp::GreaterEqual => CompareOp::Less,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextOp {
    Contains,
    StartsWith,
    EndsWith,
    /// `= "x" ignoring case`
    Equals,
    NotEquals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    All,
    Any,
    None,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    /// Parentheses that were written.
    Paren(Box<Expr>),
    Integer(i64),
    Number(Decimal),
    /// A fraction: 5% is 0.05.
    Percent(Decimal),
    Money(Decimal, Currency),
    Date(Day),
    /// Local reading without an offset, or with one (minutes east of UTC). Seconds since midnight beside the day.
    DateTime {
        day: Day,
        seconds: u32,
        offset_minutes: Option<i32>,
    },
    /// Seconds since midnight.
    Time(u32),
    /// `30 days`, `amount days` is not a literal: see [`ExprKind::Quantity`].
    Duration(i64, TimeUnit),
    /// `(expression) days`
    Quantity(Box<Expr>, TimeUnit),
    YesNo(bool),
    Text(Text),
    Today,
    Now,
    SelfRow,
    /// A name alone.
    Name(String),
    /// `base.member`
    Member {
        base: Box<Expr>,
        member: Name,
    },
    /// `name(arguments)`
    Call {
        function: Name,
        arguments: Vec<Argument>,
    },
    Not(Box<Expr>),
    /// `a and b and c`, not grouped by words. `and` and `or` never mix here: the parser reports that.
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// `all of (…)`, `any of (…)`, `none of (…)`
    Group(GroupKind, Vec<Expr>),
    Negate(Box<Expr>),
    Arithmetic {
        op: Spanned<ArithmeticOp>,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `words`: written `is` or `is not`.
    Compare {
        op: Spanned<CompareOp>,
        words: bool,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    TextMatch {
        op: TextOp,
        ignoring_case: bool,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `x between A and B`
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    /// `x from A to below B`
    FromToBelow {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    /// `x in (a, b)`, `x not in (a, b)`
    In {
        value: Box<Expr>,
        negated: bool,
        list: Vec<Expr>,
    },
    /// `x is known` (`is missing`, when `known` is false)
    Known {
        value: Box<Expr>,
        known: bool,
    },
    /// `D is today`, `D is not today`
    IsToday {
        value: Box<Expr>,
        negated: bool,
    },
    /// `D in last 30 days`, `D not in …`
    InWindow {
        value: Box<Expr>,
        negated: bool,
        window: Spanned<Window>,
    },
    Default {
        value: Box<Expr>,
        default: Box<Expr>,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        /// Without it, the value is missing where the condition is not true.
        otherwise: Option<Box<Expr>>,
    },
    /// `E rounded [up|down] [to N]`
    Rounded {
        value: Box<Expr>,
        mode: Rounding,
        to: Option<Box<Expr>>,
    },
    AsPercent(Box<Expr>),
    /// `E as of DATE`
    AsOf {
        value: Box<Expr>,
        date: Box<Expr>,
    },
    /// `days since D`
    Since {
        unit: Spanned<TimeUnit>,
        date: Box<Expr>,
    },
    /// `days until D`
    Until {
        unit: Spanned<TimeUnit>,
        date: Box<Expr>,
    },
    /// `days from D to E`
    FromTo {
        unit: Spanned<TimeUnit>,
        from: Box<Expr>,
        to: Box<Expr>,
    },
    /// `start of this month`; `end` false for start.
    Boundary {
        end: bool,
        which: Which,
        unit: CalendarUnit,
    },
    /// `60, 30 or 7 days before D`
    Reminder {
        offsets: Vec<Spanned<i64>>,
        unit: Spanned<TimeUnit>,
        after: bool,
        date: Box<Expr>,
    },
    /// `anniversary of D`, `lunar anniversary of D`
    Anniversary {
        lunar: bool,
        date: Box<Expr>,
    },
    Aggregate(Box<Aggregate>),
    Population(Box<Population>),
    /// `done CAMPAIGN.RULE`, with members after it as [`ExprKind::Member`].
    Done {
        campaign: Name,
        rule: Name,
    },
    /// `membership rose`, `membership fell`
    Moved {
        tiers: Box<Expr>,
        rose: bool,
    },
    /// `loops through F`
    LoopsThrough(Name),
    /// `reachable by CHANNEL [for PURPOSE]`
    ReachableBy {
        channel: Name,
        purpose: Option<Purpose>,
    },
}

#[derive(Debug, Clone)]
pub struct Text {
    pub parts: Vec<TextPart>,
    /// Written between `"""`.
    pub long: bool,
}

#[derive(Debug, Clone)]
pub enum TextPart {
    /// Escapes already resolved, common indentation removed.
    Literal(String),
    Placeholder(Expr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    This,
    Previous,
    Next,
}

#[derive(Debug, Clone)]
pub enum Window {
    /// `in last 12 months`
    Last(Box<Expr>, TimeUnit),
    /// `in next 7 days`
    Next(Box<Expr>, TimeUnit),
    /// `in this|previous|next month`
    Calendar(Which, CalendarUnit),
    /// `in 30 days after D`
    After(Box<Expr>, TimeUnit, Box<Expr>),
    /// `in 30 days before D`
    Before(Box<Expr>, TimeUnit, Box<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateOp {
    Count,
    Sum,
    Average,
    Highest,
    Lowest,
    Earliest,
    Latest,
    First,
    Last,
    DistinctCount,
    MostCommon,
    /// `list of`: the values as one text.
    List,
    /// `distinct list of`: each value once.
    DistinctList,
    Any,
    No,
    AtLeast,
    AtMost,
    Exactly,
}

#[derive(Debug, Clone)]
pub struct Aggregate {
    pub op: Spanned<AggregateOp>,
    /// N of `at least N of` and its like.
    pub number: Option<Expr>,
    /// A path that passes exactly one `many`: `purchases`, `purchases.amount`, `shop.evenings`.
    pub path: Expr,
    pub window: Option<Spanned<Window>>,
    pub filter: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PopulationOp {
    Sum,
    Average,
    Count,
    Highest,
    Lowest,
    Earliest,
    Latest,
    Rank,
    Quartile,
    Quintile,
    Decile,
    Share,
    RunningShare,
    Abc,
}

#[derive(Debug, Clone)]
pub struct Population {
    pub op: Spanned<PopulationOp>,
    pub value: Expr,
    /// `at 80%, 95%` of `abc of`.
    pub cuts: Vec<Spanned<Decimal>>,
    pub record: Name,
    pub filter: Option<Expr>,
    /// `for each E`: rows are taken together where they have the same value.
    pub group: Option<Expr>,
}

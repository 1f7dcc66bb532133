//! The syntax tree: what was written, resolved to nothing yet.
//!
//! Every node that a message may point at has a span. The tree keeps what the formatter needs: the order
//! of everything, whether `all of` or `and` was written, `is` or `=`; not the layout, and not the
//! comments, which lie in [`File::comments`] by position.

use crate::schema::{Currency, Day, Decimal, Rounding};
use crate::source::{FileId, Span, Spanned};

pub type Name = Spanned<String>;

#[derive(Debug, Clone)]
pub struct File {
    pub id: FileId,
    pub declarations: Vec<Declaration>,
    /// In order of position; `##` comments too.
    pub comments: Vec<Comment>,
    /// What could not be parsed. A name said in one of them is never reported as unknown.
    pub broken: Vec<Broken>,
}

impl File {
    /// Whether something inside the span was skipped: what seems to be missing there may have been written.
    pub fn is_broken_in(&self, span: Span) -> bool {
        self.broken.iter().any(|b| span.contains(b.span))
    }
}

/// A stretch of text that the parser skipped after reporting it.
#[derive(Debug, Clone)]
pub struct Broken {
    pub span: Span,
    /// Every name in the stretch.
    pub names: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Comment {
    /// From `#` to before the line's end.
    pub span: Span,
    /// `##`
    pub doc: bool,
    /// Nothing but white space before it on its line.
    pub own_line: bool,
}

/// The text of the `##` lines before a declaration, field or rule, `\n` between lines; empty if none.
pub type Docs = String;

#[derive(Debug, Clone)]
pub struct Declaration {
    pub docs: Docs,
    /// Of the whole declaration, doc comments not included.
    pub span: Span,
    pub kind: DeclarationKind,
}

#[derive(Debug, Clone)]
pub enum DeclarationKind {
    Workspace(Workspace),
    Record(Record),
    Define(Define),
    Segment(Segment),
    Tiers(Tiers),
    Stages(Stages),
    Score(Score),
    Table(Table),
    Occasion(Occasion),
    Message(Message),
    Channel(Channel),
    Action(Action),
    Campaign(Campaign),
    Figure(Figure),
    Account(Account),
    Exclusive(Exclusive),
    Budget(Budget),
    Pause(Pause),
    /// `hold out 5%` at the top level.
    HoldOut(Spanned<Decimal>),
    Test(Test),
}

// ---- workspace and records ----

#[derive(Debug, Clone)]
pub struct Workspace {
    pub title: Spanned<String>,
    pub settings: Vec<Spanned<Setting>>,
}

#[derive(Debug, Clone)]
pub enum Setting {
    Currency(Spanned<Currency>),
    TimeZone(Spanned<String>),
    LeapDay(LeapDay),
    /// `weeks start on Monday` or `Sunday`.
    WeeksStart(Weekday),
    /// `use "../brand"`
    Use(Spanned<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeapDay {
    February28,
    March1,
    LeapYearsOnly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weekday {
    Monday,
    Sunday,
}

#[derive(Debug, Clone)]
pub struct Record {
    pub name: Name,
    pub source: Option<Source>,
    pub dated_by: Option<Name>,
    pub ahead: bool,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone)]
pub enum Source {
    /// `from "customers"`
    File(Spanned<String>),
    /// `from distinct purchase.customer, staff.mobile`
    Distinct(Vec<(Name, Name)>),
}

#[derive(Debug, Clone)]
pub struct Field {
    pub docs: Docs,
    pub span: Span,
    pub name: Name,
    pub ty: Spanned<FieldType>,
    pub modifiers: Vec<Spanned<Modifier>>,
}

#[derive(Debug, Clone)]
pub enum FieldType {
    Text,
    YesNo,
    Integer,
    Number,
    Percent,
    /// `money` or `money USD`
    Money(Option<Spanned<Currency>>),
    Date,
    DateTime,
    Time,
    Duration,
    OneOf(Vec<Name>),
    /// A record, or the name of tiers or stages.
    Named(Name),
    /// `many purchase by customer`
    Many {
        record: Name,
        by: Name,
    },
    /// In parameters.
    Message,
}

#[derive(Debug, Clone)]
pub enum Modifier {
    Key,
    Optional,
    Default(Expr),
    /// `from "Column header"`
    Column(Spanned<String>),
    Format(Spanned<String>),
    Personal,
}

// ---- attributes ----

#[derive(Debug, Clone)]
pub struct Define {
    pub name: Name,
    pub record: Name,
    pub value: Expr,
}

#[derive(Debug, Clone)]
pub struct Segment {
    pub name: Name,
    pub record: Name,
    pub condition: Expr,
}

#[derive(Debug, Clone)]
pub struct Tiers {
    pub name: Name,
    pub record: Name,
    /// `was FIELD [since FIELD]`
    pub was: Option<(Name, Option<Name>)>,
    pub body: TiersBody,
    pub options: Vec<Spanned<TierOption>>,
}

#[derive(Debug, Clone)]
pub enum TiersBody {
    /// `by expression { LEVEL from LITERAL }`, lowest first.
    By { by: Expr, levels: Vec<(Name, Expr)> },
    /// `{ when C then LEVEL … otherwise LEVEL }`, highest first.
    When {
        lines: Vec<(Expr, Name)>,
        otherwise: Option<Name>,
    },
}

#[derive(Debug, Clone)]
pub struct TierOption {
    /// `falls`; otherwise `rises`.
    pub falls: bool,
    pub how: TierChange,
}

#[derive(Debug, Clone)]
pub enum TierChange {
    AtOnce,
    /// `at most 1 level`
    AtMost(Spanned<i64>),
    /// `after 90 days`
    After(Expr),
    /// `only on 1 January`: day, month.
    OnlyOn(u32, u32),
    Never,
}

#[derive(Debug, Clone)]
pub struct Stages {
    pub name: Name,
    pub record: Name,
    pub was: Option<(Name, Option<Name>)>,
    pub lines: Vec<(Expr, Name)>,
    pub otherwise: Option<Name>,
}

#[derive(Debug, Clone)]
pub struct Score {
    pub name: Name,
    pub record: Name,
    /// Condition, value.
    pub lines: Vec<(Expr, Expr)>,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub name: Name,
    pub record: Name,
    pub by: Vec<Expr>,
    pub first_match: bool,
    pub lines: Vec<TableLine>,
    pub otherwise: Option<Expr>,
}

#[derive(Debug, Clone)]
pub struct TableLine {
    pub span: Span,
    pub cells: Vec<Spanned<Cell>>,
    pub value: Expr,
}

#[derive(Debug, Clone)]
pub enum Cell {
    Any,
    /// `a or b`, or one literal.
    OneOf(Vec<Expr>),
    /// `>= 10`
    Compare(CompareOp, Expr),
    /// `from 10 to below 20`
    FromToBelow(Expr, Expr),
    /// `between 1 and 5`
    Between(Expr, Expr),
}

// ---- days ----

#[derive(Debug, Clone)]
pub struct Occasion {
    pub name: Name,
    pub on: Spanned<OccasionDay>,
}

#[derive(Debug, Clone)]
pub enum OccasionDay {
    /// `on 11-11`: month, day.
    Yearly(u32, u32),
    /// `on lunar 08-15`
    Lunar(u32, u32),
    SolarTerm(Name),
    /// `on (2026-03-15, 2026-06-15)`
    Dates(Vec<Spanned<Day>>),
}

// ---- messages, channels, actions ----

#[derive(Debug, Clone)]
pub struct Parameter {
    pub span: Span,
    pub name: Name,
    pub ty: Spanned<FieldType>,
    pub optional: bool,
    pub default: Option<Expr>,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub name: Name,
    pub parameters: Vec<Parameter>,
    pub record: Name,
    /// `by language`
    pub by: Option<Expr>,
    pub texts: Vec<MessageText>,
}

#[derive(Debug, Clone)]
pub struct MessageText {
    pub span: Span,
    /// `None` where a message has one text and no `by`.
    pub tag: Option<Name>,
    /// A text literal.
    pub text: Expr,
}

#[derive(Debug, Clone)]
pub struct Channel {
    pub name: Name,
    pub record: Name,
    pub clauses: Vec<Spanned<ChannelClause>>,
}

#[derive(Debug, Clone)]
pub enum ChannelClause {
    Needs(Expr),
    Consent(Expr),
    AtMost(AtMost),
    /// `quiet from T to T [in FIELD]`
    Quiet {
        from: Expr,
        to: Expr,
        zone: Option<Expr>,
    },
    Html,
}

#[derive(Debug, Clone)]
pub struct Action {
    pub name: Name,
    pub parameters: Vec<Parameter>,
    pub record: Name,
    pub channel: Option<Name>,
    pub costs: Option<Expr>,
}

// ---- limits ----

#[derive(Debug, Clone)]
pub struct AtMost {
    pub count: Expr,
    /// `in all` or `for each EXPR`.
    pub scope: Option<LimitScope>,
    pub period: Option<Spanned<Period>>,
    /// `with CHANNEL`
    pub channel: Option<Name>,
}

#[derive(Debug, Clone)]
pub enum LimitScope {
    InAll,
    ForEach(Expr),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Period {
    /// `per calendar month`
    Calendar(CalendarUnit),
    /// `per 7 days`
    Rolling(Spanned<i64>, TimeUnit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CalendarUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
    Quarters,
    Years,
}

#[derive(Debug, Clone)]
pub struct Exclusive {
    pub campaigns: Vec<Name>,
}

#[derive(Debug, Clone)]
pub struct Budget {
    /// Of a top level `budget (a, b)`; empty inside a campaign.
    pub campaigns: Vec<Name>,
    pub amount: Expr,
    pub for_each: Option<Expr>,
    pub period: Option<Spanned<Period>>,
}

#[derive(Debug, Clone)]
pub struct Pause {
    /// `promotion`
    pub purpose: Spanned<Purpose>,
    pub record: Name,
    pub condition: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Promotion,
    Service,
    Safety,
}

#[derive(Debug, Clone)]
pub struct Figure {
    pub name: Name,
    pub value: Expr,
}

/// Reserved: the body is kept as text.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: Name,
    pub record: Name,
    /// Between the braces.
    pub body: Spanned<String>,
}

// ---- campaigns ----

#[derive(Debug, Clone)]
pub struct Campaign {
    pub name: Name,
    pub title: Option<Spanned<String>>,
    pub record: Name,
    pub items: Vec<CampaignItem>,
}

#[derive(Debug, Clone)]
pub enum CampaignItem {
    Clause(Spanned<CampaignClause>),
    Rule(Rule),
}

#[derive(Debug, Clone)]
pub enum CampaignClause {
    Goal(Spanned<String>),
    Theme(Spanned<String>),
    Owner(Spanned<String>),
    Purpose(Purpose),
    /// `audience where …`
    Audience(Expr),
    /// `runs from … [to …]`
    Runs {
        from: Expr,
        to: Option<Expr>,
    },
    Budget(Budget),
    Priority(Spanned<i64>),
    /// A fraction: 10% is 0.1.
    HoldOut(Spanned<Decimal>),
    Favour {
        highest: bool,
        value: Expr,
    },
    AtMost(AtMost),
    Measure {
        name: Name,
        condition: Expr,
    },
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub docs: Docs,
    pub span: Span,
    pub name: Name,
    pub title: Option<Spanned<String>>,
    pub instead_of: Vec<Name>,
    pub formerly: Option<Name>,
    pub clauses: Vec<Spanned<RuleClause>>,
}

#[derive(Debug, Clone)]
pub enum RuleClause {
    Because(Spanned<String>),
    When(Expr),
    Repeat(Repeat),
    AtMost(AtMost),
    Then(Then),
}

#[derive(Debug, Clone)]
pub enum Repeat {
    Once,
    /// `once per E, F`
    OncePer(Vec<Expr>),
    /// `once for PATH per E`
    OnceFor {
        path: Expr,
        per: Vec<Expr>,
    },
    /// `again after 30 days`
    AgainAfter(Expr),
    /// `once per calendar day` (week, …)
    OncePerCalendar(CalendarUnit),
}

#[derive(Debug, Clone)]
pub enum Then {
    /// `A`, or `A and B` that share one fate.
    Actions(Vec<ActionCall>),
    /// `first reachable of { … }`
    FirstReachable(Vec<ActionCall>),
    Split(Vec<Arm>),
}

#[derive(Debug, Clone)]
pub struct Arm {
    pub span: Span,
    /// A fraction: 50% is 0.5.
    pub share: Spanned<Decimal>,
    /// Absent for `nothing`.
    pub name: Option<Name>,
    /// Empty for `nothing`.
    pub calls: Vec<ActionCall>,
}

#[derive(Debug, Clone)]
pub struct ActionCall {
    pub span: Span,
    pub action: Name,
    pub arguments: Vec<Argument>,
    pub target: Option<Target>,
}

#[derive(Debug, Clone)]
pub enum Target {
    /// `to PATH`
    To(Expr),
    /// `to each PATH [where C]`
    ToEach { path: Expr, filter: Option<Expr> },
}

#[derive(Debug, Clone)]
pub struct Argument {
    pub span: Span,
    pub name: Option<Name>,
    pub value: Expr,
}

// ---- tests ----

#[derive(Debug, Clone)]
pub struct Test {
    pub title: Spanned<String>,
    pub clauses: Vec<Spanned<TestClause>>,
}

#[derive(Debug, Clone)]
pub enum TestClause {
    TodayIs(Expr),
    NowIs(Expr),
    Given {
        record: Name,
        fields: Vec<(Name, Expr)>,
    },
    GivenDone {
        campaign: Name,
        rule: Name,
        subject: Expr,
        on: Expr,
        per: Vec<Expr>,
    },
    GivenHeldOut {
        subject: Expr,
        campaign: Name,
    },
    GivenVariant {
        variant: Name,
        campaign: Name,
        rule: Name,
        subject: Expr,
    },
    /// `expect C.R for "key": [only] action(…), …`
    ExpectActions {
        campaign: Name,
        rule: Name,
        subject: Expr,
        only: bool,
        actions: Vec<ExpectedAction>,
    },
    /// `expect no C.R for "key" [because STAGE]`; the stage's words, joined by one space.
    ExpectNo {
        campaign: Name,
        rule: Name,
        subject: Expr,
        because: Option<Spanned<String>>,
    },
    /// `expect nothing for "key"`
    ExpectNothing {
        target: Expr,
    },
    /// `expect RECORD "key": name = value, …`; `name` may be `membership.next`.
    ExpectValues {
        record: Name,
        key: Expr,
        values: Vec<ExpectedValue>,
    },
}

#[derive(Debug, Clone)]
pub struct ExpectedAction {
    pub span: Span,
    pub action: Name,
    pub arguments: Vec<Argument>,
    /// `to "key"`
    pub to: Option<Expr>,
}

#[derive(Debug, Clone)]
pub struct ExpectedValue {
    pub span: Span,
    pub path: Vec<Name>,
    /// `= value`, or `is missing` / `is known`.
    pub expected: Expectation,
}

#[derive(Debug, Clone)]
pub enum Expectation {
    Equals(Expr),
    Missing,
    Known,
}

// ---- expressions ----

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
        otherwise: Box<Expr>,
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
    /// `reachable by CHANNEL`
    ReachableBy(Name),
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
}

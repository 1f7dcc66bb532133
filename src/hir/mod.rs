//! The resolved, typed program: data only. Floor 5.
//!
//! Every name has become an id, every expression has a type, and sugar is gone: `is not` is `!=`,
//! `all of` is `and`, `X is missing` is `not known`, weeks are days, years are months. Made by `analysis`,
//! read by `plan` and `lint`.

mod expr;
mod test;
mod visit;

pub use expr::*;
pub use test::*;
pub use visit::Place;

use crate::locale::Language;
use crate::schema::{
    ActionId, AttributeId, CampaignId, ChannelId, Currency, Day, Decimal, DurationKind, EnumId,
    FieldId, FigureId, MessageId, RecordId, Type, Value,
};
use crate::source::Span;
pub use crate::syntax::ast::{CalendarUnit, LeapDay, Purpose, Weekday};

/// What can stop a candidate, as tests name it, in the order of the stages.
pub const STAGES: &[&str] = &[
    "instead of",
    "repetition",
    "pause",
    "channel",
    "holdout",
    "exclusive",
    "caps",
    "budget",
];

/// A workspace without errors. Ids index the vectors of the same name.
#[derive(Debug, Clone)]
pub struct Program {
    pub workspace: Workspace,
    pub records: Vec<Record>,
    pub attributes: Vec<Attribute>,
    pub enums: Vec<EnumType>,
    pub figures: Vec<Figure>,
    pub messages: Vec<Message>,
    pub channels: Vec<Channel>,
    pub actions: Vec<Action>,
    pub campaigns: Vec<Campaign>,
    /// Of one campaign or of several.
    pub budgets: Vec<Budget>,
    pub shared_caps: Vec<SharedCap>,
    pub exclusives: Vec<Exclusive>,
    pub pauses: Vec<Pause>,
    /// `hold out P%` at the top level, in hundredths of a percent: 0 to 10,000.
    pub hold_out: u32,
    pub tests: Vec<Test>,
}

#[derive(Debug, Clone)]
pub struct Workspace {
    /// The title, or the folder's name; part of every idempotency key.
    pub name: String,
    /// Stated or, where no money is used, absent.
    pub currency: Option<Currency>,
    /// An IANA name; `UTC` where none is stated.
    pub zone: String,
    /// Stated in every program that uses anniversaries.
    pub leap_day: Option<LeapDay>,
    pub weeks_start: Weekday,
    /// Of the texts that people get, where nothing else says it.
    pub language: Option<Language>,
}

#[derive(Debug, Clone)]
pub struct Record {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub source: RecordSource,
    pub fields: Vec<Field>,
    /// Fields of the key, in order; empty if none.
    pub key: Vec<FieldId>,
    pub dated_by: Option<FieldId>,
    /// Rows of the future are there.
    pub ahead: bool,
}

impl Record {
    /// Written in the program, and not the checker's own, as that behind `done CAMPAIGN.RULE` is.
    pub fn is_declared(&self) -> bool {
        !matches!(self.source, RecordSource::Done { .. })
    }
}

#[derive(Debug, Clone)]
pub enum RecordSource {
    /// `from "…"`; the record's name where there is no `from`.
    File(String),
    Distinct(Vec<(RecordId, FieldId)>),
    /// What the ledger knows of a rule's firings for rows of `holder`: the record behind `done CAMPAIGN.RULE`.
    /// Its fields are `holder` (a reference), `on` (a date), then the parameters of the rule's actions. It has
    /// no key, is dated by `on`, and only rows of days *before* today are there.
    Done {
        campaign: String,
        /// The rule's name, then its former one.
        rules: Vec<String>,
        holder: RecordId,
    },
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub ty: FieldType,
    pub optional: bool,
    pub default: Option<Value>,
    /// The header in the data.
    pub column: String,
    pub format: Option<String>,
    pub personal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// A value or a reference.
    Value(Type),
    /// Rows of `record` whose reference `by` is this row.
    Many { record: RecordId, by: FieldId },
}

impl Field {
    /// Whether it may be missing when the row is there.
    pub fn may_be_missing(&self) -> bool {
        self.optional && self.default.is_none()
    }
}

/// A set of named values, in order; tiers from the lowest to the highest.
#[derive(Debug, Clone)]
pub struct EnumType {
    /// The field's or attribute's name, for messages.
    pub name: String,
    pub values: Vec<String>,
    /// Where each is named first; none in a set of the checker's own.
    pub spans: Vec<Span>,
    /// Tiers.
    pub ordered: bool,
}

/// A derived attribute of a record.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub record: RecordId,
    pub ty: Ty,
    pub kind: AttributeKind,
}

#[derive(Debug, Clone)]
pub enum AttributeKind {
    Define(Expr),
    Segment(Expr),
    /// Lowest first; each level with its inclusive threshold, of the type of `by`.
    TiersBy {
        by: Expr,
        levels: Vec<Value>,
        set: EnumId,
        history: Option<History>,
    },
    /// The first true line wins; values are places in the set. For `tiers { when … }` and `stages`.
    FirstMatch {
        lines: Vec<(Expr, u32)>,
        otherwise: Option<u32>,
        set: EnumId,
        ordered: bool,
        history: Option<History>,
    },
    Score {
        /// Condition, value.
        lines: Vec<(Expr, Expr)>,
        /// Of each line, where it has one.
        reasons: Vec<Option<String>>,
        /// Of whole numbers only.
        history: Option<History>,
    },
    Table(Table),
}

/// How the level of tiers or stages moves from run to run. There where the program asks for it: by `was`, by an
/// option other than `at once`, by `.before`, `.since`, `rose` or `fell` somewhere.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// `was FIELD`, of the set, or missing.
    pub was: Option<Expr>,
    /// `since FIELD`, a date.
    pub since: Option<Expr>,
    pub rises: Passage,
    pub falls: Passage,
}

/// When a level may move in one direction. All that is said must be satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    pub never: bool,
    /// At most so many levels at a time.
    pub at_most: Option<u32>,
    /// After the new value was seen for so long without break.
    pub after: Option<(DurationKind, i64)>,
    /// Only on this month and day: in the first run on or after it.
    pub only_on: Option<(u32, u32)>,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub by: Vec<Expr>,
    pub first_match: bool,
    pub lines: Vec<TableLine>,
    pub otherwise: Option<Expr>,
}

#[derive(Debug, Clone)]
pub struct TableLine {
    pub span: Span,
    /// One condition for each column of `by`, already applied to it; `None` for `any`.
    pub cells: Vec<Option<Expr>>,
    pub value: Expr,
}

/// A value of the whole workspace, or of each group of a record's rows. Nothing in it looks at a row, but for what
/// stands under `among`.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub span: Span,
    pub docs: String,
    /// With groups, on a row of their record, the same for all rows of a group.
    pub value: Expr,
    pub groups: Option<Groups>,
}

/// Rows of a record that have the same value: `among RECORD for each KEY`.
#[derive(Debug, Clone)]
pub struct Groups {
    pub record: RecordId,
    /// On a row of the record.
    pub key: Expr,
    /// The key as it is written, in single spaces.
    pub words: String,
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub span: Span,
    pub ty: Ty,
    pub default: Option<Value>,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub record: RecordId,
    pub parameters: Vec<Parameter>,
    /// Chooses the text; named values or text.
    pub by: Option<Expr>,
    /// The first is taken where none fits.
    pub texts: Vec<MessageText>,
}

#[derive(Debug, Clone)]
pub struct MessageText {
    /// The value of `by` for which it is chosen.
    pub tag: Option<Value>,
    /// The language that its tag names, else the workspace's.
    pub language: Option<Language>,
    /// Its names are those of the target; [`ExprKind::Parameter`] is an argument.
    pub text: Expr,
}

#[derive(Debug, Clone)]
pub struct Channel {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub record: RecordId,
    pub needs: Vec<Expr>,
    pub consent: Vec<Expr>,
    /// What placeholders put into its messages is escaped.
    pub html: bool,
    /// Counted in actions, by target; expressions are of the target.
    pub caps: Vec<Cap>,
    pub quiet: Option<Quiet>,
}

/// `quiet from 21:00 to 09:00`: no delivery from the first time to before the second, which may lie on the next day.
#[derive(Debug, Clone)]
pub struct Quiet {
    /// Seconds since midnight; the two differ.
    pub from: u32,
    pub to: u32,
    /// A text of the target that names its IANA zone; the workspace's where it is missing or no zone.
    pub zone: Option<Expr>,
}

/// `at most N …`
#[derive(Debug, Clone)]
pub struct Cap {
    pub span: Span,
    pub count: u64,
    pub group: Group,
    /// For ever where there is none.
    pub period: Option<Period>,
    /// `with CHANNEL`: counts and stops only the actions on it.
    pub channel: Option<ChannelId>,
    /// `for promotion`, of a channel: counts and stops only what promotions do.
    pub promotion_only: bool,
}

/// `at most (a, b) N …`: what several campaigns do together is counted.
#[derive(Debug, Clone)]
pub struct SharedCap {
    /// Distinct. With `for each` all of one record.
    pub campaigns: Vec<CampaignId>,
    pub cap: Cap,
}

/// What a limit is counted by.
#[derive(Debug, Clone)]
pub enum Group {
    /// What an `at most` counts by where nothing is said.
    Target,
    /// What a budget counts by where nothing is said.
    InAll,
    /// On the subject; in a channel, on the target. `text` is how it is written, with single spaces: the name
    /// under which the ledger keeps the values.
    ForEach { value: Expr, text: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// The calendar period that the day lies in.
    Calendar(CalendarUnit),
    /// So many days or months that end with the day (both ends in, as `in last N`).
    Rolling(DurationKind, i64),
}

/// `budget MONEY [for each EXPR] [per PERIOD]`, of the costs of all actions of the campaigns.
#[derive(Debug, Clone)]
pub struct Budget {
    pub span: Span,
    /// Distinct. With `for each` all of one record.
    pub campaigns: Vec<CampaignId>,
    /// In the workspace's currency.
    pub amount: Decimal,
    /// Never [`Group::Target`].
    pub group: Group,
    pub period: Option<Period>,
}

/// A target gets something of one of these campaigns only: the one of highest priority; their priorities differ.
#[derive(Debug, Clone)]
pub struct Exclusive {
    pub span: Span,
    pub campaigns: Vec<CampaignId>,
    /// What was done in it counts; without one, what was done by campaigns that still run.
    pub period: Option<Period>,
}

/// `pause promotion for RECORD while CONDITION`
#[derive(Debug, Clone)]
pub struct Pause {
    pub span: Span,
    pub record: RecordId,
    pub condition: Expr,
}

#[derive(Debug, Clone)]
pub struct Action {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub record: RecordId,
    pub parameters: Vec<Parameter>,
    pub channel: Option<ChannelId>,
    /// Of the target; [`ExprKind::Parameter`] is an argument. In the workspace's currency.
    pub costs: Option<Expr>,
}

#[derive(Debug, Clone)]
pub struct Campaign {
    pub name: String,
    pub title: Option<String>,
    pub span: Span,
    pub docs: String,
    pub record: RecordId,
    pub goal: Option<String>,
    pub theme: Option<String>,
    pub owner: Option<String>,
    pub purpose: Purpose,
    pub audience: Option<Expr>,
    /// Both ends in; literal days.
    pub runs: Option<(Day, Option<Day>)>,
    /// The highest comes first. 0 where none is stated.
    pub priority: i64,
    /// In hundredths of a percent: 0 to 10,000.
    pub hold_out: u32,
    pub favour: Option<Favour>,
    /// Counted in firings.
    pub caps: Vec<Cap>,
    pub measures: Vec<Measure>,
    pub rules: Vec<Rule>,
}

/// Who comes first when not all can be served. Rows where the value is missing come last.
#[derive(Debug, Clone)]
pub struct Favour {
    pub highest: bool,
    pub value: Expr,
}

/// `measure NAME = VALUE`, on the subject: a condition, a number or money. [`ExprKind::Treatment`] is the day of the
/// action or the holdout.
#[derive(Debug, Clone)]
pub struct Measure {
    pub name: String,
    pub span: Span,
    pub value: Expr,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub name: String,
    pub title: Option<String>,
    pub span: Span,
    pub docs: String,
    pub because: Option<String>,
    pub when: Option<Expr>,
    /// Places in the campaign's rules.
    pub instead_of: Vec<usize>,
    /// `formerly OLD`: its earlier name, under which the ledger may know it.
    pub formerly: Option<String>,
    pub repeat: Repeat,
    /// Counted in firings.
    pub caps: Vec<Cap>,
    /// Arms of the rule's one `split`, in written order; empty without one. Their shares sum to 10,000.
    pub arms: Vec<Arm>,
    pub thens: Vec<Then>,
}

#[derive(Debug, Clone)]
pub struct Arm {
    pub span: Span,
    /// `None` for `nothing`.
    pub name: Option<String>,
    /// In hundredths of a percent.
    pub share: u32,
}

#[derive(Debug, Clone)]
pub enum Repeat {
    /// Per subject, ever. Also where nothing is said.
    Once,
    OncePer(Vec<Expr>),
    /// Counted by the row that `path` refers to.
    OnceFor {
        path: Expr,
        per: Vec<Expr>,
    },
    /// `again after 30 days` or months.
    AgainAfter(DurationKind, i64),
    OncePerCalendar(CalendarUnit),
}

/// One `then`, or what one arm of a `split` does.
#[derive(Debug, Clone)]
pub struct Then {
    pub span: Span,
    /// The arm it belongs to: a place in [`Rule::arms`].
    pub arm: Option<usize>,
    pub choice: Choice,
    pub calls: Vec<ActionCall>,
}

/// Which of the calls of a `then` are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// All, sharing one fate.
    All,
    /// `first reachable of`: for each target the first one whose channel reaches it.
    FirstReachable,
}

#[derive(Debug, Clone)]
pub struct ActionCall {
    pub span: Span,
    pub action: ActionId,
    /// One for each parameter; `None` where an optional one is not given and has no default. Evaluated for
    /// the subject; a [`ExprKind::Message`] is rendered for the target.
    pub arguments: Vec<Option<Expr>>,
    pub target: Target,
}

#[derive(Debug, Clone)]
pub enum Target {
    Subject,
    /// A reference expression of the subject.
    To(Expr),
    /// `filter` is of the row, its [`ExprKind::Root`] the subject.
    ToEach {
        many: ManyPath,
        filter: Option<Expr>,
    },
}

impl Program {
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.index()]
    }

    pub fn field(&self, record: RecordId, field: FieldId) -> &Field {
        &self.records[record.index()].fields[field.index()]
    }

    pub fn attribute(&self, id: AttributeId) -> &Attribute {
        &self.attributes[id.index()]
    }

    pub fn enum_type(&self, id: EnumId) -> &EnumType {
        &self.enums[id.index()]
    }

    pub fn figure(&self, id: FigureId) -> &Figure {
        &self.figures[id.index()]
    }

    pub fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.index()]
    }

    pub fn channel(&self, id: ChannelId) -> &Channel {
        &self.channels[id.index()]
    }

    pub fn action(&self, id: ActionId) -> &Action {
        &self.actions[id.index()]
    }

    pub fn campaign(&self, id: CampaignId) -> &Campaign {
        &self.campaigns[id.index()]
    }

    pub fn record_named(&self, name: &str) -> Option<RecordId> {
        self.records
            .iter()
            .position(|r| r.name == name && r.is_declared())
            .map(|i| RecordId(i as u32))
    }
}

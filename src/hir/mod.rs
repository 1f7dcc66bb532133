//! The resolved, typed program: data only. Floor 5.
//!
//! Every name has become an id, every expression has a type, and sugar is gone: `is not` is `!=`,
//! `all of` is `and`, `X is missing` is `not known`, weeks are days, years are months. Made by `analysis`,
//! read by `plan` and `lint`.

mod expr;

pub use expr::*;

use crate::locale::Language;
use crate::schema::{
    ActionId, AttributeId, CampaignId, ChannelId, Currency, Day, EnumId, FieldId, FigureId,
    MessageId, RecordId, Type, Value,
};
use crate::source::Span;
pub use crate::syntax::ast::{CalendarUnit, LeapDay, Purpose, Weekday};

/// What can stop a candidate, as tests name it.
pub const STAGES: &[&str] = &["instead of", "repetition", "channel"];
/// Stages of the language that nothing evaluates yet.
pub const LATER_STAGES: &[&str] = &["pause", "holdout", "exclusive", "caps", "budget"];

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

#[derive(Debug, Clone)]
pub enum RecordSource {
    /// `from "…"`; the record's name where there is no `from`.
    File(String),
    Distinct(Vec<(RecordId, FieldId)>),
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
    },
    /// The first true line wins; values are places in the set. For `tiers { when … }` and `stages`.
    FirstMatch {
        lines: Vec<(Expr, u32)>,
        otherwise: Option<u32>,
        set: EnumId,
        ordered: bool,
    },
    Score(Vec<(Expr, Expr)>),
    Table(Table),
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

/// A value of the whole workspace. Nothing in it looks at a row, but for what stands under `among`.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub span: Span,
    pub docs: String,
    pub value: Expr,
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
    /// The language that its tag names.
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
    pub rules: Vec<Rule>,
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
    pub repeat: Repeat,
    pub thens: Vec<Then>,
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
    AgainAfter(crate::schema::DurationKind, i64),
    OncePerCalendar(CalendarUnit),
}

/// One `then`: actions that share one fate.
#[derive(Debug, Clone)]
pub struct Then {
    pub span: Span,
    pub calls: Vec<ActionCall>,
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

#[derive(Debug, Clone)]
pub struct Test {
    pub title: String,
    pub span: Span,
    /// `today is` or `now is`.
    pub clock: TestClock,
    pub given: Vec<Given>,
    pub expectations: Vec<Expectation>,
}

#[derive(Debug, Clone, Copy)]
pub enum TestClock {
    Today(Day),
    /// Microseconds since 1970-01-01T00:00Z.
    Now(i64),
}

#[derive(Debug, Clone)]
pub struct Given {
    pub span: Span,
    pub record: RecordId,
    /// One for each field of the record, defaults filled in; `None` for missing ones and for `many` fields. A
    /// reference holds the key's value.
    pub values: Vec<Option<Value>>,
}

#[derive(Debug, Clone)]
pub struct Expectation {
    pub span: Span,
    pub kind: ExpectationKind,
}

#[derive(Debug, Clone)]
pub enum ExpectationKind {
    Actions {
        campaign: CampaignId,
        rule: usize,
        subject: String,
        only: bool,
        actions: Vec<ExpectedAction>,
    },
    /// `because`: the stage's name, as in the suppressed list.
    NoRule {
        campaign: CampaignId,
        rule: usize,
        subject: String,
        because: Option<String>,
    },
    Nothing {
        target: String,
    },
    Values {
        record: RecordId,
        key: String,
        values: Vec<ExpectedValue>,
    },
}

#[derive(Debug, Clone)]
pub struct ExpectedAction {
    pub span: Span,
    pub action: ActionId,
    /// Place of the parameter and its value; `None` expects it missing.
    pub arguments: Vec<(usize, Option<Value>)>,
    pub to: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ExpectedValue {
    pub span: Span,
    /// As written: `membership`, `membership.next`.
    pub name: String,
    /// On a row of the record.
    pub actual: Expr,
    pub expected: Expected,
}

#[derive(Debug, Clone)]
pub enum Expected {
    Value(Value),
    Missing,
    Known,
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
            .position(|r| r.name == name)
            .map(|i| RecordId(i as u32))
    }
}

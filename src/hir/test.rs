//! The language's own tests.

use super::Expr;
use crate::schema::{ActionId, AttributeId, CampaignId, Day, Decimal, FigureId, RecordId, Value};
use crate::source::Span;

#[derive(Debug, Clone)]
pub struct Test {
    pub title: String,
    pub span: Span,
    /// `today is` or `now is`.
    pub clock: TestClock,
    pub given: Vec<Given>,
    pub done: Vec<GivenDone>,
    pub held_out: Vec<GivenHeldOut>,
    pub variants: Vec<GivenVariant>,
    pub levels: Vec<GivenLevel>,
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

/// `given done CAMPAIGN.RULE for "key" on DATE [per VALUE]`
#[derive(Debug, Clone)]
pub struct GivenDone {
    pub span: Span,
    pub campaign: CampaignId,
    pub rule: usize,
    pub subject: String,
    pub on: Day,
    /// One for each value of the rule's `once per`; for `once for PATH` the row counted by comes first, as its
    /// key. Empty where nothing is said: the values that the subject had on that day.
    pub per: Vec<Value>,
    /// Parameters that are stated; all others are those that the rule would have given on that day.
    pub actions: Vec<ExpectedAction>,
}

/// `given held out "key" in CAMPAIGN`
#[derive(Debug, Clone)]
pub struct GivenHeldOut {
    pub span: Span,
    pub campaign: CampaignId,
    pub subject: String,
}

/// `given variant a of CAMPAIGN.RULE for "key"`
#[derive(Debug, Clone)]
pub struct GivenVariant {
    pub span: Span,
    pub campaign: CampaignId,
    pub rule: usize,
    /// A place in the rule's arms.
    pub arm: usize,
    pub subject: String,
}

/// `given membership gold for "key" since DATE`: the level held before today's run.
#[derive(Debug, Clone)]
pub struct GivenLevel {
    pub span: Span,
    pub attribute: AttributeId,
    /// A place in the attribute's set; of a score its value.
    pub level: i64,
    pub key: String,
    pub since: Day,
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
    Figures(Vec<ExpectedFigure>),
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
    pub delivery: Option<Delivery>,
    /// In the workspace's currency.
    pub cost: Option<Decimal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    AtOnce,
    /// Microseconds since 1970-01-01T00:00Z.
    After(i64),
}

/// `expect figure NAME [for GROUP] = VALUE`
#[derive(Debug, Clone)]
pub struct ExpectedFigure {
    pub span: Span,
    pub figure: FigureId,
    /// The value of the key of its groups; `None` too where rows without one are meant.
    pub group: Option<Value>,
    pub expected: Expected,
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

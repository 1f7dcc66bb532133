//! Messages, channels, actions, and limits.

use super::*;

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

#[derive(Debug, Clone)]
pub struct AtMost {
    /// Of a top level `at most (a, b) …`; empty elsewhere.
    pub campaigns: Vec<Name>,
    pub count: Expr,
    /// `in all` or `for each EXPR`.
    pub scope: Option<LimitScope>,
    pub period: Option<Spanned<Period>>,
    /// `with CHANNEL`
    pub channel: Option<Name>,
    /// `for promotion`, in a channel.
    pub purpose: Option<Spanned<Purpose>>,
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
    /// For as long as the campaigns run, where there is none.
    pub period: Option<Spanned<Period>>,
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

//! Campaigns and their rules.

use super::*;

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
        value: Expr,
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

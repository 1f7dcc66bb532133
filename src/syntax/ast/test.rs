//! The language's own tests.

use super::*;

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
        /// `: action(…), …`: some of what it did, with some of its parameters.
        actions: Vec<ExpectedAction>,
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
    /// `given membership gold for [customer] "key" since DATE`
    GivenLevel {
        attribute: Name,
        level: Name,
        /// Where several records have a level of that name.
        record: Option<Name>,
        subject: Expr,
        since: Expr,
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
    /// `expect figure NAME [for GROUP] = value, …`
    ExpectFigures {
        figures: Vec<ExpectedFigure>,
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
    /// `at once`, `delivered after MOMENT`; one is enough.
    pub deliveries: Vec<ExpectedDelivery>,
    /// `costs 0.02 CNY`
    pub costs: Vec<Expr>,
}

#[derive(Debug, Clone)]
pub enum ExpectedDelivery {
    AtOnce,
    After(Expr),
}

#[derive(Debug, Clone)]
pub struct ExpectedFigure {
    pub span: Span,
    pub name: Name,
    /// Of a figure `for each` key: the key's value.
    pub group: Option<Expr>,
    pub expected: Expectation,
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

//! Derived attributes, and days with names.

use super::*;

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

/// `when C then VALUE because "reason"`
#[derive(Debug, Clone)]
pub struct ScoreLine {
    pub condition: Expr,
    pub value: Expr,
    pub because: Option<Spanned<String>>,
}

#[derive(Debug, Clone)]
pub struct Score {
    pub name: Name,
    pub record: Name,
    pub lines: Vec<ScoreLine>,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub name: Name,
    pub record: Name,
    pub by: Vec<Expr>,
    pub values: Option<TableValues>,
    pub first_match: bool,
    pub lines: Vec<TableLine>,
    pub otherwise: Option<Expr>,
}

/// `as one of (a, b)`, `as levels (a, b)`: what the lines of a table give.
#[derive(Debug, Clone)]
pub struct TableValues {
    pub span: Span,
    pub names: Vec<Name>,
    /// From the lowest to the highest.
    pub ordered: bool,
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
    /// In a list only.
    Date(Day),
    /// `on (2026-03-15, 2026-06-15)`, `on (03-15, lunar 08-15)`
    Listed(Vec<Spanned<OccasionDay>>),
}

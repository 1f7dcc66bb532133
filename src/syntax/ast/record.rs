//! Workspaces and records.

use super::*;

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
    /// `language zh`
    Language(Name),
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

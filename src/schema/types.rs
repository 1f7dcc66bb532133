//! The types of the language and the values they hold.

use super::{Currency, Day, Decimal, Rounding};
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub u32);

            impl $name {
                pub fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    /// A record of the program.
    RecordId;
    /// A field, by its place in its record.
    FieldId;
    /// A define, segment, tiers, stages, score or table, by its place in the program.
    AttributeId;
    /// A set of named values: `one of`, tiers, stages.
    EnumId;
    MessageId;
    /// A figure of the program.
    FigureId;
    ChannelId;
    ActionId;
    CampaignId;
}

/// Days and weeks do not mix with months and years, nor either with hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DurationKind {
    /// Counted in days (`days`, `weeks`).
    Days,
    /// Counted in months (`months`, `quarters`, `years`).
    Months,
    /// Counted in minutes (`minutes`, `hours`).
    Minutes,
}

/// What kind of value; whether it may be missing is said beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    Text,
    YesNo,
    Integer,
    Number,
    Percent,
    Money(Currency),
    Date,
    DateTime,
    Time,
    Duration(DurationKind),
    /// A named value of a `one of`, tiers or stages.
    Enum(EnumId),
    /// A reference to a row.
    Reference(RecordId),
    /// A rendered text, for an action's parameter.
    Message,
    /// The type of what already has a diagnostic; it agrees with everything.
    Unknown,
}

/// A value written in a program or read from data. Datetimes are microseconds since 1970-01-01T00:00Z,
/// times are seconds since midnight.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    Text(Arc<str>),
    YesNo(bool),
    Integer(i64),
    Number(Decimal),
    /// As a fraction: `5%` is 0.05.
    Percent(Decimal),
    Money(Decimal, Currency),
    Date(Day),
    DateTime(i64),
    Time(u32),
    Duration(DurationKind, i64),
    /// By its place in the set.
    Enum(EnumId, u32),
}

impl Value {
    /// The value as bare text: money in its minor unit without its currency, a percentage with its sign. `None`
    /// where names or a zone are needed: named values and datetimes.
    pub fn plain(&self) -> Option<String> {
        Some(match self {
            Value::Text(text) => text.to_string(),
            Value::YesNo(true) => "yes".into(),
            Value::YesNo(false) => "no".into(),
            Value::Integer(n) => n.to_string(),
            Value::Number(d) => d.to_string(),
            Value::Percent(d) => format!("{}%", Decimal(d.0.saturating_mul(100))),
            Value::Money(d, currency) => {
                let digits = currency.digits();
                let rounded = d.round_digits(digits, Rounding::Nearest).unwrap_or(*d);
                rounded.to_string_min(digits)
            }
            Value::Date(day) => day.to_string(),
            Value::Time(seconds) => {
                let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                match rest {
                    0 => format!("{hours:02}:{minutes:02}"),
                    _ => format!("{hours:02}:{minutes:02}:{rest:02}"),
                }
            }
            Value::Duration(kind, n) => {
                let unit = match kind {
                    DurationKind::Days => "day",
                    DurationKind::Months => "month",
                    DurationKind::Minutes => "minute",
                };
                format!("{n} {unit}{}", if *n == 1 { "" } else { "s" })
            }
            Value::DateTime(_) | Value::Enum(..) => return None,
        })
    }

    pub fn type_of(&self) -> Type {
        match self {
            Value::Text(_) => Type::Text,
            Value::YesNo(_) => Type::YesNo,
            Value::Integer(_) => Type::Integer,
            Value::Number(_) => Type::Number,
            Value::Percent(_) => Type::Percent,
            Value::Money(_, c) => Type::Money(*c),
            Value::Date(_) => Type::Date,
            Value::DateTime(_) => Type::DateTime,
            Value::Time(_) => Type::Time,
            Value::Duration(k, _) => Type::Duration(*k),
            Value::Enum(id, _) => Type::Enum(*id),
        }
    }
}

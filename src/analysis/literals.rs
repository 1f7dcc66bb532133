//! Literals where a value must be written: defaults, thresholds, lists, cells, tests.

use super::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::schema::{DAY_MICROS, Day, Decimal, DurationKind, RecordId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, TextPart, TimeUnit};

/// Kind and number of its units in one of these.
pub(super) fn unit_kind(unit: TimeUnit) -> (DurationKind, i64) {
    match unit {
        TimeUnit::Minutes => (DurationKind::Minutes, 1),
        TimeUnit::Hours => (DurationKind::Minutes, 60),
        TimeUnit::Days => (DurationKind::Days, 1),
        TimeUnit::Weeks => (DurationKind::Days, 7),
        TimeUnit::Months => (DurationKind::Months, 1),
        TimeUnit::Quarters => (DurationKind::Months, 3),
        TimeUnit::Years => (DurationKind::Months, 12),
    }
}

pub(super) fn unit_word(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Minutes => "minutes",
        TimeUnit::Hours => "hours",
        TimeUnit::Days => "days",
        TimeUnit::Weeks => "weeks",
        TimeUnit::Months => "months",
        TimeUnit::Quarters => "quarters",
        TimeUnit::Years => "years",
    }
}

/// Without the parentheses around it.
pub(super) fn bare(e: &Expr) -> &Expr {
    let mut e = e;
    while let ExprKind::Paren(inner) = &e.kind {
        e = inner;
    }
    e
}

impl<'a> Checker<'a> {
    /// The value of a literal, as one of type `ty`; `None` after reporting why not. Beside
    /// [`Type::Unknown`] nothing is said.
    pub(super) fn literal(&mut self, e: &Expr, ty: Type) -> Option<Value> {
        // A reference is written as its record's key.
        if let Type::Reference(r) = ty {
            let key = self.key_type(r).unwrap_or(Type::Unknown);
            return self.literal(
                e,
                if matches!(key, Type::Reference(_)) {
                    Type::Text
                } else {
                    key
                },
            );
        }
        let e = bare(e);
        if ty == Type::Unknown {
            return None;
        }
        if let (ExprKind::Name(name), Type::Enum(set)) = (&e.kind, ty) {
            return match self.enum_place(set, name) {
                Some(place) => Some(Value::Enum(set, place)),
                None => {
                    self.invalid_value(set, name, e.span);
                    None
                }
            };
        }
        let Some(value) = self.written_value(e) else {
            return self.not_literal(e, ty);
        };
        let value = match (value, ty) {
            (Value::Integer(n), Type::Number) => Value::Number(Decimal::from_int(n)),
            (Value::Text(t), Type::Message) => return Some(Value::Text(t)),
            (v, _) => v,
        };
        if value.type_of() == ty {
            return Some(value);
        }
        self.wrong_literal(e.span, &value, ty);
        None
    }

    /// The value that a literal says by itself.
    pub(super) fn written_value(&self, e: &Expr) -> Option<Value> {
        Some(match &bare(e).kind {
            ExprKind::Integer(n) => Value::Integer(*n),
            ExprKind::Number(d) => Value::Number(*d),
            ExprKind::Percent(d) => Value::Percent(*d),
            ExprKind::Money(d, c) => Value::Money(*d, *c),
            ExprKind::Date(d) => Value::Date(*d),
            ExprKind::DateTime {
                day,
                seconds,
                offset_minutes,
            } => Value::DateTime(self.instant(*day, *seconds, *offset_minutes)),
            ExprKind::Time(s) => Value::Time(*s),
            ExprKind::Duration(n, unit) => {
                let (kind, factor) = unit_kind(*unit);
                Value::Duration(kind, n.checked_mul(factor)?)
            }
            ExprKind::YesNo(b) => Value::YesNo(*b),
            ExprKind::Text(t) => Value::Text(match t.parts.as_slice() {
                [] => "".into(),
                [TextPart::Literal(s)] => s.as_str().into(),
                _ => return None,
            }),
            ExprKind::Negate(inner) => negated(self.written_value(inner)?)?,
            _ => return None,
        })
    }

    /// Microseconds since 1970 of a reading of the clock: in the workspace's zone, or at an offset.
    fn instant(&self, day: Day, seconds: u32, offset_minutes: Option<i32>) -> i64 {
        let local = i64::from(day.0) * DAY_MICROS + i64::from(seconds) * 1_000_000;
        if let Some(minutes) = offset_minutes {
            return local - i64::from(minutes) * 60_000_000;
        }
        let (y, m, d) = day.ymd();
        let civil = jiff::civil::DateTime::new(
            y as i16,
            m as i8,
            d as i8,
            (seconds / 3_600) as i8,
            (seconds / 60 % 60) as i8,
            (seconds % 60) as i8,
            0,
        );
        civil
            .ok()
            .and_then(|c| c.to_zoned(self.zone.clone()).ok())
            .map_or(local, |z| z.timestamp().as_microsecond())
    }

    /// The day of a moment in the workspace's zone.
    pub(super) fn day_of(&self, moment: i64) -> Option<Day> {
        let moment = jiff::Timestamp::from_microsecond(moment).ok()?;
        let date = moment.to_zoned(self.zone.clone()).date();
        Day::new(
            i32::from(date.year()),
            u32::from(date.month().unsigned_abs()),
            u32::from(date.day().unsigned_abs()),
        )
    }

    fn not_literal(&mut self, e: &Expr, ty: Type) -> Option<Value> {
        if let ExprKind::Name(name) = &e.kind
            && self.is_lost(name)
        {
            return None;
        }
        let what = self.describe(ty);
        let mut d = Diagnostic::new(
            &codes::LITERAL_NEEDED,
            e.span,
            format!("{what} must be written out here"),
        )
        .help(format!("write {}", example(ty, &self.enum_values(ty))));
        if let (ExprKind::Name(name), Type::Text) = (&e.kind, ty) {
            d.help = Some(format!("write `\"{name}\"`, in quotes"));
            d = d.unsafe_fix("put it in quotes", e.span, format!("\"{name}\""));
        }
        self.report(d);
        None
    }

    fn wrong_literal(&mut self, span: Span, value: &Value, ty: Type) {
        if let (Value::Money(_, a), Type::Money(b)) = (value, ty) {
            self.report(
                Diagnostic::new(
                    &codes::MIXED_CURRENCIES,
                    span,
                    format!("this is money in {a}, and {b} is needed"),
                )
                .help(format!("write the amount in {b}")),
            );
            return;
        }
        if let (Value::Text(text), Type::Enum(set)) = (value, ty)
            && self.enum_place(set, text).is_some()
        {
            let text = super::names::written(text);
            let name = self.enums[set.index()].name.clone();
            self.report(
                Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    span,
                    format!("the values of `{name}` are names, not texts"),
                )
                .help(format!("write `{text}` without quotes"))
                .fix(format!("write `{text}`"), span, text),
            );
            return;
        }
        let (is, need) = (self.describe(value.type_of()), self.describe(ty));
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                span,
                format!("this is {is}, and {need} is needed"),
            )
            .help(format!("write {}", example(ty, &self.enum_values(ty)))),
        );
    }

    fn enum_values(&self, ty: Type) -> String {
        match ty {
            Type::Enum(set) => {
                super::names::list(self.enums[set.index()].values.iter().map(String::as_str))
            }
            _ => String::new(),
        }
    }

    /// A whole number of at least `least`, written out.
    pub(super) fn whole_number(&mut self, e: &Expr, least: i64) -> Option<i64> {
        match self.literal(e, Type::Integer)? {
            // More than any calendar holds; far from overflow.
            Value::Integer(n) if (least..=3_660_000).contains(&n) => Some(n),
            _ => {
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        e.span,
                        format!("a whole number from {least} to 3660000 is needed here"),
                    )
                    .help("write a number in this range"),
                );
                None
            }
        }
    }

    /// The text of a record's key, as `for "c1"` writes it.
    pub(super) fn key_text(&mut self, e: &Expr, record: Option<RecordId>) -> Option<String> {
        let ty = match record {
            Some(r) => match self.key_type(r) {
                Some(Type::Reference(_)) | None => Type::Text,
                Some(ty) => ty,
            },
            None => match self.written_value(e) {
                Some(Value::Integer(_)) => Type::Integer,
                _ => Type::Text,
            },
        };
        Some(match self.literal(e, ty)? {
            Value::Text(t) => t.to_string(),
            Value::Integer(n) => n.to_string(),
            Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.to_string(),
            Value::Date(d) => d.to_string(),
            Value::Enum(set, place) => self.enums[set.index()].values[place as usize].clone(),
            Value::YesNo(b) => if b { "yes" } else { "no" }.to_string(),
            Value::DateTime(_) | Value::Time(_) | Value::Duration(..) => {
                self.sources.slice(e.span).to_string()
            }
        })
    }
}

fn negated(value: Value) -> Option<Value> {
    Some(match value {
        Value::Integer(n) => Value::Integer(n.checked_neg()?),
        Value::Number(d) => Value::Number(d.checked_neg()?),
        Value::Percent(d) => Value::Percent(d.checked_neg()?),
        Value::Money(d, c) => Value::Money(d.checked_neg()?, c),
        _ => return None,
    })
}

/// How a value of a type is written.
pub(super) fn example(ty: Type, values: &str) -> String {
    match ty {
        Type::Text | Type::Message => "a text in quotes, as in `\"tea\"`".into(),
        Type::YesNo => "`yes` or `no`".into(),
        Type::Integer => "a whole number, as in `500`".into(),
        Type::Number => "a number, as in `2.5`".into(),
        Type::Percent => "a percentage, as in `5%`".into(),
        Type::Money(c) => format!("an amount, as in `1_000 {c}`"),
        Type::Date => "a date, as in `2026-11-21`".into(),
        Type::DateTime => "a date with a time, as in `2026-11-21T09:00`".into(),
        Type::Time => "a time, as in `09:00`".into(),
        Type::Duration(_) => "a duration, as in `30 days`".into(),
        Type::Enum(_) => format!("one of {values}"),
        Type::Reference(_) | Type::Unknown => "the key of a row".into(),
    }
}

//! What to say about two values that cannot be compared.

use super::Checker;
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::hir::{self, ExprKind as H};
use crate::schema::{Type, Value};
use crate::source::Span;

impl<'a> Checker<'a> {
    pub(super) fn unlike<T>(
        &mut self,
        left: &hir::Expr,
        right: &hir::Expr,
        help: &str,
    ) -> Option<T> {
        let (a, b) = (self.describe(left.ty.ty), self.describe(right.ty.ty));
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                right.span,
                format!("{a} cannot be compared with {b}"),
            )
            .label(format!("this is {b}"))
            .also(left.span, format!("this is {a}"))
            .help(help),
        );
        None
    }

    pub(super) fn no_order(&mut self, left: &hir::Expr, right: &hir::Expr) {
        let what = match left.ty.ty {
            Type::Enum(set) => format!("the values of `{}`", self.enums[set.index()].name),
            Type::YesNo => "flags".into(),
            _ => "rows".into(),
        };
        let help = match left.ty.ty {
            Type::Enum(_) => {
                "write `is`, or `in (…)` with those that you mean; only tiers are ordered"
            }
            _ => "write `=`, `!=` or `in (…)`",
        };
        self.report(
            Diagnostic::new(
                &codes::UNORDERED_VALUES,
                left.span.to(right.span),
                format!("{what} have no order, so none is above another"),
            )
            .help(help),
        );
    }

    pub(super) fn date_beside_datetime(&mut self, left: &hir::Expr, right: &hir::Expr) {
        let time = if left.ty.ty == Type::DateTime {
            left
        } else {
            right
        };
        let text = self.sources.slice(time.span).to_string();
        let (instead, fixable) = match text.as_str() {
            "now" => ("today".to_string(), true),
            _ => (format!("date_of({text})"), true),
        };
        let d = Diagnostic::new(
            &codes::DATE_BESIDE_DATETIME,
            left.span.to(right.span),
            "a date is a whole day, and cannot be compared with a moment in it",
        )
        .help(format!("write `{instead}` to take the day"));
        self.report(if fixable {
            d.unsafe_fix(format!("write `{instead}`"), time.span, instead)
        } else {
            d
        });
    }

    pub(super) fn incomparable_durations<T>(&mut self, span: Span, a: Type, b: Type) -> Option<T> {
        let (a, b) = (self.describe(a), self.describe(b));
        self.report(
            Diagnostic::new(
                &codes::INCOMPARABLE_DURATIONS,
                span,
                format!("{a} and {b} cannot be compared: months differ in length"),
            )
            .help("say both in the same unit"),
        );
        None
    }

    /// `days since X > 1 month`
    pub(super) fn count_beside_duration<T>(
        &mut self,
        count: &hir::Expr,
        duration: &hir::Expr,
    ) -> Option<T> {
        let counted = match &count.kind {
            H::Between { unit, .. } => Some(*unit),
            _ => None,
        };
        let text = self.sources.slice(duration.span);
        let number = text
            .split(|c: char| !(c.is_ascii_digit() || c == '_'))
            .next();
        let number = number.unwrap_or_default().to_string();
        let plain = !number.is_empty() && matches!(duration.kind, H::Literal(_));
        let same = counted.is_some_and(|unit| {
            use crate::schema::DurationKind as K;
            let word = text.trim_start_matches(|c: char| !c.is_alphabetic());
            match (unit, duration.ty.ty) {
                (hir::DiffUnit::Days, Type::Duration(K::Days)) => word.starts_with("day"),
                (hir::DiffUnit::Weeks, Type::Duration(K::Days)) => word.starts_with("week"),
                (hir::DiffUnit::Months, Type::Duration(K::Months)) => word.starts_with("month"),
                (hir::DiffUnit::Quarters, Type::Duration(K::Months)) => word.starts_with("quarter"),
                (hir::DiffUnit::Years, Type::Duration(K::Months)) => word.starts_with("year"),
                (hir::DiffUnit::Hours, Type::Duration(K::Minutes)) => word.starts_with("hour"),
                (hir::DiffUnit::Minutes, Type::Duration(K::Minutes)) => word.starts_with("minute"),
                _ => false,
            }
        });
        let is = self.describe(duration.ty.ty);
        let d = Diagnostic::new(
            &codes::INCOMPARABLE_DURATIONS,
            count.span.to(duration.span),
            format!("a count cannot be compared with {is}"),
        );
        let word = text.trim_start_matches(|c: char| !c.is_alphabetic());
        let counting = self.sources.slice(count.span);
        let first = counting.split(' ').next().unwrap_or("");
        let units = if word.ends_with('s') {
            word.to_string()
        } else {
            format!("{word}s")
        };
        let d = if !same && plain && crate::syntax::is_unit(word) && crate::syntax::is_unit(first) {
            let between = Span {
                start: count.span.end.min(duration.span.start),
                end: duration.span.start.max(count.span.end),
                ..count.span
            };
            let ordered = count.span.end <= duration.span.start;
            let operator = if ordered {
                self.sources.slice(between)
            } else {
                " and "
            };
            let good = format!("{units}{}{operator}{number}", &counting[first.len()..]);
            let start = Span {
                end: count.span.start + first.len() as u32,
                ..count.span
            };
            let mut d = d.help(format!("write `{good}`, or count both in {first}"));
            d.fix = Some(Fix {
                message: format!("count in {units}"),
                edits: vec![
                    Edit {
                        span: start,
                        text: units,
                    },
                    Edit {
                        span: duration.span,
                        text: number,
                    },
                ],
                safe: false,
            });
            d
        } else if same && plain {
            d.help(format!("write `{number}`: the unit is said by the count"))
                .fix(format!("write `{number}`"), duration.span, number)
        } else {
            d.help(
                "write a plain number of the unit that is counted, as in `days since joined > 30`",
            )
        };
        self.report(d);
        None
    }

    /// `visits > 3 CNY`, `spend > 1000`
    pub(super) fn amount_without_currency<T>(
        &mut self,
        number: &hir::Expr,
        amount: &hir::Expr,
        currency: crate::schema::Currency,
    ) -> Option<T> {
        let text = self.sources.slice(number.span).to_string();
        let money = self.sources.slice(amount.span).to_string();
        let literal = |e: &hir::Expr| matches!(e.kind, H::Literal(_));
        if literal(amount) && !literal(number) {
            let is = self.describe(number.ty.ty);
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                amount.span,
                format!("`{text}` is {is}, and cannot be compared with money"),
            );
            let plain = money
                .trim_end_matches(|c: char| !c.is_ascii_digit())
                .to_string();
            self.report(d.help(format!("write `{plain}`")).fix(
                format!("write `{plain}`"),
                amount.span,
                plain,
            ));
            return None;
        }
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            number.span,
            format!("money in {currency} cannot be compared with a plain number"),
        );
        let d = match number.kind {
            H::Literal(_) => d.help(format!("write `{text} {currency}`")).fix(
                "name the currency",
                number.span.at_end(),
                format!(" {currency}"),
            ),
            _ => d.help(format!("compare it with an amount, as in `100 {currency}`")),
        };
        self.report(d);
        None
    }

    /// `a / b > 5%`
    pub(super) fn number_beside_percent<T>(
        &mut self,
        number: &hir::Expr,
        percent: &hir::Expr,
    ) -> Option<T> {
        let text = self.sources.slice(number.span);
        let good = format!("{text} as percent");
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            percent.span,
            format!(
                "{} cannot be compared with a percentage",
                self.describe(number.ty.ty)
            ),
        )
        .label("this is a percentage");
        let is = self.describe(number.ty.ty);
        self.report(match number.kind {
            H::Literal(_) => d
                .also(number.span, format!("this is {is}"))
                .help("write `%` after it, or compare two plain numbers"),
            _ => d
                .also(number.span, format!("this is {is}"))
                .help(format!(
                    "write `{good}` to make a percentage of it, or compare it with a plain number"
                ))
                .fix(
                    format!("write `{good}`"),
                    number.span.at_end(),
                    " as percent",
                ),
        });
        None
    }

    /// `spend > 5%`: of what?
    pub(super) fn money_beside_percent<T>(
        &mut self,
        money: &hir::Expr,
        percent: &hir::Expr,
    ) -> Option<T> {
        let text = self.sources.slice(percent.span).to_string();
        let is = self.describe(money.ty.ty);
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                percent.span,
                format!("{is} cannot be compared with a percentage"),
            )
            .label("a percentage of what?")
            .also(money.span, format!("this is {is}"))
            .help(format!(
                "write an amount, or a part of one, as in `{text} * …`"
            )),
        );
        None
    }

    /// `joined > "2026-11-21"`, `joined > 20261121`, `joined > 11-21`
    pub(super) fn date_in_other_words<T>(
        &mut self,
        date: &hir::Expr,
        other: &hir::Expr,
    ) -> Option<T> {
        let text = self.sources.slice(other.span);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let bare = text.trim_matches('"');
        let dashed = bare.len() == 10 && bare.bytes().filter(|b| *b == b'-').count() == 2;
        let day = match digits.len() {
            8 if bare.len() == 8 || dashed => Some(format!(
                "{}-{}-{}",
                &digits[..4],
                &digits[4..6],
                &digits[6..]
            )),
            _ => None,
        };
        let is = self.describe(other.ty.ty);
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            other.span,
            format!("a date cannot be compared with {is}"),
        )
        .label(format!("this is {is}"))
        .also(date.span, "this is a date");
        self.report(match day {
            Some(day) => d
                .help(format!("write `{day}`, without quotes"))
                .fix(format!("write `{day}`"), other.span, day),
            None if matches!(other.ty.ty, Type::Integer | Type::Number) => {
                d.help("a day is written with its year, as in `2026-11-21`; time that went by is counted by `days since …`")
            }
            None => d.help("a day is written `2026-11-21`, without quotes"),
        });
        None
    }

    pub(super) fn text_beside_name<T>(
        &mut self,
        set: crate::schema::EnumId,
        name: &hir::Expr,
        text: &hir::Expr,
    ) -> Option<T> {
        let H::Literal(Value::Text(value)) = &text.kind else {
            return self.unlike(name, text, "a named value is compared with a name");
        };
        if self.enum_place(set, value).is_none() {
            let value = value.to_string();
            self.invalid_value(set, &value, text.span);
            return None;
        }
        let instead = super::names::written(value);
        let owner = self.enums[set.index()].name.clone();
        self.report(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                text.span,
                format!("the values of `{owner}` are names, not texts"),
            )
            .help(format!("write `{instead}` without quotes"))
            .fix(format!("write `{instead}`"), text.span, instead.clone()),
        );
        None
    }
}

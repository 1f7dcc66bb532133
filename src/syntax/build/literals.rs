//! Numbers, money, days, times. What cannot be is reported at the literal, and stands as something that can.

use super::expressions::make;
use super::limits::time_unit;
use super::{Builder, Node, only, parts};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::schema::{Currency, Day, Decimal, DecimalError, days_in_month};
use crate::source::{Span, Spanned};
use crate::syntax::Rule;
use crate::syntax::ast::*;

/// The codes that a slip of the hand is taken for.
const COMMON: &[&str] = &[
    "CNY", "USD", "EUR", "JPY", "GBP", "HKD", "TWD", "KRW", "SGD", "AUD", "CAD", "CHF",
];

impl Builder<'_> {
    /// A value that a default, a level or a parameter may have.
    pub fn plain_value(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut p = parts(node);
        let minus = p.want(Rule::minus).is_some();
        let n = p.must();
        let at = self.span(&n);
        let kind = match n.as_rule() {
            Rule::text => return self.text(n),
            Rule::flag => ExprKind::YesNo(n.as_str().starts_with("yes")),
            Rule::today => ExprKind::Today,
            Rule::now => ExprKind::Now,
            Rule::name => match self.source(at) {
                word @ ("true" | "false") => {
                    self.foreign(at, if word == "true" { "yes" } else { "no" });
                    ExprKind::YesNo(word == "true")
                }
                _ => ExprKind::Name(self.name(n).node),
            },
            _ => self.literal(n),
        };
        let e = make(at, kind);
        if minus {
            make(span, ExprKind::Negate(Box::new(e)))
        } else {
            e
        }
    }

    pub fn literal(&mut self, node: Node<'_>) -> ExprKind {
        match node.as_rule() {
            Rule::date => ExprKind::Date(self.day(&node)),
            Rule::datetime => self.datetime(&node),
            Rule::time => ExprKind::Time(self.time(node.as_str().trim(), self.span(&node))),
            Rule::percent => ExprKind::Percent(self.percent(node).node),
            Rule::money => {
                let mut p = parts(node);
                let amount = self.decimal(&p.must());
                ExprKind::Money(amount, self.currency(p.must()).node)
            }
            Rule::duration => {
                let mut p = parts(node);
                let n = self.integer(&p.must());
                ExprKind::Duration(n, time_unit(&p.must()))
            }
            _ if node.as_str().contains('.') => ExprKind::Number(self.decimal(&node)),
            _ => ExprKind::Integer(self.integer(&node)),
        }
    }

    pub fn integer(&mut self, node: &Node<'_>) -> i64 {
        let digits: String = node
            .as_str()
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '-')
            .collect();
        digits.parse().unwrap_or_else(|_| {
            let span = self.span(node);
            self.report(
                Diagnostic::new(&codes::INVALID_LITERAL, span, "this number is too large")
                    .help(format!("the largest whole number is {}", i64::MAX)),
            );
            0
        })
    }

    fn decimal(&mut self, node: &Node<'_>) -> Decimal {
        self.decimal_of(node.as_str().trim(), self.span(node))
    }

    fn decimal_of(&mut self, text: &str, span: Span) -> Decimal {
        match text.replace('_', "").parse() {
            Ok(n) => n,
            Err(error) => {
                let message = match error {
                    DecimalError::TooFine => "a number has at most nine digits after the point",
                    DecimalError::TooLarge => "this number is too large",
                    DecimalError::Malformed => "this is no number",
                };
                self.error(&codes::INVALID_LITERAL, span, message);
                Decimal::ZERO
            }
        }
    }

    /// As a fraction: `5%` is 0.05.
    pub fn percent(&mut self, node: Node<'_>) -> Spanned<Decimal> {
        let span = self.span(&node);
        let number = only(node);
        let hundred = Decimal::from_int(100);
        let value = self.decimal(&number);
        let share = value.checked_div(hundred).unwrap_or_default();
        if share.checked_mul(hundred) != Some(value) {
            self.error(
                &codes::INVALID_LITERAL,
                span,
                "a percentage has at most seven digits after the point",
            );
        }
        Spanned::new(share, span)
    }

    pub fn currency_of(&mut self, code: &str, span: Span) -> Currency {
        if let Some(currency) = Currency::from_code(code) {
            return currency;
        }
        let upper = code.to_uppercase();
        let guess = match upper.as_str() {
            "RMB" | "YUAN" | "CNH" => Some("CNY"),
            "DOLLAR" | "DOLLARS" | "US" => Some("USD"),
            "EURO" | "EUROS" => Some("EUR"),
            "YEN" => Some("JPY"),
            _ => nearest(&upper, COMMON.iter().copied()),
        };
        let mut diagnostic = Diagnostic::new(
            &codes::INVALID_LITERAL,
            span,
            format!("`{code}` is not a currency"),
        )
        .help("a currency is written by its three letters of ISO 4217, such as `CNY` or `EUR`");
        if let Some(good) = guess {
            diagnostic.help = Some(format!("did you mean `{good}`?"));
            diagnostic = diagnostic.fix(format!("write `{good}`"), span, good);
            if let Some(fix) = &mut diagnostic.fix {
                fix.safe = false;
            }
        }
        self.report(diagnostic);
        guess
            .and_then(Currency::from_code)
            .unwrap_or_else(any_currency)
    }

    pub fn day(&mut self, node: &Node<'_>) -> Day {
        self.day_of(node.as_str().trim(), self.span(node))
    }

    /// `2026-11-21`, also with one digit for month or day.
    fn day_of(&mut self, text: &str, span: Span) -> Day {
        let numbers: Vec<u32> = text.split('-').map(|p| p.parse().unwrap_or(0)).collect();
        let [year, month, day] = numbers[..] else {
            return Day(0);
        };
        if text.len() != 10 {
            let good = format!("{year:04}-{month:02}-{day:02}");
            self.report(
                Diagnostic::new(
                    &codes::FOREIGN_NOTATION,
                    span,
                    format!("month and day have two digits: `{good}`"),
                )
                .fix(format!("write `{good}`"), span, good),
            );
        }
        if let Some(day) = Day::new(year as i32, month, day) {
            return day;
        }
        let year_ok = (1..=9999).contains(&year);
        let message = if !year_ok {
            "years go from 0001 to 9999".to_string()
        } else if !(1..=12).contains(&month) {
            format!("there is no month {month}")
        } else {
            let last = days_in_month(year as i32, month);
            format!("there is no such day: {year:04}-{month:02} ends on {last}")
        };
        self.report(
            Diagnostic::new(&codes::INVALID_LITERAL, span, message)
                .help("a day is written year-month-day"),
        );
        let (year, month) = (year.clamp(1, 9999) as i32, month.clamp(1, 12));
        Day::new(year, month, day.clamp(1, days_in_month(year, month))).unwrap_or(Day(0))
    }

    fn time(&mut self, text: &str, span: Span) -> u32 {
        let numbers: Vec<u32> = text.split(':').map(|p| p.parse().unwrap_or(99)).collect();
        let (hour, minute, second) = (
            numbers[0],
            numbers.get(1).copied().unwrap_or(0),
            numbers.get(2).copied().unwrap_or(0),
        );
        if hour > 23 || minute > 59 || second > 59 {
            self.report(
                Diagnostic::new(
                    &codes::INVALID_LITERAL,
                    span,
                    "there is no such time of day",
                )
                .help("times go from `00:00` to `23:59`"),
            );
            return 0;
        }
        hour * 3600 + minute * 60 + second
    }

    fn datetime(&mut self, node: &Node<'_>) -> ExprKind {
        let span = self.span(node);
        let text = node.as_str().trim();
        let (date, rest) = text.split_once('T').unwrap_or((text, "00:00"));
        let day = self.day_of(date, span);
        let zone_at = rest.find(['Z', '+', '-']);
        let (clock, zone) = rest.split_at(zone_at.unwrap_or(rest.len()));
        let seconds = self.time(clock, span);
        let offset_minutes = match zone {
            "" => None,
            "Z" => Some(0),
            zone => {
                let minutes = (self.time(&zone[1..], span) / 60) as i32;
                Some(if zone.starts_with('-') {
                    -minutes
                } else {
                    minutes
                })
            }
        };
        ExprKind::DateTime {
            day,
            seconds,
            offset_minutes,
        }
    }

    /// `11-21`; `longest` is the number of days a month may have.
    pub fn month_day(&mut self, node: Node<'_>, longest: i64) -> (u32, u32) {
        let span = self.span(&node);
        let (month, day) = node.as_str().trim().split_once('-').unwrap_or(("1", "1"));
        self.check_month_day(
            month.parse().unwrap_or(0),
            day.parse().unwrap_or(0),
            longest,
            span,
        )
    }

    pub fn check_month_day(
        &mut self,
        month: i64,
        day: i64,
        longest: i64,
        span: Span,
    ) -> (u32, u32) {
        let last = if longest == 31 && (1..=12).contains(&month) {
            days_in_month(2024, month as u32) as i64
        } else {
            longest
        };
        if (1..=12).contains(&month) && (1..=last).contains(&day) {
            return (month as u32, day as u32);
        }
        let (what, help) = match longest {
            30 => (
                "there is no such day in a lunar year",
                "lunar days are written month-day, from `01-01` to `12-30`",
            ),
            _ => (
                "there is no such day in a year",
                "a day of every year is written month-day, as in `11-21`",
            ),
        };
        self.report(Diagnostic::new(&codes::INVALID_LITERAL, span, what).help(help));
        // A day that no other rule takes offence at.
        (month.clamp(1, 12) as u32, day.clamp(1, 28) as u32)
    }
}

/// INVARIANT: the list of currencies is not empty, and holds `CNY`.
fn any_currency() -> Currency {
    Currency::from_code("CNY").expect("CNY is a currency")
}

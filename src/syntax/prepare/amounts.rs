//! Amounts, days and times as they are written elsewhere.

use super::Scanner;
use crate::diagnostic::{Diagnostic, codes};
use crate::schema::Currency;

/// Marks before or after an amount, and the currency they are read as.
const MONEY_MARKS: &[(&str, &str)] = &[
    ("\u{a5}", "CNY"),
    ("\u{ffe5}", "CNY"),
    ("$", "USD"),
    ("\u{ff04}", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("元", "CNY"),
    ("块", "CNY"),
    ("圆", "CNY"),
    ("人民币", "CNY"),
    ("美元", "USD"),
    ("欧元", "EUR"),
    ("RMB", "CNY"),
];

impl Scanner<'_> {
    /// Amounts, days and times as they are written elsewhere.
    pub(super) fn number_habit(&mut self, c: char) -> bool {
        let prefix = MONEY_MARKS.iter().find(|(m, _)| self.rest().starts_with(m));
        if let Some(&(mark, code)) = prefix {
            let after = &self.rest()[mark.len()..];
            let space = after.len() - after.trim_start_matches(' ').len();
            let digits = number_length(&after[space..]);
            if digits == 0 {
                return false;
            }
            let number = tidy_number(&after[space..space + digits]);
            self.money(mark.len() + space + digits, &number, code, false);
            return true;
        }
        if !c.is_ascii_digit() {
            return false;
        }
        if self.chinese_day() || self.clock_habit() {
            return true;
        }
        let rest = self.rest();
        let run = rest
            .bytes()
            .take_while(|b| b.is_ascii_digit() || matches!(b, b'/' | b'.' | b':'))
            .count();
        let run = rest[..run].trim_end_matches(['/', '.', ':']).len();
        if let Some(day) = foreign_day(&rest[..run]) {
            let span = self.span(self.pos, self.pos + run);
            let message = format!("a day is written `{day}`, year first and with `-`");
            let mut d = Diagnostic::new(&codes::FOREIGN_NOTATION, span, message).fix(
                format!("write `{day}`"),
                span,
                day.clone(),
            );
            if let Some(fix) = &mut d.fix {
                // `5.6.2026` may be a month before its day.
                let year_first = rest.bytes().take_while(u8::is_ascii_digit).count() == 4;
                fix.safe = year_first || day[8..] > *"12";
            }
            self.report(d);
            self.replace(run, &day);
            return true;
        }
        if let Some((day, other)) = american_day(&rest[..run]) {
            let message = format!("a day is written `{day}`, year first and with `-`");
            let span = self.span(self.pos, self.pos + run);
            let mut d = Diagnostic::new(&codes::FOREIGN_NOTATION, span, message);
            match other {
                Some(other) => d = d.help(format!("or `{other}`, if the day stands first here")),
                None => d = d.fix(format!("write `{day}`"), span, day.clone()),
            }
            self.report(d);
            self.replace(run, &day);
            return true;
        }
        self.amount_habit()
    }

    /// Reports the next `n` bytes with what is to be written for them, and writes it.
    fn instead(&mut self, n: usize, message: &str, good: &str) {
        let span = self.span(self.pos, self.pos + n);
        self.report(
            Diagnostic::new(&codes::FOREIGN_NOTATION, span, message).fix(
                format!("write `{good}`"),
                span,
                good,
            ),
        );
        self.replace(n, good);
    }

    /// `2026年11月21日`
    fn chinese_day(&mut self) -> bool {
        let rest = self.rest();
        let mut parts: Vec<&str> = Vec::new();
        let mut length = 0;
        for mark in ['年', '月', '日'] {
            let part = &rest[length..];
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let ends = part[digits..].starts_with(mark)
                || mark == '日' && part[digits..].starts_with('号');
            if digits == 0 || digits > 4 || !ends {
                return false;
            }
            parts.push(&part[..digits]);
            length += digits + mark.len_utf8();
        }
        let day = format!("{}-{:0>2}-{:0>2}", parts[0], parts[1], parts[2]);
        let message = format!("a day is written `{day}`, with `-`");
        self.instead(length, &message, &day);
        true
    }

    /// `9:00`, `9pm`, `9:30 am`
    fn clock_habit(&mut self) -> bool {
        let rest = self.rest();
        let hour = rest.bytes().take_while(u8::is_ascii_digit).count();
        let minutes = rest.as_bytes().get(hour) == Some(&b':')
            && rest[hour + 1..]
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count()
                == 2;
        let clock = if minutes { hour + 3 } else { hour };
        let after = &rest[clock..];
        let space = after.len() - after.trim_start_matches(' ').len();
        let half = after[space..].get(..2).unwrap_or("").to_ascii_lowercase();
        let ends = !after[space..]
            .get(2..)
            .is_some_and(|r| r.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        let n: usize = match rest[..hour].parse() {
            Ok(n) if hour <= 2 => n,
            _ => return false,
        };
        let tail = if minutes { &rest[hour..clock] } else { ":00" };
        if matches!(half.as_str(), "am" | "pm") && ends && (1..=12).contains(&n) {
            let n = n % 12 + if half == "pm" { 12 } else { 0 };
            let time = format!("{n:02}{tail}");
            let message = "a time goes from `00:00` to `23:59`";
            self.instead(clock + space + 2, message, &time);
            return true;
        }
        if hour == 1 && minutes {
            let time = format!("0{}", &rest[..clock]);
            self.instead(clock, "a time has two digits for the hour", &time);
            return true;
        }
        false
    }

    /// `CNY 1000` at a word; false if it is none.
    pub(super) fn code_first(&mut self, word: &str) -> bool {
        if word.len() != 3 || Currency::from_code(word).is_none() {
            return false;
        }
        let after = &self.rest()[3..];
        let space = after.len() - after.trim_start_matches(' ').len();
        let digits = number_length(&after[space..]);
        let spoken = self.src[..self.pos].trim_end().ends_with("currency");
        if digits == 0 || spoken {
            return false;
        }
        let number = tidy_number(&after[space..space + digits]);
        self.money(3 + space + digits, &number, word, true);
        true
    }

    /// `1,000 CNY`, `1000元`, `1,000元`.
    fn amount_habit(&mut self) -> bool {
        let rest = self.rest();
        let digits = number_length(rest);
        let after = &rest[digits..];
        let space = after.len() - after.trim_start_matches(' ').len();
        let number = tidy_number(&rest[..digits]);
        if self.rounded_amount(digits) {
            return true;
        }
        let mark = MONEY_MARKS
            .iter()
            .find(|(m, _)| after[space..].starts_with(m));
        let ends = |n: usize| !after[n..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if let Some(&(mark, code)) = mark
            && (!mark.is_ascii() || ends(space + mark.len()))
        {
            self.money(digits + space + mark.len(), &number, code, true);
            return true;
        }
        if self.duration(digits, space) {
            return true;
        }
        let after = &self.rest()[digits..];
        let code: String = after[space..]
            .chars()
            .take(3)
            .filter(char::is_ascii_uppercase)
            .collect();
        if rest[..digits].contains(',') && code.len() == 3 && ends(space + 3) {
            let good = format!("{number} {code}");
            let span = self.span(self.pos, self.pos + digits);
            self.report(
                Diagnostic::new(
                    &codes::FOREIGN_NOTATION,
                    span,
                    format!("thousands are set apart by `_`, as in `{good}`"),
                )
                .fix(format!("write `{number}`"), span, number.clone()),
            );
            self.replace(digits, &number);
            return true;
        }
        false
    }

    /// `30天`, `3 个月`
    fn duration(&mut self, digits: usize, space: usize) -> bool {
        const UNITS: &[(&str, &str)] = &[
            ("分钟", "minute"),
            ("小时", "hour"),
            ("个小时", "hour"),
            ("天", "day"),
            ("周", "week"),
            ("个星期", "week"),
            ("星期", "week"),
            ("个月", "month"),
            ("个季度", "quarter"),
            ("季度", "quarter"),
            ("年", "year"),
        ];
        let rest = self.rest();
        let (number, after) = (&rest[..digits], &rest[digits + space..]);
        let ends = |s: &str| !s.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let unit = UNITS
            .iter()
            .find(|(unit, _)| after.strip_prefix(unit).is_some_and(ends));
        // `2026年` is a year of the calendar.
        let whole = number.bytes().all(|b| b.is_ascii_digit()) && number.len() < 4;
        let Some((unit, word)) = unit.filter(|_| whole) else {
            return false;
        };
        let many = if number == "1" { "" } else { "s" };
        let good = format!("{number} {word}{many}");
        let message = format!("`{unit}` is written `{word}{many}`");
        self.instead(digits + space + unit.len(), &message, &good);
        true
    }

    /// `1万`, `1.5亿元`, `5k`, with what follows: a mark or code of a currency, or nothing.
    fn rounded_amount(&mut self, digits: usize) -> bool {
        let rest = self.rest();
        let after = &rest[digits..];
        let (unit, zeros) = match after.chars().next() {
            Some('万') => ('万', 4),
            Some('亿') => ('亿', 8),
            Some('千') => ('千', 3),
            Some(k @ ('k' | 'K')) => (k, 3),
            _ => return false,
        };
        let ends = |s: &str| !s.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let tail = &after[unit.len_utf8()..];
        if !ends(tail) {
            return false;
        }
        let Some(number) = multiplied(&rest[..digits], zeros) else {
            return false;
        };
        let n = digits + unit.len_utf8();
        let mark = MONEY_MARKS.iter().find(|(m, _)| tail.starts_with(m));
        match mark {
            Some((mark, code)) => self.money(n + mark.len(), &number, code, true),
            None => {
                let message = format!("a number is written out, as in `{number}`");
                self.instead(n, &message, &number);
            }
        }
        true
    }

    fn money(&mut self, n: usize, number: &str, code: &str, safe: bool) {
        let span = self.span(self.pos, self.pos + n);
        let good = format!("{number} {code}");
        let mut diagnostic = Diagnostic::new(
            &codes::FOREIGN_NOTATION,
            span,
            format!("an amount is written with its currency's code, as in `{good}`"),
        )
        .fix(format!("write `{good}`"), span, good.clone());
        if let Some(fix) = &mut diagnostic.fix {
            fix.safe = safe;
        }
        self.report(diagnostic);
        self.replace(n, &good);
    }
}

/// Length of digits with groups of three after commas and a fraction.
fn number_length(s: &str) -> usize {
    let b = s.as_bytes();
    let digits = |from: usize| {
        b[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit() || **c == b'_')
            .count()
    };
    if !s.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    let mut n = digits(0);
    if n <= 3 {
        while b.get(n) == Some(&b',') && digits(n + 1) == 3 {
            n += 4;
        }
    }
    if b.get(n) == Some(&b'.') && digits(n + 1) > 0 {
        n += 1 + digits(n + 1);
    }
    n
}

/// Digits with `_` for each comma, and between thousands where there was none.
fn tidy_number(s: &str) -> String {
    s.replace(',', "_")
}

/// `2026/11/21`, `2026.11.21` and `21.11.2026` as the language writes them.
fn foreign_day(s: &str) -> Option<String> {
    let mark = if s.contains('/') { '/' } else { '.' };
    let parts: Vec<&str> = s.split(mark).collect();
    let [a, b, c] = parts[..] else { return None };
    let numeric = parts
        .iter()
        .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    if !numeric {
        return None;
    }
    match (a.len(), b.len(), c.len()) {
        (4, 1..=2, 1..=2) => Some(format!("{a}-{b:0>2}-{c:0>2}")),
        (1..=2, 1..=2, 4) if mark == '.' => Some(format!("{c}-{b:0>2}-{a:0>2}")),
        _ => None,
    }
}

/// `11/21/2026`, month first; and the other reading, where there is one.
fn american_day(s: &str) -> Option<(String, Option<String>)> {
    let parts: Vec<&str> = s.split('/').collect();
    let [a, b, year] = parts[..] else { return None };
    let numeric = |p: &&str| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    if ![a, b].iter().all(numeric) || year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (first, second): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
    let day = |month: &str, day: &str| format!("{year}-{month:0>2}-{day:0>2}");
    match (first <= 12, second <= 12) {
        (true, true) if first != second => Some((day(a, b), Some(day(b, a)))),
        (true, _) => Some((day(a, b), None)),
        (false, true) => Some((day(b, a), None)),
        (false, false) => None,
    }
}

/// The number times a power of ten, with `_` between thousands.
fn multiplied(number: &str, zeros: usize) -> Option<String> {
    let plain = number.replace([',', '_'], "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    if part.len() > zeros || whole.len() + zeros > 18 {
        return None;
    }
    let all = format!("{whole}{part}{}", "0".repeat(zeros - part.len()));
    let all = all.trim_start_matches('0');
    let mut said = String::new();
    for (i, digit) in all.chars().enumerate() {
        if i > 0 && (all.len() - i) % 3 == 0 {
            said.push('_');
        }
        said.push(digit);
    }
    (!said.is_empty()).then_some(said)
}

//! What people type out of habit from elsewhere: each is answered once, and read as it was meant.

use super::super::ast::Comment;
use super::texts::escape;
use super::{Scanner, fullwidth};
use crate::diagnostic::{Diagnostic, codes};

/// Marks before or after an amount, and the currency they are read as.
const MONEY_MARKS: &[(&str, &str)] = &[
    ("¥", "CNY"),
    ("¥", "CNY"),
    ("$", "USD"),
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
    /// Blanks a comment, of this language or another; false if there is none here.
    pub(super) fn comment(&mut self) -> bool {
        let rest = self.rest();
        let line = rest
            .split('\n')
            .next()
            .unwrap_or(rest)
            .trim_end_matches('\r')
            .len();
        if rest.starts_with('#') {
            let doc = rest.starts_with("##");
            let span = self.span(self.pos, self.pos + line);
            self.done.comments.push(Comment {
                span,
                doc,
                own_line: self.fresh_line,
            });
            self.blank(line);
            return true;
        }
        let spaced = self.src[..self.pos]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        if rest.starts_with("//") || spaced && (rest.starts_with("-- ") || rest.starts_with("--\n"))
        {
            let span = self.span(self.pos, self.pos + 2);
            let mark = &rest[..2];
            self.report(
                Diagnostic::new(
                    &codes::FOREIGN_NOTATION,
                    span,
                    format!("a comment starts with `#`, not with `{mark}`"),
                )
                .fix("write `#`", span, "#"),
            );
            self.blank(line);
            return true;
        }
        if rest.starts_with("/*") {
            self.block_comment();
            return true;
        }
        false
    }

    fn block_comment(&mut self) {
        let length = self.rest().find("*/").map_or(self.rest().len(), |i| i + 2);
        let end = self.pos + length;
        let span = self.span(self.pos, self.pos + 2);
        let body = self.src[self.pos + 2..end].trim_end_matches("*/");
        let lines: Vec<String> = body
            .trim()
            .lines()
            .map(|l| format!("# {}", l.trim()))
            .collect();
        let follows = self.src[end..]
            .split('\n')
            .next()
            .is_some_and(|l| !l.trim().is_empty());
        let mut diagnostic = Diagnostic::new(
            &codes::FOREIGN_NOTATION,
            span,
            "a comment starts with `#` and ends with its line, `/*` is not known",
        )
        .help("put `#` before each line of the comment");
        if !follows {
            diagnostic = diagnostic.fix("write `#`", self.span(self.pos, end), lines.join("\n"));
        }
        self.report(diagnostic);
        while self.pos < end {
            let c = self.peek().unwrap_or(' ');
            if c == '\n' {
                self.copy(1);
                self.line_start = self.pos;
                self.fresh_line = true;
            } else {
                self.blank(c.len_utf8());
            }
        }
    }

    /// A text in quotes that are not the language's.
    pub(super) fn foreign_quotes(&mut self, c: char) -> bool {
        let closers: &[char] = match c {
            '\'' => &['\''],
            '‘' | '’' => &['’', '‘'],
            '«' => &['»'],
            _ => &['“', '”', '"'],
        };
        let quote = c.len_utf8();
        let Some(length) = self.rest()[quote..].find(|c| closers.contains(&c) || c == '\n') else {
            return false;
        };
        let close = quote + length;
        let Some(closer) = self.rest()[close..].chars().next().filter(|&c| c != '\n') else {
            return false;
        };
        let end = close + closer.len_utf8();
        let body: String = self.rest()[quote..close]
            .chars()
            .flat_map(|c| escape(c).into_iter().flatten())
            .collect();
        let text = format!("\"{body}\"");
        let span = self.span(self.pos, self.pos + end);
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("a text stands between `\"` marks, not `{c}`"),
            )
            .fix(format!("write `{text}`"), span, text.clone()),
        );
        self.replace(end, &text);
        true
    }

    /// `&&`, `||`, `!x`, `==`, `<>`, `=>`, `;`.
    pub(super) fn mark_habit(&mut self, c: char) -> bool {
        let mut ahead = self.rest().chars().map(|c| fullwidth(c).unwrap_or(c));
        let (first, second) = (ahead.next(), ahead.next());
        let length = c.len_utf8()
            + self.rest()[c.len_utf8()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        match (first, second) {
            (Some('≥'), _) => self.replace(c.len_utf8(), ">="),
            (Some('≤'), _) => self.replace(c.len_utf8(), "<="),
            (Some('≠'), _) => self.replace(c.len_utf8(), "!="),
            (Some('!' | '<' | '>'), Some('=')) => {
                let mark = if first == Some('!') {
                    "!="
                } else if first == Some('<') {
                    "<="
                } else {
                    ">="
                };
                self.replace(length, mark);
            }
            (Some('&'), Some('&')) => self.habit(length, "and"),
            (Some('|'), Some('|')) => self.habit(length, "or"),
            (Some('='), Some('=')) => self.habit(length, "="),
            (Some('<'), Some('>')) => self.habit(length, "!="),
            (Some('='), Some('>')) => self.habit(length, ">="),
            (Some('='), Some('<')) => self.habit(length, "<="),
            (Some('!'), _) => {
                self.prefixes += 1;
                self.check_depth();
                self.habit(c.len_utf8(), "not");
            }
            (Some(';'), _) => {
                let span = self.span(self.pos, self.pos + c.len_utf8());
                self.report(
                    Diagnostic::new(&codes::FOREIGN_NOTATION, span, "nothing ends with `;` here")
                        .fix("remove `;`", span, ""),
                );
                self.blank(c.len_utf8());
            }
            _ => return false,
        }
        true
    }

    /// Reports the next `n` bytes and writes `good` for them, apart from its neighbours.
    fn habit(&mut self, n: usize, good: &str) {
        let span = self.span(self.pos, self.pos + n);
        let bad = &self.src[self.pos..self.pos + n];
        let word = good.starts_with(char::is_alphabetic);
        let before =
            word && self.src[..self.pos].ends_with(|c: char| !c.is_whitespace() && c != '(');
        let after = word && self.src[self.pos + n..].starts_with(|c: char| !c.is_whitespace());
        let text = format!(
            "{}{good}{}",
            if before { " " } else { "" },
            if after { " " } else { "" }
        );
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("write `{good}`, not `{bad}`"),
            )
            .fix(format!("write `{good}`"), span, text.clone()),
        );
        self.replace(n, &text);
    }

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
        let rest = self.rest();
        let run = rest
            .bytes()
            .take_while(|b| b.is_ascii_digit() || matches!(b, b'/' | b'.' | b':'))
            .count();
        let run = rest[..run].trim_end_matches(['/', '.', ':']).len();
        if let Some(day) = foreign_day(&rest[..run]) {
            let span = self.span(self.pos, self.pos + run);
            let message = format!("a day is written `{day}`, year first and with `-`");
            let mut diagnostic = Diagnostic::new(&codes::FOREIGN_NOTATION, span, message).fix(
                format!("write `{day}`"),
                span,
                day.clone(),
            );
            if let Some(fix) = &mut diagnostic.fix {
                // `5.6.2026` may be a month before its day.
                fix.safe =
                    rest.bytes().take_while(u8::is_ascii_digit).count() == 4 || day[8..] > *"12";
            }
            self.report(diagnostic);
            self.replace(run, &day);
            return true;
        }
        if rest.as_bytes().get(1) == Some(&b':')
            && rest
                .bytes()
                .skip(2)
                .take(3)
                .filter(u8::is_ascii_digit)
                .count()
                == 2
        {
            let span = self.span(self.pos, self.pos + 4);
            let time = format!("0{}", &rest[..4]);
            let message = "a time has two digits for the hour";
            self.report(
                Diagnostic::new(&codes::FOREIGN_NOTATION, span, message).fix(
                    format!("write `{time}`"),
                    span,
                    time.clone(),
                ),
            );
            self.replace(4, &time);
            return true;
        }
        self.amount_habit()
    }

    /// `1,000 CNY`, `1000元`, `1,000元`.
    fn amount_habit(&mut self) -> bool {
        let rest = self.rest();
        let digits = number_length(rest);
        let after = &rest[digits..];
        let space = after.len() - after.trim_start_matches(' ').len();
        let number = tidy_number(&rest[..digits]);
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

//! Words that were misspelled, written in capitals, or left out between two values.

use super::chunks::first_word;
use super::expected::Failure;
use super::names::RESERVED;
use super::phrases::is_unit;
use crate::diagnostic::{Diagnostic, codes, nearest};

/// Words that stand before `of` and a list.
const BEFORE_OF: &[&str] = &[
    "all",
    "anniversary",
    "any",
    "average",
    "common",
    "count",
    "decile",
    "earliest",
    "end",
    "highest",
    "last",
    "latest",
    "list",
    "lowest",
    "none",
    "quartile",
    "quintile",
    "rank",
    "share",
    "start",
    "sum",
];

/// Words that stand after a value.
const AFTER_VALUE: &[&str] = &[
    "and",
    "between",
    "contains",
    "ends",
    "from",
    "ignoring",
    "in",
    "is",
    "or",
    "otherwise",
    "rounded",
    "starts",
    "then",
    "where",
];

impl Failure<'_> {
    fn misspelled(&self, start: usize, bad: &str, good: &str) -> Diagnostic {
        let span = self.span(start, start + bad.len());
        Diagnostic::new(
            &codes::SYNTAX,
            span,
            format!("`{bad}` is no word of the language here"),
        )
        .help(format!("did you mean `{good}`?"))
        .unsafe_fix(format!("write `{good}`"), span, good)
    }

    /// A word near one that could stand there.
    pub fn near_word(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let written = self.text[..self.at].trim_end().len();
        let word = |w: &str| w.chars().count() > 2 && first_word(w) == w;
        if found == "of" && word(before) {
            let good = nearest(before, BEFORE_OF.iter().copied()).filter(|g| *g != before)?;
            return Some(self.misspelled(written - before.len(), before, good));
        }
        if !word(found) || !self.same_line() {
            return None;
        }
        let near = match before {
            "in" => nearest(found, ["last", "next", "this", "previous"]),
            "is" => nearest(found, ["known", "missing", "today"]),
            _ if self.after_value() => {
                let longer = AFTER_VALUE
                    .iter()
                    .find(|w| w.len() > 4 && found.starts_with(&w[..w.len() - 1]));
                longer.copied().or_else(|| match found {
                    "containing" | "contain" => Some("contains"),
                    "starting" | "start" => Some("starts"),
                    "ending" => Some("ends"),
                    _ => nearest(found, AFTER_VALUE.iter().copied()),
                })
            }
            _ => None,
        };
        let good = near.filter(|g| *g != found)?;
        Some(self.misspelled(self.at, found, good))
    }

    /// Whether a value has ended before the place, and the condition may go on.
    pub fn after_value(&self) -> bool {
        ["arithmetic", "compare_op", "logic_word", "suffix", "tail"]
            .iter()
            .any(|w| self.wants(w))
    }

    /// `AND`, `Is`
    pub fn capitals(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let written = self.text[..self.at].trim_end().len();
        let tokens = [(self.at, found), (written - before.len(), before)];
        for (start, word) in tokens {
            let small = word.to_ascii_lowercase();
            let known = RESERVED.contains(&small.as_str())
                || AFTER_VALUE.contains(&small.as_str())
                || BEFORE_OF.contains(&small.as_str())
                || matches!(small.as_str(), "of" | "for" | "by" | "to" | "last" | "next")
                || is_unit(&small);
            if small != word && known {
                let span = self.span(start, start + word.len());
                let message = "the words of the language are written in small letters";
                return Some(
                    Diagnostic::new(&codes::SYNTAX, span, message)
                        .help(format!("write `{small}`"))
                        .fix(format!("write `{small}`"), span, small),
                );
            }
        }
        None
    }

    /// Between two values: no operator, one too many, or one of another language.
    pub fn operator(&self) -> Option<Diagnostic> {
        let found = self.found();
        let at = self.here();
        if !self.after_value() || !self.same_line() {
            return None;
        }
        let new = |message: String| Diagnostic::new(&codes::SYNTAX, at, message);
        let compares = ["<", ">", "<=", ">=", "=", "!="];
        if compares.contains(&found) {
            return Some(
                new(format!(
                    "a second comparison: `{found}` cannot follow on one"
                ))
                .help("join two comparisons by `and`, or write `x between A and B`"),
            );
        }
        if found == "?" {
            return Some(
                new("`?` is not read here".into()).help("write `if condition then A otherwise B`"),
            );
        }
        let sign = match self.before() {
            "below" | "under" => Some("<"),
            "above" | "over" => Some(">"),
            _ => None,
        };
        if let (Some(sign), Some("table")) = (sign, self.block()) {
            let written = self.text[..self.at].trim_end().len();
            let span = self.span(written - self.before().len(), self.at + found.len());
            let good = format!("{sign} {found}");
            return Some(
                Diagnostic::new(&codes::SYNTAX, span, format!("a cell says `{good}`"))
                    .help(format!("write `{good}`"))
                    .fix(format!("write `{good}`"), span, good),
            );
        }
        let value = found.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"');
        if !value || self.unit().is_some() || self.in_placeholder() {
            return None;
        }
        let before = match self.before() {
            "\"" => "the text".to_string(),
            b => format!("`{b}`"),
        };
        let shown = if found.chars().count() > 40 {
            "a text".to_string()
        } else {
            format!("`{found}`")
        };
        Some(
            new(format!("nothing joins {before} and {shown}"))
                .help("put a comparison such as `=` or `>` between two values, and `and` or `or` between two conditions"),
        )
    }

    /// Numbers as they are written elsewhere.
    pub fn number(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let next = self.text[self.at + found.len()..].chars().next();
        let digit = next.is_some_and(|c| c.is_ascii_digit());
        let number = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit());
        let at = self.here();
        let new = |span, message: &str| Diagnostic::new(&codes::FOREIGN_NOTATION, span, message);
        let written = self.text[..self.at].trim_end().len();
        // `30d`
        let (start, word) = if number(before) && written == self.at {
            (written - before.len(), format!("{before}{found}"))
        } else {
            (self.at, found.to_string())
        };
        if let Some(good) = spelled_out(&word) {
            let span = self.span(start, start + word.len());
            return Some(
                new(span, "a unit of time is written out")
                    .help(format!("write `{good}`"))
                    .fix(format!("write `{good}`"), span, good),
            );
        }
        if found == "." && digit && !number(before) {
            return Some(
                new(at, "a number begins with a digit")
                    .help("write `0` before the point")
                    .fix("write `0.`", at, "0."),
            );
        }
        if found == "+" && digit && !self.after_value() {
            return Some(new(at, "a number has no `+` before it").fix("remove `+`", at, ""));
        }
        if self.wants("percent") && number(found) {
            return Some(
                new(at, "a percentage has its sign")
                    .help(format!("write `{found}%`"))
                    .fix(format!("write `{found}%`"), at.at_end(), "%"),
            );
        }
        self.decimal_comma()
    }

    /// `2,5`
    fn decimal_comma(&self) -> Option<Diagnostic> {
        let end = match self.found() {
            "," => self.at + 1 + digits(&self.text[self.at + 1..]),
            _ => self.text[..self.at].trim_end().len(),
        };
        let start = self.text[..end]
            .rfind(|c: char| !(c.is_ascii_digit() || c == ','))
            .map_or(0, |i| i + 1);
        let (whole, part) = self.text.get(start..end)?.split_once(',')?;
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(part) {
            return None;
        }
        let span = self.span(start, end);
        let good = format!("{whole}.{part}");
        Some(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                "decimals are set apart by a point",
            )
            .help(format!("write `{good}`"))
            .fix(format!("write `{good}`"), span, good),
        )
    }
}

fn digits(s: &str) -> usize {
    s.bytes().take_while(u8::is_ascii_digit).count()
}

/// `30 days` for `30d`.
fn spelled_out(word: &str) -> Option<String> {
    let n = digits(word);
    let unit = match &word[n..] {
        "d" | "D" => "days",
        "w" | "W" => "weeks",
        "m" | "M" | "mo" => "months",
        "y" | "Y" => "years",
        "h" | "hrs" => "hours",
        "min" | "mins" => "minutes",
        "days" | "weeks" | "months" | "years" | "hours" => &word[n..],
        _ => return None,
    };
    (n > 0).then(|| format!("{} {unit}", &word[..n]))
}

//! Phrases that people say where the language says it another way.

use super::expected::Failure;
use crate::diagnostic::{Diagnostic, codes};
use crate::schema::Currency;

/// One phrase. In `heard`, `%n` is a number, `%w` a name or path, `%u` a unit of time, `%v` any value and `%t` a
/// text; `$1`, `$2` … in the others is what stood there.
struct Phrase {
    heard: &'static str,
    /// What to write instead; empty where it is not certain.
    meant: &'static str,
    /// Help, where `meant` is empty or not enough.
    help: &'static str,
}

const fn say(heard: &'static str, meant: &'static str) -> Phrase {
    Phrase {
        heard,
        meant,
        help: "",
    }
}

const fn ask(heard: &'static str, help: &'static str) -> Phrase {
    Phrase {
        heard,
        meant: "",
        help,
    }
}

/// Where one begins with another, the longer comes first.
const PHRASES: &[Phrase] = &[
    // Groups.
    say("among %w group by %w", "among $1 for each $2"),
    say("among %w grouped by %w", "among $1 for each $2"),
    say("group by %w", "for each $1"),
    say("grouped by %w", "for each $1"),
    say("among %w by %w", "among $1 for each $2"),
    say("among %w per %w", "among $1 for each $2"),
    say("among %w for every %w", "among $1 for each $2"),
    say("among %w each %w", "among $1 for each $2"),
    say("for each %w among %w", "among $2 for each $1"),
    say("because %t then %v", "then $2 because $1"),
    // Comparisons.
    say("%w is not between %v and %v", "not ($1 between $2 and $3)"),
    say("is between %v to %v", "between $1 and $2"),
    say("between %v to %v", "between $1 and $2"),
    say("is between", "between"),
    say("between %v , %v", "between $1 and $2"),
    say("is not in", "not in"),
    say("is not one of", "not in"),
    say("is one of", "in"),
    say("is in", "in"),
    say("is not equal to", "!="),
    say("is equal to", "="),
    say("is the same as", "="),
    say("does not equal", "!="),
    say("equal to", "="),
    say("equals to", "="),
    say("equals", "="),
    say("is greater than or equal to", ">="),
    say("is more than or equal to", ">="),
    say("greater than or equal to", ">="),
    say("is less than or equal to", "<="),
    say("less than or equal to", "<="),
    say("is more than", ">"),
    say("is greater than", ">"),
    say("is bigger than", ">"),
    say("is higher than", ">"),
    say("is less than", "<"),
    say("is lower than", "<"),
    say("is smaller than", "<"),
    say("more than", ">"),
    say("greater than", ">"),
    say("less than", "<"),
    say("is above", ">"),
    say("is over", ">"),
    say("is below", "<"),
    say("is under", "<"),
    say("is after", ">"),
    say("is before", "<"),
    say("not =", "!="),
    say("but not", "and not"),
    say("but", "and"),
    // Chinese words for the language's.
    say("并且", "and"),
    say("而且", "and"),
    say("且", "and"),
    say("或者", "or"),
    say("或", "or"),
    say("不等于", "!="),
    say("等于", "="),
    say("大于等于", ">="),
    say("大于", ">"),
    say("小于等于", "<="),
    say("小于", "<"),
    say("包含", "contains"),
    // Known and missing.
    say("IS NOT NULL", "is known"),
    say("IS NULL", "is missing"),
    say("is not empty", "is known"),
    say("is not blank", "is known"),
    say("is empty", "is missing"),
    say("is blank", "is missing"),
    say("does not exist", "is missing"),
    say("exists", "is known"),
    say("has a %w", "$1 is known"),
    say("has %w in", "any of $1 in"),
    say("%w has %w", "$2 is known"),
    // Texts.
    say("%w does not contain %t", "not ($1 contains $2)"),
    say("%w not contains %t", "not ($1 contains $2)"),
    say("%w does not start with %t", "not ($1 starts with $2)"),
    ask(
        "like %t",
        "write `contains`, `starts with` or `ends with`, without `%`",
    ),
    say("begins with", "starts with"),
    say("includes %t", "contains $1"),
    // Time.
    say("days between %w and %w", "days from $1 to $2"),
    say("weeks between %w and %w", "weeks from $1 to $2"),
    say("months between %w and %w", "months from $1 to $2"),
    say("years between %w and %w", "years from $1 to $2"),
    say("hours between %w and %w", "hours from $1 to $2"),
    say("in the last", "in last"),
    say("in the past", "in last"),
    say("in the next", "in next"),
    say("in past", "in last"),
    say("in the coming", "in next"),
    say("within the last", "in last"),
    say("within the past", "in last"),
    say("within the next", "in next"),
    say("within last", "in last"),
    say("within next", "in next"),
    say("during the last", "in last"),
    ask(
        "within %n %u",
        "write `in last $1 $2` for the days up to today, or `in next $1 $2` for those that begin with it",
    ),
    say("since %n %u", "in last $1 $2"),
    say("%n %u ago", "today - $1 $2"),
    say("%n %u from now", "today + $1 $2"),
    say("this day", "today"),
    say("today ( )", "today"),
    say("now ( )", "now"),
    say("day of %w", "day($1)"),
    say("month of %w", "month($1)"),
    say("year of %w", "year($1)"),
    say("weekday of %w", "weekday($1)"),
    say("length of %w", "length($1)"),
    // Aggregates.
    say("number of", "count of"),
    say("total of", "sum of"),
    say("total number of", "count of"),
    say("mean of", "average of"),
    say("avg of", "average of"),
    say("maximum of", "highest of"),
    say("max of", "highest of"),
    say("minimum of", "lowest of"),
    say("min of", "lowest of"),
    say("newest of", "latest of"),
    say("most recent of", "latest of"),
    say("oldest of", "earliest of"),
    say("any %w where", "any of $1 where"),
    say("some of", "any of"),
    say("no of", "no"),
    // Numbers and days.
    say("%n %3", "$1_$2"),
    say("%c %n", "$2 $1"),
    say("%m %n , %n", "%date 3 1 2"),
    say("%m %n %n", "%date 3 1 2"),
    say("%n %m , %n", "%date 3 2 1"),
    say("%n %m %n", "%date 3 2 1"),
    ask(
        "on %n / %n",
        "a day of every year is written month-day, as in `on 11-21`",
    ),
    say("%n percent of %w", "$1% * $2"),
    say("%n percent", "$1%"),
    say("%n per cent", "$1%"),
    // Repetition.
    say("once a %u", "once per calendar $1"),
    say("once each %u", "once per calendar $1"),
    say("once every %u", "once per calendar $1"),
    say("every %u", "once per calendar $1"),
    say("once every %n %u", "again after $1 $2"),
    say("every %n %u", "again after $1 $2"),
    say("at most %n times per %u", "at most $1 per calendar $2"),
    say("at most %n times", "at most $1"),
    say("at most %n a %u", "at most $1 per calendar $2"),
    say("at most %n each %u", "at most $1 per calendar $2"),
    say("at most %n every %u", "at most $1 per calendar $2"),
    say("at most once", "at most 1"),
    say("no more than %n", "at most $1"),
    say("max %n", "at most $1"),
    say("maximum %n", "at most $1"),
    say("min %n", "at least $1"),
    // Other languages.
    say("otherwise when", "otherwise if"),
    say("else if", "otherwise if"),
    say("today =", "today is"),
    say("now =", "now is"),
    say("expect not", "expect no"),
    say("delivered at once", "at once"),
    say("assert", "expect"),
];

/// The number of a month by its English name or the first three letters of it.
fn month(word: &str) -> Option<usize> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_lowercase();
    let letters = word.chars().count() >= 3 && word.is_ascii();
    letters
        .then(|| MONTHS.iter().position(|m| m.starts_with(&word)))?
        .map(|i| i + 1)
}

/// `2026-11-21` of the year, month and day, in this order.
fn date(parts: [&str; 3]) -> String {
    let [year, name, day] = parts;
    format!("{year}-{:02}-{day:0>2}", month(name).unwrap_or(1))
}

/// A piece of a line, by its place in the chunk.
#[derive(Clone, Copy)]
struct Token<'t> {
    start: usize,
    text: &'t str,
}

impl Token<'_> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }

    fn fits(self, pattern: &str) -> bool {
        let first = self.text.chars().next().unwrap_or(' ');
        let word = first.is_alphabetic() || first == '_' || first == '`';
        match pattern {
            "%n" => first.is_ascii_digit(),
            "%w" => word && !super::is_reserved(self.text) || self.text == "today",
            "%u" => is_unit(self.text),
            "%3" => self.text.len() == 3 && self.text.bytes().all(|b| b.is_ascii_digit()),
            "%c" => Currency::from_code(self.text).is_some(),
            "%m" => month(self.text).is_some(),
            "%t" => first == '"',
            "%v" => first.is_ascii_digit() || first == '"' || word,
            exact => self.text == exact,
        }
    }
}

pub fn is_unit(word: &str) -> bool {
    let one = word.strip_suffix('s').unwrap_or(word);
    ["minute", "hour", "day", "week", "month", "quarter", "year"].contains(&one)
}

/// The pieces of one line: paths, numbers and texts are one each.
fn tokens(text: &str, from: usize, to: usize) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(c) = text[at..to].chars().next() {
        let rest = &text[at..to];
        let length = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if c == '"' {
            let mut escaped = false;
            rest[1..]
                .char_indices()
                .find(|&(_, c)| c == '"' && !std::mem::replace(&mut escaped, c == '\\'))
                .map_or(rest.len(), |(i, _)| i + 2)
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
                .unwrap_or(rest.len());
            rest[..end].trim_end_matches('.').len().max(1)
        } else if rest.starts_with(">=") || rest.starts_with("<=") || rest.starts_with("!=") {
            2
        } else {
            c.len_utf8()
        };
        let text = rest.get(..length).unwrap_or(&rest[..c.len_utf8()]);
        found.push(Token { start: at, text });
        at += text.len();
    }
    found
}

impl Failure<'_> {
    /// What was said in other words, around the place.
    pub fn phrase(&self) -> Option<Diagnostic> {
        let at = if self.found().is_empty() || !self.same_line() && !self.begins_phrase() {
            self.text[..self.at].trim_end().len()
        } else {
            self.at
        };
        let from = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let to = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |i| at + i);
        let line = tokens(self.text, from, to);
        for phrase in PHRASES {
            let pattern: Vec<&str> = phrase.heard.split(' ').collect();
            for window in line.windows(pattern.len()) {
                let (first, last) = (window[0], window[window.len() - 1]);
                let reaches = at <= last.end() || self.text[last.end()..at].trim().is_empty();
                let around = first.start <= at && reaches;
                if around && window.iter().zip(&pattern).all(|(t, p)| t.fits(p)) {
                    return Some(self.answer(phrase, &pattern, window, first.start, last.end()));
                }
            }
        }
        None
    }

    /// Whether the word that does not fit, first on its line, is one that phrases begin with.
    fn begins_phrase(&self) -> bool {
        let found = self.found();
        PHRASES
            .iter()
            .any(|p| p.heard.split(' ').next() == Some(found))
    }

    fn answer(
        &self,
        phrase: &Phrase,
        pattern: &[&str],
        tokens: &[Token<'_>],
        start: usize,
        end: usize,
    ) -> Diagnostic {
        let values: Vec<&str> = pattern
            .iter()
            .zip(tokens)
            .filter(|(p, _)| p.starts_with('%'))
            .map(|(_, t)| t.text)
            .collect();
        let fill = |template: &str| {
            if let Some(order) = template.strip_prefix("%date ") {
                let mut part = order.split(' ').map(|i| {
                    let i: usize = i.parse().unwrap_or(1);
                    values.get(i - 1).copied().unwrap_or("")
                });
                let mut next = || part.next().unwrap_or("");
                return date([next(), next(), next()]);
            }
            let mut said = template.to_string();
            for (i, value) in values.iter().enumerate() {
                // `per calendar weeks` is no English.
                let value = match template.contains("calendar $") && is_unit(value) {
                    true => value.strip_suffix('s').unwrap_or(value),
                    false => value,
                };
                said = said.replace(&format!("${}", i + 1), value);
            }
            said
        };
        let span = self.span(start, end);
        let heard = self.text[start..end].split_whitespace();
        let heard = heard.collect::<Vec<_>>().join(" ");
        if phrase.meant.is_empty() {
            let message = format!("`{heard}` is not said here");
            return Diagnostic::new(&codes::FOREIGN_NOTATION, span, message)
                .help(fill(phrase.help));
        }
        let meant = fill(phrase.meant);
        let message = format!("write `{meant}`, not `{heard}`");
        let mut d = Diagnostic::new(&codes::FOREIGN_NOTATION, span, message).fix(
            format!("write `{meant}`"),
            span,
            &meant,
        );
        // Whether the calendar's month is meant, or thirty days, nobody knows.
        if let Some(fix) = &mut d.fix {
            fix.safe = !meant.contains("calendar");
        }
        if phrase.help.is_empty() && meant.contains("calendar") {
            let other = if meant.starts_with("once") {
                "again after 30 days"
            } else {
                "per 30 days"
            };
            d = d.help(format!(
                "or `{other}`, for a period that moves along with the day"
            ));
        }
        d
    }
}

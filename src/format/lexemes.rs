//! How far names, numbers, days and texts reach, and how they are printed.

use crate::syntax::fullwidth;

/// The ASCII form of full-width punctuation and digits, and of quotes.
pub(super) fn ascii(c: char) -> char {
    match c {
        '“' | '”' => '"',
        c => fullwidth(c).unwrap_or(c),
    }
}

pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// Of a name or number. In a file that parses, whatever is not punctuation belongs to a name.
pub(super) fn is_word(c: char) -> bool {
    let plain = ascii(c);
    plain.is_ascii_alphanumeric()
        || plain == '_'
        || !(plain.is_ascii() || is_space(c) || matches!(c, '≥' | '≤' | '≠'))
}

/// Bytes of the longest prefix of such characters.
fn prefix(text: &str, test: impl Fn(char) -> bool) -> usize {
    text.find(|c| !test(c)).unwrap_or(text.len())
}

/// A word; the type `yes/no` is one.
pub(super) fn word_length(rest: &str) -> usize {
    let whole = "yes/no";
    if rest.starts_with(whole) && !rest[whole.len()..].starts_with(is_word) {
        return whole.len();
    }
    prefix(rest, is_word)
}

pub(super) fn quoted_name_length(rest: &str) -> usize {
    let mut quotes = rest.char_indices().filter(|(_, c)| ascii(*c) == '`');
    quotes.nth(1).map_or(rest.len(), |(i, c)| i + c.len_utf8())
}

pub(super) fn operator_length(rest: &str) -> usize {
    let mut chars = rest.chars();
    let first = chars.next().map_or(0, char::len_utf8);
    match chars.next() {
        Some(second) if ascii(second) == '=' => first + second.len_utf8(),
        _ => first,
    }
}

/// A number, or a day, time or both: `1_000.50`, `11-11`, `2026-11-21T09:00+08:00`.
pub(super) fn number_length(rest: &str, month_day: bool) -> usize {
    // Full-width digits have the same shapes.
    let window: Vec<(usize, char)> = rest.char_indices().take(40).collect();
    let plain: Vec<char> = window.iter().map(|(_, c)| ascii(*c)).collect();
    let day = if month_day { day_length(&plain) } else { 0 };
    let length = date_length(&plain).max(time_length(&plain)).max(day);
    if length > 0 {
        return window.get(length).map_or(rest.len(), |(offset, _)| *offset);
    }
    let digits = |text: &str| prefix(text, |c| ascii(c).is_ascii_digit() || ascii(c) == '_');
    let whole = digits(rest);
    let mut after = rest[whole..].chars();
    match (after.next(), after.next()) {
        (Some(dot), Some(digit)) if ascii(dot) == '.' && ascii(digit).is_ascii_digit() => {
            let start = whole + dot.len_utf8();
            start + digits(&rest[start..])
        }
        _ => whole,
    }
}

/// Length of `shape` at the beginning of `text`, where `0` stands for any digit, and no digit follows;
/// else 0.
fn shape_length(text: &[char], shape: &str) -> usize {
    let fits = |(i, s): (usize, char)| match text.get(i) {
        Some(c) => {
            if s == '0' {
                c.is_ascii_digit()
            } else {
                *c == s
            }
        }
        None => false,
    };
    let found = shape.chars().enumerate().all(fits);
    let ends = !text.get(shape.len()).is_some_and(char::is_ascii_digit);
    if found && ends { shape.len() } else { 0 }
}

/// Length of the first shape that is there.
fn first_shape(text: &[char], shapes: &[&str]) -> usize {
    shapes
        .iter()
        .map(|shape| shape_length(text, shape))
        .find(|length| *length > 0)
        .unwrap_or(0)
}

fn date_length(text: &[char]) -> usize {
    let date = first_shape(text, &["0000-00-00", "0000-0-00", "0000-00-0", "0000-0-0"]);
    if date == 0 || text.get(date) != Some(&'T') {
        return date;
    }
    let time = time_length(&text[date + 1..]);
    let end = date + 1 + time;
    if time == 0 {
        date
    } else {
        end + offset_length(&text[end..])
    }
}

fn time_length(text: &[char]) -> usize {
    first_shape(text, &["00:00:00", "00:00"])
}

/// `Z` or `+08:00`.
fn offset_length(text: &[char]) -> usize {
    match text.first() {
        Some('Z') => 1,
        Some('+' | '-') => match shape_length(&text[1..], "00:00") {
            0 => 0,
            clock => 1 + clock,
        },
        _ => 0,
    }
}

fn day_length(text: &[char]) -> usize {
    first_shape(text, &["00-00", "0-00", "00-0", "0-0"])
}

/// What a quote at the start of `rest` opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Plain,
    Long,
    /// Opened and closed by typographic quotes; a plain one is part of the text.
    Smart,
}

fn quotes(rest: &str) -> Quotes {
    let mut chars = rest.chars();
    let first = chars.next();
    let line = chars.as_str().split('\n').next().unwrap_or_default();
    if rest.starts_with("\"\"\"") {
        Quotes::Long
    } else if first != Some('"') && line.contains(['“', '”', '＂']) {
        Quotes::Smart
    } else {
        Quotes::Plain
    }
}

/// A text with its quotes; placeholders may hold texts themselves.
pub(super) fn text_length(rest: &str) -> usize {
    let quotes = quotes(rest);
    let opening = if quotes == Quotes::Long {
        3
    } else {
        rest.chars().next().map_or(0, char::len_utf8)
    };
    let mut at = opening;
    while let Some(c) = rest[at..].chars().next() {
        match (c, quotes) {
            ('\\', _) => at += 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
            ('{', _) => at += placeholder_length(&rest[at..]),
            ('"', Quotes::Plain) => return at + 1,
            ('“' | '”' | '＂', Quotes::Smart) => return at + c.len_utf8(),
            ('"', Quotes::Long) if rest[at..].starts_with("\"\"\"") => return at + 3,
            _ => at += c.len_utf8(),
        }
    }
    rest.len()
}

/// `{expression}`
fn placeholder_length(rest: &str) -> usize {
    let mut at = 0;
    let mut depth = 0;
    while let Some(c) = rest[at..].chars().next() {
        match ascii(c) {
            '"' => at += text_length(&rest[at..]),
            '`' => at += quoted_name_length(&rest[at..]),
            '#' if c == '#' => at += prefix(&rest[at..], |c| c != '\n'),
            plain => {
                at += c.len_utf8();
                depth += i32::from(plain == '{') - i32::from(plain == '}');
                if depth == 0 {
                    return at;
                }
            }
        }
    }
    rest.len()
}

/// A token's text as it is printed.
pub(super) fn normal(token: &str) -> String {
    let Some(first) = token.chars().next() else {
        return String::new();
    };
    match first {
        '`' => token.to_owned(),
        '≥' => ">=".to_owned(),
        '≤' => "<=".to_owned(),
        '≠' => "!=".to_owned(),
        _ if ascii(first) == '"' => normal_text(token, first),
        _ => token.chars().map(ascii).collect(),
    }
}

/// Only the quotes around a text are rewritten; a plain quote between typographic ones is escaped.
fn normal_text(token: &str, first: char) -> String {
    match quotes(token) {
        Quotes::Long => token.replace("\r\n", "\n"),
        _ if first == '"' => token.to_owned(),
        kind => {
            let last = token.chars().next_back().map_or(0, char::len_utf8);
            let end = token.len().saturating_sub(last).max(first.len_utf8());
            let inner = &token[first.len_utf8()..end];
            if kind == Quotes::Smart {
                format!("\"{}\"", escaped(inner))
            } else {
                format!("\"{inner}\"")
            }
        }
    }
}

/// With `\"` for `"`, outside placeholders.
fn escaped(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len() + 2);
    let mut at = 0;
    while let Some(c) = inner[at..].chars().next() {
        let length = match c {
            '\\' => 1 + inner[at + 1..].chars().next().map_or(0, char::len_utf8),
            '{' => placeholder_length(&inner[at..]),
            _ => c.len_utf8(),
        };
        if c == '"' {
            out.push('\\');
        }
        out.push_str(&inner[at..at + length]);
        at += length;
    }
    out
}

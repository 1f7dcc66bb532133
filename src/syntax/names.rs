//! Names: which words are reserved, which names need back-quotes, which names a text says.

use std::borrow::Cow;

/// The words that are never names without back-quotes.
pub const RESERVED: &[&str] = &[
    "among",
    "and",
    "between",
    "contains",
    "default",
    "if",
    "in",
    "is",
    "no",
    "not",
    "now",
    "or",
    "otherwise",
    "rounded",
    "self",
    "then",
    "today",
    "when",
    "where",
    "yes",
];

pub fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// Whether a character may begin a name; the grammar's XID_START, near enough for messages.
fn starts_name(c: char) -> bool {
    c == '_' || pest::unicode::XID_START(c)
}

fn continues_name(c: char) -> bool {
    c == '_' || pest::unicode::XID_CONTINUE(c)
}

/// The name as it must be written: in back-quotes where it is no plain word.
pub fn quote_name(name: &str) -> Cow<'_, str> {
    let plain = name.starts_with(starts_name) && name.chars().all(continues_name);
    // `true` and its like are answered as another language's words unless quoted.
    let foreign = matches!(
        name,
        "true" | "false" | "null" | "TRUE" | "FALSE" | "True" | "False"
    );
    if plain && !foreign && !is_reserved(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("`{name}`"))
    }
}

/// Every name that a stretch of text says, each once, in order.
pub fn names_in(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c == '`' {
            let end = rest[1..].find(['`', '\n']).map_or(rest.len(), |i| i + 1);
            push(&mut names, &rest[1..end]);
            (end + 1).min(rest.len())
        } else if starts_name(c) {
            let end = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
            push(&mut names, &rest[..end]);
            end
        } else if c.is_ascii_digit() {
            rest.find(|c| !continues_name(c)).unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    names
}

fn push(names: &mut Vec<String>, name: &str) {
    if !name.is_empty() && !is_reserved(name) && !names.iter().any(|n| n == name) {
        names.push(name.to_string());
    }
}

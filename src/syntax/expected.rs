//! Syntax errors in the language's words: what was expected, after what, and what stands there.

use super::Rule;
use super::chunks::first_word;
use super::prepare::OffsetMap;
use super::shapes::{expected_of, shape_of};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::source::{SourceFile, Span};

/// A chunk that does not parse, and where it stops.
pub struct Failure<'a> {
    pub file: &'a SourceFile,
    pub map: &'a OffsetMap,
    /// Offset of the chunk in the prepared text.
    pub base: usize,
    pub text: &'a str,
    /// Offset in the chunk of the token that does not fit.
    pub at: usize,
    pub wanted: Vec<Rule>,
}

/// The token at the start of `rest`; empty at the end.
pub fn token(rest: &str) -> &str {
    let word = first_word(rest);
    if !word.is_empty() {
        return word;
    }
    match rest.chars().next() {
        Some('"') => {
            let end = rest[1..].find(['"', '\n']).map_or(rest.len(), |i| i + 2);
            rest.get(..end).unwrap_or("\"").trim_end()
        }
        Some(_) if rest.starts_with("!=") || rest.starts_with("<=") || rest.starts_with(">=") => {
            &rest[..2]
        }
        Some(c) => &rest[..c.len_utf8()],
        None => "",
    }
}

/// The token that ends before `text` ends.
fn last_token(text: &str) -> &str {
    let text = text.trim_end();
    let start = text
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '%')))
        .map_or(0, |i| {
            i + text[i..].chars().next().map_or(0, char::len_utf8)
        });
    if start < text.len() {
        return &text[start..];
    }
    text.char_indices()
        .next_back()
        .map_or("", |(i, _)| &text[i..])
}

impl Failure<'_> {
    pub fn span(&self, start: usize, end: usize) -> Span {
        self.map
            .span(self.file.id, self.base + start, self.base + end)
    }

    pub fn found(&self) -> &str {
        token(&self.text[self.at..])
    }

    pub fn before(&self) -> &str {
        last_token(&self.text[..self.at])
    }

    pub fn diagnostic(&self) -> Diagnostic {
        self.habit().unwrap_or_else(|| self.plain())
    }

    pub fn wants(&self, name: &str) -> bool {
        self.wanted.iter().any(|r| format!("{r:?}") == name)
    }

    fn plain(&self) -> Diagnostic {
        let (found, before) = (self.found(), self.before());
        let at = self.here();
        if let Some(unit) = self.unit() {
            let message = format!("there is no unit of time `{found}`");
            return Diagnostic::new(&codes::SYNTAX, at, message)
                .help(format!("did you mean `{unit}`?"))
                .unsafe_fix(format!("write `{unit}`"), at, unit);
        }
        let what = self.expectation(before);
        let after = match before {
            "" => String::new(),
            "\"" => " after the text".to_string(),
            b => format!(" after `{b}`"),
        };
        let seen = match found {
            "" => ", found the end".to_string(),
            f if f.chars().count() > 40 => ", found a text".to_string(),
            f => format!(", found `{f}`"),
        };
        let message = match &what {
            Some(what) => format!("expected {what}{after}{seen}"),
            None if found.is_empty() => format!("something is missing{after}"),
            None => format!("unexpected `{found}`{after}"),
        };
        let diagnostic = Diagnostic::new(&codes::SYNTAX, at, message);
        match self.meant_word() {
            Some(word) => diagnostic
                .help(format!("did you mean `{word}`?"))
                .unsafe_fix(format!("write `{word}`"), at, word),
            None => self.only_word(diagnostic.help_opt(self.advice(&what))),
        }
    }

    /// Another small word where only one can stand: `segment s for customer`.
    fn only_word(&self, d: Diagnostic) -> Diagnostic {
        let small = [
            "for", "of", "when", "where", "with", "by", "in", "on", "to", "from",
        ];
        let words: Vec<String> = self.wanted.iter().map(|r| format!("{r:?}")).collect();
        let one = words
            .iter()
            .map(|w| w.strip_prefix("k_"))
            .collect::<Vec<_>>();
        match one.as_slice() {
            [Some(word)]
                if small.contains(&self.found()) || *word == "where" && self.found() == "=" =>
            {
                d.fix(format!("write `{word}`"), self.here(), *word)
            }
            _ => {
                let named = !first_word(self.found()).is_empty() && self.same_line();
                let missing = ["for", "of"]
                    .into_iter()
                    .find(|w| self.wants(&format!("k_{w}")));
                match missing.filter(|_| named && d.fix.is_none()) {
                    Some(word) => d.fix(
                        format!("put `{word}` before it"),
                        self.here().at_start(),
                        format!("{word} "),
                    ),
                    None => d,
                }
            }
        }
    }

    /// What to write, where the message alone does not say it.
    fn advice(&self, what: &Option<String>) -> Option<String> {
        match what.as_deref() {
            Some("a unit of time") => Some(format!(
                "write `{} days`, or `weeks`, `months`, `quarters`, `years`",
                self.before()
            )),
            Some("a value" | "a condition") if self.found().is_empty() || self.begins_line() => {
                Some(format!("write it after `{}`", self.before()))
            }
            Some("`promotion`, `service` or `safety`") => {
                Some("write one of the three, without quotes".into())
            }
            None if self.after_value() && self.same_line() && !self.found().is_empty() => Some(
                "after a value may come `+`, `-`, `*`, `/`, a comparison, or `and` and `or`".into(),
            ),
            _ => self.shape(what.is_some()),
        }
    }

    /// The word of the language that could stand here and is nearest to what does.
    fn meant_word(&self) -> Option<String> {
        let found = self.found();
        let names: Vec<String> = self.wanted.iter().map(|r| format!("{r:?}")).collect();
        let words = names.iter().filter_map(|n| n.strip_prefix("k_"));
        let near = (found.len() > 2).then(|| nearest(found, words))??;
        (near != found).then(|| near.to_string())
    }

    /// The token that does not fit; at the end, the place right after what was written.
    pub fn here(&self) -> Span {
        let found = self.found();
        let written = self.text[..self.at].trim_end().len();
        if found.is_empty() {
            self.span(written, written)
        } else {
            self.span(self.at, self.at + found.len())
        }
    }

    /// The unit of time that was meant, where one is needed.
    pub fn unit(&self) -> Option<&'static str> {
        const UNITS: [&str; 7] = [
            "minutes", "hours", "days", "weeks", "months", "quarters", "years",
        ];
        let found = self.found();
        let slip = self.wants("unit") && found.len() > 2;
        slip.then(|| nearest(found, UNITS))?
    }

    /// What could stand here, if that can be said in a few words.
    fn expectation(&self, before: &str) -> Option<String> {
        let names: Vec<String> = self.wanted.iter().map(|r| format!("{r:?}")).collect();
        let value = [
            "expr",
            "if_expr",
            "logic",
            "comparison",
            "operand",
            "sum",
            "atom",
            "word_operand",
            "paren",
            "call",
            "plain_value",
            "cell",
            "window_count",
            "logic_part",
        ];
        if before == "then" && names.iter().any(|n| n == "name") {
            return Some("an action".to_string());
        }
        if names.iter().any(|n| value.contains(&n.as_str())) {
            let condition = matches!(
                before,
                "when" | "where" | "if" | "and" | "or" | "not" | "needs" | "consent" | "while"
            );
            return Some(if condition { "a condition" } else { "a value" }.to_string());
        }
        let mut said: Vec<String> = Vec::new();
        for name in &names {
            let word = describe(name)?;
            if !word.is_empty() && !said.contains(&word) {
                said.push(word);
            }
        }
        // After something complete, an opening parenthesis or a dot could always follow.
        if said.len() > 1 {
            said.retain(|s| s != "`(`" && s != "`.`");
        }
        // A title may be left out, and so may what went before the brace.
        if said.len() > 1 && said.iter().any(|s| s == "`for`" || s == "`{`") {
            said.retain(|s| s != "a text");
        }
        match said.len() {
            0 => None,
            1..=4 => {
                let last = said.pop()?;
                Some(if said.is_empty() {
                    last
                } else {
                    format!("{} or {last}", said.join(", "))
                })
            }
            _ => None,
        }
    }

    /// How the declaration or clause around the place is written.
    fn shape(&self, expected: bool) -> Option<String> {
        // What is missing belongs to the line before, where the next begins without it.
        let place = if expected {
            self.text[..self.at].trim_end().len()
        } else {
            self.at
        };
        let line_start = self.text[..place].rfind('\n').map_or(0, |i| i + 1);
        let line = first_word(self.text[line_start..].trim_start());
        let chunk = first_word(self.text.trim_start());
        expected_of(line, &self.text[line_start..])
            .or_else(|| shape_of(line))
            .or_else(|| shape_of(chunk))
            .map(|s| format!("the form is `{s}`"))
    }
}

/// A rule of the grammar in words; empty for what need not be said, `None` for what has no short name.
fn describe(rule: &str) -> Option<String> {
    if let Some(word) = rule.strip_prefix("k_") {
        return Some(format!("`{word}`"));
    }
    let words = match rule {
        "p_lbrace" => "`{`",
        "p_rbrace" => "`}`",
        "p_lparen" | "arguments" | "parameters" | "name_list" => "`(`",
        "p_rparen" => "`)`",
        "p_comma" => "`,`",
        "p_colon" => "`:`",
        "p_dot" => "`.`",
        "p_equals" => "`=`",
        "name" | "column" | "rule_name" => "a name",
        "text" | "long_text" | "short_text" => "a text",
        "field_type" | "type_name" | "type_simple" => "a type",
        "percent" => "a percentage",
        "int" | "signed_int" => "a whole number",
        "date" => "a date",
        "unit" => "a unit of time",
        "weekday" => "`Monday` or `Sunday`",
        "month_name" => "a month",
        "currency" => "a currency",
        "purpose_word" => "`promotion`, `service` or `safety`",
        "favour_word" => "`highest` or `lowest`",
        "action_call" | "calls" => "an action",
        "which" => "`this`, `previous` or `next`",
        "period" => "`per`",
        "EOI" => "the end",
        "modifier" | "was" | "source" | "dated_by" | "paren_unit" => "",
        _ => return None,
    };
    Some(words.to_string())
}

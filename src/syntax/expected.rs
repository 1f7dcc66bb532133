//! Syntax errors in the language's words: what was expected, after what, and what stands there.

use super::Rule;
use super::chunks::{DECLARATIONS, first_word};
use super::names::is_reserved;
use super::prepare::OffsetMap;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::schema::Currency;
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
        Some(_) if rest.starts_with("!=") || rest.starts_with("<=") || rest.starts_with(">=") => &rest[..2],
        Some(c) => &rest[..c.len_utf8()],
        None => "",
    }
}

/// The token that ends before `text` ends.
fn last_token(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '%'))).map_or(0, |i| {
        i + text[i..].chars().next().map_or(0, char::len_utf8)
    });
    if start < text.len() {
        return &text[start..];
    }
    text.char_indices().next_back().map_or("", |(i, _)| &text[i..])
}

impl Failure<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        self.map.span(self.file.id, self.base + start, self.base + end)
    }

    fn found(&self) -> &str {
        token(&self.text[self.at..])
    }

    fn before(&self) -> &str {
        last_token(&self.text[..self.at])
    }

    pub fn diagnostic(&self) -> Diagnostic {
        self.habit().unwrap_or_else(|| self.plain())
    }

    /// Mistakes that have an answer of their own.
    fn habit(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let at = self.span(self.at, self.at + found.len());
        if self.text[..self.at].trim().is_empty() {
            return Some(self.no_declaration(found, at));
        }
        let aggregates = ["count", "sum", "average", "highest", "lowest", "earliest", "latest", "first", "last"];
        let named = found.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '`');
        let same_line = !self.text[..self.at].ends_with('\n') && !self.between_lines();
        if aggregates.contains(&before) && named && same_line && !is_reserved(found) && !self.wants("name") {
            let start = self.text[..self.at].trim_end().len() - before.len();
            let message = format!("write `{before} of {found}`: `of` is missing");
            return Some(
                Diagnostic::new(&codes::SYNTAX, self.span(start, self.at + found.len()), message)
                    .fix("put `of` between them", at.at_start(), "of "),
            );
        }
        if found == "," && before.ends_with(|c: char| c.is_ascii_digit()) && digits(&self.text[self.at + 1..]) == 3 {
            return Some(
                Diagnostic::new(&codes::FOREIGN_NOTATION, at, "thousands are set apart by `_`, not by a comma")
                    .fix("write `_`", at, "_"),
            );
        }
        if before.starts_with(|c: char| c.is_ascii_digit()) && same_line && let Some(d) = self.currency(found, at) {
            return Some(d);
        }
        if is_reserved(found) && self.wanted.iter().all(|r| matches!(r, Rule::name)) && !self.wanted.is_empty() {
            let message = format!("`{found}` is a word of the language, not a name");
            return Some(
                Diagnostic::new(&codes::SYNTAX, at, message)
                    .help("choose another name, or put this one in back-quotes everywhere")
                    .fix("put it in back-quotes", at, format!("`{found}`")),
            );
        }
        None
    }

    fn between_lines(&self) -> bool {
        let kept = self.text[..self.at].trim_end().len();
        self.text[kept..self.at].contains('\n')
    }

    fn no_declaration(&self, found: &str, at: Span) -> Diagnostic {
        let message = if matches!(found, "rule" | "when" | "then" | "goal" | "because" | "owner") {
            format!("`{found}` belongs inside a campaign")
        } else if found.is_empty() {
            "expected a declaration".to_string()
        } else {
            format!("expected a declaration, such as `record`, `define` or `campaign`, found `{found}`")
        };
        let mut diagnostic = Diagnostic::new(&codes::SYNTAX, at, message);
        if let Some(good) = nearest(found, DECLARATIONS.iter().copied()).filter(|g| *g != found && found.len() > 2) {
            diagnostic = diagnostic.fix(format!("write `{good}`"), at, good);
        }
        diagnostic
    }

    /// `100 cny`, `100 yuan`
    fn currency(&self, found: &str, at: Span) -> Option<Diagnostic> {
        let upper = found.to_uppercase();
        let code = match upper.as_str() {
            "YUAN" | "RMB" => "CNY",
            "DOLLAR" | "DOLLARS" => "USD",
            "EURO" | "EUROS" => "EUR",
            "YEN" => "JPY",
            code => Currency::from_code(code)?.code(),
        };
        Some(
            Diagnostic::new(&codes::FOREIGN_NOTATION, at, format!("a currency is written by its code: `{code}`"))
                .fix(format!("write `{code}`"), at, code),
        )
    }

    fn wants(&self, name: &str) -> bool {
        self.wanted.iter().any(|r| format!("{r:?}") == name)
    }

    fn plain(&self) -> Diagnostic {
        let (found, before) = (self.found(), self.before());
        let end = self.at + found.len();
        let at = if found.is_empty() { self.span(self.at, self.at) } else { self.span(self.at, end) };
        let what = self.expectation(before);
        let after = if before.is_empty() { String::new() } else { format!(" after `{before}`") };
        let seen = match found {
            "" => ", found the end".to_string(),
            f if f.chars().count() > 40 => ", found a text".to_string(),
            f => format!(", found `{f}`"),
        };
        let message = match what {
            Some(what) => format!("expected {what}{after}{seen}"),
            None if found.is_empty() => format!("something is missing{after}"),
            None => format!("unexpected `{found}`{after}"),
        };
        Diagnostic::new(&codes::SYNTAX, at, message).help_opt(self.shape())
    }

    /// What could stand here, if that can be said in a few words.
    fn expectation(&self, before: &str) -> Option<String> {
        let names: Vec<String> = self.wanted.iter().map(|r| format!("{r:?}")).collect();
        let value = [
            "expr", "if_expr", "logic", "comparison", "operand", "sum", "atom", "word_operand", "paren", "call", "plain_value",
            "cell", "window_count", "logic_part",
        ];
        if names.iter().any(|n| value.contains(&n.as_str())) {
            let condition = matches!(before, "when" | "where" | "if" | "and" | "or" | "not" | "needs" | "consent" | "while");
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
        match said.len() {
            0 => None,
            1..=4 => {
                let last = said.pop()?;
                Some(if said.is_empty() { last } else { format!("{} or {last}", said.join(", ")) })
            }
            _ => None,
        }
    }

    /// How the declaration or clause around the place is written.
    fn shape(&self) -> Option<String> {
        let line_start = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        let line = first_word(self.text[line_start..].trim_start());
        let chunk = first_word(self.text.trim_start());
        shape_of(line).or_else(|| shape_of(chunk)).map(|s| format!("the form is `{s}`"))
    }
}

fn digits(s: &str) -> usize {
    s.bytes().take_while(u8::is_ascii_digit).count()
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

/// How a declaration or clause that begins with `word` is written.
fn shape_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "workspace" => "workspace \"Title\" { currency CNY … }",
        "record" => "record NAME from \"source\" dated by FIELD { field: type … }",
        "define" => "define NAME for RECORD = expression",
        "segment" => "segment NAME of RECORD where condition",
        "tiers" => "tiers NAME for RECORD by expression { LEVEL from VALUE … }",
        "stages" => "stages NAME for RECORD { when condition then STAGE … otherwise STAGE }",
        "score" => "score NAME for RECORD { when condition then VALUE … }",
        "table" => "table NAME for RECORD by expression, … { when cell, … then VALUE … otherwise VALUE }",
        "occasion" => "occasion NAME on 11-11",
        "message" => "message NAME(parameters) for RECORD by FIELD { tag \"text\" … }",
        "channel" => "channel NAME for RECORD { needs condition  consent condition … }",
        "action" => "action NAME(parameters) for RECORD on CHANNEL costs AMOUNT",
        "campaign" => "campaign NAME \"Title\" for RECORD { clauses and rules }",
        "rule" => "rule NAME { because \"…\"  when condition  once per …  then ACTION(…) }",
        "figure" => "figure NAME = expression",
        "exclusive" => "exclusive (CAMPAIGN, CAMPAIGN)",
        "budget" => "budget AMOUNT per calendar month",
        "pause" => "pause promotion for RECORD while condition",
        "hold" => "hold out 10%",
        "test" => "test \"title\" { today is DATE  given RECORD { … }  expect … }",
        "when" => "when condition",
        "once" => "once per VALUE",
        "again" => "again after 30 days",
        "at" => "at most N per calendar month",
        "then" => "then ACTION(…)",
        "because" => "because \"reason\"",
        "runs" => "runs from DATE to DATE",
        "measure" => "measure NAME = condition",
        "audience" => "audience where condition",
        "quiet" => "quiet from 21:00 to 09:00",
        "given" => "given RECORD { field: value, … }",
        "expect" => "expect CAMPAIGN.RULE for \"key\": action(…)",
        "time" => "time zone \"Asia/Shanghai\"",
        "leap" => "leap day on 28 February",
        "currency" => "currency CNY",
        _ => return None,
    })
}

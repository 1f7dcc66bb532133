//! One step of an explanation.

use crate::source::Span;

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    True,
    False,
    Unknown,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::True => "true",
            Verdict::False => "not true",
            Verdict::Unknown => "unknown",
        }
    }

    /// In JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::True => "yes",
            Verdict::False => "no",
            Verdict::Unknown => "unknown",
        }
    }
}

/// A condition or a value, what was found, and of what it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// As the rules say it, on one line.
    pub text: String,
    pub span: Option<Span>,
    /// What a line of a score or of stages does: `adds 3`.
    pub effect: Option<String>,
    /// Of a condition.
    pub verdict: Option<Verdict>,
    /// A sentence: `` `spend` is 12.00 CNY ``; empty where the parts say it.
    pub found: String,
    /// What would have made a condition true: `it would be true from 20.00 CNY on`.
    pub needed: Option<String>,
    pub parts: Vec<Step>,
    /// Of a list of conditions that is told in a sentence: the places of the parts that decided.
    pub decisive: Vec<usize>,
    /// Rows of data that it comes from.
    pub rows: Option<Counted>,
}

/// The rows that an aggregate looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub record: String,
    /// Those that refer to the row.
    pub all: usize,
    pub counted: usize,
    /// The first of those that counted.
    pub shown: Vec<RowTold>,
    /// How many did not count, and why.
    pub left_out: Vec<(usize, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowTold {
    /// The key; for a record without one, its first fields.
    pub name: String,
    pub day: Option<String>,
    pub value: Option<String>,
}

impl Step {
    /// A sentence about a value.
    pub fn value(text: String, span: Option<Span>, found: String) -> Step {
        Step {
            text,
            span,
            effect: None,
            verdict: None,
            found,
            needed: None,
            parts: Vec::new(),
            decisive: Vec::new(),
            rows: None,
        }
    }

    /// The first condition that is not true, down to one that stands for itself.
    pub fn first_failed(&self) -> &Step {
        if !self.found.is_empty() {
            return self;
        }
        let failed = |s: &&Step| s.verdict.is_some_and(|v| v != Verdict::True);
        match self.parts.iter().find(failed) {
            Some(part) => part.first_failed(),
            None => self,
        }
    }

    /// How many parts of an `all of` are not true.
    pub fn failed_parts(&self) -> usize {
        if !self.found.is_empty() {
            return 0;
        }
        let failed = |s: &&Step| s.verdict.is_some_and(|v| v != Verdict::True);
        self.parts.iter().filter(failed).count()
    }

    /// What was found; of a list also of the parts that decided it.
    pub fn found_in_full(&self) -> String {
        let decisive = self.decisive.iter();
        let said: Vec<&str> = decisive
            .filter_map(|place| self.parts.get(*place))
            .map(|part| part.first_failed().found.as_str())
            .filter(|found| !found.is_empty())
            .collect();
        match said.is_empty() {
            true => self.found.clone(),
            false => format!("{}: {}", self.found, said.join("; ")),
        }
    }

    /// What was found, and what would have made it true.
    pub fn sentence(&self) -> String {
        let found = self.found_in_full();
        match &self.needed {
            Some(needed) => format!("{found}; {needed}"),
            None => found,
        }
    }
}

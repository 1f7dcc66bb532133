//! Makes a text ready for the grammar: collects and blanks comments, reads full-width punctuation and
//! digits as ASCII, answers what people type out of habit (`&&`, `1,000 CNY`, `2026/11/21`) and puts the
//! language's own form in its place, notes brackets and line starts, measures nesting.

mod amounts;
mod habits;
mod invisible;
mod map;
mod quotes;
mod texts;

pub use map::OffsetMap;

use super::ast::Comment;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// Deepest nesting of parentheses, braces, `if`, `where` and `not` together.
pub const DEEPEST: usize = 64;

/// A bracket outside texts, by its offset in the prepared text.
#[derive(Debug, Clone, Copy)]
pub struct Bracket {
    pub at: usize,
    pub mark: u8,
}

/// The first thing on a line, outside texts.
#[derive(Debug, Clone, Copy)]
pub struct LineStart {
    pub at: usize,
    /// Characters before it on its line.
    pub indent: usize,
}

/// A text that the grammar can take, and what was found on the way.
#[derive(Debug, Default)]
pub struct Prepared {
    pub text: String,
    pub map: OffsetMap,
    pub comments: Vec<Comment>,
    pub diagnostics: Vec<Diagnostic>,
    pub brackets: Vec<Bracket>,
    pub lines: Vec<LineStart>,
    /// Offsets in the prepared text where nesting first exceeds [`DEEPEST`], one a stretch.
    pub too_deep: Vec<usize>,
}

impl Prepared {
    /// Writes spaces over a stretch, and forgets its brackets.
    pub fn blank(&mut self, range: std::ops::Range<usize>) {
        self.brackets.retain(|b| !range.contains(&b.at));
        let spaces = " ".repeat(range.len());
        if self.text.is_char_boundary(range.start) && self.text.is_char_boundary(range.end) {
            self.text.replace_range(range, &spaces);
        }
    }

    /// Puts a brace before the character at `at`.
    pub fn insert_brace(&mut self, at: usize, mark: u8) {
        self.text.insert(at, char::from(mark));
        self.map.insert(at, 1);
        let later = self.brackets.partition_point(|b| b.at < at);
        for bracket in &mut self.brackets[later..] {
            bracket.at += 1;
        }
        self.brackets.insert(later, Bracket { at, mark });
        for line in self.lines.iter_mut().filter(|l| l.at >= at) {
            line.at += 1;
        }
        for deep in self.too_deep.iter_mut().filter(|d| **d >= at) {
            *deep += 1;
        }
    }
}

/// What the scanner stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A placeholder, with its count of open braces.
    Placeholder(u32),
    /// A text on one line: where it began in the source and in the prepared text, and whether a smart quote opened it.
    Short {
        source: usize,
        out: usize,
        smart: bool,
    },
    Long {
        source: usize,
        out: usize,
    },
}

struct Scanner<'a> {
    file: &'a SourceFile,
    src: &'a str,
    pos: usize,
    done: Prepared,
    modes: Vec<Mode>,
    /// One counter of `if` and `where` for each open bracket, and one outside all.
    levels: Vec<usize>,
    /// `not` and `-` in a row.
    prefixes: usize,
    deep: bool,
    line_start: usize,
    fresh_line: bool,
    /// Where square brackets end that were read as parentheses.
    squares: Vec<usize>,
    /// Quotes inside a text that are read as written `\"`, and braces that stand twice.
    inner: Vec<usize>,
}

pub fn prepare(file: &SourceFile) -> Prepared {
    let mut s = Scanner {
        file,
        src: &file.text,
        pos: 0,
        done: Prepared::default(),
        modes: Vec::new(),
        levels: vec![0],
        prefixes: 0,
        deep: false,
        line_start: 0,
        fresh_line: true,
        squares: Vec::new(),
        inner: Vec::new(),
    };
    s.done.text.reserve(s.src.len() + 16);
    s.done.map.push(0, 0, false);
    while s.pos < s.src.len() {
        match s.modes.last().copied() {
            None | Some(Mode::Placeholder(_)) => s.code(),
            Some(Mode::Short { source, out, smart }) => s.short_text(source, out, smart),
            Some(Mode::Long { .. }) => s.long_text(),
        }
    }
    s.finish();
    s.done
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.src[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file.id, start, end)
    }

    /// Copies `n` bytes.
    fn copy(&mut self, n: usize) {
        let piece = &self.src[self.pos..self.pos + n];
        self.done.text.push_str(piece);
        self.pos += n;
    }

    /// Writes `text` for the next `n` bytes.
    fn replace(&mut self, n: usize, text: &str) {
        if n == text.len() && self.src[self.pos..self.pos + n].is_ascii() {
            self.done.text.push_str(text);
            self.pos += n;
            return;
        }
        self.done.map.push(self.done.text.len(), self.pos, true);
        self.done.text.push_str(text);
        self.pos += n;
        self.done.map.push(self.done.text.len(), self.pos, false);
    }

    /// Writes spaces for the next `n` bytes.
    fn blank(&mut self, n: usize) {
        for _ in 0..n {
            self.done.text.push(' ');
        }
        self.pos += n;
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.done.diagnostics.push(diagnostic);
    }

    fn code(&mut self) {
        let Some(c) = self.peek() else { return };
        if c == '\n' {
            self.newline();
            return;
        }
        if self.invisible(c) {
            return;
        }
        if c.is_whitespace() {
            if c.is_ascii() {
                self.replace(1, if c == '\r' { "\r" } else { " " })
            } else {
                self.replace(c.len_utf8(), " ")
            }
            return;
        }
        if self.comment() {
            return;
        }
        if std::mem::replace(&mut self.fresh_line, false) && self.modes.is_empty() {
            let indent = self.src[self.line_start..self.pos].chars().count();
            self.done.lines.push(LineStart {
                at: self.done.text.len(),
                indent,
            });
        }
        if c.is_alphabetic() || c == '_' {
            self.word();
        } else {
            self.mark(c);
        }
    }

    fn newline(&mut self) {
        // A placeholder of a text on one line ends with the line: its text is unclosed.
        if let Some(&Mode::Short { source, out, .. }) =
            self.modes.iter().find(|m| matches!(m, Mode::Short { .. }))
        {
            self.unclosed_text(source, out);
            return;
        }
        self.copy(1);
        self.line_start = self.pos;
        self.fresh_line = true;
    }

    fn word(&mut self) {
        let length = self
            .rest()
            .char_indices()
            .find(|&(_, c)| !(c.is_alphanumeric() && fullwidth(c).is_none() || c == '_'))
            .map_or(self.rest().len(), |(i, _)| i);
        let word = &self.rest()[..length];
        if self.invisible_within(length) || self.code_first(word) || self.unopened_text(length) {
            return;
        }
        match word {
            "if" | "where" => *self.level() += 1,
            "when" => *self.level() = 0,
            _ if self.begins_declaration(word) => *self.level() = 0,
            _ => {}
        }
        self.prefixes = if word == "not" { self.prefixes + 1 } else { 0 };
        self.check_depth();
        if length == 0 {
            // INVARIANT: the scanner always moves on.
            let n = self.peek().map_or(1, char::len_utf8);
            self.copy(n);
        } else {
            self.copy(length);
        }
    }

    fn begins_declaration(&self, word: &str) -> bool {
        self.modes.is_empty()
            && self.levels.len() == 1
            && self
                .done
                .lines
                .last()
                .is_some_and(|l| l.at == self.done.text.len())
            && super::chunks::begins_declaration(word, &self.rest()[word.len()..])
    }

    fn level(&mut self) -> &mut usize {
        if self.levels.is_empty() {
            self.levels.push(0);
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn check_depth(&mut self) {
        let depth = self.levels.len()
            + self.levels.iter().sum::<usize>()
            + self.prefixes
            + self.modes.len();
        if depth > DEEPEST && !self.deep {
            self.done.too_deep.push(self.done.text.len());
        }
        self.deep = depth > DEEPEST;
    }

    /// A character that is neither white space nor the start of a word or comment.
    fn mark(&mut self, c: char) {
        if c == '`' {
            let end = self.rest()[1..].find(['`', '\n']).map(|i| i + 1);
            match end {
                Some(i) if self.rest()[i..].starts_with('`') => self.copy(i + 1),
                _ => self.copy(1),
            }
            return;
        }
        if self.open_text(c) || self.number_habit(c) || self.mark_habit(c) || self.square_end(c) {
            return;
        }
        let plain = fullwidth(c).unwrap_or(c);
        if matches!(plain, '(' | ')' | '{' | '}') {
            return self.bracket(c.len_utf8(), plain);
        }
        self.prefixes = if plain == '-' { self.prefixes + 1 } else { 0 };
        if plain == ',' {
            *self.level() = 0;
        }
        self.check_depth();
        if plain == c && !c.is_ascii_digit() {
            self.copy(c.len_utf8());
        } else if plain == c {
            self.digits();
        } else {
            self.replace(c.len_utf8(), plain.encode_utf8(&mut [0; 4]));
        }
    }

    /// Writes a parenthesis or brace for the next `n` bytes.
    fn bracket(&mut self, n: usize, mark: char) {
        self.prefixes = 0;
        match mark {
            '{' | '(' => self.levels.push(0),
            _ if self.levels.len() > 1 => drop(self.levels.pop()),
            _ => {}
        }
        self.check_depth();
        if !self.placeholder_brace(mark) && self.modes.is_empty() {
            self.done.brackets.push(Bracket {
                at: self.done.text.len(),
                mark: mark as u8,
            });
        }
        self.replace(n, mark.encode_utf8(&mut [0; 4]));
    }

    /// A run of digits and what sticks to it.
    fn digits(&mut self) {
        let n = self
            .rest()
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
            .count();
        self.copy(n.max(1));
    }

    /// Keeps count inside a placeholder; true if this brace ends it.
    fn placeholder_brace(&mut self, c: char) -> bool {
        let Some(Mode::Placeholder(open)) = self.modes.last_mut() else {
            return false;
        };
        match c {
            '{' => *open += 1,
            '}' if *open == 0 => {
                self.modes.pop();
                return true;
            }
            '}' => *open -= 1,
            _ => {}
        }
        false
    }

    fn finish(&mut self) {
        while let Some(first) = self
            .modes
            .iter()
            .copied()
            .find(|m| !matches!(m, Mode::Placeholder(_)))
        {
            match first {
                Mode::Short { source, out, .. } => self.unclosed_text(source, out),
                Mode::Long { source, out } => self.unclosed_long(source, out),
                Mode::Placeholder(_) => {}
            }
            while self.pos < self.src.len() {
                match self.modes.last().copied() {
                    None | Some(Mode::Placeholder(_)) => self.code(),
                    Some(Mode::Short { source, out, smart }) => self.short_text(source, out, smart),
                    Some(Mode::Long { .. }) => self.long_text(),
                }
            }
        }
        let end = self.done.text.len();
        self.done.map.push(end, self.src.len(), false);
    }
}

/// The ASCII form of full-width punctuation and digits.
pub fn fullwidth(c: char) -> Option<char> {
    match c {
        '！'..='＠' | '［'..='｀' | '｛'..='～' => char::from_u32(c as u32 - 0xfee0),
        '、' => Some(','),
        '−' | '–' | '—' => Some('-'),
        '×' => Some('*'),
        '÷' => Some('/'),
        _ => None,
    }
}

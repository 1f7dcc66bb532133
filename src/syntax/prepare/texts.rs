//! Texts: where they begin and end, their placeholders, and those without end.

use super::{Mode, Scanner};
use crate::diagnostic::{Diagnostic, codes};

impl Scanner<'_> {
    pub(super) fn open_text(&mut self, c: char) -> bool {
        let (source, out) = (self.pos, self.done.text.len());
        match c {
            '"' if self.rest().starts_with("\"\"\"") => {
                self.modes.push(Mode::Long { source, out });
                self.copy(3);
            }
            '"' => {
                self.inner_quotes();
                self.modes.push(Mode::Short {
                    source,
                    out,
                    smart: false,
                });
                self.copy(1);
            }
            '“' | '”' | '＂' => {
                let line = self.rest()[c.len_utf8()..].split('\n').next().unwrap_or("");
                self.modes.push(Mode::Short {
                    source,
                    out,
                    smart: line.contains(['“', '”', '＂']),
                });
                self.replace(c.len_utf8(), "\"");
            }
            '\'' | '‘' | '’' | '«' | '„' | '「' | '『' | '《' | '〈' => {
                return self.foreign_quotes(c);
            }
            _ => return false,
        }
        self.check_depth();
        self.prefixes = 0;
        true
    }

    pub(super) fn short_text(&mut self, source: usize, out: usize, smart: bool) {
        let Some(c) = self.peek() else { return };
        match c {
            '\n' => self.unclosed_text(source, out),
            '"' if smart || self.inner.contains(&self.pos) => self.replace(1, "\\\""),
            '"' => {
                self.copy(1);
                self.modes.pop();
            }
            '“' | '”' | '＂' if smart => {
                self.replace(c.len_utf8(), "\"");
                self.modes.pop();
            }
            _ => self.text_char(c),
        }
    }

    pub(super) fn long_text(&mut self) {
        let Some(c) = self.peek() else { return };
        if self.rest().starts_with("\"\"\"") {
            self.copy(3);
            self.modes.pop();
        } else {
            self.text_char(c);
        }
    }

    pub(super) fn text_char(&mut self, c: char) {
        match c {
            '\\' => {
                let next = self.rest()[1..]
                    .chars()
                    .next()
                    .filter(|&n| n != '\n')
                    .map_or(0, char::len_utf8);
                self.copy(1 + next);
            }
            '{' if self.foreign_tag() => {}
            '{' => {
                let doubled = self.doubled_brace();
                self.modes.push(Mode::Placeholder(0));
                self.check_depth();
                self.replace(1 + usize::from(doubled), "{");
            }
            '}' if self.inner.contains(&self.pos) => self.replace(1, ""),
            _ => self.copy(c.len_utf8()),
        }
    }

    /// Reports a text without end and closes it before the brackets that end its line.
    pub(super) fn unclosed_text(&mut self, source: usize, out: usize) {
        if self.unclosed_placeholder(source, out)
            || self.broken_text(source, out)
            || self.smart_end(source, out)
        {
            return;
        }
        let line_end = self.src[source..]
            .find('\n')
            .map_or(self.src.len(), |i| source + i);
        let quote = self.src[source..].chars().next().map_or(1, char::len_utf8);
        let line = &self.src[source + quote..line_end];
        let body = line.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, ')' | '}' | ',' | '）' | '，')
        });
        let end = source + quote + body.len();
        self.report(
            Diagnostic::new(
                &codes::SYNTAX,
                self.span(source, end),
                "this text has no closing `\"` on its line",
            )
            .label("begins here")
            .help("close it with `\"`, or write a text of several lines between `\"\"\"`")
            .unsafe_fix("close the text", self.span(end, end), "\""),
        );
        let escaped: String = body
            .chars()
            .flat_map(|c| escape(c).into_iter().flatten())
            .collect();
        self.rewind(source, out);
        self.replace(quote + body.len(), &format!("\"{escaped}\""));
    }

    /// Takes back what was written since `out`.
    pub(super) fn rewind(&mut self, source: usize, out: usize) {
        self.done.text.truncate(out);
        self.done.map.truncate(out);
        self.done.map.push(out, source, false);
        self.done.brackets.retain(|b| b.at < out);
        self.done.lines.retain(|l| l.at <= out);
        self.done.too_deep.retain(|&d| d < out);
        self.done
            .comments
            .retain(|c| (c.span.start as usize) < source);
        self.done
            .diagnostics
            .retain(|d| (d.span.start as usize) <= source);
        let keep = self.modes.iter().position(
            |m| matches!(m, Mode::Short { out: o, .. } | Mode::Long { out: o, .. } if *o == out),
        );
        self.modes.truncate(keep.unwrap_or(0));
        self.pos = source;
        // A comment in a placeholder may have gone on over lines.
        self.line_start = self.src[..source].rfind('\n').map_or(0, |i| i + 1);
        self.fresh_line = false;
    }

    /// A long text without end is taken to end before the next line that is not indented.
    pub(super) fn unclosed_long(&mut self, source: usize, out: usize) {
        let after = source + 3;
        let end = self.src[after..]
            .match_indices('\n')
            .map(|(i, _)| after + i + 1)
            .find(|&i| self.src[i..].starts_with(|c: char| c.is_alphabetic() || c == '}'))
            .unwrap_or(self.src.len());
        self.report(
            Diagnostic::new(
                &codes::SYNTAX,
                self.span(source, after),
                "this text has no closing `\"\"\"`",
            )
            .help("end a text of several lines with `\"\"\"` on a line of its own"),
        );
        self.rewind(source, out);
        self.replace(end - source, "\"\"\n");
        self.line_start = end;
        self.fresh_line = true;
    }
}

/// The character as it is written inside a text.
pub(super) fn escape(c: char) -> [Option<char>; 2] {
    match c {
        '"' | '\\' | '{' => [Some('\\'), Some(c)],
        c => [Some(c), None],
    }
}

//! Texts whose quotes or placeholders went wrong: each is answered once, and read as it was meant.

use super::Scanner;
use super::texts::escape;
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};

/// Lines that a text may go on over by mistake.
const MOST_LINES: usize = 4;

/// Whether nothing but the ends of brackets follows.
fn nothing_more(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with([',', ')', '}', '，', '）'])
}

fn escaped(body: &str) -> String {
    let chars = body.chars().map(|c| if c == '\n' { ' ' } else { c });
    chars
        .flat_map(|c| escape(c).into_iter().flatten())
        .collect()
}

impl Scanner<'_> {
    /// The rest of the line from `at` on.
    fn line_from(&self, at: usize) -> &str {
        self.src[at..].split('\n').next().unwrap_or("")
    }

    fn opening(&self, source: usize) -> usize {
        self.src[source..].chars().next().map_or(1, char::len_utf8)
    }

    /// `"Dear {name, hello"`
    pub(super) fn unclosed_placeholder(&mut self, source: usize, out: usize) -> bool {
        let from = source + self.opening(source);
        let line = self.line_from(from);
        let Some(close) = line.rfind('"') else {
            return false;
        };
        let Some(brace) = line[..close]
            .rfind('{')
            .filter(|&b| !line[b..close].contains('}'))
        else {
            return false;
        };
        let named = line[brace + 1..close]
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
            .map_or(close, |i| brace + 1 + i);
        let body = escaped(&line[..close]);
        let span = self.span(from + brace, from + brace + 1);
        let end = self.span(from + named, from + named);
        self.rewind(source, out);
        self.report(
            Diagnostic::new(&codes::SYNTAX, span, "this `{` is not closed")
                .help(
                    "close the placeholder with `}`, or write `\\{` for a brace that is to be read",
                )
                .unsafe_fix("close it", end, "}"),
        );
        self.replace(from + close + 1 - source, &format!("\"{body}\""));
        true
    }

    /// A text that goes on in the next lines.
    pub(super) fn broken_text(&mut self, source: usize, out: usize) -> bool {
        let from = source + self.opening(source);
        let first = self.line_from(from);
        if first.contains('"') {
            return false;
        }
        let placeholder = first.rfind('{').is_some_and(|b| !first[b..].contains('}'));
        let first_end = from + first.len();
        let mut edits = Vec::new();
        let mut at = first_end;
        for _ in 0..MOST_LINES {
            if at >= self.src.len() {
                return false;
            }
            let line = self.line_from(at + 1);
            let trimmed = line.trim();
            let indent = line.len() - line.trim_start().len();
            edits.push(Edit {
                span: self.span(at, at + 1 + indent),
                text: if placeholder { "" } else { " " }.to_string(),
            });
            if let Some(close) = line.find('"') {
                if !nothing_more(&line[close + 1..])
                    || close == indent && indent > 0 && trimmed.len() > 1
                {
                    return false;
                }
                let (end, line_start) = (at + 1 + close, at + 1);
                self.report_broken(source, first_end, end, placeholder, edits);
                let body = escaped(&self.src[from..end]);
                self.rewind(source, out);
                self.replace(end + 1 - source, &format!("\"{body}\""));
                self.line_start = line_start;
                self.fresh_line = false;
                return true;
            }
            if trimmed.is_empty() || trimmed == "}" {
                return false;
            }
            at += 1 + line.len();
        }
        false
    }

    fn report_broken(
        &mut self,
        source: usize,
        first_end: usize,
        end: usize,
        placeholder: bool,
        edits: Vec<Edit>,
    ) {
        let message = if placeholder {
            "a placeholder begins and ends on one line"
        } else {
            "a text between `\"` marks begins and ends on one line"
        };
        let mut d = Diagnostic::new(&codes::SYNTAX, self.span(source, first_end), message)
            .also(self.span(end, end + 1), "it ends here")
            .help("join the lines, or put a text of several lines between `\"\"\"`");
        d.fix = Some(Fix {
            message: "join the lines".into(),
            edits,
            safe: placeholder,
        });
        self.report(d);
    }

    /// `"Hangzhou”`
    pub(super) fn smart_end(&mut self, source: usize, out: usize) -> bool {
        let from = source + self.opening(source);
        let line = self.line_from(from);
        let Some((i, closer)) = line
            .char_indices()
            .rev()
            .find(|&(_, c)| matches!(c, '”' | '“' | '＂'))
        else {
            return false;
        };
        if !self.src[source..].starts_with('"') {
            return false;
        }
        let body = escaped(&line[..i]);
        let span = self.span(from + i, from + i + closer.len_utf8());
        self.rewind(source, out);
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("a text that begins with `\"` ends with `\"`, not with `{closer}`"),
            )
            .fix("write `\"`", span, "\""),
        );
        self.replace(
            from + i + closer.len_utf8() - source,
            &format!("\"{body}\""),
        );
        true
    }

    /// `Hangzhou"` at a word of `length` bytes.
    pub(super) fn unopened_text(&mut self, length: usize) -> bool {
        let line = self.line_from(self.pos);
        let quotes = line.matches('"').count();
        let alone = quotes == 1 && line[length..].starts_with('"');
        if !alone || length == 0 || !self.modes.is_empty() || !nothing_more(&line[length + 1..]) {
            return false;
        }
        let word = line[..length].to_string();
        let span = self.span(self.pos, self.pos + length + 1);
        self.report(
            Diagnostic::new(&codes::SYNTAX, span, "this text has no opening `\"`").unsafe_fix(
                "put a `\"` before it",
                span.at_start(),
                "\"",
            ),
        );
        self.replace(length + 1, &format!("\"{word}\""));
        true
    }

    /// `"Say "hello" to her"`: notes the quotes that are part of the text.
    pub(super) fn inner_quotes(&mut self) {
        let from = self.pos + 1;
        let line = self.line_from(from);
        let quotes: Vec<usize> = line
            .match_indices('"')
            .map(|(i, _)| i)
            .filter(|&i| !line[..i].ends_with('\\'))
            .collect();
        let [first, second, .., last] = quotes[..] else {
            return;
        };
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let spaced = line[..first].ends_with(' ') && word(line[first + 1..].chars().next());
        let placeholder = line[..first]
            .rfind('{')
            .is_some_and(|b| !line[b..first].contains('}'));
        let ends = word(line[..second].chars().next_back()) && line[second + 1..].starts_with(' ');
        if !spaced
            || !ends
            || placeholder
            || !nothing_more(&line[last + 1..])
            || quotes.len().is_multiple_of(2)
        {
            return;
        }
        let inner: Vec<usize> = quotes[..quotes.len() - 1]
            .iter()
            .map(|i| from + i)
            .collect();
        let span = self.span(from + first, from + second + 1);
        let mut d = Diagnostic::new(
            &codes::SYNTAX,
            span,
            "a `\"` inside a text is written `\\\"`",
        );
        d.fix = Some(Fix {
            message: "write `\\\"`".into(),
            edits: inner
                .iter()
                .map(|&i| Edit {
                    span: self.span(i, i),
                    text: "\\".into(),
                })
                .collect(),
            safe: true,
        });
        self.report(d);
        self.inner.extend(inner);
    }

    /// `{% if vip %}`
    pub(super) fn foreign_tag(&mut self) -> bool {
        let line = self.line_from(self.pos);
        let Some(end) = line.find("%}").filter(|_| line.starts_with("{%")) else {
            return false;
        };
        let span = self.span(self.pos, self.pos + end + 2);
        if !self.src[self.line_start..self.pos].contains("{%") {
            self.report(
                Diagnostic::new(&codes::FOREIGN_NOTATION, span, "`{% … %}` belongs to another tool")
                    .help("write `{if condition then \"…\" otherwise \"…\"}`, or let the message choose its text `by` a field"),
            );
        }
        self.replace(end + 2, "");
        true
    }

    /// `{{name}}`: notes the second closing brace.
    pub(super) fn doubled_brace(&mut self) -> bool {
        let line = self.line_from(self.pos);
        let Some(end) = line.find("}}").filter(|_| line.starts_with("{{")) else {
            return false;
        };
        let close = self.pos + end;
        let span = self.span(self.pos, close + 2);
        let good = format!("{{{}}}", line[2..end].trim());
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("a placeholder has one brace on each side: `{good}`"),
            )
            .fix(format!("write `{good}`"), span, good),
        );
        self.inner.push(close + 1);
        true
    }
}

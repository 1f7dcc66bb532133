//! What people type out of habit from elsewhere: each is answered once, and read as it was meant.

use super::super::ast::Comment;
use super::texts::escape;
use super::{Mode, Scanner, fullwidth};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};

impl Scanner<'_> {
    /// Blanks a comment, of this language or another; false if there is none here.
    pub(super) fn comment(&mut self) -> bool {
        let rest = self.rest();
        let line = rest
            .split('\n')
            .next()
            .unwrap_or(rest)
            .trim_end_matches('\r')
            .len();
        if rest.starts_with('#') {
            let doc = rest.starts_with("##");
            let span = self.span(self.pos, self.pos + line);
            self.done.comments.push(Comment {
                span,
                doc,
                own_line: self.fresh_line,
            });
            self.blank(line);
            return true;
        }
        let spaced = self.src[..self.pos]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        if rest.starts_with("//") || spaced && (rest.starts_with("-- ") || rest.starts_with("--\n"))
        {
            let span = self.span(self.pos, self.pos + 2);
            let mark = &rest[..2];
            self.report(
                Diagnostic::new(
                    &codes::FOREIGN_NOTATION,
                    span,
                    format!("a comment starts with `#`, not with `{mark}`"),
                )
                .fix("write `#`", span, "#"),
            );
            self.blank(line);
            return true;
        }
        if rest.starts_with("/*") {
            self.block_comment("/*", "*/");
            return true;
        }
        if rest.starts_with("<!--") {
            self.block_comment("<!--", "-->");
            return true;
        }
        false
    }

    fn block_comment(&mut self, open: &str, close: &str) {
        let length = self
            .rest()
            .find(close)
            .map_or(self.rest().len(), |i| i + close.len());
        let end = self.pos + length;
        let span = self.span(self.pos, self.pos + open.len());
        let body = self.src[self.pos + open.len()..end].trim_end_matches(close);
        let lines: Vec<String> = body
            .trim()
            .lines()
            .map(|l| format!("# {}", l.trim()))
            .collect();
        let follows = self.src[end..]
            .split('\n')
            .next()
            .is_some_and(|l| !l.trim().is_empty());
        let mut diagnostic = Diagnostic::new(
            &codes::FOREIGN_NOTATION,
            span,
            format!("a comment starts with `#` and ends with its line, `{open}` is not known"),
        )
        .help("put `#` before each line of the comment");
        if !follows {
            diagnostic = diagnostic.fix("write `#`", self.span(self.pos, end), lines.join("\n"));
        }
        self.report(diagnostic);
        while self.pos < end {
            let c = self.peek().unwrap_or(' ');
            if c == '\n' {
                self.copy(1);
                self.line_start = self.pos;
                self.fresh_line = true;
            } else {
                self.blank(c.len_utf8());
            }
        }
    }

    /// A text in quotes that are not the language's.
    pub(super) fn foreign_quotes(&mut self, c: char) -> bool {
        let closers: &[char] = match c {
            '\'' => &['\''],
            '‘' | '’' => &['’', '‘'],
            '«' => &['»'],
            '「' => &['」'],
            '『' => &['』'],
            '《' => &['》'],
            '〈' => &['〉'],
            _ => &['“', '”', '"'],
        };
        let quote = c.len_utf8();
        let Some(length) = self.rest()[quote..].find(|c| closers.contains(&c) || c == '\n') else {
            return false;
        };
        let close = quote + length;
        let Some(closer) = self.rest()[close..].chars().next().filter(|&c| c != '\n') else {
            return false;
        };
        let end = close + closer.len_utf8();
        let body: String = self.rest()[quote..close]
            .chars()
            .flat_map(|c| escape(c).into_iter().flatten())
            .collect();
        let text = format!("\"{body}\"");
        let span = self.span(self.pos, self.pos + end);
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("a text stands between `\"` marks, not `{c}`"),
            )
            .fix(format!("write `{text}`"), span, text.clone()),
        );
        self.replace(end, &text);
        true
    }

    /// `&&`, `||`, `!x`, `==`, `<>`, `=>`, `;`.
    pub(super) fn mark_habit(&mut self, c: char) -> bool {
        let mut ahead = self.rest().chars().map(|c| fullwidth(c).unwrap_or(c));
        let (first, second) = (ahead.next(), ahead.next());
        let length = c.len_utf8()
            + self.rest()[c.len_utf8()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        match (first, second) {
            (Some('≥'), _) => self.replace(c.len_utf8(), ">="),
            (Some('≤'), _) => self.replace(c.len_utf8(), "<="),
            (Some('≠'), _) => self.replace(c.len_utf8(), "!="),
            (Some('!'), Some('=')) if self.rest().starts_with("!==") => self.habit(3, "!="),
            (Some('!' | '<' | '>'), Some('=')) => {
                let mark = if first == Some('!') {
                    "!="
                } else if first == Some('<') {
                    "<="
                } else {
                    ">="
                };
                self.replace(length, mark);
            }
            (Some('&'), Some('&')) => self.habit(length, "and"),
            (Some('|'), Some('|')) => self.habit(length, "or"),
            (Some('&'), _) => self.habit(c.len_utf8(), "and"),
            (Some('|'), _) => self.bar(c),
            (Some('='), Some('=')) if self.rest().starts_with("===") => self.habit(3, "="),
            (Some('='), Some('=')) => self.habit(length, "="),
            (Some(':'), Some('=')) => self.habit(length, "="),
            (Some('<'), Some('>')) => self.habit(length, "!="),
            (Some('='), Some('>')) => self.habit(length, ">="),
            (Some('='), Some('<')) => self.habit(length, "<="),
            (Some('!'), Some(next))
                if next.is_alphanumeric() || matches!(next, '(' | '_' | '`') =>
            {
                self.prefixes += 1;
                self.check_depth();
                self.habit(c.len_utf8(), "not");
            }
            (Some(';'), _) => {
                let span = self.span(self.pos, self.pos + c.len_utf8());
                self.report(
                    Diagnostic::new(&codes::FOREIGN_NOTATION, span, "nothing ends with `;` here")
                        .fix("remove `;`", span, ""),
                );
                self.blank(c.len_utf8());
            }
            (Some('。' | '．'), _) => self.full_stop(c),
            (Some('…'), _) => self.ellipsis(),
            (Some('[' | '【' | '〔' | '［'), _) => return self.square(c),
            _ => return false,
        }
        true
    }

    /// `name | upcase`, `a | b`
    fn bar(&mut self, c: char) {
        if !matches!(self.modes.last(), Some(Mode::Placeholder(_))) {
            return self.habit(c.len_utf8(), "or");
        }
        let end = self.rest().find(['}', '\n']).unwrap_or(self.rest().len());
        let span = self.span(self.pos, self.pos + end);
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                "a value is not changed by `|` here",
            )
            .help("use a function, as in `{upper(name)}`; `default` says what stands for a missing value"),
        );
        self.blank(end);
    }

    /// `。` at the end of a line, or for a decimal point.
    fn full_stop(&mut self, c: char) {
        let n = c.len_utf8();
        let span = self.span(self.pos, self.pos + n);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let between = digit(self.src[..self.pos].chars().next_back())
            && digit(self.rest()[n..].chars().next());
        let named = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let path = named(self.src[..self.pos].chars().next_back())
            && named(self.rest()[n..].chars().next());
        if between || path {
            self.report(
                Diagnostic::new(
                    &codes::FOREIGN_NOTATION,
                    span,
                    format!("write `.`, not `{c}`"),
                )
                .fix("write `.`", span, "."),
            );
            return self.replace(n, ".");
        }
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("nothing ends with `{c}` here"),
            )
            .fix(format!("remove `{c}`"), span, ""),
        );
        self.blank(n);
    }

    fn ellipsis(&mut self) {
        let n: usize = self
            .rest()
            .chars()
            .take_while(|&c| c == '…')
            .map(char::len_utf8)
            .sum();
        let span = self.span(self.pos, self.pos + n);
        self.report(
            Diagnostic::new(
                &codes::SYNTAX,
                span,
                "`…` stands for something that is still to be written",
            )
            .help("write it, or remove what leads up to it"),
        );
        // Read as a value that nothing is said of, where one may stand.
        self.replace(n, "yes");
    }

    /// `[a, b]`, `【a】`: parentheses, if they end on the line.
    fn square(&mut self, open: char) -> bool {
        let close = match open {
            '[' => ']',
            '［' => '］',
            '【' => '】',
            _ => '〕',
        };
        let line = self.rest().split('\n').next().unwrap_or("");
        let Some(end) = line.find(close) else {
            return false;
        };
        let (first, last) = (
            self.span(self.pos, self.pos + open.len_utf8()),
            self.span(self.pos + end, self.pos + end + close.len_utf8()),
        );
        let mut d = Diagnostic::new(
            &codes::FOREIGN_NOTATION,
            first,
            format!("parentheses are `(` and `)`, not `{open}` and `{close}`"),
        );
        let edit = |span, text: &str| Edit {
            span,
            text: text.to_string(),
        };
        d.fix = Some(Fix {
            message: "write `(` and `)`".into(),
            edits: vec![edit(first, "("), edit(last, ")")],
            safe: true,
        });
        self.report(d);
        self.squares.push(self.pos + end);
        self.bracket(open.len_utf8(), '(');
        true
    }

    /// The mark that ends what `square` began.
    pub(super) fn square_end(&mut self, c: char) -> bool {
        let ends = self.squares.contains(&self.pos);
        if ends {
            self.bracket(c.len_utf8(), ')');
        }
        ends
    }

    /// Reports the next `n` bytes and writes `good` for them, apart from its neighbours.
    fn habit(&mut self, n: usize, good: &str) {
        let span = self.span(self.pos, self.pos + n);
        let bad = &self.src[self.pos..self.pos + n];
        let word = good.starts_with(char::is_alphabetic);
        let before =
            word && self.src[..self.pos].ends_with(|c: char| !c.is_whitespace() && c != '(');
        let after = word && self.src[self.pos + n..].starts_with(|c: char| !c.is_whitespace());
        let text = format!(
            "{}{good}{}",
            if before { " " } else { "" },
            if after { " " } else { "" }
        );
        self.report(
            Diagnostic::new(
                &codes::FOREIGN_NOTATION,
                span,
                format!("write `{good}`, not `{bad}`"),
            )
            .fix(format!("write `{good}`"), span, text.clone()),
        );
        self.replace(n, &text);
    }
}

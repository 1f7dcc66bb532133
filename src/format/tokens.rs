//! A file that parses, as tokens with the comments and empty lines around them.
//!
//! The printer decides where lines break; what is printed are these tokens, in their order. So formatting
//! can lose neither a comment nor a word, whatever the printer does.

use super::lexemes::{
    ascii, is_space, is_word, normal, number_length, operator_length, quoted_name_length,
    text_length, word_length,
};

/// From `#` to the line's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub text: String,
    /// An empty line stands before it.
    pub blank_before: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Token {
    /// Offset in the source, in bytes.
    pub start: usize,
    /// In ASCII punctuation and digits, texts apart.
    pub text: String,
    /// Comments on lines of their own before it.
    pub leading: Vec<Comment>,
    /// A comment after it on its line.
    pub trailing: Option<String>,
    /// A line end stands right before it.
    pub line_before: bool,
    /// An empty line stands right before it.
    pub blank_before: bool,
}

/// The tokens of `source`; the last one is empty and stands at its end. `raw`: half-open ranges of
/// declarations whose bodies are taken as they are.
pub fn tokenize(source: &str, raw: &[(usize, usize)]) -> Vec<Token> {
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::new(),
        next: Token::default(),
    };
    loop {
        lexer.skip_trivia();
        let start = lexer.at;
        if start >= source.len() {
            lexer.push(start, String::new());
            break;
        }
        let body_end = raw.iter().find(|(from, to)| *from < start && start < *to);
        match body_end {
            Some((_, end)) if lexer.rest().starts_with(['{', '｛']) => {
                lexer.push(*end, source[start..*end].replace("\r\n", "\n"));
            }
            _ => {
                let end = lexer.token_end();
                lexer.push(end, normal(&source[start..end]));
            }
        }
    }
    let mut tokens = lexer.tokens;
    commas_first(&mut tokens);
    tokens
}

/// Comments between a value and its comma move behind the comma. Doc comments stay: behind it they could
/// become those of a field.
fn commas_first(tokens: &mut [Token]) {
    for i in 1..tokens.len() {
        let trails = tokens[i - 1].trailing.is_some();
        let both = tokens[i].trailing.as_ref().filter(|_| trails);
        let mut moving = tokens[i]
            .leading
            .iter()
            .map(|comment| &comment.text)
            .chain(both);
        if tokens[i].text != "," || moving.any(|text| text.starts_with("##")) {
            continue;
        }
        let mut moved = std::mem::take(&mut tokens[i].leading);
        if let Some(text) = tokens[i - 1].trailing.take() {
            let own = tokens[i].trailing.replace(text);
            moved.extend(own.map(|text| Comment {
                text,
                blank_before: false,
            }));
        }
        if let Some(next) = tokens.get_mut(i + 1) {
            next.leading.splice(0..0, moved);
        }
    }
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
    /// What was seen before the next token.
    next: Token,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn skip_trivia(&mut self) {
        let mut lines = 0;
        // A comment before the first token has nothing to trail.
        let mut own_line = self.tokens.is_empty();
        while let Some(c) = self.rest().chars().next() {
            if c == '#' {
                let text = self.rest().lines().next().unwrap_or_default();
                self.at += text.len();
                let blank_before = lines > 1;
                let comment = Comment {
                    text: text.trim_end().to_owned(),
                    blank_before,
                };
                match self.tokens.last_mut() {
                    Some(last) if !own_line => last.trailing = Some(comment.text),
                    _ => self.next.leading.push(comment),
                }
                lines = 0;
            } else if is_space(c) {
                self.at += c.len_utf8();
                lines += u32::from(c == '\n');
                own_line |= c == '\n';
            } else {
                break;
            }
        }
        self.next.line_before = lines > 0;
        self.next.blank_before = lines > 1;
    }

    fn push(&mut self, end: usize, text: String) {
        let mut token = std::mem::take(&mut self.next);
        token.start = self.at;
        token.text = text;
        self.at = end;
        self.tokens.push(token);
    }

    fn token_end(&self) -> usize {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return self.at;
        };
        let length = match ascii(first) {
            '"' => text_length(rest),
            '`' => quoted_name_length(rest),
            '0'..='9' => number_length(rest, self.before_month_day()),
            _ if is_word(first) => word_length(rest),
            '<' | '>' | '!' | '=' => operator_length(rest),
            _ => first.len_utf8(),
        };
        self.at + length.max(first.len_utf8())
    }

    /// `11-11` is a day of the year only here; elsewhere it is a difference.
    fn before_month_day(&self) -> bool {
        let text = |back: usize| {
            let at = self.tokens.len().checked_sub(back)?;
            Some(self.tokens[at].text.as_str())
        };
        match text(1) {
            Some("on" | "lunar") => true,
            // In the list of an occasion.
            Some("(" | ",") => {
                let open = (1..).find(|back| matches!(text(*back), None | Some("(" | ")" | "{")));
                let open = open.unwrap_or_default();
                text(open) == Some("(")
                    && text(open + 1) == Some("on")
                    && text(open + 3) == Some("occasion")
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let mut tokens = tokenize(source, &[]);
        assert_eq!(tokens.pop().map(|token| token.text), Some(String::new()));
        tokens.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_numbers_and_marks() {
        assert_eq!(
            texts("a.b>=1_000.50 CNY"),
            ["a", ".", "b", ">=", "1_000.50", "CNY"]
        );
        assert_eq!(
            texts("2026-11-21T09:00+08:00-2026-1-5"),
            ["2026-11-21T09:00+08:00", "-", "2026-1-5"]
        );
        assert_eq!(
            texts("on 11-11 - 11-11"),
            ["on", "11-11", "-", "11", "-", "11"]
        );
        assert_eq!(
            texts("x:yes/no yes/none"),
            ["x", ":", "yes/no", "yes", "/", "none"]
        );
        assert_eq!(
            texts("会员＝１２．５％，`a b`≥9"),
            ["会员", "=", "12.5", "%", ",", "`a b`", ">=", "9"]
        );
    }

    #[test]
    fn texts_are_one_token() {
        assert_eq!(
            texts(r#""a \" {f("}")} b" "" c"#),
            [r#""a \" {f("}")} b""#, r#""""#, "c"]
        );
        assert_eq!(
            texts("\"\"\"a \"\" # b\r\n\"\"\" c"),
            ["\"\"\"a \"\" # b\n\"\"\"", "c"]
        );
        assert_eq!(
            texts(r#"“say "hi"” “{f("a")}”"#),
            [r#""say \"hi\"""#, r#""{f("a")}""#]
        );
        assert_eq!(texts(r#""“quoted”" "#), [r#""“quoted”""#]);
    }

    #[test]
    fn comments_lie_beside_their_tokens() {
        let tokens = tokenize("# one\n\n# two\na # three\n# four\n, # five\nb", &[]);
        let leading = |i: usize| -> Vec<&str> {
            tokens[i]
                .leading
                .iter()
                .map(|comment| comment.text.as_str())
                .collect()
        };
        assert_eq!(leading(0), ["# one", "# two"]);
        assert!(tokens[0].leading[1].blank_before);
        assert_eq!(
            (tokens[0].trailing.as_deref(), tokens[1].text.as_str()),
            (None, ",")
        );
        assert_eq!(tokens[1].trailing.as_deref(), Some("# three"));
        assert_eq!(leading(2), ["# four", "# five"]);
    }

    #[test]
    fn bad_input_does_not_stop_it() {
        for source in [
            "\"",
            "“",
            "\"\\",
            "\"{",
            "\"\"\"{\"",
            "`",
            "｀",
            "#",
            "1_",
            "＂\\",
            "\"{`",
            "“\\\"”",
        ] {
            texts(source);
        }
    }
}

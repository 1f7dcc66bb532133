//! A file that parses, as tokens with the comments and empty lines around them.
//!
//! The printer decides where lines break; what is printed are these tokens, in their order. So formatting
//! can lose neither a comment nor a word, whatever the printer does.

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
        self.tokens
            .last()
            .is_some_and(|token| matches!(token.text.as_str(), "on" | "lunar"))
    }
}

/// The ASCII form of full-width punctuation and digits, and of quotes.
fn ascii(c: char) -> char {
    match c {
        '！'..='＠' | '［'..='｀' | '｛'..='～' => {
            char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
        }
        '、' => ',',
        '−' | '–' | '—' => '-',
        '×' => '*',
        '÷' => '/',
        '“' | '”' => '"',
        c => c,
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// Of a name or number. In a file that parses, whatever is not punctuation belongs to a name.
fn is_word(c: char) -> bool {
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
fn word_length(rest: &str) -> usize {
    let whole = "yes/no";
    if rest.starts_with(whole) && !rest[whole.len()..].starts_with(is_word) {
        return whole.len();
    }
    prefix(rest, is_word)
}

fn quoted_name_length(rest: &str) -> usize {
    let mut quotes = rest.char_indices().filter(|(_, c)| ascii(*c) == '`');
    quotes.nth(1).map_or(rest.len(), |(i, c)| i + c.len_utf8())
}

fn operator_length(rest: &str) -> usize {
    let mut chars = rest.chars();
    let first = chars.next().map_or(0, char::len_utf8);
    match chars.next() {
        Some(second) if ascii(second) == '=' => first + second.len_utf8(),
        _ => first,
    }
}

/// A number, or a day, time or both: `1_000.50`, `11-11`, `2026-11-21T09:00+08:00`.
fn number_length(rest: &str, month_day: bool) -> usize {
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
fn text_length(rest: &str) -> usize {
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
fn normal(token: &str) -> String {
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

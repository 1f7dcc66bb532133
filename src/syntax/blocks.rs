//! Mistakes in the frame of a program: what is no declaration, no clause, or stands in the wrong block.

use super::chunks::{DECLARATIONS, first_word};
use super::expected::Failure;
use super::names::is_reserved;
use super::shapes::{clauses_of, shape_of};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::source::Span;

/// Beginnings of texts in other languages: the first words, what they are, what the language has for them.
const STRANGERS: &[(&[&str], &str, &str)] = &[
    (
        &["SELECT", "select", "INSERT", "UPDATE", "DELETE", "WITH"],
        "SQL",
        "say who is meant by `segment NAME of RECORD where condition`",
    ),
    (
        &["MATCH", "match"],
        "a query of a graph database",
        "say who is meant by `segment NAME of RECORD where condition`",
    ),
    (
        &[
            "def", "function", "const", "let", "var", "import", "class", "return", "for", "while",
        ],
        "a line of program code",
        "give a value a name by `define NAME for RECORD = expression`",
    ),
];

impl Failure<'_> {
    /// At the beginning of a declaration.
    pub fn no_declaration(&self) -> Diagnostic {
        let (found, at) = (self.found(), self.here());
        let new = |message: String| Diagnostic::new(&codes::SYNTAX, at, message);
        if found.is_empty() {
            return new("expected a declaration".into())
                .help("begin with `record`, `define` or `campaign`");
        }
        let inside = [
            "rule", "when", "then", "goal", "because", "owner", "once", "audience",
        ];
        if inside.contains(&found) {
            return new(format!("`{found}` belongs inside a campaign"))
                .help("the form is `campaign NAME for RECORD { rule NAME { when condition  then ACTION(…) } }`");
        }
        if found.eq_ignore_ascii_case("if") {
            return new(format!("a rule begins with `rule` inside a campaign, not with `{found}`"))
                .help("the form is `campaign NAME for RECORD { rule NAME { when condition  then ACTION(…) } }`");
        }
        let near = nearest(found, DECLARATIONS.iter().copied());
        if let Some(good) = near.filter(|g| *g != found && found.len() > 2) {
            return new(format!("`{found}` begins no declaration"))
                .help(format!("did you mean `{good}`?"))
                .unsafe_fix(format!("write `{good}`"), at, good);
        }
        if let Some(d) = self.head_of(found) {
            return new(d);
        }
        if let Some((_, what, help)) = STRANGERS.iter().find(|(w, ..)| w.contains(&found)) {
            return new(format!("`{found}` is {what}, and begins no declaration")).help(*help);
        }
        let (message, help) = self.stranger(found);
        new(message).help(help)
    }

    /// A declaration's own word, with something impossible after it.
    fn head_of(&self, found: &str) -> Option<String> {
        let _ = DECLARATIONS.iter().find(|d| **d == found)?;
        let shape = shape_of(found)?;
        Some(format!("write `{shape}`"))
    }

    /// What kind of text begins with no word of the language.
    fn stranger(&self, found: &str) -> (String, &'static str) {
        let line = self.file.slice(self.line());
        let cells = line.matches('\t').count() + line.matches(',').count();
        const RECORDS: &str = "keep the data in a file of its own, such as `data/customers.csv`, and describe it by `record customer from \"customers\" { id: text key … }`";
        const BEGIN: &str =
            "a declaration begins with a word such as `record`, `define` or `campaign`";
        match found {
            "{" | "[" => (
                "JSON is not read here: a program consists of declarations".into(),
                BEGIN,
            ),
            "-" if line.starts_with("---") => (
                "a page of YAML is not read here: a program consists of declarations".into(),
                BEGIN,
            ),
            "-" => (
                "a list is not read here: a program consists of declarations".into(),
                "write a list of what the rules do as comments, with `#` before each line",
            ),
            "<" => (
                "a page of the web is not read here: a program consists of declarations".into(),
                "write the text of a mail in a `message NAME for RECORD { \"…\" }`",
            ),
            "=" => (
                "a formula of a spreadsheet is not read here".into(),
                "give a value a name by `define NAME for RECORD = expression`",
            ),
            _ if line.contains('\t') || cells > 1 && !line.contains(['=', '(', '"']) => {
                ("rows of a spreadsheet are not read here".into(), RECORDS)
            }
            _ if !found.is_ascii() && found.chars().all(char::is_alphanumeric) => (
                format!("`{found}` begins no declaration"),
                "names may be Chinese, the words of the language are English, as in `define 大客户 for 顾客 = …`",
            ),
            _ if line.split_whitespace().count() > 3 && line.trim_end().ends_with('.') => (
                "this is a sentence, and begins no declaration".into(),
                "write `#` before it to make it a comment; what is to happen is said by `campaign NAME for RECORD { rule … }`",
            ),
            _ => (format!("`{found}` begins no declaration"), BEGIN),
        }
    }

    /// The line around the place.
    pub fn line(&self) -> Span {
        let from = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        let to = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |i| self.at + i);
        self.span(from, to)
    }

    /// The word that begins the innermost block around the place.
    pub fn block(&self) -> Option<&str> {
        let open = self.open();
        let brace = open.iter().rev().find(|o| o.mark == b'{')?;
        let head = self.text[..brace.at]
            .rsplit(['\n', '{', '}'])
            .next()
            .unwrap_or("");
        let word = first_word(head.trim_start());
        // The head may go on over lines.
        let outermost = open.iter().filter(|o| o.mark == b'{').count() == 1;
        let known = !clauses_of(word).is_empty() || word == "given";
        if outermost && !known {
            return Some(first_word(self.text.trim_start()));
        }
        Some(word)
    }

    /// At the start of a line in a block, what does not belong there.
    pub fn strange_clause(&self) -> Option<Diagnostic> {
        let found = self.found();
        let block = self.block()?;
        let clauses = clauses_of(block);
        let top = self.open().last().is_some_and(|o| o.mark == b'{');
        if !top || clauses.is_empty() || !self.begins_line() || first_word(found).is_empty() {
            return None;
        }
        let at = self.here();
        let new = |message: String| Diagnostic::new(&codes::SYNTAX, at, message);
        let rule = "the form is `rule NAME { when condition  then ACTION(…) }`";
        Some(match (block, found) {
            ("rule", "rule") => new("a rule stands in a campaign, not inside another rule".into())
                .help("close the first one with `}` before it"),
            ("rule", "if") => {
                new("a rule says `when`, not `if`".into()).fix("write `when`", at, "when")
            }
            ("rule", "else" | "otherwise" | "elif") => new(format!("a rule has no `{found}`"))
                .help("write another rule for the others, with the opposite condition"),
            ("campaign", "if") => {
                new("conditions belong inside a rule, and begin with `when`".into()).help(rule)
            }
            ("campaign", "when" | "then" | "because" | "once" | "again") => {
                new(format!("`{found}` belongs inside a rule")).help(rule)
            }
            ("rule", action) if self.text[self.at + action.len()..].starts_with('(') => {
                new("an action begins with `then`".into())
                    .help("write `then` before it")
                    .fix("write `then` before it", at.at_start(), "then ")
            }
            _ if clauses.contains(&found) => return None,
            _ if DECLARATIONS.contains(&found) && !matches!(found, "hold" | "budget" | "at") => {
                new(format!("`{found}` stands by itself, not inside a {block}"))
                    .help(format!("move it out of the braces of the {block}"))
            }
            _ if is_reserved(found) => return None,
            _ => match nearest(found, clauses.iter().copied()).filter(|_| found.len() > 2) {
                Some(good) => new(format!("no line of a {block} begins with `{found}`"))
                    .help(format!("did you mean `{good}`?"))
                    .unsafe_fix(format!("write `{good}`"), at, good),
                None => new(format!("no line of a {block} begins with `{found}`"))
                    .help(format!("a {block} is made of {}", said(clauses))),
            },
        })
    }

    pub fn begins_line(&self) -> bool {
        let line = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        self.text[line..self.at].trim().is_empty()
    }

    /// A name that is none: of two words, with a hyphen, with a digit first, or a title.
    pub fn strange_name(&self) -> Option<Diagnostic> {
        let (found, before) = (self.found(), self.before());
        let begin = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        let line_end = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |i| self.at + i);
        let head = self.text[begin..self.at].trim_start();
        let word = first_word(head);
        let named = DECLARATIONS.contains(&word) || matches!(word, "rule" | "measure");
        if !named {
            return None;
        }
        let at = self.here();
        if before == word && found.starts_with('"') && matches!(word, "campaign" | "rule") {
            let slug = slug(found.trim_matches('"'));
            let d = Diagnostic::new(
                &codes::SYNTAX,
                at,
                format!("a {word} has a name before its title"),
            );
            return Some(match slug.as_str() {
                "" => d.help(format!("write a name of one word after `{word}`")),
                slug => d.help(format!("write `{word} {slug} {found}`")).fix(
                    format!("add the name `{slug}`"),
                    at.at_start(),
                    format!("{slug} "),
                ),
            });
        }
        if before == word && found.starts_with(|c: char| c.is_ascii_digit()) {
            let letters = found.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
            return (!letters.is_empty()).then(|| {
                Diagnostic::new(&codes::SYNTAX, at, "a name begins with a letter")
                    .help("choose another one, or put it in back-quotes everywhere")
            });
        }
        // The name's first part is all that stands between the word and the place.
        let first = head[word.len()..].trim();
        if matches!(first, "for" | "of") || first.is_empty() && matches!(found, "for" | "of") {
            let gap = begin + self.text[begin..].find(word).unwrap_or(0) + word.len();
            let span = self.span(gap, gap);
            return Some(
                Diagnostic::new(
                    &codes::SYNTAX,
                    span,
                    format!("the name is missing after `{word}`"),
                )
                .help_opt(shape_of(word).map(|s| format!("the form is `{s}`"))),
            );
        }
        let plain = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !plain(first) || !(found == "-" || plain(found)) {
            return None;
        }
        let rest = &self.text[self.at..line_end];
        // What is said next tells a name of two words from a word that is missing.
        let ends: &[&str] = match (self.wants("k_for"), self.wants("k_of")) {
            (true, _) => &["for "],
            (_, true) => &["of "],
            _ => &["=", "{", "on ", "from ", "("],
        };
        let end = ends
            .iter()
            .filter_map(|e| {
                rest.find(&format!(" {e}"))
                    .or((*e == "=").then(|| rest.find('=')).flatten())
            })
            .min()?;
        let more = &rest[..end];
        if more.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))) {
            return None;
        }
        if more
            .split([' ', '-'])
            .any(|w| matches!(w, "for" | "of" | "on" | "from" | "by"))
        {
            return None;
        }
        let start = self.text[..self.at].trim_end().len() - first.len();
        let span = self.span(start, self.at + more.len());
        let good = slug(&self.text[start..self.at + more.len()]);
        Some(
            Diagnostic::new(
                &codes::SYNTAX,
                span,
                "a name is one word, without blanks and hyphens",
            )
            .help(format!("write `{good}`"))
            .fix(format!("write `{good}`"), span, good),
        )
    }
}

/// A name made of a title.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let name = words.join("_");
    let good = name.starts_with(char::is_alphabetic) && !is_reserved(&name);
    if good { name } else { String::new() }
}

/// `a`, `b` and `c`.
fn said(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    match quoted.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        other => other.join(""),
    }
}

//! Reads one comment.

use crate::diagnostic::codes::{self, Code, Group, Reporter};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{SourceFile, Span};
use crate::syntax::ast;

/// A comment that is obeyed.
#[derive(Debug)]
pub struct Allow {
    /// The whole comment.
    pub span: Span,
    /// From the first name to the last.
    pub list: Span,
    /// Those of lints, each once.
    pub names: Vec<Named>,
    /// How many names there are in all.
    pub written: usize,
}

#[derive(Debug)]
pub struct Named {
    pub span: Span,
    pub code: &'static Code,
    /// Something was found that it allows.
    pub used: bool,
}

impl Allow {
    /// Whether the code is among the names; it is used then.
    pub fn uses(&mut self, code: &'static Code) -> bool {
        let named = self.names.iter_mut().find(|n| n.code == code);
        named.map(|n| n.used = true).is_some()
    }
}

/// How such a comment is written.
const FORM: &str = "write `# guanxi: allow LINT because REASON` on a line of its own";

/// The comment, if it is for us and can be obeyed; otherwise what is wrong with it.
pub fn read(
    source: &SourceFile,
    comment: &ast::Comment,
    about: &mut Vec<Diagnostic>,
) -> Option<Allow> {
    let text = source.slice(comment.span);
    let mut rest = Rest {
        text,
        at: 0,
        start: comment.span,
    };
    rest.skip(|c| c == '#' || c.is_whitespace());
    if !rest.word("guanxi") || !rest.mark([':', '：']) {
        return None;
    }
    let mut wrong = |span: Span, message: String, help: String| {
        about.push(Diagnostic::new(&codes::INVALID_SUPPRESSION, span, message).help(help));
    };
    let verb = rest.here();
    if !rest.word("allow") {
        let said = match verb.1 {
            "" => "`guanxi:` stands alone".to_owned(),
            other => format!("`guanxi:` does not know `{other}`"),
        };
        wrong(verb.0, said, FORM.to_owned());
        return None;
    }
    if comment.doc {
        wrong(
            comment.span,
            "after `##` this is documentation, and allows nothing".to_owned(),
            "begin it with one `#`".to_owned(),
        );
        return None;
    }
    if !comment.own_line {
        wrong(
            comment.span,
            "this stands beside what it is about, and allows nothing".to_owned(),
            "put it on a line of its own, above".to_owned(),
        );
        return None;
    }
    let (end, reasoned) = reason(text, rest.at);
    let parts = names(text, rest.at, end);
    let span = |from: usize, to: usize| {
        let start = comment.span.start as usize;
        Span::new(source.id, start + from, start + to)
    };
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        wrong(
            comment.span,
            "this names no lint".to_owned(),
            FORM.to_owned(),
        );
        return None;
    };
    if !reasoned {
        let said = "this gives no reason, and allows nothing";
        let named = &text[first.0..last.1];
        let help = format!("say why: `# guanxi: allow {named} because REASON`");
        wrong(comment.span, said.to_owned(), help);
        return None;
    }
    let mut allow = Allow {
        span: comment.span,
        list: span(first.0, last.1),
        names: Vec::new(),
        written: parts.len(),
    };
    for &(from, to) in &parts {
        match lint(&text[from..to]) {
            Ok(code) if allow.names.iter().any(|n| n.code == code) => allow.written -= 1,
            Ok(code) => allow.names.push(Named {
                span: span(from, to),
                code,
                used: false,
            }),
            Err(d) => about.push(d.at(span(from, to))),
        }
    }
    Some(allow)
}

/// A name that is no lint's.
struct NoLint {
    message: String,
    help: String,
    near: Option<&'static str>,
}

impl NoLint {
    fn at(self, span: Span) -> Diagnostic {
        let d = Diagnostic::new(&codes::INVALID_SUPPRESSION, span, self.message).help(self.help);
        match self.near {
            Some(near) => d.unsafe_fix(format!("allow `{near}`"), span, near),
            None => d,
        }
    }
}

fn lint(name: &str) -> Result<&'static Code, NoLint> {
    let no = |message: String, help: &str| NoLint {
        message,
        help: help.to_owned(),
        near: None,
    };
    let itself = [&codes::STALE_SUPPRESSION, &codes::INVALID_SUPPRESSION];
    match codes::find(name) {
        Some(code) if itself.contains(&code) => Err(no(
            format!("`{name}` is about comments like this, and no comment allows it"),
            "mend the comment that it points at, or set its level in `guanxi.toml`",
        )),
        Some(code) if code.reporter == Reporter::Lint => Ok(code),
        Some(_) => Err(no(
            format!("`{name}` is an error that cannot be allowed"),
            "a program with this fault has no meaning: mend it, and take the name out",
        )),
        None if Group::ALL.iter().any(|g| g.name() == name) => Err(no(
            format!("`{name}` is a group of lints, and allows nothing"),
            "name the lint itself: it stands in brackets before the finding",
        )),
        None if name.contains(char::is_whitespace) => Err(no(
            format!("`{name}` is no lint's name"),
            "put commas between names, and `because` before the reason",
        )),
        None => {
            let lints = codes::ALL.iter().filter(|c| c.reporter == Reporter::Lint);
            let near = nearest(name, lints.map(|c| c.name));
            Err(NoLint {
                message: format!("there is no lint `{name}`"),
                help: match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "all of them: `guanxi explain`".to_owned(),
                },
                near,
            })
        }
    }
}

/// Where the names end, and whether a reason follows that says something.
fn reason(text: &str, from: usize) -> (usize, bool) {
    let word = "because";
    for (i, _) in text[from..].match_indices(word) {
        let (start, end) = (from + i, from + i + word.len());
        let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        // Chinese letters go on without a blank.
        let joins = |c: char| c.is_ascii() && inside(c);
        if !text[..start].ends_with(inside) && !text[end..].starts_with(joins) {
            return (start, text[end..].contains(char::is_alphanumeric));
        }
    }
    (text.len(), false)
}

/// The stretches between commas, without the blanks around them.
fn names(text: &str, from: usize, end: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = from;
    for part in text[from..end].split([',', '，', '、']) {
        let margin = part.len() - part.trim_start().len();
        let name = part.trim();
        if !name.is_empty() {
            found.push((at + margin, at + margin + name.len()));
        }
        // One mark, whatever its width.
        at += part.len()
            + text[at + part.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
    }
    found
}

/// What is still to be read of a comment.
struct Rest<'t> {
    text: &'t str,
    at: usize,
    start: Span,
}

impl<'t> Rest<'t> {
    fn skip(&mut self, of: impl Fn(char) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(of).len();
    }

    /// The next word and its place, without going on.
    fn here(&mut self) -> (Span, &'t str) {
        self.skip(char::is_whitespace);
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-'));
        let word = &rest[..end.unwrap_or(rest.len())];
        let from = self.start.start as usize + self.at;
        (Span::new(self.start.file, from, from + word.len()), word)
    }

    /// Reads that word, in capitals or not.
    fn word(&mut self, word: &str) -> bool {
        let (_, found) = self.here();
        let same = found.eq_ignore_ascii_case(word);
        if same {
            self.at += found.len();
        }
        same
    }

    fn mark(&mut self, marks: [char; 2]) -> bool {
        self.skip(char::is_whitespace);
        let found = self.text[self.at..].chars().next();
        let mark = found.filter(|c| marks.contains(c));
        self.at += mark.map_or(0, char::len_utf8);
        mark.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    /// The codes allowed, and what is wrong.
    fn read_line(text: &str) -> (Vec<&'static str>, Vec<String>) {
        let source = SourceFile::new(FileId(0), "a.rules", text);
        let comment = ast::Comment {
            span: source.span(),
            doc: text.starts_with("##"),
            own_line: true,
        };
        let mut about = Vec::new();
        let allow = read(&source, &comment, &mut about);
        let names = allow.map(|a| a.names.iter().map(|n| n.code.name).collect());
        let said = about.into_iter().map(|d| d.message).collect();
        (names.unwrap_or_default(), said)
    }

    #[test]
    fn names_and_a_reason() {
        for text in [
            "# guanxi: allow unformatted, unused-definition because a poster shows it",
            "#guanxi:allow unformatted,unused-definition because x",
            "# Guanxi: allow unformatted, unused-definition, unformatted because because",
            "# guanxi：allow unformatted，unused-definition because明年再用",
        ] {
            let (names, said) = read_line(text);
            assert_eq!(names, ["unformatted", "unused-definition"], "{text}");
            assert!(said.is_empty(), "{said:?}");
        }
        for text in [
            "# guanxi is good",
            "# see guanxi: allow x",
            "#",
            "# because",
        ] {
            assert_eq!(read_line(text), (vec![], vec![]), "{text}");
        }
    }

    #[test]
    fn each_mistake_is_said() {
        for (text, message) in [
            (
                "# guanxi: allow unformatted",
                "this gives no reason, and allows nothing",
            ),
            (
                "# guanxi: allow unformatted because …",
                "this gives no reason, and allows nothing",
            ),
            ("# guanxi: allow because I say so", "this names no lint"),
            (
                "# guanxi: ignore unformatted",
                "`guanxi:` does not know `ignore`",
            ),
            ("# guanxi:", "`guanxi:` stands alone"),
            (
                "## guanxi: allow unformatted because x",
                "after `##` this is documentation, and allows nothing",
            ),
            (
                "# guanxi: allow unformated because x",
                "there is no lint `unformated`",
            ),
            (
                "# guanxi: allow style because x",
                "`style` is a group of lints, and allows nothing",
            ),
            (
                "# guanxi: allow syntax because x",
                "`syntax` is an error that cannot be allowed",
            ),
            (
                "# guanxi: allow unformatted and more because x",
                "`unformatted and more` is no lint's name",
            ),
            (
                "# guanxi: allow stale-suppression because x",
                "`stale-suppression` is about comments like this, and no comment allows it",
            ),
        ] {
            assert_eq!(
                read_line(text),
                (vec![], vec![message.to_owned()]),
                "{text}"
            );
        }
    }
}

//! `confusable-text`: characters that cannot be seen, turn the text around, or pass for others.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::source::{SourceFile, Span, Spanned};
use crate::syntax::ast::{
    CampaignClause, CampaignItem, DeclarationKind, ExprKind, File, RuleClause,
};
use rustc_hash::FxHashMap;

pub const LINT: Lint = Lint {
    code: &codes::CONFUSABLE_TEXT,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tree in checked.files {
        let file = checked.sources.file(tree.id);
        if file.text.is_ascii() {
            continue;
        }
        let texts = texts(tree);
        found.extend(invisible(file, tree, &texts));
        found.extend(mixed_words(file));
        found.extend(texts.iter().filter_map(|span| wide_digits(file, *span)));
    }
    found
}

/// What is written between quotes for people to read.
fn texts(tree: &File) -> Vec<Span> {
    let mut spans = Vec::new();
    tree.expressions(&mut |e| {
        if matches!(e.kind, ExprKind::Text(_)) {
            spans.push(e.span);
        }
    });
    let span = |text: &Spanned<String>| text.span;
    for d in &tree.declarations {
        match &d.kind {
            DeclarationKind::Workspace(w) => spans.push(w.title.span),
            DeclarationKind::Test(t) => spans.push(t.title.span),
            DeclarationKind::Campaign(c) => {
                spans.extend(c.title.iter().map(span));
                for item in &c.items {
                    match item {
                        CampaignItem::Clause(clause) => match &clause.node {
                            CampaignClause::Goal(t)
                            | CampaignClause::Theme(t)
                            | CampaignClause::Owner(t) => spans.push(t.span),
                            _ => {}
                        },
                        CampaignItem::Rule(rule) => {
                            spans.extend(rule.title.iter().map(span));
                            for clause in &rule.clauses {
                                if let RuleClause::Because(t) = &clause.node {
                                    spans.push(t.span);
                                }
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    spans
}

/// What an invisible character does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Invisible {
    ZeroWidth,
    /// Turns the direction of what follows.
    Direction,
}

fn kind_of(c: char) -> Option<Invisible> {
    Some(match c {
        '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => Invisible::ZeroWidth,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Invisible::Direction
        }
        _ => return None,
    })
}

/// One finding for each such character of a line.
fn invisible(file: &SourceFile, tree: &File, texts: &[Span]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let first = found.len();
        if !line.is_ascii() {
            let right_to_left = line.chars().any(is_right_to_left);
            for (at, c) in line.char_indices() {
                let Some(kind) = kind_of(c) else { continue };
                let place = start + at;
                let mark = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}');
                if (place == 0 && c == '\u{feff}') || (mark && right_to_left) || joins(line, at, c)
                {
                    continue;
                }
                let span = Span::new(file.id, place, place + c.len_utf8());
                let comments = tree.comments.iter().map(|c| &c.span);
                let inside = texts.iter().chain(comments).any(|s| s.contains(span));
                let edit = Edit {
                    span,
                    text: replacement(line, at, c, inside).into(),
                };
                let same = found[first..]
                    .iter_mut()
                    .find(|d| d.message == said(c, kind));
                match same.and_then(|d| d.fix.as_mut()) {
                    Some(fix) => fix.edits.push(edit),
                    None => found.push(unseen(span, c, kind, edit)),
                }
            }
        }
        start += line.len();
    }
    found
}

/// Between words of the language it may be all that keeps them apart.
fn replacement(line: &str, at: usize, c: char, inside: bool) -> &'static str {
    let before = line[..at]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric);
    let after = line[at + c.len_utf8()..].chars().next();
    if !inside && before && after.is_some_and(char::is_alphanumeric) {
        " "
    } else {
        ""
    }
}

/// Joiners have their work in emoji and in the scripts of Iran and India.
fn joins(line: &str, at: usize, c: char) -> bool {
    if !matches!(c, '\u{200c}' | '\u{200d}') {
        return false;
    }
    let plain = |c: char| {
        c.is_ascii()
            || c.is_whitespace()
            || script_of(c).is_some()
            || matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ffef}')
            || ('\u{20000}'..='\u{3ffff}').contains(&c)
    };
    let before = line[..at].chars().next_back();
    let after = line[at + c.len_utf8()..].chars().next();
    before.is_some_and(|c| !plain(c)) && after.is_some_and(|c| !plain(c))
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && kind_of(c).is_none()
}

fn said(c: char, kind: Invisible) -> String {
    let code = c as u32;
    match kind {
        Invisible::ZeroWidth => format!("a character that nobody sees stands here: U+{code:04X}"),
        Invisible::Direction => {
            format!("a character that turns the text's direction stands here: U+{code:04X}")
        }
    }
}

fn unseen(span: Span, c: char, kind: Invisible, edit: Edit) -> Diagnostic {
    let mut d = Diagnostic::new(&codes::CONFUSABLE_TEXT, span, said(c, kind));
    d.fix = Some(Fix {
        message: "remove it".into(),
        edits: vec![edit],
        safe: kind == Invisible::ZeroWidth,
    });
    d.help(match kind {
        Invisible::ZeroWidth => "remove it; it came with a copied text",
        Invisible::Direction => "remove it; what is shown is not what is read",
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

impl Script {
    fn name(self) -> &'static str {
        match self {
            Script::Latin => "Latin",
            Script::Cyrillic => "Cyrillic",
            Script::Greek => "Greek",
        }
    }
}

/// The script of a letter, of those that pass for one another.
fn script_of(c: char) -> Option<Script> {
    match c {
        'a'..='z' | 'A'..='Z' => Some(Script::Latin),
        '×' | '÷' => None,
        'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(Script::Latin),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
        _ => None,
    }
}

/// Cyrillic and Greek letters and the Latin ones that they look like.
const ALIKE: &[(&str, &str)] = &[
    ("асеһіјкорԛѕуԝхԁ", "acehijkopqsywxd"),
    ("АВСЕНІЈКМОРЅТУХ", "ABCEHIJKMOPSTYX"),
    ("αικνορυ", "aikvopu"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
];

fn latin_like(c: char) -> Option<char> {
    ALIKE.iter().find_map(|(other, latin)| {
        let place = other.chars().position(|o| o == c)?;
        latin.chars().nth(place)
    })
}

fn like_latin(c: char, script: Script) -> Option<char> {
    ALIKE.iter().find_map(|(other, latin)| {
        let place = latin.chars().position(|l| l == c)?;
        let found = other.chars().nth(place)?;
        (script_of(found) == Some(script)).then_some(found)
    })
}

/// Words of letters of two scripts that look alike: one finding for each word, however often it stands.
fn mixed_words(file: &SourceFile) -> Vec<Diagnostic> {
    let mut places: FxHashMap<&str, Vec<Span>> = FxHashMap::default();
    for line in file.text.lines() {
        if !line.is_ascii() {
            for word in line.split(|c| script_of(c).is_none()) {
                if !word.is_ascii() && is_mixed(word) {
                    let at = word.as_ptr() as usize - file.text.as_ptr() as usize;
                    let span = Span::new(file.id, at, at + word.len());
                    places.entry(word).or_default().push(span);
                }
            }
        }
    }
    let words = places.into_iter();
    words
        .filter_map(|(word, spans)| mixed(word, &spans))
        .collect()
}

fn is_mixed(word: &str) -> bool {
    let first = word.chars().next().and_then(script_of);
    let several = word.chars().any(|c| script_of(c) != first);
    several && word.chars().any(|c| latin_like(c).is_some())
}

fn mixed(word: &str, spans: &[Span]) -> Option<Diagnostic> {
    let count = |script| {
        word.chars()
            .filter(|c| script_of(*c) == Some(script))
            .count()
    };
    let scripts = [Script::Latin, Script::Cyrillic, Script::Greek];
    let main = scripts.into_iter().max_by_key(|s| count(*s))?;
    let odd = word.chars().find(|c| script_of(*c) != Some(main))?;
    let script = script_of(odd)?;
    let d = Diagnostic::new(
        &codes::CONFUSABLE_TEXT,
        *spans.first()?,
        format!(
            "`{word}` has a {} letter among {} ones: `{odd}` (U+{:04X})",
            script.name(),
            main.name(),
            odd as u32
        ),
    );
    let meant: Option<String> = word
        .chars()
        .map(|c| match script_of(c) {
            s if s == Some(main) => Some(c),
            _ if main == Script::Latin => latin_like(c),
            Some(Script::Latin) => like_latin(c, main),
            _ => None,
        })
        .collect();
    let Some(meant) = meant else {
        return Some(d.help("write the word in one script"));
    };
    let mut d = d.help(format!("write it in {} letters: `{meant}`", main.name()));
    d.fix = Some(Fix {
        message: format!(
            "write it in {} letters; data and other files may have the old spelling",
            main.name()
        ),
        edits: spans
            .iter()
            .map(|span| Edit {
                span: *span,
                text: meant.clone(),
            })
            .collect(),
        safe: false,
    });
    Some(d)
}

/// Digits of a Chinese input method in a text. Outside texts they are read as the usual ones.
fn wide_digits(file: &SourceFile, text: Span) -> Option<Diagnostic> {
    let written = file.slice(text);
    if written.is_ascii() {
        return None;
    }
    let mut edits = Vec::new();
    for (at, c) in written.char_indices() {
        if let Some(digit) = (c as u32).checked_sub('０' as u32).filter(|n| *n < 10) {
            let start = text.start as usize + at;
            edits.push(Edit {
                span: Span::new(file.id, start, start + c.len_utf8()),
                text: digit.to_string(),
            });
        }
    }
    let first = edits.first()?.span;
    let c = file.slice(first);
    let code = c.chars().next().map_or(0, |c| c as u32);
    let mut d = Diagnostic::new(
        &codes::CONFUSABLE_TEXT,
        first,
        format!("`{c}` in this text is a full-width digit: U+{code:04X}"),
    )
    .help("write it in ASCII digits, which every phone shows alike and data is compared with");
    d.fix = Some(Fix {
        message: "write ASCII digits in the text".into(),
        edits,
        safe: false,
    });
    Some(d)
}

//! The printer's hands: it walks the tree and the tokens side by side, and builds a document.

use std::collections::BTreeSet;

use super::doc::{Doc, render};
use super::tokens::Token;

pub(super) struct Printer<'a> {
    /// Lists that do not stay on one line, by the index of what follows their parenthesis.
    broken_lists: &'a BTreeSet<usize>,
    /// INVARIANT: the last one is empty and is never passed.
    tokens: Vec<Token>,
    /// The next token.
    at: usize,
    /// Leading comments of the next token that are printed already.
    comments_done: usize,
    out: Vec<Doc>,
    /// No space comes before the next token.
    tight: bool,
    /// A comment trails the last token.
    after_comment: bool,
}

impl<'a> Printer<'a> {
    pub fn new(tokens: Vec<Token>, broken_lists: &'a BTreeSet<usize>) -> Self {
        Printer {
            broken_lists,
            tokens,
            at: 0,
            comments_done: 0,
            out: Vec::new(),
            tight: true,
            after_comment: false,
        }
    }

    /// Prints what is left, and closes.
    pub fn finish(mut self) -> Doc {
        while !self.at_end() {
            self.token();
        }
        self.own_comments();
        Doc::group(self.out)
    }

    // ---- tokens ----

    fn next(&self) -> &Token {
        &self.tokens[self.at]
    }

    pub fn at_end(&self) -> bool {
        self.at + 1 >= self.tokens.len()
    }

    pub fn next_is(&self, text: &str) -> bool {
        self.next().text == text
    }

    /// Whether the next token follows the one after it without any comment.
    pub fn next_is_plain(&self) -> bool {
        let after = self.tokens.get(self.at + 1);
        self.next().trailing.is_none() && after.is_none_or(|token| token.leading.is_empty())
    }

    /// The next token with its comments, after a space where one is due.
    pub fn token(&mut self) {
        if self.at_end() {
            return;
        }
        self.own_comments();
        if !self.tight && self.space_before_next() {
            self.out.push(Doc::Space);
        }
        let text = self.next().text.clone();
        self.out.push(Doc::Text(text));
        self.pass();
    }

    /// Leaves the next token behind, and prints the comment that trails it.
    fn pass(&mut self) {
        let trailing = self.next().trailing.clone();
        self.after_comment = trailing.is_some();
        self.out.extend(trailing.map(|text| Doc::Comment {
            text,
            own_line: false,
        }));
        self.at += 1;
        self.comments_done = 0;
        self.tight = false;
    }

    /// The tokens that begin before a position in the source.
    pub fn to(&mut self, position: u32) {
        while !self.at_end() && self.next().start < position as usize {
            self.token();
        }
    }

    /// The tokens up to and with the next such one.
    pub fn through(&mut self, text: &str) {
        while !self.at_end() && !self.next_is(text) {
            self.token();
        }
        self.token();
    }

    /// Whether the next token begins at or behind a position.
    pub fn is_past(&self, position: u32) -> bool {
        self.next().start >= position as usize
    }

    /// A sign that belongs to what follows it.
    pub fn sign(&mut self) {
        if self.next_is("-") || self.next_is("+") {
            self.token();
            self.tight();
        }
    }

    /// The text of the token that begins at a position in the source.
    pub fn token_at(&self, position: u32) -> Option<&str> {
        let found = self
            .tokens
            .binary_search_by_key(&(position as usize), |token| token.start);
        found.ok().map(|i| self.tokens[i].text.as_str())
    }

    /// No space before the next token.
    pub fn tight(&mut self) {
        self.tight = true;
    }

    fn space_before_next(&self) -> bool {
        let Some(before) = self.at.checked_sub(1) else {
            return false;
        };
        let closes = matches!(self.next().text.as_str(), "," | ")" | ":" | ";" | "%" | ".");
        !closes && !matches!(self.tokens[before].text.as_str(), "(" | ".")
    }

    /// Whether the author broke a line between the last token and the parenthesis that closes it.
    pub fn broken_by_author(&self) -> bool {
        let mut depth = 1;
        for token in &self.tokens[self.at..] {
            if token.line_before || !token.leading.is_empty() {
                return true;
            }
            match token.text.as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        false
    }

    // ---- comments and empty lines ----

    /// Comments before the next token, each on a line of its own.
    pub fn own_comments(&mut self) {
        for comment in &self.tokens[self.at].leading[self.comments_done..] {
            self.out.push(Doc::Comment {
                text: comment.text.clone(),
                own_line: true,
            });
        }
        self.comments_done = self.next().leading.len();
    }

    /// Whether an empty line stands before the next token or the comments before it.
    pub fn blank_before_next(&self) -> bool {
        let token = self.next();
        token
            .leading
            .first()
            .map_or(token.blank_before, |comment| comment.blank_before)
    }

    /// Begins a line, with the comments above the next token and the empty lines between them.
    pub fn begin_line(&mut self, blank: bool) {
        let token = &self.tokens[self.at];
        let mut blank = blank;
        for (i, comment) in token.leading.iter().enumerate() {
            self.out.push(Doc::Hard {
                blank: blank || (i > 0 && comment.blank_before),
            });
            self.out.push(Doc::Text(comment.text.clone()));
            blank = false;
        }
        let below_comment = !token.leading.is_empty() && token.blank_before;
        self.comments_done = token.leading.len();
        self.out.push(Doc::Hard {
            blank: blank || below_comment,
        });
        self.tight = true;
    }

    // ---- documents ----

    fn nested(&mut self, print: impl FnOnce(&mut Self)) -> Vec<Doc> {
        let outer = std::mem::take(&mut self.out);
        print(self);
        std::mem::replace(&mut self.out, outer)
    }

    pub fn group(&mut self, print: impl FnOnce(&mut Self)) {
        let docs = self.nested(print);
        self.out.push(Doc::group(docs));
    }

    pub fn indent(&mut self, print: impl FnOnce(&mut Self)) {
        let docs = self.nested(print);
        self.out.push(Doc::Indent(docs));
    }

    pub fn align(&mut self, print: impl FnOnce(&mut Self)) {
        let docs = self.nested(print);
        self.out.push(Doc::Align(docs));
    }

    pub fn space(&mut self) {
        self.out.push(Doc::Space);
    }

    /// A space, or a line end in a broken group.
    pub fn line(&mut self) {
        self.out.push(Doc::Line { space: true });
        self.tight = true;
    }

    /// Nothing, or a line end in a broken group.
    pub fn soft_line(&mut self) {
        self.out.push(Doc::Line { space: false });
        self.tight = true;
    }

    /// A space, or a line end where the next piece does not fit.
    pub fn fill(&mut self) {
        self.out.push(Doc::Fill);
        self.tight = true;
    }

    /// [`Printer::fill`], one level deeper.
    pub fn wrap(&mut self) {
        self.out.push(Doc::Indent(vec![Doc::Fill]));
        self.tight = true;
    }

    /// [`Printer::line`], one level deeper.
    pub fn wrap_line(&mut self) {
        self.out.push(Doc::Indent(vec![Doc::Line { space: true }]));
        self.tight = true;
    }

    pub fn pad(&mut self, columns: usize) {
        if columns > 0 {
            self.out.push(Doc::Text(" ".repeat(columns)));
        }
    }

    // ---- bodies and lists ----

    /// `{ … }`, one item a line. An item's start is the next token; empty lines between items stay, one
    /// at most, and one is there where `apart` says so of an item and the one before it.
    pub fn body<T>(
        &mut self,
        items: &[T],
        apart: impl Fn(&T, &T) -> bool,
        mut print: impl FnMut(&mut Self, &T),
    ) {
        self.through("{");
        let commented = self.after_comment || !self.next().leading.is_empty();
        if items.is_empty() && !commented && self.next_is("}") {
            self.tight();
            return self.token();
        }
        self.indent(|p| {
            for (i, item) in items.iter().enumerate() {
                let blank = i > 0 && (apart(&items[i - 1], item) || p.blank_before_next());
                p.begin_line(blank);
                print(p, item);
                p.last_comma(false);
            }
            p.comments_before_close(items.is_empty());
        });
        self.out.push(Doc::Hard { blank: false });
        self.tight = true;
        self.token();
    }

    /// Something at the start of a line of the file; `apart` says whether an empty line stands before
    /// it, told whether it takes more lines than one.
    pub fn apart(&mut self, print: impl FnOnce(&mut Self), apart: impl FnOnce(bool) -> bool) {
        let mut start = self.nested(|p| p.begin_line(false));
        let doc = Doc::group(self.nested(print));
        if let Some(Doc::Hard { blank }) = start.first_mut() {
            *blank |= apart(render(&doc).0.trim_end().contains('\n'));
        }
        self.out.append(&mut start);
        self.out.push(doc);
    }

    pub fn comments_at_end(&mut self) {
        let first = self.out.is_empty();
        self.comments_before_close(first);
    }

    /// What stands between the last item and `}`.
    fn comments_before_close(&mut self, mut first: bool) {
        for comment in &self.tokens[self.at].leading[self.comments_done..] {
            self.out.push(Doc::Hard {
                blank: comment.blank_before && !first,
            });
            self.out.push(Doc::Text(comment.text.clone()));
            first = false;
        }
        self.comments_done = self.next().leading.len();
    }

    /// `(a, b)`: on one line, or one item a line; in `rows`, as many a line as fit. A trailing comma is
    /// there where the list is broken and `comma` is wanted; broken in any case if `broken`.
    pub fn list<T>(&mut self, items: &[T], style: ListStyle, mut print: impl FnMut(&mut Self, &T)) {
        self.through("(");
        if items.is_empty() {
            return self.through(")");
        }
        let id = Some(self.at).filter(|_| style.keep_broken);
        let broken =
            id.is_some_and(|at| self.broken_lists.contains(&at) || self.broken_by_author());
        let docs = self.nested(|p| {
            p.indent(|p| {
                for (i, item) in items.iter().enumerate() {
                    match i {
                        0 => p.soft_line(),
                        _ if style.rows => p.fill(),
                        _ => p.line(),
                    }
                    print(p, item);
                    if i + 1 < items.len() {
                        p.through(",");
                    }
                }
                p.last_comma(style.comma);
                p.comments_before_parenthesis();
            });
            p.soft_line();
            p.through(")");
        });
        let broken = broken || Doc::group_breaks(&docs);
        self.out.push(Doc::Group { docs, broken, id });
    }

    /// What stands between the last item and `)`, on lines of its own.
    pub fn comments_before_parenthesis(&mut self) {
        if self.comments_done < self.next().leading.len() {
            self.soft_line();
            self.own_comments();
        }
    }

    /// A comma between two items, written or not.
    pub fn comma(&mut self) {
        if self.next_is(",") {
            self.token();
        } else {
            self.out.push(Doc::Comma { always: true });
        }
    }

    /// Passes a comma after the last item, and prints one where it is wanted.
    pub fn last_comma(&mut self, wanted: bool) {
        let token = self.next();
        let is_comma = token.text == ",";
        let two_comments = self.after_comment && token.trailing.is_some();
        if is_comma && (two_comments || !token.leading.is_empty()) {
            // Its comments would come to stand where they belong to something else.
            return self.token();
        }
        if wanted {
            self.out.push(Doc::Comma { always: false });
        }
        if is_comma {
            self.pass();
        }
    }
}

#[derive(Clone, Copy, Default)]
pub(super) struct ListStyle {
    /// Stays broken where the author broke it.
    pub keep_broken: bool,
    /// Has a trailing comma when broken.
    pub comma: bool,
    /// As many items a line as fit.
    pub rows: bool,
}

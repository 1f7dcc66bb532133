//! Documents: text with places where it may break, laid out to a width (after Wadler, "A prettier printer").
//!
//! Comments are part of the algebra, so that none can ever swallow the code after it: a trailing one waits
//! for the end of its line, and what follows it starts a new one.

use unicode_width::UnicodeWidthStr;

/// Columns of a line.
pub const WIDTH: usize = 100;
/// Columns of one level.
const STEP: usize = 2;

#[derive(Debug, Clone)]
pub enum Doc {
    /// Printed as it is; a long text may hold line ends.
    Text(String),
    /// One space, unless a line begins here.
    Space,
    /// Flat: a space or nothing. Broken: a line end.
    Line {
        space: bool,
    },
    /// A space if what follows fits up to the next break, else a line end: each decides for itself.
    Fill,
    /// Always a line end, after an empty line if `blank`.
    Hard {
        blank: bool,
    },
    /// A comma that the source has not, before any comment on its line; only in a broken group, or always.
    Comma {
        always: bool,
    },
    /// From `#`. After the text of its line, or on a line of its own.
    Comment {
        text: String,
        own_line: bool,
    },
    /// All on one line if that fits and it is not `broken`; else its own lines break, and [`render`]
    /// tells its `id`.
    Group {
        docs: Vec<Doc>,
        broken: bool,
        id: Option<usize>,
    },
    Indent(Vec<Doc>),
    /// Lines inside begin at the column where it starts.
    Align(Vec<Doc>),
}

impl Doc {
    /// A group that breaks where something in it must: a hard line, or a comment with code after it.
    pub fn group(docs: Vec<Doc>) -> Doc {
        let broken = Doc::group_breaks(&docs);
        Doc::Group {
            docs,
            broken,
            id: None,
        }
    }

    pub fn group_breaks(docs: &[Doc]) -> bool {
        must_break(docs).0
    }
}

/// Whether the documents can not stay on one line, and whether they end in a comment.
fn must_break(docs: &[Doc]) -> (bool, bool) {
    let mut after_comment = false;
    for doc in docs {
        let (breaks, ends) = match doc {
            Doc::Hard { .. } => (true, false),
            Doc::Comment { own_line, .. } => (*own_line, true),
            Doc::Group { docs, broken, .. } => (*broken, must_break(docs).1),
            Doc::Indent(docs) | Doc::Align(docs) => must_break(docs),
            Doc::Text(_) => (after_comment, false),
            // These print nothing by themselves.
            Doc::Space | Doc::Line { .. } | Doc::Fill | Doc::Comma { .. } => (false, after_comment),
        };
        if breaks || (after_comment && is_solid(doc)) {
            return (true, ends);
        }
        after_comment = ends || (after_comment && !is_solid(doc));
    }
    (false, after_comment)
}

/// Whether it prints anything.
fn is_solid(doc: &Doc) -> bool {
    match doc {
        Doc::Text(_) | Doc::Comment { .. } => true,
        Doc::Group { docs, .. } | Doc::Indent(docs) | Doc::Align(docs) => docs.iter().any(is_solid),
        _ => false,
    }
}

/// Lays a document out, without white space at line ends; and the ids of groups that were broken only
/// because they did not fit.
pub fn render(doc: &Doc) -> (String, Vec<usize>) {
    let mut renderer = Renderer {
        stack: vec![(0, false, doc)],
        ..Renderer::default()
    };
    while let Some((indent, flat, doc)) = renderer.stack.pop() {
        renderer.step(indent, flat, doc);
    }
    renderer.new_line(0);
    (renderer.out, renderer.broken)
}

#[derive(Default)]
struct Renderer<'a> {
    out: String,
    /// Columns used on this line, its indentation included.
    column: usize,
    /// Nothing was written on this line yet; its indentation is `column`.
    fresh: bool,
    space: bool,
    /// A comment ended this line: whatever comes next starts a new one at this column.
    end_of_line: Option<usize>,
    /// Trailing comments, written when the line ends.
    waiting: Vec<&'a str>,
    broken: Vec<usize>,
    /// What is still to be printed, the next one last: indentation, flat, document.
    stack: Vec<(usize, bool, &'a Doc)>,
}

impl<'a> Renderer<'a> {
    fn step(&mut self, indent: usize, flat: bool, doc: &'a Doc) {
        match doc {
            Doc::Text(text) => self.text(text),
            Doc::Space => self.space = true,
            Doc::Line { space } if flat => self.space |= space,
            Doc::Line { .. } => self.new_line(indent),
            Doc::Fill if flat || self.fits_until_fill() => self.space = true,
            Doc::Fill => self.new_line(indent),
            Doc::Hard { blank } => {
                self.new_line(indent);
                if *blank && !self.out.is_empty() && !self.out.ends_with("\n\n") {
                    self.out.push('\n');
                }
            }
            Doc::Comma { always } if flat && !always => {}
            // Comments wait, so that it comes before them.
            Doc::Comma { .. } => {
                self.out.push(',');
                self.column += 1;
            }
            Doc::Comment { text, own_line } if *own_line || !self.waiting.is_empty() => {
                self.own_line_comment(text, indent);
            }
            Doc::Comment { text, .. } => {
                self.waiting.push(text);
                self.end_of_line = Some(indent + STEP);
            }
            Doc::Group { docs, broken, id } => {
                let flat = flat || (!broken && self.fits(docs));
                self.broken.extend(id.filter(|_| !flat && !broken));
                self.push(indent, flat, docs);
            }
            Doc::Indent(docs) => self.push(indent + STEP, flat, docs),
            Doc::Align(docs) => {
                let column = self.column + usize::from(self.space && !self.fresh);
                self.push(column, flat, docs);
            }
        }
    }

    fn push(&mut self, indent: usize, flat: bool, docs: &'a [Doc]) {
        self.stack
            .extend(docs.iter().rev().map(|doc| (indent, flat, doc)));
    }

    fn text(&mut self, text: &str) {
        if let Some(column) = self.end_of_line {
            self.new_line(column);
        }
        if self.fresh || self.out.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', self.column));
        } else if self.space && self.end_of_line.is_none() {
            self.out.push(' ');
            self.column += 1;
        }
        self.fresh = false;
        self.space = false;
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.width(),
            None => self.column += text.width(),
        }
    }

    fn own_line_comment(&mut self, text: &str, indent: usize) {
        let mut column = indent;
        if let Some(after) = self.end_of_line {
            self.new_line(after);
            column = after;
        } else if !self.fresh && !self.out.is_empty() {
            column = indent + STEP;
            self.new_line(column);
        } else if self.fresh {
            column = self.column;
        }
        self.text(text);
        self.end_of_line = Some(column);
    }

    /// Ends the line if anything is on it, and indents the next.
    fn new_line(&mut self, column: usize) {
        for comment in self.waiting.drain(..) {
            if !self.fresh && !self.out.is_empty() {
                self.out.push(' ');
            }
            self.out.push_str(comment);
            self.fresh = false;
        }
        if !self.fresh && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.fresh = true;
        self.space = false;
        self.end_of_line = None;
        self.column = column;
    }

    /// Whether the documents, and what follows them up to the next possible break, fit on this line.
    fn fits(&self, docs: &'a [Doc]) -> bool {
        if self.end_of_line.is_some() {
            return true;
        }
        let first = docs.iter().rev().map(|doc| (true, doc)).collect();
        self.fits_from(first, false)
    }

    fn fits_until_fill(&self) -> bool {
        self.end_of_line.is_none() && self.fits_from(Vec::new(), true)
    }

    /// `todo`: flat or not, and document; then the rest of the stack. `whole`: groups count as flat.
    fn fits_from(&self, mut todo: Vec<(bool, &'a Doc)>, whole: bool) -> bool {
        let mut used = self.column + usize::from(whole || (self.space && !self.fresh));
        let mut rest = self.stack.iter().rev();
        loop {
            if used > WIDTH {
                return false;
            }
            let (flat, doc) = match todo.pop() {
                Some(next) => next,
                None => match rest.next() {
                    Some((_, flat, doc)) => (*flat, *doc),
                    None => return true,
                },
            };
            match doc {
                Doc::Text(text) => match text.split_once('\n') {
                    Some((first, _)) => return used + first.width() <= WIDTH,
                    None => used += text.width(),
                },
                Doc::Space => used += 1,
                Doc::Line { space } if flat => used += usize::from(*space),
                Doc::Fill if flat => used += 1,
                Doc::Line { .. } | Doc::Fill | Doc::Hard { .. } => return true,
                Doc::Comma { always } => used += usize::from(*always || !flat),
                // Nothing but its own length can follow, and that moves no code.
                Doc::Comment { own_line, .. } => return !own_line,
                Doc::Group { docs, broken, .. } => {
                    let flat = flat || (whole && !broken);
                    todo.extend(docs.iter().rev().map(|doc| (flat, doc)));
                }
                Doc::Indent(docs) | Doc::Align(docs) => {
                    todo.extend(docs.iter().rev().map(|doc| (flat, doc)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Doc {
        Doc::Text(text.to_owned())
    }

    fn comment(text: &str, own_line: bool) -> Doc {
        Doc::Comment {
            text: text.to_owned(),
            own_line,
        }
    }

    fn laid_out(doc: &Doc) -> String {
        render(doc).0
    }

    /// `(a, b)` with a comment somewhere.
    fn list(first: Vec<Doc>, width: usize) -> String {
        let mut inside = vec![Doc::Line { space: false }];
        inside.extend(first);
        inside.extend([
            Doc::Comma { always: true },
            Doc::Line { space: true },
            text(&"b".repeat(width)),
            Doc::Comma { always: false },
        ]);
        laid_out(&Doc::group(vec![
            text("("),
            Doc::Indent(inside),
            Doc::Line { space: false },
            text(")"),
        ]))
    }

    #[test]
    fn a_group_breaks_where_it_must() {
        assert_eq!(list(vec![text("a")], 1), "(a, b)\n");
        assert_eq!(
            list(vec![text("a")], 95),
            format!("(a, {})\n", "b".repeat(95))
        );
        assert_eq!(
            list(vec![text("a")], 96),
            format!("(\n  a,\n  {},\n)\n", "b".repeat(96))
        );
    }

    #[test]
    fn a_comment_never_swallows_code() {
        assert_eq!(
            list(vec![text("a"), comment("# c", false)], 1),
            "(\n  a, # c\n  b,\n)\n"
        );
        assert_eq!(
            list(vec![comment("# c", true), text("a")], 1),
            "(\n  # c\n  a,\n  b,\n)\n"
        );
        let docs = vec![text("a"), comment("# c", false), Doc::Space, text("b")];
        assert_eq!(laid_out(&Doc::group(docs)), "a # c\n  b\n");
    }

    #[test]
    fn filled_lines_take_what_fits() {
        let word = "w".repeat(30);
        let docs = (0..5).flat_map(|_| [text(&word), Doc::Fill]).collect();
        assert_eq!(
            laid_out(&Doc::Align(docs)),
            format!("{word} {word} {word}\n{word} {word}\n")
        );
    }
}

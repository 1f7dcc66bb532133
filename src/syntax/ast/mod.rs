//! The syntax tree: what was written, resolved to nothing yet.
//!
//! Every node that a message may point at has a span. The tree keeps what the formatter needs: the order
//! of everything, whether `all of` or `and` was written, `is` or `=`; not the layout, and not the
//! comments, which lie in [`File::comments`] by position.

mod action;
mod attribute;
mod campaign;
mod expression;
mod record;
mod test;
mod visit;

pub use action::*;
pub use attribute::*;
pub use campaign::*;
pub use expression::*;
pub use record::*;
pub use test::*;

use crate::schema::{Currency, Day, Decimal, Rounding};
use crate::source::{FileId, Span, Spanned};

pub type Name = Spanned<String>;

#[derive(Debug, Clone)]
pub struct File {
    pub id: FileId,
    pub declarations: Vec<Declaration>,
    /// In order of position; `##` comments too.
    pub comments: Vec<Comment>,
    /// What could not be parsed. A name said in one of them is never reported as unknown.
    pub broken: Vec<Broken>,
}

impl File {
    /// Whether something inside the span was skipped: what seems to be missing there may have been written.
    pub fn is_broken_in(&self, span: Span) -> bool {
        self.broken.iter().any(|b| span.contains(b.span))
    }
}

/// A stretch of text that the parser skipped after reporting it.
#[derive(Debug, Clone)]
pub struct Broken {
    pub span: Span,
    /// Every name in the stretch.
    pub names: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Comment {
    /// From `#` to before the line's end.
    pub span: Span,
    /// `##`
    pub doc: bool,
    /// Nothing but white space before it on its line.
    pub own_line: bool,
}

/// The text of the `##` lines before a declaration, field or rule, `\n` between lines; empty if none.
pub type Docs = String;

#[derive(Debug, Clone)]
pub struct Declaration {
    pub docs: Docs,
    /// Of the whole declaration, doc comments not included.
    pub span: Span,
    pub kind: DeclarationKind,
}

#[derive(Debug, Clone)]
pub enum DeclarationKind {
    Workspace(Workspace),
    Record(Record),
    Define(Define),
    Segment(Segment),
    Tiers(Tiers),
    Stages(Stages),
    Score(Score),
    Table(Table),
    Occasion(Occasion),
    Message(Message),
    Channel(Channel),
    Action(Action),
    Campaign(Campaign),
    Figure(Figure),
    Account(Account),
    Exclusive(Exclusive),
    Budget(Budget),
    /// `at most (a, b) 1 per 30 days`
    SharedCap(AtMost),
    Pause(Pause),
    /// `hold out 5%` at the top level.
    HoldOut(Spanned<Decimal>),
    Test(Test),
}

//! Where each byte of the prepared text comes from.

use crate::source::{FileId, Span};

/// From `at` on, prepared text stands for source text from `source` on.
#[derive(Debug, Clone, Copy)]
struct Piece {
    at: u32,
    source: u32,
    /// Written for something else: what points inside means all of it.
    replaced: bool,
}

/// Maps offsets of the prepared text back to the source.
#[derive(Debug, Clone, Default)]
pub struct OffsetMap {
    pieces: Vec<Piece>,
}

impl OffsetMap {
    /// Says that prepared `at..` begins to stand for source `source..`.
    pub fn push(&mut self, at: usize, source: usize, replaced: bool) {
        while self.pieces.last().is_some_and(|p| p.at as usize >= at) {
            self.pieces.pop();
        }
        self.pieces.push(Piece {
            at: at as u32,
            source: source as u32,
            replaced,
        });
    }

    /// Forgets all from prepared `at` on.
    pub fn truncate(&mut self, at: usize) {
        while self.pieces.last().is_some_and(|p| p.at as usize > at) {
            self.pieces.pop();
        }
    }

    /// Makes room for `length` bytes put into the prepared text at `at`, standing for nothing.
    pub fn insert(&mut self, at: usize, length: usize) {
        let source = self.start(at);
        let i = self.pieces.partition_point(|p| (p.at as usize) < at);
        let replaced = i > 0
            && self.pieces.get(i).is_none_or(|p| p.at as usize != at)
            && self.pieces[i - 1].replaced;
        for piece in &mut self.pieces[i..] {
            piece.at += length as u32;
        }
        let (at, source) = (at as u32, source as u32);
        self.pieces.insert(
            i,
            Piece {
                at,
                source,
                replaced: true,
            },
        );
        if self
            .pieces
            .get(i + 1)
            .is_none_or(|p| p.at != at + length as u32)
        {
            self.pieces.insert(
                i + 1,
                Piece {
                    at: at + length as u32,
                    source,
                    replaced,
                },
            );
        }
    }

    fn piece(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|p| p.at as usize <= offset)
            .saturating_sub(1)
    }

    /// Source offset of the character at `offset`.
    pub fn start(&self, offset: usize) -> usize {
        let i = self.piece(offset);
        let Some(piece) = self.pieces.get(i) else {
            return offset;
        };
        if piece.replaced {
            return piece.source as usize;
        }
        piece.source as usize + offset - piece.at as usize
    }

    /// Source offset of the end of a token that ends before `offset`.
    pub fn end(&self, offset: usize) -> usize {
        if offset == 0 {
            return self.start(0);
        }
        let i = self.piece(offset - 1);
        let Some(piece) = self.pieces.get(i) else {
            return offset;
        };
        match self.pieces.get(i + 1) {
            Some(next) if piece.replaced => next.source as usize,
            _ => piece.source as usize + offset - piece.at as usize,
        }
    }

    pub fn span(&self, file: FileId, start: usize, end: usize) -> Span {
        let from = self.start(start);
        let to = if end > start { self.end(end) } else { from };
        Span::new(file, from, to.max(from))
    }
}

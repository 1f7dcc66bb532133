//! The lines that a finding speaks of, as a terminal can show them: tabs as spaces, what cannot be seen made
//! visible, long lines cut around what is pointed at, lines of several files one after another.

use super::Look;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Position, SourceFile, SourceMap, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a tab stop.
const TAB: usize = 4;
/// Lines of one place that are shown; of a longer one only the first.
const MOST_LINES: usize = 6;
/// Columns shown after what is pointed at in a line that is cut.
const AFTER: usize = 12;
/// Columns that a label of several lines needs.
const NARROWEST: usize = 18;

/// Something pointed at.
struct Mark {
    span: Span,
    label: Option<String>,
    primary: bool,
}

impl Mark {
    fn lines(&self, file: &SourceFile) -> Range<usize> {
        let first = file.position(self.span.start as usize).line - 1;
        let last = file.position(self.span.end as usize).line - 1;
        let last = if last - first >= MOST_LINES {
            first
        } else {
            last
        };
        first..last + 1
    }

    /// With its label over several lines, where that lets a line stay whole that fits into `room`.
    fn fitted(&self, file: &SourceFile, room: usize) -> Mark {
        let lines = self.lines(file);
        let range = line_range(file, lines.start);
        let cells = cells(&file.text[range.clone()], range.start);
        let width = cells.last().map_or(0, |c| c.column + c.width);
        let columns = columns(&cells, width, self.span, range.end);
        let left = room.saturating_sub((columns.start + columns.end) / 2 + 4);
        let wrap = lines.len() == 1 && width <= room && left >= NARROWEST;
        Mark {
            span: self.span,
            label: self
                .label
                .as_ref()
                .map(|l| if wrap { wrapped(l, left) } else { l.clone() }),
            primary: self.primary,
        }
    }
}

/// A text in lines of at most `width` columns, broken between words.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        if column > 0 && column + 1 + word.width() > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.width();
    }
    out
}

/// A run of lines of one file.
struct Part {
    name: String,
    /// Of the first, from 0.
    line: usize,
    /// In the excerpt's text.
    range: Range<usize>,
}

pub struct Excerpt {
    text: String,
    parts: Vec<Part>,
    labels: Vec<LabeledSpan>,
    /// Where each label really stands, by its place in the excerpt's text.
    places: Vec<(usize, Position)>,
}

impl Excerpt {
    /// The lines of a finding's places, the file of its primary span first.
    pub fn new(sources: &SourceMap, d: &Diagnostic, look: Look) -> Excerpt {
        let mut marks = vec![Mark {
            span: d.span,
            label: Some(d.label.clone()).filter(|l| !l.is_empty()),
            primary: true,
        }];
        marks.extend(d.labels.iter().map(|l| Mark {
            span: l.span,
            label: Some(l.text.clone()),
            primary: false,
        }));
        let mut files: Vec<FileId> = marks.iter().map(|m| m.span.file).collect();
        files.sort_by_key(|f| (*f != d.span.file, *f));
        files.dedup();
        let mut excerpt = Excerpt {
            text: String::new(),
            parts: Vec::new(),
            labels: Vec::new(),
            places: Vec::new(),
        };
        for id in files {
            let of_file: Vec<&Mark> = marks.iter().filter(|m| m.span.file == id).collect();
            excerpt.add(sources.file(id), &of_file, look);
        }
        excerpt
    }

    pub fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.labels.iter().cloned()
    }

    fn add(&mut self, file: &SourceFile, marks: &[&Mark], look: Look) {
        let lines_of = |m: &Mark| m.lines(file);
        let mut numbers: Vec<usize> = marks.iter().flat_map(|m| lines_of(m)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let widest = numbers.last().map_or(1, |n| (n + 1).to_string().len());
        let gutter = if marks.iter().any(|m| lines_of(m).len() > 1) {
            8
        } else {
            4
        };
        let room = look.width.saturating_sub(widest + gutter).max(24);
        let marks: Vec<Mark> = marks.iter().map(|m| m.fitted(file, room)).collect();
        let mut shown: Vec<(usize, ShownLine)> = Vec::new();
        for number in numbers {
            let range = line_range(file, number);
            let on_line: Vec<&Mark> = marks
                .iter()
                .filter(|m| lines_of(m).contains(&number))
                .collect();
            let line = ShownLine::new(&file.text[range.clone()], range.start, &on_line, room);
            let follows = self.parts.last().is_some_and(|p| {
                p.name == file.name && shown.last().is_some_and(|(n, _)| n + 1 == number)
            });
            let start = self.text.len();
            self.text.push_str(&line.text);
            self.text.push('\n');
            let end = self.text.len() - 1;
            match self.parts.last_mut() {
                Some(part) if follows => part.range.end = end,
                _ => self.parts.push(Part {
                    name: file.name.clone(),
                    line: number,
                    range: start..end,
                }),
            }
            shown.push((number, line.at(start)));
        }
        for mark in &marks {
            let lines = lines_of(mark);
            let find = |n: usize| {
                shown
                    .iter()
                    .find(|(number, _)| *number == n)
                    .map(|(_, l)| l)
            };
            let (Some(first), Some(last)) = (find(lines.start), find(lines.end - 1)) else {
                continue;
            };
            let start = first.place(mark.span.start as usize);
            let cut = lines.len() == 1;
            let end = last.place_of_end(mark.span.end as usize).max(start);
            let end = if cut && end == start {
                first.after(start)
            } else {
                end
            };
            let range: SourceSpan = (start, end - start).into();
            self.places
                .push((start, file.position(mark.span.start as usize)));
            self.labels.push(if mark.primary {
                LabeledSpan::new_primary_with_span(mark.label.clone(), range)
            } else {
                LabeledSpan::new_with_span(mark.label.clone(), range)
            });
        }
    }
}

/// The bytes of a line without its end.
fn line_range(file: &SourceFile, number: usize) -> Range<usize> {
    let all = file.line(number);
    let text = file.text[all.clone()].trim_end_matches(['\r', '\n']);
    all.start..all.start + text.len()
}

/// A line as it is shown, and where its characters went.
struct ShownLine {
    text: String,
    /// Offset in the source and in the shown text, of each character and of the end; ascending.
    places: Vec<(usize, usize)>,
    start: usize,
}

/// A character of a line, what is shown for it, and its columns.
struct Cell {
    source: usize,
    shown: String,
    column: usize,
    width: usize,
}

impl ShownLine {
    fn new(line: &str, source: usize, marks: &[&Mark], room: usize) -> ShownLine {
        let cells = cells(line, source);
        let width = cells.last().map_or(0, |c| c.column + c.width);
        let window = window(&cells, width, marks, source + line.len(), room);
        let mut text = String::new();
        let mut places = Vec::new();
        if window.start > 0 {
            text.push('…');
        }
        for cell in &cells {
            let before = cell.column < window.start;
            let after = cell.column + cell.width > window.end;
            places.push((cell.source, if before { 0 } else { text.len() }));
            if !before && !after {
                text.push_str(&cell.shown);
            }
        }
        if width > window.end {
            text.push('…');
        }
        places.push((source + line.len(), text.len()));
        // A place at the end needs something to stand under.
        if marks
            .iter()
            .any(|m| m.span.is_empty() && m.span.start as usize >= source + line.len())
        {
            text.push(' ');
        }
        ShownLine {
            text,
            places,
            start: 0,
        }
    }

    /// Placed in the excerpt.
    fn at(self, start: usize) -> ShownLine {
        ShownLine { start, ..self }
    }

    /// Where the character at a source offset is shown.
    fn place(&self, offset: usize) -> usize {
        let i = self.places.partition_point(|(s, _)| *s <= offset);
        self.start + i.checked_sub(1).map_or(0, |i| self.places[i].1)
    }

    /// Where what ends before a source offset ends.
    fn place_of_end(&self, offset: usize) -> usize {
        let i = self.places.partition_point(|(s, _)| *s < offset);
        self.start + self.places.get(i).or(self.places.last()).map_or(0, |p| p.1)
    }

    /// The end of the character shown at `place`.
    fn after(&self, place: usize) -> usize {
        let rest = &self.text[(place - self.start).min(self.text.len())..];
        place + rest.chars().next().map_or(0, char::len_utf8)
    }
}

fn cells(line: &str, source: usize) -> Vec<Cell> {
    let mut column = 0;
    line.char_indices()
        .map(|(i, c)| {
            let shown = match c {
                '\t' => " ".repeat(TAB - column % TAB),
                c if unseen(c) => '\u{fffd}'.to_string(),
                c => c.to_string(),
            };
            let width = match c {
                '\t' => shown.len(),
                _ => shown.chars().map(|c| c.width().unwrap_or(0)).sum(),
            };
            let cell = Cell {
                source: source + i,
                shown,
                column,
                width,
            };
            column += width;
            cell
        })
        .collect()
}

/// What a terminal would act on, or show nothing for; joiners are left to the letters that they join.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// The columns of a span in a line that ends at `end`; at least one.
fn columns(cells: &[Cell], width: usize, span: Span, end: usize) -> Range<usize> {
    let first = cells.first().map_or(end, |c| c.source);
    let column = |offset: u32| {
        let offset = (offset as usize).clamp(first, end.max(first));
        let i = cells.partition_point(|c| c.source < offset);
        cells.get(i).map_or(width, |c| c.column)
    };
    let start = column(span.start);
    start..column(span.end).max(start + 1)
}

/// The columns of a line that are shown: all, or so many that what is pointed at and its labels fit into `room`.
fn window(cells: &[Cell], width: usize, marks: &[&Mark], end: usize, room: usize) -> Range<usize> {
    let first = cells.first().map_or(end, |c| c.source);
    let mut from = usize::MAX;
    let mut to = 0;
    for m in marks {
        let at = columns(cells, width, m.span, end);
        // The label of a span over several lines stands beside their gutter.
        let whole = m.span.start as usize >= first && m.span.end as usize <= end;
        let label = m.label.as_ref().filter(|_| whole);
        let label = label.and_then(|l| l.split('\n').map(UnicodeWidthStr::width).max());
        from = from.min(at.start);
        to = to
            .max(at.end)
            .max(label.map_or(0, |l| (at.start + at.end) / 2 + 4 + l));
    }
    if width <= room && to <= room {
        return 0..width;
    }
    let room = room - 2;
    // The least that must go on the left, and somewhat more for what follows.
    let must = to.saturating_sub(room);
    let like = (to.min(width) + AFTER)
        .min(width.max(to))
        .saturating_sub(room)
        .max(must);
    let start = if like <= from { like } else { must.min(from) };
    start..start + room
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        // A span over two parts is none: they are drawn apart.
        let part = self
            .parts
            .iter()
            .find(|p| p.range.start <= start && end <= p.range.end)
            .ok_or(MietteError::OutOfBounds)?;
        let text = &self.text[part.range.clone()];
        let line_of = |at: usize| part.line + text[..at - part.range.start].matches('\n').count();
        let exact = before + after == 0;
        let (shown, line, column) = if exact {
            let place = self.places.iter().find(|(at, _)| *at == start);
            let column = place.map_or(0, |(_, p)| p.column - 1);
            (start..end, line_of(start), column)
        } else {
            let first = self.text[part.range.start..start]
                .rfind('\n')
                .map_or(part.range.start, |i| part.range.start + i + 1);
            let last = self.text[end..part.range.end]
                .find('\n')
                .map_or(part.range.end, |i| end + i);
            (first..last, line_of(first), 0)
        };
        let data = &self.text.as_bytes()[shown.clone()];
        Ok(Box::new(MietteSpanContents::new_named(
            part.name.clone(),
            data,
            (shown.start, shown.len()).into(),
            line,
            column,
            memchr::memchr_iter(b'\n', data).count() + 1,
        )))
    }
}

//! CSV and TSV: a header row, quotes where a cell begins with one, blank lines passed over.

use super::blocks::{self, Block, BlockReader, Boundaries};
use super::chunk::{Broken, Chunk, TablePlan};
use super::encoding;
use super::fault::Fault;
use super::keys::Keys;
use super::table::{FileFault, TableLoader};
use super::{Format, header};
use memchr::{memchr, memchr2, memrchr};
use std::borrow::Cow;
use std::path::Path;

pub(super) const CSV: Format = Format {
    endings: &["csv"],
    packed: true,
    by_rows: false,
    has_header: true,
    read: read_csv,
};
pub(super) const TSV: Format = Format {
    endings: &["tsv", "tab"],
    packed: true,
    by_rows: false,
    has_header: true,
    read: read_tsv,
};

fn read_csv(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    read(path, loader, Dialect { separator: b',' })
}

fn read_tsv(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    read(path, loader, Dialect { separator: b'\t' })
}

#[derive(Debug, Clone, Copy)]
struct Dialect {
    separator: u8,
}

fn read(path: &Path, loader: &mut TableLoader, dialect: Dialect) -> Result<(), FileFault> {
    let mut reader = BlockReader::new(blocks::open(path)?, &dialect, Vec::new(), 1);
    let Some(first) = reader.next()? else {
        return Err(FileFault::Empty);
    };
    let mut first = first.map_err(FileFault::Broken)?;
    if let Some(guess) = encoding::wide(&first.bytes) {
        return Err(FileFault::Broken(Broken::Encoding { line: 1, guess }));
    }
    if first.too_long {
        return Err(FileFault::Broken(Broken::Other(
            "its first line is longer than 4 MiB".into(),
        )));
    }
    if first.bytes.starts_with(encoding::BOM) {
        first.bytes.drain(..3);
    }
    if let Some(broken) = encoding::check(&first.bytes, first.first_line) {
        return Err(FileFault::Broken(broken));
    }
    let text = std::str::from_utf8(&first.bytes).unwrap_or_default();
    let mut rows = Rows {
        text,
        at: 0,
        line: first.first_line,
        dialect,
    };
    let mut cells = Vec::new();
    let (names, body) = match rows.next(&mut cells) {
        Some(_) => (
            cells
                .iter()
                .map(|c| c.trim().to_string())
                .collect::<Vec<_>>(),
            rows.at,
        ),
        None => return Err(FileFault::Empty),
    };
    let columns = header::columns(loader.plan.request, &names, &loader.file_name())?;
    let (line, width) = (rows.line, names.len());
    drop(cells);
    first.bytes.drain(..body);
    first.first_line = line;
    let layout = Layout {
        dialect,
        width,
        columns,
    };
    let parse = |plan: &TablePlan, keys: &[Keys], block: &Block| layout.parse(plan, keys, block);
    loader
        .absorb(parse(loader.plan, loader.keys, &first))
        .map_or(Ok(()), |b| Err(FileFault::Broken(b)))?;
    match blocks::stream(reader, loader, parse)? {
        Some(broken) => Err(FileFault::Broken(broken)),
        None => Ok(()),
    }
}

struct Layout {
    dialect: Dialect,
    /// Cells of the header.
    width: usize,
    /// For each column of the request, its place in the row.
    columns: Vec<usize>,
}

impl Layout {
    fn parse(&self, plan: &TablePlan, keys: &[Keys], block: &Block) -> Chunk {
        let mut chunk = Chunk::new(plan);
        if block.too_long {
            let raw = || String::from_utf8_lossy(&block.bytes).into_owned();
            chunk.no_row(plan, block.first_line, Fault::RowTooLong, None, raw);
            return chunk;
        }
        chunk.broken = encoding::check(&block.bytes, block.first_line);
        let Ok(text) = std::str::from_utf8(&block.bytes) else {
            return chunk;
        };
        let mut rows = Rows {
            text,
            at: 0,
            line: block.first_line,
            dialect: self.dialect,
        };
        let mut cells: Vec<Cow<str>> = Vec::with_capacity(self.width);
        while let Some(row) = rows.next(&mut cells) {
            let raw = || {
                text[row.start..row.end]
                    .trim_end_matches(['\r', '\n'])
                    .to_string()
            };
            if chunk.text_only(plan, row.line, raw) {
                continue;
            }
            if row.open_quote {
                chunk.broken = Some(Broken::OpenQuote { line: row.line });
            } else if row.after_quote {
                chunk.no_row(plan, row.line, Fault::AfterQuote, None, raw);
            } else if cells.len() != self.width {
                let s = if cells.len() == 1 { "" } else { "s" };
                let note = format!("{} cell{s} instead of {}", cells.len(), self.width);
                chunk.no_row(plan, row.line, Fault::Ragged, Some(note), raw);
            } else {
                for (column, place) in self.columns.iter().enumerate() {
                    chunk.text(plan, keys, column, row.line, &cells[*place]);
                }
                chunk.end_row(plan, row.line, raw);
            }
        }
        chunk
    }
}

/// Goes through the rows of a text.
struct Rows<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    dialect: Dialect,
}

struct Row {
    line: u64,
    start: usize,
    end: usize,
    open_quote: bool,
    after_quote: bool,
}

impl<'t> Rows<'t> {
    /// Fills `cells` with the next row that is not blank.
    fn next(&mut self, cells: &mut Vec<Cow<'t, str>>) -> Option<Row> {
        cells.clear();
        let bytes = self.text.as_bytes();
        loop {
            match bytes[self.at..] {
                [] => return None,
                [b'\n', ..] => self.at += 1,
                [b'\r', b'\n', ..] => self.at += 2,
                _ => break,
            }
            self.line += 1;
        }
        let mut row = Row {
            line: self.line,
            start: self.at,
            end: self.at,
            open_quote: false,
            after_quote: false,
        };
        loop {
            let ended = if bytes.get(self.at) == Some(&b'"') {
                self.quoted(cells, &mut row)
            } else {
                self.plain(cells)
            };
            if ended {
                row.end = self.at;
                self.line += 1;
                return Some(row);
            }
        }
    }

    /// One cell without quotes; whether it ends the row.
    fn plain(&mut self, cells: &mut Vec<Cow<'t, str>>) -> bool {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let end = memchr2(self.dialect.separator, b'\n', &bytes[start..]).map(|n| start + n);
        let stop = end.unwrap_or(bytes.len());
        let ends_row = end.is_none_or(|e| bytes[e] == b'\n');
        let cell = &self.text[start..stop];
        cells.push(Cow::Borrowed(if ends_row {
            cell.strip_suffix('\r').unwrap_or(cell)
        } else {
            cell
        }));
        self.at = (stop + 1).min(bytes.len());
        ends_row
    }

    /// One cell within quotes; whether it ends the row.
    fn quoted(&mut self, cells: &mut Vec<Cow<'t, str>>, row: &mut Row) -> bool {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        let mut doubled = false;
        let close = loop {
            match memchr(b'"', &bytes[at..]).map(|n| at + n) {
                None => {
                    row.open_quote = true;
                    self.at = bytes.len();
                    return true;
                }
                Some(quote) if bytes.get(quote + 1) == Some(&b'"') => {
                    doubled = true;
                    at = quote + 2;
                }
                Some(quote) => break quote,
            }
        };
        let inner = &self.text[start..close];
        self.line += memchr::memchr_iter(b'\n', inner.as_bytes()).count() as u64;
        cells.push(if doubled {
            Cow::Owned(inner.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inner)
        });
        let after = close + 1;
        let end = memchr2(self.dialect.separator, b'\n', &bytes[after..]).map(|n| after + n);
        let stop = end.unwrap_or(bytes.len());
        row.after_quote |= !matches!(&bytes[after..stop], b"" | b"\r");
        self.at = (stop + 1).min(bytes.len());
        end.is_none_or(|e| bytes[e] == b'\n')
    }
}

impl Dialect {
    /// Whether a quote at this place begins a cell.
    fn opens(self, text: &[u8], quote: usize) -> bool {
        let begins_file = quote == 3 && text.starts_with(encoding::BOM);
        quote == 0 || begins_file || text[quote - 1] == b'\n' || text[quote - 1] == self.separator
    }

    /// The ends of the last whole row and of the last quoted cell that is left open.
    fn scan(self, text: &[u8]) -> (usize, bool) {
        let mut whole = 0;
        let mut at = 0;
        let newline_before =
            |from: usize, to: usize| memrchr(b'\n', &text[from..to]).map(|n| from + n + 1);
        while let Some(quote) = memchr(b'"', &text[at..]).map(|n| at + n) {
            whole = newline_before(at, quote).unwrap_or(whole);
            at = quote + 1;
            if !self.opens(text, quote) {
                continue;
            }
            loop {
                let Some(next) = memchr(b'"', &text[at..]).map(|n| at + n) else {
                    return (whole, true);
                };
                at = next + 1;
                match text.get(at) {
                    Some(b'"') => at += 1,
                    // The next block may go on with the other half of a doubled quote.
                    None => return (whole, true),
                    Some(_) => break,
                }
            }
        }
        (newline_before(at, text.len()).unwrap_or(whole), false)
    }
}

impl Boundaries for Dialect {
    fn whole_rows(&self, text: &[u8]) -> usize {
        self.scan(text).0
    }

    fn open_quote(&self, text: &[u8]) -> bool {
        self.scan(text).1
    }
}

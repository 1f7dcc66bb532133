//! CSV and TSV: a header row, quotes where a cell begins with one, blank lines passed over.

mod bounds;
mod cells;
mod clean;
mod index;
mod kernels;
mod rows;
mod words;

#[cfg(test)]
mod tests;

use super::blocks::{self, Block, BlockReader};
use super::chunk::{Broken, Chunk, TablePlan};
use super::encoding;
use super::fault::Fault;
use super::keys::Keys;
use super::pipeline;
use super::table::{FileFault, TableLoader};
use super::{Format, header};
use clean::Scratch;
use rows::Rows;
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
    read(path, loader, Dialect { separator: b',' }, USUAL)
}

fn read_tsv(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    read(path, loader, Dialect { separator: b'\t' }, USUAL)
}

#[derive(Debug, Clone, Copy)]
struct Dialect {
    separator: u8,
}

/// How a file is gone through; what is read does not depend on it.
#[derive(Debug, Clone, Copy)]
struct Manner {
    /// Bytes of a block.
    block: usize,
    /// Blocks in which nothing is wrong are read column by column.
    by_column: bool,
}

const USUAL: Manner = Manner {
    block: blocks::BLOCK,
    by_column: true,
};

fn read(
    path: &Path,
    loader: &mut TableLoader,
    dialect: Dialect,
    manner: Manner,
) -> Result<(), FileFault> {
    let mut reader = BlockReader::new(blocks::open(path)?, &dialect, manner.block);
    let Some(first) = reader.next(Vec::new())? else {
        return Err(FileFault::Empty);
    };
    let mut first = first.map_err(FileFault::Broken)?;
    if let Some(guess) = encoding::wide(first.bytes()) {
        return Err(FileFault::Broken(Broken::Encoding { line: 1, guess }));
    }
    if first.too_long {
        return Err(FileFault::Broken(Broken::Other(
            "its first line is longer than 4 MiB".into(),
        )));
    }
    if first.bytes().starts_with(encoding::BOM) {
        first.pass_over(encoding::BOM.len(), 0);
    }
    if let Some(broken) = encoding::check(first.bytes(), first.first_line) {
        return Err(FileFault::Broken(broken));
    }
    let text = std::str::from_utf8(first.bytes()).unwrap_or_default();
    let mut rows = Rows {
        text,
        at: 0,
        line: first.first_line,
        dialect,
    };
    let mut cells = Vec::new();
    if rows.next(&mut cells).is_none() {
        return Err(FileFault::Empty);
    }
    let names: Vec<String> = cells.iter().map(|c| c.trim().to_string()).collect();
    let columns = header::columns(loader.plan.request, &names, &loader.file_name())?;
    let (body, lines) = (rows.at, rows.line - first.first_line);
    drop(cells);
    first.pass_over(body, lines);
    let layout = Layout {
        dialect,
        width: names.len(),
        columns,
        by_column: manner.by_column,
    };
    let chunk = layout.parse(loader.plan, loader.keys, &first, &mut Scratch::default());
    let broken = match loader.absorb(chunk) {
        None => pipeline::stream(reader, loader, |plan, keys, block, scratch| {
            layout.parse(plan, keys, block, scratch)
        })?,
        broken => broken,
    };
    broken.map_or(Ok(()), |b| Err(FileFault::Broken(b)))
}

struct Layout {
    dialect: Dialect,
    /// Cells of the header.
    width: usize,
    /// For each column of the request, its place in the row.
    columns: Vec<usize>,
    by_column: bool,
}

impl Layout {
    fn parse(
        &self,
        plan: &TablePlan,
        keys: &[Keys],
        block: &Block,
        scratch: &mut Scratch,
    ) -> Chunk {
        let (bytes, line) = (block.bytes(), block.first_line);
        if block.too_long {
            let raw = || String::from_utf8_lossy(bytes).into_owned();
            let mut chunk = Chunk::new(plan);
            chunk.no_row(plan, line, Fault::RowTooLong, None, raw);
            return chunk;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            let mut chunk = Chunk::new(plan);
            chunk.broken = encoding::check(bytes, line);
            return chunk;
        };
        let clean = if self.by_column && plan.only_text.is_none() {
            clean::read(self, plan, keys, (text, block), scratch)
        } else {
            None
        };
        clean.unwrap_or_else(|| rows::read(self, plan, keys, (text, line)))
    }
}

//! JSON Lines: one object a line; strings, numbers, true/false and null are read as the same text in CSV.

use super::blocks::{self, Block, BlockReader, Boundaries};
use super::cell::Refusal;
use super::chunk::{Broken, Chunk, TablePlan};
use super::encoding;
use super::fault::{Fault, Found};
use super::keys::Keys;
use super::pipeline;
use super::table::{FileFault, TableLoader};
use super::{ColumnType, Format};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use sonic_rs::{JsonValueTrait, LazyValue};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;

pub(super) const JSON_LINES: Format = Format {
    endings: &["jsonl", "ndjson"],
    packed: true,
    by_rows: false,
    has_header: false,
    read,
};

/// Headers that are remembered, for when one is missing.
const MOST_SEEN: usize = 200;

/// How deep objects and lists may be nested.
const DEEPEST: usize = 128;

struct Lines;

impl Boundaries for Lines {
    fn whole_rows(&self, text: &[u8]) -> usize {
        memchr::memrchr(b'\n', text).map_or(0, |n| n + 1)
    }

    fn open_quote(&self, _: &[u8]) -> bool {
        false
    }
}

fn read(path: &Path, loader: &mut TableLoader) -> Result<(), FileFault> {
    let mut reader = BlockReader::new(blocks::open(path)?, &Lines, blocks::BLOCK);
    let Some(first) = reader.next(Vec::new())? else {
        return Err(FileFault::Empty);
    };
    let mut first = first.map_err(FileFault::Broken)?;
    if let Some(guess) = encoding::wide(first.bytes()) {
        return Err(FileFault::Broken(Broken::Encoding { line: 1, guess }));
    }
    if first.bytes().starts_with(encoding::BOM) {
        first.pass_over(encoding::BOM.len(), 0);
    }
    let broken = loader.absorb(parse(loader.plan, loader.keys, &first));
    let broken = match broken {
        None => pipeline::stream(reader, loader, |plan, keys, block, _: &mut ()| {
            parse(plan, keys, block)
        })?,
        broken => broken,
    };
    broken.map_or(Ok(()), |b| Err(FileFault::Broken(b)))
}

fn parse(plan: &TablePlan, keys: &[Keys], block: &Block) -> Chunk {
    let mut chunk = Chunk::new(plan);
    if block.too_long {
        let raw = || String::from_utf8_lossy(block.bytes()).into_owned();
        chunk.no_row(plan, block.first_line, Fault::RowTooLong, None, raw);
        return chunk;
    }
    chunk.broken = encoding::check(block.bytes(), block.first_line);
    let Ok(text) = std::str::from_utf8(block.bytes()) else {
        return chunk;
    };
    let mut names = Names::new(plan);
    for (line, number) in text.split('\n').zip(block.first_line..) {
        let row = line.trim();
        if row.is_empty() || chunk.text_only(plan, number, || row.to_string()) {
            continue;
        }
        parse_row(plan, keys, &mut chunk, &mut names, number, row);
    }
    chunk.seen = names.seen;
    chunk
}

fn parse_row(
    plan: &TablePlan,
    keys: &[Keys],
    chunk: &mut Chunk,
    names: &mut Names,
    line: u64,
    row: &str,
) {
    if is_deep(row) {
        let note = format!("nested more than {DEEPEST} deep");
        return chunk.no_row(plan, line, Fault::BadJson, Some(note), || row.to_string());
    }
    let mut values: Vec<Option<LazyValue>> = vec![None; plan.columns.len()];
    let mut twice = None;
    let mut json = sonic_rs::Deserializer::from_str(row);
    let seed = RowSeed {
        names,
        values: &mut values,
        twice: &mut twice,
    };
    let read = seed.deserialize(&mut json).and_then(|()| json.end());
    if read.is_err() {
        return chunk.no_row(plan, line, Fault::BadJson, None, || row.to_string());
    }
    for (column, value) in values.iter().enumerate() {
        cell(plan, keys, chunk, column, line, value.as_ref());
    }
    if let Some(column) = twice {
        chunk.fault(Found {
            fault: Fault::Twice,
            column: Some(column),
            line,
            value: None,
            note: None,
        });
    }
    chunk.end_row(plan, line, || row.to_string());
}

/// The JSON reader goes down by recursion, and a stack has an end.
fn is_deep(row: &str) -> bool {
    let bytes = row.as_bytes();
    if memchr::memchr2_iter(b'[', b'{', bytes)
        .take(DEEPEST + 1)
        .count()
        <= DEEPEST
    {
        return false;
    }
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

fn cell(
    plan: &TablePlan,
    keys: &[Keys],
    chunk: &mut Chunk,
    column: usize,
    line: u64,
    value: Option<&LazyValue>,
) {
    let Some(value) = value else {
        return chunk.missing(plan, keys, column, line);
    };
    let raw = value.as_raw_str();
    let ty = plan.columns[column].cell.ty;
    let is_whole = |raw: &str| raw.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let fits = match raw.as_bytes().first() {
        Some(b'"') => match value.as_str() {
            Some(text) => return chunk.text(plan, keys, column, line, text),
            None => false,
        },
        Some(b'n') => return chunk.missing(plan, keys, column, line),
        Some(b't' | b'f') => *ty == ColumnType::YesNo,
        Some(b'-' | b'0'..=b'9') => *ty != ColumnType::Text || is_whole(raw),
        _ => false,
    };
    if fits {
        chunk.text(plan, keys, column, line, raw);
    } else {
        chunk.refuse(plan, column, line, Fault::Refused(Refusal::WrongKind), raw);
    }
}

/// Which names of objects are columns. Objects mostly hold the same names in the same order.
struct Names<'p> {
    plan: &'p TablePlan<'p>,
    /// All that were come across, with their columns.
    seen: Vec<String>,
    columns: Vec<Option<usize>>,
}

impl<'p> Names<'p> {
    fn new(plan: &'p TablePlan<'p>) -> Self {
        Names {
            plan,
            seen: Vec::new(),
            columns: Vec::new(),
        }
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.plan
            .columns
            .iter()
            .position(|c| c.request.header == name)
    }

    /// The column of a name that is the `nth` of its object.
    fn find(&mut self, name: &str, nth: usize) -> Option<usize> {
        if self.seen.get(nth).is_some_and(|s| s == name) {
            return self.columns[nth];
        }
        if let Some(at) = self.seen.iter().position(|s| s == name) {
            return self.columns[at];
        }
        let column = self.column(name);
        if self.seen.len() < MOST_SEEN
            || column.is_some()
            || self.plan.request.unread.iter().any(|u| u == name)
        {
            self.seen.push(name.to_string());
            self.columns.push(column);
        }
        column
    }
}

/// Reads one object: keeps the values of columns as they stand, passes over all others.
struct RowSeed<'s, 'p, 'de> {
    names: &'s mut Names<'p>,
    values: &'s mut [Option<LazyValue<'de>>],
    twice: &'s mut Option<usize>,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut nth = 0;
        while let Some(Name(name)) = map.next_key::<Name>()? {
            match self.names.find(&name, nth) {
                Some(column) => {
                    let value = map.next_value::<LazyValue>()?;
                    if self.values[column].replace(value).is_some() {
                        *self.twice = Some(column);
                    }
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            nth += 1;
        }
        Ok(())
    }
}

/// A name, borrowed where it holds no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_string())))
            }
        }
        json.deserialize_str(Text)
    }
}

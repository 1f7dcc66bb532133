//! Text files in blocks of whole rows, plain or packed.

use super::chunk::{Broken, Chunk, TablePlan};
use super::keys::Keys;
use super::table::TableLoader;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read at once. A block is this much, or one row where that is longer.
const BLOCK: usize = 1 << 20;
/// The longest row that is kept.
pub(super) const MAX_ROW: usize = 4 << 20;

/// Whole rows of a file.
pub(super) struct Block {
    pub bytes: Vec<u8>,
    /// Of the first byte, from 1.
    pub first_line: u64,
    /// Instead of a row: too long to be kept; `bytes` is its beginning.
    pub too_long: bool,
}

/// Where rows end in a format.
pub(super) trait Boundaries: Sync {
    /// How much of `text`, which begins a row, is whole rows; `at_end`: nothing follows.
    fn whole_rows(&self, text: &[u8]) -> usize;

    /// Of a row that goes on beyond `text`: whether a line end can lie within it.
    fn open_quote(&self, text: &[u8]) -> bool;
}

/// A file's bytes, unpacked.
pub(super) struct Opened {
    stream: Box<dyn Read + Send>,
    /// Read so far of the file as it lies on the disk.
    read: Arc<AtomicU64>,
}

/// Counts what is read of a file.
pub(super) struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Counted {
    /// The file, and the count.
    pub fn open(path: &Path) -> io::Result<(Counted, Arc<AtomicU64>)> {
        let read = Arc::new(AtomicU64::new(0));
        let file = File::open(path)?;
        Ok((
            Counted {
                file,
                read: read.clone(),
            },
            read,
        ))
    }
}

#[cfg(feature = "arrow")]
impl io::Seek for Counted {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens a file, unpacked by its ending.
pub(super) fn open(path: &Path) -> io::Result<Opened> {
    let (file, read) = Counted::open(path)?;
    let ending = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or("")
        .to_ascii_lowercase();
    let stream: Box<dyn Read + Send> = match ending.as_str() {
        "gz" => Box::new(flate2::read::MultiGzDecoder::new(
            io::BufReader::with_capacity(1 << 17, file),
        )),
        "zst" => Box::new(zstd::stream::read::Decoder::new(file)?),
        _ => Box::new(file),
    };
    Ok(Opened { stream, read })
}

/// Cuts a stream into blocks.
pub(super) struct BlockReader<'b> {
    file: Opened,
    boundaries: &'b dyn Boundaries,
    /// Read, not handed out: begins a row.
    rest: Vec<u8>,
    line: u64,
    at_end: bool,
}

impl<'b> BlockReader<'b> {
    /// `rest` has been read already and begins in `line`.
    pub fn new(file: Opened, boundaries: &'b dyn Boundaries, rest: Vec<u8>, line: u64) -> Self {
        BlockReader {
            file,
            boundaries,
            rest,
            line,
            at_end: false,
        }
    }

    /// The next block; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Result<Block, Broken>>> {
        loop {
            self.fill()?;
            if self.rest.is_empty() {
                return Ok(None);
            }
            if self.at_end && self.rest.len() <= MAX_ROW {
                // An open quote is answered by whoever reads the block.
                let bytes = std::mem::take(&mut self.rest);
                return Ok(Some(Ok(self.block(bytes, false))));
            }
            let whole = self.boundaries.whole_rows(&self.rest);
            if whole > 0 {
                let rest = self.rest.split_off(whole);
                let bytes = std::mem::replace(&mut self.rest, rest);
                return Ok(Some(Ok(self.block(bytes, false))));
            }
            if self.rest.len() > MAX_ROW {
                return self.skip_row().map(Some);
            }
        }
    }

    /// Up to so many blocks.
    fn round(&mut self, most: usize) -> io::Result<(Vec<Block>, Option<Broken>)> {
        let mut blocks = Vec::new();
        while blocks.len() < most {
            match self.next()? {
                Some(Ok(block)) => blocks.push(block),
                Some(Err(broken)) => return Ok((blocks, Some(broken))),
                None => break,
            }
        }
        Ok((blocks, None))
    }

    fn block(&mut self, bytes: Vec<u8>, too_long: bool) -> Block {
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Block {
            bytes,
            first_line,
            too_long,
        }
    }

    /// Read so far of the file as it lies on the disk.
    fn bytes(&self) -> u64 {
        self.file.read.load(Ordering::Relaxed)
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.at_end {
            return Ok(());
        }
        self.rest.reserve(BLOCK);
        let read = self
            .file
            .stream
            .by_ref()
            .take(BLOCK as u64)
            .read_to_end(&mut self.rest)?;
        self.at_end = read < BLOCK;
        Ok(())
    }

    /// Passes over a row that is too long, and keeps its beginning.
    fn skip_row(&mut self) -> io::Result<Result<Block, Broken>> {
        if self.boundaries.open_quote(&self.rest) {
            return Ok(Err(Broken::OpenQuote { line: self.line }));
        }
        let head = self.rest[..1 << 12].to_vec();
        let passed = std::mem::take(&mut self.rest);
        let block = Block {
            bytes: head,
            ..self.block(passed, true)
        };
        while !self.at_end {
            self.fill()?;
            if let Some(end) = memchr::memchr(b'\n', &self.rest) {
                self.rest.drain(..=end);
                break;
            }
            self.rest.clear();
        }
        self.line += 1;
        Ok(Ok(block))
    }
}

/// Reads all blocks, in parallel, into the table.
pub(super) fn stream(
    mut reader: BlockReader,
    loader: &mut TableLoader,
    parse: impl Fn(&TablePlan, &[Keys], &Block) -> Chunk + Sync,
) -> io::Result<Option<Broken>> {
    let most = rayon::current_num_threads() * 2;
    let (mut blocks, mut broken) = reader.round(most)?;
    loop {
        if blocks.is_empty() {
            return Ok(broken);
        }
        let (plan, keys) = (loader.plan, &*loader.keys);
        let stop = broken.is_some();
        let (chunks, next) = rayon::join(
            || {
                blocks
                    .par_iter()
                    .map(|b| parse(plan, keys, b))
                    .collect::<Vec<Chunk>>()
            },
            || {
                if stop {
                    Ok((Vec::new(), None))
                } else {
                    reader.round(most)
                }
            },
        );
        for chunk in chunks {
            if let Some(broken) = loader.absorb(chunk) {
                return Ok(Some(broken));
            }
        }
        loader.progress(reader.bytes());
        let (more, then) = next?;
        blocks = more;
        broken = broken.or(then);
    }
}

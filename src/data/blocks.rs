//! Text files in blocks of whole rows, plain or packed.

use super::chunk::Broken;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read at once. A block is this much, or one row where that is longer.
pub(super) const BLOCK: usize = 1 << 19;
/// The longest row that is kept.
pub(super) const MAX_ROW: usize = 4 << 20;

/// Whole rows of a file.
#[derive(Default)]
pub(super) struct Block {
    /// Holds the bytes; its room is used again.
    buffer: Vec<u8>,
    range: Range<usize>,
    /// Of the first byte, from 1.
    pub first_line: u64,
    /// Line ends in it.
    pub newlines: usize,
    /// Instead of a row: too long to be kept; the bytes are its beginning.
    pub too_long: bool,
}

impl Block {
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }

    /// The buffer, for another block.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Leaves out so many bytes at the beginning, with so many lines.
    pub fn pass_over(&mut self, bytes: usize, lines: u64) {
        self.range.start += bytes;
        self.first_line += lines;
        self.newlines = self.newlines.saturating_sub(lines as usize);
    }
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
    /// Bytes read at once.
    block: usize,
    /// Read, not handed out: begins a row.
    rest: Vec<u8>,
    line: u64,
    at_end: bool,
}

impl<'b> BlockReader<'b> {
    pub fn new(file: Opened, boundaries: &'b dyn Boundaries, block: usize) -> Self {
        BlockReader {
            file,
            boundaries,
            block,
            rest: Vec::new(),
            line: 1,
            at_end: false,
        }
    }

    /// Counts what is read of the file as it lies on the disk.
    pub fn count(&self) -> Arc<AtomicU64> {
        self.file.read.clone()
    }

    /// The next block, in `buffer`, whose content does not matter; `None` at the end.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Result<Block, Broken>>> {
        let mut length = self.rest.len();
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        buffer[..length].copy_from_slice(&self.rest);
        self.rest.clear();
        loop {
            length += self.fill(&mut buffer, length)?;
            let text = &buffer[..length];
            if text.is_empty() {
                return Ok(None);
            }
            if self.at_end && length <= MAX_ROW {
                // An open quote is answered by whoever reads the block.
                return Ok(Some(Ok(self.block(buffer, length))));
            }
            let whole = self.boundaries.whole_rows(text);
            if whole > 0 {
                self.rest.extend_from_slice(&text[whole..]);
                return Ok(Some(Ok(self.block(buffer, whole))));
            }
            if length > MAX_ROW {
                return self.skip_row(buffer, length).map(Some);
            }
        }
    }

    fn block(&mut self, buffer: Vec<u8>, length: usize) -> Block {
        let first_line = self.line;
        let newlines = memchr::memchr_iter(b'\n', &buffer[..length]).count();
        self.line += newlines as u64;
        Block {
            buffer,
            range: 0..length,
            first_line,
            newlines,
            too_long: false,
        }
    }

    /// Reads on behind `length` bytes; how many there are.
    fn fill(&mut self, buffer: &mut Vec<u8>, length: usize) -> io::Result<usize> {
        if self.at_end {
            return Ok(0);
        }
        if buffer.len() < length + self.block {
            buffer.resize(length + self.block, 0);
        }
        let room = &mut buffer[length..length + self.block];
        let mut read = 0;
        while read < room.len() {
            match self.file.stream.read(&mut room[read..]) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    /// Passes over a row that is too long, and keeps its beginning.
    fn skip_row(
        &mut self,
        mut buffer: Vec<u8>,
        length: usize,
    ) -> io::Result<Result<Block, Broken>> {
        if self.boundaries.open_quote(&buffer[..length]) {
            return Ok(Err(Broken::OpenQuote { line: self.line }));
        }
        let mut block = self.block(buffer[..1 << 12].to_vec(), 1 << 12);
        block.too_long = true;
        self.line = block.first_line + memchr::memchr_iter(b'\n', &buffer[..length]).count() as u64;
        while !self.at_end {
            let length = self.fill(&mut buffer, 0)?;
            let text = &buffer[..length];
            if let Some(end) = memchr::memchr(b'\n', text) {
                self.rest.extend_from_slice(&text[end + 1..]);
                break;
            }
        }
        self.line += 1;
        Ok(Ok(block))
    }
}

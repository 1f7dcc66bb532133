//! The CSV files, which have no quotes, read in blocks by all threads.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::{memchr, memrchr};

use crate::Failure;
use crate::customers::{BIRTHDAY, Customers, REACHABLE, ZH};
use crate::facts::{Batch, Facts, TEA, WARE};
use crate::keys::{Keys, key};

/// Bytes that a thread reads at a time: they stay in its cache.
const BLOCK: u64 = 1 << 18;
/// No line is longer.
const LINE: u64 = 1 << 12;
/// Rows between look-ups.
const BATCH: usize = 4_096;

/// The customers, a part for each thread, in the order of the file.
pub fn customers(path: &Path, threads: usize) -> Result<Vec<Customers>, Failure> {
    let file = Source::open(path)?;
    let share = (file.length - file.start).div_ceil(threads as u64);
    let read = |part: u64| -> Result<Customers, Failure> {
        let from = file.start + part * share;
        let mut customers = Customers::default();
        let mut buffer = Vec::new();
        let to = (from + share).min(file.length);
        for at in (from..to).step_by(BLOCK as usize) {
            let lines = file.lines(at, BLOCK.min(to - at), &mut buffer)?;
            let mut rest = lines;
            while !rest.is_empty() {
                rest = customer(rest, &mut customers);
            }
        }
        Ok(customers)
    };
    let read = &read;
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads as u64)
            .map(|part| scope.spawn(move || read(part)))
            .collect();
        handles.into_iter().map(joined).collect()
    })
}

/// The aggregates, one table for each thread; each takes the next block that nobody has.
pub fn purchases(path: &Path, keys: &Keys, threads: usize) -> Result<Vec<Facts>, Failure> {
    let file = Source::open(path)?;
    let next = AtomicU64::new(file.start);
    let months = Months::new();
    let read = || -> Result<Facts, Failure> {
        let mut facts = Facts::new(keys.len());
        let mut batch = Batch::default();
        let mut buffer = Vec::new();
        loop {
            let at = next.fetch_add(BLOCK, Ordering::Relaxed);
            if at >= file.length {
                return Ok(facts);
            }
            let mut rest = file.lines(at, BLOCK.min(file.length - at), &mut buffer)?;
            while !rest.is_empty() {
                batch.clear();
                rest = fill(&mut batch, rest, &months);
                facts.add(&mut batch, keys)?;
            }
        }
    };
    let read = &read;
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(read)).collect();
        handles.into_iter().map(joined).collect()
    })
}

fn joined<T>(handle: std::thread::ScopedJoinHandle<'_, Result<T, Failure>>) -> Result<T, Failure> {
    handle.join().map_err(|_| "a thread panicked")?
}

struct Source {
    file: File,
    length: u64,
    /// Where the line after the header begins.
    start: u64,
}

impl Source {
    fn open(path: &Path) -> Result<Source, Failure> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = vec![0; LINE.min(length) as usize];
        file.read_exact_at(&mut head, 0)?;
        let end = memchr(b'\n', &head).ok_or("there is no header")?;
        Ok(Source {
            file,
            length,
            start: end as u64 + 1,
        })
    }

    /// The lines that begin in a block, whole; every line ends in a line feed.
    fn lines<'b>(&self, at: u64, size: u64, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Failure> {
        // One byte more before it, to see whether a line begins with the block.
        let from = at - 1;
        let wanted = (size + 1 + LINE).min(self.length - from) as usize;
        buffer.resize(wanted, 0);
        self.file.read_exact_at(buffer, from)?;
        let last = (size as usize + 1).min(wanted);
        let first = memchr(b'\n', &buffer[..last]).map_or(last, |p| p + 1);
        // The last line that begins in the block ends at the first line feed from the block's last byte on.
        let end = memchr(b'\n', &buffer[last - 1..]).map_or(wanted, |p| last + p);
        debug_assert!(first >= end || memrchr(b'\n', &buffer[..end]) == Some(end - 1));
        Ok(&buffer[first.min(end)..end])
    }
}

/// The cell up to a comma or line feed, and what comes after that.
fn cell(text: &[u8], ends: u8) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| *b == ends).unwrap_or(text.len());
    (&text[..end], text.get(end + 1..).unwrap_or_default())
}

/// Takes one line: id, name, birthday, joined, city, language, email, may_email, referred_by.
fn customer<'t>(line: &'t [u8], to: &mut Customers) -> &'t [u8] {
    let (id, rest) = cell(line, b',');
    let (name, rest) = cell(rest, b',');
    let (birthday, rest) = cell(rest, b',');
    let (_, rest) = cell(rest, b',');
    let (_, rest) = cell(rest, b',');
    let (language, rest) = cell(rest, b',');
    let (email, rest) = cell(rest, b',');
    let (may_email, rest) = cell(rest, b',');
    let (referred_by, rest) = cell(rest, b'\n');
    to.keys.push(key(id));
    to.push_name(name);
    let mut flags = 0;
    flags |= if language == b"zh" { ZH } else { 0 };
    flags |= if !email.is_empty() && may_email == b"yes" {
        REACHABLE
    } else {
        0
    };
    flags |= if birthday.ends_with(b"-11-21") {
        BIRTHDAY
    } else {
        0
    };
    to.flags.push(flags);
    to.referred_by.push(match referred_by {
        b"" => 0,
        text => key(text),
    });
    rest
}

/// Takes lines until the batch is full: id, customer, bought_on, amount, category, refunded.
fn fill<'t>(batch: &mut Batch, lines: &'t [u8], months: &Months) -> &'t [u8] {
    let mut rest = lines;
    for _ in 0..BATCH {
        if rest.is_empty() {
            break;
        }
        rest = purchase(batch, rest, months);
    }
    rest
}

#[inline(always)]
fn purchase<'t>(batch: &mut Batch, line: &'t [u8], months: &Months) -> &'t [u8] {
    let (_, rest) = cell(line, b',');
    let (customer, rest) = rest.split_at(8);
    let (day, rest) = rest[1..].split_at(10);
    let (cents, rest) = cents(&rest[1..]);
    let (category, rest) = cell(rest, b',');
    batch.customers.push(key(customer));
    batch.days.push(months.day(day));
    batch.cents.push(cents);
    batch.categories.push(match category {
        b"tea" => TEA,
        b"ware" => WARE,
        _ => 0,
    });
    let refunded = rest[0] == b'y';
    batch.refunded.push(refunded);
    &rest[if refunded { 4 } else { 3 }..]
}

/// An amount with two digits after its point, and what comes after the comma.
#[inline(always)]
fn cents(text: &[u8]) -> (i64, &[u8]) {
    let mut cents = 0;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'.' => {}
            b',' => return (cents, &text[at + 1..]),
            digit => cents = cents * 10 + i64::from(digit & 15),
        }
    }
    (cents, b"")
}

/// The day before the first of each month from 1900 to 2099.
struct Months(Vec<i32>);

impl Months {
    fn new() -> Months {
        let mut day = -25_568;
        let mut starts = Vec::with_capacity(2_400);
        for year in 1900..2100 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for length in [
                31,
                28 + i32::from(leap),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ] {
                starts.push(day);
                day += length;
            }
        }
        Months(starts)
    }

    /// Of `2026-11-21`.
    #[inline(always)]
    fn day(&self, text: &[u8]) -> i32 {
        let digit = |at: usize| usize::from(text[at] & 15);
        let year = digit(0) * 1_000 + digit(1) * 100 + digit(2) * 10 + digit(3);
        let month = digit(5) * 10 + digit(6);
        let day = (digit(8) * 10 + digit(9)) as i32;
        self.0[(year - 1900) * 12 + month - 1] + day
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn days_since_1970() {
        let months = super::Months::new();
        assert_eq!(months.day(b"1970-01-01"), 0);
        assert_eq!(months.day(b"2026-11-21"), crate::facts::TODAY);
    }
}

//! Data files as bare text: headers and cells, before anything is known of their types.

use crate::cli::console::{Exit, Failure, count};
use crate::cli::workspace::shown;
use crate::data::{StoredType, stored_columns, stored_rows};
use indexmap::IndexSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A file whose rows go to a sink one by one; `None` is an absent cell of JSON.
pub struct RawFile<'p> {
    path: &'p Path,
    pub shown: String,
    kind: Kind,
    /// In the order of the file; of JSON Lines, in the order of first appearance.
    pub headers: Vec<String>,
    /// For each header, of a file that says its types.
    pub types: Vec<StoredType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Separated(u8),
    JsonLines,
    /// Parquet or Arrow.
    Stored,
}

/// The name without the endings of packing and format: `customers` of `data/customers.csv.gz`.
pub fn stem(path: &Path) -> String {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = unpacked(&name).to_owned();
    name.rsplit_once('.')
        .map_or(name.clone(), |(stem, _)| stem.to_owned())
}

fn unpacked(name: &str) -> &str {
    name.strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(name)
}

impl<'p> RawFile<'p> {
    /// Reads the headers; of JSON Lines that takes the whole file.
    pub fn open(path: &'p Path) -> Result<RawFile<'p>, Failure> {
        let shown = shown(path);
        let stored = stored_columns(path).map_err(|e| stored_failure(&shown, &e))?;
        let name = shown.to_lowercase();
        let kind = match unpacked(&name).rsplit_once('.').map(|(_, ending)| ending) {
            Some("csv") => Kind::Separated(b','),
            Some("tsv" | "tab") => Kind::Separated(b'\t'),
            Some("jsonl" | "ndjson") => Kind::JsonLines,
            _ if stored.is_some() => Kind::Stored,
            _ => {
                return Err(Failure::usage(
                    format!("`{shown}` is not a kind of file that can be looked into"),
                    "name a `.csv`, `.tsv` or `.jsonl` file, packed as `.gz` or `.zst` or not, a `.parquet` or an `.arrow` file",
                ));
            }
        };
        let mut file = RawFile {
            path,
            shown,
            kind,
            headers: Vec::new(),
            types: Vec::new(),
        };
        file.headers = match kind {
            Kind::Separated(separator) => file.header_row(separator)?,
            Kind::JsonLines => file.json_keys()?,
            Kind::Stored => {
                let columns = stored.unwrap_or_default();
                file.types = columns.iter().map(|c| c.ty).collect();
                columns.into_iter().map(|c| c.name).collect()
            }
        };
        if file.headers.is_empty() {
            return Err(file.bad(
                1,
                "has no header",
                "put the columns' names into the first line",
            ));
        }
        Ok(file)
    }

    fn reader(&self) -> Result<Box<dyn Read>, Failure> {
        let failed = |e: std::io::Error| Failure::io("read", &self.shown, &e);
        let file = File::open(self.path).map_err(failed)?;
        Ok(match self.path.extension().and_then(|e| e.to_str()) {
            Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(file)),
            Some("zst") => Box::new(zstd::stream::Decoder::new(file).map_err(failed)?),
            _ => Box::new(file),
        })
    }

    fn bad(&self, line: u64, what: &str, help: &str) -> Failure {
        Failure::new(Exit::Data, format!("{}:{line}: {what}", self.shown), help)
    }

    fn text<'b>(&self, line: u64, bytes: &'b [u8]) -> Result<&'b str, Failure> {
        std::str::from_utf8(bytes)
            .map_err(|_| self.bad(line, "is not UTF-8", "save the file as UTF-8"))
    }

    fn csv(&self, separator: u8) -> Result<simd_csv::Reader<Box<dyn Read>>, Failure> {
        Ok(simd_csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(self.reader()?))
    }

    fn header_row(&self, separator: u8) -> Result<Vec<String>, Failure> {
        let mut reader = self.csv(separator)?;
        let mut record = simd_csv::ByteRecord::new();
        let read = reader
            .read_byte_record(&mut record)
            .map_err(|e| self.csv_failure(1, &e))?;
        if !read {
            return Err(self.bad(
                1,
                "the file is empty",
                "put the columns' names into the first line",
            ));
        }
        record
            .iter()
            .enumerate()
            .map(|(i, cell)| {
                let text = self.text(1, cell)?;
                let text = if i == 0 {
                    text.trim_start_matches('\u{feff}')
                } else {
                    text
                };
                Ok(text.trim().to_owned())
            })
            .collect()
    }

    fn csv_failure(&self, row: u64, error: &simd_csv::Error) -> Failure {
        let help = "see that quotes come in pairs and that the file is whole";
        self.bad(
            row,
            &format!("cannot be read: {}", error.to_string().to_lowercase()),
            help,
        )
    }

    fn json_keys(&self) -> Result<Vec<String>, Failure> {
        let mut keys: IndexSet<String> = IndexSet::new();
        self.json_rows(&mut |object| {
            for key in object.keys() {
                if !keys.contains(key) {
                    keys.insert(key.clone());
                }
            }
        })?;
        Ok(keys.into_iter().collect())
    }

    fn json_rows(
        &self,
        sink: &mut dyn FnMut(&serde_json::Map<String, serde_json::Value>),
    ) -> Result<(), Failure> {
        let mut reader = BufReader::new(self.reader()?);
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            let read = reader
                .read_until(b'\n', &mut line)
                .map_err(|e| Failure::io("read", &self.shown, &e))?;
            if read == 0 {
                return Ok(());
            }
            number += 1;
            let text = self
                .text(number, &line)?
                .trim_start_matches('\u{feff}')
                .trim();
            if text.is_empty() {
                continue;
            }
            match serde_json::from_str(text) {
                Ok(serde_json::Value::Object(object)) => sink(&object),
                _ => {
                    let help = "write one object a line: `{\"id\": \"c1\"}`";
                    return Err(self.bad(number, "is not a JSON object", help));
                }
            }
        }
    }

    /// Every row, with as many cells as there are headers.
    pub fn rows(&self, sink: &mut dyn FnMut(&[Option<&str>])) -> Result<(), Failure> {
        match self.kind {
            Kind::JsonLines => self.json_rows(&mut |object| {
                let cells: Vec<Option<String>> = self
                    .headers
                    .iter()
                    .map(|h| object.get(h).and_then(json_cell))
                    .collect();
                let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
                sink(&cells);
            }),
            Kind::Separated(separator) => self.separated_rows(separator, sink),
            Kind::Stored => {
                stored_rows(self.path, sink).map_err(|e| stored_failure(&self.shown, &e))
            }
        }
    }

    fn separated_rows(
        &self,
        separator: u8,
        sink: &mut dyn FnMut(&[Option<&str>]),
    ) -> Result<(), Failure> {
        let mut reader = self.csv(separator)?;
        let mut record = simd_csv::ByteRecord::new();
        let mut row = 0;
        while reader
            .read_byte_record(&mut record)
            .map_err(|e| self.csv_failure(row + 1, &e))?
        {
            row += 1;
            if row == 1 || (record.len() == 1 && record[0].is_empty()) {
                continue;
            }
            if record.len() != self.headers.len() {
                let what = format!(
                    "has {}, the header {}",
                    count(record.len(), "cell"),
                    self.headers.len()
                );
                let help = "put quotes around a cell that holds the separator or a line end, and see \
                            that quotes come in pairs";
                return Err(self.bad(row, &what, help));
            }
            let cells = record
                .iter()
                .map(|cell| Ok(Some(self.text(row, cell)?)))
                .collect::<Result<Vec<_>, Failure>>()?;
            sink(&cells);
        }
        Ok(())
    }
}

/// Why a Parquet or Arrow file cannot be looked into.
fn stored_failure(shown: &str, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidData => Failure::new(
            Exit::Data,
            format!("`{shown}` cannot be read: {error}"),
            "fetch or export the file again",
        ),
        ErrorKind::Unsupported => Failure::usage(
            format!("`{shown}` cannot be read: {error}"),
            "export it as `.csv` or `.jsonl`, or build with the feature `arrow`",
        ),
        _ => Failure::io("read", shown, error),
    }
}

/// What a JSON value would be in a cell.
fn json_cell(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

//! Names of findings that outlast edits elsewhere: by them a tool knows a finding again.

use super::Diagnostic;
use crate::source::SourceMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One name for each finding, all different: 32 hexadecimal digits of a hash of its code, its file's name, the
/// line it begins on and the text it points at. Lines above, blank space and the message do not matter. Of
/// findings that are alike in all of these, each counts those before it in the list, so give the list in the
/// order of [`super::sort`].
pub fn fingerprints(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut alike: BTreeMap<String, u32> = BTreeMap::new();
    diagnostics
        .iter()
        .map(|d| {
            let seed = seed(sources, d);
            let before = alike.entry(seed.clone()).or_default();
            let digest = Sha256::digest(format!("{seed}\0{before}"));
            *before += 1;
            hex(&digest[..16])
        })
        .collect()
}

fn seed(sources: &SourceMap, d: &Diagnostic) -> String {
    let file = sources.file(d.span.file);
    let (start, end) = (d.span.start as usize, d.span.end as usize);
    let text = &file.text;
    let line = text[..start].rfind('\n').map_or(0, |i| i + 1);
    let line = text[line..].lines().next().unwrap_or_default();
    let marked = text[start..end].lines().next().unwrap_or_default();
    format!(
        "{}\0{}\0{}\0{}",
        d.code.name,
        file.name,
        words(line),
        words(marked)
    )
}

/// The text with every stretch of blank space made one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

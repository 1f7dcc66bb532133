//! `unformatted`: a file that `guanxi fmt` would change. The one lint that looks at a text, not a program.

use crate::diagnostic::{Diagnostic, Fix, codes};
use crate::format;
use crate::source::{SourceFile, Span};
use crate::syntax::ast;

/// What the file would have to be laid out anew for, at the first line that would change; `None` where it is
/// formatted, or has syntax errors. Line ends of another system are no fault.
pub fn unformatted(file: &SourceFile, tree: &ast::File) -> Option<Diagnostic> {
    let laid_out = format::format(file, tree);
    if *file.text == *laid_out || file.text.replace("\r\n", "\n") == laid_out {
        return None;
    }
    let mut found = Diagnostic::new(
        &codes::UNFORMATTED,
        first_difference(file, &laid_out),
        "this file is not laid out in the standard way",
    )
    .label("the first line that would change")
    .help("run `guanxi fmt`; `guanxi fmt --diff` shows what would change");
    found.fix = Some(Fix {
        message: "lay the file out".into(),
        edits: format::edits(file, &laid_out),
        safe: true,
    });
    Some(found)
}

/// How many characters of a line are pointed at: enough to find it.
const SHOWN: usize = 40;

/// The beginning of the first line that differs, without the white space around it.
fn first_difference(file: &SourceFile, laid_out: &str) -> Span {
    let mut start = 0;
    let mut wanted = laid_out.lines();
    for line in file.text.split_inclusive('\n') {
        let text = line.trim_end_matches(['\n', '\r']);
        if wanted.next() != Some(text) {
            let margin = text.len() - text.trim_start().len();
            let shown: usize = text.trim().chars().take(SHOWN).map(char::len_utf8).sum();
            return Span::new(file.id, start + margin, start + margin + shown);
        }
        start += line.len();
    }
    Span::new(file.id, start, start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn found(text: &str) -> Option<Diagnostic> {
        let file = SourceFile::new(FileId(0), "a.rules", text);
        let (tree, errors) = crate::syntax::parse(&file);
        assert!(errors.is_empty(), "{errors:?}");
        unformatted(&file, &tree)
    }

    #[test]
    fn points_at_the_first_line_that_would_change() {
        let good = "record customer {\n  id: text key\n}\n";
        assert_eq!(found(good), None);
        assert_eq!(found(&good.replace('\n', "\r\n")), None);
        let d = found("record customer {\n      id: text key\n}\n").unwrap();
        assert_eq!((d.span.start, d.span.end), (24, 36));
    }
}

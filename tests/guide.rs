//! The tutorial is done as its reader does it, from an empty folder to the last command.
//!
//! | the fence says | what happens |
//! |---|---|
//! | `file=PATH` | is written to this file |
//! | `file=PATH append` | is added at its end |
//! | `file=PATH replace` | takes the place of the declaration or rule that begins with the same words |
//! | `console` | each `$` line is run by the shell; what it prints follows it |
//!
//! `UPDATE_DOCS=1 cargo test --test guide` writes what the commands print.

mod markdown;

use markdown::{Fence, commands, fences, held, name, root};
use std::path::Path;

#[test]
fn the_tutorial_goes_as_it_says() {
    follow(&root().join("docs/tutorial.md"));
}

/// Does what a page says, in its order.
fn follow(page: &Path) {
    let text = std::fs::read_to_string(page).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut before = 0;
    // From the last to the first, so that lines keep their numbers where outputs grow.
    let mut outputs = Vec::new();
    for fence in fences(&text) {
        let place = format!("{}:{}", name(page), fence.line + 1);
        if let Some(path) = fence.value("file") {
            let told = lines[before..fence.line].join("\n");
            assert!(
                told.contains(&format!("`{path}`")),
                "{place}: nothing above it says that it is `{path}`"
            );
            write(&folder.path().join(path), &fence, &place);
        } else if fence.is("console") {
            let output = commands(&fence, folder.path(), true);
            outputs.push((fence.line, fence.body.len(), output));
        }
        before = fence.line + fence.body.len() + 2;
    }
    for (line, length, output) in outputs.into_iter().rev() {
        lines.splice(line + 1..=line + length, output);
    }
    let done = lines.join("\n") + "\n";
    held(page, &text, &done);
}

fn write(file: &Path, fence: &Fence, place: &str) {
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    let was = std::fs::read_to_string(file).unwrap_or_default();
    let text = if fence.is("append") {
        // Declarations are set apart by an empty line, rows are not.
        let gap = if fence.is("guanxi") { "\n" } else { "" };
        format!("{was}{gap}{}", fence.text())
    } else if fence.is("replace") {
        replaced(&was, fence).unwrap_or_else(|| panic!("{place}: nothing there begins so"))
    } else {
        assert!(was.is_empty(), "{place}: the file is there already");
        fence.text()
    };
    std::fs::write(file, text).expect("a file");
}

/// The file, with the declaration or rule of the same kind and name as the fence's taken out for it.
fn replaced(was: &str, fence: &Fence) -> Option<String> {
    let head = |line: &str| -> Vec<String> {
        let words = line.split_whitespace().take(2);
        words.map(str::to_owned).collect()
    };
    let wanted = head(&fence.body[0]);
    let lines: Vec<&str> = was.lines().collect();
    let start = lines.iter().position(|line| head(line) == wanted)?;
    let indent = |line: &str| line.len() - line.trim_start().len();
    // It ends before the next empty line, or with the brace that closes it or what is around it.
    let more = lines[start + 1..]
        .iter()
        .take_while(|line| indent(line) > indent(lines[start]) || lines[start].ends_with('{'))
        .position(|line| {
            line.trim_start().starts_with('}') && indent(line) == indent(lines[start])
        });
    let end = match more {
        Some(closing) => start + 1 + closing,
        None => {
            let rest = lines[start + 1..].iter();
            let rest = rest.take_while(|line| indent(line) > indent(lines[start]));
            start + rest.count()
        }
    };
    let mut out: Vec<&str> = lines[..start].to_vec();
    out.extend(fence.body.iter().map(String::as_str));
    out.extend(&lines[end + 1..]);
    Some(out.join("\n") + "\n")
}

//! The formatter: snapshots of messy files, and its promises on random programs.

#[path = "support/generate.rs"]
mod generate;

use generate::Generator;
use guanxi::format::{diff, format};
use guanxi::source::{FileId, SourceFile};
use guanxi::syntax::{self, ast};
use proptest::prelude::*;

fn parse(text: &str) -> (SourceFile, ast::File) {
    let file = SourceFile::new(FileId(0), "test.rules", text);
    let (tree, diagnostics) = syntax::parse(&file);
    let messages: Vec<_> = diagnostics
        .iter()
        .map(|d| (d.message.as_str(), file.slice(d.span)))
        .collect();
    assert!(messages.is_empty(), "{messages:#?}\nin\n{text}");
    (file, tree)
}

fn formatted(text: &str) -> String {
    let (file, tree) = parse(text);
    format(&file, &tree)
}

/// The declarations without their places.
fn shape(tree: &ast::File) -> String {
    let full = format!("{:?}", tree.declarations);
    let mut pieces = full.split("Span { file: FileId(");
    let mut shape = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shape.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    shape
}

fn comments(file: &SourceFile, tree: &ast::File) -> Vec<String> {
    let mut texts: Vec<String> = tree
        .comments
        .iter()
        .map(|c| file.slice(c.span).trim_end().to_owned())
        .collect();
    texts.sort();
    texts
}

/// Formats, and checks that nothing is lost and that formatting again changes nothing.
fn check(text: &str) -> String {
    let (file, tree) = parse(text);
    let result = format(&file, &tree);
    let (file_after, tree_after) = parse(&result);
    assert_eq!(
        shape(&tree),
        shape(&tree_after),
        "the tree changed\nfrom\n{text}\nto\n{result}"
    );
    assert_eq!(
        comments(&file, &tree),
        comments(&file_after, &tree_after),
        "comments changed\nfrom\n{text}\nto\n{result}"
    );
    let again = format(&file_after, &tree_after);
    assert_eq!(again, result, "not idempotent\n{text}");
    assert!(
        result.is_empty() || result.ends_with('\n') && !result.ends_with("\n\n"),
        "{result:?}"
    );
    result
}

#[test]
fn messy_files() {
    for name in [
        "squeezed",
        "comments",
        "chinese",
        "long_lines",
        "expectations",
        "surface",
    ] {
        let text = std::fs::read_to_string(format!("tests/format/{name}.rules")).unwrap();
        insta::with_settings!({ snapshot_path => "format", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, check(&text));
        });
    }
}

#[test]
fn the_first_look_is_formatted() {
    let text = std::fs::read_to_string("tests/format/first_look.rules").unwrap();
    assert_eq!(check(&text), text);
}

/// What speaks to `lint` stays above what it speaks of.
#[test]
fn comments_that_allow_stay_in_place() {
    let text = "# guanxi: allow magic-number because of the poster\nsegment s of c where x>5\n\
                campaign c for r {\n# guanxi: allow naming because of the till\n\
                rule A {\n# guanxi: allow exact-day because it runs twice\nwhen x = 1 then b() } }";
    assert_eq!(
        check(text),
        "# guanxi: allow magic-number because of the poster\nsegment s of c where x > 5\n\n\
         campaign c for r {\n  # guanxi: allow naming because of the till\n  rule A {\n    \
         # guanxi: allow exact-day because it runs twice\n    when x = 1\n    then b()\n  }\n}\n"
    );
}

#[test]
fn bare_files() {
    assert_eq!(check(""), "");
    assert_eq!(check("\u{feff}"), "");
    assert_eq!(check(" \r\n\t\n"), "");
    assert_eq!(check("# only a comment"), "# only a comment\n");
    assert_eq!(check("\u{feff}\n\n#a\r\n\r\n\r\n# b \r\n"), "#a\n\n# b\n");
    assert_eq!(check("define a for b=1"), "define a for b = 1\n");
}

#[test]
fn line_ends_become_plain() {
    let text = "record r {\r\n  a: text\r\n\r\n\r\n  b: text # why\r\n}\r\n";
    assert_eq!(check(text), "record r {\n  a: text\n\n  b: text # why\n}\n");
}

#[test]
fn signs_and_marks_stand_close() {
    let text = "define a for b = - 1 + - ( - c ) * f ( 1 , x : 2 ) + d . e";
    assert_eq!(
        formatted(text),
        "define a for b = -1 + -(-c) * f(1, x: 2) + d.e\n"
    );
    let text = "campaign c for r { priority -5 hold out 5 % }";
    assert_eq!(
        formatted(text),
        "campaign c for r {\n  priority -5\n  hold out 5%\n}\n"
    );
}

#[test]
fn days_of_the_year_are_no_differences() {
    assert_eq!(formatted("occasion x on 11-11"), "occasion x on 11-11\n");
    assert_eq!(
        formatted("occasion x on lunar 8-15"),
        "occasion x on lunar 8-15\n"
    );
    assert_eq!(
        formatted("define a for b = 11-1"),
        "define a for b = 11 - 1\n"
    );
}

#[test]
fn a_diff_shows_what_would_change() {
    let old = "define a for b = 1\ndefine c   for d = 2\n";
    let new = "define a for b = 1\ndefine c for d = 2\n";
    assert_eq!(diff(old, old, "x.rules", "formatted"), "");
    insta::assert_snapshot!(diff(old, new, "x.rules", "formatted"), @r"
    --- x.rules
    +++ x.rules (formatted)
    @@ -1,2 +1,2 @@
     define a for b = 1
    -define c   for d = 2
    +define c for d = 2
    ");
}

/// Puts white space, and comments where `marks` has any, between the pieces of a program.
fn lay_out(pieces: &[String], noise: &[u8], marks: &[&str]) -> String {
    let mut noise = noise.iter();
    let mut text = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        text.push_str(piece);
        // The words of a stage end with their line; declarations begin lines.
        text.push_str(if piece.is_empty() || piece == "instead of" {
            "\n"
        } else {
            ""
        });
        let choice = usize::from(noise.next().copied().unwrap_or(0));
        let gap = [
            " ",
            "\n",
            "  \t ",
            " ",
            "\n\n",
            "\r\n\r\n\r\n",
            " ",
            "\n    ",
        ][choice % 8];
        text.push_str(gap);
        if choice > 200 && !marks.is_empty() {
            text.push_str(&format!("{} c{i}\n", marks[choice % marks.len()]));
        }
    }
    text
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_twice_is_once(program in bytes(400), noise in bytes(600)) {
        let pieces = Generator::new(&program).program();
        check(&lay_out(&pieces, &noise, &["#", "##", "#!"]));
    }

    #[test]
    fn white_space_means_nothing(program in bytes(400), noise in bytes(600)) {
        let pieces = Generator::new(&program).program();
        let plain = lay_out(&pieces, &[], &[]);
        let messy = lay_out(&pieces, &noise, &["#"]);
        let (_, before) = parse(&plain);
        let (_, after) = parse(&formatted(&messy));
        prop_assert_eq!(shape(&before), shape(&after));
    }
}

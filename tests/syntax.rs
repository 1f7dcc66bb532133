//! The parser: the whole surface, what is said about mistakes, and that nothing makes it fall over.

use guanxi::diagnostic::Diagnostic;
use guanxi::source::{FileId, SourceFile};
use guanxi::syntax::ast::File;
use guanxi::syntax::{names_in, parse, quote_name};
use proptest::prelude::*;

const FIRST_LOOK: &str = include_str!("syntax/first_look.rules");
const SURFACE: &str = include_str!("syntax/surface.rules");
const BROKEN: &str = include_str!("syntax/broken.rules");

fn source(text: &str) -> SourceFile {
    SourceFile::new(FileId(0), "test.rules", text)
}

/// One line a finding: place, code, message, help and fix.
fn report(file: &SourceFile, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for d in diagnostics {
        let p = file.position(d.span.start as usize);
        out += &format!("{}:{} {} {}\n", p.line, p.column, d.code.name, d.message);
        for label in &d.labels {
            let p = file.position(label.span.start as usize);
            out += &format!("    {}:{} {}\n", p.line, p.column, label.text);
        }
        if let Some(help) = &d.help {
            out += &format!("    help: {help}\n");
        }
        if let Some(fix) = &d.fix {
            out += &format!("    fix: {}\n", fix.message);
        }
    }
    out
}

/// The tree's debug form without spans, one declaration a line.
fn outline(tree: &File) -> String {
    let mut out = String::new();
    for d in &tree.declarations {
        let docs = if d.docs.is_empty() {
            String::new()
        } else {
            format!("## {}\n", d.docs)
        };
        out += &format!("{docs}{}\n", plain(&format!("{:?}", d.kind)));
    }
    out
}

/// Takes spans out of a debug form, and `Spanned { node: x }` down to `x`.
fn plain(debug: &str) -> String {
    let mut s = debug.to_string();
    while let Some(i) = s.find("span: Span {") {
        let end = i + s[i..].find('}').unwrap() + 1;
        let start = if s[..i].ends_with(", ") { i - 2 } else { i };
        let end = if start == i && s[end..].starts_with(", ") {
            end + 2
        } else {
            end
        };
        s.replace_range(start..end, "");
    }
    while let Some(i) = s.find("Spanned { node: ") {
        let open = i + "Spanned ".len();
        let mut depth = 0;
        let mut in_text = false;
        let mut end = s.len();
        let bytes = s.as_bytes();
        let mut j = open;
        while j < bytes.len() {
            match bytes[j] {
                b'\\' if in_text => j += 1,
                b'"' => in_text = !in_text,
                b'{' if !in_text => depth += 1,
                b'}' if !in_text => {
                    depth -= 1;
                    if depth == 0 {
                        end = j;
                        break;
                    }
                }
                _ => {}
            }
            j += 1;
        }
        let inner = s[open + "{ node: ".len()..end].trim_end().to_string();
        s.replace_range(i..end + 1, &inner);
    }
    s.replace("Expr { kind: ", "{ ")
}

#[test]
fn first_look_has_no_mistakes() {
    let file = source(FIRST_LOOK);
    let (tree, diagnostics) = parse(&file);
    assert_eq!(report(&file, &diagnostics), "");
    assert_eq!(tree.declarations.len(), 16);
    insta::assert_snapshot!("first_look", outline(&tree));
}

#[test]
fn the_whole_surface_is_read() {
    let file = source(SURFACE);
    let (tree, diagnostics) = parse(&file);
    assert_eq!(report(&file, &diagnostics), "");
    assert!(tree.broken.is_empty());
    insta::assert_snapshot!("surface", outline(&tree));
}

#[test]
fn mistakes_are_reported_all_at_once() {
    let mut out = String::new();
    for program in BROKEN.split("#### ").skip(1) {
        let (title, text) = program.split_once('\n').unwrap();
        let file = source(text);
        let (tree, diagnostics) = parse(&file);
        let kept = tree.declarations.len();
        out += &format!(
            "#### {title} ({kept} read)\n{}",
            report(&file, &diagnostics)
        );
        for b in &tree.broken {
            out += &format!("    skipped: {:?}\n", b.names.join(" "));
        }
        assert!(!diagnostics.is_empty(), "{title}");
    }
    insta::assert_snapshot!("broken", out);
}

#[test]
fn deep_nesting_is_answered_not_followed() {
    let n = 10_000;
    let cases = [
        format!("define a for b = {}1{}", "(".repeat(n), ")".repeat(n)),
        format!("define a for b = {}", "(".repeat(n)),
        format!("define a for b = {}x", "not ".repeat(n)),
        format!("define a for b = {}x", "- ".repeat(n)),
        format!("define a for b = {}", "if a then ".repeat(n)),
        format!("define a for b = {}", "if a then 1 otherwise ".repeat(n)),
        format!("define a for b = {}", "any of c where ".repeat(n)),
        format!("define a for b = {}", "any of (".repeat(n)),
        format!("define a for b = {}", "\"{".repeat(n)),
        format!("define a for b = 1{}", " + 1".repeat(n)),
        format!("define a for b = x{}", ".y".repeat(n)),
        format!("define a for b = x{}", " rounded".repeat(n)),
        "{".repeat(n),
        "}".repeat(n),
        format!("account a for b {}", "{".repeat(n)),
    ];
    for case in cases {
        let (_, diagnostics) = parse(&source(&case));
        assert!(!diagnostics.is_empty(), "{}", &case[..60.min(case.len())]);
    }
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    for (open, close) in [
        ("(", ")"),
        ("all of (", ")"),
        ("min(1, ", ")"),
        ("not ", ""),
    ] {
        let text = format!("define a for b = {}1{}", open.repeat(60), close.repeat(60));
        let file = source(&text);
        assert_eq!(report(&file, &parse(&file).1), "");
    }
}

#[test]
fn nesting_costs_no_more_than_it_is_deep() {
    let wraps = [
        ("(", ")"),
        ("min(1, ", ")"),
        ("all of (", ")"),
        ("any of (", ")"),
        ("(if a then 1 otherwise ", ")"),
        ("(count of p where x in (", "))"),
        ("1 in (", ")"),
        ("sum of (", ")"),
    ];
    for (open, close) in wraps {
        for end in ["1", "1 1", ""] {
            let text = format!(
                "define a for b = {}{end}{}",
                open.repeat(25),
                close.repeat(25)
            );
            let begin = std::time::Instant::now();
            parse(&source(&text));
            assert!(
                begin.elapsed().as_secs() < 5,
                "{open} {end}: {:?}",
                begin.elapsed()
            );
        }
    }
}

/// A budget for the unoptimised build; the optimised one is some ten times faster.
#[test]
fn a_thousand_rules_are_read_at_once() {
    let rule = "  rule r {\n    because \"x\"\n    when anniversary of birthday is today and membership >= gold and count of purchases in last 30 days where not refunded > 3\n    once per anniversary of birthday\n    then grant_points(500, expires: today + 90 days) and send_email(card(500), subject: \"Hi {name}\")\n  }\n";
    let text: String = (0..100)
        .map(|i| format!("campaign c{i} for customer {{\n{}}}\n", rule.repeat(10)))
        .collect();
    let begin = std::time::Instant::now();
    let (tree, diagnostics) = parse(&source(&text));
    eprintln!("1,000 rules: {:?}", begin.elapsed());
    assert!(diagnostics.is_empty());
    assert_eq!(tree.declarations.len(), 100);
    assert!(begin.elapsed().as_secs() < 60);
}

#[test]
fn names_are_quoted_where_they_must_be() {
    assert_eq!(quote_name("顾客"), "顾客");
    assert_eq!(quote_name("when"), "`when`");
    assert_eq!(quote_name("a b"), "`a b`");
    assert_eq!(
        names_in("when `a b` > spend_12m and 顾客.x"),
        ["a b", "spend_12m", "顾客", "x"]
    );
}

/// Every span lies in the file, on character boundaries.
fn check(text: &str) {
    let file = source(text);
    let (tree, diagnostics) = parse(&file);
    let good = |start: u32, end: u32| {
        let (s, e) = (start as usize, end as usize);
        assert!(
            s <= e && e <= text.len() && text.is_char_boundary(s) && text.is_char_boundary(e),
            "{s}..{e} in {text:?}"
        );
    };
    for d in &diagnostics {
        good(d.span.start, d.span.end);
        d.labels.iter().for_each(|l| good(l.span.start, l.span.end));
        d.fix
            .iter()
            .flat_map(|f| &f.edits)
            .for_each(|e| good(e.span.start, e.span.end));
    }
    tree.broken
        .iter()
        .for_each(|b| good(b.span.start, b.span.end));
    tree.comments
        .iter()
        .for_each(|c| good(c.span.start, c.span.end));
    let debug = format!("{:?}", tree.declarations);
    for piece in debug.split("start: ").skip(1) {
        let (start, rest) = piece.split_once(", end: ").unwrap_or(("0", "0 "));
        let end: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if let (Ok(s), Ok(e)) = (start.parse(), end.parse()) {
            good(s, e);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        check(&text);
    }

    #[test]
    fn any_words_are_answered(words in proptest::collection::vec(prop::sample::select(vec![
        "define", "campaign", "rule", "when", "then", "a", "for", "=", "{", "}", "(", ")", "\"", "\"\"\"", "1,000", "¥5", "＞＝", "，", "1", "CNY",
        "where", "any of", "in last", "days", "and", "or", "not", "if", "\n", "#", "##", "`", "“", "”", "'", "/*", "--", ";", "%", "2026-02-30", "9:00", "\\", "é",
        "{{", "}}", "{%", "%}", "【", "】", "[", "]", "。", "…", "2026年11月21日", "9pm", "5k", "1万元", "「", "」", "\u{200b}", "\u{202e}", "between", "is", "given", "expect", "test", ":", "<!--",
    ]), 0..40)) {
        check(&words.join(" "));
        check(&words.concat());
    }

    #[test]
    fn a_damaged_program_is_answered(at in 0usize..SURFACE.len(), length in 0usize..40, put in "[(){}\"“`#，a1 \n]{0,3}") {
        for program in [SURFACE, FIRST_LOOK] {
            let mut start = at.min(program.len());
            while !program.is_char_boundary(start) { start -= 1; }
            let mut end = (start + length).min(program.len());
            while !program.is_char_boundary(end) { end += 1; }
            check(&format!("{}{put}{}", &program[..start], &program[end..]));
        }
    }
}

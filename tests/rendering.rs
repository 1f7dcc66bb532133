//! The formats of findings.

use guanxi::diagnostic::{Diagnostic, codes, render};
use guanxi::source::{SourceMap, Span};
use unicode_width::UnicodeWidthStr;

fn one() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let other = sources.add("a.rules", "record 顾客 {}\n");
    let text = "\n  define 甲 for 顾客 = 金额人\n";
    let file = sources.add("b.rules", text);
    let at = text.find("金额人").unwrap();
    let span = Span::new(file, at, at + "金额人".len());
    let d = Diagnostic::new(&codes::UNKNOWN_NAME, span, "`顾客` has no `金额人`")
        .also(Span::new(other, 7, 13), "declared here")
        .help("did you mean `金额`?")
        .fix("write `金额`", span, "金额");
    (sources, vec![d])
}

#[test]
fn json_names_places_in_characters() {
    let (sources, found) = one();
    let text = render::json(&sources, &found);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["version"], 1);
    let d = &json["diagnostics"][0];
    assert_eq!((&d["file"], &d["line"]), (&"b.rules".into(), &2.into()));
    assert_eq!(
        (&d["column"], &d["end"]["column"]),
        (&21.into(), &24.into())
    );
    assert_eq!(d["labels"][0]["file"], "a.rules");
    assert_eq!(d["fix"]["edits"][0]["text"], "金额");
}

#[test]
fn concise_is_a_line() {
    let (sources, found) = one();
    assert_eq!(
        render::concise(&sources, &found),
        "b.rules:2:21: error[unknown-name]: `顾客` has no `金额人`\n"
    );
}

#[test]
fn looks_of_a_terminal() {
    let (sources, found) = one();
    let look = render::Look::default();
    let plain = render::human(&sources, &found, look);
    assert!(plain.contains("[b.rules:2:21]"), "{plain}");
    // A place in another file is drawn below.
    assert!(plain.contains("[a.rules:1:8]"), "{plain}");
    assert!(plain.contains("╰── declared here"), "{plain}");
    // Wide characters take two columns, and the arrow stands below them.
    assert!(
        plain.contains("2 │   define 甲 for 顾客 = 金额人\n   ·                        ──────"),
        "{plain}"
    );
    assert!(!plain.contains('\u{1b}'));
    let ascii = render::Look {
        unicode: false,
        ..look
    };
    let ascii = render::human(&sources, &found, ascii);
    assert!(!ascii.contains('─') && ascii.contains("^^^"), "{ascii}");
    let colour = render::Look {
        colour: true,
        ..look
    };
    assert!(render::human(&sources, &found, colour).contains('\u{1b}'));
    let narrated = render::Look {
        narrated: true,
        ..look
    };
    let narrated = render::human(&sources, &found, narrated);
    assert!(
        narrated.contains("Diagnostic severity: error"),
        "{narrated}"
    );
}

/// One finding at `what` in `text`, as a terminal of `width` columns shows it.
fn shown(text: &str, what: &str, label: &str, width: usize) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("a.rules", text);
    let at = text.find(what).unwrap();
    let span = Span::new(file, at, at + what.len());
    let d = Diagnostic::new(&codes::SYNTAX, span, "wrong").label(label);
    let look = render::Look {
        width,
        ..render::Look::default()
    };
    render::human(&sources, &[d], look)
}

/// The line of the text and the carets below it.
fn drawn(report: &str) -> (&str, &str) {
    let lines: Vec<&str> = report.lines().collect();
    let below = lines.iter().position(|l| l.contains('·')).unwrap();
    (lines[below - 1], lines[below])
}

#[test]
fn long_lines_are_cut_around_the_place() {
    for (before, after) in [(0, 500), (250, 250), (500, 0), (76, 0), (40, 30)] {
        for label in ["", "this is what is meant, and no other thing"] {
            for width in [40, 80, 120] {
                let text = format!(
                    "{}错误{}\n",
                    "龙a".repeat(before / 3),
                    "b城".repeat(after / 3)
                );
                let report = shown(&text, "错误", label, width);
                let (line, carets) = drawn(&report);
                let widest = report.lines().map(UnicodeWidthStr::width).max();
                assert!(
                    label.len() > 30 && width == 40 || widest <= Some(width),
                    "{report}"
                );
                let start = line.find("错误").map(|i| line[..i].width());
                let under = carets.find(['─', '┬']).map(|i| carets[..i].width());
                assert!(start.is_some() && start == under, "{report}");
            }
        }
    }
}

#[test]
fn carets_follow_tabs_and_marks_without_width() {
    for before in [
        "\t\t",
        "a\tb\t",
        "e\u{301}u\u{308} ",
        "🍵🍵",
        "杭州\t",
        "\u{200b}\u{202e}",
    ] {
        let text = format!("{before}wrong x\n");
        let report = shown(&text, "wrong", "", 80);
        let (line, carets) = drawn(&report);
        let start = line.find("wrong").map(|i| line[..i].width());
        let under = carets.find('─').map(|i| carets[..i].width());
        assert_eq!(start, under, "{report}");
        assert!(!line.contains(['\t', '\u{200b}', '\u{202e}']), "{report}");
    }
}

#[test]
fn a_terminal_is_not_told_what_to_do() {
    let report = shown("\u{1b}[31mred\u{7} wrong\n", "wrong", "", 80);
    assert!(!report.contains(['\u{1b}', '\u{7}']), "{report}");
}

#[test]
fn places_at_the_end_and_over_lines() {
    let mut sources = SourceMap::new();
    let text = "define a\nb\nc\nd\ne\nf\ng\nh\n";
    let file = sources.add("a.rules", text);
    let at = |from: usize, to: usize| {
        let d = Diagnostic::new(&codes::SYNTAX, Span::new(file, from, to), "wrong");
        render::human(&sources, &[d], render::Look::default())
    };
    // Nothing stands there, and the caret does.
    let end = at(8, 8);
    assert!(end.contains("1 │ define a \n   ·         ─"), "{end}");
    // A few lines are drawn whole, of many the first.
    let few = at(9, 12);
    assert!(
        few.contains("2 │ ╭─▶ b") && few.contains("3 │ ╰─▶ c"),
        "{few}"
    );
    let many = at(0, text.len() - 1);
    assert!(
        many.contains("1 │ define a") && !many.contains("│ b"),
        "{many}"
    );
    // An empty file, and the place after the last line.
    assert!(at(text.len(), text.len()).contains("wrong"));
}

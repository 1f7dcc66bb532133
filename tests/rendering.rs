//! The formats of findings.

use guanxi::diagnostic::{Diagnostic, codes, render};
use guanxi::source::{SourceMap, Span};

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
    assert!(plain.contains("a.rules:1:8: declared here"), "{plain}");
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

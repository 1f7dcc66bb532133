//! Keys that nobody reads are only marked; whatever is wrong with them is found all the same.

use super::support::*;
use guanxi::data::*;
use proptest::prelude::*;

fn visits(key_unread: bool) -> Vec<TableRequest> {
    let columns = vec![
        column("id", ColumnType::Text),
        column("day", ColumnType::Date),
    ];
    vec![TableRequest {
        key_unread,
        ..table("visit", "visits", columns, &[0])
    }]
}

fn file(keys: &[String]) -> Vec<u8> {
    let rows = keys.iter().map(|k| format!("{k},2026-01-01\n"));
    let text: String = std::iter::once("id,day\n".to_string())
        .chain(rows)
        .collect();
    text.into_bytes()
}

/// What is said of two parts, and how many rows stay.
fn read(parts: &[Vec<String>; 2], key_unread: bool, rejects: bool) -> (Vec<String>, usize) {
    let (one, two) = (file(&parts[0]), file(&parts[1]));
    let folder = folder(&[("visits/a.csv", &one), ("visits/b.csv", &two)]);
    let options = LoadOptions {
        rejects,
        ..LoadOptions::new(folder.path())
    };
    match load(&visits(key_unread), &options) {
        Ok(loaded) => {
            let reasons = loaded.rejects.iter();
            let reasons =
                reasons.map(|r| format!("{} {:?} {} {:?}", r.file, r.at, r.row, r.reasons));
            (reasons.collect(), loaded.dataset.tables[0].rows)
        }
        Err(problems) => (vec![rendered(&problems, folder.path())], 0),
    }
}

fn keys(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| t.to_string()).collect()
}

#[test]
fn a_key_that_comes_twice_is_named() {
    let parts = [keys(&["P2", "P1", "P3"]), keys(&["P4", "P1"])];
    let said = read(&parts, true, false).0.join("\n");
    for part in [
        "share",
        "P1",
        "visits/a.csv:3  `P1`",
        "visits/b.csv:3  `P1`",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(read(&parts, true, true).1, 3);
}

#[test]
fn nothing_is_kept_of_them() {
    let one = file(&keys(&["b", "a", "c"]));
    let folder = folder(&[("visits.csv", &one)]);
    let loaded = load(&visits(true), &LoadOptions::new(folder.path())).unwrap();
    let of = &loaded.dataset.tables[0];
    assert_eq!(of.rows, 3);
    assert!(of.columns[0].values.is_empty());
    assert_eq!(of.columns[1].values.len(), 3);
    assert_eq!(loaded.dataset.key_text(0, 1), "");
}

/// Mostly ascending, now and then again, of all lengths.
fn some_keys() -> impl Strategy<Value = Vec<String>> {
    let key = prop_oneof![
        8 => (0u32..400).prop_map(|n| format!("P{n:04}")),
        2 => (0u32..30).prop_map(|n| format!("a key of more than sixteen bytes {n}")),
        1 => Just(String::new()),
        1 => Just(" ".to_string()),
    ];
    (prop::collection::vec(key, 0..60), any::<bool>()).prop_map(|(mut keys, sorted)| {
        if sorted {
            keys.sort();
        }
        keys
    })
}

proptest! {
    #[test]
    fn read_or_not_the_same_is_found(one in some_keys(), two in some_keys(), rejects: bool) {
        let parts = [one, two];
        prop_assert_eq!(read(&parts, true, rejects), read(&parts, false, rejects));
    }
}

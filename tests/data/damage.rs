//! Ten kinds of damage, and the answer to each.

use super::support::*;
use guanxi::data::*;

/// The rendered problems of the shop with some files replaced or added.
fn answer(changed: &[(&str, &[u8])]) -> String {
    let mut files: Vec<(&str, &[u8])> = vec![
        ("customers.csv", CUSTOMERS.as_bytes()),
        ("purchases.csv", PURCHASES.as_bytes()),
    ];
    files.retain(|(name, _)| !changed.iter().any(|(n, _)| n == name));
    files.extend(changed);
    let folder = folder(&files);
    match load(&shop(), &LoadOptions::new(folder.path())) {
        Ok(loaded) => format!(
            "{} rows",
            loaded.dataset.tables.iter().map(|t| t.rows).sum::<usize>()
        ),
        Err(problems) => rendered(&problems, folder.path()),
    }
}

fn purchases(rows: &str) -> String {
    answer(&[("purchases.csv", format!("{PURCHASES}{rows}").as_bytes())])
}

#[test]
fn sound_data() {
    assert_eq!(answer(&[]), "6 rows");
    let folder = folder(&[
        ("customers.csv", CUSTOMERS.as_bytes()),
        ("purchases.csv", PURCHASES.as_bytes()),
    ]);
    let loaded = load(&shop(), &LoadOptions::new(folder.path())).unwrap();
    insta::assert_snapshot!(rows_sorted(&loaded.dataset, 0).join("\n"), @"");
    insta::assert_snapshot!(rows_sorted(&loaded.dataset, 1).join("\n"), @"");
}

#[test]
fn bad_date() {
    insta::assert_snapshot!(purchases("11,c1,2026-02-30,5,\n12,c1,21/11/2026,5,\n13,c1,2026-11-21 09:00,5,\n"), @"");
}

#[test]
fn personal_values_are_not_shown() {
    let customers = format!("{CUSTOMERS}c4,1985-02-29,no,gold,,Chen\n");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @"");
}

#[test]
fn two_decimal_points() {
    insta::assert_snapshot!(purchases("11,c1,2026-02-28,5.0.0,\n12,c1,2026-02-28,\"1,000.50\",\n13,c1,2026-02-28,5 USD,\n14,c1,2026-02-28,0.1234567891,\n15,c1,2026-02-28,,\n"), @"");
}

#[test]
fn duplicate_key() {
    insta::assert_snapshot!(purchases("10,c1,2026-02-28,5,\n"), @"");
    let customers = format!("{CUSTOMERS}c1,,no,gold,,Chen\n");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @"");
}

#[test]
fn dangling_reference() {
    insta::assert_snapshot!(purchases("11,c9,2026-02-28,5,\n12, c1,2026-02-28,5,\n"), @"");
}

#[test]
fn missing_column() {
    let customers = CUSTOMERS.replace("birthday", "birth_day");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @"");
    let customers = CUSTOMERS.replace("name", "level");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @"");
}

#[test]
fn empty_file() {
    insta::assert_snapshot!(answer(&[("customers.csv", b"")]), @"");
    assert_eq!(
        answer(&[("purchases.csv", b"id,customer,bought_on,amount,refunded")]),
        "3 rows"
    );
}

#[test]
fn byte_order_mark() {
    let customers =
        format!("\u{feff}{}", CUSTOMERS.replacen("id", "\"id\"", 1)).replace('\n', "\r\n");
    assert_eq!(answer(&[("customers.csv", customers.as_bytes())]), "6 rows");
}

#[test]
fn other_encodings() {
    let latin = [CUSTOMERS.as_bytes(), b"c4,,no,gold,,Andr\xe9\n"].concat();
    insta::assert_snapshot!(answer(&[("customers.csv", &latin)]), @"");
    let gbk = [CUSTOMERS.as_bytes(), b"c4,,no,gold,,\xc0\xee\xce\xb0\n"].concat();
    insta::assert_snapshot!(answer(&[("customers.csv", &gbk)]), @"");
    let utf_16: Vec<u8> = CUSTOMERS
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    insta::assert_snapshot!(answer(&[("customers.csv", &utf_16)]), @"");
}

#[test]
fn ragged_row() {
    insta::assert_snapshot!(purchases("11,c1,2026-02-28\n\n12,c1,2026-02-28,5,no,really\n"), @"");
    insta::assert_snapshot!(purchases("11,\"c1\" or so,2026-02-28,5,no\n"), @"");
    insta::assert_snapshot!(purchases("11,\"c1,2026-02-28,5,no\n12,c1,2026-02-28,5,no\n"), @"");
}

#[test]
fn line_of_10_megabytes() {
    let long = "x".repeat(10 << 20);
    insta::assert_snapshot!(purchases(&format!("11,{long},2026-02-28,5,no\n12,c1,2026-02-28,5,maybe\n")), @"");
    let long = "x".repeat(2 << 20);
    insta::assert_snapshot!(purchases(&format!("11,{long},2026-02-28,5,no\n12,c1,2026-02-28,5,maybe\n")), @"");
}

#[test]
fn no_file() {
    let folder = folder(&[
        ("customer.csv", b"id"),
        ("notes.txt", b""),
        ("purchases.csv", b"id"),
        ("purchases.tsv", b"id"),
    ]);
    let problems = load(&shop(), &LoadOptions::new(folder.path())).unwrap_err();
    insta::assert_snapshot!(rendered(&problems, folder.path()), @"");
    let outside = vec![table(
        "customer",
        "../customers",
        vec![column("id", ColumnType::Text)],
        &[0],
    )];
    let problems = load(&outside, &LoadOptions::new(folder.path())).unwrap_err();
    insta::assert_snapshot!(rendered(&problems, folder.path()), @"");
}

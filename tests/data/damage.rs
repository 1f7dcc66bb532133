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
    insta::assert_snapshot!(rows_sorted(&loaded.dataset, 0).join("\n"), @r##"
    c1 1990-11-21 true 1 -
    c2 - false 0 →c1
    c3 1985-02-28 true 1 →c2
    "##);
    insta::assert_snapshot!(rows_sorted(&loaded.dataset, 1).join("\n"), @r##"
    1 →c1 2026-10-01 250000e-1 false
    2 →c1 2026-10-02 125e-1 true
    10 →c2 2026-10-03 5e-1 false
    "##);
}

#[test]
fn bad_date() {
    insta::assert_snapshot!(purchases("11,c1,2026-02-30,5,\n12,c1,21/11/2026,5,\n13,c1,2026-11-21 09:00,5,\n"), @r##"
    `purchase.bought_on` is not a date in 2 rows
      purchases.csv:5  `2026-02-30`
      purchases.csv:6  `21/11/2026`
      expected: a date such as `2026-11-21`
      help: where dates are written in another way, say how: `bought_on: date format "%d/%m/%Y"`
    `purchase.bought_on` holds a time beside the date in 1 row
      purchases.csv:7  `2026-11-21 09:00`
      expected: a date such as `2026-11-21`
      help: declare `bought_on: datetime`, and use `date_of(bought_on)` for its day
    "##);
}

#[test]
fn personal_values_are_not_shown() {
    let customers = format!("{CUSTOMERS}c4,1985-02-29,no,gold,,Chen\n");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @r##"
    `customer.birthday` is not a date in 1 row
      customers.csv:5  ‹personal›
      expected: a date such as `2026-11-21`
      help: where dates are written in another way, say how: `birthday: date format "%d/%m/%Y"`
    "##);
}

#[test]
fn two_decimal_points() {
    insta::assert_snapshot!(purchases("11,c1,2026-02-28,5.0.0,\n12,c1,2026-02-28,\"1,000.50\",\n13,c1,2026-02-28,5 USD,\n14,c1,2026-02-28,0.1234567891,\n15,c1,2026-02-28,,\n"), @r##"
    `purchase.amount` has commas between its digits in 1 row
      purchases.csv:6  `1,000.50`
      expected: an amount such as `1000.50` or `1000.50 CNY`, without commas
      help: leave out signs and commas: in a spreadsheet choose the format `0.00`
    `purchase.amount` has two decimal points in 1 row
      purchases.csv:5  `5.0.0`
      expected: an amount such as `1000.50` or `1000.50 CNY`
    `purchase.amount` has more than nine digits after the point in 1 row
      purchases.csv:8  `0.1234567891`
      expected: at most nine digits after the point
    `purchase.amount` is in another currency in 1 row
      purchases.csv:7  `5 USD`
      expected: an amount such as `1000.50` or `1000.50 CNY`
    `purchase.amount` is missing in 1 row
      purchases.csv:9
      help: fill in the cells, or declare `amount` as `optional` or with a `default`
    "##);
}

#[test]
fn duplicate_key() {
    insta::assert_snapshot!(purchases("10,c1,2026-02-28,5,\n"), @r##"
    2 rows of `purchase` share a key with another row
      purchases.csv:4  `10`
      purchases.csv:5  `10`
      expected: one row for each `id`
    "##);
    let customers = format!("{CUSTOMERS}c1,,no,gold,,Chen\n");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @r##"
    2 rows of `customer` share a key with another row
      customers.csv:2  `c1`
      customers.csv:5  `c1`
      expected: one row for each `id`
    "##);
}

#[test]
fn dangling_reference() {
    insta::assert_snapshot!(purchases("11,c9,2026-02-28,5,\n12, c1,2026-02-28,5,\n"), @r##"
    `purchase.customer` refers to a `customer` that is not there in 2 rows
      purchases.csv:5  `c9`
      purchases.csv:6  ` c1`  (without the spaces around it there is one)
      expected: the `id` of a row of `customer`
    "##);
}

#[test]
fn missing_column() {
    let customers = CUSTOMERS.replace("birthday", "birth_day");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @r##"
    `customers.csv` has no column `birthday`, which record `customer` reads
      expected: `birthday` among its columns, which are `id`, `birth_day`, `may_email`, `level`, `referred_by`, `name`
      help: if `birth_day` is meant, say so in the record: `birthday: … from "birth_day"`
    "##);
    let customers = CUSTOMERS.replace("name", "level");
    insta::assert_snapshot!(answer(&[("customers.csv", customers.as_bytes())]), @r##"
    `customers.csv` has two columns `level`
      help: rename one of them, so that it is clear which is meant
    "##);
}

#[test]
fn empty_file() {
    insta::assert_snapshot!(answer(&[("customers.csv", b"")]), @r##"
    `customers.csv` is empty
      expected: a header row at least, also where the record has no rows
    "##);
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
    insta::assert_snapshot!(answer(&[("customers.csv", &latin)]), @r##"
    `customers.csv` is not UTF-8: line 5 has other bytes
      help: it looks like Latin-1 (Windows-1252); save it as UTF-8, or convert it: `iconv -f WINDOWS-1252 -t UTF-8 customers.csv`
    "##);
    let gbk = [CUSTOMERS.as_bytes(), b"c4,,no,gold,,\xc0\xee\xce\xb0\n"].concat();
    insta::assert_snapshot!(answer(&[("customers.csv", &gbk)]), @r##"
    `customers.csv` is not UTF-8: line 5 has other bytes
      help: it looks like GBK; save it as UTF-8, or convert it: `iconv -f GBK -t UTF-8 customers.csv`
    "##);
    let utf_16: Vec<u8> = CUSTOMERS
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    insta::assert_snapshot!(answer(&[("customers.csv", &utf_16)]), @r##"
    `customers.csv` is not UTF-8: line 1 has other bytes
      help: it looks like UTF-16; save it as UTF-8, or convert it: `iconv -f UTF-16 -t UTF-8 customers.csv`
    "##);
}

#[test]
fn ragged_row() {
    insta::assert_snapshot!(purchases("11,c1,2026-02-28\n\n12,c1,2026-02-28,5,no,really\n"), @r##"
    2 rows of `purchase` have more or fewer cells than the header
      purchases.csv:5  (3 cells instead of 5)
      purchases.csv:7  (6 cells instead of 5)
      help: put quotes around a cell that holds the separator or a line end
    "##);
    insta::assert_snapshot!(purchases("11,\"c1\" or so,2026-02-28,5,no\n"), @r##"
    1 row of `purchase` has text after a closing quote
      purchases.csv:5
      help: double the quotes inside a quoted cell: `"a 5"" cup"`
    "##);
    insta::assert_snapshot!(purchases("11,\"c1,2026-02-28,5,no\n12,c1,2026-02-28,5,no\n"), @r##"
    `purchases.csv` opens a quote in line 5 that nothing closes
      help: close the quote, or double it where it belongs to the text: `"a 5"" cup"`
    "##);
}

#[test]
fn line_of_10_megabytes() {
    let long = "x".repeat(10 << 20);
    insta::assert_snapshot!(purchases(&format!("11,{long},2026-02-28,5,no\n12,c1,2026-02-28,5,maybe\n")), @r##"
    1 row of `purchase` has more than 4 MiB
      purchases.csv:5
      help: look for a missing line end or quote there
    `purchase.refunded` is not yes or no in 1 row
      purchases.csv:6  `maybe`
      expected: `yes` or `no` (or true/false, y/n, 1/0, 是/否)
    "##);
    let long = "x".repeat(2 << 20);
    insta::assert_snapshot!(purchases(&format!("11,{long},2026-02-28,5,no\n12,c1,2026-02-28,5,maybe\n")), @r##"
    `purchase.customer` is longer than 1 MiB in 1 row
      purchases.csv:5  `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
      help: look for a missing quote there
    `purchase.refunded` is not yes or no in 1 row
      purchases.csv:6  `maybe`
      expected: `yes` or `no` (or true/false, y/n, 1/0, 是/否)
    "##);
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
    insta::assert_snapshot!(rendered(&problems, folder.path()), @r##"
    there is no data for record `customer`: no `customers.csv` or the like in `DATA`
      expected: a file ending in `.csv`, `.tsv`, `.tab`, `.jsonl`, `.ndjson`, `.parquet`, `.arrow`, `.feather`, `.arrows` (text files also with `.gz` or `.zst`); the folder holds `customer.csv`, `purchases.csv`, `purchases.tsv`
      help: if `customer` is meant, write `from "customer"`
    `from "purchases"` could be any of `purchases.csv`, `purchases.tsv`
      help: name one with its ending, or several with a `*`: `from "purchases*"`
    "##);
    let outside = vec![table(
        "customer",
        "../customers",
        vec![column("id", ColumnType::Text)],
        &[0],
    )];
    let problems = load(&outside, &LoadOptions::new(folder.path())).unwrap_err();
    insta::assert_snapshot!(rendered(&problems, folder.path()), @r##"
    `from "../customers"` does not stay in the data folder
      help: name a file below it; files elsewhere are named in `guanxi.toml`
    "##);
}

/// What is said of 400 whole numbers in pages of 50, once their bytes are changed.
#[cfg(feature = "arrow")]
fn pages(change: impl FnOnce(&mut [u8])) -> String {
    use std::sync::Arc;
    let amounts = arrow_array::Int64Array::from_iter_values(1..=400);
    let amounts: arrow_array::ArrayRef = Arc::new(amounts);
    let batch = arrow_array::RecordBatch::try_from_iter([("amount", amounts)]).unwrap();
    let properties = ::parquet::file::properties::WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_write_batch_size(50)
        .set_data_page_row_count_limit(50)
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
            .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    change(&mut bytes);
    let folder = folder(&[("sales.parquet", &bytes)]);
    let amount = column("amount", ColumnType::Integer);
    let sales = table("sale", "sales", vec![amount], &[]);
    match load(&[sales], &LoadOptions::new(folder.path())) {
        Ok(loaded) => format!("{} rows", loaded.dataset.tables[0].rows),
        Err(problems) => rendered(&problems, folder.path()),
    }
}

#[cfg(feature = "arrow")]
#[test]
fn pages_of_another_kind() {
    assert_eq!(pages(|_| ()), "400 rows");
    // The first page's header follows the magic number: a page that is no data is passed over.
    let lost = pages(|bytes| {
        assert_eq!(bytes[4..6], [0x15, 0]);
        bytes[5] = 2;
    });
    insta::assert_snapshot!(lost, @"`sales.parquet` cannot be read: it is not a whole Parquet file (row group 1 holds 350 rows instead of 400)");
}

/// Their decoder panics.
#[cfg(feature = "arrow")]
#[test]
fn pages_without_their_dictionary() {
    let lost = pages(|bytes| {
        let header = [0x2c, 0x15, 100, 0x15, 0];
        let at = bytes.windows(5).position(|w| w == header).unwrap();
        bytes[at + 4] = 4;
    });
    insta::assert_snapshot!(lost, @"`sales.parquet` cannot be read: it is not a whole Parquet file (Decoder for dict should have been set)");
}

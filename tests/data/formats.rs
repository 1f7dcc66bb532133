//! Every format gives the same tables, packed, split and shuffled too; no bytes whatever make it panic.

use super::support::*;
use guanxi::data::*;
use proptest::prelude::*;
use std::io::Write;

const CUSTOMERS_JSON: &str = r#"
{"id": "c1", "birthday": "1990-11-21", "may_email": true, "level": "gold", "referred_by": null, "more": {"a": [1]}}
{"id": "c2", "birthday": "", "may_email": "no", "level": "silver", "referred_by": "c1"}

{"level": "gold", "id": "c\u0033", "birthday": "1985-02-28", "may_email": 1, "referred_by": "c2"}
"#;

const PURCHASES_JSON: &str = r#"{"id": 1, "customer": "c1", "bought_on": "2026-10-01", "amount": 25000, "refunded": null}
{"id": 2, "customer": "c1", "bought_on": "2026-10-02", "amount": 12.50, "refunded": "yes"}
{"id": "10", "customer": "c2", "bought_on": "2026-10-03", "amount": "0.5 CNY", "refunded": false}
"#;

fn tables(files: &[(&str, &[u8])]) -> (Vec<String>, Vec<String>) {
    let folder = folder(files);
    let dataset = match load(&shop(), &LoadOptions::new(folder.path())) {
        Ok(loaded) => loaded.dataset,
        Err(problems) => panic!("{}", rendered(&problems, folder.path())),
    };
    (rows_sorted(&dataset, 0), rows_sorted(&dataset, 1))
}

fn plain() -> (Vec<String>, Vec<String>) {
    tables(&[
        ("customers.csv", CUSTOMERS.as_bytes()),
        ("purchases.csv", PURCHASES.as_bytes()),
    ])
}

fn gz(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[test]
fn text_formats_agree() {
    let tsv = PURCHASES.replace(',', "\t");
    assert_eq!(
        tables(&[
            ("customers.jsonl", CUSTOMERS_JSON.as_bytes()),
            ("purchases.tsv", tsv.as_bytes())
        ]),
        plain()
    );
    assert_eq!(
        tables(&[
            ("customers.csv", CUSTOMERS.as_bytes()),
            ("purchases.ndjson", PURCHASES_JSON.as_bytes())
        ]),
        plain()
    );
    let windows = CUSTOMERS.replace('\n', "\r\n\r\n");
    assert_eq!(
        tables(&[
            ("customers.CSV", windows.as_bytes()),
            ("purchases.csv", PURCHASES.trim_end().as_bytes())
        ]),
        plain()
    );
}

#[test]
fn packed_files_agree() {
    let zst = zstd::encode_all(PURCHASES_JSON.as_bytes(), 0).unwrap();
    // Two packed members end to end are one file.
    let (head, rest) = CUSTOMERS.split_at(60);
    let members = [gz(head), gz(rest)].concat();
    assert_eq!(
        tables(&[
            ("customers.csv.gz", &members),
            ("purchases.jsonl.zst", &zst)
        ]),
        plain()
    );
}

#[test]
fn damaged_packing_is_answered() {
    let mut cut = gz(CUSTOMERS);
    cut.truncate(40);
    let folder = folder(&[
        ("customers.csv.gz", &cut),
        ("purchases.csv.zst", b"nothing"),
    ]);
    let problems = load(&shop(), &LoadOptions::new(folder.path())).unwrap_err();
    assert_eq!(
        problems.iter().filter(|p| p.cause == Cause::Broken).count(),
        2,
        "{problems:?}"
    );
}

#[test]
fn split_and_shuffled_files_agree() {
    let rows: Vec<&str> = PURCHASES.lines().collect();
    let one = format!("{}\n{}\n", rows[0], rows[3]);
    let two = format!("{}\n{}\n{}\n", rows[0], rows[2], rows[1]);
    let customers: Vec<&str> = CUSTOMERS_JSON.trim().lines().rev().collect();
    let customers = customers.join("\n");
    let split: [(&str, &[u8]); 4] = [
        ("customers.jsonl", customers.as_bytes()),
        ("purchases/b.csv", one.as_bytes()),
        ("purchases/a.csv.gz", &gz(&two)),
        ("purchases/_done", b""),
    ];
    assert_eq!(tables(&split), plain());
}

#[test]
fn files_by_pattern_and_by_configuration() {
    let purchases = PURCHASES.as_bytes();
    let folder = folder(&[
        ("customers.csv", CUSTOMERS.as_bytes()),
        ("in/purchases-1.csv", purchases),
    ]);
    let mut requests = shop();
    requests[1].source = TableSource::File("in/purchases-*.csv".into());
    assert_eq!(
        load(&requests, &LoadOptions::new(folder.path()))
            .unwrap()
            .dataset
            .tables[1]
            .rows,
        3
    );
    requests[1].source = TableSource::File("log".into());
    let mut options = LoadOptions::new(folder.path());
    options
        .named
        .insert("log".into(), vec![folder.path().join("in/purchases-1.csv")]);
    let loaded = load(&requests, &options).unwrap();
    assert_eq!(loaded.dataset.tables[1].rows, 3);
    assert_eq!(loaded.files[1].name, "in/purchases-1.csv");
    assert_eq!(loaded.files[1].rows, 3);
}

#[test]
fn json_lines_say_what_is_wrong() {
    let purchases = r#"{"id": 1, "customer": "c1", "bought_on": "2026-10-01", "amount": 25000, "refunded": null}
{"id": 2, "customer": "c1", "bought_on": "2026-10-02", "amount": 1e3}
{"id": 3, "customer": "c1", "bought_on": ["2026-10-02"], "amount": 5}
{"id": 4, "customer": "c1", "bought_on": "2026-10-02", "amount": 5, "amount": 6}
{"id": 5, "customer": "c1", "bought_on": "2026-10-02", "amount": 5
[1, 2]
{"id": 6, "customer": "c1", "amount": 5} {}
"#;
    let customers = CUSTOMERS_JSON.replace("birthday", "birth");
    let folder = folder(&[
        ("customers.jsonl", customers.as_bytes()),
        ("purchases.jsonl", purchases.as_bytes()),
    ]);
    let problems = load(&shop(), &LoadOptions::new(folder.path())).unwrap_err();
    insta::assert_snapshot!(rendered(&problems, folder.path()), @r##"
    `customers.jsonl` has no column `birthday`, which record `customer` reads
      expected: `birthday` among its columns, which are `id`, `birth`, `may_email`, `level`, `referred_by`, `more`
      help: if `birth` is meant, say so in the record: `birthday: … from "birth"`
    3 rows of `purchase` are not JSON objects
      purchases.jsonl:5
      purchases.jsonl:6
      purchases.jsonl:7
      expected: one JSON object a line: `{"id": "c1", "joined": "2026-11-21"}`
    `purchase.bought_on` is not a date in 1 row
      purchases.jsonl:3  `["2026-10-02"]`
      expected: a date such as `2026-11-21`, as a JSON string or number
    `purchase.amount` stands twice in 1 row
      purchases.jsonl:4
    `purchase.amount` is not an amount in CNY in 1 row
      purchases.jsonl:2  `1e3`
      expected: an amount such as `1000.50` or `1000.50 CNY`
      help: leave out signs and commas: in a spreadsheet choose the format `0.00`
    "##);
}

#[test]
fn blocks_do_not_show() {
    // Rows across the borders of blocks, with line ends and quotes in cells.
    let mut customers = String::from("id,name\n");
    let mut sum = 0;
    for i in 0..60_000 {
        customers.push_str(&format!(
            "c{i},\"line one\nline \"\"two\"\", {}\"\n",
            "x".repeat(i % 90)
        ));
        sum += "line one\nline \"two\", ".len() + i % 90;
    }
    customers.push_str("c7,again\n");
    let folder = folder(&[("customers.csv", customers.as_bytes())]);
    let columns = || {
        vec![
            column("id", ColumnType::Text),
            column("name", ColumnType::Text),
        ]
    };
    let problems = load(
        &[table("customer", "customers", columns(), &[0])],
        &LoadOptions::new(folder.path()),
    )
    .unwrap_err();
    let lines: Vec<Position> = problems[0].places.iter().map(|p| p.at).collect();
    assert_eq!(lines, [Position::Line(16), Position::Line(120_002)]);
    let loaded = load(
        &[table("customer", "customers", columns(), &[])],
        &LoadOptions::new(folder.path()),
    )
    .unwrap();
    let table = &loaded.dataset.tables[0];
    assert_eq!(table.rows, 60_001);
    let ColumnValues::Text(names) = &table.columns[1].values else {
        panic!()
    };
    assert_eq!(
        (0..names.len()).map(|i| names.get(i).len()).sum::<usize>(),
        sum + "again".len()
    );
}

#[cfg(feature = "arrow")]
mod arrow {
    use super::*;
    use arrow_array::types::Int32Type;
    use arrow_array::*;
    use arrow_schema::{Field, Schema};
    use std::sync::Arc;

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(n, a)| Field::new(*n, a.data_type().clone(), true))
            .collect();
        let arrays = columns.into_iter().map(|(_, a)| a).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }

    fn customers() -> RecordBatch {
        let levels: DictionaryArray<Int32Type> =
            vec!["gold", "silver", "gold"].into_iter().collect();
        batch(vec![
            (
                "referred_by",
                Arc::new(StringViewArray::from(vec![None, Some("c1"), Some("c2")])),
            ),
            ("extra", Arc::new(Float64Array::from(vec![1.5, 2.5, 3.5]))),
            (
                "id",
                Arc::new(LargeStringArray::from(vec!["c1", "c2", "c3"])),
            ),
            (
                "birthday",
                Arc::new(Date32Array::from(vec![Some(7629), None, Some(5537)])),
            ),
            ("level", Arc::new(levels)),
            (
                "may_email",
                Arc::new(BooleanArray::from(vec![true, false, true])),
            ),
        ])
    }

    fn purchases(amount: ArrayRef) -> RecordBatch {
        // Midnights of days 20727 to 20729.
        let days: Vec<i64> = (20727..20730).map(|d| d * 86_400_000_000_000).collect();
        batch(vec![
            ("id", Arc::new(UInt16Array::from(vec![1, 2, 10]))),
            (
                "customer",
                Arc::new(StringArray::from(vec!["c1", "c1", "c2"])),
            ),
            ("bought_on", Arc::new(TimestampNanosecondArray::from(days))),
            ("amount", amount),
            (
                "refunded",
                Arc::new(BooleanArray::from(vec![None, Some(true), Some(false)])),
            ),
        ])
    }

    fn amounts() -> ArrayRef {
        let units = Decimal128Array::from(vec![25_000_000, 12_500, 500]);
        Arc::new(units.with_precision_and_scale(18, 3).unwrap())
    }

    fn parquet(batch: &RecordBatch) -> Vec<u8> {
        let mut bytes = Vec::new();
        let properties = ::parquet::file::properties::WriterProperties::builder()
            .set_max_row_group_row_count(Some(2))
            .build();
        let mut writer =
            ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
                .unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    fn ipc_file(batch: &RecordBatch) -> Vec<u8> {
        let mut writer =
            arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn ipc_stream(batch: &RecordBatch) -> Vec<u8> {
        let mut writer =
            arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.into_inner().unwrap()
    }

    #[test]
    fn columnar_formats_agree() {
        let bought = purchases(amounts());
        assert_eq!(
            tables(&[
                ("customers.parquet", &parquet(&customers())),
                ("purchases.arrow", &ipc_file(&bought))
            ]),
            plain()
        );
        assert_eq!(
            tables(&[
                ("customers.feather", &ipc_stream(&customers())),
                ("purchases.parquet", &parquet(&bought))
            ]),
            plain()
        );
        let texts = purchases(Arc::new(StringArray::from(vec![
            "25000",
            "12.50 CNY",
            " 0.5",
        ])));
        assert_eq!(
            tables(&[
                ("customers.parquet", &parquet(&customers())),
                ("purchases.parquet", &parquet(&texts))
            ]),
            plain()
        );
    }

    #[test]
    fn floats_are_refused() {
        let floats = purchases(Arc::new(Float64Array::from(vec![25_000.0, 12.5, 0.1])));
        let folder = folder(&[
            ("customers.parquet", &parquet(&customers())),
            ("purchases.parquet", &parquet(&floats)),
        ]);
        let problems = load(&shop(), &LoadOptions::new(folder.path())).unwrap_err();
        insta::assert_snapshot!(rendered(&problems, folder.path()), @r##"
    column `amount` of `purchases.parquet` is stored as floating point, which is not exact
      expected: an amount such as `1000.50` or `1000.50 CNY`, or texts of that form
      help: store it as decimal, whole number or text
    "##);
    }

    #[test]
    fn bad_rows_have_numbers() {
        let units = Decimal128Array::from(vec![1, 12_500, 500])
            .with_precision_and_scale(18, 12)
            .unwrap();
        let bad = purchases(Arc::new(units));
        let folder = folder(&[
            ("customers.parquet", b"PAR1 no"),
            ("purchases.parquet", &parquet(&bad)),
        ]);
        let problems = load(&shop(), &LoadOptions::new(folder.path())).unwrap_err();
        insta::assert_snapshot!(rendered(&problems, folder.path()), @r##"
    `customers.parquet` cannot be read: it is not a whole Parquet file (EOF: Parquet file too small. Size is 7 but need 8)
    `purchase.amount` has more than nine digits after the point in 3 rows
      purchases.parquet, row 1  `1e-12`
      purchases.parquet, row 2  `12500e-12`
      purchases.parquet, row 3  `500e-12`
      expected: at most nine digits after the point
    "##);
        let mut options = LoadOptions::new(folder.path());
        options.rejects = true;
        std::fs::write(
            folder.path().join("customers.parquet"),
            parquet(&customers()),
        )
        .unwrap();
        let loaded = load(&shop(), &options).unwrap();
        insta::assert_snapshot!(loaded.rejects.iter().map(|r| format!("{r:?}\n")).collect::<String>(), @r##"
    Reject { record: "purchase", file: "purchases.parquet", at: Row(1), reasons: ["`purchase.amount` has more than nine digits after the point: `1e-12`"], row: "{\"id\":\"1\",\"customer\":\"c1\",\"bought_on\":\"2026-10-01T00:00:00Z\",\"amount\":\"1e-12\",\"refunded\":null}" }
    Reject { record: "purchase", file: "purchases.parquet", at: Row(2), reasons: ["`purchase.amount` has more than nine digits after the point: `12500e-12`"], row: "{\"id\":\"2\",\"customer\":\"c1\",\"bought_on\":\"2026-10-02T00:00:00Z\",\"amount\":\"12500e-12\",\"refunded\":\"true\"}" }
    Reject { record: "purchase", file: "purchases.parquet", at: Row(3), reasons: ["`purchase.amount` has more than nine digits after the point: `500e-12`"], row: "{\"id\":\"10\",\"customer\":\"c2\",\"bought_on\":\"2026-10-03T00:00:00Z\",\"amount\":\"500e-12\",\"refunded\":\"false\"}" }
    "##);
    }
}

/// Loads, and does not panic; with and without rejects.
fn survives(name: &str, bytes: &[u8]) {
    let folder = folder(&[(name, bytes), ("purchases.csv", PURCHASES.as_bytes())]);
    for rejects in [false, true] {
        let mut options = LoadOptions::new(folder.path());
        options.rejects = rejects;
        if let Err(problems) = load(&shop(), &options) {
            assert!(!problems.is_empty());
            problems
                .iter()
                .for_each(|p| assert!(!p.render().is_empty()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for name in ["customers.csv", "customers.tsv", "customers.jsonl", "customers.csv.gz", "customers.jsonl.zst"] {
            survives(name, &bytes);
        }
    }

    #[test]
    fn arbitrary_rows(rows in "([c0-9,\"\\n\\r.\u{feff}yes金-]|2026-11-21|gold|\"\"){0,120}") {
        survives("customers.csv", format!("id,birthday,may_email,level,referred_by\n{rows}").as_bytes());
    }

    #[test]
    fn arbitrary_json(rows in "(\\{\"id\": |[{}\\[\\]\":,\\\\u0-9e.\\n-]|null|true|\"c1\"|\"level\"|\"gold\"){0,80}") {
        survives("customers.jsonl", rows.as_bytes());
    }
}

#[test]
fn deep_json_is_survived() {
    for open in ["[", "{\"a\":"] {
        survives(
            "customers.jsonl",
            format!("{{\"id\": {}", open.repeat(200_000)).as_bytes(),
        );
        survives(
            "customers.jsonl",
            format!("{{\"other\": {}", open.repeat(200_000)).as_bytes(),
        );
    }
}

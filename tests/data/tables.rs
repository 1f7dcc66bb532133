//! Keys, references, distinct values, and rows that are given in a program.

use super::support::*;
use guanxi::data::*;
use guanxi::schema::{Day, Decimal, Value};
use std::cmp::Ordering;

#[test]
fn keys_are_written_and_ordered() {
    let columns = vec![
        column("shop", ColumnType::Text),
        column("number", ColumnType::Integer),
    ];
    let orders = table("order", "orders", columns, &[0, 1]);
    let lines = vec![column("order", ColumnType::Reference(0))];
    let requests = vec![orders, table("line", "lines", lines, &[])];
    let folder = folder(&[
        ("orders.csv", b"shop,number\na,10\na,9\n\"b/c\\d\",1\n"),
        ("lines.csv", b"order\na/9\nb\\/c\\\\d/1\n"),
    ]);
    let dataset = load(&requests, &LoadOptions::new(folder.path()))
        .unwrap()
        .dataset;
    assert_eq!(dataset.key_text(0, 2), "b\\/c\\\\d/1");
    assert_eq!(dataset.find(0, "a/9"), Some(1));
    assert_eq!(dataset.find(0, "a/8"), None);
    assert_eq!(dataset.compare_keys(0, 0, 1), Ordering::Greater);
    assert_eq!(rows_sorted(&dataset, 1), ["→a/9", "→b\\/c\\\\d/1"]);
}

/// Customers from the purchases' and visits' customers; purchases dated.
fn log() -> Vec<TableRequest> {
    let mut purchases = table(
        "purchase",
        "purchases",
        vec![
            column("customer", ColumnType::Reference(1)),
            column("on", ColumnType::Date),
        ],
        &[],
    );
    purchases.dated = Some((1, false));
    let mut customers = table(
        "customer",
        "",
        vec![column("id", ColumnType::Integer)],
        &[0],
    );
    customers.source = TableSource::Distinct(vec![(0, 0), (2, 0)]);
    let staff = table(
        "staff",
        "staff",
        vec![column("mobile", ColumnType::Integer)],
        &[0],
    );
    let calls = table(
        "call",
        "calls",
        vec![column("customer", ColumnType::Reference(1))],
        &[],
    );
    vec![purchases, customers, staff, calls]
}

#[test]
fn distinct_values_are_rows() {
    let folder = folder(&[
        (
            "purchases.csv",
            b"customer,on\n10,2026-01-01\n9,2026-01-02\n10,2026-01-03\n77,2027-01-01\n",
        ),
        ("staff.csv", b"mobile\n5\n9\n"),
        ("calls.csv", b"customer\n5\n10\n"),
    ]);
    let mut options = LoadOptions::new(folder.path());
    options.today = Day::new(2026, 11, 21).unwrap();
    let dataset = load(&log(), &options).unwrap().dataset;
    assert_eq!(rows_sorted(&dataset, 1), ["5", "9", "10"]);
    let ColumnValues::Integer(ids) = &dataset.tables[1].columns[0].values else {
        panic!()
    };
    assert_eq!(ids, &[5, 9, 10]);
    // The row of the future is in the table; whom it names is not there yet.
    assert_eq!(dataset.tables[0].rows, 4);
    assert!(!dataset.tables[0].columns[0].is_valid(3));
    assert_eq!(rows_sorted(&dataset, 3), ["→5", "→10"]);
    // Nor is it for those who call before.
    std::fs::write(folder.path().join("calls.csv"), "customer\n77\n").unwrap();
    let dataset = load(&log(), &options).unwrap().dataset;
    assert_eq!(rows_sorted(&dataset, 3), ["-"]);
    std::fs::write(folder.path().join("calls.csv"), "customer\n78\n").unwrap();
    let problems = load(&log(), &options).unwrap_err();
    assert_eq!(problems[0].cause, Cause::DanglingReference);
}

#[test]
fn given_rows_are_checked_alike() {
    let text = |t: &str| Some(Value::Text(t.into()));
    let customer = |id: &str, by: Option<Value>| {
        vec![text(id), None, Some(Value::YesNo(true)), enum_value(1), by]
    };
    let amount = Value::Money(
        "12.5".parse::<Decimal>().unwrap(),
        guanxi::schema::Currency::from_code("CNY").unwrap(),
    );
    let purchase = |id, customer: &str| {
        vec![
            Some(Value::Integer(id)),
            text(customer),
            Some(Value::Date(Day::new(2026, 10, 1).unwrap())),
            Some(amount.clone()),
            None,
        ]
    };
    let options = LoadOptions::new("");
    let rows = vec![
        vec![customer("c2", text("c1")), customer("c1", None)],
        vec![purchase(1, "c2")],
    ];
    let dataset = from_rows(&shop(), &rows, &options).unwrap();
    assert_eq!(
        rows_sorted(&dataset, 0),
        ["c1 - true 1 -", "c2 - true 1 →c1"]
    );
    assert_eq!(rows_sorted(&dataset, 1), ["1 →c2 2026-10-01 125e-1 false"]);
    let rows = vec![
        vec![customer("c1", None), customer("c1", None), vec![text("c2")]],
        vec![purchase(1, "c9")],
    ];
    let problems = from_rows(&shop(), &rows, &options).unwrap_err();
    insta::assert_snapshot!(rendered(&problems, std::path::Path::new("/none")), @r##"
    2 rows of `customer` share a key with another row
      row 1  `c1`
      row 2  `c1`
      expected: one row for each `id`
    `customer.may_email` is missing in 1 row
      row 3
      help: fill in the cells, or declare `may_email` as `optional` or with a `default`
    `customer.level` is missing in 1 row
      row 3
      help: fill in the cells, or declare `level` as `optional` or with a `default`
    `purchase.customer` refers to a `customer` that is not there in 1 row
      row 1  `c9`
      expected: the `id` of a row of `customer`
    "##);
}

fn enum_value(place: u32) -> Option<Value> {
    Some(Value::Enum(guanxi::schema::EnumId(0), place))
}

#[test]
fn scales_are_the_least_that_hold() {
    let request = vec![table("x", "x", vec![column("n", ColumnType::Number)], &[])];
    let values = |text: &str| {
        let folder = folder(&[("x.csv", text.as_bytes())]);
        load(&request, &LoadOptions::new(folder.path()))
            .unwrap()
            .dataset
            .tables[0]
            .columns[0]
            .values
            .clone()
    };
    assert!(
        matches!(values("n\n1.50\n2\n"), ColumnValues::Decimal { scale: 1, values } if values == [15, 20])
    );
    let wide = values("n\n0.000000001\n99999999999\n");
    assert!(matches!(wide, ColumnValues::WideDecimal(v) if v == [1, 99_999_999_999_000_000_000]));
}

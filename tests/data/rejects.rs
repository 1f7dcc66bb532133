//! Rows that are set aside, and those that refer to them.

use super::support::*;
use guanxi::data::*;

/// c4 is bad; c5 refers to c4, c6 to c5; purchase 12 to c6. c1 stands twice in `DOUBLE`.
const MORE: &str = "c4,1985-02-30,no,gold,,Chen\nc5,,no,gold,c4,Ding\nc6,,no,gold,c5,\"E,\nr\"\n";

fn load_with(customers: &str, purchases: &str) -> (Loaded, tempfile::TempDir) {
    let folder = folder(&[
        ("customers.csv", customers.as_bytes()),
        ("purchases.csv", purchases.as_bytes()),
    ]);
    let mut options = LoadOptions::new(folder.path());
    options.rejects = true;
    (load(&shop(), &options).unwrap(), folder)
}

fn shuffled(text: &str) -> String {
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let rows: Vec<&str> = lines.collect();
    let rows: Vec<&str> = rows.into_iter().rev().collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

#[test]
fn rejects_go_on_until_nothing_changes() {
    let customers = format!("{CUSTOMERS}{MORE}");
    let purchases = format!(
        "{PURCHASES}11,c3,2026-02-28,5,\n12,c6,2026-02-28,5,\n13,c3,soon,5..,\n14\n10,c1,2026-02-28,5,\n"
    );
    let (loaded, folder) = load_with(&customers, &purchases);
    insta::assert_snapshot!(rows_sorted(&loaded.dataset, 0).join("\n"), @r##"
    c1 1990-11-21 true 1 -
    c2 - false 0 →c1
    c3 1985-02-28 true 1 →c2
    "##);
    insta::assert_snapshot!(rows_sorted(&loaded.dataset, 1).join("\n"), @r##"
    1 →c1 2026-10-01 250000e-1 false
    2 →c1 2026-10-02 125e-1 true
    11 →c3 2026-02-28 50e-1 false
    "##);
    let path = folder.path().join("rejects.jsonl");
    write_rejects(&path, &loaded.rejects)
        .unwrap()
        .deliver()
        .unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(path).unwrap(), @r##"
    {"record":"customer","file":"customers.csv","line":5,"reasons":["`customer.birthday` is not a date: ‹personal›"],"row":"c4,1985-02-30,no,gold,,Chen"}
    {"record":"customer","file":"customers.csv","line":6,"reasons":["`customer.referred_by` refers to a rejected row of `customer`: `c4`"],"row":"c5,,no,gold,c4,Ding"}
    {"record":"customer","file":"customers.csv","line":7,"reasons":["`customer.referred_by` refers to a rejected row of `customer`: `c5`"],"row":"c6,,no,gold,c5,\"E,\nr\""}
    {"record":"purchase","file":"purchases.csv","line":4,"reasons":["`purchase` shares a key with another row: `10`"],"row":"10,c2,2026-10-03,0.5,no"}
    {"record":"purchase","file":"purchases.csv","line":6,"reasons":["`purchase.customer` refers to a rejected row of `customer`: `c6`"],"row":"12,c6,2026-02-28,5,"}
    {"record":"purchase","file":"purchases.csv","line":7,"reasons":["`purchase.bought_on` is not a date: `soon`","`purchase.amount` has two decimal points: `5..`"],"row":"13,c3,soon,5..,"}
    {"record":"purchase","file":"purchases.csv","line":8,"reasons":["`purchase` has more or fewer cells than the header (1 cell instead of 5)"],"row":"14"}
    {"record":"purchase","file":"purchases.csv","line":9,"reasons":["`purchase` shares a key with another row: `10`"],"row":"10,c1,2026-02-28,5,"}
    "##);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn order_of_rows_means_nothing() {
    let customers = format!("{CUSTOMERS}{}", MORE.replace("\"E,\nr\"", "E"));
    let purchases =
        format!("{PURCHASES}11,c3,2026-02-28,5,\n12,c6,2026-02-28,5,\n10,c1,2026-02-28,5.123,\n");
    let (a, _folder) = load_with(&customers, &purchases);
    let (b, _folder) = load_with(&shuffled(&customers), &shuffled(&purchases));
    for table in 0..2 {
        assert_eq!(
            rows_sorted(&a.dataset, table),
            rows_sorted(&b.dataset, table)
        );
    }
    let mut rows = [a, b].map(|l| {
        l.rejects
            .into_iter()
            .map(|r| (r.reasons, r.row))
            .collect::<Vec<_>>()
    });
    rows.iter_mut().for_each(|r| r.sort());
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows[0].len(), 6);
}

#[test]
fn files_are_never_rejected() {
    let folder = folder(&[
        ("customers.csv", b""),
        ("purchases.csv", PURCHASES.as_bytes()),
    ]);
    let mut options = LoadOptions::new(folder.path());
    options.rejects = true;
    let problems = load(&shop(), &options).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(!problems[0].cause.is_of_rows());
}

/// A reference that leads nowhere gives its key a number; the next column that has the key is told of all the same.
#[test]
fn every_reference_to_nobody_is_told() {
    let customers = format!("{CUSTOMERS}c4,,no,gold,nobody,Chen\n");
    let purchases = format!("{PURCHASES}11,nobody,2026-02-28,5,\n12,c4,2026-02-28,5,\n");
    let (loaded, _folder) = load_with(&customers, &purchases);
    let reasons = loaded.rejects.iter().map(|r| r.reasons.join(", "));
    insta::assert_snapshot!(reasons.collect::<Vec<_>>().join("\n"), @"
    `customer.referred_by` refers to a `customer` that is not there: `nobody`
    `purchase.customer` refers to a `customer` that is not there: `nobody`
    `purchase.customer` refers to a rejected row of `customer`: `c4`
    ");
    assert_eq!(loaded.dataset.tables[1].rows, 3);
    let folder = folder(&[
        ("customers.csv", customers.as_bytes()),
        ("purchases.csv", purchases.as_bytes()),
    ]);
    let problems = load(&shop(), &LoadOptions::new(folder.path())).unwrap_err();
    insta::assert_snapshot!(rendered(&problems, folder.path()), @"
    `customer.referred_by` refers to a `customer` that is not there in 1 row
      customers.csv:5  `nobody`
      expected: the `id` of a row of `customer`
    `purchase.customer` refers to a `customer` that is not there in 1 row
      purchases.csv:5  `nobody`
      expected: the `id` of a row of `customer`
    ");
}

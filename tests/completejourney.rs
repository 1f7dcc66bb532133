//! Retail-club campaigns on the Complete Journey data: what guanxi finds against what a few lines here count.
//!
//! The data is not ours to distribute (`examples/completejourney/README.md` says where it comes from). It is looked for in
//! `completejourney` below `$GUANXI_SHARED_DATA`, or below `../shared/data` beside the repository.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const EXAMPLE: &str = "examples/completejourney";

const FILES: [&str; 6] = [
    "campaign_descriptions",
    "campaigns",
    "coupon_redemptions",
    "demographics",
    "products",
    "transactions_sample",
];

fn data() -> Option<PathBuf> {
    let root = match std::env::var_os("GUANXI_SHARED_DATA") {
        Some(given) => PathBuf::from(given),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let folder = root.join("completejourney");
    let there = FILES.iter().all(|name| file(&folder, name).is_some());
    if !there {
        // Written past the harness's capture, so that a skipped check is seen.
        let _ = writeln!(
            std::io::stderr(),
            "completejourney: NOT CHECKED, the files are not at {}; see {EXAMPLE}/README.md",
            folder.display()
        );
    }
    there.then_some(folder)
}

/// Packed or not.
fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    ["csv", "csv.gz"]
        .iter()
        .map(|ending| folder.join(format!("{name}.{ending}")))
        .find(|path| path.is_file())
}

fn text(folder: &Path, name: &str) -> String {
    let path = file(folder, name).expect("the file was there");
    let mut opened = std::fs::File::open(&path).expect("a file");
    let mut text = String::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::MultiGzDecoder::new(opened)
            .read_to_string(&mut text)
            .expect("packed text");
    } else {
        opened.read_to_string(&mut text).expect("text");
    }
    text
}

/// These columns of a CSV without quotes.
fn columns<'a, const N: usize>(csv: &'a str, names: [&str; N]) -> Vec<[&'a str; N]> {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let places: [usize; N] = names.map(|name| {
        header
            .iter()
            .position(|column| *column == name)
            .unwrap_or_else(|| panic!("no column `{name}` in {header:?}"))
    });
    lines
        .map(|line| {
            let cells: Vec<&'a str> = line.split(',').collect();
            places.map(|place| cells[place])
        })
        .collect()
}

/// `30.4` and `30.40` are one amount.
fn cents(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    assert!(fraction.len() <= 2, "`{amount}` has more than two decimals");
    format!("{whole}{fraction:0<2}").parse().expect("a number")
}

/// Standard output and standard error.
fn guanxi(arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["--color", "never"])
        .args(arguments)
        .output()
        .expect("the program runs");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    (String::from_utf8(output.stdout).expect("UTF-8"), said)
}

fn households(data: &Path, today: &str) -> String {
    let folder = data.to_str().expect("a plain path");
    guanxi(&[
        "attributes",
        "household",
        EXAMPLE,
        "--data",
        folder,
        "--today",
        today,
        "--format",
        "csv",
    ])
    .0
}

#[test]
fn every_receipt_line_lies_on_the_day_of_its_shop() {
    let Some(data) = data() else { return };
    let folder = data.to_str().expect("a plain path");
    let days_in = |zone: &str| {
        let workspace = tempfile::tempdir().expect("a folder");
        let rules = format!(
            r#"workspace "Days" {{
  time zone "{zone}"
}}

record line from "transactions_sample" dated by at {{
  basket: text key from "basket_id"
  product: text key from "product_id"
  at: datetime from "transaction_timestamp"
}}

define day for line = date_of(at)
"#
        );
        std::fs::write(workspace.path().join("days.rules"), rules).expect("a file");
        let path = workspace.path().to_str().expect("a plain path");
        guanxi(&[
            "attributes",
            "line",
            path,
            "--data",
            folder,
            "--today",
            "2018-01-01",
            "--format",
            "csv",
        ])
        .0
    };
    let receipts = text(&data, "transactions_sample");
    let written: BTreeMap<[&str; 2], &str> = columns(
        &receipts,
        ["basket_id", "product_id", "transaction_timestamp"],
    )
    .into_iter()
    .map(|[basket, product, at]| ([basket, product], &at[..10]))
    .collect();
    assert_eq!(written.len(), 75_000);
    for (zone, on_another_day) in [("America/New_York", 0), ("UTC", 12_699)] {
        let days = days_in(zone);
        let lines = columns(&days, ["basket", "product", "day"]);
        assert_eq!(lines.len(), written.len());
        let moved = lines
            .iter()
            .filter(|[basket, product, day]| written[&[*basket, *product]] != *day)
            .count();
        assert_eq!(moved, on_another_day, "in {zone}");
    }
}

#[test]
fn spending_levels_and_families_of_every_household() {
    let Some(data) = data() else { return };
    let receipts = text(&data, "transactions_sample");
    let mailings = text(&data, "campaigns");
    let profiles = text(&data, "demographics");
    let mut spent: BTreeMap<&str, i64> = BTreeMap::new();
    for [household, value] in columns(&receipts, ["household_id", "sales_value"]) {
        *spent.entry(household).or_default() += cents(value);
    }
    assert_eq!(spent.values().sum::<i64>(), 23_393_524);
    for [household] in columns(&mailings, ["household_id"]) {
        spent.entry(household).or_default();
    }
    let children: BTreeMap<&str, &str> = columns(&profiles, ["household_id", "kids_count"])
        .into_iter()
        .map(|[household, count]| (household, count))
        .collect();
    for household in children.keys().copied() {
        spent.entry(household).or_default();
    }
    let table = households(&data, "2017-12-31");
    let found = columns(
        &table,
        [
            "id",
            "spend",
            "club",
            "families",
            "without_children",
            "children_unknown",
        ],
    );
    assert_eq!(found.len(), 2_379);
    assert_eq!(found.len(), spent.len());
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    let mut kinds = [0; 3];
    for [id, spend, club, families, childless, unknown] in found {
        assert_eq!(cents(spend), spent[id], "`spend` of household {id}");
        let level = match spent[id] {
            20_000.. => "gold",
            7_500.. => "silver",
            _ => "member",
        };
        assert_eq!(club, level, "`club` of household {id}");
        *levels.entry(level).or_default() += 1;
        let kind = match children.get(id) {
            None => 2,
            Some(&"0") => 1,
            Some(_) => 0,
        };
        kinds[kind] += 1;
        let said = [families, childless, unknown].map(|answer| answer == "yes");
        let expected = [0, 1, 2].map(|other| other == kind);
        assert_eq!(said, expected, "children of household {id}");
    }
    let expected = BTreeMap::from([("gold", 334), ("member", 1_314), ("silver", 731)]);
    assert_eq!(levels, expected);
    assert_eq!(kinds, [288, 513, 1_578]);
}

#[test]
fn redemption_by_the_kind_of_booklet() {
    let Some(data) = data() else { return };
    let descriptions = text(&data, "campaign_descriptions");
    let redemptions = text(&data, "coupon_redemptions");
    let mailings = text(&data, "campaigns");
    let kind_of: BTreeMap<&str, &str> = columns(&descriptions, ["campaign_id", "campaign_type"])
        .into_iter()
        .map(|[booklet, kind]| (booklet, kind))
        .collect();
    let redeemed: BTreeSet<[&str; 2]> = columns(&redemptions, ["campaign_id", "household_id"])
        .into_iter()
        .collect();
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for mailing in columns(&mailings, ["campaign_id", "household_id"]) {
        let count = counts.entry(kind_of[mailing[0]]).or_default();
        count[0] += 1;
        count[1] += usize::from(redeemed.contains(&mailing));
    }
    let expected = BTreeMap::from([
        ("Type A", [3_647, 604]),
        ("Type B", [2_368, 154]),
        ("Type C", [574, 34]),
    ]);
    assert_eq!(counts, expected);

    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("actions.jsonl");
    let (_, summary) = guanxi(&[
        "run",
        EXAMPLE,
        "--data",
        data.to_str().expect("a plain path"),
        "--today",
        "2017-12-31",
        "--out",
        out.to_str().expect("a plain path"),
    ]);
    for (kind, numbers) in counts {
        let line = summary
            .lines()
            .find(|line| line.trim_start().starts_with(kind))
            .unwrap_or_else(|| panic!("no line for {kind} in\n{summary}"))
            .replace(',', "");
        for number in numbers {
            let number = number.to_string();
            assert!(
                line.split_whitespace().any(|word| word == number),
                "{number} is not in `{line}`"
            );
        }
    }
}

#[test]
fn reminders_reach_coupon_users_who_have_not_redeemed() {
    let Some(data) = data() else { return };
    let descriptions = text(&data, "campaign_descriptions");
    let redemptions = text(&data, "coupon_redemptions");
    let mailings = text(&data, "campaigns");
    let running: BTreeSet<&str> = columns(&descriptions, ["campaign_id", "start_date", "end_date"])
        .into_iter()
        .filter(|[_, starts, ends]| *starts <= "2017-12-11" && *ends > "2017-12-11")
        .filter(|[_, _, ends]| *ends <= "2017-12-25")
        .map(|[booklet, _, _]| booklet)
        .collect();
    let so_far: Vec<[&str; 2]> = columns(
        &redemptions,
        ["campaign_id", "household_id", "redemption_date"],
    )
    .into_iter()
    .filter(|[_, _, day]| *day <= "2017-12-11")
    .map(|[booklet, household, _]| [booklet, household])
    .collect();
    let redeemed: BTreeSet<[&str; 2]> = so_far.iter().copied().collect();
    let users: BTreeSet<&str> = so_far.iter().map(|[_, household]| *household).collect();
    let expected: BTreeSet<String> = columns(&mailings, ["campaign_id", "household_id"])
        .into_iter()
        .filter(|mailing| running.contains(mailing[0]) && users.contains(mailing[1]))
        .filter(|mailing| !redeemed.contains(mailing))
        .map(|[booklet, household]| format!("{booklet}/{household}"))
        .collect();
    assert_eq!(expected.len(), 193);

    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("club.ledger");
    let ledger = ledger.to_str().expect("a plain path");
    let out = folder.path().join("actions.jsonl");
    guanxi(&[
        "run",
        EXAMPLE,
        "--data",
        data.to_str().expect("a plain path"),
        "--today",
        "2017-12-11",
        "--ledger",
        ledger,
        "--out",
        out.to_str().expect("a plain path"),
    ]);
    let (done, _) = guanxi(&["ledger", "export", ledger]);
    let mut fates: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: BTreeSet<String> = BTreeSet::new();
    for line in done.lines() {
        let firing: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if firing["campaign"] == "coupons" {
            let word = |field: &str| firing[field].as_str().expect("a text").to_owned();
            *fates.entry(word("fate")).or_default() += 1;
            found.insert(word("subject"));
        }
    }
    assert_eq!(found, expected);
    let expected = BTreeMap::from([("done".to_owned(), 139), ("held out".to_owned(), 54)]);
    assert_eq!(fates, expected);
}

/// What was bought, and the aisle that goes with it.
const PAIRS: [(&str, &str); 5] = [
    ("DRY NOODLES/PASTA", "PASTA SAUCE"),
    ("SOUP", "CRACKERS/MISC BKD FD"),
    ("COLD CEREAL", "FLUID MILK PRODUCTS"),
    ("SALAD MIX", "SALD DRSNG/SNDWCH SPRD"),
    ("BAKED BREAD/BUNS/ROLLS", "LUNCHMEAT"),
];

#[test]
fn the_aisle_beside_was_never_tried() {
    let Some(data) = data() else { return };
    let products = text(&data, "products");
    let receipts = text(&data, "transactions_sample");
    let category_of: BTreeMap<&str, &str> = columns(&products, ["product_id", "product_category"])
        .into_iter()
        .map(|[product, category]| (product, category))
        .collect();
    let lines: Vec<[&str; 3]> = columns(
        &receipts,
        ["household_id", "product_id", "transaction_timestamp"],
    )
    .into_iter()
    .filter(|[_, _, at]| &at[..10] <= "2017-12-11")
    .map(|[household, product, at]| {
        let category = category_of.get(product).copied().unwrap_or("");
        [household, category, at]
    })
    .collect();
    let tried: BTreeSet<[&str; 2]> = lines
        .iter()
        .map(|[household, category, _]| [*household, *category])
        .collect();
    // How often each was missed, and when last. In these thirty days all offsets are the same, so the text is in order.
    let mut missed: BTreeMap<&str, BTreeMap<&str, (usize, &str)>> = BTreeMap::new();
    for [household, category, at] in &lines {
        let pair = PAIRS.iter().find(|(bought, _)| bought == category);
        let Some((_, beside)) = pair else { continue };
        if &at[..10] >= "2017-11-12" && !tried.contains(&[*household, *beside]) {
            let entry = missed.entry(*household).or_default().entry(*beside);
            let (times, last) = entry.or_insert((0, *at));
            *times += 1;
            *last = (*last).max(*at);
        }
    }
    let expected: BTreeMap<&str, &str> = missed
        .iter()
        .map(|(household, aisles)| {
            let most = aisles
                .iter()
                .max_by_key(|(aisle, (times, last))| (*times, *last, Reverse(**aisle)))
                .expect("one at least");
            (*household, *most.0)
        })
        .collect();
    assert_eq!(expected.len(), 253);
    let table = households(&data, "2017-12-11");
    let found: BTreeMap<&str, &str> = columns(&table, ["id", "next_aisle"])
        .into_iter()
        .filter(|[_, aisle]| !aisle.is_empty())
        .map(|[household, aisle]| (household, aisle))
        .collect();
    assert_eq!(found, expected);
}

/// Nothing of this was ever sent, so the lot alone divides treated and held out.
#[test]
fn no_effect_is_measured_where_there_was_none() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("club.ledger");
    let ledger = ledger.to_str().expect("a plain path");
    let out = folder.path().join("week.jsonl");
    let data = data.to_str().expect("a plain path");
    guanxi(&[
        "run",
        EXAMPLE,
        "--data",
        data,
        "--from",
        "2017-12-11",
        "--to",
        "2017-12-17",
        "--ledger",
        ledger,
        "--out",
        out.to_str().expect("a plain path"),
    ]);
    let (measured, _) = guanxi(&[
        "measure",
        EXAMPLE,
        "--data",
        data,
        "--ledger",
        ledger,
        "--today",
        "2017-12-31",
        "--output-format",
        "json",
    ]);
    let measured: serde_json::Value = serde_json::from_str(&measured).expect("JSON");
    let measures = measured["measures"].as_array().expect("a list");
    // Of those treated and of those held out: how many there were, and how many succeeded.
    let expected: [(&str, [i64; 4]); 3] = [
        ("coupons", [140, 9, 54, 3]),
        ("holidays", [217, 145, 60, 43]),
        ("next_aisle", [233, 150, 45, 27]),
    ];
    assert_eq!(measures.len(), expected.len());
    for (measure, (campaign, numbers)) in measures.iter().zip(expected) {
        assert_eq!(measure["campaign"], campaign);
        let found = ["treated", "held_out"]
            .map(|side| ["subjects", "successes"].map(|what| measure[side][what].as_i64()));
        assert_eq!(found.concat(), numbers.map(Some), "{campaign}");
        let interval = &measure["interval"];
        let [low, high] = [0_usize, 1].map(|end| interval[end].as_f64().expect("a number"));
        assert!(low < 0.0 && high > 0.0, "{campaign}: {low} to {high}");
    }
}

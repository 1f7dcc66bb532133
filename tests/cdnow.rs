//! The repeat-purchase summary of the CDNOW log, every row against the published one.
//!
//! The log is not ours to distribute (`examples/cdnow/README.md` says where it comes from). It is looked for in
//! `cdnow` below `$GUANXI_SHARED_DATA`, or below `../shared/data` beside the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn data() -> Option<PathBuf> {
    let root = match std::env::var_os("GUANXI_SHARED_DATA") {
        Some(given) => PathBuf::from(given),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let folder = root.join("cdnow");
    let there = ["sample_transactions.csv", "published_summary_39wk.csv"]
        .iter()
        .all(|file| folder.join(file).is_file());
    if !there {
        // Written past the harness's capture, so that a skipped check is seen.
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "cdnow: NOT CHECKED, the purchase log is not at {}; see examples/cdnow/README.md",
            folder.display()
        );
    }
    there.then_some(folder)
}

fn guanxi(arguments: &[&str], data: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .expect("the program runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Rows of a CSV without quotes, as column to value.
fn rows(csv: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .map(|line| header.iter().copied().zip(line.split(',')).collect())
        .collect()
}

/// `30.4` and `30.40` are one number: billionths are not needed, two decimals are what was published.
fn hundredths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 2, "`{text}` has more than two decimals");
    format!("{whole}{fraction:0<2}").parse().expect("a number")
}

#[test]
fn every_row_of_the_published_summary() {
    let Some(data) = data() else { return };
    let published = std::fs::read_to_string(data.join("published_summary_39wk.csv")).unwrap();
    let attributes = guanxi(
        &[
            "attributes",
            "customer",
            "examples/cdnow",
            "--today",
            "1997-09-30",
            "--format",
            "csv",
        ],
        &data,
    );
    let computed: BTreeMap<u32, _> = rows(&attributes)
        .into_iter()
        .map(|row| (row["id"].parse().expect("a number"), row))
        .collect();
    let published = rows(&published);
    assert_eq!(published.len(), 2_357);
    assert_eq!(computed.len(), published.len());
    for expected in published {
        let id: u32 = expected["ID"].parse().unwrap();
        let got = &computed[&id];
        for column in ["frequency", "recency", "T"] {
            assert_eq!(
                hundredths(got[column]),
                hundredths(expected[column]),
                "`{column}` of customer {id}"
            );
        }
    }
}

#[test]
fn the_campaign_reaches_only_those_who_slipped() {
    let Some(data) = data() else { return };
    let attributes = guanxi(
        &[
            "attributes",
            "customer",
            "examples/cdnow",
            "--today",
            "1997-09-30",
            "--format",
            "csv",
        ],
        &data,
    );
    let slipping: Vec<&str> = rows(&attributes)
        .into_iter()
        .filter(|row| row["slipping"] == "yes")
        .map(|row| row["id"])
        .collect();
    assert!(!slipping.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("actions.csv");
    guanxi(
        &[
            "run",
            "examples/cdnow",
            "--today",
            "1997-09-30",
            "--format",
            "csv",
            "--out",
            out.to_str().unwrap(),
        ],
        &data,
    );
    let actions = std::fs::read_to_string(&out).unwrap();
    let mut reached: Vec<String> = rows(&actions)
        .into_iter()
        .map(|row| row["subject"].to_owned())
        .collect();
    reached.sort();
    assert_eq!(reached, slipping);
}

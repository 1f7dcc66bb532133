//! A small workspace with everything that a ledger has to remember, and its data.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const RULES: &str = r#"
workspace "Kiosk" {
  currency CNY
  time zone "Asia/Shanghai"
  leap day on 28 February
}

record customer from "customers" {
  id: text key
  city: text
  joined: date
  email: text optional
  purchases: many purchase by customer
}

record purchase from "purchases" dated by bought_on {
  id: text key
  customer: customer
  bought_on: date
  amount: money
}

define spend for customer = sum of purchases.amount in last 90 days

tiers club for customer by spend {
  green from 0 CNY
  black from 300 CNY
}

channel email for customer {
  needs email is known
  at most 1 per 3 days
}

action write(text: text, voucher: money) for customer on email costs 0.02 CNY
action gift(item: text) for customer costs 30 CNY

campaign letters for customer {
  hold out 10%

  rule monthly {
    when any of purchases in last 20 days
    once per calendar month
    then write("Dear {id}, =come", voucher: spend * 3%)
  }

  rule climbed {
    when club rose
    once per club.since
    then gift("pot") and write("Welcome, {id}", voucher: 5 CNY)
  }
}

campaign presents for customer {
  budget 900 CNY for each city per calendar month

  rule regulars {
    when count of purchases >= 4
    again after 2 days
    then gift("cake")
  }

  rule coin {
    when city = "Suzhou"
    once
    then split { 50% tea: gift("tea")  30% card: write("for {id}", voucher: 1 CNY)  20% nothing }
  }
}
"#;

/// A number drawn from a seed, below `bound`.
pub fn draw(seed: &mut u64, bound: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % bound
}

/// The workspace in a folder, with so many customers.
pub fn make(folder: &Path, customers: u64) {
    fs::create_dir_all(folder.join("data")).unwrap();
    fs::write(folder.join("kiosk.rules"), RULES).unwrap();
    let mut people = String::from("id,city,joined,email\n");
    let mut bought = String::from("id,customer,bought_on,amount\n");
    let mut seed = 42;
    for c in 0..customers {
        let city = ["Suzhou", "Hangzhou", "Wuxi"][draw(&mut seed, 3) as usize];
        let email = if draw(&mut seed, 5) == 0 {
            ""
        } else {
            "a@b.cn"
        };
        writeln!(people, "c{c},{city},2025-01-01,{email}").unwrap();
        for p in 0..draw(&mut seed, 7) {
            let month = 8 + draw(&mut seed, 4);
            let day = 1 + draw(&mut seed, 28);
            let amount = 10 + draw(&mut seed, 190);
            writeln!(bought, "p{c}x{p},c{c},2026-{month:02}-{day:02},{amount}.50").unwrap();
        }
    }
    fs::write(folder.join("data/customers.csv"), people).unwrap();
    fs::write(folder.join("data/purchases.csv"), bought).unwrap();
}

/// `guanxi run` of a workspace, with these arguments, in a folder.
pub fn command(folder: &Path, workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guanxi"));
    command
        .current_dir(folder)
        .arg("run")
        .arg(workspace)
        .args(["--threads", "1"])
        .args(arguments);
    command
}

pub fn run(folder: &Path, workspace: &Path, arguments: &[&str]) -> Output {
    command(folder, workspace, arguments).output().unwrap()
}

/// A run that must succeed; what it said.
pub fn succeed(folder: &Path, workspace: &Path, arguments: &[&str]) -> String {
    let output = run(folder, workspace, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}\n{said}");
    said
}

/// Everything in a ledger, as text.
pub fn dump(ledger: &Path) -> String {
    guanxi::ledger::Ledger::open_existing(ledger, std::time::Duration::from_secs(10))
        .unwrap()
        .dump()
        .unwrap()
}

/// The files of a folder with their content, the ledger as its dump.
pub fn state(folder: &Path) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let content = if name.ends_with(".ledger") {
                dump(&path)
            } else {
                fs::read_to_string(&path).unwrap()
            };
            (name, content)
        })
        .collect()
}

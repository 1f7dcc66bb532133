//! A run that is killed at any instant leaves no trace, or all of it: whatever was there then, running again
//! gives what an undisturbed run gives.
#![cfg(unix)]

#[path = "support/shop.rs"]
mod shop;

use shop::{command, draw, state, succeed};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const KILLS: u64 = 200;

/// A run of a day, or of three at once; the list of each goes to a file of its own.
fn arguments(day: u32) -> (Vec<String>, u32) {
    let list = format!("list-{day}.jsonl");
    let fallen = format!("fallen-{day}.csv");
    let days = if day.is_multiple_of(5) { 3 } else { 1 };
    let date = |day: u32| format!("2026-11-{day:02}");
    let mut arguments = vec!["--ledger", "k.ledger", "--out", &list];
    let (first, last) = (date(day), date(day + days - 1));
    if days > 1 {
        arguments.extend(["--from", &first, "--to", &last]);
    } else {
        arguments.extend(["--today", &first, "--suppressed", &fallen]);
    }
    (arguments.into_iter().map(str::to_owned).collect(), days)
}

fn texts(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn killed_at_any_instant() {
    let held = tempfile::tempdir().unwrap();
    let workspace = held.path().join("kiosk");
    shop::make(&workspace, 300);
    let (quiet, killed) = (held.path().join("quiet"), held.path().join("killed"));
    fs::create_dir(&quiet).unwrap();
    fs::create_dir(&killed).unwrap();
    let mut seed = 20_261_121;
    // Killed before the list was there, and after it; with a journal, so amid the writing of the ledger.
    let (mut before, mut after, mut amid) = (0, 0, 0);
    let mut day = 1;
    while before + after < KILLS {
        if day > 27 {
            // Another round, from the beginning.
            day = 1;
            for folder in [&quiet, &killed] {
                fs::remove_dir_all(folder).unwrap();
                fs::create_dir(folder).unwrap();
            }
        }
        let (arguments, days) = arguments(day);
        let started = Instant::now();
        succeed(&quiet, &workspace, &texts(&arguments));
        let whole = started.elapsed();
        let list = killed.join(format!("list-{day}.jsonl"));
        for _ in 0..12 {
            if !kill(&killed, &workspace, &texts(&arguments), whole, &mut seed) {
                break;
            }
            amid += u64::from(killed.join("k.ledger-journal").exists());
            if list.exists() {
                after += 1;
                break;
            }
            before += 1;
        }
        succeed(&killed, &workspace, &texts(&arguments));
        assert_eq!(state(&killed), state(&quiet), "day {day}");
        day += days;
    }
    assert!(
        before >= 20 && after >= 5 && amid >= 5,
        "{before} before, {after} after, {amid} amid"
    );
}

/// Whether it was killed before it had ended.
fn kill(
    folder: &Path,
    workspace: &Path,
    arguments: &[&str],
    whole: Duration,
    seed: &mut u64,
) -> bool {
    let mut child = command(folder, workspace, arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It writes towards its end.
    let share = 600 + draw(seed, 480);
    std::thread::sleep(whole.mul_f64(share as f64 / 1000.0));
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

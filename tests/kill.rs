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

/// Days whose runs are killed; the list of each goes to a file of its own.
fn arguments(day: u32) -> Vec<String> {
    let list = format!("list-{day}.jsonl");
    let fallen = format!("fallen-{day}.csv");
    let day = format!("2026-11-{day:02}");
    [
        "--ledger",
        "k.ledger",
        "--today",
        &day,
        "--out",
        &list,
        "--suppressed",
        &fallen,
    ]
    .map(str::to_owned)
    .to_vec()
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
    // Killed before anything was recorded, and after it.
    let (mut before, mut after) = (0, 0);
    let mut day = 1;
    while before + after < KILLS {
        if day > 28 {
            // Another round, from the beginning.
            day = 1;
            for folder in [&quiet, &killed] {
                fs::remove_dir_all(folder).unwrap();
                fs::create_dir(folder).unwrap();
            }
        }
        let arguments = arguments(day);
        let started = Instant::now();
        succeed(&quiet, &workspace, &texts(&arguments));
        let whole = started.elapsed();
        let list = killed.join(format!("list-{day}.jsonl"));
        for _ in 0..12 {
            if !kill(&killed, &workspace, &texts(&arguments), whole, &mut seed) {
                break;
            }
            if list.exists() {
                after += 1;
                break;
            }
            before += 1;
        }
        succeed(&killed, &workspace, &texts(&arguments));
        assert_eq!(state(&killed), state(&quiet), "day {day}");
        day += 1;
    }
    assert!(before >= 20 && after >= 5, "{before} before, {after} after");
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

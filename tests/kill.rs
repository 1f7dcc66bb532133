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
    let (mut kills, mut after_commit) = (0, 0);
    let mut day = 1;
    while kills < KILLS {
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
        for _ in 0..8.min(KILLS - kills) {
            if kill(&killed, &workspace, &texts(&arguments), whole, &mut seed) {
                kills += 1;
            }
            // Most kills of a day come before its commit; after it, the same day is run again and killed too.
            let list = killed.join(format!("list-{day}.jsonl"));
            after_commit += u64::from(list.exists());
        }
        succeed(&killed, &workspace, &texts(&arguments));
        assert_eq!(state(&killed), state(&quiet), "day {day}");
        day += 1;
    }
    assert!(after_commit < kills, "{after_commit} of {kills}");
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
    // The second half of a run is where it writes.
    let share = 300 + draw(seed, 750);
    std::thread::sleep(whole.mul_f64(share as f64 / 1000.0));
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

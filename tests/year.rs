//! A year of mornings at the tea house: everybody is greeted once on every birthday, no limit is exceeded on any day,
//! and running a day again changes nothing. What was done is asked of the ledger by SQL alone.

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod shop;

use rusqlite::Connection;
use shop::{dump, succeed};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

struct Year {
    _held: tempfile::TempDir,
    workspace: PathBuf,
    folder: PathBuf,
}

const MONTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The tea house's own rules, running for three years, on customers made for it.
fn tea_house() -> Year {
    let held = tempfile::tempdir().unwrap();
    let (workspace, folder) = (held.path().join("tea-house"), held.path().join("runs"));
    fs::create_dir_all(workspace.join("data")).unwrap();
    fs::create_dir(&folder).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tea-house");
    for name in ["shop.rules", "members.rules", "campaigns.rules"] {
        let text = fs::read_to_string(source.join(name)).unwrap();
        let text = text.replace("to 2026-12-31", "to 2029-12-31");
        fs::write(workspace.join(name), text).unwrap();
    }
    let mut customers =
        "id,name,birthday,joined,city,language,email,may_email,mobile,may_text,referred_by\n"
            .to_owned();
    let mut purchases = "id,customer,bought_on,amount,category,refunded\n".to_owned();
    let mut bought = 0;
    let mut buy = |who: &str, day: &str, amount: u32, category: &str| {
        bought += 1;
        writeln!(purchases, "p{bought:05},{who},{day},{amount},{category},no").unwrap();
    };
    // One member born on every day of a leap year, silver throughout.
    for (month, days) in (1..).zip(MONTHS) {
        for day in 1..=days {
            let id = format!("b{month:02}{day:02}");
            writeln!(
                customers,
                "{id},Member {id},1988-{month:02}-{day:02},2020-01-01,Suzhou,en,{id}@tea.example,yes,,no,"
            )
            .unwrap();
            for when in [
                "2025-12-01",
                "2026-06-01",
                "2026-12-01",
                "2027-06-01",
                "2027-12-01",
            ] {
                buy(&id, when, 1_100, "food");
            }
        }
    }
    // Forty who buy tea every week and then stay away, near to levels, with large baskets.
    for i in 0..40 {
        let id = format!("t{i:02}");
        writeln!(
            customers,
            "{id},Guest {id},,2020-01-01,Hangzhou,en,{id}@tea.example,yes,1380{i:02},yes,"
        )
        .unwrap();
        for week in 0..12 {
            let (month, day) = (3 + week / 4, 1 + (week % 4) * 7 + i % 7);
            buy(
                &id,
                &format!("2026-{month:02}-{day:02}"),
                200 + 10 * i,
                "tea",
            );
        }
    }
    // Eight friends of one member, whose first purchases fall into one year.
    for i in 0..8 {
        let id = format!("f{i}");
        writeln!(
            customers,
            "{id},Friend {id},,2026-01-01,Suzhou,en,,no,,no,t00"
        )
        .unwrap();
        buy(&id, &format!("2026-{:02}-10", 2 + i), 99, "gift");
    }
    fs::write(workspace.join("data/customers.csv"), customers).unwrap();
    fs::write(workspace.join("data/purchases.csv"), purchases).unwrap();
    let tastings = "id,customer,held_on,theme\nt1,t01,2026-05-20,Green\n";
    fs::write(workspace.join("data/tastings.csv"), tastings).unwrap();
    Year {
        _held: held,
        workspace,
        folder,
    }
}

impl Year {
    fn run(&self, ledger: &str, from: &str, to: &str) -> String {
        let arguments = [
            "--ledger",
            ledger,
            "--from",
            from,
            "--to",
            to,
            "--out",
            "all.jsonl",
        ];
        succeed(&self.folder, &self.workspace, &arguments)
    }

    fn open(&self, ledger: &str) -> Connection {
        Connection::open(self.folder.join(ledger)).unwrap()
    }
}

/// One number of a query.
fn number(ledger: &Connection, sql: &str) -> i64 {
    ledger.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Everybody born on every day was greeted, or held out, once, on these days of these years.
fn greeted_once(ledger: &Connection, expected: impl Fn(u32, u32) -> String) {
    let mut statement = ledger
        .prepare(
            "SELECT r.day FROM firing f JOIN run r ON r.id = f.run
             WHERE f.campaign = 'birthdays' AND f.rule = 'greeting' AND f.subject = ?1
               AND f.fate IN ('done', 'held out')",
        )
        .unwrap();
    for (month, days) in (1..).zip(MONTHS) {
        for day in 1..=days {
            let id = format!("b{month:02}{day:02}");
            let found: Vec<String> = statement
                .query_map([&id], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(found, [expected(month, day)], "{id}");
        }
    }
}

#[test]
fn a_year_of_mornings() {
    let year = tea_house();
    let summary = year.run("year.ledger", "2026-01-01", "2026-12-31");
    let ledger = year.open("year.ledger");

    greeted_once(&ledger, |month, day| match (month, day) {
        (2, 29) => "2026-02-28".to_owned(),
        _ => format!("2026-{month:02}-{day:02}"),
    });
    // A greeting is points and a letter, and who is held out gets neither.
    let wrong = "SELECT count(*) FROM firing f
                 WHERE f.rule = 'greeting' AND (SELECT count(*) FROM action a WHERE a.firing = f.id)
                       <> CASE f.fate WHEN 'done' THEN 2 ELSE 0 END";
    assert_eq!(number(&ledger, wrong), 0);
    let held_out = number(
        &ledger,
        "SELECT count(*) FROM firing WHERE fate = 'held out' AND rule = 'greeting'",
    );
    // A tenth of 366, within four standard deviations.
    assert!((14..=60).contains(&held_out), "{held_out}");

    limits_hold(&ledger, &summary);
    nothing_new_on_any_day(&year);
}

/// No cap or budget is exceeded on any day of any window; and each of them was needed.
fn limits_hold(ledger: &Connection, summary: &str) {
    let letters = "SELECT max((
                     SELECT count(*) FROM done b WHERE b.channel = 'email' AND b.target = a.target
                       AND julianday(b.day) BETWEEN julianday(a.day) - 6 AND julianday(a.day)))
                   FROM done a WHERE a.channel = 'email'";
    assert_eq!(number(ledger, letters), 2);
    let referrals = "SELECT max(n) FROM (SELECT count(*) AS n FROM done
                     WHERE campaign = 'refer_a_friend' AND rule = 'reward'
                     GROUP BY target, substr(day, 1, 4))";
    assert_eq!(number(ledger, referrals), 5);
    let budget = |campaign: &str| {
        let sql = format!(
            "SELECT max(spent) FROM (SELECT sum(a.cost) AS spent FROM action a
             JOIN firing f ON f.id = a.firing JOIN run r ON r.id = f.run
             WHERE f.campaign = '{campaign}' GROUP BY substr(r.day, 1, 7))"
        );
        number(ledger, &sql)
    };
    assert!(
        budget("win_back") <= 10_000_000_000,
        "{}",
        budget("win_back")
    );
    assert!(budget("birthdays") <= 5_000_000_000_000);
    // Whom only `repetition` stopped has been served before.
    for stage in ["caps", "budget", "held out", "instead of"] {
        assert!(
            summary.contains(stage),
            "{stage} stopped nobody:\n{summary}"
        );
    }
    let done_twice = "SELECT count(*) - count(DISTINCT key) FROM action";
    assert_eq!(number(ledger, done_twice), 0);
}

/// Any day again, into another list: nothing to do, and the ledger as it was.
fn nothing_new_on_any_day(year: &Year) {
    let before = dump(&year.folder.join("year.ledger"));
    for day in [
        "2026-01-01",
        "2026-02-28",
        "2026-03-08",
        "2026-05-31",
        "2026-06-01",
        "2026-09-10",
        "2026-11-21",
        "2026-12-31",
    ] {
        let again = [
            "--ledger",
            "year.ledger",
            "--today",
            day,
            "--out",
            "again.jsonl",
        ];
        succeed(&year.folder, &year.workspace, &again);
        let list = fs::read_to_string(year.folder.join("again.jsonl")).unwrap();
        assert_eq!(list, "", "{day}");
    }
    assert!(before == dump(&year.folder.join("year.ledger")));
}

#[test]
fn over_new_year_and_a_leap_day() {
    let year = tea_house();
    year.run("winter.ledger", "2027-07-01", "2028-06-30");
    let ledger = year.open("winter.ledger");
    greeted_once(&ledger, |month, day| {
        let of = if month >= 7 { 2027 } else { 2028 };
        format!("{of}-{month:02}-{day:02}")
    });
}

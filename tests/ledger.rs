//! What the ledger promises of runs: nothing twice, nothing lost, and many days at once as one after another.

#[path = "support/shop.rs"]
mod shop;

use rusqlite::Connection;
use shop::{dump, run, state, succeed};
use std::fs;
use std::path::{Path, PathBuf};

struct Place {
    _held: tempfile::TempDir,
    workspace: PathBuf,
    /// Where the runs are at home.
    folder: PathBuf,
}

fn place(customers: u64) -> Place {
    let held = tempfile::tempdir().unwrap();
    let (workspace, folder) = (held.path().join("kiosk"), held.path().join("runs"));
    shop::make(&workspace, customers);
    fs::create_dir(&folder).unwrap();
    Place {
        _held: held,
        workspace,
        folder,
    }
}

impl Place {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn day(&self, day: &str, out: &str) -> String {
        let arguments = ["--ledger", "k.ledger", "--today", day, "--out", out];
        succeed(&self.folder, &self.workspace, &arguments)
    }

    fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = run(&self.folder, &self.workspace, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), said)
    }
}

fn days(first: u32, last: u32) -> Vec<String> {
    (first..=last).map(|d| format!("2026-11-{d:02}")).collect()
}

#[test]
fn many_days_at_once_are_as_one_after_another() {
    let place = place(60);
    let mut lists = String::new();
    for day in days(1, 14) {
        place.day(&day, "list.jsonl");
        lists += &place.text("list.jsonl");
    }
    assert!(lists.lines().count() > 100, "{}", lists.lines().count());
    let range = ["--from", "2026-11-01", "--to", "2026-11-14"];
    let with = |more: &[&'static str]| [&range[..], more].concat();
    let ledger = with(&["--ledger", "r.ledger", "--out", "list.jsonl"]);
    let said = succeed(&place.folder, &place.workspace, &ledger);
    assert!(
        said.contains("Kiosk from 2026-11-01 to 2026-11-14, 14 days"),
        "{said}"
    );
    assert_eq!(place.text("list.jsonl"), lists);
    assert_eq!(dump(&place.file("r.ledger")), dump(&place.file("k.ledger")));

    // Again: the whole list, and nothing new.
    let before = state(&place.folder);
    succeed(&place.folder, &place.workspace, &ledger);
    assert_eq!(state(&place.folder), before);

    // Without a ledger the days remember one another.
    succeed(
        &place.folder,
        &place.workspace,
        &with(&["--out", "plain.jsonl"]),
    );
    assert_eq!(place.text("plain.jsonl"), lists);
}

#[test]
fn customers_of_a_log_appear_day_by_day() {
    let place = place(1);
    let rules = "workspace \"Log\" {\n  currency CNY\n}\n\
        record sale from \"sales\" dated by day {\n  who: buyer\n  day: date\n}\n\
        record buyer from distinct sale.who {\n  id: text key\n  sales: many sale by who\n}\n\
        action greet(n: integer) for buyer\n\
        campaign hello for buyer {\n  rule all {\n    again after 2 days\n    then greet(count of sales)\n  }\n}\n";
    fs::write(place.workspace.join("kiosk.rules"), rules).unwrap();
    let sales = "who,day\na,2026-11-01\nb,2026-11-03\na,2026-11-03\nc,2026-11-05\n";
    fs::write(place.workspace.join("data/sales.csv"), sales).unwrap();
    let mut lists = String::new();
    for day in days(1, 6) {
        place.day(&day, "list.csv");
        lists += place.text("list.csv").split_once('\n').unwrap().1;
    }
    let range = [
        "--from",
        "2026-11-01",
        "--to",
        "2026-11-06",
        "--ledger",
        "r.ledger",
        "--out",
        "list.csv",
    ];
    succeed(&place.folder, &place.workspace, &range);
    assert_eq!(place.text("list.csv").split_once('\n').unwrap().1, lists);
    assert_eq!(dump(&place.file("r.ledger")), dump(&place.file("k.ledger")));
    // a on days 1, 3, 5; b on 3, 5; c on 5.
    assert_eq!(lists.lines().count(), 6);
}

#[test]
fn a_second_run_of_a_day_adds_only_what_is_new() {
    let place = place(40);
    place.day("2026-11-10", "list.jsonl");
    let (first, before) = (place.text("list.jsonl"), dump(&place.file("k.ledger")));
    let said = place.day("2026-11-10", "list.jsonl");
    assert!(said.contains("no new firing for k.ledger"), "{said}");
    assert_eq!(place.text("list.jsonl"), first);
    // To another place nothing goes.
    place.day("2026-11-10", "other.jsonl");
    assert_eq!(place.text("other.jsonl"), "");
    assert_eq!(dump(&place.file("k.ledger")), before);

    // A customer who comes in during the day takes the place between the others.
    let purchases = place.workspace.join("data/purchases.csv");
    let customers = place.workspace.join("data/customers.csv");
    let add = |path: &Path, line: &str| {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text + line).unwrap();
    };
    add(&customers, "c1x,Wuxi,2026-11-01,a@b.cn\n");
    add(&purchases, "new,c1x,2026-11-09,20\n");
    let said = place.day("2026-11-10", "list.jsonl");
    assert!(said.contains("which also keeps"), "{said}");
    let both = place.text("list.jsonl");
    let new: Vec<&str> = both.lines().filter(|l| l.contains("\"c1x\"")).collect();
    assert_eq!(new.len(), 1);
    assert_eq!(both.replace(&format!("{}\n", new[0]), ""), first);
    let subjects: Vec<&str> = both
        .lines()
        .filter(|l| l.contains("\"monthly\""))
        .map(|l| {
            l.split("\"subject\":\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
        })
        .collect();
    assert!(subjects.is_sorted(), "{subjects:?}");
}

/// As if a run had been killed after its commit and before its list was in its place.
fn unfinish(place: &Place, day: &str, staged: bool) {
    let list = place.file("list.jsonl");
    let name = ".list.jsonl.999999999-0.part";
    if staged {
        fs::rename(&list, place.file(name)).unwrap();
    } else {
        fs::remove_file(&list).unwrap();
    }
    let ledger = Connection::open(place.file("k.ledger")).unwrap();
    ledger
        .execute(
            "INSERT INTO pending (workspace, kind, out, staged, format, first_day, last_day)
             VALUES (1, 'actions', 'list.jsonl', ?1, 'jsonl', ?2, ?2)",
            [name, day],
        )
        .unwrap();
}

#[test]
fn an_unfinished_list_is_completed_first() {
    for staged in [true, false] {
        let place = place(40);
        place.day("2026-11-10", "list.jsonl");
        let whole = state(&place.folder);
        let list = place.text("list.jsonl");

        unfinish(&place, "2026-11-10", staged);
        let said = place.day("2026-11-10", "list.jsonl");
        assert!(said.contains("completed the list of 2026-11-10"), "{said}");
        assert_eq!(state(&place.folder), whole);

        // The next day's list goes there too: the completed one must be taken away first.
        unfinish(&place, "2026-11-10", staged);
        let next = [
            "--ledger",
            "k.ledger",
            "--today",
            "2026-11-13",
            "--out",
            "list.jsonl",
        ];
        let (code, said) = place.fails(&next);
        assert_eq!(code, 4, "{said}");
        let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            plain.contains("`list.jsonl` was completed just now: it has the list of 2026-11-10"),
            "{said}"
        );
        assert_eq!(place.text("list.jsonl"), list);
        assert_eq!(state(&place.folder), whole);
        succeed(&place.folder, &place.workspace, &next);
        assert!(
            place
                .text("list.jsonl")
                .contains("\"today\":\"2026-11-13\"")
        );
    }
}

#[test]
fn a_lost_list_of_what_fell_is_named() {
    let place = place(40);
    place.day("2026-11-10", "list.jsonl");
    let whole = dump(&place.file("k.ledger"));
    let ledger = Connection::open(place.file("k.ledger")).unwrap();
    let pending = "INSERT INTO pending (workspace, kind, out, staged, format, first_day, last_day)
        VALUES (1, 'suppressed', 'fallen.csv', '.fallen.csv.1-0.part', 'csv', '2026-11-10', '2026-11-10')";
    ledger.execute(pending, []).unwrap();
    drop(ledger);
    let said = place.day("2026-11-10", "list.jsonl");
    assert!(
        said.contains("`fallen.csv`, the suppressed list of 2026-11-10, was lost"),
        "{said}"
    );
    assert_eq!(dump(&place.file("k.ledger")), whole);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let place = place(10);
    place.day("2026-11-10", "list.jsonl");
    let before = state(&place.folder);
    let allow = |mode: u32| {
        fs::set_permissions(&place.folder, fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(0o555);
    // Who may do everything is stopped by nothing.
    let stopped = fs::File::create(place.file("probe")).is_err();
    let out = place.workspace.join("list.jsonl").display().to_string();
    let ledger = [
        "--ledger",
        "k.ledger",
        "--today",
        "2026-11-13",
        "--out",
        &out,
    ];
    let (code, said) = place.fails(&ledger);
    allow(0o755);
    let _ = fs::remove_file(place.file("probe"));
    if stopped {
        assert_eq!(code, 4, "{said}");
        assert!(said.contains("cannot be written: no permission"), "{said}");
        assert_eq!(state(&place.folder), before);
        assert!(!Path::new(&out).exists());
    }
}

#[test]
fn what_killed_runs_left_is_swept() {
    let place = place(10);
    for name in [".list.jsonl.999999999-0.part", ".list.jsonl.1-0.part"] {
        fs::write(place.file(name), "half").unwrap();
    }
    place.day("2026-11-10", "list.jsonl");
    assert!(!place.file(".list.jsonl.999999999-0.part").exists());
    // Process 1 is alive.
    assert!(place.file(".list.jsonl.1-0.part").exists());
}

#[test]
fn two_runs_at_once_do_nothing_twice() {
    let place = place(200);
    succeed(
        &place.folder,
        &place.workspace,
        &[
            "--ledger",
            "one.ledger",
            "--today",
            "2026-11-10",
            "--out",
            "one.jsonl",
        ],
    );
    let whole = place.text("one.jsonl");
    let ledger = dump(&place.file("one.ledger"));
    for round in 0..16 {
        // Into two files, or both into one.
        let outs = ["a.jsonl", ["a.jsonl", "b.jsonl"][round % 2]];
        let _ = fs::remove_file(place.file("k.ledger"));
        let both = outs.map(|out| {
            let day = ["--today", "2026-11-10", "--out", out];
            let arguments = [&["--ledger", "k.ledger"][..], &day].concat();
            shop::command(&place.folder, &place.workspace, &arguments)
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        });
        for child in both {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "round {round}: {said}");
        }
        if outs[0] == outs[1] {
            assert_eq!(place.text("a.jsonl"), whole);
            assert_eq!(
                dump(&place.file("k.ledger")),
                ledger.replace("one.jsonl", "a.jsonl")
            );
            continue;
        }
        let (a, b) = (place.text("a.jsonl"), place.text("b.jsonl"));
        assert!(a.is_empty() != b.is_empty());
        assert_eq!(a + &b, whole);
    }
}

#[test]
fn a_run_waits_for_another_and_then_gives_up() {
    let place = place(5);
    place.day("2026-11-10", "list.jsonl");
    let other = Connection::open(place.file("k.ledger")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = [
        "--ledger",
        "k.ledger",
        "--today",
        "2026-11-11",
        "--out",
        "list.jsonl",
        "--wait",
        "0",
    ];
    let before = place.text("list.jsonl");
    let (code, said) = place.fails(&run);
    assert_eq!(code, 4);
    assert!(
        said.contains("another run is using the ledger `k.ledger`"),
        "{said}"
    );
    assert_eq!(place.text("list.jsonl"), before);
    other.execute_batch("ROLLBACK").unwrap();
    succeed(&place.folder, &place.workspace, &run);
}

#[test]
fn adopting_does_nothing_and_remembers() {
    let place = place(40);
    let adopt = ["--ledger", "k.ledger", "--today", "2026-11-10", "--adopt"];
    let said = succeed(&place.folder, &place.workspace, &adopt);
    assert!(
        said.contains("taken as done, and recorded in k.ledger"),
        "{said}"
    );
    assert!(
        said.contains("nothing was done, and nothing was written"),
        "{said}"
    );
    let listed = std::process::Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .current_dir(&place.folder)
        .args(["ledger", "list", "k.ledger"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains("adopted"));
    place.day("2026-11-11", "list.jsonl");
    succeed(
        &place.folder,
        &place.workspace,
        &["--today", "2026-11-10", "--out", "flood.jsonl"],
    );
    let lines = |name: &str| place.text(name).lines().count();
    assert!(lines("list.jsonl") * 3 < lines("flood.jsonl"));
}

#[test]
fn what_cannot_be_taken_back_is_refused() {
    let place = place(5);
    let (code, said) = place.fails(&["--ledger", "k.ledger", "--today", "2026-11-10"]);
    assert_eq!(code, 2);
    assert!(said.contains("`--out actions.jsonl`"), "{said}");
    let (code, _) = place.fails(&["--ledger", "k.ledger", "--out", "/dev/null"]);
    assert_eq!(code, 2);
    let (code, said) = place.fails(&["--ledger", "/dev/full", "--out", "list.jsonl"]);
    assert_eq!(code, 2, "{said}");
    let (code, said) = place.fails(&["--ledger", "k.ledger", "--out", "k.ledger"]);
    assert_eq!(code, 2);
    assert!(
        said.contains("`--out` and `--ledger` both go to `k.ledger`"),
        "{said}"
    );
    assert!(state(&place.folder).is_empty());
}

#[test]
fn where_writing_fails_nothing_is_recorded() {
    let place = place(20);
    place.day("2026-11-10", "list.jsonl");
    let before = state(&place.folder);
    let day = ["--ledger", "k.ledger", "--today", "2026-11-11", "--out"];
    let with = |more: &[&'static str]| [&day[..], more].concat();
    if Path::new("/dev/full").exists() {
        let (code, said) = place.fails(&with(&["list.jsonl", "--suppressed", "/dev/full"]));
        assert_eq!(code, 4, "{said}");
        assert_eq!(state(&place.folder), before);
    }
    let (code, _) = place.fails(&with(&["no/such/folder/list.jsonl"]));
    assert_eq!(code, 4);
    assert_eq!(state(&place.folder), before);
    // The size that files may have ends the run in the midst of its writing.
    for blocks in ["1", "4", "16", "40"] {
        let program = env!("CARGO_BIN_EXE_guanxi");
        let workspace = place.workspace.display();
        let script = format!(
            "ulimit -c 0; ulimit -f {blocks}; exec {program} run {workspace} --ledger k.ledger --today 2026-11-11 --out list.jsonl"
        );
        let status = std::process::Command::new("sh")
            .current_dir(&place.folder)
            .args(["-c", &script])
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success(), "{blocks}");
        assert_eq!(
            place.text("list.jsonl"),
            before.iter().find(|f| f.0 == "list.jsonl").unwrap().1
        );
    }
    place.day("2026-11-11", "list.jsonl");
    // The same as without all this.
    let ledger = dump(&place.file("k.ledger"));
    fs::remove_file(place.file("k.ledger")).unwrap();
    place.day("2026-11-10", "list.jsonl");
    place.day("2026-11-11", "list.jsonl");
    assert_eq!(dump(&place.file("k.ledger")), ledger);
}

#[test]
fn a_broken_ledger_is_left_alone() {
    let place = place(40);
    place.day("2026-11-10", "list.jsonl");
    let whole = fs::read(place.file("k.ledger")).unwrap();
    let list = place.text("list.jsonl");
    let day = [
        "--ledger",
        "k.ledger",
        "--today",
        "2026-11-11",
        "--out",
        "list.jsonl",
    ];
    for (bytes, code, words) in [
        (whole[..whole.len() / 2].to_vec(), 4, "is damaged"),
        (b"id,name\nc1,Li\n".to_vec(), 2, "is no ledger"),
    ] {
        fs::write(place.file("k.ledger"), &bytes).unwrap();
        let (found, said) = place.fails(&day);
        assert_eq!(found, code, "{said}");
        assert!(said.contains(words), "{said}");
        assert_eq!(fs::read(place.file("k.ledger")).unwrap(), bytes);
        assert_eq!(place.text("list.jsonl"), list);
    }
}

#[test]
fn the_sample_queries_of_the_manual_run() {
    let place = place(40);
    place.day("2026-11-10", "list.jsonl");
    let ledger = Connection::open(place.file("k.ledger")).unwrap();
    let manual = include_str!("../docs/ledger.md");
    let mut found = 0;
    for sample in manual.split("```sql\n").skip(1) {
        let sql = sample.split("```").next().unwrap();
        let mut statement = ledger.prepare(sql).unwrap();
        let rows = statement.query_map([], |_| Ok(())).unwrap().count();
        assert!(found > 0 || rows > 0, "{sql}");
        found += 1;
    }
    assert_eq!(found, 3);
    // Every table and column that the manual names is there, and none is left out.
    let schema = include_str!("../src/ledger/store/schema.sql");
    let tables = schema.matches("CREATE TABLE").count();
    let mut statement = ledger
        .prepare("SELECT name FROM pragma_table_info(?1)")
        .unwrap();
    let mut named = 0;
    for line in manual.lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(columns) = cells.get(3).filter(|c| !c.is_empty()) else {
            continue;
        };
        named += 1;
        let table = cells[1].trim_matches('`');
        let real: Vec<String> = statement
            .query_map([table], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for column in &real {
            assert!(columns.contains(&format!("`{column}`")), "{table}.{column}");
        }
        assert!(!real.is_empty(), "{table}");
    }
    assert_eq!(named, tables);
}

//! The file keeps what runs add, and only that.

use super::*;
use crate::ledger::{
    DoneAction, Entries, Fate, Firing, Held, History, LevelEntry, RuleName, Toward,
};
use crate::schema::{Currency, Day, Decimal};
use std::cmp::Ordering;

struct Plain;

impl Names for Plain {
    fn subject_record(&self, _: &str) -> &str {
        "customer"
    }

    fn level_record(&self, _: &str) -> &str {
        "customer"
    }

    fn compare_subjects(&self, _: &str, a: &str, b: &str) -> Option<Ordering> {
        Some(a.cmp(b))
    }
}

const NOW: Duration = Duration::ZERO;

fn day(text: &str) -> Day {
    Day::parse_iso(text.as_bytes()).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn firing(on: &str, subject: &str, key: u128) -> (RuleName, Firing) {
    let name = RuleName {
        campaign: "cards".into(),
        rule: "free".into(),
    };
    let action = DoneAction {
        key: format!("{key:032x}").into(),
        action: "send".into(),
        channel: Some("email".into()),
        record: "customer".into(),
        target: subject.into(),
        cost: Some(Decimal(20_000_000)),
        deliver_after: Some(format!("{on}T09:00:00+08:00").into()),
        params: format!("{{\"text\":\"Dear {subject}\",\"points\":5}}").into(),
        groups: vec![("shop".into(), "s1".into())],
    };
    let firing = Firing {
        day: day(on),
        subject: subject.into(),
        key,
        fate: Fate::Done,
        variant: Some("a".into()),
        groups: vec![("city".into(), "杭州".into())],
        actions: vec![action],
    };
    (name, firing)
}

fn entries(on: &str, firings: Vec<(RuleName, Firing)>) -> Entries {
    Entries {
        day: day(on),
        firings,
        levels: Vec::new(),
    }
}

fn level(row: &str, on: &str) -> LevelEntry {
    LevelEntry {
        attribute: "tier".into(),
        row: row.into(),
        held: held(on, "gold"),
    }
}

fn held(on: &str, level: &str) -> Held {
    Held {
        day: day(on),
        level: Some(level.into()),
        before: None,
        since: Some(day(on)),
        toward: Some(Toward {
            rises: true,
            level: None,
            since: day(on),
        }),
    }
}

/// Runs and commits; how much was added.
fn add(ledger: &mut Ledger, out: &str, entries: &Entries) -> Added {
    let writing = ledger.lock(NOW).unwrap();
    let workspace = writing
        .workspace("Shop", Currency::from_code("CNY"))
        .unwrap();
    let added = writing.add(workspace, Some(out), entries, &Plain).unwrap();
    writing.commit().unwrap();
    added
}

fn listed(ledger: &mut Ledger, out: &str, on: &str) -> Vec<String> {
    let writing = ledger.lock(NOW).unwrap();
    let mut subjects = Vec::new();
    writing
        .list::<LedgerError>((1, out), (day(on), day(on)), &mut |action| {
            subjects.push(action.subject.clone());
            Ok(())
        })
        .unwrap();
    subjects
}

#[test]
fn what_is_added_comes_back() {
    let folder = folder();
    let path = folder.path().join("l");
    let mut ledger = Ledger::open(&path, NOW).unwrap();
    let mut first = entries(
        "2026-11-21",
        vec![
            firing("2026-11-21", "c1", 1),
            firing("2026-11-21", "c2", u128::MAX),
        ],
    );
    first.firings[1].1.fate = Fate::HeldOut;
    first.firings[1].1.actions.clear();
    first.levels = vec![level("c1", "2026-11-21")];
    add(&mut ledger, "a.jsonl", &first);
    drop(ledger);

    let ledger = Ledger::open_existing(&path, NOW).unwrap();
    let read = ledger.history("Shop", true).unwrap();
    // Keys and times of delivery stay in the file.
    for action in first.firings.iter_mut().flat_map(|(_, f)| &mut f.actions) {
        action.key = "".into();
        action.deliver_after = None;
    }
    let mut expected = History::default();
    expected.add(first);
    let rule = |h: &History| h.rule("cards", "free").unwrap().firings().to_vec();
    assert_eq!(rule(&read), rule(&expected));
    let later = day("2027-01-01");
    assert_eq!(
        read.held_before("tier", "c1", later),
        expected.held_before("tier", "c1", later)
    );
    assert_eq!(read.run_before(later), Some(day("2026-11-21")));
    assert!(
        ledger
            .history("Other", true)
            .unwrap()
            .days()
            .next()
            .is_none()
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn nothing_new_changes_nothing() {
    let folder = folder();
    let mut ledger = Ledger::open(&folder.path().join("l"), NOW).unwrap();
    let mut first = entries("2026-11-21", vec![firing("2026-11-21", "c1", 1)]);
    first.levels = vec![level("c1", "2026-11-21")];
    assert!(!add(&mut ledger, "a", &first).is_nothing());
    let dump = ledger.dump().unwrap();
    let mut again = entries("2026-11-21", Vec::new());
    again.levels = first.levels.clone();
    assert!(add(&mut ledger, "b", &again).is_nothing());
    assert_eq!(ledger.dump().unwrap(), dump);
    // A day on which nothing happens is a day all the same.
    assert!(add(&mut ledger, "a", &entries("2026-11-22", Vec::new())).new_day);
    assert!(
        ledger
            .history("Shop", true)
            .unwrap()
            .runs_after(day("2026-11-21"))
    );
}

#[test]
fn later_actions_of_a_day_take_their_places() {
    let folder = folder();
    let mut ledger = Ledger::open(&folder.path().join("l"), NOW).unwrap();
    let on = "2026-11-21";
    let of =
        |keys: &[(&str, u128)]| entries(on, keys.iter().map(|(s, k)| firing(on, s, *k)).collect());
    add(&mut ledger, "a", &of(&[("c2", 2), ("c4", 4)]));
    add(&mut ledger, "b", &of(&[("c9", 9)]));
    add(
        &mut ledger,
        "a",
        &of(&[("c1", 1), ("c3", 3), ("c4", 40), ("c5", 5)]),
    );
    assert_eq!(
        listed(&mut ledger, "a", on),
        ["c1", "c2", "c3", "c4", "c4", "c5"]
    );
    assert_eq!(listed(&mut ledger, "b", on), ["c9"]);
    assert_eq!(ledger.check().unwrap(), []);
}

#[test]
fn without_a_commit_nothing_has_happened() {
    let folder = folder();
    let path = folder.path().join("l");
    let mut ledger = Ledger::open(&path, NOW).unwrap();
    let dump = ledger.dump().unwrap();
    let writing = ledger.lock(NOW).unwrap();
    let workspace = writing.workspace("Shop", None).unwrap();
    let new = entries("2026-11-21", vec![firing("2026-11-21", "c1", 1)]);
    writing.add(workspace, Some("a"), &new, &Plain).unwrap();
    // A reader goes on, and sees what was there.
    let reader = Ledger::open_existing(&path, NOW).unwrap();
    assert_eq!(reader.dump().unwrap(), dump);
    drop(writing);
    assert_eq!(ledger.dump().unwrap(), dump);
}

#[test]
fn one_run_at_a_time() {
    let folder = folder();
    let path = folder.path().join("l");
    let mut first = Ledger::open(&path, NOW).unwrap();
    let mut second = Ledger::open(&path, NOW).unwrap();
    let held = first.lock(NOW).unwrap();
    let refused = second.lock(Duration::from_millis(20)).err().unwrap();
    assert_eq!(refused.fault, Fault::Busy);
    assert_eq!(refused.path, path);
    drop(held);
    assert!(second.lock(NOW).is_ok());
}

#[test]
fn other_files_are_refused() {
    let folder = folder();
    let fault = |name: &str| {
        let path = folder.path().join(name);
        Ledger::open(&path, NOW).err().unwrap().fault
    };
    std::fs::write(folder.path().join("text.csv"), "id,name\n1,Li\n").unwrap();
    assert_eq!(fault("text.csv"), Fault::NoLedger);
    let foreign = Connection::open(folder.path().join("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE t (x)").unwrap();
    assert_eq!(fault("foreign.db"), Fault::NoLedger);
    drop(Ledger::open(&folder.path().join("new"), NOW).unwrap());
    let newer = Connection::open(folder.path().join("new")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(fault("new"), Fault::Newer { version: 99, .. }));
    assert_eq!(fault("no/such/folder"), Fault::Unmade);
    let absent = Ledger::open_existing(&folder.path().join("absent"), NOW);
    assert_eq!(absent.err().unwrap().fault, Fault::Absent);
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = folder();
    let mut ledger = Ledger::open(&folder.path().join("l"), NOW).unwrap();
    let mut dear = entries("2026-11-21", vec![firing("2026-11-21", "c1", 1)]);
    add(&mut ledger, "a", &dear);
    let writing = ledger.lock(NOW).unwrap();
    let twice = writing.add(1, Some("b"), &dear, &Plain).unwrap_err();
    assert!(matches!(twice.fault, Fault::Twice { .. }));
    let action = &mut dear.firings[0].1.actions[0];
    action.key = "other".into();
    action.cost = Some(Decimal(i128::from(i64::MAX) + 1));
    let cost = writing.add(1, Some("b"), &dear, &Plain).unwrap_err();
    assert!(matches!(cost.fault, Fault::Cost { .. }));
    let currency = writing.workspace("Shop", Currency::from_code("USD"));
    assert!(matches!(
        currency.unwrap_err().fault,
        Fault::Currency { .. }
    ));
}

#[test]
fn a_forgotten_person_leaves_no_byte() {
    let folder = folder();
    let path = folder.path().join("l");
    let mut ledger = Ledger::open(&path, NOW).unwrap();
    let on = "2026-11-21";
    let key = 0x1234_5678_9abc_def0_1122_3344_5566_7788;
    let mut first = entries(on, vec![firing(on, "person-77", key), firing(on, "c2", 2)]);
    // To somebody else, about the person; and a group that only the person has.
    first.firings[1].1.actions[0].params = "{\"text\":\"from person-77\",\"points\":5}".into();
    first.firings[0].1.groups[0].1 = "alone".into();
    first.levels = vec![level("person-77", on)];
    add(&mut ledger, "a", &first);
    let forgotten = ledger.forget(("customer", "person-77"), None, NOW).unwrap();
    assert_eq!(
        forgotten,
        Forgotten {
            firings: 1,
            actions: 1,
            mentions: 1,
            levels: 1,
            pseudonym: "forgotten-1".into(),
        }
    );
    let again = ledger.forget(("customer", "person-77"), None, NOW).unwrap();
    assert_eq!(again, Forgotten::default());
    assert_eq!(ledger.check().unwrap(), []);
    let history = ledger.history("Shop", true).unwrap();
    let firings = history.rule("cards", "free").unwrap().firings();
    assert_eq!(firings.len(), 2);
    assert_eq!(firings[0].actions[0].cost, Some(Decimal(20_000_000)));
    assert_eq!(&*firings[0].actions[0].target, "forgotten-1");
    assert_eq!(
        &*firings[1].actions[0].params,
        "{\"text\":null,\"points\":5}"
    );
    drop(ledger);
    let bytes = std::fs::read(&path).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    assert!(!holds(b"person-77") && !holds(b"alone"));
    assert!(!holds(&key.to_be_bytes()) && !holds(format!("{key:032x}").as_bytes()));
    assert!(holds(b"forgotten-1"));
}

#[test]
fn pruning_keeps_what_rules_count_by() {
    let folder = folder();
    let path = folder.path().join("l");
    let mut ledger = Ledger::open(&path, NOW).unwrap();
    for (on, key) in [("2026-01-01", 1), ("2026-02-01", 2), ("2026-03-01", 3)] {
        let mut entries = entries(on, vec![firing(on, "c1", key)]);
        entries.levels = vec![level("c1", on)];
        add(&mut ledger, "a", &entries);
    }
    let pruned = ledger.prune(day("2026-03-01"), None, NOW).unwrap();
    assert_eq!((pruned.runs, pruned.actions, pruned.levels), (2, 2, 1));
    let history = ledger.history("Shop", true).unwrap();
    let firings = history.rule("cards", "free").unwrap().firings();
    assert_eq!(firings.len(), 3);
    assert_eq!(
        &*firings[0].actions[0].params,
        "{\"text\":null,\"points\":5}"
    );
    assert!(firings[2].actions[0].params.contains("Dear"));
    let february = day("2026-02-01");
    let held = history
        .held_before("tier", "c1", day("2026-03-01"))
        .unwrap();
    assert_eq!(held.day, february);
    let writing = ledger.lock(NOW).unwrap();
    let list = writing.list::<LedgerError>((1, "a"), (february, february), &mut |_| Ok(()));
    assert!(matches!(list.unwrap_err().fault, Fault::Pruned { .. }));
}

#[test]
fn damage_is_found() {
    let folder = folder();
    let path = folder.path().join("l");
    let mut ledger = Ledger::open(&path, NOW).unwrap();
    let on = "2026-11-21";
    let many = (0..500).map(|k| firing(on, &format!("c{k}"), k)).collect();
    add(&mut ledger, "a", &entries(on, many));
    drop(ledger);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let fault = match Ledger::open_existing(&path, NOW) {
        Err(e) => e.fault,
        Ok(ledger) => match ledger.check() {
            Err(e) => e.fault,
            Ok(findings) => {
                assert!(matches!(findings[0], Finding::Damage(_)));
                Fault::Damaged
            }
        },
    };
    assert_eq!(fault, Fault::Damaged);
}

//! `lint --watch` and `test --watch`: again after each change, through broken files, until Ctrl-C.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Far beyond what a round takes on a busy machine: a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(120);

/// A command that watches.
struct Watcher {
    child: Child,
    lines: Receiver<(Stream, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

/// What one round printed.
#[derive(Debug)]
struct Round {
    out: String,
    err: String,
}

fn forward(stream: Stream, from: impl Read + Send + 'static, to: Sender<(Stream, String)>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send((stream, line)).is_err() {
                break;
            }
        }
    });
}

impl Watcher {
    fn new(folder: &Path, args: &[&str]) -> Watcher {
        let mut child = Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .args(args)
            .arg("--watch")
            .current_dir(folder)
            .env_remove("NO_GRAPHICS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let (to, lines) = channel();
        forward(Stream::Out, child.stdout.take().expect("piped"), to.clone());
        forward(Stream::Err, child.stderr.take().expect("piped"), to);
        Watcher { child, lines }
    }

    /// What `lint` printed, up to the line that says that it watches.
    fn linted(&self) -> Round {
        self.round(|round| round.out.lines().count() == tallied(&round.err))
    }

    /// What `test` printed.
    fn tested(&self) -> Round {
        self.round(|round| round.out.ends_with(" failed\n") || round.err.contains("error: "))
    }

    /// The two streams are read side by side: results may be read after the line that was written after them.
    fn round(&self, complete: impl Fn(&Round) -> bool) -> Round {
        let mut round = Round {
            out: String::new(),
            err: String::new(),
        };
        while !(round.err.contains("(Ctrl-C ends)") && complete(&round)) {
            let (stream, line) = self
                .lines
                .recv_timeout(LONG)
                .unwrap_or_else(|e| panic!("{e}: {round:#?}"));
            let text = match stream {
                Stream::Out => &mut round.out,
                Stream::Err => &mut round.err,
            };
            text.push_str(&line);
            text.push('\n');
        }
        round
    }
}

/// How many findings the line `2 errors, 1 warning in 3 files` counts.
fn tallied(err: &str) -> usize {
    let kinds = ["error", "warning", "hint"];
    let words: Vec<&str> = err.lines().flat_map(str::split_whitespace).collect();
    words
        .windows(2)
        .filter(|pair| kinds.iter().any(|kind| pair[1].starts_with(kind)))
        .filter_map(|pair| pair[0].parse::<usize>().ok())
        .sum()
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CLEAN: &str = "record customer from \"customers\" {\n  id: text key\n  spend: money\n}\n";

const WORKSPACE: &str = "workspace \"Shop\" {\n  currency CNY\n  use \"../brand\"\n}\n";

/// Whole or not at all, so that no half of it is seen on a busy machine.
fn put(path: PathBuf, content: impl AsRef<[u8]>) {
    let part = path.with_extension("part");
    fs::write(&part, content).unwrap();
    fs::rename(part, path).unwrap();
}

/// `shop` uses `brand`; `.hidden` and `notes.txt` bear on nothing.
fn folders() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["shop", "brand", "shop/.hidden"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("shop/shop.rules"), WORKSPACE).unwrap();
    fs::write(folder.path().join("brand/records.rules"), CLEAN).unwrap();
    folder
}

#[test]
fn each_change_is_linted() {
    let folder = folders();
    let at = |name: &str| folder.path().join(name);
    let watcher = Watcher::new(&at("shop"), &["lint", "--output-format", "concise"]);
    let out = |what: &str| {
        let round = watcher.linted();
        assert!(round.out.contains(what), "`{what}` in {round:#?}");
        assert!(!round.out.contains('\u{1b}'), "no terminal, no clearing");
    };
    let err = |what: &str| {
        let round = watcher.linted();
        assert!(round.err.contains(what), "`{what}` in {round:#?}");
        assert!(
            round.err.contains("watching `.` (Ctrl-C ends)"),
            "{round:#?}"
        );
        assert_eq!(round.out, "");
    };
    err("2 files checked, nothing found");

    // A new file, in a new folder; what lies beside does not count.
    put(at("shop/notes.txt"), "x");
    put(at("shop/.hidden/b.rules"), "x");
    fs::create_dir(at("shop/more")).unwrap();
    put(at("shop/more/a.rules"), "define x for customer = spnd\n");
    out("has no `spnd`");

    // A file that is no text stops the command, not the watching.
    put(at("shop/more/a.rules"), b"\xff\xff");
    err("is not UTF-8");
    put(at("shop/more/a.rules"), "define x for customer = = 1\n");
    out("error[syntax]");
    fs::remove_file(at("shop/more/a.rules")).unwrap();
    err("nothing found");

    // A used folder.
    put(at("brand/records.rules"), CLEAN.replace("money", "mony"));
    out("brand/records.rules:3:10: error");
    put(at("brand/records.rules"), CLEAN.replace("  id", "   id"));
    out("warning[unformatted]");

    // A configuration that appears, is broken, and goes.
    put(at("guanxi.toml"), "[lint]\nunformatted = \"off\"\n");
    err("nothing found");
    put(at("guanxi.toml"), "[lint\n");
    err("guanxi.toml:1:");
    fs::remove_file(at("guanxi.toml")).unwrap();
    out("warning[unformatted]");

    // The used folder goes, and comes back.
    fs::rename(at("brand"), at("elsewhere")).unwrap();
    err("there is no such folder");
    fs::rename(at("elsewhere"), at("brand")).unwrap();
    out("warning[unformatted]");
}

const TESTED: &str = "workspace \"Shop\" {\n  currency CNY\n}\n\nrecord customer from \"customers\" {\n  id: text key\n}\n\ndefine here for customer = yes\n\ntest \"all are here\" {\n  today is 2026-11-21\n  given customer { id: \"a\" }\n  expect customer \"a\": here = yes\n}\n";

#[test]
fn each_change_is_tested() {
    let folder = tempfile::tempdir().unwrap();
    let file = || folder.path().join("shop.rules");
    put(file(), TESTED);
    let watcher = Watcher::new(folder.path(), &["test", "shop.rules"]);
    let says = |what: &str| {
        let round = watcher.tested();
        assert!(
            round.out.contains(what) || round.err.contains(what),
            "`{what}` in {round:#?}"
        );
    };
    says("1 passed, 0 failed");
    put(file(), TESTED.replace("customer = yes", "customer = no"));
    says("0 passed, 1 failed");
    put(file(), TESTED.replace("customer = yes", "customer = "));
    says("no test was run");
    fs::remove_file(file()).unwrap();
    says("there is no such file");
    put(file(), TESTED);
    says("1 passed, 0 failed");
}

#[test]
fn ctrl_c_ends_it() {
    use std::os::unix::process::ExitStatusExt;
    let folder = tempfile::tempdir().unwrap();
    put(folder.path().join("shop.rules"), TESTED);
    let mut watcher = Watcher::new(folder.path(), &["test"]);
    watcher.tested();
    let id = rustix::process::Pid::from_child(&watcher.child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    // Ended by the signal, which a shell shows as 130.
    assert_eq!(watcher.child.wait().unwrap().signal(), Some(2));
    let rest: Vec<_> = watcher.lines.iter().collect();
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn there_must_be_something_to_watch() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |at: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .args(["lint", "--watch", at])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, told) = refused("-");
    assert_eq!(code, Some(2));
    assert!(told.contains("`--watch` needs files"), "{told}");
    let (code, told) = refused("nowhere");
    assert_eq!(code, Some(4));
    assert!(told.contains("there is no such file or folder"), "{told}");
}

/// Nobody reads any more: it ends with the next change.
#[test]
fn a_reader_that_has_left_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = || folder.path().join("shop.rules");
    put(file(), TESTED);
    let mut child = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["test", "--watch"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "pass  all are here\n");
    line.clear();
    err.read_line(&mut line).unwrap();
    assert_eq!(line, "watching `.` (Ctrl-C ends)\n");
    drop(out);
    put(file(), TESTED.replace("all are", "everybody is"));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

//! The laws of `guanxi lint --fix`, on every program of this repository and on mutations of them: it never
//! panics, mends until nothing is left to mend, makes nothing worse, keeps every comment, lays out stably, and
//! what a safe fix leaves of a correct program means the same.

#[path = "support/conditions.rs"]
mod conditions;
#[path = "support/workspaces.rs"]
mod workspaces;

use guanxi::diagnostic::codes::Reporter;
use guanxi::diagnostic::fix::{self, Mended, Wanted};
use guanxi::diagnostic::{self, Code, Diagnostic, codes};
use guanxi::hir::Program;
use guanxi::lint::{self, Checked};
use guanxi::source::SourceMap;
use guanxi::syntax::{self, ast};
use guanxi::{analysis, format, testing};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Lints whose safe fixes write a condition in other words: the `test` blocks, not the program, stay the same.
const OTHER_WORDS: &[&str] = &["negated-group"];

type Files = Vec<(String, String)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(files: &Files) -> SourceMap {
    let mut sources = SourceMap::new();
    for (name, text) in files {
        sources.add(name.as_str(), text.as_str());
    }
    sources
}

struct Looked {
    trees: Vec<ast::File>,
    program: Option<Program>,
    found: Vec<Diagnostic>,
}

/// What `guanxi lint` does with one workspace.
fn look(sources: &SourceMap) -> Looked {
    let (mut found, mut trees) = (Vec::new(), Vec::new());
    for file in sources.files() {
        let (tree, said) = syntax::parse(file);
        if !said.iter().any(Diagnostic::is_error) {
            found.extend(lint::unformatted(file, &tree));
        }
        found.extend(said);
        trees.push(tree);
    }
    let (program, said) = analysis::check(sources, &trees, "workspace");
    found.extend(said);
    let program = program.filter(|_| !found.iter().any(Diagnostic::is_error));
    if let Some(program) = &program {
        let checked = Checked {
            program,
            sources,
            files: &trees,
        };
        found.extend(lint::run(checked, &|_| true));
    }
    let ran = |code: &Code, _| program.is_some() && lint::codes().any(|c| c == code);
    let obeyed = lint::obey(sources, &trees, found, &ran);
    let mut found = obeyed.kept;
    found.extend(obeyed.about);
    diagnostic::sort(&mut found);
    Looked {
        trees,
        program,
        found,
    }
}

fn mend(sources: &SourceMap, wanted: Wanted) -> Mended {
    let found = look(sources).found;
    let Ok(mended) = fix::mend(sources.clone(), found, wanted, |s| {
        Ok::<_, Infallible>(look(s).found)
    });
    mended
}

/// Everything of a program but the places in its text.
fn meaning(program: &Program) -> String {
    let full = format!("{program:?}");
    let mut pieces = full.split("Span { file: FileId(");
    let mut meaning = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        meaning.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    meaning
}

/// How often each comment is there; those that speak to `lint` may go.
fn comments(sources: &SourceMap, trees: &[ast::File]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for comment in trees.iter().flat_map(|t| &t.comments) {
        let text = sources.slice(comment.span).trim_end();
        if !text.contains("guanxi") {
            *counts.entry(text.to_owned()).or_default() += 1;
        }
    }
    counts
}

fn checker_errors(found: &[Diagnostic]) -> usize {
    let own = |d: &&Diagnostic| d.code.reporter == Reporter::Checker;
    found.iter().filter(own).count()
}

fn texts(sources: &SourceMap) -> Vec<&str> {
    sources.files().iter().map(|f| &*f.text).collect()
}

/// What is broken of the laws.
fn faults(files: &Files, wanted: Wanted) -> Vec<String> {
    let before = sources(files);
    let looked = look(&before);
    let mended = mend(&before, wanted);
    let after = look(&mended.sources);
    let mut faults = Vec::new();
    let mut law = |kept: bool, said: &str| {
        if !kept {
            let text = texts(&mended.sources).join("\n----\n");
            faults.push(format!("{}, {wanted:?}: {said}\n{text}", files[0].0));
        }
    };
    let again = mend(&mended.sources, wanted);
    law(
        texts(&again.sources) == texts(&mended.sources),
        "a second time changes more",
    );
    let (was, is) = (checker_errors(&looked.found), checker_errors(&after.found));
    law(is <= was, "more errors");
    law(
        is < was || after.found.len() <= looked.found.len(),
        "more findings",
    );
    let now = comments(&mended.sources, &after.trees);
    for (text, n) in comments(&before, &looked.trees) {
        law(now.get(&text) >= Some(&n), &format!("`{text}` is lost"));
    }
    for file in mended.sources.files() {
        let (tree, said) = syntax::parse(file);
        // `fmt` leaves files with errors alone.
        if said.iter().any(Diagnostic::is_error) {
            continue;
        }
        let once = format::format(file, &tree);
        let mut again = SourceMap::new();
        let id = again.add("again", once.as_str());
        let again = again.file(id);
        let twice = format::format(again, &syntax::parse(again).0);
        law(twice == once, "lays out unstably");
    }
    if mended.refused == 0 {
        law(
            !after.found.iter().any(|d| d.code == &codes::UNFORMATTED),
            "left unformatted",
        );
    }
    if let (Some(old), Wanted::Safe) = (&looked.program, wanted) {
        let other_words = mended
            .applied
            .iter()
            .any(|a| OTHER_WORDS.contains(&a.code.name));
        let same = match &after.program {
            Some(new) if other_words => tests_hold(new, &mended.sources),
            Some(new) => meaning(old) == meaning(new),
            None => false,
        };
        law(same, "another meaning");
    }
    faults
}

fn tests_hold(program: &Program, sources: &SourceMap) -> bool {
    (0..program.tests.len()).all(|i| testing::run(program, sources, i).passed())
}

fn rules_of(folder: &Path) -> Files {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rules"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|p| {
            let name = p.strip_prefix(root()).unwrap_or(p).display().to_string();
            (name, fs::read_to_string(p).expect("a text"))
        })
        .collect()
}

/// Every program there is: the examples whole, the others file by file, the samples of the pages.
fn corpus() -> Vec<Files> {
    let mut corpus: Vec<Files> = ["cdnow", "tea-house"]
        .iter()
        .map(|e| rules_of(&root().join("examples").join(e)))
        .collect();
    for folder in [
        "tests/conformance",
        "tests/diagnostics",
        "tests/format",
        "tests/syntax",
    ] {
        corpus.extend(rules_of(&root().join(folder)).into_iter().map(|f| vec![f]));
    }
    for code in codes::ALL {
        let samples = code.page.split("```guanxi\n").skip(1);
        for (i, sample) in samples.filter_map(|s| s.split("```").next()).enumerate() {
            corpus.push(vec![(format!("{}-{i}", code.name), sample.to_owned())]);
        }
    }
    corpus
}

#[test]
fn the_laws_hold_on_every_program_here() {
    let mut broken = Vec::new();
    for files in corpus() {
        for wanted in [Wanted::Safe, Wanted::All] {
            broken.extend(faults(&files, wanted));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// 500 workspaces by chance, which lints find much in: with safe fixes and with all.
#[test]
fn the_laws_hold_on_generated_workspaces() {
    let broken: Vec<String> = (0..500u64)
        .into_par_iter()
        .flat_map_iter(|seed| {
            let text = workspaces::workspace(&mut conditions::Random::new(seed));
            let files = vec![(format!("workspace {seed}"), text)];
            let wanted = if seed % 2 == 0 {
                Wanted::Safe
            } else {
                Wanted::All
            };
            faults(&files, wanted)
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// A stretch of white space, and what is put behind it, in place of the word there or beside it.
const SLIPS: &[&str] = &[
    "",
    "and",
    "&& ",
    "1,000 CNY ",
    "yuan",
    "= yes ",
    "}",
    "(",
    "\"",
    "spnd",
    "# a note\n",
    "   ",
    "\n\n\n",
    "\n# guanxi: allow unused-definition because of a poster\n",
    "\n# guanxi: allow unused-definitions, unformatted because of a poster\n",
    "2026/11/21 ",
    "// a note\n",
    "(1 + 2",
    "；",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(60))]

    #[test]
    fn the_laws_hold_on_mutations(
        which: usize,
        all: bool,
        slips in proptest::collection::vec((0usize..1 << 20, 0..SLIPS.len(), proptest::bool::ANY), 1..5),
    ) {
        let mut files = MUTATED.with(|c| c[which % c.len()].clone());
        for (at, slip, instead) in slips {
            let (_, text) = &mut files[0];
            let places: Vec<usize> = text.match_indices(char::is_whitespace).map(|(i, _)| i).collect();
            let Some(from) = places.get(at % places.len().max(1)) else { continue };
            let next = text[from + 1..].find(char::is_whitespace);
            let to = next.filter(|_| instead).map_or(from + 1, |n| from + 1 + n);
            if text.is_char_boundary(from + 1) {
                text.replace_range(from + 1..to, SLIPS[slip]);
            }
        }
        let wanted = if all { Wanted::All } else { Wanted::Safe };
        let broken = faults(&files, wanted);
        proptest::prop_assert!(broken.is_empty(), "{}\nof\n{}", broken.join("\n\n"), files[0].1);
    }
}

thread_local! {
    /// Programs of one file that are not too long to be mended many times.
    static MUTATED: Vec<Files> = corpus()
        .into_iter()
        .filter(|f| f.len() == 1 && f[0].1.len() < 6_000)
        .collect();
}

fn guanxi(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

fn folder_with(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.rules"), bytes).expect("a file");
    folder
}

const LOOSE: &str = "record customer from \"c\" { # who\n  id : text key\n}\n";

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    let text = format!("\u{feff}{}", LOOSE.replace('\n', "\r\n"));
    let folder = folder_with(text.as_bytes());
    let output = guanxi(folder.path(), &["lint", "--fix"]);
    assert!(output.status.success());
    let fixed = fs::read_to_string(folder.path().join("a.rules")).unwrap();
    let wanted = "\u{feff}record customer from \"c\" { # who\r\n  id: text key\r\n}\r\n";
    assert_eq!(fixed, wanted);
}

#[test]
fn nothing_is_written_where_nothing_can_be_fixed() {
    let folder = folder_with(b"record customer {\r\n  id: text key\r\n}\n");
    let path = folder.path().join("a.rules");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    assert!(guanxi(folder.path(), &["lint", "--fix"]).status.success());
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_read_only_file_is_left_as_it_is() {
    let folder = folder_with(LOOSE.as_bytes());
    let path = folder.path().join("a.rules");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    for arguments in [&["lint", "--fix"][..], &["fmt"]] {
        let output = guanxi(folder.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains("`a.rules` cannot be written"), "{said}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), LOOSE);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_allowed_or_known_is_not_fixed() {
    let allowed = format!("# guanxi: allow unformatted because a machine writes it\n{LOOSE}");
    let folder = folder_with(allowed.as_bytes());
    let path = folder.path().join("a.rules");
    assert!(guanxi(folder.path(), &["lint", "--fix"]).status.success());
    assert_eq!(fs::read_to_string(&path).unwrap(), allowed);

    fs::write(&path, LOOSE).unwrap();
    let baseline = ["lint", "--baseline", "b.json"];
    let written = guanxi(
        folder.path(),
        &[&baseline[..], &["--write-baseline"]].concat(),
    );
    assert!(written.status.success());
    let fixed = guanxi(folder.path(), &[&baseline[..], &["--fix"]].concat());
    assert!(fixed.status.success());
    assert_eq!(fs::read_to_string(&path).unwrap(), LOOSE);
}

/// The baseline knows findings that have moved, from wherever the command is given; a new one is told.
#[test]
fn a_baseline_outlives_moves_and_layout() {
    let text = "record customer {\n  id: text key\n}\n\naction one for customer\n\
                campaign c for customer {\n  rule r {\n    when id = \"a\"\n    then two()\n  }\n}\n\
                action two for customer\n";
    let folder = folder_with(text.as_bytes());
    let path = folder.path().join("a.rules");
    let known = guanxi(
        folder.path(),
        &["lint", "--baseline", "b.json", "--write-baseline"],
    );
    assert!(known.status.success());
    let moved = format!(
        "# above\n\n{}",
        text.replace("action one for", "action  one\n  for")
    );
    fs::write(&path, &moved).unwrap();
    let above = folder.path().parent().unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    let output = guanxi(
        above,
        &["lint", name, "--baseline", &format!("{name}/b.json")],
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    fs::write(&path, format!("{moved}\naction three for customer\n")).unwrap();
    let output = guanxi(
        folder.path(),
        &["lint", "--baseline", "b.json", "--output-format", "concise"],
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("`three`") && said.lines().count() == 1,
        "{said}"
    );
}

#[test]
fn a_baseline_never_hides_an_error_of_the_checker() {
    let folder = folder_with(b"define a for nobody = 1\n");
    let write = guanxi(
        folder.path(),
        &["lint", "--baseline", "b.json", "--write-baseline"],
    );
    assert_eq!(write.status.code(), Some(2));
    assert!(!folder.path().join("b.json").exists());
    let entry =
        r#"{"file":"a.rules","code":"unknown-name","within":"define a","text":"nobody","count":9}"#;
    fs::write(
        folder.path().join("b.json"),
        format!(r#"{{"version":1,"findings":[{entry}]}}"#),
    )
    .unwrap();
    let lint = guanxi(folder.path(), &["lint", "--baseline", "b.json"]);
    assert_eq!(lint.status.code(), Some(1));
}

/// A comment in a shared file that one workspace needs is not stale because another does not.
#[test]
fn what_one_workspace_needs_is_not_stale() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write(
        "brand/brand.rules",
        "record customer {\n  id: text key\n}\n\naction call for customer\n\n\
         # guanxi: allow unused-definition because the south has no paper\n\
         action write for customer\n",
    );
    for (shop, action) in [("north", "write"), ("south", "call")] {
        let text = format!(
            "workspace \"{shop}\" {{\n  time zone \"UTC\"\n  use \"../brand\"\n}}\n\n\
             campaign c for customer {{\n  rule r {{\n    when id = \"a\"\n    \
             then {action}() and call()\n  }}\n}}\n"
        );
        write(
            &format!("{shop}/shop.rules"),
            &text.replace("call() and call()", "call()"),
        );
    }
    let codes = |place: &str| {
        let output = guanxi(
            folder.path(),
            &["lint", place, "--output-format", "concise"],
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(!codes(".").contains("suppression"), "{}", codes("."));
    assert!(
        codes("north").contains("stale-suppression"),
        "{}",
        codes("north")
    );
    assert!(
        !codes("south").contains("suppression"),
        "{}",
        codes("south")
    );
}

/// Standard input comes back mended on standard output, what is still found on standard error.
#[test]
fn standard_input_goes_to_standard_output() {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_guanxi"))
        .args(["lint", "-", "--fix", "--isolated"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let text = format!("{LOOSE}message hello for customer {{ \"Hello\" }}\n");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let fixed = "record customer from \"c\" { # who\n  id: text key\n}\n\n\
                 message hello for customer {\n  \"Hello\"\n}\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), fixed);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("nothing uses the message `hello`"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

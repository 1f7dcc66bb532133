//! The shape of the code, held by a test: a module imports only from floors below its own, a registry
//! names every file of its folder, and files stay short.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up: floor, rooms. Within a line a room may look to those left of it.
const FLOORS: &[(u32, &[&str])] = &[
    (1, &["source"]),
    (2, &["diagnostic"]),
    (3, &["schema", "vector", "syntax"]),
    (4, &["calendar", "functions", "data", "format", "locale"]),
    (5, &["hir"]),
    (6, &["analysis", "plan", "solver"]),
    (7, &["sql", "ledger"]),
    (8, &["engine"]),
    (9, &["why", "testing", "report", "lint"]),
    (10, &["lsp", "cli"]),
];

/// The only looks sideways: `vector` and `syntax` hold values of `schema`, a failed test tells why, and a lint and a
/// report go by what tests reach.
const SIDEWAYS: &[(&str, &str)] = &[
    ("vector", "schema"),
    ("syntax", "schema"),
    ("testing", "why"),
    ("lint", "testing"),
    ("report", "testing"),
];

/// A folder with one thing a file, listed in its `mod.rs`. Files in `besides` are its machinery; where there
/// is a `mark`, so is every file without it.
struct Registry {
    folder: &'static str,
    besides: &'static [&'static str],
    mark: &'static str,
}

const REGISTRIES: &[Registry] = &[
    Registry {
        folder: "src/cli",
        besides: &[
            "clock",
            "config",
            "console",
            "coverage",
            "files",
            "findings",
            "load",
            "output",
            "progress",
            "repository",
            "results",
            "watch",
            "workspace",
        ],
        mark: "",
    },
    Registry {
        folder: "src/data",
        besides: &[],
        mark: ": Format = Format {",
    },
    Registry {
        folder: "src/data/output",
        besides: &[],
        mark: "",
    },
    Registry {
        folder: "src/diagnostic/render",
        besides: &[],
        mark: "",
    },
    Registry {
        folder: "src/engine/stages",
        besides: &[],
        mark: "",
    },
    Registry {
        folder: "src/functions",
        besides: &["extreme", "tests"],
        mark: "",
    },
    Registry {
        folder: "src/lint",
        besides: &[
            "claims",
            "levels",
            "lines",
            "colleagues",
            "places",
            "rivals",
            "same_actions",
            "suppression",
        ],
        mark: "",
    },
];

/// Lines of a file beyond which it must be split, tests and all.
const LONGEST: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return files;
    };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn floor(room: &str) -> Option<u32> {
    FLOORS
        .iter()
        .find(|(_, rooms)| rooms.contains(&room))
        .map(|(floor, _)| *floor)
}

/// The room a file of `src` lies in.
fn room_of(file: &Path) -> String {
    let below = file
        .strip_prefix(root().join("src"))
        .expect("a file of src");
    let first = below.components().next().expect("a name");
    first
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// Code without comments and without the texts in quotes.
fn code_of(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut quoted = false;
        let mut last = ' ';
        for c in line.chars() {
            if c == '"' && last != '\\' && last != '\'' {
                quoted = !quoted;
            }
            if !quoted && c == '/' && last == '/' {
                break;
            }
            if !quoted {
                out.push(c);
            }
            last = c;
        }
        out.push('\n');
    }
    out
}

/// Every room that a file names by `crate::room`, also in `use crate::{a, b::c}`.
fn rooms_named(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (i, _) in code.match_indices("crate::") {
        if code[..i].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[i + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            rooms.extend(heads_of_group(group));
        } else {
            rooms.push(name_at(rest));
        }
    }
    rooms
}

fn name_at(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(name_at(group[start..i].trim_start()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(name_at(group[start..i].trim_start()));
                start = i + 1;
            }
            _ => {}
        }
    }
    heads.retain(|h| !h.is_empty());
    heads
}

#[test]
fn a_module_imports_only_from_floors_below() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let room = room_of(&file);
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(own) = floor(&room) else {
            wrong.push(format!(
                "`{room}` has no floor: add it to FLOORS and docs/architecture.md"
            ));
            continue;
        };
        let text = fs::read_to_string(&file).expect("readable");
        for named in rooms_named(&code_of(&text)) {
            let Some(other) = floor(&named) else { continue };
            let allowed =
                named == room || other < own || SIDEWAYS.contains(&(room.as_str(), named.as_str()));
            if !allowed {
                let shown = file.strip_prefix(root()).unwrap_or(&file).display();
                wrong.push(format!(
                    "{shown}: floor {own} looks to `{named}` on floor {other}"
                ));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "arrows upward or sideways:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_registry_lists_every_file_of_its_folder() {
    let mut missing = Vec::new();
    for registry in REGISTRIES {
        let folder = root().join(registry.folder);
        let list = fs::read_to_string(folder.join("mod.rs")).expect("a list");
        let code = code_of(&list);
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("readable").path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path)
                .or_else(|_| fs::read_to_string(path.join("mod.rs")))
                .unwrap_or_default();
            let is_code = path.extension().is_none_or(|e| e == "rs") && !text.is_empty();
            let listed = is_listed(&code, &name);
            let machinery = name == "mod" || registry.besides.contains(&name.as_str());
            if is_code && !machinery && text.contains(registry.mark) && !listed {
                missing.push(format!("{}/mod.rs does not list `{name}`", registry.folder));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Whether a name stands in code as a whole word, other than in `mod name;`, which lists nothing.
fn is_listed(code: &str, name: &str) -> bool {
    let module = format!("mod {name};");
    code.lines()
        .filter(|l| !l.trim().trim_start_matches("pub ").eq(&module))
        .flat_map(|l| l.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .any(|word| word == name)
}

#[test]
fn every_command_has_its_transcript() {
    let transcripts: String = fs::read_dir(root().join("tests/cli"))
        .expect("tests/cli")
        .filter_map(|e| fs::read_to_string(e.ok()?.path()).ok())
        .collect();
    let list = fs::read_to_string(root().join("src/cli/mod.rs")).expect("src/cli/mod.rs");
    let commands = list
        .split("commands! {")
        .nth(2)
        .or_else(|| list.split("commands! {").nth(1));
    let commands = commands
        .expect("the registry")
        .split('}')
        .next()
        .expect("its end");
    for line in commands.lines().filter(|l| l.contains('=')) {
        let name = line
            .split('=')
            .nth(1)
            .unwrap_or("")
            .trim()
            .trim_end_matches(';');
        assert!(
            transcripts.contains(&format!("$ guanxi {name}")),
            "no transcript in tests/cli runs `guanxi {name}`"
        );
    }
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for file in rust_files(&root().join("src")) {
        let lines = fs::read_to_string(&file).expect("readable").lines().count();
        let shown = file.strip_prefix(root()).unwrap_or(&file);
        if lines > LONGEST {
            long.push(format!("{}: {lines} lines", shown.display()));
        }
    }
    assert!(long.is_empty(), "split these files:\n{}", long.join("\n"));
}

#[test]
fn the_reader_of_imports_reads_groups() {
    let code = "use crate::{hir, plan::{self, Plan}, schema::Day};\nuse crate::data;";
    assert_eq!(rooms_named(code), ["hir", "plan", "schema", "data"]);
    assert_eq!(rooms_named("// crate::cli\n").len(), 1);
    assert!(rooms_named(&code_of("let a = \"crate::cli\"; // crate::cli\n")).is_empty());
}

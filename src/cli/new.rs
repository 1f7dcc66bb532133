//! `guanxi new`: a workspace to begin with.

use super::Invocation;
use super::console::{Exit, Failure, Outcome};
use super::workspace::shown;
use std::fs;
use std::path::{Path, PathBuf};

/// Make a workspace with a sample campaign, data and tests that pass
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi new my-shop         makes the folder my-shop")]
pub struct Args {
    /// The folder to make; it must be empty or not there yet
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Path below the folder, and text.
const FILES: &[(&str, &str)] = &[
    ("shop.rules", include_str!("new/shop.rules")),
    ("campaigns.rules", include_str!("new/campaigns.rules")),
    ("tests.rules", include_str!("new/tests.rules")),
    ("data/customers.csv", include_str!("new/data/customers.csv")),
    ("data/purchases.csv", include_str!("new/data/purchases.csv")),
];

/// What the sample calls itself, until it takes the folder's name.
const SAMPLE_TITLE: &str = "\"My shop\"";

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let folder = &args.folder;
    let name = shown(folder);
    refuse_what_is_there(folder, &name)?;
    let failed = |path: &Path, e: &std::io::Error| Failure::io("written", &shown(path), e);
    let data = folder.join("data");
    fs::create_dir_all(&data).map_err(|e| failed(&data, &e))?;
    for (file, text) in FILES {
        let path = folder.join(file);
        let text = text.replace(SAMPLE_TITLE, &title(folder));
        fs::write(&path, text).map_err(|e| failed(&path, &e))?;
    }
    let made: Vec<String> = FILES
        .iter()
        .map(|(file, _)| format!("  {name}/{file}\n"))
        .collect();
    invocation
        .console
        .result(format!("made\n{}", made.concat()))?;
    invocation.console.say(format_args!(
        "\nnext\n  \
         guanxi lint {name}                      find what is wrong\n  \
         guanxi test {name}                      run its tests\n  \
         guanxi run {name} --today 2026-11-21    turn the sample data into actions"
    ));
    Ok(Exit::Clean)
}

fn refuse_what_is_there(folder: &Path, name: &str) -> Result<(), Failure> {
    if folder.is_file() {
        return Err(Failure::usage(
            format!("`{name}` is a file"),
            "name a folder that is not there yet",
        ));
    }
    match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Failure::io("read", name, &e)),
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| {
            Err(Failure::usage(
                format!("`{name}` is not empty, and nothing in it is overwritten"),
                "name a folder that is empty or not there yet",
            ))
        }),
    }
}

/// The folder's name as a text of the language.
fn title(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let escaped = name
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('{', "\\{");
    if name.is_empty() {
        SAMPLE_TITLE.to_owned()
    } else {
        format!("\"{escaped}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_folder_name_makes_a_title() {
        assert_eq!(
            title(Path::new("shops/tea \"1\" {x}")),
            r#""tea \"1\" \{x}""#
        );
    }
}

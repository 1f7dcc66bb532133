//! `guanxi fmt`: lays out `.rules` files.

use super::console::{Exit, Failure, Outcome, count};
use super::findings::{self, Format};
use super::workspace::{RulesFile, read_rules, shown};
use super::{Invocation, files};
use crate::diagnostic::Diagnostic;
use crate::format;
use crate::source::SourceMap;
use std::path::PathBuf;

/// Lay out .rules files; comments and meaning stay
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi fmt my-shop              rewrites the files that need it
  guanxi fmt my-shop --check      only says which do, for a build
  guanxi fmt my-shop --diff       shows what would change
  guanxi fmt - < shop.rules       from standard input to standard output")]
pub struct Args {
    /// Folders or .rules files, or - for standard input
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,

    /// Change nothing; say which files would change, and fail if any would
    #[arg(long)]
    check: bool,

    /// Change nothing; show the changes, and fail if there are any
    #[arg(long)]
    diff: bool,
}

/// A file and its text laid out.
struct Laid {
    file: RulesFile,
    text: String,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let mut read = Vec::new();
    for path in &args.paths {
        read.extend(read_rules(path)?);
    }
    read.sort_by(|a, b| a.shown.cmp(&b.shown));
    read.dedup_by(|a, b| a.shown == b.shown);
    let (laid, broken) = lay_out(read, invocation);
    let changed: Vec<&Laid> = laid.iter().filter(|l| l.changes()).collect();
    let stdin = laid.iter().find(|l| l.file.path.is_none());
    if args.check || args.diff {
        report(&args, &changed, invocation)?;
    } else if let Some(laid) = stdin {
        invocation.console.result(&laid.text)?;
    } else {
        for laid in &changed {
            if let Some(path) = &laid.file.path {
                files::replace(path, laid.text.as_bytes())?;
                invocation
                    .console
                    .say(format_args!("formatted {}", laid.file.shown));
            }
        }
        let rest = laid.len() - changed.len();
        invocation.console.say(format_args!(
            "{} formatted, {rest} left as {}",
            count(changed.len(), "file"),
            if rest == 1 { "it was" } else { "they were" },
        ));
    }
    if broken > 0 {
        return Err(Failure::usage(
            format!("{} left alone because of errors", count(broken, "file")),
            "mend what is shown above, then run the command again",
        ));
    }
    let unclean = (args.check || args.diff) && !changed.is_empty();
    Ok(if unclean { Exit::Findings } else { Exit::Clean })
}

impl Laid {
    /// Line ends of another system are no reason to rewrite a file.
    fn changes(&self) -> bool {
        self.file.text != self.text && self.file.text.replace("\r\n", "\n") != self.text
    }
}

/// Lays out what has no syntax errors; shows the errors of the others and counts these.
fn lay_out(read: Vec<RulesFile>, invocation: &Invocation) -> (Vec<Laid>, usize) {
    let mut sources = SourceMap::new();
    let (mut laid, mut errors, mut broken) = (Vec::new(), Vec::new(), 0);
    for file in read {
        let id = sources.add(file.shown.as_str(), file.text.as_str());
        let (tree, found) = crate::syntax::parse(sources.file(id));
        if found.iter().any(Diagnostic::is_error) {
            errors.extend(found);
            broken += 1;
            continue;
        }
        let text = format::format(sources.file(id), &tree);
        laid.push(Laid { file, text });
    }
    if broken > 0 {
        let look = invocation.console.look_err();
        let text = findings::written(Format::Human, &sources, &errors, look);
        invocation.console.complain(text.trim_end());
        invocation.console.complain("");
    }
    (laid, broken)
}

fn report(args: &Args, changed: &[&Laid], invocation: &Invocation) -> Result<(), Failure> {
    for laid in changed {
        let name = &laid.file.shown;
        if args.diff {
            let diff = format::diff(&laid.file.text, &laid.text, name, "formatted");
            invocation.console.result(diff)?;
        } else {
            invocation.console.result(format!("{name}\n"))?;
        }
    }
    if changed.is_empty() {
        invocation.console.say("every file is formatted");
    } else {
        let given: Vec<String> = args.paths.iter().map(|p| shown(p)).collect();
        let names: Vec<String> = changed.iter().map(|l| l.file.shown.clone()).collect();
        // A hook names every file of a commit: a command to copy names a few.
        let next = [given, names].into_iter().find(|paths| paths.len() <= 3);
        invocation.console.say(format_args!(
            "{} not formatted; next: {}",
            count(changed.len(), "file"),
            match next {
                Some(paths) => format!("`guanxi fmt {}`", paths.join(" ")),
                None => "`guanxi fmt` with the same files".to_string(),
            }
        ));
    }
    Ok(())
}

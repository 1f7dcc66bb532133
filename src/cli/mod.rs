//! The command line. Floor 10: one command a file, one line in `commands!` below.
//!
//! A command reads its arguments, does the I/O, and leaves the work to the rooms below. It answers with an
//! `Exit`, or with a `Failure` that says the next step.

mod clock;
mod config;
mod console;
mod coverage;
mod files;
mod findings;
mod load;
mod output;
mod progress;
mod repository;
mod results;
mod watch;
mod workspace;

mod attributes;
mod completions;
mod explain;
mod fmt;
mod ledger;
mod lint;
mod man;
mod measure;
mod new;
mod run;
mod schema;
mod test;
mod why;

use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use config::Choice;
use console::{Color, Console, Exit, Outcome, Voice};
use std::path::PathBuf;
use std::process::ExitCode;

/// The heading of options that every command has.
const EVERYWHERE: &str = "Options of every command";

/// Guanxi checks, tests and runs relationship marketing: what data looks like, what is worth knowing about
/// each customer, and what should happen when.
#[derive(Parser)]
#[command(
    name = "guanxi",
    bin_name = "guanxi",
    version,
    about = "A declarative language for relationship marketing",
    max_term_width = 100,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "\
Begin with:
  guanxi new my-shop          a workspace with a campaign, data and a test
  guanxi lint my-shop         find what is wrong
  guanxi test my-shop         run its tests
  guanxi run my-shop          turn customer records into an action list

Exit codes: 0 clean, 1 findings or failed tests, 2 wrong use or a broken
workspace, 3 bad data, 4 files that cannot be read or written."
)]
struct Cli {
    /// When to colour: auto, always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = EVERYWHERE
    )]
    color: Color,

    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = EVERYWHERE)]
    quiet: bool,

    /// Say more: how long it took, which files were read
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    verbose: bool,

    /// Findings in sentences, without drawings or progress, for screen readers
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    narrated: bool,

    /// Use this guanxi.toml instead of the one found upward from the workspace
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        conflicts_with = "isolated",
        help_heading = EVERYWHERE
    )]
    config: Option<PathBuf>,

    /// Use no guanxi.toml at all
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    isolated: bool,

    #[command(subcommand)]
    command: Command,
}

/// What every command gets.
struct Invocation {
    console: Console,
    config: Choice,
}

macro_rules! commands {
    ($($variant:ident = $module:ident;)*) => {
        #[derive(Subcommand)]
        enum Command {
            $($variant($module::Args),)*
        }

        impl Command {
            fn run(self, invocation: &Invocation) -> Outcome {
                match self {
                    $(Command::$variant(args) => $module::run(args, invocation),)*
                }
            }
        }
    };
}

commands! {
    New = new;
    Lint = lint;
    Fmt = fmt;
    Test = test;
    Run = run;
    Measure = measure;
    Why = why;
    Attributes = attributes;
    Ledger = ledger;
    Schema = schema;
    Explain = explain;
    Completions = completions;
    Man = man;
}

/// Runs the program with the process's arguments and streams.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(apologise));
    // INVARIANT: commands keep no state between them, so unwinding here leaves nothing half done; files
    // appear by renaming.
    let work = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(dispatch);
    let code = work.map_or(Exit::Io as u8, |w| w.join().unwrap_or(Exit::Usage as u8));
    ExitCode::from(code)
}

/// Bytes of stack of every thread: long chains of definitions are followed by recursion. Only what is used
/// takes memory.
const STACK: usize = 256 << 20;

fn dispatch() -> u8 {
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(e) => {
            let _ = e.print();
            return e.exit_code().clamp(0, 255) as u8;
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return Exit::Usage as u8;
        }
    };
    let invocation = Invocation {
        console: Console::new(
            cli.color,
            Voice {
                quiet: cli.quiet,
                verbose: cli.verbose,
                narrated: cli.narrated,
            },
        ),
        config: Choice {
            file: cli.config,
            isolated: cli.isolated,
        },
    };
    match cli.command.run(&invocation) {
        Ok(exit) => exit as u8,
        Err(failure) => {
            invocation.console.fail(&failure);
            failure.exit as u8
        }
    }
}

/// The definition of the whole command line. Its own messages follow `--color` as ours do.
fn command() -> clap::Command {
    let asked: Vec<String> = std::env::args().collect();
    let says = |what: &str| {
        asked.iter().any(|a| *a == format!("--color={what}"))
            || asked.windows(2).any(|w| w[0] == "--color" && w[1] == what)
    };
    let choice = match () {
        () if says("always") => ColorChoice::Always,
        () if says("never") => ColorChoice::Never,
        () => ColorChoice::Auto,
    };
    Cli::command().color(choice)
}

/// What a user sees instead of a panic's own words.
fn apologise(info: &std::panic::PanicHookInfo<'_>) {
    use std::io::Write;
    if crate::data::is_decoding() {
        return;
    }
    let place = info
        .location()
        .map_or_else(String::new, |l| format!(" ({}:{})", l.file(), l.line()));
    let what = info
        .payload()
        .downcast_ref::<&str>()
        .map(|s| s.to_string())
        .or_else(|| info.payload().downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let _ = writeln!(
        std::io::stderr().lock(),
        "guanxi stumbled over a fault of its own and stopped; nothing was left half written.\n\
         Sorry. Please report it with the command you gave, the version ({}) and this line:\n  \
         {what}{place}",
        env!("CARGO_PKG_VERSION"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(|h| h.to_string())
                .unwrap_or_default();
            assert!(
                help.contains(&format!("guanxi {}", command.get_name())),
                "`{}` shows no example",
                command.get_name()
            );
        }
    }
}

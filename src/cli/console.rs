//! Where a command's words go: results to stdout, everything else to stderr; colour; exit codes.

use crate::diagnostic::render::Look;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use unicode_width::UnicodeWidthChar;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Clean = 0,
    /// Findings, failed tests, unformatted files.
    Findings = 1,
    /// Wrong use of the command, or a workspace with errors.
    Usage = 2,
    /// Customer data that cannot be read or reckoned with.
    Data = 3,
    /// Files or streams that cannot be opened, read or written.
    Io = 4,
}

/// Why a command could not do its work, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    /// Lower case, no full stop; may have several lines. Empty: nobody listens any more.
    pub message: String,
    /// The next step.
    pub help: String,
}

/// What a command's `run` answers.
pub type Outcome = Result<Exit, Failure>;

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure {
            exit,
            message: message.into(),
            help: help.into(),
        }
    }

    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, message, help)
    }

    /// A file that could not be `verb`ed ("read", "written").
    pub fn io(verb: &str, path: &str, error: &io::Error) -> Failure {
        let help = match error.kind() {
            io::ErrorKind::NotFound => "check the path for a slip of the hand",
            io::ErrorKind::PermissionDenied => "check who may read and write there",
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            io::ErrorKind::StorageFull => "make room on the disk, then run the command again",
            _ => "see that the disk and the path are in order, then run the command again",
        };
        Failure::new(
            Exit::Io,
            format!("`{path}` cannot be {verb}: {}", cause(error)),
            help,
        )
    }
}

/// An I/O error in plain words, without its number.
pub fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "no permission".into(),
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::NotADirectory => "a part of its path is a file, not a folder".into(),
        _ => {
            let text = error.to_string();
            let end = text.find(" (os error").unwrap_or(text.len());
            text[..end].to_lowercase()
        }
    }
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// Where a terminal listens and NO_COLOR is not set.
    Auto,
    Always,
    Never,
}

/// The terminal as the user asked for it.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// Colour on stdout.
    pub color_out: bool,
    /// Colour on stderr.
    pub color_err: bool,
    pub quiet: bool,
    pub verbose: bool,
    /// Sentences in place of drawings, for screen readers.
    pub narrated: bool,
    /// Columns of stdout.
    width_out: usize,
    /// Columns of stderr.
    width_err: usize,
}

/// How much the program says.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    pub quiet: bool,
    pub verbose: bool,
    pub narrated: bool,
}

/// Columns where no terminal listens.
pub const WIDTH: usize = 80;

/// What fits a terminal: lines beyond 120 columns are hard to read, and below 40 nothing fits. `COLUMNS` says
/// it for a terminal and for none.
fn width(terminal: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let columns = said.or(terminal.map(|(width, _)| usize::from(width.0)));
    // A terminal that does not know its width says 0.
    columns
        .filter(|c| *c > 0)
        .map_or(WIDTH, |c| c.clamp(40, 120))
}

impl Console {
    pub fn new(color: Color, voice: Voice) -> Console {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        // As miette has it, `0` asks for nothing.
        let no_graphics = set("NO_GRAPHICS") && std::env::var_os("NO_GRAPHICS") != Some("0".into());
        let refused = set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        let decide = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !refused,
        };
        Console {
            color_out: decide(io::stdout().is_terminal()),
            color_err: decide(io::stderr().is_terminal()),
            quiet: voice.quiet,
            verbose: voice.verbose,
            narrated: voice.narrated || no_graphics,
            width_out: width(terminal_size::terminal_size_of(io::stdout())),
            width_err: width(terminal_size::terminal_size_of(io::stderr())),
        }
    }

    /// Says only what went wrong.
    pub fn hushed(self) -> Console {
        Console {
            quiet: true,
            verbose: false,
            ..self
        }
    }

    /// How diagnostics look on stdout.
    pub fn look_out(&self) -> Look {
        self.look(self.color_out, self.width_out)
    }

    /// How diagnostics look on stderr.
    pub fn look_err(&self) -> Look {
        self.look(self.color_err, self.width_err)
    }

    fn look(&self, colour: bool, width: usize) -> Look {
        Look {
            colour,
            width,
            narrated: self.narrated,
            ..Look::default()
        }
    }

    /// A result, to stdout.
    pub fn result(&self, text: impl AsRef<[u8]>) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_ref())
            .and_then(|()| out.flush())
            .map_err(|e| stdout_failure(&e))
    }

    /// Something said beside the result, to stderr; silent with `-q`.
    pub fn say(&self, text: impl fmt::Display) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// To stderr in any case. A closed stderr is nobody's fault.
    pub fn complain(&self, text: impl fmt::Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says why a command failed and what to do next.
    pub fn fail(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        let (error, help) = if self.color_err {
            ("\u{1b}[1;31merror:\u{1b}[0m", "\u{1b}[1;36mhelp:\u{1b}[0m")
        } else {
            ("error:", "help:")
        };
        self.complain(format_args!(
            "{error} {}",
            wrap(&failure.message, 7, self.width_err)
        ));
        if !failure.help.is_empty() {
            self.complain(format_args!(
                " {help} {}",
                wrap(&failure.help, 7, self.width_err)
            ));
        }
    }
}

/// What to make of an error on stdout: a reader who has left (`| head`) is no failure.
pub fn stdout_failure(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::new(Exit::Clean, "", "");
    }
    Failure::io("written", "standard output", error)
}

/// Breaks lines at `columns`, further lines indented; the first begins at column `indent`. Texts in
/// back-quotes and words stay whole.
pub fn wrap(text: &str, indent: usize, columns: usize) -> String {
    let mut out = String::new();
    for (i, line) in text.lines().enumerate() {
        if i > 0 {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
        }
        let margin = line.len() - line.trim_start().len();
        out.push_str(&line[..margin]);
        let mut column = indent + margin;
        for (j, word) in words(line.trim_start()).into_iter().enumerate() {
            let width: usize = word.chars().map(|c| c.width().unwrap_or(0)).sum();
            if j > 0 && column + 1 + width > columns {
                out.push('\n');
                out.push_str(&" ".repeat(indent + margin));
                column = indent + margin;
            } else if j > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += width;
        }
    }
    out
}

/// Words, where a stretch in back-quotes is one.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (i, c) in text.char_indices() {
        match c {
            '`' => quoted = !quoted,
            ' ' if !quoted => {
                words.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words
}

/// `1 file`, `2 files`.
pub fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_words_and_keeps_quoted_stretches_whole() {
        let text = "a ".repeat(36) + "then `guanxi lint somewhere` follows";
        let wrapped = wrap(&text, 7, WIDTH);
        assert!(wrapped.lines().count() > 1);
        assert!(wrapped.contains("`guanxi lint somewhere`"));
        assert!(wrapped.lines().skip(1).all(|l| l.starts_with("       ")));
    }

    #[test]
    fn wide_characters_count_twice() {
        let wrapped = wrap(
            &format!("{} {}", "客".repeat(30), "户".repeat(30)),
            0,
            WIDTH,
        );
        assert_eq!(wrapped.lines().count(), 2);
    }
}

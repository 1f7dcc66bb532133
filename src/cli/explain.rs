//! `guanxi explain CODE`: the manual page of a diagnostic.

use super::Invocation;
use super::console::{self, Exit, Failure, Outcome};
use crate::diagnostic::codes::{self, Code, Group, Reporter};
use crate::diagnostic::{Severity, nearest};
use crate::testing;

/// Explain a finding: what it says, why it is bad, and how to mend it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi explain syntax      the page of one finding
  guanxi explain style       a group of lints
  guanxi explain             every code there is")]
pub struct Args {
    /// The name in brackets or before the colon of a finding, or a group of them
    code: Option<String>,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let Some(name) = args.code else {
        invocation.console.result(catalogue())?;
        invocation.console.say(
            "\nOne of them in full: guanxi explain CODE\n\
             Another level than these, for one that is not `always` an error, or for\n\
             a whole group: `[lint]` in guanxi.toml, or `guanxi lint --level NAME=LEVEL`",
        );
        return Ok(Exit::Clean);
    };
    if let Some(group) = Group::ALL.into_iter().find(|g| g.name() == name.trim()) {
        invocation.console.result(about(group))?;
        return Ok(Exit::Clean);
    }
    let Some(code) = all().find(|c| c.name == name.trim()) else {
        let groups = Group::ALL.iter().map(|g| g.name());
        let known = all().map(|c| c.name).chain(groups);
        return Err(Failure::usage(
            format!("there is no finding called `{name}`"),
            match nearest(&name, known) {
                Some(near) => format!("did you mean `{near}`? All of them: `guanxi explain`"),
                None => "all of them: `guanxi explain`".to_owned(),
            },
        ));
    };
    let text = page(code.page, invocation.console.color_out);
    invocation.console.result(text)?;
    Ok(Exit::Clean)
}

/// The codes of `lint`, and that of `test`.
fn all() -> impl Iterator<Item = &'static Code> {
    codes::ALL
        .iter()
        .copied()
        .chain([&testing::FAILED_EXPECTATION])
}

/// Every code with its level, by group; that of `test` at the end.
fn catalogue() -> String {
    let width = all().map(|c| c.name.len()).max().unwrap_or(0);
    let line = |code: &Code| format!("  {:width$}  {}\n", code.name, level(code));
    let mut out = String::new();
    for group in Group::ALL {
        out.push_str(group.name());
        out.push('\n');
        of(group).into_iter().for_each(|c| out.push_str(&line(c)));
        out.push('\n');
    }
    out.push_str("of `guanxi test`\n");
    out.push_str(&line(&testing::FAILED_EXPECTATION));
    out
}

/// The codes of a group, each with the first sentence of its page.
fn about(group: Group) -> String {
    let mut out = String::new();
    for code in of(group) {
        out.push_str(&format!("{} ({})\n    ", code.name, level(code)));
        out.push_str(&console::wrap(&code.summary(), 4, console::WIDTH));
        out.push_str("\n\n");
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

/// The codes of a group, by name.
fn of(group: Group) -> Vec<&'static Code> {
    let mut codes: Vec<_> = codes::ALL
        .iter()
        .copied()
        .filter(|c| c.group == group)
        .collect();
    codes.sort_by_key(|c| c.name);
    codes
}

/// The level that a code has by itself; `always` where no configuration changes it.
fn level(code: &Code) -> String {
    match code.reporter {
        Reporter::Checker => "error, always".to_owned(),
        Reporter::Lint => severity_name(code.severity).to_owned(),
    }
}

pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// A page's Markdown for the terminal: headings in capitals or bold, paragraphs wrapped, samples indented, the
/// fences gone.
fn page(markdown: &str, color: bool) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut sample = false;
    for line in markdown.trim_end().lines().chain([""]) {
        let fence = line.starts_with("```");
        let heading =
            (!sample && line.starts_with('#')).then(|| line.trim_start_matches('#').trim());
        let item = line.starts_with("- ");
        if fence || sample || heading.is_some() || item || line.is_empty() {
            flush(&mut out, &mut paragraph);
        }
        if fence {
            sample = !sample;
        } else if sample {
            out.push_str(format!("    {line}").trim_end());
            out.push('\n');
        } else if let Some(heading) = heading {
            if color {
                out.push_str(&format!("\u{1b}[1m{heading}\u{1b}[0m\n"));
            } else {
                out.push_str(&format!("{}\n", heading.to_uppercase()));
            }
        } else if line.is_empty() {
            out.push('\n');
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

fn flush(out: &mut String, paragraph: &mut String) {
    if !paragraph.is_empty() {
        out.push_str(&console::wrap(paragraph, 0, console::WIDTH));
        out.push('\n');
        paragraph.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_as_plain_text() {
        let text = page(
            "# a-code\n\nWhat it says.\n\n## Bad\n\n```guanxi\ndefine x\n```\n",
            false,
        );
        assert_eq!(text, "A-CODE\n\nWhat it says.\n\nBAD\n\n    define x\n");
    }
}

//! `guanxi explain CODE`: the manual page of a diagnostic.

use super::Invocation;
use super::console::{self, Exit, Failure, Outcome};
use crate::diagnostic::{Code, Severity, codes, nearest};
use crate::testing;

/// Explain a finding: what it says, why it is bad, and how to mend it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi explain syntax      the page of one finding
  guanxi explain             every code there is")]
pub struct Args {
    /// The name in brackets or before the colon of a finding
    code: Option<String>,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let Some(name) = args.code else {
        invocation.console.result(catalogue())?;
        invocation
            .console
            .say("\nOne of them in full: guanxi explain CODE");
        return Ok(Exit::Clean);
    };
    let Some(code) = all().find(|c| c.name == name.trim()) else {
        let known = all().map(|c| c.name);
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

/// Every code with its severity, sorted by name.
fn catalogue() -> String {
    let mut all: Vec<_> = all().collect();
    all.sort_by_key(|c| c.name);
    let width = all.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for code in all {
        let severity = severity_name(code.severity);
        out.push_str(&format!("{:width$}  {severity}\n", code.name));
    }
    out
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

//! `guanxi test --coverage`: what of a workspace its tests reach, where that goes, and whether it is enough.

use super::Invocation;
use super::console::Failure;
use super::files;
use super::schema::pretty;
use super::workspace::shown;
use crate::report::{self, Covered};
use crate::schema::Decimal;
use crate::source::SourceMap;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The options of coverage; each of them turns it on.
#[derive(Debug, clap::Args)]
pub struct CoverageArgs {
    /// Say what of the workspace the tests reach, and name what they do not
    #[arg(long)]
    coverage: bool,

    /// Fail where tests reach less than this of a workspace
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    fail_under: Option<Decimal>,

    /// Write the coverage to a file, too
    #[arg(long, value_name = "FILE")]
    coverage_out: Option<PathBuf>,

    /// How to write it there; otherwise by the file's ending: .txt, .json, .info or .lcov
    #[arg(long, value_name = "FORMAT", requires = "coverage_out")]
    coverage_format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table, and what no test reaches, for people
    Human,
    /// For machines; `guanxi schema test` prints its JSON Schema
    Json,
    /// A tracefile of lcov, for editors and services that show coverage
    Lcov,
}

fn percent(text: &str) -> Result<Decimal, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    let hundred = Decimal::from_int(100);
    match number.trim().parse::<Decimal>() {
        Ok(percent) if (Decimal::ZERO..=hundred).contains(&percent) => Ok(percent),
        _ => Err("write a number from 0 to 100".into()),
    }
}

impl CoverageArgs {
    /// Whether coverage is asked for.
    ///
    /// # Errors
    /// A file whose format nothing says.
    pub fn asked(&self) -> Result<bool, Failure> {
        if let Some(path) = &self.coverage_out {
            self.format(path)?;
        }
        Ok(self.coverage || self.fail_under.is_some() || self.coverage_out.is_some())
    }

    fn format(&self, path: &Path) -> Result<Format, Failure> {
        if let Some(format) = self.coverage_format {
            return Ok(format);
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("txt") => Ok(Format::Human),
            Some("json") => Ok(Format::Json),
            Some("info" | "lcov") => Ok(Format::Lcov),
            _ => Err(Failure::usage(
                format!("`{}` does not say how to write the coverage", shown(path)),
                "add `--coverage-format human`, `json` or `lcov`, or end the file's name in .txt, .json or .info",
            )),
        }
    }

    /// Shows the coverage below results for people, and writes the file that was asked for.
    pub fn write(
        &self,
        covered: &[Covered],
        sources: &SourceMap,
        for_people: bool,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let human = |brief: bool| -> String {
            let all = covered.iter().filter(|c| {
                let complete = c.coverage.untested().next().is_none();
                !(brief && complete)
            });
            let texts: Vec<String> = all.map(|c| report::coverage(c, sources, brief)).collect();
            texts.join("\n")
        };
        if for_people {
            let text = human(invocation.console.quiet);
            if !text.is_empty() {
                invocation.console.result(format!("\n{text}"))?;
            }
        }
        let Some(path) = &self.coverage_out else {
            return Ok(());
        };
        let text = match self.format(path)? {
            Format::Human => human(false),
            Format::Json => pretty(&json(covered, sources)),
            Format::Lcov => report::coverage_lcov(covered, sources),
        };
        files::replace(path, text.as_bytes())
    }

    /// Whether every workspace reaches what `--fail-under` asks for; says which does not.
    pub fn enough(&self, covered: &[Covered], for_people: bool, invocation: &Invocation) -> bool {
        let Some(asked) = self.fail_under else {
            return true;
        };
        let mut enough = true;
        for covered in covered {
            let share = covered.coverage.share(None);
            // In billionths, as a decimal counts: nothing is rounded.
            let reached = share.reached as i128 * 100 * Decimal::ONE.0;
            if reached >= share.total as i128 * asked.0 {
                continue;
            }
            enough = false;
            // For people they stand above.
            let names = match for_people {
                true => String::new(),
                false => format!(
                    "; no test reaches {}",
                    report::missing(&covered.coverage, 10)
                ),
            };
            invocation.console.complain(format_args!(
                "tests reach {} of {}, and {asked}% is asked for{names}",
                share.percent(),
                report::visible(&covered.workspace),
            ));
        }
        if !enough {
            invocation
                .console
                .say("next: write a test in which what is named happens, and expect it");
        }
        enough
    }
}

/// The `coverage` of a JSON document.
pub fn json(covered: &[Covered], sources: &SourceMap) -> Value {
    report::coverage_json(covered, sources)
}

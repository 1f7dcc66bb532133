//! `# guanxi: allow lint-name because …`: findings that somebody has looked at and lets stand.
//!
//! The comment stands on a line of its own, above what it is about: other comments and empty lines may lie
//! between. It covers the line below it, and the whole of a declaration, rule, clause, field, line of a table
//! or part of a condition that begins there. A finding that points at several places is allowed above any
//! of them. `unformatted`, which is about a file, is allowed above the file's first declaration.
//!
//! `stale-suppression` and `invalid-suppression` are found here: they look at comments, not at the program.

mod comment;
mod reach;

use crate::diagnostic::codes::{self, Code, Reporter};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::syntax::ast;
use comment::Allow;
use std::iter;

/// Findings after suppression.
#[derive(Debug, Default)]
pub struct Obeyed {
    /// Those that nobody allows.
    pub kept: Vec<Diagnostic>,
    /// Those about the comments themselves, with their codes' own levels.
    pub about: Vec<Diagnostic>,
}

/// Takes out of `found` what the comments of the files allow. `ran` says which lints looked at a file: what was
/// not looked for is not stale.
pub fn obey<'f>(
    sources: &SourceMap,
    files: impl IntoIterator<Item = &'f ast::File>,
    found: Vec<Diagnostic>,
    ran: &dyn Fn(&'static Code, FileId) -> bool,
) -> Obeyed {
    let mut about = Vec::new();
    let mut allows: Vec<(Allow, Span, bool)> = Vec::new();
    for file in files.into_iter().filter(|f| f.broken.is_empty()) {
        let source = sources.file(file.id);
        for comment in &file.comments {
            if let Some(allow) = comment::read(source, comment, &mut about) {
                let reach = reach::below(source, file, comment.span);
                let first = file.declarations.first();
                let head = first.is_none_or(|d| comment.span.start < d.span.start);
                allows.push((allow, reach, head));
            }
        }
    }
    let mut kept = Vec::new();
    for d in found {
        let mut allowed = false;
        for (allow, reach, head) in &mut allows {
            let covers = if d.code == &codes::UNFORMATTED {
                *head && reach.file == d.span.file
            } else {
                places(&d)
                    .any(|at| reach.file == at.file && (reach.start..reach.end).contains(&at.start))
            };
            if covers && d.code.reporter == Reporter::Lint {
                allowed |= allow.uses(d.code);
            }
        }
        if !allowed {
            kept.push(d);
        }
    }
    for (allow, ..) in &allows {
        about.extend(stale(sources.file(allow.span.file), allow, ran));
    }
    Obeyed { kept, about }
}

/// What a finding points at: a comment above any of it speaks of the finding.
fn places(d: &Diagnostic) -> impl Iterator<Item = Span> {
    iter::once(d.span).chain(d.labels.iter().map(|l| l.span))
}

/// The names of a comment that nothing was found for.
fn stale(
    source: &SourceFile,
    allow: &Allow,
    ran: &dyn Fn(&'static Code, FileId) -> bool,
) -> Option<Diagnostic> {
    let idle = |n: &comment::Named| !n.used && ran(n.code, allow.span.file);
    let stale: Vec<&comment::Named> = allow.names.iter().filter(|n| idle(n)).collect();
    let (first, last) = (stale.first()?, stale.last()?);
    let names: Vec<String> = stale.iter().map(|n| format!("`{}`", n.code.name)).collect();
    let all = stale.len() == allow.written;
    let rest = |n: &comment::Named| !stale.iter().any(|s| s.span == n.span);
    let edit = if all {
        Edit {
            span: whole_line(source, allow.span),
            text: String::new(),
        }
    } else {
        let left: Vec<&str> = allow
            .names
            .iter()
            .filter(|n| rest(n))
            .map(|n| n.code.name)
            .collect();
        Edit {
            span: allow.list,
            text: left.join(", "),
        }
    };
    let layout = stale.iter().any(|n| n.code == &codes::UNFORMATTED);
    let help = match (layout, all) {
        (true, _) => {
            "`unformatted` is about a whole file: it is allowed above the first declaration, or not at all"
        }
        (false, true) => "take the comment out: it covers what begins on the line below it",
        (false, false) => {
            "take it out of the comment, which covers what begins on the line below it"
        }
    };
    let mut d = Diagnostic::new(
        &codes::STALE_SUPPRESSION,
        first.span.to(last.span),
        format!("there is no {} here to allow", names.join(" and no ")),
    )
    .help(help);
    // Other names of the list, unknown ones, would be lost.
    if all || allow.names.len() == allow.written {
        d.fix = Some(Fix {
            message: if all {
                "remove the comment".into()
            } else {
                format!("take {} out", names.join(" and "))
            },
            edits: vec![edit],
            safe: true,
        });
    }
    Some(d)
}

/// The comment's line with its end; of two empty lines around it, one too.
fn whole_line(source: &SourceFile, comment: Span) -> Span {
    let text = &source.text;
    let (start, end) = (comment.start as usize, comment.end as usize);
    let start = text[..start].rfind('\n').map_or(0, |i| i + 1);
    let after = |from: usize| text[from..].find('\n').map_or(text.len(), |i| from + i + 1);
    let mut end = after(end);
    let blank_below = text[end..after(end)].trim().is_empty();
    let above = text[..start].strip_suffix('\n').unwrap_or_default();
    let blank_above = start == 0
        || above
            .rsplit('\n')
            .next()
            .is_some_and(|l| l.trim().is_empty());
    if blank_below && blank_above {
        end = after(end);
    }
    Span::new(source.id, start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (SourceMap, ast::File) {
        let mut sources = SourceMap::new();
        let id = sources.add("a.rules", text);
        let (tree, errors) = crate::syntax::parse(sources.file(id));
        assert!(errors.is_empty(), "{errors:?}");
        (sources, tree)
    }

    /// What is kept of findings at each `city`, and what is said of the comments.
    fn obeyed(text: &str) -> (usize, Vec<String>, String) {
        let (sources, tree) = parsed(text);
        let at = |i: usize| Span::new(FileId(0), i, i + 4);
        let found = text
            .match_indices("city")
            .map(|(i, _)| Diagnostic::new(&codes::UNUSED_DEFINITION, at(i), "city"))
            .collect();
        let Obeyed { kept, about } = obey(&sources, [&tree], found, &|_, _| true);
        let said = about.iter().map(|d| d.message.clone()).collect();
        (
            kept.len(),
            said,
            crate::diagnostic::fix::apply(text, &about),
        )
    }

    const ALLOW: &str = "# guanxi: allow unused-definition because we know";

    #[test]
    fn a_comment_covers_what_begins_below_it() {
        let body = "campaign c for r {\n  rule a {\n    when city = 1\n    then city()\n  }\n}\n";
        let allow = |indent: &str| format!("{indent}{ALLOW}\n");
        assert_eq!(obeyed(body).0, 2);
        let (kept, said, _) = obeyed(&(allow("") + "# more\n\n" + body));
        assert_eq!((kept, said.len()), (0, 0));
        assert_eq!(
            obeyed(&body.replace("  rule", &(allow("  ") + "  rule"))).0,
            0
        );
        assert_eq!(
            obeyed(&body.replace("    then", &(allow("    ") + "    then"))).0,
            1
        );
    }

    #[test]
    fn a_part_of_a_condition_is_covered_whole() {
        let text =
            "segment s of r where all of (\n  a > 1,\n  b or\n    city = 1,\n  city = 2\n)\n";
        let (kept, said, _) = obeyed(&text.replace("  b or", &format!("  {ALLOW}\n  b or")));
        assert_eq!((kept, said.len()), (1, 0));
    }

    #[test]
    fn a_stale_one_is_told_and_removed() {
        let body = "define a for r = city\n";
        let text = format!("{ALLOW}\n{body}\n{ALLOW}\ndefine b for r = 1\n");
        let (kept, said, fixed) = obeyed(&text);
        assert_eq!(kept, 0);
        assert_eq!(said, ["there is no `unused-definition` here to allow"]);
        assert_eq!(fixed, format!("{ALLOW}\n{body}\ndefine b for r = 1\n"));
    }

    #[test]
    fn a_stale_name_leaves_the_others() {
        let two = ALLOW.replace("allow", "allow unformatted,");
        let (kept, said, fixed) = obeyed(&format!(
            "pause promotion for r while x\n{two}\ndefine a for r = city\n"
        ));
        assert_eq!((kept, said.len()), (0, 1));
        assert_eq!(
            fixed,
            format!("pause promotion for r while x\n{ALLOW}\ndefine a for r = city\n")
        );
    }

    #[test]
    fn a_name_that_is_no_lint_is_not_lost() {
        let two = ALLOW.replace("allow", "allow no-such-lint,");
        let text = format!("{two}\ndefine a for r = 1\n");
        let (_, said, fixed) = obeyed(&text);
        assert_eq!(said.len(), 2);
        assert_eq!(fixed, text);
    }

    #[test]
    fn an_empty_line_that_parts_two_declarations_stays() {
        let text = format!("pause promotion for r while x\n{ALLOW}\n\ndefine a for r = 1\n");
        let fixed = obeyed(&text).2;
        assert_eq!(
            fixed,
            "pause promotion for r while x\n\ndefine a for r = 1\n"
        );
    }

    #[test]
    fn layout_is_allowed_at_the_head_of_a_file_only() {
        let allow = ALLOW.replace("unused-definition", "unformatted");
        let body = "define a for r = 1\n";
        let kept = |text: String| {
            let (sources, tree) = parsed(&text);
            let end = Span::new(FileId(0), text.len(), text.len());
            let found = vec![Diagnostic::new(&codes::UNFORMATTED, end, "layout")];
            obey(&sources, [&tree], found, &|_, _| true).kept.len()
        };
        assert_eq!(kept(format!("{allow}\n{body}")), 0);
        assert_eq!(kept(format!("{body}\n{allow}\ndefine b for r = 1\n")), 1);
    }

    #[test]
    fn what_was_not_looked_for_is_not_stale() {
        let (sources, tree) = parsed(&format!("{ALLOW}\ndefine a for r = 1\n"));
        let said = obey(&sources, [&tree], Vec::new(), &|_, _| false);
        assert!(said.about.is_empty());
    }
}

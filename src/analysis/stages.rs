//! The stages from candidates to actions, as `expect no … because STAGE` names them.

use super::Checker;
use super::names::suggest;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::STAGES;
use crate::source::Spanned;

/// Words for what belongs to a stage.
const MEANT: &[(&str, &str)] = &[
    ("consent", "channel"),
    ("needs", "channel"),
    ("no consent", "channel"),
    ("once", "repetition"),
    ("again", "repetition"),
    ("already done", "repetition"),
    ("instead", "instead of"),
    ("hold out", "holdout"),
    ("held out", "holdout"),
    ("paused", "pause"),
    ("priority", "exclusive"),
    ("at most", "caps"),
    ("cap", "caps"),
    ("limit", "caps"),
];

impl Checker<'_> {
    /// The stage that is named; one that does not exist yet, or never will, is reported.
    pub(super) fn stage(&mut self, written: &Spanned<String>) -> Option<String> {
        let name = written.as_str();
        if STAGES.contains(&name) {
            return Some(name.to_string());
        }
        let all = || STAGES.iter().copied();
        let meant = MEANT.iter().find(|(word, _)| *word == name);
        let near = meant
            .map(|(_, stage)| *stage)
            .or_else(|| nearest(name, all()));
        let d = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            written.span,
            format!("there is no stage `{name}`"),
        );
        let d = match near {
            Some(_) => suggest(d, written.span, near),
            None => {
                let list: Vec<String> = all().map(|s| format!("`{s}`")).collect();
                d.help(format!("what stops a rule is one of {}", list.join(", ")))
            }
        };
        self.report(d);
        None
    }
}

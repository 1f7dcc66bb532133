//! At which level each finding is reported: the code's own, unless its group or its name is given another.

use crate::diagnostic::codes::{self, Code, Group, Reporter};
use crate::diagnostic::{Diagnostic, Severity};
use std::collections::BTreeMap;

/// `None`: off.
pub type Level = Option<Severity>;

/// The words for levels.
pub const LEVELS: [(&str, Level); 4] = [
    ("off", None),
    ("hint", Some(Severity::Hint)),
    ("warning", Some(Severity::Warning)),
    ("error", Some(Severity::Error)),
];

/// Levels other than the codes' own. A name beats its group, whichever was said first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// Of lints; never of what the checker reports.
    names: BTreeMap<&'static str, Level>,
    groups: BTreeMap<&'static str, Level>,
}

/// Why a level cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Neither a code nor a group has this name.
    Name,
    Level,
    /// The checker reports it.
    StaysError,
}

impl Levels {
    /// Gives the code or group of that name the level of that name.
    pub fn set(&mut self, name: &str, level: &str) -> Result<(), Wrong> {
        let known = LEVELS.iter().find(|(word, _)| *word == level);
        if let Some(group) = Group::ALL.into_iter().find(|g| g.name() == name) {
            let (_, level) = known.ok_or(Wrong::Level)?;
            self.groups.insert(group.name(), *level);
            return Ok(());
        }
        let code = codes::find(name).ok_or(Wrong::Name)?;
        let (_, level) = known.ok_or(Wrong::Level)?;
        if code.reporter == Reporter::Lint {
            self.names.insert(code.name, *level);
        } else if *level != Some(Severity::Error) {
            return Err(Wrong::StaysError);
        }
        Ok(())
    }

    /// These levels, where `other` says nothing else. A group of `other` beats a name of these.
    pub fn under(mut self, other: &Levels) -> Levels {
        self.names.retain(|name, _| {
            codes::find(name).is_none_or(|c| !other.groups.contains_key(c.group.name()))
        });
        self.names.extend(&other.names);
        self.groups.extend(&other.groups);
        self
    }

    /// The level of a code.
    pub fn of(&self, code: &Code) -> Level {
        if code.reporter == Reporter::Checker {
            return Some(code.severity);
        }
        let set = self.names.get(code.name);
        let set = set.or_else(|| self.groups.get(code.group.name()));
        set.copied().unwrap_or(Some(code.severity))
    }

    /// Findings at their levels; those that are off are gone.
    pub fn judge(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics
            .into_iter()
            .filter_map(|mut d| {
                d.severity = self.of(d.code)?;
                Some(d)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(lines: &[(&str, &str)]) -> Levels {
        let mut levels = Levels::default();
        for (name, level) in lines {
            assert_eq!(levels.set(name, level), Ok(()), "{name}");
        }
        levels
    }

    #[test]
    fn a_name_beats_its_group_in_any_order() {
        let (group, name) = (("suspicious", "off"), ("unused-definition", "error"));
        for lines in [[group, name], [name, group]] {
            let levels = levels(&lines);
            assert_eq!(levels.of(&codes::UNUSED_DEFINITION), Some(Severity::Error));
            assert_eq!(levels.of(&codes::STALE_SUPPRESSION), None);
            assert_eq!(levels.of(&codes::UNFORMATTED), Some(Severity::Warning));
        }
    }

    #[test]
    fn errors_of_the_checker_stay() {
        let mut levels = levels(&[("correctness", "off"), ("syntax", "error")]);
        assert_eq!(levels.of(&codes::SYNTAX), Some(Severity::Error));
        assert_eq!(levels.set("syntax", "warning"), Err(Wrong::StaysError));
        assert_eq!(levels.set("syntacks", "off"), Err(Wrong::Name));
        assert_eq!(levels.set("style", "loud"), Err(Wrong::Level));
    }

    #[test]
    fn the_upper_layer_wins() {
        let file = levels(&[("unused-definition", "off"), ("style", "off")]);
        let line = levels(&[("suspicious", "hint")]);
        let both = file.under(&line);
        assert_eq!(both.of(&codes::UNUSED_DEFINITION), Some(Severity::Hint));
        assert_eq!(both.of(&codes::UNFORMATTED), None);
    }
}

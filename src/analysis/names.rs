//! Tables of names, and what to say where a name is not found.

use super::{Checker, Member};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes, nearest};
use crate::schema::{EnumId, RecordId, Type};
use crate::source::Span;
use crate::syntax::ast::{Name, Parameter};
use rustc_hash::FxHashMap;

/// The names of one kind of declaration, by their places.
#[derive(Debug, Default)]
pub(super) struct Table {
    places: FxHashMap<String, (u32, Span)>,
}

impl Table {
    pub fn get(&self, name: &str) -> Option<u32> {
        self.places.get(name).map(|p| p.0)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The place of the earlier one, if the name is taken.
    pub fn insert(&mut self, name: &Name, place: u32) -> Result<(), Span> {
        match self.places.get(&name.node) {
            Some((_, first)) => Err(*first),
            None => {
                self.places.insert(name.node.clone(), (place, name.span));
                Ok(())
            }
        }
    }
}

/// A name as it is written in a program.
pub(super) fn written(name: &str) -> String {
    crate::syntax::quote_name(name).into_owned()
}

/// Adds `did you mean`, as help and as a fix.
pub(super) fn suggest(mut d: Diagnostic, span: Span, near: Option<&str>) -> Diagnostic {
    if let Some(near) = near {
        d.help = Some(format!("did you mean `{near}`?"));
        d.fix = Some(Fix {
            message: format!("write `{near}`"),
            edits: vec![Edit {
                span,
                text: written(near),
            }],
            safe: false,
        });
    }
    d
}

/// `a`, `b` and `c`.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_string(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

impl<'a> Checker<'a> {
    /// Whether a name belongs to something that has been reported already.
    pub(super) fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    pub(super) fn duplicate(&mut self, kind: &str, name: &Name, first: Span) {
        self.report(
            Diagnostic::new(
                &codes::DUPLICATE_NAME,
                name.span,
                format!("there is already {kind} `{name}`"),
            )
            .label("the second")
            .also(first, "the first")
            .help("give one of them another name, or remove it"),
        );
    }

    /// Reports a name of one kind that is not declared.
    pub(super) fn unknown(&mut self, kind: &str, name: &Name, near: Option<String>) {
        if self.is_lost(name) {
            return;
        }
        let d = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            name.span,
            format!("there is no {kind} `{name}`"),
        );
        let d = suggest(d, name.span, near.as_deref());
        let help = self.declared(kind, name);
        self.report(d.help_opt(help));
    }

    /// What there is of a kind, or how one is declared.
    fn declared(&self, kind: &str, name: &str) -> Option<String> {
        let (table, how) = match kind {
            "record" => (&self.record_names, format!("record {name} {{ … }}")),
            "message" => (
                &self.message_names,
                format!("message {name} for RECORD {{ … }}"),
            ),
            "channel" => (
                &self.channel_names,
                format!("channel {name} for RECORD {{ … }}"),
            ),
            "action" => (&self.action_names, format!("action {name}(…) for RECORD")),
            "campaign" => (
                &self.campaign_names,
                format!("campaign {name} for RECORD {{ … }}"),
            ),
            _ => return None,
        };
        let mut names: Vec<&str> = table.names().collect();
        names.sort_unstable();
        let verb = if names.len() == 1 { "is" } else { "are" };
        Some(match names.len() {
            1..=8 => format!("there {verb} {}; declare another by `{how}`", list(names)),
            _ => format!("declare it by `{how}`"),
        })
    }

    pub(super) fn record_named(&mut self, name: &Name) -> Option<RecordId> {
        if let Some(place) = self.record_names.get(name) {
            return Some(RecordId(place));
        }
        let near = nearest(name, self.record_names.names()).map(str::to_string);
        self.unknown("record", name, near);
        None
    }

    pub(super) fn member(&self, record: RecordId, name: &str) -> Option<Member> {
        self.members[record.index()].get(name).copied()
    }

    pub(super) fn record_name(&self, record: RecordId) -> &str {
        &self.records[record.index()].name
    }

    /// Reports that a record has no such field or attribute: with what was probably meant.
    pub(super) fn unknown_member(&mut self, record: RecordId, name: &Name, root: Option<RecordId>) {
        if self.is_lost(name) || self.is_torn(record) {
            return;
        }
        let d = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            name.span,
            format!("`{}` has no `{name}`", self.record_name(record)),
        );
        if let Some(root) = root
            && self.member(root, name).is_some()
        {
            let d = d
                .help(format!(
                    "bare names in a `where` belong to its rows; write `self.{name}` for that of the `{}`",
                    self.record_name(root)
                ))
                .fix(
                    format!("write `self.{name}`"),
                    name.span,
                    format!("self.{}", written(name)),
                );
            return self.report(d);
        }
        let near = nearest(
            name,
            self.members[record.index()].keys().map(String::as_str),
        );
        if near.is_some() {
            let d = suggest(d, name.span, near);
            return self.report(d);
        }
        if name.node == "treatment" {
            let help =
                "only a campaign's `measure` knows the day of `treatment`, outside of `among`";
            return self.report(d.help(help));
        }
        let help = self.elsewhere(name).or_else(|| self.in_digits(name));
        let mut names: Vec<&str> = self.members[record.index()]
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        let help = help.or_else(|| {
            (1..=12)
                .contains(&names.len())
                .then(|| format!("it has {}", list(names)))
        });
        self.report(d.help_opt(
            help.or_else(|| Some("declare it as a field of the record, or by `define`".into())),
        ));
    }

    /// `three`
    fn in_digits(&self, name: &str) -> Option<String> {
        const WORDS: [&str; 11] = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        ];
        let n = WORDS.iter().position(|w| *w == name)?;
        Some(format!("write a number in digits: `{n}`"))
    }

    /// Where a name exists that is not found here.
    pub(super) fn elsewhere(&self, name: &str) -> Option<String> {
        let mut on: Vec<&str> = (0..self.records.len())
            .filter(|&i| self.records[i].is_declared() && self.members[i].contains_key(name))
            .map(|i| self.records[i].name.as_str())
            .collect();
        on.sort_unstable();
        if !on.is_empty() {
            return Some(format!(
                "`{name}` belongs to {}; reach it through a reference or a list of rows",
                list(on)
            ));
        }
        let kinds = [
            (&self.record_names, "a record"),
            (&self.message_names, "a message"),
            (&self.channel_names, "a channel"),
            (&self.action_names, "an action"),
            (&self.campaign_names, "a campaign"),
        ];
        if let Some((_, kind)) = kinds.iter().find(|(t, _)| t.get(name).is_some()) {
            return Some(format!("`{name}` is {kind}, which has no value here"));
        }
        if ["days", "weeks", "months", "quarters", "years", "hours"].contains(&name) {
            return Some(format!(
                "time is counted by `{name} since D`, `{name} until D` or `{name} from D to E`"
            ));
        }
        if crate::functions::find(name).is_some() {
            return Some(format!("`{name}` is a function: write `{name}(…)`"));
        }
        let mut sets: Vec<&str> = self
            .enums
            .iter()
            .filter(|e| e.values.iter().any(|v| v == name))
            .map(|e| e.name.as_str())
            .collect();
        sets.sort_unstable();
        sets.dedup();
        (!sets.is_empty()).then(|| {
            format!(
                "`{name}` is a value of {}; it has a meaning only beside it",
                list(sets)
            )
        })
    }

    /// The place of a named value in its set.
    pub(super) fn enum_place(&self, set: EnumId, name: &str) -> Option<u32> {
        self.enums[set.index()]
            .values
            .iter()
            .position(|v| v == name)
            .map(|p| p as u32)
    }

    pub(super) fn invalid_value(&mut self, set: EnumId, name: &str, span: Span) {
        if self.is_lost(name) || self.is_torn_set(set) {
            return;
        }
        let set = &self.enums[set.index()];
        let values = list(set.values.iter().map(String::as_str));
        let near = nearest(name, set.values.iter().map(String::as_str));
        let d = Diagnostic::new(
            &codes::INVALID_ENUM_VALUE,
            span,
            format!("`{}` has no value `{name}`", set.name),
        );
        let d = match near {
            Some(_) => suggest(d, span, near),
            None => d.help(format!("its values are {values}")),
        };
        self.report(d);
    }

    /// A type in a marketer's words, with its article.
    pub(super) fn describe(&self, ty: Type) -> String {
        use crate::schema::DurationKind as K;
        match ty {
            Type::Text => "a text".into(),
            Type::YesNo => "yes or no".into(),
            Type::Integer => "a whole number".into(),
            Type::Number => "a decimal number".into(),
            Type::Percent => "a percentage".into(),
            Type::Money(c) => format!("money in {c}"),
            Type::Date => "a date".into(),
            Type::DateTime => "a date with a time".into(),
            Type::Time => "a time of day".into(),
            Type::Duration(K::Days) => "a duration in days".into(),
            Type::Duration(K::Months) => "a duration in months".into(),
            Type::Duration(K::Minutes) => "a duration in hours".into(),
            Type::Enum(id) => format!("one of the values of `{}`", self.enums[id.index()].name),
            Type::Reference(r) => format!("a `{}`", self.record_name(r)),
            Type::Message => "a message".into(),
            Type::Unknown => "unknown".into(),
        }
    }

    /// Duplicate parameters of one declaration.
    pub(super) fn duplicate_parameters(&mut self, parameters: &[Parameter]) {
        let mut seen = Table::default();
        for (i, p) in parameters.iter().enumerate() {
            if let Err(first) = seen.insert(&p.name, i as u32) {
                self.duplicate("a parameter", &p.name, first);
            }
        }
    }
}

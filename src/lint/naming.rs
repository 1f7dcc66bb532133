//! `naming`: a Latin name that is not in snake_case, or that only a number tells from another.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{
    Campaign, CampaignClause, CampaignItem, Declaration, DeclarationKind, Name, Parameter, Record,
    RuleClause, Then,
};

pub const LINT: Lint = Lint {
    code: &codes::NAMING,
    check,
};

/// Names among which a number alone may tell two apart.
type Names<'a> = Vec<(&'static str, &'a Name)>;

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut all: Names<'_> = Vec::new();
    for d in checked.files.iter().flat_map(|f| &f.declarations) {
        declared(d, &mut all, &mut found);
    }
    judge(&all, &mut found);
    found
}

fn declared<'a>(d: &'a Declaration, all: &mut Names<'a>, found: &mut Vec<Diagnostic>) {
    use DeclarationKind as D;
    let (kind, name) = match &d.kind {
        D::Record(record) => {
            fields(record, found);
            ("record", &record.name)
        }
        D::Define(x) => ("attribute", &x.name),
        D::Segment(x) => ("segment", &x.name),
        D::Tiers(x) => ("tiers", &x.name),
        D::Stages(x) => ("stages", &x.name),
        D::Score(x) => ("score", &x.name),
        D::Table(x) => ("table", &x.name),
        D::Occasion(x) => ("occasion", &x.name),
        D::Message(x) => {
            parameters(&x.parameters, found);
            ("message", &x.name)
        }
        D::Channel(x) => ("channel", &x.name),
        D::Action(x) => {
            parameters(&x.parameters, found);
            ("action", &x.name)
        }
        D::Figure(x) => ("figure", &x.name),
        D::Account(x) => ("account", &x.name),
        D::Campaign(x) => {
            campaign(x, found);
            ("campaign", &x.name)
        }
        D::Workspace(_)
        | D::Exclusive(_)
        | D::Budget(_)
        | D::SharedCap(_)
        | D::Pause(_)
        | D::HoldOut(_)
        | D::Test(_) => return,
    };
    all.push((kind, name));
}

/// Fields are called as their columns are, so a number in one is the data's. Those in another style are named
/// together: they come from one export.
fn fields(record: &Record, found: &mut Vec<Diagnostic>) {
    let odd: Vec<&Name> = record
        .fields
        .iter()
        .map(|f| &f.name)
        .filter(|name| !is_snake_case(name) && is_word(name))
        .collect();
    let Some((first, others)) = odd.split_first() else {
        return;
    };
    let snake = snake_case(first);
    let message = match others.len() {
        0 => format!("the field `{}` is not in snake_case", first.node),
        n => format!(
            "{} fields of `{}` are not in snake_case",
            n + 1,
            record.name.node
        ),
    };
    let mut d = Diagnostic::new(&codes::NAMING, first.span, message);
    for other in others.iter().take(3) {
        d = d.also(other.span, "this too");
    }
    found.push(d.help(format!(
        "call it `{snake}`, and name its column: `{snake}: … from \"{}\"`",
        first.node
    )));
}

fn parameters(list: &[Parameter], found: &mut Vec<Diagnostic>) {
    let names: Names<'_> = list.iter().map(|p| ("parameter", &p.name)).collect();
    judge(&names, found);
}

fn campaign(campaign: &Campaign, found: &mut Vec<Diagnostic>) {
    let mut names: Names<'_> = Vec::new();
    for item in &campaign.items {
        match item {
            CampaignItem::Rule(rule) => {
                names.push(("rule", &rule.name));
                let mut arms: Names<'_> = Vec::new();
                for clause in &rule.clauses {
                    if let RuleClause::Then(Then::Split(list)) = &clause.node {
                        arms.extend(list.iter().flat_map(|a| &a.name).map(|n| ("variant", n)));
                    }
                }
                judge(&arms, found);
            }
            CampaignItem::Clause(clause) => {
                if let CampaignClause::Measure { name, .. } = &clause.node {
                    names.push(("measure", name));
                }
            }
        }
    }
    judge(&names, found);
}

fn judge(names: &Names<'_>, found: &mut Vec<Diagnostic>) {
    for (kind, name) in names {
        if !is_snake_case(name) {
            let d = Diagnostic::new(
                &codes::NAMING,
                name.span,
                format!("the {kind} `{}` is not in snake_case", name.node),
            );
            found.push(d.help(format!(
                "small letters and `_` read best: `{}`",
                snake_case(name)
            )));
        } else if let Some(other) = numbered(kind, name, names) {
            found.push(other);
        }
    }
}

/// Whether a name is in the habit of this language. Letters without case, such as Chinese ones, are in no other.
fn is_snake_case(name: &str) -> bool {
    // A symbol of a formula, such as `T`.
    if name.chars().count() == 1 {
        return true;
    }
    (!name.chars().any(char::is_uppercase) || has_acronyms(name))
        && !name.contains([' ', '-', '.', '/'])
        && !name.trim_matches('_').contains("__")
}

/// `VIP`, `VIP客户`, `A类`: words in capitals alone, one by itself or beside letters without case, are abbreviations.
fn has_acronyms(name: &str) -> bool {
    let has_case = |c: char| c.is_uppercase() || c.is_lowercase();
    let without_case = name.chars().any(|c| c.is_alphabetic() && !has_case(c));
    let capitals = |run: &str| !run.chars().any(char::is_lowercase);
    let mut runs = name.split(|c: char| !has_case(c)).filter(|r| !r.is_empty());
    match without_case {
        true => runs.all(|run| capitals(run) || !run.chars().any(char::is_uppercase)),
        false => name.chars().all(char::is_uppercase) && name.chars().count() <= 5,
    }
}

/// Whether it is written without back-quotes: a field in them is called as its column has to be.
fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// `winBack`, `WinBack`, `Win-Back` and `WIN_BACK` become `win_back`.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    let mut chars = name.chars().peekable();
    let mut before = '_';
    while let Some(c) = chars.next() {
        let next_small = chars.peek().is_some_and(|c| c.is_lowercase());
        let begins = before.is_lowercase() || before.is_numeric();
        let acronym_ends = before.is_uppercase() && next_small;
        if c.is_uppercase() && (begins || acronym_ends) {
            out.push('_');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
        before = c;
    }
    out.trim_matches('_').to_owned()
}

/// Words that are counted: `day_1`, `tier_2` say which one.
const COUNTED: &[&str] = &[
    "day", "week", "month", "quarter", "q", "year", "hour", "level", "tier", "top", "step",
    "phase", "wave", "round", "stage", "grade", "class", "zone", "region", "line",
];

/// A name that only its number tells from others: `treatment1`, or `offer` and `offer2`.
fn numbered(kind: &str, name: &Name, names: &Names<'_>) -> Option<Diagnostic> {
    let (stem, number) = split_number(name)?;
    let last_word = stem.rsplit('_').next().unwrap_or(stem);
    if last_word.chars().count() < 2 || COUNTED.contains(&last_word) {
        return None;
    }
    let twin = names
        .iter()
        .filter(|(k, other)| *k == kind && other.span != name.span)
        .find(|(_, other)| match split_number(other) {
            // Neighbours in a series: `offer1` and `offer2`, not `top_10` and `top_100`.
            Some((s, n)) => s == stem && n.abs_diff(number) == 1,
            None => other.node == stem && number == 2,
        });
    if number != 1 && twin.is_none() {
        return None;
    }
    let mut d = Diagnostic::new(
        &codes::NAMING,
        name.span,
        format!("the number in `{}` does not say what it is", name.node),
    );
    if let Some((_, twin)) = twin {
        d = d.also(twin.span, "the other one");
    }
    Some(d.help("name it by what makes it different"))
}

/// `offer_2` is `offer` and 2.
fn split_number(name: &str) -> Option<(&str, u32)> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name[stem.len()..].parse().ok()?;
    Some((stem.trim_end_matches('_'), number))
}

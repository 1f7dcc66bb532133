//! `sensitive-attribute`: who gets something is decided by what the law protects: health, belief, origin and so on.
//!
//! Names tell: whole words of them in English, parts of them in Chinese.

use super::places::{Place, Role, places, with_rows};
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{Expr, ExprKind, Program};
use crate::schema::{AttributeId, FieldId, RecordId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

pub const LINT: Lint = Lint {
    code: &codes::SENSITIVE_ATTRIBUTE,
    check,
};

const CHILDREN: &str = "children";

/// What is protected, and the words that speak of it; words of a name that belong together stand in one text.
const WORDS: &[(&str, &[&str])] = &[
    (
        "health",
        &[
            "health status",
            "health condition",
            "health record",
            "mental health",
            "medical",
            "diagnosis",
            "disease",
            "illness",
            "medication",
            "blood type",
            "hiv",
            "allergy",
            "allergies",
            "disability",
            "disabilities",
            "pregnant",
            "pregnancy",
        ],
    ),
    (
        "belief",
        &[
            "religion",
            "religious",
            "muslim",
            "jewish",
            "buddhist",
            "hindu",
        ],
    ),
    (
        "origin",
        &["ethnicity", "ethnic", "skin color", "skin colour"],
    ),
    ("politics", &["politics", "political"]),
    (
        "union membership",
        &[
            "trade union",
            "labor union",
            "labour union",
            "union member",
            "union membership",
        ],
    ),
    (
        "sexual life",
        &[
            "sexual",
            "sexuality",
            "lgbt",
            "lgbtq",
            "transgender",
            "homosexual",
        ],
    ),
    ("the body", &["biometric", "biometrics", "genetic", "dna"]),
    (
        "crime",
        &["criminal", "criminal record", "convicted", "conviction"],
    ),
    (
        "where somebody is",
        &[
            "latitude",
            "longitude",
            "gps",
            "geolocation",
            "precise location",
            "current location",
        ],
    ),
    (
        CHILDREN,
        &[
            "minor", "is minor", "underage", "under 14", "under 16", "under 18",
        ],
    ),
];

const CHINESE: &[(&str, &[&str])] = &[
    (
        "health",
        &[
            "疾病",
            "病史",
            "病历",
            "诊断",
            "健康状况",
            "用药",
            "过敏",
            "残疾",
            "残障",
            "怀孕",
            "孕期",
            "孕妇",
        ],
    ),
    ("belief", &["宗教", "信仰"]),
    ("origin", &["民族", "种族"]),
    ("politics", &["政治面貌", "政治倾向", "党派", "党员"]),
    ("union membership", &["工会"]),
    ("sexual life", &["性取向", "性生活"]),
    ("the body", &["生物识别", "基因"]),
    ("crime", &["犯罪", "前科"]),
    (
        "where somebody is",
        &["行踪", "经度", "纬度", "精确位置", "实时位置"],
    ),
    (CHILDREN, &["未成年"]),
];

/// The English phrases by their first word.
struct Lexicon {
    phrases: FxHashMap<&'static str, Vec<(&'static str, &'static str)>>,
}

impl Lexicon {
    fn new() -> Lexicon {
        let mut phrases: FxHashMap<&str, Vec<_>> = FxHashMap::default();
        for (matter, list) in WORDS {
            for phrase in *list {
                let first = phrase.split(' ').next().unwrap_or(phrase);
                phrases.entry(first).or_default().push((*matter, *phrase));
            }
        }
        Lexicon { phrases }
    }

    /// What a name speaks of, if it is protected.
    fn matter(&self, name: &str) -> Option<&'static str> {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split(['_', '-', ' ']).collect();
        let english = words.iter().enumerate().find_map(|(at, word)| {
            let here = self.phrases.get(word)?;
            let said = here.iter().find(|(_, phrase)| {
                let length = phrase.split(' ').count();
                let rest = words[at..].iter().copied();
                // `minor` is a word of many meanings, but for a name of its own.
                let alone = *phrase != "minor" || words.len() == 1;
                alone && rest.take(length).eq(phrase.split(' '))
            });
            said.map(|(matter, _)| *matter)
        });
        if english.is_some() || name.is_ascii() {
            return english;
        }
        let chinese = CHINESE
            .iter()
            .find(|(_, list)| list.iter().any(|part| name.contains(part)));
        chinese.map(|(matter, _)| *matter)
    }
}

/// Something with a name that speaks of a protected matter.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    Field(RecordId, FieldId),
    Attribute(AttributeId),
}

struct Names<'p> {
    program: &'p Program,
    fields: Vec<Vec<Option<&'static str>>>,
    attributes: Vec<Option<&'static str>>,
}

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let fields = program.records.iter().map(|r| r.fields.iter());
    let lexicon = Lexicon::new();
    let names = Names {
        program,
        fields: fields
            .map(|list| list.map(|f| lexicon.matter(&f.name)).collect())
            .collect(),
        attributes: program
            .attributes
            .iter()
            .map(|a| lexicon.matter(&a.name))
            .collect(),
    };
    let fields = names.fields.iter().flatten();
    if fields.chain(&names.attributes).all(Option::is_none) {
        return Vec::new();
    }
    let all = places(program);
    let deciding = deciding(program, &all);
    let used: Vec<(&Place<'_>, Vec<Use>)> = all
        .iter()
        .filter(|p| is_deciding(p, &deciding))
        .map(|p| (p, names.uses(p)))
        .collect();
    // What is itself decided by a protected matter need not be said again where it is used.
    let known: FxHashSet<AttributeId> = used
        .iter()
        .filter(|(_, uses)| !uses.is_empty())
        .filter_map(|(place, _)| place.attribute)
        .collect();
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    for (place, uses) in &used {
        for Use { thing, span } in uses {
            let again = matches!(thing, Thing::Attribute(id) if known.contains(id));
            if !again && seen.insert((place.declared, *thing)) {
                found.push(names.report(place, *thing, *span));
            }
        }
    }
    found
}

/// The attributes whose values decide something.
fn deciding(program: &Program, places: &[Place<'_>]) -> FxHashSet<AttributeId> {
    let mut below: Vec<Vec<AttributeId>> = vec![Vec::new(); program.attributes.len()];
    let mut open = Vec::new();
    for place in places {
        let mut named = Vec::new();
        place.expr.walk(&mut |e| {
            if let ExprKind::Attribute(id, _) = e.kind {
                named.push(id);
            }
        });
        match place.role {
            Role::Decides => open.extend(named),
            _ => {
                if let Some(own) = place.attribute {
                    below[own.index()].extend(named);
                }
            }
        }
    }
    let mut all = FxHashSet::default();
    while let Some(id) = open.pop() {
        if all.insert(id) {
            open.extend(&below[id.index()]);
        }
    }
    all
}

fn is_deciding(place: &Place<'_>, deciding: &FxHashSet<AttributeId>) -> bool {
    place.role == Role::Decides || place.attribute.is_some_and(|id| deciding.contains(&id))
}

struct Use {
    thing: Thing,
    span: Span,
}

impl Names<'_> {
    fn uses(&self, place: &Place<'_>) -> Vec<Use> {
        let mut uses = Vec::new();
        let mut spared = Vec::new();
        with_rows(place.expr, place.record, &mut |e, row| {
            if let ExprKind::Not(inner) = &e.kind {
                spared.extend(excluded(inner).map(|x| x.span));
            }
            let Some((thing, matter)) = self.protected(e, row) else {
                return;
            };
            // To leave children out is what the law asks for.
            if matter != CHILDREN || !spared.contains(&e.span) {
                uses.push(Use {
                    thing,
                    span: e.span,
                });
            }
        });
        uses
    }

    fn protected(&self, e: &Expr, row: Option<RecordId>) -> Option<(Thing, &'static str)> {
        match e.kind {
            ExprKind::Field(field) => {
                let row = row?;
                let matter = (*self.fields.get(row.index())?.get(field.index())?)?;
                Some((Thing::Field(row, field), matter))
            }
            ExprKind::Attribute(id, _) => {
                Some((Thing::Attribute(id), self.attributes[id.index()]?))
            }
            _ => None,
        }
    }

    fn report(&self, place: &Place<'_>, thing: Thing, span: Span) -> Diagnostic {
        let (name, declared, matter) = match thing {
            Thing::Field(record, field) => {
                let f = self.program.field(record, field);
                (&f.name, f.span, self.fields[record.index()][field.index()])
            }
            Thing::Attribute(id) => {
                let a = self.program.attribute(id);
                (&a.name, a.span, self.attributes[id.index()])
            }
        };
        let message = format!(
            "the {} `{}` goes by `{name}`, which speaks of {}",
            place.kind,
            place.name,
            matter.unwrap_or_default()
        );
        Diagnostic::new(&codes::SENSITIVE_ATTRIBUTE, span, message)
            .also(declared, "declared here")
            .help("decide by something else; the law allows this only for a few purposes, or with the person's own consent to it")
    }
}

/// What `not X` and `none of (X, …)` leave out.
fn excluded(e: &Expr) -> impl Iterator<Item = &Expr> {
    let list: &[Expr] = match &e.kind {
        ExprKind::Or(list) => list,
        _ => std::slice::from_ref(e),
    };
    list.iter()
}

#[cfg(test)]
mod tests {
    use super::Lexicon;

    #[test]
    fn whole_words_tell() {
        let lexicon = Lexicon::new();
        let matter = |name| lexicon.matter(name);
        assert_eq!(matter("is_pregnant"), Some("health"));
        assert_eq!(matter("Trade_Union"), Some("union membership"));
        assert_eq!(matter("会员宗教"), Some("belief"));
        assert_eq!(matter("minor"), Some("children"));
        for innocent in [
            "minor_issue",
            "union_pay",
            "health_food",
            "gpsx",
            "religions_shelf2",
            "race",
        ] {
            assert_eq!(matter(innocent), None, "{innocent}");
        }
    }
}

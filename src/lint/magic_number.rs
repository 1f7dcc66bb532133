//! `magic-number`: the same threshold written out in several rules, or one that has a name already.

use super::self_comparison::same;
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{AttributeKind, CompareOp, Expr, ExprKind, Program};
use crate::schema::{Decimal, RecordId, Value};
use crate::solver::literal;
use crate::source::{SourceMap, Span};
use rustc_hash::{FxHashMap, FxHashSet};

pub const LINT: Lint = Lint {
    code: &codes::MAGIC_NUMBER,
    check,
};

/// A value compared with a number that is written.
struct Threshold<'p> {
    span: Span,
    op: CompareOp,
    quantity: &'p Expr,
    number: &'p Value,
    record: RecordId,
    /// The rule or segment that it decides in.
    owner: Span,
    in_rule: bool,
}

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let mut thresholds = thresholds(program);
    let mut found = Vec::new();
    let names = Names::of(program);
    thresholds.retain(|t| match names.of_threshold(t, checked.sources) {
        Some(d) => {
            found.push(d);
            false
        }
        None => true,
    });
    found.extend(repeated(program, &thresholds, checked.sources));
    found
}

/// Those of rules, audiences and segments.
fn thresholds(program: &Program) -> Vec<Threshold<'_>> {
    let mut all = Vec::new();
    for campaign in &program.campaigns {
        let record = campaign.record;
        if let Some(audience) = &campaign.audience {
            collect(audience, record, campaign.span, true, &mut all);
        }
        for rule in &campaign.rules {
            if let Some(when) = &rule.when {
                collect(when, record, rule.span, true, &mut all);
            }
        }
    }
    for attribute in &program.attributes {
        if let AttributeKind::Segment(e) = &attribute.kind {
            collect(e, attribute.record, attribute.span, false, &mut all);
        }
    }
    all
}

/// Not inside aggregates, where names are those of other rows.
fn collect<'p>(
    e: &'p Expr,
    record: RecordId,
    owner: Span,
    in_rule: bool,
    all: &mut Vec<Threshold<'p>>,
) {
    match &e.kind {
        ExprKind::And(list) | ExprKind::Or(list) => {
            for e in list {
                collect(e, record, owner, in_rule, all);
            }
        }
        ExprKind::Not(inner) => collect(inner, record, owner, in_rule, all),
        ExprKind::Compare { op, left, right } => {
            let (quantity, number, op) = match (number(left), number(right)) {
                (None, Some(n)) => (&**left, n, *op),
                (Some(n), None) => (&**right, n, op.mirrored()),
                _ => return,
            };
            // A month is 11, a weekday 6: that is no threshold. An amount is one.
            let exact = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
            if exact && !matches!(number, Value::Money(..)) {
                return;
            }
            all.push(Threshold {
                span: e.span,
                op,
                quantity,
                number,
                record,
                owner,
                in_rule,
            });
        }
        _ => {}
    }
}

/// A number or an amount that needs a name to be understood; not 0 and 1.
fn number(e: &Expr) -> Option<&Value> {
    match &e.kind {
        ExprKind::Literal(value) => speaking(value).then_some(value),
        ExprKind::Widen(inner) => number(inner),
        _ => None,
    }
}

fn speaking(value: &Value) -> bool {
    match value {
        Value::Integer(n) => *n > 1,
        Value::Number(d) => *d > Decimal::ONE,
        Value::Percent(d) | Value::Money(d, _) => *d != Decimal::ZERO,
        _ => false,
    }
}

/// Numbers that have names.
struct Names<'p> {
    program: &'p Program,
    /// Tiers: what they go by, and their thresholds.
    tiers: Vec<(usize, &'p Expr, &'p [Value])>,
    /// Definitions that are nothing but a number.
    defined: FxHashMap<&'p Value, (&'p str, Span)>,
}

impl<'p> Names<'p> {
    fn of(program: &'p Program) -> Names<'p> {
        let mut tiers = Vec::new();
        let mut defined = FxHashMap::default();
        for (i, attribute) in program.attributes.iter().enumerate() {
            match &attribute.kind {
                // A level that is held says something else than today's value.
                AttributeKind::TiersBy {
                    by,
                    levels,
                    history: None,
                    ..
                } => {
                    tiers.push((i, by, levels.as_slice()));
                }
                AttributeKind::Define(body) => {
                    if let Some(value) = number(body) {
                        let name = (attribute.name.as_str(), attribute.span);
                        defined.entry(value).or_insert(name);
                    }
                }
                _ => {}
            }
        }
        for figure in &program.figures {
            if let Some(value) = number(&figure.value) {
                let name = (figure.name.as_str(), figure.span);
                defined.entry(value).or_insert(name);
            }
        }
        Names {
            program,
            tiers,
            defined,
        }
    }

    fn of_threshold(&self, t: &Threshold<'_>, sources: &SourceMap) -> Option<Diagnostic> {
        for (place, by, levels) in &self.tiers {
            let tiers = &self.program.attributes[*place];
            let Some(level) = levels.iter().position(|l| l == t.number) else {
                continue;
            };
            if tiers.record != t.record || !same(by, t.quantity, sources) {
                continue;
            }
            let AttributeKind::TiersBy { set, .. } = tiers.kind else {
                continue;
            };
            let level = &self.program.enum_type(set).values[level];
            let d = Diagnostic::new(
                &codes::MAGIC_NUMBER,
                t.span,
                format!("this is where `{level}` of `{}` begins", tiers.name),
            )
            .also(tiers.span, "these tiers");
            return Some(d.help(match t.op {
                CompareOp::GreaterEqual => format!(
                    "write `{} >= {level}`, so that the two stay the same",
                    tiers.name
                ),
                _ => format!("compare `{}` with `{level}` instead", tiers.name),
            }));
        }
        // A count may be 3 for many reasons; an amount that has a name has it for one.
        if !matches!(t.number, Value::Money(..)) {
            return None;
        }
        let (name, span) = self.defined.get(t.number)?;
        let d = Diagnostic::new(
            &codes::MAGIC_NUMBER,
            t.span,
            format!("this amount has a name: `{name}`"),
        );
        Some(d.also(*span, "named here").help(format!("write `{name}`")))
    }
}

/// The same threshold of the same value in several rules.
fn repeated(
    program: &Program,
    thresholds: &[Threshold<'_>],
    sources: &SourceMap,
) -> Vec<Diagnostic> {
    let mut groups: FxHashMap<(RecordId, String, &Value), Vec<&Threshold<'_>>> =
        FxHashMap::default();
    for t in thresholds.iter().filter(|t| t.in_rule) {
        let words = sources.slice(t.quantity.span).split_whitespace();
        let quantity = words.collect::<Vec<_>>().join(" ");
        let group = groups.entry((t.record, quantity, t.number)).or_default();
        group.push(t);
    }
    let mut found = Vec::new();
    let mut told: FxHashSet<Span> = FxHashSet::default();
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|t| t.span);
        group.dedup_by_key(|t| t.owner);
    }
    groups.sort_by_key(|group| group[0].span);
    for group in groups {
        let [first, others @ ..] = group.as_slice() else {
            continue;
        };
        // The two ends of a `between` stand at one place.
        if others.is_empty() || !told.insert(first.span) {
            continue;
        }
        let mut d = Diagnostic::new(
            &codes::MAGIC_NUMBER,
            first.span,
            format!(
                "{} rules have the threshold {}",
                group.len(),
                literal(program, first.number)
            ),
        );
        for other in others.iter().take(3) {
            d = d.also(other.span, "the same");
        }
        // Where the conditions differ, only the number can be shared.
        let written = sources.slice(first.span);
        let is_one = group
            .iter()
            .all(|t| t.op == first.op && t.span.len() == first.span.len());
        let (what, example) = match is_one {
            true if written.len() <= 40 && !written.contains('\n') => ("condition", written.into()),
            true => ("condition", "…".into()),
            false => ("number", literal(program, first.number)),
        };
        found.push(d.help(format!(
            "give the {what} a name, as in `define NAME for {} = {example}`, and change it in one place",
            program.record(first.record).name
        )));
    }
    found
}

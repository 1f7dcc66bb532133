//! `non-monotonic-tiers`: a higher level gets less than a lower one.
//!
//! What grows with the level somewhere and shrinks elsewhere is a slip. What only shrinks may be meant, as a fee is;
//! it is one where it is given away, in an argument of an action that costs.

use super::places::places;
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{AttributeKind, CompareOp, Expr, ExprKind, Part, Program, Table, TableLine};
use crate::schema::{AttributeId, Decimal, EnumId, FieldId, Type, Value};
use crate::source::{SourceMap, Span};
use rustc_hash::FxHashSet;

pub const LINT: Lint = Lint {
    code: &codes::NON_MONOTONIC_TIERS,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    if !program.enums.iter().any(|e| e.ordered) {
        return Vec::new();
    }
    let given = given_away(program);
    let mut found = Vec::new();
    for (i, attribute) in program.attributes.iter().enumerate() {
        let is_given = given.attributes.contains(&AttributeId(i as u32));
        match &attribute.kind {
            AttributeKind::Table(table) => {
                by_table(program, checked.sources, table, is_given, &mut found);
            }
            AttributeKind::Score { lines, .. } => score(program, lines, is_given, &mut found),
            _ => {}
        }
    }
    for place in places(program) {
        let by_attribute = place
            .attribute
            .is_some_and(|a| given.attributes.contains(&a));
        let mut inner = FxHashSet::default();
        place.expr.walk(&mut |e| {
            // The rest of a chain of `if` is judged with its beginning.
            if let ExprKind::If { otherwise, .. } = &e.kind {
                inner.insert(otherwise.span);
                if !inner.contains(&e.span) {
                    let is_given = by_attribute || given.spans.contains(&e.span);
                    chain(program, e, is_given, &mut found);
                }
            }
        });
    }
    found
}

/// What ends in an argument of an action that costs and is on no channel.
#[derive(Default)]
struct Given {
    attributes: FxHashSet<AttributeId>,
    spans: FxHashSet<Span>,
}

fn given_away(program: &Program) -> Given {
    let mut given = Given::default();
    let thens = program.campaigns.iter().flat_map(|c| &c.rules);
    let calls = thens.flat_map(|r| &r.thens).flat_map(|t| &t.calls);
    for call in calls {
        let action = program.action(call.action);
        if action.costs.is_some() && action.channel.is_none() {
            for argument in call.arguments.iter().flatten() {
                value_of(program, argument, &mut given);
            }
        }
    }
    given
}

/// What a value is made of, but for the conditions that choose it.
fn value_of(program: &Program, e: &Expr, given: &mut Given) {
    given.spans.insert(e.span);
    match &e.kind {
        ExprKind::Attribute(id, Part::Value) => {
            if given.attributes.insert(*id)
                && let AttributeKind::Define(e) = &program.attribute(*id).kind
            {
                value_of(program, e, given);
            }
        }
        ExprKind::If {
            then, otherwise, ..
        } => {
            value_of(program, then, given);
            value_of(program, otherwise, given);
        }
        ExprKind::Arithmetic { .. } | ExprKind::Widen(_) | ExprKind::Round { .. } => {
            e.operands(&mut |inner| value_of(program, inner, given));
        }
        _ => {}
    }
}

/// The value of a level, and where it is written.
#[derive(Clone, Copy)]
struct Step {
    level: u32,
    value: Decimal,
    span: Span,
}

/// Steps of one set that may be compared with each other.
struct Ladder<'p> {
    program: &'p Program,
    set: EnumId,
    is_given: bool,
}

impl Ladder<'_> {
    /// Says each step that lies below one before it; `pairs` are a lower and a higher level.
    fn judge(&self, pairs: &[(Step, Step)], found: &mut Vec<Diagnostic>) {
        let rises = pairs.iter().filter(|(a, b)| b.value > a.value).count();
        let falls = pairs.iter().filter(|(a, b)| b.value < a.value).count();
        if falls == 0 || !self.is_given && rises < falls {
            return;
        }
        let names = &self.program.enum_type(self.set).values;
        let name = |step: &Step| names.get(step.level as usize).map_or("", |n| n.as_str());
        let mut said = FxHashSet::default();
        let fallen = pairs.iter().filter(|(a, b)| b.value < a.value);
        let fallen: Vec<_> = fallen.filter(|(_, high)| said.insert(high.span)).collect();
        if let ([(low, high), others @ ..], 0) = (fallen.as_slice(), rises)
            && !others.is_empty()
        {
            // One thought, written the wrong way round or meant: one message.
            let message = format!(
                "the higher the level, the less it gets: `{}` gets less than `{}`",
                name(high),
                name(low)
            );
            let mut d = Diagnostic::new(&codes::NON_MONOTONIC_TIERS, high.span, message)
                .also(low.span, format!("more, for `{}`", name(low)));
            for (_, other) in others.iter().take(3) {
                d = d.also(other.span, format!("less too, for `{}`", name(other)));
            }
            found.push(d.help("turn the values round; if lower levels are meant to get more, say so with a line `# guanxi: allow non-monotonic-tiers because …`"));
            return;
        }
        for (low, high) in fallen {
            let message = format!(
                "`{}` gets less than `{}`, a lower level",
                name(high),
                name(low)
            );
            found.push(
                Diagnostic::new(&codes::NON_MONOTONIC_TIERS, high.span, message)
                    .also(low.span, format!("more, for `{}`", name(low)))
                    .help("give the higher level at least as much"),
            );
        }
    }
}

/// An amount that is written down.
fn amount(e: &Expr) -> Option<Decimal> {
    match &e.kind {
        ExprKind::Literal(Value::Integer(n)) => Some(Decimal::from_int(*n)),
        ExprKind::Literal(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => Some(*d),
        ExprKind::Widen(inner) => amount(inner),
        ExprKind::Negate(inner) => amount(inner)?.checked_neg(),
        _ => None,
    }
}

/// A row's level, as conditions name it.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Attribute(AttributeId),
    Field(FieldId),
}

fn level_of(program: &Program, e: &Expr) -> Option<(Level, EnumId)> {
    let Type::Enum(set) = e.ty.ty else {
        return None;
    };
    let level = match e.kind {
        ExprKind::Attribute(id, Part::Value) => Level::Attribute(id),
        ExprKind::Field(field) => Level::Field(field),
        _ => return None,
    };
    program.enum_type(set).ordered.then_some((level, set))
}

/// The level that a condition is about: the first it names.
fn named(program: &Program, condition: &Expr) -> Option<(Level, EnumId)> {
    let mut found = None;
    condition.walk(&mut |e| found = found.or_else(|| level_of(program, e)));
    found
}

/// Whether a condition holds for a row of that level, where nothing else decides it.
fn holds(program: &Program, condition: &Expr, of: Level, level: u32) -> Option<bool> {
    let is_of = |e: &Expr| level_of(program, e).is_some_and(|(l, _)| l == of);
    let all = |list: &[Expr]| -> Option<Vec<bool>> {
        list.iter().map(|e| holds(program, e, of, level)).collect()
    };
    match &condition.kind {
        ExprKind::Literal(Value::YesNo(said)) => Some(*said),
        ExprKind::Not(inner) => holds(program, inner, of, level).map(|h| !h),
        ExprKind::And(list) => Some(all(list)?.into_iter().all(|h| h)),
        ExprKind::Or(list) => Some(all(list)?.into_iter().any(|h| h)),
        ExprKind::Known(e) if is_of(e) => Some(true),
        ExprKind::In { value, list } if is_of(value) => Some(
            list.iter()
                .any(|v| matches!(v, Value::Enum(_, at) if *at == level)),
        ),
        ExprKind::Compare { op, left, right } if is_of(left) => match right.kind {
            ExprKind::Literal(Value::Enum(_, at)) => Some(match op {
                CompareOp::Equal => level == at,
                CompareOp::NotEqual => level != at,
                CompareOp::Less => level < at,
                CompareOp::LessEqual => level <= at,
                CompareOp::Greater => level > at,
                CompareOp::GreaterEqual => level >= at,
            }),
            _ => None,
        },
        _ => None,
    }
}

/// `if membership is gold then 5 otherwise …`
fn chain(program: &Program, e: &Expr, is_given: bool, found: &mut Vec<Diagnostic>) {
    let ExprKind::If { condition, .. } = &e.kind else {
        return;
    };
    let Some((of, set)) = named(program, condition) else {
        return;
    };
    let levels = 0..program.enum_type(set).values.len() as u32;
    let steps: Option<Vec<Step>> = levels.map(|level| branch(program, e, of, level)).collect();
    let ladder = Ladder {
        program,
        set,
        is_given,
    };
    ladder.judge(&neighbours(&steps.unwrap_or_default()), found);
}

/// What a chain of `if` gives a level.
fn branch(program: &Program, e: &Expr, of: Level, level: u32) -> Option<Step> {
    if let ExprKind::If {
        condition,
        then,
        otherwise,
    } = &e.kind
    {
        let next = match holds(program, condition, of, level)? {
            true => then,
            false => otherwise,
        };
        return branch(program, next, of, level);
    }
    Some(Step {
        level,
        value: amount(e)?,
        span: e.span,
    })
}

fn neighbours(steps: &[Step]) -> Vec<(Step, Step)> {
    steps.windows(2).map(|w| (w[0], w[1])).collect()
}

/// The lines of a score that go by nothing but one level, for each such level.
fn score(program: &Program, lines: &[(Expr, Expr)], is_given: bool, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<Level> = Vec::new();
    for (condition, _) in lines {
        let Some((of, set)) = named(program, condition) else {
            continue;
        };
        if seen.contains(&of) {
            continue;
        }
        seen.push(of);
        let own = |c: &Expr| holds(program, c, of, 0).is_some();
        let own: Vec<&(Expr, Expr)> = lines.iter().filter(|(c, _)| own(c)).collect();
        let levels = 0..program.enum_type(set).values.len() as u32;
        let steps: Option<Vec<Step>> = levels
            .map(|level| {
                let mut step = Step {
                    level,
                    value: Decimal::ZERO,
                    span: condition.span,
                };
                for (c, value) in &own {
                    if holds(program, c, of, level)? {
                        step.value = step.value.checked_add(amount(value)?)?;
                        step.span = value.span;
                    }
                }
                Some(step)
            })
            .collect();
        let ladder = Ladder {
            program,
            set,
            is_given,
        };
        ladder.judge(&neighbours(&steps.unwrap_or_default()), found);
    }
}

/// Lines of a table that are for the same rows, but for the level.
fn by_table(
    program: &Program,
    sources: &SourceMap,
    table: &Table,
    is_given: bool,
    found: &mut Vec<Diagnostic>,
) {
    // With `first match` a line is for those whom no line before it takes: only the level itself can tell.
    if table.first_match && table.by.len() > 1 {
        return;
    }
    for (column, by) in table.by.iter().enumerate() {
        let Some((of, set)) = level_of(program, by) else {
            continue;
        };
        let steps = steps(program, table, column, of, set);
        let mut pairs = Vec::new();
        let is_for: FxHashSet<(usize, u32)> = steps.iter().map(|(i, s)| (*i, s.level)).collect();
        for (i, low) in &steps {
            for (j, high) in &steps {
                // Lines that share a level are not apart by it.
                let apart =
                    !is_for.contains(&(*i, high.level)) && !is_for.contains(&(*j, low.level));
                let beside = || compatible(&table.lines[*i], &table.lines[*j], column, sources);
                if low.level < high.level && apart && beside() {
                    pairs.push((*low, *high));
                }
            }
        }
        let ladder = Ladder {
            program,
            set,
            is_given,
        };
        ladder.judge(&pairs, found);
    }
}

/// The lines with an amount, by their place, for each level that they are for. `any` says nothing of levels.
fn steps(
    program: &Program,
    table: &Table,
    column: usize,
    of: Level,
    set: EnumId,
) -> Vec<(usize, Step)> {
    let levels = program.enum_type(set).values.len() as u32;
    let mut taken = FxHashSet::default();
    let mut steps = Vec::new();
    for (i, line) in table.lines.iter().enumerate() {
        let Some(Some(cell)) = line.cells.get(column) else {
            if table.first_match {
                break;
            }
            continue;
        };
        for level in (0..levels).filter(|l| holds(program, cell, of, *l) == Some(true)) {
            let first = taken.insert(level) || !table.first_match;
            if let (true, Some(value)) = (first, amount(&line.value)) {
                let span = line.value.span;
                steps.push((i, Step { level, value, span }));
            }
        }
    }
    steps
}

/// Whether there are rows that both lines could be for, were it not for the level.
fn compatible(a: &TableLine, b: &TableLine, column: usize, sources: &SourceMap) -> bool {
    let pairs = a.cells.iter().zip(&b.cells).enumerate();
    pairs
        .filter(|(i, _)| *i != column)
        .all(|(_, pair)| match pair {
            (Some(a), Some(b)) => sources.slice(a.span) == sources.slice(b.span),
            _ => true,
        })
}

//! `beyond-calendar`: lunar days and solar terms asked for on a day that the calendar does not reach.
//!
//! A lunar anniversary of a date that is written and lies outside is the checker's `outside-calendar`.

use super::{Checked, Lint};
use crate::calendar::{FIRST_DAY, LAST_DAY, Occasion};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{
    self, AttributeKind, ExpectationKind, Expr, ExprKind, FieldType, Program, Recurring, Test,
};
use crate::schema::{AttributeId, Day, FieldId, RecordId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{
    CampaignClause, CampaignItem, DeclarationKind, ExprKind as Written, TestClause,
};
use rustc_hash::{FxHashMap, FxHashSet};

pub const LINT: Lint = Lint {
    code: &codes::BEYOND_CALENDAR,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    if !uses_it_at_all(program) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let places = Places::of(checked);
    for campaign in &program.campaigns {
        let Some(runs) = places.runs.get(&campaign.span) else {
            continue;
        };
        if let Some((span, day)) = runs.iter().find(|(_, day)| is_beyond(*day))
            && let Some(used) = in_campaign(program, campaign)
        {
            found.push(finding(*span, *day, "the campaign runs on", used));
        }
    }
    for test in &program.tests {
        if let Some((span, day)) = places.clocks.get(&test.span)
            && is_beyond(*day)
            && let Some(used) = in_test(program, test)
        {
            found.push(finding(*span, *day, "the test takes place on", used));
        }
    }
    other_clocks(program, &mut found);
    given_dates(program, &mut found);
    found
}

fn is_beyond(day: Day) -> bool {
    day < FIRST_DAY || day > LAST_DAY
}

/// Whether anything in the program goes by the moon or the sun.
fn uses_it_at_all(program: &Program) -> bool {
    let mut used = false;
    program.expressions(&mut |e, _| e.walk(&mut |e| used |= is_of_it(e)));
    used
}

fn is_of_it(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Recurring(Recurring::LunarAnniversary(_)) => true,
        ExprKind::Recurring(Recurring::Occasion(occasion)) => goes_by_the_sky(occasion),
        _ => false,
    }
}

fn goes_by_the_sky(occasion: &Occasion) -> bool {
    match occasion {
        Occasion::Any(all) => all.iter().any(goes_by_the_sky),
        _ => matches!(occasion, Occasion::Lunar { .. } | Occasion::SolarTerm(_)),
    }
}

fn finding(span: Span, day: Day, what: &str, used: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::BEYOND_CALENDAR,
        span,
        format!("{what} {day}, beyond the lunar days and solar terms that are known"),
    )
    .also(used, "asked for here")
    .help("they are known from 1900-01-01 to 2101-01-28; stay within")
}

/// The days that are written, by the place of the name or title that they belong to.
#[derive(Default)]
struct Places {
    runs: FxHashMap<Span, Vec<(Span, Day)>>,
    clocks: FxHashMap<Span, (Span, Day)>,
}

impl Places {
    fn of(checked: Checked<'_>) -> Places {
        let mut places = Places::default();
        for d in checked.files.iter().flat_map(|f| &f.declarations) {
            match &d.kind {
                DeclarationKind::Campaign(c) => {
                    for item in &c.items {
                        if let CampaignItem::Clause(clause) = item
                            && let CampaignClause::Runs { from, to } = &clause.node
                        {
                            let days = std::iter::once(from).chain(to);
                            let days = days.filter_map(|e| Some((e.span, written(&e.kind)?)));
                            places.runs.insert(c.name.span, days.collect());
                        }
                    }
                }
                DeclarationKind::Test(t) => {
                    for clause in &t.clauses {
                        if let TestClause::TodayIs(e) | TestClause::NowIs(e) = &clause.node
                            && let Some(day) = written(&e.kind)
                        {
                            places.clocks.insert(t.title.span, (e.span, day));
                        }
                    }
                }
                _ => {}
            }
        }
        places
    }
}

fn written(e: &Written) -> Option<Day> {
    match e {
        Written::Date(day) | Written::DateTime { day, .. } => Some(*day),
        Written::Paren(inner) => written(&inner.kind),
        _ => None,
    }
}

/// Where an expression, or an attribute that it names, asks for such a day.
fn used_by(
    program: &Program,
    e: &Expr,
    seen: &mut FxHashSet<AttributeId>,
    found: &mut Option<Span>,
) {
    let mut named = Vec::new();
    e.walk(&mut |e| {
        if is_of_it(e) {
            *found = found.or(Some(e.span));
        }
        if let ExprKind::Attribute(id, _) = e.kind
            && seen.insert(id)
        {
            named.push(id);
        }
    });
    for id in named {
        for part in parts(&program.attribute(id).kind) {
            used_by(program, part, seen, found);
        }
    }
}

fn parts(kind: &AttributeKind) -> Vec<&Expr> {
    match kind {
        AttributeKind::Define(e) | AttributeKind::Segment(e) => vec![e],
        AttributeKind::TiersBy { by, .. } => vec![by],
        AttributeKind::FirstMatch { lines, .. } => lines.iter().map(|(c, _)| c).collect(),
        AttributeKind::Score { lines, .. } => lines.iter().flat_map(|(c, v)| [c, v]).collect(),
        AttributeKind::Table(t) => {
            let values = t.lines.iter().map(|l| &l.value);
            t.by.iter().chain(&t.otherwise).chain(values).collect()
        }
    }
}

fn in_campaign(program: &Program, campaign: &hir::Campaign) -> Option<Span> {
    let (mut seen, mut found) = (FxHashSet::default(), None);
    campaign.expressions(&mut |e, _| used_by(program, e, &mut seen, &mut found));
    found
}

fn in_test(program: &Program, test: &Test) -> Option<Span> {
    let (mut seen, mut found) = (FxHashSet::default(), None);
    test.expressions(&mut |e| used_by(program, e, &mut seen, &mut found));
    for expectation in &test.expectations {
        let campaigns = match &expectation.kind {
            ExpectationKind::Actions { campaign, .. }
            | ExpectationKind::NoRule { campaign, .. } => {
                std::slice::from_ref(program.campaign(*campaign))
            }
            ExpectationKind::Nothing { .. } => &program.campaigns,
            ExpectationKind::Values { .. } | ExpectationKind::Figures(_) => &[],
        };
        for campaign in campaigns {
            found = found.or_else(|| in_campaign(program, campaign));
        }
    }
    found
}

/// `E as of 1890-01-01`
fn other_clocks(program: &Program, found: &mut Vec<Diagnostic>) {
    program.expressions(&mut |e, _| {
        e.walk(&mut |e| {
            if let ExprKind::AsOf { value, date } = &e.kind
                && let ExprKind::Literal(Value::Date(day)) = date.kind
                && is_beyond(day)
            {
                let mut used = None;
                used_by(program, value, &mut FxHashSet::default(), &mut used);
                found.extend(used.map(|used| finding(date.span, day, "this looks at", used)));
            }
        });
    });
}

/// Rows of tests that have no lunar birthday though one is asked for.
fn given_dates(program: &Program, found: &mut Vec<Diagnostic>) {
    let mut asked: Vec<(Span, FieldId)> = Vec::new();
    program.expressions(&mut |e, _| {
        e.walk(&mut |e| {
            if let ExprKind::Recurring(Recurring::LunarAnniversary(date)) = &e.kind
                && let ExprKind::Field(field) = date.kind
                && asked.iter().all(|(_, f)| *f != field)
            {
                asked.push((e.span, field));
            }
        });
    });
    let records = owners(program, &asked);
    for given in program.tests.iter().flat_map(|t| &t.given) {
        for (record, field, used) in &records {
            if *record == given.record
                && let Some(Some(Value::Date(day))) = given.values.get(field.index())
                && is_beyond(*day)
            {
                let name = &program.field(*record, *field).name;
                let what = format!("the `{name}` of this row is");
                found.push(finding(given.span, *day, &what, *used));
            }
        }
    }
}

/// The records that have each of the fields, as dates: an expression does not say which row it is read on, and
/// where two records have a date at one place, neither is claimed.
fn owners(program: &Program, asked: &[(Span, FieldId)]) -> Vec<(RecordId, FieldId, Span)> {
    let mut owners = Vec::new();
    for (span, field) in asked {
        let mut having = program.records.iter().enumerate().filter(|(_, r)| {
            let field = r.fields.get(field.index());
            field.is_some_and(|f| f.ty == FieldType::Value(Type::Date))
        });
        if let (Some((record, _)), None) = (having.next(), having.next()) {
            owners.push((RecordId(record as u32), *field, *span));
        }
    }
    owners
}

//! `calendar-year-birthday`: `once per calendar year` for the days around an anniversary. A window across New
//! Year lies in two calendar years, and so does its greeting.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::hir::{CalendarUnit, Expr, ExprKind, Program, Recurring, Repeat, Rule, Window};
use crate::source::Span;
use crate::syntax::ast::{self, CampaignItem, DeclarationKind, RuleClause};
use rustc_hash::{FxHashMap, FxHashSet};

pub const LINT: Lint = Lint {
    code: &codes::CALENDAR_YEAR_BIRTHDAY,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut places = None;
    let mut found = Vec::new();
    for campaign in &checked.program.campaigns {
        for rule in &campaign.rules {
            if !matches!(rule.repeat, Repeat::OncePerCalendar(CalendarUnit::Year)) {
                continue;
            }
            let conditions = campaign.audience.iter().chain(&rule.when);
            let mut days = conditions.filter_map(|e| around(e, checked.program));
            if let Some(day) = days.next_back() {
                let places = places.get_or_insert_with(|| clauses(checked.files));
                found.extend(finding(rule, day, places, checked));
            }
        }
    }
    found
}

/// The anniversary whose neighbourhood a condition asks for. On the day itself, in the Gregorian calendar, there is
/// one in each year.
fn around<'p>(condition: &'p Expr, program: &'p Program) -> Option<&'p Expr> {
    let mut harmless: FxHashSet<Span> = FxHashSet::default();
    let mut day = None;
    program.reach(condition, &mut |e| match &e.kind {
        ExprKind::InWindow {
            value,
            window: Window::Today,
        } if matches!(value.kind, ExprKind::Recurring(Recurring::Anniversary(_))) => {
            harmless.insert(value.span);
        }
        ExprKind::Recurring(Recurring::Anniversary(_) | Recurring::LunarAnniversary(_))
            if !harmless.contains(&e.span) =>
        {
            day = day.or(Some(e));
        }
        _ => {}
    });
    day
}

/// Where each rule, by the place of its name, says how often it fires.
fn clauses(files: &[ast::File]) -> FxHashMap<Span, Span> {
    let declarations = files.iter().flat_map(|f| &f.declarations);
    let campaigns = declarations.filter_map(|d| match &d.kind {
        DeclarationKind::Campaign(c) => Some(c),
        _ => None,
    });
    let rules = campaigns
        .flat_map(|c| &c.items)
        .filter_map(|item| match item {
            CampaignItem::Rule(rule) => Some(rule),
            CampaignItem::Clause(_) => None,
        });
    rules
        .flat_map(|rule| rule.clauses.iter().map(move |clause| (rule, clause)))
        .filter(|(_, clause)| matches!(clause.node, RuleClause::Repeat(_)))
        .map(|(rule, clause)| (rule.name.span, clause.span))
        .collect()
}

fn finding(
    rule: &Rule,
    day: &Expr,
    places: &FxHashMap<Span, Span>,
    checked: Checked<'_>,
) -> Option<Diagnostic> {
    let clause = *places.get(&rule.span)?;
    let lunar = matches!(
        day.kind,
        ExprKind::Recurring(Recurring::LunarAnniversary(_))
    );
    let message = if lunar {
        "a lunar anniversary may come twice in a calendar year, or not at all"
    } else {
        "around New Year this anniversary is asked for in two calendar years"
    };
    let own = rule
        .when
        .as_ref()
        .is_some_and(|when| when.span.contains(day.span));
    let written = checked.sources.slice(day.span);
    let mut d = Diagnostic::new(&codes::CALENDAR_YEAR_BIRTHDAY, clause, message)
        .label("counts from 1 January")
        .also(day.span, "the anniversary");
    if own {
        d.fix = Some(Fix {
            message: "count by the anniversary; what was done this year is then not known".into(),
            edits: vec![Edit {
                span: clause,
                text: format!("once per {written}"),
            }],
            safe: false,
        });
        return Some(d.help(format!("write `once per {written}`")));
    }
    Some(d.help("count by the anniversary, as in `once per anniversary of birthday`"))
}

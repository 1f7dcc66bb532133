//! `window-without-year`: a rule that is true at the same time of every year, where nothing says whether one year
//! is meant or each.

use super::self_comparison::same;
use super::{Checked, Lint};
use crate::calendar::Occasion;
use crate::diagnostic::{Diagnostic, codes};
use crate::functions;
use crate::hir::{
    CalendarUnit, Campaign, CompareOp, Expr, ExprKind, Part, Program, Recurring, Repeat, Rule,
    Window,
};
use crate::schema::{AttributeId, DurationKind, Value};
use crate::source::SourceMap;
use rustc_hash::FxHashSet;

pub const LINT: Lint = Lint {
    code: &codes::WINDOW_WITHOUT_YEAR,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for campaign in &checked.program.campaigns {
        for rule in &campaign.rules {
            let seasons = Seasons::of(campaign, rule, checked);
            if let Some(d) = seasons.by_hand {
                found.push(d);
            } else if let Some(season) = seasons.season
                && (is_once(&rule.repeat) || recurring(season).is_none())
                && !seasons.year
                && !runs_at_most_a_year(campaign)
                && !counts_years(checked.program, &rule.repeat)
            {
                found.push(finding(season, rule, checked.sources));
            }
        }
    }
    found
}

/// What the conditions of a rule say about the time of the year.
#[derive(Default)]
struct Seasons<'p> {
    /// The first that is true at the same time of every year.
    season: Option<&'p Expr>,
    /// They also say which year.
    year: bool,
    /// An anniversary made of `month` and `day`.
    by_hand: Option<Diagnostic>,
}

impl<'p> Seasons<'p> {
    fn of(campaign: &'p Campaign, rule: &'p Rule, checked: Checked<'p>) -> Seasons<'p> {
        let mut seasons = Seasons::default();
        let (mut months, mut days) = (Vec::new(), Vec::new());
        let mut seen = FxHashSet::default();
        for condition in campaign.audience.iter().chain(&rule.when) {
            tests(checked.program, condition, &mut seen, &mut |e| {
                if let Some((of_month, date)) = by_hand(e) {
                    let list = if of_month { &mut months } else { &mut days };
                    list.push((e, date));
                }
                if is_season(e) {
                    seasons.season = seasons.season.or(Some(e));
                }
                seasons.year |= says_year(e);
            });
        }
        let pair = months
            .iter()
            .find(|(_, m)| days.iter().any(|(_, d)| same(m, d, checked.sources)));
        seasons.by_hand = pair.map(|(e, date)| made_by_hand(e, date, checked));
        seasons
    }
}

/// The tests of which a condition consists, also by name; not what it excludes.
fn tests<'p>(
    program: &'p Program,
    e: &'p Expr,
    seen: &mut FxHashSet<AttributeId>,
    visit: &mut dyn FnMut(&'p Expr),
) {
    match &e.kind {
        ExprKind::And(list) | ExprKind::Or(list) => {
            list.iter().for_each(|e| tests(program, e, seen, visit));
        }
        ExprKind::Attribute(id, Part::Value) => {
            if let (true, Some(body)) = (seen.insert(*id), program.body(*id)) {
                tests(program, body, seen, visit);
            }
        }
        _ => visit(e),
    }
}

/// A function of the day it is: `month(today)`.
fn of_today(e: &Expr, name: &str) -> bool {
    of_date(e, name).is_some_and(is_today)
}

fn of_date<'e>(e: &'e Expr, name: &str) -> Option<&'e Expr> {
    match &e.kind {
        ExprKind::Call {
            function,
            arguments,
        } if functions::get(*function).name == name => arguments.first(),
        ExprKind::Widen(inner) => of_date(inner, name),
        _ => None,
    }
}

fn is_today(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Today | ExprKind::Now => true,
        ExprKind::DayOf(inner) => is_today(inner),
        _ => false,
    }
}

/// `month(D) = month(today)`, or the same of `day`: whether of the month, and D.
fn by_hand(e: &Expr) -> Option<(bool, &Expr)> {
    let ExprKind::Compare {
        op: CompareOp::Equal,
        left,
        right,
    } = &e.kind
    else {
        return None;
    };
    for name in ["month", "day"] {
        for (one, other) in [(left, right), (right, left)] {
            if let Some(date) = of_date(one, name)
                && !is_today(date)
                && of_today(other, name)
            {
                return Some((name == "month", date));
            }
        }
    }
    None
}

/// Whether it is true at one time of the year, and that of every year.
fn is_season(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Compare { left, right, .. } => {
            of_today(left, "month") || of_today(right, "month")
        }
        ExprKind::In { value, .. } => of_today(value, "month"),
        ExprKind::InWindow { value, window } => {
            let near = matches!(
                window,
                Window::Today | Window::Last { .. } | Window::Next { .. } | Window::Calendar { .. }
            );
            near && returns(value)
        }
        ExprKind::Reminder { date, .. } => returns(date),
        _ => false,
    }
}

/// A day that has an occurrence in each year.
fn returns(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Recurring(Recurring::Occasion(occasion)) => {
            !matches!(occasion, Occasion::Dates(_) | Occasion::Any(_))
        }
        ExprKind::Recurring(_) => true,
        _ => false,
    }
}

/// Whether it depends on which year it is.
fn says_year(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Compare { left, right, .. } => {
            let day = |e: &Expr| matches!(e.kind, ExprKind::Literal(Value::Date(_)));
            of_today(left, "year")
                || of_today(right, "year")
                || (is_today(left) && day(right))
                || (is_today(right) && day(left))
        }
        ExprKind::In { value, .. } => of_today(value, "year"),
        _ => false,
    }
}

fn runs_at_most_a_year(campaign: &Campaign) -> bool {
    matches!(campaign.runs, Some((from, Some(to))) if to.0 - from.0 <= 366)
}

fn is_once(repeat: &Repeat) -> bool {
    matches!(
        repeat,
        Repeat::Once | Repeat::OncePer(_) | Repeat::OnceFor { .. }
    )
}

/// Whether the rule says how often it fires from year to year.
fn counts_years(program: &Program, repeat: &Repeat) -> bool {
    let changes = |e: &Expr| moves(program, e, &mut FxHashSet::default());
    match repeat {
        Repeat::Once => false,
        Repeat::OncePer(list) => list.iter().any(changes),
        Repeat::OnceFor { per, .. } => per.iter().any(changes),
        Repeat::AgainAfter(DurationKind::Months, n) => *n >= 6,
        Repeat::AgainAfter(_, n) => *n >= 180,
        Repeat::OncePerCalendar(unit) => *unit == CalendarUnit::Year,
    }
}

/// Whether a value goes by the day it is, also by the definitions that it names.
fn moves(program: &Program, e: &Expr, seen: &mut FxHashSet<AttributeId>) -> bool {
    let mut found = false;
    e.walk(&mut |e| {
        found |= match &e.kind {
            ExprKind::Today
            | ExprKind::Now
            | ExprKind::Boundary { .. }
            | ExprKind::Recurring(_) => true,
            ExprKind::Attribute(id, Part::Value) => {
                seen.insert(*id)
                    && program
                        .body(*id)
                        .is_some_and(|body| moves(program, body, seen))
            }
            _ => false,
        };
    });
    found
}

fn finding(season: &Expr, rule: &Rule, sources: &SourceMap) -> Diagnostic {
    let message = if is_once(&rule.repeat) {
        "this comes back every year, and `once` lets the rule fire in the first year only"
    } else {
        "this comes back every year, and so does the rule"
    };
    let day = recurring(season).map(|e| sources.slice(e.span));
    let per = match day {
        Some(day) if !day.contains('\n') => format!("`once per {day}`"),
        _ => "`once per calendar year`".into(),
    };
    Diagnostic::new(&codes::WINDOW_WITHOUT_YEAR, season.span, message)
        .also(rule.span, "the rule")
        .help(format!(
            "for every year write {per}; for one year let the campaign say `runs from … to …`"
        ))
}

fn recurring(e: &Expr) -> Option<&Expr> {
    match &e.kind {
        ExprKind::InWindow { value: day, .. } | ExprKind::Reminder { date: day, .. } => Some(day),
        _ => None,
    }
}

fn made_by_hand(e: &Expr, date: &Expr, checked: Checked<'_>) -> Diagnostic {
    let date = checked.sources.slice(date.span);
    Diagnostic::new(
        &codes::WINDOW_WITHOUT_YEAR,
        e.span,
        "an anniversary made of month and day forgets 29 February, and counts the day itself",
    )
    .help(format!("write `anniversary of {date} is today`"))
}

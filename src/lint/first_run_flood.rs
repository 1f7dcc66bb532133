//! `first-run-flood`: a rule under `once` that years of history satisfy. Its first run reaches all of them at once.

use super::colleagues::is_event;
use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{
    Aggregate, AggregateOp, Campaign, CompareOp, Expr, ExprKind, Group, Part, Program, Purpose,
    RecordSource, Repeat, Rule, Window,
};
use crate::schema::{AttributeId, Decimal, RecordId, Type, Value};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

pub const LINT: Lint = Lint {
    code: &codes::FIRST_RUN_FLOOD,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let program = checked.program;
    let judge = Judge {
        program,
        known: RefCell::default(),
    };
    let mut found = Vec::new();
    for campaign in &program.campaigns {
        // A recall has to reach everybody.
        if campaign.purpose == Purpose::Safety {
            continue;
        }
        for rule in &campaign.rules {
            // Who is to be served in all is counted: then not all are served at once.
            let shared = program.shared_caps.iter().filter(|s| {
                let mut named = s.campaigns.iter();
                named.any(|c| program.campaign(*c).name == campaign.name)
            });
            let caps = campaign.caps.iter().chain(&rule.caps);
            let mut caps = caps.chain(shared.map(|s| &s.cap));
            let counted = caps.any(|c| matches!(c.group, Group::InAll));
            if is_once(&rule.repeat) && !counted {
                found.extend(flood(&judge, campaign, rule));
            }
        }
    }
    found
}

/// Once for each subject, or for each date of its past.
fn is_once(repeat: &Repeat) -> bool {
    match repeat {
        Repeat::Once => true,
        Repeat::OncePer(list) => of_the_past(list),
        Repeat::OnceFor { per, .. } => of_the_past(per),
        Repeat::AgainAfter(..) | Repeat::OncePerCalendar(_) => false,
    }
}

/// Dates that do not come again, and the steps of a reminder of one.
fn of_the_past(list: &[Expr]) -> bool {
    let step = |e: &Expr| matches!(e.kind, ExprKind::Step(_));
    list.iter().all(|e| step(e) || is_date(e) && !moves(e))
}

fn flood<'p>(judge: &Judge<'p>, campaign: &'p Campaign, rule: &'p Rule) -> Option<Diagnostic> {
    let program = judge.program;
    let conditions = campaign.audience.iter().chain(&rule.when);
    let judged: Vec<Reach> = conditions.map(|e| judge.condition(e, true)).collect();
    let place = match all(judged.into_iter()) {
        Reach::Near => return None,
        Reach::Past(span) => span,
        Reach::Open => {
            // The rows themselves happened on some day.
            let record = program.record(campaign.record);
            if !is_event(program, campaign.record) {
                return None;
            }
            let d = Diagnostic::new(
                &codes::FIRST_RUN_FLOOD,
                rule.span,
                format!(
                    "every `{}` of the past satisfies `{}`, and the first run answers to all at once",
                    record.name, rule.name
                ),
            );
            let field = record.dated_by.map(|f| &record.fields[f.index()].name);
            let field = field.map_or("date", String::as_str);
            return Some(d.help(format!(
                "ask for recent ones, as in `{field} in last 7 days`; or record the old ones as done: `guanxi run --ledger FILE --adopt`"
            )));
        }
    };
    let d = Diagnostic::new(
        &codes::FIRST_RUN_FLOOD,
        place,
        "years of history satisfy this, and the first run reaches all of them at once",
    );
    Some(d.also(rule.span, "fires once for each").help(
        "ask for something recent too, as in `… in last 30 days`; or record the old ones as done: `guanxi run --ledger FILE --adopt`",
    ))
}

/// Of which time the rows are that satisfy a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Something of theirs lies near today.
    Near,
    /// Something of theirs happened, whenever that was: said at this place.
    Past(Span),
    /// Says nothing of time, or is about how they are now.
    Open,
}

/// Where all hold.
fn all(list: impl Iterator<Item = Reach>) -> Reach {
    let mut reach = Reach::Open;
    for each in list {
        match (reach, each) {
            (Reach::Near, _) | (_, Reach::Near) => return Reach::Near,
            (Reach::Open, each) => reach = each,
            _ => {}
        }
    }
    reach
}

/// Where one of them holds.
fn any(list: impl Iterator<Item = Reach>) -> Reach {
    let mut reach = None;
    for each in list {
        reach = Some(match (reach, each) {
            (_, Reach::Past(span)) => return Reach::Past(span),
            (None, each) => each,
            (Some(Reach::Near), Reach::Near) => Reach::Near,
            _ => Reach::Open,
        });
    }
    reach.unwrap_or(Reach::Open)
}

fn is_date(e: &Expr) -> bool {
    matches!(e.ty.ty, Type::Date | Type::DateTime)
}

/// Whether a value goes with today, or with the levels held, which begin in the ledger.
fn moves(e: &Expr) -> bool {
    let mut moves = false;
    e.walk(&mut |e| {
        moves |= matches!(
            e.kind,
            ExprKind::Today
                | ExprKind::Now
                | ExprKind::Boundary { .. }
                | ExprKind::Recurring(_)
                | ExprKind::Step(_)
                | ExprKind::Attribute(_, Part::Before | Part::Since)
        );
    });
    moves
}

/// A written day is a bound that somebody chose.
fn is_bound(e: &Expr) -> bool {
    moves(e) || matches!(e.kind, ExprKind::Literal(_))
}

/// Looks through definitions and segments; what tiers, stages and scores say is how somebody is now.
struct Judge<'p> {
    program: &'p Program,
    /// What definitions and segments say, or their opposites: each is looked into once.
    known: RefCell<FxHashMap<(AttributeId, bool), Reach>>,
}

impl<'p> Judge<'p> {
    fn condition(&self, e: &'p Expr, holds: bool) -> Reach {
        match &e.kind {
            ExprKind::Not(inner) => self.condition(inner, !holds),
            ExprKind::And(list) | ExprKind::Or(list) => {
                let parts = list.iter().map(|e| self.condition(e, holds));
                if matches!(e.kind, ExprKind::And(_)) == holds {
                    all(parts)
                } else {
                    any(parts)
                }
            }
            // What is pointed at is the name in the rule.
            ExprKind::Attribute(id, Part::Value) => match self.defined(*id, holds) {
                Reach::Past(_) => Reach::Past(e.span),
                reach => reach,
            },
            ExprKind::Through { member: inner, .. }
            | ExprKind::Root(inner)
            | ExprKind::Default { value: inner, .. }
            | ExprKind::AsOf { value: inner, .. } => self.condition(inner, holds),
            ExprKind::InWindow { value, window } => self.window(e, value, window, holds),
            ExprKind::Reminder { after, date, .. } if holds => self.reminder(e, *after, date),
            ExprKind::Known(value) if holds => self.known(e, value),
            ExprKind::Compare { op, left, right } => {
                let op = if holds { *op } else { op.opposite() };
                self.compare(e, op, left, right)
            }
            ExprKind::In { value, .. } if holds => self.compare(e, CompareOp::Equal, value, value),
            ExprKind::Aggregate(a) => {
                let asks = match a.op {
                    AggregateOp::Any => holds,
                    AggregateOp::No => !holds,
                    AggregateOp::AtLeast | AggregateOp::Exactly => holds && a.number != Some(0),
                    _ => false,
                };
                if asks {
                    self.rows(a, e.span)
                } else {
                    Reach::Open
                }
            }
            _ => Reach::Open,
        }
    }

    fn defined(&self, id: AttributeId, holds: bool) -> Reach {
        if let Some(reach) = self.known.borrow().get(&(id, holds)) {
            return *reach;
        }
        let body = self.program.body(id);
        let reach = body.map_or(Reach::Open, |body| self.condition(body, holds));
        self.known.borrow_mut().insert((id, holds), reach);
        reach
    }

    fn window(&self, e: &Expr, value: &Expr, window: &Window, holds: bool) -> Reach {
        let near = match window {
            Window::Last { .. } | Window::Next { .. } | Window::Calendar { .. } | Window::Today => {
                true
            }
            Window::After { date, .. } | Window::Before { date, .. } => is_bound(date),
        };
        let recurring = moves(self.program.meaning(value));
        match (near || recurring, holds) {
            (true, true) => Reach::Near,
            (false, true) => Reach::Past(e.span),
            (true, false) if !recurring => Reach::Past(e.span),
            (_, false) => Reach::Open,
        }
    }

    /// `3 days after delivered_on` is true from that day on; days before a date end with it.
    fn reminder(&self, e: &Expr, after: bool, date: &Expr) -> Reach {
        let date = self.program.meaning(date);
        let fixed = is_bound(date) || held(plain(date)) || self.recurs(date);
        match after && !fixed {
            true => Reach::Past(e.span),
            false => Reach::Near,
        }
    }

    /// `first_purchase is known`: somebody bought, at some time.
    fn known(&self, e: &Expr, value: &'p Expr) -> Reach {
        match &self.program.meaning(value).kind {
            ExprKind::Aggregate(a) => match self.rows(a, e.span) {
                Reach::Past(_) => Reach::Past(e.span),
                reach => reach,
            },
            _ => Reach::Open,
        }
    }

    /// The rows that an aggregate needs to find one.
    fn rows(&self, a: &'p Aggregate, span: Span) -> Reach {
        let record = self.program.record(a.many.record);
        // What was done lies in the ledger, which is empty before the first run.
        if matches!(record.source, RecordSource::Done { .. }) {
            return Reach::Near;
        }
        match &a.window {
            Some(Window::After { date, .. } | Window::Before { date, .. }) if !is_bound(date) => {
                return Reach::Past(span);
            }
            Some(_) => return Reach::Near,
            None => {}
        }
        match a.filter.as_ref().map(|f| self.condition(f, true)) {
            Some(Reach::Near) => Reach::Near,
            Some(Reach::Past(_)) => Reach::Past(span),
            _ if self.is_dated(a.many.record) => Reach::Past(span),
            _ => Reach::Open,
        }
    }

    fn is_dated(&self, record: RecordId) -> bool {
        self.program.record(record).dated_by.is_some()
    }

    fn compare(&self, e: &Expr, op: CompareOp, left: &'p Expr, right: &'p Expr) -> Reach {
        let (left, right) = (plain(left), plain(right));
        if matches!(left.kind, ExprKind::Literal(_)) || (moves(left) && is_date(left)) {
            let same = matches!(right.kind, ExprKind::Literal(_));
            return if same || (moves(right) && is_date(right)) {
                Reach::Open
            } else {
                self.value(e, op.mirrored(), right, left)
            };
        }
        self.value(e, op, left, right)
    }

    /// `value OP bound`
    fn value(&self, e: &Expr, op: CompareOp, value: &'p Expr, bound: &'p Expr) -> Reach {
        let meaning = plain(self.program.meaning(value));
        if held(meaning) || held(bound) {
            return Reach::Near;
        }
        use CompareOp as Op;
        let (above, below) = match op {
            Op::Equal => (true, true),
            Op::NotEqual => (false, false),
            Op::Greater | Op::GreaterEqual => (true, false),
            Op::Less | Op::LessEqual => (false, true),
        };
        if let ExprKind::Between { from, to, .. } = &meaning.kind {
            let clock = |e: &Expr| matches!(e.kind, ExprKind::Today | ExprKind::Now);
            // A day lies near today where the days since it are few, or those until it many.
            let near = match (clock(to), clock(from)) {
                (true, false) if !self.recurs(from) => below,
                (false, true) if !self.recurs(to) => above,
                (true, _) | (_, true) => return Reach::Near,
                _ => return Reach::Open,
            };
            return time(near, op, e.span);
        }
        if is_date(meaning) {
            return match self.recurs(meaning) {
                true => Reach::Near,
                false if is_bound(bound) => time(above, op, e.span),
                false => Reach::Open,
            };
        }
        let wanted =
            above && !is_zero(bound) || op == Op::Greater || op == Op::NotEqual && is_zero(bound);
        if wanted {
            self.amount(meaning, e.span)
        } else {
            Reach::Open
        }
    }

    fn recurs(&self, e: &Expr) -> bool {
        matches!(self.program.meaning(e).kind, ExprKind::Recurring(_))
    }

    /// What must have happened for a count or a sum to be as large as this.
    fn amount(&self, value: &'p Expr, span: Span) -> Reach {
        // A rank or a share is how somebody stands among the others now.
        let mut ranked = false;
        value.walk(&mut |e| ranked |= matches!(e.kind, ExprKind::Population(_)));
        if ranked {
            return Reach::Open;
        }
        let mut reach = Reach::Open;
        self.program.reach(value, &mut |e| {
            let ExprKind::Aggregate(a) = &e.kind else {
                return;
            };
            // A day that is compared is no amount, and what is most common is how somebody is.
            if is_date(e) || matches!(e.ty.ty, Type::Text | Type::Enum(_) | Type::Reference(_)) {
                return;
            }
            reach = all([reach, self.rows(a, span)].into_iter());
        });
        reach
    }
}

/// Whether it is of the levels that the ledger remembers.
fn held(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Attribute(_, Part::Before | Part::Since))
}

fn plain(e: &Expr) -> &Expr {
    match &e.kind {
        ExprKind::Widen(inner) | ExprKind::Root(inner) | ExprKind::DayOf(inner) => plain(inner),
        ExprKind::Through { member, .. } => plain(member),
        ExprKind::Default { value, .. } => plain(value),
        _ => e,
    }
}

fn time(near: bool, op: CompareOp, span: Span) -> Reach {
    match op {
        CompareOp::NotEqual => Reach::Open,
        _ if near => Reach::Near,
        _ => Reach::Past(span),
    }
}

fn is_zero(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Literal(Value::Integer(n)) => *n == 0,
        ExprKind::Literal(Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => {
            *d == Decimal::ZERO
        }
        _ => false,
    }
}

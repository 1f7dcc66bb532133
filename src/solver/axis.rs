//! What conditions are about: one axis for each thing that can vary by itself.

use super::region::{AxisId, Cell};
use super::set::{HIGHEST, LOWEST, Set};
use super::{Site, Solver};
use crate::functions;
use crate::hir::{Aggregate, AggregateOp, ArithmeticOp, AttributeKind, Expr, ExprKind};
use crate::schema::{MAX_DAY, MIN_DAY, Type};

/// What the numbers of an axis mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coordinate {
    /// The value itself.
    Value,
    /// Of a date: days from today, the past negative.
    FromToday,
    /// Of a day that comes back: days from today to its nearest occurrence.
    ToOccurrence,
    /// Of an aggregate: how many rows it is of.
    Count,
    /// Of a comparison: -1, 0 or 1 for left below, equal to, above right.
    Order,
    /// The clock's day.
    Today,
}

#[derive(Debug, Clone)]
pub struct Axis<'p> {
    pub coordinate: Coordinate,
    /// `None` for the clock's day.
    pub expr: Option<&'p Expr>,
    /// From the row that the condition is of to the one that `expr` stands on.
    pub site: Site<'p>,
    /// All that it can hold.
    pub domain: Cell,
    /// The same date in the other coordinate.
    pub twin: Option<AxisId>,
    /// Of an aggregate: how many rows it is of.
    pub rows: Option<AxisId>,
    /// Of a count: those that count these rows and more.
    pub wider: Vec<AxisId>,
    rows_of: Option<Rows>,
}

/// The rows that a count is of: keys of their path, window and `where`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    path: String,
    window: String,
    filter: String,
}

impl<'p> Solver<'p> {
    /// The axis of an expression; made where it is met first.
    pub(super) fn axis(&mut self, coordinate: Coordinate, e: &'p Expr, site: &Site<'p>) -> AxisId {
        let key = match (coordinate, &e.kind) {
            (Coordinate::Count, ExprKind::Aggregate(a)) => self.rows_key(a),
            _ => self.key(e),
        };
        let name = (coordinate, format!("{}{key}", site.prefix));
        if let Some(id) = self.index.get(&name) {
            return *id;
        }
        let id = AxisId(self.axes.len() as u32);
        let domain = self.domain(coordinate, e, site);
        self.axes.push(Axis {
            coordinate,
            expr: Some(e),
            site: site.clone(),
            domain,
            twin: None,
            rows: None,
            wider: Vec::new(),
            rows_of: None,
        });
        self.index.insert(name.clone(), id);
        self.relate(id, name.1);
        id
    }

    pub(super) fn today(&mut self) -> AxisId {
        let name = (Coordinate::Today, String::new());
        if let Some(id) = self.index.get(&name) {
            return *id;
        }
        let id = AxisId(self.axes.len() as u32);
        self.axes.push(Axis {
            coordinate: Coordinate::Today,
            expr: None,
            site: Site {
                path: Vec::new(),
                prefix: String::new(),
            },
            domain: self.full_today.clone(),
            twin: None,
            rows: None,
            wider: Vec::new(),
            rows_of: None,
        });
        self.index.insert(name, id);
        id
    }

    /// Ties a new axis to those it depends on.
    fn relate(&mut self, id: AxisId, key: String) {
        let axis = &self.axes[id.0 as usize];
        let (coordinate, e, site) = (axis.coordinate, axis.expr, axis.site.clone());
        let other = match coordinate {
            Coordinate::Value => Coordinate::FromToday,
            Coordinate::FromToday => Coordinate::Value,
            Coordinate::Count => {
                self.relate_counts(id);
                return;
            }
            _ => return,
        };
        if let Some(twin) = self.index.get(&(other, key)).copied() {
            self.axes[id.0 as usize].twin = Some(twin);
            self.axes[twin.0 as usize].twin = Some(id);
        }
        if let Some(e) = e
            && let ExprKind::Aggregate(_) = &e.kind
        {
            let rows = self.axis(Coordinate::Count, e, &site);
            self.axes[id.0 as usize].rows = Some(rows);
        }
    }

    /// Counts over one path: one of fewer conditions counts no fewer rows.
    fn relate_counts(&mut self, id: AxisId) {
        let Some(a) = self.aggregate(id) else { return };
        let rows = Rows {
            path: format!(
                "{}{}",
                self.axes[id.0 as usize].site.prefix,
                self.path_key(a)
            ),
            window: self.window_key(a),
            filter: a.filter.as_ref().map(|f| self.key(f)).unwrap_or_default(),
        };
        let siblings = self.counts.entry(rows.path.clone()).or_default();
        let others = siblings.clone();
        siblings.push(id);
        for other in others {
            let (Some(b), Some(theirs)) =
                (self.aggregate(other), &self.axes[other.0 as usize].rows_of)
            else {
                continue;
            };
            let same_filter = rows.filter == theirs.filter;
            let same_window = rows.window == theirs.window;
            let window = |x, y| same_window || covers_window(x, y);
            if (same_filter || b.filter.is_none()) && window(b, a) {
                self.axes[id.0 as usize].wider.push(other);
            }
            if (same_filter || a.filter.is_none()) && window(a, b) {
                self.axes[other.0 as usize].wider.push(id);
            }
        }
        self.axes[id.0 as usize].rows_of = Some(rows);
    }

    fn aggregate(&self, id: AxisId) -> Option<&'p Aggregate> {
        match &self.axes[id.0 as usize].expr?.kind {
            ExprKind::Aggregate(a) => Some(a),
            _ => None,
        }
    }

    /// Whether every row of `b` is one of `a`, of one path.
    pub(super) fn covers(&self, a: &Aggregate, b: &Aggregate) -> bool {
        let window = self.window_key(a) == self.window_key(b) || covers_window(a, b);
        let filter = match (&a.filter, &b.filter) {
            (None, _) => true,
            (Some(x), Some(y)) => self.key(x) == self.key(y),
            _ => false,
        };
        window && filter
    }

    fn window_key(&self, a: &Aggregate) -> String {
        match &a.window {
            Some(w) => format!(
                "{}{}",
                super::key::window_key(w),
                w.date().map(|d| self.key(d)).unwrap_or_default()
            ),
            None => String::new(),
        }
    }

    /// The rows that an aggregate is of.
    pub(super) fn rows_key(&self, a: &Aggregate) -> String {
        let filter = a.filter.as_ref().map(|f| self.key(f)).unwrap_or_default();
        format!("{}|{}|{filter}", self.path_key(a), self.window_key(a))
    }

    pub(super) fn path_key(&self, a: &Aggregate) -> String {
        let base = a
            .many
            .base
            .as_ref()
            .map(|b| self.key(b))
            .unwrap_or_default();
        format!("rows{base}|{}|{}", a.many.record.0, a.many.by.0)
    }

    /// All that an axis can hold.
    fn domain(&self, coordinate: Coordinate, e: &'p Expr, site: &Site<'p>) -> Cell {
        let through = site.path.iter().any(|r| r.ty.optional);
        let missing = e.ty.optional || through;
        match coordinate {
            Coordinate::Value => Cell {
                set: self.bounds(e),
                missing,
            },
            Coordinate::FromToday => Cell {
                set: match self.past_only(e) {
                    true => Set::range(LOWEST, 0),
                    false => Set::numbers(),
                },
                missing,
            },
            Coordinate::ToOccurrence => Cell {
                set: Set::numbers(),
                missing,
            },
            Coordinate::Count => Cell {
                set: Set::range(0, HIGHEST),
                missing,
            },
            Coordinate::Order => Cell {
                set: Set::range(-1, 1),
                missing,
            },
            Coordinate::Today => self.full_today.clone(),
        }
    }

    /// Days that cannot be after today: of rows of the future, which are not there.
    fn past_only(&self, e: &Expr) -> bool {
        let ExprKind::Aggregate(a) = &e.kind else {
            return false;
        };
        let record = self.program.record(a.many.record);
        let dated = |v: &Expr| match (&v.kind, record.dated_by) {
            (ExprKind::Field(f), Some(by)) => *f == by,
            (ExprKind::DayOf(x), Some(by)) => matches!(&x.kind, ExprKind::Field(f) if *f == by),
            _ => false,
        };
        !record.ahead && a.value.as_ref().is_some_and(dated)
    }

    /// The values that an expression can have, by its type and what it is made of.
    pub(super) fn bounds(&self, e: &Expr) -> Set {
        let by_type = match e.ty.ty {
            Type::Text | Type::Message => Set::texts(),
            Type::YesNo => Set::range(0, 1),
            Type::Integer => Set::range(i128::from(i64::MIN), i128::from(i64::MAX)),
            Type::Enum(id) => Set::range(0, self.program.enum_type(id).values.len() as i128 - 1),
            Type::Date => days(),
            Type::Time => Set::range(0, 86_399),
            _ => Set::numbers(),
        };
        by_type.intersect(&self.made_of(e))
    }

    fn made_of(&self, e: &Expr) -> Set {
        match &e.kind {
            ExprKind::Literal(v) => super::set::only(v),
            ExprKind::Aggregate(a) => self.aggregate_bounds(a),
            ExprKind::Attribute(id, _) => match &self.program.attribute(*id).kind {
                AttributeKind::Define(below) => self.bounds(below),
                AttributeKind::Score { lines, .. } => score_bounds(lines),
                _ => any_of(e),
            },
            ExprKind::Widen(x) => match x.ty.ty {
                Type::Integer => {
                    let one = crate::schema::ONE;
                    self.bounds(x).stretched(|n| n * one, |n| n * one)
                }
                _ => self.bounds(x),
            },
            ExprKind::Missing => Set::none(),
            ExprKind::Negate(x) => self.bounds(x).negated(),
            ExprKind::Default { value, default } => self.bounds(value).union(&self.bounds(default)),
            ExprKind::If {
                then, otherwise, ..
            } => self.bounds(then).union(&self.bounds(otherwise)),
            ExprKind::Arithmetic {
                op: ArithmeticOp::Add,
                left,
                right,
            } => match (self.bounds(left).hull(), self.bounds(right).hull()) {
                (Some(a), Some(b)) => {
                    Set::range(open_sum(a.0, b.0, LOWEST), open_sum(a.1, b.1, HIGHEST))
                }
                _ => any_of(e),
            },
            ExprKind::Call {
                function,
                arguments,
            } => match functions::get(*function).name {
                "length" => Set::range(0, HIGHEST),
                "abs" => Set::range(0, HIGHEST),
                "month" => Set::range(1, 12),
                "day" => Set::range(1, 31),
                "weekday" if e.ty.ty == Type::Integer => Set::range(1, 7),
                "min" | "max" => arguments
                    .iter()
                    .map(|a| self.bounds(a))
                    .reduce(|a, b| a.union(&b))
                    .unwrap_or_else(|| any_of(e)),
                _ => any_of(e),
            },
            _ => any_of(e),
        }
    }

    fn aggregate_bounds(&self, a: &Aggregate) -> Set {
        let of_value = || {
            a.value
                .as_ref()
                .map_or_else(Set::numbers, |v| self.bounds(v))
        };
        match a.op {
            AggregateOp::Count | AggregateOp::DistinctCount => Set::range(0, HIGHEST),
            AggregateOp::Sum => match of_value().hull() {
                Some((low, high)) => Set::range(
                    if low >= 0 { 0 } else { LOWEST },
                    if high <= 0 { 0 } else { HIGHEST },
                ),
                None => Set::numbers(),
            },
            AggregateOp::Average => match (&a.value, of_value().hull()) {
                // An average of whole numbers is none; its unit is another.
                (Some(v), Some((low, high))) if v.ty.ty != Type::Integer => Set::range(low, high),
                _ => Set::numbers(),
            },
            AggregateOp::Highest
            | AggregateOp::Lowest
            | AggregateOp::First
            | AggregateOp::Last
            | AggregateOp::MostCommon => of_value(),
            AggregateOp::List | AggregateOp::DistinctList => Set::texts(),
            _ => Set::numbers(),
        }
    }
}

/// Whether the window of `a`, if it has one, holds all of that of `b`.
fn covers_window(a: &Aggregate, b: &Aggregate) -> bool {
    match (&a.window, &b.window) {
        (None, _) => true,
        (Some(x), Some(y)) => super::dates::window_covers(x, y),
        _ => false,
    }
}

fn any_of(e: &Expr) -> Set {
    match e.ty.ty {
        Type::Text | Type::Message => Set::texts(),
        _ => Set::numbers(),
    }
}

fn days() -> Set {
    Set::range(i128::from(MIN_DAY.0), i128::from(MAX_DAY.0))
}

fn open_sum(a: i128, b: i128, open: i128) -> i128 {
    if a == open || b == open { open } else { a + b }
}

/// The sum of the lowest and of the highest that each line can add.
fn score_bounds(lines: &[(Expr, Expr)]) -> Set {
    let mut range = (0, 0);
    for (_, value) in lines {
        let Some(n) = constant(value) else {
            return Set::numbers();
        };
        range.0 += n.min(0);
        range.1 += n.max(0);
    }
    Set::range(range.0, range.1)
}

/// The number that an expression is on every row, as a code.
pub(super) fn constant(e: &Expr) -> Option<i128> {
    match &e.kind {
        ExprKind::Literal(v) => super::set::code(v),
        ExprKind::Negate(x) => Some(-constant(x)?),
        ExprKind::Widen(x) if x.ty.ty == Type::Integer => Some(constant(x)? * crate::schema::ONE),
        ExprKind::Widen(x) => constant(x),
        _ => None,
    }
}

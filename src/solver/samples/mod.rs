//! Rows that should lie in a region: to be tried by the evaluator before anything is claimed of them.
//!
//! A sample is a guess made with care: each axis of a block gets a value of its set, and rows are made that have
//! these values. What cannot be made (a value that is computed in a way not seen through) is left to chance, so
//! a sample proves something only once the evaluator agrees.

mod pick;
mod rows;
mod text;

pub use pick::value_of;
pub use text::literal;

use super::axis::Coordinate;
use super::region::{Block, Cell, Region};
use super::{Axis, Solver};
use crate::calendar::Occasion;
use crate::hir::{DiffUnit, Expr, ExprKind, FieldType, Given, LeapDay, Program, Recurring};
use crate::schema::{Day, FieldId, RecordId, Type, Value};
use indexmap::IndexMap;

/// A day and rows, the first of which is the one that conditions are tried on.
#[derive(Debug, Clone)]
pub struct Sample {
    pub today: Day,
    pub given: Vec<Given>,
    /// As `given` clauses of a test, with what matters of each row.
    pub text: String,
}

/// A Monday in the middle of a month, a quarter's end ahead, with no festival near.
const ORDINARY: i128 = 20_619;

/// How many guesses are made for one block.
const VARIANTS: usize = 4;
/// How many blocks of a region are tried.
const BLOCKS: usize = 6;

impl<'p> Solver<'p> {
    /// Guesses at rows of `record` that lie in the region, best first; none where it is empty.
    pub fn samples(&mut self, record: RecordId, region: &Region) -> Vec<Sample> {
        let blocks: Vec<Block> = region
            .0
            .iter()
            .filter(|b| self.is_consistent(b))
            .take(BLOCKS)
            .cloned()
            .collect();
        let mut found: Vec<Sample> = Vec::new();
        for variant in 0..VARIANTS {
            for block in &blocks {
                if let Some(sample) = self.sample(record, block, variant) {
                    let same = |s: &Sample| s.text == sample.text && s.today == sample.today;
                    if !found.iter().any(same) {
                        found.push(sample);
                    }
                }
            }
        }
        found
    }

    fn sample(&mut self, record: RecordId, block: &Block, variant: usize) -> Option<Sample> {
        let mut draft = Draft::new(self.program, variant);
        draft.today = self.choose_today(block, variant)?;
        let subject = draft.row(record, None)?;
        self.fill(&mut draft, subject, block)?;
        draft.finish()
    }

    /// Gives a row and those around it the values of a block.
    fn fill(&mut self, draft: &mut Draft<'p>, row: usize, block: &Block) -> Option<()> {
        let mut aggregates = Vec::new();
        // What is exact comes first; distances that are only bounds must agree with it.
        let mut cells: Vec<(Axis<'p>, Cell)> = block
            .0
            .iter()
            .map(|(id, cell)| (self.axis_of(*id).clone(), cell.clone()))
            .collect();
        cells.sort_by_key(|(axis, cell)| rank(axis, cell));
        for (axis, cell) in cells {
            let Some(e) = axis.expr else { continue };
            let row = draft.follow(row, &axis.site.path)?;
            if let ExprKind::Aggregate(a) = &e.kind {
                aggregates.push(rows::Demand {
                    row,
                    aggregate: a,
                    coordinate: axis.coordinate,
                    cell,
                });
                continue;
            }
            draft.realize(row, e, axis.coordinate, &cell)?;
        }
        for (row, field) in std::mem::take(&mut draft.known) {
            if !draft.rows[row].values.contains_key(&field) {
                let day = Day(i32::try_from(draft.today - 30).ok()?);
                draft.set(row, field, Some(Value::Date(day)))?;
            }
        }
        self.add_rows(draft, aggregates)
    }

    fn choose_today(&self, block: &Block, variant: usize) -> Option<i128> {
        let mut wanted = super::Set::numbers();
        let mut base = ORDINARY + [0, 40, 80, 200][variant % VARIANTS];
        for (id, cell) in &block.0 {
            let axis = self.axis_of(*id);
            match (axis.coordinate, axis.expr.map(|e| &e.kind)) {
                (Coordinate::Today, _) => wanted = wanted.intersect(&cell.set),
                (
                    Coordinate::ToOccurrence,
                    Some(ExprKind::Recurring(Recurring::Occasion(occasion))),
                ) => base = before_occasion(occasion, base, &cell.set)?,
                _ => {}
            }
        }
        if wanted.contains(base) {
            return Some(base);
        }
        pick::day(&wanted, base, variant)
    }
}

/// A day near `base` from which the occasion is as far as the set says.
fn before_occasion(occasion: &Occasion, base: i128, set: &super::Set) -> Option<i128> {
    let from = Day(i32::try_from(base).ok()?);
    (0..400).map(|n| Day(from.0 + n)).find_map(|day| {
        let next = occasion.nearest(day, LeapDay::February28).ok()?;
        set.contains(i128::from(next.0 - day.0))
            .then_some(i128::from(day.0))
    })
}

/// The order in which axes get their values.
fn rank(axis: &Axis<'_>, cell: &Cell) -> u8 {
    let free = matches!(cell.set, super::Set::Texts { except: true, .. });
    match (axis.coordinate, axis.expr.map(|e| &e.kind)) {
        // What else is asked of a text says which one.
        (Coordinate::Value, Some(ExprKind::Field(_))) if free => 4,
        (Coordinate::Value, Some(ExprKind::Field(_))) => 0,
        (Coordinate::Value, Some(ExprKind::Between { .. })) => 1,
        (Coordinate::ToOccurrence, _) => 2,
        (Coordinate::Value, _) => 3,
        (Coordinate::FromToday, _) => 5,
        (Coordinate::Order, _) => 6,
        _ => 7,
    }
}

/// A row in the making.
#[derive(Debug, Clone)]
pub(super) struct DraftRow {
    pub record: RecordId,
    /// `None`: missing. Fields not named get what is usual.
    pub values: IndexMap<FieldId, Option<Value>>,
    /// Fields that a condition cares about.
    pub shown: Vec<FieldId>,
}

pub(super) struct Draft<'p> {
    program: &'p Program,
    pub variant: usize,
    pub today: i128,
    pub rows: Vec<DraftRow>,
    /// Dates that must be there, of any day.
    known: Vec<(usize, FieldId)>,
}

/// More rows than this make no sample that somebody reads.
const MOST_ROWS: usize = 60;

impl<'p> Draft<'p> {
    fn new(program: &'p Program, variant: usize) -> Draft<'p> {
        Draft {
            program,
            variant,
            today: ORDINARY,
            rows: Vec::new(),
            known: Vec::new(),
        }
    }

    /// A new row, which refers to its holder by a field.
    pub fn row(&mut self, record: RecordId, holder: Option<(FieldId, usize)>) -> Option<usize> {
        if self.rows.len() >= MOST_ROWS || !self.program.record(record).is_declared() {
            return None;
        }
        let place = self.rows.len();
        let mut row = DraftRow {
            record,
            values: IndexMap::new(),
            shown: Vec::new(),
        };
        for field in &self.program.record(record).key {
            let definition = self.program.field(record, *field);
            let FieldType::Value(ty) = definition.ty else {
                continue;
            };
            let value = match ty {
                Type::Text => {
                    let initial = self.program.record(record).name.chars().next()?;
                    Value::Text(format!("{initial}{}", place + 1).into())
                }
                Type::Integer => Value::Integer(place as i64 + 1),
                // Such a key is given by what else the row says.
                _ => continue,
            };
            row.values.insert(*field, Some(value));
            row.shown.push(*field);
        }
        if let Some((by, of)) = holder {
            let key = self.key_of(of)?;
            row.values.insert(by, Some(key));
            row.shown.push(by);
        }
        self.rows.push(row);
        Some(place)
    }

    /// The value by which other rows name a row.
    fn key_of(&self, row: usize) -> Option<Value> {
        let row = &self.rows[row];
        let [key] = self.program.record(row.record).key.as_slice() else {
            return None;
        };
        row.values.get(key)?.clone()
    }

    /// The row at the end of a path of references, made where it is not there yet.
    pub fn follow(&mut self, mut row: usize, path: &[&'p Expr]) -> Option<usize> {
        for reference in path {
            row = self.referred(row, reference)?;
        }
        Some(row)
    }

    pub fn referred(&mut self, row: usize, reference: &Expr) -> Option<usize> {
        match &reference.kind {
            ExprKind::Field(field) => {
                let Type::Reference(to) = reference.ty.ty else {
                    return None;
                };
                if let Some(key) = self.rows[row].values.get(field) {
                    let key = key.clone()?;
                    let there = (0..self.rows.len()).find(|r| {
                        self.rows[*r].record == to && self.key_of(*r).as_ref() == Some(&key)
                    });
                    return there;
                }
                let made = self.row(to, None)?;
                let key = self.key_of(made)?;
                self.set(row, *field, Some(key))?;
                Some(made)
            }
            ExprKind::Through {
                reference, member, ..
            } => {
                let between = self.referred(row, reference)?;
                self.referred(between, member)
            }
            ExprKind::Row => Some(row),
            _ => None,
        }
    }

    /// `None` where the row has another value already.
    pub fn set(&mut self, row: usize, field: FieldId, value: Option<Value>) -> Option<()> {
        let row = &mut self.rows[row];
        match row.values.get(&field) {
            Some(there) if *there != value => return None,
            Some(_) => {}
            None => {
                row.values.insert(field, value);
            }
        }
        if !row.shown.contains(&field) {
            row.shown.push(field);
        }
        Some(())
    }

    /// Gives an expression on a row a value of the cell, where it is seen through; else nothing is done.
    fn realize(&mut self, row: usize, e: &Expr, coordinate: Coordinate, cell: &Cell) -> Option<()> {
        match coordinate {
            Coordinate::Value => self.realize_value(row, e, cell),
            Coordinate::FromToday => {
                let offset = match self.date_of(row, e) {
                    Some(Some(day)) => {
                        return cell.set.contains(day - self.today).then_some(());
                    }
                    Some(None) => return cell.missing.then_some(()),
                    None => pick::offset(&cell.set, self.variant),
                };
                let Some(offset) = offset else {
                    return self.put_date(row, e, None);
                };
                self.put_date(row, e, Some(self.today + offset))
            }
            Coordinate::ToOccurrence => self.realize_occurrence(row, e, cell),
            Coordinate::Order => self.realize_order(row, e, cell),
            Coordinate::Count | Coordinate::Today => Some(()),
        }
    }

    fn realize_value(&mut self, row: usize, e: &Expr, cell: &Cell) -> Option<()> {
        match &e.kind {
            ExprKind::Field(field) => {
                if cell.set.is_empty() {
                    return self.set(row, *field, None);
                }
                if let Some(there) = self.rows[row].values.get(field) {
                    let fits = match there {
                        Some(value) => !super::set::only(value).intersect(&cell.set).is_empty(),
                        None => cell.missing,
                    };
                    return fits.then_some(());
                }
                if let Type::Reference(_) = e.ty.ty {
                    return self.referred(row, e).map(|_| ());
                }
                // Which day it is, is left to those who ask for more than that there is one.
                if e.ty.ty == Type::Date && cell.set.contains(self.today - 30) {
                    self.known.push((row, *field));
                    return Some(());
                }
                let value = pick::value(e.ty.ty, &cell.set, self.today, self.variant)?;
                self.set(row, *field, Some(value))
            }
            ExprKind::DayOf(_) if e.ty.ty == Type::Date => {
                if cell.set.is_empty() {
                    return self.put_date(row, e, None);
                }
                let day = pick::day(&cell.set, self.today - 30, self.variant)?;
                self.put_date(row, e, Some(day))
            }
            ExprKind::Between { unit, from, to } => {
                let Some((_, months)) = unit_of(*unit) else {
                    return Some(());
                };
                let n = pick::offset(&cell.set, self.variant)?;
                let since = matches!(to.kind, ExprKind::Today);
                let date = if since { from } else { to };
                if self.date_of(row, date).is_some() {
                    return Some(());
                }
                let n = i64::try_from(if since { -n } else { n }).ok()?;
                let today = Day(i32::try_from(self.today).ok()?);
                let day = match months {
                    Some(months) => today.add_months(n.checked_mul(months)?)?,
                    None => today.add_days(n.checked_mul(7)?)?,
                };
                self.put_date(row, date, Some(i128::from(day.0)))
            }
            ExprKind::TextMatch { left, right, .. } => {
                let ExprKind::Literal(text @ Value::Text(_)) = &right.kind else {
                    return Some(());
                };
                match (&left.kind, cell.set.contains(1)) {
                    (ExprKind::Field(field), true)
                        if !self.rows[row].values.contains_key(field) =>
                    {
                        self.set(row, *field, Some(text.clone()))
                    }
                    _ => Some(()),
                }
            }
            _ => Some(()),
        }
    }

    fn realize_occurrence(&mut self, row: usize, e: &Expr, cell: &Cell) -> Option<()> {
        let ExprKind::Recurring(Recurring::Anniversary(date)) = &e.kind else {
            return Some(());
        };
        let Some(offset) = pick::offset(&cell.set, self.variant) else {
            return self.put_date(row, date, None);
        };
        let day = Day(i32::try_from(self.today + offset).ok()?);
        let past = day.add_months(-12 * [36, 29, 8, 50][self.variant % VARIANTS])?;
        match self.date_of(row, date) {
            Some(_) => Some(()),
            None => self.put_date(row, date, Some(i128::from(past.0))),
        }
    }

    /// Two fields of which one is to be above the other.
    fn realize_order(&mut self, row: usize, e: &Expr, cell: &Cell) -> Option<()> {
        let ExprKind::Compare { left, right, .. } = &e.kind else {
            return Some(());
        };
        let sign = [1, -1, 0].into_iter().find(|n| cell.set.contains(*n))?;
        let (ExprKind::Field(a), ExprKind::Field(b)) = (&left.kind, &right.kind) else {
            return Some(());
        };
        let ty = left.ty.ty;
        let read = |draft: &Self, f: &FieldId| -> Option<i128> {
            super::set::code(draft.rows[row].values.get(f)?.as_ref()?)
        };
        let step = pick::step(ty);
        // The axis counts for either way round: try both and let the evaluator judge.
        let sign = if self.variant.is_multiple_of(2) {
            sign
        } else {
            -sign
        };
        let (x, y) = match (read(self, a), read(self, b)) {
            (Some(_), Some(_)) => return Some(()),
            (Some(x), None) => (x, x - sign * step),
            (None, Some(y)) => (y + sign * step, y),
            (None, None) => {
                let base = pick::usual(ty, self.today);
                (base + sign * step, base)
            }
        };
        self.set(row, *a, Some(pick::value_of(ty, x)?))?;
        self.set(row, *b, Some(pick::value_of(ty, y)?))
    }

    /// The day that a date already is: `Some(None)` where it is missing.
    fn date_of(&self, row: usize, e: &Expr) -> Option<Option<i128>> {
        match &e.kind {
            ExprKind::Field(field) => match self.rows[row].values.get(field)? {
                Some(Value::Date(day)) => Some(Some(i128::from(day.0))),
                Some(_) | None => Some(None),
            },
            _ => None,
        }
    }

    /// Makes a date on a row a day; a datetime its noon.
    pub fn put_date(&mut self, row: usize, e: &Expr, day: Option<i128>) -> Option<()> {
        match &e.kind {
            ExprKind::Field(field) => {
                let value = match day {
                    Some(day) => Some(Value::Date(Day(i32::try_from(day).ok()?))),
                    None => None,
                };
                self.set(row, *field, value)
            }
            ExprKind::DayOf(inner) => {
                let ExprKind::Field(field) = &inner.kind else {
                    return Some(());
                };
                let value = match day {
                    Some(day) => Some(pick::noon(day)?),
                    None => None,
                };
                self.set(row, *field, value)
            }
            ExprKind::Through {
                reference, member, ..
            } => {
                let row = self.referred(row, reference)?;
                self.put_date(row, member, day)
            }
            _ => Some(()),
        }
    }

    /// Every field of every row gets a value.
    fn finish(mut self) -> Option<Sample> {
        let mut place = 0;
        while place < self.rows.len() {
            self.complete(place)?;
            place += 1;
        }
        let today = Day(i32::try_from(self.today).ok()?);
        let text = text::written(self.program, today, &self.rows);
        let given = self
            .rows
            .iter()
            .map(|row| {
                let record = self.program.record(row.record);
                let fields = (0..record.fields.len()).map(|f| FieldId(f as u32));
                Given {
                    span: record.span,
                    record: row.record,
                    values: fields
                        .map(|f| row.values.get(&f).cloned().flatten())
                        .collect(),
                }
            })
            .collect();
        Some(Sample { today, given, text })
    }

    fn complete(&mut self, place: usize) -> Option<()> {
        let record = self.rows[place].record;
        let program = self.program;
        for (f, field) in program.record(record).fields.iter().enumerate() {
            let id = FieldId(f as u32);
            let FieldType::Value(ty) = field.ty else {
                continue;
            };
            let row = &self.rows[place];
            if row.values.contains_key(&id) {
                continue;
            }
            let value = match (&field.default, field.optional, ty) {
                (Some(default), ..) => Some(default.clone()),
                (None, true, _) => None,
                (None, false, Type::Reference(to)) => {
                    let other = self.rows.iter().position(|r| r.record == to);
                    let other = match other {
                        Some(row) => row,
                        None => self.row(to, None)?,
                    };
                    Some(self.key_of(other)?)
                }
                (None, false, Type::Text) => Some(Value::Text(field.name.as_str().into())),
                (None, false, ty) => Some(pick::value_of(ty, pick::usual(ty, self.today))?),
            };
            self.rows[place].values.insert(id, value);
        }
        Some(())
    }
}

/// Months of a unit, or `None` for weeks; not for those that are exact distances.
fn unit_of(unit: DiffUnit) -> Option<(DiffUnit, Option<i64>)> {
    let months = match unit {
        DiffUnit::Minutes | DiffUnit::Hours | DiffUnit::Days => return None,
        DiffUnit::Weeks => None,
        DiffUnit::Months => Some(1),
        DiffUnit::Quarters => Some(3),
        DiffUnit::Years => Some(12),
    };
    Some((unit, months))
}

//! What is highest, lowest, first or last.

use super::super::Evaluator;
use super::fold::{Operation, Part};
use super::kinds::Kind;
use crate::data::{ColumnType, ColumnValues, Dataset};
use crate::hir::AggregateOp;
use crate::plan::Plan;
use crate::schema::Type;
use crate::vector::{Values, Vector};
use std::cmp::Ordering;
use std::marker::PhantomData;

/// Whether the result depends on the rows' dates.
pub fn goes_by_order(op: AggregateOp) -> bool {
    matches!(
        op,
        AggregateOp::First
            | AggregateOp::Last
            | AggregateOp::MostCommon
            | AggregateOp::List
            | AggregateOp::DistinctList
    )
}

/// A value for each holder, missing where there is none.
pub(super) fn optional<K: Kind>(values: Vec<Option<K::Owned>>) -> Vector<'static> {
    let valid: Vec<bool> = values.iter().map(Option::is_some).collect();
    let valid = valid.contains(&false).then_some(valid);
    let values = values.into_iter().map(Option::unwrap_or_default).collect();
    Vector::with_valid(K::values(values), valid)
}

/// The value of a row of a batch, or the constant one.
pub(super) fn at<T>(values: &[T], place: usize) -> &T {
    &values[if values.len() == 1 { 0 } else { place }]
}

pub(super) fn values_of<'p, K: Kind>(part: &Part<'p>) -> &'p [K::Element<'p>] {
    match part.value {
        Some(vector) => K::slice(&vector.values),
        None => &[],
    }
}

/// The highest or lowest of values without a size.
pub(super) struct Extreme<K> {
    highest: bool,
    kind: PhantomData<K>,
}

impl<K: Kind> Extreme<K> {
    pub fn new(highest: bool) -> Self {
        Extreme {
            highest,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Operation for Extreme<K> {
    type State = Option<K::Owned>;
    type Input<'p> = &'p [K::Element<'p>];

    fn open<'p>(&self, part: &Part<'p>) -> Self::Input<'p> {
        values_of::<K>(part)
    }

    fn add(&self, best: &mut Self::State, input: &Self::Input<'_>, place: usize) {
        let value = K::own(at(input, place));
        let better = match best {
            None => true,
            Some(best) if self.highest => value > *best,
            Some(best) => value < *best,
        };
        if better {
            *best = Some(value);
        }
    }

    fn finish(&self, states: Vec<Self::State>) -> Vector<'static> {
        optional::<K>(states)
    }
}

/// The order of a table's rows and of their values, whatever the order of the rows in their files.
#[derive(Clone, Copy)]
pub(super) struct RowOrder<'e> {
    plan: &'e Plan,
    data: &'e Dataset,
    table: usize,
    ty: Type,
}

/// Keys may be made of references, whose rows may in the end refer to one another.
const KEY_DEPTH: u32 = 4;

impl<'e> RowOrder<'e> {
    pub fn new(evaluator: &Evaluator<'e>, table: usize, ty: Type) -> Self {
        RowOrder {
            plan: evaluator.plan,
            data: evaluator.data,
            table,
            ty,
        }
    }

    /// By key.
    pub fn rows(&self, a: u32, b: u32) -> Ordering {
        compare_keys((self.plan, self.data), self.table, a, b, 0)
    }

    /// References by the keys of their rows.
    pub fn values<K: Kind>(&self, a: &K::Owned, b: &K::Owned) -> Ordering {
        match (K::row(a), K::row(b), self.ty) {
            (Some(a), Some(b), Type::Reference(record)) => {
                compare_keys((self.plan, self.data), record.index(), a, b, 0)
            }
            _ => a.cmp(b),
        }
    }
}

/// INVARIANT: tables of a plan are in the order of the program's records.
fn compare_keys(
    (plan, data): (&Plan, &Dataset),
    table: usize,
    a: u32,
    b: u32,
    depth: u32,
) -> Ordering {
    let columns = &data.tables[table].columns;
    let (i, j) = (a as usize, b as usize);
    let compare = |column: &usize| match &columns[*column].values {
        ColumnValues::YesNo(v) => v[i].cmp(&v[j]),
        ColumnValues::Integer(v)
        | ColumnValues::DateTime(v)
        | ColumnValues::Duration(v)
        | ColumnValues::Decimal { values: v, .. } => v[i].cmp(&v[j]),
        ColumnValues::WideDecimal(v) => v[i].cmp(&v[j]),
        ColumnValues::Date(v) => v[i].cmp(&v[j]),
        ColumnValues::Time(v) | ColumnValues::Enum(v) => v[i].cmp(&v[j]),
        ColumnValues::Text(v) => v.get(i).cmp(v.get(j)),
        ColumnValues::Reference(v) => match plan.tables[table].columns[*column].ty {
            ColumnType::Reference(other) if depth < KEY_DEPTH => {
                compare_keys((plan, data), other, v[i], v[j], depth + 1)
            }
            _ => v[i].cmp(&v[j]),
        },
    };
    let mut orders = data.tables[table].key.iter().map(compare);
    orders.find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// The value of the first or last row by date, then key, then value.
pub(super) struct Endmost<'e, K> {
    last: bool,
    order: RowOrder<'e>,
    kind: PhantomData<K>,
}

impl<'e, K: Kind> Endmost<'e, K> {
    pub fn new(last: bool, order: RowOrder<'e>) -> Self {
        Endmost {
            last,
            order,
            kind: PhantomData,
        }
    }
}

/// A part's values, dates and rows.
pub(super) struct Dated<'p, K: Kind> {
    pub values: &'p [K::Element<'p>],
    dates: Option<&'p Vector<'p>>,
    pub rows: &'p super::super::Rows<'p>,
}

impl<'p, K: Kind> Dated<'p, K> {
    pub fn open(part: &Part<'p>) -> Self {
        Dated {
            values: values_of::<K>(part),
            dates: part.dates,
            rows: part.rows,
        }
    }

    /// Days or microseconds; the same for all rows of a record that is not dated, `None` where missing.
    pub fn date(&self, place: usize) -> Option<i64> {
        let Some(dates) = self.dates else {
            return Some(0);
        };
        if !dates.is_valid(place) {
            return None;
        }
        match &dates.values {
            Values::Date(days) => Some(i64::from(*at(days, place))),
            Values::DateTime(instants) => Some(*at(instants, place)),
            _ => unreachable!("checked: dated by a date"),
        }
    }
}

impl<K: Kind> Operation for Endmost<'_, K> {
    /// Date, row, value.
    type State = Option<(i64, u32, K::Owned)>;
    type Input<'p> = Dated<'p, K>;

    fn open<'p>(&self, part: &Part<'p>) -> Dated<'p, K> {
        Dated::open(part)
    }

    fn add(&self, best: &mut Self::State, input: &Dated<'_, K>, place: usize) {
        // A row without a date has no place in the order.
        let Some(date) = input.date(place) else {
            return;
        };
        let row = input.rows.row(place) as u32;
        let order = best.as_ref().map(|(best_date, best_row, best_value)| {
            date.cmp(best_date)
                .then_with(|| self.order.rows(row, *best_row))
                .then_with(|| {
                    let value = K::own(at(input.values, place));
                    self.order.values::<K>(&value, best_value)
                })
        });
        let wanted = match self.last {
            true => Ordering::Greater,
            false => Ordering::Less,
        };
        if order.is_none_or(|order| order == wanted) {
            *best = Some((date, row, K::own(at(input.values, place))));
        }
    }

    fn finish(&self, states: Vec<Self::State>) -> Vector<'static> {
        let values = states.into_iter().map(|state| Some(state?.2)).collect();
        optional::<K>(values)
    }
}

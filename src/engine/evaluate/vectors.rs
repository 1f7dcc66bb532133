//! Moving values between batches: gathering, scattering, blending.

use crate::data::{Column, ColumnValues};
use crate::schema::{ONE, SCALE, Type, Value};
use crate::vector::{Values, Vector};
use std::borrow::Cow;

use super::frame::Rows;

/// A vector of the same kind, made of another's slice.
macro_rules! map_values {
    ($values:expr, $slice:ident => $body:expr) => {
        match $values {
            Values::YesNo($slice) => Values::YesNo($body.into()),
            Values::Integer($slice) => Values::Integer($body.into()),
            Values::Decimal($slice) => Values::Decimal($body.into()),
            Values::Date($slice) => Values::Date($body.into()),
            Values::DateTime($slice) => Values::DateTime($body.into()),
            Values::Time($slice) => Values::Time($body.into()),
            Values::Duration($slice) => Values::Duration($body.into()),
            Values::Text($slice) => Values::Text($body.into()),
            Values::Enum($slice) => Values::Enum($body.into()),
            Values::Reference($slice) => Values::Reference($body.into()),
        }
    };
}

/// `n` values that mean nothing.
pub fn default_values<'a>(ty: Type, n: usize) -> Values<'a> {
    fn zeros<'a, T: Clone + Default>(n: usize) -> Cow<'a, [T]> {
        Cow::Owned(vec![T::default(); n])
    }
    match ty {
        Type::Text | Type::Message => Values::Text(vec![Cow::Borrowed(""); n]),
        // INVARIANT: an unknown type does not reach a plan.
        Type::YesNo | Type::Unknown => Values::YesNo(zeros(n)),
        Type::Integer => Values::Integer(zeros(n)),
        Type::Number | Type::Percent | Type::Money(_) => Values::Decimal(zeros(n)),
        Type::Date => Values::Date(zeros(n)),
        Type::DateTime => Values::DateTime(zeros(n)),
        Type::Time => Values::Time(zeros(n)),
        Type::Duration(_) => Values::Duration(zeros(n)),
        Type::Enum(_) => Values::Enum(zeros(n)),
        Type::Reference(_) => Values::Reference(zeros(n)),
    }
}

/// A missing value for every row.
pub fn missing<'a>(ty: Type) -> Vector<'a> {
    missing_rows(ty, 1)
}

/// `n` missing values.
pub fn missing_rows<'a>(ty: Type, n: usize) -> Vector<'a> {
    Vector::with_valid(default_values(ty, n), Some(vec![false; n]))
}

/// The values of a list of one type, which has at least one.
pub fn constants<'a>(list: &'a [Value]) -> Values<'a> {
    fn all<'a, T: Clone>(list: &[Value], f: impl Fn(&Value) -> Option<T>) -> Cow<'a, [T]> {
        Cow::Owned(list.iter().filter_map(f).collect())
    }
    macro_rules! list_of {
        ($kind:ident, $pattern:pat => $value:expr) => {
            Values::$kind(all(list, |v| match v {
                $pattern => Some($value),
                _ => None,
            }))
        };
    }
    match &list[0] {
        Value::Text(_) => Values::Text(
            list.iter()
                .filter_map(|v| match v {
                    Value::Text(t) => Some(Cow::Borrowed(&**t)),
                    _ => None,
                })
                .collect(),
        ),
        Value::YesNo(_) => list_of!(YesNo, Value::YesNo(b) => *b),
        Value::Integer(_) => list_of!(Integer, Value::Integer(n) => *n),
        Value::Number(_) | Value::Percent(_) | Value::Money(..) => {
            list_of!(Decimal, Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.0)
        }
        Value::Date(_) => list_of!(Date, Value::Date(d) => d.0),
        Value::DateTime(_) => list_of!(DateTime, Value::DateTime(t) => *t),
        Value::Time(_) => list_of!(Time, Value::Time(t) => *t),
        Value::Duration(..) => list_of!(Duration, Value::Duration(_, n) => *n),
        Value::Enum(..) => list_of!(Enum, Value::Enum(_, place) => *place),
    }
}

/// The values at these places, in this order.
pub fn gather<'a>(vector: &Vector<'a>, places: &[u32]) -> Vector<'a> {
    if vector.is_constant() {
        return vector.clone();
    }
    let pick = |valid: &Cow<'_, [bool]>| picked(valid, places).into();
    Vector {
        values: map_values!(&vector.values, v => picked(v, places)),
        valid: vector.valid.as_ref().map(pick),
    }
}

fn picked<T: Clone>(values: &[T], places: &[u32]) -> Vec<T> {
    places.iter().map(|p| values[*p as usize].clone()).collect()
}

fn repeated<T: Clone>(value: &T, rows: usize) -> Vec<T> {
    vec![value.clone(); rows]
}

/// One value for each row, also of a constant.
pub fn expand<'a>(vector: &Vector<'a>, rows: usize) -> Vector<'a> {
    if vector.values.len() == rows {
        return vector.clone();
    }
    Vector {
        values: map_values!(&vector.values, v => repeated(&v[0], rows)),
        valid: vector.valid.as_ref().map(|v| vec![v[0]; rows].into()),
    }
}

/// Puts the values of `source` (by row of the batch, or constant) at these places of `target`, which has one
/// value for each row.
pub fn blend<'a>(target: &mut Vector<'a>, source: &Vector<'a>, places: &[u32]) {
    put(target, source, places, |_, place| place as usize);
}

/// Spreads values, one for each of these places, over a batch; the other rows are missing.
pub fn scatter<'a>(source: &Vector<'a>, ty: Type, places: &[u32], rows: usize) -> Vector<'a> {
    if places.len() == rows {
        return source.clone();
    }
    let mut target = missing_rows(ty, rows);
    put(&mut target, source, places, |i, _| i);
    target
}

fn put<'a>(
    target: &mut Vector<'a>,
    source: &Vector<'a>,
    places: &[u32],
    from: impl Fn(usize, u32) -> usize,
) {
    let constant = source.is_constant();
    let from = |i: usize, place: u32| if constant { 0 } else { from(i, place) };
    macro_rules! copy {
        ($($kind:ident),*) => {
            match (&mut target.values, &source.values) {
                $((Values::$kind(t), Values::$kind(s)) => {
                    let t = t.to_mut();
                    for (i, place) in places.iter().enumerate() {
                        t[*place as usize] = s[from(i, *place)];
                    }
                })*
                (Values::Text(t), Values::Text(s)) => {
                    for (i, place) in places.iter().enumerate() {
                        t[*place as usize] = s[from(i, *place)].clone();
                    }
                }
                _ => unreachable!("checked: branches of one type"),
            }
        };
    }
    copy!(
        YesNo, Integer, Decimal, Date, DateTime, Time, Duration, Enum, Reference
    );
    if target.valid.is_none() && source.valid.is_none() {
        return;
    }
    let n = target.values.len();
    let valid = target
        .valid
        .get_or_insert_with(|| Cow::Owned(vec![true; n]))
        .to_mut();
    for (i, place) in places.iter().enumerate() {
        valid[*place as usize] = source.valid.as_ref().is_none_or(|v| v[from(i, *place)]);
    }
}

/// These rows' values of a column's: borrowed where they lie side by side.
pub fn sliced<'a, T: Copy>(values: &'a [T], rows: &Rows<'_>) -> Cow<'a, [T]> {
    match rows {
        Rows::Range { start, len } => Cow::Borrowed(&values[*start..*start + *len]),
        Rows::Indices(rows) => rows.iter().map(|r| values[*r as usize]).collect(),
    }
}

/// Which of these rows of a column are there; `None` where all are.
pub fn validity<'a>(column: &'a Column, rows: &Rows<'_>) -> Option<Cow<'a, [bool]>> {
    let valid = column.valid.as_ref().map(|v| sliced(v, rows));
    // A mask without a missing value would send every kernel down the slower way.
    valid.filter(|v| v.contains(&false))
}

/// Rows of a column: borrowed where they lie side by side.
pub fn read<'a>(column: &'a Column, rows: &Rows<'_>) -> Vector<'a> {
    let values = match &column.values {
        ColumnValues::YesNo(v) => Values::YesNo(sliced(v, rows)),
        ColumnValues::Integer(v) => Values::Integer(sliced(v, rows)),
        ColumnValues::Decimal { scale, values } => {
            Values::Decimal(Cow::Owned(widen(values, *scale, rows)))
        }
        ColumnValues::WideDecimal(v) => Values::Decimal(sliced(v, rows)),
        ColumnValues::Date(v) => Values::Date(sliced(v, rows)),
        ColumnValues::DateTime(v) => Values::DateTime(sliced(v, rows)),
        ColumnValues::Time(v) => Values::Time(sliced(v, rows)),
        ColumnValues::Duration(v) => Values::Duration(sliced(v, rows)),
        ColumnValues::Text(texts) => {
            let text = |row: usize| Cow::Borrowed(texts.get(row));
            Values::Text(match rows {
                Rows::Range { start, len } => (*start..*start + *len).map(text).collect(),
                Rows::Indices(rows) => rows.iter().map(|r| text(*r as usize)).collect(),
            })
        }
        ColumnValues::Enum(v) => Values::Enum(sliced(v, rows)),
        ColumnValues::Reference(v) => Values::Reference(sliced(v, rows)),
    };
    let valid = validity(column, rows);
    Vector { values, valid }
}

fn widen(values: &[i64], scale: u8, rows: &Rows<'_>) -> Vec<i128> {
    debug_assert!(u32::from(scale) <= SCALE);
    let factor = ONE / 10i128.pow(u32::from(scale));
    match rows {
        Rows::Range { start, len } => values[*start..*start + *len]
            .iter()
            .map(|v| i128::from(*v) * factor)
            .collect(),
        Rows::Indices(rows) => rows
            .iter()
            .map(|r| i128::from(values[*r as usize]) * factor)
            .collect(),
    }
}

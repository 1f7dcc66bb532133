//! Cells of Arrow arrays, in the physical forms that other programs write.
//!
//! Texts also as dictionaries and views; whole numbers of any width; decimals; dates; timestamps with a zone
//! (an instant) or without (in the workspace's zone; at midnight also a date); times; booleans. Floats are
//! refused: they are not exact. Finer than microseconds is cut off.

use super::ColumnType;
use super::cell::{Refusal, Scalar, from_units};
use super::chunk::{Chunk, ColumnPlan, TablePlan};
use super::fault::expected;
use super::keys::Keys;
use super::problem::{Cause, DataProblem};
use crate::schema::{DAY_MICROS, Day};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;

/// A cell as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Native<'a> {
    Missing,
    Text(&'a str),
    YesNo(bool),
    Integer(i128),
    /// Counted in 10^-scale.
    Decimal(i128, i32),
    Day(i64),
    /// Microseconds; of UTC, or local.
    Instant(i64, bool),
    /// Microseconds since midnight.
    Time(i64),
}

pub(super) type Cells<'a> = Box<dyn Fn(usize) -> Native<'a> + 'a>;

/// Reads the cells of an array by their row; `None`: a type that no field is read from.
pub(super) fn cells(array: &dyn Array) -> Option<Cells<'_>> {
    macro_rules! each {
        ($array:expr, $value:ident => $native:expr) => {{
            let array = $array;
            Box::new(move |row| {
                if array.is_null(row) {
                    return Native::Missing;
                }
                let $value = array.value(row);
                $native
            })
        }};
    }
    fn whole<T: ArrowPrimitiveType>(array: &dyn Array) -> Option<Cells<'_>>
    where
        T::Native: Into<i128>,
    {
        Some(each!(array.as_primitive_opt::<T>()?, v => Native::Integer(v.into())))
    }
    Some(match array.data_type() {
        DataType::Null => Box::new(|_| Native::Missing),
        DataType::Boolean => each!(array.as_boolean_opt()?, v => Native::YesNo(v)),
        DataType::Int8 => return whole::<Int8Type>(array),
        DataType::Int16 => return whole::<Int16Type>(array),
        DataType::Int32 => return whole::<Int32Type>(array),
        DataType::Int64 => return whole::<Int64Type>(array),
        DataType::UInt8 => return whole::<UInt8Type>(array),
        DataType::UInt16 => return whole::<UInt16Type>(array),
        DataType::UInt32 => return whole::<UInt32Type>(array),
        DataType::UInt64 => return whole::<UInt64Type>(array),
        DataType::Utf8 => each!(array.as_string_opt::<i32>()?, v => Native::Text(v)),
        DataType::LargeUtf8 => each!(array.as_string_opt::<i64>()?, v => Native::Text(v)),
        DataType::Utf8View => each!(array.as_string_view_opt()?, v => Native::Text(v)),
        DataType::Date32 => {
            each!(array.as_primitive_opt::<Date32Type>()?, v => Native::Day(v.into()))
        }
        DataType::Date64 => {
            each!(array.as_primitive_opt::<Date64Type>()?, v => Native::Day(v.div_euclid(86_400_000)))
        }
        DataType::Decimal32(_, scale) => {
            let scale = *scale as i32;
            each!(array.as_primitive_opt::<Decimal32Type>()?, v => Native::Decimal(v.into(), scale))
        }
        DataType::Decimal64(_, scale) => {
            let scale = *scale as i32;
            each!(array.as_primitive_opt::<Decimal64Type>()?, v => Native::Decimal(v.into(), scale))
        }
        DataType::Decimal128(_, scale) => {
            let scale = *scale as i32;
            each!(array.as_primitive_opt::<Decimal128Type>()?, v => Native::Decimal(v, scale))
        }
        DataType::Timestamp(unit, zone) => return instants(array, *unit, zone.is_some()),
        DataType::Time32(TimeUnit::Second) => {
            each!(array.as_primitive_opt::<Time32SecondType>()?, v => Native::Time(v as i64 * 1_000_000))
        }
        DataType::Time32(_) => {
            each!(array.as_primitive_opt::<Time32MillisecondType>()?, v => Native::Time(v as i64 * 1_000))
        }
        DataType::Time64(TimeUnit::Microsecond) => {
            each!(array.as_primitive_opt::<Time64MicrosecondType>()?, v => Native::Time(v))
        }
        DataType::Time64(_) => {
            each!(array.as_primitive_opt::<Time64NanosecondType>()?, v => Native::Time(v.div_euclid(1000)))
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary_opt()?;
            if dictionary.values().is_empty() {
                return Some(Box::new(|_| Native::Missing));
            }
            let places = dictionary.normalized_keys();
            let values = cells(dictionary.values().as_ref())?;
            Box::new(move |row| {
                if array.is_null(row) {
                    Native::Missing
                } else {
                    values(places[row])
                }
            })
        }
        _ => return None,
    })
}

fn instants(array: &dyn Array, unit: TimeUnit, zoned: bool) -> Option<Cells<'_>> {
    macro_rules! each {
        ($ty:ty, $v:ident => $micros:expr) => {{
            let array = array.as_primitive_opt::<$ty>()?;
            Box::new(move |row| {
                if array.is_null(row) {
                    return Native::Missing;
                }
                let $v = array.value(row);
                Native::Instant($micros, zoned)
            })
        }};
    }
    Some(match unit {
        TimeUnit::Second => each!(TimestampSecondType, v => v.saturating_mul(1_000_000)),
        TimeUnit::Millisecond => each!(TimestampMillisecondType, v => v.saturating_mul(1_000)),
        TimeUnit::Microsecond => each!(TimestampMicrosecondType, v => v),
        TimeUnit::Nanosecond => each!(TimestampNanosecondType, v => v.div_euclid(1_000)),
    })
}

/// Floats, also in a dictionary.
pub(super) fn is_float(ty: &DataType) -> bool {
    let inner = match ty {
        DataType::Dictionary(_, values) => values.as_ref(),
        ty => ty,
    };
    matches!(
        inner,
        DataType::Float16 | DataType::Float32 | DataType::Float64
    )
}

/// What is wrong with a column of this type, if anything.
pub(super) fn misfit(
    plan: &TablePlan,
    column: usize,
    ty: &DataType,
    file: &str,
) -> Option<DataProblem> {
    let of = &plan.columns[column];
    let float = is_float(ty);
    let stored = arrow_array::new_empty_array(ty);
    if !float && cells(stored.as_ref()).is_some() {
        return None;
    }
    let header = &of.request.header;
    let what = if float {
        "floating point, which is not exact"
    } else {
        "a type that no field is read from"
    };
    let message = format!("column `{header}` of `{file}` is stored as {what}");
    let problem = DataProblem::new(Cause::WrongColumn, &plan.request.record, message).expected(
        format!("{}, or texts of that form", expected(of.cell.ty, None)),
    );
    let problem = DataProblem {
        field: Some(of.request.field.clone()),
        ..problem
    };
    Some(if float {
        problem.help("store it as decimal, whole number or text")
    } else {
        problem
    })
}

/// Rows of a batch, whose columns are those of the plan at `places`, from row `first` (from 1) on.
pub(super) fn rows(
    plan: &TablePlan,
    keys: &[Keys],
    batch: &RecordBatch,
    places: &[usize],
    first: u64,
) -> Chunk {
    let mut chunk = Chunk::new(plan);
    let columns: Vec<Cells> = places
        .iter()
        .map(|p| cells(batch.column(*p).as_ref()).unwrap_or_else(|| Box::new(|_| Native::Missing)))
        .collect();
    for row in 0..batch.num_rows() {
        let number = first + row as u64;
        let raw = || raw_row(plan, &columns, row);
        if chunk.text_only(plan, number, raw) {
            continue;
        }
        for (column, cells) in columns.iter().enumerate() {
            take_cell(&mut chunk, plan, keys, column, number, cells(row));
        }
        chunk.end_row(plan, number, raw);
    }
    chunk
}

/// The next cell of a column of a chunk.
#[inline]
pub(super) fn take_cell(
    chunk: &mut Chunk,
    plan: &TablePlan,
    keys: &[Keys],
    column: usize,
    line: u64,
    cell: Native,
) {
    match cell {
        Native::Missing => chunk.missing(plan, keys, column, line),
        Native::Text(text) => chunk.text(plan, keys, column, line, text),
        native => {
            let of = &plan.columns[column];
            if let (Native::Integer(n), ColumnType::Text) = (native, of.cell.ty) {
                return chunk.text(plan, keys, column, line, &n.to_string());
            }
            chunk.scalar(plan, keys, column, line, scalar(native, of), || {
                text_of(native).into()
            });
        }
    }
}

/// A stored value as a column's.
fn scalar<'a>(native: Native<'a>, of: &ColumnPlan) -> Result<Scalar<'a>, Refusal> {
    use ColumnType as T;
    match (native, of.cell.ty) {
        (Native::YesNo(b), T::YesNo) => Ok(Scalar::YesNo(b)),
        (Native::Integer(n @ 0..=1), T::YesNo) => Ok(Scalar::YesNo(n == 1)),
        (Native::Integer(n), T::Integer) => i64::try_from(n)
            .map(Scalar::Integer)
            .map_err(|_| Refusal::TooLarge),
        (Native::Integer(n), T::Number | T::Money(_)) => from_units(n, 0),
        (Native::Decimal(units, scale), T::Number | T::Money(_)) => from_units(units, scale),
        (Native::Decimal(units, scale), T::Integer) => match from_units(units, scale)? {
            Scalar::Decimal { units, scale: 0 } => i64::try_from(units)
                .map(Scalar::Integer)
                .map_err(|_| Refusal::TooLarge),
            _ => Err(Refusal::NotOfType),
        },
        (Native::Integer(_) | Native::Decimal(..), T::Percent) => Err(Refusal::BarePercent),
        (Native::Day(day), T::Date) => in_range(day).map(Scalar::Date),
        (Native::Instant(micros, false), T::Date) if micros % DAY_MICROS == 0 => {
            in_range(micros / DAY_MICROS).map(Scalar::Date)
        }
        (Native::Instant(..), T::Date) => Err(Refusal::DateTimeForDate),
        (Native::Instant(micros, zoned), T::DateTime) => {
            let day = in_range(micros.div_euclid(DAY_MICROS))?;
            let local = of
                .cell
                .clock
                .instant(Day(day), micros.rem_euclid(DAY_MICROS));
            let instant = if zoned { Some(micros) } else { local };
            instant.map(Scalar::DateTime).ok_or(Refusal::TooLarge)
        }
        (Native::Time(micros), T::Time)
            if micros % 1_000_000 == 0 && (0..DAY_MICROS).contains(&micros) =>
        {
            Ok(Scalar::Time((micros / 1_000_000) as u32))
        }
        _ => Err(Refusal::NotOfType),
    }
}

fn in_range(day: i64) -> Result<i32, Refusal> {
    use crate::schema::{MAX_DAY, MIN_DAY};
    i32::try_from(day)
        .ok()
        .filter(|d| (MIN_DAY.0..=MAX_DAY.0).contains(d))
        .ok_or(Refusal::NotOfType)
}

fn text_of(native: Native) -> Cow<str> {
    match native {
        Native::Missing => Cow::Borrowed(""),
        Native::Text(t) => Cow::Borrowed(t),
        Native::YesNo(b) => Cow::Borrowed(if b { "true" } else { "false" }),
        Native::Integer(n) => Cow::Owned(n.to_string()),
        Native::Decimal(units, scale) => match from_units(units, scale) {
            Ok(Scalar::Decimal { units, scale }) => {
                let billionths = units * 10i128.pow(9 - scale as u32);
                Cow::Owned(crate::schema::Decimal(billionths).to_string())
            }
            _ => Cow::Owned(format!("{units}e{}", -scale)),
        },
        Native::Day(day) => {
            Cow::Owned(in_range(day).map_or(day.to_string(), |d| Day(d).to_string()))
        }
        Native::Instant(micros, _) => Cow::Owned(match in_range(micros.div_euclid(DAY_MICROS)) {
            Ok(_) => super::instant::utc_text(micros),
            Err(_) => micros.to_string(),
        }),
        Native::Time(micros) => Cow::Owned(super::instant::time_text(
            (micros / 1_000_000).clamp(0, 86_399) as u32,
        )),
    }
}

/// A cell for who does not know the column's type: a midnight without zone is a date, and a time that no
/// field holds is no time.
pub(super) fn stored_text(native: Native) -> Cow<str> {
    match native {
        Native::Instant(micros, false) if micros % DAY_MICROS == 0 => {
            text_of(Native::Day(micros / DAY_MICROS))
        }
        Native::Time(micros) if micros % 1_000_000 != 0 => Cow::Owned(format!("{micros} µs")),
        native => text_of(native),
    }
}

/// The columns that are read, as a JSON object.
fn raw_row(plan: &TablePlan, columns: &[Cells], row: usize) -> String {
    let cell = |cells: &Cells| match cells(row) {
        Native::Missing => serde_json::Value::Null,
        native => text_of(native).into(),
    };
    let names = plan.columns.iter().map(|c| c.request.header.clone());
    let object: serde_json::Map<_, _> = names.zip(columns.iter().map(cell)).collect();
    serde_json::Value::Object(object).to_string()
}

//! Whole columns of Arrow arrays, a kernel for each pair of stored type and field type.
//!
//! What is clean is taken at once. Types without a kernel go cell by cell through [`super::arrow_cells`], which says
//! what is accepted. At the first fault a column is given up: the rows are then read one by one, which tells it.

#[cfg(test)]
mod tests;

use super::arrow_cells::{cells, take_cell};
use super::builder::ColumnBuilder;
use super::chunk::{Chunk, ColumnPlan, TablePlan};
use super::keys::{Key, KeyForm, Keys};
use super::marks::KeyMarks;
use super::text_column::MOST_VALUES;
use super::{Column, ColumnType, ColumnValues, MAX_CELL, TextColumn};
use crate::schema::{MAX_DAY, MIN_DAY};
use arrow_array::cast::AsArray;
use arrow_array::iterator::ArrayIter;
use arrow_array::types::*;
use arrow_array::{
    Array, ArrayAccessor, ArrowPrimitiveType, BooleanArray, PrimitiveArray, RecordBatch,
};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

/// The rows of a batch, whose columns are those of the plan at `places`, from row `first` (from 1) on. `None`: some
/// cell has a fault, or the text of rows is wanted.
pub(super) fn clean_rows(
    plan: &TablePlan,
    keys: &[Keys],
    batch: &RecordBatch,
    places: &[usize],
    first: u64,
) -> Option<Chunk> {
    if plan.only_text.is_some() {
        return None;
    }
    let mut chunk = Chunk::new(plan);
    for (column, place) in places.iter().enumerate() {
        if !take_array(
            &mut chunk,
            plan,
            keys,
            column,
            batch.column(*place).as_ref(),
        ) {
            return None;
        }
    }
    count_rows(&mut chunk, batch.num_rows(), first);
    Some(chunk)
}

/// Says how many rows the columns of a clean chunk have, from row `first` of the file on.
pub(super) fn count_rows(chunk: &mut Chunk, rows: usize, first: u64) {
    chunk.rows = rows;
    chunk.lines.push_run(first, rows);
}

/// Appends an array to a column of a chunk. `false`: some cell has a fault, and the column is of no use.
pub(super) fn take_array(
    chunk: &mut Chunk,
    plan: &TablePlan,
    keys: &[Keys],
    column: usize,
    array: &dyn Array,
) -> bool {
    let of = &plan.columns[column];
    if matches!(array.data_type(), DataType::Dictionary(..))
        && let Some(clean) = dictionary(chunk, plan, keys, column, array)
    {
        return clean;
    }
    let nulls = array.logical_null_count();
    // A default for what is missing is seldom: cell by cell.
    let all_there = nulls == 0;
    if all_there || (of.default.is_none() && of.request.optional) {
        let to = &mut chunk.columns[column];
        let (before, clean) = (
            to.len(),
            of.target.map(|(table, form)| (&keys[table], form)),
        );
        let taken = if plan.marked == Some(column) {
            all_there.then(|| marks(chunk, array)).flatten()
        } else {
            kernel(of, clean, array, &mut to.column.values)
        };
        match taken {
            Some(true) => {
                if plan.marked != Some(column) {
                    let nulls = array.nulls().filter(|_| !all_there);
                    extend_valid(&mut chunk.columns[column], before, nulls, array.len());
                }
                return true;
            }
            Some(false) => return false,
            None => {}
        }
    }
    let Some(cells) = cells(array) else {
        return false;
    };
    for row in 0..array.len() {
        take_cell(chunk, plan, keys, column, 0, cells(row));
        if !chunk.faults.is_empty() {
            return false;
        }
    }
    chunk.columns[column].pending.is_empty()
}

/// Appends the values of an array, a default in the place of each null. `None`: there is no kernel for these types;
/// nothing is appended then. `Some(false)`: some cell is not clean.
fn kernel(
    of: &ColumnPlan,
    target: Option<(&Keys, &KeyForm)>,
    array: &dyn Array,
    to: &mut ColumnValues,
) -> Option<bool> {
    use ColumnType as T;
    use ColumnValues as V;
    use DataType as D;
    let number = matches!(of.cell.ty, T::Number | T::Money(_)) && target.is_none();
    match (array.data_type(), to) {
        (D::Utf8, to) => texts(of, target, array.as_string_opt::<i32>()?, to),
        (D::LargeUtf8, to) => texts(of, target, array.as_string_opt::<i64>()?, to),
        (D::Utf8View, to) => texts(of, target, array.as_string_view_opt()?, to),
        (D::Boolean, V::YesNo(to)) => Some(flags(array.as_boolean_opt()?, to)),
        (D::Date32, V::Date(to)) => {
            let day = |day| (MIN_DAY.0..=MAX_DAY.0).contains(&day).then_some(day);
            Some(values::<Date32Type, _>(array.as_primitive_opt()?, to, day))
        }
        (D::Decimal32(_, scale), to) if number => {
            decimals::<Decimal32Type>(array.as_primitive_opt()?, *scale, to)
        }
        (D::Decimal64(_, scale), to) if number => {
            decimals::<Decimal64Type>(array.as_primitive_opt()?, *scale, to)
        }
        (D::Decimal128(_, scale), to) if number => {
            decimals::<Decimal128Type>(array.as_primitive_opt()?, *scale, to)
        }
        (D::Int8, to) => integers::<Int8Type>(number, target, array, to),
        (D::Int16, to) => integers::<Int16Type>(number, target, array, to),
        (D::Int32, to) => integers::<Int32Type>(number, target, array, to),
        (D::Int64, to) => integers::<Int64Type>(number, target, array, to),
        (D::UInt8, to) => integers::<UInt8Type>(number, target, array, to),
        (D::UInt16, to) => integers::<UInt16Type>(number, target, array, to),
        (D::UInt32, to) => integers::<UInt32Type>(number, target, array, to),
        (D::UInt64, to) => integers::<UInt64Type>(number, target, array, to),
        _ => None,
    }
}

/// Appends what `read` makes of each value that is there; `false`: it makes nothing of one.
fn values<T: ArrowPrimitiveType, V: Copy + Default>(
    array: &PrimitiveArray<T>,
    to: &mut Vec<V>,
    read: impl Fn(T::Native) -> Option<V>,
) -> bool {
    let mut clean = true;
    let mut value = |stored: T::Native| {
        let value = read(stored);
        clean &= value.is_some();
        value.unwrap_or_default()
    };
    match array.nulls().filter(|n| n.null_count() > 0) {
        None => to.extend(array.values().iter().map(|v| value(*v))),
        Some(nulls) => to.extend(
            array
                .values()
                .iter()
                .zip(nulls)
                // Whatever lies in the place of a null means nothing.
                .map(|(v, there)| if there { value(*v) } else { V::default() }),
        ),
    }
    clean
}

/// Whole numbers, also as numbers and as keys.
fn integers<T: ArrowPrimitiveType>(
    number: bool,
    target: Option<(&Keys, &KeyForm)>,
    array: &dyn Array,
    to: &mut ColumnValues,
) -> Option<bool>
where
    T::Native: TryInto<i64> + Into<i128>,
{
    let array = array.as_primitive_opt::<T>()?;
    let read = |n: T::Native| n.try_into().ok();
    match (to, target) {
        (to, None) if number => decimals(array, 0, to),
        // Also a reference that is numbered later.
        (ColumnValues::Integer(to), _) => Some(values(array, to, read)),
        (ColumnValues::Reference(to), Some((keys, form)))
            if form.is_integer() && array.null_count() == 0 =>
        {
            let mut fit = true;
            let key = |n: &T::Native| {
                let key = read(*n);
                fit &= key.is_some();
                key.unwrap_or_default()
            };
            let found = keys.find_all_integers(array.values().iter().map(key), to);
            Some(found && fit)
        }
        (ColumnValues::Reference(to), Some((keys, form))) if form.is_integer() => {
            let code = |n| keys.find(Key::Integer(read(n)?));
            Some(values(array, to, code))
        }
        _ => None,
    }
}

/// Numbers counted in 10^-scale. Those that 64 bits do not hold at this scale go cell by cell.
fn decimals<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    scale: i8,
    to: &mut ColumnValues,
) -> Option<bool>
where
    T::Native: Into<i128>,
{
    let scale = u8::try_from(scale).ok().filter(|s| *s <= 9)?;
    let mut units = Vec::new();
    let read = |n: T::Native| i64::try_from(n.into()).ok();
    if let ColumnValues::Decimal {
        scale: held,
        values,
    } = to
        && (*held == scale || values.is_empty())
    {
        *held = scale;
        let before = values.len();
        if self::values(array, values, read) {
            return Some(true);
        }
        values.truncate(before);
        return None;
    }
    if !values(array, &mut units, read) {
        return None;
    }
    let values = units;
    to.append(ColumnValues::Decimal { scale, values });
    Some(true)
}

fn flags(array: &BooleanArray, to: &mut Vec<bool>) -> bool {
    let there;
    let flags = match array.nulls().filter(|n| n.null_count() > 0) {
        None => array.values(),
        Some(nulls) => {
            there = array.values() & nulls.inner();
            &there
        }
    };
    let chunks = flags.bit_chunks();
    to.reserve(flags.len());
    for word in chunks.iter() {
        to.extend((0..64).map(|bit| word >> bit & 1 == 1));
    }
    let rest = chunks.remainder_bits();
    to.extend((0..chunks.remainder_len()).map(|bit| rest >> bit & 1 == 1));
    true
}

/// The texts of an array in which none is missing.
fn whole<'a>(
    array: impl ArrayAccessor<Item = &'a str> + Copy,
) -> impl Iterator<Item = &'a str> + Clone {
    (0..array.len()).map(move |row| array.value(row))
}

/// An empty text is missing, a longer one is refused.
fn fits(text: &str) -> bool {
    (1..=MAX_CELL).contains(&text.len())
}

/// Texts as they are, or as keys.
fn texts<'a>(
    of: &ColumnPlan,
    target: Option<(&Keys, &KeyForm)>,
    array: impl ArrayAccessor<Item = &'a str> + Copy,
    to: &mut ColumnValues,
) -> Option<bool> {
    if *of.cell.ty != ColumnType::Text {
        return None;
    }
    let nulls = array.nulls().filter(|n| n.null_count() > 0);
    match (to, target) {
        // Also a reference that is numbered later.
        (ColumnValues::Text(to), _) => {
            let texts = ArrayIter::new(array);
            if !texts.clone().flatten().all(fits) {
                return None;
            }
            texts.for_each(|text| to.push(text.unwrap_or_default()));
            Some(true)
        }
        // INVARIANT: no key is empty or too long.
        (ColumnValues::Reference(to), Some((keys, _))) => {
            let before = to.len();
            let found = match nulls {
                None => keys.find_all(whole(array), to),
                Some(_) => {
                    let code = |text: Option<&str>| {
                        text.map_or(Some(0), |text| keys.find(Key::Text(text)))
                    };
                    let codes = ArrayIter::new(array).map_while(code);
                    to.extend(codes);
                    to.len() == before + array.len()
                }
            };
            if !found {
                to.truncate(before);
            }
            found.then_some(true)
        }
        _ => None,
    }
}

/// Keys of which only marks are kept, none of them missing.
fn marks(chunk: &mut Chunk, array: &dyn Array) -> Option<bool> {
    fn extend<'a>(marks: &mut KeyMarks, array: impl ArrayAccessor<Item = &'a str> + Copy) -> bool {
        let (before, mut clean) = (marks.hashes.len(), true);
        marks.extend(whole(array).inspect(|text| clean &= fits(text)));
        if !clean {
            marks.truncate(before);
        }
        clean
    }
    let marks = &mut chunk.marks;
    let clean = match array.data_type() {
        DataType::Utf8 => extend(marks, array.as_string_opt::<i32>()?),
        DataType::LargeUtf8 => extend(marks, array.as_string_opt::<i64>()?),
        DataType::Utf8View => extend(marks, array.as_string_view_opt()?),
        _ => false,
    };
    clean.then_some(true)
}

/// The cells of a dictionary's texts or values are read once, then led to. `None`: its rows are few or its values
/// are only marked, so that they go cell by cell.
fn dictionary(
    chunk: &mut Chunk,
    plan: &TablePlan,
    keys: &[Keys],
    column: usize,
    array: &dyn Array,
) -> Option<bool> {
    let dictionary = array.as_any_dictionary_opt()?;
    let stored = dictionary.values();
    if stored.is_empty() || stored.len() > array.len() || plan.marked == Some(column) {
        return None;
    }
    let mut values = Chunk::new(plan);
    // A value that is no cell of this column may be one that no row has.
    if !take_array(&mut values, plan, keys, column, stored.as_ref()) {
        return None;
    }
    let mut places = dictionary.normalized_keys();
    if let Some(nulls) = array.nulls().filter(|n| n.null_count() > 0) {
        values.missing(plan, keys, column, 0);
        // The default of a reference may be the key of no row.
        if !values.faults.is_empty() || !values.columns[column].pending.is_empty() {
            return Some(false);
        }
        for (place, there) in places.iter_mut().zip(nulls) {
            if !there {
                *place = stored.len();
            }
        }
    }
    let values = values.columns.swap_remove(column).column;
    let valid = values
        .valid
        .map(|valid| places.iter().map(|p| valid[*p]).collect());
    let values = gathered(values.values, &places);
    chunk.columns[column].append(Column { values, valid });
    Some(true)
}

/// The values at these places.
fn gathered(mut values: ColumnValues, places: &[usize]) -> ColumnValues {
    match values {
        ColumnValues::Text(texts) if texts.len() <= MOST_VALUES => {
            let codes = places.iter().map(|p| *p as u16).collect();
            ColumnValues::Text(TextColumn::from_dictionary(codes, texts))
        }
        _ => {
            let places: Vec<u32> = places.iter().map(|p| *p as u32).collect();
            values.take(&places);
            values
        }
    }
}

fn extend_valid(to: &mut ColumnBuilder, before: usize, nulls: Option<&NullBuffer>, added: usize) {
    match (&mut to.column.valid, nulls) {
        (None, None) => {}
        (Some(valid), None) => valid.resize(before + added, true),
        (valid, Some(nulls)) => valid
            .get_or_insert_with(|| vec![true; before])
            .extend(nulls),
    }
}

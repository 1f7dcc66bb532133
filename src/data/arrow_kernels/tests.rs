//! Kernels against cells, over random arrays of every type.

use super::super::arrow_cells::rows;
use super::super::instant::Clock;
use super::super::keys::Keys;
use super::super::{ColumnRequest, TableRequest, TableSource};
use super::*;
use crate::schema::{Currency, DurationKind, Value};
use arrow_array::*;
use arrow_schema::{Field, Schema};
use proptest::prelude::*;
use std::sync::Arc;

const TEXTS: [&str; 16] = [
    "tea",
    "C01",
    "C02",
    "C03",
    "ware",
    "7",
    "yes",
    "12.50",
    "2026-02-03",
    "09:30",
    "2026-02-03T10:00:00Z",
    "30 days",
    "5%",
    "茶",
    "",
    " ",
];

fn stored_types() -> Vec<DataType> {
    use DataType as D;
    use arrow_schema::TimeUnit as U;
    vec![
        D::Utf8,
        D::LargeUtf8,
        D::Utf8View,
        D::Boolean,
        D::Null,
        D::Int8,
        D::Int16,
        D::Int32,
        D::Int64,
        D::UInt8,
        D::UInt16,
        D::UInt32,
        D::UInt64,
        D::Decimal32(9, 2),
        D::Decimal64(18, 0),
        D::Decimal128(38, 2),
        D::Decimal128(38, 11),
        D::Decimal128(20, -2),
        D::Date32,
        D::Date64,
        D::Time64(U::Microsecond),
        D::Timestamp(U::Second, None),
        D::Timestamp(U::Microsecond, Some("+02:00".into())),
    ]
}

fn column_types() -> Vec<ColumnType> {
    use ColumnType as T;
    vec![
        T::Text,
        T::YesNo,
        T::Integer,
        T::Number,
        T::Percent,
        T::Date,
        T::DateTime,
        T::Time,
        T::Money(Currency::from_code("CNY").unwrap()),
        T::Duration(DurationKind::Days),
        T::Enum(vec!["ware".into(), "tea".into()]),
        T::Reference(1),
        T::Reference(2),
    ]
}

/// Cells made of numbers, as they may be in an array of this type.
fn array(ty: &DataType, cells: &[Option<i64>]) -> ArrayRef {
    use DataType as D;
    macro_rules! primitive {
        ($ty:ty) => {
            Arc::new(
                PrimitiveArray::<$ty>::from_iter(cells.iter().map(|c| c.map(|v| v as _)))
                    .with_data_type(ty.clone()),
            )
        };
    }
    let text = |v: i64| TEXTS[v.unsigned_abs() as usize % TEXTS.len()];
    let texts = cells.iter().map(|c| c.map(text));
    match ty {
        D::Utf8 => Arc::new(StringArray::from_iter(texts)),
        D::LargeUtf8 => Arc::new(LargeStringArray::from_iter(texts)),
        D::Utf8View => Arc::new(StringViewArray::from_iter(texts)),
        D::Boolean => Arc::new(BooleanArray::from_iter(
            cells.iter().map(|c| c.map(|v| v % 2 == 0)),
        )),
        D::Int8 => primitive!(Int8Type),
        D::Int16 => primitive!(Int16Type),
        D::Int32 => primitive!(Int32Type),
        D::Int64 => primitive!(Int64Type),
        D::UInt8 => primitive!(UInt8Type),
        D::UInt16 => primitive!(UInt16Type),
        D::UInt32 => primitive!(UInt32Type),
        D::UInt64 => primitive!(UInt64Type),
        D::Decimal32(..) => primitive!(Decimal32Type),
        D::Decimal64(..) => primitive!(Decimal64Type),
        D::Decimal128(..) => primitive!(Decimal128Type),
        D::Date32 => primitive!(Date32Type),
        D::Date64 => primitive!(Date64Type),
        D::Time64(_) => primitive!(Time64MicrosecondType),
        D::Timestamp(arrow_schema::TimeUnit::Second, _) => primitive!(TimestampSecondType),
        D::Timestamp(..) => primitive!(TimestampMicrosecondType),
        _ => Arc::new(NullArray::new(cells.len())),
    }
}

fn in_dictionary(values: ArrayRef, cells: &[Option<i64>]) -> ArrayRef {
    let count = values.len() as u64;
    let place = |v: i64| (v.unsigned_abs() % count) as i32;
    let places = Int32Array::from_iter(cells.iter().map(|c| c.map(place)));
    Arc::new(DictionaryArray::new(places, values))
}

fn request(record: &str, ty: ColumnType, optional: bool, default: Option<Value>) -> TableRequest {
    TableRequest {
        record: record.into(),
        source: TableSource::File(record.into()),
        columns: vec![ColumnRequest {
            field: "f".into(),
            header: "f".into(),
            ty,
            optional,
            default,
            format: None,
            personal: false,
        }],
        unread: Vec::new(),
        key: vec![0],
        key_unread: false,
        dated: None,
    }
}

fn shown(mut column: Column) -> String {
    column.settle();
    match &column.values {
        ColumnValues::Text(t) => {
            let texts: Vec<&str> = (0..t.len()).map(|i| t.get(i)).collect();
            format!("{texts:?} {:?}", column.valid)
        }
        values => format!("{values:?} {:?}", column.valid),
    }
}

fn cell() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => 0..14i64,
        2 => 0..20_000i64,
        1 => Just(86_400),
        1 => Just(1_770_000_000_000_000),
        1 => any::<i64>(),
    ]
}

fn cells() -> impl Strategy<Value = Vec<Option<i64>>> {
    let some = prop::collection::vec(prop::option::weighted(0.8, cell()), 1..12);
    let one = (cell(), 1..100usize).prop_map(|(cell, n)| vec![Some(cell); n]);
    let all = prop::collection::vec(cell().prop_map(Some), 1..12);
    prop_oneof![some, one, all]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]
    #[test]
    fn kernels_agree_with_cells(
        stored in prop::sample::select(stored_types()),
        ty in prop::sample::select(column_types()),
        batches in prop::collection::vec((cells(), 0..3usize), 1..3),
        dictionary in prop::option::of(cells()),
        (optional, deferred, marked) in any::<(bool, bool, bool)>(),
        default in prop::option::of(any::<bool>()),
    ) {
        // Of a reference the key of a row, or of none.
        let default = default.and_then(|known| match ty {
            ColumnType::Text => Some(Value::Text("tea".into())),
            ColumnType::Reference(1) => Some(Value::Text(if known { "C02" } else { "tea" }.into())),
            ColumnType::Reference(_) => Some(Value::Integer(if known { 3 } else { 77 })),
            _ => None,
        });
        let is_reference = matches!(ty, ColumnType::Reference(_));
        let requests = [
            TableRequest {
                key_unread: marked && ty == ColumnType::Text,
                ..request("a", ty, optional, default)
            },
            request("b", ColumnType::Text, false, None),
            request("c", ColumnType::Integer, false, None),
        ];
        let forms: Vec<KeyForm> = (0..3).map(|t| KeyForm::of(&requests, t)).collect();
        let clock = Clock::new(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
        let mut plan = TablePlan::new(0, &requests[0], &forms, &clock, false);
        plan.columns[0].deferred = deferred && is_reference;
        let mut texts = TextColumn::new();
        TEXTS[1..4].iter().for_each(|t| texts.push(t));
        let of = |values| Keys::of_rows(&Column { values, valid: None }).unwrap();
        let keys = [
            Keys::new(false),
            of(ColumnValues::Text(texts)),
            of(ColumnValues::Integer((0..10).collect())),
        ];

        let mut clean = Some(Chunk::new(&plan));
        let mut one_by_one = Chunk::new(&plan);
        let mut faults = 0;
        for (cells, from) in batches {
            let values = dictionary.as_ref().map(|values| array(&stored, values));
            let stored = match values {
                Some(values) => in_dictionary(values, &cells),
                None => array(&stored, &cells),
            };
            let from = from.min(cells.len());
            let stored = stored.slice(from, cells.len() - from);
            let field = Field::new("f", stored.data_type().clone(), true);
            let schema = Arc::new(Schema::new(vec![field]));
            let batch = RecordBatch::try_new(schema, vec![stored.clone()]).unwrap();
            clean = clean.and_then(|mut chunk| {
                take_array(&mut chunk, &plan, &keys, 0, stored.as_ref()).then_some(chunk)
            });
            let mut block = rows(&plan, &keys, &batch, &[0], 1);
            faults += block.faults.len() + block.columns[0].pending.len();
            one_by_one.columns[0].append(block.columns.remove(0).column);
            one_by_one.marks.hashes.extend(block.marks.hashes);
        }
        prop_assert_eq!(clean.is_some(), faults == 0);
        if let Some(mut clean) = clean {
            prop_assert_eq!(
                shown(clean.columns.remove(0).column),
                shown(one_by_one.columns.remove(0).column)
            );
            prop_assert_eq!(clean.marks.hashes, one_by_one.marks.hashes);
        }
    }
}

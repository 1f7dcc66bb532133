//! Compact states against sums and extremes of 128 bits, row by row: whatever the columns hold, however many threads
//! there are, and in any order of rows.

use crate::build::{World, table};
use guanxi::data::{Column, ColumnType, ColumnValues};
use guanxi::engine::evaluate::{BATCH, Evaluator, Frame};
use guanxi::hir::AggregateOp::{self, *};
use guanxi::hir::ArithmeticOp;
use guanxi::plan::{Aggregate, Node, NodeId};
use guanxi::schema::{Decimal, Rounding, Type, div_round};
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Row {
    holder: Option<u32>,
    /// Cents.
    amount: Option<i64>,
    /// Billionths.
    wide: i128,
    /// A number or a datetime.
    long: Option<i64>,
    day: Option<i32>,
    time: u32,
    flag: Option<bool>,
    there: bool,
}

/// What is aggregated, as billionths or as it is.
#[derive(Debug, Clone, Copy)]
enum Value {
    Amount,
    Twice,
    Wide,
    Long,
    Day,
    Time,
    Flag,
    Constant,
}

const AGGREGATES: [(AggregateOp, Value); 22] = [
    (Sum, Value::Amount),
    (Average, Value::Amount),
    (Highest, Value::Amount),
    (Lowest, Value::Amount),
    (Sum, Value::Twice),
    (Highest, Value::Twice),
    (Sum, Value::Wide),
    (Average, Value::Wide),
    (Lowest, Value::Wide),
    (Highest, Value::Wide),
    (Lowest, Value::Long),
    (Highest, Value::Long),
    (Average, Value::Long),
    (Earliest, Value::Day),
    (Latest, Value::Day),
    (Highest, Value::Time),
    (Lowest, Value::Time),
    (Highest, Value::Flag),
    (Lowest, Value::Flag),
    (Sum, Value::Constant),
    (Count, Value::Amount),
    (Last, Value::Amount),
];

impl Value {
    fn ty(self) -> Type {
        match self {
            Value::Amount | Value::Twice | Value::Wide => Type::Number,
            Value::Long | Value::Constant => Type::Integer,
            Value::Day => Type::Date,
            Value::Time => Type::Time,
            Value::Flag => Type::YesNo,
        }
    }

    fn of(self, row: &Row) -> Option<i128> {
        match self {
            Value::Amount => row.amount.map(|n| i128::from(n) * 10_000_000),
            Value::Twice => row.amount.map(|n| i128::from(n) * 20_000_000),
            Value::Wide => Some(row.wide),
            Value::Long => row.long.map(i128::from),
            Value::Day => row.day.map(i128::from),
            Value::Time => Some(row.time.into()),
            Value::Flag => row.flag.map(i128::from),
            Value::Constant => Some(3),
        }
    }
}

fn expected(rows: &[Row], holder: u32, op: AggregateOp, value: Value) -> Option<i128> {
    let counts = |row: &&Row| row.holder == Some(holder) && row.there;
    let values = rows.iter().filter(counts);
    let values: Vec<i128> = values.filter_map(|row| value.of(row)).collect();
    let sum: i128 = values.iter().sum();
    match op {
        Sum => Some(sum),
        Count => Some(values.len() as i128),
        Average if values.is_empty() => None,
        Average => {
            let unit = match value {
                Value::Long => 1_000_000_000,
                _ => 1,
            };
            Some(div_round(
                sum * unit,
                values.len() as i128,
                Rounding::Nearest,
            ))
        }
        Highest | Latest => values.into_iter().max(),
        Lowest | Earliest => values.into_iter().min(),
        // Of rows on one day by key, which is their number.
        _ => values.last().copied(),
    }
}

fn result_type(op: AggregateOp, value: Value) -> Type {
    match op {
        Count => Type::Integer,
        Average => Type::Number,
        _ => value.ty(),
    }
}

fn column<T: Copy + Default>(
    rows: &[Row],
    of: impl Fn(&Row) -> Option<T>,
    values: impl Fn(Vec<T>) -> ColumnValues,
) -> Column {
    let valid: Vec<bool> = rows.iter().map(|r| of(r).is_some()).collect();
    Column {
        values: values(rows.iter().map(|r| of(r).unwrap_or_default()).collect()),
        valid: valid.contains(&false).then_some(valid),
    }
}

fn world(holders: usize, rows: &[Row]) -> (World, Vec<(NodeId, NodeId)>) {
    let numbers: Vec<String> = (0..holders).map(|n| n.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(|n| &**n).collect();
    let empty: &[&str] = &[];
    let types = [
        ColumnType::Integer,
        ColumnType::Reference(0),
        ColumnType::Number,
        ColumnType::Number,
        ColumnType::Integer,
        ColumnType::Date,
        ColumnType::Time,
        ColumnType::YesNo,
        ColumnType::YesNo,
    ];
    let mut w = World::new(vec![
        table("holder", vec![(ColumnType::Integer, &numbers)]),
        table("row", types.map(|ty| (ty, empty)).to_vec()),
    ]);
    w.data.tables[1].rows = rows.len();
    let cents = |values| ColumnValues::Decimal { scale: 2, values };
    w.data.tables[1].columns = vec![
        Column {
            values: ColumnValues::Integer((0..rows.len() as i64).collect()),
            valid: None,
        },
        column(rows, |r| r.holder, ColumnValues::Reference),
        column(rows, |r| r.amount, cents),
        column(rows, |r| Some(r.wide), ColumnValues::WideDecimal),
        column(rows, |r| r.long, ColumnValues::Integer),
        column(rows, |r| r.day, ColumnValues::Date),
        column(rows, |r| Some(r.time), ColumnValues::Time),
        column(rows, |r| r.flag, ColumnValues::YesNo),
        column(rows, |r| Some(r.there), ColumnValues::YesNo),
    ];
    let there = w.field(8, Type::YesNo);
    let nodes = AGGREGATES.map(|(op, value)| {
        let node = match value {
            Value::Amount => w.field(2, Type::Number),
            Value::Twice => {
                let amount = w.field(2, Type::Number);
                w.arithmetic(amount, ArithmeticOp::Add, amount)
            }
            Value::Wide => w.field(3, Type::Number),
            Value::Long => w.field(4, Type::Integer),
            Value::Day => w.field(5, Type::Date),
            Value::Time => w.field(6, Type::Time),
            Value::Flag => w.field(7, Type::YesNo),
            Value::Constant => w.integer(3),
        };
        let aggregate = Aggregate {
            between: "",
            op,
            number: None,
            table: 1,
            by: 1,
            base: None,
            value: Some(node),
            filter: Some(there),
            there: None,
            dated: None,
            ty: result_type(op, value),
        };
        let made = w.aggregate(0, aggregate.clone());
        let correlated = Node::Correlated(Box::new(aggregate));
        (made, w.node(correlated, result_type(op, value)))
    });
    (w, nodes.to_vec())
}

fn text(value: Option<i128>, ty: Type, evaluator: &Evaluator<'_>) -> String {
    use guanxi::vector::{Values, Vector};
    let Some(value) = value else {
        return "-".into();
    };
    let values = match ty {
        Type::Integer => return value.to_string(),
        Type::Number => return Decimal(value).to_string(),
        Type::Date => Values::Date(vec![value as i32].into()),
        Type::Time => Values::Time(vec![value as u32].into()),
        _ => Values::YesNo(vec![value != 0].into()),
    };
    evaluator.format_value(&Vector::new(values), 0, ty).unwrap()
}

fn texts(evaluator: &Evaluator<'_>, node: NodeId, ty: Type) -> Vec<String> {
    let holders = evaluator.data().tables[0].rows;
    let mut texts = Vec::new();
    for start in (0..holders).step_by(BATCH) {
        let len = BATCH.min(holders - start);
        let vector = evaluator.eval(node, &Frame::range(0, start, len)).unwrap();
        let text = |row| evaluator.format_value(&vector, row, ty);
        texts.extend((0..len).map(|row| text(row).unwrap_or("-".into())));
    }
    texts
}

fn with_threads<T: Send>(threads: usize, f: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(f)
}

/// A magnitude that a sum of a few soon leaves 64 bits with, or a common one.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -500i64..500,
        1 => Just(i64::MIN),
        1 => Just(i64::MAX),
        1 => any::<i64>(),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    (
        prop::option::weighted(0.9, 0..4u32),
        prop::option::weighted(0.8, number()),
        (number(), -9i128..9),
        prop::option::weighted(0.9, number()),
        prop::option::weighted(0.5, -1000..40_000i32),
        0..86_400u32,
        prop::option::weighted(0.9, any::<bool>()),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(holder, amount, wide, long, day, time, flag, there)| Row {
            holder,
            amount,
            wide: i128::from(wide.0) * wide.1,
            long,
            day,
            time,
            flag,
            there,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn agree_with_sums_of_128_bits(rows in prop::collection::vec(any_row(), 0..40)) {
        let (w, nodes) = world(5, &rows);
        let evaluator = w.evaluator().unwrap();
        for ((op, value), (made, correlated)) in AGGREGATES.into_iter().zip(nodes) {
            let ty = result_type(op, value);
            let expected: Vec<String> = (0..5)
                .map(|holder| text(expected(&rows, holder, op, value), ty, &evaluator))
                .collect();
            prop_assert_eq!(texts(&evaluator, made, ty), &expected[..], "{:?} {:?}", op, value);
            prop_assert_eq!(texts(&evaluator, correlated, ty), expected, "{:?} {:?}", op, value);
        }
    }
}

/// Rows of many holders, by a simple generator of numbers.
fn many_rows(n: usize, holders: u32) -> Vec<Row> {
    let mut state = 7u64;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let rows = (0..n).map(|_| Row {
        holder: (next(10) > 0).then(|| next(holders.into()) as u32),
        amount: (next(10) > 0).then(|| next(100_000) as i64 - 300),
        wide: i128::from(next(1 << 30)) << next(70),
        long: (next(3) > 0).then(|| next(1 << 30) as i64 - (1 << 29)),
        day: (next(4) > 0).then(|| next(40_000) as i32),
        time: next(86_400) as u32,
        flag: (next(9) > 0).then(|| next(2) > 0),
        there: next(30) > 0,
    });
    rows.collect()
}

#[test]
fn stripes_of_holders_give_what_one_does() {
    let rows = many_rows(9 * BATCH + 77, 20_000);
    let of = |threads| {
        with_threads(threads, || {
            let (w, nodes) = world(20_000, &rows);
            let evaluator = w.evaluator().unwrap();
            let all = AGGREGATES.into_iter().zip(nodes);
            all.map(|((op, value), (made, _))| texts(&evaluator, made, result_type(op, value)))
                .collect::<Vec<_>>()
        })
    };
    let one = of(1);
    let (w, _) = world(1, &[]);
    let evaluator = w.evaluator().unwrap();
    for ((op, value), found) in AGGREGATES.into_iter().zip(&one) {
        let ty = result_type(op, value);
        for holder in [0u32, 1, 4_999, 16_384, 19_999] {
            let expected = text(expected(&rows, holder, op, value), ty, &evaluator);
            assert_eq!(found[holder as usize], expected, "{op:?} {value:?}");
        }
    }
    assert_eq!(of(3), one);
    assert_eq!(of(8), one);
}

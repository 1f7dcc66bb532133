//! Aggregates against a naive reference, in any order of rows and with any number of threads.

use crate::build::{World, table};
use crate::reference::{self, Row};
use guanxi::data::{Column, ColumnType, ColumnValues};
use guanxi::engine::evaluate::{EvalError, Evaluator, Frame};
use guanxi::hir::AggregateOp::{self, *};
use guanxi::plan::{Aggregate, Node, NodeId};
use guanxi::schema::Type;
use guanxi::vector::RowErrorCause;
use proptest::prelude::*;

const OPS: [AggregateOp; 16] = [
    Count,
    Sum,
    Average,
    Highest,
    Lowest,
    Earliest,
    Latest,
    First,
    Last,
    DistinctCount,
    MostCommon,
    Any,
    No,
    AtLeast,
    AtMost,
    Exactly,
];
const NUMBER: i64 = 2;

fn result_type(op: AggregateOp) -> Type {
    match op {
        Any | No | AtLeast | AtMost | Exactly => Type::YesNo,
        Average => Type::Number,
        _ => Type::Integer,
    }
}

fn optional<T: Copy + Default>(
    rows: &[Row],
    of: impl Fn(&Row) -> Option<T>,
    values: impl Fn(Vec<T>) -> ColumnValues,
) -> Column {
    Column {
        values: values(rows.iter().map(|r| of(r).unwrap_or_default()).collect()),
        valid: Some(rows.iter().map(|r| of(r).is_some()).collect()),
    }
}

/// So many holders, and for each operation a column and the same as a correlated aggregate.
fn world(holders: usize, rows: &[Row]) -> (World, Vec<(AggregateOp, NodeId, NodeId)>) {
    let numbers: Vec<String> = (0..holders).map(|n| n.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(|n| &**n).collect();
    let empty: &[&str] = &[];
    let columns = vec![
        (ColumnType::Integer, empty),
        (ColumnType::Reference(0), empty),
        (ColumnType::Integer, empty),
        (ColumnType::YesNo, empty),
        (ColumnType::YesNo, empty),
        (ColumnType::Date, empty),
    ];
    let holder = table("holder", vec![(ColumnType::Integer, &numbers)]);
    let mut w = World::new(vec![holder, table("row", columns)]);
    w.data.tables[1].rows = rows.len();
    w.data.tables[1].columns = vec![
        optional(rows, |r| Some(r.key), ColumnValues::Integer),
        optional(rows, |r| r.holder, ColumnValues::Reference),
        optional(rows, |r| r.value, ColumnValues::Integer),
        optional(rows, |r| r.filter, ColumnValues::YesNo),
        optional(rows, |r| r.there, ColumnValues::YesNo),
        optional(rows, |r| Some(r.day), ColumnValues::Date),
    ];
    let value = w.field(2, Type::Integer);
    let (filter, there) = (w.field(3, Type::YesNo), w.field(4, Type::YesNo));
    let nodes = OPS.map(|op| {
        let rows_only = matches!(op, Count | Any | No | AtLeast | AtMost | Exactly);
        let aggregate = Aggregate {
            between: "",
            op,
            number: Some(NUMBER),
            table: 1,
            by: 1,
            base: None,
            value: (!rows_only).then_some(value),
            filter: Some(filter),
            there: Some(there),
            dated: Some(5),
            ty: result_type(op),
        };
        let column = w.aggregate(0, aggregate.clone());
        let correlated = Node::Correlated(Box::new(aggregate));
        let correlated = w.node(correlated, result_type(op));
        (op, column, correlated)
    });
    (w, nodes.to_vec())
}

fn texts(evaluator: &Evaluator<'_>, node: NodeId, ty: Type) -> Result<Vec<String>, EvalError> {
    let rows = evaluator.data().tables[0].rows;
    let vector = evaluator.eval(node, &Frame::range(0, 0, rows))?;
    let text = |row| evaluator.format_value(&vector, row, ty);
    Ok((0..rows)
        .map(|row| text(row).unwrap_or("-".into()))
        .collect())
}

fn with_threads<T: Send>(threads: usize, f: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(f)
}

fn check(holders: usize, rows: &[Row]) {
    let (w, nodes) = world(holders, rows);
    let evaluator = w.evaluator().unwrap();
    for (op, column, correlated) in nodes {
        let expected: Vec<String> = (0..holders as u32)
            .map(|holder| reference::aggregate(rows, holder, op, NUMBER))
            .collect();
        let ty = result_type(op);
        assert_eq!(texts(&evaluator, column, ty).unwrap(), expected, "{op:?}");
        assert_eq!(
            texts(&evaluator, correlated, ty).unwrap(),
            expected,
            "correlated {op:?}"
        );
    }
}

fn any_row(holders: u32) -> impl Strategy<Value = Row> {
    (
        prop::option::weighted(0.9, 0..holders),
        prop::option::weighted(0.8, -3i64..4),
        prop::option::weighted(0.8, prop::bool::weighted(0.7)),
        prop::option::weighted(0.9, prop::bool::weighted(0.8)),
        20_000..20_004i32,
    )
        .prop_map(|(holder, value, filter, there, day)| Row {
            key: 0,
            holder,
            value,
            filter,
            there,
            day,
        })
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(any_row(5), 0..60)
        .prop_map(|mut rows| {
            // Keys are unique; here they say nothing of the order.
            for (i, row) in rows.iter_mut().enumerate() {
                row.key = (i as i64 * 37) % 61;
            }
            rows
        })
        .prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn agree_with_the_reference(rows in any_rows()) {
        check(6, &rows);
    }
}

/// Many rows, by a simple generator of numbers.
fn many_rows(n: usize, holders: u32) -> Vec<Row> {
    let mut state = 1u64;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let rows = (0..n).map(|i| Row {
        key: i as i64,
        holder: (next(10) > 0).then(|| next(u64::from(holders)) as u32),
        value: (next(10) > 0).then(|| next(50) as i64),
        filter: (next(10) > 0).then(|| next(4) > 0),
        there: (next(10) > 0).then(|| next(4) > 0),
        day: 20_000 + next(30) as i32,
    });
    rows.collect()
}

#[test]
fn neither_threads_nor_the_order_of_rows_matter() {
    let rows = many_rows(60_000, 7);
    let mut backwards = rows.clone();
    backwards.reverse();
    let all = |rows: &[Row], threads| {
        with_threads(threads, || {
            let (w, nodes) = world(8, rows);
            let evaluator = w.evaluator().unwrap();
            let of = |op, node| texts(&evaluator, node, result_type(op)).unwrap();
            let both = |(op, a, b): &(AggregateOp, NodeId, NodeId)| (of(*op, *a), of(*op, *b));
            nodes.iter().map(both).collect::<Vec<_>>()
        })
    };
    let one = all(&rows, 1);
    assert!(one.iter().all(|(column, correlated)| column == correlated));
    for (i, op) in OPS.into_iter().enumerate() {
        assert_eq!(
            one[i].0[3],
            reference::aggregate(&rows, 3, op, NUMBER),
            "{op:?}"
        );
    }
    assert_eq!(all(&rows, 2), one);
    assert_eq!(all(&backwards, 8), one);
}

#[test]
fn sums_overflow_in_the_end_or_not_at_all() {
    let row = |holder, value| Row {
        key: 0,
        holder: Some(holder),
        value: Some(value),
        filter: Some(true),
        there: Some(true),
        day: 0,
    };
    let mut rows = vec![row(0, i64::MAX), row(0, i64::MAX), row(0, i64::MIN)];
    rows.push(row(0, -5));
    check_sum(&rows, Ok("9223372036854775801"));
    rows.push(row(1, i64::MAX));
    rows.push(row(1, 1));
    check_sum(&rows, Err(1));
    // A value that does not count cannot fail.
    rows[5].filter = None;
    check_sum(&rows, Ok("9223372036854775801"));
}

fn check_sum(rows: &[Row], expected: Result<&str, usize>) {
    let (mut w, nodes) = world(2, rows);
    let keep = w.plan.columns.remove(1);
    w.plan.columns = vec![keep];
    let column = w.node(Node::Column(guanxi::plan::ColumnId(0)), Type::Integer);
    match (w.evaluator(), expected) {
        (Ok(evaluator), Ok(sum)) => {
            assert_eq!(texts(&evaluator, column, Type::Integer).unwrap()[0], sum);
            let correlated = nodes[1].2;
            assert_eq!(
                texts(&evaluator, correlated, Type::Integer).unwrap()[0],
                sum
            );
        }
        (Err(error), Err(row)) => {
            assert_eq!((error.table, error.row), (0, row));
            assert_eq!(error.cause, RowErrorCause::Overflow);
        }
        (evaluator, _) => panic!("{:?} instead of {expected:?}", evaluator.err()),
    }
}

#[test]
fn rows_that_do_not_count_cannot_fail() {
    let mut rows = many_rows(20_000, 3);
    rows[11_111].value = Some(i64::MAX);
    rows[11_111].holder = Some(0);
    rows[11_111].filter = Some(false);
    rows[11_111].there = Some(true);
    let (mut w, _) = world(3, &rows);
    let (value, one) = (w.field(2, Type::Integer), w.integer(1));
    let more = w.arithmetic(value, guanxi::hir::ArithmeticOp::Add, one);
    let mut aggregate = match w.plan.columns[1].clone() {
        guanxi::plan::ColumnDefinition::Aggregate { aggregate, .. } => aggregate,
        _ => unreachable!(),
    };
    aggregate.value = Some(more);
    w.plan.columns.clear();
    w.aggregate(0, aggregate);
    assert!(w.evaluator().is_ok());
    rows[11_111].filter = Some(true);
    w.data.tables[1].columns[3] = optional(&rows, |r| r.filter, ColumnValues::YesNo);
    let error = w.evaluator().err().unwrap();
    assert_eq!((error.table, error.row, error.node), (1, 11_111, more));
}

#[test]
fn texts_and_references_aggregate_too() {
    let holders: &[&str] = &["h"];
    let of: &[&str] = &["0", "0", "0", "0"];
    let texts: &[&str] = &["tea", "Tea", "tea", ""];
    let shops: &[&str] = &["1", "0", "0", "1"];
    // In the order of their keys, not of their rows.
    let keys: &[&str] = &["z", "a"];
    let reference = ColumnType::Reference(0);
    let columns = vec![
        (reference, of),
        (ColumnType::Text, texts),
        (ColumnType::Reference(2), shops),
    ];
    let mut w = World::new(vec![
        table("holder", vec![(ColumnType::Text, holders)]),
        table("row", columns),
        table("shop", vec![(ColumnType::Text, keys)]),
    ]);
    let shop_type = Type::Reference(guanxi::schema::RecordId(2));
    let (text, shop) = (w.field(1, Type::Text), w.field(2, shop_type));
    let mut check = |op, value, ty, expected| {
        let aggregate = Aggregate {
            between: "",
            op,
            number: None,
            table: 1,
            by: 0,
            base: None,
            value: Some(value),
            filter: None,
            there: None,
            dated: None,
            ty,
        };
        let node = w.aggregate(0, aggregate);
        w.check(node, expected);
    };
    check(MostCommon, text, Type::Text, "tea");
    check(DistinctCount, text, Type::Integer, "2");
    check(Lowest, text, Type::Text, "Tea");
    check(MostCommon, shop, shop_type, "a");
}

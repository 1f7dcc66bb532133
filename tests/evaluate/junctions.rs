//! `and` and `or` of many rows, of which few are left open.

use crate::build::{World, table};
use guanxi::data::ColumnType;
use guanxi::hir::{ArithmeticOp, CompareOp};
use guanxi::plan::{Node, NodeId};
use guanxi::schema::{Type, Value};
use proptest::prelude::*;

/// Rows that no operand decides are few, or many.
const ROWS: usize = 200;

/// An integer, or a missing one.
type Cell = Option<i64>;

/// A condition and what it is for each row.
struct Condition {
    node: NodeId,
    verdicts: Vec<Option<bool>>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Column, threshold.
    AtLeast(usize, i64),
    Between(usize, i64, i64),
    Not(Box<Kind>),
    Constant(bool),
    Missing,
    /// Sums, which may fail.
    Sum(usize, i64),
    Both(Box<Kind>, Box<Kind>),
    Either(Box<Kind>, Box<Kind>),
}

fn kind() -> impl Strategy<Value = Kind> {
    let threshold = || prop_oneof![0i64..12, Just(1), Just(10)];
    let leaf = prop_oneof![
        8 => (0usize..3, threshold()).prop_map(|(c, n)| Kind::AtLeast(c, n)),
        4 => (0usize..3, threshold(), 0i64..4).prop_map(|(c, n, m)| Kind::Between(c, n, n + m)),
        1 => any::<bool>().prop_map(Kind::Constant),
        1 => Just(Kind::Missing),
        2 => (0usize..3, threshold()).prop_map(|(c, n)| Kind::Sum(c, n)),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            inner.prop_map(|k| Kind::Not(Box::new(k))),
            pair.clone()
                .prop_map(|(a, b)| Kind::Both(Box::new(a), Box::new(b))),
            pair.prop_map(|(a, b)| Kind::Either(Box::new(a), Box::new(b))),
        ]
    })
}

/// Kleene's `and`, or with `decisive` his `or`, row by row.
fn joined(list: &[&Condition], decisive: bool) -> Vec<Option<bool>> {
    let of_row = |row: usize| {
        let mut verdicts = list.iter().map(|c| c.verdicts[row]);
        match verdicts.any(|v| v == Some(decisive)) {
            true => Some(decisive),
            false => list
                .iter()
                .all(|c| c.verdicts[row].is_some())
                .then_some(!decisive),
        }
    };
    (0..ROWS).map(of_row).collect()
}

fn build(w: &mut World, kind: &Kind, columns: &[Vec<Cell>]) -> Condition {
    let at_least = |w: &mut World, value, n| {
        let n = w.integer(n);
        w.compare(value, CompareOp::GreaterEqual, n)
    };
    let each = |column: usize, f: &dyn Fn(i64) -> bool| {
        let cells = columns[column].iter();
        cells.map(|cell| cell.map(f)).collect()
    };
    let (node, verdicts) = match kind {
        Kind::AtLeast(column, n) => {
            let field = w.field(*column, Type::Integer);
            (at_least(w, field, *n), each(*column, &|v| v >= *n))
        }
        Kind::Between(column, low, high) => {
            let field = w.field(*column, Type::Integer);
            let from = at_least(w, field, *low);
            let most = w.integer(*high);
            let to = w.compare(field, CompareOp::LessEqual, most);
            let node = w.node(Node::And(vec![from, to]), Type::YesNo);
            (node, each(*column, &|v| (*low..=*high).contains(&v)))
        }
        Kind::Sum(column, n) => {
            let (field, one) = (w.field(*column, Type::Integer), w.integer(1));
            let sum = w.arithmetic(field, ArithmeticOp::Add, one);
            (at_least(w, sum, *n), each(*column, &|v| v + 1 >= *n))
        }
        Kind::Constant(value) => (w.constant(Value::YesNo(*value)), vec![Some(*value); ROWS]),
        Kind::Missing => (w.node(Node::Missing, Type::YesNo), vec![None; ROWS]),
        Kind::Not(inner) => {
            let inner = build(w, inner, columns);
            let verdicts = inner.verdicts.iter().map(|v| v.map(|v| !v)).collect();
            (w.node(Node::Not(inner.node), Type::YesNo), verdicts)
        }
        Kind::Both(a, b) => {
            let (a, b) = (build(w, a, columns), build(w, b, columns));
            let node = w.node(Node::And(vec![a.node, b.node]), Type::YesNo);
            (node, joined(&[&a, &b], false))
        }
        Kind::Either(a, b) => {
            let (a, b) = (build(w, a, columns), build(w, b, columns));
            let node = w.node(Node::Or(vec![a.node, b.node]), Type::YesNo);
            (node, joined(&[&a, &b], true))
        }
    };
    Condition { node, verdicts }
}

fn written(verdict: &Option<bool>) -> &'static str {
    match verdict {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    }
}

/// A table of integer columns.
fn world(columns: &[Vec<Cell>]) -> World {
    let cells: Vec<Vec<String>> = columns
        .iter()
        .map(|cells| {
            cells
                .iter()
                .map(|c| c.map_or(String::new(), |n| n.to_string()))
                .collect()
        })
        .collect();
    let cells: Vec<Vec<&str>> = cells
        .iter()
        .map(|cells| cells.iter().map(String::as_str).collect())
        .collect();
    let columns = cells
        .iter()
        .map(|c| (ColumnType::Integer, &c[..]))
        .collect();
    World::new(vec![table("row", columns)])
}

fn column() -> impl Strategy<Value = Vec<Cell>> {
    // Some columns miss much, some little.
    (0.5..1.0f64)
        .prop_flat_map(|known| prop::collection::vec(prop::option::weighted(known, 0i64..12), ROWS))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_left_out_decides_nothing(
        columns in prop::collection::vec(column(), 3),
        kinds in prop::collection::vec(kind(), 2..6),
    ) {
        let mut w = world(&columns);
        let list: Vec<Condition> = kinds.iter().map(|k| build(&mut w, k, &columns)).collect();
        let nodes: Vec<NodeId> = list.iter().map(|c| c.node).collect();
        let list: Vec<&Condition> = list.iter().collect();
        for (node, decisive) in [(Node::And(nodes.clone()), false), (Node::Or(nodes), true)] {
            let node = w.node(node, Type::YesNo);
            let expected: Vec<&str> = joined(&list, decisive).iter().map(written).collect();
            w.check(node, &expected.join(" "));
        }
    }
}

#[test]
fn an_operand_that_fails_does_so_where_another_has_decided() {
    // All are below 100, and the last one plus one is too large.
    let mut cells: Vec<Cell> = (0..ROWS as i64).map(|n| Some(n % 90)).collect();
    cells[ROWS - 1] = Some(i64::MAX);
    let large = vec![Some(1); ROWS];
    let mut w = world(&[cells, large]);
    let (value, other) = (w.field(0, Type::Integer), w.field(1, Type::Integer));
    let (one, hundred) = (w.integer(1), w.integer(100));
    let never = w.compare(other, CompareOp::Greater, hundred);
    let more = w.arithmetic(value, ArithmeticOp::Add, one);
    let more = w.compare(more, CompareOp::Greater, hundred);
    for list in [vec![never, more], vec![more, never]] {
        let node = w.node(Node::And(list), Type::YesNo);
        assert_eq!(w.fails(node), ROWS - 1);
    }
    let always = w.node(Node::Not(never), Type::YesNo);
    let node = w.node(Node::Or(vec![always, more]), Type::YesNo);
    assert_eq!(w.fails(node), ROWS - 1);
}

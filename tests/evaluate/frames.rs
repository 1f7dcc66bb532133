//! References, outer rows, arguments.

use crate::build::{World, table};
use guanxi::data::ColumnType;
use guanxi::engine::evaluate::Frame;
use guanxi::hir::{AggregateOp, ArithmeticOp, CompareOp};
use guanxi::plan::{Aggregate, ColumnDefinition, ColumnId, Node, NodeId};
use guanxi::schema::{RecordId, Type};
use guanxi::vector::{Values, Vector};

const CUSTOMER: Type = Type::Reference(RecordId(0));

/// Customers with a friend and a threshold; purchases with customer and points.
fn shop() -> World {
    let names: &[&str] = &["a", "b", "c", "d"];
    let friends: &[&str] = &["1", "2", "", "0"];
    let thresholds: &[&str] = &["10", "20", "0", ""];
    let of: &[&str] = &["0", "1", "0", "2", "", "1", "0"];
    let points: &[&str] = &["5", "25", "15", "7", "100", "", "30"];
    World::new(vec![
        table(
            "customer",
            vec![
                (ColumnType::Text, names),
                (ColumnType::Reference(0), friends),
                (ColumnType::Integer, thresholds),
            ],
        ),
        table(
            "purchase",
            vec![
                (ColumnType::Reference(0), of),
                (ColumnType::Integer, points),
            ],
        ),
    ])
}

fn through(w: &mut World, reference: NodeId, member: NodeId) -> NodeId {
    let ty = w.plan.nodes.ty(member);
    w.node(
        Node::Through {
            reference,
            table: 0,
            member,
        },
        ty,
    )
}

#[test]
fn references_lead_to_other_rows() {
    let mut w = shop();
    let (name, friend) = (w.field(0, Type::Text), w.field(1, CUSTOMER));
    let of_friend = through(&mut w, friend, name);
    w.check(of_friend, "b c - a");
    let twice = through(&mut w, friend, of_friend);
    w.check(twice, "c - - b");
    let constant = w.integer(3);
    let constant = through(&mut w, friend, constant);
    w.check(constant, "3 3 - 3");
    let row = w.node(Node::Row, CUSTOMER);
    w.check(row, "a b c d");
    let reflexive = w.compare(row, CompareOp::Equal, friend);
    w.check(reflexive, "no no - no");
}

/// How many purchases have more points than their customer's threshold.
fn above_threshold(w: &mut World, base: Option<NodeId>, op: AggregateOp) -> NodeId {
    let threshold = w.field(2, Type::Integer);
    let outer = w.node(Node::Outer(threshold), Type::Integer);
    let points = w.field(1, Type::Integer);
    let above = w.compare(points, CompareOp::Greater, outer);
    let ty = match op {
        AggregateOp::Any => Type::YesNo,
        _ => Type::Integer,
    };
    let aggregate = Aggregate {
        between: "",
        op,
        number: None,
        table: 1,
        by: 0,
        base,
        value: None,
        filter: Some(above),
        there: None,
        dated: None,
        ty,
    };
    w.node(Node::Correlated(Box::new(aggregate)), ty)
}

#[test]
fn correlated_aggregates_look_at_their_outer_row() {
    let mut w = shop();
    let count = above_threshold(&mut w, None, AggregateOp::Count);
    w.check(count, "2 1 1 0");
    // Another's purchases, with one's own threshold: b's over 10, c's over 20, nobody's, a's over unknown.
    let friend = w.field(1, CUSTOMER);
    let count = above_threshold(&mut w, Some(friend), AggregateOp::Count);
    w.check(count, "1 0 - 0");
    let any = above_threshold(&mut w, Some(friend), AggregateOp::Any);
    w.check(any, "yes no - -");
}

#[test]
fn correlated_aggregates_nest() {
    let mut w = shop();
    let own = above_threshold(&mut w, None, AggregateOp::Count);
    // On each purchase: its customer's count, compared with that of the outer row's.
    let customer = w.field(0, CUSTOMER);
    let count = through(&mut w, customer, own);
    let outer = w.node(Node::Outer(own), Type::Integer);
    let same = w.compare(count, CompareOp::Equal, outer);
    let aggregate = Aggregate {
        between: "",
        op: AggregateOp::Count,
        number: None,
        table: 1,
        by: 0,
        base: None,
        value: None,
        filter: Some(same),
        there: None,
        dated: None,
        ty: Type::Integer,
    };
    let nested = w.node(Node::Correlated(Box::new(aggregate)), Type::Integer);
    w.check(nested, "3 2 1 0");
}

#[test]
fn an_outer_row_without_children_cannot_fail() {
    let mut w = shop();
    let threshold = w.field(2, Type::Integer);
    let large = w.integer(i64::MAX - 9);
    // Overflows from 10 on: for a and b, which have purchases; c's 0 does not.
    let sum = w.arithmetic(threshold, ArithmeticOp::Add, large);
    let outer = w.node(Node::Outer(sum), Type::Integer);
    let points = w.field(1, Type::Integer);
    let filter = w.compare(points, CompareOp::Less, outer);
    let aggregate = Aggregate {
        between: "",
        op: AggregateOp::Count,
        number: None,
        table: 1,
        by: 0,
        base: None,
        value: None,
        filter: Some(filter),
        there: None,
        dated: None,
        ty: Type::Integer,
    };
    let count = w.node(Node::Correlated(Box::new(aggregate)), Type::Integer);
    assert_eq!(w.fails(count), 0);
    let evaluator = w.evaluator().unwrap();
    let counts = evaluator.eval(count, &Frame::indices(0, &[2, 3])).unwrap();
    assert!(matches!(&counts.values, Values::Integer(n) if **n == [1, 0]));
}

#[test]
fn arguments_follow_their_rows() {
    let mut w = shop();
    let friend = w.field(1, CUSTOMER);
    let argument = w.node(Node::Parameter(0), Type::Integer);
    let threshold = w.field(2, Type::Integer);
    let sum = w.arithmetic(threshold, ArithmeticOp::Add, argument);
    let of_friend = through(&mut w, friend, sum);
    let evaluator = w.evaluator().unwrap();
    let arguments = [Vector::new(Values::Integer(vec![1, 2, 3, 4].into()))];
    let frame = Frame::range(0, 0, 4).with_parameters(&arguments);
    let out = evaluator.eval(of_friend, &frame).unwrap();
    let texts: Vec<_> = (0..4)
        .map(|row| evaluator.format_value(&out, row, Type::Integer))
        .collect();
    assert_eq!(
        texts,
        [Some("21".into()), Some("2".into()), None, Some("14".into())]
    );
}

#[test]
fn rows_inside_see_the_rows_they_belong_to() {
    let mut w = shop();
    let threshold = w.field(2, Type::Integer);
    let outer = w.node(Node::Outer(threshold), Type::Integer);
    let points = w.field(1, Type::Integer);
    let above = w.compare(points, CompareOp::Greater, outer);
    let evaluator = w.evaluator().unwrap();
    let customers = Frame::indices(0, &[2, 0]);
    let places = [1, 0, 1];
    let purchases = Frame::indices(1, &[0, 3, 6]).inside(&customers, &places);
    let out = evaluator.eval(above, &purchases).unwrap();
    assert!(matches!(&out.values, Values::YesNo(v) if **v == [false, true, true]));
}

#[test]
fn columns_read_the_columns_before_them() {
    let mut w = shop();
    let threshold = w.field(2, Type::Integer);
    let double = w.arithmetic(threshold, ArithmeticOp::Add, threshold);
    let expression = |table, node| ColumnDefinition::Expression { table, node };
    w.plan.columns.push(expression(0, double));
    let column = w.node(Node::Column(ColumnId(0)), Type::Integer);
    let more = w.arithmetic(column, ArithmeticOp::Add, threshold);
    w.plan.columns.push(expression(0, more));
    let column = w.node(Node::Column(ColumnId(1)), Type::Integer);
    w.check(column, "30 60 0 -");
    let name = w.field(0, Type::Text);
    w.plan.columns.push(expression(0, name));
    let column = w.node(Node::Column(ColumnId(2)), Type::Text);
    w.check(column, "a b c d");
    let constant = w.integer(1);
    w.plan.columns.push(expression(1, constant));
    let column = w.node(Node::Column(ColumnId(3)), Type::Integer);
    assert_eq!(w.texts_of(1, column).unwrap(), ["1"; 7]);
}

#[test]
fn deep_expressions_do_not_exhaust_the_stack() {
    let mut w = shop();
    let mut node = w.field(2, Type::Integer);
    for i in 0..5_000 {
        node = match i % 5 {
            0 => w.node(Node::Widen(node), Type::Integer),
            _ => w.node(Node::Negate(node), Type::Integer),
        };
    }
    let one = w.integer(1);
    let yes = w.compare(one, CompareOp::Equal, one);
    let lines = vec![(yes, node)];
    let choose = Node::Choose {
        lines,
        otherwise: None,
    };
    let choose = w.node(choose, Type::Number);
    w.check(choose, "10 20 0 -");
}

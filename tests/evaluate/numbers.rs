//! Arithmetic, rounding, and where it fails.

use crate::build::{World, cny, decimal, table};
use guanxi::data::ColumnType;
use guanxi::functions;
use guanxi::hir::ArithmeticOp::*;
use guanxi::plan::Node;
use guanxi::schema::{Decimal, DurationKind, Rounding, Type, Value};
use guanxi::vector::RowErrorCause;

#[test]
fn integers_are_checked_where_the_result_is_there() {
    let max = i64::MAX.to_string();
    let a: &[&str] = &["1", &max, "", &max];
    let b: &[&str] = &["2", "", "5", "1"];
    let integer = ColumnType::Integer;
    let mut w = World::new(vec![table("row", vec![(integer.clone(), a), (integer, b)])]);
    let (a, b) = (w.field(0, Type::Integer), w.field(1, Type::Integer));
    let sum = w.arithmetic(a, Add, b);
    let error = w.texts_of(0, sum).unwrap_err();
    assert_eq!((error.table, error.row, error.node), (0, 3, sum));
    assert_eq!(error.cause, RowErrorCause::Overflow);
    let difference = w.arithmetic(a, Subtract, b);
    w.check(difference, "-1 - - 9223372036854775806");
    let negative = w.node(Node::Negate(b), Type::Integer);
    w.check(negative, "-2 - -5 -1");
    let product = w.arithmetic(a, Multiply, b);
    w.check(product, "2 - - 9223372036854775807");
}

#[test]
fn decimals_round_once_and_division_by_zero_is_missing() {
    let mut w = World::of(ColumnType::Number, &["1", "-2", "0", ""]);
    let a = w.field(0, Type::Number);
    let (three, one) = (w.number("3"), w.number("1"));
    let quotient = w.arithmetic(a, Divide, three);
    w.check(quotient, "0.333333333 -0.666666667 0 -");
    let inverse = w.arithmetic(one, Divide, a);
    w.check(inverse, "1 -0.5 - -");
    let zero = w.number("0");
    let by_zero = w.arithmetic(a, Divide, zero);
    w.check(by_zero, "- - - -");
    let product = w.arithmetic(a, Multiply, three);
    w.check(product, "3 -6 0 -");
    let largest = w.constant(Value::Number(Decimal(i128::MAX)));
    let sum = w.arithmetic(largest, Add, a);
    assert_eq!(w.fails(sum), 0);
}

#[test]
fn rounding_goes_to_steps() {
    let mut w = World::of(ColumnType::Number, &["12.5", "-12.5", "12.49", ""]);
    let a = w.field(0, Type::Number);
    let mut check = |mode, step: &str, to_integer, expected: &str| {
        let node = Node::Round {
            value: a,
            mode,
            step: Value::Number(decimal(step)),
            to_integer,
        };
        let ty = if to_integer {
            Type::Integer
        } else {
            Type::Number
        };
        let node = w.node(node, ty);
        w.check(node, expected);
    };
    check(Rounding::Nearest, "1", true, "13 -13 12 -");
    check(Rounding::Up, "1", true, "13 -12 13 -");
    check(Rounding::Down, "1", false, "12 -13 12 -");
    check(Rounding::Nearest, "5", false, "15 -15 10 -");
    let mut w = World::of(ColumnType::Integer, &["14", "-15", ""]);
    let value = w.field(0, Type::Integer);
    let node = Node::Round {
        value,
        mode: Rounding::Nearest,
        step: Value::Integer(10),
        to_integer: false,
    };
    let node = w.node(node, Type::Integer);
    w.check(node, "10 -20 -");
}

#[test]
fn integers_widen_and_count_units() {
    let mut w = World::of(ColumnType::Integer, &["3", ""]);
    let a = w.field(0, Type::Integer);
    let wide = w.node(Node::Widen(a), Type::Number);
    let half = w.number("0.5");
    let sum = w.arithmetic(wide, Add, half);
    w.check(sum, "3.5 -");
    let weeks = Node::Quantity {
        factor: 7,
        value: a,
    };
    let weeks = w.node(weeks, Type::Duration(DurationKind::Days));
    assert_eq!(w.texts_of(0, weeks).unwrap(), ["21 days", "-"]);
    let call = Node::Call {
        function: functions::find("max").unwrap(),
        arguments: vec![wide, half],
    };
    let call = w.node(call, Type::Number);
    w.check(call, "3 -");
}

#[test]
fn money_is_exact_until_it_is_written() {
    let mut w = World::of(ColumnType::Money(cny()), &["10.01", "0.02"]);
    let ty = Type::Money(cny());
    let a = w.field(0, ty);
    let half = w.number("0.5");
    let product = w.arithmetic(a, Multiply, half);
    assert_eq!(w.texts_of(0, product).unwrap(), ["5.01 CNY", "0.01 CNY"]);
    let exact = w.constant(Value::Money(decimal("5.005"), cny()));
    let same = w.compare(product, guanxi::hir::CompareOp::Equal, exact);
    w.check(same, "yes no");
}

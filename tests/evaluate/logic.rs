//! Conditions, choices, what is missing.

use crate::build::{World, decimal, table};
use guanxi::data::ColumnType;
use guanxi::hir::{ArithmeticOp, CompareOp, TextOp};
use guanxi::plan::{Node, TemplatePart};
use guanxi::schema::{EnumId, Type, Value};

#[test]
fn and_or_not_are_kleenes() {
    let a: &[&str] = &["yes", "yes", "yes", "no", "no", "no", "", "", ""];
    let b: &[&str] = &["yes", "no", "", "yes", "no", "", "yes", "no", ""];
    let yes_no = ColumnType::YesNo;
    let mut w = World::new(vec![table("row", vec![(yes_no.clone(), a), (yes_no, b)])]);
    let (a, b) = (w.field(0, Type::YesNo), w.field(1, Type::YesNo));
    let and = w.node(Node::And(vec![a, b]), Type::YesNo);
    w.check(and, "yes no - no no no - no -");
    let or = w.node(Node::Or(vec![a, b]), Type::YesNo);
    w.check(or, "yes yes yes yes no - yes - -");
    let not = w.node(Node::Not(a), Type::YesNo);
    w.check(not, "no no no yes yes yes - - -");
    let known = w.node(Node::Known(a), Type::YesNo);
    w.check(known, "yes yes yes yes yes yes no no no");
    let missing = w.node(Node::Missing, Type::YesNo);
    let with_missing = w.node(Node::And(vec![a, missing, b]), Type::YesNo);
    w.check(with_missing, "- no - no no no - no -");
    let with_missing = w.node(Node::Or(vec![missing, a]), Type::YesNo);
    w.check(with_missing, "yes yes yes - - - - - -");
    let yes = w.constant(Value::YesNo(true));
    let constant = w.node(Node::And(vec![yes, missing]), Type::YesNo);
    w.check(constant, "- - - - - - - - -");
}

#[test]
fn comparisons_with_missing_are_unknown() {
    let a: &[&str] = &["1", "2", "3", ""];
    let mut w = World::of(ColumnType::Integer, a);
    let (a, two) = (w.field(0, Type::Integer), w.integer(2));
    for (op, expected) in [
        (CompareOp::Equal, "no yes no -"),
        (CompareOp::NotEqual, "yes no yes -"),
        (CompareOp::Less, "yes no no -"),
        (CompareOp::LessEqual, "yes yes no -"),
        (CompareOp::Greater, "no no yes -"),
        (CompareOp::GreaterEqual, "no yes yes -"),
    ] {
        let node = w.compare(a, op, two);
        w.check(node, expected);
    }
    let list = vec![Value::Integer(3), Value::Integer(1)];
    let node = w.node(Node::In { value: a, list }, Type::YesNo);
    w.check(node, "yes no yes -");
    let list = (2..40).map(Value::Integer).collect();
    let node = w.node(Node::In { value: a, list }, Type::YesNo);
    w.check(node, "no yes yes -");
}

#[test]
fn texts_match() {
    let mut w = World::of(
        ColumnType::Text,
        &["Lotus", "LOTUS tea", "Tea Lotus", "äÄ", ""],
    );
    let t = w.field(0, Type::Text);
    let mut check = |op, ignoring_case, needle: &str, expected: &str| {
        let right = w.constant(Value::Text(needle.into()));
        let node = Node::TextMatch {
            op,
            ignoring_case,
            left: t,
            right,
        };
        let node = w.node(node, Type::YesNo);
        w.check(node, expected);
    };
    check(TextOp::Contains, false, "Lotus", "yes no yes no -");
    check(TextOp::Contains, true, "lotus", "yes yes yes no -");
    check(TextOp::StartsWith, true, "lotus", "yes yes no no -");
    check(TextOp::EndsWith, false, "Lotus", "yes no yes no -");
    check(TextOp::Equals, true, "LOTUS", "yes no no no -");
    check(TextOp::NotEquals, true, "ÄÄ", "yes yes yes no -");
}

#[test]
fn default_stands_in_for_what_is_missing() {
    let a: &[&str] = &["1", "", "3"];
    let b: &[&str] = &["7", "8", ""];
    let integer = ColumnType::Integer;
    let mut w = World::new(vec![table("row", vec![(integer.clone(), a), (integer, b)])]);
    let (value, default) = (w.field(0, Type::Integer), w.field(1, Type::Integer));
    let node = w.node(Node::Default { value, default }, Type::Integer);
    w.check(node, "1 8 3");
}

#[test]
fn choose_takes_the_first_true_line_and_nothing_else_can_fail() {
    let max = i64::MAX.to_string();
    let cells: &[&str] = &["1", &max, "", "5", "-3"];
    let mut w = World::of(ColumnType::Integer, cells);
    let a = w.field(0, Type::Integer);
    let (zero, hundred) = (w.integer(0), w.integer(100));
    let too_large = w.compare(a, CompareOp::Greater, hundred);
    let negative = w.compare(a, CompareOp::Less, zero);
    let more = w.arithmetic(a, ArithmeticOp::Add, hundred);
    // Alone it overflows in the second row.
    assert_eq!(w.fails(more), 1);
    let node = Node::Choose {
        lines: vec![(too_large, zero), (negative, a)],
        otherwise: Some(more),
    };
    let node = w.node(node, Type::Integer);
    w.check(node, "101 0 - 105 -3");
    // The unknown takes no line; without `otherwise` it is missing.
    let node = Node::Choose {
        lines: vec![(negative, hundred), (too_large, zero)],
        otherwise: None,
    };
    let node = w.node(node, Type::Integer);
    w.check(node, "- 0 - - 100");
    // A condition below a line that was taken cannot fail either.
    let more_is_odd = w.compare(more, CompareOp::Greater, zero);
    let node = Node::Choose {
        lines: vec![(too_large, zero), (more_is_odd, a)],
        otherwise: Some(hundred),
    };
    let node = w.node(node, Type::Integer);
    w.check(node, "1 0 100 5 -3");
    // What is taken does fail.
    let node = Node::Choose {
        lines: vec![(negative, a)],
        otherwise: Some(more),
    };
    let node = w.node(node, Type::Integer);
    assert_eq!(w.fails(node), 1);
}

#[test]
fn scores_add_their_true_lines() {
    let mut w = World::of(ColumnType::Integer, &["1", "5", "", "50"]);
    let a = w.field(0, Type::Integer);
    let (two, ten) = (w.integer(2), w.integer(10));
    let above_two = w.compare(a, CompareOp::Greater, two);
    let above_ten = w.compare(a, CompareOp::Greater, ten);
    let node = Node::Score(vec![(above_two, ten), (above_ten, two)]);
    let node = w.node(node, Type::Integer);
    w.check(node, "0 10 0 12");
}

#[test]
fn levels_go_by_thresholds() {
    let mut w = World::of(ColumnType::Number, &["-1", "0", "99.99", "100", "5000", ""]);
    let value = w.field(0, Type::Number);
    let thresholds = ["0", "100", "1000"]
        .map(|t| Value::Number(decimal(t)))
        .to_vec();
    let of = |thresholds: &Vec<Value>| (value, thresholds.clone());
    let ty = Type::Enum(EnumId(0));
    let (value, list) = of(&thresholds);
    let level = w.node(
        Node::Level {
            value,
            thresholds: list,
        },
        ty,
    );
    w.check(level, "- low low middle high -");
    let (value, list) = of(&thresholds);
    let next = w.node(
        Node::NextLevel {
            value,
            thresholds: list,
        },
        ty,
    );
    w.check(next, "low middle middle high - -");
    let shortfall = Node::Shortfall { value, thresholds };
    let shortfall = w.node(shortfall, Type::Number);
    w.check(shortfall, "1 100 0.01 900 - -");
}

#[test]
fn templates_are_missing_where_a_value_is() {
    let mut w = World::of(ColumnType::Text, &["Li", ""]);
    let name = w.field(0, Type::Text);
    let money = w.constant(Value::Money(decimal("24.995"), crate::build::cny()));
    let percent = w.constant(Value::Percent(decimal("0.125")));
    let flag = w.constant(Value::YesNo(true));
    let today = w.node(Node::Today(guanxi::plan::RUN_CLOCK), Type::Date);
    let now = w.node(Node::Now(guanxi::plan::RUN_CLOCK), Type::DateTime);
    let part = |s: &str| TemplatePart::Text(s.to_string());
    let parts = vec![
        TemplatePart::Value(name),
        part(":"),
        TemplatePart::Value(money),
        part("/"),
        TemplatePart::Value(percent),
        part("/"),
        TemplatePart::Value(flag),
        part("/"),
        TemplatePart::Value(today),
        part("/"),
        TemplatePart::Value(now),
    ];
    let node = w.node(
        Node::Template {
            parts,
            voice: Default::default(),
        },
        Type::Text,
    );
    w.check(
        node,
        "Li:25.00 CNY/12.5%/yes/2026-11-21/2026-11-21T23:59:59.999999+01:00 -",
    );
}

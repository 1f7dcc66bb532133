//! Rows among the others, against the definitions of `docs/semantics.md` taken word for word.

use super::build::{World, table};
use guanxi::data::ColumnType;
use guanxi::hir::{AggregateOp, PopulationOp as Op};
use guanxi::plan::{Aggregate, ColumnDefinition, ColumnId, Node, NodeId, Ranking};
use guanxi::schema::{Decimal, ONE, Rounding, Type, div_round};
use proptest::prelude::*;

/// A row: its key, its value if known, whether it counts.
type Row = (i64, Option<i64>, bool);

fn world(rows: &[Row]) -> World {
    let cells = |f: &dyn Fn(&Row) -> String| rows.iter().map(f).collect::<Vec<_>>();
    let keys = cells(&|r| r.0.to_string());
    let values = cells(&|r| r.1.map_or(String::new(), |v| v.to_string()));
    let counts = cells(&|r| if r.2 { "yes" } else { "no" }.to_string());
    let texts = |list: &'_ [String]| -> Vec<&'static str> {
        list.iter().map(|s| &*s.clone().leak()).collect()
    };
    let (keys, values, counts) = (texts(&keys), texts(&values), texts(&counts));
    World::new(vec![table(
        "row",
        vec![
            (ColumnType::Integer, keys.as_slice()),
            (ColumnType::Integer, values.as_slice()),
            (ColumnType::YesNo, counts.as_slice()),
        ],
    )])
}

fn ranking(w: &mut World, op: Op, ty: Type) -> NodeId {
    let value = w.field(1, Type::Integer);
    let filter = Some(w.field(2, Type::YesNo));
    w.plan.columns.push(ColumnDefinition::Ranking(Ranking {
        op,
        table: 0,
        value,
        filter,
        group: None,
        there: None,
        cuts: vec![Decimal(ONE / 2), Decimal(ONE / 5 * 4)],
        ty,
    }));
    let column = ColumnId(w.plan.columns.len() as u32 - 1);
    w.node(Node::Column(column), ty)
}

fn total(w: &mut World, op: AggregateOp, ty: Type) -> NodeId {
    let value = Some(w.field(1, Type::Integer));
    let filter = Some(w.field(2, Type::YesNo));
    w.plan.columns.push(ColumnDefinition::Total(Aggregate {
        between: "",
        op,
        number: None,
        table: 0,
        by: 0,
        base: None,
        value,
        filter,
        there: None,
        dated: None,
        ty,
    }));
    let column = ColumnId(w.plan.columns.len() as u32 - 1);
    w.node(Node::Scalar(column), ty)
}

/// What a row comes to, as a text; `-` where it is not compared.
fn expected(rows: &[Row], op: Op, row: &Row) -> String {
    let compared: Vec<(i64, i64)> = rows
        .iter()
        .filter(|r| r.2)
        .filter_map(|r| Some((r.1?, r.0)))
        .collect();
    let (key, Some(value), true) = *row else {
        return "-".into();
    };
    let n = compared.len() as i64;
    let rank = 1 + compared.iter().filter(|c| c.0 > value).count() as i64;
    let part = |k: i64| ((1..=k).find(|q| q * n >= k * rank).unwrap()).to_string();
    let sum: i128 = compared.iter().map(|c| i128::from(c.0)).sum();
    let before = compared
        .iter()
        .filter(|c| c.0 > value || (c.0 == value && c.1 < key));
    let before: i128 = before.map(|c| i128::from(c.0)).sum();
    let share = |part: i128| div_round(part * ONE, sum, Rounding::Nearest);
    match op {
        Op::Rank => rank.to_string(),
        Op::Quartile => part(4),
        Op::Decile => part(10),
        _ if sum == 0 => "-".into(),
        Op::Share => Decimal(share(value.into())).to_string(),
        Op::RunningShare => Decimal(share(before + i128::from(value))).to_string(),
        Op::Abc => {
            let before = share(before);
            let class = [ONE / 2, ONE / 5 * 4].iter().filter(|c| before >= **c);
            class.count().to_string()
        }
        _ => unreachable!("not asked"),
    }
}

fn check(rows: &[Row]) {
    // As numbers, to see all digits; classes by their places.
    let asked = [
        (Op::Rank, Type::Integer),
        (Op::Quartile, Type::Integer),
        (Op::Decile, Type::Integer),
        (Op::Share, Type::Number),
        (Op::RunningShare, Type::Number),
    ];
    for (op, ty) in asked {
        let mut w = world(rows);
        let node = ranking(&mut w, op, ty);
        let found = w.texts_of(0, node).unwrap();
        let wanted: Vec<String> = rows.iter().map(|r| expected(rows, op, r)).collect();
        assert_eq!(found, wanted, "{op:?}");
    }
    let mut w = world(rows);
    let node = ranking(&mut w, Op::Abc, Type::Enum(guanxi::schema::EnumId(0)));
    let names = ["low", "middle", "high"].map(String::from);
    let found = w.texts_of(0, node).unwrap();
    let places = found.iter().map(|t| names.iter().position(|n| n == t));
    let found: Vec<String> = places
        .map(|p| p.map_or("-".into(), |p| p.to_string()))
        .collect();
    let wanted: Vec<String> = rows.iter().map(|r| expected(rows, Op::Abc, r)).collect();
    assert_eq!(found, wanted, "classes");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn few_rows(values in prop::collection::vec((prop::option::weighted(0.9, 0i64..6), prop::bool::weighted(0.9)), 0..14)) {
        // Keys that are not in the order of the rows.
        let rows: Vec<Row> = values.iter().enumerate().map(|(i, (v, c))| ((i as i64 * 5 + 3) % 17, *v, *c)).collect();
        check(&rows);
    }
}

#[test]
fn rows_of_several_batches() {
    let rows: Vec<Row> = (0..20_000)
        .map(|i: i64| {
            let known = i % 7 != 0;
            (
                i * 7_919 % 20_011,
                known.then_some(i * 31 % 1_000),
                i % 5 != 0,
            )
        })
        .collect();
    let mut w = world(&rows);
    let rank = ranking(&mut w, Op::Rank, Type::Integer);
    let sum = total(&mut w, AggregateOp::Sum, Type::Integer);
    let count = total(&mut w, AggregateOp::Count, Type::Integer);
    let highest = total(&mut w, AggregateOp::Highest, Type::Integer);
    let counted: Vec<i64> = rows.iter().filter(|r| r.2).filter_map(|r| r.1).collect();
    let first = |w: &World, node| w.texts_of(0, node).unwrap()[0].clone();
    assert_eq!(first(&w, sum), counted.iter().sum::<i64>().to_string());
    assert_eq!(first(&w, count), counted.len().to_string());
    assert_eq!(first(&w, highest), "999");
    let found = w.texts_of(0, rank).unwrap();
    for (row, rank) in rows.iter().zip(found).step_by(97) {
        assert_eq!(rank, expected(&rows, Op::Rank, row));
    }
}

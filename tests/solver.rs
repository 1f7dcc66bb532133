//! The solver against the evaluator, on generated workspaces: where a condition is true of a row, the row lies in
//! the region that the solver gives for "true", and so for false, not true and not false. So what the solver
//! proves to be empty is empty.

#[path = "support/conditions.rs"]
mod conditions;
#[path = "support/rows.rs"]
mod rows;

use conditions::{RECORDS, Random, condition};
use guanxi::engine::evaluate::Zone;
use guanxi::engine::{self, Clock, Evaluator};
use guanxi::hir::{AttributeKind, Expr, ExprKind, Given, Program};
use guanxi::plan;
use guanxi::schema::{Day, Type, Value};
use guanxi::solver::{Asked, AxisId, Coordinate, Region, Set, Solver};
use guanxi::source::SourceMap;
use rows::{CUSTOMER, CUSTOMERS, rows};
use std::collections::HashMap;

const WORKSPACES: u64 = 500;
const CONDITIONS: usize = 16;

fn program(text: &str) -> Program {
    let mut sources = SourceMap::new();
    sources.add("a.rules", text);
    let (tree, errors) = guanxi::syntax::parse(&sources.files()[0]);
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    let (program, found) = guanxi::analysis::check(&sources, &[tree], "generated");
    program.unwrap_or_else(|| panic!("{found:#?}\n{text}"))
}

/// The values of expressions on every customer.
fn values(
    program: &Program,
    given: &[Given],
    today: Day,
    questions: &[&Expr],
) -> Vec<Vec<Option<Value>>> {
    let zone = Zone::new(&program.workspace.zone).expect("a zone");
    let clock = Clock {
        today,
        now: zone.end_of(today),
        opens: zone.start_of(today),
    };
    let plan = plan::lower_values(program, CUSTOMER, questions);
    let data = engine::dataset_of(program, &plan, given, clock).expect("rows that fit together");
    let evaluator = Evaluator::new(&plan, &data, clock, None).expect("values that fit");
    let rows: Vec<u32> = (0..CUSTOMERS as u32).collect();
    engine::values_of(&evaluator, CUSTOMER.index(), &rows)
        .expect("values that fit")
        .into_iter()
        .map(|row| row.expect("customers are not dated"))
        .collect()
}

fn code(value: &Value) -> i128 {
    match value {
        Value::YesNo(b) => i128::from(*b),
        Value::Integer(n) => i128::from(*n),
        Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.0,
        Value::Date(d) => i128::from(d.0),
        Value::DateTime(n) => i128::from(*n),
        Value::Enum(_, n) => i128::from(*n),
        _ => 0,
    }
}

fn within(set: &Set, value: &Value) -> bool {
    match (set, value) {
        (Set::Texts { listed, except }, Value::Text(t)) => listed.contains(t) != *except,
        (Set::Ranges(_), Value::Text(_)) | (Set::Texts { .. }, _) => !set.is_empty(),
        (set, value) => set.contains(code(value)),
    }
}

/// Values on every customer of the axes that can be asked for, by axis.
fn coordinates(
    solver: &Solver<'_>,
    program: &Program,
    given: &[Given],
    today: Day,
) -> HashMap<AxisId, Vec<Option<Value>>> {
    let asked: Vec<(AxisId, &Expr)> = solver
        .axes()
        .filter(|(_, axis)| {
            let known = matches!(axis.coordinate, Coordinate::Value | Coordinate::FromToday);
            known && axis.site.path.is_empty() && leaves_exactly(axis.expr)
        })
        .filter_map(|(id, axis)| Some((id, axis.expr?)))
        .collect();
    let questions: Vec<&Expr> = asked.iter().map(|(_, e)| *e).collect();
    let rows = values(program, given, today, &questions);
    asked
        .iter()
        .enumerate()
        .map(|(i, (id, _))| (*id, rows.iter().map(|row| row[i].clone()).collect()))
        .collect()
}

/// Money leaves the language rounded: the generator's amounts are whole, averages are not.
fn leaves_exactly(e: Option<&Expr>) -> bool {
    e.is_some_and(|e| !matches!(e.ty.ty, Type::Money(_)) || matches!(e.kind, ExprKind::Field(_)))
}

/// Whether the region can hold a row, by the axes whose values are known.
fn holds(
    solver: &Solver<'_>,
    region: &Region,
    known: &HashMap<AxisId, Vec<Option<Value>>>,
    row: usize,
    today: Day,
) -> bool {
    region.0.iter().any(|block| {
        block.0.iter().all(|(id, cell)| {
            let axis = solver.axis_of(*id);
            if axis.expr.is_none() {
                return cell.set.contains(i128::from(today.0));
            }
            match known.get(id).map(|rows| &rows[row]) {
                None => true,
                Some(None) => cell.missing,
                Some(Some(Value::Date(day))) if axis.coordinate == Coordinate::FromToday => {
                    cell.set.contains(i128::from(day.0 - today.0))
                }
                Some(Some(value)) => within(&cell.set, value),
            }
        })
    })
}

const ALL: [Asked; 4] = [Asked::True, Asked::False, Asked::NotTrue, Asked::NotFalse];

fn is(truth: &Option<Value>, asked: Asked) -> bool {
    let yes = *truth == Some(Value::YesNo(true));
    let no = *truth == Some(Value::YesNo(false));
    match asked {
        Asked::True => yes,
        Asked::False => no,
        Asked::NotTrue => !yes,
        Asked::NotFalse => !no,
    }
}

#[test]
fn regions_hold_what_the_evaluator_finds() {
    let mut proofs = 0;
    for seed in 0..WORKSPACES {
        let mut random = Random::new(seed);
        let mut text = RECORDS.to_owned();
        for n in 0..CONDITIONS {
            text += &format!(
                "segment s{n} of customer where {}\n",
                condition(&mut random, 3)
            );
        }
        let program = program(&text);
        let segments: Vec<&Expr> = program
            .attributes
            .iter()
            .filter_map(|a| match &a.kind {
                AttributeKind::Segment(e) => Some(e),
                _ => None,
            })
            .collect();
        let today = Day(20_000 + random.below(3_000) as i32);
        let given = rows(&program, &mut random, today.0);
        let truths = values(&program, &given, today, &segments);
        let mut solver = Solver::new(&program);
        let regions: Vec<Vec<Region>> = segments
            .iter()
            .map(|s| ALL.map(|asked| solver.region(CUSTOMER, s, asked)).into())
            .collect();
        let known = coordinates(&solver, &program, &given, today);
        for (place, regions) in regions.iter().enumerate() {
            for (region, asked) in regions.iter().zip(ALL) {
                let empty = solver.is_empty(region);
                proofs += usize::from(empty);
                for (row, truth) in truths.iter().enumerate() {
                    let wrong = is(&truth[place], asked)
                        && (empty || !holds(&solver, region, &known, row, today));
                    assert!(
                        !wrong,
                        "workspace {seed}, {asked:?}, on {today}, {:?}\n{}\n{region:#?}",
                        given[row].values,
                        text.lines()
                            .filter(|l| l.starts_with("segment"))
                            .nth(place)
                            .unwrap()
                    );
                }
            }
        }
    }
    println!("{proofs} regions were empty");
    assert!(proofs > 500, "only {proofs} regions were empty");
}

const SHOP: &str = "workspace \"Shop\" {
  currency CNY
  time zone \"Asia/Shanghai\"
  leap day on 28 February
}

record customer {
  id: text key
  city: text
  visits: integer
  children: integer optional
  spend: money
  joined: date
  birthday: date optional
  purchases: many purchase by customer
  bookings: many booking by customer
}

record purchase dated by on {
  id: text key
  customer: customer
  on: date
  rating: integer optional
}

record booking dated by on ahead {
  id: text key
  customer: customer
  on: date
}

tiers family for customer by children {
  small from 1
  large from 4
}
";

/// Conditions that somebody can fulfil, though rarely by chance.
const POSSIBLE: &[&str] = &[
    "(if children > 3 then 1 otherwise 2) = 2 and children is missing",
    "family is missing and children is missing",
    "(children default visits) is known and children is missing",
    "count of purchases.rating = 0 and any of purchases",
    "(any of purchases) and highest of purchases.rating is missing",
    "weeks since joined = 1 and days since joined = 7",
    "weeks until joined = -1 and days since joined = 10",
    "all of (\n  if birthday <= 2000-01-01 then no otherwise yes,\n  \
     if birthday > 2000-01-01 then no otherwise yes,\n  \
     if days since birthday >= 0 then no otherwise yes,\n)",
    "average of purchases.rating > 9_300_000_000",
    "month(joined) = 1 and day(joined) = 31",
    "city contains \"a\" ignoring case and not (city contains \"a\")",
    "(any of purchases in last 3 months) and no purchases in last 3 days",
    "latest of bookings.on > today",
    "all of (\n  lunar anniversary of birthday in last 178 days,\n  \
     lunar anniversary of birthday in next 178 days,\n  lunar anniversary of birthday is not today,\n)",
];

#[test]
fn what_somebody_can_be_is_not_proven_empty() {
    let ways: Vec<String> = (0..70)
        .map(|n| format!("visits = {n} and spend = {n} CNY"))
        .collect();
    let many = format!("any of ({})", ways.join(", "));
    let conditions = POSSIBLE.iter().copied().chain([many.as_str()]);
    let mut text = SHOP.to_owned();
    for (n, condition) in conditions.enumerate() {
        text += &format!("segment s{n} of customer where {condition}\n");
    }
    let program = program(&text);
    let mut solver = Solver::new(&program);
    for attribute in &program.attributes {
        if let AttributeKind::Segment(e) = &attribute.kind {
            let region = solver.region(CUSTOMER, e, Asked::True);
            assert!(!solver.is_empty(&region), "{}\n{text}", attribute.name);
        }
    }
}

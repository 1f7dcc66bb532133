//! Comparisons of a column of 64 bits with constants, one or two of them, found in one loop over the column as it lies.

use super::Evaluator;
use crate::data::ColumnValues;
use crate::hir::CompareOp;
use crate::plan::{Node, NodeId};
use crate::schema::{SCALE, Value};

/// Values in a column's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least and the greatest; `None`: no value lies inside.
    bounds: Option<(i64, i64)>,
    /// The values inside the bounds, or all others.
    inside: bool,
}

impl Range {
    /// The values for which a comparison holds with a constant that lies at `floor`, or, not `exact`, between it and
    /// the next.
    fn of(op: CompareOp, floor: i128, exact: bool) -> Range {
        let (below, above) = match exact {
            true => (floor.saturating_sub(1), floor),
            false => (floor, floor.saturating_add(1)),
        };
        let (low, high) = match op {
            // Nothing is equal to what lies between two values.
            CompareOp::Equal | CompareOp::NotEqual => (above, floor),
            CompareOp::Less => (i128::MIN, below),
            CompareOp::LessEqual => (i128::MIN, floor),
            CompareOp::Greater => (floor.saturating_add(1), i128::MAX),
            CompareOp::GreaterEqual => (above, i128::MAX),
        };
        let (low, high) = (low.max(i64::MIN.into()), high.min(i64::MAX.into()));
        let bounds = i64::try_from(low).ok().zip(i64::try_from(high).ok());
        Range {
            bounds: bounds.filter(|(low, high)| low <= high),
            inside: op != CompareOp::NotEqual,
        }
    }

    /// What lies in both; `None` where that has no bounds.
    fn and(self, other: Range) -> Option<Range> {
        let both = self.bounds.zip(other.bounds);
        let both = both.map(|((a, b), (c, d))| (a.max(c), b.min(d)));
        (self.inside && other.inside).then(|| Range {
            bounds: both.filter(|(low, high)| low <= high),
            inside: true,
        })
    }

    /// Which of these values are in it.
    pub fn holds(self, values: &[i64]) -> Vec<bool> {
        let Range { bounds, inside } = self;
        let Some((low, high)) = bounds else {
            return vec![!inside; values.len()];
        };
        // Counted from `low` without sign, one comparison tells both. Baseline x86-64 has no vectors that compare 64
        // bits: a borrow, one row at a time, takes half as long as what stands in for them.
        let span = high.wrapping_sub(low) as u64;
        let outside = |v: &i64| span.overflowing_sub(v.wrapping_sub(low) as u64).1;
        match inside {
            true => values.iter().map(|v| !outside(v)).collect(),
            false => values.iter().map(outside).collect(),
        }
    }
}

impl Evaluator<'_> {
    /// The values of a column for which a node holds that compares nothing but this column with constants.
    pub(super) fn range_of(&self, node: &Node, column: &ColumnValues) -> Option<Range> {
        match node {
            Node::Compare { op, right, .. } => {
                let Node::Constant(constant) = self.plan.nodes.get(*right) else {
                    return None;
                };
                range(*op, constant, column)
            }
            Node::And(list) => {
                let mut ranges = list
                    .iter()
                    .map(|n| self.range_of(self.plan.nodes.get(*n), column));
                let first = ranges.next()??;
                ranges.try_fold(first, |all, next| all.and(next?))
            }
            _ => None,
        }
    }

    /// What all of these compare with something, if it is the same.
    pub(super) fn left_of_all(&self, list: &[NodeId]) -> Option<NodeId> {
        let mut lefts = list.iter().map(|n| match self.plan.nodes.get(*n) {
            Node::Compare { left, .. } => Some(*left),
            _ => None,
        });
        let first = lefts.next()??;
        lefts.all(|left| left == Some(first)).then_some(first)
    }
}

fn range(op: CompareOp, constant: &Value, column: &ColumnValues) -> Option<Range> {
    use ColumnValues as C;
    Some(match (column, constant) {
        (C::Integer(_), Value::Integer(n))
        | (C::DateTime(_), Value::DateTime(n))
        | (C::Duration(_), Value::Duration(_, n)) => Range::of(op, (*n).into(), true),
        (C::Decimal { scale, .. }, Value::Number(d) | Value::Percent(d) | Value::Money(d, _)) => {
            let unit = 10i128.pow(SCALE - u32::from(*scale));
            Range::of(op, d.0.div_euclid(unit), d.0.rem_euclid(unit) == 0)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::evaluate::kernels::compare::compare;
    use crate::schema::Decimal;
    use crate::vector::{Values, Vector};
    use proptest::prelude::*;
    use std::borrow::Cow;

    const OPS: [CompareOp; 6] = [
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessEqual,
        CompareOp::Greater,
        CompareOp::GreaterEqual,
    ];

    fn number() -> impl Strategy<Value = i64> {
        prop_oneof![-3i64..4, Just(i64::MIN), Just(i64::MAX), any::<i64>()]
    }

    fn expected(op: CompareOp, values: &Values<'_>, constant: Values<'_>) -> Vec<bool> {
        let (left, right) = (Vector::new(values.clone()), Vector::new(constant));
        let holds = compare(op, &left, &right.into_owned(), values.len());
        let Values::YesNo(holds) = holds.values else {
            unreachable!()
        };
        holds.into_owned()
    }

    proptest! {
        #[test]
        fn decimals_compare_as_billionths(
            values in prop::collection::vec(number(), 1..9),
            scale in 0u8..=9,
            near in number(),
            off in -2i128..3,
            far in prop::option::weighted(0.1, any::<i128>()),
        ) {
            let unit = 10i128.pow(SCALE - u32::from(scale));
            let constant = far.unwrap_or(i128::from(near) * unit + off);
            let wide: Vec<i128> = values.iter().map(|v| i128::from(*v) * unit).collect();
            let wide = Values::Decimal(Cow::Owned(wide));
            let column = ColumnValues::Decimal { scale, values: values.clone() };
            for op in OPS {
                let expected = expected(op, &wide, Values::Decimal(vec![constant].into()));
                let range = range(op, &Value::Number(Decimal(constant)), &column);
                prop_assert_eq!(range.map(|r| r.holds(&values)), Some(expected));
            }
        }

        #[test]
        fn two_integers_bound_a_range(
            values in prop::collection::vec(number(), 1..9),
            (a, b) in (number(), number()),
        ) {
            let column = ColumnValues::Integer(values.clone());
            let wide = Values::Integer(Cow::Borrowed(&values));
            let of = |op, n| range(op, &Value::Integer(n), &column).unwrap();
            for first in OPS {
                let left = expected(first, &wide, Values::Integer(vec![a].into()));
                prop_assert_eq!(of(first, a).holds(&values), left.clone());
                for second in OPS {
                    let right = expected(second, &wide, Values::Integer(vec![b].into()));
                    let both: Vec<bool> = left.iter().zip(right).map(|(l, r)| *l && r).collect();
                    match of(first, a).and(of(second, b)) {
                        Some(range) => prop_assert_eq!(range.holds(&values), both),
                        None => prop_assert!([first, second].contains(&CompareOp::NotEqual)),
                    }
                }
            }
        }
    }
}

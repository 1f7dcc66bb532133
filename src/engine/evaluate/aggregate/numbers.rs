//! Counts, sums, averages, conditions.

use super::fold::Operation;
use super::{HolderError, Part};
use crate::hir::AggregateOp;
use crate::plan::Aggregate;
use crate::schema::{ONE, Rounding, Type, div_round};
use crate::vector::{RowErrorCause, Values, Vector};

/// How many rows, or whether that many.
pub(super) struct Counting {
    op: AggregateOp,
    number: i64,
}

impl Counting {
    pub fn new(aggregate: &Aggregate) -> Self {
        Counting {
            op: aggregate.op,
            number: aggregate.number.unwrap_or(0),
        }
    }
}

impl Operation for Counting {
    type State = i64;
    type Input<'p> = ();

    fn open<'p>(&self, _: &'p Part<'p>) {}

    fn add(&self, count: &mut i64, _: &(), _: usize, _: usize) {
        *count += 1;
    }

    fn finish(&self, counts: Vec<i64>) -> Result<Vector<'static>, HolderError> {
        let condition = |holds: fn(&i64, &i64) -> bool| {
            Values::YesNo(counts.iter().map(|n| holds(n, &self.number)).collect())
        };
        Ok(Vector::new(match self.op {
            AggregateOp::AtLeast => condition(i64::ge),
            AggregateOp::AtMost => condition(i64::le),
            AggregateOp::Exactly => condition(i64::eq),
            _ => Values::Integer(counts.into()),
        }))
    }
}

/// `any` and `no`: Kleene's `or` over the rows' conditions, and its negation.
pub(super) struct Condition {
    no: bool,
}

impl Condition {
    pub fn new(op: AggregateOp) -> Self {
        Condition {
            no: op == AggregateOp::No,
        }
    }
}

/// What has been seen of a holder's conditions.
#[derive(Default, Clone)]
pub(super) struct Seen {
    yes: bool,
    unknown: bool,
}

/// For each row that counts: whether it holds rather than is unknown, and of yes/no values what they are.
pub(super) struct Conditions<'p> {
    certain: &'p [bool],
    values: Option<&'p [bool]>,
}

impl Operation for Condition {
    type State = Seen;
    type Input<'p> = Conditions<'p>;

    fn open<'p>(&self, part: &'p Part<'p>) -> Conditions<'p> {
        let values = match part.value.as_ref().map(|v| &v.values) {
            Some(Values::YesNo(values)) => Some(&**values),
            _ => None,
        };
        Conditions {
            certain: &part.certain,
            values,
        }
    }

    fn add(&self, seen: &mut Seen, input: &Conditions<'_>, i: usize, place: usize) {
        let holds = |v: &[bool]| v[if v.len() == 1 { 0 } else { place }];
        if input.values.is_none_or(holds) {
            seen.yes |= input.certain[i];
            seen.unknown |= !input.certain[i];
        }
    }

    fn finish(&self, seen: Vec<Seen>) -> Result<Vector<'static>, HolderError> {
        let values = seen.iter().map(|s| s.yes != self.no).collect();
        let valid: Vec<bool> = seen.iter().map(|s| s.yes || !s.unknown).collect();
        let valid = valid.contains(&false).then_some(valid);
        Ok(Vector::with_valid(Values::YesNo(values), valid))
    }
}

/// Sums and averages.
pub(super) struct Total {
    average: bool,
    ty: Type,
}

impl Total {
    pub fn new(op: AggregateOp, ty: Type) -> Self {
        Total {
            average: op == AggregateOp::Average,
            ty,
        }
    }
}

/// The sum is `sum` + `carry` × 2^128, exact in between, so that it overflows only if it is too large in the
/// end, in whatever order its terms come.
#[derive(Default, Clone)]
pub(super) struct Sum {
    sum: i128,
    carry: i32,
    count: u64,
}

impl Sum {
    #[inline]
    fn add(&mut self, term: i128) {
        let (sum, overflow) = self.sum.overflowing_add(term);
        self.sum = sum;
        if overflow {
            self.carry += if term < 0 { -1 } else { 1 };
        }
        self.count += 1;
    }
}

pub(super) enum Terms<'p> {
    Integers(&'p [i64]),
    Decimals(&'p [i128]),
}

impl Operation for Total {
    type State = Sum;
    type Input<'p> = Terms<'p>;

    fn open<'p>(&self, part: &'p Part<'p>) -> Terms<'p> {
        match part.value.as_ref().map(|v| &v.values) {
            Some(Values::Integer(v) | Values::Duration(v)) => Terms::Integers(v),
            Some(Values::Decimal(v)) => Terms::Decimals(v),
            _ => unreachable!("checked: numbers"),
        }
    }

    fn add(&self, sum: &mut Sum, terms: &Terms<'_>, _: usize, place: usize) {
        match terms {
            Terms::Integers(v) => sum.add(v[if v.len() == 1 { 0 } else { place }].into()),
            Terms::Decimals(v) => sum.add(v[if v.len() == 1 { 0 } else { place }]),
        }
    }

    fn finish(&self, sums: Vec<Sum>) -> Result<Vector<'static>, HolderError> {
        match (self.average, self.ty) {
            (true, _) => self.averages(&sums),
            (false, Type::Integer) => Ok(Vector::new(Values::Integer(
                collect(&sums, integer)?.into(),
            ))),
            (false, Type::Duration(_)) => Ok(Vector::new(Values::Duration(
                collect(&sums, integer)?.into(),
            ))),
            (false, _) => Ok(Vector::new(Values::Decimal(
                collect(&sums, decimal)?.into(),
            ))),
        }
    }
}

impl Total {
    /// Missing where there is nothing; rounded once.
    fn averages(&self, sums: &[Sum]) -> Result<Vector<'static>, HolderError> {
        let unit = match self.ty {
            Type::Integer => ONE,
            _ => 1,
        };
        let average = |s: &Sum| match s.count {
            0 => Some(0),
            n => Some(div_round(
                decimal(s)?.checked_mul(unit)?,
                n.into(),
                Rounding::Nearest,
            )),
        };
        let values = collect(sums, average)?;
        let valid: Vec<bool> = sums.iter().map(|s| s.count > 0).collect();
        let valid = valid.contains(&false).then_some(valid);
        let values = match self.ty {
            Type::Duration(_) => Values::Duration(values.iter().map(|n| *n as i64).collect()),
            _ => Values::Decimal(values.into()),
        };
        Ok(Vector::with_valid(values, valid))
    }
}

fn decimal(sum: &Sum) -> Option<i128> {
    (sum.carry == 0).then_some(sum.sum)
}

fn integer(sum: &Sum) -> Option<i64> {
    i64::try_from(decimal(sum)?).ok()
}

fn collect<T>(sums: &[Sum], f: impl Fn(&Sum) -> Option<T>) -> Result<Vec<T>, HolderError> {
    let value = |(holder, sum): (usize, &Sum)| {
        f(sum).ok_or(HolderError {
            holder,
            cause: RowErrorCause::Overflow,
        })
    };
    sums.iter().enumerate().map(value).collect()
}

//! The place of each row among the others: ranks, quantiles, shares, classes.

use super::one_holder;
use crate::data::{Column, ColumnValues};
use crate::engine::evaluate::aggregate::Selection;
use crate::engine::evaluate::{EvalError, Evaluator, Frame};
use crate::hir::PopulationOp;
use crate::plan::Ranking;
use crate::schema::{Decimal, Type};
use crate::vector::{RowErrorCause, Values, Vector};
use rayon::prelude::*;
use std::cmp::Reverse;

/// A row that counts, with its value.
#[derive(Clone, Copy)]
struct Compared {
    /// Only rows of one group are compared.
    group: u32,
    value: i128,
    row: u32,
}

/// What did not fit, at a row.
struct Overflow(u32);

impl Evaluator<'_> {
    pub(in super::super) fn ranking(
        &self,
        ranking: &Ranking,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Column, EvalError> {
        let mut compared = self.compared(ranking, progress)?;
        let table = ranking.table;
        if matches!(ranking.op, PopulationOp::RunningShare | PopulationOp::Abc) {
            compared.par_sort_unstable_by(|a, b| {
                a.group
                    .cmp(&b.group)
                    .then(b.value.cmp(&a.value))
                    .then_with(|| self.data.compare_keys(table, a.row, b.row))
            });
        } else {
            compared.par_sort_unstable_by_key(|c| (c.group, Reverse(c.value), c.row));
        }
        let rows = self.data.tables[table].rows;
        column(ranking, &compared, rows).map_err(|Overflow(row)| EvalError {
            table,
            row: row as usize,
            node: self.being_computed(),
            cause: RowErrorCause::Overflow,
        })
    }

    /// The rows that are there, for which the filter is true and the value known.
    fn compared(
        &self,
        ranking: &Ranking,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Compared>, EvalError> {
        let rows_that_count = Selection {
            there: ranking.there,
            filter: ranking.filter,
            kleene: false,
            value: Some(ranking.value),
        };
        let groups = match ranking.group {
            Some(key) => Some(self.groups(ranking.table, key, None)?),
            None => None,
        };
        let group_of = |row: u32| groups.as_ref().map_or(0, |g| g.of[row as usize]);
        let mut compared = Vec::new();
        self.batches(
            self.data.tables[ranking.table].rows,
            |start, len| {
                let frame = Frame::range(ranking.table, start, len);
                let (mask, values) =
                    self.select(&rows_that_count, ranking.table, &frame, &one_holder())?;
                let values = match values {
                    Some(values) => values,
                    None => self.get(ranking.value, &frame)?,
                };
                progress(len);
                let of = |place: u32| Compared {
                    group: group_of(start as u32 + place),
                    value: size(&values, place as usize),
                    row: start as u32 + place,
                };
                Ok(mask.places().map(of).collect())
            },
            |batches: Vec<Vec<Compared>>| batches.into_iter().for_each(|b| compared.extend(b)),
        )?;
        Ok(compared)
    }
}

/// A value as a number that is the larger, the larger the value.
pub fn size(vector: &Vector<'_>, row: usize) -> i128 {
    let place = vector.place(row);
    match &vector.values {
        Values::Integer(v) | Values::DateTime(v) | Values::Duration(v) => v[place].into(),
        Values::Decimal(v) => v[place],
        Values::Date(v) => v[place].into(),
        Values::Time(v) | Values::Enum(v) | Values::Reference(v) => v[place].into(),
        Values::YesNo(v) => v[place].into(),
        Values::Text(_) => unreachable!("checked: what has a size"),
    }
}

/// The results by row; missing where a row does not count.
fn column(ranking: &Ranking, compared: &[Compared], rows: usize) -> Result<Column, Overflow> {
    let mut valid = vec![false; rows];
    let groups = compared.chunk_by(|a, b| a.group == b.group);
    let values = match ranking.op {
        PopulationOp::Share | PopulationOp::RunningShare => {
            let mut out = vec![0; rows];
            for group in groups {
                for (row, share) in shares(group, ranking.op == PopulationOp::RunningShare)? {
                    valid[row] = true;
                    out[row] = share.0;
                }
            }
            ColumnValues::WideDecimal(out)
        }
        PopulationOp::Abc => {
            let mut out = vec![0; rows];
            for group in groups {
                let mut before = Decimal::ZERO;
                for (row, share) in shares(group, true)? {
                    valid[row] = true;
                    out[row] = ranking.cuts.iter().filter(|cut| before >= **cut).count() as u32;
                    before = share;
                }
            }
            debug_assert!(matches!(ranking.ty, Type::Enum(_)));
            ColumnValues::Enum(out)
        }
        op => {
            let mut out = vec![0; rows];
            for group in groups {
                for (row, rank) in ranks(group) {
                    valid[row] = true;
                    out[row] = quantile(op, rank, group.len() as i64);
                }
            }
            ColumnValues::Integer(out)
        }
    };
    Ok(Column {
        values,
        valid: valid.contains(&false).then_some(valid),
    })
}

/// Rows and ranks; equal values share the better one.
fn ranks(compared: &[Compared]) -> impl Iterator<Item = (usize, i64)> {
    let mut rank = 0;
    compared.iter().enumerate().map(move |(i, c)| {
        if i == 0 || compared[i - 1].value != c.value {
            rank = i as i64 + 1;
        }
        (c.row as usize, rank)
    })
}

/// The part of `n` rows, 1 for the top, in which a rank lies: the part times the rank by `n`, rounded up.
fn quantile(op: PopulationOp, rank: i64, n: i64) -> i64 {
    let parts = match op {
        PopulationOp::Quartile => 4,
        PopulationOp::Quintile => 5,
        PopulationOp::Decile => 10,
        _ => return rank,
    };
    (parts * rank + n - 1) / n
}

/// Each row's share of the sum of all, or, running, of the rows up to it and itself. None where the sum is 0.
fn shares(compared: &[Compared], running: bool) -> Result<Vec<(usize, Decimal)>, Overflow> {
    let mut sums = Vec::with_capacity(compared.len());
    let mut sum: i128 = 0;
    for c in compared {
        sum = sum.checked_add(c.value).ok_or(Overflow(c.row))?;
        sums.push(sum);
    }
    if sum == 0 {
        return Ok(Vec::new());
    }
    compared
        .iter()
        .zip(sums)
        .map(|(c, up_to)| {
            let part = Decimal(if running { up_to } else { c.value });
            let share = part.checked_div(Decimal(sum)).ok_or(Overflow(c.row))?;
            Ok((c.row as usize, share))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(values: &[i128]) -> Vec<Compared> {
        let of = |(row, value): (usize, &i128)| Compared {
            group: 0,
            value: *value,
            row: row as u32,
        };
        values.iter().enumerate().map(of).collect()
    }

    #[test]
    fn equal_values_share_the_better_rank() {
        let found: Vec<i64> = ranks(&compared(&[9, 7, 7, 5])).map(|(_, r)| r).collect();
        assert_eq!(found, [1, 2, 2, 4]);
    }

    #[test]
    fn quantiles_of_few_rows_leave_some_out() {
        let quartiles = |n: i64| {
            (1..=n)
                .map(move |r| quantile(PopulationOp::Quartile, r, n))
                .collect::<Vec<_>>()
        };
        assert_eq!(quartiles(1), [4]);
        assert_eq!(quartiles(3), [2, 3, 4]);
        assert_eq!(quartiles(8), [1, 1, 2, 2, 3, 3, 4, 4]);
    }

    #[test]
    fn what_does_not_fit_is_found() {
        let found = shares(&compared(&[i128::MAX, 1]), false);
        assert!(matches!(found, Err(Overflow(1))));
        assert!(shares(&compared(&[5, -5]), false).is_ok_and(|s| s.is_empty()));
    }
}

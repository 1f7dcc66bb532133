//! Days that come back: anniversaries, lunar anniversaries, occasions.

use super::dates::days;
use crate::calendar::{Occasion, OutsideCalendar, anniversary, lunar};
use crate::engine::evaluate::Zone;
use crate::hir::LeapDay;
use crate::schema::Day;
use crate::vector::{KernelResult, RowError, RowErrorCause, Values, Vector, merge_valid};
use std::borrow::Cow;
use std::rc::Rc;

/// What comes back, with the dates that it comes back of.
pub enum Days<'a> {
    Anniversary(Rc<Vector<'a>>, LeapDay),
    LunarAnniversary(Rc<Vector<'a>>),
    Occasion(&'a Occasion, LeapDay),
}

impl<'a> Days<'a> {
    fn dates(&self) -> Option<&Vector<'a>> {
        match self {
            Days::Anniversary(dates, _) | Days::LunarAnniversary(dates) => Some(dates),
            Days::Occasion(..) => None,
        }
    }

    /// `date` is that of the row, if there is one.
    fn nearest(&self, date: Day, today: Day) -> Result<Option<Day>, OutsideCalendar> {
        match self {
            Days::Anniversary(_, leap_day) => Ok(anniversary::nearest_to(date, today, *leap_day)),
            Days::LunarAnniversary(_) => lunar::nearest_anniversary(date, today).map(Some),
            Days::Occasion(occasion, leap_day) => occasion.nearest(today, *leap_day).map(Some),
        }
    }

    fn any_within(&self, date: Day, from: Day, to: Day) -> Result<bool, OutsideCalendar> {
        match self {
            Days::Anniversary(_, leap_day) => {
                Ok(anniversary::any_within(date, from, to, *leap_day))
            }
            Days::LunarAnniversary(_) => lunar::anniversary_within(date, from, to),
            Days::Occasion(occasion, leap_day) => occasion.any_within(from, to, *leap_day),
        }
    }
}

fn outside(row: usize) -> RowError {
    RowError {
        row,
        cause: RowErrorCause::OutsideCalendar,
    }
}

/// The occurrence nearest `today`, of each row; missing where there is none.
pub fn nearest<'a>(of: &Days<'a>, today: Day, zone: &Zone) -> KernelResult<'a> {
    let dates = of.dates();
    let known = |row: usize| dates.is_none_or(|d| d.is_valid(row));
    let days = dates.map_or(Cow::Borrowed(&[0][..]), |d| days(d, zone));
    let mut out = Vec::with_capacity(days.len());
    let mut valid = Vec::with_capacity(days.len());
    for (row, date) in days.iter().enumerate() {
        let day = match known(row) {
            true => of.nearest(Day(*date), today).map_err(|_| outside(row))?,
            false => None,
        };
        out.push(day.map_or(0, |d| d.0));
        valid.push(day.is_some());
    }
    let valid = valid.contains(&false).then_some(valid);
    Ok(Vector::with_valid(Values::Date(out.into()), valid))
}

/// Whether any occurrence lies from `from` to `to`, both in, of each row.
pub fn within<'a>(
    of: &Days<'a>,
    from: &Vector<'a>,
    to: &Vector<'a>,
    zone: &Zone,
    rows: usize,
) -> KernelResult<'a> {
    let dates = of.dates();
    let operands: Vec<&Vector<'_>> = dates.into_iter().chain([from, to]).collect();
    let n = match operands.iter().all(|v| v.is_constant()) {
        true => 1,
        false => rows,
    };
    let valid = merge_valid(&operands, rows);
    let at = |days: &[i32], row: usize| Day(days[if days.len() == 1 { 0 } else { row }]);
    let (firsts, lasts) = (days(from, zone), days(to, zone));
    let dates = dates.map_or(Cow::Borrowed(&[0][..]), |d| days(d, zone));
    let mut out = Vec::with_capacity(n);
    for row in 0..n {
        let known = valid.as_ref().is_none_or(|v| v[row]);
        out.push(
            known
                && of
                    .any_within(at(&dates, row), at(&firsts, row), at(&lasts, row))
                    .map_err(|_| outside(row))?,
        );
    }
    Ok(Vector::with_valid(Values::YesNo(out.into()), valid))
}

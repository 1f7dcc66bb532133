//! `add_working_days(d, n)`

use super::{Function, INTEGER, takes};
use crate::schema::{Day, Type};
use crate::vector::{RowErrorCause, Values, Vector, merge_valid, try_zip};
use std::borrow::Cow;

pub static FUNCTION: Function = Function {
    name: "add_working_days",
    signature: "add_working_days(d, n)",
    docs: r#"The date `n` working days (Monday to Friday) after `d`, or before it where `n` is negative. Public holidays
count as working days. 0 days after a date is the date itself, also on a weekend.

```guanxi
add_working_days(2026-11-20, 1) = 2026-11-23
add_working_days(2026-11-21, 1) = 2026-11-23
add_working_days(2026-11-23, -1) = 2026-11-20
add_working_days(2026-11-21, 0) = 2026-11-21
```
"#,
    result: |arguments| {
        takes(arguments, &[("a date", |t| t == Type::Date), INTEGER]).map(|()| Type::Date)
    },
    may_be_missing: false,
    kernel: |a, context| {
        let (Values::Date(days), Values::Integer(counts)) = (&a[0].values, &a[1].values) else {
            unreachable!("checked: a date and an integer")
        };
        let valid = merge_valid(&[&a[0], &a[1]], context.rows);
        let days = try_zip(
            days,
            counts,
            context.rows,
            valid.as_deref(),
            RowErrorCause::DateOutOfRange,
            |day, n| add(Day(day), n).map(|d| d.0),
        )?;
        Ok(Vector {
            values: Values::Date(Cow::Owned(days)),
            valid: valid.map(Cow::Owned),
        })
    },
};

fn add(day: Day, n: i64) -> Option<Day> {
    let weekday = i64::from(day.weekday());
    // From a weekend, the working day behind it in the direction of travel counts as the start.
    let (start, from) = match weekday {
        5 | 6 if n > 0 => (4 - weekday, 4),
        5 | 6 if n < 0 => (7 - weekday, 0),
        _ => (0, weekday),
    };
    if n == 0 {
        return Some(day);
    }
    // Working days since that week's Monday, and back.
    let target = from.checked_add(n)?;
    let shift = target
        .div_euclid(5)
        .checked_mul(7)?
        .checked_add(target.rem_euclid(5) - from)?;
    day.add_days(start.checked_add(shift)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_walking_day_by_day() {
        for first in 20_000..20_014 {
            for n in -23i64..=23 {
                let (mut day, mut left) = (Day(first), n.abs());
                while left > 0 {
                    day = day.add_days(n.signum()).unwrap();
                    left -= i64::from(day.weekday() < 5);
                }
                assert_eq!(add(Day(first), n), Some(day), "{} {n}", Day(first));
            }
        }
        assert_eq!(add(Day(0), i64::MAX), None);
        assert_eq!(add(Day(0), i64::MIN), None);
    }
}

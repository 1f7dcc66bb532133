//! Values of a set that a person would write.

use super::super::set::{HIGHEST, LOWEST, Set};
use crate::schema::{DAY_MICROS, Day, Decimal, ONE, Type, Value};

/// A value of the set; which one, by the variant.
pub fn value(ty: Type, set: &Set, today: i128, variant: usize) -> Option<Value> {
    match set {
        Set::Texts { listed, except } => {
            let text = match except {
                false => listed.iter().nth(variant % listed.len().max(1))?.clone(),
                true => ["elsewhere", "other", "another", "a"]
                    .into_iter()
                    .map(Into::into)
                    .find(|t| !listed.contains(t))?,
            };
            Some(Value::Text(text))
        }
        Set::Ranges(ranges) => {
            if ty == Type::Date {
                return value_of(ty, day(set, today - 30, variant)?);
            }
            let usual = usual(ty, today);
            if variant == 0 && set.contains(usual) && set.hull() == Some((LOWEST, HIGHEST)) {
                return value_of(ty, usual);
            }
            let mut choices = Vec::new();
            for (low, high) in ranges {
                choices.push(nice(ty, *low, *high));
            }
            for (low, high) in ranges {
                choices.push(*low);
                choices.push(*high);
            }
            choices.dedup();
            // The ends of all numbers are none that somebody has.
            let most = 1_000_000_000_000 * step(ty);
            choices.retain(|n| n.abs() < most);
            value_of(ty, *choices.get(variant % choices.len().max(1))?)
        }
    }
}

/// A round number of a range.
fn nice(ty: Type, low: i128, high: i128) -> i128 {
    let step = step(ty);
    let open = -1_000_000_000_000 * step;
    if low < open && high > -open {
        return 0;
    }
    if low < open {
        return if high >= 0 {
            0
        } else {
            high.div_euclid(step) * step
        };
    }
    for unit in [step, step / 100] {
        if unit > 0 {
            let up = low.div_euclid(unit) + i128::from(low.rem_euclid(unit) > 0);
            if up * unit <= high {
                return up * unit;
            }
        }
    }
    low
}

/// What counts as one.
pub fn step(ty: Type) -> i128 {
    match ty {
        Type::Number | Type::Money(_) => ONE,
        Type::Percent => ONE / 100,
        Type::DateTime => i128::from(DAY_MICROS),
        Type::Time => 3600,
        _ => 1,
    }
}

/// What a value is where nobody cares.
pub fn usual(ty: Type, today: i128) -> i128 {
    match ty {
        Type::Date => today - 30,
        Type::DateTime => (today - 30) * i128::from(DAY_MICROS) + i128::from(DAY_MICROS / 2),
        Type::Time => 12 * 3600,
        _ => 0,
    }
}

/// A day of the set, `near` if it is one.
pub fn day(set: &Set, near: i128, variant: usize) -> Option<i128> {
    if variant == 0 && set.contains(near) {
        return Some(near);
    }
    let Set::Ranges(ranges) = set else {
        return None;
    };
    let mut choices = Vec::new();
    for (low, high) in ranges {
        match (*low > -2_000_000, *high < 3_000_000) {
            (true, true) => choices.extend([*low, (low + high) / 2, *high]),
            (true, false) => choices.extend([*low, low + 45]),
            (false, true) => choices.extend([*high, high - 45]),
            (false, false) => choices.push(near),
        }
    }
    choices.dedup();
    choices.get(variant % choices.len().max(1)).copied()
}

/// A distance of the set: the one nearest to nothing first, then one in the middle, then the farthest.
pub fn offset(set: &Set, variant: usize) -> Option<i128> {
    let Set::Ranges(ranges) = set else {
        return None;
    };
    let nearest = |(low, high): &(i128, i128)| match (*low, *high) {
        (l, h) if l <= 0 && h >= 0 => 0,
        (l, _) if l > 0 => l,
        (_, h) => h,
    };
    let range = ranges.iter().min_by_key(|r| nearest(r).abs())?;
    let near = nearest(range);
    let far = match (range.0 > LOWEST, range.1 < HIGHEST) {
        (true, true) if range.0 + range.1 < 0 => range.0,
        (true, true) => range.1,
        (false, true) => (near - 400).min(range.1),
        (true, false) => (near + 400).max(range.0),
        (false, false) => -60,
    };
    Some(match variant % 4 {
        0 => near,
        1 => near + (far - near) / 2,
        2 => far,
        _ => near + (far - near) / 8,
    })
}

/// The noon of a day in UTC, which is the same day in nearly every zone.
pub fn noon(day: i128) -> Option<Value> {
    let micros = day * i128::from(DAY_MICROS) + i128::from(DAY_MICROS) * 11 / 24;
    Some(Value::DateTime(i64::try_from(micros).ok()?))
}

/// The value that a number stands for.
pub fn value_of(ty: Type, n: i128) -> Option<Value> {
    Some(match ty {
        Type::YesNo => Value::YesNo(n != 0),
        Type::Integer => Value::Integer(i64::try_from(n).ok()?),
        Type::Number => Value::Number(Decimal(n)),
        Type::Percent => Value::Percent(Decimal(n)),
        Type::Money(currency) => Value::Money(Decimal(n), currency),
        Type::Date => Value::Date(Day(i32::try_from(n).ok()?)),
        Type::DateTime => Value::DateTime(i64::try_from(n).ok()?),
        Type::Time => Value::Time(u32::try_from(n).ok()?),
        Type::Enum(id) => Value::Enum(id, u32::try_from(n).ok()?),
        _ => return None,
    })
}

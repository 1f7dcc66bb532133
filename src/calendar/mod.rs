//! Days that come back: anniversaries, lunar anniversaries, occasions. Floor 4.
//!
//! The lunar calendar and the solar terms are those of China, from [`FIRST_DAY`] to [`LAST_DAY`] and in the years
//! [`FIRST_YEAR`] to [`LAST_YEAR`]; what would have to be known beyond them is [`OutsideCalendar`], never a guess.

pub mod anniversary;
mod built_in;
pub mod lunar;
mod occasion;
mod solar_term;

pub use built_in::{ALIASES, BUILT_IN, built_in};
pub use lunar::{FIRST_DAY, LAST_DAY};
pub use occasion::Occasion;
pub use solar_term::SolarTerm;

use crate::schema::Day;

/// The years in which solar terms are known.
pub const FIRST_YEAR: i32 = 1900;
pub const LAST_YEAR: i32 = 2100;

/// The answer depends on a day that the lunar calendar or the solar terms here do not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutsideCalendar;

/// First and last day between which every occurrence is known.
#[derive(Debug, Clone, Copy)]
struct Reach(Day, Day);

/// Of what has no occurrences that are not known.
const ALWAYS: Reach = Reach(Day(i32::MIN), Day(i32::MAX));

/// The day nearest `today`, the earlier on a tie.
fn nearest(
    days: impl Iterator<Item = Day>,
    today: Day,
    reach: Reach,
) -> Result<Option<Day>, OutsideCalendar> {
    let away = |day: Day| (i64::from(day.0) - i64::from(today.0)).abs();
    let near = days.min_by_key(|day| (away(*day), *day));
    let Some(day) = near else {
        let complete = reach.0 == ALWAYS.0 && reach.1 == ALWAYS.1;
        return if complete {
            Ok(None)
        } else {
            Err(OutsideCalendar)
        };
    };
    // A day that is not known must not be able to be nearer.
    let (today, away) = (i64::from(today.0), away(day));
    let certain = today - away >= i64::from(reach.0.0) && today + away <= i64::from(reach.1.0) + 1;
    if certain {
        Ok(Some(day))
    } else {
        Err(OutsideCalendar)
    }
}

/// Whether any of the days, which ascend, lies from `from` to `to`, both in.
fn any_within(
    mut days: impl Iterator<Item = Day>,
    from: Day,
    to: Day,
    reach: Reach,
) -> Result<bool, OutsideCalendar> {
    if to < from {
        return Ok(false);
    }
    // The first occurrence from there on decides.
    if days.find(|day| *day >= from).is_some_and(|day| day <= to) {
        return Ok(true);
    }
    if from < reach.0 || to > reach.1 {
        return Err(OutsideCalendar);
    }
    Ok(false)
}

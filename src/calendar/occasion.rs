//! Occasions: what day they are in each year.

use super::{
    ALWAYS, FIRST_DAY, LAST_DAY, OutsideCalendar, Reach, SolarTerm, anniversary, lunar, solar_term,
};
use crate::schema::Day;
use crate::syntax::ast::LeapDay;

/// What makes an occasion's days.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// Of the Gregorian calendar; 29 February follows the workspace's `leap day`.
    Yearly {
        month: u32,
        day: u32,
    },
    /// Of a regular lunar month; the 30th is the 29th of a short one.
    Lunar {
        month: u32,
        day: u32,
    },
    SolarTerm(SolarTerm),
    /// So many days after the `nth` (1 is the first) `weekday` (0 is Monday) of a month.
    Weekday {
        month: u32,
        nth: u32,
        weekday: u32,
        then: i32,
    },
    /// So many days after Easter Sunday of the western churches.
    Easter {
        then: i32,
    },
    /// These alone: ascending, at least one.
    Dates(Vec<Day>),
    /// The days of each of these, of which none is a list of its own but of dates; at least one.
    Any(Vec<Occasion>),
}

impl Occasion {
    /// The occurrence nearest `today`, the earlier on a tie.
    pub fn nearest(&self, today: Day, leap_day: LeapDay) -> Result<Day, OutsideCalendar> {
        if let Occasion::Any(all) = self {
            let mut nearest = None;
            for occasion in all {
                let day = occasion.nearest(today, leap_day)?;
                let place = ((day.0 - today.0).abs(), day);
                nearest = Some(nearest.map_or(place, |known| place.min(known)));
            }
            return nearest.map(|(_, day)| day).ok_or(OutsideCalendar);
        }
        let year = today.ymd().0;
        let gap = self.gap(leap_day);
        let days = self.days(year - gap, year + gap, leap_day);
        super::nearest(days, today, self.reach())?.ok_or(OutsideCalendar)
    }

    /// Whether any occurrence lies from `from` to `to`, both in.
    pub fn any_within(
        &self,
        from: Day,
        to: Day,
        leap_day: LeapDay,
    ) -> Result<bool, OutsideCalendar> {
        if let Occasion::Any(all) = self {
            let mut answer = Ok(false);
            for occasion in all {
                match occasion.any_within(from, to, leap_day) {
                    Ok(true) => return Ok(true),
                    Ok(false) => {}
                    outside => answer = outside,
                }
            }
            return answer;
        }
        let year = from.ymd().0;
        let days = self.days(year - 1, year + self.gap(leap_day), leap_day);
        super::any_within(days, from, to, self.reach())
    }

    /// All occurrences that begin in these years (lunar ones for a lunar day), and perhaps more; ascending.
    fn days(&self, first: i32, last: i32, leap_day: LeapDay) -> Box<dyn Iterator<Item = Day> + '_> {
        match self {
            Occasion::Lunar { month, day } => Box::new(lunar::days(first, last, *month, *day)),
            Occasion::Dates(days) => Box::new(days.iter().copied()),
            _ => Box::new((first..=last).filter_map(move |year| self.in_year(year, leap_day))),
        }
    }

    /// The occurrence in a Gregorian year, of those that have one in each.
    fn in_year(&self, year: i32, leap_day: LeapDay) -> Option<Day> {
        match self {
            Occasion::Yearly { month, day } => anniversary::in_year(year, *month, *day, leap_day),
            Occasion::SolarTerm(term) => term.in_year(year),
            Occasion::Weekday {
                month,
                nth,
                weekday,
                then,
            } => {
                let first = Day::new(year, *month, 1)?;
                let to_weekday = (weekday + 7 - first.weekday()) % 7;
                first.add_days(i64::from(to_weekday + 7 * (nth - 1)) + i64::from(*then))
            }
            Occasion::Easter { then } => easter(year)?.add_days(i64::from(*then)),
            Occasion::Lunar { .. } | Occasion::Dates(_) | Occasion::Any(_) => None,
        }
    }

    /// Years from one occurrence to the next, at most.
    fn gap(&self, leap_day: LeapDay) -> i32 {
        match self {
            Occasion::Yearly { month, day } => anniversary::gap(*month, *day, leap_day),
            _ => 1,
        }
    }

    fn reach(&self) -> Reach {
        match self {
            Occasion::Lunar { .. } => Reach(FIRST_DAY, LAST_DAY),
            Occasion::SolarTerm(_) => solar_term::REACH,
            _ => ALWAYS,
        }
    }
}

/// Easter Sunday of the western churches: the anonymous Gregorian computus (Meeus, *Astronomical Algorithms*,
/// chapter 8).
fn easter(year: i32) -> Option<Day> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Day::new(year, u32::try_from(n / 31).ok()?, (n % 31) as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_churches_put_it() {
        let dates = [
            (1954, 4, 18),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2026, 4, 5),
            (2038, 4, 25),
        ];
        for (year, month, day) in dates {
            assert_eq!(easter(year), Day::new(year, month, day), "{year}");
        }
    }
}

//! Whether a day counts for a limit today.

use crate::engine::firing::start_of;
use crate::hir::Weekday;
use crate::plan::Period;
use crate::schema::{Day, DurationKind};

/// Whether what was done on `day` counts where today is asked. Later days count too, as far as some window of
/// the period holds both: a day that is run again after others must not break their limits.
pub fn counts(period: Option<Period>, today: Day, day: Day, weeks_start: Weekday) -> bool {
    let (first, last) = (today.min(day), today.max(day));
    match period {
        None => true,
        Some(Period::Calendar(unit)) => {
            start_of(day, unit, weeks_start) == start_of(today, unit, weeks_start)
        }
        // The N months that end with a day begin after the same day N months before.
        Some(Period::Rolling(DurationKind::Months, n)) => {
            last.add_months(-n).is_none_or(|before| before < first)
        }
        Some(Period::Rolling(_, n)) => last.add_days(-n).is_none_or(|before| before < first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::CalendarUnit;

    fn on(period: Period, today: &str, day: &str) -> bool {
        let read = |text: &str| Day::parse_iso(text.as_bytes()).unwrap();
        counts(Some(period), read(today), read(day), Weekday::Monday)
    }

    #[test]
    fn seven_days_are_today_and_the_six_before() {
        let week = Period::Rolling(DurationKind::Days, 7);
        assert!(on(week, "2026-11-21", "2026-11-15"));
        assert!(!on(week, "2026-11-21", "2026-11-14"));
        assert!(on(week, "2026-11-15", "2026-11-21"));
        assert!(!on(week, "2026-11-14", "2026-11-21"));
    }

    #[test]
    fn months_clamp() {
        let month = Period::Rolling(DurationKind::Months, 1);
        assert!(on(month, "2026-03-31", "2026-03-01"));
        assert!(!on(month, "2026-03-31", "2026-02-28"));
    }

    #[test]
    fn calendar_weeks_cross_the_year() {
        let week = Period::Calendar(CalendarUnit::Week);
        assert!(on(week, "2027-01-01", "2026-12-28"));
        assert!(!on(week, "2027-01-04", "2027-01-03"));
    }
}

//! The clock of a run: `--today`, `--now`, or the day it is in the workspace's zone.

use super::console::Failure;
use crate::engine;
use crate::schema::Day;
use jiff::civil;
use jiff::tz::TimeZone;

/// The clock of a run, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub today: Day,
    /// Microseconds since 1970-01-01T00:00Z.
    pub now: i64,
    /// When deliveries may begin: `now` where it was given, else the first moment of the day.
    pub opens: i64,
    /// Neither `--today` nor `--now` was given.
    pub by_the_wall: bool,
}

impl Clock {
    /// What the engine wants of it.
    pub fn of_run(self) -> engine::Clock {
        engine::Clock {
            today: self.today,
            now: self.now,
            opens: self.opens,
        }
    }
}

/// The options that set the clock.
#[derive(Debug, Clone, clap::Args)]
pub struct ClockArgs {
    /// The day that the run takes for today; without it the day it is in the workspace's zone
    #[arg(long, value_name = "DATE")]
    today: Option<String>,

    /// The moment that the run takes for now, in the workspace's zone or with an offset; without it the
    /// last moment of the day given as today
    #[arg(long, value_name = "DATETIME")]
    now: Option<String>,
}

impl ClockArgs {
    /// The clock in the zone of a workspace (an IANA name).
    pub fn resolve(&self, zone: &str) -> Result<Clock, Failure> {
        let zone = TimeZone::get(zone).map_err(|_| {
            Failure::usage(
                format!("the time zone `{zone}` is not known here"),
                "write an IANA name in the workspace block: `time zone \"Asia/Shanghai\"`",
            )
        })?;
        let today = self.today.as_deref().map(day).transpose()?;
        let now = self.now.as_deref().map(|t| instant(t, &zone)).transpose()?;
        match (today, now) {
            (Some(today), None) => Ok(Clock {
                today,
                now: end_of(today, &zone)?,
                opens: start_of(today, &zone)?,
                by_the_wall: false,
            }),
            (None, Some(now)) => Ok(Clock {
                today: day_of(now, &zone),
                now,
                opens: now,
                by_the_wall: false,
            }),
            (Some(today), Some(now)) if day_of(now, &zone) != today => Err(Failure::usage(
                format!(
                    "`--now` lies on {}, but `--today` is {today}",
                    day_of(now, &zone)
                ),
                "leave out `--today`: it follows from `--now`",
            )),
            (Some(today), Some(now)) => Ok(Clock {
                today,
                now,
                opens: now,
                by_the_wall: false,
            }),
            (None, None) => {
                let now = jiff::Timestamp::now().as_microsecond();
                let today = day_of(now, &zone);
                Ok(Clock {
                    today,
                    now,
                    // Not now: the same day gives the same list.
                    opens: start_of(today, &zone)?,
                    by_the_wall: true,
                })
            }
        }
    }
}

/// Every day from one to another, each whole, in the zone of a workspace.
pub fn days(from: &str, to: &str, zone: &str) -> Result<Vec<Clock>, Failure> {
    let (first, last) = (day(from)?, day(to)?);
    if last < first {
        return Err(Failure::usage(
            format!("`--to {last}` lies before `--from {first}`"),
            "write the earlier day behind `--from`",
        ));
    }
    (first.0..=last.0)
        .map(|today| {
            let alone = ClockArgs {
                today: Some(Day(today).to_string()),
                now: None,
            };
            alone.resolve(zone)
        })
        .collect()
}

/// Reads a day as `2026-11-21`.
pub fn day(text: &str) -> Result<Day, Failure> {
    Day::parse_iso(text.as_bytes()).ok_or_else(|| {
        Failure::usage(
            format!("`{text}` is not a date"),
            "write year, month and day of the calendar: `2026-11-21`",
        )
    })
}

fn instant(text: &str, zone: &TimeZone) -> Result<i64, Failure> {
    let problem = || {
        Failure::usage(
            format!("`{text}` is not a date and time"),
            "write `2026-11-21T09:00`, or with an offset `2026-11-21T09:00+08:00`",
        )
    };
    if let Ok(t) = text.parse::<jiff::Timestamp>() {
        return Ok(t.as_microsecond());
    }
    // A date without a time is not taken for midnight: that is what `--today` is for.
    if !text.contains([':']) {
        return Err(problem());
    }
    let local: civil::DateTime = text.parse().map_err(|_| problem())?;
    let zoned = zone.to_zoned(local).map_err(|_| problem())?;
    Ok(zoned.timestamp().as_microsecond())
}

fn civil_date(day: Day) -> civil::Date {
    let (y, m, d) = day.ymd();
    // INVARIANT: a `Day` is a day of the years 1 to 9999, which jiff holds.
    civil::date(y as i16, m as i8, d as i8)
}

/// The first instant of the day.
fn start_of(day: Day, zone: &TimeZone) -> Result<i64, Failure> {
    zone.to_zoned(civil_date(day).at(0, 0, 0, 0))
        .map(|start| start.timestamp().as_microsecond())
        .map_err(|_| too_late(day))
}

/// The last microsecond of the day.
fn end_of(today: Day, zone: &TimeZone) -> Result<i64, Failure> {
    let next = today.add_days(1).ok_or_else(|| too_late(today))?;
    Ok(start_of(next, zone).map_err(|_| too_late(today))? - 1)
}

fn too_late(day: Day) -> Failure {
    Failure::usage(
        format!("{day} lies beyond the calendar"),
        "give a day before the end of the year 9999",
    )
}

fn day_of(now: i64, zone: &TimeZone) -> Day {
    let date = jiff::Timestamp::from_microsecond(now)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone.clone())
        .date();
    Day::new(date.year().into(), date.month() as u32, date.day() as u32).unwrap_or(Day(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(today: Option<&str>, now: Option<&str>) -> Result<Clock, Failure> {
        ClockArgs {
            today: today.map(str::to_owned),
            now: now.map(str::to_owned),
        }
        .resolve("Asia/Shanghai")
    }

    #[test]
    fn today_alone_ends_with_its_day() {
        let c = clock(Some("2026-11-21"), None).unwrap();
        let last = "2026-11-21T23:59:59.999999+08:00".parse::<jiff::Timestamp>();
        assert_eq!(c.now, last.unwrap().as_microsecond());
    }

    #[test]
    fn now_alone_sets_the_day_of_the_zone() {
        let c = clock(None, Some("2026-11-21T20:00Z")).unwrap();
        assert_eq!(c.today.to_string(), "2026-11-22");
        let c = clock(None, Some("2026-11-21T20:00")).unwrap();
        assert_eq!(c.today.to_string(), "2026-11-21");
    }

    #[test]
    fn contradictions_and_slips_are_refused() {
        assert!(clock(Some("2026-11-22"), Some("2026-11-21T09:00")).is_err());
        assert!(clock(Some("2026-02-30"), None).is_err());
        assert!(clock(Some("21/11/2026"), None).is_err());
        assert!(clock(None, Some("2026-11-21")).is_err());
        assert!(clock(Some("9999-12-31"), None).is_err());
    }
}

//! The workspace's zone: the days of instants, and the instants of local times.

use crate::schema::{DAY_MICROS, Day, MAX_DAY, MIN_DAY};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A zone with its offsets up to the year 2200 at hand, so that a million rows need a search among some
/// hundred numbers each.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    /// When each offset begins, in microseconds since 1970; the first begins before all instants.
    starts: Vec<i64>,
    /// In microseconds east of Greenwich, one for each of `starts`.
    offsets: Vec<i64>,
    /// Instants from here on are asked of the zone itself.
    end: i64,
}

const SECOND: i64 = 1_000_000;
/// 2200-01-01T00:00Z.
const END: i64 = 7_258_118_400 * SECOND;

impl Zone {
    /// By its IANA name; `None` if there is no such zone.
    pub fn new(name: &str) -> Option<Zone> {
        let zone = match name {
            "UTC" => TimeZone::UTC,
            // Not the machine's own: the same program gives the same days everywhere.
            _ => TimeZoneDatabase::bundled().get(name).ok()?,
        };
        let first = zone.to_offset(Timestamp::MIN);
        let (mut starts, mut offsets) = (vec![i64::MIN], vec![micros(first)]);
        for transition in zone.following(Timestamp::MIN) {
            let start = transition.timestamp().as_microsecond();
            if start >= END {
                break;
            }
            let offset = micros(transition.offset());
            if offset != offsets[offsets.len() - 1] {
                starts.push(start);
                offsets.push(offset);
            }
        }
        Some(Zone {
            zone,
            starts,
            offsets,
            end: END,
        })
    }

    /// The day of an instant given in microseconds since 1970-01-01T00:00Z.
    #[inline]
    pub fn day_of(&self, instant: i64) -> Day {
        Day(self.local(instant).div_euclid(DAY_MICROS) as i32)
    }

    /// The first instant of a day.
    pub fn start_of(&self, day: Day) -> i64 {
        self.instant(i64::from(day.0) * DAY_MICROS)
    }

    /// The last microsecond of a day.
    pub fn end_of(&self, day: Day) -> i64 {
        self.start_of(Day(day.0 + 1)) - 1
    }

    /// How far the zone's clocks are ahead of UTC at an instant, in microseconds.
    #[inline]
    pub fn offset(&self, instant: i64) -> i64 {
        if instant >= self.end {
            return Timestamp::from_microsecond(instant)
                .map_or(self.offsets[self.offsets.len() - 1], |t| {
                    micros(self.zone.to_offset(t))
                });
        }
        self.offsets[self.segment(instant)]
    }

    /// What the clocks show at an instant, in microseconds since 1970-01-01 on the wall.
    #[inline]
    pub fn local(&self, instant: i64) -> i64 {
        instant.saturating_add(self.offset(instant))
    }

    /// When the clocks show this. A time shown twice is the first of both; one that is skipped is as much
    /// later as the clocks jump (RFC 5545, Temporal's "compatible").
    pub fn instant(&self, local: i64) -> i64 {
        let before = local.saturating_sub(2 * DAY_MICROS);
        if before >= self.end - 4 * DAY_MICROS {
            return self.distant_instant(local);
        }
        let first = self.segment(before);
        for i in first..self.offsets.len() {
            let instant = local.saturating_sub(self.offsets[i]);
            if self.starts.get(i + 1).is_some_and(|next| instant >= *next) {
                continue;
            }
            return if instant >= self.starts[i] {
                instant
            } else {
                local - self.offsets[i - 1]
            };
        }
        local.saturating_sub(self.offsets[self.offsets.len() - 1])
    }

    fn distant_instant(&self, local: i64) -> i64 {
        let last = local.saturating_sub(self.offsets[self.offsets.len() - 1]);
        Timestamp::from_microsecond(local)
            .map(|t| TimeZone::UTC.to_datetime(t))
            .and_then(|wall| self.zone.to_ambiguous_timestamp(wall).compatible())
            .map_or(last, |t| t.as_microsecond())
    }

    /// The instant as many days or months later on the wall clock; `None` outside the years 1 to 9999.
    pub fn move_day(&self, instant: i64, to: impl Fn(Day) -> Option<Day>) -> Option<i64> {
        let local = self.local(instant);
        let day = Day(i32::try_from(local.div_euclid(DAY_MICROS)).ok()?);
        let moved = to(day)?;
        if moved == day {
            // A time shown twice stays the one it is.
            return Some(instant);
        }
        Some(self.instant(i64::from(moved.0) * DAY_MICROS + local.rem_euclid(DAY_MICROS)))
    }

    /// Whether the day of an instant lies in the years 1 to 9999.
    pub fn in_range(&self, instant: i64) -> bool {
        let day = self.local(instant).div_euclid(DAY_MICROS);
        (i64::from(MIN_DAY.0)..=i64::from(MAX_DAY.0)).contains(&day)
    }

    #[inline]
    fn segment(&self, instant: i64) -> usize {
        // The first start lies before every instant.
        self.starts.partition_point(|start| *start <= instant) - 1
    }
}

fn micros(offset: jiff::tz::Offset) -> i64 {
    i64::from(offset.seconds()) * SECOND
}

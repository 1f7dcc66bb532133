//! Stage 9: nothing is delivered in a channel's quiet hours, on the target's clock.

use super::Run;
use crate::engine::evaluate::{Clock, EvalError, Frame, Zone};
use crate::plan::Quiet;
use crate::schema::DAY_MICROS;
use crate::vector::Values;
use rustc_hash::FxHashMap;

const SECOND: i64 = 1_000_000;

/// For each target, when its delivery may begin, if not at once: local date and time with the offset of the target's
/// zone.
pub fn deliver_after(
    run: Run<'_, '_>,
    quiet: &Quiet,
    table: usize,
    targets: &[u32],
) -> Result<Vec<Option<String>>, EvalError> {
    let clock = run.evaluator.clock();
    let opens = clock.opens;
    let own = run.evaluator.zone();
    let Some(zone) = quiet.zone else {
        return Ok(vec![after(quiet, opens, own); targets.len()]);
    };
    let frame = Frame::indices(table, targets);
    let zones = run.evaluator.eval(zone, &frame)?;
    let Values::Text(names) = &zones.values else {
        return Ok(vec![after(quiet, opens, own); targets.len()]);
    };
    // Few zones, many targets.
    let mut known: FxHashMap<&str, Option<String>> = FxHashMap::default();
    Ok((0..targets.len())
        .map(|i| {
            let name = if zones.is_valid(i) {
                names[zones.place(i)].as_ref()
            } else {
                ""
            };
            let of = || match Zone::new(name) {
                Some(zone) if clock.opens != clock.now => on_its_day(quiet, clock, &zone),
                Some(zone) => after(quiet, opens, &zone),
                None => after(quiet, opens, own),
            };
            known.entry(name).or_insert_with(of).clone()
        })
        .collect())
}

/// Where only the day is given: not before that day has begun where the target is.
fn on_its_day(quiet: &Quiet, clock: Clock, zone: &Zone) -> Option<String> {
    let begins = zone.instant(i64::from(clock.today.0) * DAY_MICROS);
    let opens = clock.opens.max(begins);
    after(quiet, opens, zone).or_else(|| (opens > clock.opens).then(|| written(opens, zone)))
}

/// The end of the quiet hours that `opens` lies in; `None` where it lies in none.
fn after(quiet: &Quiet, opens: i64, zone: &Zone) -> Option<String> {
    let local = zone.local(opens);
    let midnight = local.div_euclid(DAY_MICROS) * DAY_MICROS;
    let time = local - midnight;
    let (from, to) = (i64::from(quiet.from) * SECOND, i64::from(quiet.to) * SECOND);
    let end = match to < from {
        true if time >= from => midnight + DAY_MICROS + to,
        true if time < to => midnight + to,
        false if (from..to).contains(&time) => midnight + to,
        _ => return None,
    };
    // An hour that the clocks skip is as much later as they jump; one shown twice is the first after `opens`.
    let instant = zone.instant(end).max(opens);
    Some(written(instant, zone))
}

/// `2026-11-21T09:00+08:00`, with seconds where there are any.
fn written(instant: i64, zone: &Zone) -> String {
    let offset = zone.offset(instant) / SECOND;
    let local = zone.local(instant);
    let day = crate::schema::Day(local.div_euclid(DAY_MICROS) as i32);
    let time = local.rem_euclid(DAY_MICROS) / SECOND;
    let mut text = format!("{day}T{:02}:{:02}", time / 3_600, time / 60 % 60);
    if time % 60 != 0 {
        text.push_str(&format!(":{:02}", time % 60));
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.abs();
    text.push_str(&format!(
        "{sign}{:02}:{:02}",
        offset / 3_600,
        offset / 60 % 60
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, local: &str, from: u32, to: u32) -> Option<String> {
        let zone = Zone::new(zone).unwrap();
        let wall: jiff::civil::DateTime = local.parse().unwrap();
        let utc = wall.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        let opens = zone.instant(utc.timestamp().as_microsecond());
        let quiet = Quiet {
            from: from * 3_600,
            to: to * 3_600,
            zone: None,
        };
        after(&quiet, opens, &zone)
    }

    #[test]
    fn nights_end_in_the_morning() {
        let shanghai = |local: &str| at("Asia/Shanghai", local, 21, 9);
        assert_eq!(
            shanghai("2026-11-21T21:00").unwrap(),
            "2026-11-22T09:00+08:00"
        );
        assert_eq!(
            shanghai("2026-11-21T00:00").unwrap(),
            "2026-11-21T09:00+08:00"
        );
        assert_eq!(shanghai("2026-11-21T09:00"), None);
        assert_eq!(shanghai("2026-11-21T20:59"), None);
    }

    #[test]
    fn quiet_noons() {
        let noon = |local: &str| at("Europe/Berlin", local, 12, 14);
        assert_eq!(noon("2026-11-21T12:00").unwrap(), "2026-11-21T14:00+01:00");
        assert_eq!(noon("2026-11-21T14:00"), None);
    }

    #[test]
    fn clocks_that_go_forward_or_back_in_the_night() {
        // 2026-03-29 02:00 becomes 03:00; 2026-10-25 03:00 becomes 02:00.
        let until = |local: &str, to| at("Europe/Berlin", local, 22, to);
        assert_eq!(
            until("2026-03-28T23:00", 8).unwrap(),
            "2026-03-29T08:00+02:00"
        );
        assert_eq!(
            until("2026-10-24T23:00", 8).unwrap(),
            "2026-10-25T08:00+01:00"
        );
        // An hour that there is not.
        let skipped = at("Europe/Berlin", "2026-03-29T00:00", 22, 2).unwrap();
        assert_eq!(skipped, "2026-03-29T03:00+02:00");
    }
}

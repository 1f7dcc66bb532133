//! Shifts, differences, periods, anniversaries, zones.

use crate::build::{World, day, instant, table};
use guanxi::calendar::anniversary;
use guanxi::data::ColumnType;
use guanxi::engine::evaluate::Zone;
use guanxi::hir::{CalendarUnit, DiffUnit, LeapDay, Weekday, Which};
use guanxi::plan::{Node, NodeId, RUN_CLOCK, Recurring};
use guanxi::schema::{Day, DurationKind, Type};

const DATE: ColumnType = ColumnType::Date;

fn dates(cells: &[&str]) -> (World, NodeId) {
    let mut w = World::of(DATE, cells);
    let d = w.field(0, Type::Date);
    (w, d)
}

fn shifted(w: &mut World, date: NodeId, n: i64, kind: DurationKind, subtract: bool) -> NodeId {
    let duration = w.duration(kind, n);
    let ty = w.plan.nodes.ty(date);
    let node = Node::Shift {
        date,
        subtract,
        duration,
    };
    w.node(node, ty)
}

#[test]
fn months_clamp_from_the_original_day() {
    let (mut w, d) = dates(&["2024-01-31", "2023-01-31", "2024-02-29", "2025-12-31", ""]);
    let month = shifted(&mut w, d, 1, DurationKind::Months, false);
    w.check(month, "2024-02-29 2023-02-28 2024-03-29 2026-01-31 -");
    let year_before = shifted(&mut w, d, 12, DurationKind::Months, true);
    w.check(year_before, "2023-01-31 2022-01-31 2023-02-28 2024-12-31 -");
    let days = shifted(&mut w, d, 1, DurationKind::Days, false);
    w.check(days, "2024-02-01 2023-02-01 2024-03-01 2026-01-01 -");
    let far = shifted(&mut w, d, 12 * 7_976, DurationKind::Months, false);
    assert_eq!(w.fails(far), 0);
}

#[test]
fn datetimes_move_on_the_wall_clock_by_days_and_on_the_instant_by_minutes() {
    // Clocks went forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
    let cells: &[&str] = &[
        "2026-03-28T11:00Z",
        "2026-03-28T01:30Z",
        "2026-10-24T00:30Z",
        "",
    ];
    let mut w = World::of(ColumnType::DateTime, cells);
    let t = w.field(0, Type::DateTime);
    let day_later = shifted(&mut w, t, 1, DurationKind::Days, false);
    w.check(
        day_later,
        "2026-03-29T12:00+02:00 2026-03-29T03:30+02:00 2026-10-25T02:30+02:00 -",
    );
    let minutes_later = shifted(&mut w, t, 24 * 60, DurationKind::Minutes, false);
    w.check(
        minutes_later,
        "2026-03-29T13:00+02:00 2026-03-29T03:30+02:00 2026-10-25T02:30+02:00 -",
    );
    let day_of = w.node(Node::DayOf(t), Type::Date);
    w.check(day_of, "2026-03-28 2026-03-28 2026-10-24 -");
}

#[test]
fn completed_units_are_symmetrical() {
    let from: &[&str] = &[
        "2024-01-31",
        "2023-01-31",
        "2023-01-31",
        "2024-02-29",
        "2024-02-29",
        "2026-05-01",
        "",
    ];
    let to: &[&str] = &[
        "2024-02-29",
        "2023-02-28",
        "2023-02-27",
        "2025-02-28",
        "2025-02-27",
        "2025-04-30",
        "2025-04-30",
    ];
    let mut w = World::new(vec![table("row", vec![(DATE, from), (DATE, to)])]);
    let (from, to) = (w.field(0, Type::Date), w.field(1, Type::Date));
    let mut check = |unit, forwards: &str, backwards: &str| {
        let node = w.node(Node::Between { unit, from, to }, Type::Integer);
        w.check(node, forwards);
        let node = w.node(
            Node::Between {
                unit,
                from: to,
                to: from,
            },
            Type::Integer,
        );
        w.check(node, backwards);
    };
    check(
        DiffUnit::Months,
        "1 1 0 12 11 -12 -",
        "-1 -1 0 -12 -11 12 -",
    );
    check(DiffUnit::Quarters, "0 0 0 4 3 -4 -", "0 0 0 -4 -3 4 -");
    check(DiffUnit::Years, "0 0 0 1 0 -1 -", "0 0 0 -1 0 1 -");
    check(
        DiffUnit::Days,
        "29 28 27 365 364 -366 -",
        "-29 -28 -27 -365 -364 366 -",
    );
    check(
        DiffUnit::Weeks,
        "4 4 3 52 52 -52 -",
        "-4 -4 -3 -52 -52 52 -",
    );
}

#[test]
fn hours_are_between_instants() {
    let from: &[&str] = &["2026-03-28T12:00Z", "2026-03-29T12:00Z"];
    let to: &[&str] = &["2026-03-29T11:59Z", "2026-03-29T10:59Z"];
    let datetime = ColumnType::DateTime;
    let mut w = World::new(vec![table(
        "row",
        vec![(datetime.clone(), from), (datetime, to)],
    )]);
    let (from, to) = (w.field(0, Type::DateTime), w.field(1, Type::DateTime));
    let hours = Node::Between {
        unit: DiffUnit::Hours,
        from,
        to,
    };
    let hours = w.node(hours, Type::Integer);
    w.check(hours, "23 -1");
    let minutes = Node::Between {
        unit: DiffUnit::Minutes,
        from,
        to,
    };
    let minutes = w.node(minutes, Type::Integer);
    w.check(minutes, "1439 -61");
}

#[test]
fn periods_have_first_and_last_days() {
    let boundary = |today: &str, end, which, unit, weeks_start| {
        let (mut w, _) = dates(&["2026-01-01"]);
        w.today = day(today);
        w.plan.weeks_start = weeks_start;
        let clock = RUN_CLOCK;
        let node = w.node(
            Node::Boundary {
                clock,
                end,
                which,
                unit,
            },
            Type::Date,
        );
        w.texts_of(0, node).map(|t| t[0].clone())
    };
    use CalendarUnit::*;
    let both = |today: &str, which, unit| {
        let of = |end| boundary(today, end, which, unit, Weekday::Monday).unwrap();
        format!("{} {}", of(false), of(true))
    };
    // A Saturday.
    assert_eq!(
        both("2026-11-21", Which::This, Week),
        "2026-11-16 2026-11-22"
    );
    assert_eq!(
        both("2026-11-22", Which::Next, Week),
        "2026-11-23 2026-11-29"
    );
    let sunday = boundary("2026-11-22", false, Which::This, Week, Weekday::Sunday);
    assert_eq!(sunday.unwrap(), "2026-11-22");
    let sunday = boundary("2026-11-21", true, Which::This, Week, Weekday::Sunday);
    assert_eq!(sunday.unwrap(), "2026-11-21");
    assert_eq!(
        both("2024-03-31", Which::Previous, Month),
        "2024-02-01 2024-02-29"
    );
    assert_eq!(
        both("2026-01-01", Which::Previous, Quarter),
        "2025-10-01 2025-12-31"
    );
    assert_eq!(
        both("2026-11-21", Which::Next, Quarter),
        "2027-01-01 2027-03-31"
    );
    assert_eq!(
        both("2026-12-31", Which::Next, Year),
        "2027-01-01 2027-12-31"
    );
    assert_eq!(
        both("2026-12-31", Which::This, Day),
        "2026-12-31 2026-12-31"
    );
    assert_eq!(
        both("9999-12-31", Which::This, Year),
        "9999-01-01 9999-12-31"
    );
    assert!(boundary("9999-12-31", false, Which::Next, Year, Weekday::Monday).is_err());
}

#[test]
fn anniversaries_have_three_leap_days() {
    let (mut w, date) = dates(&[
        "2024-02-29",
        "1990-11-21",
        "2026-11-21",
        "2026-11-22",
        "2000-05-22",
        "2000-05-23",
        "2000-12-31",
        "",
    ]);
    let node = w.node(
        Node::Recurring {
            clock: RUN_CLOCK,
            days: Recurring::Anniversary(date),
        },
        Type::Date,
    );
    let rest = "2026-11-21 2027-11-21 2027-11-22 2027-05-22 2026-05-23 2026-12-31 -";
    w.plan.leap_day = LeapDay::February28;
    w.check(node, &format!("2027-02-28 {rest}"));
    w.plan.leap_day = LeapDay::March1;
    w.check(node, &format!("2027-03-01 {rest}"));
    w.plan.leap_day = LeapDay::LeapYearsOnly;
    w.check(node, &format!("2028-02-29 {rest}"));
    // As far from the last as from the next one: the earlier.
    let nearest = |date, today| anniversary::nearest_to(day(date), day(today), LeapDay::March1);
    assert_eq!(nearest("2000-03-01", "2023-08-31"), Some(day("2023-03-01")));
    assert_eq!(nearest("2000-01-01", "2026-12-31"), Some(day("2027-01-01")));
    assert_eq!(nearest("9999-05-05", "9999-05-05"), None);
    assert_eq!(nearest("2000-05-05", "9999-12-31"), Some(day("9999-05-05")));
}

#[test]
fn anniversaries_agree_with_a_list_of_all_of_them() {
    let settings = [LeapDay::February28, LeapDay::March1, LeapDay::LeapYearsOnly];
    for (born, leap_day) in ["1896-02-29", "1999-12-31", "2000-02-29", "2001-01-01"]
        .into_iter()
        .flat_map(|born| settings.map(|s| (day(born), s)))
    {
        let (y, m, d) = born.ymd();
        let in_year = |year| {
            Day::new(year, m, d).or(match leap_day {
                LeapDay::February28 => Day::new(year, 2, 28),
                LeapDay::March1 => Day::new(year, 3, 1),
                LeapDay::LeapYearsOnly => None,
            })
        };
        let all: Vec<Day> = (y + 1..2120).filter_map(in_year).collect();
        for n in (day("1890-01-01").0..day("2105-01-01").0).step_by(53) {
            let today = Day(n);
            let nearest = *all.iter().min_by_key(|a| ((a.0 - n).abs(), a.0)).unwrap();
            assert_eq!(
                anniversary::nearest_to(born, today, leap_day),
                Some(nearest)
            );
            for length in [0, 5, 179, 2_000] {
                let to = Day(n + length);
                let any = all.iter().any(|a| (today..=to).contains(a));
                assert_eq!(anniversary::any_within(born, today, to, leap_day), any);
            }
        }
    }
}

#[test]
fn windows_around_anniversaries_cross_new_year() {
    let (mut w, date) = dates(&["1990-01-02", "1990-12-30", "1992-02-29", "2026-12-31", ""]);
    let (from, to) = (w.date("2026-12-31"), w.date("2027-01-06"));
    let days = Recurring::Anniversary(date);
    let node = w.node(Node::RecurringWithin { days, from, to }, Type::YesNo);
    w.check(node, "yes no no no -");
    let (from, to) = (w.date("2026-12-30"), w.date("2027-03-01"));
    let days = Recurring::Anniversary(date);
    let node = w.node(Node::RecurringWithin { days, from, to }, Type::YesNo);
    w.check(node, "yes yes yes no -");
    w.plan.leap_day = LeapDay::LeapYearsOnly;
    w.check(node, "yes yes no no -");
    let to = w.node(Node::Missing, Type::Date);
    let days = Recurring::Anniversary(date);
    let node = w.node(Node::RecurringWithin { days, from, to }, Type::YesNo);
    w.check(node, "- - - - -");
}

#[test]
fn reminders_reach_one_offset_after_the_other() {
    let (mut w, date) = dates(&[
        "2027-01-21",
        "2027-01-20",
        "2026-12-21",
        "2026-11-28",
        "2026-11-22",
        "2026-11-21",
        "2026-11-20",
        "",
    ]);
    let mut check = |offsets: &[i64], kind, after, expected: &str| {
        let offsets = offsets.to_vec();
        let node = Node::Reached {
            clock: RUN_CLOCK,
            offsets,
            kind,
            unit: 1,
            after,
            date,
        };
        let node = w.node(node, Type::Integer);
        w.check(node, expected);
    };
    check(&[60, 30, 7], DurationKind::Days, false, "- 60 30 7 7 - - -");
    check(&[2, 1], DurationKind::Months, false, "2 2 1 1 1 - - -");
    let mut w2 = dates(&[
        "2026-11-22",
        "2026-11-21",
        "2026-11-18",
        "2026-11-11",
        "2026-08-21",
    ]);
    let mut check = |offsets: &[i64], kind, expected: &str| {
        let offsets = offsets.to_vec();
        let node = Node::Reached {
            clock: RUN_CLOCK,
            offsets,
            kind,
            unit: 1,
            after: true,
            date: w2.1,
        };
        let node = w2.0.node(node, Type::Integer);
        w2.0.check(node, expected);
    };
    check(&[3, 10, 60], DurationKind::Days, "- - 3 10 60");
    check(&[1, 3], DurationKind::Months, "- - - - 3");
}

#[test]
fn other_clocks_show_other_days() {
    let (mut w, _) = dates(&["2026-01-01"]);
    let today = w.node(Node::Today(RUN_CLOCK), Type::Date);
    let past = shifted(&mut w, today, 1, DurationKind::Months, true);
    w.plan.clocks.push(Some(past));
    let clock = guanxi::plan::ClockId(1);
    let then = w.node(Node::Today(clock), Type::Date);
    w.check(then, "2026-10-21");
    let now = w.node(Node::Now(clock), Type::DateTime);
    w.check(now, "2026-10-21T23:59:59.999999+02:00");
}

#[test]
fn zones_agree_with_jiff() {
    for name in [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Shanghai",
        "UTC",
        "Australia/Lord_Howe",
    ] {
        let zone = Zone::new(name).unwrap();
        let tz = jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap();
        let mut t = instant("1880-01-01T00:00Z");
        // About every 11 days to the year 2300, past the offsets at hand.
        while t < instant("2300-01-01T00:00Z") {
            let stamp = jiff::Timestamp::from_microsecond(t).unwrap();
            let wall = tz.to_datetime(stamp);
            let (y, m, d) = (wall.year(), wall.month(), wall.day());
            let expected = Day::new(y.into(), m as u32, d as u32).unwrap();
            assert_eq!(zone.day_of(t), expected, "{name} {stamp}");
            let back = tz.to_ambiguous_timestamp(wall).compatible().unwrap();
            assert_eq!(
                zone.instant(zone.local(t)),
                back.as_microsecond(),
                "{name} {stamp}"
            );
            t += 1_000_003_000_000;
        }
    }
    assert!(Zone::new("Mars/Olympus").is_none());
}

#[test]
fn days_of_changing_clocks() {
    let wall = |s: &str| instant(&format!("{s}Z"));
    // Berlin: 02:30 is skipped, and later shown twice.
    let berlin = Zone::new("Europe/Berlin").unwrap();
    assert_eq!(
        berlin.instant(wall("2026-03-29T02:30")),
        instant("2026-03-29T01:30Z")
    );
    assert_eq!(
        berlin.instant(wall("2026-10-25T02:30")),
        instant("2026-10-25T00:30Z")
    );
    assert_eq!(
        berlin.start_of(day("2026-03-30")) - berlin.start_of(day("2026-03-29")),
        23 * 3_600_000_000
    );
    let york = Zone::new("America/New_York").unwrap();
    assert_eq!(
        york.instant(wall("2026-03-08T02:30")),
        instant("2026-03-08T07:30Z")
    );
    assert_eq!(
        york.instant(wall("2026-11-01T01:30")),
        instant("2026-11-01T05:30Z")
    );
    assert_eq!(york.day_of(instant("2026-11-01T04:59Z")), day("2026-11-01"));
    assert_eq!(york.day_of(instant("2026-12-01T04:59Z")), day("2026-11-30"));
    assert_eq!(
        york.end_of(day("2026-11-01")),
        instant("2026-11-02T04:59:59.999999Z")
    );
}

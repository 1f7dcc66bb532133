//! The lunar calendar, the solar terms and the occasions: against another calendar's computation, and against dates
//! written by hand.
//!
//! Dates by hand are those of the Hong Kong Observatory's *Gregorian-Lunar Calendar Conversion Table*. The other
//! computation is that of `tyme4rs`, which computes new moons and solar terms by the theory of the *Shouxing*
//! almanac, while the lunar calendar here is made of ICU's tables.

use guanxi::calendar::lunar::{self, LunarDay, lunar_day};
use guanxi::calendar::{
    ALIASES, BUILT_IN, FIRST_DAY, LAST_DAY, Occasion, OutsideCalendar, SolarTerm, built_in,
};
use guanxi::schema::Day;
use guanxi::syntax::ast::LeapDay;
use tyme4rs::tyme::lunar::LunarYear;
use tyme4rs::tyme::solar::SolarTerm as OtherTerm;

fn day(text: &str) -> Day {
    Day::parse_iso(text.as_bytes()).expect("a date")
}

fn occasion(name: &str) -> &'static Occasion {
    built_in(name).expect("a built-in occasion")
}

/// The day of an occasion in a Gregorian year that has exactly one.
fn in_year(name: &str, year: i32) -> Day {
    let of = |month| {
        let day = Day::new(year, month, 1).expect("a date");
        occasion(name).nearest(day, LeapDay::February28)
    };
    let found = [of(7), of(2)].into_iter().flatten();
    let mut found = found.filter(|day| day.ymd().0 == year);
    found.next().expect("in the calendar")
}

fn unix(julian_day: f64) -> Day {
    Day((julian_day - 2_440_587.5).floor() as i32)
}

/// First days of months for which the other computation follows almanacs printed at the time, or its own moments
/// seconds from midnight, and the day of the published table.
const OTHERWISE: &[(&str, &str)] = &[
    ("1906-04-23", "1906-04-24"),
    ("1909-09-15", "1909-09-14"),
    ("1910-12-31", "1911-01-01"),
    ("1916-04-02", "1916-04-03"),
    ("1920-11-11", "1920-11-10"),
    ("1927-10-26", "1927-10-25"),
    ("1928-10-14", "1928-10-13"),
    ("1942-09-11", "1942-09-10"),
    ("1943-11-28", "1943-11-27"),
    ("1954-02-04", "1954-02-03"),
    ("1957-03-01", "1957-03-02"),
    ("2057-09-29", "2057-09-28"),
];

/// Year, month (negative: leap) and first day of every month by the other computation.
fn other_months() -> Vec<(i32, i32, Day)> {
    let mut months = Vec::new();
    for year in 1900..=2100 {
        for month in LunarYear::from_year(year as isize).get_months() {
            let number = match month.is_leap() {
                true => -(month.get_month() as i32),
                false => month.get_month() as i32,
            };
            let first = unix(month.get_first_julian_day().get_day() + 0.25);
            let published = OTHERWISE.iter().find(|(other, _)| day(other) == first);
            months.push((year, number, published.map_or(first, |(_, own)| day(own))));
        }
    }
    months
}

#[test]
fn every_month_is_that_of_another_computation() {
    let months = other_months();
    assert_eq!(months.len(), 201 * 12 + LEAP_MONTHS.len());
    let ends = months.iter().skip(1).map(|m| m.2);
    let ends = ends.chain([Day(LAST_DAY.0 + 1)]);
    for ((year, number, first), end) in months.iter().zip(ends) {
        let of = |day| LunarDay {
            year: *year,
            month: number.unsigned_abs(),
            leap: *number < 0,
            day,
        };
        assert_eq!(lunar_day(*first), Some(of(1)), "{first}");
        let length = (end.0 - first.0) as u32;
        assert_eq!(lunar_day(Day(end.0 - 1)), Some(of(length)), "{first}");
    }
    assert_eq!(lunar_day(Day(FIRST_DAY.0 - 1)), None);
    assert_eq!(lunar_day(Day(LAST_DAY.0 + 1)), None);
    let first = lunar_day(FIRST_DAY).expect("known");
    assert_eq!((first.year, first.month, first.day), (1899, 12, 1));
    let last = lunar_day(LAST_DAY).expect("known");
    assert_eq!((last.year, last.month), (2100, 12));
}

#[test]
fn spring_festival_and_mid_autumn_of_every_year() {
    let mut found = 0;
    for (year, number, first) in other_months() {
        match number {
            1 => assert_eq!(in_year("spring_festival", year), first),
            8 => assert_eq!(in_year("mid_autumn", year), Day(first.0 + 14)),
            _ => continue,
        }
        found += 1;
    }
    assert_eq!(found, 402);
}

/// Year and number of each leap month.
const LEAP_MONTHS: &[(i32, u32)] = &[
    (1900, 8),
    (1903, 5),
    (1906, 4),
    (1909, 2),
    (1911, 6),
    (1914, 5),
    (1917, 2),
    (1919, 7),
    (1922, 5),
    (1925, 4),
    (1928, 2),
    (1930, 6),
    (1933, 5),
    (1936, 3),
    (1938, 7),
    (1941, 6),
    (1944, 4),
    (1947, 2),
    (1949, 7),
    (1952, 5),
    (1955, 3),
    (1957, 8),
    (1960, 6),
    (1963, 4),
    (1966, 3),
    (1968, 7),
    (1971, 5),
    (1974, 4),
    (1976, 8),
    (1979, 6),
    (1982, 4),
    (1984, 10),
    (1987, 6),
    (1990, 5),
    (1993, 3),
    (1995, 8),
    (1998, 5),
    (2001, 4),
    (2004, 2),
    (2006, 7),
    (2009, 5),
    (2012, 4),
    (2014, 9),
    (2017, 6),
    (2020, 4),
    (2023, 2),
    (2025, 6),
    (2028, 5),
    (2031, 3),
    (2033, 11),
    (2036, 6),
    (2039, 5),
    (2042, 2),
    (2044, 7),
    (2047, 5),
    (2050, 3),
    (2052, 8),
    (2055, 6),
    (2058, 4),
    (2061, 3),
    (2063, 7),
    (2066, 5),
    (2069, 4),
    (2071, 8),
    (2074, 6),
    (2077, 4),
    (2080, 3),
    (2082, 7),
    (2085, 5),
    (2088, 4),
    (2090, 8),
    (2093, 6),
    (2096, 4),
    (2099, 2),
];

#[test]
fn leap_months_are_those_of_the_almanac() {
    let mut found = Vec::new();
    for n in FIRST_DAY.0..=LAST_DAY.0 {
        let lunar = lunar_day(Day(n)).expect("in the calendar");
        if lunar.leap && lunar.day == 1 {
            found.push((lunar.year, lunar.month));
        }
    }
    assert_eq!(found, LEAP_MONTHS);
}

#[test]
fn lunar_days_of_the_published_table() {
    // Gregorian day, lunar year, month (negative: leap), day.
    let table = [
        ("1900-01-31", 1900, 1, 1),
        ("1949-10-01", 1949, 8, 10),
        ("1966-02-20", 1966, 2, 1),
        ("1985-02-20", 1985, 1, 1),
        ("1987-07-26", 1987, -6, 1),
        ("1995-09-25", 1995, -8, 1),
        ("2000-02-05", 2000, 1, 1),
        ("2008-08-08", 2008, 7, 8),
        ("2012-01-23", 2012, 1, 1),
        ("2014-10-24", 2014, -9, 1),
        ("2017-07-23", 2017, -6, 1),
        ("2020-05-23", 2020, -4, 1),
        ("2020-10-01", 2020, 8, 15),
        ("2023-03-22", 2023, -2, 1),
        ("2024-02-10", 2024, 1, 1),
        ("2025-07-25", 2025, -6, 1),
        ("2026-02-16", 2025, 12, 29),
        ("2026-09-25", 2026, 8, 15),
        ("2033-12-22", 2033, -11, 1),
        ("2034-02-19", 2034, 1, 1),
        ("2100-02-09", 2100, 1, 1),
    ];
    for (text, year, month, of_month) in table {
        let expected = LunarDay {
            year,
            month: i32::unsigned_abs(month),
            leap: month < 0,
            day: of_month,
        };
        assert_eq!(lunar_day(day(text)), Some(expected), "{text}");
    }
}

#[test]
fn occasions_of_the_published_calendars() {
    let table = [
        ("spring_festival", "1985-02-20"),
        ("spring_festival", "2033-01-31"),
        ("spring_festival", "2034-02-19"),
        ("chinese_new_year", "2026-02-17"),
        ("除夕", "2026-02-16"),
        ("chinese_new_year_eve", "2025-01-28"),
        ("lantern_festival", "2026-03-03"),
        ("qingming", "2026-04-05"),
        ("dragon_boat", "2024-06-10"),
        ("端午节", "2026-06-19"),
        ("qixi", "2026-08-19"),
        ("mid_autumn", "2023-09-29"),
        ("mid_autumn", "2025-10-06"),
        ("double_ninth", "2026-10-18"),
        ("laba", "2026-01-26"),
        ("winter_solstice", "2026-12-22"),
        ("easter", "2026-04-05"),
        ("good_friday", "2026-04-03"),
        ("mothers_day", "2026-05-10"),
        ("fathers_day", "2026-06-21"),
        ("thanksgiving", "2026-11-26"),
        ("black_friday", "2026-11-27"),
        ("cyber_monday", "2026-11-30"),
        ("thanksgiving", "2024-11-28"),
        ("singles_day", "2026-11-11"),
    ];
    for (name, text) in table {
        let on = day(text);
        let near = |n: i32| occasion(name).nearest(Day(on.0 + n), LeapDay::February28);
        assert_eq!(near(-40), Ok(on), "{name}");
        assert_eq!(near(40), Ok(on), "{name}");
    }
}

#[test]
fn names_of_occasions_are_unique_and_aliases_lead_somewhere() {
    let mut names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    names.extend(ALIASES.iter().map(|(name, _)| *name));
    for (alias, of) in ALIASES {
        assert!(BUILT_IN.iter().any(|(name, _)| name == of), "{alias}");
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// Solar terms seconds from midnight, whose day is the published one (the moment to the full minute).
const PUBLISHED: &[(&str, &str)] = &[("dongzhi", "1951-12-23"), ("dahan", "1979-01-21")];

#[test]
fn every_solar_term_is_that_of_another_computation() {
    let mut near_midnight = Vec::new();
    for year in 1900..=2100 {
        for (i, term) in SolarTerm::all().enumerate() {
            // Its year begins with the winter solstice before.
            let other = OtherTerm::from_index(year, i as isize + 1);
            // In China Standard Time.
            let moment = other.get_julian_day().get_day();
            let own = term.in_year(year as i32).expect("in the calendar");
            let fraction = (moment + 0.5).fract();
            if fraction.min(1.0 - fraction) * 86_400.0 < 5.0 {
                near_midnight.push((term.name(), own.to_string()));
                continue;
            }
            assert_eq!(own, unix(moment), "{} {year}", term.name());
        }
    }
    let near: Vec<(&str, &str)> = near_midnight
        .iter()
        .map(|(n, d)| (*n, d.as_str()))
        .collect();
    assert_eq!(near, PUBLISHED);
}

#[test]
fn solar_terms_of_the_published_table() {
    let table = [
        ("dongzhi", "1951-12-23"),
        ("dahan", "1979-01-21"),
        ("lichun", "2017-02-03"),
        ("xiazhi", "2020-06-21"),
        ("lichun", "2021-02-03"),
        ("dongzhi", "2021-12-21"),
        ("liqiu", "2023-08-08"),
        ("qingming", "2024-04-04"),
        ("dongzhi", "2024-12-21"),
        ("lichun", "2025-02-03"),
        ("清明", "2025-04-04"),
        ("lichun", "2026-02-04"),
        ("qingming", "2026-04-05"),
        ("冬至", "2026-12-22"),
        ("chunfen", "2051-03-20"),
        ("lichun", "2083-02-03"),
        ("chunfen", "2084-03-19"),
    ];
    for (name, text) in table {
        let term = SolarTerm::find(name).expect("a term");
        assert_eq!(term.in_year(day(text).ymd().0), Some(day(text)), "{name}");
    }
    assert_eq!(SolarTerm::find("winter"), None);
    let qingming = SolarTerm::find("qingming").expect("a term");
    assert_eq!(qingming.in_year(1899), None);
    assert_eq!(qingming.in_year(2101), None);
}

/// All lunar anniversaries of a date, found day by day.
fn all_anniversaries(date: Day) -> Vec<Day> {
    let of = lunar_day(date).expect("in the calendar");
    let month = |n: i32| lunar_day(Day(n)).map(|l| (l.year, l.month, l.leap));
    (FIRST_DAY.0..=LAST_DAY.0)
        .filter(|n| {
            let Some(l) = lunar_day(Day(*n)) else {
                return false;
            };
            let stands_for_the_30th = l.day == 29 && of.day == 30 && month(*n + 1) != month(*n);
            let same = l.day == of.day || stands_for_the_30th;
            l.year > of.year && l.month == of.month && !l.leap && same
        })
        .map(Day)
        .collect()
}

#[test]
fn lunar_anniversaries_agree_with_a_list_of_all_of_them() {
    for born in [
        "1900-01-01",
        "1900-01-31",
        "1985-02-19",
        "1985-02-20",
        "1987-07-26",
        "1995-10-15",
        "2000-05-05",
        "2033-12-30",
        "2099-03-30",
    ] {
        let born = day(born);
        let all = all_anniversaries(born);
        for n in (FIRST_DAY.0..LAST_DAY.0 - 400).step_by(97) {
            let today = Day(n);
            let nearest = *all.iter().min_by_key(|a| ((a.0 - n).abs(), a.0)).unwrap();
            assert_eq!(lunar::nearest_anniversary(born, today), Ok(nearest));
            for length in [-1, 0, 6, 179] {
                let to = Day(n + length);
                let any = all.iter().any(|a| (today..=to).contains(a));
                assert_eq!(lunar::anniversary_within(born, today, to), Ok(any));
            }
        }
    }
}

#[test]
fn beyond_the_calendar_nothing_is_guessed() {
    let outside = Err(OutsideCalendar);
    let today = day("2026-11-21");
    assert_eq!(
        lunar::nearest_anniversary(day("1899-12-31"), today),
        outside
    );
    assert_eq!(
        lunar::nearest_anniversary(day("2101-01-29"), today),
        outside
    );
    let born = day("1990-01-27");
    assert_eq!(lunar_day(born).map(|l| (l.month, l.day)), Some((1, 1)));
    let near = |text| lunar::nearest_anniversary(born, day(text));
    assert_eq!(near("2100-05-01"), Ok(day("2100-02-09")));
    // The next one, early in 2101, is not known, and would be nearer.
    assert_eq!(near("2100-12-31"), outside);
    assert_eq!(near("2150-01-01"), outside);
    let within = |from, to| lunar::anniversary_within(born, day(from), day(to));
    assert_eq!(within("2101-01-01", "2101-01-28"), Ok(false));
    assert_eq!(within("2101-01-01", "2101-01-29"), Err(OutsideCalendar));
    assert_eq!(within("2100-02-09", "2100-02-09"), Ok(true));
    assert_eq!(within("1850-01-01", "1850-02-01"), Ok(false));

    let spring = |text| occasion("spring_festival").nearest(day(text), LeapDay::February28);
    assert_eq!(spring("1900-02-28"), Ok(day("1900-01-31")));
    assert_eq!(spring("1899-12-01"), outside);
    assert_eq!(spring("2101-06-01"), outside);
    let solstice = |text| occasion("winter_solstice").nearest(day(text), LeapDay::February28);
    assert_eq!(solstice("2100-12-26"), Ok(day("2100-12-22")));
    assert_eq!(solstice("2100-12-31"), outside);
    assert_eq!(solstice("2101-01-20"), outside);
    let christmas = |text| occasion("christmas").nearest(day(text), LeapDay::February28);
    assert_eq!(christmas("0001-01-01"), Ok(day("0001-12-25")));
    assert_eq!(christmas("9999-12-31"), Ok(day("9999-12-25")));
}

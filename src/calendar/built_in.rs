//! The occasions that every workspace knows.

use super::{Occasion, SolarTerm};

const fn yearly(month: u32, day: u32) -> Occasion {
    Occasion::Yearly { month, day }
}

const fn lunar(month: u32, day: u32) -> Occasion {
    Occasion::Lunar { month, day }
}

/// So many days after the `nth` weekday (0 is Monday) of a month.
const fn weekday(month: u32, nth: u32, weekday: u32, then: i32) -> Occasion {
    Occasion::Weekday {
        month,
        nth,
        weekday,
        then,
    }
}

const THURSDAY: u32 = 3;
const SUNDAY: u32 = 6;

/// The names and their days, in the order of the year: those of the Gregorian calendar, then China's.
pub static BUILT_IN: &[(&str, Occasion)] = &[
    ("new_year", yearly(1, 1)),
    ("valentines_day", yearly(2, 14)),
    ("womens_day", yearly(3, 8)),
    ("white_day", yearly(3, 14)),
    ("good_friday", Occasion::Easter { then: -2 }),
    ("easter", Occasion::Easter { then: 0 }),
    ("labour_day", yearly(5, 1)),
    ("youth_day", yearly(5, 4)),
    ("mothers_day", weekday(5, 2, SUNDAY, 0)),
    ("love_day", yearly(5, 20)),
    ("childrens_day", yearly(6, 1)),
    ("fathers_day", weekday(6, 3, SUNDAY, 0)),
    ("mid_year_sale", yearly(6, 18)),
    ("teachers_day", yearly(9, 10)),
    ("national_day", yearly(10, 1)),
    ("halloween", yearly(10, 31)),
    ("singles_day", yearly(11, 11)),
    ("thanksgiving", weekday(11, 4, THURSDAY, 0)),
    ("black_friday", weekday(11, 4, THURSDAY, 1)),
    ("cyber_monday", weekday(11, 4, THURSDAY, 4)),
    ("double_twelve", yearly(12, 12)),
    ("christmas_eve", yearly(12, 24)),
    ("christmas", yearly(12, 25)),
    ("boxing_day", yearly(12, 26)),
    ("new_years_eve", yearly(12, 31)),
    ("spring_festival", lunar(1, 1)),
    ("lantern_festival", lunar(1, 15)),
    ("dragon_head", lunar(2, 2)),
    ("qingming", Occasion::SolarTerm(SolarTerm::QINGMING)),
    ("dragon_boat", lunar(5, 5)),
    ("qixi", lunar(7, 7)),
    ("ghost_festival", lunar(7, 15)),
    ("mid_autumn", lunar(8, 15)),
    ("double_ninth", lunar(9, 9)),
    ("winter_solstice", Occasion::SolarTerm(SolarTerm::DONGZHI)),
    ("laba", lunar(12, 8)),
    ("little_new_year", lunar(12, 23)),
    // The last day of the year, also where its month is short.
    ("chinese_new_year_eve", lunar(12, 30)),
];

/// Other names, each with the one it stands for.
pub static ALIASES: &[(&str, &str)] = &[
    ("元旦", "new_year"),
    ("情人节", "valentines_day"),
    ("妇女节", "womens_day"),
    ("白色情人节", "white_day"),
    ("复活节", "easter"),
    ("劳动节", "labour_day"),
    ("青年节", "youth_day"),
    ("母亲节", "mothers_day"),
    ("网络情人节", "love_day"),
    ("儿童节", "childrens_day"),
    ("父亲节", "fathers_day"),
    ("年中大促", "mid_year_sale"),
    ("教师节", "teachers_day"),
    ("国庆节", "national_day"),
    ("万圣节", "halloween"),
    ("双十一", "singles_day"),
    ("感恩节", "thanksgiving"),
    ("黑色星期五", "black_friday"),
    ("网络星期一", "cyber_monday"),
    ("双十二", "double_twelve"),
    ("平安夜", "christmas_eve"),
    ("圣诞节", "christmas"),
    ("跨年夜", "new_years_eve"),
    ("chinese_new_year", "spring_festival"),
    ("春节", "spring_festival"),
    ("元宵节", "lantern_festival"),
    ("龙抬头", "dragon_head"),
    ("清明节", "qingming"),
    ("端午节", "dragon_boat"),
    ("七夕", "qixi"),
    ("中元节", "ghost_festival"),
    ("中秋节", "mid_autumn"),
    ("重阳节", "double_ninth"),
    ("冬至", "winter_solstice"),
    ("腊八节", "laba"),
    ("小年", "little_new_year"),
    ("除夕", "chinese_new_year_eve"),
];

/// The built-in occasion of that name.
pub fn built_in(name: &str) -> Option<&'static Occasion> {
    let name = ALIASES
        .iter()
        .find(|(alias, _)| *alias == name)
        .map_or(name, |(_, of)| of);
    let found = BUILT_IN.iter().find(|(known, _)| *known == name);
    found.map(|(_, occasion)| occasion)
}

//! The 24 solar terms, 1900 to 2100: the day of China Standard Time (UTC+8) on which the sun reaches each multiple
//! of 15 degrees.
//!
//! The moments were computed by the theory of the *Shouxing* almanac, as `tyme4rs` has it; `tests/calendar.rs` holds
//! the table against it. It is a table because a moment seconds from midnight must give the same day on every
//! machine. `docs/semantics.md` names the days that come nearest midnight.

use super::{FIRST_YEAR, LAST_YEAR, Reach};
use crate::schema::Day;

/// A solar term, by its place in the Gregorian year: `xiaohan`, early in January, is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SolarTerm(u8);

/// The name in pinyin, the name, and the earliest day of its month that it falls on.
const TERMS: [(&str, &str, u32); 24] = [
    ("xiaohan", "小寒", 4),
    ("dahan", "大寒", 19),
    ("lichun", "立春", 3),
    ("yushui", "雨水", 18),
    ("jingzhe", "惊蛰", 4),
    ("chunfen", "春分", 19),
    ("qingming", "清明", 4),
    ("guyu", "谷雨", 19),
    ("lixia", "立夏", 4),
    ("xiaoman", "小满", 20),
    ("mangzhong", "芒种", 4),
    ("xiazhi", "夏至", 20),
    ("xiaoshu", "小暑", 6),
    ("dashu", "大暑", 22),
    ("liqiu", "立秋", 6),
    ("chushu", "处暑", 22),
    ("bailu", "白露", 6),
    ("qiufen", "秋分", 22),
    ("hanlu", "寒露", 7),
    ("shuangjiang", "霜降", 22),
    ("lidong", "立冬", 6),
    ("xiaoxue", "小雪", 21),
    ("daxue", "大雪", 6),
    ("dongzhi", "冬至", 21),
];

/// The days in which all solar terms are known.
pub(super) const REACH: Reach = Reach(Day(-25_567), Day(47_846));

impl SolarTerm {
    pub const QINGMING: SolarTerm = SolarTerm(6);
    pub const DONGZHI: SolarTerm = SolarTerm(23);

    /// By its name, in pinyin or Chinese.
    pub fn find(name: &str) -> Option<SolarTerm> {
        let place = TERMS
            .iter()
            .position(|(pinyin, chinese, _)| *pinyin == name || *chinese == name);
        place.map(|i| SolarTerm(i as u8))
    }

    /// All 24, in the order of the year.
    pub fn all() -> impl Iterator<Item = SolarTerm> {
        (0..24).map(SolarTerm)
    }

    /// In pinyin.
    pub fn name(self) -> &'static str {
        TERMS[self.0 as usize].0
    }

    /// Its day in a Gregorian year; `None` outside 1900 to 2100.
    pub fn in_year(self, year: i32) -> Option<Day> {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return None;
        }
        let later = (LATER[(year - FIRST_YEAR) as usize] >> (2 * self.0)) & 3;
        let earliest = TERMS[self.0 as usize].2;
        Day::new(year, u32::from(self.0) / 2 + 1, earliest + later as u32)
    }
}

/// For each year from 1900 on, two bits a term, `xiaohan` the lowest: how many days after the earliest.
#[rustfmt::skip]
const LATER: [u64; 201] = [
    0x5aa665a65a56, 0x6aaaa6aa9a5a, 0xaaaaaabaaa6a, 0xaaabbabbafaa, 0x5aa665a65aab,
    0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a, 0xaaabbabbafaa, 0x5aa665a65aab, 0x6aaaa6aa9a5a,
    0xaaaaaaaaaa6a, 0xaaabbabbafaa, 0x56a665a65aab, 0x6aa6a6aa9a56, 0xaaaaaaaa9a5a,
    0xaaabaabaaeaa, 0x569665a65aaa, 0x6aa6a6a69a56, 0x6aaaaaaa9a5a, 0xaaabaabaaeaa,
    0x569665a65aaa, 0x5aa6a6a65a56, 0x6aaaaaaa9a5a, 0xaaabaabaaa6a, 0x569665a65aaa,
    0x5aa6a6a65a56, 0x6aaaa6aa9a5a, 0xaaabaabaaa6a, 0x555665a65aaa, 0x5aa665a65a56,
    0x6aaaa6aa9a5a, 0xaaaaaabaaa6a, 0x555665665aaa, 0x5aa665a65a56, 0x6aaaa6aa9a5a,
    0xaaaaaaaaaa6a, 0x555665665aaa, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a,
    0x555665665aaa, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a, 0x555665655aaa,
    0x569665a65a56, 0x6aa6a6aa9a56, 0xaaaaaaaa9a5a, 0x5556556559aa, 0x569665a65a55,
    0x6aa6a6a65a56, 0xaaaaaaaa9a5a, 0x5556556559aa, 0x569665a65a55, 0x5aa6a6a65a56,
    0x6aaaa6aa9a5a, 0x5556556555aa, 0x569665a65a55, 0x5aa665a65a56, 0x6aaaa6aa9a5a,
    0x55555565556a, 0x555665665a55, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0x55555565556a,
    0x555665665a55, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0x55555555556a, 0x555665665a55,
    0x5aa665a65a56, 0x6aaaa6aa9a5a, 0x55555555556a, 0x555665655a55, 0x5aa665a65a56,
    0x6aa6a6aa9a5a, 0x55555555456a, 0x555655655a55, 0x5a9665a65a56, 0x6aa6a6a69a5a,
    0x55555555456a, 0x555655655a55, 0x569665a65a56, 0x6aa6a6a65a56, 0x55555155455a,
    0x555655655955, 0x569665a65a55, 0x5aa6a5a65a56, 0x15555155455a, 0x555555655555,
    0x569665665a55, 0x5aa665a65a56, 0x15555155455a, 0x555555655515, 0x555665665a55,
    0x5aa665a65a56, 0x15555155455a, 0x555555555515, 0x555665665a55, 0x5aa665a65a56,
    0x15555155455a, 0x555555555515, 0x555665665a55, 0x5aa665a65a56, 0x15555155455a,
    0x555555555515, 0x555655655a55, 0x5aa665a65a56, 0x15515155455a, 0x555555554515,
    0x555655655a55, 0x5a9665a65a56, 0x15515151455a, 0x555551554515, 0x555655655a55,
    0x569665a65a56, 0x155151510556, 0x555551554505, 0x555655655955, 0x569665665a55,
    0x155110510556, 0x155551554505, 0x555555655555, 0x569665665a55, 0x055110510556,
    0x155551554505, 0x555555555515, 0x555665665a55, 0x055110510556, 0x155551554505,
    0x555555555515, 0x555665665a55, 0x055110510556, 0x155551554505, 0x555555555515,
    0x555655655a55, 0x055110510556, 0x155551554505, 0x555555555515, 0x555655655a55,
    0x055110510556, 0x155151514505, 0x555555554515, 0x555655655a55, 0x054110510556,
    0x155151510505, 0x555551554515, 0x555655655a55, 0x014110110556, 0x155110510501,
    0x555551554505, 0x555555655555, 0x014110110555, 0x155110510501, 0x555551554505,
    0x555555555555, 0x014110110555, 0x055110510501, 0x155551554505, 0x555555555555,
    0x000110110555, 0x055110510501, 0x155551554505, 0x555555555515, 0x000110110555,
    0x055110510501, 0x155551554505, 0x555555555515, 0x000100100555, 0x055110510501,
    0x155151514505, 0x555555555515, 0x000100100555, 0x054110510501, 0x155151514505,
    0x555551554515, 0x000100100555, 0x054110510501, 0x155150510505, 0x555551554515,
    0x000100100555, 0x014110110501, 0x155110510505, 0x555551554505, 0x000000100055,
    0x014110110500, 0x155110510501, 0x555551554505, 0x000000000055, 0x014110110500,
    0x055110510501, 0x155551554505, 0x000000000055, 0x000110110500, 0x055110510501,
    0x155551554505, 0x000000000015, 0x000100110500, 0x055110510501, 0x155551554505,
    0x555555555515,];

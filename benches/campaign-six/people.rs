//! The customers.

use std::error::Error;

use guanxi::schema::Day;

use super::sink::{Cell, Kind, Sink};
use super::{Options, Random};

const FAMILY: [&str; 16] = [
    "Li", "Wang", "Zhang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Smith", "Berg", "Rossi", "Kim",
    "Novak", "Silva", "Okafor", "Dubois",
];

const GIVEN: [&str; 16] = [
    "Wei", "Fang", "Min", "Jie", "Na", "Lei", "Xue", "Tao", "Anna", "Emma", "Oscar", "Grace",
    "Tom", "Sofia", "Peter", "Lucy",
];

const CITIES: [&str; 20] = [
    "Hangzhou",
    "Shanghai",
    "Beijing",
    "Suzhou",
    "Guangzhou",
    "Shenzhen",
    "Chengdu",
    "Wuhan",
    "Nanjing",
    "Xiamen",
    "Qingdao",
    "Dalian",
    "Kunming",
    "Xi'an",
    "Tianjin",
    "Ningbo",
    "Hefei",
    "Fuzhou",
    "Jinan",
    "Guiyang",
];

/// About one in ten without a birthday, one in five without an address, three in ten brought by somebody.
pub fn write(options: &Options, today: Day) -> Result<(), Box<dyn Error>> {
    let mut random = Random::new(options.seed);
    let mut sink = Sink::create(
        options,
        "customers",
        &[
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("birthday", Kind::Date),
            ("joined", Kind::Date),
            ("city", Kind::Text),
            ("language", Kind::Text),
            ("email", Kind::Text),
            ("may_email", Kind::Flag),
            ("referred_by", Kind::Text),
        ],
    )?;
    let oldest = Day::new(1940, 1, 1).ok_or("no such day")?;
    for number in 1..=options.customers {
        let family = FAMILY[random.below(16) as usize];
        let given = GIVEN[random.below(16) as usize];
        let born = Day(oldest.0 + random.below(68 * 365) as i32);
        let birthday = if random.percent(10) {
            Cell::Missing
        } else {
            Cell::Date(born)
        };
        let joined = Cell::Date(Day(today.0 - random.below(3_650) as i32));
        let city = Cell::Text(CITIES[random.below(20) as usize]);
        let language = Cell::Text(if random.percent(80) { "zh" } else { "en" });
        let email = if random.percent(20) {
            Cell::Missing
        } else {
            Cell::Email(number)
        };
        let may_email = Cell::Flag(random.percent(70));
        let referrer = random.below(options.customers) + 1;
        let referred_by = if random.percent(30) {
            Cell::Id('C', 7, referrer)
        } else {
            Cell::Missing
        };
        sink.row([
            Cell::Id('C', 7, number),
            Cell::Name(given, family),
            birthday,
            joined,
            city,
            language,
            email,
            may_email,
            referred_by,
        ])?;
    }
    sink.finish()
}

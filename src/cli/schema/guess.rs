//! What a column's cells have in common.

use crate::data::StoredType;
use crate::schema::{Day, Decimal};
use crate::syntax;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// A type of the language, as it would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    Text,
    YesNo,
    Integer,
    Number,
    Percent,
    /// With a `strftime` format where it is not `2026-11-21`.
    Date(Option<&'static str>),
    DateTime,
    Time,
    /// The values, sorted.
    OneOf(Vec<String>),
}

/// Date formats tried, in this order: where a day fits both, the first is taken.
const DATE_FORMATS: &[&str] = &["%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y.%m.%d"];

/// Beyond this many different values nobody would list them.
const MOST_VALUES: usize = 8;
/// Beyond this many, values are not remembered, and a column is taken for no key.
const MOST_KEPT: usize = 5_000_000;
/// Fewer rows than this for each value prove nothing.
const ROWS_A_VALUE: u64 = 5;

/// Looks at cells one by one, and forgets them.
#[derive(Debug)]
pub struct Column {
    pub header: String,
    /// Of a file that says its types.
    pub stored: Option<StoredType>,
    rows: u64,
    missing: u64,
    yes_no: bool,
    /// Only the digits 0 and 1.
    bits: bool,
    integer: bool,
    number: bool,
    percent: bool,
    date: bool,
    formats: Vec<&'static str>,
    datetime: bool,
    time: bool,
    /// Dates and datetimes.
    moment: bool,
    /// Different values, as long as there are not too many.
    seen: FxHashSet<String>,
    complete: bool,
    distinct: bool,
}

impl Column {
    pub fn new(header: &str, stored: Option<StoredType>) -> Column {
        Column {
            header: header.to_owned(),
            stored,
            rows: 0,
            missing: 0,
            yes_no: true,
            bits: true,
            integer: true,
            number: true,
            percent: true,
            date: true,
            formats: DATE_FORMATS.to_vec(),
            datetime: true,
            time: true,
            moment: true,
            seen: FxHashSet::default(),
            complete: true,
            distinct: true,
        }
    }

    pub fn look(&mut self, cell: Option<&str>) {
        self.rows += 1;
        let Some(text) = cell.map(str::trim).filter(|t| !t.is_empty()) else {
            self.missing += 1;
            return;
        };
        self.yes_no &= is_yes_no(text);
        self.bits &= matches!(text, "0" | "1");
        self.integer &= is_integer(text);
        self.number &= is_number(text);
        self.percent &= text
            .strip_suffix('%')
            .is_some_and(|n| is_number(n.trim_end()));
        let (is_date, is_datetime) = (Day::parse_iso(text.as_bytes()).is_some(), is_datetime(text));
        self.date &= is_date;
        self.formats.retain(|f| is_formatted(text, f));
        self.datetime &= is_datetime;
        self.moment &= is_date || is_datetime;
        self.time &= is_time(text);
        if self.complete {
            self.distinct &= self.seen.insert(text.to_owned());
            if self.seen.len() > MOST_KEPT {
                self.complete = false;
                self.seen = FxHashSet::default();
            }
        }
    }

    pub fn has_missing(&self) -> bool {
        self.missing > 0
    }

    /// Every row has a value of its own.
    pub fn is_unique(&self) -> bool {
        self.rows > 0 && self.missing == 0 && self.distinct && self.complete
    }

    /// The values of a unique column.
    pub fn values(&self) -> &FxHashSet<String> {
        &self.seen
    }

    /// Why no field can be read from the column, if so.
    pub fn unreadable(&self) -> Option<&'static str> {
        let fits = match self.stored? {
            StoredType::Float => {
                return Some(
                    "stored as floating point, which is not exact: store it as decimal or text",
                );
            }
            StoredType::Other => return Some("stored in a way that no field is read from"),
            StoredType::Decimal => self.number,
            StoredType::Date => self.date,
            StoredType::Moment => self.moment,
            StoredType::Time => self.time,
            StoredType::Text | StoredType::Dictionary | StoredType::YesNo | StoredType::Integer => {
                true
            }
        };
        (!fits).then_some("it has a value that is too large or too fine for any field")
    }

    /// Reads only as what it is stored as, not as text too.
    pub fn is_rigid(&self) -> bool {
        use StoredType as S;
        self.stored
            .is_some_and(|s| !matches!(s, S::Text | S::Dictionary | S::Integer))
    }

    /// What the file itself says.
    fn stated(&self) -> Option<Guess> {
        let known = self.rows > self.missing;
        Some(match self.stored? {
            StoredType::YesNo => Guess::YesNo,
            StoredType::Integer if !known => Guess::Integer,
            StoredType::Decimal => Guess::Number,
            StoredType::Date => Guess::Date(None),
            StoredType::Moment if known && self.date => Guess::Date(None),
            StoredType::Moment => Guess::DateTime,
            StoredType::Time => Guess::Time,
            StoredType::Integer
            | StoredType::Text
            | StoredType::Dictionary
            | StoredType::Float
            | StoredType::Other => return None,
        })
    }

    pub fn guess(&self) -> Guess {
        if let Some(stated) = self.stated() {
            return stated;
        }
        let known = self.rows - self.missing;
        if known == 0 {
            return Guess::Text;
        }
        if self.yes_no && (!self.bits || names_a_flag(&self.header)) {
            return Guess::YesNo;
        }
        if self.integer && !names_a_code(&self.header) {
            return Guess::Integer;
        }
        if self.number && !self.integer {
            return Guess::Number;
        }
        if self.percent {
            return Guess::Percent;
        }
        if self.date {
            return Guess::Date(None);
        }
        if let Some(format) = self.formats.first() {
            return Guess::Date(Some(format));
        }
        if self.datetime {
            return Guess::DateTime;
        }
        if self.time {
            return Guess::Time;
        }
        if self.seen.len() <= MOST_VALUES
            && self.complete
            && known >= self.rows_needed()
            && self.seen.iter().all(|v| is_name(v))
        {
            let mut values: Vec<String> = self.seen.iter().cloned().collect();
            values.sort();
            return Guess::OneOf(values);
        }
        Guess::Text
    }

    /// Whoever lists values in a dictionary means a few of them.
    fn rows_needed(&self) -> u64 {
        let values = self.seen.len() as u64;
        if self.stored == Some(StoredType::Dictionary) {
            values + 1
        } else {
            ROWS_A_VALUE * values
        }
    }

    /// Day and month could be told apart by no row.
    pub fn ambiguous_date(&self) -> bool {
        self.formats.starts_with(&["%d/%m/%Y", "%m/%d/%Y"])
    }

    /// Every value that there is, unless they are too many.
    pub fn all_values(&self) -> Option<&FxHashSet<String>> {
        (self.complete && !self.seen.is_empty()).then_some(&self.seen)
    }
}

fn is_yes_no(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["yes", "no", "true", "false", "y", "n", "1", "0", "是", "否"].contains(&lower.as_str())
}

/// No leading zero, which would be lost.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (digits == "0" || !digits.starts_with('0'))
        && text.parse::<i64>().is_ok()
        && !text.starts_with('+')
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = digits.split('.').next().unwrap_or("");
    (whole == "0" || !whole.starts_with('0')) && text.parse::<Decimal>().is_ok()
}

/// Fields of exactly the widths that `strftime` writes.
fn is_formatted(text: &str, format: &str) -> bool {
    let separator = format.chars().nth(2).unwrap_or('/');
    let parts: Vec<&str> = text.split(separator).collect();
    let letters: Vec<char> = format.chars().filter(|c| c.is_ascii_alphabetic()).collect();
    if parts.len() != 3 {
        return false;
    }
    let (mut year, mut month, mut day) = (0, 0, 0);
    for (part, letter) in parts.iter().zip(letters) {
        let width = if letter == 'Y' { 4 } else { 2 };
        if part.len() != width || !part.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let n: u32 = part.parse().unwrap_or(0);
        match letter {
            'Y' => year = n,
            'm' => month = n,
            _ => day = n,
        }
    }
    Day::new(year as i32, month, day).is_some()
}

fn is_datetime(text: &str) -> bool {
    let date = text.get(..10).and_then(|d| Day::parse_iso(d.as_bytes()));
    let rest = text.get(10..).unwrap_or("");
    date.is_some()
        && rest.starts_with(['T', ' '])
        && (text.parse::<jiff::Timestamp>().is_ok()
            || text.parse::<jiff::civil::DateTime>().is_ok())
}

fn is_time(text: &str) -> bool {
    text.len() >= 5 && text.contains(':') && text.parse::<jiff::civil::Time>().is_ok()
}

fn names_a_flag(header: &str) -> bool {
    let name = header.to_lowercase();
    ["is", "has", "may", "can", "was"].iter().any(|p| {
        name.strip_prefix(p)
            .is_some_and(|rest| rest.starts_with(['_', ' ', '-']))
    }) || name.starts_with('是')
}

/// Numbers that nobody adds up.
fn names_a_code(header: &str) -> bool {
    let name = header.to_lowercase();
    let last = name
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("");
    matches!(
        last,
        "id" | "key" | "code" | "no" | "phone" | "mobile" | "zip" | "postcode" | "number" | "sku"
    ) || header.ends_with("ID")
        || header.ends_with("Id")
        || ["编号", "手机", "电话", "邮编", "号码", "手机号"]
            .iter()
            .any(|w| name.ends_with(w))
}

/// A name that needs no back-quotes.
pub fn is_name(text: &str) -> bool {
    matches!(syntax::quote_name(text), Cow::Borrowed(_))
}

/// A legal name made of a header: `Birth Date` is `birth_date`.
pub fn name_of(header: &str) -> String {
    let mut name = String::new();
    let mut previous_lower = false;
    for c in header.trim().chars() {
        if c.is_alphanumeric() || c == '_' {
            if c.is_uppercase() && previous_lower {
                name.push('_');
            }
            previous_lower = c.is_lowercase() || c.is_ascii_digit();
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
            previous_lower = false;
        }
    }
    let name = name.trim_end_matches('_').to_owned();
    match name.chars().next() {
        None => "column".into(),
        Some(c) if !(c.is_alphabetic() || c == '_') => format!("n_{name}"),
        _ if !is_name(&name) => format!("{name}_"),
        _ => name,
    }
}

/// Whether a name says that it is about a person.
pub fn names_a_person(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "name",
        "first_name",
        "last_name",
        "surname",
        "full_name",
        "email",
        "e_mail",
        "mail",
        "phone",
        "mobile",
        "telephone",
        "address",
        "street",
        "姓名",
        "手机",
        "手机号",
        "电话",
        "邮箱",
        "地址",
    ];
    WORDS.contains(&name)
}

/// Whether a name says that it is an amount of money.
pub fn names_money(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "amount", "price", "cost", "total", "revenue", "sales", "spend", "value", "fee", "金额",
        "价格", "总额",
    ];
    name.split('_').any(|part| WORDS.contains(&part))
        || ["金额", "价格"].iter().any(|w| name.ends_with(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(header: &str, cells: &[&str]) -> Guess {
        let mut column = Column::new(header, None);
        cells.iter().for_each(|c| column.look(Some(c)));
        column.guess()
    }

    #[test]
    fn types_follow_every_cell() {
        assert_eq!(guess("a", &["yes", "no", ""]), Guess::YesNo);
        assert_eq!(guess("a", &["1", "0"]), Guess::Integer);
        assert_eq!(guess("is_member", &["1", "0"]), Guess::YesNo);
        assert_eq!(guess("a", &["12", "-3"]), Guess::Integer);
        assert_eq!(guess("a", &["007", "12"]), Guess::Text);
        assert_eq!(guess("phone", &["13800138000"]), Guess::Text);
        assert_eq!(guess("a", &["12.50", "3"]), Guess::Number);
        assert_eq!(guess("a", &["5%", "2.5%"]), Guess::Percent);
        assert_eq!(guess("a", &["2026-11-21", ""]), Guess::Date(None));
        assert_eq!(guess("a", &["21/11/2026"]), Guess::Date(Some("%d/%m/%Y")));
        assert_eq!(guess("a", &["11/21/2026"]), Guess::Date(Some("%m/%d/%Y")));
        assert_eq!(guess("a", &["2026-11-21T09:00+08:00"]), Guess::DateTime);
        assert_eq!(guess("a", &["09:30"]), Guess::Time);
        assert_eq!(guess("a", &["2026-11-21", "soon"]), Guess::Text);
        assert_eq!(guess("a", &["", ""]), Guess::Text);
    }

    #[test]
    fn few_values_make_a_set() {
        let cells: Vec<&str> = ["zh", "en"].into_iter().cycle().take(20).collect();
        assert_eq!(
            guess("a", &cells),
            Guess::OneOf(vec!["en".into(), "zh".into()])
        );
        assert_eq!(guess("a", &["zh", "en"]), Guess::Text);
    }

    #[test]
    fn headers_become_names() {
        assert_eq!(name_of("Birth Date"), "birth_date");
        assert_eq!(name_of("customerId"), "customer_id");
        assert_eq!(name_of("2024 sales"), "n_2024_sales");
        assert_eq!(name_of("in"), "in_");
        assert_eq!(name_of("姓名"), "姓名");
        assert_eq!(name_of("%"), "column");
        assert_eq!(name_of("URL"), "url");
    }
}

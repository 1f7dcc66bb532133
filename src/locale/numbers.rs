//! Numbers and percentages.

use super::Formatter;
use crate::schema::Decimal;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal as Digits;
use icu_locale_core::Locale;

pub(super) struct Numbers(DecimalFormatter);

impl Numbers {
    pub fn new(locale: &Locale) -> Option<Numbers> {
        let formatter = DecimalFormatter::try_new(locale.clone().into(), Default::default());
        formatter.ok().map(Numbers)
    }

    /// Of a plain decimal, such as `-1234.50`: its digits stay, in the language's form.
    pub fn write(&self, plain: &str) -> String {
        match plain.parse::<Digits>() {
            Ok(digits) => self.0.format(&digits).to_string(),
            Err(_) => plain.to_owned(),
        }
    }
}

/// Languages that part the sign of a percentage from its number, and by what.
const PARTED: &[(&str, char)] = &[
    ("be", '\u{a0}'),
    ("bs", '\u{a0}'),
    ("ca", '\u{a0}'),
    ("cs", '\u{a0}'),
    ("da", '\u{a0}'),
    ("de", '\u{a0}'),
    ("es", '\u{a0}'),
    ("fi", '\u{a0}'),
    ("fr", '\u{202f}'),
    ("gl", '\u{a0}'),
    ("hr", '\u{a0}'),
    ("lt", '\u{a0}'),
    ("nb", '\u{a0}'),
    ("nn", '\u{a0}'),
    ("no", '\u{a0}'),
    ("ro", '\u{a0}'),
    ("ru", '\u{a0}'),
    ("sk", '\u{a0}'),
    ("sl", '\u{a0}'),
    ("sv", '\u{a0}'),
];

impl Formatter {
    pub fn integer(&self, n: i64) -> String {
        self.numbers.write(&n.to_string())
    }

    /// With no more digits than it has.
    pub fn number(&self, n: Decimal) -> String {
        self.numbers.write(&n.to_string())
    }

    /// Of a fraction in billionths: 0.05 is 5 percent. `None` where a hundredfold of it leaves its range.
    pub fn percent(&self, billionths: i128) -> Option<String> {
        let number = self.number(Decimal(billionths.checked_mul(100)?));
        let language = self.locale.id.language.as_str();
        Some(match PARTED.iter().find(|(l, _)| *l == language) {
            Some((_, by)) => format!("{number}{by}%"),
            None if language == "tr" => format!("%{number}"),
            None => format!("{number}%"),
        })
    }
}

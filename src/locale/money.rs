//! Money: a number, a symbol, and where the symbol stands. After CLDR; a currency without a symbol here is written
//! by its code, which everybody can read.

use super::Formatter;
use crate::schema::{Currency, Decimal, Rounding};

/// Where the symbol stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Before,
    /// Before, and parted by a space.
    Apart,
    /// After, and parted by a space.
    After,
}

const SPACE: char = '\u{a0}';

/// Languages and regions in which the symbol stands before the number; the longest that fits counts. In all others
/// it stands after.
const BEFORE: &[(&str, Place)] = &[
    ("af", Place::Apart),
    ("cy", Place::Before),
    ("de-AT", Place::Apart),
    ("de-CH", Place::Apart),
    ("en", Place::Before),
    ("es-AR", Place::Apart),
    ("es-MX", Place::Before),
    ("es-US", Place::Before),
    ("fil", Place::Before),
    ("ga", Place::Before),
    ("gu", Place::Before),
    ("hi", Place::Before),
    ("id", Place::Apart),
    ("it-CH", Place::Apart),
    ("ja", Place::Before),
    ("kn", Place::Before),
    ("ko", Place::Before),
    ("ml", Place::Before),
    ("mr", Place::Before),
    ("ms", Place::Before),
    ("nl", Place::Apart),
    ("pt", Place::Apart),
    ("pt-PT", Place::After),
    ("sw", Place::Apart),
    ("ta", Place::Before),
    ("te", Place::Before),
    ("th", Place::Before),
    ("tr", Place::Before),
    ("yue", Place::Before),
    ("zh", Place::Before),
    ("zu", Place::Before),
];

/// Symbols that everybody uses.
const SYMBOLS: &[(&str, &str)] = &[
    ("AUD", "A$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "CN¥"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("JPY", "JP¥"),
    ("KRW", "₩"),
    ("MXN", "MX$"),
    ("NZD", "NZ$"),
    ("TWD", "NT$"),
    ("USD", "US$"),
    ("VND", "₫"),
];

/// Symbols of a language for currencies that are near to it.
const OWN: &[(&str, &str, &str)] = &[
    ("cs", "CZK", "Kč"),
    ("da", "DKK", "kr."),
    ("de", "USD", "$"),
    ("en", "JPY", "¥"),
    ("en", "PHP", "₱"),
    ("en", "USD", "$"),
    ("en-AU", "AUD", "$"),
    ("en-AU", "USD", "USD"),
    ("en-CA", "CAD", "$"),
    ("en-CA", "USD", "US$"),
    ("en-GB", "USD", "US$"),
    ("en-NZ", "NZD", "$"),
    ("en-NZ", "USD", "US$"),
    ("en-SG", "SGD", "$"),
    ("en-SG", "USD", "US$"),
    ("fil", "PHP", "₱"),
    ("fil", "USD", "$"),
    ("fr", "USD", "$US"),
    ("hu", "HUF", "Ft"),
    ("id", "IDR", "Rp"),
    ("it", "USD", "USD"),
    ("ja", "CNY", "元"),
    ("ja", "JPY", "￥"),
    ("ja", "USD", "$"),
    ("ms", "MYR", "RM"),
    ("nb", "NOK", "kr"),
    ("no", "NOK", "kr"),
    ("pl", "PLN", "zł"),
    ("ru", "RUB", "₽"),
    ("ru", "USD", "$"),
    ("sv", "SEK", "kr"),
    ("th", "THB", "฿"),
    ("tr", "TRY", "₺"),
    ("tr", "USD", "$"),
    ("uk", "UAH", "₴"),
    ("zh", "CNY", "¥"),
    ("zh-HK", "CNY", "CN¥"),
    ("zh-Hant", "CNY", "CN¥"),
    ("zh-Hant", "JPY", "¥"),
    ("zh-Hant", "TWD", "$"),
    ("zh-TW", "CNY", "CN¥"),
    ("zh-TW", "JPY", "¥"),
    ("zh-TW", "TWD", "$"),
];

impl Formatter {
    /// Rounded half away from zero to the currency's digits.
    pub fn money(&self, exact: Decimal, currency: Currency) -> String {
        let digits = currency.digits();
        let rounded = exact
            .round_digits(digits, Rounding::Nearest)
            .unwrap_or(exact);
        let plain = rounded.to_string_min(digits);
        let symbol = self.symbol(currency.code());
        let place = self
            .of_tag(BEFORE, |(tag, _)| tag)
            .map_or(Place::After, |b| b.1);
        if place == Place::After {
            return format!("{}{SPACE}{symbol}", self.numbers.write(&plain));
        }
        let (sign, magnitude) = match plain.strip_prefix('-') {
            Some(magnitude) => ("-", magnitude),
            None => ("", plain.as_str()),
        };
        let number = self.numbers.write(magnitude);
        // Letters do not touch digits.
        let parted = place == Place::Apart || symbol.ends_with(char::is_alphabetic);
        match parted && !symbol.ends_with('元') {
            true => format!("{sign}{symbol}{SPACE}{number}"),
            false => format!("{sign}{symbol}{number}"),
        }
    }

    fn symbol(&self, code: &'static str) -> &'static str {
        let own: Vec<_> = OWN.iter().copied().filter(|(_, c, _)| *c == code).collect();
        if let Some((_, _, symbol)) = self.of_tag(&own, |(tag, _, _)| tag) {
            return symbol;
        }
        let common = SYMBOLS.iter().find(|(c, _)| *c == code);
        common.map_or(code, |(_, symbol)| symbol)
    }

    /// The line of a table whose tag fits the language, its script or region first.
    fn of_tag<'t, L>(&self, table: &'t [L], tag: impl Fn(&L) -> &str) -> Option<&'t L> {
        let id = &self.locale.id;
        let language = id.language.as_str();
        let region = id.region.map(|r| format!("{language}-{}", r.as_str()));
        let script = id.script.map(|s| format!("{language}-{}", s.as_str()));
        let tags = [region.as_deref(), script.as_deref(), Some(language)];
        let mut lines = tags.into_iter().flatten();
        lines.find_map(|t| table.iter().find(|line| tag(line) == t))
    }
}

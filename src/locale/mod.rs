//! Values as a language writes them: numbers, money, dates. Floor 4.
//!
//! Separators, digits and dates are those of Unicode's CLDR, by ICU4X; where money has its symbol and a
//! percentage its sign is in small tables of this room.

mod dates;
mod money;
mod numbers;

use icu_locale_core::Locale;
use std::sync::Arc;

/// A language that is known, by its BCP-47 tag: `zh`, `de-CH`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Language(Arc<str>);

impl Language {
    /// The language that a tag names, written with `-` or `_`; `None` where it names none, or one without dates
    /// of its own.
    ///
    /// ```
    /// use guanxi::locale::Language;
    /// assert_eq!(Language::of_tag("zh_Hant").unwrap().tag(), "zh-Hant");
    /// assert!(Language::of_tag("vip").is_none());
    /// ```
    pub fn of_tag(tag: &str) -> Option<Language> {
        let locale: Locale = tag.replace('_', "-").parse().ok()?;
        dates::are_known(&locale).then(|| Language(locale.to_string().into()))
    }

    pub fn tag(&self) -> &str {
        &self.0
    }
}

/// Writes values in one language. Made once for many values.
pub struct Formatter {
    locale: Locale,
    numbers: numbers::Numbers,
    dates: dates::Dates,
}

impl Formatter {
    /// `None` where the language's data cannot be had; values are then written as in no language.
    pub fn new(language: &Language) -> Option<Formatter> {
        let locale: Locale = language.0.parse().ok()?;
        Some(Formatter {
            numbers: numbers::Numbers::new(&locale)?,
            dates: dates::Dates::new(&locale)?,
            locale,
        })
    }
}

/// A text that is safe within HTML, in text and in quoted attributes.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Currency, Day, Decimal};

    fn formatter(tag: &str) -> Formatter {
        Formatter::new(&Language::of_tag(tag).unwrap()).unwrap()
    }

    #[test]
    fn a_tag_is_a_language_or_none() {
        for tag in ["zh", "en", "de", "zh_Hant", "en-GB", "pt_BR", "fil", "yue"] {
            assert!(Language::of_tag(tag).is_some(), "{tag}");
        }
        for tag in [
            "vip", "new", "old", "gold", "und", "xx", "", "Hangzhou", "中文",
        ] {
            assert!(Language::of_tag(tag).is_none(), "{tag}");
        }
    }

    #[test]
    fn every_language_writes_its_own_way() {
        let amount: Decimal = "1234.5".parse().unwrap();
        let day = Day::new(2026, 11, 21).unwrap();
        let cny = Currency::from_code("CNY").unwrap();
        let all = |tag: &str| {
            let f = formatter(tag);
            [
                f.number(amount),
                f.money(amount, cny),
                f.percent(50_000_000).unwrap(),
                f.date(day).unwrap(),
                f.time(32_400).unwrap(),
            ]
            .join(" | ")
        };
        assert_eq!(
            all("zh"),
            "1,234.5 | ¥1,234.50 | 5% | 2026年11月21日 | 09:00"
        );
        assert_eq!(
            all("en"),
            "1,234.5 | CN¥1,234.50 | 5% | November 21, 2026 | 9:00\u{202f}AM"
        );
        assert_eq!(
            all("en_GB"),
            "1,234.5 | CN¥1,234.50 | 5% | 21 November 2026 | 09:00"
        );
        assert_eq!(
            all("de"),
            "1.234,5 | 1.234,50\u{a0}CN¥ | 5\u{a0}% | 21. November 2026 | 09:00"
        );
    }

    #[test]
    fn signs_stand_before_symbols() {
        let minus: Decimal = "-0.005".parse().unwrap();
        let money =
            |tag: &str, code: &str| formatter(tag).money(minus, Currency::from_code(code).unwrap());
        assert_eq!(money("en", "USD"), "-$0.01");
        assert_eq!(money("en", "CHF"), "-CHF\u{a0}0.01");
        assert_eq!(money("de", "EUR"), "-0,01\u{a0}€");
        assert_eq!(money("ja", "JPY"), "￥0");
        assert_eq!(money("pt_BR", "BRL"), "-R$\u{a0}0,01");
    }

    #[test]
    fn html_is_escaped() {
        assert_eq!(
            escape_html("a <b> & \"c\" 'd'"),
            "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;"
        );
        assert_eq!(escape_html("莲花"), "莲花");
    }
}

//! `real-data-in-test`: a row of a test holds what may be somebody's: an address, a number, a card.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{DeclarationKind, Expr, ExprKind, TestClause, Text, TextPart};
use rustc_hash::FxHashSet;

pub const LINT: Lint = Lint {
    code: &codes::REAL_DATA_IN_TEST,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let records = checked.program.records.iter();
    let personal: FxHashSet<(&str, &str)> = records
        .flat_map(|r| r.fields.iter().map(move |f| (r, f)))
        .filter(|(_, f)| f.personal)
        .map(|(r, f)| (r.name.as_str(), f.name.as_str()))
        .collect();
    let mut found = Vec::new();
    for declaration in checked.files.iter().flat_map(|f| &f.declarations) {
        let DeclarationKind::Test(test) = &declaration.kind else {
            continue;
        };
        for clause in &test.clauses {
            let TestClause::Given { record, fields } = &clause.node else {
                continue;
            };
            for (name, value) in fields {
                let is_personal = personal.contains(&(record.as_str(), name.as_str()));
                found.extend(of_value(value, is_personal, checked.sources));
            }
        }
    }
    found
}

fn of_value(value: &Expr, personal: bool, sources: &SourceMap) -> Option<Diagnostic> {
    let real = match &value.kind {
        ExprKind::Text(text) => of_text(text)?,
        ExprKind::Integer(n) if personal => of_number(&n.to_string())?,
        _ => return None,
    };
    let mut d =
        Diagnostic::new(&codes::REAL_DATA_IN_TEST, value.span, real.message()).help(real.help());
    if let Real::Address(domain) = &real {
        d.fix = example_domain(value.span, domain, sources);
    }
    Some(d)
}

#[derive(Debug, PartialEq)]
enum Real {
    /// An e-mail address, by its domain.
    Address(String),
    Mobile,
    ResidentId,
    Card,
    International,
}

impl Real {
    fn message(&self) -> String {
        match self {
            Real::Address(domain) => {
                format!("this may be somebody's address: `{domain}` is not kept for examples")
            }
            Real::Mobile => "this may be somebody's mobile number".into(),
            Real::ResidentId => {
                "this may be somebody's resident ID: its check digit is right".into()
            }
            Real::Card => "this may be somebody's card: its check digit is right".into(),
            Real::International => "this may be somebody's telephone number".into(),
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Real::Address(_) => "write one at `example.com`, which belongs to nobody",
            Real::Mobile => "write a number that nobody has, such as `13800000000`",
            Real::ResidentId => "write one whose last digit is wrong",
            Real::Card => "write a number made for tests, such as `4111111111111111`",
            Real::International => "write a number kept for fiction, such as `+1 202 555 0123`",
        }
    }
}

fn example_domain(span: Span, domain: &str, sources: &SourceMap) -> Option<Fix> {
    let (at, _) = sources
        .slice(span)
        .match_indices(&format!("@{domain}"))
        .next()?;
    let start = span.start as usize + at + 1;
    Some(Fix {
        message: "write `example.com`; what is expected may have to follow".into(),
        edits: vec![Edit {
            span: Span::new(span.file, start, start + domain.len()),
            text: "example.com".into(),
        }],
        safe: false,
    })
}

fn of_text(text: &Text) -> Option<Real> {
    text.parts.iter().find_map(|part| match part {
        TextPart::Literal(text) => {
            // Most texts hold neither.
            let long = text.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST;
            let number = || numbers(text).find_map(of_number);
            address(text).or_else(|| long.then(number).flatten())
        }
        TextPart::Placeholder(_) => None,
    })
}

/// Digits of the shortest number that is looked at.
const SHORTEST: usize = 8;

/// The first address whose domain is not kept for examples.
fn address(text: &str) -> Option<Real> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    text.match_indices('@').find_map(|(at, _)| {
        let local = text[..at].ends_with(part);
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !part(c)).unwrap_or(rest.len());
        let domain = rest[..end].trim_end_matches(['.', '-']);
        let (_, top) = domain.rsplit_once('.')?;
        let real = top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic());
        (local && real && !is_example(domain)).then(|| Real::Address(domain.into()))
    })
}

/// RFC 2606 and RFC 6761; also `example` under any other ending, which is plainly meant.
fn is_example(domain: &str) -> bool {
    let lower = domain.to_ascii_lowercase();
    let top = lower.rsplit('.').next().unwrap_or_default();
    matches!(top, "test" | "invalid" | "localhost" | "local")
        || lower.split('.').any(|label| label == "example")
}

/// Stretches of digits, with single spaces or hyphens in between and perhaps a `+` before.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | ' ');
    text.split(move |c: char| !inside(c))
        .flat_map(|stretch| {
            stretch.split(|c: char| c.is_ascii_alphabetic() && c != 'X' && c != 'x')
        })
        .map(|stretch| {
            stretch
                .trim_start_matches([' ', '-', 'x', 'X'])
                .trim_end_matches([' ', '-'])
        })
}

fn of_number(written: &str) -> Option<Real> {
    let international = written.starts_with('+');
    let mut digits: String = written
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '+'))
        .collect();
    if digits.len() != RESIDENT_ID {
        digits.truncate(digits.trim_end_matches(['x', 'X']).len());
    }
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    let own = match digits.strip_prefix("86") {
        Some(rest) if international || digits.len() == 13 => rest,
        _ => &digits,
    };
    if plain && is_mobile(own) {
        return (!is_dummy(own)).then_some(Real::Mobile);
    }
    if plain && international {
        let real =
            (SHORTEST..=15).contains(&digits.len()) && !is_fiction(&digits) && !is_dummy(&digits);
        return real.then_some(Real::International);
    }
    if is_resident_id(&digits) {
        return Some(Real::ResidentId);
    }
    (plain && is_card(&digits)).then_some(Real::Card)
}

/// A mobile number of mainland China.
fn is_mobile(digits: &str) -> bool {
    let b = digits.as_bytes();
    b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1])
}

/// Nobody takes `13800000000`, `13812345678` or the operator's own `13800138000` for real.
fn is_dummy(digits: &str) -> bool {
    let tail = &digits.as_bytes()[digits.len().saturating_sub(8)..];
    let longest = |next: &dyn Fn(u8, u8) -> bool| {
        let (mut longest, mut run) = (1, 1);
        for pair in tail.windows(2) {
            run = if next(pair[0], pair[1]) { run + 1 } else { 1 };
            longest = longest.max(run);
        }
        longest
    };
    let distinct: FxHashSet<u8> = tail.iter().copied().collect();
    digits.ends_with("13800138000")
        || distinct.len() <= 2
        || longest(&|a, b| a == b) >= 5
        || longest(&|a, b| a + 1 == b) >= 6
        || longest(&|a, b| a == b + 1) >= 6
}

/// Numbers that regulators keep for films and books: North America's 555-01xx, Britain's, Australia's.
fn is_fiction(digits: &str) -> bool {
    let american = digits.len() == 11 && digits.starts_with('1') && &digits[4..9] == "55501";
    const KEPT: &[&str] = &[
        "447700900",
        "442079460",
        "44113496",
        "61491570",
        "61255501",
        "61355501",
    ];
    american || KEPT.iter().any(|kept| digits.starts_with(kept))
}

/// Its length: 17 digits, and a check digit that may be X.
const RESIDENT_ID: usize = 18;

/// A resident ID of China (GB 11643): a day of birth, and a right check digit (ISO 7064, MOD 11-2).
fn is_resident_id(id: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let b = id.as_bytes();
    if b.len() != RESIDENT_ID
        || !b[..17].iter().all(u8::is_ascii_digit)
        || !(b'1'..=b'9').contains(&b[0])
    {
        return false;
    }
    let number = |from: usize, to: usize| id[from..to].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(6, 10), number(10, 12), number(12, 14));
    let born = (1900..2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=crate::schema::days_in_month(year as i32, month)).contains(&day);
    let sum: u32 = b
        .iter()
        .zip(WEIGHTS)
        .map(|(d, w)| u32::from(d - b'0') * w)
        .sum();
    let right = b"10X98765432"[(sum % 11) as usize];
    born && b[17].to_ascii_uppercase() == right
}

/// A payment card's number: a known beginning, its length, and Luhn's check digit.
fn is_card(digits: &str) -> bool {
    const TESTS: &[&str] = &[
        "378282246310005",
        "371449635398431",
        "4012888888881881",
        "4000056655665556",
        "3530111333300000",
        "3566002020360505",
        "6011111111111117",
        "6011000990139424",
        "6200000000000005",
    ];
    let starts = |list: &[&str]| list.iter().any(|p| digits.starts_with(p));
    let known = match digits.len() {
        15 => starts(&["34", "37"]),
        16 => starts(&["4", "51", "52", "53", "54", "55", "62", "35", "6011", "65"]),
        17..=19 => starts(&["62"]),
        _ => false,
    };
    let distinct: FxHashSet<u8> = digits.bytes().collect();
    known && luhn(digits) && distinct.len() > 2 && !TESTS.contains(&digits)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, d)| match u32::from(d - b'0') {
            n if i % 2 == 0 => n,
            n => n * 2 / 10 + n * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(text: &str) -> Option<Real> {
        address(text).or_else(|| numbers(text).find_map(of_number))
    }

    #[test]
    fn what_may_be_somebodys() {
        assert_eq!(real("li@tea.cn"), Some(Real::Address("tea.cn".into())));
        assert_eq!(
            real("写信:li@qq.com。"),
            Some(Real::Address("qq.com".into()))
        );
        for mobile in [
            "13912407756",
            "+86 139 1240 7756",
            "8613912407756",
            "电话139-1240-7756",
            "box 13912407756",
        ] {
            assert_eq!(real(mobile), Some(Real::Mobile), "{mobile}");
        }
        assert_eq!(real("11010519491231002X"), Some(Real::ResidentId));
        assert_eq!(real("4539 5787 6362 1486"), Some(Real::Card));
        assert_eq!(real("+44 7911 123456"), None, "six digits in a row");
        assert_eq!(real("+44 7911 120456"), Some(Real::International));
    }

    #[test]
    fn what_is_plainly_invented() {
        for text in [
            "li@example.com",
            "li@lotus.example",
            "a@b",
            "@home",
            "13800138000",
            "13900000000",
            "13812345678",
            "110105194912310021",
            "4111 1111 1111 1111",
            "box 13800000000 x",
            "4539578763621487",
            "+1 202 555 0123",
            "2026-11-21",
            "order 20261121000017",
            "",
        ] {
            assert_eq!(real(text), None, "{text}");
        }
    }
}

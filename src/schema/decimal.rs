//! Exact decimals: a 128-bit integer counting billionths.
//!
//! Numbers, percentages and money share this form: nine fractional digits, about 29 digits before the
//! point. Products and quotients are rounded once, half away from zero. Nothing here touches a float.

use std::fmt::{self, Write};
use std::str::FromStr;

/// Digits after the point.
pub const SCALE: u32 = 9;
/// One, in billionths.
pub const ONE: i128 = 1_000_000_000;
const UNITS: u64 = ONE as u64;

/// An exact decimal with nine fractional digits. `None` from an operation means overflow,
/// and, of [`Decimal::checked_div`], a zero divisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(pub i128);

/// How `rounded` treats what it cuts off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Half away from zero.
    Nearest,
    /// Towards plus infinity.
    Up,
    /// Towards minus infinity.
    Down,
}

impl Decimal {
    pub const ZERO: Decimal = Decimal(0);
    pub const ONE: Decimal = Decimal(ONE);

    pub fn from_int(n: i64) -> Decimal {
        Decimal(n as i128 * ONE)
    }

    /// `units` counted in 10^-scale, `scale` at most 9.
    pub fn from_scaled(units: i64, scale: u32) -> Decimal {
        Decimal(units as i128 * 10i128.pow(SCALE - scale))
    }

    #[inline]
    pub fn checked_add(self, o: Decimal) -> Option<Decimal> {
        self.0.checked_add(o.0).map(Decimal)
    }

    #[inline]
    pub fn checked_sub(self, o: Decimal) -> Option<Decimal> {
        self.0.checked_sub(o.0).map(Decimal)
    }

    pub fn checked_neg(self) -> Option<Decimal> {
        self.0.checked_neg().map(Decimal)
    }

    /// Product, rounded once to nine digits, half away from zero.
    #[inline]
    pub fn checked_mul(self, o: Decimal) -> Option<Decimal> {
        if let Some(p) = self.0.checked_mul(o.0) {
            return Some(Decimal(div_round(p, ONE, Rounding::Nearest)));
        }
        // Split both into whole and fraction; only fraction × fraction needs rounding.
        let negative = (self.0 < 0) != (o.0 < 0);
        let (a, b) = (self.0.checked_abs()?, o.0.checked_abs()?);
        let (ai, af, bi, bf) = (a / ONE, a % ONE, b / ONE, b % ONE);
        let sum = ai
            .checked_mul(b)?
            .checked_add(af.checked_mul(bi)?)?
            .checked_add(div_round(af * bf, ONE, Rounding::Nearest))?;
        Some(Decimal(if negative { -sum } else { sum }))
    }

    /// Quotient, rounded once to nine digits, half away from zero. `None`: divisor zero, or overflow.
    #[inline]
    pub fn checked_div(self, o: Decimal) -> Option<Decimal> {
        if o.0 == 0 {
            return None;
        }
        if let Some(n) = self.0.checked_mul(ONE) {
            return Some(Decimal(div_round(n, o.0, Rounding::Nearest)));
        }
        let whole = (self.0 / o.0).checked_mul(ONE)?;
        let rest = (self.0 % o.0).checked_mul(ONE)?;
        whole
            .checked_add(div_round(rest, o.0, Rounding::Nearest))
            .map(Decimal)
    }

    /// Rounds to a multiple of `step` (positive).
    pub fn round_to(self, step: Decimal, mode: Rounding) -> Option<Decimal> {
        debug_assert!(step.0 > 0);
        div_round(self.0, step.0, mode)
            .checked_mul(step.0)
            .map(Decimal)
    }

    /// Rounds to that many fractional digits (at most 9).
    pub fn round_digits(self, digits: u32, mode: Rounding) -> Option<Decimal> {
        self.round_to(Decimal(10i128.pow(SCALE - digits)), mode)
    }

    /// The whole number, if there is no fraction and it fits.
    pub fn to_int(self) -> Option<i64> {
        (self.0 % ONE == 0)
            .then(|| i64::try_from(self.0 / ONE).ok())
            .flatten()
    }

    /// With at least `min_digits` fractional digits and otherwise no trailing zeros.
    pub fn to_string_min(self, min_digits: u32) -> String {
        let magnitude = self.0.unsigned_abs();
        let (whole, fraction) = match u64::try_from(magnitude) {
            // Division is quicker in 64 bits.
            Ok(magnitude) => (u128::from(magnitude / UNITS), magnitude % UNITS),
            Err(_) => (magnitude / ONE as u128, (magnitude % ONE as u128) as u64),
        };
        let mut text = String::with_capacity(24);
        if self.0 < 0 {
            text.push('-');
        }
        // INVARIANT: writing into memory does not fail.
        let _ = write!(text, "{whole}");
        let point = text.len();
        text.push('.');
        let mut place = UNITS / 10;
        while place > 0 {
            text.push(char::from(b'0' + (fraction / place % 10) as u8));
            place /= 10;
        }
        let least = point + 1 + (min_digits as usize).min(SCALE as usize);
        while text.len() > least && text.ends_with('0') {
            text.pop();
        }
        if text.ends_with('.') {
            text.pop();
        }
        text
    }
}

/// `n / d` rounded; `d` not zero.
#[inline]
pub fn div_round(n: i128, d: i128, mode: Rounding) -> i128 {
    let (q, r) = (n / d, n % d);
    if r == 0 {
        return q;
    }
    let negative = (r < 0) != (d < 0);
    match mode {
        Rounding::Nearest => {
            // |r| >= |d| - |r| avoids doubling, which could overflow.
            if r.unsigned_abs() >= d.unsigned_abs() - r.unsigned_abs() {
                if negative { q - 1 } else { q + 1 }
            } else {
                q
            }
        }
        Rounding::Up => {
            if negative {
                q
            } else {
                q + 1
            }
        }
        Rounding::Down => {
            if negative {
                q - 1
            } else {
                q
            }
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_min(0))
    }
}

/// Why a text is no decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalError {
    /// Not digits with at most one point and a sign in front.
    Malformed,
    /// More than nine digits after the point that are not zero.
    TooFine,
    TooLarge,
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Plain ASCII digits: `-12.50`, `.5`, `5.`. No grouping, no exponent.
    fn from_str(s: &str) -> Result<Decimal, DecimalError> {
        let (negative, body) = match s.as_bytes() {
            [b'-', ..] => (true, &s[1..]),
            [b'+', ..] => (false, &s[1..]),
            _ => (false, s),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(DecimalError::Malformed);
        }
        if !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
        {
            return Err(DecimalError::Malformed);
        }
        let mut value: i128 = 0;
        for b in whole.bytes() {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add((b - b'0') as i128))
                .ok_or(DecimalError::TooLarge)?;
        }
        for i in 0..SCALE as usize {
            let digit = fraction.as_bytes().get(i).map_or(0, |b| b - b'0');
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit as i128))
                .ok_or(DecimalError::TooLarge)?;
        }
        if fraction.len() > SCALE as usize
            && fraction.bytes().skip(SCALE as usize).any(|b| b != b'0')
        {
            return Err(DecimalError::TooFine);
        }
        Ok(Decimal(if negative { -value } else { value }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(s: &str) -> Decimal {
        s.parse().unwrap()
    }

    #[test]
    fn prints_what_it_reads() {
        for s in ["0", "-12.5", "0.000000001", "1000000000000", "-0.1"] {
            assert_eq!(d(s).to_string(), s);
        }
        assert_eq!(d("5").to_string_min(2), "5.00");
        assert_eq!("1.2.3".parse::<Decimal>(), Err(DecimalError::Malformed));
        assert_eq!(
            "0.0000000001".parse::<Decimal>(),
            Err(DecimalError::TooFine)
        );
        assert_eq!("".parse::<Decimal>(), Err(DecimalError::Malformed));
    }

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(d("2.5").round_digits(0, Rounding::Nearest), Some(d("3")));
        assert_eq!(d("-2.5").round_digits(0, Rounding::Nearest), Some(d("-3")));
        assert_eq!(d("-2.1").round_digits(0, Rounding::Down), Some(d("-3")));
        assert_eq!(d("-2.9").round_digits(0, Rounding::Up), Some(d("-2")));
        assert_eq!(d("1").checked_div(d("3")), Some(d("0.333333333")));
        assert_eq!(d("2").checked_div(d("3")), Some(d("0.666666667")));
    }

    #[test]
    fn large_products_are_exact() {
        let a = d("123456789012345.678901234");
        let b = d("98765432109876.54321");
        // (a*b) by schoolbook: 12193263113702179522374.638011…
        let p = a.checked_mul(b).unwrap();
        assert_eq!(p.checked_div(b), Some(a));
        assert_eq!(Decimal(i128::MAX).checked_mul(d("2")), None);
    }
}

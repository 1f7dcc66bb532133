//! Rates of success, and how far two of them lie apart.

use super::{Group, Measured, Z};
use crate::schema::Decimal;

/// A difference of two rates with its 95% interval: the hybrid score method of Newcombe (Statistics in Medicine 17,
/// 1998, method 10), which holds for small groups and rates near 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Newcombe {
    pub difference: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Group {
    /// `None` for an empty group.
    pub fn rate(&self) -> Option<f64> {
        (self.subjects > 0).then(|| self.successes as f64 / self.subjects as f64)
    }
}

impl Newcombe {
    /// `None` where a group is empty.
    pub fn of(treated: &Group, held_out: &Group) -> Option<Newcombe> {
        let (p1, p2) = (treated.rate()?, held_out.rate()?);
        let (l1, u1) = wilson(treated)?;
        let (l2, u2) = wilson(held_out)?;
        let difference = p1 - p2;
        let far = |a: f64, b: f64| (a * a + b * b).sqrt();
        Some(Newcombe {
            difference,
            lower: difference - far(p1 - l1, u2 - p2),
            upper: difference + far(u1 - p1, p2 - l2),
        })
    }

    /// Whether the interval lies to one side of nothing.
    pub fn shows_an_effect(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }
}

/// The 95% score interval of a rate (Wilson 1927).
fn wilson(group: &Group) -> Option<(f64, f64)> {
    let (n, p) = (group.subjects as f64, group.rate()?);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some(((middle - half) / scale, (middle + half) / scale))
}

impl Measured {
    /// What one success more than without the campaign has cost; `None` where there is none, or nothing to compare
    /// with. Rounded once, to billionths.
    pub fn cost_per_additional_success(&self) -> Option<Decimal> {
        // additional = s₁ − s₂ · n₁ / n₂
        let int = i128::from;
        let (s1, n1) = (int(self.treated.successes), int(self.treated.subjects));
        let (s2, n2) = (int(self.held_out.successes), int(self.held_out.subjects));
        let additional = (s1.checked_mul(n2)?).checked_sub(s2.checked_mul(n1)?)?;
        if additional <= 0 || n2 == 0 {
            return None;
        }
        let cost = self.treated.cost.0.checked_mul(n2)?;
        Some(Decimal((cost + additional / 2) / additional))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(successes: u64, subjects: u64) -> Group {
        Group {
            subjects,
            successes,
            cost: Decimal::from_int(100),
            ..Group::default()
        }
    }

    #[test]
    fn intervals_are_newcombes() {
        // His table II: 56/70 against 48/80: 0.2, from 0.0524 to 0.3339; 9/10 against 3/10: 0.1705 to 0.8090;
        // 10/10 against 0/10: 0.6075 to 1.
        let near = |a: f64, b: f64| (a - b).abs() < 0.000_06;
        for ((s1, n1), (s2, n2), lower, upper) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let found = Newcombe::of(&group(s1, n1), &group(s2, n2)).unwrap();
            assert!(
                near(found.lower, lower) && near(found.upper, upper),
                "{found:?}"
            );
        }
        assert_eq!(Newcombe::of(&group(1, 2), &group(0, 0)), None);
    }

    #[test]
    fn additional_successes_have_their_price() {
        let measured = |treated, held_out| Measured {
            campaign: 0,
            measure: 0,
            treated,
            held_out,
            variants: Vec::new(),
            rules: Vec::new(),
            young: 0,
            gone: 0,
            unlike: None,
        };
        // 30 of 90 against 1 of 10: 9 would have come anyway, 21 are additional.
        let price = measured(group(30, 90), group(1, 10)).cost_per_additional_success();
        assert_eq!(price.unwrap().to_string(), "4.761904762");
        assert_eq!(
            measured(group(9, 90), group(1, 10)).cost_per_additional_success(),
            None
        );
        assert_eq!(
            measured(group(9, 90), group(0, 0)).cost_per_additional_success(),
            None
        );
    }
}

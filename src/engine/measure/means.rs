//! Means of amounts, and how far two of them lie apart.

use super::wide::Wide;
use super::{Group, Measured, student};
use crate::schema::{Currency, Decimal, Rounding, Type, div_round};

/// The values of a group's subjects. Sums and means are exact; only what an interval is made of is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Subjects with a value. The others are in no sum.
    pub known: u64,
    pub total: Decimal,
    squares: Wide,
}

impl Amounts {
    /// `None` where the sum is too large.
    #[must_use]
    pub(super) fn add(&mut self, value: Decimal) -> Option<()> {
        self.total = self.total.checked_add(value)?;
        let square = Wide::square(value.0.unsigned_abs());
        self.squares = self.squares.checked_add(square)?;
        self.known += 1;
        Some(())
    }

    /// Rounded once to so many digits (at most 9), half away from zero. `None` where there is no value.
    pub fn mean(&self, digits: u32) -> Option<Decimal> {
        let step = 10i128.pow(crate::schema::SCALE - digits);
        let by = i128::from(self.known).checked_mul(step)?;
        (by > 0).then(|| Decimal(div_round(self.total.0, by, Rounding::Nearest) * step))
    }

    /// The variance of a sample of these values, by `n - 1`, in squares of billionths. `None` for fewer than two.
    fn variance(&self) -> Option<f64> {
        // Σ(x - mean)² = Σx² - (Σx)² / n
        (self.known > 1).then(|| {
            let (mean, rest) = Wide::square(self.total.0.unsigned_abs()).divided(self.known);
            let whole = self.squares.minus(mean).to_f64();
            let sum = whole - rest as f64 / self.known as f64;
            sum / (self.known - 1) as f64
        })
    }
}

/// How far the mean of those treated lies above the mean of those held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeanDifference {
    /// Rounded once to billionths.
    pub difference: Decimal,
    pub interval: Result<(Decimal, Decimal), NoInterval>,
}

/// Why there is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInterval {
    /// Fewer than two values on one side.
    TooFew,
    /// All values of each side are equal.
    AllEqual,
}

impl MeanDifference {
    /// With the 95% interval of Welch's t test (Biometrika 34, 1947), which lets the two groups spread differently.
    /// `None` where a group has no value, or the sums are too large to be compared.
    pub fn of(treated: &Amounts, held_out: &Amounts) -> Option<MeanDifference> {
        let (more, subjects) = difference(treated, held_out)?;
        let apart = div_round(more, subjects, Rounding::Nearest);
        Some(MeanDifference {
            difference: Decimal(apart),
            interval: half(treated, held_out).map(|half| {
                let half = half.round() as i128;
                let (lower, upper) = (apart.saturating_sub(half), apart.saturating_add(half));
                (Decimal(lower), Decimal(upper))
            }),
        })
    }

    /// Whether the interval lies to one side of nothing.
    pub fn shows_an_effect(&self) -> bool {
        self.interval
            .is_ok_and(|(lower, upper)| lower > Decimal::ZERO || upper < Decimal::ZERO)
    }
}

/// As numerator and denominator: `(s₁ · n₂ - s₂ · n₁) / (n₁ · n₂)`.
fn difference(treated: &Amounts, held_out: &Amounts) -> Option<(i128, i128)> {
    let (n1, n2) = (i128::from(treated.known), i128::from(held_out.known));
    let (s1, s2) = (treated.total.0, held_out.total.0);
    let more = (s1.checked_mul(n2)?).checked_sub(s2.checked_mul(n1)?)?;
    let subjects = n1.checked_mul(n2)?;
    (subjects > 0).then_some((more, subjects))
}

/// Half the interval, in billionths.
fn half(treated: &Amounts, held_out: &Amounts) -> Result<f64, NoInterval> {
    let spread = |a: &Amounts| {
        let n = a.known as f64;
        a.variance().map(|v| v / n).ok_or(NoInterval::TooFew)
    };
    let (v1, v2) = (spread(treated)?, spread(held_out)?);
    let together = v1 + v2;
    if together <= 0.0 {
        return Err(NoInterval::AllEqual);
    }
    // Degrees of freedom by Welch and Satterthwaite, of shares so that nothing is squared out of range.
    let (w1, w2) = (v1 / together, v2 / together);
    let freedom = |a: &Amounts| (a.known - 1) as f64;
    let degrees = 1.0 / (w1 * w1 / freedom(treated) + w2 * w2 / freedom(held_out));
    Ok(student::quantile(degrees.max(1.0)) * together.sqrt())
}

/// What those treated have more than they would have without the campaign, all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    /// Rounded once to billionths.
    pub additional: Decimal,
    /// Its 95% interval.
    pub interval: (Decimal, Decimal),
    /// Of money: what each unit of cost brought, with its interval; `None` where nothing was paid, or not in the
    /// currency of the costs.
    pub for_each: Option<(Decimal, Decimal, Decimal)>,
    /// Of numbers: what each one more cost.
    pub each_cost: Option<Decimal>,
}

impl Measured {
    pub fn difference_of_means(&self) -> Option<MeanDifference> {
        MeanDifference::of(&self.treated.amounts, &self.held_out.amounts)
    }

    /// `None` unless an effect is shown that raises the mean; for percentages, which are not summed; and where a
    /// value is missing, because then the groups are no longer those that were drawn by lot.
    pub fn brought(&self, ty: Type, currency: Option<Currency>) -> Option<Brought> {
        let (treated, held_out) = (&self.treated, &self.held_out);
        if treated.missing() + held_out.missing() > 0 || ty == Type::Percent {
            return None;
        }
        let apart = self.difference_of_means()?;
        let (lower, upper) = apart.interval.ok()?;
        if lower <= Decimal::ZERO {
            return None;
        }
        let (more, _) = difference(&treated.amounts, &held_out.amounts)?;
        let by = i128::from(held_out.amounts.known);
        let additional = Decimal(div_round(more, by, Rounding::Nearest));
        let all = |mean: Decimal| {
            let n = i128::from(treated.amounts.known);
            mean.0.checked_mul(n).map(Decimal)
        };
        let interval = (all(lower)?, all(upper)?);
        let cost = (treated.cost > Decimal::ZERO).then_some(treated.cost);
        let (mut for_each, mut each_cost) = (None, None);
        match (ty, cost) {
            (Type::Money(of), Some(cost)) if Some(of) == currency => {
                let by_cost = |d: Decimal| d.checked_div(cost);
                for_each = by_cost(additional)
                    .zip(by_cost(interval.0))
                    .zip(by_cost(interval.1))
                    .map(|((each, lower), upper)| (each, lower, upper));
            }
            (Type::Integer | Type::Number, Some(cost)) => {
                each_cost = cost.checked_div(additional);
            }
            _ => {}
        }
        Some(Brought {
            additional,
            interval,
            for_each,
            each_cost,
        })
    }
}

impl Group {
    /// Subjects without a value.
    pub fn missing(&self) -> u64 {
        self.subjects - self.amounts.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ONE;

    fn amounts<'a>(list: impl IntoIterator<Item = &'a str>) -> Amounts {
        let mut out = Amounts::default();
        for text in list {
            out.add(text.parse().expect("a number")).expect("room");
        }
        out
    }

    fn words(list: &str) -> Amounts {
        amounts(list.split_whitespace())
    }

    fn said(found: &MeanDifference) -> (String, String, String) {
        let (lower, upper) = found.interval.expect("an interval");
        let [d, l, u] = [found.difference, lower, upper].map(|n| n.to_string());
        (d, l, u)
    }

    #[test]
    fn intervals_are_welchs() {
        // Gosset's sleep data (Biometrika 6, 1908): R 4 prints for t.test(extra ~ group, data = sleep) the interval
        // -3.3654832 to 0.2054832, and df = 17.776. All are by mpmath 1.3 with 40 digits, from the formulas of
        // Welch and Satterthwaite and the quantile as in `student`.
        let first = words("0.7 -1.6 -0.2 -1.2 -0.1 3.4 3.7 0.8 0.0 2.0");
        let second = words("1.9 0.8 1.1 0.1 -0.1 4.4 5.5 1.6 4.6 3.4");
        let found = MeanDifference::of(&first, &second).unwrap();
        let expected = ("-1.58", "-3.365483231", "0.205483231");
        assert_eq!(said(&found), owned(expected));
        assert!(!found.shows_an_effect());
        // Groups of unequal size and spread.
        let first = words("17.2 20.9 22.6 18.1 21.7 21.4 23.5 24.2 14.7 21.8");
        let second = words(
            "21.5 22.8 21.0 23.0 21.6 23.6 22.5 20.7 23.4 21.8 20.7 21.7 21.5 22.5 23.6 21.5 22.5 23.5 21.5 21.8",
        );
        let found = MeanDifference::of(&first, &second).unwrap();
        let expected = ("-1.525", "-3.698421325", "0.648421325");
        assert_eq!(said(&found), owned(expected));
        // The same the other way round.
        let turned = MeanDifference::of(&second, &first).unwrap();
        let expected = ("1.525", "-0.648421325", "3.698421325");
        assert_eq!(said(&turned), owned(expected));
        // A negative difference that shows.
        let first = words("19.8 20.4 19.6 17.8 18.5 18.9 18.3 18.9 19.5 22.0");
        let second = words(
            "28.2 26.6 20.1 23.3 25.2 22.1 17.7 27.6 20.6 13.7 23.2 17.5 20.6 18.0 23.9 21.6 24.3 20.4 24.0 13.2",
        );
        let found = MeanDifference::of(&first, &second).unwrap();
        let expected = ("-2.22", "-4.282393536", "-0.157606464");
        assert_eq!(said(&found), owned(expected));
        assert!(found.shows_an_effect());
        // As few as can be: two of each.
        let found = MeanDifference::of(&words("10 30"), &words("1 2")).unwrap();
        let expected = ("18.5", "-107.234787703", "144.234787703");
        assert_eq!(said(&found), owned(expected));
        // One side does not spread: the degrees of freedom are those of the other.
        let found = MeanDifference::of(&words("5 7 12"), &words("0 0")).unwrap();
        let expected = ("8", "-0.956685895", "16.956685895");
        assert_eq!(said(&found), owned(expected));
    }

    fn owned((d, l, u): (&str, &str, &str)) -> (String, String, String) {
        (d.into(), l.into(), u.into())
    }

    #[test]
    fn without_enough_values_there_is_no_interval() {
        let of = |a: &str, b: &str| MeanDifference::of(&words(a), &words(b));
        assert_eq!(of("", "1 2"), None);
        assert_eq!(of("1 2", ""), None);
        for (a, b) in [("5", "1 2 3"), ("1 2 3", "5"), ("5", "3")] {
            let found = of(a, b).unwrap();
            assert_eq!(found.interval, Err(NoInterval::TooFew));
            assert!(!found.shows_an_effect());
        }
        // However many there are, and however far they lie apart.
        let found = of("3 3 3", "1 1").unwrap();
        assert_eq!(found.difference, Decimal::from_int(2));
        assert_eq!(found.interval, Err(NoInterval::AllEqual));
        assert!(!found.shows_an_effect());
        let thirds = words("0.333333333 0.333333333 0.333333333");
        assert_eq!(thirds.variance(), Some(0.0));
    }

    #[test]
    fn sums_and_means_are_exact() {
        // In floating point the first sum is 0.30000000000000004, and the others lose their cents.
        assert_eq!(words("0.10 0.20").total.to_string(), "0.3");
        let cents = vec!["90071992547409.93"; 3];
        assert_eq!(amounts(cents).total.to_string(), "270215977642229.79");
        let lost = words("10000000000000000 0.01 -10000000000000000 0.02");
        assert_eq!(lost.total.to_string(), "0.03");
        assert_eq!(lost.mean(9).unwrap().to_string(), "0.0075");
        // Rounded once: 0.0049999999995 is not a cent, though 0.005 would be.
        let mut almost = amounts(vec!["0"; 1]);
        almost.add(Decimal(ONE / 100 - 1)).unwrap();
        assert_eq!(almost.mean(9).unwrap().to_string(), "0.005");
        assert_eq!(almost.mean(2), Some(Decimal::ZERO));
        assert_eq!(words("-1 0").mean(0).unwrap().to_string(), "-1");
        assert_eq!(words("").mean(2), None);
        // The variance of amounts that differ by a cent far from 0: 0.0001 / 2.
        let near = words("90071992547409.93 90071992547409.94");
        assert_eq!(near.variance(), Some(5e-5 * 1e18));
        // Values of any sign and size, and a sum that is too large.
        let mut large = Amounts::default();
        large.add(Decimal(i128::MAX)).unwrap();
        assert_eq!(large.add(Decimal(1)), None);
        let mut spread = Amounts::default();
        spread.add(Decimal(i128::MAX)).unwrap();
        spread.add(Decimal(-i128::MAX)).unwrap();
        assert_eq!(spread.total, Decimal::ZERO);
        assert!(spread.variance().unwrap() > 1e76);
        let found = MeanDifference::of(&spread, &words("1 2")).unwrap();
        assert!(!found.shows_an_effect());
    }

    #[test]
    fn the_order_of_subjects_is_nothing() {
        let list = ["0.1", "1000000000000", "0.000000001", "-3.3", "7.25"];
        let forward = amounts(list);
        let backward = amounts(list.into_iter().rev());
        assert_eq!(forward, backward);
        let other = words("1 2 4");
        assert_eq!(
            MeanDifference::of(&forward, &other),
            MeanDifference::of(&backward, &other)
        );
    }

    fn measured(treated: &str, held_out: &str, cost: &str) -> Measured {
        let group = |list: &str, cost: &str| {
            let amounts = words(list);
            Group {
                subjects: amounts.known,
                amounts,
                cost: cost.parse().expect("money"),
                ..Group::default()
            }
        };
        Measured {
            campaign: 0,
            measure: 0,
            treated: group(treated, cost),
            held_out: group(held_out, "0"),
            variants: Vec::new(),
            rules: Vec::new(),
            young: 0,
            gone: 0,
            unlike: None,
        }
    }

    #[test]
    fn what_was_brought_is_told_where_an_effect_is_shown() {
        let yuan = Currency::from_code("CNY");
        let money = Type::Money(yuan.unwrap());
        let clear = measured("100 110 120 130", "10 20 30", "4.00");
        let apart = clear.difference_of_means().unwrap();
        let (lower, upper) = apart.interval.unwrap();
        // 460 - 4 * 20 = 380, for 4 CNY.
        let found = clear.brought(money, yuan).unwrap();
        assert_eq!(found.additional.to_string(), "380");
        assert_eq!(found.interval.0, Decimal(lower.0 * 4));
        let (each, least, most) = found.for_each.unwrap();
        assert_eq!(
            (each.to_string(), least, most),
            ("95".into(), lower, upper),
            "four subjects and a cost of four"
        );
        assert_eq!(found.each_cost, None);
        // Counts: what one more cost.
        let found = clear.brought(Type::Integer, yuan).unwrap();
        assert_eq!(found.for_each, None);
        assert_eq!(found.each_cost.unwrap().to_string(), "0.010526316");
        // Percentages are not summed; other currencies not set against the cost; nor is a cost of nothing.
        assert_eq!(clear.brought(Type::Percent, yuan), None);
        let found = clear.brought(money, Currency::from_code("USD")).unwrap();
        assert_eq!((found.for_each, found.each_cost), (None, None));
        let free = measured("100 110 120 130", "10 20 30", "0");
        assert_eq!(free.brought(money, yuan).unwrap().for_each, None);
        // An interval that holds 0, one below it, none, and missing values.
        for (treated, held_out) in [
            ("10 200", "5 6 7"),
            ("10 20 30", "100 110 120 130"),
            ("100", "10 20"),
            ("2 2", "1 1"),
        ] {
            assert_eq!(measured(treated, held_out, "4").brought(money, yuan), None);
        }
        let mut unknown = clear.clone();
        unknown.held_out.subjects += 1;
        assert_eq!(unknown.held_out.missing(), 1);
        assert_eq!(unknown.brought(money, yuan), None);
    }
}

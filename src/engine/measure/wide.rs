//! Sums of squares of decimals, exact: they do not fit 128 bits.

/// A natural number below 2^256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wide {
    high: u128,
    low: u128,
}

const LOW: u128 = u64::MAX as u128;

impl Wide {
    pub fn square(n: u128) -> Wide {
        let (a, b) = (n >> 64, n & LOW);
        let (low, middle) = (b * b, a * b);
        // Twice the middle product, apart: its halves of 64 bits.
        let carried = (low >> 64) + 2 * (middle & LOW);
        Wide {
            high: a * a + 2 * (middle >> 64) + (carried >> 64),
            low: (low & LOW) | (carried << 64),
        }
    }

    pub fn checked_add(self, o: Wide) -> Option<Wide> {
        let (low, carry) = self.low.overflowing_add(o.low);
        let high = self.high.checked_add(o.high)?;
        Some(Wide {
            high: high.checked_add(u128::from(carry))?,
            low,
        })
    }

    /// INVARIANT: `o` is not larger.
    pub fn minus(self, o: Wide) -> Wide {
        let (low, borrow) = self.low.overflowing_sub(o.low);
        Wide {
            high: self.high - o.high - u128::from(borrow),
            low,
        }
    }

    /// Quotient and remainder; `divisor` is not 0.
    pub fn divided(self, divisor: u64) -> (Wide, u64) {
        let divisor = u128::from(divisor);
        let mut rest = 0;
        let mut digit = |d: u128| {
            let n = (rest << 64) | d;
            rest = n % divisor;
            n / divisor
        };
        let quotient = Wide {
            high: (digit(self.high >> 64) << 64) | digit(self.high & LOW),
            low: (digit(self.low >> 64) << 64) | digit(self.low & LOW),
        };
        (quotient, rest as u64)
    }

    pub fn to_f64(self) -> f64 {
        self.high as f64 * 2f64.powi(128) + self.low as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_exact() {
        // By Python's integers.
        let largest = Wide::square(u128::MAX);
        assert_eq!(
            (largest.high, largest.low),
            (u128::MAX - 1, 1),
            "(2^128 - 1)^2 = (2^128 - 2) * 2^128 + 1"
        );
        let n = Wide::square(123_456_789_012_345_678_901_234_567_890);
        assert_eq!(n.high, 44_790_974_305_113_141_528);
        assert_eq!(n.low, 76_266_579_520_188_412_339_172_150_609_060_107_332);
        assert_eq!(Wide::square(3), Wide { high: 0, low: 9 });
    }

    #[test]
    fn they_are_added_taken_away_and_divided() {
        let n = Wide::square(u128::MAX);
        assert_eq!(n.checked_add(n), None);
        let small = Wide { high: 0, low: 2 };
        let carried = Wide {
            high: 0,
            low: u128::MAX,
        };
        let sum = carried.checked_add(small).unwrap();
        assert_eq!(sum, Wide { high: 1, low: 1 });
        assert_eq!(sum.minus(small), carried);
        // 2^128 + 1 = 3 * 113427455640312821154458202477256070485 + 2
        let third = 113_427_455_640_312_821_154_458_202_477_256_070_485;
        assert_eq!(
            sum.divided(3),
            (
                Wide {
                    high: 0,
                    low: third
                },
                2
            )
        );
        assert_eq!(sum.to_f64(), 2f64.powi(128));
    }
}

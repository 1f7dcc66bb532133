//! The 97.5% quantile of Student's t distribution.

use super::Z;

/// For any degrees of freedom from 1 on, whole or not.
pub(super) fn quantile(degrees: f64) -> f64 {
    if degrees >= 400.0 {
        return expansion(degrees);
    }
    let (mut low, mut high) = (Z, 13.0);
    loop {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if outside(middle, degrees) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Abramowitz and Stegun, 26.7.5, at the normal distribution's quantile. What is left out is less than 10^-12 here.
fn expansion(degrees: f64) -> f64 {
    let z = Z;
    let z2 = z * z;
    let g1 = z * (z2 + 1.0) / 4.0;
    let g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    let g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    let g4 = z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0;
    z + (g1 + (g2 + (g3 + g4 / degrees) / degrees) / degrees) / degrees
}

/// How probable a value farther from 0 than `t` is: the regularized incomplete beta function at
/// `degrees / (degrees + t²)` with parameters `degrees / 2` and 1/2 (NIST's Digital Library of Mathematical Functions,
/// 8.17).
fn outside(t: f64, degrees: f64) -> f64 {
    let (a, x) = (degrees / 2.0, degrees / (degrees + t * t));
    // Its continued fraction, 8.17.22, converges fast below (a + 1) / (a + b + 2); above it stands for the other end.
    if x < (a + 1.0) / (a + 2.5) {
        front(a, x) / a * fraction(a, 0.5, x)
    } else {
        1.0 - front(a, x) / 0.5 * fraction(0.5, a, 1.0 - x)
    }
}

/// `x^a · (1 - x)^(1/2) / B(a, 1/2)`
fn front(a: f64, x: f64) -> f64 {
    x.powf(a) * (1.0 - x).sqrt() * gamma_ratio(a) / std::f64::consts::PI.sqrt()
}

/// `Γ(a + 1/2) / Γ(a)`: by its asymptotic series for large `a`, to which `Γ(a + 1) = a · Γ(a)` leads.
fn gamma_ratio(a: f64) -> f64 {
    let (mut factor, mut a) = (1.0, a);
    while a < 100.0 {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    let d = 1.0 / a;
    let series = [
        1.0,
        -1.0 / 8.0,
        1.0 / 128.0,
        5.0 / 1024.0,
        -21.0 / 32_768.0,
        -399.0 / 262_144.0,
    ];
    factor * a.sqrt() * series.iter().rev().fold(0.0, |sum, c| sum * d + c)
}

/// The continued fraction 1 / (1 + d₁ / (1 + d₂ / (1 + …))), from the front (Lentz).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let (mut c, mut d) = (1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = value;
        for step in [even, odd] {
            d = 1.0 / (1.0 + step * d);
            c = 1.0 + step / c;
            value *= c * d;
        }
        if (value - before).abs() <= value.abs() * 1e-16 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_students() {
        // By mpmath 1.3 with 40 digits: where betainc(n/2, 1/2, 0, n / (n + t²), regularized=True) is 0.05.
        for (degrees, expected) in [
            (1.0, 12.706_204_736_174_705),
            (1.5, 6.016_663_104_427_932),
            (2.0, 4.302_652_729_749_464),
            (3.0, 3.182_446_305_283_71),
            (4.7, 2.620_726_075_353_17),
            (10.0, 2.228_138_851_986_275),
            (29.5, 2.043_724_966_772_123),
            (120.0, 1.979_930_405_082_441),
            (399.0, 1.965_927_295_920_882),
            (400.0, 1.965_912_343_229_463),
            (401.0, 1.965_897_465_336_517),
            (1_000.25, 1.962_338_486_494_193),
            (1_000_000.0, 1.959_966_356_814_107),
        ] {
            let found = quantile(degrees);
            assert!(
                (found - expected).abs() < 1e-11 * expected,
                "{degrees}: {found} is not {expected}"
            );
        }
    }
}

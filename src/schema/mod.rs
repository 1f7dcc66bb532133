//! Types, values, and the exact arithmetic on them. Floor 3.

mod currency;
mod day;
mod decimal;
mod types;

pub use currency::Currency;
pub use day::{DAY_MICROS, Day, MAX_DAY, MIN_DAY, days_in_month, is_leap_year};
pub use decimal::{Decimal, DecimalError, ONE, Rounding, SCALE, div_round};
pub use types::*;

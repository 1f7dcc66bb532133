//! Measures that are numbers or money.

use super::super::table::{TextTable, grouped};
use super::{money, rounded};
use crate::engine::{Amounts, Brought, Group, Measured, NoInterval};
use crate::plan::{Measure, Plan};
use crate::schema::{Decimal, Type};

/// How the values of a measure are written. Money to its minor unit, all else with as many digits as the means need.
pub(super) struct Unit {
    ty: Type,
    digits: u32,
}

impl Unit {
    pub fn of(ty: Type, measured: &Measured) -> Unit {
        let means = [&measured.treated, &measured.held_out].map(|g| g.amounts.mean(9));
        let largest = means.iter().flatten().map(|m| m.0.unsigned_abs()).max();
        let least = match ty {
            Type::Money(currency) => {
                let digits = currency.digits();
                return Unit { ty, digits };
            }
            Type::Percent => 1,
            _ => 2,
        };
        let shift = if ty == Type::Percent { 2 } else { 0 };
        let mut digits = least;
        if let Some(largest) = largest.filter(|m| *m > 0) {
            // Three digits that are not leading zeros; billionths have nine.
            while digits + shift < 9
                && largest.saturating_mul(10u128.pow(digits + shift)) < 100_000_000_000
            {
                digits += 1;
            }
        }
        Unit { ty, digits }
    }

    fn mean(&self, amounts: &Amounts) -> String {
        let digits = match self.ty {
            Type::Percent => self.digits + 2,
            _ => self.digits,
        };
        let mean = amounts.mean(digits);
        mean.map_or("·".into(), |mean| self.plain(mean) + &self.name("%"))
    }

    fn total(&self, amounts: &Amounts) -> String {
        match (self.ty, amounts.total.to_int()) {
            (Type::Integer, Some(n)) if n >= 0 => grouped(n as u64),
            (Type::Integer, _) => amounts.total.to_string(),
            _ => self.plain(amounts.total) + &self.name("%"),
        }
    }

    /// Without its unit; a percentage as one.
    fn plain(&self, n: Decimal) -> String {
        let n = match self.ty {
            Type::Percent => Decimal(n.0.saturating_mul(100)),
            _ => n,
        };
        rounded(n, self.digits)
    }

    fn signed(&self, n: Decimal) -> String {
        let text = self.plain(n);
        let nothing = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
        match text.strip_prefix('-') {
            Some(size) if nothing => format!("+{size}"),
            Some(_) => text,
            None => format!("+{text}"),
        }
    }

    /// What follows a number.
    fn name(&self, percent: &str) -> String {
        match self.ty {
            Type::Money(currency) => format!(" {currency}"),
            Type::Percent => percent.to_owned(),
            _ => String::new(),
        }
    }

    /// An amount as it stands in a sentence.
    fn said(&self, n: Decimal) -> String {
        self.plain(n) + &self.name("%")
    }
}

pub(super) fn table(lines: &[(usize, String, Group)], unit: &Unit) -> TextTable {
    let missing = lines.iter().any(|(_, _, group)| group.missing() > 0);
    let totals = unit.ty != Type::Percent;
    let mut columns = vec!["subjects"];
    columns.extend(missing.then_some("no value"));
    columns.push("mean");
    columns.extend(totals.then_some("total"));
    let rows = lines.iter().map(|(depth, name, group)| {
        let mut cells = vec![grouped(group.subjects)];
        if missing {
            cells.push(grouped(group.missing()));
        }
        cells.push(unit.mean(&group.amounts));
        cells.extend(totals.then(|| unit.total(&group.amounts)));
        (*depth, name.clone(), cells)
    });
    super::table(&columns, rows)
}

/// What may be concluded.
pub(super) fn verdict(plan: &Plan, measure: &Measure, measured: &Measured) -> Vec<String> {
    let ty = measure.ty;
    let unit = Unit::of(ty, measured);
    let mut lines = missing(measured);
    let (treated, held_out) = (&measured.treated.amounts, &measured.held_out.amounts);
    let cost = measured.treated.cost;
    let cost = |then| match cost == Decimal::ZERO {
        true => Vec::new(),
        false => super::cost(plan, measure, cost, then),
    };
    let Some(apart) = measured.difference_of_means() else {
        lines.push(match treated.known.min(held_out.known) {
            0 => "one side has no value at all, so that there is nothing to compare".into(),
            _ => "the amounts are too large to be compared".into(),
        });
        lines.extend(cost(None));
        return lines;
    };
    let difference = format!(
        "difference {}{}",
        unit.signed(apart.difference),
        unit.name(" percentage points")
    );
    let shown = apart.shows_an_effect();
    match apart.interval {
        Ok((lower, upper)) => lines.push(format!(
            "{difference} (95% interval {} to {}): {}",
            unit.signed(lower),
            unit.signed(upper),
            match shown {
                true if apart.difference > Decimal::ZERO => "it brings more",
                true => "it brings less",
                false => "no effect is shown",
            }
        )),
        Err(NoInterval::TooFew) => lines.extend([
            format!("{difference}, which says nothing yet:"),
            "an interval needs two subjects with a value on each side".into(),
        ]),
        Err(NoInterval::AllEqual) => lines.extend([
            format!("{difference}, but the values of each side are all the same,"),
            "so that no interval can be told, and nothing is concluded".into(),
        ]),
    }
    match measured.brought(ty, plan.currency) {
        Some(brought) => {
            let (gained, then) = gain(plan, &unit, &brought);
            lines.push(gained);
            lines.extend(cost(then.map(|then| (":", then))));
        }
        None => lines.extend(cost(match shown {
            true if apart.difference < Decimal::ZERO => Some((",", "and it brought less".into())),
            true => None,
            false => Some((";", super::OPEN.into())),
        })),
    }
    lines
}

/// Who has no value, and what that means.
fn missing(measured: &Measured) -> Vec<String> {
    let (treated, held_out) = (measured.treated.missing(), measured.held_out.missing());
    if treated + held_out == 0 {
        return Vec::new();
    }
    let verb = if treated + held_out == 1 {
        "has"
    } else {
        "have"
    };
    vec![
        format!(
            "{} of the treated and {} of the held out {verb} no value and are in no mean;",
            grouped(treated),
            grouped(held_out)
        ),
        "those left may differ in more than the treatment, so read it with care".into(),
    ]
}

/// What more there is in all, and what that is to its cost.
fn gain(plan: &Plan, unit: &Unit, brought: &Brought) -> (String, Option<String>) {
    let (lower, upper) = brought.interval;
    let gained = format!(
        "with it there is {} more in all (95% interval {} to {})",
        unit.said(brought.additional),
        unit.plain(lower),
        unit.plain(upper)
    );
    let then = match (plan.currency, brought.for_each, brought.each_cost) {
        (Some(currency), Some((each, lower, upper)), _) => Some(format!(
            "each {currency} spent brought {} (95% interval {} to {})",
            unit.said(each),
            unit.plain(lower),
            unit.plain(upper)
        )),
        (currency, None, Some(each)) => {
            Some(format!("{} for each one more", money(each, currency)))
        }
        _ => None,
    };
    (gained, then)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Currency;

    fn unit(ty: Type, digits: u32) -> Unit {
        Unit { ty, digits }
    }

    fn money(code: &str) -> Unit {
        let currency = Currency::from_code(code).expect("a currency");
        unit(Type::Money(currency), currency.digits())
    }

    fn number(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn amounts_are_written_in_their_unit() {
        assert_eq!(money("CNY").said(number("1234.505")), "1234.51 CNY");
        assert_eq!(money("JPY").said(number("0.5")), "1 JPY");
        assert_eq!(money("KWD").said(number("2")), "2.000 KWD");
        let percent = unit(Type::Percent, 1);
        assert_eq!(percent.said(number("0.05")), "5.0%");
        assert_eq!(unit(Type::Integer, 3).said(number("0.0714")), "0.071");
    }

    #[test]
    fn differences_have_a_sign_and_nothing_is_not_negative() {
        let yuan = money("CNY");
        assert_eq!(yuan.signed(number("3.1")), "+3.10");
        assert_eq!(yuan.signed(number("-3.1")), "-3.10");
        assert_eq!(yuan.signed(number("-0.004")), "+0.00");
        assert_eq!(yuan.signed(Decimal::ZERO), "+0.00");
        assert_eq!(unit(Type::Percent, 1).signed(number("-0.012")), "-1.2");
    }
}

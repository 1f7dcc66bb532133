//! Measures that are true or not.

use super::super::table::{TextTable, grouped};
use super::money;
use crate::engine::{Group, Measured, Newcombe};
use crate::plan::{Measure, Plan};
use crate::schema::Decimal;

pub(super) fn table(lines: &[(usize, String, Group)]) -> TextTable {
    let rows = lines.iter().map(|(depth, name, group)| {
        let rate = group.rate().map_or("·".into(), percent);
        let cells = vec![grouped(group.subjects), grouped(group.successes), rate];
        (*depth, name.clone(), cells)
    });
    super::table(&["subjects", "successes", "rate"], rows)
}

/// What may be concluded.
pub(super) fn verdict(plan: &Plan, measure: &Measure, measured: &Measured) -> Vec<String> {
    let Some(effect) = Newcombe::of(&measured.treated, &measured.held_out) else {
        return Vec::new();
    };
    let shown = effect.shows_an_effect();
    let mut lines = vec![format!(
        "difference {} percentage points (95% interval {} to {}): {}",
        points(effect.difference),
        points(effect.lower),
        points(effect.upper),
        match shown {
            true if effect.difference > 0.0 => "it works",
            true => "it does harm",
            false => "no effect is shown",
        }
    )];
    let cost = measured.treated.cost;
    if cost != Decimal::ZERO {
        let then = match measured.cost_per_additional_success() {
            _ if !shown => (";", super::OPEN.into()),
            Some(each) => {
                let each = money(each, plan.currency);
                (":", format!("{each} for each additional success"))
            }
            None => (",", "and no additional success".into()),
        };
        lines.extend(super::cost(plan, measure, cost, Some(then)));
    }
    lines
}

fn percent(rate: f64) -> String {
    format!("{:.1}%", rate * 100.0)
}

/// A difference of rates, in percentage points.
fn points(difference: f64) -> String {
    let text = format!("{:+.1}", difference * 100.0);
    if text == "-0.0" { "+0.0".into() } else { text }
}

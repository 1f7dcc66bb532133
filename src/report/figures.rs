//! Figures, for people: those with one value in one table, those with a value for each group in a table for what
//! makes the groups.

use super::table::{Align, TextTable, grouped, visible};
use crate::engine::{FigureText, FigureValue, GroupText};
use indexmap::IndexMap;

/// More groups than these are counted only.
const MOST_GROUPS: usize = 20;

const NONE: &str = "·";

/// The groups of a figure by their keys.
type Lines = [GroupText];

/// The tables, each with an empty line after it; nothing where there are no figures.
pub fn tables(figures: &[&FigureValue]) -> String {
    let mut single = TextTable::new(&[("figure", Align::Left), ("value", Align::Right)]);
    let mut has_single = false;
    let mut by_key: IndexMap<(&str, &str), Vec<(&str, &Lines)>> = IndexMap::new();
    for figure in figures {
        match &figure.value {
            FigureText::One(value) => {
                has_single = true;
                single.push(vec![figure.name.clone(), text(value.as_ref())]);
            }
            FigureText::Each {
                record,
                key,
                groups,
            } => by_key
                .entry((record, key))
                .or_default()
                .push((&figure.name, groups)),
        }
    }
    let mut out = String::new();
    if has_single {
        out.push_str(&single.render("  "));
        out.push('\n');
    }
    for ((record, key), columns) in &by_key {
        out.push_str(&table(record, key, columns));
        out.push('\n');
    }
    out
}

/// Figures for the same groups, side by side.
fn table(record: &str, key: &str, columns: &[(&str, &Lines)]) -> String {
    let first = format!("{key} of {record}");
    let mut heads = vec![(&*first, Align::Left)];
    heads.extend(columns.iter().map(|(name, _)| (*name, Align::Right)));
    let mut table = TextTable::new(&heads);
    // INVARIANT: figures for the same groups have the same keys in the same order.
    let keys = columns.first().map_or(&[][..], |(_, lines)| lines);
    let told = (0..keys.len()).filter(|i| columns.iter().any(|(_, lines)| counts(&lines[*i].1)));
    let told: Vec<usize> = told.collect();
    for &i in told.iter().take(MOST_GROUPS) {
        let key = keys[i].0.as_ref();
        let mut line = vec![key.map_or("(missing)".to_string(), |key| visible(key))];
        line.extend(columns.iter().map(|(_, lines)| text(lines[i].1.as_ref())));
        table.push(line);
    }
    let mut out = table.render("  ");
    if let Some(more) = told.len().checked_sub(MOST_GROUPS + 1) {
        out += &format!("  … and {} more\n", grouped(more as u64 + 1));
    }
    out
}

/// Not missing and not zero, with or without a currency: some row was counted.
fn counts(value: &Option<String>) -> bool {
    let Some(value) = value else {
        return false;
    };
    let number = value.split(' ').next().unwrap_or_default();
    let zero = number.trim_end_matches('%').trim_start_matches('-');
    zero.is_empty() || zero.chars().any(|c| !matches!(c, '0' | '.'))
}

fn text(value: Option<&String>) -> String {
    value.map_or(NONE.to_string(), |v| visible(v))
}

//! The action list and the suppressed list as rows of a table.

use crate::data::{OutputCell, OutputColumn, OutputKind};
use crate::engine::{ActionRow, Suppressed, Texts};
use crate::ledger::ListedAction;
use crate::schema::{Currency, Day};

fn column(name: &str, kind: OutputKind) -> OutputColumn {
    OutputColumn {
        name: name.to_owned(),
        kind,
    }
}

fn text(value: Option<&str>) -> OutputCell<'_> {
    value.map_or(OutputCell::Missing, OutputCell::Text)
}

/// The columns of the action list; costs are in the workspace's currency.
pub fn action_columns(currency: Option<Currency>) -> Vec<OutputColumn> {
    let digits = currency.map_or(0, Currency::digits);
    vec![
        column("key", OutputKind::Text),
        column("today", OutputKind::Date),
        column("campaign", OutputKind::Text),
        column("rule", OutputKind::Text),
        column("action", OutputKind::Text),
        column("record", OutputKind::Text),
        column("target", OutputKind::Text),
        column("subject", OutputKind::Text),
        column("variant", OutputKind::Text),
        column("deliver_after", OutputKind::Text),
        column("cost", OutputKind::Decimal { digits }),
        column("params", OutputKind::Json),
    ]
}

/// Calls `sink` with the cells of one action, in the order of [`action_columns`].
pub fn with_action_cells<R>(
    row: &ActionRow<'_>,
    today: Day,
    texts: &Texts<'_>,
    sink: impl FnOnce(&[OutputCell<'_>]) -> R,
) -> R {
    let params = texts.params(&row.params);
    sink(&[
        OutputCell::Text(&row.key),
        OutputCell::Date(today),
        OutputCell::Text(row.campaign),
        OutputCell::Text(row.rule),
        OutputCell::Text(row.action),
        OutputCell::Text(row.record),
        OutputCell::Text(&row.target),
        OutputCell::Text(&row.subject),
        text(row.variant),
        text(row.deliver_after.as_deref()),
        row.cost.map_or(OutputCell::Missing, OutputCell::Decimal),
        OutputCell::Json(&params),
    ])
}

/// The cells of a line that the ledger remembers, in the order of [`action_columns`].
pub fn listed_action_cells(row: &ListedAction) -> [OutputCell<'_>; 12] {
    [
        OutputCell::Text(&row.key),
        OutputCell::Date(row.day),
        OutputCell::Text(&row.campaign),
        OutputCell::Text(&row.rule),
        OutputCell::Text(&row.action),
        OutputCell::Text(&row.record),
        OutputCell::Text(&row.target),
        OutputCell::Text(&row.subject),
        text(row.variant.as_deref()),
        text(row.deliver_after.as_deref()),
        row.cost.map_or(OutputCell::Missing, OutputCell::Decimal),
        OutputCell::Json(&row.params),
    ]
}

/// The columns of the suppressed list; without an action, the whole rule was stopped.
pub fn suppressed_columns() -> Vec<OutputColumn> {
    let names = ["campaign", "rule", "subject", "action", "stage", "limit"];
    std::iter::once(column("today", OutputKind::Date))
        .chain(names.map(|name| column(name, OutputKind::Text)))
        .collect()
}

/// In the order of [`suppressed_columns`].
pub fn suppressed_cells<'r>(today: Day, row: &'r Suppressed<'_>) -> [OutputCell<'r>; 7] {
    [
        OutputCell::Date(today),
        OutputCell::Text(row.campaign),
        OutputCell::Text(row.rule),
        OutputCell::Text(&row.subject),
        text(row.action),
        OutputCell::Text(row.stage.name()),
        OutputCell::Text(&row.limit),
    ]
}

//! What the values that a plan computes will need of memory.

use super::{ColumnDefinition, Plan};
use crate::schema::Type;

/// Bytes of an aggregate's state for one holder, beside its result.
const STATE: u64 = 8;
/// Bytes of a place in an order.
const PLACE: u64 = 16;
/// Bytes of a text that is computed, with its place.
const TEXT: u64 = 32;

/// Bytes of all computed columns, where tables have so many rows.
pub fn computed_bytes(plan: &Plan, rows: &[u64]) -> u64 {
    let rows = |table: usize| rows.get(table).copied().unwrap_or(0);
    let column = |definition: &ColumnDefinition| match definition {
        ColumnDefinition::Expression { table, node } => rows(*table) * width(plan.nodes.ty(*node)),
        ColumnDefinition::Aggregate { table, aggregate } => {
            rows(*table) * (width(aggregate.ty) + STATE)
        }
        ColumnDefinition::GroupTotal { aggregate, .. } => {
            rows(aggregate.table) * width(aggregate.ty)
        }
        ColumnDefinition::Ranking(ranking) => rows(ranking.table) * (width(ranking.ty) + PLACE),
        ColumnDefinition::Held { history, .. } => {
            let history = plan.histories.get(*history);
            history.map_or(0, |history| rows(history.table) * 5)
        }
        ColumnDefinition::Loops { table, .. } => rows(*table) * 2,
        ColumnDefinition::Total(_) | ColumnDefinition::Scalar(_) => 0,
    };
    plan.columns.iter().map(column).sum()
}

/// Bytes of a value and of whether it is there.
fn width(ty: Type) -> u64 {
    1 + match ty {
        Type::YesNo => 1,
        Type::Date | Type::Time | Type::Enum(_) | Type::Reference(_) => 4,
        Type::Text | Type::Message => TEXT,
        _ => 8,
    }
}

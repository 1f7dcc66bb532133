//! Keys that nobody reads: of rows that are only counted and summed.

use crate::data::ColumnType;
use crate::hir::AggregateOp;
use crate::plan::{Aggregate, ColumnDefinition, Node, NodeId, Plan};
use crate::schema::Type;

/// Says of each table whether its keys are read by nothing. `read`: those that an expression reads.
pub(super) fn mark(plan: &mut Plan, mut read: Vec<bool>) {
    let explained = !plan.explanations.rules.is_empty() || !plan.explanations.values.is_empty();
    if explained || !plan.attributes.is_empty() || plan.listed.is_some() {
        // Whoever asks about single rows is told their keys.
        return;
    }
    let mut tell = |table: usize| read[table] = true;
    for campaign in &plan.campaigns {
        tell(campaign.table);
        let thens = campaign.rules.iter().flat_map(|r| &r.thens);
        thens.flat_map(|t| &t.calls).for_each(|c| tell(c.table));
    }
    plan.histories.iter().for_each(|h| tell(h.table));
    for done in &plan.done {
        tell(done.table);
        tell(done.holder);
    }
    let groups = plan.figures.iter().filter_map(|f| f.groups.as_ref());
    groups.for_each(|g| tell(g.table));
    for column in plan.tables.iter().flat_map(|t| &t.columns) {
        if let ColumnType::Reference(table) = column.ty {
            tell(table);
        }
    }
    for definition in &plan.columns {
        match definition {
            ColumnDefinition::Ranking(ranking) => tell(ranking.table),
            ColumnDefinition::Loops { table, .. } => tell(*table),
            ColumnDefinition::Aggregate { aggregate, .. }
            | ColumnDefinition::Total(aggregate)
            | ColumnDefinition::GroupTotal { aggregate, .. } => by_order(aggregate, &mut tell),
            ColumnDefinition::Expression { .. }
            | ColumnDefinition::Held { .. }
            | ColumnDefinition::Scalar(_) => {}
        }
    }
    for place in 0..plan.nodes.len() {
        let id = NodeId(place as u32);
        if let Type::Reference(record) = plan.nodes.ty(id) {
            tell(record.index());
        }
        if let Node::Correlated(aggregate) = plan.nodes.get(id) {
            by_order(aggregate, &mut tell);
        }
    }
    for (table, read) in plan.tables.iter_mut().zip(read) {
        table.key_unread = !read;
    }
}

/// Of rows on one day the key says which comes first.
fn by_order(aggregate: &Aggregate, tell: &mut impl FnMut(usize)) {
    let ordered = matches!(
        aggregate.op,
        AggregateOp::First
            | AggregateOp::Last
            | AggregateOp::MostCommon
            | AggregateOp::List
            | AggregateOp::DistinctList
    );
    if ordered {
        tell(aggregate.table);
    }
}

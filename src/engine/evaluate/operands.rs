//! What a node reads.

use crate::plan::{Aggregate, ColumnDefinition, ColumnId, Node, NodeId, Plan, TemplatePart};

/// Calls `f` with each node that this one is made of.
pub fn operands(node: &Node, f: &mut dyn FnMut(NodeId)) {
    match node {
        Node::Constant(_)
        | Node::Missing
        | Node::Today(_)
        | Node::Now(_)
        | Node::Row
        | Node::Field(_)
        | Node::Column(_)
        | Node::Scalar(_)
        | Node::Parameter(_)
        | Node::Boundary { .. } => {}
        Node::Outer(n) | Node::Not(n) | Node::Known(n) | Node::Negate(n) | Node::Widen(n) => f(*n),
        Node::DayOf(n) => f(*n),
        Node::And(list) | Node::Or(list) => list.iter().for_each(|n| f(*n)),
        Node::Call { arguments, .. } => arguments.iter().for_each(|n| f(*n)),
        Node::Through {
            reference: left,
            member: right,
            ..
        }
        | Node::Compare { left, right, .. }
        | Node::TextMatch { left, right, .. }
        | Node::Arithmetic { left, right, .. }
        | Node::Default {
            value: left,
            default: right,
        }
        | Node::Shift {
            date: left,
            duration: right,
            ..
        }
        | Node::Between {
            from: left,
            to: right,
            ..
        } => {
            f(*left);
            f(*right);
        }
        Node::In { value, .. }
        | Node::Level { value, .. }
        | Node::NextLevel { value, .. }
        | Node::Shortfall { value, .. }
        | Node::Round { value, .. }
        | Node::Quantity { value, .. } => f(*value),
        Node::Reached { date, .. } => f(*date),
        Node::Recurring { days, .. } => days.date().into_iter().for_each(f),
        Node::RecurringWithin { days, from, to } => {
            days.date().into_iter().for_each(&mut *f);
            f(*from);
            f(*to);
        }
        Node::Choose { lines, otherwise } => {
            pairs(lines, f);
            otherwise.iter().for_each(|n| f(*n));
        }
        Node::Score(lines) => pairs(lines, f),
        Node::Correlated(aggregate) => aggregate_operands(aggregate, f),
        Node::Template { parts, .. } => parts.iter().for_each(|part| {
            if let TemplatePart::Value(n) = part {
                f(*n);
            }
        }),
    }
}

fn pairs(lines: &[(NodeId, NodeId)], f: &mut dyn FnMut(NodeId)) {
    for (condition, value) in lines {
        f(*condition);
        f(*value);
    }
}

fn aggregate_operands(aggregate: &Aggregate, f: &mut dyn FnMut(NodeId)) {
    let nodes = [
        aggregate.base,
        aggregate.there,
        aggregate.filter,
        aggregate.value,
    ];
    nodes.into_iter().flatten().for_each(f);
}

/// Calls `f` with each node that a column is made of.
fn definition_operands(plan: &Plan, definition: &ColumnDefinition, f: &mut dyn FnMut(NodeId)) {
    match definition {
        ColumnDefinition::Expression { node, .. }
        | ColumnDefinition::Scalar(node)
        | ColumnDefinition::Loops { next: node, .. } => f(*node),
        ColumnDefinition::Aggregate { aggregate, .. } | ColumnDefinition::Total(aggregate) => {
            aggregate_operands(aggregate, f);
        }
        ColumnDefinition::GroupTotal { aggregate, group } => {
            aggregate_operands(aggregate, f);
            f(*group);
        }
        ColumnDefinition::Ranking(ranking) => {
            let value = Some(ranking.value);
            let nodes = [ranking.there, ranking.filter, ranking.group, value];
            nodes.into_iter().flatten().for_each(f);
        }
        ColumnDefinition::Held { history, .. } => held_operands(plan, *history).for_each(f),
    }
}

/// Calls `f` with those operands that are evaluated on the same rows whenever the node is.
pub fn strict_operands(node: &Node, f: &mut dyn FnMut(NodeId)) {
    match node {
        Node::Outer(_) => {}
        Node::Through { reference, .. } => f(*reference),
        Node::Default { value, .. } => f(*value),
        Node::Choose { lines, .. } => lines.first().iter().for_each(|line| f(line.0)),
        Node::Score(lines) => lines.iter().for_each(|line| f(line.0)),
        Node::Correlated(aggregate) => aggregate.base.iter().for_each(|n| f(*n)),
        _ => operands(node, f),
    }
}

/// How many nodes lie one above the other, by [`NodeId`].
pub fn depths(plan: &Plan) -> Vec<u32> {
    // Operands have smaller places than their operation.
    let mut depths: Vec<u32> = Vec::with_capacity(plan.nodes.len());
    for i in 0..plan.nodes.len() {
        let mut depth = 0;
        operands(plan.nodes.get(NodeId(i as u32)), &mut |n| {
            depth = depth.max(depths[n.0 as usize] + 1);
        });
        depths.push(depth);
    }
    depths
}

/// What the levels of a history are computed of.
fn held_operands(plan: &Plan, history: usize) -> impl Iterator<Item = NodeId> {
    let history = &plan.histories[history];
    [history.there, history.was, history.since]
        .into_iter()
        .flatten()
        .chain([history.computed])
}

/// Whether a column's definition reads any column from `first` on.
pub fn reads_columns_from(plan: &Plan, definition: &ColumnDefinition, first: ColumnId) -> bool {
    let mut stack = Vec::new();
    definition_operands(plan, definition, &mut |n| stack.push(n));
    let mut seen = rustc_hash::FxHashSet::default();
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = plan.nodes.get(id);
        if matches!(node, Node::Column(column) | Node::Scalar(column) if *column >= first) {
            return true;
        }
        operands(node, &mut |n| stack.push(n));
    }
    false
}

/// What another day of treatment makes another.
pub struct Treated {
    /// By [`NodeId`]: through its clock, not as an argument.
    pub nodes: Vec<bool>,
    /// By [`ColumnId`].
    pub columns: Vec<bool>,
}

pub fn by_treatment(plan: &Plan) -> Treated {
    let mut found = Treated {
        nodes: vec![false; plan.nodes.len()],
        columns: vec![false; plan.columns.len()],
    };
    let argument = |i: usize| matches!(plan.nodes.get(NodeId(i as u32)), Node::Parameter(_));
    let clocked = plan.clocks.iter().any(Option::is_some);
    if !clocked || !(0..plan.nodes.len()).any(argument) {
        return found;
    }
    // Clocks, nodes and columns each read only what was made before them, but may read one another: again until
    // nothing is added.
    let mut clocks = vec![false; plan.clocks.len()];
    loop {
        let before = (found.nodes.clone(), found.columns.clone(), clocks.clone());
        for (place, clock) in plan.clocks.iter().enumerate() {
            clocks[place] |= clock.is_some_and(|n| found.nodes[n.0 as usize] || argues(plan, n));
        }
        for i in 0..plan.nodes.len() {
            let node = plan.nodes.get(NodeId(i as u32));
            let mut any = match node {
                Node::Today(c) | Node::Now(c) => clocks[c.0 as usize],
                Node::Boundary { clock, .. }
                | Node::Recurring { clock, .. }
                | Node::Reached { clock, .. } => clocks[clock.0 as usize],
                Node::Column(column) | Node::Scalar(column) => found.columns[column.0 as usize],
                _ => false,
            };
            operands(node, &mut |n| any |= found.nodes[n.0 as usize]);
            found.nodes[i] |= any;
        }
        for (place, definition) in plan.columns.iter().enumerate() {
            let mut any = false;
            definition_operands(plan, definition, &mut |n| any |= found.nodes[n.0 as usize]);
            found.columns[place] |= any;
        }
        if before == (found.nodes.clone(), found.columns.clone(), clocks.clone()) {
            return found;
        }
    }
}

/// Whether a node is made of an argument.
fn argues(plan: &Plan, node: NodeId) -> bool {
    let node = plan.nodes.get(node);
    let mut found = matches!(node, Node::Parameter(_));
    operands(node, &mut |n| found = found || argues(plan, n));
    found
}

/// How many places of the plan's expressions read each node, by [`NodeId`]: with more than one it is worth
/// remembering within a batch.
pub fn uses(plan: &Plan) -> Vec<u32> {
    let mut uses = vec![0; plan.nodes.len()];
    let mut count = |n: NodeId| uses[n.0 as usize] += 1;
    for i in 0..plan.nodes.len() {
        operands(plan.nodes.get(NodeId(i as u32)), &mut count);
    }
    for definition in &plan.columns {
        definition_operands(plan, definition, &mut count);
    }
    for campaign in &plan.campaigns {
        let conditions = campaign.rules.iter().map(|rule| rule.when);
        let conditions = conditions.chain([campaign.audience]);
        conditions.flatten().for_each(&mut count);
    }
    uses
}

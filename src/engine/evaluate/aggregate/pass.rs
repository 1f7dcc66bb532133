//! What a group of aggregates takes from each batch of rows: every selection of rows and every value once, however
//! many aggregates go by them.

use super::super::Evaluator;
use super::accumulator::{Accumulator, Folds};
use super::extremes::Extremes;
use super::numbers::Sum;
use super::order;
use super::states::{Layout, States};
use crate::data::{Column, ColumnValues};
use crate::hir::AggregateOp;
use crate::plan::{Aggregate, Node, NodeId};
use crate::schema::Type;

/// Which rows of a batch count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Selection {
    pub there: Option<NodeId>,
    pub filter: Option<NodeId>,
    /// Of `any` and `no`: rows whose filter is unknown count as well, as unknown ones, and those whose value is
    /// false do not.
    pub kleene: bool,
    /// What must be known.
    pub value: Option<NodeId>,
}

/// Values that accumulators take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Input {
    pub node: NodeId,
    /// Whose rows it is computed for, a place among the selections; `None`: it lies in a column.
    pub selection: Option<usize>,
    /// For compact accumulators, not as the vector of a kernel.
    pub compact: bool,
}

/// What is kept for each holder: the rows of one selection, by one operation.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wanted {
    selection: usize,
    input: Option<usize>,
    kind: Kept,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kept {
    Count,
    Seen,
    Sum,
    Highest,
    Lowest,
    /// Whatever the aggregate at this place of the group does: it shares nothing.
    Fold(usize),
}

/// What the result of an aggregate is made of: places among the accumulators.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made {
    Of(usize),
    Average { sum: usize, count: usize },
}

/// INVARIANT: the group's aggregates are of one table and go by one reference.
pub(in super::super) struct Pass<'g> {
    pub(super) group: Vec<&'g Aggregate>,
    pub(super) table: usize,
    pub(super) selections: Vec<Selection>,
    pub(super) inputs: Vec<Input>,
    wanted: Vec<Wanted>,
    /// By aggregate.
    pub(super) made: Vec<Made>,
    /// Columns of days or instants that aggregates go by.
    pub(super) dated: Vec<usize>,
}

impl<'g> Pass<'g> {
    pub(in super::super) fn new(evaluator: &Evaluator<'_>, group: &[&'g Aggregate]) -> Pass<'g> {
        let mut pass = Pass {
            group: group.to_vec(),
            table: group[0].table,
            selections: Vec::new(),
            inputs: Vec::new(),
            wanted: Vec::new(),
            made: Vec::new(),
            dated: Vec::new(),
        };
        for place in 0..group.len() {
            let made = pass.add(evaluator, place);
            pass.made.push(made);
        }
        pass
    }

    fn add(&mut self, evaluator: &Evaluator<'_>, place: usize) -> Made {
        let aggregate = self.group[place];
        let column = |node| evaluator.column_of(node, aggregate.table);
        let kleene = matches!(aggregate.op, AggregateOp::Any | AggregateOp::No);
        // A column without holes leaves no row out.
        let known = |node: &NodeId| kleene || column(*node).is_none_or(|c| c.valid.is_some());
        let selection = Selection {
            there: aggregate.there,
            filter: aggregate.filter,
            kleene,
            value: aggregate.value.filter(known),
        };
        let selection = place_of(&mut self.selections, selection);
        let kind = self.kind(evaluator, place);
        let takes_value = !matches!(kind, Kept::Count | Kept::Seen);
        let input = aggregate.value.filter(|_| takes_value).map(|node| {
            let input = Input {
                node,
                selection: column(node).is_none().then_some(selection),
                compact: !matches!(kind, Kept::Fold(_)),
            };
            place_of(&mut self.inputs, input)
        });
        if let Some(column) = aggregate
            .dated
            .filter(|_| order::goes_by_order(aggregate.op))
        {
            place_of(&mut self.dated, column);
        }
        let keep = |wanted: &mut Vec<Wanted>, input, kind| {
            let one = Wanted {
                selection,
                input,
                kind,
            };
            place_of(wanted, one)
        };
        let first = keep(&mut self.wanted, input, kind);
        match aggregate.op {
            AggregateOp::Average => Made::Average {
                sum: first,
                count: keep(&mut self.wanted, None, Kept::Count),
            },
            _ => Made::Of(first),
        }
    }

    fn kind(&self, evaluator: &Evaluator<'_>, place: usize) -> Kept {
        let aggregate = self.group[place];
        let Some(value) = aggregate.value else {
            // Without a value, rows are counted.
            return match aggregate.op {
                AggregateOp::Any | AggregateOp::No => Kept::Seen,
                _ => Kept::Count,
            };
        };
        let sized = !matches!(
            evaluator.plan.nodes.ty(value),
            Type::Text | Type::Message | Type::YesNo | Type::Unknown
        );
        match aggregate.op {
            AggregateOp::Any | AggregateOp::No => Kept::Seen,
            AggregateOp::Count
            | AggregateOp::AtLeast
            | AggregateOp::AtMost
            | AggregateOp::Exactly => Kept::Count,
            AggregateOp::Sum | AggregateOp::Average => Kept::Sum,
            AggregateOp::Highest | AggregateOp::Latest if sized => Kept::Highest,
            AggregateOp::Lowest | AggregateOp::Earliest if sized => Kept::Lowest,
            _ => Kept::Fold(place),
        }
    }

    /// Nothing taken up yet, for so many holders.
    pub(super) fn folds<'e>(
        &self,
        evaluator: &'e Evaluator<'_>,
        first: usize,
        holders: usize,
    ) -> Folds<'e> {
        let mut layout = Layout::default();
        let mut accumulators: Vec<_> = (self.wanted.iter())
            .map(|wanted| (wanted.selection, wanted.input, None))
            .collect();
        // What the same rows count for lies closest.
        let mut order: Vec<usize> = (0..self.wanted.len()).collect();
        order.sort_by_key(|place| self.wanted[*place].selection);
        for place in order {
            let wanted = &self.wanted[place];
            accumulators[place].2 = Some(self.accumulator(evaluator, wanted, holders, &mut layout));
        }
        let states = States::new(&layout, holders);
        let made = accumulators
            .into_iter()
            .filter_map(|(selection, input, made)| Some((selection, input, made?)));
        Folds::new(
            (first, holders),
            states,
            made.collect(),
            self.selections.len(),
        )
    }

    fn accumulator<'e>(
        &self,
        evaluator: &'e Evaluator<'_>,
        wanted: &Wanted,
        holders: usize,
        layout: &mut Layout,
    ) -> Accumulator<'e> {
        let mut extremes = |highest| {
            let input = wanted.input.map(|i| self.inputs[i].node);
            let days = input.is_some_and(|n| evaluator.plan.nodes.ty(n) == Type::Date);
            let wide = input.is_some_and(|n| evaluator.is_wide(n, self.table));
            match (days, wide) {
                (true, _) => Accumulator::Days(Extremes::new(layout.half(), highest)),
                (_, true) => Accumulator::Wide(Extremes::new(vec![0; holders], highest)),
                _ => Accumulator::Longs(Extremes::new(layout.word(), highest)),
            }
        };
        match wanted.kind {
            Kept::Highest => extremes(true),
            Kept::Lowest => extremes(false),
            Kept::Count => Accumulator::Count(layout.half()),
            Kept::Seen => Accumulator::Seen(layout.pair()),
            Kept::Sum => Accumulator::Sum(Sum::new(layout.word())),
            Kept::Fold(place) => {
                let aggregate = self.group[place];
                let dated = |column: &usize| Some(*column) == aggregate.dated;
                let dated = self.dated.iter().position(dated);
                Accumulator::Fold(super::fold::start(evaluator, aggregate, holders), dated)
            }
        }
    }
}

/// The place of an element, added if it is not there yet.
fn place_of<T: PartialEq>(list: &mut Vec<T>, element: T) -> usize {
    list.iter().position(|e| *e == element).unwrap_or_else(|| {
        list.push(element);
        list.len() - 1
    })
}

impl Evaluator<'_> {
    /// The column that a node is, on rows of a table, if its values can be taken as they lie there.
    pub(in super::super) fn column_of(&self, node: NodeId, table: usize) -> Option<&Column> {
        let column = match self.plan.nodes.get(node) {
            Node::Field(column) => &self.data.tables[table].columns[*column],
            Node::Column(column) => &*self.columns[column.0 as usize],
            _ => return None,
        };
        let sized = !matches!(
            column.values,
            ColumnValues::Text(_) | ColumnValues::YesNo(_)
        );
        sized.then_some(column)
    }

    /// Whether a node's values are decimals of 128 bits.
    fn is_wide(&self, node: NodeId, table: usize) -> bool {
        match self.column_of(node, table) {
            Some(column) => matches!(column.values, ColumnValues::WideDecimal(_)),
            None => matches!(
                self.plan.nodes.ty(node),
                Type::Number | Type::Percent | Type::Money(_)
            ),
        }
    }

    /// In which power of ten a node's compact decimals are counted; `None`: billionths.
    pub(super) fn scale_of(&self, node: NodeId, table: usize) -> Option<u8> {
        match self.column_of(node, table).map(|c| &c.values) {
            Some(ColumnValues::Decimal { scale, .. }) => Some(*scale),
            _ => None,
        }
    }
}

//! Values of a whole record, of each of its rows among the others, and circles of references.

use super::{Lowering, Scope};
use crate::hir::{self, AggregateOp, Expr, ExprKind, PopulationOp};
use crate::plan::{Aggregate, ColumnDefinition, Figure, Groups, Node, NodeId, Ranking};
use crate::schema::{ChannelId, FigureId, RecordId, Type};
use crate::source::Span;

impl Lowering<'_> {
    /// What compares rows, or looks at none.
    pub(super) fn population_kind(&mut self, expr: &Expr, scope: &Scope<'_>) -> NodeId {
        let (ty, span) = (expr.ty.ty, expr.span);
        match &expr.kind {
            ExprKind::Population(population) => self.population(population, ty, span),
            ExprKind::Figure(id) => self.figure(*id),
            ExprKind::LoopsThrough(reference) => self.loops(reference, scope.table, span),
            ExprKind::ReachableBy { channel, consent } => self.reachable(*channel, *consent, span),
            _ => unreachable!("the caller has asked for these"),
        }
    }

    fn population(&mut self, population: &hir::Population, ty: Type, span: Span) -> NodeId {
        let record = population.record;
        self.touch(record);
        let table = record.index();
        let value = population.value.as_ref().map(|v| self.on_root(record, v));
        let filter = population.filter.as_ref().map(|f| self.on_root(record, f));
        let group = population.group.as_ref().map(|g| self.on_root(record, g));
        let there = self.there(record);
        let op = match population.op {
            PopulationOp::Sum => AggregateOp::Sum,
            PopulationOp::Average => AggregateOp::Average,
            PopulationOp::Count => AggregateOp::Count,
            PopulationOp::Highest => AggregateOp::Highest,
            PopulationOp::Lowest => AggregateOp::Lowest,
            PopulationOp::Earliest => AggregateOp::Earliest,
            PopulationOp::Latest => AggregateOp::Latest,
            op => {
                let Some(value) = value else {
                    unreachable!("checked: rows are compared by a value");
                };
                let column = self.column(ColumnDefinition::Ranking(Ranking {
                    op,
                    table,
                    value,
                    filter,
                    group,
                    there,
                    cuts: population.cuts.clone(),
                    ty,
                }));
                return self.add(Node::Column(column), ty, span);
            }
        };
        let aggregate = Aggregate {
            op,
            number: None,
            between: "",
            table,
            by: 0,
            base: None,
            value,
            filter,
            there,
            dated: None,
            ty,
        };
        if let Some(group) = group {
            let column = self.column(ColumnDefinition::GroupTotal { aggregate, group });
            return self.add(Node::Column(column), ty, span);
        }
        let column = self.column(ColumnDefinition::Total(aggregate));
        self.add(Node::Scalar(column), ty, span)
    }

    /// A figure by the present clock: with groups, on a row of their record.
    pub(super) fn figure(&mut self, id: FigureId) -> NodeId {
        if let Some(node) = self.known_figures.get(&(self.clock, id)) {
            return *node;
        }
        let figure = self.program.figure(id);
        if let Some(groups) = &figure.groups {
            let node = self.in_no_voice(|l| l.on_root(groups.record, &figure.value));
            self.known_figures.insert((self.clock, id), node);
            return node;
        }
        // INVARIANT: nothing in it looks at a row, so that no table is meant.
        let nowhere = Scope::root(usize::MAX);
        let value = self.in_no_voice(|l| l.expression(&figure.value, &nowhere));
        let column = self.column(ColumnDefinition::Scalar(value));
        let node = self.add(Node::Scalar(column), figure.value.ty.ty, figure.span);
        self.known_figures.insert((self.clock, id), node);
        node
    }

    pub(super) fn figures(&mut self) {
        for (i, figure) in self.program.figures.iter().enumerate() {
            let node = self.figure(FigureId(i as u32));
            let groups = figure.groups.as_ref().map(|groups| {
                self.touch(groups.record);
                Groups {
                    record: self.program.record(groups.record).name.clone(),
                    words: groups.words.clone(),
                    table: groups.record.index(),
                    key: self.in_no_voice(|l| l.on_root(groups.record, &groups.key)),
                    there: self.there(groups.record),
                }
            });
            self.figures.push(Figure {
                name: figure.name.clone(),
                node,
                ty: figure.value.ty.ty,
                groups,
            });
        }
    }

    fn loops(&mut self, reference: &Expr, table: usize, span: Span) -> NodeId {
        let next = self.on_root(RecordId(table as u32), reference);
        let column = self.column(ColumnDefinition::Loops { table, next });
        self.add(Node::Column(column), Type::YesNo, span)
    }

    fn reachable(&mut self, channel: ChannelId, consent: bool, span: Span) -> NodeId {
        let channel = self.program.channel(channel);
        let asked: &[Expr] = if consent { &channel.consent } else { &[] };
        let conditions = channel.needs.iter().chain(asked);
        let conditions = conditions
            .map(|c| self.in_no_voice(|l| l.on_root(channel.record, c)))
            .collect();
        self.all(conditions, span)
    }
}

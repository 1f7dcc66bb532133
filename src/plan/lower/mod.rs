//! From the typed program to the plan. Total: it is only called on a program without errors.

mod aggregates;
mod attributes;
mod campaigns;
mod coverage;
mod explain;
mod expressions;
mod goes_by;
mod histories;
mod limits;
mod population;
mod rows;
mod unread_keys;
mod windows;

use super::{
    Attribute, ClockId, ColumnDefinition, ColumnId, Coverage, Explanations, Node, NodeId, Nodes,
    Plan, RUN_CLOCK, Voice,
};
use crate::data::{TableRequest, TableSource};
use crate::hir::{self, Expr, LeapDay, Program, RecordSource};
use crate::schema::{AttributeId, FieldId, FigureId, RecordId, Type};
use crate::source::Span;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// All campaigns and segments.
    Run,
    /// What campaigns are measured by; their rules too, so that treatments find their subjects.
    Measure,
    /// The key and every attribute of one record.
    Attributes(RecordId),
    /// All campaigns, and the values that a test expects, in the order they are written; with explanations.
    Test(usize),
    /// The same, and what shows which levels, lines and texts the test's rows take.
    CoveredTest(usize),
    /// All campaigns, with explanations.
    Why,
}

/// Makes the plan for a request.
pub fn lower(program: &Program, request: Request) -> Plan {
    let mut lowering = Lowering::new(program);
    match request {
        Request::Run => {
            lowering.campaigns();
            lowering.segments();
            lowering.figures();
            lowering.all_histories();
        }
        Request::Measure => {
            lowering.campaigns();
            lowering.measures();
        }
        Request::Attributes(record) => lowering.attributes_of(record),
        Request::Test(test) | Request::CoveredTest(test) => {
            lowering.campaigns();
            lowering.expected_values(&program.tests[test]);
            lowering.expected_figures(&program.tests[test]);
            if matches!(request, Request::CoveredTest(_)) {
                lowering.coverage(&program.tests[test]);
            }
            lowering.all_histories();
            lowering.explanations();
        }
        Request::Why => {
            lowering.campaigns();
            lowering.all_histories();
            lowering.explanations();
        }
    }
    lowering.finish()
}

/// Makes the plan for the values of expressions on rows of one record: its attributes, in their order. Rows that
/// are not there yet are not listed.
pub fn lower_values(program: &Program, record: RecordId, expressions: &[&Expr]) -> Plan {
    let mut lowering = Lowering::new(program);
    lowering.touch(record);
    lowering.listed = lowering.there(record);
    for expr in expressions {
        let node = lowering.on_root(record, expr);
        lowering.attributes.push(Attribute {
            name: String::new(),
            table: record.index(),
            node,
            ty: expr.ty.ty,
            personal: false,
        });
    }
    lowering.finish()
}

/// Where an expression stands: the current row's table, and the way out to the root row.
struct Scope<'s> {
    table: usize,
    outer: Option<(&'s Scope<'s>, Link)>,
}

/// How the row of an aggregate finds the row that the aggregate is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// By its reference back, a column of its request.
    Back(usize),
    /// By [`Node::Outer`].
    Outer,
}

impl Scope<'_> {
    fn root(table: usize) -> Scope<'static> {
        Scope { table, outer: None }
    }

    fn passes_outer(&self) -> bool {
        self.outer
            .is_some_and(|(scope, link)| link == Link::Outer || scope.passes_outer())
    }
}

struct Lowering<'p> {
    program: &'p Program,
    nodes: Nodes,
    clocks: Vec<Option<NodeId>>,
    /// The clock that expressions are lowered for at the moment.
    clock: ClockId,
    /// That clock shows another day for each treatment, so that columns are to be avoided.
    by_treatment: bool,
    columns: IndexSet<ColumnDefinition, FxBuildHasher>,
    /// For each record, the fields that its request reads; their order is that of the request's columns.
    fields: Vec<IndexSet<FieldId>>,
    /// For each record, whether an expression reads a part of its key.
    keys_read: Vec<bool>,
    histories: Vec<super::History>,
    /// Their places, by attribute.
    kept: IndexMap<AttributeId, usize>,
    campaigns: Vec<super::Campaign>,
    budgets: Vec<super::Budget>,
    shared_caps: Vec<super::SharedCap>,
    exclusives: Vec<super::Exclusive>,
    pauses: Vec<super::Pause>,
    attributes: Vec<Attribute>,
    segments: Vec<Attribute>,
    figures: Vec<super::Figure>,
    listed: Option<NodeId>,
    /// Attributes lowered before, by clock and part; an attribute is the same node wherever it stands.
    known: IndexMap<(ClockId, AttributeId, hir::Part), NodeId>,
    known_figures: IndexMap<(ClockId, FigureId), NodeId>,
    /// Of the message that is lowered at the moment.
    voice: Voice,
    explanations: Explanations,
    coverage: Coverage,
    /// Attributes explained before, by clock, place and part: places in `explanations`.
    explained: IndexMap<(ClockId, u32, hir::Part), usize>,
    /// Whether an attribute's value shows personal fields, as far as it was asked.
    personal: IndexMap<u32, bool>,
}

impl<'p> Lowering<'p> {
    fn new(program: &'p Program) -> Self {
        Lowering {
            program,
            nodes: Nodes::default(),
            clocks: vec![None],
            clock: RUN_CLOCK,
            by_treatment: false,
            columns: IndexSet::default(),
            fields: vec![IndexSet::new(); program.records.len()],
            keys_read: vec![false; program.records.len()],
            histories: Vec::new(),
            kept: IndexMap::new(),
            campaigns: Vec::new(),
            budgets: Vec::new(),
            shared_caps: Vec::new(),
            exclusives: Vec::new(),
            pauses: Vec::new(),
            attributes: Vec::new(),
            segments: Vec::new(),
            figures: Vec::new(),
            listed: None,
            known: IndexMap::new(),
            known_figures: IndexMap::new(),
            voice: Voice::default(),
            explanations: Explanations::default(),
            coverage: Coverage::default(),
            explained: IndexMap::new(),
            personal: IndexMap::new(),
        }
    }

    fn add(&mut self, node: Node, ty: Type, span: Span) -> NodeId {
        self.nodes.add(node, ty, span)
    }

    fn column(&mut self, definition: ColumnDefinition) -> ColumnId {
        ColumnId(self.columns.insert_full(definition).0 as u32)
    }

    fn segments(&mut self) {
        for (i, attribute) in self.program.attributes.iter().enumerate() {
            if matches!(attribute.kind, hir::AttributeKind::Segment(_)) {
                let mut segment = self.named_attribute(i);
                let there = self.there(attribute.record);
                let conditions = there.into_iter().chain([segment.node]).collect();
                segment.node = self.all(conditions, attribute.span);
                self.segments.push(segment);
            }
        }
    }

    fn attributes_of(&mut self, record: RecordId) {
        self.touch(record);
        self.listed = self.there(record);
        let declared = self.program.record(record);
        for field in &declared.key {
            let definition = self.program.field(record, *field);
            let hir::FieldType::Value(ty) = definition.ty else {
                continue;
            };
            let node = self.field(record, *field, definition.span);
            self.attributes.push(Attribute {
                name: definition.name.clone(),
                table: record.index(),
                node,
                ty,
                personal: definition.personal,
            });
        }
        for (i, attribute) in self.program.attributes.iter().enumerate() {
            if attribute.record == record {
                let named = self.named_attribute(i);
                self.attributes.push(named);
            }
        }
    }

    fn named_attribute(&mut self, place: usize) -> Attribute {
        let attribute = &self.program.attributes[place];
        self.touch(attribute.record);
        let node = self.attribute(AttributeId(place as u32), hir::Part::Value);
        Attribute {
            name: attribute.name.clone(),
            table: attribute.record.index(),
            node,
            ty: attribute.ty.ty,
            personal: false,
        }
    }

    fn expected_figures(&mut self, test: &hir::Test) {
        let figures = |e: &hir::Expectation| matches!(e.kind, hir::ExpectationKind::Figures(_));
        if test.expectations.iter().any(figures) {
            self.figures();
        }
    }

    fn expected_values(&mut self, test: &hir::Test) {
        for expectation in &test.expectations {
            let hir::ExpectationKind::Values { record, values, .. } = &expectation.kind else {
                continue;
            };
            self.touch(*record);
            for value in values {
                let node = self.on_root(*record, &value.actual);
                let reason = self.reason(&value.actual, *record);
                self.explanations.values.push(reason);
                self.attributes.push(Attribute {
                    name: value.name.clone(),
                    table: record.index(),
                    node,
                    ty: value.actual.ty.ty,
                    personal: false,
                });
            }
        }
    }

    /// An expression that stands on a row of the record, with nothing around it.
    fn on_root(&mut self, record: RecordId, expr: &Expr) -> NodeId {
        self.expression(expr, &Scope::root(record.index()))
    }

    fn finish(mut self) -> Plan {
        let workspace = &self.program.workspace;
        self.read_sources_of_distinct();
        let tables = (0..self.program.records.len())
            .map(|r| self.table(r))
            .collect();
        let done = self.done_tables();
        let keys_read = std::mem::take(&mut self.keys_read);
        let mut plan = Plan {
            workspace: workspace.name.clone(),
            currency: workspace.currency,
            zone: workspace.zone.clone(),
            // A program that uses anniversaries states it; for the others it means nothing.
            leap_day: workspace.leap_day.unwrap_or(LeapDay::February28),
            weeks_start: workspace.weeks_start,
            tables,
            enums: self
                .program
                .enums
                .iter()
                .map(|e| e.values.clone())
                .collect(),
            clocks: self.clocks,
            nodes: self.nodes,
            columns: self.columns.into_iter().collect(),
            histories: self.histories,
            campaigns: self.campaigns,
            budgets: self.budgets,
            shared_caps: self.shared_caps,
            exclusives: self.exclusives,
            pauses: self.pauses,
            hold_out: self.program.hold_out,
            done,
            attributes: self.attributes,
            segments: self.segments,
            figures: self.figures,
            listed: self.listed,
            explanations: self.explanations,
            coverage: self.coverage,
        };
        unread_keys::mark(&mut plan, keys_read);
        plan
    }

    /// Distinct records are made of the reference columns of others, which must then be read too.
    fn read_sources_of_distinct(&mut self) {
        for (r, record) in self.program.records.iter().enumerate() {
            if self.fields[r].is_empty() {
                continue;
            }
            if let RecordSource::Distinct(sources) = &record.source {
                for (source, field) in sources {
                    self.touch(*source);
                    self.read(*source, *field);
                }
            }
        }
    }

    fn table(&self, place: usize) -> TableRequest {
        let record = &self.program.records[place];
        let fields = &self.fields[place];
        let at = |f: &FieldId| fields.get_index_of(f).expect("touched with the table");
        let read = !fields.is_empty();
        let source = match &record.source {
            RecordSource::File(name) => TableSource::File(name.clone()),
            RecordSource::Distinct(sources) => TableSource::Distinct(
                sources
                    .iter()
                    .filter_map(|(r, f)| Some((r.index(), self.fields[r.index()].get_index_of(f)?)))
                    .collect(),
            ),
            RecordSource::Done { .. } => TableSource::Done,
        };
        TableRequest {
            record: record.name.clone(),
            source,
            columns: fields
                .iter()
                .map(|f| self.column_request(record, *f))
                .collect(),
            unread: if read {
                self.unread(record, fields)
            } else {
                Vec::new()
            },
            key: if read {
                record.key.iter().map(at).collect()
            } else {
                Vec::new()
            },
            dated: record
                .dated_by
                .filter(|_| read)
                .map(|f| (at(&f), record.ahead)),
            key_unread: false,
        }
    }
}

//! What of each record is read, and which of its rows are there.

use super::Lowering;
use crate::data::{ColumnRequest, ColumnType};
use crate::hir::{CompareOp, FieldType, Record, RecordSource};
use crate::plan::{Node, NodeId};
use crate::schema::{FieldId, RecordId, Type, Value};
use crate::source::Span;
use indexmap::IndexSet;

impl Lowering<'_> {
    /// Makes sure that the record is read: its key and its day always are.
    pub(super) fn touch(&mut self, record: RecordId) {
        let declared = self.program.record(record);
        let fields = &mut self.fields[record.index()];
        fields.extend(declared.key.iter().copied());
        fields.extend(declared.dated_by);
        let references: Vec<RecordId> = fields
            .iter()
            .filter_map(|f| match self.program.field(record, *f).ty {
                FieldType::Value(Type::Reference(target)) => Some(target),
                _ => None,
            })
            .collect();
        for target in references {
            if self.fields[target.index()].is_empty() {
                self.touch(target);
            }
        }
    }

    /// The place of a field among the columns that are read.
    pub(super) fn read(&mut self, record: RecordId, field: FieldId) -> usize {
        if self.fields[record.index()].is_empty() {
            self.touch(record);
        }
        if let FieldType::Value(Type::Reference(target)) = self.program.field(record, field).ty
            && self.fields[target.index()].is_empty()
        {
            self.touch(target);
        }
        self.keys_read[record.index()] |= self.program.record(record).key.contains(&field);
        self.fields[record.index()].insert_full(field).0
    }

    /// A field of the current row, as it stands in the data.
    pub(super) fn raw_field(&mut self, record: RecordId, field: FieldId, span: Span) -> NodeId {
        let place = self.read(record, field);
        let FieldType::Value(ty) = self.program.field(record, field).ty else {
            unreachable!("a `many` field stands under an aggregate only");
        };
        self.add(Node::Field(place), ty, span)
    }

    /// A field of the current row; a reference to a row that is not there yet is missing.
    pub(super) fn field(&mut self, record: RecordId, field: FieldId, span: Span) -> NodeId {
        let node = self.raw_field(record, field, span);
        let ty = self.nodes.ty(node);
        let Type::Reference(target) = ty else {
            return node;
        };
        let Some(there) = self.there(target) else {
            return node;
        };
        let there = self.through(node, target, there, Type::YesNo, span);
        self.add(
            Node::Choose {
                lines: vec![(there, node)],
                otherwise: None,
            },
            ty,
            span,
        )
    }

    /// On a row of the record: whether it is there by the present clock. `None`: all are.
    pub(super) fn there(&mut self, record: RecordId) -> Option<NodeId> {
        let declared = self.program.record(record);
        let field = declared.dated_by.filter(|_| !declared.ahead)?;
        let definition = &declared.fields[field.index()];
        let (span, optional) = (definition.span, definition.may_be_missing());
        let dated = self.raw_field(record, field, span);
        let clock = match self.nodes.ty(dated) {
            Type::DateTime => self.add(Node::Now(self.clock), Type::DateTime, span),
            _ => self.add(Node::Today(self.clock), Type::Date, span),
        };
        // What was done is seen from the next day on, so that a second run of a day sees what the first saw.
        let op = match declared.source {
            RecordSource::Done { .. } => CompareOp::Less,
            _ => CompareOp::LessEqual,
        };
        let compare = Node::Compare {
            op,
            left: dated,
            right: clock,
        };
        let there = self.add(compare, Type::YesNo, span);
        if !optional {
            return Some(there);
        }
        // A row without a date is not dated after today.
        let yes = self.add(Node::Constant(Value::YesNo(true)), Type::YesNo, span);
        Some(self.add(
            Node::Default {
                value: there,
                default: yes,
            },
            Type::YesNo,
            span,
        ))
    }

    pub(super) fn column_request(&self, record: &Record, field: FieldId) -> ColumnRequest {
        let field = &record.fields[field.index()];
        let FieldType::Value(ty) = field.ty else {
            unreachable!("a `many` field is never read");
        };
        let ty = match ty {
            Type::YesNo => ColumnType::YesNo,
            Type::Integer => ColumnType::Integer,
            Type::Number => ColumnType::Number,
            Type::Percent => ColumnType::Percent,
            Type::Money(currency) => ColumnType::Money(currency),
            Type::Date => ColumnType::Date,
            Type::DateTime => ColumnType::DateTime,
            Type::Time => ColumnType::Time,
            Type::Duration(kind) => ColumnType::Duration(kind),
            Type::Enum(set) => ColumnType::Enum(self.program.enum_type(set).values.clone()),
            Type::Reference(target) => ColumnType::Reference(target.index()),
            Type::Text | Type::Message | Type::Unknown => ColumnType::Text,
        };
        ColumnRequest {
            field: field.name.clone(),
            header: field.column.clone(),
            ty,
            optional: field.optional,
            default: field.default.clone(),
            format: field.format.clone(),
            personal: field.personal,
        }
    }

    /// Headers of the fields that are not read.
    pub(super) fn unread(&self, record: &Record, read: &IndexSet<FieldId>) -> Vec<String> {
        record
            .fields
            .iter()
            .enumerate()
            .filter(|(i, f)| {
                matches!(f.ty, FieldType::Value(_)) && !read.contains(&FieldId(*i as u32))
            })
            .map(|(_, f)| f.column.clone())
            .collect()
    }
}

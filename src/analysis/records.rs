//! Records: the types of fields, keys, references and lists of rows.

use super::{Checker, KeyUse, Member};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir;
use crate::schema::{FieldId, RecordId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Field, Modifier, Name, Source};

impl<'a> Checker<'a> {
    pub(super) fn check_records(&mut self) {
        // Types of all fields first: a `many` looks at another record's.
        for r in 0..self.records.len() {
            self.for_fields(RecordId(r as u32), Self::field_type);
            self.keys(RecordId(r as u32));
        }
        for r in 0..self.records.len() {
            self.for_fields(RecordId(r as u32), Self::many_field);
            self.for_fields(RecordId(r as u32), Self::modifiers);
            self.dated_by(RecordId(r as u32));
            self.source(RecordId(r as u32));
        }
    }

    /// Calls `f` for each field that is not a repetition.
    fn for_fields(&mut self, r: RecordId, f: fn(&mut Self, RecordId, FieldId, &'a Field)) {
        let (_, record) = self.record_declarations[r.index()];
        for field in &record.fields {
            if let Some(Member::Field(id)) = self.member(r, &field.name)
                && self.field(r, id).span == field.name.span
            {
                f(self, r, id, field);
            }
        }
    }

    pub(super) fn field(&self, r: RecordId, f: FieldId) -> &hir::Field {
        &self.records[r.index()].fields[f.index()]
    }

    fn field_mut(&mut self, r: RecordId, f: FieldId) -> &mut hir::Field {
        &mut self.records[r.index()].fields[f.index()]
    }

    fn field_type(&mut self, r: RecordId, id: FieldId, field: &'a Field) {
        if matches!(field.ty.node, ast::FieldType::Many { .. }) {
            return;
        }
        let mut ty = self.value_type(&field.name, &field.ty.node, field.ty.span);
        if ty == Type::Message {
            self.invalid_record(
                field.ty.span,
                "a field cannot hold a message",
                "a `message` is a parameter's type; a field that holds text is a `text`",
            );
            ty = Type::Unknown;
        }
        self.field_mut(r, id).ty = hir::FieldType::Value(ty);
    }

    fn invalid_record(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::new(&codes::INVALID_RECORD, span, message).help(help));
    }

    fn many_field(&mut self, r: RecordId, id: FieldId, field: &'a Field) {
        let ast::FieldType::Many { record, by } = &field.ty.node else {
            return;
        };
        let Some(rows) = self.record_named(record) else {
            return;
        };
        self.key_uses.push((r, field.ty.span, KeyUse::Reference));
        let own = self.record_name(r).to_string();
        match self.member(rows, by) {
            Some(Member::Field(f)) => match self.field(rows, f).ty {
                hir::FieldType::Value(Type::Reference(back)) if back == r => {
                    self.field_mut(r, id).ty = hir::FieldType::Many {
                        record: rows,
                        by: f,
                    };
                }
                hir::FieldType::Value(Type::Unknown) => {}
                _ => {
                    let at = self.field(rows, f).span;
                    let d = Diagnostic::new(
                        &codes::INVALID_RECORD,
                        by.span,
                        format!("`{by}` of `{record}` is no reference to `{own}`"),
                    )
                    .also(at, "declared here")
                    .help(format!(
                        "`many {record} by …` names the field of `{record}` that refers to this `{own}`"
                    ));
                    self.report(d);
                }
            },
            Some(Member::Attribute(_)) => self.invalid_record(
                by.span,
                format!("`{by}` of `{record}` is computed; rows are found by a field"),
                format!("name the field of `{record}` that refers to this `{own}`"),
            ),
            None => self.unknown_member(rows, by, None),
        }
    }

    fn keys(&mut self, r: RecordId) {
        let (_, record) = self.record_declarations[r.index()];
        for field in &record.fields {
            let Some(m) = field
                .modifiers
                .iter()
                .find(|m| matches!(m.node, Modifier::Key))
            else {
                continue;
            };
            let Some(Member::Field(id)) = self.member(r, &field.name) else {
                continue;
            };
            let optional = field
                .modifiers
                .iter()
                .any(|m| matches!(m.node, Modifier::Optional | Modifier::Default(_)));
            if matches!(field.ty.node, ast::FieldType::Many { .. }) {
                self.invalid_record(
                    m.span,
                    format!("`{}` is a list of rows and cannot be a key", field.name),
                    "remove `key`",
                );
            } else if optional {
                self.invalid_record(
                    m.span,
                    format!("`{}` is a key, and a key is never missing", field.name),
                    "remove `optional` or `default`, or `key`",
                );
            }
            let key = &mut self.records[r.index()].key;
            if !key.contains(&id) {
                key.push(id);
            }
        }
    }

    fn modifiers(&mut self, r: RecordId, id: FieldId, field: &'a Field) {
        let many = matches!(field.ty.node, ast::FieldType::Many { .. });
        for m in &field.modifiers {
            if many && !matches!(m.node, Modifier::Key) {
                self.invalid_record(
                    m.span,
                    format!(
                        "`{}` is a list of rows; it is not read from the data",
                        field.name
                    ),
                    "remove this",
                );
                continue;
            }
            let ty = match self.field(r, id).ty {
                hir::FieldType::Value(ty) => ty,
                hir::FieldType::Many { .. } => Type::Unknown,
            };
            match &m.node {
                Modifier::Key => {}
                Modifier::Optional => self.field_mut(r, id).optional = true,
                Modifier::Personal => self.field_mut(r, id).personal = true,
                Modifier::Column(c) => self.field_mut(r, id).column = c.node.clone(),
                Modifier::Format(f) => {
                    if !matches!(ty, Type::Date | Type::DateTime | Type::Time | Type::Unknown) {
                        let is = self.describe(ty);
                        self.invalid_record(
                            m.span,
                            format!(
                                "`format` is for dates and times, and `{}` is {is}",
                                field.name
                            ),
                            "remove `format`",
                        );
                    }
                    self.field_mut(r, id).format = Some(f.node.clone());
                }
                Modifier::Default(e) => {
                    let value = self.literal(e, ty);
                    self.field_mut(r, id).default = value;
                }
            }
        }
    }

    fn dated_by(&mut self, r: RecordId) {
        let (_, record) = self.record_declarations[r.index()];
        let Some(name) = &record.dated_by else {
            return;
        };
        match self.member(r, name) {
            Some(Member::Field(f)) => match self.field(r, f).ty {
                hir::FieldType::Value(Type::Date | Type::DateTime | Type::Unknown) => {
                    self.records[r.index()].dated_by = Some(f);
                }
                ref ty => {
                    let is = match ty {
                        hir::FieldType::Value(ty) => self.describe(*ty),
                        hir::FieldType::Many { .. } => "a list of rows".into(),
                    };
                    let span = self.field(r, f).span;
                    let d = Diagnostic::new(
                        &codes::INVALID_RECORD,
                        name.span,
                        format!("`dated by` takes a date, and `{name}` is {is}"),
                    )
                    .also(span, "declared here")
                    .help("name the field that says when a row happened");
                    self.report(d);
                    self.lost_date(r, f);
                }
            },
            Some(Member::Attribute(_)) => self.invalid_record(
                name.span,
                format!("`dated by` takes a field, and `{name}` is computed"),
                "name a field of type `date` or `datetime`",
            ),
            None => {
                let fields = self.records[r.index()].fields.iter();
                let near = nearest(name, fields.clone().map(|f| f.name.as_str()));
                let dates: Vec<&str> = fields
                    .filter(|f| matches!(f.ty, hir::FieldType::Value(Type::Date | Type::DateTime)))
                    .map(|f| f.name.as_str())
                    .collect();
                let help = match dates.as_slice() {
                    [] => "add a field of type `date`, and name it here".to_string(),
                    dates => format!(
                        "its dates are {}",
                        super::names::list(dates.iter().copied())
                    ),
                };
                if !self.is_lost(name) {
                    let message = format!("`{}` has no field `{name}`", self.record_name(r));
                    let d = Diagnostic::new(&codes::UNKNOWN_NAME, name.span, message);
                    self.report(super::names::suggest(d, name.span, near).help_opt(Some(help)));
                }
            }
        }
    }

    /// So that windows over this record are not reported too.
    fn lost_date(&mut self, r: RecordId, f: FieldId) {
        self.records[r.index()].dated_by = Some(f);
    }

    fn source(&mut self, r: RecordId) {
        let (_, record) = self.record_declarations[r.index()];
        match &record.source {
            None => {}
            Some(Source::File(name)) => {
                self.records[r.index()].source = hir::RecordSource::File(name.node.clone());
            }
            Some(Source::Distinct(columns)) => {
                self.key_uses.push((r, record.name.span, KeyUse::Reference));
                let columns = columns
                    .iter()
                    .filter_map(|(other, field)| self.distinct_column(r, other, field))
                    .collect();
                self.records[r.index()].source = hir::RecordSource::Distinct(columns);
                self.only_the_key_is_read(r);
            }
        }
    }

    /// A column whose values make the rows of `r`.
    fn distinct_column(
        &mut self,
        r: RecordId,
        other: &Name,
        field: &Name,
    ) -> Option<(RecordId, FieldId)> {
        let from = self.record_named(other)?;
        let Some(member) = self.member(from, field) else {
            self.unknown_member(from, field, None);
            return None;
        };
        let key = self.key_type(r).unwrap_or(Type::Unknown);
        if let Member::Field(f) = member {
            match self.field(from, f).ty {
                hir::FieldType::Value(Type::Reference(to)) if to == r => return Some((from, f)),
                hir::FieldType::Value(ty) if from != r && (ty == key || ty == Type::Unknown) => {
                    return Some((from, f));
                }
                hir::FieldType::Value(_) if key == Type::Unknown => return Some((from, f)),
                _ => {}
            }
        }
        let own = self.record_name(r).to_string();
        self.invalid_record(
            other.span.to(field.span),
            format!("`{other}.{field}` does not name a `{own}`"),
            format!("take a field of `{other}` that refers to `{own}` or has the type of its key"),
        );
        None
    }

    fn only_the_key_is_read(&mut self, r: RecordId) {
        let record = &self.records[r.index()];
        let stray: Vec<(Span, String)> = record
            .fields
            .iter()
            .enumerate()
            .filter(|(i, f)| {
                matches!(f.ty, hir::FieldType::Value(_))
                    && !record.key.contains(&FieldId(*i as u32))
                    && !f.optional
                    && f.default.is_none()
            })
            .map(|(_, f)| (f.span, f.name.clone()))
            .collect();
        for (span, name) in stray {
            let is_many = self.record_declarations[r.index()]
                .1
                .fields
                .iter()
                .any(|f| f.name.span == span && matches!(f.ty.node, ast::FieldType::Many { .. }));
            if !is_many {
                self.invalid_record(
                    span,
                    format!(
                        "nothing fills `{name}`: a record made of distinct values has its key only"
                    ),
                    "remove the field, or define it from the rows that refer to the record",
                );
            }
        }
    }

    /// The type of a record's single key field.
    pub(super) fn key_type(&self, r: RecordId) -> Option<Type> {
        match self.records[r.index()].key.as_slice() {
            [key] => match self.field(r, *key).ty {
                hir::FieldType::Value(ty) => Some(ty),
                hir::FieldType::Many { .. } => None,
            },
            _ => None,
        }
    }

    /// Records that are used as only a record with a key can be; each said once.
    pub(super) fn report_missing_keys(&mut self) {
        let mut uses = std::mem::take(&mut self.key_uses);
        uses.sort_unstable_by_key(|(r, span, how)| (*r, *how, *span));
        uses.dedup_by_key(|(r, ..)| *r);
        for (r, span, how) in uses {
            let record = &self.records[r.index()];
            let count = record.key.len();
            if count == 1 || (count > 1 && how != KeyUse::Reference) {
                continue;
            }
            let (name, at) = (record.name.clone(), record.span);
            if self.record_declarations[r.index()].1.fields.is_empty() && self.is_lost(&name) {
                continue;
            }
            let message = match how {
                _ if count > 1 => format!("`{name}` is referred to, and its key is several fields"),
                KeyUse::Reference => format!("`{name}` is referred to, and has no key"),
                KeyUse::Acting => format!("`{name}` is acted on, and has no key"),
                KeyUse::Ordering => {
                    format!("equal rows of `{name}` are put in order by their key, and it has none")
                }
            };
            let mut d = Diagnostic::new(&codes::MISSING_KEY, at, message);
            if span != at {
                d = d.also(span, "used here");
            }
            self.report(d.help(
                "write `key` after the field that tells its rows apart, as in `id: text key`",
            ));
        }
    }

    /// The nearest of a record's fields.
    pub(super) fn nearest_field(&self, r: RecordId, name: &str) -> Option<String> {
        let fields = self.records[r.index()].fields.iter();
        nearest(name, fields.map(|f| f.name.as_str())).map(str::to_string)
    }
}

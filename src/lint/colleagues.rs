//! Whom an action is for: those whom a campaign serves, or the people who do its work.

use crate::hir::{Campaign, Field, FieldType, Program, Purpose};
use crate::schema::{RecordId, Type};

/// Whether what a campaign does for rows of a record is work for a colleague, a manager or a shop: the record is
/// not the campaign's own, and nobody has to ask its rows for consent. What a promotion does about an event, such
/// as a purchase, it does for those whose event it is.
pub fn is_work(program: &Program, campaign: &Campaign, record: RecordId) -> bool {
    let asked = |c: &crate::hir::Channel| c.record == record && !c.consent.is_empty();
    record != campaign.record
        && !program.channels.iter().any(asked)
        && !(campaign.purpose == Purpose::Promotion && is_event(program, campaign.record))
}

/// Whether its rows are what happened to others, such as purchases. A customer who is `dated by joined` is none.
pub fn is_event(program: &Program, id: RecordId) -> bool {
    let record = program.record(id);
    let refers = |f: &Field| match f.ty {
        FieldType::Value(Type::Reference(to)) => to != id,
        _ => false,
    };
    let has_rows = |f: &Field| matches!(f.ty, FieldType::Many { .. });
    record.dated_by.is_some()
        && record.fields.iter().any(refers)
        && !record.fields.iter().any(has_rows)
}

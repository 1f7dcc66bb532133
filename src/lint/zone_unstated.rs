//! `zone-unstated`: quiet hours, or moments taken as days, in a workspace that states no `time zone` and so is in UTC.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{ExprKind, FieldType, Program, TemplatePart};
use crate::schema::Type;
use crate::source::Span;
use crate::syntax::ast::{self, ChannelClause, DeclarationKind, ExprKind as Written, Setting};

pub const LINT: Lint = Lint {
    code: &codes::ZONE_UNSTATED,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut header = None;
    let declarations = || checked.files.iter().flat_map(|f| &f.declarations);
    for d in declarations() {
        if let DeclarationKind::Workspace(workspace) = &d.kind {
            header = Some(workspace.title.span);
            let mut settings = workspace.settings.iter();
            if settings.any(|s| matches!(s.node, Setting::TimeZone(_))) {
                return Vec::new();
            }
        }
    }
    let mut uses: Vec<(Span, Use)> = Vec::new();
    for d in declarations() {
        quiet_hours(d, &mut uses);
    }
    moments(checked.program, &mut uses);
    written_moments(checked.files, &mut uses);
    uses.sort_by_key(|(span, _)| *span);
    finding(&uses, header).into_iter().collect()
}

/// What the answer depends on the zone for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    QuietHours,
    /// The day of a moment.
    Day,
    /// A moment in a text.
    Text,
    /// `2026-11-21T09:00`, without an offset.
    Moment,
}

fn quiet_hours(d: &ast::Declaration, uses: &mut Vec<(Span, Use)>) {
    let DeclarationKind::Channel(channel) = &d.kind else {
        return;
    };
    for clause in &channel.clauses {
        if let ChannelClause::Quiet { zone: None, .. } = clause.node {
            uses.push((clause.span, Use::QuietHours));
        }
    }
}

/// Moments of which the day is asked.
fn moments(program: &Program, uses: &mut Vec<(Span, Use)>) {
    program.expressions(&mut |e, _| {
        e.walk(&mut |e| {
            let day = match &e.kind {
                ExprKind::DayOf(_) => true,
                // The later of two moments is the same everywhere.
                ExprKind::Call { arguments, .. } => {
                    e.ty.ty != Type::DateTime
                        && arguments.iter().any(|a| a.ty.ty == Type::DateTime)
                }
                ExprKind::Template(parts) => {
                    let moment = |p: &TemplatePart| matches!(p, TemplatePart::Value(e) if e.ty.ty == Type::DateTime);
                    if parts.iter().any(moment) {
                        uses.push((e.span, Use::Text));
                    }
                    false
                }
                // A window filters rows by a field of theirs.
                ExprKind::Aggregate(a) => {
                    let record = program.record(a.many.record);
                    let dated = record.dated_by.map(|f| &record.fields[f.index()].ty);
                    a.window.is_some() && dated == Some(&FieldType::Value(Type::DateTime))
                }
                _ => false,
            };
            if day {
                uses.push((e.span, Use::Day));
            }
        });
    });
}

/// Moments without an offset.
fn written_moments(files: &[ast::File], uses: &mut Vec<(Span, Use)>) {
    for file in files {
        file.expressions(&mut |e| {
            if let Written::DateTime {
                offset_minutes: None,
                ..
            } = e.kind
            {
                uses.push((e.span, Use::Moment));
            }
        });
    }
}

fn finding(uses: &[(Span, Use)], header: Option<Span>) -> Option<Diagnostic> {
    let (span, first) = *uses.first()?;
    let message = match first {
        Use::QuietHours => {
            "these quiet hours are in UTC, because the workspace states no time zone"
        }
        Use::Day => "this takes the day in UTC, because the workspace states no time zone",
        Use::Text => "this text has a moment in UTC, because the workspace states no time zone",
        Use::Moment => "this moment is in UTC, because the workspace states no time zone",
    };
    let mut d = Diagnostic::new(&codes::ZONE_UNSTATED, span, message);
    if let Some(header) = header {
        d = d.also(header, "no `time zone` here");
    }
    let more = match uses.len() - 1 {
        0 => String::new(),
        1 => "; one more place depends on it".to_owned(),
        n => format!("; {n} more places depend on it"),
    };
    let add = match header {
        Some(_) => "add `time zone \"Asia/Shanghai\"`, or yours, to the workspace",
        None => {
            "begin with `workspace \"My shop\" { time zone \"Asia/Shanghai\" }`, with your zone"
        }
    };
    Some(d.help(format!("{add}{more}")))
}

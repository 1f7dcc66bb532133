//! `loops through F`, `reachable by C`: what a row's neighbours and a channel say of it.

use super::expressions::{flag, unknown};
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, ExprKind as H};
use crate::schema::{ChannelId, Type};
use crate::source::Span;
use crate::syntax::ast::{Name, Purpose};

impl<'a> Checker<'a> {
    /// The reference must lead from a row to another of the same record.
    pub(super) fn loops_through(
        &mut self,
        field: &'a Name,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let Some(row) = scope.row else {
            return self.no_row(span, scope);
        };
        let reference = self.own_member(row, field, field.span);
        match reference.ty.ty {
            Type::Reference(to) if to == row => {
                flag(H::LoopsThrough(Box::new(reference)), false, span)
            }
            Type::Unknown => unknown(span),
            other => {
                let is = self.describe(other);
                let own = self.record_name(row).to_string();
                let (code, message) = match other {
                    Type::Reference(_) => (
                        &codes::WRONG_RECORD,
                        format!("`{field}` leads to {is}, and never back to a `{own}`"),
                    ),
                    _ => (
                        &codes::TYPE_MISMATCH,
                        format!("a reference is followed here, and this is {is}"),
                    ),
                };
                let d = Diagnostic::new(code, field.span, message);
                self.report(d.help(format!("name a field that refers to a `{own}`")));
                unknown(span)
            }
        }
    }

    /// The channel must be for the current row's record. Without a purpose it is that of the campaign around, as
    /// its own actions go; elsewhere promotion.
    pub(super) fn reachable_by(
        &mut self,
        name: &'a Name,
        purpose: Option<Purpose>,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let Some(place) = self.channel_place(name) else {
            return unknown(span);
        };
        let Some(row) = scope.row else {
            return self.no_row(span, scope);
        };
        let purpose = purpose.unwrap_or(self.purpose_around);
        let Some(channel) = self.channel_of(place, span) else {
            return unknown(span);
        };
        let (record, declared) = (channel.record, channel.span);
        let consent = match purpose {
            Purpose::Promotion => &channel.consent[..],
            Purpose::Service | Purpose::Safety => &[],
        };
        let optional = channel.needs.iter().chain(consent).any(|c| c.ty.optional);
        if record == row {
            let kind = H::ReachableBy {
                channel: ChannelId(place),
                consent: purpose == Purpose::Promotion,
            };
            return flag(kind, optional, span);
        }
        let (reached, own) = (
            self.record_name(record).to_string(),
            self.record_name(row).to_string(),
        );
        self.report(
            Diagnostic::new(
                &codes::WRONG_RECORD,
                name.span,
                format!("`{name}` reaches a `{reached}`, and this is about a `{own}`"),
            )
            .also(declared, "the channel")
            .help(format!(
                "write `define NAME for {reached} = reachable by {name}`, and name it through a reference"
            )),
        );
        unknown(span)
    }
}

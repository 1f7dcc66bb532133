//! What is understood, and not evaluated yet: checked where it can be, and answered by one diagnostic.

use super::expressions::unknown;
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir;
use crate::schema::Type;
use crate::source::Span;
use crate::syntax::ast::{DeclarationKind, Expr, ExprKind as A, Name};

/// The built-in occasions.
pub(super) const OCCASIONS: &[&str] = &[
    "new_year",
    "spring_festival",
    "lantern_festival",
    "qingming",
    "dragon_boat",
    "qixi",
    "mid_autumn",
    "double_ninth",
    "laba",
    "winter_solstice",
    "valentines_day",
    "womens_day",
    "labour_day",
    "mothers_day",
    "fathers_day",
    "childrens_day",
    "teachers_day",
    "national_day",
    "singles_day",
    "thanksgiving",
    "christmas",
    "halloween",
    "easter",
];

impl<'a> Checker<'a> {
    pub(super) fn pending(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::new(
                &codes::NOT_YET_EVALUATED,
                span,
                format!("{what} is understood but not evaluated yet"),
            )
            .help("remove it until then; nothing is left out silently"),
        );
    }

    pub(super) fn pending_expr(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        match &e.kind {
            A::Population(p) => {
                // The parser has asked for the record where there is none.
                if p.record.is_empty() {
                    return unknown(e.span);
                }
                let before = self.diagnostics.len();
                if let Some(record) = self.record_named(&p.record) {
                    let inner = Scope::of(record);
                    if !matches!(p.value.kind, A::SelfRow) {
                        self.expr(&p.value, inner);
                    }
                    if let Some(filter) = &p.filter {
                        self.condition(filter, inner);
                    }
                }
                if self.diagnostics.len() == before {
                    self.pending(e.span, "a value of the whole population");
                }
            }
            A::LoopsThrough(field) => {
                let known = self.path_field(field, scope);
                if known {
                    self.pending(e.span, "`loops through`");
                }
            }
            A::ReachableBy(channel) => {
                let found = self.channel_place(channel);
                if found.is_some() {
                    self.pending(e.span, "`reachable by`");
                }
            }
            _ => {}
        }
        unknown(e.span)
    }

    /// Whether a reference of the current row is meant; reports if not.
    fn path_field(&mut self, field: &'a Name, scope: Scope<'_>) -> bool {
        let Some(row) = scope.row else { return false };
        let typed = self.own_member(row, field, field.span);
        match typed.ty.ty {
            Type::Reference(_) => true,
            Type::Unknown => false,
            other => {
                let is = self.describe(other);
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    field.span,
                    format!("a reference is followed here, and this is {is}"),
                );
                self.report(d.help("name a field that refers to a row"));
                false
            }
        }
    }

    pub(super) fn channel_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.channel_names.get(name);
        if place.is_none() {
            let near = crate::diagnostic::nearest(name, self.channel_names.names());
            let near = near.map(str::to_string);
            self.unknown("channel", name, near);
        }
        place
    }

    pub(super) fn campaign_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.campaign_names.get(name);
        if place.is_none() {
            let near = crate::diagnostic::nearest(name, self.campaign_names.names());
            let near = near.map(str::to_string);
            self.unknown("campaign", name, near);
        }
        place
    }

    /// Declarations that stand for themselves.
    pub(super) fn check_figures_and_limits(&mut self) {
        for d in self.declarations() {
            match &d.kind {
                DeclarationKind::Occasion(o) => self.pending(o.name.span, "an own occasion"),
                DeclarationKind::Figure(f) => {
                    let before = self.diagnostics.len();
                    self.expr(&f.value, Scope::default());
                    // Its population values have been answered already.
                    if self.diagnostics.len() == before {
                        self.pending(f.name.span, "a figure");
                    }
                }
                DeclarationKind::Account(a) => self.pending(a.name.span, "an account of points"),
                _ => {}
            }
        }
    }
}

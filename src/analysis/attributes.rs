//! Derived attributes: what each is.

use super::expressions::{is_unknown, unknown};
use super::{Checker, Scope};
use crate::hir::{self, AttributeKind, Ty};
use crate::schema::{AttributeId, Type};
use crate::syntax::ast::DeclarationKind;

impl<'a> Checker<'a> {
    pub(super) fn attribute_kind(&mut self, id: AttributeId) -> (Ty, AttributeKind) {
        let slot = &self.slots[id.index()];
        let (record, set) = (slot.record, slot.set);
        let scope = Scope::of(record);
        match &slot.declaration.kind {
            DeclarationKind::Define(d) => {
                let value = self.expr(&d.value, scope);
                (value.ty, AttributeKind::Define(value))
            }
            DeclarationKind::Segment(s) => {
                let condition = self.condition(&s.condition, scope);
                let optional = condition.ty.optional;
                let ty = Ty {
                    ty: Type::YesNo,
                    optional,
                };
                (ty, AttributeKind::Segment(condition))
            }
            DeclarationKind::Tiers(t) => self.tiers(t, set, scope),
            DeclarationKind::Stages(s) => self.stages(s, set, scope),
            DeclarationKind::Score(s) => self.score(s, scope),
            DeclarationKind::Table(t) => self.table(t, set, scope),
            _ => (
                Ty::known(Type::Unknown),
                AttributeKind::Define(unknown(slot.name.span)),
            ),
        }
    }

    /// Whether a typed part of an attribute is fit to be kept.
    pub(super) fn score_type(&self, value: &hir::Expr) -> bool {
        is_unknown(value)
            || matches!(
                value.ty.ty,
                Type::Integer | Type::Number | Type::Money(_) | Type::Percent
            )
    }
}
